"""What is left to mark: every criterion of every written answer, by question and by participant.

Reads the gradebook and changes nothing; marks are given in formgrader. Participants appear by their workspace id only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from itguide import course as courses
from itguide import gradebook, grading
from itguide.content import load_case
from itguide.gradebook import Book
from itguide.gradebook_marks import CHANGED
from itguide.keys import grade_id

State = Literal["left", "read", "blank"]
_READ = """
    SELECT student.id AS who, assignment.name AS module, submitted_notebook.id AS place, base_cell.name AS name,
           grade.needs_manual_grade AS needs, grade.manual_score AS mark, comment.auto_comment AS earlier
    FROM grade
    JOIN base_cell ON grade.cell_id = base_cell.id
    JOIN submitted_notebook ON grade.notebook_id = submitted_notebook.id
    JOIN submitted_assignment ON submitted_notebook.assignment_id = submitted_assignment.id
    JOIN assignment ON submitted_assignment.assignment_id = assignment.id
    JOIN student ON submitted_assignment.student_id = student.id
    LEFT JOIN comment ON comment.cell_id = base_cell.id AND comment.notebook_id = submitted_notebook.id
    WHERE base_cell.type = 'TaskCell'"""


@dataclass(frozen=True)
class Item:
    """One criterion of one written answer. `place` is nbgrader's id of the submission."""

    workspace_id: str
    module: str
    question: str  # <case>__<question>
    criterion: str
    place: str
    state: State
    changed: bool  # it was marked before, and the text has changed since

    @property
    def grade_id(self) -> str:
        """The criterion's name in the gradebook."""
        return grade_id(self.question, self.criterion)


@dataclass(frozen=True)
class Answer:
    """One participant's answer to one question, and where formgrader shows it at its first unread criterion."""

    workspace_id: str
    place: str
    path: str
    left: int
    of: int
    changed: bool
    blank: bool


@dataclass(frozen=True)
class Asked:
    """One written question: its answers, those with something unread first, and what is unread by criterion."""

    module: str
    question: str
    case_title: str
    prompt: str
    answers: tuple[Answer, ...]
    criteria: dict[str, int]
    labels: dict[str, str]

    @property
    def left(self) -> int:
        """Answers with something unread."""
        return sum(bool(a.left) for a in self.answers)

    @property
    def written(self) -> int:
        """Answers that are not blank."""
        return sum(not a.blank for a in self.answers)


@dataclass(frozen=True)
class Person:
    """One participant's criteria in one module, and where formgrader shows the first unread one."""

    workspace_id: str
    module: str
    path: str
    left: int
    of: int


@dataclass(frozen=True)
class Marking:
    """All of it. `ungraded` submissions (workspace, module) were handed in or changed after the last grading."""

    asked: tuple[Asked, ...]
    people: tuple[Person, ...]
    ungraded: tuple[tuple[str, str], ...]

    @property
    def left(self) -> int:
        """Criteria still to be read."""
        return sum(p.left for p in self.people)

    @property
    def total(self) -> int:
        """Criteria of answers that are not blank."""
        return sum(p.of for p in self.people)

    def find(self, question: str) -> Asked | None:
        """The question `<case>__<question>`; None if the course has none such."""
        return next((a for a in self.asked if a.question == question), None)

    def as_json(self) -> dict[str, Any]:
        """As data: sums, questions with their answers, participants, what is not graded yet."""
        questions = [{**asdict(a), "left": a.left, "written": a.written} for a in self.asked]
        return {
            "left": self.left,
            "total": self.total,
            "questions": questions,
            "participants": [asdict(p) for p in self.people],
            "ungraded": [{"workspace_id": who, "module": slug} for who, slug in self.ungraded],
        }


