"""The house style for figures: the tokens' colours as SVG paint, and their matplotlib style.

A colour is written as a CSS variable with the token itself behind it, so a picture looks the same on the page,
in print and in a file of its own.
"""

from __future__ import annotations

from functools import cache

from itguide.tokens import colour, matplotlib_style

__all__ = ["FACE", "colour", "matplotlib_style", "paint"]

FACE = 'var(--ig-font-text, "Source Sans 3", "Source Sans Pro", system-ui, "Segoe UI", Arial, sans-serif)'


@cache
def paint(name: str) -> str:
    """The colour of this token as a CSS value, with the literal colour behind the variable."""
    return f"var(--ig-{name.replace('_', '-')}, {colour(name)})"
