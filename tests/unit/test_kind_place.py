"""A grid to place things on: its shape in a case, its answer in words, and what its document carries to the page."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from itguide import kinds
from itguide.document import question_json
from itguide.spec import Question
from itguide.text import engine
from itguide.wording import worded

SAY = engine("en")
GRID: dict[str, Any] = {
    "id": "risks", "kind": "place", "phase": "decide", "prompt": "Where do they stand?",
    "axis": [{"id": "often", "label": "How often"}, {"id": "loss", "label": "How much"}],
    "row": [{"id": "rare", "label": "Rare"}, {"id": "often", "label": "Often"}],
    "column": [{"id": "small", "label": "Small"}, {"id": "large", "label": "Large"}],
    "view": [{"id": "port", "label": "The port"}],
    "option": [
        {"id": "gate", "label": "The gate stops",
         "seen": [{"view": "port", "row": "often", "column": "small", "detail": "26 **stops**."}]},
        {"id": "lock", "label": "Intruders lock it"},
    ],
}  # fmt: skip


def grid(**more: Any) -> Question:
    return Question.model_validate({**GRID, **more})


@pytest.mark.parametrize(("more", "says"), [
    ({"row": GRID["row"][:1]}, "at least two rows"),
    ({"column": []}, "two columns"),
    ({"axis": GRID["axis"][:1]}, "two axes"),
    ({"option": GRID["option"][:1]}, "at least two options"),
    ({"row": [GRID["row"][0]] * 2}, "'rare' is there more than once"),
    ({"option": [{**GRID["option"][0], "seen": [{"view": "port", "row": "never", "column": "small"}]},
                 GRID["option"][1]]}, "'gate' is seen at the row 'never'"),
    ({"view": []}, "'gate' is seen at the view 'port'"),
])  # fmt: skip
def test_a_grid_that_does_not_hold_together_is_refused(more: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        grid(**more)


def test_an_answer_names_its_square_and_never_a_position() -> None:
    value = kinds.normalise(grid(), {"lock": ["rare", "large"], "gate": ["often", "small"]})
    assert value == {"gate": ["often", "small"], "lock": ["rare", "large"]}
    turned = grid(row=GRID["row"][::-1])
    assert kinds.normalise(turned, value) == value, "the order of rows is no part of an answer"


def test_all_items_have_their_square_before_it_is_an_answer() -> None:
    half = kinds.live(grid(), {"gate": ["often", "small"]}, SAY)
    assert (half.answered, half.blocking, half.problems) == (False, False, ())
    [meter] = half.meters
    assert (meter.used, meter.limit, meter.over) == (1, 2, False)
    assert kinds.live(grid(), {"gate": ["often", "small"], "lock": ["often", "small"]}, SAY).answered


def test_an_answer_in_words_goes_from_the_uppermost_row_down() -> None:
    groups = worded(grid(), {"gate": ["often", "small"], "lock": ["rare", "large"]}, SAY)
    assert [(g.title, g.items) for g in groups] == [
        ("Often", ("The gate stops: Small",)), ("Rare", ("Intruders lock it: Large",))]  # fmt: skip


def test_the_page_gets_axes_rows_columns_and_where_others_put_it() -> None:
    told = question_json(grid())
    assert told["axes"] == ["How often", "How much"]
    assert [r["id"] for r in told["rows"]] == ["rare", "often"]
    assert [c["label"] for c in told["columns"]] == ["Small", "Large"]
    assert told["views"][0]["label"] == "The port"
    [seen] = told["options"][0]["seen"]
    assert seen == {"view": "port", "row": "often", "column": "small", "detail": "26 <strong>stops</strong>."}
