"""Where you stand: private stays private, six entry questions that can come again, tests that can be seen."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from itguide import workspace
from itguide.content import case_text, load_case
from itguide.models import strands
from itguide.paths import shelves
from itguide.pseudo import PSEUDO
from itguide.session import CaseSession
from itguide.text import units

SLUG = "starting_point"
CASE = load_case(SLUG)
STRANDS = strands.scenario(CASE).strands
# Stable for good: the exit questions of the course's end are these with another prefix (see the case's design.md).
ENTRY = {
    "entry_inherited": ["spent", "ahead", "promised", "blame"],
    "entry_reserve": [],
    "entry_random": [],
    "entry_share": [],
    "entry_window": ["platform", "owner", "money", "traders"],
    "entry_answers": ["supplier", "cio", "owner", "head"],
}


@pytest.fixture
def seat(tmp_path: Path) -> Path:
    workspace.prepare(tmp_path)
    folder = tmp_path / "welcome"
    folder.mkdir(exist_ok=True)
    return folder


def put(session: CaseSession, q: str, value: object) -> dict:
    [told] = session.answer({"type": "set", "q": q, "value": value, "rev": 0})
    assert told["type"] == "saved", told
    return told


def test_entry_questions_keep_their_ids_and_answers():
    asked = CASE.phase("predict")
    assert {q.id: [o.id for o in q.option] for q in asked} == ENTRY
    assert list(ENTRY) == [q.id for q in asked]
    assert not any(o.right or o.note for q in asked for o in q.option)
    assert CASE.points == 0
    assert not (Path(__file__).parents[2] / "grading/keys" / SLUG).exists()
    design = (shelves().cases / SLUG / "design.md").read_text(encoding="utf-8")
    assert all(f"`{q}`" in design for q in ENTRY)
    assert "`exit_`" in design


def test_five_strands_of_five_tests_with_evidence_and_something_to_bring():
    assert len(STRANDS) == 5
    for name, tests in STRANDS.items():
        question = CASE.find(name)
        assert question.phase == "own"
        assert len(tests) == 5
        assert f"name_{name}" in CASE.sentence
        for option in question.option:
            assert option.detail.startswith("Shown by: "), option.id
            assert f"bring_{option.id}" in CASE.sentence
            assert len(option.label) <= 105
            assert not option.right
            assert not option.note
    assert len({t for tests in STRANDS.values() for t in tests}) == 25


def test_private_answers_are_in_no_sheet_and_their_picture_is_kept_nowhere(seat: Path):
    session = CaseSession(SLUG, "en", seat)
    assert session.state()["picture"] is None
    told = put(session, "safe", {"two": "yes", "restored": "unknown"})
    assert told["picture"]["headline"].startswith("2 of 25")
    assert "picture" not in put(session, "entry_random", 4)
    for name, tests in STRANDS.items():
        session.answer({"type": "set", "q": name, "value": dict.fromkeys(tests, "partly"), "rev": 1})
        session.answer({"type": "set", "q": name, "value": dict.fromkeys(tests, "partly"), "rev": 0})
    assert len(session.state()["picture"]["lines"]) == 5
    # Opened again, it is worked out again; on disk there are only the answers, and the private ones apart.
    assert len(CaseSession(SLUG, "en", seat).state()["picture"]["lines"]) == 5
    handed = json.loads((seat / "answers" / f"{SLUG}.json").read_text(encoding="utf-8"))
    assert set(handed["answers"]) == {"entry_random"}
    assert handed["rounds"] == []
    for path in seat.rglob("*"):
        if path.is_file() and "private" not in path.parts:
            text = path.read_text(encoding="utf-8", errors="ignore")
            assert "partly" not in text, path
            assert "Holds you back" not in text, path
    private = (seat / "private" / f"{SLUG}.json").read_text(encoding="utf-8")
    assert "Holds you back" not in private


def test_progress_counts_only_what_is_handed_in(seat: Path):
    session = CaseSession(SLUG, "en", seat)
    put(session, "means", dict.fromkeys(STRANDS["means"], "yes"))
    n, of = session.state()["progress"]
    assert (n, of) == (0, len(ENTRY) + 1)  # and the self-check
    assert session.state()["standing"] == "decided"
    assert session.state()["locked"] == []


def test_the_picture_is_in_the_readers_language(seat: Path):
    session = CaseSession(SLUG, PSEUDO, seat)
    told = put(session, "means", dict.fromkeys(STRANDS["means"], "no"))["picture"]
    assert "⟦" in told["headline"]
    assert all("⟦" in cell for row in told["figures"][0]["rows"] for cell in row)
    plain = re.findall(r"<text[^>]*>([^<]*)</text>", told["figures"][0]["svg"])
    assert not [t for t in plain if re.search(r"\b(yes|Holds you back|Decisions)\b", t)]


def test_the_scale_is_ours_and_the_words_are_calm():
    brief = case_text(SLUG, "brief")
    assert "this course’s own" in brief
    assert 200 <= len(re.findall(r"\w+", brief)) <= 350
    texts = [t for _, t in units(CASE)]
    assert not [t for t in texts if "!" in t]
    assert not [t for t in texts if re.search(r"\blevel [1-5]\b|\bDCMM\b|\bscore\b", t)]
    svg = ElementTree.parse(shelves().cases / SLUG / "data/five_ropes.svg").getroot()
    assert min(float(t.get("font-size", "17")) for t in svg.iter("{http://www.w3.org/2000/svg}text")) >= 15
