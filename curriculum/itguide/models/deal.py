"""A deal for one system by two routes: who pays what in which year, what it costs to leave, who may be charged what.

Pure and exact: the futures are every combination of a few discrete ones with their chances, so nothing is drawn at
random. Money is US$ m at today's value unless said otherwise; what falls in a year is discounted to its end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from itguide.models.deal_path import (
    Deal,
    Path,
    annuity,
    charged,
    cost,
    extras,
    leaving,
    lost,
    once_more,
    own_fee,
    path,
    present,
)  # fmt: skip
from itguide.models.deal_scenario import CLAUSES, Future, Scenario, scenario

__all__ = [
    "Deal", "Outcome", "Path", "Scenario", "Told", "alone", "annuity", "asked_for", "break_even", "cost", "deal",
    "idle", "leaving", "offered", "path", "present", "run", "scenario", "told",
]  # fmt: skip

STANDSTILL = 3.0  # months without a window that everybody remembers


@dataclass(frozen=True)
class Told:
    """One route over all futures: cumulated cost by year as planned and as low, middle and high, and its figures."""

    deal: Deal
    planned: tuple[float, ...]
    low: tuple[float, ...]
    middle: tuple[float, ...]
    high: tuple[float, ...]
    live: tuple[float, float, float]  # planned, middle, nine in ten
    figures: Mapping[str, float]
    ranges: Mapping[str, tuple[float, float, float]]


@dataclass(frozen=True)
class Outcome:
    """What a decision leads to: the deal signed, the other route as it was offered, and the rounded figures."""

    metrics: Mapping[str, float]
    mine: Told
    other: Told
    paid: Mapping[str, float]  # US$ a declaration by size of firm, first year of service
    saves: Mapping[str, float]
    leave: tuple[float, ...]  # what leaving costs at the end of each year, all in
    leave_offered: tuple[float, ...]


# ---- over all futures


def _quantile(pairs: list[tuple[float, float]], at: float) -> float:
    """The value below which this share of the chances lies; pairs are (value, chance)."""
    total = 0.0
    for value, weight in sorted(pairs):
        total += weight
        if total >= at - 1e-12:
            return value
    return max(v for v, _ in pairs)


def _relevant(s: Scenario, d: Deal) -> list[Future]:
    """The futures that differ for this route, with their chances together: parliament does not touch a concession."""
    found: dict[Future, float] = {}
    for f in s.futures:
        seen = f if d.route == "loan" else replace(f, delay=0.0, overrun=0.0)
        bare = replace(seen, weight=0.0)
        found[bare] = found.get(bare, 0.0) + f.weight
    return [replace(f, weight=w) for f, w in found.items()]


@lru_cache(maxsize=8)
def _discounts(rate: float, years: int) -> tuple[float, ...]:
    return tuple((1 + rate) ** -t for t in range(1, years + 1))


def told(s: Scenario, d: Deal) -> Told:
    """One deal over all futures."""
    worth = _discounts(s.life.rate, s.life.years)

    def value(flows: Sequence[float]) -> float:
        return sum(f * w for f, w in zip(flows, worth, strict=True))

    def cumulated(p: Path) -> tuple[float, ...]:
        total, found = 0.0, []
        for a, b, w in zip(p.treasury, p.fees, worth, strict=True):
            total += (a + b) * w
            found.append(total)
        return tuple(found)

    plan = path(s, d, s.planned)
    all_paths = [(path(s, d, f), f.weight) for f in _relevant(s, d)]
    lines = [(cumulated(p), w) for p, w in all_paths]
    years = range(s.life.years)

    def band(at: float) -> tuple[float, ...]:
        return tuple(_quantile([(line[y], w) for line, w in lines], at) for y in years)

    measures: dict[str, Callable[[Path], float]] = {
        "cost": lambda p: value(p.treasury) + value(p.fees),
        "treasury": lambda p: value(p.treasury),
        "fees": lambda p: value(p.fees),
        "traders": lambda p: value(p.saved) - value(p.fees),
        "net": lambda p: value(p.saved) - value(p.fees) - value(p.treasury),
        "small": lambda p: value(p.small_net),
        "live": lambda p: p.live,
        "dark": lambda p: float(p.dark >= STANDSTILL),
        "lawful": lambda p: float(p.lawful),
    }
    figures, ranges = {}, {}
    for name, measure in measures.items():
        pairs = [(measure(p), w) for p, w in all_paths]
        figures[name] = sum(v * w for v, w in pairs)
        figures[f"{name}_planned"] = measure(plan)
        ranges[name] = (_quantile(pairs, 0.1), _quantile(pairs, 0.5), _quantile(pairs, 0.9))
    live = (plan.live, ranges["live"][1], ranges["live"][2])
    return Told(d, cumulated(plan), band(0.1), band(0.5), band(0.9), live, figures, ranges)


def asked_for(s: Scenario, route: str) -> float:
    """Today's value of a route as it was offered, if all goes to plan: what is on the economist's sheet."""
    p = path(s, offered(s, route), s.planned)
    return present(s, (a + b for a, b in zip(p.treasury, p.fees, strict=True)))


def break_even(s: Scenario) -> float:
    """Declarations a year at which the two offers as they came cost the same today; fees are linear in them."""
    return s.life.declarations * asked_for(s, "loan") / asked_for(s, "concession")


def offered(s: Scenario, route: str) -> Deal:
    """A route as it was offered: no clauses, the operator's flat fee or a free window, owned as before the talks."""
    return _deal(s, route, "flat" if route == "concession" else "free", (), s.before["owner"], s.before["law"])


