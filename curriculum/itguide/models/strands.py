"""Strands of tests that build on each other, and the first in each that does not hold. Nothing is added up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from itguide.errors import ContentError, Problem
from itguide.spec import CaseSpec

State = Literal["yes", "partly", "no", "unknown", "open"]
ANSWERS = ("yes", "partly", "no", "unknown")


@dataclass(frozen=True, eq=False)
class Scenario:
    """The strands in order, each with its tests from what must stand first to what builds on it."""

    strands: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Strand:
    """One strand as answered. `first` is the test that holds it back; empty if all hold."""

    id: str
    states: Mapping[str, State]
    first: str

    @property
    def state(self) -> State:
        """The answer to the test that holds it back; yes if none does."""
        return self.states[self.first] if self.first else "yes"


@dataclass(frozen=True)
class Outcome:
    """What the answers show, strand by strand. `metrics` count strands, never tests across them."""

    metrics: Mapping[str, float]
    strands: tuple[Strand, ...]


def scenario(case: CaseSpec) -> Scenario:
    """The case's strands. ContentError says what does not fit."""
    file = f"case_studies/{case.slug}/case.toml"
    if case.scenario is None:
        raise ContentError([Problem(file, "scenario", "is missing; the strands are named there")])
    try:
        asked = [case.find(name) for name in case.scenario["strands"]]
    except (KeyError, TypeError) as error:
        says = f"does not name questions of the case: {error!r}"
        raise ContentError([Problem(file, "scenario.param.strands", says)]) from None
    wrong = [
        Problem(file, f"question[{q.id}]", f"a strand is private and has the answers {', '.join(ANSWERS)}")
        for q in asked
        if q.phase != "own" or tuple(c.id for c in q.category) != ANSWERS
    ]
    if wrong:
        raise ContentError(wrong)
    return Scenario({q.id: tuple(o.id for o in q.option) for q in asked})


def run(s: Scenario, answers: Mapping[str, Any]) -> Outcome:
    """Each strand's answers, and the first test that does not hold."""
    strands = []
    for name, tests in s.strands.items():
        given = answers.get(name) or {}
        states: dict[str, State] = {test: given.get(test, "open") for test in tests}
        strands.append(Strand(name, states, next((t for t in tests if states[t] != "yes"), "")))
    metrics = {
        "answered": float(sum(state != "open" for strand in strands for state in strand.states.values())),
        "asked": float(sum(len(tests) for tests in s.strands.values())),
        "held": float(sum(strand.state not in {"yes", "open"} for strand in strands)),
        "unknown": float(sum(strand.state == "unknown" for strand in strands)),
    }
    return Outcome(metrics, tuple(strands))
