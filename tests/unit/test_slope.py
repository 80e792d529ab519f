"""Two orders of the same things: where each stands at either side, and that every word is in the picture."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from itguide.figures.slope import Slope, slope

SVG = "{http://www.w3.org/2000/svg}"
THINGS = (
    Slope("Someone inside alters what is selected for inspection", "1", 12, "12", 0.4, "0.40 m"),
    Slope("Gate", "2", 8, "8", 9.7, "9.7 m", chosen=True),
    Slope("Scanner", "3", 8, "8", 3.1, "3.1 m"),
)


def drawn(width: float = 760) -> ElementTree.Element:
    return ElementTree.fromstring(
        slope(THINGS, id="s", title="Crossing", alt="Two orders", left_name="Score", right_name="Money", width=width)
    )


def test_each_side_has_its_own_order_and_equals_keep_theirs() -> None:
    discs = [(float(c.get("cx", 0)), float(c.get("cy", 0))) for c in drawn().iter(f"{SVG}circle")]
    left, right = discs[::2], discs[1::2]
    assert [y for _, y in left] == sorted(y for _, y in left)
    assert [i for i, _ in sorted(enumerate(right), key=lambda d: d[1][1])] == [1, 2, 0]
    assert len({x for x, _ in left}) == len({x for x, _ in right}) == 1


def test_what_is_chosen_lies_on_top_in_another_weight() -> None:
    lines = list(drawn().iter(f"{SVG}line"))
    assert [float(line.get("stroke-width", 0)) for line in lines] == [2, 2, 4]


@pytest.mark.parametrize("width", [760, 420])
def test_words_are_in_the_picture_and_legible(width: float) -> None:
    for text in drawn(width).iter(f"{SVG}text"):
        assert float(text.get("font-size", 0)) >= 15
        assert 0 <= float(text.get("x", 0)) <= width
    told = "".join(text.text or "" for text in drawn(width).iter(f"{SVG}text"))
    assert "Gate" in told
    assert "9.7 m" in told
