"""What follows from changes on the map of clearance: the slow tenth, the queues of the week, who lost."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

from itguide import figures
from itguide.consequences import Cause, Consequence, Figure
from itguide.figures import Mark, Pair, WeekRow
from itguide.models import clearance as model
from itguide.models.clearance import Outcome
from itguide.models.clearance_scenario import Scenario
from itguide.spec import CaseSpec
from itguide.text import Say

GROWN = 1.1  # a queue this many times as long as today's is one to which the files have moved
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Words:
    """The case's words: changes and parties by id, and sentences."""

    def __init__(self, case: CaseSpec, scenario: Scenario, say: Say) -> None:
        self.case, self.scenario, self.say = case, scenario, say

    def change(self, name: str) -> str:
        """What a change is called: its step and where that went."""
        step, move = name.split(".")
        option = self.case.find(self.scenario.asked["map"]).find(step)
        told = next(m.label for m in option.move if m.id == move)
        return self.sentence("change", step=option.label, move=told)

    def party(self, name: str, question: str = "tell") -> str:
        """What a party is called."""
        return self.case.find(self.scenario.asked[question]).find(name).label

    def sentence(self, name: str, **values: object) -> str:
        """A sentence of the case, filled."""
        return self.say(f"sentence.{name}", **values)

    def number(self, value: float) -> str:
        """A whole number as the language writes it."""
        return self.sentence("whole", n=value)


def explain(
    case: CaseSpec, scenario: Scenario, outcome: Outcome, answers: Mapping[str, Any], say: Say, previous: Outcome | None
) -> Consequence:
    """The sentence with the figure that matters, three pictures, and what it cost whom."""
    m, words = outcome.metrics, Words(case, scenario, say)
    if previous:
        was = previous.metrics
        headline = words.sentence("headline_again", p90=m["p90"], was=was["p90"], today=m["p90_before"])
    else:
        headline = words.sentence("headline", p90=m["p90"], today=m["p90_before"])
    drawn = (hours(words, outcome, answers), week(words, outcome), losers(words, outcome, answers))
    return Consequence(headline, _lines(words, outcome, answers), drawn, _price(words, outcome))


def why(case: CaseSpec, scenario: Scenario, answers: Mapping[str, Any], say: Say) -> tuple[Cause, ...]:
    """One thing at a time: without each change, then without each settlement; hours of the slow tenth."""
    words, now = Words(case, scenario, say), model.run(scenario, answers).metrics
    place, paid = scenario.asked["map"], scenario.asked["settle"]
    chosen: dict[str, str] = dict(answers.get(place) or {})
    found: list[tuple[str, str, float]] = []
    for step, move in chosen.items():
        rest = {k: v for k, v in chosen.items() if k != step}
        there = model.run(scenario, {**answers, place: rest}).metrics
        found.append((words.change(f"{step}.{move}"), _without(words, there, now), there["p90"] - now["p90"]))
    for party in answers.get(paid) or ():
        rest_paid = [p for p in answers[paid] if p != party]
        there = model.run(scenario, {**answers, paid: rest_paid}).metrics
        label = words.sentence("why_settled", party=words.party(party, "settle"))
        found.append((label, _without(words, there, now), there["p90"] - now["p90"]))
    scale = max([abs(moved) for *_, moved in found] + [1.0])
    found.sort(key=lambda cause: -abs(cause[2]))
    return tuple(Cause(label, effect, round(moved / scale, 3)) for label, effect, moved in found)


def _without(words: Words, there: Mapping[str, float], now: Mapping[str, float]) -> str:
    """What would be different, and nothing else."""
    parts = [
        words.sentence(f"why_{name}", there=there[metric], here=now[metric])
        for name, metric in (("hours", "p90"), ("risk", "risk"), ("months", "dispute"))
        if there[metric] != now[metric]
    ]
    if not parts:
        return words.sentence("why_nothing")
    joined = reduce(lambda first, last: words.sentence("why_join", first=first, last=last), parts)
    return words.sentence("why", parts=joined)


def _lines(words: Words, outcome: Outcome, answers: Mapping[str, Any]) -> tuple[str, ...]:
    m, s = outcome.metrics, words.scenario
    lines = [words.sentence("middle", p50=m["p50"], today=m["p50_before"], low=m["p90_low"], high=m["p90_high"])]
    on_paper = sorted((share, c) for c, share in outcome.uptake.items() if share < 0.6)
    for share, change in on_paper[:2]:
        party = words.party(s.uptake[change].party)
        lines.append(words.sentence("on_paper", change=words.change(change), share=100 * share, party=party))
    lines.append(words.sentence("bad_week", hours=m["bad_p90"], today=m["bad_before"]))
    if "kept" in m:
        lines.append(words.sentence("promised", promise=float(answers[s.asked["promise"]]), kept=100 * m["kept"]))
    lines.append(words.sentence("stock", now=m["stock"], today=m["stock_before"]))
    if "aim_kept" in m:
        lines.append(_aim(words, m, str(answers[s.asked["aim"]])))
    return tuple(lines)


def _aim(words: Words, m: Mapping[str, float], aim: str) -> str:
    best, worst = words.scenario.span[aim]
    figure = {"predictable": m["p90"], "revenue": m["risk"], "peace": m["dispute"]}[aim]
    return words.sentence(f"aim_{aim}", figure=figure, best=best, worst=worst)


