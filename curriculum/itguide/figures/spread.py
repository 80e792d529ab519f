"""Uncertainty drawn: a distribution as dots, ranges in rows, a fan over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from itguide.figures.canvas import LINE, SIZE, SMALL, WIDTH, Canvas, spread, text_width, wrap
from itguide.figures.scale import Mark, Number, Scale, horizontal_axis, marks_above, reach, ticks, touching


def quantiles(values: Sequence[float], count: int = 20) -> list[float]:
    """The values a distribution has at `count` equally likely places: what a dot each stands for."""
    ordered = sorted(values)
    if not ordered:
        return []
    result = []
    for i in range(count):
        place = min(max((i + 0.5) / count * len(ordered) - 0.5, 0.0), len(ordered) - 1.0)
        whole = int(place)
        after = ordered[min(whole + 1, len(ordered) - 1)]
        result.append(ordered[whole] + (after - ordered[whole]) * (place - whole))
    return result


def quantile_dots(
    values: Sequence[float], *, id: str, title: str, alt: str, number: Number, unit: str,  # noqa: A002
    name: str = "", before: Sequence[float] = (), before_name: str = "", mark: Mark | None = None,
    bad: Literal["above", "below"] = "above", count: int = 20, width: float = WIDTH,
) -> str:  # fmt: skip
    """A distribution as equally likely dots stacked over an axis; those beyond the mark are rings.

    `before` is a second distribution (the previous round's), drawn in grey on the same scale below.
    """
    canvas = Canvas(width)
    rows = [(quantiles(values, count), name, "accent")]
    if before:
        rows.append((quantiles(before, count), before_name, "grey_4"))
    low, high = reach([*rows[0][0], *(rows[1][0] if before else []), mark.value if mark else None], zero=False)
    pad = (high - low) * 0.06
    r = min(11.0, width / 60)
    x = Scale(low - pad, high + pad, r + 2, width - r - 2)
    wall = mark.value if mark else None
    stacks = [_stacks(row, x, r, wall) for row, _, _ in rows]
    y = 44.0 if mark else 4.0
    top, drawn = y, []
    for stack, (_, label, fill) in zip(stacks, rows, strict=True):
        tall = max((level for *_, level in stack), default=0) + 1
        foot = y + (26 if label else 4) + tall * (2 * r + 2)
        drawn.append((stack, label, fill, y, foot))
        y = foot + 14
    horizontal_axis(canvas, x, top, y - 6, number, unit)
    for stack, label, fill, start, foot in drawn:
        if label:
            canvas.text(0, start + 18, label, bold=True, fill=fill, halo=True)
        canvas.line(x.start, foot, x.end, foot, "grey_3", 1)
        for value, place, level in stack:
            lost = mark is not None and (value > mark.value if bad == "above" else value < mark.value)
            centre = foot - r - 1 - level * (2 * r + 2)
            if lost:
                canvas.circle(place, centre, r - 1.5, "paper", "problem" if fill == "accent" else "grey_4", 3)
            else:
                canvas.circle(place, centre, r, fill)
    if mark:
        marks_above(canvas, x, [mark], top, y - 6)
    return canvas.svg(id=id, title=title, alt=alt)


def _stacks(values: Sequence[float], x: Scale, r: float, wall: float | None) -> list[tuple[float, float, int]]:
    """Each value with its place and its level: a stack per dot's width, none across the wall or over another."""
    placed: list[tuple[float, float, int]] = []
    ordered = sorted(values)
    cut = sum(v <= wall for v in ordered) if wall is not None else len(ordered)
    for side, low, high in (
        (ordered[:cut], 0.0, x.end + r if wall is None else x(wall) - 2),
        (ordered[cut:], x.start - r if wall is None else x(wall) + 2, x.end + r),
    ):
        stacks: list[list[float]] = []
        for value in side:
            if stacks and x(value) - x(stacks[-1][0]) <= 2 * r + 1:
                stacks[-1].append(value)
            else:
                stacks.append([value])
        centres = spread([sum(map(x, s)) / len(s) for s in stacks], [2 * r] * len(stacks), low, high, gap=1)
        placed += [(v, c, level) for s, c in zip(stacks, centres, strict=True) for level, v in enumerate(s)]
    return placed


@dataclass(frozen=True)
class Range:
    """One row: a range of outcomes with its middle, and the figures in words.

    `before` is the previous round's low, middle and high. `chosen` marks the participant's own.
    """

    label: str
    low: float
    mid: float
    high: float
    says: str
    before: tuple[float, float, float] | None = None
    chosen: bool = False


def range_rows(
    ranges: Sequence[Range], *, id: str, title: str, alt: str, number: Number, unit: str,  # noqa: A002
    names: tuple[str, str, str] | None = None, before_name: str = "", marks: Sequence[Mark] = (), zero: bool = False,
    width: float = WIDTH,
) -> str:  # fmt: skip
    """Rows with a line from the low to the high outcome and a dot in the middle; the words stand at the right.

    `names` says in a key above everything else what low, middle and high mean; no mark's line runs through it.
    """
    canvas = Canvas(width)
    labels = min(max((text_width(r.label, bold=r.chosen) for r in ranges), default=0.0), width * 0.30) + 18
    says = min(max((text_width(r.says, bold=True) for r in ranges), default=0.0), width * 0.26) + 16
    quantities = [q for r in ranges for q in (r.low, r.high, *(r.before or ()))] + [m.value for m in marks]
    low, high = reach(quantities, zero)
    pad = 0.0 if zero and low == 0 else (high - low) * 0.04
    x = Scale(low - pad, high + (high - low) * 0.04, labels, width - says)
    key = _range_key(canvas, x, names) if names and ranges else 0.0
    top = key + 12.0 + 26 * min(len(marks), 1) + 22 * touching(marks, x)
    y = top + 8
    rows = []
    for item in ranges:
        lines = wrap(item.label, labels - 18, bold=item.chosen)
        told = wrap(item.says, says - 16, bold=True)
        tall = max(38.0 if item.before else 30.0, max(len(lines), len(told)) * SIZE * LINE)
        rows.append((item, len(lines), y, tall))
        y += tall + 10
    horizontal_axis(canvas, x, top, y, number, unit)
    marks_above(canvas, x, marks, top, y)
    for item, count, start, tall in rows:
        fill = "signal" if item.chosen else "accent"
        middle = start + tall / 2
        canvas.text(0, middle + 6 - (count - 1) * SIZE * LINE / 2, item.label, bold=item.chosen, room=labels - 18)
        if item.before:
            canvas.line(x(item.before[0]), middle + 12, x(item.before[2]), middle + 12, "grey_3", 3)
            canvas.circle(x(item.before[1]), middle + 12, 5, "paper", "grey_4", 2)
        canvas.line(x(item.low), middle, x(item.high), middle, fill, 5)
        canvas.circle(x(item.mid), middle, 8, fill, "paper", 2)
        height = len(wrap(item.says, says - 16, bold=True))
        canvas.text(width - says + 16, middle + 6 - (height - 1) * SIZE * LINE / 2, item.says, bold=True, fill=fill,
                    room=says - 16)  # fmt: skip
    if before_name and any(r.before for r in ranges):
        canvas.line(0, y + 35, 34, y + 35, "grey_3", 3)
        canvas.circle(17, y + 35, 5, "paper", "grey_4", 2)
        canvas.text(42, y + 41, before_name, size=SMALL, fill="grey_5", room=labels + 60)
    return canvas.svg(id=id, title=title, alt=alt)


def _range_key(canvas: Canvas, x: Scale, names: tuple[str, str, str]) -> float:
    """A row to read the others by: its middle named above, its ends beside it. Returns how tall it is."""
    long, (low, middle, high) = 96.0, names
    room = (canvas.width - long) / 2 - 8
    left, right = (min(text_width(n, SMALL), room) for n in (low, high))
    start = min(max(x.start, 0.0), canvas.width - left - right - long - 16) + left + 8
    named = canvas.text(start + long / 2, SMALL, middle, size=SMALL, anchor="middle", fill="grey_5", room=canvas.width)
    y = named.bottom + 14
    canvas.line(start, y, start + long, y, "accent", 5)
    canvas.circle(start + long / 2, y, 8, "accent", "paper", 2)
    ends = (
        canvas.text(start - 8, y + 5, low, size=SMALL, anchor="end", fill="grey_5", room=room),
        canvas.text(start + long + 8, y + 5, high, size=SMALL, fill="grey_5", room=room),
    )
    return max(e.bottom for e in ends) + 10


@dataclass(frozen=True)
class Fan:
    """One moment of a fan: its name and the 10th, 25th, 50th, 75th and 90th percentile there."""

    label: str
    percentiles: tuple[float, float, float, float, float]
    before: float | None = None  # the previous round's middle


def fan(
    moments: Sequence[Fan], *, id: str, title: str, alt: str, number: Number, unit: str,  # noqa: A002
    names: tuple[str, str, str], before_name: str = "", marks: Sequence[Mark] = (), zero: bool = True,
    height: float = 260, width: float = WIDTH,
) -> str:  # fmt: skip
    """Bands around a middle line over time: eight in ten outcomes lie in the pale band, half in the darker one.

    `names` are written at the right end: the top of the pale band, the middle, the bottom of the pale band.
    """
    canvas = Canvas(width)
    margin = min(max(text_width(n) for n in (*names, before_name)) + 30, width * 0.28)
    low, high = reach([q for m in moments for q in (*m.percentiles, m.before)] + [m.value for m in marks], zero)
    top, foot = 44.0, 44.0 + height
    y = Scale(low, high, foot, top)
    figures = max(text_width(number(t), SMALL) for t in ticks(low, high)) + 10
    x = Scale(0, max(len(moments) - 1, 1), figures + 22, width - margin)
    canvas.text(0, 16, unit, size=SMALL, fill="grey_5")
    for tick in ticks(low, high):
        canvas.line(figures, y(tick), width - margin, y(tick), "grey_2")
        canvas.text(figures - 10, y(tick) + 5, number(tick), size=SMALL, anchor="end", fill="grey_5")
    for outer, fade in (((0, 4), 0.2), ((1, 3), 0.3)):
        below = [(x(i), y(m.percentiles[outer[0]])) for i, m in enumerate(moments)]
        above = [(x(i), y(m.percentiles[outer[1]])) for i, m in enumerate(moments)]
        canvas.area([*above, *reversed(below)], "accent", fade)
    for mark in marks:
        canvas.line(figures, y(mark.value), width - margin, y(mark.value), "ink", 2, "2 3")
        canvas.text(figures + 6, y(mark.value) - 7, mark.says, bold=True, halo=True)
    if all(m.before is not None for m in moments):
        canvas.path([(x(i), y(m.before or 0.0)) for i, m in enumerate(moments)], "grey_5", 2, "6 5")
    canvas.path([(x(i), y(m.percentiles[2])) for i, m in enumerate(moments)], "accent", 3.5)
    slot = (width - margin - figures) / max(len(moments), 1)
    for i, moment in enumerate(moments):
        canvas.text(x(i), foot + 24, moment.label, size=SMALL, anchor="middle", fill="grey_5", room=slot)
    last = moments[-1]
    told = [(last.percentiles[4], names[0], "grey_5"), (last.percentiles[2], names[1], "accent"),
            (last.percentiles[0], names[2], "grey_5")]  # fmt: skip
    if before_name and last.before is not None:
        told.append((last.before, before_name, "grey_5"))
    sizes = [len(wrap(n, margin - 24, bold=f == "accent")) * SIZE * LINE for _, n, f in told]
    places = spread([y(v) for v, _, _ in told], sizes, top - 20, foot + 10, gap=2)
    left = width - margin
    for (value, name, fill), size, place in zip(told, sizes, places, strict=True):
        canvas.path([(left + 2, y(value)), (left + 8, y(value)), (left + 16, place)], fill, 1)
        first = place + 6 - (size - SIZE * LINE) / 2
        canvas.text(left + 21, first, name, bold=fill == "accent", fill=fill, room=margin - 24)
    return canvas.svg(id=id, title=title, alt=alt)
