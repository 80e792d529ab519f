"""A written answer of at most so many words."""

from __future__ import annotations

import unicodedata
from typing import Any

from itguide.kinds.live import Live
from itguide.spec import Question
from itguide.text import Say

LONGEST = 20_000  # characters; a page takes far fewer


def words(value: str) -> int:
    """How many words there are, as a reader counts them."""
    return len(value.split())


def normalise(question: Question, raw: Any) -> str:
    """The text with one kind of line end, without control characters. ValueError if it is not text or endless."""
    if not isinstance(raw, str):
        raise ValueError("the answer is not a text")
    if len(raw) > LONGEST:
        raise ValueError(f"the text is longer than {LONGEST} characters")
    lines = raw.replace("\r\n", "\n").replace("\r", "\n")
    plain = "".join(c for c in lines if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"})
    value = unicodedata.normalize("NFC", plain)  # last, so that doing it again changes nothing; it can lengthen a text
    if len(value) > LONGEST:
        raise ValueError(f"the text is longer than {LONGEST} characters")
    return value


def live(question: Question, value: str, say: Say) -> Live:
    """Too many words is said; the text stays and counts as answered."""
    n = words(value)
    if n > question.words:
        return Live(
            answered=True,
            problems=(
                say("live.too_long", n=n, most=question.words, over=n - question.words, count=n - question.words),
            ),
        )
    return Live(answered=n > 0)
