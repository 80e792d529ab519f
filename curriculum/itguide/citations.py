"""Citations: `[ref:id]` in an author's text becomes a number with a list below, or a short name in line."""

from __future__ import annotations

import re
from html import escape

from itguide.content import references
from itguide.text import html, html_inline

_REF = re.compile(r"\s*\[ref:([a-z0-9_]+)\]")


def numbered(rendered: str) -> tuple[str, list[str]]:
    """HTML with its citations as raised numbers, and the ids cited, in the order of their numbers."""
    cited: list[str] = []

    def number(match: re.Match[str]) -> str:
        ref = match.group(1)
        if ref not in cited:
            cited.append(ref)
        return f'<sup class="ig-ref" title="{_name(ref)}">{cited.index(ref) + 1}</sup>'

    return _REF.sub(number, rendered), cited


def in_line(rendered: str) -> str:
    """HTML with its citations as publisher and year in brackets, for short texts without a list."""
    return _REF.sub(lambda m: f' <span class="ig-ref-name">({_name(m.group(1))})</span>', rendered)


def short(markdown: str) -> str:
    """One line of an author's Markdown as HTML."""
    return in_line(html_inline(markdown))


def block(markdown: str) -> str:
    """A few paragraphs of an author's Markdown as HTML."""
    return in_line(html(markdown)) if markdown else ""


def source_list(ids: list[str]) -> str:
    """The sources of a text as a numbered list; empty if it cites none."""
    rows = [
        f"<li>{escape(r.publisher)} ({r.year}). <cite>{escape(r.title)}</cite>. "
        f'<span class="ig-url">{escape(r.url)}</span></li>'
        for r in (references().get(ref) for ref in ids)
        if r
    ]
    return f"<ol>{''.join(rows)}</ol>" if rows else ""


def _name(ref: str) -> str:
    known = references().get(ref)
    return escape(f"{known.publisher}, {known.year}") if known else escape(ref)
