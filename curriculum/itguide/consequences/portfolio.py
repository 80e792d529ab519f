"""What follows from a four-year plan: is the money enough, what arrives when, for whom, and who was told no."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from itguide import figures
from itguide.consequences import Cause, Consequence, Figure
from itguide.figures import Mark, Pair, Period, Range
from itguide.models import portfolio as model
from itguide.models.portfolio import Outcome, Scenario
from itguide.spec import CaseSpec
from itguide.text import Say

CHOSEN, OMITTED = 3, 1  # how many causes of each sort are told


def explain(
    case: CaseSpec, scenario: Scenario, outcome: Outcome, answers: Mapping[str, Any], say: Say, previous: Outcome | None
) -> Consequence:
    """The sentence with the figure that matters, four pictures, and what it cost."""
    m = outcome.metrics
    values: dict[str, object] = {"p": 100 * m["p_enough"], "t": 100 * m["p_treasury_cut"]}
    if previous:
        headline = say("sentence.headline_again", before=100 * previous.metrics["p_enough"], **values)
    else:
        headline = say("sentence.headline", **values)
    words = _Words(case, scenario, say)
    drawn = [_spend(words, outcome, previous), _areas(words, outcome, previous), _service(words, outcome, previous)]
    if "p_disclosed" in m:
        drawn.append(_cost(words, outcome, previous, float(answers[scenario.disclosed])))
    return Consequence(headline, _lines(words, outcome, answers), tuple(drawn), _price(words, outcome))


def why(case: CaseSpec, scenario: Scenario, answers: Mapping[str, Any], say: Say) -> tuple[Cause, ...]:
    """One change at a time: the plan without each of its initiatives, and with the best of those left out.

    Tells the initiatives that bring most, the one that strains the money most, and the best one omitted.
    """
    words = _Words(case, scenario, say)
    now = model.run(scenario, answers).metrics
    starts = model.starts_of(scenario, answers)
    brings, odds = {}, {}
    for item in starts:
        other = model.run(scenario, {**answers, scenario.plan: _without(scenario, starts, item)}).metrics
        brings[item] = now["value"] - other["value"]
        odds[item] = other["p_enough"] - now["p_enough"]
    missing = {}
    for item in (i.id for i in scenario.items if i.id not in starts):
        if all(r in starts for r in scenario.find(item).requires):
            other = model.run(scenario, {**answers, scenario.plan: starts | {item: _soonest(scenario, starts, item)}}).metrics
            missing[item] = other["value"] - now["value"]
    told = sorted(brings, key=lambda i: -brings[i])[:CHOSEN]
    strain = max(odds, key=lambda i: odds[i], default="")
    if strain and strain not in told and odds[strain] > 0:
        told.append(strain)
    left_out = [i for i in sorted(missing, key=lambda i: -missing[i])[:OMITTED] if missing[i] > 0]
    scale = max([abs(brings[i]) for i in told] + [abs(missing[i]) for i in left_out] + [1.0])
    causes = [
        Cause(words.item(i), words.change("why_chosen", brings[i], now["p_enough"], odds[i]), brings[i] / scale)
        for i in told
    ]  # fmt: skip
    causes += [
        Cause(say("sentence.why_omitted_label", label=words.item(i)),
              say("sentence.why_omitted", points=missing[i], cost=sum(scenario.find(i).cash),
                  staff=sum(scenario.find(i).staff)), -missing[i] / scale)
        for i in left_out
    ]  # fmt: skip
    return tuple(causes)


def _without(s: Scenario, starts: Mapping[str, int], item: str) -> dict[str, int]:
    """The plan without this initiative and without what stands on it."""
    return {i: n for i, n in starts.items() if i != item and item not in s.find(i).requires}


def _soonest(s: Scenario, starts: Mapping[str, int], item: str) -> int:
    """The first period in which this initiative could begin, money and people apart."""
    found = s.find(item)
    return max([1, *(starts[r] + found.lag for r in found.requires)])


class _Words:
    """The case's words: labels by id, and sentences."""

    def __init__(self, case: CaseSpec, scenario: Scenario, say: Say) -> None:
        self.say, self.scenario = say, scenario
        plan, weights = case.find(scenario.plan), case.find(scenario.weights)
        self.items = {o.id: o.label for o in plan.option}
        self.areas = {o.id: o.label for o in weights.option}
        self.periods = tuple(p.label for p in plan.period)

    def item(self, name: str) -> str:
        return self.items[name]

    def sentence(self, name: str, **values: object) -> str:
        return self.say(f"sentence.{name}", **values)

    def number(self, value: float) -> str:
        return self.sentence("number", n=value)

    def columns(self, *names: str) -> tuple[str, ...]:
        return tuple(self.sentence(f"column_{n}") for n in names)

    def change(self, name: str, points: float, now: float, odds: float) -> str:
        return self.sentence(name, points=points, now=100 * now, then=100 * (now + odds))


