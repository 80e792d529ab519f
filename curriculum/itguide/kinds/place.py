"""Items placed on a grid: item id to row id and column id; every item has its square."""

from __future__ import annotations

from typing import Any

from itguide.kinds.live import Live, Meter, known, sequence, table
from itguide.spec import Question
from itguide.text import Say


def normalise(question: Question, raw: Any) -> dict[str, list[str]]:
    """The items placed, in the question's order; an item left out is not placed."""
    given = table(raw)
    ids = {o.id for o in question.option}
    rows, columns = {r.id for r in question.row}, {c.id for c in question.column}
    for key, square in given.items():
        known(ids, key, "items")
        ends = sequence(square)
        if len(ends) != 2:
            raise ValueError("a place on the grid is a row and a column")
        known(rows, ends[0], "rows")
        known(columns, ends[1], "columns")
    return {o.id: list(given[o.id]) for o in question.option if o.id in given}


def live(question: Question, value: dict[str, list[str]], say: Say) -> Live:
    """How many items have their square; nothing on a grid is wrong, it is only not done yet."""
    n, of = len(value), len(question.option)
    meter = Meter("placed", "", n, of, say("live.of", used=n, limit=of), over=False)
    return Live(answered=n == of, meters=(meter,))
