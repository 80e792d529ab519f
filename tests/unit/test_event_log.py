"""The event log and its figures: against pandas, a minute-by-minute calendar, SimPy and published means."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
import simpy

from itguide.content import load_case
from itguide.errors import ContentError
from itguide.models import event_log as model
from itguide.models import event_log_calendar as clocks
from itguide.models import event_log_data as data
from itguide.models.event_log_scenario import Definition, read

SLUG = "where_time_goes"
ROUND = {
    "for_what": "neighbour", "span": "lodging_release", "population": "unexamined", "statistic": "mean",
    "clock": "all", "charged": "rule", "beside": ["definition", "tail", "holders"],
}  # fmt: skip


@pytest.fixture(scope="module")
def case():
    return load_case(SLUG)


@pytest.fixture(scope="module")
def s(case):
    return model.scenario(case)


@pytest.fixture(scope="module")
def table():
    return data.frame()


def told(capsys, name, found, exact):
    """Prints the error, as the course promises, and returns it as a share of the exact figure."""
    with capsys.disabled():
        print(f"\n  {name}: {found:.3f}, other {exact:.3f}, error {found / exact - 1:+.3%}", end="")
    return abs(found - exact) / abs(exact)


# ---- the log


def test_committed_log_is_what_the_recipe_gives(tmp_path, monkeypatch, capsys):
    assert data.main(["--check"]) == 0
    path = data.INPUTS / "event_log.npz"
    assert path.stat().st_size < 200_000
    with np.load(path) as file:
        spoilt = {k: file[k].copy() for k in file.files}
    spoilt["gate"][17] += 1
    np.savez_compressed(tmp_path / "event_log.npz", **spoilt)
    monkeypatch.setattr(data, "INPUTS", tmp_path)
    assert data.main(["--check"]) == 1
    assert "gate" in capsys.readouterr().err


def test_log_has_what_a_study_needs(table):
    assert len(table) == sum(p.count for p in data.PLACES) == 6000
    assert len(data.EVENTS) == 12
    assert set(table.place) == {"port", "airport", "border"}
    stamps = table[list(data.EVENTS)].to_numpy().astype("int64")
    assert (np.diff(stamps, axis=1) >= 0).all()
    assert table.arrived.min() >= pd.Timestamp("2027-06-01")
    assert table.arrived.max() < pd.Timestamp("2027-07-01")
    assert (table.loc[table.lane == "green", "inspected"] == table.loc[table.lane == "green", "paid"]).all()
    assert (table.loc[~table.permit, "permitted"] == table.loc[~table.permit, "assessed"]).all()


def hours(table, start, end):
    return (table[end] - table[start]).dt.total_seconds() / 3600


def test_means_by_place_follow_the_published_study(table, capsys):
    whole = hours(table, "arrived", "gate") / 24
    for place, days in data.TARGETS.items():
        assert told(capsys, f"{place}, mean days to the gate", whole[table.place == place].mean(), days) < 0.03
    assert told(capsys, "all, mean days to the gate", whole.mean(), 7.4) < 0.03


def test_customs_share_is_small_and_the_tail_is_long(table, capsys):
    own = hours(table, "lodged", "assessed") + hours(table, "positioned", "released")
    whole, port = hours(table, "arrived", "gate"), table.place == "port"
    share = own[port].sum() / whole[port].sum()
    assert told(capsys, "port, customs' share", share, data.CUSTOMS_SHARE) < 0.1
    assert own.sum() / whole.sum() < 0.1
    for place in data.TARGETS:
        mine = whole[table.place == place]
        assert mine.mean() > mine.median()
        assert 1.5 < mine.quantile(0.9) / mine.mean() < 2.2
    assert 1.5 < hours(table, "ordered", "paid").mean() / 24 < 2.1  # "almost two days"
    assert round(hours(table, "paid", "released").median()) == 2


def test_ships_come_in_waves_and_nothing_happens_at_night_that_needs_an_officer(table):
    port = table[table.place == "port"]
    weekday = port.arrived.dt.day_of_week.value_counts()
    assert weekday[[3, 4, 5, 6]].sum() > 0.65 * len(port)
    assert port.arrived.nunique() == 44
    checked = table[(table.lane != "green") & (table.place != "border")].assessed
    assert (checked.dt.day_of_week < 5).all()
    assert checked.dt.hour.between(8, 16).all()
    released = table[table.place != "border"].released.dt.day_of_week
    assert (released < 5).all()


# ---- calendar and queue


def minutes_open(a, b, opens=480, closes=960, days=5):
    """Opening minutes between two minutes of the month, counted one by one."""
    t = np.arange(a, b)
    day, minute = t // 1440, t % 1440
    return int((((day + 1) % 7 < days) & (minute >= opens) & (minute < closes)).sum())


def test_calendar_against_counting_minutes():
    office, rng = clocks.calendar("office"), np.random.default_rng(4)
    starts = rng.integers(-1000, 50_000, 60)
    ends = starts + rng.integers(0, 20_000, 60)
    found = office.worked(ends) - office.worked(starts)
    assert found.tolist() == [minutes_open(a, b) for a, b in zip(starts.tolist(), ends.tolist(), strict=True)]
    takes = rng.integers(1, 3000, 60)
    done = office.after(starts, takes)
    assert [minutes_open(a, b) for a, b in zip(starts.tolist(), done.tolist(), strict=True)] == takes.tolist()


def test_queue_against_simpy(capsys):
    """Officers round the clock, so that only the queue is compared: every task ends in the same minute."""
    rng = np.random.default_rng(9)
    came, takes = np.sort(rng.integers(0, 4000, 300)), rng.integers(5, 60, 300)
    always = clocks.Calendar(0, 1440, 7)
    found = clocks.queue(always, came, takes, 3)
    env, done = simpy.Environment(), {}
    officers = simpy.Resource(env, 3)

    def declaration(n):
        yield env.timeout(int(came[n]))
        with officers.request() as turn:
            yield turn
            yield env.timeout(int(takes[n]))
        done[n] = env.now

    for n in range(len(came)):
        env.process(declaration(n))
    env.run()
    assert found.tolist() == [done[n] for n in range(len(came))]
    told(capsys, "queue, mean end in minutes", float(found.mean()), sum(done.values()) / len(done))


# ---- the figures


def test_every_definition_against_pandas(s, table, capsys):
    """All 120 definitions; office hours by adding up whole working days and the two ends, from dates."""
    whole = hours(table, "arrived", "gate") / 24
    groups = {
        "all": whole >= 0,
        "port": table.place == "port",
        "unexamined": table.lane != "red",
        "trimmed": whole <= 14,
    }
    statistics = {"mean": lambda x: x.mean(), "median": lambda x: x.median(), "nine_in_ten": lambda x: x.quantile(0.9)}

    def inside(moments):
        """Office hours passed on the moment's own day."""
        hour = moments.dt.hour + moments.dt.minute / 60
        return (hour.clip(8, 16) - 8).where(moments.dt.day_of_week < 5, 0.0)

    def office(start, end):
        days = np.busday_count(table[start].values.astype("datetime64[D]"), table[end].values.astype("datetime64[D]"))
        return 8.0 * days + inside(table[end]) - inside(table[start])

    month, worst = data.load(), 0.0
    for name, (start, end) in s.spans.items():
        for clock, found in (("all", hours(table, start, end)), ("office", office(start, end))):
            for group, statistic in itertools.product(groups, statistics):
                exact = statistics[statistic](found[groups[group]])
                got = model.value(s, month, Definition(name, group, statistic, clock))
                worst = max(worst, abs(got - exact))
    with capsys.disabled():
        print(f"\n  120 definitions against pandas: largest difference {worst:.3f} hours", end="")
    assert worst <= 0.0501


