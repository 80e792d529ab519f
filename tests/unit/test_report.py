"""The cohort report's figures: checked against another computation, and nobody to be known by them."""

from __future__ import annotations

import math
import random
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from scipy import stats as scipy_stats

import random_cohort
from itguide import cohort, cohort_stats, report, report_case, report_words, scoring
from itguide import report_figures as draw
from itguide.cohort import Paper
from itguide.cohort_stats import Part
from itguide.content import load_case
from itguide.keys import load_key
from itguide.scoring import AspectScore, CaseScore, QuestionScore
from itguide.spec import CaseSpec, Question
from itguide.text import SOURCE, engine

WORDS = {"holds": "It holds.", "conditions": "It may hold.", "fails": "It fails."}
CASE = CaseSpec.model_validate({
    "slug": "quay", "title": "Quay", "module": "coast", "minutes": 5, "summary": "A quay.", "commit": "Build",
    "question": [
        {"id": "pier", "kind": "choice", "phase": "decide", "prompt": "Where?", "points": 4,
         "option": [{"id": "north", "label": "North", "note": "Fruit rots."}, {"id": "south", "label": "South"},
                    {"id": "west", "label": "West", "note": "Wind."}, {"id": "east", "label": "East"}],
         "aspect": [{"id": "sound", "title": "Sound", **WORDS}]},
        {"id": "tell", "kind": "choices", "phase": "decide", "prompt": "Whom?", "points": 2,
         "option": [{"id": "press", "label": "Press"}, {"id": "ships", "label": "Ships"}],
         "aspect": [{"id": "open", "title": "Open", **WORDS}]},
        {"id": "weights", "kind": "allocate", "phase": "declare", "prompt": "What for?", "points": 1,
         "option": [{"id": "trade", "label": "Trade"}, {"id": "tax", "label": "Tax"}],
         "aspect": [{"id": "kept", "title": "Kept", **WORDS}]},
        {"id": "why_reason", "kind": "choice", "phase": "decide", "prompt": "Why?",
         "option": [{"id": "law", "label": "Law"}, {"id": "cost", "label": "Cost"}]},
        {"id": "letter", "kind": "text", "phase": "justify", "prompt": "A letter", "words": 50},
    ],
})  # fmt: skip
SAY = engine(SOURCE)


def paper(
    pier="north", share=1.0, tell=("ships",), told=1.0, weights=(60, 40), kept=1.0, first=None, value=5.0
) -> Paper:
    scores = tuple(
        QuestionScore(f"quay__{q}", q, round(s * most, 2), most, v, (AspectScore(a, s, most),), ())
        for q, a, v, s, most in (("pier", "sound", pier, share, 4.0), ("tell", "open", tell, told, 2.0),
                                 ("weights", "kept", weights, kept, 1.0))
    )  # fmt: skip
    last = {
        "pier": pier,
        "tell": list(tell),
        "weights": dict(zip(("trade", "tax"), weights, strict=True)),
        "why_reason": "law",
    }
    before = {**last, "pier": first or pier}
    letter = {"letter": "A very PRIVATE-CANARY text"}
    return Paper(
        before, last, letter, ({"cost": value}, {"cost": value + 1}), 2 if first else 1, CaseScore("quay", scores)
    )


def crowd(n: int = 60, seed: int = 7) -> list[Paper]:
    dice = random.Random(seed)
    found = []
    for _ in range(n):
        strength = dice.random()
        share, told, kept = (float(dice.random() < strength) for _ in range(3))
        found.append(
            paper(dice.choice(["north", "north", "south"]), share, told=told, kept=kept, value=dice.gauss(5, 2))
        )
    return found


def test_facility_and_discrimination_are_those_of_another_computation() -> None:
    papers = crowd()
    table = np.array([[q.points for q in p.score.questions] for p in papers])
    items = cohort_stats.items(CASE, papers)
    assert [i.question for i in items] == ["pier", "tell", "weights"]
    for n, (item, most) in enumerate(zip(items, (4, 2, 1), strict=True)):
        rest = np.delete(table, n, axis=1).sum(axis=1)
        assert item.facility == pytest.approx(table[:, n].mean() / most, abs=1e-12)
        assert item.discrimination == pytest.approx(scipy_stats.pearsonr(table[:, n], rest).statistic, abs=1e-12)


def test_discrimination_by_hand() -> None:
    # Points (pier, the rest): (4,0) (4,1) (0,2) (0,3) (4,3): means 2.4 and 1.8.
    given = [(1, 0, 0), (1, 0, 1), (0, 1, 0), (0, 1, 1), (1, 1, 1)]
    item = cohort_stats.items(CASE, [paper(share=a, told=b, kept=c) for a, b, c in given])[0]
    # Sums of squares 19.2 and 6.8, of products 1.6 * -1.4 - 2.4 * 1.4 = -5.6.
    assert item.facility == pytest.approx(0.6)
    assert item.discrimination == pytest.approx(-5.6 / math.sqrt(19.2 * 6.8))


