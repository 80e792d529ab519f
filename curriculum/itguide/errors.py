"""The named errors of the engine: what happened, to which thing, what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class ItGuideError(Exception):
    """An error a person can act on; its text is one plain sentence, shown as it stands."""


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong with written content: where it stands, what is wrong, what would be right."""

    file: str
    field: str
    says: str

    def __str__(self) -> str:
        return f"{self.file}: {self.field}: {self.says}" if self.field else f"{self.file}: {self.says}"


class ContentError(ItGuideError):
    """Content that does not hold together; carries all its problems at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(str(p) for p in self.problems))


class SheetError(ItGuideError):
    """An answer sheet that cannot be used as it is."""


class SheetDamaged(SheetError):
    """The file is not a readable answer sheet (truncated, not JSON, too deep, too large, not a number)."""


class SheetTooNew(SheetError):
    """The sheet was written by a later release of the course."""


class SheetTooOld(SheetError):
    """The sheet's format is older than this release reads."""


class SheetForeign(SheetError):
    """The sheet belongs to another case or another participant."""


class SheetReadOnly(SheetError):
    """The sheet may be read but not changed here (while grading)."""


class StaleRevision(ItGuideError):
    """A write that was based on an older revision of the answer than the one on disk."""

    def __init__(self, question: str, current: object, rev: int) -> None:
        self.question, self.current, self.rev = question, current, rev
        super().__init__(f"The answer to '{question}' was changed elsewhere since this page showed it.")


class SubmissionError(ItGuideError):
    """A submission file that is refused, with the reason and the remedy."""


class CourseError(ItGuideError):
    """A course directory that is not ready for what was asked."""
