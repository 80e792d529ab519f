"""A number between two bounds."""

from __future__ import annotations

import math
from typing import Any

from itguide.kinds.live import MOST, Live, amount
from itguide.spec import Question
from itguide.text import Say


def normalise(question: Question, raw: Any) -> float | int:
    """The number, whole if the step is whole. ValueError for text, truth values, NaN and infinities."""
    if isinstance(raw, bool) or not isinstance(raw, int | float) or (isinstance(raw, float) and not math.isfinite(raw)):
        raise ValueError("the answer is not a number")
    if abs(raw) > MOST:
        raise ValueError("the number is out of any range")
    value = round(float(raw), 6)
    return int(value) if float(question.step).is_integer() and value.is_integer() else value


def live(question: Question, value: float | None, say: Say) -> Live:
    """A number out of bounds is said and does not count as answered."""
    if value is None:
        return Live(answered=False)
    low, high = question.least, question.most
    if low is not None and value < low:
        return Live(answered=False, problems=(say("live.below", least=amount(say, low, question.unit)),), blocking=True)
    if high is not None and value > high:
        return Live(answered=False, problems=(say("live.above", most=amount(say, high, question.unit)),), blocking=True)
    return Live(answered=True)
