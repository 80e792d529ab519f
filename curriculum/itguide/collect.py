"""Collecting submissions: every file is looked at by itself, every accepted version is kept, nothing is overwritten."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from itguide import course as courses
from itguide import gradebook
from itguide.answers import write_whole
from itguide.course import Course, Record
from itguide.errors import CourseError, SubmissionError
from itguide.manifest import grouped
from itguide.submission_file import Submission, read

Status = Literal["accepted", "already there", "older", "conflict", "refused"]


@dataclass(frozen=True)
class Collected:
    """What became of one file, and why."""

    file: str
    status: Status
    says: str
    workspace_id: str = ""
    module: str = ""
    sequence: int = 0
    receipt: str = ""

    @property
    def good(self) -> bool:
        """Whether nobody has to do anything about it."""
        return self.status not in {"refused", "conflict"}


def collect(folder: Path, root: Path | None = None, prefer: Collection[str] = ()) -> tuple[Collected, ...]:
    """Takes in every file of a folder. `prefer` are receipts that settle a conflict.

    CourseError only if the folder or the course cannot be used at all.
    """
    if not folder.is_dir():
        raise CourseError(f"{folder} is not a folder. Name the folder that holds the submission files.")
    course = courses.open_course(root)
    record = course.record()
    for slug in record.module:
        courses.unchanged(course, slug)
    chosen = {code.replace("-", "").upper() for code in prefer}
    with course.alone():
        files = sorted(p for p in folder.rglob("*") if not p.name.startswith(".") and (p.is_symlink() or not p.is_dir()))
        found = tuple(_one(course, record, path, path.relative_to(folder).as_posix(), chosen) for path in files)
        students = {c.workspace_id for c in found if c.status in {"accepted", "already there"}}
        gradebook.add_students(course, courses.cohort(record.cohort), students)
    return found


def _one(course: Course, record: Record, path: Path, name: str, chosen: set[str]) -> Collected:
    try:
        submission = read(path)
        _belongs(record, submission)
        return _take(course, submission, name, chosen)
    except SubmissionError as error:
        return Collected(name, "refused", str(error))
    except OSError as error:
        return Collected(name, "refused", f"it cannot be read or stored ({error.strerror or error}). Check disk and permissions, then collect again.")


def _belongs(record: Record, submission: Submission) -> None:
    m = submission.manifest
    if m.module not in record.module:
        raise SubmissionError(f"it is for the module '{m.module}', which this course was not built with. Collect it into the right course.")
    digest = record.module[m.module].scoring_digest
    given = {m.scoring_digest, *(s.scoring_digest for s in submission.sheets.values() if s.answers or s.rounds)}
    if given != {digest}:
        other = ", ".join(sorted(given - {digest}))
        raise SubmissionError(
            f"it was answered with another version of '{m.module}' (digest {other}; this course has {digest}). "
            "Collect it into the course built with that version, or ask the participant to update and hand in again."
        )


def _take(course: Course, submission: Submission, name: str, chosen: set[str]) -> Collected:
    m = submission.manifest
    shelf = course.received / m.workspace_id / m.module
    shelf.mkdir(parents=True, exist_ok=True)
    code = submission.receipt
    kept = shelf / f"{m.sequence}_{code}.zip"
    twins = [p for p in shelf.glob(f"{m.sequence}_*.zip") if p != kept]
    new = not kept.is_file()
    if new:
        write_whole(kept, submission.data)

    def told(status: Status, says: str) -> Collected:
        return Collected(name, status, says, m.workspace_id, m.module, m.sequence, code)

    if twins and code not in chosen:
        if any(_receipt(p) in chosen for p in twins) or _settled(shelf, m.sequence) not in {"", code}:
            return told("older", f"another file with number {m.sequence} was preferred to it")
        if not _settled(shelf, m.sequence):
            others = ", ".join(grouped(_receipt(p)) for p in twins)
            return told("conflict", f"two different files carry number {m.sequence} of this participant: receipts {grouped(code)} and {others}. "
                        "Ask which one counts, then collect again with --prefer RECEIPT.")  # fmt: skip
    if twins and code in chosen:
        write_whole(shelf / f"{m.sequence}.settled", code.encode())
    latest = max(int(p.name.split("_")[0]) for p in shelf.glob("*_*.zip"))
    if m.sequence < latest:
        return told("older", f"number {latest} of this participant counts")
    if _installed(course, m.workspace_id, m.module) == submission.files["manifest.json"]:
        return told("already there", "the same file was collected before")
    install(course, submission)
    return told("accepted", f"receipt {grouped(code)}")


def _receipt(kept: Path) -> str:
    return kept.stem.partition("_")[2]


def _settled(shelf: Path, sequence: int) -> str:
    path = shelf / f"{sequence}.settled"
    return path.read_text(encoding="ascii") if path.is_file() else ""


def _installed(course: Course, student: str, module: str) -> bytes:
    path = course.root / "submitted" / student / module / "manifest.json"
    return path.read_bytes() if path.is_file() else b""


def install(course: Course, submission: Submission) -> None:
    """Makes a submission the one that is graded: written whole beside the old one, then put in its place."""
    m = submission.manifest
    target = course.root / "submitted" / m.workspace_id / m.module
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=course.root, prefix=".incoming-") as scratch:
        new, old = Path(scratch) / "new", Path(scratch) / "old"
        (new / "answers").mkdir(parents=True)
        for name, data in submission.files.items():
            (new / name).write_bytes(data)
        stamp = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f UTC")  # the collector's time is the time of record
        (new / "timestamp.txt").write_text(stamp, encoding="ascii")
        shutil.copyfile(course.notebook("release", m.module), new / f"{m.module}.ipynb")
        if target.exists():
            target.rename(old)
        new.rename(target)


def installed_copy(course: Course, student: str, module: str) -> None:
    """Gives an installed submission the grading notebook as it is now released; a rebuild may have changed its words."""
    path = course.notebook("submitted", module, student)
    release = course.notebook("release", module).read_bytes()
    if not path.is_file() or path.read_bytes() != release:
        write_whole(path, release)
