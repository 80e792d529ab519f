"""Feedback: what a participant reads, and what they never do."""

from __future__ import annotations

import re

import pytest

import small_course as small
from itguide import build, feedback, grading_notebook
from itguide.cli import main


@pytest.fixture
def page(room):
    """The page of a good answer whose essay was read."""

    def make(**answers) -> str:
        room.hand_in("a", {**small.FAST, **answers}, small.MINISTER + "\n<script>alert(1)</script>")
        room.collect()
        room.grade()
        room.mark("a", "cost", 1, "Say <who> pays, too.")
        assert not [p.error for p in feedback.feedback(room.course.root) if p.error]
        return (room.course.returned / small.who("a") / "harbour.html").read_text()

    return make


def text(page: str) -> str:
    body = page.partition("<body>")[2]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", body))


def test_decisions_in_words_what_followed_verdicts_marks_and_comments(page):
    said = text(page(aim="fairness", order={"food": "last", "cars": "first", "cruise": "last"}))
    for part in (
        "Do you dredge? Dredge now", "First Car carriers", "Three ships wait.", "Holds Sound The harbour stays open.",
        "Holds with conditions In line with your aim It half serves it.",
        "Would not survive the first audit Needs first Food waits.", "7 ships", "The port pays for it",
        "Names the cost 1 of 2", "The reader’s comment: Say &lt;who&gt; pays, too.", "Plain words Not read yet",
        "Others met silt .", "Others met tides .", "Hand-in no. 1, receipt",
    ):  # fmt: skip
        assert part in said, part


def test_no_points_no_ids_no_key_and_nothing_that_runs(page):
    whole = page()
    assert grading_notebook.leaks("harbour", whole) == []
    for canary in (
        "KEY-",
        "PRIVATE-CANARY",
        "<script",
        "berths__",
        "itguide.",
        small.who("a"),
        "10 of 10",
        "6 of 6",
        "http:",
        "https:",
    ):
        assert canary not in whole, canary
    assert "&lt;script&gt;" in whole
    assert "default-src 'none'" in whole


def test_a_reader_may_quote_the_bank_but_the_page_may_not(page, room, monkeypatch):
    page()
    room.mark("a", "plain", 1, "KEY-BANK says who pays, which a minister asks first")
    assert not feedback.feedback(room.course.root)[0].error
    room.mark("a", "plain", 1, "Fine.")
    monkeypatch.setattr(feedback, "_told", lambda q, v, s: {"prompt": "KEY-CANARY names no cost at all", "groups": ()})
    before = (room.course.returned / small.who("a") / "harbour.html").read_bytes()
    assert "would have shown key text" in feedback.feedback(room.course.root)[0].error
    assert (room.course.returned / small.who("a") / "harbour.html").read_bytes() == before


def test_feedback_waits_for_grading_and_one_does_not_stop_another(room, capsys):
    room.hand_in("a", small.FAST, "One.")
    room.hand_in("b", answers={"guess": 3})  # handed in without a decision
    room.collect()
    room.grade()
    room.hand_in("a", small.FAST, "Two.")
    room.collect()
    capsys.readouterr()
    assert main(["feedback", "--course", str(room.course.root)]) == 1
    out = capsys.readouterr()
    assert "run 'itguide grade' first" in out.err
    assert "harbour.html" in out.out
    assert (room.course.returned / small.who("b")).exists()
    assert not (room.course.returned / small.who("a")).exists()


def test_a_blank_essay_reads_as_blank_and_an_unopened_case_is_said(room):
    build.build(room.course.root, cohort="room")
    room.hand_in("p", small.FAST)
    room.collect()
    room.grade()
    said = text(feedback.render(room.course, small.who("p"), "harbour", "Table 7"))
    assert "Names the cost Left blank" in said
    assert "Not answered" in said
    assert "Who calls first Two calls wait. Nothing of this case was handed in." in said
    assert "For Table 7" in said


def test_every_engine_word_of_the_page_is_from_the_catalogue(room):
    """In the pseudo-locale nothing of the engine's or the case's words stays as it was."""
    from itguide import submission

    owner = small.who("a")
    folder = small.workspace(room.tmp_path / "a", owner, small.sheet(owner, small.FAST, {"minister": "12345"}))
    submission.submit("harbour", folder, room.inbox, lang="qps")
    room.collect()
    room.grade()
    said = text(feedback.render(room.course, owner, "harbour"))
    left = set(re.findall(r"[A-Za-z]{4,}", said)) - {"Three", "ships", "wait"}  # the headline of the time is as it was
    assert not {
        w for w in left if w.lower() in {"your", "feedback", "dredge", "holds", "named", "round", "decided", "berths"}
    }
