"""The commitments model against what it did not write: dates worked by hand, draws from the law of delay."""

from __future__ import annotations

import random
from copy import deepcopy
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest

from itguide.consequences import commitments as told
from itguide.content import load_case
from itguide.errors import ContentError
from itguide.models import commitments as model
from itguide.models.commitments_scenario import ROUTES
from itguide.spec import CaseSpec
from itguide.text import case_say

CASE = load_case("commitments_due")
S = model.scenario(CASE)
IDS = ("prearrival", "payment", "risk", "operators", "window")
WORK = dict(zip(IDS, (1, 1, 1, 2, 2), strict=True))
FULL = ["new_date", "reasons", "help", "state"]


def decision(*routes: str, **other):
    return {
        "routes": dict(zip(IDS, routes, strict=True)), "work": WORK, "reserve": "none", "months": 9,
        "months_window": 18, "notice_when": "now", "notice_says": FULL, "owe_most": "truth", "gives_way": "money",
    } | other  # fmt: skip


EARLY = decision("deliver", "deliver", "extend", "extend", "extend")
SHIFTING = decision("deliver", "deliver", "deliver", "shift", "shift", work={**WORK, "operators": 3, "window": 3})


def laws(answers):
    return [f.law for f in model.run(S, answers).fates]


# ---- dates, by a calendar on the wall


@pytest.mark.parametrize(
    ("due", "by"),
    [  # counted back month by month: what is left of 120 after each whole month
        ("2027-12-31", "2027-09-02"),  # 31 to 30 Nov, 30 to 31 Oct, 31 to 30 Sep: 92; 28 more
        ("2028-03-31", "2027-12-02"),  # 31, 29 (leap), 31: 91; 29 more
        ("2028-06-30", "2028-03-02"),  # 30, 31, 30: 91; 29 more
        ("2027-03-31", "2026-12-01"),  # 31, 28, 31: 90; 30 more
        ("2028-04-30", "2028-01-01"),  # 30, 31, 29: 90; 30 more
    ],
)
def test_the_last_day_for_a_notice(due: str, by: str) -> None:
    assert model.notice_by(date.fromisoformat(due), 120) == date.fromisoformat(by)


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        ("2027-12-31", 18, "2029-06-30"),
        ("2027-12-31", 2, "2028-02-29"),
        ("2027-12-31", 14, "2029-02-28"),
        ("2028-03-31", 9, "2028-12-31"),
        ("2028-06-30", 18, "2029-12-30"),
        ("2027-08-03", 3, "2027-11-03"),
        ("2027-12-31", 0, "2027-12-31"),
        ("2028-02-29", 12, "2029-02-28"),
    ],
)
def test_months_on(day: str, months: int, then: str) -> None:
    assert model.add_months(date.fromisoformat(day), months) == date.fromisoformat(then)


def test_today_and_the_notices_stand_where_the_brief_says() -> None:
    first = min(m.due for m in S.measures)
    assert (first - S.today).days == 150
    assert (model.notice_by(first, S.rules.notice_days) - S.today).days == 30
    assert [(first - S.sent[k]).days for k in ("now", "election", "at_date")] == [126, 63, 0]
    assert [model.period_start(S, n).isoformat() for n in (1, 2, 3, 8)] == [
        "2027-08-03", "2027-11-03", "2028-02-03", "2029-05-03",
    ]  # fmt: skip


def test_the_120th_day_is_in_time_and_the_119th_is_not() -> None:
    risk = S.measures[2]
    day = date(2027, 9, 2)
    assert model.status(S, risk, "extend", day, 9, set(FULL)) == "automatic"
    assert model.status(S, risk, "extend", day + timedelta(days=1), 9, set(FULL)) == "late"


# ---- law


@pytest.mark.parametrize(
    ("route", "changed", "expected"),
    [  # routes of all five measures at once; risk management is in category C
        ("deliver", {}, ["promise"] * 5),
        ("lapse", {}, ["silent"] * 5),
        ("extend", {"months": 18}, ["automatic"] * 5),
        ("extend", {"months": 19}, ["committee"] * 4 + ["automatic"]),
        ("extend", {"months": 0}, ["incomplete"] * 4 + ["automatic"]),
        ("extend", {"notice_says": ["new_date"]}, ["incomplete"] * 5),
        ("extend", {"notice_says": ["reasons"]}, ["incomplete"] * 5),
        ("extend", {"notice_when": "election"}, ["late"] * 3 + ["automatic"] * 2),
        ("extend", {"notice_when": "at_date"}, ["late"] * 4 + ["automatic"]),
        ("shift", {}, ["shifted", "shifted", "closed", "shifted", "shifted"]),
        ("shift", {"notice_says": ["new_date", "help"]}, ["shifted", "shifted", "closed", "shifted", "shifted"]),
        ("shift", {"notice_says": ["new_date", "reasons"]}, ["incomplete"] * 2 + ["closed"] + ["incomplete"] * 2),
        ("declare", {}, ["false"] * 4 + ["arguable"]),
        ("declare", {"notice_says": ["endeavour"]}, ["false"] * 5),
    ],
)
def test_what_a_route_is_in_law(route: str, changed: dict, expected: list[str]) -> None:
    assert laws(decision(*[route] * 5, **changed)) == expected


def test_only_what_is_lawful_moves_a_date() -> None:
    for changed in ({"notice_when": "at_date"}, {"notice_says": ["state"]}, {"months": 0}):
        for f in model.run(S, EARLY | changed).fates:
            assert (f.in_force > f.measure.due) == (f.law in {"automatic", "committee", "shifted"})


# ---- chances


