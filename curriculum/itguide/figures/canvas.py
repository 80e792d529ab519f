"""A canvas: an SVG being drawn, which knows how wide words are and keeps labels apart.

Coordinates are user units of the viewBox, y downwards; text sizes are the same units, so that
17 reads as 17 pixels when the picture is shown at its own width.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from typing import Literal

from itguide.house_style import FACE, colour, paint

WIDTH = 760.0
SIZE = 17.0  # of labels
SMALL = 15.5  # of axis figures; nothing is smaller
LINE = 1.25  # line height in sizes

Anchor = Literal["start", "middle", "end"]

# Advance widths of Source Sans 3 (regular) in hundredths of the size, measured in Chromium. Slack covers the
# fallback faces: Arial runs 6 % wider, the semibold 3 %.
_WIDTHS = {
    20: " ", 24: "|", 25: "',.:;ijlí’·", 26: "IÍ", 29: "!f", 30: "()[]{}", 31: "-", 33: "°", 34: "t", 35: "/\\r",
    42: "*?sz", 43: '"“”', 45: "x", 46: "cç", 47: "vy", 48: "JY–", 49: "FLk", 50: "#$+0123456789<=>^_aeg~éáã×−€",
    51: "VX", 53: "ESÉ", 54: "ATZ`houóúÁ", 55: "bdnpqñ≤≥", 57: "CPR", 58: "K", 59: "B", 61: "&D", 62: "G", 64: "UÚ",
    65: "HNÑ", 66: "OQÓ", 72: "w", 73: "M", 79: "W", 80: "—", 81: "½", 82: "%", 83: "m", 85: "@", 95: "…", 100: "→",
}  # fmt: skip
_WIDTH = {char: hundredths / 100 for hundredths, chars in _WIDTHS.items() for char in chars}
_UNKNOWN = 0.6
_WIDE = 1.0  # ideographs and everything else beyond the alphabets
_SLACK = 1.06


@dataclass(frozen=True)
class Box:
    """The rectangle something takes: left, top, right, bottom."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box, gap: float = 0.0) -> bool:
        """Whether the two rectangles overlap, or come nearer than `gap`."""
        return (
            self.left < other.right + gap
            and other.left < self.right + gap
            and self.top < other.bottom + gap
            and other.top < self.bottom + gap
        )


def text_width(text: str, size: float = SIZE, bold: bool = False) -> float:
    """How wide these words run at this size, a little on the safe side."""
    units = sum(_WIDTH.get(c, _WIDE if ord(c) > 0x2E80 else _UNKNOWN) for c in text)
    return units * size * _SLACK * (1.04 if bold else 1.0)


def wrap(text: str, room: float, size: float = SIZE, bold: bool = False) -> list[str]:
    """The lines of this text, each at most `room` wide; a word wider than that is broken."""
    lines: list[str] = []
    line = ""
    for piece in text.split():
        word = piece
        trial = f"{line} {word}" if line else word
        if text_width(trial, size, bold) <= room + 0.01:
            line = trial
            continue
        if line:
            lines.append(line)
        while len(word) > 1 and text_width(word, size, bold) > room:
            cut = len(word) - 1
            while cut > 1 and text_width(word[:cut], size, bold) > room:
                cut -= 1
            lines.append(word[:cut])
            word = word[cut:]
        line = word
    return [*lines, line] if line else lines


def spread(wanted: Sequence[float], sizes: Sequence[float], low: float, high: float, gap: float = 6.0) -> list[float]:
    """Centres for things of these sizes, near those wanted and in their order, `gap` apart, within low..high.

    If there is not room for all, they run over the low end rather than over each other.
    """
    order = sorted(range(len(wanted)), key=lambda i: (wanted[i], i))
    placed: list[float] = []
    edge = low - gap
    for i in order:
        centre = max(wanted[i], edge + gap + sizes[i] / 2)
        placed.append(centre)
        edge = centre + sizes[i] / 2
    edge = high + gap
    for n in range(len(order) - 1, -1, -1):
        half = sizes[order[n]] / 2
        placed[n] = min(placed[n], edge - gap - half)
        edge = placed[n] - half
    result = [0.0] * len(placed)
    for place, i in zip(placed, order, strict=True):
        result[i] = place
    return result


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".") if abs(value) >= 0.05 else "0"


