"""The model of a project with a tail, against closed forms, an independent Monte Carlo and futures worked by hand."""

from __future__ import annotations

import random
from dataclasses import replace
from statistics import quantiles

import numpy as np
import pytest

from itguide.content import load_case
from itguide.errors import ContentError
from itguide.models import contingency as model
from itguide.models import sampling
from itguide.models.contingency_scenario import HeavyTail, read
from itguide.models.sampling import Inputs

# The case's own law; kept apart from case.toml so that an edit there is seen here.
LAW = HeavyTail(body=0.82, low=-0.30, high=0.50, start=1.5, alpha=1.0, most=51)
ORDER = ["declarations", "cargo", "payment", "risk", "agencies"]
ROUND = {
    "least_bear": "nothing", "shape": "five", "order": ORDER, "stop_at": "double", "measured_by": "spent",
    "who_stops": "dg", "reserve": 11, "holder": "treasury", "level": "eight", "figure": 28,
}  # fmt: skip


@pytest.fixture(scope="module")
def case():
    return load_case("project_contingency")


@pytest.fixture(scope="module")
def s(case):
    return model.scenario(case)


def told(capsys, name, found, exact):
    """Prints the error, as the course promises, and returns it as a share of the exact figure."""
    with capsys.disabled():
        print(f"\n  {name}: {found:.4f}, exact {exact:.4f}, error {found - exact:+.4f}", end="")
    return abs(found - exact) / abs(exact)


def drawn_otherwise(rng):
    """A ratio from the standard library's own triangular and Pareto, refused beyond the cut: another way altogether."""
    if rng.random() < 0.82:
        return rng.triangular(0.7, 1.5, 1.0)
    while (ratio := 1.5 * rng.paretovariate(1.0)) > 51:
        pass
    return ratio


def certain(ratios, u_event=0.9, delay=0.0):
    """Inputs of one future with exactly these ratios."""
    grid = (np.arange(2_000_000) + 0.5) / 2_000_000
    u = np.interp(ratios, LAW.ratio(grid), grid)
    return Inputs(np.array([u]), np.full((1, len(ratios)), delay), np.array([[u_event]]))


# ---- the law


def test_law_is_the_cases(s):
    assert s.law == LAW


def test_law_against_its_closed_form_quantiles(capsys):
    """Worked on paper: triangle above its mode, 1.5 - sqrt(0.4 (1 - u/0.82)); tail, 1.5 / (1 - v (1 - 1.5/51))."""
    for u, exact in (
        (0.5, 1.5 - (0.4 * (1 - 0.5 / 0.82)) ** 0.5),
        (0.8, 1.5 - (0.4 * (1 - 0.8 / 0.82)) ** 0.5),
        (0.9, 1.5 / (1 - (0.08 / 0.18) * (1 - 1.5 / 51))),
        (0.95, 1.5 / (1 - (0.13 / 0.18) * (1 - 1.5 / 51))),
    ):
        assert told(capsys, f"ratio at {u}", float(LAW.ratio(np.array(u))), exact) < 1e-9
    assert LAW.beyond(2.0) == pytest.approx(0.18 * (0.75 - 1.5 / 51) / (1 - 1.5 / 51))


def test_law_rises_and_stays_within_its_bounds():
    drawn = LAW.ratio((np.arange(100_000) + 0.5) / 100_000)
    assert np.all(np.diff(drawn) >= 0)
    assert drawn[0] == pytest.approx(0.7, abs=0.005)
    assert drawn[-1] <= 51
    assert (drawn > 1.5).mean() == pytest.approx(0.18, abs=1e-4)


def test_law_against_an_independent_monte_carlo(capsys):
    rng = random.Random(7)
    other = quantiles((drawn_otherwise(rng) for _ in range(200_000)), n=20)
    for place, tolerance in ((10, 0.01), (16, 0.01), (18, 0.03), (19, 0.05)):
        exact = float(LAW.ratio(np.array(place / 20)))
        assert told(capsys, f"independent ratio at {place / 20}", other[place - 1], exact) < tolerance


# ---- the plans


def test_committed_draws_of_one_contract_against_the_closed_form(s, capsys):
    """The four figures of one contract that nobody may stop: eighteen million times the law's quantiles."""
    one = model.rivals(s)["one_never"].metrics
    for q, tolerance in ((50, 0.01), (80, 0.01), (90, 0.03), (95, 0.08)):
        exact = 18 * float(LAW.ratio(np.array(q / 100)))
        assert told(capsys, f"one contract, P{q}", one[f"cost_p{q}"], exact) < tolerance
    assert one["p_all"] == 1


@pytest.mark.parametrize(("shape", "parts", "extra"), [("one", 1, 1.0), ("five", 5, 1.2)])
def test_stopped_plans_against_an_independent_monte_carlo(s, shape, parts, extra, capsys):
    """Independent parts, drawn and added up otherwise: each costs at most 2.1 times its part of the estimate."""
    rng, n = random.Random(11), 40_000
    loose = replace(sampling.RECIPES["contingency"], shared=0.0, seed=5, draws=8000)
    free = replace(s, modules=tuple(replace(m, needs="") for m in s.modules))
    answers = {**ROUND, "shape": shape, "reserve": 1e6}
    found = model.run(free, answers, sampling.inputs(sampling.draw(loose))).metrics
    ratios = [[drawn_otherwise(rng) for _ in range(parts)] for _ in range(n)]
    costs = sorted(18 * extra / parts * sum(min(r, 2.1) for r in row) for row in ratios)
    whole = sum(all(r <= 2.1 for r in row) for row in ratios) / n
    assert told(capsys, f"{shape}: all delivered", found["p_all"], whole) < 0.03
    assert told(capsys, f"{shape}: closed form", found["p_all"], (1 - LAW.beyond(2.1)) ** parts) < 0.03
    for q in (50, 80):
        assert told(capsys, f"{shape}: P{q}", found[f"cost_p{q}"], costs[int(q / 100 * n)]) < 0.02


