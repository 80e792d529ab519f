"""What the cohort report says of a question: its labels, its columns, how its figures are written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from itguide import report_figures as draw
from itguide.spec import Question
from itguide.text import Say

MOST_COLUMNS = 8
LONG = 80  # characters of a label for which there is room beside another picture
LISTED = 6  # options up to which the author's order is kept; longer lists go by how many chose them


def reason(question: Question) -> bool:
    """Whether a question asks why and is answered by choosing."""
    if question.kind not in {"choice", "choices"}:
        return False
    return question.phase == "justify" or "reason" in question.id.split("_")


def is_narrow(question: Question) -> bool:
    """Whether its picture is one of two beside each other."""
    few = len(question.option) <= LISTED and max((len(o.label) for o in question.option), default=0) <= LONG
    return question.kind == "number" or (question.kind in {"choice", "choices"} and few)


def short_words(prompt: str) -> str:
    """A prompt without its Markdown."""
    return prompt.replace("*", "")


def moved(row: draw.Row) -> float:
    """How far the middle moved, measured by the spread there was."""
    if row.before is None:
        return 0.0
    return abs(row.now.middle - row.before.middle) / (row.before.three - row.before.quarter or 1.0)


def labels_of(question: Question, say: Say) -> dict[str, str]:
    """Every id that an answer can choose, with its words."""
    labels = {o.id: o.label for o in question.option}
    if question.kind == "lanes":
        return {f"{o.id}.{m.id}": m.label for o in question.option for m in o.move}
    if question.kind == "link":
        return {f"{a}.{b}": say("feedback.link", start=labels[a], end=labels[b])
                for a in labels for b in labels if a != b}  # fmt: skip
    return labels


def columns_of(
    question: Question, values: Sequence[Any], say: Say
) -> tuple[dict[str, str], list[dict[str, str]], bool]:
    """A heat's columns, each answer as item to column, and whether the last column stands apart (not done)."""
    if question.kind == "classify":
        return {c.id: c.label for c in question.category}, [dict(v) for v in values], False
    if question.kind == "rank":
        places = {str(n): say("live.plain", n=n) for n in range(1, len(question.option) + 1)}
        return places, [{i: str(n) for n, i in enumerate(v, start=1)} for v in values], False
    periods = question.period
    pool = -(-len(periods) // MOST_COLUMNS)
    columns = {}
    for n, at in enumerate(range(0, len(periods), pool)):
        block = periods[at : at + pool]
        columns[str(n)] = (
            block[0].label if len(block) == 1 else say("live.pool", first=block[0].label, last=block[-1].label)
        )
    columns["never"] = say("feedback.not_done")
    dealt = [{o.id: str((v[o.id] - 1) // pool) if o.id in v else "never" for o in question.option} for v in values]
    return columns, dealt, True


def written_as(show: str, say: Say) -> Callable[[float], str]:
    """Writes a figure as the kit's table does, in the reader's language."""
    if show.endswith("%"):
        return lambda value: say("report.pct", x=value)
    digits = show.lstrip(",.").rstrip("f")
    places = {"0": "whole", "1": "tenths"}.get(digits, "tenths" if digits == "g" else "hundredths")
    return lambda value: say(f"report.{places}", n=value)
