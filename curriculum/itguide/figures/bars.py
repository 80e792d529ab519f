"""Lying bars: pairs set against each other, and causes ranked by what they moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from itguide.figures.canvas import LINE, SIZE, SMALL, WIDTH, Canvas, text_width, wrap
from itguide.figures.scale import Scale, reach


@dataclass(frozen=True)
class Pair:
    """Two quantities of one thing, with their figures in words; `before` is the second one a round earlier."""

    label: str
    first: float
    first_says: str
    second: float
    second_says: str
    before: float | None = None


def paired_bars(
    pairs: Sequence[Pair], *, id: str, title: str, alt: str, first_name: str, second_name: str,  # noqa: A002
    before_name: str = "", unit: str = "", width: float = WIDTH,
) -> str:  # fmt: skip
    """Two bars a row on one scale, named in the first row: for example declared above, delivered below."""
    canvas = Canvas(width)
    labels = min(max((text_width(p.label, bold=True) for p in pairs), default=0.0), width * 0.32) + 14
    named = max((text_width(f"{p.first_says}  {first_name}", bold=True) for p in pairs[:1]), default=0.0)
    named = max(named, *(text_width(f"{p.second_says}  {second_name}", bold=True) for p in pairs[:1]), 0.0)
    figures = max((text_width(s, bold=True) for p in pairs for s in (p.first_says, p.second_says)), default=0.0)
    _, high = reach(q for p in pairs for q in (p.first, p.second, p.before))
    # Room on the right: figures everywhere, names only behind the first row's bars.
    longest = max((max(p.first, p.second, p.before or 0.0) for p in pairs[:1]), default=0.0)
    room = width - labels
    span = min(room - figures - 12, (room - named - 12) * high / longest if longest > 0 else room)
    x = Scale(0, high, labels, labels + max(span, room * 0.25))
    y = 6.0
    for i, pair in enumerate(pairs):
        lines = wrap(pair.label, labels - 14, bold=True)
        tall = max(46.0, len(lines) * SIZE * LINE)
        canvas.text(0, y + (tall - len(lines) * SIZE * LINE) / 2 + 16, pair.label, bold=True, room=labels - 14)
        top = y + (tall - 46) / 2
        first, second = (first_name, second_name) if i == 0 else ("", "")
        canvas.rect(labels, top + 2, x(pair.first) - labels, 17, "grey_3")
        _figure(canvas, x(pair.first) + 8, top + 16, pair.first_says, first, "grey_5")
        canvas.rect(labels, top + 23, x(pair.second) - labels, 21, "accent")
        reached = x(pair.second)
        if pair.before is not None:
            canvas.rect(labels, top + 23, x(pair.before) - labels, 21, None,
                        "ink" if pair.before > pair.second else "paper", 1.5, "5 4")  # fmt: skip
            reached = max(reached, x(pair.before))
        _figure(canvas, reached + 8, top + 40, pair.second_says, second, "accent")
        y += tall + 18
    canvas.line(labels, 2, labels, y - 12, "grey_4", 1.5)
    if before_name and any(p.before is not None for p in pairs):
        canvas.rect(labels, y + 2, 34, 15, None, "ink", 1.5, "5 4")
        canvas.text(labels + 42, y + 15, before_name, size=SMALL, fill="grey_5", room=width - labels - 42)
        y = canvas.bottom + 8
    if unit:
        canvas.text(0, y + 15, unit, size=SMALL, fill="grey_5", room=width)
    return canvas.svg(id=id, title=title, alt=alt)


def _figure(canvas: Canvas, x: float, y: float, says: str, name: str, fill: str) -> None:
    canvas.text(x, y, says, bold=True, fill=fill)
    if name:
        canvas.text(x + text_width(says, bold=True) + 7, y, name, fill=fill)


@dataclass(frozen=True)
class Share:
    """One cause or contribution: what it is called, how much, and the figure in words (with its sign)."""

    label: str
    value: float
    says: str


def flow_bars(
    shares: Sequence[Share], *, id: str, title: str, alt: str, worse: str = "", better: str = "",  # noqa: A002
    width: float = WIDTH,
) -> str:  # fmt: skip
    """Bars from a common nought, the largest first; those below nought run left in another colour.

    `worse` and `better` name the two directions over the bars.
    """
    canvas = Canvas(width)
    ranked = sorted(shares, key=lambda s: -abs(s.value))
    labels = min(max((text_width(s.label) for s in ranked), default=0.0), width * 0.42) + 14
    low, high = reach(s.value for s in ranked)
    below = max((text_width(s.says, bold=True) + 10 for s in ranked if s.value < 0), default=0.0)
    above = max((text_width(s.says, bold=True) + 10 for s in ranked if s.value >= 0), default=0.0)
    x = Scale(low, high, labels + below, max(width - above, labels + below + 40))
    y = 4.0
    if worse and low < 0:
        canvas.text(x(0) - 8, 16, f"← {worse}", size=SMALL, anchor="end", fill="problem")
    if better and (high > 0 and (worse or low < 0)):
        canvas.text(x(0) + 8, 16, f"{better} →", size=SMALL, fill="accent")
    y = canvas.bottom + 12
    first = y
    for share in ranked:
        lines = wrap(share.label, labels - 14)
        tall = max(28.0, len(lines) * SIZE * LINE)
        middle = y + tall / 2
        canvas.text(0, middle + 6 - (len(lines) - 1) * SIZE * LINE / 2, share.label, room=labels - 14)
        ends = sorted((x(0), x(share.value)))
        canvas.rect(ends[0], middle - 12, ends[1] - ends[0], 24, "accent" if share.value >= 0 else "problem")
        if share.value >= 0:
            canvas.text(ends[1] + 8, middle + 6, share.says, bold=True, fill="accent")
        else:
            canvas.text(ends[0] - 8, middle + 6, share.says, bold=True, anchor="end", fill="problem")
        y += tall + 12
    canvas.line(x(0), first - 4, x(0), y - 8, "grey_4", 1.5)
    return canvas.svg(id=id, title=title, alt=alt)
