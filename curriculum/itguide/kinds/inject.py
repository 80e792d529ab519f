"""A message that arrives at an hour of an incident: read, or still sealed.

Injects part a case's decisions. What stands behind a sealed one is not shown and not taken; once one is read, what was
asked before it stands, until a round is signed. All of that follows from the sheet, so a reload changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from itguide.kinds.live import Live
from itguide.spec import CaseSpec, Question
from itguide.text import Say

READ = "read"


def normalise(question: Question, raw: Any) -> str:
    """`read`: there is no other answer."""
    if raw != READ:
        raise ValueError("an inject is read, or it is not")
    return READ


def live(question: Question, value: str, say: Say) -> Live:
    """Answered once read."""
    return Live(answered=value == READ)


def injects(case: CaseSpec) -> tuple[Question, ...]:
    """The case's injects, by the hour."""
    return tuple(q for q in case.question if q.kind == "inject")


def sealed(case: CaseSpec, held: Mapping[str, Any]) -> Question | None:
    """The inject that waits to be read; None once all are."""
    return next((q for q in injects(case) if held.get(q.id) != READ), None)


def behind(case: CaseSpec, held: Mapping[str, Any]) -> frozenset[str]:
    """The decisions that stand behind the sealed inject, later injects among them."""
    waiting = sealed(case, held)
    if waiting is None:
        return frozenset()
    asked = [q.id for q in case.phase("decide")]
    return frozenset(asked[asked.index(waiting.id) + 1 :])


def before(case: CaseSpec, inject: Question) -> tuple[Question, ...]:
    """Everything that is asked before this inject is read: predictions, declarations, decisions, earlier injects."""
    decided = case.phase("decide")
    return case.phase("predict", "declare") + decided[: decided.index(inject)]


def passed(case: CaseSpec, held: Mapping[str, Any]) -> dict[str, float]:
    """What stands because a later inject was read, each with the hour at which that came."""
    found: dict[str, float] = {}
    for inject in injects(case):
        if held.get(inject.id) == READ and inject.hour is not None:
            asked = (q for q in before(case, inject) if q.kind != "inject")
            found = {q.id: inject.hour for q in asked} | found
    return found


def veiled(case: CaseSpec, held: Mapping[str, Any], say: Say) -> CaseSpec:
    """The case as far as it has arrived: the sealed inject without its words, nothing of what stands behind it.

    Left out rather than hidden, so that neither the page's source nor a search in the page tells what comes.
    """
    waiting, hidden = sealed(case, held), behind(case, held)
    if waiting is None:
        return case
    words = {"prompt": say("kind.inject_sealed", hour=waiting.hour), "help": say("kind.inject_hold")}
    shown = (q for q in case.question if q.id not in hidden)
    arrived = tuple(q.model_copy(update=words) if q.id == waiting.id else q for q in shown)
    return case.model_copy(update={"question": arrived})
