"""Grading a course: preflight, a trial run through nbgrader, every submission by itself, and a comparison of all.

One bad submission is reported and the others go on. What was graded before and has not changed is left alone, but
every score is worked out anew and compared with the gradebook.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import itguide
from itguide import course as courses
from itguide import examples, fast_grading, gradebook, keys, preflight
from itguide.answers import Sheet, write_whole
from itguide.build import strangers
from itguide.collect import installed_copy
from itguide.content import load_case, module_cases
from itguide.course import Course
from itguide.errors import CourseError, ItGuideError
from itguide.fast_grading import Job, Worked
from itguide.gradebook import Book, Mark, Penalty
from itguide.nbgrader_runner import Runner
from itguide.paths import grading_root
from itguide.scoring import CaseScore

STAMP = "graded.json"
TRIAL = "trial"
Report = Callable[[int, int, str], None]
Engine = Literal["fast", "nbgrader"]
Place = tuple[str, str]  # workspace id, module


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


def grade(root: Path | None = None, only: str | None = None, *, again: bool = False, engine: Engine = "fast",
          processes: int | None = None, report: Report = lambda _n, _of, _what: None) -> Summary:  # fmt: skip
    """Grades every submission of the course, or of one module. `again` regrades what has not changed too.

    The engine `fast` scores the sheets without kernels, in as many processes as help, and leaves the rows and the
    notebook that `nbgrader`, the stock way, would leave. ContentError or CourseError, before anything is touched, if
    the course is not fit to be graded.
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
        fast_grading.mend(course.root / "autograded")
        todo = [(student, slug) for slug in slugs for student, _ in course.submissions(slug)]
        due = {place for place in todo if again or not current(course, *place)}
        patterns: dict[str, Path] = {}
        for slug in dict.fromkeys(place[1] for place in todo if place in due):
            report(0, len(due), f"trial run of {slug}")
            patterns[slug] = _trial(course, slug, engine)
        errors: dict[Place, str] = {}
        if engine == "nbgrader":
            runner = Runner(course) if due else None
            for n, place in enumerate(sorted(due, key=todo.index), start=1):
                report(n, len(due), f"{place[1]} {place[0][:6]}")
                errors[place] = _attempt(course, runner, place)
        return _score_all(course, todo, due if engine == "fast" else set(), patterns, errors, processes, report)


def _score_all(course: Course, todo: list[Place], due: set[Place], patterns: Mapping[str, Path],
               errors: Mapping[Place, str], processes: int | None, report: Report) -> Summary:  # fmt: skip
    """Works every submission out, puts those that are due in the gradebook, and compares all with it."""
    jobs = [
        Job(course.root / "submitted" / student / slug, slug, patterns[slug] if (student, slug) in due else None)
        for student, slug in todo
    ]
    handled, found = due | set(errors), list[Graded]()

    def penalty(student: str, score: float, seconds: float) -> float | None:
        return Runner(course).late_penalty(student, score, seconds)  # few are late: no runner without one

    with gradebook.opened(course, lambda says: report(len(found), len(todo), says)) as book:
        results = zip(todo, jobs, fast_grading.work_all(jobs, processes), strict=True)
        for n, (place, job, worked) in enumerate(results, start=1):
            report(n, len(todo), f"{place[1]} {place[0][:6]}")
            error = errors.get(place, "") or worked.error
            if place in due and not error:
                error = _install(course, book, place, worked, penalty)
            graded = Graded(*place, error=error) if error else _reckon(course, book, place, worked)
            if graded.error and not error and place not in handled:  # the engine may score differently since
                anew = fast_grading.work(replace(job, pattern=_trial(course, place[1], "fast")))
                error = anew.error or _install(course, book, place, anew, penalty)
                graded = Graded(*place, error=error) if error else _reckon(course, book, place, anew)
            found.append(graded)
    return Summary(tuple(found))


