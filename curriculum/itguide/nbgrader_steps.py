"""Steps of ours in nbgrader's pipelines.

Execution without a kernel, loud failures, marks that follow their text, feedback without mark schemes.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_task

from itguide import gradebook, grading_cells, scoring
from itguide.content import module_cases
from itguide.desk_view import sheet_in
from itguide.errors import ItGuideError
from itguide.fast_grading import SHOWN_AS, called
from itguide.gradebook_marks import CHANGED
from itguide.grading_notebook import BEGIN
from itguide.keys import load_key
from itguide.nbgrader_settings import DESK

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class CellFailed(ItGuideError):
    """A cell of the grading notebook that did not do its work; nbgrader alone would have scored it 0, or in full."""


class ExecuteHere(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader has no types
    """Calls the cells' helpers in this process, to make the pattern that fast grading fills in."""

    def preprocess(self, notebook: Any, resources: Any) -> tuple[Any, Any]:
        """Fills in the outputs a kernel would give."""
        here = Path.cwd()
        os.chdir(resources["metadata"]["path"])
        grading_cells.forget()
        try:
            for n, cell in enumerate((c for c in notebook.cells if c.cell_type == "code"), start=1):
                cell.execution_count, cell.outputs = n, [_output(cell.source, n)]
        finally:
            os.chdir(here)
        return notebook, resources


def _output(source: str, n: int) -> Any:
    try:
        function, arguments = called(source)
        value = getattr(grading_cells, function)(*arguments)
    except Exception as error:  # as a kernel would; LoudCells reads it
        return new_output("error", ename=type(error).__name__, evalue=str(error), traceback=[str(error)])
    data = {"text/plain": repr(value)}
    if hasattr(value, "_repr_html_"):
        data = {"text/html": value._repr_html_(), "text/plain": SHOWN_AS}
    return new_output("execute_result", data=data, execution_count=n)


class LoudCells(NbGraderPreprocessor):  # type: ignore[misc]
    """After execution: every graded cell gave one number between 0 and its points, and no cell failed."""

    def preprocess_cell(self, cell: Any, resources: Any, index: int) -> tuple[Any, Any]:
        """Raises CellFailed, which makes nbgrader report the submission and go on with the next."""
        if cell.cell_type != "code":
            return cell, resources
        name = cell.metadata.get("nbgrader", {}).get("grade_id") or cell.get("id", f"cell {index}")
        for output in cell.outputs:
            if output.output_type == "error":
                raise CellFailed(f"{name}: {output.ename}: {_COLOUR.sub('', str(output.evalue))}")
            if output.output_type == "stream":
                raise CellFailed(f"{name} printed something it should not: {str(output.text).strip()[:200]}")
        if is_grade(cell):
            self._number(name, cell)
        return cell, resources

    @staticmethod
    def _number(name: str, cell: Any) -> None:
        values = [o["data"].get("text/plain") for o in cell.outputs if o.output_type == "execute_result"]
        try:
            value = float(values[0])
        except (IndexError, TypeError, ValueError):
            raise CellFailed(f"{name} gave no number of points.") from None
        if len(cell.outputs) != 1 or not 0 <= value <= float(cell.metadata.nbgrader["points"]):
            raise CellFailed(f"{name} gave {value:g} of {cell.metadata.nbgrader['points']:g} points.")


class KeepMarks(NbGraderPreprocessor):  # type: ignore[misc]
    """After the scores are saved: a mark stays with the text it was given for."""

    def preprocess(self, notebook: Any, resources: Any) -> tuple[Any, Any]:
        """Compares with what was shown when marks were given; see `gradebook.keep_marks`."""
        place = resources["nbgrader"]
        folder = Path(resources["metadata"]["path"])
        prints: dict[str, str] = {}
        for case in module_cases(place["assignment"]):
            score = scoring.score(case, load_key(case.slug), sheet_in(folder, case))
            prints.update(gradebook.fingerprints(score))
        gradebook.keep_marks(place["db_url"], place["student"], place["assignment"], prints)
        return notebook, resources


class SafeFeedback(NbGraderPreprocessor):  # type: ignore[misc]
    """For nbgrader's own feedback: no mark scheme, no remark meant for readers, nothing printed for the desk."""

    def preprocess_cell(self, cell: Any, resources: Any, index: int) -> tuple[Any, Any]:
        """Cuts the cell back to what a participant may read."""
        if is_task(cell):
            cell.source = cell.source.partition(BEGIN)[0].rstrip()
            comment = cell.metadata.nbgrader.get("comment") or ""
            if comment.startswith(CHANGED):
                cell.metadata.nbgrader["comment"] = None
        if DESK in cell.metadata.get("tags", []):
            cell.outputs = []
        return cell, resources
