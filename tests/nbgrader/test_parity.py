"""Fast grading against nbgrader's own: random answers of every module, row by row and page by page."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing

import pytest

from itguide import build, gradebook, grading
from itguide.content import module_cases, syllabus
from itguide.course import Course, open_course
from itguide.nbgrader_runner import Runner
from random_cohort import fill

MODULES = [m.slug for m in syllabus().module if any(c.points for c in module_cases(m.slug))]
COHORT = 4
ROWS = """
SELECT student.id, assignment.name, base_cell.name, grade.auto_score, grade.manual_score, grade.extra_credit,
       grade.needs_manual_grade, comment.auto_comment, comment.manual_comment, submitted_assignment.timestamp,
       submitted_notebook.late_submission_penalty
FROM grade JOIN base_cell ON base_cell.id = grade.cell_id
JOIN submitted_notebook ON submitted_notebook.id = grade.notebook_id
JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
JOIN assignment ON assignment.id = submitted_assignment.assignment_id
JOIN student ON student.id = submitted_assignment.student_id
LEFT JOIN comment ON comment.notebook_id = submitted_notebook.id AND comment.cell_id = grade.cell_id
ORDER BY student.id, assignment.name, base_cell.name
"""


def rows(course: Course) -> list[tuple]:
    with closing(sqlite3.connect(course.database)) as book:
        return book.execute(ROWS).fetchall()


def pages(course: Course) -> dict[str, dict]:
    """Every autograded notebook as formgrader reads it."""
    return {
        f"{student}/{module}": json.loads(course.notebook("autograded", module, student).read_text(encoding="utf-8"))
        for module in MODULES
        for student, _ in course.submissions(module)
    }


def untimed(cell: dict) -> dict:
    """A cell's metadata without the times at which a kernel ran it."""
    return {k: v for k, v in cell["metadata"].items() if k != "execution"}


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """The same random cohort in two courses, graded by nbgrader's pipelines in one and by ours in the other."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("ITGUIDE_GRADING", "IPYTHONDIR"):
            patch.setenv(name, "")
            patch.delenv(name)
        folder = tmp_path_factory.mktemp("courses")
        theirs, ours = (open_course(build.build(folder / name).course) for name in ("theirs", "ours"))
        for module in MODULES:
            fill(theirs, module, COHORT, seed=7)
        shutil.copytree(theirs.root / "submitted", ours.root / "submitted")
        for n, (student, module) in enumerate(theirs.submissions()):
            # The kernel is nbgrader's own for one submission of each module; for the rest its pipelines are enough.
            Runner(theirs, kernels=n < len(MODULES)).autograde(module, student)
        summary = grading.grade(ours.root, processes=2)
        assert [g.error for g in summary.submissions if g.error] == []
        yield theirs, ours


def test_every_row_is_the_one_nbgrader_writes(both):
    theirs, ours = both
    expected = rows(theirs)
    assert len({r[0] for r in expected}) >= COHORT
    assert any(r[6] for r in expected), "nothing needs a reader: the cohort wrote nothing"
    assert any(r[3] not in (None, 0) for r in expected)
    assert rows(ours) == expected


def test_every_page_is_the_one_nbgrader_writes(both):
    theirs, ours = both
    expected = pages(theirs)
    for name, page in pages(ours).items():
        assert [c["source"] for c in page["cells"]] == [c["source"] for c in expected[name]["cells"]]
        assert [untimed(c) for c in page["cells"]] == [untimed(c) for c in expected[name]["cells"]]
        for cell, other in zip(page["cells"], expected[name]["cells"], strict=True):
            if cell["cell_type"] == "code":
                [shown], [theirs_shown] = cell["outputs"], other["outputs"]
                html = shown["data"].get("text/html")
                assert html == theirs_shown["data"].get("text/html")
                assert html or shown["data"] == theirs_shown["data"]


def test_a_second_run_changes_nothing(both):
    _, ours = both
    before, seen = rows(ours), pages(ours)
    assert [g.error for g in grading.grade(ours.root, again=True).submissions if g.error] == []
    assert rows(ours) == before
    assert pages(ours) == seen


def test_marks_given_by_a_person_survive_both_ways(both):
    """Marked in one, graded again by the other engine: mark and comment are kept, in either direction."""
    _, ours = both
    student, module = next(
        (s, m) for s, m in ours.submissions() if any(k.to_mark for k in gradebook.marks(ours, s, m).values())
    )
    name = next(k.grade_id for k in gradebook.marks(ours, student, module).values() if k.to_mark)
    with gradebook._open(gradebook._url(ours)) as book:
        book.find_grade(name, module, module, student).manual_score = 1
        book.find_grade(name, module, module, student).needs_manual_grade = False
        book.find_comment(name, module, module, student).manual_comment = "Seen."
        book.db.commit()
    kept = gradebook.marks(ours, student, module)[name]
    for grade_again in (lambda: Runner(ours, kernels=False).autograde(module, student),
                        lambda: grading.grade(ours.root, module, again=True)):  # fmt: skip
        grade_again()
        after = gradebook.marks(ours, student, module)[name]
        assert (after.manual, after.comment, after.to_mark) == (kept.manual, kept.comment, False)
