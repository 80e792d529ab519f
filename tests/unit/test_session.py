"""One participant's session with a case: what is saved, what is told, what stays apart."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import HARBOUR, ME, Shelf, forget
from itguide import answers
from itguide.answers import MOST_ROUNDS, AnswerStore, Sheet, read_sheet
from itguide.consequences import Cause, Consequence
from itguide.content import load_case, module_cases
from itguide.errors import ContentError, SheetDamaged, SheetTooNew
from itguide.handing_in import HandInSession
from itguide.pseudo import PSEUDO
from itguide.session import CaseSession, Notice, progress
from itguide.spec import scoring_digest
from itguide.text import engine

Message = dict[str, Any]
WEIGHTS = {"treasury": 60, "trade": 40}


def opened(seat: Path, lang: str = "en") -> CaseSession:
    return CaseSession("harbour", lang, seat)


def put(session: CaseSession, q: Any, value: Any, rev: Any = 0) -> Message:
    [reply] = session.answer({"type": "set", "q": q, "value": value, "rev": rev})
    return reply


def decided(session: CaseSession, pier: str = "north") -> CaseSession:
    """Everything that the first round asks for."""
    assert put(session, "guess", 9)["type"] == "saved"
    assert put(session, "weights", WEIGHTS)["type"] == "saved"
    assert put(session, "pier", pier)["type"] == "saved"
    return session


def commit(session: CaseSession) -> Message:
    [reply] = session.answer({"type": "commit"})
    return reply


def sheet_file(seat: Path) -> Path:
    return seat / "answers" / "harbour.json"


# ------------------------------------------------------------ saving


def test_a_new_page_is_empty_and_writes_nothing(seat: Path) -> None:
    state = opened(seat).state()
    assert state["values"] == {}
    assert state["revs"] == {}
    assert state["saved_at"] == ""
    assert state["rounds"] == []
    assert state["consequence"] is None
    assert not sheet_file(seat).exists()
    json.dumps(state, allow_nan=False)


def test_what_is_set_is_normalised_saved_and_told(seat: Path) -> None:
    session = opened(seat)
    reply = put(session, "extra", ["press", "brokers"])
    assert (reply["type"], reply["q"], reply["rev"]) == ("saved", "extra", 1)
    assert reply["value"] == ["brokers", "press"]
    assert reply["live"]["answered"] is True
    assert reply["at"].endswith("Z")
    assert read_sheet(sheet_file(seat), "harbour").value("extra") == ["brokers", "press"]
    again = opened(seat).state()
    assert again["values"] == {"extra": ["brokers", "press"]}
    assert again["revs"] == {"extra": 1}
    assert again["saved_at"] == reply["at"]


def test_the_sheet_says_whose_it_is_and_of_which_content(seat: Path) -> None:
    put(opened(seat), "pier", "north")
    sheet = read_sheet(sheet_file(seat), "harbour")
    assert (sheet.case, sheet.workspace_id, sheet.content_version) == ("harbour", ME, "2026.1")
    assert sheet.scoring_digest == scoring_digest(*module_cases("coast"))


def test_live_words_come_with_every_answer(seat: Path) -> None:
    reply = put(opened(seat), "weights", {"treasury": 60, "trade": 30})
    assert reply["type"] == "saved", "what is not yet right is saved all the same"
    assert reply["live"]["problems"] == (engine("en")("live.total_is", used=90, total=100),)
    assert reply["live"]["blocking"] is True


def test_two_pages_and_one_question_are_a_conflict(seat: Path) -> None:
    one, two = opened(seat), opened(seat)
    put(one, "pier", "north")
    reply = put(two, "pier", "south")
    assert reply == {"type": "conflict", "q": "pier", "theirs": "north", "rev": 1}
    assert put(two, "pier", "south", reply["rev"])["rev"] == 2, "keeping mine is a set on their revision"
    assert put(one, "guess", 3)["type"] == "saved", "another question is no conflict"
    assert opened(seat).state()["values"] == {"pier": "south", "guess": 3}


def test_saving_the_same_twice_is_one_revision(seat: Path) -> None:
    session = opened(seat)
    assert put(session, "pier", "north")["rev"] == 1
    assert put(session, "pier", "north")["rev"] == 1


def test_an_answer_can_be_taken_back(seat: Path) -> None:
    session = decided(opened(seat))
    reply = put(session, "guess", None, 1)
    assert (reply["type"], reply["value"], reply["rev"]) == ("saved", None, 2)
    assert reply["live"]["answered"] is False
    state = opened(seat).state()
    assert "guess" not in state["values"]
    assert state["revs"]["guess"] == 2
    assert [p["q"] for p in commit(session)["problems"]] == ["guess"]
    assert put(session, "guess", 4, 2)["type"] == "saved"


@pytest.mark.parametrize(
    ("q", "value"), [("pier", "east"), ("pier", 1), ("guess", "nine"), ("guess", math.nan), ("no_such", 1), ("", 1)]
)
def test_what_is_wrong_is_refused_with_a_sentence_and_nothing_is_written(seat: Path, q: str, value: Any) -> None:
    reply = put(opened(seat), q, value)
    assert (reply["type"], reply["q"]) == ("refused", q)
    assert len(reply["says"]) > 10
    assert not sheet_file(seat).exists()


def test_a_disk_that_is_full_is_said(seat: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = decided(opened(seat))
    before = sheet_file(seat).read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(answers, "write_whole", full)
    reply = put(session, "pier", "south", 1)
    assert reply["type"] == "refused"
    assert "No space left" in reply["says"]
    assert commit(session)["type"] == "refused"
    assert sheet_file(seat).read_bytes() == before


# ------------------------------------------------------------ rounds


def test_a_round_needs_its_answers(seat: Path) -> None:
    session = opened(seat)
    reply = commit(session)
    assert reply["type"] == "incomplete"
    assert [p["q"] for p in reply["problems"]] == ["guess", "weights", "pier"], "in the order asked; optional ones not"
    assert all(p["says"] for p in reply["problems"])
    assert not sheet_file(seat).exists()


def test_a_round_is_stopped_by_what_blocks(seat: Path) -> None:
    session = decided(opened(seat))
    put(session, "weights", {"treasury": 60, "trade": 30}, 1)
    reply = commit(session)
    assert [p["q"] for p in reply["problems"]] == ["weights"]
    assert reply["problems"][0]["says"] == engine("en")("live.total_is", used=90, total=100)
    put(session, "weights", WEIGHTS, 2)
    put(session, "extra", ["brokers", "carriers", "press"])
    assert [p["q"] for p in commit(session)["problems"]] == ["extra"], "an optional answer that is wrong blocks as well"


def test_a_committed_round_keeps_decision_prediction_and_result(seat: Path) -> None:
    session = decided(opened(seat))
    put(session, "extra", ["press"])
    put(session, "why", "Fruit rots.")
    put(session, "mine", "Ours is smaller.")
    reply = commit(session)
    assert reply["type"] == "committed"
    [round_] = read_sheet(sheet_file(seat), "harbour").rounds
    assert round_.decision == {"weights": WEIGHTS, "pier": "north", "extra": ["press"]}, "declare and decide, no more"
    assert round_.prediction == {"guess": 9}
    assert round_.result == {"headline": "The north pier works again; the south waits."}
    assert reply["state"]["consequence"]["headline"] == round_.result["headline"]
    assert reply["state"]["consequence"]["expected"][0]["value"] == 9
    json.dumps(reply, allow_nan=False)


def test_an_optional_answer_that_is_missing_is_not_in_the_decision(seat: Path) -> None:
    commit(decided(opened(seat)))
    assert "extra" not in read_sheet(sheet_file(seat), "harbour").rounds[0].decision


def test_the_prediction_is_locked_with_the_first_round(seat: Path) -> None:
    session = decided(opened(seat))
    assert session.state()["locked"] == []
    commit(session)
    assert session.state()["locked"] == ["guess"]
    reply = put(session, "guess", 10, 1)
    assert reply["type"] == "refused"
    assert engine("en")("page.locked") in reply["says"]
    assert read_sheet(sheet_file(seat), "harbour").value("guess") == 9
    assert put(opened(seat), "guess", 10, 1)["type"] == "refused", "on another page as well"


def test_decide_again_appends_and_the_first_round_stays(seat: Path) -> None:
    session = decided(opened(seat))
    commit(session)
    put(session, "pier", "south", 1)
    state = commit(session)["state"]
    assert [r["n"] for r in state["rounds"]] == [1, 2]
    assert state["consequence"]["n"] == 2
    assert state["consequence"]["headline"] == "The south pier works again; the north waits."
    assert state["rounds_left"] == MOST_ROUNDS - 2
    first, second = read_sheet(sheet_file(seat), "harbour").rounds
    assert (first.decision["pier"], second.decision["pier"]) == ("north", "south")


def test_changing_a_control_after_a_round_does_not_change_what_followed(seat: Path) -> None:
    session = decided(opened(seat))
    commit(session)
    put(session, "pier", "south", 1)
    state = opened(seat).state()
    assert state["values"]["pier"] == "south"
    assert state["consequence"]["headline"] == "The north pier works again; the south waits."


def test_rounds_end_with_a_sentence(seat: Path) -> None:
    session = decided(opened(seat))
    for _ in range(MOST_ROUNDS):
        assert commit(session)["type"] == "committed"
    reply = commit(session)
    assert reply["type"] == "incomplete"
    assert reply["problems"] == [{"q": "", "says": engine("en")("page.rounds_full", n=MOST_ROUNDS)}]
    assert session.state()["rounds_left"] == 0


# ------------------------------------------------------------ what is revealed, and what stays private


def test_notes_are_revealed_only_after_the_first_round(seat: Path) -> None:
    session = decided(opened(seat))
    before = session.state()
    told = json.dumps([session.doc(), before])
    assert (before["revealed"], before["notes"], before["option_notes"]) == (False, "", {})
    assert "rots" not in told
    assert "Another port waited" not in told
    after = commit(session)["state"]
    assert after["revealed"]
    assert "Another port waited" in after["notes"]
    assert after["option_notes"]["pier"] == {"north": "Fruit <strong>rots</strong> first."}


def test_a_case_without_a_decision_has_nothing_to_wait_for(shelf: Shelf, seat: Path) -> None:
    head, *questions = HARBOUR.split("[[question]]")
    kept = [q for q in questions if '"own"' in q or '"check"' in q]
    shelf.case("harbour", "[[question]]".join([head.replace('commit = "Move the crane"', ""), *kept]), notes="Read.")
    assert opened(seat).state()["revealed"]


def test_right_and_wrong_are_told_only_once_a_self_check_is_answered(seat: Path) -> None:
    session = opened(seat)
    assert "long" not in json.dumps(session.state())
    assert "check" not in session.state()["live"]["know"]
    assert "right" not in json.dumps(session.doc()["questions"])
    wrong = put(session, "know", ["long", "short"])["live"]["check"]
    assert (wrong["right"], wrong["html"]) == (False, "<p>Piers are <em>long</em>.</p>\n")
    assert put(session, "know", ["long"], 1)["live"]["check"]["right"] is True
    assert "check" not in put(session, "know", [], 2)["live"]


def test_ones_own_administration_is_stored_apart(seat: Path) -> None:
    session = opened(seat)
    reply = put(session, "mine", "CANARY in my harbour")
    assert reply["type"] == "saved"
    assert not sheet_file(seat).exists(), "nothing of it, not even that it was answered, is in what is handed in"
    put(session, "pier", "north")
    assert b"CANARY" not in sheet_file(seat).read_bytes()
    assert b"mine" not in sheet_file(seat).read_bytes()
    assert b"CANARY" in (seat / "private" / "harbour.json").read_bytes()
    state = opened(seat).state()
    assert state["values"] == {"mine": "CANARY in my harbour", "pier": "north"}
    assert state["revs"]["mine"] == 1


def test_a_private_answer_is_never_part_of_a_round(seat: Path) -> None:
    session = decided(opened(seat))
    put(session, "mine", "CANARY")
    commit(session)
    assert b"CANARY" not in sheet_file(seat).read_bytes()


def test_progress_counts_what_is_handed_in_and_required(seat: Path) -> None:
    session = decided(opened(seat))
    case, sheet = load_case("harbour"), session.store.sheet
    asked = [q.id for q in case.question if q.required and q.phase != "own"]
    assert progress(case, sheet) == (3, len(asked))
    put(session, "mine", "x")
    assert session.state()["progress"] == (3, len(asked))
    assert put(session, "why", "Because.")["progress"] == (4, len(asked))


# ------------------------------------------------------------ sheets that are not as they should be


def test_read_only_shows_everything_and_takes_nothing(seat: Path) -> None:
    decided(opened(seat))
    (seat / "READ_ONLY").touch()
    before = sheet_file(seat).read_bytes()
    session = opened(seat)
    state = session.state()
    assert state["read_only"] is True
    assert state["values"]["pier"] == "north"
    assert put(session, "pier", "south", 1)["type"] == "refused"
    assert put(session, "mine", "x")["type"] == "refused"
    assert commit(session)["type"] == "refused"
    assert sheet_file(seat).read_bytes() == before


def test_under_nbgrader_nothing_is_written(seat: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    session = opened(seat)
    assert session.state()["read_only"] is True
    assert put(session, "pier", "north")["type"] == "refused"
    assert list(seat.iterdir()) == [], "not even a folder"


def test_read_only_leaves_a_damaged_sheet_where_it_is(seat: Path) -> None:
    sheet_file(seat).parent.mkdir()
    sheet_file(seat).write_bytes(b"{")
    (seat / "READ_ONLY").touch()
    with pytest.raises(SheetDamaged):
        opened(seat)
    assert [p.name for p in sheet_file(seat).parent.iterdir()] == ["harbour.json"]


UNUSABLE = {
    "damaged": b"{",
    "too old": b'{"schema": 0}',
    "another case": json.dumps({"schema": 1, "case": "airport", "content_version": "1", "scoring_digest": "d",
                                "workspace_id": ME, "answers": {}, "rounds": []}).encode(),
    "another workspace": json.dumps({"schema": 1, "case": "harbour", "content_version": "1", "scoring_digest": "d",
                                     "workspace_id": "b" * 26, "answers": {}, "rounds": []}).encode(),
}  # fmt: skip


@pytest.mark.parametrize("data", UNUSABLE.values(), ids=UNUSABLE.keys())
@pytest.mark.parametrize("folder", ["answers", "private"])
def test_an_unusable_sheet_is_set_aside_and_said(seat: Path, folder: str, data: bytes) -> None:
    path = seat / folder / "harbour.json"
    path.parent.mkdir()
    path.write_bytes(data)
    session = opened(seat)
    state = session.state()
    [aside] = [p for p in path.parent.iterdir() if ".damaged-" in p.name]
    assert aside.read_bytes() == data
    assert aside.name in state["aside"], "the reader learns under which name"
    assert not path.exists()
    assert put(session, "pier", "north")["type"] == "saved"
    assert put(session, "mine", "x")["type"] == "saved"
    assert aside.read_bytes() == data


def test_both_sheets_damaged_are_both_said(seat: Path) -> None:
    for folder in ("answers", "private"):
        (seat / folder).mkdir()
        (seat / folder / "harbour.json").write_bytes(b"{")
    state = opened(seat).state()
    for folder in ("answers", "private"):
        [aside] = (seat / folder).iterdir()
        assert aside.name in state["aside"]
    assert state["aside"].count("harbour.damaged-") == 2


def test_a_sheet_of_a_newer_release_is_not_touched(seat: Path) -> None:
    sheet_file(seat).parent.mkdir()
    data = b'{"schema": 2, "something": "new"}'
    sheet_file(seat).write_bytes(data)
    with pytest.raises(SheetTooNew, match="update the course"):
        opened(seat)
    assert sheet_file(seat).read_bytes() == data
    assert [p.name for p in sheet_file(seat).parent.iterdir()] == ["harbour.json"]


def held(seat: Path, held_answers: Mapping[str, Any], rounds: list[Message] | None = None) -> None:
    """A sheet that is whole as a file, whatever its answers are."""
    sheet_file(seat).parent.mkdir(exist_ok=True)
    sheet_file(seat).write_text(json.dumps({
        "schema": 1, "case": "harbour", "content_version": "2026.1", "scoring_digest": "d" * 32, "workspace_id": ME,
        "answers": {q: {"value": v, "rev": 1, "at": "2026-11-21T10:42:00Z"} for q, v in held_answers.items()},
        "rounds": [{"n": n, "at": "", "prediction": {}, "decision": {}, "result": {}, **r}
                   for n, r in enumerate(rounds or [], 1)]}), encoding="utf-8")  # fmt: skip


QUESTIONS = ["guess", "weights", "pier", "extra", "why", "mine", "know", "gone"]
STRANGE: list[Any] = ["x", "", 5, -1.5, True, [], ["x"], [["a", "b"]], {}, {"x": 1}, {"treasury": "x"}, [None], [{}]]


@pytest.mark.parametrize("value", STRANGE, ids=repr)
def test_strange_values_in_a_whole_sheet_count_as_unanswered(seat: Path, value: Any) -> None:
    held(seat, dict.fromkeys(QUESTIONS, value))
    session = opened(seat)
    state = session.state()
    json.dumps(state, allow_nan=False)
    assert set(state["values"]) <= set(QUESTIONS) - {"gone"}
    for q in ("weights", "pier") if value != {} else ("pier",):  # an empty table is an allocation of nothing
        assert state["live"][q]["answered"] is False
        assert q not in state["values"], "a control is never given what it cannot show"
    assert commit(session)["type"] == "incomplete"
    revision = state["revs"].get("pier", 1)
    assert put(session, "pier", "north", revision)["type"] == "saved", "answering anew repairs it"


@pytest.mark.parametrize("value", STRANGE, ids=repr)
def test_a_strange_round_in_a_whole_sheet_does_not_close_the_page(seat: Path, value: Any) -> None:
    held(seat, {}, [{"decision": dict.fromkeys(QUESTIONS, value), "prediction": dict.fromkeys(QUESTIONS, value),
                     "result": {"headline": value}}])  # fmt: skip
    session = opened(seat)
    state = session.state()
    json.dumps(state, allow_nan=False)
    assert len(state["rounds"]) == 1
    decided_again = [put(session, "weights", WEIGHTS), put(session, "pier", "north")]
    assert [r["type"] for r in decided_again] == ["saved", "saved"]


def test_a_sheet_damaged_under_an_open_page_is_refused_not_a_crash(seat: Path) -> None:
    session = decided(opened(seat))
    sheet_file(seat).write_bytes(b"{")
    assert put(session, "pier", "south", 1)["type"] == "refused"
    assert commit(session)["type"] == "refused"
    [reply] = session.answer({"type": "why"})
    assert reply["type"] == "refused"
    assert sheet_file(seat).read_bytes() == b"{", "whatever it is, it is not overwritten"


# ------------------------------------------------------------ messages of any shape

ODD: list[Any] = [None, True, 0, -1, 1.5, math.nan, math.inf, 10**400, "x", "x" * 10**6, [], ["pier"], {}, {"a": []}]


@pytest.mark.parametrize("rev", [*ODD, "1", -5], ids=lambda v: str(v)[:20])
def test_a_strange_revision_never_raises_and_never_wins(seat: Path, rev: Any) -> None:
    session = opened(seat)
    put(session, "pier", "north")
    [reply] = session.answer({"type": "set", "q": "pier", "value": "south", "rev": rev})
    assert reply["type"] in {"refused", "conflict", "saved"}
    expected = "south" if reply["type"] == "saved" else "north"
    assert session.state()["values"]["pier"] == expected
    assert (reply["type"] == "saved") <= (str(rev) in {"1", "True", "1.5"})


@pytest.mark.parametrize("q", ODD, ids=lambda v: str(v)[:20])
def test_a_strange_question_is_refused_briefly(seat: Path, q: Any) -> None:
    [reply] = opened(seat).answer({"type": "set", "q": q, "value": "north", "rev": 0})
    assert reply["type"] == "refused"
    assert len(json.dumps(reply)) < 1000, "what was sent is not sent back"


@pytest.mark.parametrize("kind", [*ODD, "SET", "state", "__class__"], ids=lambda v: str(v)[:20])
def test_a_message_of_an_unknown_kind_has_no_reply(seat: Path, kind: Any) -> None:
    assert opened(seat).answer({"type": kind, "q": "pier", "value": "north", "rev": 0}) == []
    assert opened(seat).answer({}) == []


odd = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=5)
    | st.sampled_from([*QUESTIONS, "set", "commit", "why", 10**400]),
    lambda v: st.lists(v, max_size=3) | st.dictionaries(st.sampled_from(QUESTIONS) | st.text(max_size=3), v),
    max_leaves=5,
)  # fmt: skip


@given(st.lists(st.fixed_dictionaries({"type": st.sampled_from(["set", "commit", "why"]) | odd},
                                      optional={"q": st.sampled_from(QUESTIONS) | odd, "value": odd, "rev": odd}),
                max_size=4))  # fmt: skip
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_message_raises(seat: Path, messages: list[Message]) -> None:
    session = opened(seat)
    for message in messages:
        for reply in session.answer(message):
            json.dumps(reply, allow_nan=False, ensure_ascii=False).encode()
    if sheet_file(seat).exists():
        read_sheet(sheet_file(seat), "harbour")


def test_a_missing_revision_is_that_of_nothing_yet(seat: Path) -> None:
    session = opened(seat)
    [reply] = session.answer({"type": "set", "q": "pier", "value": "north"})
    assert reply["type"] == "saved"


@pytest.mark.parametrize("message", [*ODD, *({"type": t} for t in ODD), {"type": "set", "q": [], "seq": {}}])
def test_the_page_carries_any_message(seat: Path, message: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from itguide.page import CaseView

    view = CaseView(opened(seat))
    monkeypatch.setattr(view, "send", json.dumps)
    view._receive(view, message, [])
    view.close()


def test_the_page_keeps_the_state_of_a_committed_round(seat: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from itguide.page import CaseView

    view, sent = CaseView(decided(opened(seat))), []
    monkeypatch.setattr(view, "send", sent.append)
    view._receive(view, {"type": "commit", "seq": 7}, [])
    assert [(r["type"], r["seq"]) for r in sent] == [("committed", 7)]
    assert view.state["rounds"][0]["n"] == 1
    view.close()


# ------------------------------------------------------------ models


@dataclass(frozen=True)
class Queue:
    """An outcome."""

    metrics: Mapping[str, float]


def _toy() -> tuple[ModuleType, ModuleType]:
    model, teller = ModuleType("itguide.models.toy"), ModuleType("itguide.consequences.toy")
    model.scenario = lambda case: {"days": case.scenario["days"]}  # type: ignore[attr-defined]
    model.run = lambda scenario, taken: Queue({"days": scenario["days"] + len(taken["pier"])})  # type: ignore[attr-defined]

    def explain(case: Any, scenario: Any, outcome: Queue, taken: Any, say: Any, previous: Queue | None) -> Consequence:
        before = previous.metrics["days"] if previous else None
        return Consequence(f"{case.title}: {outcome.metrics['days']} days (before: {before})")

    teller.explain = explain  # type: ignore[attr-defined]
    teller.why = lambda *_: (Cause("Pier", "two days", 0.5),)  # type: ignore[attr-defined]
    return model, teller


@pytest.fixture
def modelled(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    """The case with a model of two lines."""
    model, teller = _toy()
    monkeypatch.setitem(sys.modules, "itguide.models.toy", model)
    monkeypatch.setitem(sys.modules, "itguide.consequences.toy", teller)
    scenario = '[scenario]\nmodel = "toy"\n[scenario.param]\ndays = { value = 4, unit = "days", invented = true }\n'
    shelf.case("harbour", HARBOUR.replace("[sentence.after_north]", scenario + "[sentence.after_north]"))
    yield shelf
    forget()


def test_the_result_of_a_model_is_kept_and_explained(modelled: Shelf, seat: Path) -> None:
    session = decided(opened(seat))
    assert session.answer({"type": "why"}) == [], "nothing to explain yet"
    state = commit(session)["state"]
    assert state["consequence"]["headline"] == "Two piers, one crane: 9 days (before: None)"
    assert state["consequence"]["has_why"] is True
    assert read_sheet(sheet_file(seat), "harbour").rounds[0].result == {
        "days": 9, "headline": state["consequence"]["headline"]}  # fmt: skip
    assert session.answer({"type": "why"}) == [
        {"type": "why", "n": 1, "causes": [{"label": "Pier", "effect": "two days", "share": 0.5}]}
    ]
    assert "(before: 9)" in commit(session)["state"]["consequence"]["headline"]


@pytest.mark.parametrize("value", STRANGE, ids=repr)
def test_a_strange_round_never_reaches_the_model(modelled: Shelf, seat: Path, value: Any) -> None:
    strange = {"decision": dict.fromkeys(QUESTIONS, value)}
    fine = {"decision": {"weights": WEIGHTS, "pier": "north"}}
    held(seat, {}, [strange])
    session = opened(seat)
    told = session.state()["consequence"]
    assert told["headline"] == engine("en")("page.no_consequence")
    assert told["has_why"] is False
    assert session.answer({"type": "why"}) == []
    held(seat, {}, [strange, fine])
    assert "(before: None)" in opened(seat).state()["consequence"]["headline"]
    held(seat, {}, [fine, strange])
    assert opened(seat).state()["consequence"]["n"] == 2


def test_a_model_that_finds_the_case_wrong_says_so_when_asked(modelled: Shelf, seat: Path, monkeypatch: Any) -> None:
    from itguide.errors import Problem

    def wrong(case: Any) -> Any:
        raise ContentError([Problem("case.toml", "scenario", "does not hold together")])

    session = decided(opened(seat))
    monkeypatch.setattr(sys.modules["itguide.models.toy"], "scenario", wrong)
    reply = commit(session)
    assert reply["type"] == "refused"
    assert "does not hold together" in reply["says"]
    assert read_sheet(sheet_file(seat), "harbour").rounds == ()


# ------------------------------------------------------------ languages


def test_a_sheet_is_the_same_in_every_language(seat: Path) -> None:
    commit(decided(opened(seat, "en")))
    session = opened(seat, PSEUDO)
    assert session.state()["values"]["pier"] == "north"
    assert session.state()["consequence"]["headline"].startswith("⟦")
    put(session, "pier", "south", 1)
    commit(session)
    assert [r.decision["pier"] for r in read_sheet(sheet_file(seat), "harbour").rounds] == ["north", "south"]
    assert opened(seat, "en").state()["consequence"]["headline"] == "The south pier works again; the north waits."


def test_a_notice_is_a_page_of_one_sentence() -> None:
    notice = Notice("en", "It cannot be shown.")
    assert notice.doc()["says"] == "It cannot be shown."
    assert notice.state() == {}
    assert notice.answer({"type": "set"}) == []


def test_the_document_and_state_are_plain_json(seat: Path) -> None:
    session = decided(opened(seat))
    commit(session)
    json.dumps([session.doc(), session.state()], allow_nan=False)


def test_a_store_of_this_session_is_an_ordinary_store(seat: Path) -> None:
    session = opened(seat)
    other = AnswerStore(sheet_file(seat), Sheet("harbour", "2026.1", "d" * 32, ME))
    other.set("pier", "south", 0)
    assert session.state()["values"] == {"pier": "south"}


# ------------------------------------------------------------ handing in


def handing(seat: Path) -> HandInSession:
    return HandInSession("coast", "en", seat)


def test_the_last_page_counts_and_hands_in(seat: Path) -> None:
    page = handing(seat)
    assert page.state()["cases"] == [{"title": "Two piers, one crane", "n": 0, "of": 5, "standing": "open"}]
    [reply] = page.answer({"type": "handin"})
    assert reply["type"] == "refused", "there is nothing to hand in"
    assert reply["says"]
    session = decided(opened(seat))
    put(session, "mine", "CANARY")
    [reply] = page.answer({"type": "handin"})
    assert reply["type"] == "handed"
    assert reply["state"]["cases"][0]["n"] == 3
    assert reply["state"]["cases"][0]["standing"] == "open", "nothing was committed"
    receipt = reply["state"]["receipt"]
    assert (seat.parent / receipt["path"]).is_file()
    assert receipt["changed"] is False
    with ZipFile(seat.parent / receipt["path"]) as file:
        assert not [n for n in file.namelist() if b"CANARY" in file.read(n)]
    put(session, "pier", "south", 1)
    [reply] = page.answer({"type": "look"})
    assert reply["state"]["receipt"]["changed"] is True
    json.dumps([page.doc(), reply], allow_nan=False)


def test_a_damaged_sheet_is_not_handed_in(seat: Path) -> None:
    decided(opened(seat))
    sheet_file(seat).write_bytes(b"{")
    page = handing(seat)
    assert page.state()["cases"][0]["n"] == 0
    [reply] = page.answer({"type": "handin"})
    assert reply["type"] == "refused"
    assert reply["state"]["receipt"] is None


@pytest.mark.parametrize("value", STRANGE, ids=repr)
def test_strange_values_do_not_close_the_last_page(seat: Path, value: Any) -> None:
    held(seat, dict.fromkeys(QUESTIONS, value))
    json.dumps(handing(seat).state(), allow_nan=False)


@pytest.mark.parametrize("kind", ODD, ids=lambda v: str(v)[:20])
def test_the_last_page_ignores_messages_it_does_not_know(seat: Path, kind: Any) -> None:
    assert handing(seat).answer({"type": kind}) == []
