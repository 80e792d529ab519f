"""What the cells of a grading notebook call: the points of a question, and an answer a reader can read.

A graded cell's value is a built-in float and nothing reaches stderr: nbgrader scores 0 for a warning and full marks
for a value it does not understand. What goes wrong is raised, and stops that submission (`nbgrader_steps.LoudCells`).
The kernel's directory is the submission: `answers/<case>.json` lies beside the notebook.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

from itguide import scoring
from itguide.answers import Sheet, read_sheet
from itguide.content import load_case
from itguide.keys import load_key
from itguide.spec import CaseSpec
from itguide.text import SOURCE, engine
from itguide.wording import as_html, worded


def blank_sheet(case: CaseSpec) -> Sheet:
    """The sheet of someone who answered nothing."""
    return Sheet(case.slug, "", "", "")


def sheet_in(folder: Path, case: CaseSpec) -> Sheet:
    """The sheet of a case in a submission's folder; blank if the case was never opened. SheetError if unusable."""
    try:
        return read_sheet(folder / "answers" / f"{case.slug}.json", case.slug)
    except FileNotFoundError:
        return blank_sheet(case)


@lru_cache(maxsize=16)
def _score(slug: str, folder: str) -> scoring.CaseScore:
    case = load_case(slug)
    return scoring.score(case, load_key(slug), sheet_in(Path(folder), case))


def forget() -> None:
    """Reads sheets anew next time: the directory may hold another submission by then."""
    _score.cache_clear()


@contextmanager
def _silent() -> Iterator[None]:
    with warnings.catch_warnings(), Path(os.devnull).open("w") as nowhere, redirect_stderr(nowhere):
        warnings.simplefilter("ignore")
        yield


def points(case: str, question: str) -> float:
    """The automatic points of one question of the submission in the current directory."""
    with _silent():
        return float(_score(case, str(Path.cwd())).find(question).points)


def show(case: str, question: str) -> Any:
    """One question with its answer in words, as HTML of only those tags nbgrader's filter lets through."""
    with _silent():
        spec = load_case(case)
        asked, sheet, say = spec.find(question), sheet_in(Path.cwd(), spec), engine(SOURCE)
        rounds = sheet.rounds
        if asked.phase == "predict":
            value = rounds[0].prediction.get(question) if rounds else sheet.value(question)
        elif asked.phase in {"declare", "decide"}:
            value = rounds[0 if asked.scored_round == "first" else -1].decision.get(question) if rounds else None
        else:
            value = sheet.value(question)
        return _html(
            f"<strong>{escape(asked.prompt.replace('*', ''))}</strong>", as_html(worded(asked, value, say), say)
        )


def show_verdicts(case: str, question: str) -> Any:
    """How the automatic points came about, aspect by aspect; for the instructor's desk only."""
    with _silent():
        found = _score(case, str(Path.cwd())).find(question)
        titles = {a.id: a.title for a in load_case(case).find(question).aspect}
        say = engine(SOURCE)
        lines = [
            f"<li>{escape(titles[a.id])}: {escape(say('feedback.' + a.verdict))} "
            f"({a.share * a.maximum:g} of {a.maximum:g})</li>"
            for a in found.aspects
        ]
        return _html(f"<ul>{''.join(lines)}</ul>")


def show_rounds(case: str) -> Any:
    """What followed from each committed round, in the page's own words at the time."""
    with _silent():
        spec, say = load_case(case), engine(SOURCE)
        rounds = sheet_in(Path.cwd(), spec).rounds
        if not rounds:
            return _html(f"<em>{escape(say('feedback.no_round'))}</em>")
        lines = [f"<li>{escape(str(r.result.get('headline', '')))}</li>" for r in rounds]
        return _html(f"<strong>{escape(say('feedback.rounds'))}</strong>", f"<ol>{''.join(lines)}</ol>")


def _html(*parts: str) -> Any:
    from IPython.display import HTML

    return HTML("".join(f"<div>{part}</div>" for part in parts))
