"""A scale: from a quantity to a place in the picture, with round numbers for its axis."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise

from itguide.figures.canvas import SMALL, Box, Canvas, text_width

Number = Callable[[float], str]  # writes an axis figure in the reader's language


@dataclass(frozen=True)
class Scale:
    """A linear scale: `low` is drawn at `start`, `high` at `end` (which may lie to the left or above)."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The place of this quantity; beyond the ends it goes on."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


@dataclass(frozen=True)
class Mark:
    """A quantity worth a line of its own, such as the budget, and what to call it."""

    value: float
    says: str


def ticks(low: float, high: float, count: int = 6) -> list[float]:
    """About `count` round numbers (steps of 1, 2, 2.5 or 5 times a power of ten) within low..high."""
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
        return [low] if math.isfinite(low) else []
    rough = (high - low) / max(count, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(i * step, 10) for i in range(first, last + 1)]


def reach(values: Iterable[float | None], zero: bool = True) -> tuple[float, float]:
    """The lowest and highest of these quantities, never equal; with `zero`, nought is among them."""
    known = [v for v in values if v is not None and math.isfinite(v)] + ([0.0] if zero else [])
    low, high = min(known, default=0.0), max(known, default=1.0)
    # A spread too small to divide by is none.
    return (low, high) if high - low > 1e-9 * max(1.0, abs(low), abs(high)) else (low, low + 1.0)


def horizontal_axis(canvas: Canvas, scale: Scale, top: float, bottom: float, number: Number, unit: str) -> None:
    """Fine upright lines with their figures below; the unit stands under the right end."""
    previous: Box | None = None
    for value in ticks(scale.low, scale.high):
        x, says = scale(value), number(value)
        half = text_width(says, SMALL) / 2
        box = Box(x - half, bottom, x + half, bottom + SMALL)
        canvas.line(x, top, x, bottom, "grey_3" if value == 0 else "grey_2")
        if previous is None or not box.meets(previous, 10):
            previous = canvas.text(x, bottom + 19, says, size=SMALL, anchor="middle", fill="grey_5")
    if unit:
        canvas.text(max(scale.start, scale.end), bottom + 41, unit, size=SMALL, anchor="end", fill="grey_5")


def touching(marks: Iterable[Mark], scale: Scale) -> int:
    """How many marks' names would touch the one before, and need a row above it."""
    halves = [(scale(m.value), text_width(m.says, bold=True) / 2) for m in sorted(marks, key=lambda m: m.value)]
    return sum(b - a < one + two + 2 for (a, one), (b, two) in pairwise(halves))


def marks_above(canvas: Canvas, scale: Scale, marks: Iterable[Mark], top: float, bottom: float) -> None:
    """Upright ink lines with their names on top, each name on a row of its own where two would touch."""
    for mark in sorted(marks, key=lambda m: m.value):
        x, half = scale(mark.value), text_width(mark.says, bold=True) / 2
        left = min(max(x - half, 0.0), canvas.width - 2 * half)
        y = top - 8
        while not canvas.clear(Box(left, y - 13, left + 2 * half, y + 4)) and y > 30:
            y -= 22
        canvas.line(x, y + 6, x, bottom, "ink", 2)
        canvas.text(left, y, mark.says, bold=True)
