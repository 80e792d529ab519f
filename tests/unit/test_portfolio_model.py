"""The portfolio model on instances small enough to work out by hand, and against closed forms."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from math import exp

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itguide.content import load_case
from itguide.errors import ContentError
from itguide.models import portfolio, sampling
from itguide.models.portfolio_futures import brought, days_lost, finish_months, lacking, who_stops
from itguide.models.portfolio_scenario import named_first, profile
from itguide.models.sampling import Inputs
from itguide.solver import fits

CORE_FIRST = {
    "weights": {"treasury": 40, "trade": 35, "security": 25},
    "inherited": "stop",
    "plan": {"core": 1, "redesign": 1, "cyber": 1, "knowledge": 1, "payment": 4, "aeo": 3},
    "first_cut": ["payment", "aeo"],
    "disclosed": 35,
}


@pytest.fixture(scope="module")
def case():
    return load_case("ict_portfolio")


@pytest.fixture(scope="module")
def scenario(case):
    return portfolio.scenario(case)


def still(draws: int = 1, items: int = 14) -> Inputs:
    """Futures in which nothing overruns, every delay is the typical one and nothing rare happens."""
    event = np.full((draws, 5), 1e-12)
    event[:, 3:] = 0.999  # nobody is angry, nobody is blamed
    return Inputs(np.full((draws, items), 0.5), np.zeros((draws, items)), event)


# ---- time, by hand


def test_work_waits_for_what_it_requires(scenario):
    plan = {"network": 1, "scanner": 2}
    finish = finish_months(scenario, plan, still())
    network = 15 * 1.24
    assert finish[0, scenario.at("network")] == pytest.approx(network)
    assert finish[0, scenario.at("scanner")] == pytest.approx(network + 15 * 1.24)  # not from month 12
    assert np.isinf(finish[0, scenario.at("core")])


def test_core_takes_longer_without_the_rules_and_the_redesign(scenario):
    alone = finish_months(scenario, {"core": 1}, still())[0, scenario.at("core")]
    helped = finish_months(scenario, {"core": 1, "knowledge": 1, "redesign": 1}, still())[0, scenario.at("core")]
    assert helped == pytest.approx(36 * 1.24)
    assert alone == pytest.approx(36 * 1.24 * 1.15 * 1.1)


# ---- money, by hand


def test_overrun_is_paid_from_the_next_year_and_savings_are_lost(scenario):
    spent = np.zeros((3, 14, 4))
    spent[0, 0] = [13, 9, 8, 7]  # 2 over in year 1, of which year 2 pays 1: 1 is missing at the end
    spent[1, 0] = [5, 9, 9, 7]  # 6 saved in year 1 do not help year 3: 1 is missing
    spent[2, 0] = [12, 9, 8, 6]  # 1 over in year 1, paid by year 2
    calm = np.zeros(3, dtype=bool)
    assert lacking(scenario, spent, calm).tolist() == [1.0, 1.0, 0.0]
    assert lacking(scenario, spent, ~calm).tolist() == [2.0, 2.0, 0.0]  # year 4 pays the third's missing million


def test_own_stops_first_then_what_is_seen_least(scenario):
    plan = {"backup": 3, "payment": 4, "aeo": 3, "redesign": 1}
    actual = np.array(profile(scenario, plan, "cash"))[None].repeat(4, axis=0)
    stops = who_stops(scenario, ["payment"], actual, np.array([0.0, 2.0, 3.0, 20.0]))
    names = [[i.id for n, i in enumerate(scenario.items) if row[n]] for row in stops.stopped]
    assert names == [[], ["payment"], ["backup", "payment"], ["backup", "payment", "aeo"]]
    assert stops.own.tolist() == [False, True, True, True]
    assert stops.treasury.tolist() == [False, False, True, True]
    assert stops.short.tolist() == [False, False, False, True]  # 9.0 freed of 20; the redesign is paid for
    assert named_first(scenario, {"plan": plan, "first_cut": ["ai", "payment"]}) == ["payment"]


# ---- gains, by hand


def test_gains_run_from_service_to_the_horizon(scenario):
    finish = np.full((1, 14), np.inf)
    finish[0, scenario.at("payment")] = 60
    assert brought(scenario, finish)["treasury"][0] == pytest.approx(7 * 5)  # 7 points a year, 5 years


def test_engine_without_clean_data_brings_a_part_and_does_harm(scenario):
    finish = np.full((1, 14), np.inf)
    finish[0, scenario.at("ai")] = 24
    dirty = brought(scenario, finish)
    assert dirty["treasury"][0] == pytest.approx(13 * 0.35 * 8)
    assert dirty["trade"][0] == pytest.approx(3 * 0.35 * 8 - 6 * 8)
    finish[0, scenario.at("data")] = 48
    later = brought(scenario, finish)
    assert later["treasury"][0] == pytest.approx(13 * (0.35 * 2 + 6) + 7 * 6)
    assert later["trade"][0] == pytest.approx(3 * (0.35 * 2 + 6) - 6 * 2 + 4 * 6)


def test_portal_begun_again_brings_less(scenario):
    finish = np.full((1, 14), np.inf)
    finish[0, scenario.at("portal")] = 24
    now, later = ({"portal": 1}, {"portal": 2})
    assert brought(scenario, finish, now)["trade"][0] == pytest.approx(8 * 8)
    assert brought(scenario, finish, later)["trade"][0] == pytest.approx(8 * 8 * 0.75)


# ---- rare events, against the closed form


def test_days_lost_if_nothing_is_done(scenario, capsys):
    exact = sum(p.days * (1 - exp(-sum(p.yearly))) for p in scenario.perils)
    found = float(days_lost(scenario, np.full((2000, 14), np.inf), sampling.load("portfolio")).mean())
    with capsys.disabled():
        print(f"\n  days lost: {found:.2f}, exact {exact:.2f}, error {found - exact:+.2f}", end="")
    assert found == pytest.approx(exact, abs=1.0)


def test_backup_in_service_from_the_start_against_the_closed_form(scenario):
    finish = np.full((2000, 14), np.inf)
    finish[:, scenario.at("backup")] = 0
    core, site, intrusion = scenario.perils
    chance = [1 - exp(-sum(p.yearly)) for p in (core, site, intrusion)]
    exact = core.days * chance[0] + site.days * 0.06 * chance[1] + intrusion.days * 0.5 * chance[2]
    assert float(days_lost(scenario, finish, sampling.load("portfolio")).mean()) == pytest.approx(exact, abs=1.0)


def test_knowledge_guards_only_until_it_has_worn_off(scenario):
    futures = still()
    first = 12 * 6 + 6  # an event in year 7, after month 72
    rate = np.repeat(np.array(scenario.perils[0].yearly), 12) / 12
    for month, factor in ((first, 1.0), (30, 0.5)):
        hazard = np.cumsum(rate)
        guarded = np.cumsum(np.where(np.arange(120) < 72, rate * 0.5, rate))
        event = futures.event.copy()
        event[0, 0] = exp(-(guarded[month] - 1e-9))
        finish = np.full((1, 14), np.inf)
        finish[0, scenario.at("knowledge")] = 0
        days = days_lost(scenario, finish, replace(futures, event=event))
        assert days[0] == pytest.approx(scenario.perils[0].days * factor)
        assert hazard[month] > guarded[month]


# ---- the whole run


def test_calm_future_is_the_plan_itself(scenario):
    outcome = portfolio.run(scenario, CORE_FIRST, still(3))
    m = outcome.metrics
    assert (m["planned_cost"], m["cost_p50"], m["cost_p90"]) == (29.8, 29.8, 29.8)
    assert (m["p_enough"], m["p_treasury_cut"], m["outage_days"], m["outage_nothing"]) == (1.0, 0.0, 0.0, 0.0)
    assert outcome.spend == (9.2, 9.2, 7.6, 3.8)
    assert outcome.service["redesign"] == (9, 11.2, 11.2, 11.2)


def test_mean_cost_against_the_closed_form(scenario, capsys):
    """The mean of the whole is the sum of the parts' closed-form means, whatever their correlation."""
    plan = CORE_FIRST["plan"]
    exact = sum(sum(scenario.find(i).cash) * (1 + scenario.law.mean_overrun(scenario.find(i).months)) for i in plan)
    futures = sampling.load("portfolio")
    cash = np.array(profile(scenario, plan, "cash")).sum(axis=1)
    over = np.stack([scenario.law.overrun(i.months, futures.cost[:, n]) for n, i in enumerate(scenario.items)], axis=1)
    found = float(((1 + over) @ cash).mean())
    with capsys.disabled():
        print(f"\n  mean cost of core first: {found:.2f}, exact {exact:.2f}, error {found - exact:+.2f}", end="")
    assert found == pytest.approx(exact, abs=0.3)


