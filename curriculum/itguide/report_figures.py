"""Figures of the cohort report, drawn for a projector: shares, spreads, what was put where, how decisions held.

All take words already in the reader's language. What may not be told is drawn as an outline of one size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from itguide.cohort_stats import Part, Spread
from itguide.figures.canvas import LINE, SIZE, SMALL, WIDTH, Canvas, text_width, wrap
from itguide.figures.scale import Number, Scale, horizontal_axis, reach

NARROW = 480.0  # two beside each other
_VERDICTS = (("holds", "holds"), ("conditions", "accent"), ("fails", "problem"))


@dataclass(frozen=True)
class Bar:
    """One thing that could be chosen: its name, how many chose it, that in words, and how many did at first."""

    label: str
    part: Part
    says: str
    before: Part | None = None
    strong: bool = False


def share_bars(bars: Sequence[Bar], *, id: str, title: str, alt: str, before_name: str = "",  # noqa: A002
               width: float = WIDTH) -> str:  # fmt: skip
    """Lying bars of shares on one scale from nobody to everybody; the first decision is a thin line below."""
    canvas = Canvas(width)
    labels = (
        width * 0.44
        if width <= NARROW
        else min(max((text_width(b.label, bold=b.strong) for b in bars), default=0.0), width * 0.45) + 14
    )
    room = width - labels
    # One scale up to everybody wherever there is room for the words, so that pictures can be compared.
    full = min([room - 66, *((room - text_width(b.says, bold=True) - 12) / b.part.share for b in bars if b.part.share)])
    x = Scale(0, 1, labels, labels + max(full, 60))
    y = 2.0
    for bar in bars:
        lines = wrap(bar.label, labels - 14, bold=bar.strong)
        tall = max(34.0, len(lines) * SIZE * LINE + 8)
        middle = y + tall / 2
        canvas.text(0, middle + 6 - (len(lines) - 1) * SIZE * LINE / 2, bar.label, bold=bar.strong, room=labels - 14)
        end = x(bar.part.share)
        if bar.part.few:
            canvas.rect(labels, middle - 11, end - labels, 20, None, "grey_4", 1.5, "4 3")
        elif bar.part.count:
            canvas.rect(labels, middle - 12, end - labels, 22, "accent" if bar.strong else "grey_3")
        if bar.before and not bar.before.few and bar.before.count and bar.before.share != bar.part.share:
            canvas.line(labels, middle + 14.5, x(bar.before.share), middle + 14.5, "grey_4", 3)
        quiet = bar.part.few or not bar.part.count
        canvas.text(end + 8, middle + 5, bar.says, size=SMALL if quiet else SIZE, bold=not quiet,
                    fill="grey_5" if quiet else "accent" if bar.strong else "ink")  # fmt: skip
        y += tall + 4
    canvas.line(labels, 0, labels, y - 2, "grey_4", 1.5)
    if before_name and any(
        b.before and b.before.count and not b.before.few and b.before.share != b.part.share for b in bars
    ):
        canvas.line(labels, y + 12, labels + 34, y + 12, "grey_4", 3)
        canvas.text(labels + 42, y + 17, before_name, size=SMALL, fill="grey_5", room=width - labels - 42)
    return canvas.svg(id=id, title=title, alt=alt)


@dataclass(frozen=True)
class Row:
    """One quantity over the cohort: where it lies now, where it lay at first, the middle in words."""

    label: str
    now: Spread
    says: str
    before: Spread | None = None


def spans(rows: Sequence[Row], *, id: str, title: str, alt: str, number: Number, unit: str, key: tuple[str, str, str],  # noqa: A002
          before_name: str = "", zero: bool = False, width: float = WIDTH) -> str:  # fmt: skip
    """Spreads on one scale: a dot for the middle, a thick line for the middle half, a thin one for eight in ten."""
    canvas = Canvas(width)
    labels = min(max((text_width(r.label, bold=True) for r in rows), default=0.0), width * 0.34)
    labels += 18 if labels else 10
    says = max((text_width(r.says, bold=True) for r in rows), default=0.0) + 16
    low, high = reach([q for r in rows for s in (r.now, r.before) if s for q in (s.low, s.high)], zero)
    pad = (high - low) * 0.04
    x = Scale(low if zero and low == 0 else low - pad, high + pad, labels, width - says)
    top = _key(canvas, key, before_name if any(r.before for r in rows) else "", labels)
    y, drawn, grid = top + 8, [], len(canvas)
    for row in rows:
        lines = wrap(row.label, labels - 18, bold=True)
        tall = max(46.0 if row.before else 34.0, len(lines) * SIZE * LINE + 6)
        drawn.append((row, y + tall / 2 - (6 if row.before else 0), len(lines)))
        y += tall + 6
    with canvas.behind(grid):
        horizontal_axis(canvas, x, top, y, number, unit)
    for row, middle, count in drawn:
        canvas.text(0, middle + 6 - (count - 1) * SIZE * LINE / 2, row.label, bold=True, room=labels - 18)
        _lie(canvas, x, row, middle)
        canvas.text(width - says + 16, middle + 6, row.says, bold=True, fill="accent")
    return canvas.svg(id=id, title=title, alt=alt)


def strips(rows: Sequence[tuple[Row, Number]], *, id: str, title: str, alt: str, key: tuple[str, str, str],  # noqa: A002
           before_name: str = "", width: float = WIDTH) -> str:  # fmt: skip
    """Spreads of different quantities, each on a scale of its own with its ends in figures."""
    canvas = Canvas(width)
    labels = min(max((text_width(r.label, bold=True) for r, _ in rows), default=0.0), width * 0.30) + 18
    says = min(max((text_width(r.says, bold=True) for r, _ in rows), default=0.0) + 20, width * 0.26)
    y = _key(canvas, key, before_name if any(r.before for r, _ in rows) else "", labels) + 6
    for row, number in rows:
        low, high = reach([q for s in (row.now, row.before) if s for q in (s.low, s.high)], zero=False)
        x = Scale(low, high, labels + 12, width - says - 12)
        lines, told = wrap(row.label, labels - 18, bold=True), wrap(row.says, says - 20, bold=True)
        tall = max(64.0, max(len(lines), len(told)) * SIZE * LINE + 22)
        middle = y + tall / 2 - 10
        canvas.text(0, middle + 6 - (len(lines) - 1) * SIZE * LINE / 2, row.label, bold=True, room=labels - 18)
        canvas.rect(labels, middle - 13, width - says - labels, 34, "band")
        _lie(canvas, x, row, middle)
        for value, anchor in ((low, "start"), (high, "end")) if row.now.low < row.now.high or row.before else ():
            at = labels + 2 if anchor == "start" else width - says - 2
            canvas.text(at, middle + 38, number(value), size=SMALL, fill="grey_5",
                        anchor="start" if anchor == "start" else "end")  # fmt: skip
        canvas.text(width - says + 20, middle + 6 - (len(told) - 1) * SIZE * LINE / 2, row.says, bold=True,
                    fill="accent", room=says - 20)  # fmt: skip
        y += tall + 10
    return canvas.svg(id=id, title=title, alt=alt)


def _lie(canvas: Canvas, x: Scale, row: Row, middle: float) -> None:
    if row.before:
        canvas.line(x(row.before.quarter), middle + 15, x(row.before.three), middle + 15, "grey_3", 5)
        canvas.circle(x(row.before.middle), middle + 15, 5, "paper", "grey_4", 2)
    canvas.line(x(row.now.low), middle, x(row.now.high), middle, "accent", 2)
    canvas.line(x(row.now.quarter), middle, x(row.now.three), middle, "accent", 9)
    canvas.circle(x(row.now.middle), middle, 8, "accent", "paper", 2.5)


def _key(canvas: Canvas, key: tuple[str, str, str], before_name: str, left: float) -> float:
    """How to read the rows, in one line or two. Returns where they may begin."""
    y, at = 10.0, left
    for n, words in enumerate((*key, *([before_name] if before_name else []))):
        if not words:
            continue
        if at > left and at + 48 + text_width(words, SMALL) > canvas.width:
            at, y = left, y + 24
        if n == 0:
            canvas.circle(at + 17, y, 7, "accent", "paper", 2)
        elif n == 3:
            canvas.line(at, y, at + 34, y, "grey_3", 5)
            canvas.circle(at + 17, y, 5, "paper", "grey_4", 2)
        else:
            canvas.line(at, y, at + 34, y, "accent", 9 if n == 1 else 2)
        at = canvas.text(at + 42, y + 5, words, size=SMALL, fill="grey_5").right + 22
    return y + 18


@dataclass(frozen=True)
class Cells:
    """One item and how many put it where."""

    label: str
    parts: tuple[Part, ...]
    says: tuple[str, ...]


def heat(columns: Sequence[str], rows: Sequence[Cells], *, id: str, title: str, alt: str, set_off: bool = False,  # noqa: A002
         width: float = WIDTH) -> str:  # fmt: skip
    """Items against places: the more put an item there, the darker the square. `set_off` parts the last column."""
    canvas = Canvas(width)
    labels = (
        min(max((text_width(r.label) for r in rows), default=0.0), width * (0.42 if len(columns) < 6 else 0.36)) + 14
    )
    gap = 14.0 if set_off else 0.0
    word = max((text_width(w, SMALL) for name in columns for w in name.split()), default=0.0) + 8
    labels = max(width * 0.28, min(labels, width - gap - word * len(columns)))  # no head is broken within a word
    slot = (width - labels - gap) / max(len(columns), 1)
    head = SMALL if word <= slot else max(12.0, SMALL * slot / word)

    def left(i: int) -> float:
        return labels + i * slot + (gap if i == len(columns) - 1 else 0.0)

    heads = [wrap(name, slot - 6, head) for name in columns]
    tallest = max((len(h) for h in heads), default=0)
    for i, name in enumerate(columns):
        top = 14 + (tallest - len(heads[i])) * head * LINE
        canvas.text(left(i) + slot / 2, top, name, size=head, anchor="middle", fill="grey_5", room=slot - 6)
    y = 14 + tallest * head * LINE - 4
    for row in rows:
        lines = wrap(row.label, labels - 14)
        tall = max(34.0, len(lines) * SIZE * LINE + 6)
        canvas.text(0, y + tall / 2 + 6 - (len(lines) - 1) * SIZE * LINE / 2, row.label, room=labels - 14)
        for i, part in enumerate(row.parts):
            canvas.rect(left(i) + 1, y + 1, slot - 2, tall - 2, "band")
            if part.few:
                canvas.text(
                    left(i) + slot / 2, y + tall / 2 + 5, row.says[i], size=SMALL, anchor="middle", fill="grey_5"
                )
            elif part.count:
                corners = [(left(i) + 1, y + 1), (left(i) + slot - 1, y + 1), (left(i) + slot - 1, y + tall - 1),
                           (left(i) + 1, y + tall - 1)]  # fmt: skip
                dark = part.share >= 0.55
                canvas.area(corners, "accent", max(0.12, part.share) if not dark else 0.75 + part.share / 4)
                canvas.text(left(i) + slot / 2, y + tall / 2 + 6, row.says[i], anchor="middle", bold=dark,
                            size=SIZE if slot > 44 else SMALL, fill="paper" if dark else "ink")  # fmt: skip
        y += tall
    return canvas.svg(id=id, title=title, alt=alt)


@dataclass(frozen=True)
class Held:
    """One aspect: for how many it holds, holds with conditions, fails, each in words where there is room."""

    label: str
    parts: tuple[Part, Part, Part]
    says: tuple[str, str, str]


def verdicts(rows: Sequence[Held], names: tuple[str, str, str], *, id: str, title: str, alt: str,  # noqa: A002
             width: float = WIDTH) -> str:  # fmt: skip
    """Stacked bars, one for each aspect: solid holds, middle with conditions, the last would not survive."""
    canvas = Canvas(width)
    labels = min(max((text_width(r.label) for r in rows), default=0.0), width * 0.44) + 14
    at, y = 0.0, 14.0
    for name, (_, fill) in zip(names, _VERDICTS, strict=True):
        if at and at + 26 + text_width(name, SMALL) > width:
            at, y = 0.0, y + 24
        _patch(canvas, at, y - 13, 18, 17, fill)
        at = canvas.text(at + 26, y, name, size=SMALL, fill="grey_5").right + 24
    y += 16
    for row in rows:
        lines = wrap(row.label, labels - 14)
        tall = max(32.0, len(lines) * SIZE * LINE + 4)
        canvas.text(0, y + tall / 2 + 6 - (len(lines) - 1) * SIZE * LINE / 2, row.label, room=labels - 14)
        whole = sum(p.share for p in row.parts) or 1.0
        x = labels
        for part, says, (_, fill) in zip(row.parts, row.says, _VERDICTS, strict=True):
            wide = (width - labels) * part.share / whole
            if wide > 0:
                _patch(canvas, x, y + tall / 2 - 13, wide - 2, 26, fill)
                if says and text_width(says, SMALL) + 10 < wide:
                    canvas.text(x + wide / 2 - 1, y + tall / 2 + 5, says, size=SMALL, anchor="middle", bold=True,
                                fill="ink" if fill == "accent" else "paper")  # fmt: skip
            x += wide
        y += tall + 6
    return canvas.svg(id=id, title=title, alt=alt)


def _patch(canvas: Canvas, x: float, y: float, width: float, height: float, fill: str) -> None:
    """A solid patch, or for "with conditions" a pale one with an edge: told apart without colour."""
    if fill == "accent":
        canvas.rect(x + 1, y + 1, width - 2, height - 2, "accent_tint", "accent", 2)
    else:
        canvas.rect(x, y, width, height, fill)
