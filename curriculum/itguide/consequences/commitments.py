"""What follows from five dates and a plan: which are lawful, which will be missed, who waits and who pays."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from itguide import figures
from itguide.consequences import Cause, Consequence, Figure
from itguide.figures import Pair, Span
from itguide.models import commitments as model
from itguide.models.commitments import Fate, Outcome
from itguide.models.commitments_scenario import AIMS, Scenario
from itguide.spec import CaseSpec
from itguide.text import Say

SURE = 0.995  # from here a chance rounds to a hundred in a hundred
THIN = 0.035  # half-years: a date that does not move is still a mark one can see


def explain(
    case: CaseSpec, scenario: Scenario, outcome: Outcome, answers: Mapping[str, Any], say: Say, previous: Outcome | None
) -> Consequence:
    """How many dates are lawful and how many will hold, then each date, three pictures, and the price."""
    m, words = outcome.metrics, _Words(scenario, say)
    values: dict[str, object] = {"n": m["lawful_count"], "chance": words.chance(m["p_breach"]), "u": m["untrue"]}
    name = "headline"
    if m["untrue"]:
        name = "headline_untrue" if m["untrue"] > 1 else "headline_untrue_one"
    elif previous:
        name, values["before"] = "headline_again", words.chance(previous.metrics["p_breach"])
    drawn = (_dates(words, outcome), _work(words, outcome, previous), _chances(words, outcome, previous))
    lines = _lines(case, words, outcome, answers)
    return Consequence(words.sentence(name, **values), lines, drawn, _price(words, outcome, answers))


def why(case: CaseSpec, scenario: Scenario, answers: Mapping[str, Any], say: Say) -> tuple[Cause, ...]:
    """One change at a time: each route put back to a plain promise, no reserve, the notices on the other days.

    Told by the chance of a miss; where one is almost certain anyhow, by how many of the dates are missed.
    """
    words, asked = _Words(scenario, say), scenario.asked
    metrics = model.run(scenario, answers).metrics
    sure = metrics["p_breach"] >= SURE
    metric, more = ("expected_breaches", "_more") if sure else ("p_breach", "")
    now = metrics[metric]
    found: list[tuple[str, str, float]] = []

    def told(label: str, effect: str, changed: Mapping[str, Any]) -> None:
        then = model.run(scenario, {**answers, **changed}).metrics[metric]
        if then != now:
            pair = (then, now) if sure else (words.chance(then), words.chance(now))
            says = words.sentence(f"{effect}{more}", then=pair[0], now=pair[1])
            found.append((label, says, then - now))

    routes = answers.get(asked["routes"]) or {}
    ways = {c.id: c.label for c in case.find(asked["routes"]).category}
    for measure in scenario.measures:
        if routes.get(measure.id, "deliver") != "deliver":
            route = ways[routes[measure.id]]
            label = words.sentence("why_deliver_label", measure=words.measure(measure.id), route=route)
            told(label, "why_deliver", {asked["routes"]: {**routes, measure.id: "deliver"}})
    reserve = answers.get(asked["reserve"])
    if reserve in {m.id for m in scenario.measures}:
        label = words.sentence("why_reserve_label", measure=words.measure(str(reserve)))
        told(label, "why_reserve", {asked["reserve"]: None})
    if {"extend", "shift"} & set(routes.values()):
        for other, day in scenario.sent.items():
            if other != answers.get(asked["sent"]):
                label = words.sentence("why_sent_label", other=words.day(day))
                told(label, "why_sent", {asked["sent"]: other})
    if not found:
        return (Cause(words.sentence("why_nothing"), "", 0.0),)
    scale = max([abs(change) for *_, change in found] + [0.05])
    return tuple(Cause(label, effect, change / scale) for label, effect, change in found)


class _Words:
    """The case's words: measures and days, and sentences."""

    def __init__(self, scenario: Scenario, say: Say) -> None:
        self.say, self.scenario = say, scenario

    def sentence(self, name: str, **values: object) -> str:
        return self.say(f"sentence.{name}", **values)

    def measure(self, name: str) -> str:
        return self.sentence(f"measure_{name}")

    def day(self, day: date | None) -> str:
        if day is None:
            return self.sentence("none")
        return self.sentence("day", d=day.day, month=self.sentence(f"month_{day.month}"), y=str(day.year))

    def short(self, day: date) -> str:
        """A day without its year, where there is no room."""
        return self.sentence("day_short", d=day.day, month=self.sentence(f"short_{day.month}"))

    def percent(self, chance: float) -> str:
        return self.sentence("percent", p=100 * round(chance, 2))

    def chance(self, chance: float) -> str:
        """How often, in words; what rounds to always or never is not called certain."""
        p = round(100 * chance)
        name = {0: "chance_hardly", 1: "chance_one", 100: "chance_sure"}.get(p, "chance")
        return self.sentence(name, p=p)

    def columns(self, *names: str) -> tuple[str, ...]:
        return tuple(self.sentence(f"column_{n}") for n in names)


