"""One built course per session; every test works on a copy of it, in the same small checkout."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import small_course as small
from itguide import build, collect, gradebook, grading, nbgrader_settings, submission
from itguide.course import Course, open_course


def pytest_configure(config):
    config.addinivalue_line("markers", "kernels: grades with a trial run, which starts a kernel")


@pytest.fixture(scope="session")
def tree(tmp_path_factory):
    return small.copy(tmp_path_factory.mktemp("checkout"))


@pytest.fixture(scope="session")
def built(tree):
    with small.in_force(tree):
        course = build.build().course
        grading._trial(open_course(course), "harbour", "fast")
        return course


@pytest.fixture
def checkout(tree):
    with small.in_force(tree):
        yield tree


@pytest.fixture
def course(checkout, built, tmp_path) -> Course:
    """A course of its own, beside the built one so that the keys are where its settings say."""
    root = checkout / "grading" / f"course_{tmp_path.name}"
    shutil.copytree(built, root)
    nbgrader_settings.environment(root, checkout / "grading")
    yield open_course(root)
    shutil.rmtree(root)


class Room:
    """Participants of a course, and what its instructor does."""

    def __init__(self, course: Course, tmp_path: Path) -> None:
        self.course, self.tmp_path = course, tmp_path
        self.inbox = tmp_path / "inbox"
        self.inbox.mkdir()

    def hand_in(self, letter: str, decision=None, text: str = "", answers=None) -> Path:
        owner = small.who(letter)
        given = {**({"minister": text} if text else {}), **(answers or {})}
        folder = small.workspace(self.tmp_path / letter, owner, small.sheet(owner, decision, given))
        return submission.submit("harbour", folder, self.inbox).path

    def collect(self, **how) -> dict[str, str]:
        return {c.file: c.status for c in collect.collect(self.inbox, self.course.root, **how)}

    def grade(self, **how) -> dict[str, grading.Graded]:
        how = {"engine": "fast", **how}
        return {g.workspace_id[0]: g for g in grading.grade(self.course.root, **how).submissions}

    def marks(self, letter: str) -> dict[str, gradebook.Mark]:
        return gradebook.marks(self.course, small.who(letter), "harbour")

    def mark(self, letter: str, criterion: str, points: float | None, comment: str | None = None) -> None:
        """What formgrader does when a reader gives a mark."""
        with gradebook._open(gradebook._url(self.course)) as book:
            grade = book.find_grade(f"berths__minister__{criterion}", "harbour", "harbour", small.who(letter))
            grade.manual_score = points
            grade.needs_manual_grade = points is None and grade.auto_score is None
            book.find_comment(grade.name, "harbour", "harbour", small.who(letter)).manual_comment = comment
            book.db.commit()

    def installed(self, letter: str, name: str = "answers/berths.json") -> Path:
        return self.course.root / "submitted" / small.who(letter) / "harbour" / name

    def stock(self, *words: str) -> subprocess.CompletedProcess[str]:
        """nbgrader as anyone would run it, in the course directory."""
        return subprocess.run(
            [sys.executable, "-m", "nbgrader", *words],
            cwd=self.course.root,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def room(course, tmp_path) -> Room:
    """A room whose course has its pattern already, so that its gradings need no trial run."""
    return Room(course, tmp_path)


def notebook(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))
