"""The course as it is taught: every worked answer of its keys through nbgrader, and no key text anywhere."""

from __future__ import annotations

import re

import pytest

from itguide import build, collect, feedback, gradebook, grading, submission
from itguide.answers import Sheet
from itguide.content import load_case, module_cases, syllabus
from itguide.course import open_course
from itguide.examples import Example, example_sheet, examples
from itguide.grading_notebook import leaks
from itguide.keys import grade_id, load_key
from itguide.scoring import score
from itguide.spec import scoring_digest

SCORED = [(m.slug, r.slug) for m in syllabus().module for r in m.case if load_case(r.slug).points]
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def sheets(module: str, worked: dict[str, Example], owner: str) -> list[Sheet]:
    digest = scoring_digest(*module_cases(module))
    made = (example_sheet(load_case(slug), example) for slug, example in worked.items())
    return [Sheet(s.case, syllabus().version, digest, owner, s.answers, s.rounds) for s in made]


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Every exemplar and sample of every scored case, handed in by a participant each, collected and graded."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("ITGUIDE_GRADING", "IPYTHONDIR"):  # the settings of a course change these
            patch.setenv(name, "")
            patch.delenv(name)
        root = tmp_path_factory.mktemp("course") / "course"
        build.build(root)
        people = {}
        for module in dict.fromkeys(m for m, _ in SCORED):
            cases = [c for m, c in SCORED if m == module]
            shelves = {c: [*examples(c, "exemplars"), *examples(c, "samples")] for c in cases}
            for n in range(max(len(s) for s in shelves.values())):
                owner = LETTERS[n % 26] * 24 + f"{LETTERS.index(module[0])}".zfill(2)
                worked = {c: s[n] for c, s in shelves.items() if n < len(s)}
                folder = root.parent / f"{module}_{n}"
                (folder / module / "answers").mkdir(parents=True)
                for sheet in sheets(module, worked, owner):
                    (folder / module / "answers" / f"{sheet.case}.json").write_bytes(sheet.as_json())
                submission.submit(module, folder, root.parent / "inbox")
                people[owner, module] = worked
        assert {c.status for c in collect.collect(root.parent / "inbox", root)} == {"accepted"}
        yield open_course(root), people, grading.grade(root, engine="fast")


def test_every_worked_answer_gets_its_points_through_nbgrader(graded):
    course, people, summary = graded
    assert [g.error for g in summary.submissions if g.error] == []
    assert len(summary.submissions) == len(people)
    for (owner, module), worked in people.items():
        marks = gradebook.marks(course, owner, module)
        for slug, example in worked.items():
            case, key = load_case(slug), load_key(slug)
            for question in score(case, key, example_sheet(case, example)).questions:
                if question.maximum:
                    assert marks[question.grade_id].automatic == pytest.approx(question.points), (slug, example.name)
            for question, points in example.expect.points.items():
                assert marks[grade_id(slug, question)].automatic == pytest.approx(points, abs=0.01), (
                    slug,
                    example.name,
                )


def test_answers_are_printed_with_only_the_tags_formgrader_lets_through(graded):
    from nbconvert.exporters import HTMLExporter

    from itguide.nbgrader_runner import Runner

    course, people, _ = graded
    config = Runner(course).config
    for owner, module in list(people)[:2]:
        path = course.notebook("autograded", module, owner)
        page, _ = HTMLExporter(config=config).from_filename(str(path))
        shown = re.findall(r"&lt;/?(\w+)", page)
        assert not {"div", "li", "ul", "ol", "strong", "em"} & set(shown)
        assert "not an answer" not in page
        assert "<strong>" in page


def test_no_key_text_in_release_or_feedback(graded):
    course, people, _ = graded
    pages = feedback.feedback(course.root)
    assert [p.error for p in pages if p.error] == []
    for module in dict.fromkeys(m for m, _ in SCORED):
        assert leaks(module, course.notebook("source", module).read_text())
        assert leaks(module, course.notebook("release", module).read_text()) == []
    for owner, module in people:
        page = (course.returned / owner / f"{module}.html").read_text(encoding="utf-8")
        assert leaks(module, page) == []
        links = set(re.findall(r'\bhref="([^"]*)"', page))
        assert all(link == "index.html" or link.startswith("#") for link in links), links
        assert not re.search(r"src=|<script|\b[a-z]+__[a-z]", page)


def test_every_key_has_its_proofs():
    from itguide import preflight

    assert preflight.problems() == []
