"""The incident model against what it did not write: closed forms, a continuous model, a table worked by hand."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import product

import pytest
from scipy.integrate import solve_ivp

from itguide.consequences import incident as told
from itguide.content import load_case
from itguide.errors import ContentError
from itguide.models import incident as model
from itguide.models.incident_scenario import MEANS
from itguide.text import case_say

CASE = load_case("ransomware_72h")
S = model.scenario(CASE)
PLAN = {"first_duty": "goods", "funded": ["drill", "paper", "contacts"], "links": "cut", "release": "trusted",
        "cap": 12, "restore": "test", "says": ["released", "data", "unknown"]}  # fmt: skip


def run(**other):
    return model.run(S, {**PLAN, **other})


def test_without_any_release_the_queue_is_arrivals_times_hours() -> None:
    """q(h) = 780 + 26 h while the system is down, lines are cut and nobody leaves; then it falls by 36 - 26 an hour."""
    outcome = run(funded=["contacts", "offline"], release="none", cap=0, restore="rebuild")
    [only] = outcome.courses
    back = 30 + 40 + 30 * 0.35
    assert only.future.back == pytest.approx(back)
    # Until hour 2 the assessed still pay: ten an hour.
    for hour in range(2, int(back) + 1):
        assert only.queue(hour) == pytest.approx(780 + 26 * hour - 20)
    top = 780 + 26 * back - 20
    for hour in (100, 150, 200):
        assert only.queue(hour) == pytest.approx(top - 10 * (hour - back), abs=0.01)
    assert only.lost == only.undertaken == 0


def test_chances_add_up_and_hours_are_those_of_the_hand_worked_table() -> None:
    """Worked by hand: restoring takes 18 + 30 x 0.35 = 28.5 hours, building anew 100 + 10.5, with a vault 40 + 10.5."""
    by_hand = {("now", "drill"): [(0.9, 58.5), (0.1, 58.5 + 10 + 110.5)],
               ("now", "offline"): [(0.6, 58.5), (0.4, 119.0)],
               ("test", "drill"): [(0.9, 66.5), (0.1, 148.5)], ("test", "offline"): [(0.6, 82.5), (0.4, 104.5)],
               ("rebuild", "drill"): [(1.0, 140.5)], ("rebuild", "offline"): [(1.0, 80.5)]}  # fmt: skip
    for (restore, means), rows in by_hand.items():
        found = model.futures(S, model.order(S, {**PLAN, "restore": restore, "funded": [means, "contacts"]}))
        assert [(round(f.chance, 9), round(f.back, 9)) for f in found] == rows
    for links, restore in product(S.links, ("now", "test", "rebuild")):
        found = model.futures(S, model.order(S, {**PLAN, "links": links, "restore": restore}))
        assert sum(f.chance for f in found) == pytest.approx(1)
        assert sum(f.chance for f in found if f.bank) == pytest.approx(S.links[links].bank)


def continuous(order: model.Order, future: model.Future):
    """The same port as differential equations, written anew: rates at each moment, streams in the order of need."""
    streams, port, paper = S.streams, S.port, S.paper
    rehearsed = "paper" in order.funded

    def flow(t: float, y):
        waiting, assessed, out = y[:3], y[3], y[4]
        rates = [s.arrive for s in streams]
        up = (future.first_up <= t and (future.falls is None or t < future.falls)) or t >= future.back
        gone = [0.0, 0.0, 0.0]
        done = sold = 0.0
        if up:
            left = port.normal
            if future.bank and t < future.back + S.spread.away:
                left *= S.spread.slow_paper if rehearsed else S.spread.slow
            for i, s in enumerate(streams):  # a stream at its usual level is released as it comes, if there is room
                beyond = waiting[i] - s.waiting
                gone[i] = min(left, port.normal if beyond > 0.01 else 0.0 if beyond < -0.01 else s.arrive)
                left -= gone[i]
        else:
            pays = (S.links[order.links].pays or t < order.links_at) and not (future.bank and t >= S.spread.leaves)
            done = (paper.pay if pays else paper.slip if rehearsed else 0.0) if assessed > 0.01 else 0.0
            gone[2] += done
            left = (paper.rehearsed if rehearsed else paper.rate) if t >= order.paper_from else 0.0
            left = left if out < order.cap else 0.0
            for i, s in enumerate(streams):
                if s.id in S.release[order.release]:
                    free = waiting[i] - (assessed if i == 2 else 0.0)
                    part = left if free > 0.01 else min(left, s.arrive)
                    gone[i] += part
                    left -= part
                    sold += part * s.duty / 1000
        return [*(a - g for a, g in zip(rates, gone, strict=True)), -done, sold]

    start = [*(s.waiting for s in streams), streams[2].assessed, 0.0]
    hours = list(range(port.horizon + 1))
    return solve_ivp(flow, (0, port.horizon), start, t_eval=hours, max_step=0.25, method="RK23", rtol=1e-3, atol=1e-2).y


@pytest.mark.parametrize(
    "other",
    [{}, {"funded": ["watch"], "release": "all", "cap": 2, "links": "keep", "restore": "now"}],
    ids=["rehearsed", "unprepared"],
)
def test_the_queue_agrees_with_a_continuous_model(other) -> None:
    outcome = run(**other)
    worst = owed = 0.0
    for course in (outcome.likely(), outcome.bad()):
        y = continuous(outcome.order, course.future)  # written in other terms: hours are moments, streams a vector
        peak = max(course.queue(h) for h in range(S.port.horizon + 1))
        gaps = [abs(course.queue(h) - float(y[:3, h].sum())) / peak for h in range(S.port.horizon + 1)]
        worst = max(worst, *gaps)
        owed = max(owed, abs(course.undertaken - float(y[4, -1])) / max(course.undertaken, 0.1))
    print(f"queue: largest error {worst:.2%} of the peak; duty on undertakings: error {owed:.2%}")
    assert worst < 0.02
    assert owed < 0.03


def test_littles_law_gives_the_wait() -> None:
    """Area over arrivals, from the courses alone."""
    outcome = run()
    area = sum(c.future.chance * sum(max(c.queue(h) - 780, 0) for h in range(1, 241)) for c in outcome.courses)
    assert outcome.metrics["wait"] == pytest.approx(area / (26 * 240), abs=0.06)


def test_the_cap_holds_in_every_future() -> None:
    for cap, release, restore in product((0, 1, 3, 40), S.release, ("now", "test", "rebuild")):
        for course in run(cap=cap, release=release, restore=restore).courses:
            assert course.undertaken <= cap + 1e-9
            assert all(w >= -1e-9 for row in course.waiting for w in row)


def test_preparation_never_harms_and_what_shines_changes_nothing() -> None:
    for links, release, restore in product(S.links, S.release, ("now", "test", "rebuild")):
        given = {"links": links, "release": release, "restore": restore, "cap": 40}
        bare = run(funded=[], **given)
        for means in MEANS:
            helped = run(funded=[means], **given)
            assert helped.metrics["back_mean"] <= bare.metrics["back_mean"]
            assert helped.metrics["wait"] <= bare.metrics["wait"] + 0.05
        assert run(funded=["wall", "line"], **given).metrics == bare.metrics


def test_words_are_weighed_against_what_happened() -> None:
    whole = run()
    assert whole.metrics["candour"] == 1
    assert run(says=["data", "unknown"]).metrics["candour"] == pytest.approx(0.65)
    assert run(says=["data", "unknown"], release="none", cap=0).metrics["candour"] == 1, "nothing was let go"
    assert run(says=["released", "data", "unknown"], release="none").metrics["candour"] == pytest.approx(0.65)
    assert run(says=["fault", "data"]).metrics["candour"] == 0
    promised = run(says=["tomorrow"]).metrics
    assert promised["p_broken"] == pytest.approx(0.1)


def test_a_blank_a_part_and_rubbish_do_not_fail() -> None:
    assert model.run(S, {}).metrics["served"] == 0
    say = case_say(CASE, "en")
    for answers in ({}, {"funded": ["wall"]}, {**PLAN, "funded": list(MEANS)}):
        outcome = model.run(S, answers)
        assert told.explain(CASE, S, outcome, answers, say, None).headline
        assert len(told.why(CASE, S, answers, say)) == 5


def test_a_scenario_that_does_not_fit_is_refused() -> None:
    assert CASE.scenario is not None
    params = {k: v for k, v in CASE.scenario.param.items() if k != "paper"}
    broken = CASE.model_copy(update={"scenario": CASE.scenario.model_copy(update={"param": params})})
    with pytest.raises(ContentError, match="paper"):
        model.scenario(broken)
    with pytest.raises(ContentError, match="missing"):
        model.scenario(CASE.model_copy(update={"scenario": None}))


def test_the_headline_is_quick() -> None:
    say, times = case_say(CASE, "en"), []
    for n in range(5):
        answers = {**PLAN, "cap": 10 + n}
        start = time.perf_counter()
        told.explain(CASE, S, model.run(S, answers), answers, say, None)
        times.append(time.perf_counter() - start)
    print(f"headline: {sorted(times)[2] * 1000:.0f} ms")
    assert sorted(times)[2] < 0.3  # a loaded machine; alone it is a fraction of 0.1


def test_figures_are_told_in_words_and_numbers() -> None:
    say = case_say(CASE, "en")
    outcome, before = run(), run(funded=["wall"])
    for answers, result in ((PLAN, outcome), ({**PLAN, "funded": ["wall"]}, before)):
        shown = told.explain(CASE, S, result, answers, say, before)
        assert [f.id for f in shown.figures] == ["queue", "means"]
        for figure in shown.figures:
            assert figure.title
            assert figure.alt
            assert all(len(row) == len(figure.columns) for row in figure.rows)
            assert "<svg" in figure.svg
    assert replace(outcome.order, cap=1) != outcome.order
