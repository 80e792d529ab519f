"""What follows from a roadmap: which dates hold, who makes the others wait, and what was promised for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from itguide import figures
from itguide.consequences import Cause, Consequence, Figure
from itguide.consequences.roadmap_figures import Road, roads
from itguide.figures import Pair
from itguide.models import roadmap as model
from itguide.models.roadmap import NEVER, UNLIKELY, Fate, Outcome
from itguide.models.roadmap_scenario import AIMS, DECLINED, Scenario
from itguide.spec import CaseSpec
from itguide.text import Say

CAUSES = ("systems", "refusals", "election", "work")


def explain(
    case: CaseSpec, scenario: Scenario, outcome: Outcome, answers: Mapping[str, Any], say: Say, previous: Outcome | None
) -> Consequence:
    """How many of the dates promised hold, then what stands behind that, two pictures, and the price."""
    m, words = outcome.metrics, _Words(scenario, say)
    promised = sum(f.promised <= f.measure.due for f in outcome.fates)
    values: dict[str, object] = {"p": promised, "n": m["dates_kept"], "l": m["live"]}
    name = "headline"
    if previous:
        name, values["before"] = "headline_again", previous.metrics["dates_kept"]
    drawn = (_road(words, outcome), _shares(words, outcome, previous))
    lines = _lines(case, words, outcome, answers)
    return Consequence(words.sentence(name, **values), lines, drawn, _price(case, words, outcome, answers))


def why(case: CaseSpec, scenario: Scenario, answers: Mapping[str, Any], say: Say) -> tuple[Cause, ...]:
    """One thing at a time: the offer declined, Altamar's own phasing, and each of what makes measures wait."""
    words, asked = _Words(scenario, say), scenario.asked
    now = _kept(scenario, answers)
    found: list[tuple[str, str, float]] = []

    def told(label: str, effect: str, then: float) -> None:
        found.append((label, words.sentence(effect, then=then, now=now), now - then))

    donor = answers.get(asked["donor"])
    if donor and donor != DECLINED:
        offer = case.find(asked["donor"]).find(str(donor)).label
        then = _kept(scenario, {**answers, asked["donor"]: DECLINED})
        told(words.sentence("why_donor_label", offer=offer), "why_donor", then)
    carries = case.find(asked["phasing"]).carries
    if carries and carries.default and carries.default != answers.get(asked["phasing"]):
        then = _kept(scenario, {**answers, asked["phasing"]: carries.default})
        told(words.sentence("why_phasing_label"), "why_phasing", then)
    over = model.run(scenario, answers).metrics["asks_over"] > 0
    for cause in (*(("number",) if over else ()), *CAUSES):
        then = _kept(model.without(scenario, cause), answers)
        told(words.sentence(f"why_{cause}_label"), "why_cause", then)
    scale = max([abs(change) for *_, change in found] + [0.5])
    ranked = [f for f in sorted(found, key=lambda f: -abs(f[2])) if round(f[2], 1)]
    if not ranked:
        return (Cause(words.sentence("why_nothing"), "", 0.0),)
    return tuple(Cause(label, effect, change / scale) for label, effect, change in ranked)


def _kept(scenario: Scenario, answers: Mapping[str, Any]) -> float:
    return model.run(scenario, answers).metrics["dates_kept"]


class _Words:
    """The case's words: measures, quarters, sentences."""

    def __init__(self, scenario: Scenario, say: Say) -> None:
        self.say, self.scenario = say, scenario

    def sentence(self, name: str, **values: object) -> str:
        return self.say(f"sentence.{name}", **values)

    def measure(self, fate: Fate) -> str:
        return self.sentence(f"short_{fate.measure.id}")

    def these(self, fates: Sequence[Fate]) -> str:
        return ", ".join(self.measure(f) for f in fates)

    def quarter(self, quarter: int) -> str:
        """A quarter's name; beyond a year after the last one it is only 'after'."""
        if quarter >= NEVER:
            return self.sentence("never")
        last = self.scenario.quarters + self.scenario.year
        return self.sentence("quarter", q=quarter) if quarter <= last else self.sentence("after", q=last)

    def percent(self, chance: float) -> str:
        return self.sentence("percent", p=100 * round(chance, 2))

    def columns(self, *names: str) -> tuple[str, ...]:
        return tuple(self.sentence(f"column_{n}") for n in names)


def _lines(case: CaseSpec, words: _Words, outcome: Outcome, answers: Mapping[str, Any]) -> tuple[str, ...]:
    m, s, fates = outcome.metrics, words.scenario, outcome.fates
    planned = [f for f in fates if f.start]
    lines = []
    if planned:
        lines.append(words.sentence("slip", n=len(planned), count=len(planned), slip=m["slip"]))
    calm = 2 * m["dates_kept"] - m["dates_kept_change"] if s.election.change == 0.5 else m["dates_kept"]
    same = round(calm, 1) == round(m["dates_kept_change"], 1)
    lines.append(words.sentence("change_none" if same else "change", n=m["dates_kept_change"], calm=calm))
    lines.append(words.sentence("own_all" if m["own_hands"] == m["live"] else "own", n=m["own_hands"], l=m["live"]))
    if stuck := [f for f in planned if f.late >= NEVER]:
        lines.append(words.sentence("nothing", which=words.these(stuck)))
    if unsaid := [f for f in fates if round(f.kept, 2) < UNLIKELY and not f.named]:
        lines.append(words.sentence("unsaid", which=words.these(unsaid)))
    if (aim := answers.get(s.asked["aim"])) in AIMS:
        label = case.find(s.asked["aim"]).find(str(aim)).label
        lines.append(words.sentence("aim", aim=label, mine=100 * m["aim_served"]))
    return tuple(lines)


