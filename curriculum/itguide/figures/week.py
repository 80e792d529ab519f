"""A week of queues: one row a queue, Monday to Sunday, today in grey and what was decided in front of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from itguide.figures.canvas import SMALL, WIDTH, Canvas, text_width, wrap
from itguide.figures.scale import Scale

TALL, GAP = 84.0, 46.0


@dataclass(frozen=True)
class WeekRow:
    """One queue: how many wait at each of evenly spaced moments of the week, now and before; figures in words."""

    label: str
    values: Sequence[float]
    before: Sequence[float]
    says: str
    before_says: str


def week_rows(
    rows: Sequence[WeekRow], *, id: str, title: str, alt: str, days: Sequence[str], name: str, before_name: str,  # noqa: A002
    unit: str = "", marks: Sequence[float] = (), marks_name: str = "", width: float = WIDTH,
) -> str:  # fmt: skip
    """Each row on a scale of its own from nought; the peaks are written at the right. `marks` are shares of the week.

    Both lines are named in words beside their peaks; a mark is something that happens then, such as a ship.
    """
    canvas = Canvas(width)
    words = [f"{text} {which}" for r in rows for text, which in ((r.says, name), (r.before_says, before_name))]
    right = min(max((text_width(w, bold=True) for w in words), default=0.0), width * 0.3) + 12
    x = Scale(0, 1, 0, width - right)
    y = 2.0
    if unit:
        canvas.text(0, y + 14, unit, size=SMALL, fill="grey_5", room=width)
        y = canvas.bottom + 6
    if marks:
        # Ships stand once, over all rows: a hull and a mast each.
        for mark in marks:
            at = x(mark)
            canvas.area([(at - 7, y + 8), (at + 7, y + 8), (at + 4, y + 14), (at - 4, y + 14)], "ink")
            canvas.line(at, y + 1, at, y + 8, "ink", 2)
        canvas.text(x.end + 12, y + 14, marks_name, size=SMALL, fill="grey_5", room=right - 12)
        y = max(canvas.bottom, y + 14) + 8
    for row in rows:
        canvas.text(0, y + 16, row.label, bold=True, room=width - right)
        top = y + 24 + 21 * (len(wrap(row.label, width - right, bold=True)) - 1)
        high = max([*row.values, *row.before, 1.0])
        scale = Scale(0, high, top + TALL, top + 4)
        for n in range(len(days) + 1):
            canvas.line(x(n / len(days)), top, x(n / len(days)), top + TALL, "grey_2")
        last = max(len(row.values) - 1, 1)
        for values, fill, fade in ((row.before, "grey_3", 0.35), (row.values, "accent", 0.3)):
            drawn = [(x(n / last), scale(v)) for n, v in enumerate(values)]
            canvas.area([(x(0), top + TALL), *drawn, (x(1), top + TALL)], fill, fade)
            canvas.path(drawn, "grey_4" if fill == "grey_3" else fill, 2 if fill == "grey_3" else 3.5)
        canvas.line(0, top + TALL, x.end, top + TALL, "grey_4")
        told = sorted(
            [(scale(max(row.before)), row.before_says, before_name, "grey_5", False),
             (scale(max(row.values)), row.says, name, "accent", True)]
        )  # fmt: skip
        places = [min(told[0][0] + 6, top + TALL - 24), told[1][0] + 6]
        places[1] = max(places[1], places[0] + 24)
        for at, (_, says, which, fill, bold) in zip(places, told, strict=True):
            canvas.text(x.end + 12, at, f"{says} {which}", fill=fill, bold=bold)
        y = top + TALL + GAP - 30
    foot = y - GAP + 30
    for n, day in enumerate(days):
        canvas.text(x((n + 0.5) / len(days)), foot + 20, day, size=SMALL, anchor="middle", fill="grey_5")
    return canvas.svg(id=id, title=title, alt=alt)
