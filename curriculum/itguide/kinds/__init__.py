"""Kinds of question: each knows a valid answer from an invalid one and says what is live about it."""

from __future__ import annotations

from typing import Any, Protocol

from itguide.kinds import allocate, choice, choices, classify, inject, lanes, link, number, place, rank, schedule, text
from itguide.kinds.live import Live, Meter
from itguide.spec import Question
from itguide.text import Say

__all__ = ["KINDS", "Live", "Meter", "live", "normalise", "valid"]


class KindModule(Protocol):
    """What a kind offers."""

    def normalise(self, question: Question, raw: Any) -> Any: ...

    def live(self, question: Question, value: Any, say: Say) -> Live: ...


KINDS: dict[str, KindModule] = {
    "allocate": allocate, "choice": choice, "choices": choices, "classify": classify, "inject": inject, "lanes": lanes,
    "link": link,
    "number": number, "place": place, "rank": rank, "schedule": schedule, "text": text,
}  # fmt: skip


def normalise(question: Question, raw: Any) -> Any:
    """The answer in its canonical form. ValueError says what is wrong with it."""
    return KINDS[question.kind].normalise(question, raw)


def valid(question: Question, held: Any) -> Any:
    """What a sheet holds, if it is an answer to this question; None if it is not, or not any more."""
    try:
        return None if held is None else normalise(question, held)
    except ValueError:
        return None


def live(question: Question, value: Any, say: Say) -> Live:
    """What holds of this answer now: answered or not, problems in sentences, what is left of each limit."""
    if value is None:
        return Live(
            answered=False, problems=(), meters=KINDS[question.kind].live(question, _EMPTY[question.kind], say).meters
        )
    return KINDS[question.kind].live(question, value, say)


_EMPTY: dict[str, Any] = {"choice": "", "choices": [], "number": None, "text": "", "allocate": {}, "classify": {},
                          "schedule": {}, "place": {}, "rank": [], "link": [], "inject": "",
                          "lanes": {}}  # fmt: skip