def _words(text: str) -> str:
    """Text that may stand in XML: control characters gone, the rest escaped."""
    return escape(re.sub(r"[^\t\n -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text))


class Canvas:
    """An SVG being drawn. Every method draws one thing and, for text, returns the box it takes."""

    def __init__(self, width: float = WIDTH) -> None:
        self.width = width
        self.bottom = 0.0
        self.labels: list[Box] = []
        self._parts: list[str] = []

    def line(
        self, x1: float, y1: float, x2: float, y2: float, stroke: str = "grey_3", weight: float = 1.0, dash: str = ""
    ) -> None:
        """A straight line."""
        self._put("line", {"x1": x1, "y1": y1, "x2": x2, "y2": y2}, None, stroke, weight, dash)
        self._grow(max(y1, y2) + weight / 2)

    def rect(
        self, x: float, y: float, width: float, height: float,
        fill: str | None = "accent", stroke: str | None = None, weight: float = 1.5, dash: str = "",
    ) -> None:  # fmt: skip
        """A rectangle; a negative width or height is drawn as nothing."""
        size = {"x": x, "y": y, "width": max(width, 0.0), "height": max(height, 0.0)}
        self._put("rect", size, fill, stroke, weight, dash)
        self._grow(y + max(height, 0.0))

    def circle(
        self, x: float, y: float, r: float, fill: str | None = "accent", stroke: str | None = None, weight: float = 2.0
    ) -> None:
        """A circle around x, y."""
        self._put("circle", {"cx": x, "cy": y, "r": r}, fill, stroke, weight)
        self._grow(y + r)

    def area(self, points: Sequence[tuple[float, float]], fill: str, fade: float = 1.0) -> None:
        """A closed shape through these points; `fade` lets what lies behind shine through."""
        attributes: dict[str, float | str] = {"d": "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in points) + "Z"}
        if fade < 1:
            attributes["fill-opacity"] = f"{fade:.2f}"
        self._put("path", attributes, fill)
        self._grow(max(y for _, y in points))

    def path(
        self, points: Sequence[tuple[float, float]], stroke: str = "ink", weight: float = 2.0, dash: str = ""
    ) -> None:
        """An open line through these points."""
        drawn = "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in points)
        self._put("path", {"d": drawn}, None, stroke, weight, dash)
        self._grow(max(y for _, y in points))

    def text(
        self, x: float, y: float, text: str, *, size: float = SIZE, anchor: Anchor = "start", bold: bool = False,
        fill: str = "ink", room: float | None = None, halo: bool = False,
    ) -> Box:  # fmt: skip
        """Words whose first baseline is y, wrapped to `room`; pushed sideways if they would leave the picture."""
        lines = wrap(text, room, size, bold) if room else [text]
        wide = max((text_width(line, size, bold) for line in lines), default=0.0)
        left = x - {"start": 0.0, "middle": wide / 2, "end": wide}[anchor]
        push = max(0.0, -left) - max(0.0, left + wide - self.width)
        step = size * LINE
        for i, words in enumerate(lines):
            attributes: dict[str, float | str] = {"x": x + push, "y": y + i * step, "font-size": size}
            if anchor != "start":
                attributes["text-anchor"] = anchor
            if bold:
                attributes["font-weight"] = "600"
            # The halo keeps a label readable where it has to lie over a line.
            self._put("text", attributes, fill, "paper" if halo else None, 4.0, words=words)
        box = Box(left + push, y - size * 0.75, left + push + wide, y + (max(len(lines), 1) - 1) * step + size * 0.25)
        self.labels.append(box)
        self._grow(box.bottom)
        return box

    def clear(self, box: Box, gap: float = 2.0) -> bool:
        """Whether no label drawn so far stands where this box would."""
        return not any(box.meets(other, gap) for other in self.labels)

    @contextmanager
    def behind(self, drawn: int) -> Iterator[None]:
        """What is drawn inside stands behind everything after the first `drawn` things (see `len`)."""
        front = self._parts[drawn:]
        del self._parts[drawn:]
        yield
        self._parts.extend(front)

    def __len__(self) -> int:
        return len(self._parts)

    def svg(self, *, id: str, title: str, alt: str) -> str:  # noqa: A002 - it is the element's id
        """The whole picture as a string. `id` must be unique on the page; title and alt are read aloud, not drawn."""
        height, width, name = _n(self.bottom + 6), _n(self.width), re.sub(r"[^A-Za-z0-9_-]", "-", id)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="ig-figure" viewBox="0 0 {width} {height}"'
            f' width="{width}" height="{height}" role="img" aria-labelledby="{name}-title {name}-alt"'
            f' style="max-width:100%;height:auto;font-family:{escape(FACE)}">'
            f'<title id="{name}-title">{_words(title)}</title><desc id="{name}-alt">{_words(alt)}</desc>'
            f"{''.join(self._parts)}</svg>"
        )

    def _grow(self, y: float) -> None:
        self.bottom = max(self.bottom, y)

    def _put(
        self, tag: str, attributes: Mapping[str, float | str], fill: str | None,
        stroke: str | None = None, weight: float = 1.0, dash: str = "", words: str | None = None,
    ) -> None:  # fmt: skip
        # Both the literal colour and the variable: a reader that knows no CSS variables still sees the picture.
        told = [f'{k}="{_n(v) if isinstance(v, float | int) else escape(v)}"' for k, v in attributes.items()]
        style = []
        for role, name in (("fill", fill), ("stroke", stroke)):
            if name is not None:
                told.append(f'{role}="{colour(name)}"')
                style.append(f"{role}:{paint(name)}")
        if fill is None:
            told.append('fill="none"')
        if stroke is not None:
            told.append(f'stroke-width="{_n(weight)}"')
            if tag in {"text", "path"}:
                told.append('stroke-linejoin="round"')
        if dash:
            told.append(f'stroke-dasharray="{dash}"')
        if tag == "text" and stroke is not None:
            style.append("paint-order:stroke")
        if style:
            told.append(f'style="{";".join(style)}"')
        body = f">{_words(words)}</{tag}>" if words is not None else "/>"
        self._parts.append(f"<{tag} {' '.join(told)}{body}")