def left(root: Path | None = None, only: str | None = None, *, look: bool = True) -> Marking:
    """What is left to mark in a course, or in one module of it; with `look`, also what is not graded yet.

    CourseError if the course was not built or lacks the module.
    """
    course = courses.open_course(root)
    record = course.record().module
    marks = {slug: tuple(record[slug].marks) for slug in courses.built_modules(course, only)}
    with gradebook.opened(course) as book:
        found = [i for i in items(book) if i.module in marks]
    asked = []
    for slug, names in marks.items():
        for question in written(names):
            own = [i for i in found if i.module == slug and i.question == question]
            asked.append(_asked(slug, question, names, own))
    places = course.submissions() if look else ()
    ungraded = tuple(p for p in places if p[1] in marks and not grading.current(course, *p))
    return Marking(tuple(asked), tuple(_people(marks, found)), ungraded)


def items(book: Book) -> list[Item]:
    """Every criterion of every submission in the gradebook, in one reading."""
    found = []
    for row in book.select(_READ):
        question, _, criterion = row.name.rpartition("__")
        state: State = "left" if row.needs else "blank" if row.mark is None else "read"
        changed = bool(row.needs and (row.earlier or "").startswith(CHANGED))
        found.append(Item(row.who, row.module, question, criterion, row.place, state, changed))
    return found


def written(marks: Iterable[str]) -> tuple[str, ...]:
    """The written questions (`<case>__<question>`) among a module's marks, in order."""
    return tuple(dict.fromkeys(name.rpartition("__")[0] for name in marks if name.count("__") == 2))


def path(marks: Iterable[str], item: Item) -> str:
    """Formgrader's address of one criterion, below the desk's: opened there, its field for the mark has the focus.

    Formgrader counts the fields one can tab to: the link onwards, two of an automatic mark, three of a criterion.
    """
    at = 1
    for name in marks:
        if name == item.grade_id:
            break
        at += 3 if name.count("__") == 2 else 2
    return f"formgrader/submissions/{item.place}/?index={at}#{item.grade_id}"


def turn(question: str, workspace_id: str) -> str:
    """Whose turn it is: an order of its own for each question, so that nobody is always read last."""
    return sha256(f"{question} {workspace_id}".encode()).hexdigest()


def following(asked: Asked, after: str) -> Answer | None:
    """The next answer with something unread after the submission `after`, round to the first; None if none is left."""
    turns = sorted(asked.answers, key=lambda a: turn(asked.question, a.workspace_id))
    here = next((n for n, a in enumerate(turns) if a.place == after), -1)
    return next((a for a in [*turns[here + 1 :], *turns[: here + 1]] if a.left), None)


def _asked(slug: str, name: str, marks: tuple[str, ...], found: list[Item]) -> Asked:
    case_slug, _, question_id = name.partition("__")
    case = load_case(case_slug)
    question = case.find(question_id)
    criteria = [m.rpartition("__")[2] for m in marks if m.startswith(f"{name}__")]
    answers = []
    for who in sorted({i.workspace_id for i in found}, key=lambda w: turn(name, w)):
        own = sorted((i for i in found if i.workspace_id == who), key=lambda i: criteria.index(i.criterion))
        unread = [i for i in own if i.state == "left"]
        changed, blank = any(i.changed for i in own), all(i.state == "blank" for i in own)
        first = path(marks, (unread or own)[0])
        answers.append(Answer(who, own[0].place, first, len(unread), len(own), changed, blank))
    answers.sort(key=lambda a: (not a.left, a.blank))
    labels = {c.id: c.label for c in question.criterion}
    return Asked(
        slug,
        name,
        case.title,
        question.prompt.replace("*", ""),
        tuple(answers),
        {c: sum(i.criterion == c and i.state == "left" for i in found) for c in criteria},
        {c: labels.get(c, c) for c in criteria},
    )


def _people(marks: Mapping[str, tuple[str, ...]], found: Iterable[Item]) -> list[Person]:
    by: dict[tuple[str, str], list[Item]] = {}
    for item in found:
        by.setdefault((item.module, item.workspace_id), []).append(item)
    people = []
    for (slug, who), own in by.items():
        own.sort(key=lambda i: marks[slug].index(i.grade_id))
        unread = [i for i in own if i.state == "left"]
        read = sum(i.state != "blank" for i in own)
        people.append(Person(who, slug, path(marks[slug], (unread or own)[0]), len(unread), read))
    modules = list(marks)
    return sorted(people, key=lambda p: (modules.index(p.module), not p.left, p.workspace_id))
