"""Shares of a total: item id to whole number, adding up to the total."""

from __future__ import annotations

from typing import Any

from itguide.kinds.live import Live, Meter, amount, known, table, whole
from itguide.spec import Question
from itguide.text import Say


def normalise(question: Question, raw: Any) -> dict[str, int]:
    """Every item's share, in the question's order; what is not named has 0."""
    given = table(raw)
    ids = [o.id for o in question.option]
    for key in given:
        known(set(ids), key, "items")
    shares = {i: whole(given.get(i, 0)) for i in ids}
    if any(v < 0 or v > question.total for v in shares.values()):
        raise ValueError(f"a share lies between 0 and {question.total}")
    return shares


def live(question: Question, value: dict[str, int], say: Say) -> Live:
    """Floors and the total are live."""
    used, total = sum(value.values()), question.total
    marks = {o.id: say("live.below_floor", label=o.label, floor=amount(say, o.floor, question.unit))
             for o in question.option if value and value.get(o.id, 0) < o.floor}  # fmt: skip
    problems = list(marks.values())
    if value and used != total:
        problems.insert(0, say("live.total_is", used=used, total=total))
    meter = Meter(
        "total",
        say("live.total"),
        used,
        total,
        say("live.of", used=used, limit=amount(say, total, question.unit)),
        used > total,
    )
    return Live(bool(value) and used == total, tuple(problems), bool(problems), (meter,), marks)