def test_the_law_of_delay_is_triangular() -> None:
    random.seed(7)
    for measure in (S.measures[0], S.measures[4]):
        p = measure.pace
        drawn = [random.triangular(p.low, p.high, p.mode) for _ in range(40_000)]
        for times in (0.7, 0.95, 1.2, 1.6, 1.95, 2.7):
            assert p.within(times) == pytest.approx(sum(d <= times for d in drawn) / len(drawn), abs=0.01)
        for chance in (0.05, 0.3, 0.8, 0.99):
            assert p.within(p.at(chance)) == pytest.approx(chance)


def test_a_date_by_hand() -> None:
    """92 days planned, 150 to go: 1 - (2 - 150/92)^2 / 1.2; with the reserve on risk management the same."""
    kept = 1 - (2 - 150 / 92) ** 2 / 1.2
    assert kept == pytest.approx(0.886, abs=0.0005)
    fates = model.run(S, decision(*["deliver"] * 5, reserve="risk")).fates
    assert [round(f.kept, 3) for f in fates[:3]] == [0.886] * 3
    window = model.run(S, EARLY).fates[4]  # 3 Nov 2027 to 30 Dec 2029 is 788 days, planned to 3 Nov 2028: 366
    assert window.kept == pytest.approx(1 - (2.6 - 788 / 366) ** 2 / (1.7 * 1.3))
    m = model.run(S, EARLY).metrics
    assert m["p_breach"] == round(1 - kept**2 * window.kept, 2)  # the other two are certain: 424 of 368 days and more


def test_kept_is_weighted_where_others_decide() -> None:
    late = model.run(S, EARLY | {"notice_when": "election"}).fates[2]
    assert late.kept == pytest.approx(S.odds.grace * 1.0 + (1 - S.odds.grace) * late.p_due)
    asked = model.run(S, EARLY | {"months": 24}).fates[2]
    assert asked.kept == pytest.approx(S.odds.agrees + (1 - S.odds.agrees) * asked.p_due)
    said = model.run(S, decision(*["declare"] * 5)).fates[4]
    assert said.kept == 1 - S.odds.contested


def test_help_is_of_use_only_where_work_begins_after_it_can_come() -> None:
    late, soon = model.run(S, SHIFTING), model.run(S, SHIFTING | {"work": WORK})
    assert [f.comes for f in late.fates] == [0, 0, 0, 0.7, 0.7]
    assert [f.comes for f in soon.fates] == [0] * 5
    assert late.metrics["cost"] == round(10 * 0.15 - 6 * 0.15 * 0.7 * 0.6, 2)
    assert soon.metrics["cost"] == 1.5


def test_more_time_never_makes_a_date_less_likely() -> None:
    for months in range(1, 18):
        one, more = (model.run(S, EARLY | {"months": n, "months_window": n}) for n in (months, months + 1))
        assert all(b.kept >= a.kept - 1e-12 for a, b in zip(one.fates, more.fates, strict=True))


def test_not_asking_is_no_way_round() -> None:
    for route in ("lapse", "declare", "deliver"):
        m = model.run(S, decision("deliver", "deliver", *[route] * 3, notice_says=["on_track"])).metrics
        assert (m["in_time"], m["ask_fits"], m["window_fits"]) == (0.0, 0.0, 0.0)


def test_a_blank_is_silence_and_no_work() -> None:
    outcome = model.run(S, {})
    assert {f.law for f in outcome.fates} == {"silent"}
    assert outcome.metrics["p_breach"] == 1.0
    assert outcome.metrics["cost"] == 0.0


# ---- the case and the words


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda d: d["scenario"]["param"].pop("pace"), "does not fit"),
        (lambda d: d["scenario"]["param"]["measures"]["value"].pop("risk"), "its options are not"),
        (lambda d: d["scenario"]["param"]["window"].update(value="door"), "names something unknown"),
        (lambda d: d["scenario"]["param"]["says"]["value"].update(date="soon"), "what a notice has to contain"),
        (lambda d: d.update(scenario=None), "is missing"),
    ],
)
def test_a_case_that_does_not_fit_is_refused(spoil, says: str) -> None:
    data = deepcopy(CASE.model_dump(mode="json"))
    spoil(data)
    with pytest.raises(ContentError, match=says):
        model.scenario(CaseSpec.model_validate(data))


ALL = [EARLY, SHIFTING, *(decision(*[r] * 5) for r in ROUTES), {}, EARLY | {"notice_when": "at_date"},
       EARLY | {"months": 36, "months_window": 36}]  # fmt: skip


@pytest.mark.parametrize("answers", ALL)
def test_every_decision_has_words_and_pictures(answers: dict) -> None:
    say = case_say(CASE, "en")
    outcome = model.run(S, answers)
    consequence = told.explain(CASE, S, outcome, answers, say, model.run(S, EARLY))
    assert consequence.headline
    assert len(consequence.figures) == 3
    for figure in consequence.figures:
        ElementTree.fromstring(figure.svg)
        assert len(figure.rows) == 5
        assert all(len(row) == len(figure.columns) for row in figure.rows)
    assert "{" not in " ".join((consequence.headline, *consequence.lines, *consequence.cost))


def test_causes_are_one_change_at_a_time() -> None:
    say = case_say(CASE, "en")
    causes = told.why(CASE, S, EARLY, say)
    assert len(causes) == 5  # three routes, two other days
    assert all(-1 <= c.share <= 1 for c in causes)
    alone = decision("deliver", "deliver", "deliver", "extend", "extend")
    assert causes[0].share * 0.71 == pytest.approx(
        model.run(S, alone).metrics["p_breach"] - model.run(S, EARLY).metrics["p_breach"], abs=0.01
    )
