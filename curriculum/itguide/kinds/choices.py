"""Several of several options: their ids, in the order the question lists them."""

from __future__ import annotations

from typing import Any

from itguide.kinds.live import Live, known, sequence
from itguide.spec import Question
from itguide.text import Say


def normalise(question: Question, raw: Any) -> list[str]:
    """The ids of the options chosen, each once."""
    ids = [o.id for o in question.option]
    chosen = {known(set(ids), v, "options") for v in sequence(raw)}
    return [i for i in ids if i in chosen]


def live(question: Question, value: list[str], say: Say) -> Live:
    """Too few or too many is said; too few does not count as answered."""
    n, least, most = len(value), int(question.least or 0), int(question.most or len(question.option))
    problems: list[str] = []
    if n > most:
        problems.append(say("live.too_many", n=n, most=most, over=n - most, count=n - most))
    elif 0 < n < least:
        problems.append(say("live.too_few", n=n, least=least, missing=least - n, count=least - n))
    lone = next((o.label for o in question.option if o.alone and o.id in value), None)
    if lone and n > 1:
        problems.append(say("live.alone", label=lone))
    return Live(answered=n >= max(1, least), problems=tuple(problems), blocking=bool(problems))
