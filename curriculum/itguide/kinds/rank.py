"""All items in an order: their ids, first to last."""

from __future__ import annotations

from typing import Any

from itguide.kinds.live import Live, known, sequence
from itguide.spec import Question
from itguide.text import Say


def normalise(question: Question, raw: Any) -> list[str]:
    """Every item exactly once."""
    ids = {o.id for o in question.option}
    order = [known(ids, v, "items") for v in sequence(raw)]
    if len(order) != len(ids) or set(order) != ids:
        raise ValueError("the order names every item exactly once")
    return order


def live(question: Question, value: list[str], say: Say) -> Live:
    """Answered once an order was given."""
    return Live(answered=bool(value))
