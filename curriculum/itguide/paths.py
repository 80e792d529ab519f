"""Where things are: in a checkout, in an installed wheel, in the environment.

The only module that knows. A checkout's content always wins over a packaged copy.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from itguide.errors import ItGuideError

PACKAGE = Path(__file__).resolve().parent
STATIC = PACKAGE / "static"
SHELL = PACKAGE / "shell"


@dataclass(frozen=True)
class Shelves:
    """The four shelves content is read from; `grading` is None in an installed wheel."""

    curriculum: Path
    cases: Path
    notebooks: Path
    grading: Path | None
    checkout: bool


@lru_cache(maxsize=1)
def shelves() -> Shelves:
    """The shelves in force: the checkout around this package if there is one, else the packaged copy."""
    root = PACKAGE.parent.parent
    if (root / "case_studies").is_dir() and (root / "curriculum" / "syllabus.toml").is_file():
        return Shelves(root / "curriculum", root / "case_studies", root / "notebooks", root / "grading", True)
    packaged = PACKAGE / "_content"
    if not packaged.is_dir():
        raise ItGuideError("The course content is missing from this installation; install the package again.")
    return Shelves(packaged / "curriculum", packaged / "case_studies", packaged / "notebooks", None, False)


def grading_root() -> Path:
    """The instructors' shelf: the environment's ITGUIDE_GRADING, else the checkout's `grading/`."""
    named = os.environ.get("ITGUIDE_GRADING")
    root = Path(named) if named else shelves().grading
    if root is None or not root.is_dir():
        raise ItGuideError(
            "The grading folder was not found. Keys live only in an instructor's checkout: "
            "work there, or set ITGUIDE_GRADING to its 'grading' folder."
        )
    return root


def default_workspace() -> Path:
    """The participant's folder: `./workspace` of a checkout, `~/it-guide` otherwise."""
    root = PACKAGE.parent.parent
    return root / "workspace" if shelves().checkout else Path.home() / "it-guide"


def default_course() -> Path:
    """The instructor's course directory, `grading/course`."""
    return grading_root() / "course"


def bin_directory() -> Path:
    """The directory of this environment's commands (nbgrader calls some by bare name)."""
    return Path(sys.executable).parent