def test_what_cannot_be_worked_out_is_not() -> None:
    assert cohort_stats.items(CASE, crowd(4)) == []
    assert cohort_stats.spread([1, 2, 3, 4]) is None
    assert cohort_stats.judged(crowd(4)) == []
    assert cohort_stats.mistake(CASE, crowd(4)) is None
    assert cohort_stats.minority(CASE, crowd(4)) is None
    same = cohort_stats.items(CASE, [paper() for _ in range(9)])
    assert [i.discrimination for i in same] == [None, None, None]
    assert report_case.Teller(CASE, crowd(4), SAY).decided()[0].figure is None


def test_options_nobody_chose() -> None:
    assert cohort_stats.items(CASE, crowd())[0].unused == ("west", "east")


def test_a_spread_of_few_shows_no_one_at_its_ends() -> None:
    found = cohort_stats.spread([0, 1, 2, 3, 100])
    assert (found.low, found.quarter, found.middle, found.three, found.high) == (1, 1, 2, 3, 3)
    many = cohort_stats.spread(list(range(101)))
    assert (many.low, many.quarter, many.middle, many.three, many.high) == (10, 25, 50, 75, 90)


@pytest.mark.parametrize("n", [5, 12, 20, 37, 99])
def test_no_number_from_one_to_four_is_told_or_drawn(n: int) -> None:
    teller = report_case.Teller(CASE, [], SAY)
    for count in range(1, 5):
        for brief in (True, False):
            assert re.search(r"\d", teller.told(Part("", count, n), brief=brief).replace("<5", "")) is None
    assert len({Part("", count, n).share for count in range(1, 5)}) == 1


@pytest.mark.parametrize(
    "counts", [(17, 6, 14), (13, 12, 12), (0, 37, 0), (1, 1, 35), (333, 333, 334), (5, 5, 5, 5, 5, 5, 7)]
)
def test_parts_of_a_whole_add_up(counts: tuple[int, ...]) -> None:
    parts = cohort_stats.whole([Part(str(i), c, sum(counts)) for i, c in enumerate(counts)])
    told = sum(p.share for p in parts if not p.few)
    few = sum(p.count for p in parts if p.few) / sum(counts)
    assert told + few == pytest.approx(1.0, abs=0.051 * any(p.few for p in parts) + 1e-9)
    assert all(abs(p.share - p.count / p.n) <= 0.0501 for p in parts if not p.few)


def test_the_minority_is_the_rarest_choice_that_held() -> None:
    papers = ([paper("north", 1.0) for _ in range(20)] + [paper("south", 0.0) for _ in range(3)]  # rarer, but fails
              + [paper("west", 1.0) for _ in range(6)] + [paper("east", 1.0) for _ in range(5)])  # fmt: skip
    found = cohort_stats.minority(CASE, papers)
    assert found.option.id == "west"  # east is rarer by one, but only west has the author's words
    assert found.part.count == 6
    card = report_case.Teller(CASE, papers, SAY).minority()
    assert card["note"] == "Wind."
    assert "PRIVATE-CANARY" not in str(card)


def test_nothing_is_a_minority_where_nobody_differs() -> None:
    assert cohort_stats.minority(CASE, [paper() for _ in range(30)]) is None


def test_the_commonest_mistake_and_the_note_on_what_was_chosen() -> None:
    papers = (
        [paper("north", 0.0) for _ in range(8)]
        + [paper("west", 0.5) for _ in range(6)]
        + [paper("south") for _ in range(6)]
    )
    found = cohort_stats.mistake(CASE, papers)
    assert (found.judged.question, found.judged.holds, found.judged.conditions, found.judged.fails) == ("pier", 6, 6, 8)
    assert found.chosen.id == "north"
    assert report_case.Teller(CASE, papers, SAY).mistake()["says"] == "It fails."


def test_reasons_stand_apart_from_decisions_and_texts_are_never_shown() -> None:
    teller = report_case.Teller(CASE, crowd(), SAY)
    assert [str(a.prompt) for a in teller.reasons()] == ["Why?"]
    told = [*teller.decided(), *teller.reasons(), *teller.expected()]
    assert len(told) == 4
    assert "PRIVATE-CANARY" not in str(told)


