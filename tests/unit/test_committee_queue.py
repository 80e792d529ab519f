"""The model of the committee: two strategies by hand, every choice of seats a second way, nothing that loses months."""

from __future__ import annotations

from itertools import combinations, product

import pytest

from itguide.consequences import committee_queue as teller
from itguide.content import load_case
from itguide.errors import ContentError
from itguide.models import committee_queue as model
from itguide.spec import Param
from itguide.text import case_say

CASE = load_case("measures_to_systems")
S = model.scenario(CASE)
SAY = case_say(CASE, "en")
OURS = {p.id: p.kind for p in S.projects}
LIST = dict.fromkeys(OURS, "system")


def run(first, calls=None):
    return model.run(S, {"really": calls or OURS, "three": list(first)})


def live(outcome):
    return {name: course.live for name, course in outcome.courses.items()}


def test_two_strategies_and_the_list_as_worked_by_hand():
    laws = live(run(["rulings", "penalties", "guarantee"]))
    # Sitting 1: one bill, law in month 16. Sitting 7: appeals (next bill in 13, law 28), window 7+9+18, calendar 7+9+6.
    assert laws == {"rulings": 16, "penalties": 16, "guarantee": 16, "appeals": 28, "window": 34, "calendar": 22,
                    "portal": 31, "prearrival": 12, "payment": 10, "results": 8, "egates": None,
                    "attendance": None}  # fmt: skip
    agreements = live(run(["window", "calendar", "portal"]))
    # Sitting 1: three agreements. Sitting 7: three laws in one bill, 22. Sitting 13: guarantees, bill in 19, law in 34.
    assert agreements == {"window": 28, "calendar": 16, "portal": 19, "rulings": 22, "appeals": 22, "penalties": 22,
                          "guarantee": 34, "prearrival": 12, "payment": 10, "results": 8, "egates": None,
                          "attendance": None}  # fmt: skip
    listed = run(["window", "prearrival", "payment"], LIST)
    # Appeals and calendar are ready in 6 and sit in 7; rulings asks in month 8, so the third seat stays empty.
    assert listed.courses["appeals"] == model.Course(7, 0, 6, 22)
    assert listed.courses["calendar"] == model.Course(7, 0, 6, 19)
    assert listed.courses["rulings"] == model.Course(13, 0, 8, 34)
    assert listed.courses["window"] == model.Course(1, 0, 18, 27)
    assert listed.metrics["idle"] == 7


def second_way(first, calls):
    """The same months, reckoned by walking through them one by one; only the figures are the model’s."""
    pace, by = S.pace, {p.id: p for p in S.projects}
    waiting = [p for p in by if p not in first and calls[p] in {"law", "organisation"}]
    found = [p for p in by if p not in first and calls[p] == "system" and by[p].kind in {"law", "organisation"}]
    sat, passed, agreed, pending, last = {}, {}, {}, {}, None
    for month in range(1, 200):
        if (month - pace.first) % pace.between == 0:
            seats = pace.seats
            if month == pace.first:
                for p in first:
                    sat[p] = month
                    seats -= 1
            while seats:
                ready = sorted((p for p in found if by[p].build <= month), key=lambda p: by[p].build)
                if waiting:
                    sat[waiting.pop(0)] = month
                elif ready:
                    sat[ready[0]] = month
                    found.remove(ready[0])
                else:
                    break
                seats -= 1
            for p in (p for p, m in sat.items() if m == month):
                kind = by[p].kind
                if kind == "law":
                    pending[p] = month + (pace.between if calls[p] == "organisation" else 0)
                elif kind == "organisation":
                    if calls[p] == "law":
                        pending[p] = month
                    else:
                        agreed[p] = month + pace.agreement
        due = [p for p, m in pending.items() if m <= month]
        if due and (last is None or month - last >= pace.bills):
            last = month
            for p in due:
                agreed[p] = passed[p] = month + pace.bill
                del pending[p]
    came = {}
    for p, project in by.items():
        call, b = calls[p], project.build
        if call == "none" and p not in sat:
            came[p] = None
        elif project.kind == "none" or (project.kind == "system" and call == "system"):
            came[p] = b
        elif project.kind == "system":
            came[p] = sat[p] + b
        elif project.kind == "law":
            came[p] = max(passed[p], b if call == "system" else sat[p] + b)
        else:
            came[p] = max(agreed[p], b) + b // 2 if call == "system" else agreed[p] + b
    return {p: m if m is not None and m <= model.LAST else None for p, m in came.items()}


