"""Consequences: what a model's outcome means, in sentences, figures and tables."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One picture with one message: its SVG, its words for those who cannot see it, and its numbers."""

    id: str
    title: str
    svg: str
    alt: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    source: str = ""


@dataclass(frozen=True)
class Cause:
    """One decision and what it did to the result; `share` in -1..1 is drawn as a bar."""

    label: str
    effect: str
    share: float


@dataclass(frozen=True)
class Consequence:
    """What followed from a round: the sentence that matters, then pictures, then what it cost."""

    headline: str
    lines: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    cost: tuple[str, ...] = ()