def _price(case: CaseSpec, words: _Words, outcome: Outcome, answers: Mapping[str, Any]) -> tuple[str, ...]:
    """Favours, what waits, what was taken back, and what the help costs for as long as it runs."""
    m, s = outcome.metrics, words.scenario
    periods = case.find(s.asked["roadmap"]).period
    lines = [words.sentence("cost_asks", n=m["asks"])]
    for n, asked in enumerate(outcome.asked):
        if asked > s.committee.most:
            first, last = periods[n * s.year].label, periods[(n + 1) * s.year - 1].label
            span = words.say("live.pool", first=first, last=last)
            lines.append(words.sentence("cost_over", period=span, n=asked, most=s.committee.most))
    if unplanned := [f for f in outcome.fates if not f.start]:
        lines.append(words.sentence("cost_unplanned", which=words.these(unplanned)))
    if m["late_named"]:
        lines.append(words.sentence("cost_named", n=m["late_named"], count=m["late_named"]))
    offer = next((o for o in s.offers if o.id == answers.get(s.asked["donor"])), None)
    if offer:
        fate = next(f for f in outcome.fates if f.measure.id == offer.measure)
        values = {"measure": words.measure(fate), "upkeep": offer.upkeep, "own": s.upkeep, "price": offer.price}
        lines.append(words.sentence("cost_paired" if offer.own else "cost_strings", **values))
        phasing = answers.get(s.asked["phasing"]) or {}
        if twice := [n for n in fate.measure.systems if phasing.get(n)]:
            lines.append(words.sentence("cost_double", money=sum(s.money[n] for n in twice)))
    return tuple(lines)


# ---- pictures


def _road(words: _Words, outcome: Outcome) -> Figure:
    """The bars as promised against what is likely, on one axis."""
    s, say = words.scenario, words.sentence
    last = s.quarters + s.year
    planned = [f for f in outcome.fates if f.start]
    title = say("road_title_good")
    if planned:
        worst = max(planned, key=lambda f: f.middle - f.promised)
        name = "road_title"
        if worst.middle >= NEVER:
            name = "road_title_never"
        elif worst.middle > last:
            name = "road_title_beyond"
        if worst.middle > worst.promised:
            title = say(name, measure=words.measure(worst), planned=worst.promised, middle=worst.middle, last=last)
    drawn = [
        Road(words.measure(f), f.start, f.promised, (f.early, f.middle, f.late), f.measure.due, f.named,
             _no_range(words, f, last))
        for f in outcome.fates
    ]  # fmt: skip
    svg = roads(
        drawn, id="roadmap-roads", title=title, alt=say("road_alt"), quarters=last, term=s.quarters,
        election=s.election.quarter, quarter=lambda q: say("quarter", q=q),
        names={n: say(f"road_{n}") for n in ("bar", "range", "flag", "named", "election")},
    )  # fmt: skip
    rows = tuple(
        (words.measure(f), words.quarter(f.promised) if f.start else say("dash"), words.quarter(f.early),
         words.quarter(f.middle), words.quarter(f.late), words.quarter(f.measure.due), words.percent(f.kept))
        for f in outcome.fates
    )  # fmt: skip
    columns = words.columns("measure", "bar", "early", "middle", "late", "due", "kept")
    return Figure("roads", title, svg, say("road_alt"), columns, rows, say("source"))


def _no_range(words: _Words, fate: Fate, last: int) -> str:
    """The words in place of a range; empty if there is one to draw."""
    if not fate.start:
        return words.sentence("road_unplanned")
    if fate.early >= NEVER:
        return words.sentence("road_never")
    return words.quarter(fate.early) if fate.early > last else ""


def _shares(words: _Words, outcome: Outcome, previous: Outcome | None) -> Figure:
    """The chance of each date, with and without a change of government."""
    say, odds = words.sentence, words.scenario.election.change
    calm = {f.measure.id: (f.kept - odds * f.kept_change) / (1 - odds) for f in outcome.fates}
    worst = max(outcome.fates, key=lambda f: calm[f.measure.id] - f.kept_change)
    title = say("share_title_none")
    if round(calm[worst.measure.id] - worst.kept_change, 2) > 0:
        title = say("share_title", measure=words.measure(worst), p=100 * worst.kept_change,
                    calm=100 * calm[worst.measure.id])  # fmt: skip
    before = {f.measure.id: 100 * f.kept_change for f in previous.fates} if previous else {}
    pairs, rows = [], []
    for f in outcome.fates:
        name, stays, changes = words.measure(f), words.percent(calm[f.measure.id]), words.percent(f.kept_change)
        pairs.append(Pair(name, 100 * calm[f.measure.id], stays, 100 * f.kept_change, changes,
                          before.get(f.measure.id)))  # fmt: skip
        rows.append((name, stays, changes))
    svg = figures.paired_bars(
        pairs, id="roadmap-shares", title=title, alt=say("share_alt"), first_name=say("share_calm"),
        second_name=say("share_change"), before_name=say("before_name") if previous else "", unit=say("share_unit"),
    )  # fmt: skip
    columns = words.columns("measure", "calm", "change")
    return Figure("shares", title, svg, say("share_alt"), columns, tuple(rows), say("source"))
