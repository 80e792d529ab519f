"""The gradebook: nbgrader's database, opened once for many submissions, read whole and written in one go each.

With `gradebook_marks` the only user of nbgrader.api.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from itguide.course import Course
from itguide.errors import CourseError
from itguide.gradebook_marks import BLANK, TABLE, keep_all, rows_of, statement
from itguide.paths import bin_directory
from itguide.scoring import CaseScore

T = TypeVar("T")
Penalty = Callable[[str, float, float], float | None]  # student, score, seconds late -> points taken off


@dataclass(frozen=True)
class Mark:
    """One mark of one submission: what was computed, what a person gave, whether a person still has to."""

    grade_id: str
    maximum: float
    automatic: float | None
    manual: float | None
    to_mark: bool
    comment: str

    @property
    def written(self) -> bool:
        """Whether a reader gives it (`case__question__criterion`)."""
        return self.grade_id.count("__") == 2

    @property
    def points(self) -> float | None:
        """What counts: a person's mark before the computed one; None while it is to be marked."""
        return self.automatic if self.manual is None else self.manual


def fingerprints(score: CaseScore) -> dict[str, str]:
    """By grade id, a digest of what a mark is given for: the normalised text, or answer and points; "" if blank."""
    found: dict[str, str] = {}
    for question in score.questions:
        found[question.grade_id] = BLANK if question.blank else _sha([question.answer, question.points])
        for written in question.written:
            found[written.grade_id] = _sha(normal_text(written.text)) if written.needs_reading else BLANK
    return found


def normal_text(text: str) -> str:
    """The text as far as its wording goes: one form of each character, single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _sha(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


@contextmanager
def _open(url: str) -> Iterator[Any]:
    """Nbgrader's gradebook. It calls `alembic` by its bare name, so this environment's commands must be on the path."""
    commands = str(bin_directory())
    if commands not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([commands, os.environ.get("PATH", "")])
    from nbgrader.api import Gradebook

    with Gradebook(url) as book:
        yield book


def _url(course: Course) -> str:
    return f"sqlite:///{course.database}"


def create(course: Course) -> None:
    """Makes the database if there is none, readable by its owner only."""
    with _open(_url(course)) as book:
        book.db.execute(statement(TABLE))
        book.db.commit()
    course.database.chmod(0o600)


def add_students(course: Course, names: Mapping[str, str], students: set[str]) -> None:
    """Enters these workspaces as students, under the cohort's names where it has them."""
    with _open(_url(course)) as book:
        for student in sorted(students):
            book.update_or_create_student(student, last_name=names.get(student), first_name=None)


class Book:
    """The open gradebook of a course, for many submissions in a row; a writer who is in the way is waited for."""

    def __init__(self, course: Course, book: Any, waiting: Waiting) -> None:
        self._course, self._book, self._waiting = course, book, waiting
        self._order = {slug: list(frozen.marks) for slug, frozen in course.record().module.items()}

    def marks(self, student: str, module: str) -> dict[str, Mark]:
        """All marks of a submission by grade id, in the module's order; empty if it was never graded."""
        from nbgrader.api import MissingEntry

        try:
            notebook = self._book.find_submission_notebook(module, module, student)
        except MissingEntry:
            return {}
        grades, comments = rows_of(self._book.db, notebook)
        said = {name: comment.manual_comment or "" for name, comment in comments.items()}
        rows = {
            g.name: Mark(g.name, float(g.cell.max_score), g.auto_score, g.manual_score, bool(g.needs_manual_grade),
                         said.get(g.name, ""))
            for g in grades
        }  # fmt: skip
        order = {name: n for n, name in enumerate(self._order[module])}
        return dict(sorted(rows.items(), key=lambda kv: order.get(kv[0], len(order))))

    def set_aside(self, student: str, module: str) -> list[str]:
        """The grade ids whose earlier mark was given for another answer than the present one."""
        rows = self._book.db.execute(
            statement(
                "SELECT DISTINCT cell FROM itguide_mark "
                "WHERE student=:s AND assignment=:m AND shown=0 AND mark IS NOT NULL"
            ),
            {"s": student, "m": module},
        )
        return sorted(row[0] for row in rows)

    def select(self, question: str, values: Mapping[str, Any] | None = None) -> list[Any]:
        """The rows of a question to nbgrader's tables; nothing is changed."""
        return list(self._book.db.execute(statement(question), dict(values or {})))

    def put(
        self, student: str, module: str, at: datetime | None, points: Mapping[str, float],
        prints: Mapping[str, str], penalty: Penalty,
    ) -> None:  # fmt: skip
        """One graded submission, whole or not at all: what nbgrader's autograde and `keep_marks` would leave.

        `points` by grade id of the automatic cells, `at` the time of record, `prints` the answers' fingerprints.
        """
        self._waiting(lambda: self._put(student, module, at, points, prints, penalty), self._book.db.rollback)

    def _put(
        self, student: str, module: str, at: datetime | None, points: Mapping[str, float],
        prints: Mapping[str, str], penalty: Penalty,
    ) -> None:  # fmt: skip
        db = self._book.db
        db.execute(statement(TABLE))
        submission = _submission(self._book, student, module)
        if at:
            submission.timestamp = at
        [notebook] = submission.notebooks
        for grade in rows_of(db, notebook)[0]:
            grade.auto_score = points.get(grade.name)
        keep_all(db, notebook, (student, module), prints)
        db.flush()
        notebook.late_submission_penalty = None
        if submission.total_seconds_late > 0:
            notebook.late_submission_penalty = penalty(student, notebook.score, submission.total_seconds_late)
        db.commit()


