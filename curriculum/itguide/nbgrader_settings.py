"""nbgrader's settings for a course: each is here because without it a mark, a key or a page is at risk.

Loaded by the course directory's `nbgrader_config.py`, so that stock nbgrader and formgrader have them too.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from itguide.content import syllabus
from itguide.paths import bin_directory

SHOWN, DESK = "itguide-shown", "itguide-desk"  # tags: cells that print answers; cells only for the instructor's desk
KEEP = ("manifest.json", "timestamp.txt")


def apply(c: Any, course: Path, grading: Path) -> None:
    """Sets everything on nbgrader's configuration `c`, and what its kernels need in the environment."""
    environment(course, grading)
    # Paths are the course's, wherever nbgrader was started.
    c.CourseDirectory.root = str(course)
    # Autograde copies whatever lies in source/ over the submission; answers must never be replaced.
    c.Autograde.exclude_overwriting = {
        m.slug: [*KEEP, *(f"answers/{ref.slug}.json" for ref in m.case)] for m in syllabus().module
    }
    # Formgrader would run scripts found in outputs in the instructor's page.
    c.HTMLExporter.sanitize_html = True
    # A reader reads answers, not the lines that print them.
    c.HTMLExporter.exclude_input_prompt = c.HTMLExporter.exclude_output_prompt = True
    c.TagRemovePreprocessor.enabled = True
    c.TagRemovePreprocessor.remove_input_tags = {SHOWN}
    # The grading notebook is ours and whole; adding cells crashes when a locked cell comes first.
    c.OverwriteCells.add_missing_cells = False
    c.Execute.timeout = 120
    c.Execute.extra_arguments = ["--IPKernelApp.log_level=ERROR"]  # each kernel would tell the instructor about TCP
    # An error in a graded cell is nbgrader's zero; for us it is a failed submission. Marks follow their text.
    c.Autograde.autograde_preprocessors = [
        "nbgrader.preprocessors.Execute",
        "itguide.nbgrader_steps.LoudCells",
        "nbgrader.preprocessors.IgnorePattern",
        "nbconvert.preprocessors.ClearMetadataPreprocessor",
        "nbgrader.preprocessors.LimitOutput",
        "nbgrader.preprocessors.SaveAutoGrades",
        "itguide.nbgrader_steps.KeepMarks",
        "nbgrader.preprocessors.AssignLatePenalties",
        "nbgrader.preprocessors.CheckCellMetadata",
    ]
    # nbgrader's own feedback prints the mark scheme of every task.
    c.GenerateFeedback.preprocessors = [
        "nbgrader.preprocessors.GetGrades",
        "itguide.nbgrader_steps.SafeFeedback",
        "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
    ]
    # The page need not show every setting and path of this machine.
    c.FormgradeExtension.debug = False


def environment(course: Path, grading: Path) -> None:
    """What nbgrader and its kernels find in the environment: the keys, our commands, no personal start-up files."""
    os.environ["ITGUIDE_GRADING"] = str(grading)
    os.environ["IPYTHONDIR"] = str(course / ".ipython")
    commands = str(bin_directory())  # nbgrader calls alembic by its bare name
    if commands not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([commands, os.environ.get("PATH", "")])
