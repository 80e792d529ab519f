"""The best plan on paper, proved: a mixed-integer programme over the portfolio model's expected values.

For instructors and tests only (SciPy is in the extra `instructor`); participants are not scored against it.
What is maximised is the expected weighted gain if no project overruns its cost, expanded to second order:
each start alone, plus what pairs that act on one another do beyond that. Limits and dependencies are exact.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from itguide.content import load_case
from itguide.models import portfolio as model
from itguide.models import sampling
from itguide.models.portfolio_futures import brought, days_lost, finish_months, unguarded_days
from itguide.models.portfolio_scenario import Scenario, profile

if TYPE_CHECKING:
    from itguide.models.sampling import Inputs

Start = tuple[str, int]
Plan = dict[str, int]


@dataclass(frozen=True)
class Terms:
    """Points of weighted gain: of each start alone, and of pairs of starts beyond the two alone."""

    single: Mapping[Start, float]
    pair: Mapping[tuple[Start, Start], float]

    def value(self, plan: Mapping[str, int]) -> float:
        """The expansion's value of a plan."""
        begun = set(plan.items())
        beyond = sum(v for (a, b), v in self.pair.items() if a in begun and b in begun)
        return sum(self.single[b] for b in begun) + beyond


def expected(s: Scenario, weights: Mapping[str, float], plan: Mapping[str, int], futures: Inputs) -> float:
    """The mean weighted gain of a plan if money never runs short and politics keeps out; limits are not looked at."""
    finish = finish_months(s, plan, futures)
    points = brought(s, finish, plan)
    saved = float((unguarded_days(s, futures) - days_lost(s, finish, futures)).mean())
    return sum(
        weights[a] * 100 * (float(points[a].mean()) + s.damage.get(a, 0.0) * saved) / s.whole[a] for a in s.areas
    )


def terms(s: Scenario, weights: Mapping[str, float], items: Sequence[str] = ()) -> Terms:
    """The expansion for these weights (fractions), over the given initiatives (default: all)."""
    futures = sampling.load(s.inputs)
    chosen = [i for i in s.items if not items or i.id in items]
    single = {
        (i.id, n): expected(s, weights, {i.id: n}, futures)
        for i in chosen
        for n in range(1, min(i.latest, len(s.cash)) + 1)
    }
    pair = {}
    for a, b in _acting(s, {i.id for i in chosen}):
        for one, two in product((x for x in single if x[0] == a), (x for x in single if x[0] == b)):
            beyond = expected(s, weights, dict((one, two)), futures) - single[one] - single[two]
            if abs(beyond) > 1e-9:
                pair[one, two] = beyond
    return Terms(single, pair)


def _acting(s: Scenario, among: set[str]) -> list[tuple[str, str]]:
    """Pairs of initiatives that act on one another, each once."""
    pairs = {(w.item, w.needs) for w in s.waits} | {(what, needs) for what, needs, _ in s.slower}
    pairs |= {(i.id, r) for i in s.items for r in i.requires}
    for peril in s.perils:
        guards = [g.item for g in peril.guards]
        pairs |= {(a, b) for n, a in enumerate(guards) for b in guards[n + 1 :]}
    unordered = {tuple(sorted(p)) for p in pairs}
    return sorted((a, b) for a, b in unordered if a in among and b in among)


def fits(s: Scenario, plan: Mapping[str, int]) -> bool:
    """Whether a plan keeps every ceiling and every order."""
    for what, ceilings in (("cash", s.cash), ("staff", s.staff)):
        drawn = [sum(column) for column in zip(*profile(s, plan, what), strict=True)]
        if any(d > c + 1e-9 for d, c in zip(drawn, ceilings, strict=True)):
            return False
    for item, start in plan.items():
        found = s.find(item)
        if start > found.latest or any(plan.get(r, 99) + found.lag > start for r in found.requires):
            return False
    return True


