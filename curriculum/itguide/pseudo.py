"""The pseudo-locale: every text readable but marked, so that one that bypassed the catalogues stands out."""

from __future__ import annotations

import re

PSEUDO = "qps"
_ACCENTS = str.maketrans("aeiouyncAEIOUYNC", "àéîöûýñçÀÉÎÖÛÝÑÇ")
# Left alone: places to fill, link and picture targets, references, code, table rules, entities.
_KEEP = re.compile(r"(\{[^{}]*\}|\]\([^)]*\)|\[ref:[^\]]*\]|`[^`]*`|^\s*\|?[\s:|-]+\|?\s*$|&[a-z]+;)", re.MULTILINE)


def pseudo(source: str) -> str:
    """The text with accented vowels between brackets; what is not words stays as it is."""
    parts = _KEEP.split(source)
    words = "".join(p if n % 2 else p.translate(_ACCENTS) for n, p in enumerate(parts))
    return words if words == source else _frame(words)


def _frame(words: str) -> str:
    lead = re.match(r"(\s*(?:#+ |[-*] |\d+\. |> |\|)?)", words)
    head = lead.group(1) if lead else ""
    if head.endswith("|"):  # a table row keeps its bars
        return words
    return f"{head}⟦{words[len(head) :]}⟧"
