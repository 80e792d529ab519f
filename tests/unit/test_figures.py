"""Figures: well-formed, escaped, inside their frame, labels apart - whatever the words and numbers."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itguide import figures as f
from itguide.figures.canvas import SMALL, Box, Canvas, spread, text_width, wrap
from itguide.figures.scale import Scale, reach, ticks

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<script>alert(1)</script>&\"'\x00]]>"
SAY: Callable[[float], str] = "{:g}".format

words = st.text(st.characters(codec="utf-8"), max_size=60)
label = st.text("abcdefgh ijklmnopqrstu vwxyzABCDE", min_size=1, max_size=40)
amount = st.floats(0, 1e4, allow_nan=False)


def periods(caps: tuple[float, ...] = (11, 10, 8, 7)) -> list[f.Period]:
    values = (10.4, 9.1, 9.2, 0.6)
    return [
        f.Period(str(2027 + n), v, SAY(v), c, SAY(c), v * 0.9, v * 1.3, v * 0.8, "1.2 over" if v > c else "", v > c)
        for n, (v, c) in enumerate(zip(values, caps, strict=True))
    ]


def chart(name: str, text: str, width: float = 760) -> str:
    """One typical picture of each chart, with `text` wherever words go."""
    told = {"id": f"fig-{name}", "title": text, "alt": text, "width": width}
    many = [3, 4, 8, 9, 11, 12, 14, 15, 21, 30, 41.0]
    match name:
        case "periods":
            return f.bars_by_period(periods(), unit=text, cap_name=text, range_name=text, before_name=text, **told)
        case "pairs":
            rows = [
                f.Pair(text, 40, "40 %", 46, "46 %", 52),
                f.Pair("Security and protection", 30, "30 %", 15, "15 %", 8),
            ]
            return f.paired_bars(
                rows, first_name="declared", second_name="delivered", before_name=text, unit=text, **told
            )
        case "flow":
            rows = [f.Share(text, 3, "+3"), f.Share("Core system", -2, "−2"), f.Share("Backup", 0.1, "+0.1")]
            return f.flow_bars(rows, worse="worse", better="better", **told)
        case "dots":
            return f.quantile_dots(many, number=SAY, unit=text, name="Now", before=many[2:], before_name="Before",
                                   mark=f.Mark(12, "envelope"), **told)  # fmt: skip
        case "ranges":
            rows = [f.Range(text, 15, 20, 47, "19.9", (16, 21, 50)), f.Range("Backup", 4, 5, 9, "5.4", chosen=True)]
            names = ("1 in 10 below", "middle", "1 in 10 above")
            return f.range_rows(rows, number=SAY, unit="US$ million", names=names,
                                marks=[f.Mark(36, "envelope")], before_name="before", **told)  # fmt: skip
        case "fan":
            rows = [f.Fan(str(2027 + n), (5 + n, 6 + n, 8 + n, 9 + n, 10 + 2 * n), 7) for n in range(4)]
            return f.fan(rows, number=SAY, unit=text, names=("1 in 10 above", "middle", "1 in 10 below"),
                         before_name="before", marks=[f.Mark(9, "cap")], **told)  # fmt: skip
        case "grid":
            cells = (f.Cell("full", "seen"), f.Cell("part", "half seen"), f.Cell("none", "missed"))
            rows = [f.Row(text, cells, True), f.Row("Retirements", cells)]
            return f.coverage_grid(["Fiscal freeze", "Visible modernisation", text], rows, chosen_name="chosen", **told)
        case "timeline":
            rows = [f.Span(text, 0, 3, "18.0", 3.8, (1, 4)), f.Span("Skills", 3.5, 4, "retraining programme"),
                    f.Span("Risk engine", 0.5, 1.5, "4.0", due=1.2, due_says="election")]  # fmt: skip
            return f.timeline(
                ["2027", "2028", "2029", "2030"], rows, late_name="likely delay", before_name="before", **told
            )
    raise AssertionError(name)


CHARTS = ("periods", "pairs", "flow", "dots", "ranges", "fan", "grid", "timeline")


def boxes(svg: str) -> tuple[float, float, list[tuple[str, Box]]]:
    root = ElementTree.fromstring(svg)
    _, _, width, height = (float(n) for n in root.attrib["viewBox"].split())
    found = []
    for text in root.iter(f"{SVG}text"):
        size, x, y = (float(text.attrib[k]) for k in ("font-size", "x", "y"))
        # What was drawn is measured without the safety margin that drawing uses.
        wide = text_width(text.text or "", size, text.get("font-weight") == "600") / 1.06
        left = x - {"start": 0, "middle": wide / 2, "end": wide}[text.get("text-anchor", "start")]
        found.append((text.text or "", Box(left, y - size * 0.7, left + wide, y + size * 0.1)))
        assert size >= 15
    return width, height, found


@pytest.mark.parametrize("width", [760, 560, 480])
@pytest.mark.parametrize("name", CHARTS)
def test_labels_stay_inside_and_apart(name, width):
    across, down, found = boxes(chart(name, "Trade facilitation", width))
    for says, box in found:
        assert box.left >= -0.5, says
        assert box.right <= across + 0.5, says
        assert box.top >= 0, says
        assert box.bottom <= down, says
    clash = [(a, b) for n, (a, p) in enumerate(found) for b, q in found[n + 1 :] if p.meets(q)]
    assert not clash


@pytest.mark.parametrize("width", [760, 480])
def test_no_line_of_a_mark_runs_through_words(width):
    """Wherever the marks stand: on the low, the middle and the high figure of the first row."""
    rows = [f.Range("Clean data", 15, 20, 47, "20, not 14"), f.Range("Backup", 4, 5, 9, "5, not 4")]
    marks = [f.Mark(15, "election"), f.Mark(20, "budget"), f.Mark(47, "end of year 4")]
    svg = f.range_rows(rows, id="r", title="t", alt="t", number=SAY, unit="months", width=width, marks=marks,
                       names=("one in ten sooner", "middle", "one in ten later"), zero=True)  # fmt: skip
    _, _, found = boxes(svg)
    upright = [e.attrib for e in ElementTree.fromstring(svg).iter(f"{SVG}line") if e.get("stroke-width") == "2"]
    assert len(upright) == len(marks)
    named = [box for says, box in found if "one in ten" in says or says == "middle"]
    assert len(named) == 3
    for line in upright:
        x, top = float(line["x1"]), float(line["y1"])
        assert not [b for b in named if b.left - 1 < x < b.right + 1 and b.bottom > top]


@pytest.mark.parametrize("name", CHARTS)
def test_hostile_words_are_words(name):
    svg = chart(name, HOSTILE)
    root = ElementTree.fromstring(svg)
    assert not list(root.iter(f"{SVG}script"))
    assert "<script" not in svg
    assert "\x00" not in svg
    assert root.findtext(f"{SVG}title") == HOSTILE.replace("\x00", "")


@pytest.mark.parametrize("name", CHARTS)
def test_a_figure_is_named_and_prints_without_the_page(name):
    root = ElementTree.fromstring(chart(name, "Words"))
    assert root.attrib["role"] == "img"
    ids = {e.attrib["id"] for e in root.iter() if "id" in e.attrib}
    assert set(root.attrib["aria-labelledby"].split()) == ids
    for element in root.iter():
        for role in ("fill", "stroke"):
            if (value := element.get(role)) not in {None, "none"}:
                assert re.fullmatch(r"#[0-9A-Fa-f]{6}", value)
                assert f"{role}:var(--ig-" in element.attrib["style"]


@settings(max_examples=40, deadline=None)
@given(text=words, name=st.sampled_from(CHARTS))
def test_any_words_make_well_formed_xml(text, name):
    ElementTree.fromstring(chart(name, text))


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.tuples(label, amount, amount, amount), min_size=1, max_size=6), width=st.sampled_from([480, 760])
)
def test_any_numbers_stay_inside(rows, width):
    told = {"id": "x", "title": "t", "alt": "a", "width": width}
    drawn = [
        f.bars_by_period([f.Period(n[:8], v, SAY(round(v)), c, SAY(round(c)), v * 0.9, v * 1.4, w)
                          for n, v, c, w in rows], unit="m", cap_name="cap", **told),
        f.paired_bars([f.Pair(n, v, SAY(round(v)), c, SAY(round(c)), w) for n, v, c, w in rows], first_name="one",
                      second_name="two", **told),
        f.flow_bars([f.Share(n, v - c, SAY(round(v - c))) for n, v, c, _ in rows], **told),
        f.range_rows([f.Range(n, *sorted((v, c, w)), SAY(round(v))) for n, v, c, w in rows],
                     number=SAY, unit="m", **told),
        f.quantile_dots([v for _, *three in rows for v in three], number=SAY, unit="m", **told),
    ]  # fmt: skip
    for svg in drawn:
        across, down, found = boxes(svg)
        for says, box in found:
            assert box.left >= -0.5, says
            assert box.right <= across + 0.5, says
            assert box.bottom <= down, says
        for rect in ElementTree.fromstring(svg).iter(f"{SVG}rect"):
            assert float(rect.attrib["x"]) + float(rect.attrib["width"]) <= across + 0.5


def test_dots_stand_on_their_side_of_the_line():
    svg = f.quantile_dots([float(v) for v in range(1, 41)], id="d", title="t", alt="a", number=SAY, unit="m",
                          mark=f.Mark(30, "cap"), count=20)  # fmt: skip
    root = ElementTree.fromstring(svg)
    wall = max(float(e.attrib["x1"]) for e in root.iter(f"{SVG}line") if e.attrib["stroke-width"] == "2")
    dots = list(root.iter(f"{SVG}circle"))
    assert len(dots) == 20
    rings = [d for d in dots if d.get("stroke")]
    assert len(rings) == 5
    assert all((float(d.attrib["cx"]) > wall) == (d in rings) for d in dots)


def test_the_longest_bar_comes_first_and_the_sign_shows():
    svg = f.flow_bars([f.Share("small", 1, "+1"), f.Share("large", -5, "−5")], id="b", title="t", alt="a")
    _, _, found = boxes(svg)
    tops = {says: box.top for says, box in found}
    assert tops["large"] < tops["small"]


@given(st.lists(st.tuples(st.floats(0, 500), st.floats(10, 40)), max_size=8))
def test_spread_keeps_things_apart_and_in_order(items):
    wanted, sizes = [w for w, _ in items], [s for _, s in items]
    placed = spread(wanted, sizes, 0, 500)
    order = sorted(range(len(items)), key=lambda i: (wanted[i], i))
    for one, two in itertools.pairwise(order):
        assert placed[two] - placed[one] >= (sizes[one] + sizes[two]) / 2 + 5.9
    assert all(p + s / 2 <= 500.1 for p, s in zip(placed, sizes, strict=True))


@given(st.text("abc def", max_size=80), st.floats(30, 300))
def test_wrapping_loses_no_letter_and_keeps_to_the_room(text, room):
    lines = wrap(text, room)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(text_width(line) <= room + 0.02 for line in lines)


def test_axis_figures_are_round():
    assert ticks(0, 36) == [0, 10, 20, 30]
    assert ticks(0, 0.9, 3) == [0, 0.5]
    assert ticks(5, 5) == [5]
    assert reach([None, float("nan"), 3]) == (0, 3)
    assert reach([]) == (0, 1)
    assert Scale(0, 10, 100, 0)(2.5) == 75


def test_a_label_at_the_edge_is_pushed_in():
    canvas = Canvas(200)
    box = canvas.text(198, 20, "Puerto Sereno", size=SMALL)
    assert box.right <= 200
    assert not canvas.clear(box)


def test_dots_take_quantiles_not_samples():
    assert f.quantiles([1, 2, 3, 4], 2) == [1.5, 3.5]
    assert f.quantiles([7], 3) == [7, 7, 7]
    assert f.quantiles([], 5) == []
