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
        "Names the cost Holds with conditions",
        "The reader’s comment: Say &lt;who&gt; pays, too.", "Plain words Not read yet",
        "Others met silt .", "Others met tides .", "Hand-in no. 1, receipt",
        "What two strong answers considered", "Dredge, and say who pays The mud", "Wait for the tide The tide",
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


def test_one_folder_to_hand_over_with_an_index_and_no_name_of_the_folder_in_it(page, room):
    page()
    folder = room.course.returned / small.who("a")
    assert sorted(p.name for p in folder.iterdir()) == ["harbour.html", "index.html"]
    index = (folder / "index.html").read_text()
    assert 'href="harbour.html"' in index
    assert 'href="harbour.html#berths"' in index
    assert 'href="index.html"' in (folder / "harbour.html").read_text()
    said = text(index)
    for part in ("A small course", "The harbour", "One decision about berths.", "Who calls first", "Three berths",
                 "One criterion of what you wrote is not read yet."):  # fmt: skip
        assert part in said, part
    for canary in ("KEY-", "PRIVATE-CANARY", "<script", small.who("a"), "http:", "https:"):
        assert canary not in index, canary
    room.mark("a", "plain", 1)
    feedback.feedback(room.course.root)
    assert "not read yet" not in (folder / "index.html").read_text()


def test_the_index_says_that_a_newer_hand_in_waits(page, room):
    page()
    room.hand_in("a", small.FAST, "A later one.")
    room.collect()
    assert feedback.feedback(room.course.root)[0].error
    assert "handed this in again since" in (room.course.returned / small.who("a") / "index.html").read_text()


def test_no_points_anywhere_and_each_mark_in_the_three_words(page, room):
    whole = page()
    assert "1 of 2" not in text(whole)
    for points, words in ((2, "Holds"), (0.5, "Holds with conditions"), (0, "Would not survive the first audit")):
        room.mark("a", "cost", points, "Seen.")
        feedback.feedback(room.course.root)
        said = text((room.course.returned / small.who("a") / "harbour.html").read_text())
        assert f"Names the cost {words} Says who pays. The reader’s comment: Seen." in said


def test_what_others_considered_is_shown_to_those_who_decided_only(room):
    room.hand_in("b", answers={"guess": 3})  # handed in without a decision
    room.collect()
    room.grade()
    assert "considered" not in text(feedback.render(room.course, small.who("b"), "harbour"))


def test_it_prints_with_a_running_head_and_page_numbers_whatever_the_name(room):
    room.hand_in("p", small.FAST)
    room.collect()
    room.grade()
    printed = feedback.render(room.course, small.who("p"), "harbour", 'O"Neill} </style><script>')
    assert "counter(page)" in printed
    assert '@top-left { content: "A small course \\b7  The harbour" }' in printed
    assert "<script" not in printed
    assert printed.count("</style>") == 1


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
    assert not [p.error for p in feedback.feedback(room.course.root) if p.error]
    said = " ".join(text((room.course.returned / owner / name).read_text()) for name in ("index.html", "harbour.html"))
    left = set(re.findall(r"[A-Za-z]{4,}", said)) - {"Three", "ships", "wait"}  # the headline of the time is as it was
    ours = {"your", "feedback", "dredge", "holds", "named", "round", "decided", "berths", "considered", "defended",
            "tide", "modules", "network", "criteria"}  # fmt: skip
    assert not {w for w in left if w.lower() in ours}
