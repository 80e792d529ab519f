"""An answer carried over: what a participant decided in one case, suggested as the first answer in another.

Only ever a suggestion. The sheet of the receiving case holds it once the participant keeps, changes or signs it,
so whoever grades that sheet needs nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from itguide import kinds
from itguide.answers import Sheet, read_sheet
from itguide.content import load_case
from itguide.errors import ItGuideError
from itguide.spec import CaseSpec, Question
from itguide.text import localised


@dataclass(frozen=True)
class Carried:
    """A value to begin with, and the title of the case it comes from; no title if it is the course's own."""

    value: Any
    title: str = ""


def carried(question: Question, workspace: Path, workspace_id: str, lang: str) -> Carried | None:
    """What to suggest for this question; None if it carries nothing, or nothing of it fits.

    A sheet that is missing, damaged, too new or somebody else's is no error here: its own case says so.
    """
    told = question.carries
    if told is None:
        return None
    try:
        case = load_case(told.case)
        sheet = read_sheet(workspace / case.module / "answers" / f"{case.slug}.json", case.slug)
    except (ItGuideError, OSError):
        case, sheet = None, None
    if case and sheet and sheet.workspace_id == workspace_id:
        value = _fitting(question, _decided(case, told.question, sheet))
        if value:
            return Carried(value, localised(case, lang).title)
    value = _fitting(question, told.default)
    return Carried(value) if value else None


def _decided(case: CaseSpec, question: str, sheet: Sheet) -> Any:
    """The answer of the latest round, else the one in hand; None if it is none."""
    latest = sheet.rounds[-1].decision.get(question) if sheet.rounds else None
    value = sheet.value(question) if latest is None else latest
    return kinds.valid(case.find(question), value) if question in {q.id for q in case.question} else None


def _fitting(question: Question, value: Any) -> Any:
    """Of another question's answer what is one to this question: the options that both know."""
    ids = {o.id for o in question.option}
    if isinstance(value, Mapping):
        periods = len(question.period)
        value = {i: v for i, v in value.items() if i in ids and not (periods and isinstance(v, int) and v > periods)}
    elif isinstance(value, list):
        value = [i for i in value if i in ids]
    return kinds.valid(question, value)
