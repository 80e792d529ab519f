"""Columns by period: what each year takes, against what it may take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from itguide.figures.canvas import LINE, SIZE, SMALL, WIDTH, Canvas, spread, text_width, wrap
from itguide.figures.scale import Scale, reach


@dataclass(frozen=True)
class Period:
    """One column. `says` is its figure in words; `note` stands under the period's name ("1.2 over").

    `low`..`high` is the range of outcomes, `before` the previous round's value, `cap` the most allowed.
    `over` draws the column in the colour of a broken limit; say so in `note` as well.
    """

    label: str
    value: float
    says: str
    cap: float | None = None
    cap_says: str = ""
    low: float | None = None
    high: float | None = None
    before: float | None = None
    note: str = ""
    over: bool = False


def bars_by_period(
    periods: Sequence[Period], *, id: str, title: str, alt: str, unit: str,  # noqa: A002
    cap_name: str = "", range_name: str = "", before_name: str = "", height: float = 250, width: float = WIDTH,
) -> str:  # fmt: skip
    """Columns from nought with cap lines, ranges and the previous round's outline behind, on one scale.

    The three names are written once, beside the last column.
    """
    canvas = Canvas(width)
    names = bool(cap_name or range_name or before_name)
    margin = min(170.0, width * 0.24) if names else 0.0
    quantities = [q for p in periods for q in (p.value, p.cap, p.low, p.high, p.before)]
    low, high = reach(quantities)
    top, foot = 52.0, 52.0 + height
    y = Scale(low, high, foot, top)
    canvas.text(0, 16, unit, size=SMALL, fill="grey_5")
    slot = (width - margin) / max(len(periods), 1)
    bar = min(slot * 0.46, 92.0)
    ghost, whisker = bar * 0.16, 9.0
    canvas.line(0, y(0), width - margin, y(0), "grey_4", 1.5)
    for i, period in enumerate(periods):
        # The column, its shadow and its whisker share the slot with the cap's figure to the right.
        left = i * slot + max((slot - bar - whisker - 34) / 2, ghost + 2)
        centre = left + bar / 2
        if period.before is not None:
            ends = sorted((y(0), y(period.before)))
            canvas.rect(left - ghost, ends[0], bar, ends[1] - ends[0], "grey_1", "grey_4", 1.5, "5 4")
        ends = sorted((y(0), y(period.value)))
        canvas.rect(left, ends[0], bar, ends[1] - ends[0], "problem" if period.over else "accent")
        if period.low is not None and period.high is not None:
            x = left + bar + whisker
            canvas.line(x, y(period.low), x, y(period.high), "grey_5", 3)
            for end in (period.low, period.high):
                canvas.line(x - 5, y(end), x + 5, y(end), "grey_5", 2)
        tall = ends[1] - ends[0] >= 34 and text_width(period.says, bold=True) <= bar - 4
        if tall:
            canvas.text(centre, ends[1] - 12, period.says, anchor="middle", bold=True, fill="paper")
        if period.cap is not None:
            _cap(canvas, period, y(period.cap), left - ghost - 3, left + bar + whisker + 6, (i + 1) * slot)
        if not tall:
            above = min(ends[0], y(period.cap) if period.cap is not None and period.cap >= period.value else ends[0])
            near = period.cap is not None and abs(y(period.cap) - ends[0]) < 30
            canvas.text(centre, (above if near else ends[0]) - 8, period.says, anchor="middle", bold=True, halo=True)
    _feet(canvas, periods, slot, foot, bar)
    if names and periods:
        _names(canvas, periods[-1], y, width - margin, margin, (cap_name, range_name, before_name), (top, foot))
    return canvas.svg(id=id, title=title, alt=alt)


def _cap(canvas: Canvas, period: Period, y: float, left: float, right: float, slot_end: float) -> None:
    canvas.line(left, y, right, y, "ink", 3)
    if right + 5 + text_width(period.cap_says, bold=True) <= slot_end:
        canvas.text(right + 5, y + 6, period.cap_says, bold=True)
    else:
        canvas.text(right, y - 7, period.cap_says, anchor="end", bold=True, halo=True)


def _feet(canvas: Canvas, periods: Sequence[Period], slot: float, foot: float, bar: float) -> None:
    for i, period in enumerate(periods):
        left = i * slot + max((slot - bar - 43) / 2, bar * 0.16 + 2)
        box = canvas.text(left + bar / 2, foot + 24, period.label, anchor="middle", bold=True, room=slot - 8)
        if period.note:
            canvas.text(left + bar / 2, box.bottom + 17, period.note, anchor="middle", room=slot - 8, size=SMALL,
                        fill="problem" if period.over else "grey_5")  # fmt: skip


def _names(
    canvas: Canvas, last: Period, y: Scale, left: float, room: float, names: tuple[str, str, str],
    ends: tuple[float, float],
) -> None:  # fmt: skip
    cap, span, before = names
    middle = None if last.low is None or last.high is None else (last.low + last.high) / 2
    told = ((last.cap, cap, "ink"), (middle, span, "grey_5"), (last.before, before, "grey_4"))
    shown = [(y(value), wrap(name, room - 26), fill) for value, name, fill in told if value is not None and name]
    if not shown:
        return
    step = SIZE * LINE
    places = spread([p for p, _, _ in shown], [len(lines) * step for _, lines, _ in shown], ends[0] - 30, ends[1] + 10)
    for (place, lines, fill), near in zip(shown, places, strict=True):
        canvas.path([(left, place), (left + 10, place), (left + 18, near)], fill, 1.0)
        canvas.text(left + 24, near + 6 - (len(lines) - 1) * step / 2, " ".join(lines), room=room - 26, fill=fill)
