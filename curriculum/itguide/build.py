"""Building a course directory: grading notebooks, nbgrader's settings, nbgrader's own release."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from itguide import course as courses
from itguide import gradebook, grading_notebook, preflight
from itguide.answers import write_whole
from itguide.content import syllabus
from itguide.course import Course, Frozen, Record
from itguide.errors import CourseError
from itguide.nbgrader_runner import Runner
from itguide.paths import default_course, grading_root

Report = Callable[[str], None]


@dataclass(frozen=True)
class Built:
    """What was built: where, which content, which modules with how many graded items."""

    course: Path
    content_version: str
    modules: dict[str, int]


def build(root: Path | None = None, cohort: str | None = None, report: Report = lambda _: None) -> Built:
    """Builds or rebuilds the course. ContentError, or CourseError if it may no longer change."""
    course = Course((root or default_course()).resolve())
    slugs = tuple(m.slug for m in syllabus().module)
    report("checking keys")
    preflight.check_modules(slugs)
    course.root.mkdir(parents=True, exist_ok=True)
    course.root.chmod(0o700)
    with course.alone():
        record = _record(course, slugs, cohort)
        courses.cohort(record.cohort)
        course.write(record, grading_root())
        gradebook.create(course)
        runner = Runner(course)
        for slug in slugs:
            report(slug)
            _module(course, runner, slug)
        (course.database).chmod(0o600)
    return Built(course.root, record.content_version, {s: len(record.module[s].marks) for s in slugs})


def _record(course: Course, slugs: tuple[str, ...], cohort: str | None) -> Record:
    now: dict[str, Frozen] = {slug: courses.frozen(slug) for slug in slugs}
    version = syllabus().version
    if (course.root / "course.toml").is_file():
        before = course.record()
        used = [s for s in before.module if course.submissions(s) or list(course.received.glob(f"*/{s}/*"))]
        for slug in used:
            if slug not in now:
                raise CourseError(f"The course has submissions for '{slug}', which the syllabus no longer has.")
            courses.unchanged(course, slug)
        if used:
            version = before.content_version
        cohort = before.cohort if cohort is None else cohort
    return Record(version, cohort or "", now)


def _module(course: Course, runner: Runner, slug: str) -> None:
    path = course.notebook("source", slug)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, grading_notebook.notebook(slug))
    preflight.check_source(strangers(course, slug))
    runner.generate_assignment(slug)
    release = course.notebook("release", slug).read_text(encoding="utf-8")
    if grading_notebook.leaks(slug, release):
        raise CourseError(f"The release of '{slug}' holds key text; it was not given out. Report this as a defect.")


def strangers(course: Course, slug: str) -> list[str]:
    """Whatever stands in a module's source beside its notebook."""
    folder = course.root / "source" / slug
    found = (p.relative_to(course.root / "source").as_posix() for p in folder.rglob("*") if p.is_file())
    return sorted(f for f in found if f != f"{slug}/{slug}.ipynb" and ".ipynb_checkpoints" not in f)
