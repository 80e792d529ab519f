"""Marks and the answers they were given for: a table beside nbgrader's own, in the same database.

A mark belongs to the fingerprint of the answer it was given for: the same text keeps mark and comment, a changed text
is to be marked again and the earlier mark becomes history, a blank earns 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

TABLE = """CREATE TABLE IF NOT EXISTS itguide_mark (
    student TEXT NOT NULL, assignment TEXT NOT NULL, cell TEXT NOT NULL, fingerprint TEXT NOT NULL,
    shown INTEGER NOT NULL, mark REAL, extra REAL, comment TEXT, at TEXT NOT NULL,
    PRIMARY KEY (student, assignment, cell, fingerprint))"""
BLANK = ""
CHANGED = "The text has changed since it was marked"


def statement(text: str) -> Any:
    """SQL as the database layer takes it."""
    from sqlalchemy import text as prepared

    return prepared(text)


def rows_of(db: Any, notebook: Any) -> tuple[list[Any], dict[str, Any]]:
    """The grades of a submitted notebook and its comments by grade id, in two questions to the database."""
    from nbgrader.api import Comment, Grade
    from sqlalchemy.orm import joinedload

    def asked(kind: Any) -> list[Any]:
        found = db.query(kind).options(joinedload(kind.cell)).filter(kind.notebook_id == notebook.id)
        return list(found)

    return asked(Grade), {c.name: c for c in asked(Comment)}


@dataclass(frozen=True)
class Given:
    """A mark on record for one wording of an answer."""

    mark: float | None = None
    extra: float | None = None
    comment: str | None = None
    shown: bool = False
    at: str = ""


def keep_all(db: Any, notebook: Any, place: tuple[str, str], prints: Mapping[str, str]) -> None:
    """Puts every mark with the answer it was given for; see `gradebook.keep_marks`."""
    keys = dict(zip(("s", "m"), place, strict=True))
    on_record: dict[str, dict[str, Given]] = {}
    fields = "cell, fingerprint, shown, mark, extra, comment, at"
    for row in db.execute(statement(f"SELECT {fields} FROM itguide_mark WHERE student=:s AND assignment=:m"), keys):
        given = Given(row.mark, row.extra, row.comment, bool(row.shown), row.at)
        on_record.setdefault(row.cell, {})[row.fingerprint] = given
    grades, comments = rows_of(db, notebook)
    fresh: list[dict[str, Any]] = []
    with db.no_autoflush:
        for grade in grades:
            kept = _keep(grade, comments.get(grade.name), on_record.get(grade.name, {}), prints[grade.name])
            fresh += [
                {**keys, "c": grade.name, "f": f, "shown": int(g.shown), "mark": g.mark, "extra": g.extra,
                 "comment": g.comment, "at": g.at}
                for f, g in kept.items()
            ]  # fmt: skip
        if fresh:
            fields = ":s, :m, :c, :f, :shown, :mark, :extra, :comment, :at"
            db.execute(statement(f"INSERT OR REPLACE INTO itguide_mark VALUES ({fields})"), fresh)


def _keep(grade: Any, comment: Any, rows: Mapping[str, Given], fingerprint: str) -> dict[str, Given]:
    """Sets one grade and its comment to what belongs to this wording; returns the rows that change."""
    shown = next((name for name, given in rows.items() if given.shown), fingerprint)
    now = datetime.now(UTC).isoformat()
    said = comment.manual_comment if comment else None
    changed = {shown: Given(grade.manual_score, grade.extra_credit, said, shown == fingerprint, now)}
    if shown != fingerprint:
        back = rows.get(fingerprint, Given())  # the text may be back at an earlier wording: so is its mark
        changed[fingerprint] = replace(back, shown=True, at=now)
        grade.manual_score, grade.extra_credit = back.mark, back.extra
        if comment:
            comment.manual_comment = back.comment
    written = grade.name.count("__") == 2
    if written:
        grade.auto_score = 0.0 if fingerprint == BLANK else None
    grade.needs_manual_grade = written and grade.manual_score is None and fingerprint != BLANK
    if comment:
        others = [g for name, g in {**rows, **changed}.items() if name != fingerprint and g.mark is not None]
        history = max(others, key=lambda g: g.at, default=None) if grade.needs_manual_grade else None
        comment.auto_comment = None if history is None else _told(history, grade.max_score)
    return changed


def _told(history: Given, maximum: float) -> str:
    words = f" Comment then: {history.comment}" if history.comment else ""
    return f"{CHANGED}: {history.mark:g} of {maximum:g} then.{words}"
