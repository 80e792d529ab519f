"""What is left to mark: sums, turns, and where formgrader shows a criterion."""

from __future__ import annotations

from itguide import feedback, marking
from itguide.marking import Answer, Asked, Item, Marking, Person

MARKS = ("berths__dredge", "berths__order", "berths__minister__cost", "berths__minister__plain", "quay__why__short")


def item(who: str, criterion: str, state: str = "left", question: str = "berths__minister") -> Item:
    return Item(who * 26, "harbour", question, criterion, f"place_{who}", state, False)


def asked(*left: int) -> Asked:
    answers = tuple(
        Answer(chr(97 + n) * 26, f"place_{n}", f"to/{n}", unread, 2, False, False) for n, unread in enumerate(left)
    )
    return Asked("harbour", "berths__minister", "Berths", "Say it.", answers, {}, {})


def test_written_questions_are_those_with_criteria_in_order():
    assert marking.written(MARKS) == ("berths__minister", "quay__why")
    assert marking.written(MARKS[:2]) == ()


def test_formgrader_counts_two_fields_for_an_automatic_mark_and_three_for_a_criterion():
    path = "formgrader/submissions/place_a/?index={}#{}"
    assert marking.path(MARKS, item("a", "cost")) == path.format(5, "berths__minister__cost")
    assert marking.path(MARKS, item("a", "plain")) == path.format(8, "berths__minister__plain")
    assert marking.path(MARKS, item("a", "short", question="quay__why")) == path.format(11, "quay__why__short")


def test_each_question_has_an_order_of_its_own_and_always_the_same():
    people = [chr(97 + n) * 26 for n in range(20)]
    orders = {q: sorted(people, key=lambda w, q=q: marking.turn(q, w)) for q in ("berths__minister", "quay__why")}
    assert orders["berths__minister"] != orders["quay__why"]
    assert orders["quay__why"] == sorted(people, key=lambda w: marking.turn("quay__why", w))


def test_going_on_reaches_every_unread_answer_once_and_comes_round_to_what_was_passed_over():
    whole = asked(*[1] * 12)
    seen, here = [], ""
    for _ in range(12):
        here = marking.following(whole, here).place
        seen.append(here)
    assert len(set(seen)) == 12
    assert marking.following(whole, here).place == seen[0]
    only = asked(0, 0, 2, 0)
    assert marking.following(only, "place_0").place == "place_2"
    assert marking.following(only, "place_2").place == "place_2"  # its second criterion was passed over
    assert marking.following(only, "unknown").place == "place_2"
    assert marking.following(asked(0, 0), "place_0") is None


def test_people_with_something_left_come_first_and_start_at_their_first_unread_criterion():
    found = [item("a", "cost", "read"), item("a", "plain", "read"), item("b", "plain"), item("b", "cost", "read"),
             item("c", "cost", "blank"), item("c", "plain", "blank")]  # fmt: skip
    people = marking._people({"harbour": MARKS}, found)
    assert [(p.workspace_id[0], p.left, p.of) for p in people] == [("b", 1, 2), ("a", 0, 2), ("c", 0, 0)]
    assert people[0].path.endswith("#berths__minister__plain")


def test_sums_and_json():
    people = (Person("a" * 26, "harbour", "x", 2, 2), Person("b" * 26, "harbour", "y", 0, 2))
    found = Marking((asked(2, 0),), people, (("c" * 26, "harbour"),))
    assert (found.left, found.total) == (2, 4)
    told = found.as_json()
    assert told["questions"][0]["left"] == 1
    assert told["questions"][0]["answers"][0]["left"] == 2
    assert told["ungraded"] == [{"workspace_id": "c" * 26, "module": "harbour"}]
    assert found.find("berths__minister") is found.asked[0]
    assert found.find("berths__nothing") is None


def test_a_mark_in_words_and_a_name_in_a_style_sheet():
    assert [feedback._verdict(s) for s in (1.0, 1.2, 0.99, 0.01, 0.0)] == [
        "holds",
        "holds",
        "conditions",
        "conditions",
        "fails",
    ]
    assert feedback._quoted('Ana "} </style>') == '"Ana \\22 \\7d  \\3c \\2f style\\3e "'
