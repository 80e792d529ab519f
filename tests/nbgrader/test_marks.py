"""A reader's mark belongs to the text it was given for."""

from __future__ import annotations

import small_course as small
from itguide import gradebook

COST = "berths__minister__cost"


def test_marks_follow_their_text_through_every_hand_in(room):
    room.hand_in("a", small.FAST, small.MINISTER)
    room.collect()
    room.grade()
    room.mark("a", "cost", 1, "Who bears it?")

    room.grade(again=True)  # nothing has changed
    kept = room.marks("a")[COST]
    assert (kept.manual, kept.comment, kept.to_mark) == (1, "Who bears it?", False)

    same = f"  {small.MINISTER.replace(' ', '  ')}\n"  # the same wording, other spaces: still the same text
    room.hand_in("a", {**small.FAST, "dredge": "later"}, same)
    room.collect()
    room.grade()
    assert room.marks("a")[COST] == kept
    assert room.marks("a")["berths__dredge"].points == 3.5

    room.hand_in("a", small.FAST, "Other words.")
    room.collect()
    graded = room.grade()["a"]
    changed = room.marks("a")[COST]
    assert (changed.manual, changed.comment, changed.to_mark) == (None, "", True)
    assert graded.marked_before == (COST,)
    with gradebook._open(gradebook._url(room.course)) as book:
        told = book.find_comment(COST, "harbour", "harbour", small.who("a")).auto_comment
    assert told == "The text has changed since it was marked: 1 of 2 then. Comment then: Who bears it?"

    room.hand_in("a", small.FAST)  # blank
    room.collect()
    graded = room.grade()["a"]
    assert (graded.to_mark, graded.marked, room.marks("a")[COST].points) == (0, 0, 0)  # nothing to read

    room.hand_in("a", small.FAST, small.MINISTER)  # the first text again, and with it its mark
    room.collect()
    graded = room.grade()["a"]
    assert room.marks("a")[COST] == kept
    assert (graded.marked, graded.to_mark) == (1, 1)


def test_a_mark_taken_back_stays_taken_back(room):
    room.hand_in("a", small.FAST, small.MINISTER)
    room.collect()
    room.grade()
    room.mark("a", "cost", 2)
    room.grade(again=True)
    room.mark("a", "cost", None)
    room.grade(again=True)
    assert room.marks("a")[COST].to_mark


def test_an_instructors_own_mark_on_an_automatic_question_follows_the_answer(room):
    room.hand_in("a", {**small.FAST, "dredge": "later"})
    room.collect()
    room.grade()
    with gradebook._open(gradebook._url(room.course)) as book:
        book.find_grade("berths__dredge", "harbour", "harbour", small.who("a")).manual_score = 5
        book.db.commit()
    assert room.grade(again=True)["a"].automatic == 9
    assert room.marks("a")["berths__dredge"].to_mark is False
    room.hand_in("a", {**small.FAST, "dredge": "never"})
    room.collect()
    assert room.grade()["a"].automatic == 4