def test_golden_values(scenario):
    """Rounded figures, the same on every supported NumPy."""
    m = portfolio.run(scenario, CORE_FIRST).metrics
    golden = {"p_enough": 0.81, "p_treasury_cut": 0.09, "cost_p80": 34.9, "value": 44.1, "value_p10": 36.2}
    assert {k: m[k] for k in golden} == golden
    assert m["outage_p90"] == 45
    assert m["coherence"] == 0.94
    assert m["inherited_fits"] == 1.0


def test_politics(scenario):
    none = portfolio.run(scenario, CORE_FIRST).metrics
    assert none["p_promise"] == 0
    assert none["p_angry"] == pytest.approx(0.35, abs=0.03)
    dirty = portfolio.run(scenario, {**CORE_FIRST, "plan": {"ai": 1}}).metrics
    assert dirty["p_promise"] == pytest.approx(0.62, abs=0.03)  # 16 months, typically 24 per cent more, by month 21
    assert dirty["p_unready"] == dirty["p_promise"]
    clean = portfolio.run(scenario, {**CORE_FIRST, "plan": {"ai": 1, "data": 1}}).metrics
    assert clean["p_unready"] < 0.2
    assert clean["value"] > 2 * dirty["value"]


def test_what_was_said_of_the_portal_is_compared_with_the_plan(scenario):
    fits_ = {
        (said, start): portfolio.run(
            scenario, {"inherited": said, "plan": {"redesign": 1} | ({"portal": start} if start else {})}
        ).metrics["inherited_fits"]
        for said in ("finish", "hold", "stop")
        for start in (0, 1, 2)
    }
    assert [k for k, v in fits_.items() if v] == [("finish", 1), ("finish", 2), ("hold", 2), ("stop", 0)]


