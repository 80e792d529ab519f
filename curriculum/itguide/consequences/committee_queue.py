"""What follows when projects are taken for laws, agreements or systems: what works, what waits, and for whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from itguide import figures
from itguide.consequences import Cause, Consequence, Figure
from itguide.figures import Cell, Row, Span
from itguide.figures.grids import Cover
from itguide.models import committee_queue as model
from itguide.models.committee_queue import CORE, KINDS, LAST, Outcome, Scenario
from itguide.spec import CaseSpec
from itguide.text import Say

YEAR = 12
STATES: dict[int, Cover] = {CORE: "full", 1: "part", 0: "none"}
TOLD = 4  # how many other calls or seats are told as causes


def explain(
    case: CaseSpec, scenario: Scenario, outcome: Outcome, answers: Mapping[str, Any], say: Say, previous: Outcome | None
) -> Consequence:
    """What works after two years and what stands idle, the ten over time, where the work was, and what it cost."""
    words, m = _Words(case, scenario, say), outcome.metrics
    name = "headline_again" if previous else "headline"
    name += "" if m["idle"] else "_clean"
    before = previous.metrics["live"] if previous else 0
    headline = words.sentence(name, live=m["live"], idle=m["idle"], before=before, count=m["idle"])
    agree = "line_agree_all" if m["agree"] == len(scenario.projects) else "line_agree"
    lines = [words.sentence(agree, agree=m["agree"]), words.sentence("line_bound", bound=m["bound"])]
    never = outcome.courses[scenario.asked.window].live is None
    lines.append(words.sentence("line_window_never" if never else "line_window", month=m["window"]))
    if m["bills"]:
        lines.append(words.sentence("line_bills", bills=m["bills"], count=m["bills"]))
    drawn = (_time(words, outcome, previous), _grid(words, outcome))
    return Consequence(headline, tuple(lines), drawn, _cost(words, outcome))


def why(case: CaseSpec, scenario: Scenario, answers: Mapping[str, Any], say: Say) -> tuple[Cause, ...]:
    """One change at a time: our call for a project called otherwise, another seat for each seat; the largest first."""
    words, outcome = _Words(case, scenario, say), model.run(scenario, answers)
    calls, first = dict(outcome.calls), list(outcome.first)
    found: list[tuple[float, str, Outcome]] = []
    for p in scenario.projects:
        if calls[p.id] != p.kind:
            changed = {**answers, scenario.asked.calls: {**calls, p.id: p.kind}}
            label = words.sentence(
                "why_call", label=words.project(p.id), ours=words.call(p.kind), yours=words.call(calls[p.id])
            )
            found.append(_instead(scenario, outcome, changed, label))
    for dropped in first:
        swaps = []
        for p in scenario.projects:
            if p.id not in first:
                seats = [p.id if i == dropped else i for i in first]
                label = words.sentence("why_seat", added=words.project(p.id), dropped=words.project(dropped))
                swaps.append(_instead(scenario, outcome, {**answers, scenario.asked.first: seats}, label))
        found.append(max(swaps, key=lambda swap: swap[0]))
    found = sorted((f for f in found if f[0] > 0), key=lambda f: -f[0])[:TOLD]
    if not found:
        return (Cause(words.sentence("why_nothing"), "", 0.0),)
    before = outcome.metrics
    return tuple(
        Cause(label, words.sentence(_effect(then.metrics, before), live=then.metrics["live"], before=before["live"],
                                    idle=then.metrics["idle"], was=before["idle"]), -gain / found[0][0])
        for gain, label, then in found
    )  # fmt: skip


def _effect(then: Mapping[str, float], before: Mapping[str, float]) -> str:
    """The sentence that names what changes, and only that."""
    if then["idle"] == before["idle"]:
        return "why_effect_live"
    return "why_effect" if then["live"] != before["live"] else "why_effect_idle"


def _instead(s: Scenario, now: Outcome, answers: Mapping[str, Any], label: str) -> tuple[float, str, Outcome]:
    """What the other decision gains: a measure in use counts one, an idle system less counts a half."""
    then = model.run(s, answers)
    gain = then.metrics["live"] - now.metrics["live"] + (now.metrics["idle"] - then.metrics["idle"]) / 2
    return gain, label, then


class _Words:
    """The case's words: labels by id, and sentences."""

    def __init__(self, case: CaseSpec, scenario: Scenario, say: Say) -> None:
        self.say, self.scenario = say, scenario
        question = case.find(scenario.asked.calls)
        self._calls = {c.id: c.label for c in question.category}
        self._projects = {o.id: o.label for o in question.option}

    def project(self, name: str) -> str:
        return self._projects[name]

    def call(self, kind: str) -> str:
        return f"“{self._calls[kind]}”"

    def plain(self, kind: str) -> str:
        return self._calls[kind]

    def sentence(self, name: str, **values: object) -> str:
        return self.say(f"sentence.{name}", **values)

    def month(self, month: int | None) -> str:
        return self.sentence("never") if month is None else self.sentence("month", n=month)

    def columns(self, *names: str) -> tuple[str, ...]:
        return tuple(self.sentence(f"column_{n}") for n in names)


