"""Scores: what a sheet earns, and that nothing a sheet can hold earns more or breaks anything."""

from __future__ import annotations

import subprocess
import sys
import types
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "nbgrader"))
import small_course as small
from itguide import keys, preflight, scoring
from itguide.answers import Round
from itguide.content import load_case
from itguide.desk_view import blank_sheet
from itguide.keys import Key
from itguide.spec import CaseSpec


@pytest.fixture(scope="module", autouse=True)
def _checkout(tmp_path_factory):
    with small.checkout(tmp_path_factory.mktemp("checkout")):
        yield


def scored(decision=None, **answers):
    sheet = small.sheet(small.who("p"), decision, answers)
    return scoring.score(load_case("berths"), keys.load_key("berths"), sheet)


def test_a_good_answer_earns_everything_as_a_plain_float():
    result = scored(small.FAST, minister=small.MINISTER)
    assert (result.points, result.maximum) == (10.0, 10.0)
    assert type(result.find("dredge").points) is float
    assert [a.verdict for a in result.find("dredge").aspects] == ["holds", "holds"]
    assert [(w.grade_id, w.maximum, w.needs_reading) for w in result.written] == [
        ("berths__minister__cost", 2, True),
        ("berths__minister__plain", 1, True),
    ]


def test_a_blank_earns_nothing_and_needs_no_reading():
    case = load_case("berths")
    result = scoring.score(case, keys.load_key("berths"), blank_sheet(case))
    assert result.points == 0
    assert all(q.blank for q in result.questions)
    assert not any(w.needs_reading for w in result.written)
    assert not scored(minister=" \n ").written[0].needs_reading


def test_answers_that_were_never_committed_earn_nothing():
    assert scored(None, **small.FAST).points == 0


def test_shares_add_up_and_are_clipped():
    order = {"food": "first", "cars": "last", "cruise": "first"}
    assert scored({**small.FAST, "order": order}).find("order").points == 2.5
    only_wrong = {"food": "last", "cars": "last", "cruise": "first"}
    assert scored({**small.FAST, "order": only_wrong}).find("order").points == 1.0  # not below 0 for the rule


def test_agreement_reads_the_other_answer_of_the_same_round():
    assert scored({**small.FAST, "aim": "fairness"}).find("dredge").points == 5.0
    assert scored({**small.FAST, "aim": None}).find("dredge").points == 4.0
    assert scored({**small.FAST, "aim": "fairness"}).find("dredge").aspects[1].verdict == "conditions"


def test_an_answer_over_a_hard_limit_earns_nothing():
    everyone_first = dict.fromkeys(("food", "cars", "cruise"), "first")
    assert scored({**small.FAST, "order": everyone_first}).find("order").points == 0
    incomplete = {"food": "first"}
    assert scored({**small.FAST, "order": incomplete}).find("order").points == 0


@pytest.mark.parametrize(
    "value",
    [
        1,
        True,
        float("nan"),
        float("inf"),
        "",
        "no such option",
        [],
        ["now", "now"],
        {},
        {"now": {}},
        [[]],
        {"food": 1},
        10**400,
    ],
    ids=str,
)
def test_whatever_a_sheet_holds_earns_nothing_and_breaks_nothing(value):
    decision = {"aim": value, "dredge": value, "order": value}
    result = scored(decision, minister=value if not isinstance(value, str) else "")
    assert result.points == 0
    assert not any(w.needs_reading for w in result.written)


def test_the_first_or_the_last_round_counts():
    case = load_case("berths")
    sheet = small.sheet(small.who("p"), small.FAST)
    later = Round(2, "", {}, {**small.FAST, "dredge": "never"}, {})
    sheet = replace(sheet, rounds=(*sheet.rounds, later))
    key = keys.load_key("berths")
    assert scoring.score(case, key, sheet).find("dredge").points == 0
    data = case.model_dump(mode="json", exclude_unset=True)
    data["question"][2]["scored_round"] = "first"
    assert scoring.score(CaseSpec.model_validate(data), key, sheet).find("dredge").points == 6


@pytest.mark.parametrize(
    ("share", "verdict"),
    [(1, "holds"), (0.9, "holds"), (0.89, "conditions"), (0.4, "conditions"), (0.39, "fails"), (0, "fails")],
)
def test_verdict_words(share, verdict):
    assert scoring.AspectScore("a", share, 2).verdict == verdict


@pytest.fixture
def modelled(monkeypatch):
    """The case with a model that counts its runs, and a key that reads its figure."""
    runs = []
    fake = types.ModuleType("itguide.models.fake")
    fake.scenario = lambda case: None
    fake.run = lambda scenario, answers: runs.append(dict(answers)) or types.SimpleNamespace(metrics={"wait": 3.0})
    monkeypatch.setitem(sys.modules, "itguide.models.fake", fake)
    data = load_case("berths").model_dump(mode="json", exclude_unset=True)
    case = CaseSpec.model_validate({**data, "scenario": {"model": "fake"}})
    key = keys.load_key("berths").model_dump(by_alias=True)

    def with_bands(bands, below, runs=runs):
        rule = {
            "question": "dredge",
            "aspect": "sound",
            "points": 4,
            "check": "metric",
            "metric": "wait",
            "bands": bands,
            "below": below,
        }
        return Key.model_validate({**key, "rule": [rule, *key["rule"][1:]]})

    scoring._MEMO.clear()
    return case, with_bands, runs


@pytest.mark.parametrize(
    ("bands", "below", "points"),
    [
        ([[3, 1], [2, 0.5]], False, 6),
        ([[4, 1], [3, 0.5]], False, 4),
        ([[4, 1], [3.5, 0.5]], False, 2),
        ([[2, 1], [3, 0.25]], True, 3),
        ([[1, 1]], True, 2),
    ],
)
def test_figures_of_the_model_in_bands(modelled, bands, below, points):
    case, key, _ = modelled
    assert (
        scoring.score(case, key(bands, below), small.sheet(small.who("p"), small.FAST)).find("dredge").points == points
    )


def test_the_model_runs_once_per_decision_and_never_for_a_round_the_page_would_refuse(modelled):
    case, key, runs = modelled
    scored_key = key([[1, 1]], False)
    for _ in range(3):
        scoring.score(case, scored_key, small.sheet(small.who("p"), small.FAST))
    assert len(runs) == 1
    for change in ({"aim": None}, {"order": dict.fromkeys(("food", "cars", "cruise"), "first")}, {"order": 7}):
        result = scoring.score(case, scored_key, small.sheet(small.who("p"), {**small.FAST, **change}))
        assert result.find("dredge").aspects[0].share == 0
    assert len(runs) == 1


def test_examples_are_scored_as_their_authors_say():
    assert preflight.case_problems("berths") == []
    assert preflight.case_problems("greeting") == []


def test_scoring_needs_neither_widgets_nor_nbgrader_nor_numpy():
    unwanted = ("ipywidgets", "anywidget", "nbgrader", "numpy", "pandas", "itguide.session")
    code = f"import sys, itguide.scoring; print([m for m in {unwanted} if m in sys.modules])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )


def test_marks_are_listed_in_order():
    names = scoring.marks(load_case("berths"), keys.load_key("berths"))
    assert names == {"berths__dredge": 6, "berths__order": 4, "berths__minister__cost": 2, "berths__minister__plain": 1}
