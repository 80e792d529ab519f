"""An answer carried over from another case: suggested, never imposed, and held by the sheet that is graded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from conftest import ME, SYLLABUS, Shelf, forget
from itguide import carries
from itguide.answers import Answer, AnswerStore, Sheet, read_sheet
from itguide.content import load_case
from itguide.pseudo import PSEUDO
from itguide.session import CaseSession
from itguide.spec import Question

PERIODS = "".join(f'[[question.period]]\nid = "y{n}"\nlabel = "Year {n}"\n' for n in (1, 2, 3))
FIRST = f"""
slug = "first"
title = "What begins when"
module = "inland"
minutes = 5
summary = "Three things, three years."
commit = "Sign"
[sentence.after_none]
other = "It is signed."

[[question]]
id = "plan"
kind = "schedule"
phase = "decide"
prompt = "What begins when?"
option = [
  {{ id = "core", label = "Core" }}, {{ id = "portal", label = "Portal" }}, {{ id = "seals", label = "Seals" }},
]
{PERIODS}
"""
SECOND = (
    FIRST.replace('"first"', '"second"').replace('"inland"', '"coast"').replace('"plan"', '"roadmap"')
    + """
[[question]]
id = "phasing"
kind = "schedule"
phase = "declare"
prompt = "Your phasing"
carries = { case = "first", question = "plan", default = { core = 2 } }
option = [ { id = "core", label = "Core" }, { id = "portal", label = "Portal" }, { id = "rail", label = "Rail" } ]
period = [ { id = "y1", label = "Year 1" }, { id = "y2", label = "Year 2" } ]
"""
)
DECISION = {"core": 1, "portal": 3, "seals": 2}  # of this the second case knows the core, and two years


@pytest.fixture
def workspace(shelf: Shelf, seat: Path) -> Path:
    """A workspace with both modules; the second case is opened in `coast`."""
    module = SYLLABUS.partition("[[module]]")[2]
    text = SYLLABUS.replace('slug = "harbour"', 'slug = "second"')
    text += "\n[[module]]" + module.replace('"coast"', '"inland"').replace('"harbour"', '"first"').replace("00_", "01_")
    (shelf.root / "curriculum" / "syllabus.toml").write_text(text, encoding="utf-8")
    shelf.case("first", FIRST, brief="A brief.", notes="Notes.")
    shelf.case("second", SECOND, brief="A brief.", notes="Notes.")
    forget()
    (seat.parent / "inland").mkdir()
    return seat.parent


def first_sheet(workspace: Path, owner: str = ME) -> AnswerStore:
    return AnswerStore(workspace / "inland/answers/first.json", Sheet("first", "2026.1", "0" * 32, owner))


def opened(workspace: Path, lang: str = "en") -> CaseSession:
    return CaseSession("second", lang, workspace / "coast")


def own(workspace: Path) -> Path:
    return workspace / "coast/answers/second.json"


def shown(session: CaseSession) -> tuple[Any, str]:
    state = session.state()
    return state["values"].get("phasing"), state["live"]["phasing"].get("carried", "")


def put(session: CaseSession, q: str, value: Any, rev: int = 0) -> dict[str, Any]:
    [reply] = session.answer({"type": "set", "q": q, "value": value, "rev": rev})
    return reply


def test_what_fits_of_the_latest_round_is_suggested_and_says_where_it_comes_from(workspace: Path) -> None:
    store = first_sheet(workspace)
    store.commit({}, {"plan": {"core": 2}}, {})
    store.commit({}, {"plan": DECISION}, {})
    store.set("plan", {"portal": 1}, 0)  # changed since, and not committed
    value, says = shown(opened(workspace))
    assert value == {"core": 1}
    assert "What begins when" in says
    assert "What" not in shown(opened(workspace, PSEUDO))[1]
    assert not own(workspace).exists(), "a suggestion writes nothing"
    assert opened(workspace).state()["progress"] == (0, 2), "nor does it count as an answer"


def test_without_a_round_the_answer_in_hand_counts(workspace: Path) -> None:
    first_sheet(workspace).set("plan", {"portal": 2}, 0)
    assert shown(opened(workspace))[0] == {"portal": 2}


def spoil(path: Path, text: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text)


DAMAGES = [
    "missing",
    "damaged",
    "too new",
    "not whole",
    "a folder",
    "foreign",
    "nothing fits",
    "nonsense",
    "taken back",
]


@pytest.mark.parametrize("damage", [
    lambda p: None,
    lambda p: spoil(p, b"{"),
    lambda p: spoil(p, b'{"schema": 99}'),
    lambda p: spoil(p, json.dumps({"schema": 1, "case": "other"}).encode()),
    lambda p: p.mkdir(parents=True),
    lambda p: first_sheet(p.parents[2], "b" * 26).set("plan", DECISION, 0),
    lambda p: first_sheet(p.parents[2]).set("plan", {"seals": 1}, 0),  # nothing of it is asked here
    lambda p: first_sheet(p.parents[2]).set("plan", "nonsense", 0),
    lambda p: first_sheet(p.parents[2]).set("plan", None, 0),
], ids=DAMAGES)  # fmt: skip
def test_where_nothing_can_be_carried_the_default_stands_and_nothing_is_touched(workspace: Path, damage: Any) -> None:
    path = workspace / "inland/answers/first.json"
    damage(path)
    before = path.read_bytes() if path.is_file() else None
    session = opened(workspace)
    value, says = shown(session)
    assert value == {"core": 2}
    assert says
    assert "“" not in says, "no case is named"
    assert session.aside == ""
    assert (path.read_bytes() if path.is_file() else None) == before


def test_an_answer_of_ones_own_is_never_replaced(workspace: Path) -> None:
    session = opened(workspace)
    assert put(session, "phasing", {"rail": 2})["rev"] == 1
    first_sheet(workspace).set("plan", DECISION, 0)
    assert shown(opened(workspace)) == ({"rail": 2}, "")
    put(session, "phasing", {}, 1)
    assert shown(opened(workspace)) == ({}, ""), "cleared is cleared"


def test_keeping_it_saves_it_and_ends_the_suggestion(workspace: Path) -> None:
    first_sheet(workspace).set("plan", DECISION, 0)
    session = opened(workspace)
    reply = put(session, "phasing", {"core": 1})
    assert (reply["type"], reply["rev"]) == ("saved", 1)
    assert "carried" not in reply["live"]
    assert shown(session) == ({"core": 1}, "")


def test_signing_makes_it_the_participants_own(workspace: Path) -> None:
    first_sheet(workspace).set("plan", DECISION, 0)
    session = opened(workspace)
    [reply] = session.answer({"type": "commit", "revs": {}})
    assert reply["type"] == "incomplete"
    assert not own(workspace).exists(), "what is not signed is not saved"
    put(session, "roadmap", {"core": 2})
    [reply] = session.answer({"type": "commit", "revs": {"roadmap": 1}})
    assert reply["type"] == "committed"
    assert reply["state"]["revs"] == {"roadmap": 1, "phasing": 1}
    assert "carried" not in reply["state"]["live"]["phasing"]
    sheet = read_sheet(own(workspace), "second")
    assert sheet.rounds[0].decision == {"roadmap": {"core": 2}, "phasing": {"core": 1}}
    assert isinstance(sheet.answers["phasing"], Answer), "whoever grades this sheet needs no other"
    [reply] = session.answer({"type": "commit", "revs": {"roadmap": 1, "phasing": 1}})
    assert reply["type"] == "committed"


def test_a_case_that_is_not_in_the_course_is_no_error(workspace: Path) -> None:
    asked = load_case("second").find("phasing").model_dump(mode="json", exclude_unset=True)
    asked["carries"] = {"case": "gone", "question": "plan"}
    assert carries.carried(Question.model_validate(asked), workspace, ME, "en") is None
    asked["carries"] = {"case": "first", "question": "gone", "default": {"rail": 1, "sea": 1}}
    found = carries.carried(Question.model_validate(asked), workspace, ME, "en")
    assert found == carries.Carried({"rail": 1})


def test_only_what_is_declared_carries_over() -> None:
    with pytest.raises(ValueError, match="phase 'declare'"):
        Question.model_validate({"id": "q", "kind": "text", "phase": "decide", "prompt": "?", "words": 3,
                                 "carries": {"case": "first", "question": "plan"}})  # fmt: skip
