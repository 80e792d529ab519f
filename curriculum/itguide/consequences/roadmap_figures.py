"""The picture of a roadmap: bars as promised, ranges as likely, dates as given, on one axis of quarters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from itguide.figures import Canvas
from itguide.figures.canvas import SIZE, SMALL, WIDTH, text_width

TALL = 46.0


@dataclass(frozen=True)
class Road:
    """One measure. The bar runs from `start` to the end of `promised`; `likely` are three quarters of use.

    `says` stands in place of a range where there is none.
    """

    label: str
    start: int | None
    promised: int
    likely: tuple[int, int, int]
    due: int
    named: bool
    says: str = ""


def roads(
    rows: Sequence[Road], *, id: str, title: str, alt: str, quarters: int, term: int, election: int,  # noqa: A002
    quarter: Callable[[int], str], names: Mapping[str, str], width: float = WIDTH,
) -> str:  # fmt: skip
    """A row per measure: the bar, below it the range with its middle, and the flag of the date given.

    The axis has `quarters`; what lies beyond runs off it with an arrow. After `term` the ground is darker.
    """
    canvas = Canvas(width)
    labels = max((text_width(r.label) for r in rows), default=0.0) + 14
    slot = (width - labels - 6) / quarters
    top = _key(canvas, names, labels) + 30

    def x(end_of: float) -> float:
        return labels + end_of * slot

    foot = top + len(rows) * TALL
    canvas.rect(x(term), top, x(quarters) - x(term), foot - top, "grey_1")
    canvas.rect(x(election - 1), top, slot, foot - top, "signal_tint")
    for n in range(quarters + 1):
        canvas.line(x(n), top, x(n), foot, "grey_3" if n % 4 == 0 else "grey_2")
    canvas.text(x(election - 0.5), top - 8, names["election"], size=SMALL, anchor="middle", bold=True, fill="signal")
    for n in range(2, quarters + 1, 2):
        canvas.text(x(n - 0.5), foot + 19, quarter(n), size=SMALL, anchor="middle", fill="grey_5")
    for n, row in enumerate(rows):
        _row(canvas, row, top + n * TALL, x, quarters)
        canvas.line(0, top + (n + 1) * TALL, width, top + (n + 1) * TALL, "grey_2")
    return canvas.svg(id=id, title=title, alt=alt)


def _row(canvas: Canvas, row: Road, y: float, x: Callable[[float], float], quarters: int) -> None:
    canvas.text(0, y + TALL / 2 + 6, row.label)
    if row.start:
        canvas.rect(x(row.start - 1), y + 7, x(min(row.promised, quarters)) - x(row.start - 1), 13, "grey_3")
    _flag(canvas, x(min(row.due, quarters)), y, row.named)
    if row.says:
        at = x(min(row.promised, quarters)) if row.start else x(0)
        room = at + 8 + text_width(row.says, SMALL) <= canvas.width
        at = at + 8 if room else x((row.start or 1) - 1) - 8
        canvas.text(at, y + TALL / 2 + 6, row.says, size=SMALL, anchor="start" if room else "end",
                    fill="problem" if row.start else "grey_5", halo=True)  # fmt: skip
        return
    early, middle, late = row.likely
    centre = y + 32
    beyond = late > quarters
    left, right = x(min(early, quarters)), x(min(late, quarters))
    fill = "accent" if middle <= row.due else "problem"
    canvas.line(left, centre, right, centre, fill, 5)
    if beyond:
        canvas.area([(right - 2, centre - 7), (right + 6, centre), (right - 2, centre + 7)], fill)
    if middle <= quarters:
        if fill == "accent":
            canvas.circle(x(middle), centre, 7, fill)
        else:  # a date that is more likely missed is a ring: form as well as colour
            canvas.circle(x(middle), centre, 7, "paper", fill, 3)


def _flag(canvas: Canvas, at: float, y: float, named: bool) -> None:
    canvas.line(at, y + 3, at, y + TALL - 3, "ink", 2, "3 3" if named else "")
    flag = [(at, y + 3), (at - 12, y + 8), (at, y + 13)]
    if named:
        canvas.path([*flag, flag[0]], "ink", 1.5)
    else:
        canvas.area(flag, "ink")


def _key(canvas: Canvas, names: Mapping[str, str], labels: float) -> float:
    """What the signs mean, in one or two lines above the picture. Returns where it ends."""
    x, y = 0.0, 16.0

    def place(sign: float, name: str) -> tuple[float, float]:
        nonlocal x, y
        needed = sign + 8 + text_width(name, SMALL)
        if x and x + needed > canvas.width:
            x, y = 0.0, y + SIZE * 1.5
        here = (x, y)
        canvas.text(x + sign + 8, y, name, size=SMALL, fill="grey_5")
        x += needed + 22
        return here

    left, base = place(30, names["bar"])
    canvas.rect(left, base - 12, 30, 13, "grey_3")
    left, base = place(56, names["range"])
    canvas.line(left, base - 5, left + 56, base - 5, "accent", 5)
    canvas.circle(left + 28, base - 5, 7, "accent")
    left, base = place(14, names["flag"])
    canvas.line(left + 13, base - 13, left + 13, base + 3, "ink", 2)
    canvas.area([(left + 13, base - 13), (left + 1, base - 8), (left + 13, base - 3)], "ink")
    left, base = place(14, names["named"])
    canvas.line(left + 13, base - 13, left + 13, base + 3, "ink", 2, "3 3")
    flag = [(left + 13, base - 13), (left + 1, base - 8), (left + 13, base - 3)]
    canvas.path([*flag, flag[0]], "ink", 1.5)
    return y + 8
