"""The model of exams against what it did not write: every declaration drawn, scikit-learn, SciPy, and finds by hand."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import average_precision_score, precision_score, recall_score

from itguide.content import load_case
from itguide.errors import ContentError
from itguide.models import targeting as model
from itguide.models import targeting_data as data
from itguide.models.targeting_scenario import AIMS, read

ROUND = {
    "aims": {"revenue": 25, "harm": 25, "sight": 50},
    "exams": {"score": 4200, "lot": 2100, "officers": 900, "partners": 1200},
    "override": "add_only", "importer": "audit_first", "announce": "random", "margin": 0.8, "gives_up": "harm",
}  # fmt: skip
ALL = {"score": 8400, "lot": 0, "officers": 0, "partners": 0}


@pytest.fixture(scope="module")
def case():
    return load_case("inspection_rate")


@pytest.fixture(scope="module")
def s(case):
    return model.scenario(case)


@pytest.fixture(scope="module")
def drawn():
    """Every declaration of two quarters: today's of one world, and the last of its second year."""
    return {(world, q): data.quarter(world, q) for world, q in ((0, 0), (0, 4), (1, 0))}


def told(capsys, name, found, exact):
    """Prints the error, as the course promises, and returns it as a share of the exact figure."""
    error = abs(found - exact) / max(abs(exact), 1e-12)
    with capsys.disabled():
        print(f"\n  {name}: {found:.5g}, exact {exact:.5g}, error {error:.3%}", end="")
    return error


# ---- the declarations


def test_committed_worlds_are_what_the_recipe_gives():
    assert list(data.differences(3, 1)) == []
    assert data.FILE.stat().st_size < 750_000


def test_a_changed_recipe_is_noticed(monkeypatch, capsys):
    monkeypatch.setattr(data, "RECIPE", replace(data.RECIPE, worlds=1))
    fresh = data.draw(range(1))
    monkeypatch.setattr(data, "draw", lambda _: {**fresh, "count": fresh["count"] + 1})
    assert data.main(["--check"]) == 1
    assert "'count' is not what the recipe gives" in capsys.readouterr().err


def test_there_are_enough_declarations_and_places_are_a_ranking(drawn):
    q = drawn[0, 0]
    assert len(q.kind) == 105_000
    for name in (*data.LISTS, "renewed"):
        assert np.array_equal(np.sort(getattr(q, name)), np.arange(105_000))
    assert np.array_equal(q.score, q.renewed)
    assert not np.array_equal(drawn[0, 4].score, drawn[0, 4].renewed)


@pytest.mark.parametrize("exams", [(4200, 2100, 900, 1200), (8400, 0, 0, 0), (0, 8400, 0, 0), (100, 300, 7000, 1000)])
@pytest.mark.parametrize("where", [(0, 0), (0, 4)])
def test_committed_rows_find_exactly_what_all_declarations_do(s, drawn, exams, where, capsys):
    """Opened among all 105,000, counted there; and the model's own count of the same quarter."""
    world, number = where
    q = drawn[where]
    depth = dict(zip(("score", "lot", "officers", "partners"), exams, strict=True))
    opened = np.zeros(105_000, dtype=bool)
    for name, n in depth.items():
        opened |= getattr(q, name) < n
    plan = model.plan_of(s, {**ROUND, "exams": depth})
    deaf = replace(s, alarm=1e9)  # nothing is noticed, so nothing is learnt: plain finds in the second year, too
    f = model.simulate(deaf, plan, data.load())
    assert f.hits[number, world] == (opened & (q.kind >= 0)).sum()
    assert f.revenue[number, world] == q.value[opened].sum()
    assert f.harm[number, world] == (opened & (q.kind == 2)).sum()
    assert f.lot[number, world] == ((q.lot < depth["lot"]) & (q.kind >= 0)).sum()
    assert told(capsys, f"finds, quarter {number}", f.hits[number, world], float((opened & (q.kind >= 0)).sum())) == 0


def test_infringements_follow_their_binomial_law(capsys):
    r = data.load()
    for kind, rate in enumerate(data.RECIPE.rate):
        mean = float(r.count[:, 0, kind].mean())
        assert told(capsys, f"infringements of kind {data.KINDS[kind]}", mean, 105_000 * rate) < 0.03
        law = stats.binom(105_000, rate)
        assert ((r.count[:, 0, kind] > law.ppf(1e-5)) & (r.count[:, 0, kind] < law.ppf(1 - 1e-5))).all()
    total = r.count[:, 0].sum(axis=1)
    assert 100 * total.mean() / 105_000 == pytest.approx(3.0, abs=0.05)


def test_six_worlds_in_ten_drift_and_the_others_do_not():
    r = data.load()
    assert r.drifts.sum() == 24
    moved = np.bincount(r.world, r.moved, 40)
    assert ((moved > 0) == r.drifts).all()
    assert not r.moved[: r.ends[0]].any()
    assert all(data.moved_share(w, 0) == 0 for w in range(40))


# ---- precision, recall, average precision


