"""A case's drawings: SVG put into the page, with their words in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape, unescape

from itguide.paths import shelves
from itguide.text import translate

_TEXT = re.compile(r"(<(?:text|tspan|title|desc)\b[^>]*>)([^<>]+)(?=<)")
_NOISE = re.compile(r"<\?xml[^>]*\?>|<!DOCTYPE[^>]*>|<!--.*?-->", re.DOTALL)


def picture_texts(svg: str) -> Iterator[str]:
    """Every piece of text in a drawing, in order."""
    for match in _TEXT.finditer(_NOISE.sub("", svg)):
        if core := match.group(2).strip():
            yield unescape(core)


def picture(slug: str, name: str, alt: str, lang: str) -> str:
    """One drawing as a figure with inline SVG; `alt` is HTML-safe and says what there is to see."""
    path = shelves().cases / slug / "data" / name
    svg = _NOISE.sub("", path.read_text(encoding="utf-8")) if path.is_file() else ""
    count = 0

    def words(match: re.Match[str]) -> str:
        nonlocal count
        core = match.group(2).strip()
        if not core:
            return match.group(0)
        count += 1
        said = translate(f"case/{slug}/picture/{name}/{count}", unescape(core), lang)
        return match.group(1) + match.group(2).replace(core, escape(said, quote=False))

    return f'<figure class="ig-picture" role="img" aria-label="{alt}">{_TEXT.sub(words, svg)}</figure>'
