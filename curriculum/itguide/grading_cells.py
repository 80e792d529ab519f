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
from pathlib import Path
from typing import Any

from itguide.desk_view import DeskView


@lru_cache(maxsize=16)
def _view(folder: str) -> DeskView:
    return DeskView(Path(folder))


def forget() -> None:
    """Reads sheets anew next time: the directory may hold another submission by then."""
    _view.cache_clear()


@contextmanager
def _silent() -> Iterator[DeskView]:
    with warnings.catch_warnings(), Path(os.devnull).open("w") as nowhere, redirect_stderr(nowhere):
        warnings.simplefilter("ignore")
        yield _view(str(Path.cwd()))


def points(case: str, question: str) -> float:
    """The automatic points of one question of the submission in the current directory."""
    with _silent() as view:
        return view.points(case, question)


def show(case: str, question: str) -> Any:
    """One question with its answer in words."""
    with _silent() as view:
        return _html(view.show(case, question))


def show_verdicts(case: str, question: str) -> Any:
    """How the automatic points came about, aspect by aspect; for the instructor's desk only."""
    with _silent() as view:
        return _html(view.show_verdicts(case, question))


def show_rounds(case: str) -> Any:
    """What followed from each committed round, in the page's own words at the time."""
    with _silent() as view:
        return _html(view.show_rounds(case))


def _html(text: str) -> Any:
    from IPython.display import HTML

    return HTML(text)