def _price(words: Words, outcome: Outcome) -> tuple[str, ...]:
    """What is at risk, who fights and for how long, who lost what; and who is still slow."""
    m = outcome.metrics
    lines = [words.sentence("cost_risk" if m["risk"] else "cost_no_risk", risk=m["risk"])]
    lines.append(words.sentence("cost_dispute", months=m["dispute"]))
    losses = sorted(((x, p) for p, x in outcome.losses.items() if x >= 0.05 and p != "treasury"), reverse=True)
    if losses:
        told = [words.sentence("loss", party=words.party(p), loss=x) for x, p in losses]
        listed = reduce(lambda first, last: words.sentence("and_more", first=first, last=last), told)
        lines.append(words.sentence("cost_losses", losses=listed))
    lines.append(words.sentence("cost_small", hours=m["small_p90"]))
    return tuple(lines)


def hours(words: Words, outcome: Outcome, answers: Mapping[str, Any]) -> Figure:
    """Twenty equally likely containers, now and today, on one scale, against the hour that was published."""
    m, say = outcome.metrics, words.sentence
    title = say("hours_title", p90=m["p90"], today=m["p90_before"])
    promise = answers.get(words.scenario.asked["promise"])
    mark = Mark(float(promise), say("hours_mark", promise=float(promise))) if promise is not None else None
    svg = figures.quantile_dots(
        outcome.quantiles, id="clearance-hours", title=title, alt=say("hours_alt"), number=words.number,
        unit=say("hours_unit"), name=say("name_now"), before=outcome.before, before_name=say("name_today"), mark=mark,
    )  # fmt: skip
    rows = tuple(
        (say(f"row_{name}"), say("whole", n=m[f"{name}_before"]), say("whole", n=m[name])) for name in ("p50", "p90")
    )
    rows += ((say("row_bad"), say("whole", n=m["bad_before"]), say("whole", n=m["bad_p90"])),)
    columns = (say("column_of"), say("column_today"), say("column_now"))
    return Figure("hours", title, svg, say("hours_alt"), columns, rows, words.say("page.invented"))


def week(words: Words, outcome: Outcome) -> Figure:
    """The queues from Monday to Sunday, now and today."""
    say, s = words.sentence, words.scenario
    now, was = outcome.queues, outcome.queues_before
    longest = max(model.ROWS, key=lambda r: abs(max(was[r]) - max(now[r])))
    grown = [r for r in model.ROWS if max(now[r]) > GROWN * max(was[r])]
    if grown:
        longest = max(grown, key=lambda r: max(now[r]) - max(was[r]))
    name, queue = "week_title_more" if grown else "week_title", say(f"queue_{longest}")
    title = say(name, queue=queue, now=max(now[longest]), today=max(was[longest]))
    rows = [
        WeekRow(say(f"queue_{r}"), now[r], was[r], words.number(max(now[r])), words.number(max(was[r])))
        for r in model.ROWS
    ]
    svg = figures.week_rows(
        rows, id="clearance-week", title=title, alt=say("week_alt"), days=[say(f"day_{d}") for d in DAYS],
        name=say("peak_now"), before_name=say("peak_today"), unit=say("week_unit"),
        marks=[h / 168 for h in s.ships.hours], marks_name=say("week_ships"),
    )  # fmt: skip
    table = tuple((say(f"queue_{r}"), words.number(max(was[r])), words.number(max(now[r]))) for r in model.ROWS)
    columns = (say("column_queue"), say("column_today"), say("column_now"))
    return Figure("week", title, svg, say("week_alt"), columns, table, words.say("page.invented"))


def losers(words: Words, outcome: Outcome, answers: Mapping[str, Any]) -> Figure:
    """Who disputes for how long: if nobody had been told or settled with, and as it was decided."""
    say, s = words.sentence, words.scenario
    d = model.decision(s, answers)
    bare = model.run(s, {**answers, s.asked["tell"]: []}).months
    full = {p: bare[p] / (s.calm["settled"] if p in d.settled else 1.0) for p in s.parties}
    order = sorted((p for p in s.parties if full[p] > 0), key=lambda p: -full[p])
    if not order:
        order = list(s.parties[:1])
    first = max(order, key=lambda p: outcome.months[p])
    title = say(
        "losers_title",
        party=words.party(first),
        months=outcome.months[first],
        count=1 if outcome.months[first] == 1 else 2,
    )
    pairs = [
        Pair(words.party(p), full[p], say("months", n=full[p]), outcome.months[p], say("months", n=outcome.months[p]))
        for p in order
    ]
    svg = figures.paired_bars(
        pairs, id="clearance-losers", title=title, alt=say("losers_alt"), first_name=say("losers_alone"),
        second_name=say("losers_now"), unit=say("losers_unit"),
    )  # fmt: skip
    rows = tuple(
        (words.party(p), say("plain", n=outcome.losses[p]), say("plain", n=full[p]), say("plain", n=outcome.months[p]))
        for p in order
    )
    columns = (say("column_party"), say("column_loss"), say("column_alone"), say("column_months"))
    return Figure("losers", title, svg, say("losers_alt"), columns, rows, words.say("page.invented"))
