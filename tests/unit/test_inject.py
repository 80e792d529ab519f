"""Injects: sealed until read, then what was asked before them stands; a reload, a forged message and a round."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from itguide import kinds, session
from itguide.answers import Answer, Round, Sheet
from itguide.content import load_case
from itguide.examples import Example, example_sheet
from itguide.grading_notebook import _case as grading_cells
from itguide.keys import Key
from itguide.kinds import inject
from itguide.session import CaseSession, progress
from itguide.spec import CaseSpec, Question
from itguide.text import engine
from itguide.wording import worded

SLUG = "ransomware_72h"
CASE = load_case(SLUG)
Message = dict[str, Any]
BEFORE = {"expect_queue": 2000, "first_duty": "goods", "funded": ["drill", "paper"]}
NIGHT: list[tuple[str, dict[str, Any]]] = [
    ("hour_2", {"links": "cut"}),
    ("hour_9", {"release": "trusted", "cap": 12}),
    ("hour_30", {"restore": "test"}),
    ("hour_60", {"says": ["data", "unknown"]}),
]


@pytest.fixture
def seat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(session, "workspace_id", lambda _root: "a" * 26)
    folder = tmp_path / "risk_management"
    folder.mkdir()
    return folder


def put(page: CaseSession, q: str, value: Any) -> Message:
    rev = page.store.sheet.answers[q].rev if q in page.store.sheet.answers else 0
    return page.answer({"type": "set", "q": q, "value": value, "rev": rev})[0]


def live_until(seat: Path, hour: str, *, also: bool = True) -> CaseSession:
    """A page at this hour: the inject read, and with `also` what it asks answered."""
    page = CaseSession(SLUG, "en", seat)
    for q, value in BEFORE.items():
        assert put(page, q, value)["type"] == "saved"
    for name, asked in NIGHT:
        assert put(page, name, "read")["type"] == "saved"
        if name == hour and not also:
            break
        for q, value in asked.items():
            assert put(page, q, value)["type"] == "saved"
        if name == hour:
            break
    return page


def shown(page: CaseSession) -> list[str]:
    return [q["id"] for q in page.doc()["questions"]]


def everything(page: CaseSession) -> str:
    return json.dumps([page.doc(), page.state()], ensure_ascii=False)


def test_what_stands_behind_a_sealed_inject_is_not_on_the_page(seat: Path) -> None:
    page = CaseSession(SLUG, "en", seat)
    assert [q for q in shown(page) if CASE.find(q).phase == "decide"] == ["hour_2"]
    text = everything(page)
    for question in CASE.phase("decide"):
        assert question.prompt not in text
        words = [w for o in question.option for w in (o.label, o.detail) if len(w) > len("Nobody")]
        assert not [w for w in words if w in text]
        assert question.help.strip()[:30] not in text or not question.help
    assert page.state()["sealed"]
    assert "links" not in page.state()["live"]


def test_reading_on_brings_the_message_and_the_next_one_sealed(seat: Path) -> None:
    page = live_until(seat, "hour_2", also=False)
    decided = [q for q in shown(page) if CASE.find(q).phase == "decide"]
    assert decided == ["hour_2", "links", "hour_9"]
    text = everything(page)
    assert "Friday, 2 in the morning" in text
    assert CASE.find("hour_9").prompt not in text
    assert engine("en")("kind.inject_sealed", hour=9) in text
    saved, revealed = page.answer({"type": "set", "q": "hour_2", "value": "read", "rev": 0})
    assert (saved["type"], revealed["type"]) == ("saved", "revealed"), "a second tab that reads on meets no conflict"
    assert [q["id"] for q in revealed["doc"]["questions"]] == shown(page)


def test_nothing_is_read_before_what_comes_first_is_answered(seat: Path) -> None:
    page = CaseSession(SLUG, "en", seat)
    refused = put(page, "hour_2", "read")
    assert refused["type"] == "refused"
    assert CASE.find("expect_queue").prompt in refused["says"]
    page = live_until(seat, "hour_2", also=False)
    refused = put(page, "hour_9", "read")
    assert refused["type"] == "refused"
    assert CASE.find("links").prompt in refused["says"]
    assert "hour_9" not in page.store.sheet.answers


def test_a_locked_answer_cannot_be_changed_by_a_forged_message(seat: Path) -> None:
    page = live_until(seat, "hour_9")
    for q, value in {"links": "keep", "first_duty": "revenue", "funded": ["wall"], "expect_queue": 1}.items():
        held = page.store.sheet.value(q)
        for forged in (value, None):
            reply = put(page, q, forged)
            assert reply["type"] == "refused", q
        assert page.store.sheet.value(q) == held
    assert "Hour 9 has come" in put(page, "links", "keep")["says"]
    assert "Hour 2 has come" in put(page, "funded", ["wall"])["says"]
    assert put(page, "cap", 5)["type"] == "saved", "what this hour asks stays open"


def test_neither_what_is_behind_nor_another_value_is_taken(seat: Path) -> None:
    page = live_until(seat, "hour_2")
    for q, value in {"restore": "test", "hour_30": "read", "says": ["data"]}.items():
        assert put(page, q, value)["type"] == "refused", q
        assert q not in page.store.sheet.answers
    for value in (None, "", "sealed", True, ["read"]):
        assert put(page, "hour_2", value)["type"] == "refused"
        assert put(page, "hour_9", value)["type"] == "refused"
    assert page.store.sheet.value("hour_2") == "read"


def test_a_reload_restores_the_place(seat: Path) -> None:
    page = live_until(seat, "hour_9")
    again = CaseSession(SLUG, "en", seat)
    assert again.doc() == page.doc()
    for key in ("values", "locked", "passed", "sealed", "progress"):
        assert again.state()[key] == page.state()[key]
    assert again.state()["passed"] == {"expect_queue": 2, "first_duty": 2, "funded": 2, "links": 9}
    assert set(again.state()["locked"]) == set(again.state()["passed"])


def test_no_round_is_signed_over_a_sealed_message_and_nothing_behind_it_is_told(seat: Path) -> None:
    page = live_until(seat, "hour_9")
    [reply] = page.answer({"type": "commit"})
    assert reply["type"] == "incomplete"
    assert [p["q"] for p in reply["problems"]] == ["hour_30"]
    assert CASE.find("hour_30").prompt not in json.dumps(reply, ensure_ascii=False)
    assert page.store.sheet.rounds == ()


def test_a_round_opens_everything_again_and_keeps_the_messages(seat: Path) -> None:
    page = live_until(seat, "hour_60")
    [reply] = page.answer({"type": "commit"})
    assert reply["type"] == "committed"
    state = reply["state"]
    assert (state["locked"], state["passed"], state["sealed"]) == (["expect_queue"], {}, False)
    assert put(page, "funded", ["drill", "offline", "contacts"])["type"] == "saved"
    assert put(page, "links", "inside")["type"] == "saved"
    assert put(page, "hour_9", None)["type"] == "refused", "what was read cannot be unread"
    [reply] = page.answer({"type": "commit"})
    assert reply["type"] == "committed"
    first, second = page.store.sheet.rounds
    assert first.decision["hour_2"] == second.decision["hour_60"] == "read"
    assert second.decision["links"] == "inside"


def test_progress_counts_answers_and_not_messages(seat: Path) -> None:
    page = live_until(seat, "hour_2")
    done, of = progress(CASE, page.store.sheet)
    assert (done, of) == (4, 8)


def test_examples_have_read_everything_and_readers_see_no_messages() -> None:
    sheet = example_sheet(CASE, Example(name="x", says="x", answers={**BEFORE, "links": "cut"}))
    assert all(sheet.rounds[0].decision[q.id] == "read" for q in inject.injects(CASE))
    blank = example_sheet(CASE, Example(name="x", says="x"))
    assert blank.rounds == ()
    assert worded(CASE.find("hour_2"), "read", engine("en")) == ()
    cells = json.dumps(grading_cells(CASE, Key(case=SLUG, judgement="x")))
    assert "hour_2" not in cells
    assert '\\"links\\"' in cells


def test_a_round_without_its_messages_counts_for_nothing() -> None:
    from itguide import keys, scoring

    night = {q: value for _, asked in NIGHT for q, value in asked.items()}
    whole = example_sheet(CASE, Example(name="x", says="x", answers={**BEFORE, **night}))
    cut = {q: v for q, v in whole.rounds[0].decision.items() if q != "hour_30"}
    part = Sheet(SLUG, "", "", "", {q: Answer(v, 1, "") for q, v in cut.items()}, (Round(1, "", {}, cut, {}),))
    key = keys.load_key(SLUG)
    assert scoring.score(CASE, key, whole).find("first_duty").points > 0
    assert scoring.score(CASE, key, part).find("first_duty").points == 0


def test_the_kind_itself() -> None:
    question = CASE.find("hour_9")
    assert kinds.normalise(question, "read") == "read"
    assert kinds.valid(question, "unread") is None
    assert kinds.live(question, "read", engine("en")).answered
    assert not kinds.live(question, None, engine("en")).answered


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"hour": None}, "has an 'hour'"),
        ({"kind": "number", "phase": "decide"}, "has an 'hour'"),
        ({"phase": "declare"}, "phase 'decide'"),
        ({"points": 2}, "no points"),
        ({"required": False}, "required"),
        ({"hour": 80}, "clock"),
        ({"most": None}, "clock"),
    ],
)
def test_an_inject_that_cannot_be_is_refused(given: dict[str, Any], says: str) -> None:
    sound = {"id": "a", "kind": "inject", "phase": "decide", "prompt": "x", "hour": 2, "most": 72}
    assert Question.model_validate(sound).hour == 2
    with pytest.raises(ValueError, match=says):
        Question.model_validate({**sound, **given})


def test_injects_stand_in_the_order_of_their_hours() -> None:
    raw = CASE.model_dump(mode="json", exclude_unset=True)
    swapped = [dict(q, hour={2: 9, 9: 2}.get(q["hour"], q["hour"])) if q.get("hour") else q for q in raw["question"]]
    with pytest.raises(ValueError, match="order of their hours"):
        CaseSpec.model_validate({**raw, "question": swapped})