def best_plan(s: Scenario, t: Terms) -> tuple[Plan, float]:
    """The plan HiGHS proves best for these terms, and its value. RuntimeError if it does not prove it."""
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp

    starts, pairs = list(t.single), list(t.pair)
    at = {x: n for n, x in enumerate(starts)}
    width = len(starts) + len(pairs)
    gain = np.array([t.single[x] for x in starts] + [t.pair[p] for p in pairs])
    rows: list[np.ndarray] = []
    tops: list[float] = []

    def at_most(entries: Mapping[int, float], top: float) -> None:
        row = np.zeros(width)
        for column, amount in entries.items():
            row[column] += amount
        rows.append(row)
        tops.append(top)

    for item in {i for i, _ in starts}:
        at_most({at[x]: 1.0 for x in starts if x[0] == item}, 1.0)
    for what, ceilings in (("cash", s.cash), ("staff", s.staff)):
        for period, ceiling in enumerate(ceilings, start=1):
            at_most({at[x]: _draw(s, x, what, period) for x in starts}, ceiling)
    for item, start in starts:
        found = s.find(item)
        for other in found.requires:
            early = {at[x]: -1.0 for x in starts if x[0] == other and x[1] + found.lag <= start}
            at_most({at[item, start]: 1.0} | early, 0.0)
    for n, (one, two) in enumerate(pairs, start=len(starts)):
        at_most({n: 1.0, at[one]: -1.0}, 0.0)
        at_most({n: 1.0, at[two]: -1.0}, 0.0)
        at_most({at[one]: 1.0, at[two]: 1.0, n: -1.0}, 1.0)
    found_best = milp(
        -gain, integrality=np.ones(width), bounds=Bounds(0, 1),
        constraints=LinearConstraint(np.array(rows), -np.inf, np.array(tops)), options={"mip_rel_gap": 0.0},
    )  # fmt: skip
    if found_best.status != 0:
        raise RuntimeError(f"The solver did not prove an optimum: {found_best.message}")
    plan = {i: n for (i, n), x in zip(starts, found_best.x, strict=False) if x > 0.5}
    return plan, float(-found_best.fun)


def _draw(s: Scenario, start: Start, what: str, period: int) -> float:
    profile: tuple[float, ...] = getattr(s.find(start[0]), what)
    offset = period - start[1]
    return profile[offset] if 0 <= offset < len(profile) else 0.0


def every_plan(s: Scenario, t: Terms) -> Iterator[Plan]:
    """All plans over the terms' initiatives that fit: for small instances."""
    items = sorted({i for i, _ in t.single})
    choices = [[0, *sorted(n for i, n in t.single if i == item)] for item in items]
    for starts in product(*choices):
        plan = {i: n for i, n in zip(items, starts, strict=True) if n}
        if fits(s, plan):
            yield plan


def most_visible(s: Scenario) -> Plan:
    """The naive baseline: take what is seen most, begin it as early as it still fits."""
    plan: Plan = {}
    for item in sorted(s.items, key=lambda i: -i.visible):
        for start in range(1, min(item.latest, len(s.cash)) + 1):
            if fits(s, {**plan, item.id: start}):
                plan[item.id] = start
                break
    return plan


def main(argv: list[str] | None = None) -> int:
    """Print the best and the naive plan of a case for given weights, for the key's reference lines."""
    parser = argparse.ArgumentParser(description="The proved optimum and the naive plan of a portfolio case.")
    parser.add_argument("case")
    parser.add_argument("--weights", type=float, nargs="+", help="one per area, in the case's order; default: equal")
    given = parser.parse_args(argv)
    s = model.scenario(load_case(given.case))
    raw = given.weights or [1.0] * len(s.areas)
    weights = {a: w / sum(raw) for a, w in zip(s.areas, raw, strict=True)}
    t = terms(s, weights)
    best, value = best_plan(s, t)
    there = expected(s, weights, best, sampling.load(s.inputs))
    print(f"proved best without overruns: {value:.1f} (the model itself: {there:.1f})")
    for name, plan in (("optimum", best), ("baseline", most_visible(s))):
        m = model.run(s, {s.plan: plan, s.weights: weights}).metrics
        print(name, plan, {k: m[k] for k in ("planned_cost", "value", "value_p10", "p_enough", "p_treasury_cut")})
    return 0


if __name__ == "__main__":
    sys.exit(main())