def _cost(words: _Words, outcome: Outcome) -> tuple[str, ...]:
    s, lines = words.scenario, []
    for p in s.projects:
        course, label = outcome.courses[p.id], words.project(p.id)
        if p.id in outcome.first and p.kind in {"system", "none"}:
            lines.append(words.sentence("cost_seat", label=label))
        if p.kind == "none" and outcome.calls[p.id] != "none":
            lines.append(words.sentence("cost_label", label=label))
        elif p.kind != "none" and course.start is None:
            lines.append(words.sentence("cost_dropped", label=label))
        elif p.kind != "none" and course.idle:
            what = words.sentence(f"what_{p.kind}")
            name = "cost_idle_never" if course.live is None else "cost_idle"
            lines.append(words.sentence(name, label=label, ready=course.ready, live=course.live or LAST, what=what))
    return tuple(lines) or (words.sentence("cost_none"),)


def _time(words: _Words, outcome: Outcome, previous: Outcome | None) -> Figure:
    """The ten measures from the start of work to their use; dashed while something ready may not be used."""
    say, s = words.sentence, words.scenario
    tfa = [p.id for p in s.projects if p.kind != "none"]
    order = sorted(tfa, key=lambda i: (outcome.courses[i].live or LAST + 1, tfa.index(i)))
    title, spans, rows = say("time_title", live=outcome.metrics["live"]), [], []
    for name in order:
        c = outcome.courses[name]
        start, ready, live = c.start, c.ready, c.live
        before = None
        if previous and previous.courses[name] != c:
            old = previous.courses[name]
            if old.start is not None:
                before = (old.start / YEAR, min(old.live or LAST, LAST) / YEAR)
        if start is None or ready is None:
            spans.append(Span(words.project(name), 0.0, 0.0, words.month(None), before=before))
        else:
            late = min(live or LAST, LAST) / YEAR if c.idle else None
            says = words.month(None) if live is None else say("from_month", n=live)
            spans.append(Span(words.project(name), start / YEAR, min(ready, LAST) / YEAR, says, late_to=late,
                              before=before, chosen=name in outcome.first))  # fmt: skip
        months = ("" if start is None else words.month(start), "" if ready is None else words.month(ready))
        rows.append((words.project(name), *months, words.month(live)))
    svg = figures.timeline(
        [say("year", n=n) for n in range(1, LAST // YEAR + 1)], spans, id="committee-time", title=title,
        alt=say("time_alt"), late_name=say("time_late"), before_name=say("before_name"),
    )  # fmt: skip
    columns = words.columns("project", "start", "ready", "live")
    return Figure("time", title, svg, say("time_alt"), columns, tuple(rows), say("source"))


def _grid(words: _Words, outcome: Outcome) -> Figure:
    """Where the work of each project begins, in the course's judgement; the rows called otherwise are set off."""
    say, s = words.sentence, words.scenario
    counts = {k: sum(p.kind == k for p in s.projects) for k in KINDS}
    title = say("grid_title", **counts)
    ordered = sorted(s.projects, key=lambda p: (*KINDS, "none").index(p.kind))
    drawn, rows = [], []
    for p in ordered:
        states = [STATES[getattr(p, k)] for k in KINDS]
        cells = tuple(Cell(state, say(f"cell_{state}")) for state in states)
        drawn.append(Row(words.project(p.id), cells, outcome.calls[p.id] != p.kind))
        rows.append((words.project(p.id), *(c.says for c in cells), words.plain(outcome.calls[p.id])))
    svg = figures.coverage_grid(
        [words.plain(k) for k in KINDS], drawn, id="committee-grid", title=title, alt=say("grid_alt"),
        chosen_name=say("grid_differs"),
    )  # fmt: skip
    columns = words.columns("project", *KINDS, "yours")
    return Figure("grid", title, svg, say("grid_alt"), columns, tuple(rows), say("source"))