def _install(course: Course, book: Book, place: Place, worked: Worked, penalty: Penalty) -> str:
    """Puts a result in the gradebook and its notebook in place; the reason if that did not work.

    First everything is staged beside the former result, then the gradebook takes the whole of it at once, then the
    staged folder takes its place: ended at any moment, it is the former result or due to be graded again.
    """
    student, slug = place
    submitted, target = (course.root / shelf / student / slug for shelf in ("submitted", "autograded"))
    try:
        installed_copy(course, student, slug)
        stamp = json.dumps(_stamp(course, student, slug)).encode()
        staged = fast_grading.stage(target, submitted, worked.notebook, stamp, STAMP)
        book.put(
            student, slug, gradebook.time_of_record(submitted / "timestamp.txt"), worked.points, worked.prints, penalty
        )
        fast_grading.boundary("gradebook written")
        fast_grading.swap(staged, target)
    except (ItGuideError, OSError) as error:
        return str(error)
    return ""


def _attempt(course: Course, runner: Runner | None, place: Place) -> str:
    """Grades one submission the stock way; the reason if that did not work."""
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
    files = {p.relative_to(folder).as_posix(): keys.sha256(p) for p in sorted(folder.rglob("*")) if p.is_file()}
    return {"files": files, **_depends(course, slug)}


def _depends(course: Course, slug: str) -> dict[str, Any]:
    """What every result of a module depends on."""
    return {
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


def _reckon(course: Course, book: Book, place: Place, worked: Worked) -> Graded:
    """The submission's state in the gradebook, compared with what was worked out anew."""
    try:
        marks = book.marks(*place)
        wrong = differences(course, place[1], marks, worked.scores)
        return _state(place, marks, book.set_aside(*place), "; ".join(wrong))
    except (ItGuideError, OSError) as problem:
        return Graded(*place, error=str(problem))


def differences(course: Course, slug: str, marks: Mapping[str, Mark], scores: Iterable[CaseScore]) -> list[str]:
    """Where the gradebook's marks and these scores differ, in words; empty if they agree."""
    expected = course.record().module[slug].marks
    if set(marks) != set(expected):
        return [f"the gradebook's marks are not the course's ({', '.join(sorted(set(marks) ^ set(expected)))})"]
    found: list[str] = []
    for score in scores:
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


def _state(place: Place, marks: Mapping[str, Mark], changed: list[str], error: str) -> Graded:
    written = [m for m in marks.values() if m.written]
    automatic = [m for m in marks.values() if not m.written]
    return Graded(
        *place,
        automatic=round(sum(_points(m) for m in automatic), 2),
        automatic_of=sum(m.maximum for m in automatic),
        marked=sum(m.manual is not None and not m.to_mark for m in written),
        written_points=sum(_points(m) for m in written if not m.to_mark),
        written_of=sum(m.maximum for m in written),
        to_mark=sum(m.to_mark for m in marks.values()),
        marked_before=tuple(m.grade_id for m in marks.values() if m.to_mark and m.grade_id in changed),
        error=error,
    )


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


def _trial(course: Course, slug: str, engine: Engine) -> Path:
    """Grades the first exemplar of each case and compares, so that a broken set-up stops here. CourseError if so.

    Returns the pattern for fast grading, kept until key, release or engine change.
    """
    kept = course.root / ".patterns" / f"{slug}.ipynb"
    stamp, signed = kept.with_suffix(".json"), json.dumps(_depends(course, slug)).encode()
    if engine == "fast" and kept.is_file() and stamp.is_file() and stamp.read_bytes() == signed:
        return kept
    student = TRIAL.ljust(26, "0")
    with _scratch_course(course) as copy:
        folder = copy.root / "submitted" / student / slug
        (folder / "answers").mkdir(parents=True)
        shutil.copyfile(course.notebook("release", slug), folder / f"{slug}.ipynb")
        for case in (c for c in module_cases(slug) if c.points):
            (folder / "answers" / f"{case.slug}.json").write_bytes(_exemplar(case.slug, student).as_json())
        try:
            Runner(copy, kernels=engine == "nbgrader").autograde(slug, student)
            scores = fast_grading.work(Job(folder, slug)).scores
            wrong = differences(copy, slug, gradebook.marks(copy, student, slug), scores)
            if engine == "fast" and not wrong:
                notebook = fast_grading.pattern(copy.notebook("autograded", slug, student).read_bytes(), folder)
                kept.parent.mkdir(exist_ok=True)
                write_whole(kept, notebook)
                write_whole(stamp, signed)
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
    return kept


def _exemplar(slug: str, student: str) -> Sheet:
    case = load_case(slug)
    sheet = examples.example_sheet(case, examples.examples(slug, "exemplars")[0])
    return Sheet(slug, "trial", "trial", student, sheet.answers, sheet.rounds)
