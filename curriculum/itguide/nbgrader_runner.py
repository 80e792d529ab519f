"""nbgrader itself, run in this process on a course directory: one assignment or one submission at a time."""

from __future__ import annotations

import logging
import re
import sys
import warnings
from typing import Any

from itguide.course import Course
from itguide.errors import CourseError

KERNEL, HERE = "nbgrader.preprocessors.Execute", "itguide.nbgrader_steps.ExecuteHere"
_REASON = re.compile(
    r"(?:CellFailed|SheetDamaged|SheetForeign|SheetTooNew|SheetTooOld|ContentError|[A-Za-z.]+Error): (.+)"
)


class Runner:
    """nbgrader with the settings of the course's own `nbgrader_config.py`, and of nothing else the user has."""

    def __init__(self, course: Course, *, kernels: bool = True) -> None:
        """With `kernels`, a fresh one per submission, as stock nbgrader; without, cells are called in this process."""
        from nbgrader.apps import NbGrader

        path = list(sys.path)
        self._app: Any = NbGrader(log_level=logging.INFO)
        self._app.load_cwd_config = False
        self._app.config_dir = str(course.root)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._app.initialize([], root=str(course.root))
        sys.path[:] = path  # nbgrader puts the current directory in front
        self._app.log.handlers = []
        self._app.log.propagate = False
        if self._app.config.HTMLExporter.sanitize_html is not True:
            raise CourseError(
                f"{course.root}/nbgrader_config.py was not used or was changed; run 'itguide build' again."
            )
        if not kernels:
            steps = self._app.config.Autograde.autograde_preprocessors
            self._app.config.Autograde.autograde_preprocessors = [HERE if step == KERNEL else step for step in steps]

    @property
    def config(self) -> Any:
        """The settings in force."""
        return self._app.config

    def generate_assignment(self, module: str) -> None:
        """Nbgrader's `generate_assignment`. CourseError with its reason if it fails."""
        from nbgrader.converters import GenerateAssignment

        self._run(GenerateAssignment, module, "*")

    def autograde(self, module: str, student: str) -> None:
        """Nbgrader's `autograde` for one submission. CourseError with its reason if it fails."""
        from nbgrader.converters import Autograde

        self._run(Autograde, module, student)

    def late_penalty(self, student: str, score: float, seconds: float) -> float | None:
        """What nbgrader's late-submission plugin takes off, between 0 and the score; None if nothing is set."""
        from nbgrader.preprocessors import AssignLatePenalties

        step = AssignLatePenalties(parent=self._app)
        step.init_plugin()
        found = step.plugin_inst.late_submission_penalty(student, score, seconds)
        return None if found is None else float(min(max(found, 0.0), score))

    def _run(self, converter_class: Any, module: str, student: str) -> None:
        from nbgrader.utils import capture_log

        place = self._app.coursedir
        place.assignment_id, place.student_id, place.notebook_id = module, student, "*"
        converter = converter_class(coursedir=place, parent=self._app)
        converter.force = True
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = capture_log(converter)
        if not result["success"]:
            raise CourseError(_reason(result))


def _reason(result: dict[str, str]) -> str:
    """The line that says why, out of nbgrader's log and traceback."""
    text = f"{result.get('log', '')}\n{result.get('error', '')}"
    found = [m.group(1).strip() for m in _REASON.finditer(text) if not m.group(0).startswith("nbgrader.")]
    return found[0] if found else text.strip().splitlines()[-1]
