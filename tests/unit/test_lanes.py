"""The kind `lanes`: changes on a swim-lane map, what still waits for what, and arrows that would run back in time."""

from __future__ import annotations

from graphlib import TopologicalSorter
from typing import Any

import pytest
from pydantic import ValidationError

from itguide import kinds
from itguide.content import load_case
from itguide.document import question_json
from itguide.kinds import lanes
from itguide.spec import Question
from itguide.text import engine

SAY = engine("en")
MAP = load_case("clearance_lanes").find("map")


def small(**more: Any) -> dict[str, Any]:
    """Three steps in two lanes; the second can move back in time, to another lane, or out of the way."""
    return {
        "id": "m", "kind": "lanes", "phase": "decide", "prompt": "Change it.", "least": 1, "most": 2,
        "category": [{"id": "port", "label": "Port"}, {"id": "bank", "label": "Bank"}],
        "period": [{"id": "sea", "label": "At sea"}, {"id": "quay", "label": "Quay", "gate": "Arrival"},
                   {"id": "gone", "label": "Gone", "gate": "Release"}],
        "option": [
            {"id": "lodge", "label": "Lodge", "lane": "port", "moment": "quay"},
            {"id": "pay", "label": "Pay", "lane": "bank", "moment": "quay", "follows": ["lodge"], "move": [
                {"id": "early", "label": "Early", "moment": "sea"},
                {"id": "here", "label": "Here", "lane": "port"},
                {"id": "later", "label": "Later", "moment": "gone", "follows": ["leave"], "frees": True}]},
            {"id": "leave", "label": "Leave", "lane": "port", "moment": "gone", "follows": ["lodge", "pay"]},
        ],
        **more,
    }  # fmt: skip


Q = Question.model_validate(small())


def test_a_change_moves_a_step_and_what_waits_for_it() -> None:
    assert lanes.placed(Q, {})["pay"] == lanes.Place("bank", 1, ("lodge",))
    assert lanes.placed(Q, {"pay": "here"})["pay"] == lanes.Place("port", 1, ("lodge",))
    later = lanes.placed(Q, {"pay": "later"})
    assert later["pay"] == lanes.Place("bank", 2, ("leave",))
    assert later["leave"].follows == ("lodge",), "nothing waits for it any more"


def test_an_arrow_that_runs_back_blocks_and_is_said() -> None:
    found = kinds.live(Q, {"pay": "early"}, SAY)
    assert found.blocking
    assert found.marks == {"pay": "“Pay” would come before “Lodge”, which it waits for."}
    assert found.problems == tuple(found.marks.values())


def test_meters_count_changes_and_steps_on_the_clock() -> None:
    used, clock = kinds.live(Q, {"pay": "later"}, SAY).meters
    assert (used.used, used.limit, used.over) == (1, 2, False)
    assert (clock.used, clock.limit, clock.text) == (1, 2, "1; today 2")
    bare = Question.model_validate(small(period=[{"id": i, "label": i} for i in ("sea", "quay", "gone")]))
    assert [m.id for m in kinds.live(bare, {}, SAY).meters] == ["changes"], "no gates, no clock"


def test_too_many_and_too_few_are_said() -> None:
    tight = Question.model_validate(small(most=1, least=1))
    assert kinds.live(tight, {"pay": "here"}, SAY).problems == ()
    found = kinds.live(MAP, dict.fromkeys(("declaration", "permit"), "early") | {
        "check": "after", "payment": "after", "inspect": "trusted"}, SAY)  # fmt: skip
    assert found.blocking
    assert "at most 4" in found.problems[0]
    few = kinds.live(MAP, {"payment": "after"}, SAY)
    assert not few.answered
    assert "2 are needed" in few.problems[0]
    assert not kinds.live(MAP, {}, SAY).problems


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"category": []}, "two categories"),
        ({"period": []}, "two periods"),
        ({"option": [{"id": "a", "label": "A", "lane": "sky", "moment": "sea"},
                     {"id": "b", "label": "B"}]}, "not on the map"),
        ({"option": [{"id": "a", "label": "A", "lane": "port", "moment": "sea", "follows": ["z"]},
                     {"id": "b", "label": "B", "lane": "port", "moment": "sea"}]}, "not a step"),
        ({"option": [{"id": "a", "label": "A", "lane": "port", "moment": "sea", "move": [{"id": "m", "label": "M"}]},
                     {"id": "b", "label": "B", "lane": "port", "moment": "sea"}]}, "place of its own"),
        ({"option": [{"id": "a", "label": "A", "lane": "port", "moment": "sea", "move": [
            {"id": "m", "label": "M", "moment": "quay"}, {"id": "m", "label": "N", "moment": "gone"}]},
            {"id": "b", "label": "B", "lane": "port", "moment": "sea"}]}, "of one id"),
    ],
)  # fmt: skip
def test_a_map_that_does_not_hold_together_is_refused(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        Question.model_validate(small(**wrong))


def test_the_page_gets_the_whole_map() -> None:
    shown = question_json(MAP)
    step = next(o for o in shown["options"] if o["id"] == "payment")
    assert (step["lane"], step["moment"], step["follows"]) == ("bank", "money", ["check", "permit"])
    assert [m["id"] for m in step["moves"]] == ["online", "after"]
    assert "<strong>" in step["moves"][0]["detail"]
    assert [p["gate"] for p in shown["periods"] if p["gate"]] == ["Ship arrives", "Release"]


def test_no_map_that_is_let_through_waits_in_a_circle() -> None:
    """Today's map and every change alone can be put in order, if no arrow runs back."""
    for option in MAP.option:
        for value in ({}, *({option.id: m.id} for m in option.move)):
            places = lanes.placed(MAP, value)
            if lanes.backwards(MAP, places):
                continue
            order = list(TopologicalSorter({step: p.follows for step, p in places.items()}).static_order())
            assert set(order) == set(places), value
