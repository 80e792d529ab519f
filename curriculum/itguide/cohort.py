"""A cohort's sheets of one module, read once: what counts of every answer, how it was judged, what was marked.

No names and no workspace ids are in it. The model's figures are those on record in each round; models are run again
only for a sheet whose points in the gradebook say that its record cannot be right.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from itguide import kinds, marks_table, scoring
from itguide.answers import Round, Sheet
from itguide.content import module_cases
from itguide.course import Course, cohort
from itguide.desk_view import sheet_in
from itguide.errors import ItGuideError
from itguide.gradebook import Mark
from itguide.keys import Key, load_key
from itguide.scoring import CaseScore, QuestionScore
from itguide.spec import CaseSpec, Question

Which = Literal["first", "last"]
TOLERANCE = 0.006  # points are kept with two decimals


@dataclass(frozen=True)
class Paper:
    """One participant's answers to one case: valid values by question, the figures of the first and last round."""

    first: Mapping[str, Any]
    last: Mapping[str, Any]
    told: Mapping[str, Any]  # what was answered outside the rounds, predictions as of the first round
    figures: tuple[Mapping[str, float], Mapping[str, float]]
    rounds: int
    score: CaseScore

    def value(self, question: str, which: Which = "last") -> Any:
        """The valid answer to a question; what was declared or decided as of the first or the last round."""
        decided = self.first if which == "first" else self.last
        return decided[question] if question in decided else self.told.get(question)


@dataclass(frozen=True)
class Marks:
    """What readers did: criteria with a text to read, how many of them are read, and the points given by grade id."""

    to_read: int = 0
    read: int = 0
    given: Mapping[str, tuple[float, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Cohort:
    """A module's hand-ins. `known` participants are those of the cohort's list or with any hand-in in the course."""

    module: str
    known: int
    handed_in: int
    graded: int
    papers: Mapping[str, tuple[Paper, ...]]  # by case; only those that hold an answer
    marks: Marks
    damaged: tuple[tuple[str, str], ...] = ()  # workspace and reason, for the instructor's screen only


def read(course: Course, module: str) -> Cohort:
    """Every hand-in of a module. A sheet that cannot be used is told among the damaged; the others go on."""
    cases = module_cases(module)
    keys = {c.slug: load_key(c.slug) for c in cases}
    papers: dict[str, list[Paper]] = {c.slug: [] for c in cases}
    damaged: list[tuple[str, str]] = []
    students = [student for student, _ in course.submissions(module)]
    here = set(students)
    all_marks = {s: found for s, found in marks_table.marks(course, module).items() if s in here}
    for student in students:
        for case in cases:
            try:
                sheet = sheet_in(course.root / "submitted" / student / module, case)
            except (ItGuideError, OSError) as error:
                damaged.append((student, str(error)))
                continue
            if sheet.answers or sheet.rounds:
                papers[case.slug].append(paper(case, keys[case.slug], sheet, all_marks.get(student, {})))
    known = {s for s, _ in course.submissions()} | set(cohort(course.record().cohort))
    return Cohort(
        module, len(known), len(students), len(all_marks), {slug: tuple(found) for slug, found in papers.items()},
        _tally(all_marks.values()), tuple(damaged),
    )  # fmt: skip


def paper(case: CaseSpec, key: Key, sheet: Sheet, marks: Mapping[str, Mark] | None = None) -> Paper:
    """A sheet as the report needs it, judged by the figures on record, or anew where the gradebook disagrees."""
    reading = _Recorded(case, sheet)
    found = judged(case, key, reading)
    for scored in found.questions:
        mark = (marks or {}).get(scored.grade_id)
        if mark is not None and mark.automatic is not None and abs(mark.automatic - scored.points) > TOLERANCE:
            found = scoring.score(case, key, sheet)
            break
    asked = case.phase("declare", "decide") if sheet.rounds else ()
    first = {q.id: reading.value(q, "first") for q in asked}
    last = {q.id: reading.value(q, "last") for q in asked} if len(sheet.rounds) > 1 else first
    told = {}
    for question in case.phase("predict", "justify"):
        if question.phase == "predict" and sheet.rounds:
            told[question.id] = kinds.valid(question, sheet.rounds[0].prediction.get(question.id))
        else:
            told[question.id] = reading.value(question)
    figures = (_figures(sheet.rounds[0]), _figures(sheet.rounds[-1])) if sheet.rounds else ({}, {})
    return Paper(_there(first), _there(last), _there(told), figures, len(sheet.rounds), found)


def _there(values: Mapping[str, Any]) -> dict[str, Any]:
    return {q: v for q, v in values.items() if v is not None and v not in ("", [], {})}


def _figures(committed: Round) -> dict[str, float]:
    """The numbers on record for a round; whatever else may stand there is left out."""
    return {
        name: float(v)
        for name, v in committed.result.items()
        if isinstance(v, int | float) and not isinstance(v, bool) and math.isfinite(v)
    }


def judged(case: CaseSpec, key: Key, reading: scoring._Reading) -> CaseScore:
    """What a sheet earns in this reading: `scoring.score`, which would run the model for each."""
    questions: list[QuestionScore] = [scoring._question(q, key, reading) for q in case.question if q.points]
    return CaseScore(case.slug, tuple(questions))


def _mute(_path: str, /, **_values: object) -> str:
    return ""


class _Recorded(scoring._Reading):
    """A sheet whose figures are not worked out but read; a round without figures is worked out after all."""

    def sound(self, question: Question, which: Which | None = None) -> bool:
        """As in `scoring`, without finding the words for what is wrong: they are the better part of its time."""
        place = (question.id, which or question.scored_round)
        if place not in self._sound:
            value = self.value(question, which)
            live = None if value is None else kinds.live(question, value, _mute)
            self._sound[place] = live is not None and live.answered and not live.blocking
        return self._sound[place]

    def _worked_out(self, which: Which) -> Mapping[str, float]:
        for question in self.case.phase("declare", "decide"):
            value = self.value(question, which)
            if (value is None and question.required) or (value is not None and not self.sound(question, which)):
                return {}
        figures = _figures(self.sheet.rounds[0 if which == "first" else -1])
        return figures or super()._worked_out(which)


def _tally(all_marks: Iterable[Mapping[str, Mark]]) -> Marks:
    to_read = read = 0
    given: dict[str, list[float]] = {}
    for marks in all_marks:
        for name, mark in marks.items():
            if not mark.written or (mark.automatic is not None and mark.manual is None):
                continue  # not a reader's, or a blank
            to_read += 1
            if not mark.to_mark and mark.points is not None:
                read += 1
                given.setdefault(name, []).append(mark.points)
    return Marks(to_read, read, {name: tuple(points) for name, points in given.items()})


def lasting(course: Course, prefix: str) -> dict[str, dict[str, Any]]:
    """Answers to the questions whose ids begin so, in any module: by the rest of the id, then by workspace."""
    found: dict[str, dict[str, Any]] = {}
    for module in course.record().module:
        for case in module_cases(module):
            asked = [q for q in case.question if q.id.startswith(prefix)]
            for student, _ in course.submissions(module) if asked else ():
                try:
                    sheet = sheet_in(course.root / "submitted" / student / module, case)
                except (ItGuideError, OSError):
                    continue
                for question in asked:
                    value = kinds.valid(question, sheet.value(question.id))
                    if value is not None:
                        found.setdefault(question.id.removeprefix(prefix), {})[student] = value
    return found
