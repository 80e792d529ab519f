"""The desks of the clearance model against what it did not write: Erlang C, Pollaczek-Khinchine, Little, SimPy."""

from __future__ import annotations

from dataclasses import replace
from math import factorial
from typing import Any

import numpy as np
import pytest
import simpy

from itguide.content import load_case
from itguide.models import clearance as model
from itguide.models import clearance_network as network

CASE = load_case("clearance_lanes")
WHOLE = model.scenario(CASE)
S = replace(WHOLE, ships=replace(WHOLE.ships, weeks=2))  # fewer weeks, the storm included: SimPy takes its time
GIVEN = model.inputs(S, S.seed)
ROUND = network.calendar(range(7), 0, 24, 0, 3000)  # open round the clock


def exponential(u: Any, mean: float) -> Any:
    return -np.log(u) * mean


def erlang_c(load: float, servers: int) -> float:
    """The mean wait in units of the mean work."""
    busy = load * servers
    top = busy**servers / factorial(servers) / (1 - load)
    chance = top / (sum(busy**k / factorial(k) for k in range(servers)) + top)
    return chance / (servers * (1 - load))


@pytest.mark.parametrize(("servers", "load"), [(1, 0.7), (3, 0.8), (5, 0.9)])
def test_waits_are_erlangs(servers: int, load: float) -> None:
    """Exponential gaps and work; the mean of ten long runs within three of its own standard errors, or 4 per cent."""
    n, found = 40_000, []
    for seed in range(10):
        gaps = exponential(network.uniform(seed, 1, n), 1 / (servers * load))
        work = exponential(network.uniform(seed, 2, n), 1.0)
        arrives = np.cumsum(gaps)
        left = network.desk(arrives, work, np.ones(n, dtype=bool), ROUND, servers)
        found.append(float((left - arrives - work)[4000:].mean()))
    mean, spread = float(np.mean(found)), float(np.std(found, ddof=1)) / 10**0.5
    want = erlang_c(load, servers)
    print(f"Erlang C, {servers} servers at {load:.0%}: {mean:.4f} against {want:.4f}, error {mean / want - 1:+.3%}")
    assert abs(mean - want) < max(3 * spread, 0.04 * want)


@pytest.mark.parametrize("law", [(1.0, 1.0, 1.0), (0.2, 0.6, 1.6)])
def test_waits_of_one_server_are_pollaczeks_and_khinchines(law: tuple[float, float, float]) -> None:
    n, load, found = 40_000, 0.8, []
    for seed in range(10):
        same = law[0] == law[2]
        work = np.full(n, law[0]) if same else network.triangular(network.uniform(seed, 3, n), law)
        a, b, c = law
        mean = (a + b + c) / 3
        square = mean**2 + (a * a + b * b + c * c - a * b - a * c - b * c) / 18
        arrives = np.cumsum(exponential(network.uniform(seed, 4, n), mean / load))
        left = network.desk(arrives, work, np.ones(n, dtype=bool), ROUND, 1)
        found.append(float((left - arrives - work)[4000:].mean()))
    want = (load / mean) * square / (2 * (1 - load))
    error = float(np.mean(found)) / want - 1
    print(f"Pollaczek-Khinchine, work {law}: error {error:+.3%}")
    assert abs(error) < 0.04


def test_little_holds_on_the_quay() -> None:
    """What stands on the quay is what arrives an hour times how long it stands: exact when the quay empties."""
    flow = model.today(S, S.seed)
    start, end = GIVEN.arrives.min(), flow.release.max()
    at = np.arange(start, end, 0.05)
    stock = network.waiting(GIVEN.arrives, flow.release, at).mean()
    stay = (flow.release - GIVEN.arrives).mean()
    law = len(GIVEN.arrives) / (end - start) * stay
    print(f"Little's law on the quay: {stock:.2f} against {law:.2f}, error {stock / law - 1:+.4%}")
    assert stock == pytest.approx(law, rel=1e-3)


# ---- the port in SimPy: same inputs, nothing of ours but the numbers


def open_hours(days: range | tuple[int, ...], opens: float, closes: float, extra: list[tuple[float, float]]) -> Any:
    """Whether a desk is open at an hour, and when that next changes."""

    def state(t: float) -> tuple[bool, float]:
        t = round(t, 9)
        spans = [(a, b) for a, b in extra if a - 48 <= t < b + 48]
        week = np.floor(t / 168) * 168
        spans += [(week + w + d * 24 + opens, week + w + d * 24 + closes) for w in (-168, 0, 168) for d in days]
        inside = [b for a, b in spans if a <= t < b]
        if inside:
            return True, max(inside)
        return False, min(a for a, _ in spans if a > t)

    return state


