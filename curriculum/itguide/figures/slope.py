"""Two orders of the same things, one at each side: a line joins each thing to itself, and crossings are reversals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from itguide.figures.canvas import LINE, SIZE, SMALL, WIDTH, Canvas, text_width, wrap

_DISC = 14.0


@dataclass(frozen=True)
class Slope:
    """One thing: its name, the short mark in its discs, its quantity at each side and that in words."""

    label: str
    mark: str
    left: float
    left_says: str
    right: float
    right_says: str
    chosen: bool = False


def slope(
    things: Sequence[Slope], *, id: str, title: str, alt: str, left_name: str, right_name: str,  # noqa: A002
    width: float = WIDTH,
) -> str:  # fmt: skip
    """The things from the largest down at both sides; those chosen are set off in colour and weight."""
    canvas = Canvas(width)
    says = max((text_width(t.left_says, bold=True) for t in things), default=0.0)
    labels = min(max((text_width(t.label, bold=True) for t in things), default=0.0), width * 0.42)
    x1 = labels + says + 30 + _DISC
    right = max((text_width(t.right_says, bold=True) for t in things), default=0.0)
    x2 = max(width - right - 12 - _DISC, x1 + 120)
    tall = max((len(wrap(t.label, labels, bold=True)) for t in things), default=1) * SIZE * LINE + 14
    first = 34.0
    canvas.text(x1 + _DISC, 16, left_name, size=SMALL, anchor="end", fill="grey_5")
    canvas.text(width, 16, right_name, size=SMALL, anchor="end", fill="grey_5")
    place = {
        side: {n: first + (i + 0.5) * tall for i, n in enumerate(sorted(range(len(things)), key=key))}
        for side, key in (("left", lambda n: -things[n].left), ("right", lambda n: -things[n].right))
    }  # the order given decides between equals
    for n, thing in sorted(enumerate(things), key=lambda item: item[1].chosen):
        ink = "signal" if thing.chosen else "grey_3"
        canvas.line(x1, place["left"][n], x2, place["right"][n], ink, 4 if thing.chosen else 2)
    for n, thing in enumerate(things):
        y, z = place["left"][n], place["right"][n]
        ink = "signal" if thing.chosen else "accent"
        lines = wrap(thing.label, labels, bold=thing.chosen)
        top = y + SIZE * 0.34 - (len(lines) - 1) * SIZE * LINE / 2
        canvas.text(0, top, thing.label, bold=thing.chosen, room=labels, fill="signal" if thing.chosen else "ink")
        canvas.text(x1 - _DISC - 8, y + 6, thing.left_says, bold=True, anchor="end", fill=ink)
        canvas.text(width, z + 6, thing.right_says, bold=True, anchor="end", fill=ink)
        for x, height in ((x1, y), (x2, z)):
            canvas.circle(x, height, _DISC, ink)
            canvas.text(x, height + 5.5, thing.mark, size=SMALL, bold=True, anchor="middle", fill="paper")
    return canvas.svg(id=id, title=title, alt=alt)