def _lines(words: _Words, outcome: Outcome, answers: Mapping[str, Any]) -> tuple[str, ...]:
    m, s = outcome.metrics, words.scenario
    lines = [words.sentence("value", value=m["value"], low=m["value_p10"])]
    lines.append(words.sentence("outage", mean=m["outage_days"], high=m["outage_p90"],
                                mean_nothing=m["outage_nothing"], high_nothing=m["outage_nothing_p90"]))  # fmt: skip
    if s.promise.item in outcome.starts and m["p_promise"] > 0:
        lines.append(words.sentence("promise_kept", p=100 * m["p_promise"]))
        if m["p_unready"] > 0:
            lines.append(words.sentence("promise_unready", u=100 * m["p_unready"], b=100 * m["p_blamed"]))
    else:
        lines.append(words.sentence("promise_not_kept", a=100 * m["p_angry"], cut=s.promise.anger_cut))
    if not m["inherited_fits"]:
        lines.append(words.sentence("inherited_differs"))
    if "p_disclosed" in m:
        given = float(answers[s.disclosed])
        lines.append(words.sentence("disclosed", p=100 * m["p_disclosed"], given=given, p80=m["cost_p80"]))
    return tuple(lines)


def _price(words: _Words, outcome: Outcome) -> tuple[str, ...]:
    """Who was told no, what may be stopped, what lies idle."""
    s, m = words.scenario, outcome.metrics
    lines = [words.sentence(f"no_{i.id}") for i in s.items if i.id not in outcome.starts]
    lines += [
        words.sentence("stopped", label=words.item(i), p=100 * p)
        for i, p in sorted(outcome.stopped.items(), key=lambda pair: -pair[1]) if p >= 0.02
    ]  # fmt: skip
    lines.append(words.sentence("reserve", reserve=m["reserve"], late=m["reserve_late"]))
    lines.append(words.sentence("idle", n=m["idle_staff"], total=sum(s.staff)))
    return tuple(lines)


def _spend(words: _Words, outcome: Outcome, previous: Outcome | None) -> Figure:
    """Money by year against the ceiling, with the range of eight futures in ten."""
    s, say = words.scenario, words.sentence
    tight = max(range(len(s.cash)), key=lambda n: outcome.spend_band[n][2] - s.cash[n])
    low, _, high = outcome.spend_band[tight]
    title = say("spend_title", period=words.periods[tight], low=low, high=high, cap=s.cash[tight])
    periods = [
        Period(
            label, outcome.spend[n], words.number(outcome.spend[n]), s.cash[n], words.number(s.cash[n]),
            outcome.spend_band[n][0], outcome.spend_band[n][2], previous.spend[n] if previous else None,
            over=outcome.spend[n] > s.cash[n] + 1e-9,
        )
        for n, label in enumerate(words.periods)
    ]  # fmt: skip
    rows = tuple(
        (label, *(words.number(v) for v in (outcome.spend[n], outcome.spend_band[n][0], outcome.spend_band[n][2], s.cash[n])))
        for n, label in enumerate(words.periods)
    )  # fmt: skip
    svg = figures.bars_by_period(
        periods, id="portfolio-spend", title=title, alt=say("spend_alt"), unit=say("unit_money"),
        cap_name=say("cap_name"), range_name=say("range_name"), before_name=say("before_name"),
    )  # fmt: skip
    columns = words.columns("year", "planned", "low", "high", "cap")
    return Figure("spend", title, svg, say("spend_alt"), columns, rows, say("source_class"))


