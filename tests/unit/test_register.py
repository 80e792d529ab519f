"""The register: its means, its bad year and its best payments, each checked against something it did not write."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from scipy import integrate

from itguide.content import load_case
from itguide.errors import ContentError
from itguide.models import register as model
from itguide.models.register_scenario import Band, Scenario, read

CASE = load_case("risk_register")
OPS, ICT = "operations", "ict"


@pytest.fixture(scope="module")
def s() -> Scenario:
    return model.scenario(CASE)


def told(capsys: pytest.CaptureFixture[str], what: str, found: float, exact: float) -> float:
    error = abs(found - exact) / abs(exact)
    with capsys.disabled():
        print(f"\n  register, {what}: {found:.4f} against {exact:.4f}, error {error:.3%}")
    return error


def log_uniform(rng: np.random.Generator, band: Band, size: int) -> np.ndarray:
    return np.exp(rng.uniform(np.log(band.low), np.log(band.high), size))


def brute_force(pairs: list[tuple[Band, Band]], years: int, seed: int) -> np.ndarray:
    """Years one by one: a rate, a number of events, their losses. Shares nothing with the model but the bands."""
    rng = np.random.default_rng(seed)
    total = np.zeros(years)
    for rate, loss in pairs:
        events = rng.poisson(log_uniform(rng, rate, years))
        owner = np.repeat(np.arange(years), events)
        total += np.bincount(owner, weights=log_uniform(rng, loss, int(events.sum())), minlength=years)
    return total


def pairs_of(s: Scenario, view: str, treated: tuple[str, ...] = ()) -> list[tuple[Band, Band]]:
    return [model.bands(s, risk, square, treated) for risk, square in s.views[view].items()]


# ---- bands


@pytest.mark.parametrize(("low", "high"), [(0.002, 0.02), (2, 20), (100, 400)])
def test_moments_of_a_band_against_numerical_integration(low, high, capsys):
    band, density = Band(low, high), lambda x: 1 / (x * math.log(high / low))
    for what, found, power in (("mean", band.mean, 1), ("square", band.square, 2)):
        exact, _ = integrate.quad(lambda x, p=power: x**p * density(x), low, high)
        assert told(capsys, f"{what} of {low:g} to {high:g}", found, exact) < 1e-9


def test_bands_touch_and_rise(s):
    for bands in (s.rates, s.losses):
        assert all(a.high == b.low for a, b in pairwise(bands.values()))


def test_yearly_mean_worked_by_hand(s):
    """Rare and severe: (0.018 / ln 10) a year times (90 / ln 10) million; the second room leaves three tenths."""
    square = {"centre": ("rare", "severe")}
    exact = (0.018 / math.log(10)) * (90 / math.log(10))
    assert model.yearly(s, square)["centre"] == pytest.approx(exact)
    assert model.yearly(s, square, {"centre"})["centre"] == pytest.approx(0.3 * exact)
    locked = {"ransom": ("possible", "severe")}
    both = model.yearly(s, locked, {"centre", "ransom"})["ransom"] / model.yearly(s, locked)["ransom"]
    assert both == pytest.approx(0.8 * 0.6 * 0.35), "a second room shortens a lock-out too"


def test_one_square_hides_a_hundredfold(s, capsys):
    """The cheapest and the dearest fixed rate and loss of every square."""
    widest = max(
        (r.high * x.high) / (r.low * x.low) for r in s.rates.values() for x in s.losses.values()
    )  # fmt: skip
    assert told(capsys, "widest square", model.spread(s), widest) < 1e-9
    assert model.spread(s) == pytest.approx(100)


# ---- the year


@pytest.mark.parametrize("view", [OPS, ICT])
@pytest.mark.parametrize("treated", [(), ("ransom", "people", "insider", "scanner")])
def test_law_of_the_year(s, view, treated, capsys):
    pairs = pairs_of(s, view, treated)
    law, step = model.year(pairs)
    assert law.sum() == pytest.approx(1, abs=1e-9)
    mean = float((law * np.arange(len(law))).sum() * step)
    exact = sum(rate.mean * loss.mean for rate, loss in pairs)
    assert told(capsys, f"{view}: mean of the law", mean, exact) < 1e-4
    drawn = brute_force(pairs, 150_000, seed=4)
    name = f"{view}, {'treated' if treated else 'untreated'}: one year in twenty"
    bad = model.bad_year(s, s.views[view], treated)
    assert told(capsys, name, bad, float(np.quantile(drawn, model.BAD))) < 0.03
    assert told(capsys, f"{view}: mean by brute force", mean, float(drawn.mean())) < 0.04


def test_year_without_any_loss_against_the_mixed_poisson(capsys):
    """One risk whose losses are far from nought: no loss is no event, with chance E[exp(-rate)]."""
    rate, loss = Band(0.1, 0.5), Band(10, 100)
    law, _ = model.year([(rate, loss)])
    exact, _ = integrate.quad(lambda r: math.exp(-r) / (r * math.log(5)), 0.1, 0.5)
    assert told(capsys, "year without loss", float(law[0]), exact) < 1e-6


def test_a_grid_full_of_catastrophes_does_not_run_over(s):
    worst = dict.fromkeys(s.risks, ("frequent", "extreme"))
    law, step = model.year([model.bands(s, r, q, ()) for r, q in worst.items()])
    mean = float((law * np.arange(len(law))).sum() * step)
    assert mean == pytest.approx(sum(model.yearly(s, worst).values()), rel=2e-3)


# ---- the money


@pytest.mark.parametrize("view", [OPS, ICT])
def test_best_payments_against_a_dynamic_programme(s, view, capsys):
    """Without the one joint effect the best set is a knapsack; tenths of a million, by dynamic programming."""
    alone = Scenario(**{**vars(s), "effect": {**s.effect, "centre": {"centre": s.effect["centre"]["centre"]}}})
    before = model.yearly(alone, s.views[view])
    room = [0.0] * (round(10 * s.budget) + 1)
    for ask, cost in s.cost.items():
        worth = before[ask] - model.yearly(alone, s.views[view], {ask})[ask]
        for left in range(len(room) - 1, round(10 * cost) - 1, -1):
            room[left] = max(room[left], room[left - round(10 * cost)] + worth)
    assert told(capsys, f"{view}: best payments", model.best(alone, s.views[view]), room[-1]) < 1e-9


def test_budget_is_less_than_what_is_asked(s):
    assert sum(s.cost.values()) == pytest.approx(5.8)
    assert s.budget == 2.4


def test_directors_agree_nowhere_and_neither_is_the_gloomier(s):
    assert all(s.views[OPS][r] != s.views[ICT][r] for r in s.risks)
    one, other = (sum(model.yearly(s, s.views[v]).values()) for v in (OPS, ICT))
    assert 0.7 < one / other < 1.4


def test_what_pays_under_one_director_does_not_under_the_other(s):
    """The dilemma is real: the best payments of one take away less than half of what could be under the other."""
    for view, other in ((OPS, ICT), (ICT, OPS)):
        asks = sorted(s.cost, key=lambda a: -model.saved(s, s.views[view], {a}, a) / s.cost[a])
        paid: list[str] = []
        for ask in asks:
            if sum(s.cost[a] for a in [*paid, ask]) <= s.budget:
                paid.append(ask)
        assert model._bought(s, s.views[view], paid) > 0.9
        assert model._bought(s, s.views[other], paid) < 0.5


# ---- the outcome

ROUND = {
    "placing": {r: list(q) for r, q in {
        "ransom": ("possible", "severe"), "people": ("possible", "serious"), "insider": ("unlikely", "severe"),
        "centre": ("unlikely", "severe"), "gate": ("frequent", "moderate"), "supplier": ("unlikely", "serious"),
        "payment": ("likely", "moderate"), "leak": ("possible", "serious"), "scanner": ("likely", "serious")}.items()},
    "treat": {"ransom": 1, "people": 1, "insider": 1, "scanner": 1}, "accept": "centre", "trigger": "water",
    "review": 12, "escalate": ["gate", "leak"], "wording": "plain",
}  # fmt: skip


def test_metrics_of_a_round(s):
    m = model.run(s, ROUND).metrics
    assert (m["spent"], m["left"], m["covered"], m["silent"], m["within"]) == (2.4, 0, 1, 0, 1)
    assert m["acceptance"] == 1
    assert m["survive"] == 8
    assert m["after"] < m["before"]
    assert m["bad_after"] < m["bad_before"]
    assert all(isinstance(v, float) for v in m.values())


@pytest.mark.parametrize(("change", "metric", "value"), [
    ({"accept": "insider"}, "acceptance", 0.0),
    ({"escalate": ["centre"]}, "acceptance", 0.5),
    ({"escalate": []}, "silent", 2.0),
    ({"treat": {}}, "own", 0.0),
    ({"treat": {"gate": 1, "scanner": 1}, "escalate": ["leak"]}, "silent", 3.0),
])  # fmt: skip
def test_each_decision_moves_its_own_figure(s, change, metric, value):
    assert model.run(s, {**ROUND, **change}).metrics[metric] == value


def test_placing_low_does_not_silence_what_a_director_finds_alarming(s):
    low = {r: ["rare", "slight"] for r in s.risks}
    m = model.run(s, {**ROUND, "placing": low, "treat": {}, "escalate": []}).metrics
    assert m["high"] == 2  # the intruders of one director, the insider of the other
    assert m["covered"] == 0
    assert m["within"] == 0


def test_grid_ranks_one_way_and_money_the_other(s):
    o = model.run(s, ROUND)
    means, swap = o.versions[model.OWN].before, o.swap
    assert swap is not None
    assert o.scores[swap.above] > o.scores[swap.below]
    assert means[swap.below] / means[swap.above] == pytest.approx(swap.times, abs=0.05)
    tied = model.run(s, {"placing": {"ransom": ["frequent", "slight"], "gate": ["rare", "extreme"]}}).swap
    assert tied is not None
    assert (tied.kind, tied.above, tied.below) == ("tied", "ransom", "gate")
    assert model.run(s, {"placing": {"ransom": ["rare", "slight"], "gate": ["possible", "extreme"]}}).swap is None


def test_empty_register_runs(s):
    m = model.run(s, {}).metrics
    assert (m["before"], m["bad_before"], m["spent"]) == (0, 0, 0)


def test_scenario_says_what_does_not_fit():
    assert CASE.scenario is not None
    for name, value in (("effect", {"ransom": {"nobody": [1, 1]}}), ("rate", {"rare": [0.02, 0.002]})):
        param = {**CASE.scenario.param, name: CASE.scenario.param[name].model_copy(update={"value": value})}
        wrong = CASE.model_copy(update={"scenario": CASE.scenario.model_copy(update={"param": param})})
        with pytest.raises(ContentError):
            read(wrong)
