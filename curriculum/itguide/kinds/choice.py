"""One of several options: the option's id."""

from __future__ import annotations

from typing import Any

from itguide.kinds.live import Live, known
from itguide.spec import Question
from itguide.text import Say


def normalise(question: Question, raw: Any) -> str:
    """The id of the option chosen."""
    return known({o.id for o in question.option}, raw, "options")


def live(question: Question, value: str, say: Say) -> Live:
    """Answered once something is chosen."""
    return Live(answered=bool(value))