def test_steps_add_up_to_the_whole_and_split_by_holder(s, table, capsys):
    found = model.run(s, {**ROUND, "population": "all", "span": "arrival_gate"})
    whole = hours(table, "arrived", "gate").mean()
    assert told(capsys, "sum of steps, hours", sum(t.hours for t in found.steps), whole) < 0.002
    m = found.metrics
    assert m["split_customs"] + m["split_rule"] + m["split_others"] == pytest.approx(whole, abs=0.5)
    own = (hours(table, "lodged", "assessed") + hours(table, "positioned", "released")).mean()
    assert m["split_customs"] == pytest.approx(own, abs=0.15)
    assert m["held_whole"] == round(100 * own / whole)


def test_charging_the_wait_moves_the_annex_and_nothing_that_is_scored(s):
    runs = {who: model.run(s, {**ROUND, "charged": who}).metrics for who in ("customs", "rule", "others")}
    for who, m in runs.items():
        assert m[f"split_{who}"] == max(x[f"split_{who}"] for x in runs.values())
    scored = ("fit", "off", "unsaid", "tail_told", "clock_told", "disclosed", "unfounded", "figure", "held_whole")
    assert all(len({m[name] for m in runs.values()}) == 1 for name in scored)


def test_readers_get_theirs_whatever_was_decided(s):
    base = model.run(s, ROUND)
    other = model.run(s, {**ROUND, "span": "arrival_gate", "clock": "office", "beside": ["faster"]})
    for reader in ("traders", "abroad", "neighbour", "last_year", "programme"):
        assert base.metrics[f"as_{reader}"] == other.metrics[f"as_{reader}"]
    assert base.metrics["as_neighbour"] == base.metrics["figure"]
    assert base.metrics["off"] == 1
    assert base.metrics["fit"] == 1


