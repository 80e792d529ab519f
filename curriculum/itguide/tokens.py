"""The visual system's tokens: one table of colours, sizes and shapes for the page and for figures."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from typing import Any

from itguide.paths import PACKAGE

CATEGORIES = 6


@lru_cache(maxsize=1)
def tokens() -> dict[str, dict[str, Any]]:
    """The tokens as the file has them: table, then name."""
    return tomllib.loads((PACKAGE / "tokens.toml").read_text(encoding="utf-8"))


def colour(name: str) -> str:
    """The colour of this name as #rrggbb. KeyError if there is none."""
    return str(tokens()["colour"][name])


@lru_cache(maxsize=1)
def css_variables() -> str:
    """One CSS rule that sets every token: `--ig-accent`, `--ig-font-head`, `--ig-size-body`, `--ig-space-4`."""
    told: list[tuple[str, str]] = []
    for table, entries in tokens().items():
        # Colours and shapes are written without their table: they are used on every second line.
        prefix = "" if table in {"colour", "shape"} else f"{table}-"
        unit = "px" if table in {"size", "space"} else ""
        told += [(f"{prefix}{name}".replace("_", "-"), f"{value}{unit}") for name, value in entries.items()]
    return ":root {\n" + "".join(f"  --ig-{name}: {value};\n" for name, value in told) + "}\n"


def matplotlib_style() -> dict[str, object]:
    """Settings for `matplotlib.rc_context`. The cycle of categories needs matplotlib, which is imported here."""
    from cycler import cycler

    ink, soft, paper = colour("ink"), colour("ink_soft"), colour("paper")
    faces = [face.strip().strip('"') for face in str(tokens()["font"]["text"]).split(",")]
    return {
        # A generic family with a list behind it: matplotlib takes the first it has and does not warn.
        "font.family": "sans-serif",
        "font.sans-serif": [f for f in faces if f not in {"system-ui", "sans-serif"}] + ["DejaVu Sans"],
        "font.size": 13,
        "text.color": ink,
        "axes.titlesize": 15,
        "axes.titleweight": "semibold",
        "axes.titlelocation": "left",
        "axes.titlecolor": ink,
        "axes.titlepad": 14,
        "axes.labelcolor": soft,
        "axes.labelsize": 13,
        "axes.edgecolor": colour("grey_3"),
        "axes.facecolor": paper,
        "axes.linewidth": 1.0,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.grid.axis": "y",
        "axes.axisbelow": True,
        "axes.prop_cycle": cycler(color=[colour(f"cat_{n}") for n in range(1, CATEGORIES + 1)]),
        "grid.color": colour("grey_2"),
        "grid.linewidth": 0.8,
        "xtick.color": soft,
        "ytick.color": soft,
        "xtick.labelsize": 12.5,
        "ytick.labelsize": 12.5,
        "xtick.major.size": 0,
        "ytick.major.size": 0,
        "lines.linewidth": 2.4,
        "patch.edgecolor": paper,
        "legend.frameon": False,
        "figure.facecolor": paper,
        "figure.figsize": (8.0, 4.5),
        "figure.dpi": 110,
        "savefig.facecolor": paper,
        "savefig.bbox": "tight",
        "svg.fonttype": "none",
    }
