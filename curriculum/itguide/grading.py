"""Grading a course: preflight, a trial run, nbgrader's autograde one submission at a time, and a reckoning at the end.

One bad submission is reported and the others go on. What was graded before and has not changed is left alone, but
every score is recomputed at the end and compared with the gradebook.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import itguide
from itguide import course as courses
from itguide import examples, gradebook, keys, preflight, scoring
from itguide.answers import Sheet, write_whole
from itguide.build import strangers
from itguide.collect import installed_copy
from itguide.content import load_case, module_cases
from itguide.course import Course
from itguide.errors import CourseError, ItGuideError
from itguide.gradebook import Mark
from itguide.grading_cells import sheet_in
from itguide.nbgrader_runner import Runner
from itguide.paths import grading_root

STAMP = "graded.json"
TRIAL = "trial"
Report = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Graded:
    """One submission after grading. `error` is empty if all is well.

    `marked` criteria were read by a person, `to_mark` are still to be read; blank answers need no reading.
    """

    workspace_id: str
    module: str
    automatic: float = 0.0
    automatic_of: float = 0.0
    marked: int = 0
    written_points: float = 0.0
    written_of: float = 0.0
    to_mark: int = 0
    marked_before: tuple[str, ...] = ()  # criteria whose earlier mark was given for another text
    error: str = ""


@dataclass(frozen=True)
class Summary:
    """All submissions, and what is left to do."""

    submissions: tuple[Graded, ...] = field(default=())

    @property
    def failed(self) -> tuple[Graded, ...]:
        """Submissions that need attention."""
        return tuple(g for g in self.submissions if g.error)

    def as_json(self) -> dict[str, Any]:
        """For another program."""
        return {
            "graded": len(self.submissions) - len(self.failed),
            "failed": len(self.failed),
            "marked": sum(g.marked for g in self.submissions),
            "to_mark": sum(g.to_mark for g in self.submissions),
            "submissions": [asdict(g) for g in self.submissions],
        }


def grade(root: Path | None = None, only: str | None = None, *, again: bool = False, fast: bool = False,
          report: Report = lambda _n, _of, _what: None) -> Summary:  # fmt: skip
    """Grades every submission of the course, or of one module. `again` regrades what has not changed too.

    `fast` starts no kernel per submission; nbgrader does all the rest, and the trial run has its kernel either way.
    ContentError or CourseError, before anything is touched, if the course is not fit to be graded.
    """
    course = courses.open_course(root)
    slugs = courses.built_modules(course, only)
    for slug in slugs:
        courses.unchanged(course, slug)
        preflight.check_source(strangers(course, slug))
        if not course.notebook("release", slug).is_file():
            raise CourseError(f"The release of '{slug}' is missing; run 'itguide build' again.")
    preflight.check_modules(slugs)
    with course.alone():
        todo = [(student, slug) for slug in slugs for student, _ in course.submissions(slug)]
        due = [place for place in todo if again or not current(course, *place)]
        for slug in dict.fromkeys(slug for _, slug in due):
            report(0, len(due), f"trial run of {slug}")
            _trial(course, slug)
        runner = Runner(course, kernels=not fast) if due else None
        errors: dict[tuple[str, str], str] = {}
        for n, place in enumerate(due, start=1):
            report(n, len(due), f"{place[1]} {place[0][:6]}")
            errors[place] = _attempt(course, runner, place)
        return Summary(tuple(_reckon(course, runner, place, errors.get(place)) for place in todo))


def _attempt(course: Course, runner: Runner | None, place: tuple[str, str]) -> str:
    """Grades one submission; the reason if that did not work."""
    try:
        _autograde(course, runner or Runner(course), *place)
    except (ItGuideError, OSError) as error:
        return str(error)
    return ""


def _autograde(course: Course, runner: Runner, student: str, slug: str) -> None:
    """Nbgrader's autograde; a failure leaves the previous result as it was."""
    installed_copy(course, student, slug)
    target = course.root / "autograded" / student / slug
    with tempfile.TemporaryDirectory(dir=course.root, prefix=".previous-") as scratch:
        previous = Path(scratch) / slug
        if target.exists():
            target.rename(previous)
        try:
            runner.autograde(slug, student)
        except BaseException:
            shutil.rmtree(target, ignore_errors=True)
            if previous.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                previous.rename(target)
            raise
    write_whole(target / STAMP, json.dumps(_stamp(course, student, slug)).encode())


def _stamp(course: Course, student: str, slug: str) -> dict[str, Any]:
    """What a result depends on."""
    folder = course.root / "submitted" / student / slug
    return {
        "files": {p.relative_to(folder).as_posix(): keys.sha256(p) for p in sorted(folder.rglob("*")) if p.is_file()},
        "keys": {c.slug: keys.digest(c.slug) for c in module_cases(slug)},
        "release": keys.sha256(course.notebook("release", slug)),
        "engine": itguide.__version__,
    }


def current(course: Course, student: str, slug: str) -> bool:
    """Whether the last result was made from this submission, key, release and engine."""
    path = course.root / "autograded" / student / slug / STAMP
    try:
        return bool(json.loads(path.read_bytes()) == _stamp(course, student, slug))
    except (OSError, ValueError):
        return False