@pytest.mark.parametrize("answers", [{}, {"plan": {}}, {"plan": {"core": 4, "window": 1}, "weights": {"trade": 100}}])
def test_any_answer_has_an_outcome(scenario, answers):
    assert all(np.isfinite(v) for v in portfolio.run(scenario, answers).metrics.values())


@lru_cache(maxsize=1)
def the_scenario():
    return portfolio.scenario(load_case("ict_portfolio"))


plans = st.deferred(
    lambda: st.dictionaries(st.sampled_from([i.id for i in the_scenario().items]), st.integers(1, 4), max_size=9)
)


@settings(max_examples=25, deadline=None)
@given(plans, st.sampled_from(["payment", "audit", "ai", "window"]))
def test_naming_what_stops_never_leaves_more_to_the_treasury(plan, named):
    scenario = the_scenario()
    silent = portfolio.run(scenario, {"plan": plan}).metrics
    said = portfolio.run(scenario, {"plan": plan, "first_cut": [named]}).metrics
    assert said["p_treasury_cut"] <= silent["p_treasury_cut"]
    assert said["p_enough"] == silent["p_enough"]
    assert 0 <= said["p_own_cut"] <= 1 - said["p_enough"] + 0.011
    if named not in plan:
        assert said == silent


def test_reserve_at_the_end_protects_more_than_the_same_reserve_at_the_start(scenario):
    base = {"core": 1, "redesign": 1, "knowledge": 1}
    late = portfolio.run(scenario, {"plan": {**base, "payment": 1}}).metrics
    early = portfolio.run(scenario, {"plan": {**base, "payment": 4}}).metrics
    assert late["planned_cost"] == early["planned_cost"]
    assert late["reserve_late"] > early["reserve_late"]
    assert late["p_enough"] >= early["p_enough"]


def test_scenario_that_does_not_fit_is_named(case):
    param = dict(case.scenario.param)
    wrong = param["damage"].model_copy(update={"value": {"fishing": 1}})
    broken = case.model_copy(
        update={"scenario": case.scenario.model_copy(update={"param": {**param, "damage": wrong}})}
    )
    with pytest.raises(
        ContentError, match=r"case_studies/ict_portfolio/case.toml: scenario.param.damage: names 'fishing'"
    ):
        portfolio.scenario(broken)
    del param["envelope"]
    short = case.model_copy(update={"scenario": case.scenario.model_copy(update={"param": param})})
    with pytest.raises(ContentError, match="'envelope'"):
        portfolio.scenario(short)


def test_exemplar_fits_by_the_solvers_own_reading(scenario):
    assert fits(scenario, CORE_FIRST["plan"])
    assert not fits(scenario, {**CORE_FIRST["plan"], "ai": 1})
    assert not fits(scenario, {"window": 2})
