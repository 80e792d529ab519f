"""The export: every question and every criterion of a module as CSV and as an Excel workbook.

A participant is a code that leads nowhere unless names are asked for. No cell is a formula, whatever was written.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from itguide import course as courses
from itguide import grading, keys, manifest, marks_table
from itguide.answers import Sheet, write_whole
from itguide.content import module_cases
from itguide.course import Course
from itguide.desk_view import sheet_in
from itguide.errors import ItGuideError
from itguide.gradebook import Mark
from itguide.spec import CaseSpec, Question
from itguide.text import SOURCE, engine
from itguide.wording import worded

FOLDER = "exported"
LONGEST = 32_000  # Excel takes 32,767 characters in a cell, and what is longer it spills into the next rows
CUT = " … [cut]"
# What a spreadsheet may take for a formula, also behind spaces and marks that nobody sees.
_ACTIVE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]*[=+\-@＝＋－＠]|[\t\r\n]")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

Cell = str | float | None
Row = tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    """Rows under their columns."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Exported:
    """One module's files; `left_out` are sheets that could not be read: the workspace and the reason."""

    module: str
    files: tuple[str, ...]
    participants: int
    left_out: tuple[tuple[str, str], ...] = ()


def export(
    root: Path | None = None, only: str | None = None, to: Path | None = None, *, names: bool = False
) -> tuple[Exported, ...]:
    """Writes `<module>_questions.csv`, `<module>_criteria.csv` and `<module>.xlsx` for each module handed in."""
    course = courses.open_course(root)
    folder = to or course.root / FOLDER
    found = []
    for slug in courses.built_modules(course, only):
        if not only and not course.submissions(slug):
            continue
        courses.unchanged(course, slug)
        tables, people, left_out = _tables(course, slug, names)
        folder.mkdir(parents=True, exist_ok=True)
        files = [folder / f"{slug}_{t.name}.csv" for t in tables]
        for path, table in zip(files, tables, strict=True):
            write_whole(path, as_csv(table))
        book = folder / f"{slug}.xlsx"
        write_whole(book, as_xlsx(tables))
        found.append(Exported(slug, tuple(map(str, [*files, book])), people, left_out))
    return tuple(found)


def code(course: Course, student: str) -> str:
    """What stands for a participant: the same in every module of a course, another in every other course."""
    record = course.record()
    digests = sorted(frozen.scoring_digest for frozen in record.module.values())
    text = "\0".join(("export", record.content_version, record.cohort, *digests, student))
    return "P-" + base64.b32encode(hashlib.sha256(text.encode()).digest()).decode("ascii")[:10]


# ---- rows


def _tables(course: Course, slug: str, names: bool) -> tuple[list[Table], int, tuple[tuple[str, str], ...]]:
    known = courses.cohort(course.record().cohort) if names else {}
    cases = [(c, keys.load_key(c.slug)) for c in module_cases(slug)]
    marks = marks_table.marks(course, slug)
    questions: list[Row] = []
    criteria: list[Row] = []
    left_out: list[tuple[str, str]] = []
    students = sorted((code(course, s), s) for s, _ in course.submissions(slug))  # their order says nothing either
    for pseudonym, student in students:
        who = (pseudonym, known.get(student, ""), student) if names else (pseudonym,)
        folder = course.root / "submitted" / student / slug
        given = marks.get(student, {})
        fresh = bool(given) and grading.current(course, student, slug)
        for case, key in cases:
            try:
                handed = manifest.parse((folder / "manifest.json").read_bytes())
                sheet = sheet_in(folder, case)
            except (ItGuideError, OSError) as error:
                left_out.append((student, str(error)))
                continue
            start = (*who, slug, float(handed.sequence))
            questions += _questions(start, case, key, sheet, given, fresh)
            criteria += _criteria(start, case, key, sheet, given, fresh)
    who_columns = ("participant", "name", "workspace") if names else ("participant",)
    shared = (*who_columns, "module", "hand_in", "case", "question", "prompt")
    of_questions = (*shared, "phase", "kind", "rounds", "answer", "points", "of", "state")
    of_criteria = (*shared, "criterion", "label", "answer", "points", "of", "state", "comment")
    tables = [Table("questions", of_questions, tuple(questions)), Table("criteria", of_criteria, tuple(criteria))]
    return tables, len(students), tuple(left_out)


def _questions(start: Row, case: CaseSpec, key: keys.Key, sheet: Sheet, given: Mapping[str, Mark],
               fresh: bool) -> Iterator[Row]:  # fmt: skip
    """A row for every question that is handed in, with its automatic points where it has any."""
    for question in case.question:
        if question.phase == "own" or question.kind == "inject":
            continue
        value = counted(question, sheet)
        of = key.automatic(question.id)
        mark = given.get(keys.grade_id(case.slug, question.id)) if of else None
        yield (*start, case.slug, question.id, _plain(question.prompt), question.phase, question.kind,
               float(len(sheet.rounds)), told(question, value), None if mark is None else mark.points,
               float(of) if of else None, _state(mark, value, fresh) if of else "not scored")  # fmt: skip


