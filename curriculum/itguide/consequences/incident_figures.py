"""Two pictures of an incident: the queue over ten days, and what each thing funded beforehand was worth."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from itguide.figures import Canvas, Share, flow_bars
from itguide.figures.canvas import SMALL, WIDTH, spread, text_width, wrap
from itguide.figures.scale import Scale, reach, ticks

Number = Callable[[float], str]


def queue(
    now: Sequence[float], low: Sequence[float], high: Sequence[float], other: Sequence[float] | None, *,
    id: str, title: str, alt: str, number: Number, unit: str, names: Mapping[str, str],  # noqa: A002
    marks: Sequence[tuple[float, str]], usual: float, room: float, watched: int, day: Callable[[int], str],
    height: float = 270, width: float = WIDTH,
) -> str:  # fmt: skip
    """Containers waiting hour by hour: a line in a band, a dashed line to compare, the orders as upright lines."""
    canvas = Canvas(width)
    _, most = reach([*now, *high, *(other or ()), usual])
    margin = min(max(text_width(names["now"], bold=True), text_width(names["usual"])) + 24, width * 0.24)
    top, foot = 66.0, 66.0 + height
    y = Scale(0, most * 1.03, foot, top)
    figures = max(text_width(number(t), SMALL) for t in ticks(0, most)) + 10
    x = Scale(0, len(now) - 1, figures + 8, width - margin)
    canvas.text(0, 16, unit, size=SMALL, fill="grey_5")
    canvas.rect(x(0), top, x(watched) - x(0), height, "grey_1")
    for tick in ticks(0, most):
        canvas.line(figures, y(tick), width - margin, y(tick), "grey_2")
        canvas.text(figures - 10, y(tick) + 5, number(tick), size=SMALL, anchor="end", fill="grey_5")
    if max(high) > room * 0.85:
        canvas.line(x(0), y(room), width - margin, y(room), "ink", 1.5, "2 3")
        canvas.text(width - margin - 6, y(room) - 7, names["room"], size=SMALL, anchor="end", halo=True)
    band = [(x(h), y(v)) for h, v in enumerate(high)] + [(x(h), y(v)) for h, v in reversed(list(enumerate(low)))]
    canvas.area(band, "accent", 0.22)
    canvas.line(x(0), y(usual), width - margin, y(usual), "grey_4", 1.5, "6 4")
    if other:
        canvas.path([(x(h), y(v)) for h, v in enumerate(other)], "grey_5", 3, "9 6")
    canvas.path([(x(h), y(v)) for h, v in enumerate(now)], "accent", 4)
    row = [x(hour) for hour, _ in marks]
    places = spread(row, [text_width(says, SMALL, bold=True) for _, says in marks], x(0), width - margin, gap=16)
    for (hour, says), place in zip(marks, places, strict=True):
        canvas.line(x(hour), top - 4, x(hour), foot, "signal", 2)
        canvas.path([(place, 50.0), (x(hour), top - 4)], "signal", 1.5)
        canvas.text(place, 45, says, size=SMALL, anchor="middle", bold=True, fill="signal")
        at = now[int(hour)]
        canvas.circle(x(hour), y(at), 6, "paper", "signal", 3)
    for n in range(0, len(now), 24):
        if n % 48 == 0 and n + 24 < len(now):
            canvas.text(x(n + 12), foot + 22, day(n // 24 + 1), size=SMALL, anchor="middle", fill="grey_5")
        canvas.line(x(n), foot, x(n), foot + 6, "grey_4")
    canvas.line(x(0), foot, width - margin, foot, "grey_4", 1.5)
    told = [(now[-1], names["now"], "accent", True), (usual, names["usual"], "grey_5", False)]
    sizes = [len(wrap(n, margin - 20, bold=b)) * 21.0 for _, n, _, b in told]
    at_end = spread([y(v) for v, *_ in told], sizes, top, foot + 16, gap=4)
    for (_, name, fill, bold), size, place in zip(told, sizes, at_end, strict=True):
        canvas.text(width - margin + 12, place + 6 - (size - 21) / 2, name, bold=bold, fill=fill, room=margin - 14)
    key = foot + 52
    canvas.rect(0, key - 12, 34, 14, "accent_tint")
    drawn = canvas.text(42, key, names["band"], size=SMALL, fill="grey_5")
    if other:
        left = drawn.right + 34
        canvas.line(left, key - 5, left + 34, key - 5, "grey_5", 3, "9 6")
        canvas.text(left + 42, key, names["other"], size=SMALL, fill="grey_5", room=width - left - 42)
    return canvas.svg(id=id, title=title, alt=alt)


def ledger(
    worth: Sequence[tuple[str, float]], *, id: str, title: str, alt: str, number: Number,  # noqa: A002
) -> str:  # fmt: skip
    """Bars for what was funded (saved, to the right) and what was not (missed, to the left)."""
    shares = [Share(label, value, number(value)) for label, value in worth]
    return flow_bars(shares, id=id, title=title, alt=alt)