def figures() -> list:
    papers = [paper(first="south") if n % 3 else paper("south", 0.2) for n in range(30)]
    teller = report_case.Teller(CASE, papers, SAY)
    return [*(a.figure for a in teller.decided() + teller.reasons()), teller.held()]


@pytest.mark.parametrize("figure", figures(), ids=lambda f: f.id)
def test_every_figure_is_a_picture_with_its_words_and_numbers(figure) -> None:
    root = ET.fromstring(figure.svg)
    assert root.find("{http://www.w3.org/2000/svg}title").text == figure.title
    assert root.find("{http://www.w3.org/2000/svg}desc").text
    assert figure.columns
    assert all(len(r) == len(figure.columns) for r in figure.rows)
    _, _, width, height = map(float, root.get("viewBox").split())
    for text in root.iter("{http://www.w3.org/2000/svg}text"):
        assert 0 <= float(text.get("x")) <= width
        assert 0 <= float(text.get("y")) <= height


def test_many_columns_keep_their_heads_whole() -> None:
    columns = ("Operations", "Enforcement", "Facilitation", "Corporate services", "Revenue", "CIO", "Not on the map")
    row = draw.Cells(
        "A long name of an objective that needs its room", tuple(Part("", 9, 20) for _ in columns), ("45%",) * 7
    )
    svg = draw.heat(columns, [row], id="x", title="t", alt="a")
    assert all(f">{word}<" in svg for word in ("Operations", "Enforcement", "Facilitation"))


def test_a_schedule_of_many_periods_is_read_in_blocks() -> None:
    periods = [{"id": f"q{n}", "label": f"Q{n}"} for n in range(1, 17)]
    question = CASE.question[0].model_validate(
        {"id": "plan", "kind": "schedule", "phase": "decide", "prompt": "When?", "period": periods,
         "option": [{"id": "a", "label": "A"}, {"id": "b", "label": "B"}]})  # fmt: skip
    columns, dealt, apart = report_words.columns_of(question, [{"a": 1}, {"a": 16, "b": 3}], SAY)
    assert len(columns) == 9
    assert apart
    assert dealt == [{"a": "0", "b": "never"}, {"a": "7", "b": "1"}]


def test_entry_and_exit_need_five_who_answered_both() -> None:
    asked = {"share": CASE.question[0]}
    entry = {"share": {f"p{n}": "north" for n in range(8)}}
    leaving = {"share": {f"p{n}": "south" for n in range(3, 12)}}
    [shift] = cohort_stats.shifts(asked, entry, leaving)
    assert (shift.entry, shift.exit) == (("north",) * 5, ("south",) * 5)
    del entry["share"]["p7"]
    assert cohort_stats.shifts(asked, entry, leaving) == []


@pytest.mark.parametrize("slug", ["commitments_due", "reading_the_environment", "strategy_map", "project_contingency"])
@pytest.mark.parametrize("seed", range(3))
def test_judging_by_the_record_is_judging_anew(slug: str, seed: int) -> None:
    case, key = load_case(slug), load_key(slug)
    sheet = random_cohort.random_sheet(case, seed)
    assert cohort.paper(case, key, sheet).score == scoring.score(case, key, sheet)


def test_a_forged_record_is_judged_anew_when_the_gradebook_disagrees() -> None:
    from dataclasses import replace

    from itguide.gradebook import Mark

    case, key = load_case("commitments_due"), load_key("commitments_due")
    sheet = random_cohort.random_sheet(case, 3)
    honest = scoring.score(case, key, sheet)
    forged = replace(sheet, rounds=tuple(replace(r, result=dict.fromkeys(r.result, 1000000.0)) for r in sheet.rounds))
    assert cohort.paper(case, key, forged).score != honest
    marks = {q.grade_id: Mark(q.grade_id, q.maximum, q.points, None, False, "") for q in honest.questions if q.maximum}
    assert cohort.paper(case, key, forged, marks).score == honest


@pytest.mark.parametrize("kind", ["choice", "number"])
def test_entry_against_exit_is_told_in_words_and_drawn(kind: str) -> None:
    question = (
        CASE.question[0] if kind == "choice" else Question(id="entry_n", kind="number", phase="predict", prompt="?")
    )
    before, now = (["north"] * 12, ["south"] * 8 + ["north"] * 4) if kind == "choice" else ([1.0] * 12, [3.0] * 12)
    both = report._shift(question, before, now, SAY)
    assert both.title == (
        "Changed their answer: 65%" if kind == "choice" else "In the middle 1 at the start, 3 at the end"
    )
    assert "at the start" in both.svg
    alone = report._shift(question, [], now, SAY)
    assert alone.title == ("65% chose: South" if kind == "choice" else "In the middle: 3")
    assert report._shift(question, [], now[:4], SAY) is None
