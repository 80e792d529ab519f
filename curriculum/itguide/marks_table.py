"""All marks of a module at once, read straight from the gradebook's tables: for reports and exports of many.

The same marks as `gradebook.Book.marks` gives for each submission, without nbgrader and without a query for each.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing

from itguide.course import Course
from itguide.errors import CourseError
from itguide.gradebook import Mark

_ROWS = """
SELECT hand_in.student_id, cell.name, COALESCE(graded.max_score, task.max_score), grade.auto_score,
       grade.manual_score, grade.needs_manual_grade, comment.manual_comment
FROM grade
JOIN submitted_notebook AS paper ON paper.id = grade.notebook_id
JOIN notebook ON notebook.id = paper.notebook_id
JOIN submitted_assignment AS hand_in ON hand_in.id = paper.assignment_id
JOIN assignment ON assignment.id = hand_in.assignment_id
JOIN base_cell AS cell ON cell.id = grade.cell_id
LEFT JOIN grade_cells AS graded ON graded.id = cell.id
LEFT JOIN task_cells AS task ON task.id = cell.id
LEFT JOIN comment ON comment.notebook_id = grade.notebook_id AND comment.cell_id = grade.cell_id
WHERE assignment.name = ? AND notebook.name = assignment.name
"""
PATIENCE = 30.0  # seconds a writer is waited for


def marks(course: Course, module: str) -> dict[str, dict[str, Mark]]:
    """By student, then by grade id in the module's order; empty where nothing was graded. CourseError if unreadable."""
    if not course.database.is_file():
        return {}
    frozen = course.record().module.get(module)
    order = {name: n for n, name in enumerate(frozen.marks if frozen else ())}
    found: dict[str, dict[str, Mark]] = {}
    try:
        uri = f"{course.database.resolve().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True, timeout=PATIENCE)) as database:
            for student, name, most, automatic, manual, to_mark, comment in database.execute(_ROWS, (module,)):
                mark = Mark(name, float(most), automatic, manual, bool(to_mark), comment or "")
                found.setdefault(student, {})[name] = mark
    except sqlite3.Error as error:
        raise CourseError(
            f"The gradebook {course.database.name} could not be read ({error}). Close what is writing to it and run "
            "the command again; if it is damaged, put back a copy and run 'itguide grade'."
        ) from None
    return {s: dict(sorted(rows.items(), key=lambda kv: order.get(kv[0], len(order)))) for s, rows in found.items()}