def _reckon(course: Course, runner: Runner | None, place: tuple[str, str], error: str | None) -> Graded:
    """The submission's state in the gradebook, recomputed; what differs is graded once more, then reported."""
    student, slug = place
    if error:
        return Graded(student, slug, error=error)
    try:
        wrong = differences(course, student, slug)
        if wrong and error is None:  # not graded just now: the engine may score differently since
            again = _attempt(course, runner, place)
            wrong = [again] if again else differences(course, student, slug)
        return _state(course, student, slug, "; ".join(wrong))
    except (ItGuideError, OSError) as problem:
        return Graded(student, slug, error=str(problem))


def differences(course: Course, student: str, slug: str) -> list[str]:
    """Where gradebook and a fresh computation differ, in words; empty if they agree."""
    folder = course.root / "submitted" / student / slug
    marks = gradebook.marks(course, student, slug)
    expected = course.record().module[slug].marks
    if set(marks) != set(expected):
        return [f"the gradebook's marks are not the course's ({', '.join(sorted(set(marks) ^ set(expected)))})"]
    found: list[str] = []
    for case in module_cases(slug):
        score = scoring.score(case, keys.load_key(case.slug), sheet_in(folder, case))
        computed = {q.grade_id: q.points for q in score.questions if q.maximum}
        for name, points in computed.items():
            if marks[name].automatic is None or abs(float(marks[name].automatic or 0) - points) > 1e-9:
                found.append(f"{name}: the gradebook has {marks[name].automatic}, the score is {points:g}")
        for written in score.written:
            mark = marks[written.grade_id]
            if written.needs_reading and not mark.to_mark and mark.manual is None:
                found.append(f"{mark.grade_id}: has neither a mark nor a flag")
    found += [f"{m.grade_id}: the mark {m.manual:g} is not between 0 and {m.maximum:g}; correct it in formgrader"
              for m in marks.values() if m.manual is not None and not 0 <= m.manual <= m.maximum]  # fmt: skip
    found += [f"{n}: counts {m.maximum:g} in the gradebook, {expected[n]:g} in the course" for n, m in marks.items()
              if m.maximum != expected[n]]  # fmt: skip
    return found


def _state(course: Course, student: str, slug: str, error: str) -> Graded:
    marks = gradebook.marks(course, student, slug)
    written = [m for m in marks.values() if m.written]
    automatic = [m for m in marks.values() if not m.written]
    changed = gradebook.set_aside(course, student, slug)
    return Graded(
        student, slug,
        automatic=round(sum(_points(m) for m in automatic), 2),
        automatic_of=sum(m.maximum for m in automatic),
        marked=sum(m.manual is not None and not m.to_mark for m in written),
        written_points=sum(_points(m) for m in written if not m.to_mark),
        written_of=sum(m.maximum for m in written),
        to_mark=sum(m.to_mark for m in marks.values()),
        marked_before=tuple(m.grade_id for m in marks.values() if m.to_mark and m.grade_id in changed),
        error=error,
    )  # fmt: skip


def _points(mark: Mark) -> float:
    return float(mark.points or 0.0)


@contextmanager
def _scratch_course(course: Course) -> Any:
    """A copy of the course with no submissions, beside which nobody's marks can be touched."""
    with tempfile.TemporaryDirectory(dir=course.root, prefix=".trial-") as scratch:
        copy = Course(Path(scratch))
        shutil.copytree(course.root / "source", copy.root / "source")
        shutil.copytree(course.root / "release", copy.root / "release")
        gradebook.backup(course, copy.database)
        copy.write(course.record(), grading_root())
        yield copy


def _trial(course: Course, slug: str) -> None:
    """Grades the first exemplar of each case and compares, so that a broken set-up stops here. CourseError if so."""
    cases = [c for c in module_cases(slug) if c.points]
    if not cases:
        return
    student = TRIAL.ljust(26, "0")
    with _scratch_course(course) as copy:
        folder = copy.root / "submitted" / student / slug
        (folder / "answers").mkdir(parents=True)
        shutil.copyfile(course.notebook("release", slug), folder / f"{slug}.ipynb")
        for case in cases:
            (folder / "answers" / f"{case.slug}.json").write_bytes(_exemplar(case.slug, student).as_json())
        try:
            Runner(copy).autograde(slug, student)
            wrong = differences(copy, student, slug)
        except CourseError as error:
            wrong = [str(error)]
        finally:
            from itguide.nbgrader_settings import environment

            environment(course.root, grading_root())
    if wrong:
        raise CourseError(
            f"A trial run of '{slug}' through nbgrader did not give the exemplar's score, "
            f"so nothing was graded: {'; '.join(wrong)}"
        )


def _exemplar(slug: str, student: str) -> Sheet:
    case = load_case(slug)
    sheet = examples.example_sheet(case, examples.examples(slug, "exemplars")[0])
    return Sheet(slug, "trial", "trial", student, sheet.answers, sheet.rounds)