def _criteria(start: Row, case: CaseSpec, key: keys.Key, sheet: Sheet, given: Mapping[str, Mark],
              fresh: bool) -> Iterator[Row]:  # fmt: skip
    """A row for every criterion of every written answer."""
    for question in case.question:
        labels = {c.id: c.label for c in question.criterion}
        value = counted(question, sheet)
        for criterion in key.criteria(question.id):
            mark = given.get(keys.grade_id(case.slug, question.id, criterion.id))
            to_mark = mark is not None and mark.to_mark
            yield (*start, case.slug, question.id, _plain(question.prompt), criterion.id, labels[criterion.id],
                   told(question, value), None if mark is None or to_mark else mark.points, float(criterion.points),
                   _state(mark, value, fresh), "" if mark is None else mark.comment)  # fmt: skip


def counted(question: Question, sheet: Sheet) -> Any:
    """The answer that counts for a question: of the scored round, of the first prediction, or of the sheet."""
    rounds = sheet.rounds
    if question.phase in {"declare", "decide"}:
        return rounds[0 if question.scored_round == "first" else -1].decision.get(question.id) if rounds else None
    if question.phase == "predict" and rounds:
        return rounds[0].prediction.get(question.id)
    return sheet.value(question.id)


def told(question: Question, value: Any) -> str:
    """An answer in words, on lines of its own where it has several parts."""
    lines = []
    for group in worded(question, value, engine(SOURCE)):
        items = "; ".join(group.items) if group.form == "list" else "\n".join(group.items)
        if group.form == "ranking":
            items = "; ".join(f"{n}. {item}" for n, item in enumerate(group.items, start=1))
        lines.append(f"{group.title}: {items}" if group.title else items)
    return "\n".join(lines)


def _state(mark: Mark | None, value: Any, fresh: bool) -> str:
    if mark is None:
        return "not graded"
    if mark.to_mark:
        return "to mark"
    blank = value in (None, "", [], {}) or (isinstance(value, str) and not value.strip())
    state = "blank" if blank else "marked" if mark.manual is not None else "computed"
    return state if fresh else f"{state}, before the last change"


def _plain(prompt: str) -> str:
    return prompt.replace("*", "")


# ---- cells


def harmless(text: str) -> str:
    """The text without what no cell may hold, one kind of line end, and no longer than a cell takes."""
    plain = _ILLEGAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return plain if len(plain) <= LONGEST else plain[: LONGEST - len(CUT)] + CUT


def guarded(text: str) -> str:
    """The text as a CSV file may hold it: with an apostrophe ahead where a spreadsheet would begin to reckon."""
    plain = harmless(text)
    # What was taken out in front must not have hidden anything; what it was written with is looked at, too.
    return f"'{plain}" if _ACTIVE.match(plain) or _ACTIVE.match(text) else plain


def as_csv(table: Table) -> bytes:
    """A table by RFC 4180: every text in quotes, lines ending in CR LF; UTF-8 with its mark, which Excel asks for."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerow(table.columns)
    for row in table.rows:
        writer.writerow(["" if c is None else guarded(c) if isinstance(c, str) else _number(c) for c in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def _number(value: float) -> float | int:
    return int(value) if float(value).is_integer() else round(value, 4)


def as_xlsx(tables: Sequence[Table]) -> bytes:
    """The tables as a workbook, a sheet each; every text is of the type text and marked as quoted."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    head, wrapped = Font(bold=True), Alignment(vertical="top", wrap_text=True)
    for table in tables:
        sheet = book.create_sheet(table.name)
        sheet.freeze_panes = "A2"
        for n, column in enumerate(table.columns, start=1):
            sheet.column_dimensions[get_column_letter(n)].width = _WIDTHS.get(column, 14)

        def cell(value: Cell, sheet: Any = sheet, **style: Any) -> Any:
            made = WriteOnlyCell(
                sheet, value="" if value is None else _number(value) if not isinstance(value, str) else None
            )
            if isinstance(value, str):
                made.value = harmless(value)
                made.data_type = "s"  # the library would take a text that begins with "=" for a formula
                made.quotePrefix = bool(_ACTIVE.match(value))
            elif value is None:
                return None
            for name, what in style.items():
                setattr(made, name, what)
            return made

        sheet.append([cell(name, font=head) for name in table.columns])
        long = {table.columns.index(c) for c in ("prompt", "answer", "comment") if c in table.columns}
        for row in table.rows:
            sheet.append([cell(v, alignment=wrapped) if n in long and v else cell(v) for n, v in enumerate(row)])
        if table.rows:
            sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.columns))}{len(table.rows) + 1}"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


_WIDTHS = {
    "answer": 60,
    "prompt": 50,
    "comment": 50,
    "label": 28,
    "name": 24,
    "workspace": 30,
    "question": 20,
    "case": 22,
}