def test_disclosure_by_hand(s):
    """Three sentences of five; each counts by the logarithm of the ratio, below 15 per cent not at all."""
    m = model.run(s, ROUND).metrics
    far = {
        r: abs(np.log(m[f"as_{r}"] / m["figure"])) for r in ("traders", "abroad", "neighbour", "last_year", "officers")
    }
    far = {r: x for r, x in far.items() if x > np.log(1.15)}
    could = sum(sorted(far.values())[-3:])
    assert m["disclosed"] == pytest.approx((far["traders"] + far["abroad"] + far["officers"]) / could, abs=0.01)
    assert model.run(s, {**ROUND, "beside": ["faster", "progress"]}).metrics["disclosed"] == 0


def test_boasts_hold_only_where_both_count_alike_and_ours_is_lower(s):
    last_year = {"span": "unloading_release", "population": "port", "statistic": "median", "clock": "office"}
    assert model.run(s, {**ROUND, **last_year, "beside": ["progress"]}).metrics["unfounded"] == 0
    assert model.run(s, {**ROUND, "beside": ["progress"]}).metrics["unfounded"] == 1
    assert model.run(s, {**ROUND, "beside": ["faster"]}).metrics["unfounded"] == 1  # alike, and slower
    small = {**ROUND, "span": "payment_release", "statistic": "median", "beside": ["faster"]}
    assert model.run(s, small).metrics["unfounded"] == 1  # lower, and not alike
    assert model.run(s, {**ROUND, "beside": ["faster", "progress", "two_hours"]}).metrics["unfounded"] == 3


def test_beyond_is_read_from_the_clock_on_the_wall(s):
    m = model.run(s, {**ROUND, "span": "unloading_release", "population": "port", "statistic": "median",
                      "clock": "office"}).metrics  # fmt: skip
    assert m["beyond"] > 0.9
    assert model.run(s, {**ROUND, "statistic": "nine_in_ten"}).metrics["beyond"] == 0.1
    assert model.run(s, {**ROUND, "statistic": "median"}).metrics["beyond"] == pytest.approx(0.5, abs=0.01)


def test_empty_decision_runs_and_has_no_fit(s):
    found = model.run(s, {})
    assert found.metrics["figure"] > 0
    assert "fit" not in found.metrics
    assert len(found.dots) == len(found.whole_dots) == 100


def test_scenario_says_what_does_not_fit(case):
    for name, value in (
        ("spans", {"arrival_gate": ["gate", "arrived"]}),
        ("statistics", {"mean": 0}),
        ("segments", []),
    ):
        param = {**case.scenario.param, name: case.scenario.param[name].model_copy(update={"value": value})}
        wrong = case.model_copy(update={"scenario": case.scenario.model_copy(update={"param": param})})
        with pytest.raises(ContentError, match="scenario"):
            read(wrong)
