"""The cohort report and the export of a real course: what stands in them, and who does not."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest

import small_course as small
from itguide import export, gradebook, marks_table, report
from itguide.answers import Sheet
from itguide.cli import main
from itguide.pseudo import PSEUDO

LETTERS = "abcdefghijkl"
WRITTEN = "PARTICIPANT-CANARY: we dredge now, and the port pays."


@pytest.fixture
def crowded(room):
    """Twelve participants, graded; two took the rarer way, one of them wrote hostile words."""
    for n, letter in enumerate(LETTERS):
        decision = {**small.FAST}
        if n >= 10:
            decision |= {"dredge": "later", "aim": "fairness"}
        elif n >= 5:
            decision |= {"order": {"food": "last", "cars": "first", "cruise": "last"}}
        room.hand_in(letter, decision, f"=1+1 {WRITTEN}" if n == 3 else WRITTEN)
    room.collect()
    room.grade()
    room.mark("a", "cost", 2, "+Good\x00, says who.")
    return room


def page(room, **how) -> str:
    [one] = report.report(room.course.root, **how)
    return Path(one.file).read_text(encoding="utf-8")


def text(whole: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", whole.partition("<body>")[2]))


def rows(path: str) -> list[dict[str, str]]:
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_what_was_decided_how_it_held_and_what_to_talk_about(crowded):
    said = text(page(crowded))
    for part in (
        "handed in 12 of 12", "12 answered", "written criteria read 1 of 24", "85% chose: Dredge now",
        "The commonest mistake", "Food waits.", "Would not survive the first audit: 40%",
        "How the decisions held", "Needs first", "How the questions worked", "From 12 sheets.",
        "Chosen by nobody: Do not dredge.",
    ):  # fmt: skip
        assert part in said, part


def test_nobody_is_known_by_it_and_nothing_runs_in_it(crowded):
    whole = page(crowded)
    body = whole.partition("<body>")[2]
    for canary in (
        "PARTICIPANT-CANARY",
        "PRIVATE-CANARY",
        "KEY-",
        "<script",
        "http:",
        "https:",
        *map(small.who, LETTERS),
    ):
        assert canary not in body.replace("http://www.w3.org/2000/svg", ""), canary
    assert "default-src 'none'" in whole
    assert "font/woff2;base64" in whole or "@font-face" not in whole
    assert "Dredge later fewer than five" in text(whole)


def test_fewer_than_five_see_only_that_they_are_few(room):
    for letter in "abc":
        room.hand_in(letter, small.FAST)
    room.collect()
    said = text(page(room))
    assert "3 participants have handed in. From five on" in said
    assert "Dredge now" not in said


def test_one_participant_and_a_module_nobody_handed_in(room, capsys):
    assert report.report(room.course.root) == ()
    assert "Nobody has handed in this module yet" in text(page(room, only="harbour"))
    assert main(["report", "--course", str(room.course.root)]) == 1
    assert "Nothing has been handed in yet" in capsys.readouterr().err
    room.hand_in("a", small.FAST)
    room.collect()
    assert "1 participant" not in (said := text(page(room)))
    assert "One participant has handed in." in said


def test_a_damaged_sheet_is_left_out_and_named_only_to_the_instructor(crowded, capsys):
    crowded.installed("b").write_bytes(b'{"schema": 1')
    assert main(["report", "--course", str(crowded.course.root), "--json"]) == 1
    [told] = json.loads(capsys.readouterr().out)
    assert [student for student, _ in told["damaged"]] == [small.who("b")]
    said = text(page(crowded))
    assert "One answer sheet could not be read" in said
    assert "11 answered" in said
    assert main(["export", "harbour", "--course", str(crowded.course.root)]) == 1
    assert "bbbbbb harbour: left out: berths.json" in capsys.readouterr().err


def test_it_works_before_grading(room):
    for letter in LETTERS[:6]:
        room.hand_in(letter, small.FAST, WRITTEN)
    room.collect()
    said = text(page(room))
    assert "“Dredge now”" not in said
    assert "everybody" in said
    assert "criteria read" not in said
    [done] = export.export(room.course.root)
    assert {r["state"] for r in rows(done.files[1])} == {"not graded"}


def test_another_language(crowded):
    assert "Cohort report" in text(page(crowded, lang="xx"))
    assert "What was decided" not in text(page(crowded, lang=PSEUDO))


def test_the_marks_read_at_once_are_those_of_the_gradebook(crowded):
    at_once = marks_table.marks(crowded.course, "harbour")
    with gradebook.opened(crowded.course) as book:
        for letter in LETTERS:
            one = book.marks(small.who(letter), "harbour")
            assert at_once[small.who(letter)] == one
            assert list(at_once[small.who(letter)]) == list(one)


def test_a_broken_gradebook_is_told_plainly(crowded, capsys):
    crowded.course.database.write_bytes(b"not a database at all" * 100)
    assert main(["report", "--course", str(crowded.course.root)]) == 1
    assert "could not be read" in capsys.readouterr().err


def test_the_export_has_every_question_and_criterion_and_no_names(crowded):
    [done] = export.export(crowded.course.root)
    questions, criteria = rows(done.files[0]), rows(done.files[1])
    assert len(questions) == 12 * 6  # greeting; guess, aim, dredge, order, minister; nothing private
    assert len(criteria) == 12 * 2
    assert len({r["participant"] for r in questions}) == 12
    everything = b"".join(Path(f).read_bytes() for f in done.files)
    assert not any(small.who(letter).encode() in everything for letter in LETTERS)
    assert b"Table" not in everything
    assert b"PRIVATE-CANARY" not in everything
    marks = gradebook.marks(crowded.course, small.who("a"), "harbour")
    [cost] = [r for r in criteria if r["state"] == "marked"]
    assert (cost["points"], cost["of"], cost["comment"]) == ("2", "2", "'+Good, says who.")
    total = sum(float(r["points"]) for r in questions if r["participant"] == cost["participant"] and r["points"])
    assert total == sum(m.automatic for m in marks.values() if not m.written)
    [hostile] = [r for r in questions if "1+1" in r["answer"]]
    assert hostile["answer"].startswith("'=1+1")


def test_the_workbook_holds_the_same_as_text_and_numbers(crowded):
    from openpyxl import load_workbook

    [done] = export.export(crowded.course.root)
    book = load_workbook(done.files[2])
    assert book.sheetnames == ["questions", "criteria"]
    cells = [c for sheet in book for row in sheet.iter_rows() for c in row]
    assert all(c.data_type in {"s", "inlineStr", "n"} for c in cells)
    assert any(str(c.value).startswith("=1+1") for c in cells)
    assert [len(list(book["questions"].rows)), len(list(book["criteria"].rows))] == [73, 25]


def test_names_only_when_asked_for(crowded, capsys):
    course = crowded.course
    record = course.record()
    cohort = course.root.parent / "cohorts" / "hostile.toml"
    cohort.write_text(
        f'[participant.{small.who("a")}]\nname = "=cmd|Anna"\n[participant.{small.who("z")}]\nname = "Zoe"\n'
    )
    try:
        config = course.root / "course.toml"
        config.write_text(config.read_text().replace(f'cohort = "{record.cohort}"', 'cohort = "hostile"'))
        assert main(["export", "harbour", "--course", str(course.root), "--names", "--json"]) == 0
        [told] = json.loads(capsys.readouterr().out)
        found = rows(told["files"][0])
        assert {r["name"] for r in found if r["workspace"] == small.who("a")} == {"'=cmd|Anna"}
        assert "Anna" not in page(crowded)
        assert "handed in 12 of 13" in text(page(crowded))  # Zoe is in the cohort and has not handed in
        [plain] = export.export(course.root)
        assert b"Anna" not in b"".join(Path(f).read_bytes() for f in plain.files)
    finally:
        cohort.unlink()


def test_the_code_of_a_participant_is_stable_and_not_the_workspace(crowded):
    codes = [export.code(crowded.course, small.who(letter)) for letter in LETTERS]
    assert len(set(codes)) == 12
    assert codes == [export.code(crowded.course, small.who(letter)) for letter in LETTERS]
    assert all(re.fullmatch(r"P-[A-Z2-7]{10}", c) for c in codes)


def test_a_random_cohort_is_what_collect_would_have_put_there(course):
    import random_cohort
    from itguide.answers import read_sheet
    from itguide.content import load_case

    owners = random_cohort.fill(course, "harbour", 8, 3)
    assert [s for s, _ in course.submissions("harbour")] == sorted(owners)
    for owner in owners:
        sheet: Sheet = read_sheet(course.root / "submitted" / owner / "harbour" / "answers" / "berths.json", "berths")
        assert sheet == random_cohort.random_sheet(
            load_case("berths"), f"3.{owners.index(owner)}", owner, sheet.scoring_digest
        )
    [one] = report.report(course.root)
    assert (one.handed_in, one.damaged) == (8, ())
