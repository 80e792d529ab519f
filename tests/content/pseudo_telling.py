"""What a consequence must look like in the pseudo-locale: no word of it, and none in its pictures, stays plain."""

from __future__ import annotations

import re

from itguide.consequences import Consequence


def assert_nothing_stays_plain(new: Consequence, old: Consequence) -> None:
    """Compares a consequence told in the pseudo-locale with the same told in English."""
    pairs = [(new.headline, old.headline), *zip(new.lines, old.lines, strict=True)]
    pairs += zip(new.cost, old.cost, strict=True)
    for shown, plain in zip(new.figures, old.figures, strict=True):
        pairs += [(shown.title, plain.title), (shown.alt, plain.alt), (shown.source, plain.source)]
        pairs += zip(shown.columns, plain.columns, strict=True)
        texts, before = (set(re.findall(r"<text[^>]*>([^<]*[^<\d\s.]{3}[^<]*)<", f.svg)) for f in (shown, plain))
        assert texts
        assert not texts & before
    assert all(a != b for a, b in pairs)