@pytest.mark.parametrize("calls", [
    OURS, LIST, dict.fromkeys(OURS, "law"), dict.fromkeys(OURS, "organisation"),
    OURS | {"appeals": "organisation", "window": "law", "results": "organisation", "guarantee": "system"},
    OURS | {"rulings": "none", "calendar": "none"},
])  # fmt: skip
def test_every_choice_of_seats_reckoned_a_second_way(calls):
    worst = 0
    for first in combinations(OURS, 3):
        a, b = live(run(first, calls)), second_way(first, calls)
        assert {k for k, v in a.items() if v is None} == {k for k, v in b.items() if v is None}, first
        worst = max([worst, *(abs(a[k] - b[k]) for k in a if a[k] is not None)])
    print(f"220 choices of seats: error {worst} months")
    assert worst == 0


def test_two_good_answers_differ():
    laws, agreements = run(["rulings", "penalties", "guarantee"]), run(["window", "calendar", "portal"])
    assert agreements.metrics["live"] == 8 > laws.metrics["live"] == 7
    assert laws.metrics["bound"] == agreements.metrics["bound"] == 5
    assert live(laws)["guarantee"] < live(agreements)["guarantee"] - 12
    assert laws.metrics["bound_all"] == 6  # as a sentence of the case says
    assert laws.metrics["systems"] == 3


def test_calling_a_thing_by_its_name_never_leaves_more_idle():
    for name, first in product(OURS, [("window", "prearrival", "payment"), ("rulings", "penalties", "guarantee")]):
        before, after = run(first, LIST), run(first, LIST | {name: OURS[name]})
        assert after.metrics["idle"] <= before.metrics["idle"], name


def test_nothing_answered_is_the_list_without_seats():
    outcome = model.run(S, {})
    assert outcome.first == ()
    assert outcome.metrics["agree"] == 3


def test_what_follows_is_told_in_words_and_two_pictures():
    answers = {"really": LIST, "three": ["egates", "window", "payment"]}
    first = model.run(S, answers)
    told = teller.explain(CASE, S, first, answers, SAY, None)
    again = model.run(S, {"really": OURS, "three": ["window", "calendar", "portal"]})
    second = teller.explain(CASE, S, again, {}, SAY, first)
    assert "8 of the ten" in second.headline
    assert "no system" in second.headline.lower()
    assert any("e-gates" in line and "needs no committee" in line for line in told.cost)
    for figure in (*told.figures, *second.figures):
        assert figure.title
        assert figure.alt
        assert figure.source
        assert figure.svg.startswith("<svg")
        assert all(len(row) == len(figure.columns) for row in figure.rows)
    causes = teller.why(CASE, S, answers, SAY)
    assert 1 <= len(causes) <= teller.TOLD
    assert causes[0].share == -1
    assert teller.why(CASE, S, {"really": OURS, "three": ["window", "calendar", "portal"]}, SAY)[0].share == 0


def test_a_scenario_that_does_not_fit_is_said():
    projects = CASE.scenario.param["project"]
    wrong = CASE.scenario.model_copy(
        update={"param": {**CASE.scenario.param, "project": Param(value=projects.value[1:], invented=True)}}
    )
    with pytest.raises(ContentError, match="same order"):
        model.scenario(CASE.model_copy(update={"scenario": wrong}))
