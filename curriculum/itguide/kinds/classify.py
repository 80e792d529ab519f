"""Items put into categories: item id to category id; some categories take only so many."""

from __future__ import annotations

from collections import Counter
from typing import Any

from itguide.kinds.live import Live, Meter, known, table
from itguide.spec import Question
from itguide.text import Say


def normalise(question: Question, raw: Any) -> dict[str, str]:
    """The items placed, in the question's order."""
    given = table(raw)
    ids, categories = {o.id for o in question.option}, {c.id for c in question.category}
    for key, category in given.items():
        known(ids, key, "items")
        known(categories, category, "categories")
    return {o.id: given[o.id] for o in question.option if o.id in given}


def live(question: Question, value: dict[str, str], say: Say) -> Live:
    """How full each category is; a category with too few or too many is said."""
    counts = Counter(value.values())
    problems: list[str] = []
    meters: list[Meter] = []
    over = False
    for category in question.category:
        n = counts[category.id]
        if category.most is not None:
            meters.append(Meter(category.id, category.label, n, category.most,
                                say("live.of", used=n, limit=category.most), n > category.most))  # fmt: skip
            if n > category.most:
                over = True
                problems.append(say("live.category_over", label=category.label, n=n, most=category.most))
        if value and category.least is not None and n < category.least:
            problems.append(say("live.category_under", label=category.label, n=n, least=category.least))
    open_categories = any(c.least is not None for c in question.category)
    complete = not problems if open_categories else len(value) == len(question.option)
    return Live(bool(value) and complete, tuple(problems), over or (bool(value) and bool(problems)), tuple(meters))