def deal(s: Scenario, answers: Mapping[str, Any]) -> Deal:
    """The deal of this decision; what is not answered is as it was offered."""
    ask = {name: answers.get(q) for name, q in s.asked.items()}
    route = str(ask["route"] or "concession")
    owner, law = str(ask["owner"] or s.before["owner"]), str(ask["law"] or s.before["law"])
    form = str(ask["fee"] or ("flat" if route == "concession" else "free"))
    return _deal(s, route, form, ask["clauses"] or (), owner, law)


def _deal(s: Scenario, route: str, form: str, clauses: Iterable[str], owner: str, law: str) -> Deal:
    reach, months = s.owners[owner]
    bound, by_concession, by_loan = s.laws[law]
    wait = months + (by_loan if route == "loan" else by_concession)
    return Deal(route, form, frozenset(clauses), reach * bound, wait)


# ---- a round


def run(s: Scenario, answers: Mapping[str, Any]) -> Outcome:
    """What this decision leads to, beside the other route as it was offered."""
    d = deal(s, answers)
    mine = told(s, d)
    other = told(s, offered(s, "loan" if d.route == "concession" else "concession"))
    beside = {
        "cost_other": round(other.figures["cost"], 1), "cost_other_planned": round(other.figures["cost_planned"], 1),
        "net_other": round(other.figures["net"], 1), "break_even": round(break_even(s), -3),
    }  # fmt: skip
    paid, saves = _burden(s, d)
    theirs, years = offered(s, "concession"), range(1, s.life.years)
    return Outcome(
        {**_metrics(s, answers, mine), **beside}, mine, other, paid, saves,
        tuple(leaving(s, d, y) for y in years), tuple(leaving(s, theirs, y) for y in years),
    )  # fmt: skip


def alone(s: Scenario, answers: Mapping[str, Any]) -> Mapping[str, float]:
    """The figures of this decision without the other route beside it: quicker, for what-if."""
    return _metrics(s, answers, told(s, deal(s, answers)))


def _metrics(s: Scenario, answers: Mapping[str, Any], mine: Told) -> dict[str, float]:
    d, f = mine.deal, mine.figures
    level, (paid, saves) = _level(s, d), _burden(s, d)
    least, most = s.sizes[0], s.sizes[-1]
    served = _served(s, mine)
    aim = str(answers.get(s.asked["aim"]) or "")
    lawful = f["lawful"] * (0.5 if _unpublished(s, d, answers) else 1.0)
    return {
        "cost": round(f["cost"], 1), "cost_planned": round(f["cost_planned"], 1), "cost_p90": round(mine.high[-1], 1),
        "treasury": round(f["treasury"], 1), "fees": round(f["fees"], 1), "traders": round(f["traders"], 1),
        "net": round(f["net"], 1), "small": round(f["small"], 1),
        "live": round(mine.live[0]), "live_mean": round(f["live"], 1), "live_p90": round(mine.live[2]),
        "level": round(level if d.form != "free" else 0.0, 2),
        "operator_fee": round(s.concession.fee + extras(s, d), 2),
        "leave": round(leaving(s, d, s.leaving.left), 1), "p_dark": round(f["dark"], 2), "lawful": round(lawful, 2),
        "covered": round(d.reach, 2), "idle": float(len(idle(s, d))),
        "small_net": round(saves[least.id] - paid[least.id], 2),
        "burden_small": round(1000 * paid[least.id] / least.value, 2),
        "burden_large": round(1000 * paid[most.id] / most.value, 2),
        "debt": round(_debt(s, d), 1), "first_served": round(served.get(aim, 0.0), 2),
        **{f"served_{a}": round(v, 2) + 0.0 for a, v in served.items()},
    }  # fmt: skip


def _level(s: Scenario, d: Deal) -> float:
    """What the average declaration has to bring in when the window opens, US$."""
    return own_fee(s) if d.route == "loan" else s.concession.fee + extras(s, d)


def _burden(s: Scenario, d: Deal) -> tuple[dict[str, float], dict[str, float]]:
    """What a declaration is charged, and what it saves, US$ by size of firm."""
    paid = {z.id: charged(s, d, _level(s, d), z.value, i == 0) for i, z in enumerate(s.sizes)}
    return paid, {z.id: z.saving * d.reach * (1 - lost(s, d)) for z in s.sizes}


def _served(s: Scenario, t: Told) -> dict[str, float]:
    """How far each aim is served, 0 to 1 between the two stated ends."""
    paid, saves = _burden(s, t.deal)
    least = s.sizes[0].id
    raw = {"time": t.figures["live"], "small": saves[least] - paid[least],
           "hands": leaving(s, t.deal, s.leaving.left), "treasury": t.figures["treasury"]}  # fmt: skip
    return {a: min(max((raw[a] - low) / (high - low), 0.0), 1.0) for a, (low, high) in s.spans.items()}


def idle(s: Scenario, d: Deal) -> list[str]:
    """Clauses that were won and change nothing by this route and with this fee."""
    if d.route == "loan":
        return [c for c in CLAUSES if c in d.clauses and not s.prices[c].bites]
    return ["small"] if "small" in d.clauses and d.form != "flat" else []


def _unpublished(s: Scenario, d: Deal, answers: Mapping[str, Any]) -> bool:
    """Whether users are charged a fee that stands in a contract only."""
    return d.form != "free" and answers.get(s.asked["law"]) == "contract"


def _debt(s: Scenario, d: Deal) -> float:
    """US$ m on the debt ceiling: what is borrowed, or what the budget is bound to pay an operator for everybody."""
    if d.route == "loan":
        return s.loan.price + once_more(s, d)
    return present(s, path(s, d, s.planned).treasury) if d.form == "free" else 0.0