def test_one_stopped_contract_costs_what_the_rule_says_and_no_more(s):
    f = model.simulate(s, model.plan_of(s, {**ROUND, "shape": "one", "reserve": 1e6}), sampling.load("contingency"))
    assert f.cost.max() == pytest.approx(18 * 2.1)
    assert float((f.worth == 0).mean()) == pytest.approx(LAW.beyond(2.1), abs=0.012)


def test_a_future_worked_by_hand(s):
    """Five parts of 4.32; the first at 3 times is stopped at 2.1, and takes payment and risk with it."""
    f = model.simulate(s, model.plan_of(s, ROUND), certain([3.0, 1.1, 1.0, 1.0, 1.0]))
    assert f.money[0].round(2).tolist() == [9.07, 4.75, 0, 0, 4.32]
    assert f.stopped[0].tolist() == [True, False, False, False, False]
    assert f.skipped[0].tolist() == [False, False, True, True, False]
    assert f.worth[0] == 30  # cargo, and the links that stand on it
    assert f.date[0] == np.inf
    # 8 months x 1.15 each; the first longer by sqrt(3 / 1.5), ended at 2.1 / 3 of it; two releases of three months.
    assert f.end[0, 0] == pytest.approx(8 * 1.15 * 2**0.5 * 0.7 + 3, abs=0.01)


@pytest.mark.parametrize(("event", "refused", "date"), [(0.2, True, np.inf), (0.9, False, 36 * 1.15 + 3 + 9)])
def test_when_the_reserve_is_used_up(s, event, refused, date):
    answers = {**ROUND, "shape": "one", "stop_at": "never", "reserve": 3}
    f = model.simulate(s, model.plan_of(s, answers), certain([1.4], event))
    assert f.unfunded[0]
    assert bool(f.refused[0, 0]) is refused
    assert f.cost[0] == pytest.approx(21 if refused else 25.2, abs=0.01)
    assert f.date[0] == pytest.approx(date)


def test_the_treasury_ends_everything_and_the_project_spends_what_lies_there(s):
    whole = model.simulate(s, model.plan_of(s, {**ROUND, "who_stops": "treasury"}), certain([3.0, 1, 1, 1, 1]))
    assert whole.skipped[0].tolist() == [False, True, True, True, True]
    calm = model.simulate(s, model.plan_of(s, {**ROUND, "holder": "project"}), certain([1.0] * 5))
    assert calm.waste[0] == pytest.approx(0.6 * 11)
    assert calm.cost[0] == pytest.approx(21.6 + 6.6, abs=0.01)


def test_order_decides_what_can_be_used(s):
    assert model.run(s, ROUND).metrics["usable"] == 1
    assert model.run(s, {**ROUND, "order": ORDER[::-1]}).metrics["usable"] == 0.4


def test_metrics_hang_together(s):
    for shape in s.shapes:
        o = model.run(s, {**ROUND, "shape": shape})
        m = o.metrics
        assert m["p_all"] + m["p_half"] + m["p_nothing"] == pytest.approx(1, abs=0.011)
        assert m["p_in_time"] == pytest.approx(1 - m["p_late"], abs=0.011)
        assert m["cost_p10"] <= m["cost_p50"] <= m["cost_p80"] <= m["cost_p90"] <= m["cost_p95"]
        assert all(a[k] <= b[k] for a, b in zip(o.fan, o.fan[1:], strict=False) for k in range(5))
        assert 0 <= m["kept_away"] <= 1


def test_every_fear_is_kept_away_best_by_another_plan(s):
    """No shape with no rule is best against all four: the dilemma is real."""
    assert all(high - low > 0.1 for low, high in s.span.values())
    best = {}
    for fear in s.fears:
        tried = {
            (shape, stop): model.run(s, {**ROUND, "reserve": 15, "shape": shape, "stop_at": stop}).metrics[f"p_{fear}"]
            for shape in s.shapes for stop in s.stops
        }  # fmt: skip
        least = min(tried.values())
        best[fear] = {plan for plan, p in tried.items() if p <= least + 0.005}
    assert set.intersection(*best.values()) == set()
    assert {shape for shape, _ in best["nothing"]} == {"five"}
    assert {shape for shape, _ in best["half"]} == {"one"}


def test_empty_decision_runs_and_equal_ones_are_remembered(s):
    assert model.run(s, {}).metrics["base"] == 18
    assert model.run(s, ROUND) is model.run(s, dict(ROUND))


def test_scenario_says_what_does_not_fit(case):
    for name, value in (("needs", {"payment": "nobody"}), ("parts", {"one": [4], "two": [2, 3], "five": [1] * 5})):
        assert case.scenario is not None
        param = {**case.scenario.param, name: case.scenario.param[name].model_copy(update={"value": value})}
        wrong = case.model_copy(update={"scenario": case.scenario.model_copy(update={"param": param})})
        with pytest.raises(ContentError, match=name):
            read(wrong)
