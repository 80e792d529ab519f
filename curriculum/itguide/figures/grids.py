"""Rows against columns: options across futures, work across time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from itguide.figures.canvas import LINE, SIZE, SMALL, WIDTH, Canvas, text_width, wrap

Cover = Literal["full", "part", "none"]


@dataclass(frozen=True)
class Cell:
    """How far an option serves in a future, as a sign and in a word or two."""

    state: Cover
    says: str


@dataclass(frozen=True)
class Row:
    """One option: its name, a cell per column, and whether the participant chose it."""

    label: str
    cells: tuple[Cell, ...]
    chosen: bool = False


def coverage_grid(
    columns: Sequence[str], rows: Sequence[Row], *, id: str, title: str, alt: str, width: float = WIDTH,  # noqa: A002
    chosen_name: str = "",
) -> str:  # fmt: skip
    """A grid of full, half and empty discs with words beside them; the participant's own rows are set off."""
    canvas = Canvas(width)
    labels = width * (0.34 if len(columns) < 4 and width > 600 else 0.28)
    slot = (width - labels) / max(len(columns), 1)
    y = 4.0
    if chosen_name and any(r.chosen for r in rows):
        canvas.rect(0, y + 2, 5, 16, "signal")
        canvas.text(14, y + 16, chosen_name, size=SMALL, fill="signal", bold=True, room=labels - 24)
    words = max((text_width(word, bold=True) for name in columns for word in name.split()), default=0.0)
    size = SIZE if words <= slot - 12 else SMALL
    heads = [wrap(name, slot - 12, size, bold=True) for name in columns]
    tallest = max((len(h) for h in heads), default=0)
    for i, name in enumerate(columns):
        canvas.text(labels + i * slot, y + 16 + (tallest - len(heads[i])) * size * LINE, name, size=size, bold=True,
                    room=slot - 12)  # fmt: skip
    y = max(canvas.bottom, y + tallest * SIZE * LINE) + 6
    canvas.line(0, y, width, y, "grey_4", 1.5)
    for row in rows:
        lines = wrap(row.label, labels - 30, bold=row.chosen)
        says = [wrap(c.says, slot - 42, SMALL) for c in row.cells]
        tall = max(len(lines), *(len(s) for s in says), 1) * SIZE * LINE + 20
        if row.chosen:
            canvas.rect(0, y + 6, 5, tall - 12, "signal")
        canvas.text(14, _centre(y, tall, len(lines), SIZE), row.label, bold=row.chosen, room=labels - 30)
        for i, cell in enumerate(row.cells):
            x = labels + i * slot + 11
            _disc(canvas, x, y + tall / 2, cell.state)
            canvas.text(x + 20, _centre(y, tall, len(says[i]), SMALL), cell.says, size=SMALL, room=slot - 42,
                        fill="grey_5" if cell.state == "none" else "ink")  # fmt: skip
        y += tall
        canvas.line(0, y, width, y, "grey_2")
    return canvas.svg(id=id, title=title, alt=alt)


def _centre(y: float, tall: float, lines: int, size: float) -> float:
    return y + tall / 2 + size * 0.34 - (lines - 1) * size * LINE / 2


def _disc(canvas: Canvas, x: float, y: float, state: Cover) -> None:
    canvas.circle(x, y, 10, "accent" if state == "full" else "paper", "grey_4" if state == "none" else "accent", 2)
    if state == "part":
        arc = [(x + 10 * math.sin(a), y - 10 * math.cos(a)) for a in (math.pi * i / 12 for i in range(13, 24))]
        canvas.area([(x, y + 10), *arc, (x, y - 10)], "accent")


@dataclass(frozen=True)
class Span:
    """One piece of work from `start` to `end`, counted in periods from 0; `says` stands in or beside its bar.

    `late_to` draws an expected delay behind the bar's end, `before` the previous round's span above it,
    `due` a deadline with its words.
    """

    label: str
    start: float
    end: float
    says: str = ""
    late_to: float | None = None
    before: tuple[float, float] | None = None
    due: float | None = None
    due_says: str = ""
    chosen: bool = False


def timeline(
    periods: Sequence[str], spans: Sequence[Span], *, id: str, title: str, alt: str, late_name: str = "",  # noqa: A002
    before_name: str = "", width: float = WIDTH,
) -> str:  # fmt: skip
    """Bars over named periods, one row each; expected delays hatched by a dashed outline, deadlines as flags."""
    canvas = Canvas(width)
    labels = min(max((text_width(s.label, bold=s.chosen) for s in spans), default=0.0), width * 0.34) + 16
    slot = (width - labels) / max(len(periods), 1)
    heads = [canvas.text(labels + (i + 0.5) * slot, 18, name, anchor="middle", bold=True, size=SMALL, room=slot - 6)
             for i, name in enumerate(periods)]  # fmt: skip
    y = max((h.bottom for h in heads), default=10.0) + 10
    first, grid = y, len(canvas)
    for span in spans:
        lines = wrap(span.label, labels - 16, bold=span.chosen)
        inside = text_width(span.says, SMALL) <= (span.end - span.start) * slot - 12
        tall = max(len(lines) * SIZE * LINE, 30.0 + (9 if span.before else 0) + (20 if span.due_says else 0)) + 10
        canvas.text(0, _centre(y, tall, len(lines), SIZE), span.label, bold=span.chosen, room=labels - 16)
        bar = y + (tall - 24) / 2 + (4 if span.before else 0) + (10 if span.due_says else 0)
        left, right = labels + span.start * slot, labels + span.end * slot
        if span.before:
            canvas.line(labels + span.before[0] * slot, bar - 6, labels + span.before[1] * slot, bar - 6, "grey_3", 5)
        if span.late_to is not None and span.late_to > span.end:
            canvas.rect(right, bar + 1, (span.late_to - span.end) * slot, 22, "paper", "problem", 2, "4 3")
        canvas.rect(left, bar, right - left, 24, "signal" if span.chosen else "accent")
        if inside:
            canvas.text(left + 7, bar + 17, span.says, size=SMALL, fill="paper")
        elif span.says:
            end = labels + max(span.end, span.late_to or 0) * slot + 7
            if end + text_width(span.says, SMALL) <= width:
                canvas.text(end, bar + 17, span.says, size=SMALL, fill="grey_5", halo=True)
            else:
                canvas.text(left - 7, bar + 17, span.says, size=SMALL, fill="grey_5", anchor="end", halo=True)
        if span.due is not None:
            x = labels + span.due * slot
            canvas.line(x, bar - 8, x, bar + 28, "ink", 3)
            canvas.text(x, bar - 12, span.due_says, size=SMALL, anchor="middle", halo=True)
        y += tall
        canvas.line(0, y, width, y, "grey_2")
    with canvas.behind(grid):
        for i in range(len(periods) + 1):
            canvas.line(labels + i * slot, first, labels + i * slot, y, "grey_2")
    x, y = labels, y + 10
    if late_name and any(s.late_to is not None for s in spans):
        canvas.rect(x, y + 1, 34, 15, "paper", "problem", 2, "4 3")
        x = canvas.text(x + 42, y + 14, late_name, size=SMALL, fill="grey_5").right + 26
    if before_name and any(s.before for s in spans):
        if x + 42 + text_width(before_name, SMALL) > width:
            x, y = labels, y + 24
        canvas.line(x, y + 9, x + 34, y + 9, "grey_3", 5)
        canvas.text(x + 42, y + 14, before_name, size=SMALL, fill="grey_5")
    return canvas.svg(id=id, title=title, alt=alt)
