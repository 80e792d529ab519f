"""A course directory: one cohort, one frozen version of the content, everything nbgrader works on.

nbgrader_config.py course.toml gradebook.db        made by `build`
source/<module>/ release/<module>/                 grading notebooks
received/<workspace>/<module>/<n>_<receipt>.zip    every file collected, kept
submitted/ autograded/                             what nbgrader reads and writes
returned/<workspace>/<module>.html                 feedback
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout

from itguide import keys, scoring
from itguide.answers import write_whole
from itguide.content import module_cases, syllabus
from itguide.errors import CourseError
from itguide.paths import default_course, grading_root
from itguide.spec import scoring_digest

FORMAT = 1
_CONFIG = '''"""nbgrader's settings for this course, made by `itguide build`, which undoes any change here."""

from pathlib import Path

from itguide.nbgrader_settings import apply

here = Path(__file__).resolve().parent
apply(get_config(), course=here, grading=(here / {grading!r}).resolve())  # noqa: F821 - nbgrader provides get_config
'''


@dataclass(frozen=True)
class Frozen:
    """What may not change for a module once there are submissions: the digest of what is scored, every mark."""

    scoring_digest: str
    marks: Mapping[str, float]


@dataclass(frozen=True)
class Record:
    """`course.toml`: the content version and the modules this course was built with."""

    content_version: str
    cohort: str = ""
    module: Mapping[str, Frozen] = field(default_factory=dict)

    def as_toml(self) -> str:
        """The record as it is written."""
        lines = [
            "# What this course was built with; made by `itguide build`.",
            f"format = {FORMAT}",
            f'content_version = "{self.content_version}"',
            f'cohort = "{self.cohort}"',
        ]
        for slug, frozen in self.module.items():
            lines += ["", f"[module.{slug}]", f'scoring_digest = "{frozen.scoring_digest}"', f"[module.{slug}.marks]"]
            lines += [f"{name} = {points}" for name, points in frozen.marks.items()]
        return "\n".join(lines) + "\n"


@dataclass(frozen=True)
class Course:
    """The places in a course directory."""

    root: Path

    @property
    def database(self) -> Path:
        """Nbgrader's gradebook."""
        return self.root / "gradebook.db"

    @property
    def received(self) -> Path:
        """Every file collected, by workspace and module."""
        return self.root / "received"

    @property
    def returned(self) -> Path:
        """Feedback, by workspace."""
        return self.root / "returned"

    def notebook(self, shelf: str, module: str, student: str = "") -> Path:
        """A module's grading notebook in `source`, `release`, `submitted` or `autograded`."""
        return self.root / shelf / student / module / f"{module}.ipynb"

    def submissions(self, module: str | None = None) -> tuple[tuple[str, str], ...]:
        """(workspace, module) of every installed submission, sorted."""
        found = [(p.parent.parent.name, p.parent.name) for p in self.root.glob("submitted/*/*/manifest.json")]
        return tuple(sorted(f for f in found if module in {None, f[1]}))

    def record(self) -> Record:
        """The course's record. CourseError if the directory was not built, or by another release."""
        path = self.root / "course.toml"
        try:
            raw = tomllib.loads(path.read_text(encoding="utf-8"))
            if raw["format"] != FORMAT:
                raise CourseError(
                    f"{path} has format {raw['format']}; this release reads {FORMAT}. Build a new course directory."
                )
            modules = {slug: Frozen(m["scoring_digest"], m["marks"]) for slug, m in raw.get("module", {}).items()}
            return Record(raw["content_version"], raw.get("cohort", ""), modules)
        except FileNotFoundError:
            raise CourseError(f"{self.root} is not a course directory yet; run 'itguide build' first.") from None
        except (KeyError, ValueError, TypeError) as error:
            raise CourseError(
                f"{path} is not readable ({error}); restore it, or build a new course directory."
            ) from None

    def write(self, record: Record, grading: Path) -> None:
        """Writes the record and nbgrader's settings, which point at this grading folder."""
        try:
            place = os.path.relpath(grading.resolve(), self.root.resolve())
        except ValueError:  # another drive
            place = str(grading.resolve())
        write_whole(self.root / "nbgrader_config.py", _CONFIG.format(grading=Path(place).as_posix()).encode())
        write_whole(self.root / "course.toml", record.as_toml().encode())

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else writes in the course meanwhile. CourseError if someone does."""
        try:
            with FileLock(self.root / ".lock", timeout=2):
                yield
        except Timeout:
            raise CourseError(
                f"Another itguide command is at work in {self.root}; wait until it has finished."
            ) from None


def open_course(root: Path | None = None) -> Course:
    """The course in this directory (default: `grading/course`), already built."""
    course = Course((root or default_course()).resolve())
    course.record()
    return course


def frozen(slug: str) -> Frozen:
    """A module as the content has it now."""
    cases = module_cases(slug)
    marks = {name: points for c in cases for name, points in scoring.marks(c, keys.load_key(c.slug)).items()}
    return Frozen(scoring_digest(*cases), marks)


def built_modules(course: Course, only: str | None = None) -> tuple[str, ...]:
    """The modules of the course in order, or the one asked for. CourseError if the course lacks it."""
    modules = course.record().module
    if only is not None and only not in modules:
        raise CourseError(f"This course has no module '{only}'; it has {', '.join(modules) or 'none'}.")
    return tuple(m.slug for m in syllabus().module if m.slug in modules and only in {None, m.slug})


def unchanged(course: Course, slug: str) -> None:
    """CourseError, naming both, if what is scored in a module is no longer what the course was built with."""
    was, now = course.record().module[slug], frozen(slug)
    if was.scoring_digest != now.scoring_digest:
        raise CourseError(
            f"What is scored in '{slug}' has changed since the course was built: the course has digest "
            f"{was.scoring_digest}, the content now {now.scoring_digest}. "
            "Go back to the content the cohort worked with, "
            "or build a new course directory for a new cohort."
        )
    if was.marks != now.marks:
        names = sorted(n for n in was.marks.keys() | now.marks.keys() if was.marks.get(n) != now.marks.get(n))
        raise CourseError(
            f"The key now splits the points of '{slug}' differently from "
            f"what the course was built with ({', '.join(names)}). "
            "Go back to that split, or build a new course directory for a new cohort."
        )


def cohort(name: str) -> dict[str, str]:
    """Names by workspace id, from `grading/cohorts/<name>.toml`; empty without a name. CourseError if unreadable."""
    if not name:
        return {}
    path = grading_root() / "cohorts" / f"{name}.toml"
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        return {str(k): str(v["name"]) for k, v in raw.get("participant", {}).items()}
    except FileNotFoundError:
        raise CourseError(f"There is no cohort '{name}': {path} is missing.") from None
    except (KeyError, TypeError, ValueError) as error:
        raise CourseError(
            f"{path} is not readable: {error}. Each participant needs [participant.<workspace id>] with a name."
        ) from None
