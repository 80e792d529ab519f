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

    CourseError only if the folder or the course cannot be used at all, or if no file has a receipt that is preferred.
    """
    if not folder.is_dir():
        raise CourseError(f"{folder} is not a folder. Name the folder that holds the submission files.")
    course = courses.open_course(root)
    record = course.record()
    for slug in record.module:
        courses.unchanged(course, slug)
    chosen = {code.replace("-", "").upper(): code for code in prefer}
    with course.alone():
        files = sorted(
            p for p in folder.rglob("*") if not p.name.startswith(".") and (p.is_symlink() or not p.is_dir())
        )
        # All are looked at and kept first: which one counts does not depend on the order of their names.
        looked = [_look(course, record, path, path.relative_to(folder).as_posix()) for path in files]
        _known(course, chosen)
        found = tuple(one if isinstance(one, Collected) else _decide(course, *one, set(chosen)) for one in looked)
        students = {c.workspace_id for c in found if c.status in {"accepted", "already there"}}
        gradebook.add_students(course, courses.cohort(record.cohort), students)
    return found


def _look(course: Course, record: Record, path: Path, name: str) -> Collected | tuple[str, Submission]:
    """The submission in this file, kept among the received; or why it is refused."""
    try:
        submission = read(path)
        _belongs(record, submission)
        kept = _shelf(course, submission) / f"{submission.manifest.sequence}_{submission.receipt}.zip"
        if not kept.is_file():
            kept.parent.mkdir(parents=True, exist_ok=True)
            write_whole(kept, submission.data)
        return name, submission
    except SubmissionError as error:
        return Collected(name, "refused", str(error))
    except OSError as error:
        return Collected(name, "refused", _unstored(error))


def _known(course: Course, chosen: dict[str, str]) -> None:
    received = {p.stem.partition("_")[2] for p in course.received.glob("*/*/*_*.zip")}
    if unknown := [typed for code, typed in chosen.items() if code not in received]:
        raise CourseError(
            f"No file that was received has the receipt {' or '.join(unknown)}. Check it, letter by letter."
        )


def _unstored(error: OSError) -> str:
    reason = error.strerror or str(error)
    return f"it cannot be read or stored ({reason}). Check disk and permissions, then collect again."


def _shelf(course: Course, submission: Submission) -> Path:
    return course.received / submission.manifest.workspace_id / submission.manifest.module


def _belongs(record: Record, submission: Submission) -> None:
    m = submission.manifest
    if m.module not in record.module:
        raise SubmissionError(
            f"it is for the module '{m.module}', which this course was not built with. "
            "Collect it into the right course."
        )
    digest = record.module[m.module].scoring_digest
    given = {m.scoring_digest, *(s.scoring_digest for s in submission.sheets.values() if s.answers or s.rounds)}
    if given != {digest}:
        other = ", ".join(sorted(given - {digest}))
        raise SubmissionError(
            f"it was answered with another version of '{m.module}' (digest {other}; this course has {digest}). "
            "Collect it into the course built with that version, or ask the participant to update and hand in again."
        )


def _decide(course: Course, name: str, submission: Submission, chosen: set[str]) -> Collected:
    """Whether this submission is the one that counts, among all that were received."""
    m, code, shelf = submission.manifest, submission.receipt, _shelf(course, submission)

    def told(status: Status, says: str) -> Collected:
        return Collected(name, status, says, m.workspace_id, m.module, m.sequence, code)

    rivals = sorted(p.stem.partition("_")[2] for p in shelf.glob(f"{m.sequence}_*.zip"))
    if len(rivals) > 1:
        settled = _settle(shelf, m.sequence, [r for r in rivals if r in chosen])
        if not settled:
            codes = " and ".join(grouped(r) for r in rivals)
            return told("conflict", f"different files carry number {m.sequence} of this participant: receipts {codes}. "
                        "Ask which one counts, then collect again with --prefer RECEIPT.")  # fmt: skip
        if settled != code:
            return told("older", f"another file with number {m.sequence} was preferred to it")
    latest = max(int(p.name.partition("_")[0]) for p in shelf.glob("*_*.zip"))
    if m.sequence < latest:
        return told("older", f"number {latest} of this participant counts")
    if _installed(course, m.workspace_id, m.module) == submission.files["manifest.json"]:
        return told("already there", "the same file was collected before")
    try:
        install(course, submission)
    except OSError as error:
        return told("refused", _unstored(error))
    return told("accepted", f"receipt {grouped(code)}")


def _settle(shelf: Path, sequence: int, preferred: list[str]) -> str:
    """The receipt an instructor chose among files with one number, now or earlier; empty if nobody has."""
    path = shelf / f"{sequence}.settled"
    if len(preferred) == 1:
        write_whole(path, preferred[0].encode())
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
    """Gives an installed submission the grading notebook as it is released now; a rebuild may have new words."""
    path = course.notebook("submitted", module, student)
    release = course.notebook("release", module).read_bytes()
    if not path.is_file() or path.read_bytes() != release:
        write_whole(path, release)
