"""The visual system: what can be read, told apart, and is the same everywhere."""

from __future__ import annotations

import itertools
import math
import re
import warnings

import pytest

from itguide.paths import STATIC
from itguide.tokens import CATEGORIES, colour, css_variables, matplotlib_style, tokens

GROUNDS = ("paper", "surface", "band")
# How three kinds of colour-blind readers see linear RGB (Machado, Oliveira, Fernandes 2009, full severity).
SIGHT = {
    "all colours": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def linear(name: str) -> list[float]:
    values = [int(colour(name)[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values]


def contrast(one: str, other: str) -> float:
    light = sorted(
        (sum(w * v for w, v in zip((0.2126, 0.7152, 0.0722), linear(c), strict=True)) for c in (one, other)),
        reverse=True,
    )
    return (light[0] + 0.05) / (light[1] + 0.05)


def lab(rgb: list[float]) -> tuple[float, float, float]:
    r, g, b = (min(1.0, max(0.0, v)) for v in rgb)
    xyz = (
        (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505,
        0.2126 * r + 0.7152 * g + 0.0722 * b,
        (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089,
    )
    x, y, z = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize(
    "text", ["ink", "ink_soft", "accent", "accent_deep", "signal", "problem", "holds", "grey_4", "grey_5"]
)
def test_text_can_be_read_on_every_ground(text: str) -> None:
    assert {g: contrast(text, g) for g in GROUNDS if contrast(text, g) < 4.5} == {}


ON_COLOUR = {
    "accent_tint": ("ink", "ink_soft", "accent"),
    "signal_tint": ("ink", "ink_soft", "signal"),
    "problem_tint": ("ink", "problem"),
    "holds_tint": ("ink",),
    "grey_1": ("ink", "ink_soft"),
    "grey_2": ("grey_5",),
    "signal": ("surface",),
    "accent": ("surface",),
    "problem": ("surface",),
    "ink": ("paper",),
}


@pytest.mark.parametrize("ground", ON_COLOUR)
def test_text_can_be_read_on_colour(ground: str) -> None:
    assert [text for text in ON_COLOUR[ground] if contrast(text, ground) < 4.5] == []


@pytest.mark.parametrize("edge", ["edge", "grey_3", *(f"cat_{n}" for n in range(1, CATEGORIES + 1))])
def test_edges_and_categories_stand_out(edge: str) -> None:
    assert contrast(edge, "paper") >= 3
    assert contrast(edge, "surface") >= 3


@pytest.mark.parametrize("sight", SIGHT)
def test_categories_can_be_told_apart(sight: str) -> None:
    seen = {
        f"cat_{n}": lab([sum(m * v for m, v in zip(row, linear(f"cat_{n}"), strict=True)) for row in SIGHT[sight]])
        for n in range(1, CATEGORIES + 1)
    }
    near = {
        (a, b): round(math.dist(seen[a], seen[b]))
        for a, b in itertools.combinations(seen, 2)
        if math.dist(seen[a], seen[b]) < 15
    }
    assert near == {}


def test_nothing_is_smaller_than_fifteen_pixels() -> None:
    assert min(tokens()["size"].values()) >= 15
    assert (
        re.findall(r"font(?:-size)?:[^;]*?\b(?:[0-9]|1[0-4])px", (STATIC / "page.css").read_text(encoding="utf-8"))
        == []
    )


def test_every_variable_the_page_uses_is_a_token_or_its_own() -> None:
    page = "".join(p.read_text(encoding="utf-8") for p in [STATIC / "page.css", *(STATIC / "kinds").glob("*.js")])
    used = set(re.findall(r"var\((--ig-[a-z0-9-]+)", page))
    set_here = set(re.findall(r"(--ig-[a-z0-9-]+)[\"`]?[:,]", page))
    assert used - set(re.findall(r"--ig-[a-z0-9-]+", css_variables())) - set_here - {"--ig-top"} == set()


def test_the_page_has_no_colour_of_its_own() -> None:
    stray = set(re.findall(r"#[0-9a-fA-F]{3,8}\b", (STATIC / "page.css").read_text(encoding="utf-8"))) - {"#fff"}
    assert stray == set()


def test_matplotlib_takes_the_style_without_a_warning() -> None:
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("svg")
    from matplotlib import pyplot as plt

    with warnings.catch_warnings(), matplotlib.rc_context(matplotlib_style()):
        warnings.simplefilter("error")
        figure, axes = plt.subplots()
        axes.plot([1, 2], label="line")
        figure.canvas.draw()
        assert axes.lines[0].get_color() == colour("cat_1")
        plt.close(figure)