def _areas(words: _Words, outcome: Outcome, previous: Outcome | None) -> Figure:
    """What was declared beside what the plan brings, by area."""
    say, m = words.sentence, outcome.metrics
    apart = max(words.areas, key=lambda a: abs(m[f"weight_{a}"] - m[f"share_{a}"]))
    title = say("areas_title", area=words.areas[apart], weight=m[f"weight_{apart}"], share=m[f"share_{apart}"])
    pairs = [
        Pair(
            label, m[f"weight_{a}"], words.number(m[f"weight_{a}"]), m[f"share_{a}"], words.number(m[f"share_{a}"]),
            previous.metrics[f"share_{a}"] if previous else None,
        )
        for a, label in words.areas.items()
    ]  # fmt: skip
    rows = tuple(
        (label, *(words.number(v) for v in (m[f"weight_{a}"], m[f"share_{a}"], *outcome.gains_band[a])))
        for a, label in words.areas.items()
    )
    svg = figures.paired_bars(
        pairs, id="portfolio-areas", title=title, alt=say("areas_alt"), first_name=say("areas_declared"),
        second_name=say("areas_brought"), before_name=say("before_name"), unit=say("areas_unit"),
    )  # fmt: skip
    columns = words.columns("area", "declared", "brought", "gain_low", "gain_mid", "gain_high")
    return Figure("areas", title, svg, say("areas_alt"), columns, rows, say("source_invented"))


def _service(words: _Words, outcome: Outcome, previous: Outcome | None) -> Figure:
    """When each initiative comes into service: eight futures in ten, and the month that was promised."""
    s, say, m = words.scenario, words.sentence, outcome.metrics
    end = float(model.YEAR * len(s.cash))
    done = sum(m[f"in_time_{i}"] >= 0.5 for i in outcome.starts)
    title = say("service_title", n=done, all=len(outcome.starts))
    order = sorted(outcome.service, key=lambda i: outcome.service[i][2])
    ranges, rows = [], []
    for i in order:
        planned, low, middle, high = outcome.service[i]
        before = previous.service[i][1:] if previous and i in previous.service else None
        ranges.append(Range(words.item(i), low, middle, high, say("service_row", month=middle, planned=planned), before))
        rows.append((words.item(i), *(words.number(v) for v in (planned, low, middle, high)),
                     say("percent", p=outcome.stopped[i])))  # fmt: skip
    svg = figures.range_rows(
        ranges, id="portfolio-service", title=title, alt=say("service_alt"), number=words.number,
        unit=say("unit_month"), before_name=say("before_name") if previous else "", zero=True,
        marks=(Mark(s.promise.month, say("mark_election")), Mark(end, say("mark_end"))),
    )  # fmt: skip
    columns = words.columns("initiative", "promised", "early", "middle", "late", "stopped")
    return Figure("service", title, svg, say("service_alt"), columns, tuple(rows), say("source_class"))


def _cost(words: _Words, outcome: Outcome, previous: Outcome | None, given: float) -> Figure:
    """Twenty equally likely costs of the whole, against the figure given in the annex."""
    say, m = words.sentence, outcome.metrics
    title = say("cost_title", p=100 * (1 - m["p_disclosed"]), given=given)
    svg = figures.quantile_dots(
        outcome.cost_band, id="portfolio-cost", title=title, alt=say("cost_alt"), number=words.number,
        unit=say("unit_money_all"), name=say("now_name") if previous else "",
        before=previous.cost_band if previous else (), before_name=say("before_name") if previous else "",
        mark=Mark(given, say("mark_given", given=given)),
    )  # fmt: skip
    rows = tuple((say(f"quantile_{q}"), words.number(m[f"cost_p{q}"])) for q in (50, 80, 90))
    return Figure("cost", title, svg, say("cost_alt"), words.columns("futures", "cost"), rows, say("source_class"))
