"""The proved optimum: HiGHS against brute force, and the expansion against the model it stands for."""

from __future__ import annotations

import pytest

from itguide import solver
from itguide.content import load_case
from itguide.keys import load_key
from itguide.models import portfolio, sampling

EQUAL = {"treasury": 1 / 3, "trade": 1 / 3, "security": 1 / 3}


@pytest.fixture(scope="module")
def scenario():
    return portfolio.scenario(load_case("ict_portfolio"))


@pytest.fixture(scope="module")
def whole(scenario):
    return solver.terms(scenario, EQUAL)


@pytest.mark.parametrize(
    "items",
    [("core", "knowledge", "redesign", "window", "payment"), ("ai", "data", "audit", "backup", "cyber", "network")],
)
def test_solver_against_brute_force_on_small_instances(scenario, items):
    terms = solver.terms(scenario, EQUAL, items)
    plan, value = solver.best_plan(scenario, terms)
    best = max(terms.value(p) for p in solver.every_plan(scenario, terms))
    assert value == pytest.approx(best, abs=1e-6)
    assert terms.value(plan) == pytest.approx(value, abs=1e-6)
    assert solver.fits(scenario, plan)


def test_optimum_of_the_key_is_the_proved_one(scenario, whole, capsys):
    plan, value = solver.best_plan(scenario, whole)
    reference = load_key("ict_portfolio").reference
    assert solver.fits(scenario, plan)
    assert plan == reference.optimum["plan"]
    assert value == pytest.approx(reference.optimum["on_paper"], abs=0.05)
    there = solver.expected(scenario, EQUAL, plan, sampling.load(scenario.inputs))
    with capsys.disabled():
        print(
            f"\n  optimum: expansion {value:.2f}, model without overruns {there:.2f}, error {value - there:+.2f}",
            end="",
        )
    assert value == pytest.approx(there, abs=1.0)
    m = portfolio.run(scenario, {"plan": plan}).metrics
    for name in ("value", "value_p10", "p_enough", "p_treasury_cut"):
        assert m[name] == reference.optimum[name]


def test_baseline_of_the_key(scenario):
    reference = load_key("ict_portfolio").reference
    plan = solver.most_visible(scenario)
    assert plan == reference.baseline["plan"]
    m = portfolio.run(scenario, {"plan": plan}).metrics
    for name in ("value", "value_p10", "p_enough", "p_treasury_cut"):
        assert m[name] == reference.baseline[name]


def test_expansion_is_close_for_the_exemplars_plans(scenario, whole):
    futures = sampling.load(scenario.inputs)
    for plan in (
        {"core": 1, "redesign": 1, "cyber": 1, "knowledge": 1, "payment": 4, "aeo": 3},
        {"redesign": 1, "backup": 1, "cyber": 1, "network": 1, "knowledge": 1, "portal": 2, "payment": 1},
    ):
        assert whole.value(plan) == pytest.approx(solver.expected(scenario, EQUAL, plan, futures), abs=1.0)


def test_command_prints_both_lines(capsys):
    assert solver.main(["ict_portfolio"]) == 0
    out = capsys.readouterr().out
    assert "optimum" in out
    assert "baseline" in out