def _weakest(outcome: Outcome) -> Fate:
    return min(outcome.fates, key=lambda f: round(f.kept, 4))


def _lines(case: CaseSpec, words: _Words, outcome: Outcome, answers: Mapping[str, Any]) -> tuple[str, ...]:
    m, s = outcome.metrics, words.scenario
    lines = [
        words.sentence(f"law_{f.law}", measure=words.measure(f.measure.id), date=words.day(f.in_force),
                       chance=words.chance(f.kept), by=words.day(f.notice_by), sent=words.day(f.sent))
        for f in outcome.fates
    ]  # fmt: skip
    worst = _weakest(outcome)
    lines.append(words.sentence("weakest", measure=words.measure(worst.measure.id), chance=words.chance(worst.kept)))
    lines.append(words.sentence("waits", wait=m["wait"]))
    first, gives = answers.get(s.asked["first"]), answers.get(s.asked["gives"])
    if first in AIMS and gives in AIMS:
        labels = {o.id: o.label for o in case.find(s.asked["first"]).option}
        name = "aims_order" if first != gives and m["order"] == 0 else "aims"
        lines.append(words.sentence(name, first=labels[first], mine=100 * m[f"served_{first}"], gives=labels[gives],
                                    its=100 * m[f"served_{gives}"]))  # fmt: skip
    return tuple(lines)


def _price(words: _Words, outcome: Outcome, answers: Mapping[str, Any]) -> tuple[str, ...]:
    """The money, the dates traders had been told, what nobody works on, and what is spent or said for good."""
    m, s = outcome.metrics, words.scenario
    lines = [words.sentence("cost_money", cost=m["cost"])]
    for f in outcome.fates:
        name = words.measure(f.measure.id)
        if f.in_force > f.measure.due:
            lines.append(words.sentence("cost_moved", measure=name, old=words.day(f.measure.due),
                                        new=words.day(f.in_force)))  # fmt: skip
        if f.start is None:
            lines.append(words.sentence("cost_idle", measure=name))
    if any(f.law in {"automatic", "shifted"} for f in outcome.fates):
        lines.append(words.sentence("cost_spent"))
    if m["notices"] and answers.get(s.asked["sent"]) == min(s.sent, key=lambda k: s.sent[k]):
        lines.append(words.sentence("cost_early"))
    if any(f.law == model.FALSE for f in outcome.fates):
        lines.append(words.sentence("cost_untrue"))
    return tuple(lines)


# ---- pictures


