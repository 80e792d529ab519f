"""What is live about an answer: whether it counts, what is wrong, what is left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from itguide.text import Say

MOST = 10**15  # no number of a case comes near; beyond it whole numbers lose their last digit


@dataclass(frozen=True)
class Meter:
    """One limit, how much of it is used; `text` says the same in words."""

    id: str
    label: str
    used: float
    limit: float
    text: str
    over: bool


@dataclass(frozen=True)
class Live:
    """`problems` are sentences beside the control; `blocking` ones stop a round; `marks` belong to items."""

    answered: bool
    problems: tuple[str, ...] = ()
    blocking: bool = False
    meters: tuple[Meter, ...] = ()
    marks: Mapping[str, str] = field(default_factory=dict)


def known(options: Mapping[str, Any] | set[str], value: Any, what: str) -> str:
    """The value if it is one of these ids. ValueError names it."""
    if not isinstance(value, str) or value not in options:
        given = repr(value[:40]) if isinstance(value, str) else "what was given"
        raise ValueError(f"{given} is not one of the {what}")
    return value


def table(raw: Any) -> dict[str, Any]:
    """The raw value as a table with text keys. ValueError otherwise."""
    if not isinstance(raw, Mapping) or not all(isinstance(k, str) for k in raw):
        raise ValueError("the answer is not a table of items")
    return dict(raw)


def sequence(raw: Any) -> list[Any]:
    """The raw value as a list. ValueError otherwise."""
    if not isinstance(raw, list | tuple):
        raise ValueError("the answer is not a list")
    return list(raw)


def whole(raw: Any) -> int:
    """The raw value as a whole number. ValueError for anything else, truth values included."""
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not -MOST <= raw <= MOST:
        raise ValueError("the answer is not a number")
    if int(raw) != raw:
        raise ValueError("the answer is not a whole number")
    return int(raw)


def amount(say: Say, n: float, unit: str) -> str:
    """A quantity with its unit; a unit like `US$ {n} m` says where the number goes."""
    if "{n}" in unit:
        before, after = unit.split("{n}", 1)
        return say("live.amount_in", before=before, n=n, after=after)
    return say("live.amount", n=n, unit=unit) if unit else say("live.plain", n=n)
