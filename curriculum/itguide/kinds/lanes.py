"""Changes made on a swim-lane map: step id to the id of one of its moves; a step left out stays where it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from itguide.kinds.live import Live, Meter, known, table
from itguide.spec import Question
from itguide.text import Say


@dataclass(frozen=True)
class Place:
    """Where a step stands: its party, the number of its moment (0 = the first), and the steps it waits for."""

    lane: str
    moment: int
    follows: tuple[str, ...]


def normalise(question: Question, raw: Any) -> dict[str, str]:
    """The changes, in the question's order."""
    given = table(raw)
    moves = {o.id: {m.id for m in o.move} for o in question.option}
    for key, move in given.items():
        known(moves[known(set(moves), key, "steps")], move, "places this step can move to")
    return {o.id: given[o.id] for o in question.option if o.id in given}


def placed(question: Question, value: Mapping[str, str]) -> dict[str, Place]:
    """The map with these changes made: every step with its place and what it still waits for."""
    moment = {p.id: n for n, p in enumerate(question.period)}
    chosen = {o.id: next((m for m in o.move if m.id == value.get(o.id)), None) for o in question.option}
    freed = {step for step, move in chosen.items() if move and move.frees}
    found = {}
    for option in question.option:
        move = chosen[option.id]
        follows = option.follows if move is None or move.follows is None else move.follows
        lane = (move and move.lane) or option.lane or ""
        at = (move and move.moment) or option.moment or ""
        found[option.id] = Place(lane, moment.get(at, 0), tuple(f for f in follows if f not in freed))
    return found


def clock(question: Question, places: Mapping[str, Place]) -> int | None:
    """How many steps stand between the first gate and the last; None if the map has no two gates."""
    gates = [n for n, p in enumerate(question.period) if p.gate]
    if len(gates) < 2:
        return None
    return sum(gates[0] <= p.moment < gates[-1] for p in places.values())


def backwards(question: Question, places: Mapping[str, Place]) -> dict[str, str]:
    """The steps that would come before one they wait for, each with that one."""
    return {
        step: late[0]
        for step, place in places.items()
        if (late := [f for f in place.follows if places[f].moment > place.moment])
    }


def live(question: Question, value: dict[str, str], say: Say) -> Live:
    """How many changes are made, how many steps are left on the clock; too many changes and arrows that run back."""
    labels = {o.id: o.label for o in question.option}
    most = int(question.most) if question.most is not None else sum(bool(o.move) for o in question.option)
    used, over = len(value), len(value) > most
    places, today = placed(question, value), placed(question, {})
    meters = [
        Meter("changes", say("kind.lanes_changes"), used, most, say("kind.lanes_used", n=used, most=most), over),
    ]
    on_clock, before = clock(question, places), clock(question, today)
    if on_clock is not None and before is not None:
        words = say("kind.lanes_today", n=on_clock, today=before)
        meters.append(Meter("clock", say("kind.lanes_clock"), on_clock, before, words, False))
    problems: list[str] = []
    if over:
        problems.append(say("kind.lanes_over", n=used, most=most, over=used - most, count=used - most))
    if question.least is not None and value and used < question.least:
        missing = int(question.least) - used
        problems.append(say("kind.lanes_under", n=used, least=int(question.least), missing=missing, count=missing))
    wrong = backwards(question, places)
    marks = {s: say("kind.lanes_back", label=labels[s], other=labels[o]) for s, o in wrong.items()}
    problems += marks.values()
    answered = bool(value) and used >= (question.least or 1)
    return Live(answered, tuple(problems), over or bool(marks), tuple(meters), marks)