class Port:
    """The clearance of some ships, as processes."""

    def __init__(self, answers: dict[str, Any]) -> None:
        d, self.given = model.decision(S, answers), GIVEN
        share = model.uptake(S, d)
        self.reached = {c: GIVEN.luck[c] < share.get(c, 0.0) for c in S.uptake}
        self.env = simpy.Environment(initial_time=-400.0)
        self.desk = {n: simpy.Resource(self.env, x.servers) for n, x in S.desks.items()}
        late = [
            ((S.ships.weeks + 1) * 168 + k * 24 + 7.0, (S.ships.weeks + 1) * 168 + k * 24 + 21.0) for k in range(3, 16)
        ]
        extra = late if d.rush == "overtime" else []
        self.open = {n: open_hours(x.days, x.opens, x.closes, extra) for n, x in S.desks.items()}
        self.open |= {n: open_hours(range(x[2]), x[0], x[1], []) for n, x in S.hours.items()}
        self.signed = d.rush == "sign"
        self.release = np.zeros(len(GIVEN.arrives))

    def work(self, who: str, hours: float) -> Any:
        left = hours
        while left > 1e-12:
            is_open, changes = self.open[who](self.env.now)
            if not is_open:
                yield self.env.timeout(changes - self.env.now)
                continue
            step = min(left, changes - self.env.now)
            yield self.env.timeout(step)
            left -= step

    def queue(self, who: str, hours: float) -> Any:
        with self.desk[who].request() as turn:
            yield turn
            yield from self.work(who, hours)

    def until(self, t: float) -> Any:
        yield self.env.timeout(max(t - self.env.now, 0.0))

    def file(self, i: int) -> Any:
        g, t = self.given, {k: float(v[i]) for k, v in self.given.time.items()}
        got = {c: bool(hit[i]) for c, hit in self.reached.items()}
        ship, red, exam = float(g.arrives[i]), bool(g.red[i]), bool(g.exam[i])
        hurried = self.signed and bool(g.late[i])
        permit = (
            self.env.process(self.permit(ship - S.share["lead"] + t["papers"], t))
            if got["permit.early"] and g.permit[i]
            else None
        )
        slow = S.share["small_delay"] if g.small[i] else 1.0
        yield from self.until(ship + t["papers"] * slow - (S.share["lead"] if got["declaration.early"] else 0.0))
        yield from self.work("broker", t["declare"])
        declared = self.env.now
        if permit is None and g.permit[i]:
            permit = self.env.process(self.permit(max(declared, ship + float(g.luck["permit.early"][i])), t))
        if not got["check.early"]:
            yield from self.until(ship + float(g.luck["check.early"][i]))
        if red or (g.yellow[i] and not (got["check.after"] or hurried)):
            yield from self.queue("check", t["check"])
            if g.query[i]:
                yield from self.work("broker", t["query"])
        checked = self.env.now
        waits = [self.env.timeout(max(ship + t["unload"] - checked, 0.0))]
        if not (got["payment.after"] or (hurried and not red)):
            online = got["payment.online"]
            waits.append(
                self.env.timeout(max(declared + t["online"] - checked, 0.0))
                if online
                else self.env.process(self.counter(i, permit, t))
            )
        seen = red and not (got["inspect.trusted"] and g.trusted[i])
        together = exam and got["health_exam.joint"]
        if seen or exam:
            straight = got["position.direct"] and declared < ship
            paid = self.env.all_of(waits)
            if straight:
                yield from self.until(ship + t["unload"] + 1)
            else:
                yield paid
                yield from self.queue("position", t["position"])
            if seen or together:
                yield from self.queue("inspect", t["inspect"] * (1.0 if seen else S.share["checklist"]))
            if permit:
                yield permit
            if exam and not together:
                yield from self.queue("health_exam", t["health_exam"])
        yield self.env.all_of([*waits, permit] if permit else waits)
        self.release[i] = self.env.now

    def permit(self, start: float, t: dict[str, float]) -> Any:
        yield from self.until(start)
        yield from self.queue("permit", t["permit"])

    def counter(self, i: int, permit: Any, t: dict[str, float]) -> Any:
        if permit:
            yield permit
        yield from self.work("broker", t["to_bank"])
        yield from self.work("bank", t["counter"])
        day = np.floor(round(self.env.now, 9) / 24) * 24 + 24
        while day % 168 >= 120:
            day += 24
        yield from self.until(day + S.hours["bank"][0] + 1 + float(self.given.luck["payment.online"][i]))


@pytest.mark.parametrize("answers", [
    {},
    {"map": {"declaration": "early", "payment": "online", "health_exam": "joint", "position": "direct"},
     "settle": ["health", "brokers"], "rush": "overtime"},
    {"map": {"declaration": "early", "check": "early", "payment": "after", "permit": "early", "inspect": "trusted"},
     "settle": ["officers"], "rush": "sign"},
], ids=["today", "joint", "early"])  # fmt: skip
def test_the_whole_port_file_by_file_as_in_simpy(answers: dict[str, Any]) -> None:
    ours = model.simulate(S, model.decision(S, answers), GIVEN).release
    port = Port(answers)
    for i in range(len(ours)):
        port.env.process(port.file(i))
    port.env.run()
    error = np.abs(port.release - ours)
    stays = np.quantile(port.release - GIVEN.arrives, 0.9), np.quantile(ours - GIVEN.arrives, 0.9)
    print(
        f"SimPy, {len(ours)} files: largest difference {error.max():.1e} hours, P90 error {stays[1] / stays[0] - 1:.4%}"
    )
    assert error.max() < 1e-6