def time_of_record(path: Path) -> datetime | None:
    """When a submission was collected, in UTC without zone as nbgrader keeps it; None where nothing is recorded.

    CourseError if what stands there is no time.
    """
    from nbgrader.utils import parse_utc

    if not path.is_file():
        return None
    try:
        found: datetime = parse_utc(path.read_text(encoding="utf-8").strip())
    except (ValueError, OverflowError, TypeError) as error:
        raise CourseError(f"{path.name} holds no time ({error}). Collect the submission again.") from None
    return found


def _submission(book: Any, student: str, module: str) -> Any:
    """The submission's rows, made if there are none, as nbgrader mirrors an assignment; nothing is committed."""
    from nbgrader.api import Comment, Grade, MissingEntry, Student, SubmittedAssignment, SubmittedNotebook

    try:
        return book.find_submission(module, student)
    except MissingEntry:
        pass
    with book.db.no_autoflush:
        try:
            person = book.find_student(student)
        except MissingEntry:
            person = Student(id=student)
            book.db.add(person)
        submission = SubmittedAssignment(assignment=book.find_assignment(module), student=person)
        for notebook in submission.assignment.notebooks:
            mirrored = SubmittedNotebook(notebook=notebook, assignment=submission)
            for cell in notebook.grade_cells:
                Grade(cell_id=cell.id, cell=cell, notebook=mirrored)
            for cell in notebook.task_cells:
                Comment(cell_id=cell.id, cell=cell, notebook=mirrored)
                Grade(cell_id=cell.id, cell=cell, notebook=mirrored)
        book.db.add(submission)
    book.db.flush()
    return submission


@contextmanager
def opened(course: Course, report: Callable[[str], None] = lambda _says: None) -> Iterator[Book]:
    """The course's gradebook, open. `report` hears when it has to wait for another program.

    CourseError if there is none, or if another program keeps it for longer than two minutes.
    """
    if not course.database.is_file():
        raise CourseError(f"{course.database} is missing; run 'itguide build' and 'itguide grade'.")
    waiting = Waiting(report)
    with ExitStack() as stack:
        book = waiting(lambda: stack.enter_context(_open(_url(course))), lambda: None)
        yield Book(course, book, waiting)


class Waiting:
    """Tries again while another program holds the database."""

    SECONDS = 120.0
    PAUSE = 1.0

    def __init__(self, report: Callable[[str], None]) -> None:
        self._report = report

    def __call__(self, work: Callable[[], T], undo: Callable[[], None]) -> T:
        """The work's result. CourseError when it had to wait too long; what it began is undone each time."""
        from sqlalchemy.exc import OperationalError

        until = time.monotonic() + self.SECONDS
        while True:
            try:
                return work()
            except OperationalError as error:
                undo()
                if "locked" not in str(error) and "busy" not in str(error):
                    raise CourseError(f"The gradebook could not be written: {error.orig}.") from None
                if time.monotonic() > until:
                    raise CourseError(
                        "Another program has kept the gradebook for two minutes. Close formgrader and whatever else "
                        "reads or writes gradebook.db, then run the command again; what was graded stays."
                    ) from None
                self._report("The gradebook is in use by another program; waiting for it…")
                time.sleep(self.PAUSE)
            except BaseException:
                undo()
                raise


def marks(course: Course, student: str, module: str) -> dict[str, Mark]:
    """All marks of a submission by grade id, in the module's order; empty if it was never graded."""
    with opened(course) as book:
        return book.marks(student, module)


def keep_marks(url: str, student: str, module: str, prints: Mapping[str, str]) -> None:
    """Puts every mark of a submission with the answer it was given for, as part of one transaction.

    `prints` are the fingerprints of the answers that were just graded. Works for stock `nbgrader autograde`, which
    calls it through `nbgrader_steps.KeepMarks`.
    """
    with _open(url) as book:
        book.db.execute(statement(TABLE))
        keep_all(book.db, book.find_submission_notebook(module, module, student), (student, module), prints)
        book.db.commit()


def backup(course: Course, to: Path) -> None:
    """A consistent copy of the database."""
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(course.database)) as source, closing(sqlite3.connect(to)) as target:
        source.backup(target)