def test_the_score_against_scikit_learn(s, drawn, capsys):
    r, q = data.load(), drawn[0, 0]
    for n in (2100, 4200, 8400):
        truth, chosen = q.kind >= 0, q.score < n
        plan = model.plan_of(s, {**ROUND, "exams": {**ALL, "score": n}})
        hits = model.simulate(s, plan, r, quarters=1).hits[0, 0]
        infringing = r.count[0, 0].sum()
        assert told(capsys, f"precision of {n}", hits / n, precision_score(truth, chosen)) < 1e-12
        assert told(capsys, f"recall of {n}", hits / infringing, recall_score(truth, chosen)) < 1e-12
    # Average precision of the list as far as it is kept, in steps of a hundred as exams come.
    counts = np.bincount(r.place["score"][: r.ends[0]][r.world[: r.ends[0]] == 0], minlength=data.BEYOND + 1)[:-1]
    found = np.cumsum(counts)
    ours = float((counts * found / (100 * np.arange(1, len(counts) + 1))).sum() / found[-1])
    near = q.score < 100 * data.BEYOND
    theirs = average_precision_score((q.kind >= 0)[near], -(q.score[near] // 100).astype(float))
    assert told(capsys, "average precision", ours, theirs) < 1e-12


# ---- intervals


@pytest.mark.parametrize(("hits", "n"), [(53, 2100), (0, 300), (9, 300), (30, 1000), (63, 2100), (250, 8400)])
def test_interval_against_scipy(hits, n, capsys):
    exact = stats.binomtest(hits, n).proportion_ci(0.95, method="wilson")
    low, high = model.interval(hits, n, 0.95)
    assert low == pytest.approx(exact.low, abs=1e-12)
    assert told(capsys, f"upper end, {hits} of {n}", high, exact.high) < 1e-9


@pytest.mark.parametrize(("lot", "margin"), [(2100, 0.8), (1000, 1.2), (300, 0.5), (500, 1.5)])
def test_the_promise_against_exact_binomial_sums(s, lot, margin, capsys):
    """How often the truth lies within the margin: the normal law against the binomial's own sums."""
    found = model.run(s, {**ROUND, "exams": {**ALL, "score": 8400 - lot, "lot": lot}, "margin": margin}).metrics
    law, rate = stats.binom(lot, 0.03), 0.03
    near = [k for k in range(lot + 1) if abs(k / lot - rate) <= margin / 100 + 1e-12]
    exact = float(law.cdf(near[-1]) - law.cdf(near[0] - 1))
    assert told(capsys, f"covered by a lot of {lot}, ± {margin}", found["covers"], exact) < 0.1


def test_what_the_lot_finds_is_hypergeometric(s, capsys):
    """Mean and spread of the lot's finds over worlds, against the law of drawing without putting back."""
    r = data.load()
    lot = model.simulate(s, model.plan_of(s, ROUND), r, quarters=1).lot[0]
    law = stats.hypergeom(105_000, round(float(r.count[:, 0].sum(axis=1).mean())), 2100)
    assert told(capsys, "finds by lot, mean", float(lot.mean()), law.mean()) < 0.05
    assert told(capsys, "finds by lot, spread", float(lot.std()), law.std()) < 0.35
    share = [low <= r.count[w, 0].sum() / 105_000 <= high
             for w, (low, high) in enumerate(model.interval(x, 2100, 0.95) for x in lot)]  # fmt: skip
    assert np.mean(share) >= 0.85


# ---- the second year, by hand


def tiny(moved_place):
    """One world with one find today, and two that moved in each later quarter: one on the lot, one at `moved_place`."""
    places = {name: [93] * 9 for name in ("score", "renewed", "officers", "partners", "lot")}
    places["score"][0] = places["renewed"][0] = places["lot"][0] = 0
    for i in range(1, 9):
        places["renewed"][i] = 0
        places["lot"][i] = 0 if i % 2 else moved_place
    return data.Records(
        world=np.zeros(9, np.uint8), kind=np.ones(9, np.uint8), value=np.full(9, 1000.0),
        place={k: np.array(v, np.uint8) for k, v in places.items()}, moved=np.array([False] + [True] * 8),
        flags=np.zeros(9, np.uint8), ends=(1, 3, 5, 7, 9), count=np.ones((1, 5, 3), np.int64),
        at_stake=np.full((1, 5), 2000.0), drifts=np.array([True]), declarations=105_000,
    )  # fmt: skip


def test_what_moved_is_noticed_learnt_and_found(s):
    """The lot meets one of two that moved; once noticed, the score finds the other as far as it has learnt."""
    r = tiny(93)
    r = replace(r, place={**r.place, "lot": np.where(np.arange(9) == 0, 93, r.place["lot"])})
    patient = replace(s, alarm=0.0, half=1.0)
    plan = model.plan_of(s, {**ROUND, "exams": {**ALL, "score": 100, "lot": 100}})
    f = model.simulate(patient, plan, r)
    assert f.hits[:, 0].tolist() == [1, 1, 1, 1, 1]  # nothing usual on the lot: nothing to compare with
    seen = replace(r, place={**r.place, "score": np.where(np.arange(9) == 0, 93, r.place["score"]), "lot":
                             np.where(np.arange(9) == 0, 0, r.place["lot"])})  # fmt: skip
    f = model.simulate(patient, plan, seen)
    assert f.noticed[0] == 1
    # Learnt after each quarter: 1/(1+1), 2/(2+1), 3/(3+1) of the other one.
    assert f.hits[:, 0] == pytest.approx([1, 1, 1.5, 1 + 2 / 3, 1.75])


def test_nothing_by_lot_and_nothing_on_record_is_blind(s):
    m = model.run(s, {**ROUND, "exams": ALL, "override": "free"}).metrics
    assert m["p_noticed"] == 0
    assert m["worlds_blind"] == 24
    assert "rate_found" not in m
    assert m["covers"] == 0


def test_each_choice_does_what_its_card_says(s):
    now = model.run(s, ROUND).metrics
    free = model.run(s, {**ROUND, "override": "free"}).metrics
    recorded = model.run(s, {**ROUND, "override": "both_recorded"}).metrics
    assert recorded["hits"] > free["hits"]
    assert free["kept"] < recorded["kept"]
    score_only = model.run(s, {**ROUND, "override": "score_only"})
    assert score_only.exams["officers"] == 0
    assert score_only.exams["score"] == 5100
    admit, trial = (model.run(s, {**ROUND, "importer": i}).metrics for i in ("admit", "on_trial"))
    assert admit["kept"] < now["kept"] - 0.2
    assert trial["hits"] < now["hits"] * 0.95
    assert model.run(s, {**ROUND, "importer": "refuse"}).metrics == now


def test_more_exams_find_no_less_and_the_last_find_least(s):
    r = data.load()
    hits = [model.simulate(s, model.plan_of(s, {"exams": {**ALL, "score": n}}), r, 1).hits[0].mean()
            for n in range(0, 8401, 1400)]  # fmt: skip
    gains = np.diff(hits)
    assert (gains > 0).all()
    assert all(a > b for a, b in itertools.pairwise(gains))


# ---- coherence


def test_every_aim_has_another_best_use(s):
    best = {}
    for aim in range(len(AIMS)):
        best[aim] = int(s.grid[:, aim].argmax())
        assert s.grid[best[aim], aim] == pytest.approx(1)
    assert len(set(best.values())) == 3
    assert s.grid.shape[0] == 4495


def test_independent_lists_against_exact_counting(s, capsys):
    """The grid multiplies what lists miss; the model counts declarations. The error is the price of a fast grid."""
    depth = {"score": 42, "lot": 21, "officers": 9, "partners": 12}
    steps = np.arange(0, 85, model.GRID)
    a, b, c = np.meshgrid(steps, steps, steps, indexing="ij")
    inside = a + b + c <= 84
    row = int(np.flatnonzero((a[inside] == 21) & (b[inside] == 9) & (c[inside] == 12))[0])
    exact = model.run(s, {**ROUND, "exams": {k: 100 * v for k, v in depth.items()}}).metrics
    assert told(capsys, "duty attained, independent lists", float(s.grid[row, 0]), exact["attained_revenue"]) < 0.02
    assert told(capsys, "harm attained, independent lists", float(s.grid[row, 1]), exact["attained_harm"]) < 0.04


def test_the_best_allocation_by_ones_own_weights_is_wholly_coherent(s):
    for weights in ({"revenue": 70, "harm": 10, "sight": 20}, {"revenue": 10, "harm": 65, "sight": 25}):
        row = int((s.grid @ np.array([weights[a] for a in AIMS])).argmax())
        steps = np.arange(0, 85, model.GRID)
        a, b, c = (x[sum(np.meshgrid(steps, steps, steps, indexing="ij")) <= 84][row]
                   for x in np.meshgrid(steps, steps, steps, indexing="ij"))  # fmt: skip
        exams = {"lot": 100 * int(a), "officers": 100 * int(b), "partners": 100 * int(c)}
        exams["score"] = 8400 - sum(exams.values())
        assert model.run(s, {**ROUND, "aims": weights, "exams": exams}).metrics["coherence"] >= 0.98


def test_empty_decision_runs_and_a_run_changes_nothing(s):
    assert model.run(s, {}).metrics["hits"] == 0
    assert model.run(s, ROUND).metrics == model.run(s, dict(ROUND)).metrics


def test_scenario_says_what_does_not_fit(case):
    assert case.scenario is not None
    for name, value in (
        ("population", {"declarations": 99, "worlds": 40, "drifting": 24}),
        ("asked", {"aims": "aims"}),
    ):
        param = {**case.scenario.param, name: case.scenario.param[name].model_copy(update={"value": value})}
        wrong = case.model_copy(update={"scenario": case.scenario.model_copy(update={"param": param})})
        with pytest.raises(ContentError):
            read(wrong)