class _Halves:
    """Half-years as the periods of a timeline, from the one of today to the one of the last day shown."""

    def __init__(self, words: _Words, last: date) -> None:
        self.year = words.scenario.today.year
        self.first = (words.scenario.today.month - 1) // 6
        count = 2 * (last.year - self.year) + (last.month - 1) // 6 - self.first + 1
        self.labels = [
            words.sentence("half_second" if n % 2 else "half_first", y=str(self.year + n // 2))
            for n in range(self.first, self.first + count)
        ]

    def place(self, day: date) -> float:
        """Where a day lies, in half-years from the first."""
        half = (day.month - 1) // 6
        start, end = date(day.year, 6 * half + 1, 1), model.add_months(date(day.year, 6 * half + 1, 1), 6)
        return 2 * (day.year - self.year) + half - self.first + (day - start).days / (end - start).days


def _dates(words: _Words, outcome: Outcome) -> Figure:
    """From the date first given to the date in force, with the last day for a notice."""
    say, last = words.sentence, max(f.in_force for f in outcome.fates)
    moved = [f for f in outcome.fates if f.in_force > f.measure.due]
    title = say("dates_title", n=len(moved), last=words.day(last)) if moved else say("dates_title_none")
    halves = _Halves(words, last)
    spans, rows = [], []
    for f in outcome.fates:
        old, place = words.day(f.measure.due), halves.place(f.measure.due)
        shifted = f.in_force > f.measure.due
        says = say("dates_row", m=f.months) if shifted else say("dates_row_same", old=old)
        spans.append(Span(
            words.measure(f.measure.id), place - THIN, max(halves.place(f.in_force), place), says,
            due=halves.place(f.notice_by), due_says=say("dates_due", by=words.short(f.notice_by)),
        ))  # fmt: skip
        rows.append((words.measure(f.measure.id), old, words.day(f.notice_by), words.day(f.in_force)))
    svg = figures.timeline(halves.labels, spans, id="commitments-dates", title=title, alt=say("dates_alt"))
    columns = words.columns("measure", "first", "by", "force")
    return Figure("dates", title, svg, say("dates_alt"), columns, tuple(rows), say("source"))


def _work(words: _Words, outcome: Outcome, previous: Outcome | None) -> Figure:
    """Planned work, the day one can rely on, and the date in force."""
    say = words.sentence
    worked = [f for f in outcome.fates if f.start and f.planned_end and f.reliable]
    tight = max(worked, key=lambda f: (f.reliable or f.in_force) - f.in_force, default=outcome.fates[0])
    title, days = say("work_title", measure=words.measure(tight.measure.id)), [f.in_force for f in outcome.fates]
    halves = _Halves(words, max(days + [f.reliable for f in worked if f.reliable]))
    before = {f.measure.id: f for f in previous.fates} if previous else {}
    spans, rows = [], []
    for f in outcome.fates:
        name = words.measure(f.measure.id)
        start, end, sure = f.start or f.in_force, f.planned_end or f.in_force, f.reliable
        was = before.get(f.measure.id)
        spans.append(Span(
            name, halves.place(start), halves.place(end), late_to=halves.place(sure) if sure else None,
            before=(halves.place(was.start), min(halves.place(was.planned_end), len(halves.labels)))
            if was and was.start and was.planned_end else None,
            due=halves.place(f.in_force), due_says=say("work_due", date=words.day(f.in_force)),
        ))  # fmt: skip
        rows.append((name, words.day(f.start), words.day(f.planned_end), words.day(sure), words.day(f.in_force)))
    svg = figures.timeline(
        halves.labels, spans, id="commitments-work", title=title, alt=say("work_alt"), late_name=say("work_late"),
        before_name=say("before_name") if previous else "",
    )  # fmt: skip
    columns = words.columns("measure", "start", "end", "reliable", "force")
    return Figure("work", title, svg, say("work_alt"), columns, tuple(rows), say("source"))


def _chances(words: _Words, outcome: Outcome, previous: Outcome | None) -> Figure:
    """The chance of missing each date, as it then stands and as it was first given."""
    say, worst = words.sentence, _weakest(outcome)
    title = say("chance_title", measure=words.measure(worst.measure.id), p=100 * (1 - worst.kept))
    before = {f.measure.id: 100 * (1 - f.kept) for f in previous.fates} if previous else {}
    pairs, rows = [], []
    for f in outcome.fates:
        name, now, old = words.measure(f.measure.id), words.percent(1 - f.kept), words.percent(1 - f.p_due)
        pairs.append(Pair(name, 100 * (1 - f.p_due), old, 100 * (1 - f.kept), now, before.get(f.measure.id)))
        rows.append((name, now, old))
    svg = figures.paired_bars(
        pairs, id="commitments-chance", title=title, alt=say("chance_alt"), first_name=say("chance_first"),
        second_name=say("chance_now"), before_name=say("before_name") if previous else "", unit=say("chance_unit"),
    )  # fmt: skip
    columns = words.columns("measure", "missed", "missed_first")
    return Figure("chance", title, svg, say("chance_alt"), columns, tuple(rows), say("source"))
