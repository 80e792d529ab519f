"""A four-year plan under a yearly cap, met by many futures: what it costs, what it brings, who stops what.

Pure: a scenario, a decision and common random inputs in, an outcome out. Money in millions, time in months
from the start of the first period, gains in points of what the whole list would bring an area.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from itguide.errors import ContentError, Problem
from itguide.models import sampling
from itguide.models.reference_class import ReferenceClass
from itguide.spec import CaseSpec, Option, Question

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from itguide.models.sampling import Floats, Inputs

YEAR = 12


@dataclass(frozen=True)
class Initiative:
    """One thing that can be done: money and staff by period from its start, planned months, yearly points by area."""

    id: str
    cash: tuple[float, ...]
    staff: tuple[float, ...]
    months: float
    points: Mapping[str, float]
    visible: float
    requires: tuple[str, ...]
    lag: int
    latest: int

    def cost(self, start: int, periods: int) -> float:
        """What falls inside the periods if it starts in period `start` (1-based)."""
        return sum(self.cash[: periods - start + 1])


@dataclass(frozen=True)
class Waits:
    """An initiative that brings only a share `without` until another is in service, and does `harm` meanwhile."""

    item: str
    needs: str
    without: float
    harm: Mapping[str, float]


@dataclass(frozen=True)
class Guard:
    """What an initiative in service does to a peril: factors on its hazard and on the days lost, until a month."""

    item: str
    hazard: float
    days: float
    until: float


@dataclass(frozen=True)
class Peril:
    """Something rare: yearly hazard, days without a system when it comes, what guards against it."""

    id: str
    yearly: tuple[float, ...]
    days: float
    guards: tuple[Guard, ...]


@dataclass(frozen=True)
class Promise:
    """A politician's wish: `item` in service by `month`; what may follow if not, or if it comes without `needs`."""

    item: str
    month: float
    needs: str
    anger: float
    anger_cut: float
    blame: float
    blame_months: float


@dataclass(frozen=True)
class Inherited:
    """The project found on arrival: which answers of which question go with its place in the plan."""

    question: str
    item: str
    go: str
    wait: str
    stop: str
    cold: float


@dataclass(frozen=True, eq=False)  # compared by identity, so that a run can be remembered
class Scenario:
    """Everything about the case that no decision changes."""

    plan: str
    weights: str
    cut: str
    disclosed: str
    areas: tuple[str, ...]
    items: tuple[Initiative, ...]
    cash: tuple[float, ...]
    staff: tuple[float, ...]
    envelope: float
    horizon: int
    known: int
    law: ReferenceClass
    waits: tuple[Waits, ...]
    slower: tuple[tuple[str, str, float], ...]
    perils: tuple[Peril, ...]
    damage: Mapping[str, float]
    promise: Promise
    inherited: Inherited
    inputs: str
    whole: Mapping[str, float]

    def find(self, item: str) -> Initiative:
        """The initiative of this id; KeyError if there is none."""
        for found in self.items:
            if found.id == item:
                return found
        raise KeyError(item)


@dataclass(frozen=True)
class Outcome:
    """What a plan meets. `metrics` are rounded; bands are 10th, 50th and 90th of a hundred futures.

    `spend` and `spend_band` by period; `service` by initiative: planned month and band of the month it comes into
    service (only futures in which it is not stopped); `stopped` is the chance that it is stopped.
    """

    metrics: Mapping[str, float]
    starts: Mapping[str, int]
    spend: tuple[float, ...]
    spend_band: tuple[tuple[float, float, float], ...]
    service: Mapping[str, tuple[float, float, float, float]]
    stopped: Mapping[str, float]
    cost_band: tuple[float, ...]
    gains: Mapping[str, float]
    gains_band: Mapping[str, tuple[float, float, float]]


def scenario(case: CaseSpec) -> Scenario:
    """The case's scenario. ContentError names what is missing or does not fit."""
    file = f"case_studies/{case.slug}/case.toml"
    if case.scenario is None:
        raise ContentError([Problem(file, "scenario", "is missing; the portfolio model needs it")])
    given = case.scenario
    try:
        plan = _only(case, "schedule")
        weights = _only(case, "allocate")
        limits = {limit.id: limit.per_period for limit in plan.limit}
        areas = tuple(o.id for o in weights.option)
        wish, found = given["promise"], given["inherited"]
        bare = Scenario(
            plan=plan.id, weights=weights.id, cut=given["asked"]["cut"], disclosed=given["asked"]["disclosed"],
            areas=areas, items=tuple(_initiative(o, areas) for o in plan.option),
            cash=tuple(limits["cash"]), staff=tuple(limits["staff"]),
            envelope=given["envelope"], horizon=int(given["horizon"]), known=int(given["known"]),
            law=ReferenceClass(**given["reference_class"], **given["tail"], **given["lateness"], **given["spread"]),
            waits=tuple(Waits(w["item"], w["needs"], w["without"], w.get("harm", {})) for w in given["waits"]),
            slower=tuple((s["item"], s["needs"], s["time"]) for s in given["slower"]),
            perils=tuple(_peril(p, int(given["horizon"])) for p in given["peril"]),
            damage=given["damage"], promise=Promise(**wish), inherited=Inherited(**found),
            inputs=given["inputs"], whole=dict.fromkeys(areas, 1.0),
        )  # fmt: skip
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ContentError([Problem(file, "scenario.param", f"does not fit the portfolio model: {error!r}")]) from None
    _known_ids(bare, file)
    return _measured(bare)


def _only(case: CaseSpec, kind: str) -> Question:
    found = [q for q in case.phase("declare", "decide") if q.kind == kind]
    if len(found) != 1:
        raise ValueError(f"exactly one '{kind}' question is needed")
    return found[0]


def _initiative(option: Option, areas: Sequence[str]) -> Initiative:
    return Initiative(
        option.id, option.use["cash"], option.use["staff"], option.value["months"],
        {a: option.value.get(a, 0.0) for a in areas}, option.value["visible"],
        option.requires, option.lag, option.latest or 99,
    )  # fmt: skip


def _peril(table: Mapping[str, Any], horizon: int) -> Peril:
    guards = tuple(Guard(g["item"], g["hazard"], g["days"], g.get("until", horizon)) for g in table["guards"])
    return Peril(table["id"], tuple(table["yearly"]), table["days"], guards)


def _known_ids(s: Scenario, file: str) -> None:
    ids = {i.id for i in s.items}
    named = [w.item for w in s.waits] + [w.needs for w in s.waits] + [n for pair in s.slower for n in pair[:2]]
    named += [g.item for p in s.perils for g in p.guards] + [s.promise.item, s.promise.needs, s.inherited.item]
    wrong = [Problem(file, "scenario.param", f"names '{n}', which is not an initiative") for n in named if n not in ids]
    wrong += [Problem(file, "scenario.param.damage", f"names '{a}', which is no area") for a in s.damage if a not in s.areas]
    wrong += [
        Problem(file, f"scenario.param.peril[{p.id}]", f"needs {s.horizon // YEAR} yearly hazards")
        for p in s.perils if len(p.yearly) * YEAR != s.horizon
    ]  # fmt: skip
    if wrong:
        raise ContentError(wrong)


def _measured(bare: Scenario) -> Scenario:
    """The scenario with its yardstick: what all initiatives, begun at once and on time, would bring each area."""
    import numpy as np

    futures = sampling.load(bare.inputs)
    finish = np.tile(np.array([i.months for i in bare.items]), (len(futures.cost), 1))
    nothing, everything = _unguarded(bare, futures).mean(), _days(bare, finish, futures).mean()
    brought = _brought(bare, finish)
    whole = {a: float(brought[a].mean()) + bare.damage.get(a, 0.0) * float(nothing - everything) for a in bare.areas}
    return replace(bare, whole=whole)


def starts_of(s: Scenario, answers: Mapping[str, Any]) -> dict[str, int]:
    """The plan in the answers: initiative to period, in the case's order; what is unknown is left out."""
    given = answers.get(s.plan) or {}
    return {i.id: int(given[i.id]) for i in s.items if given.get(i.id)}


def shares_of(s: Scenario, answers: Mapping[str, Any]) -> dict[str, float]:
    """The declared weights as fractions; equal if none were declared."""
    given = answers.get(s.weights) or {}
    total = sum(float(given.get(a, 0)) for a in s.areas)
    return {a: float(given.get(a, 0)) / total if total > 0 else 1 / len(s.areas) for a in s.areas}


def profile(s: Scenario, starts: Mapping[str, int], what: str) -> list[list[float]]:
    """Money ("cash") or staff drawn by each initiative in each period, as planned."""
    periods = len(s.cash)
    rows = []
    for item in s.items:
        row = [0.0] * periods
        if start := starts.get(item.id):
            for n, amount in enumerate(getattr(item, what)):
                if start - 1 + n < periods:
                    row[start - 1 + n] = amount
        rows.append(row)
    return rows


def run(s: Scenario, answers: Mapping[str, Any], inputs: Inputs | None = None) -> Outcome:
    """What this decision meets in every future of `inputs` (default: the committed ones, and remembered)."""
    asked = {q: answers.get(q) for q in (s.plan, s.weights, s.cut, s.disclosed, s.inherited.question)}
    return _run(s, asked, inputs) if inputs else _remembered(s, json.dumps(asked, sort_keys=True))


@lru_cache(maxsize=64)
def _remembered(s: Scenario, asked: str) -> Outcome:
    return _run(s, json.loads(asked), sampling.load(s.inputs))


def _run(s: Scenario, answers: Mapping[str, Any], futures: Inputs) -> Outcome:
    import numpy as np

    starts, weights = starts_of(s, answers), shares_of(s, answers)
    cash = np.array(profile(s, starts, "cash"))
    staff = np.array(profile(s, starts, "staff"))
    overrun = np.stack([s.law.overrun(i.months, futures.cost[:, n]) for n, i in enumerate(s.items)], axis=1)
    actual = cash[None, :, :] * (1 + overrun[:, :, None])
    finish = _finish(s, starts, futures)
    unready = _unready(s, finish)
    blamed = unready & (futures.event[:, -1] < s.promise.blame)
    finish = np.where((blamed[:, None]) & (finish > s.promise.month), finish + s.promise.blame_months, finish)
    angry = (finish[:, _at(s, s.promise.item)] > s.promise.month) & (futures.event[:, -2] < s.promise.anger)
    total = actual.sum(axis=(1, 2))
    lacking = _lacking(s, actual, angry)
    own, treasury, short, stopped = _stop(s, answers, actual, lacking)
    finish = np.where(stopped, np.inf, finish)
    days, nothing = _days(s, finish, futures), _unguarded(s, futures)
    brought = _brought(s, finish, starts)
    gain = {a: 100 * (brought[a] + s.damage.get(a, 0.0) * (nothing.mean() - days)) / s.whole[a] for a in s.areas}
    mean = {a: float(gain[a].mean()) for a in s.areas}
    value = sum((weights[a] * gain[a] for a in s.areas), np.zeros(len(total)))
    planned = cash.sum(axis=0)
    metrics = {
        "chosen": float(len(starts)),
        "planned_cost": round(float(planned.sum()), 1),
        "reserve": round(s.envelope - float(planned.sum()), 1),
        "reserve_late": round(float(np.maximum(np.array(s.cash) - planned, 0)[s.known // YEAR :].sum()), 1),
        "cash_over": round(float(np.maximum(planned - np.array(s.cash), 0).sum()), 1),
        "staff_over": round(float(np.maximum(staff.sum(axis=0) - np.array(s.staff), 0).sum()), 1),
        "idle_staff": round(float(np.maximum(np.array(s.staff) - staff.sum(axis=0), 0).sum()), 0),
        "p_enough": _chance(lacking <= 0),
        "cost_p50": _at_share(total, 0.5),
        "cost_p80": _at_share(total, 0.8),
        "cost_p90": _at_share(total, 0.9),
        "p_own_cut": _chance(own),
        "p_treasury_cut": _chance(treasury),
        "p_short": _chance(short),
        "cut_frees": round(float(_late(s, cash)[[_at(s, c) for c in _named(s, answers)]].sum()), 1),
        "cut_spares": float(_spares(s, answers, starts, weights)),
        "value": round(float(value.mean()), 1),
        "value_p10": _at_share(value, 0.1),
        "coherence": round(_coherence(weights, mean), 2),
        "outage_days": round(float(days.mean()), 0),
        "outage_p90": round(float(np.quantile(days, 0.9)), 0),
        "outage_nothing": round(float(nothing.mean()), 0),
        "outage_nothing_p90": round(float(np.quantile(nothing, 0.9)), 0),
        "p_promise": _chance(finish[:, _at(s, s.promise.item)] <= s.promise.month),
        "p_unready": _chance(unready),
        "p_blamed": _chance(blamed),
        "p_angry": _chance(angry),
        "inherited_fits": float(_inherited_fits(s, answers, starts)),
        **{f"gain_{a}": round(mean[a], 0) for a in s.areas},
        **{f"weight_{a}": round(100 * weights[a], 0) for a in s.areas},
        **{f"share_{a}": round(100 * v, 0) for a, v in _portions(mean).items()},
    }  # fmt: skip
    for item in s.items:
        if item.id in starts:
            n = _at(s, item.id)
            metrics[f"in_time_{item.id}"] = _chance(finish[:, n] <= YEAR * len(s.cash))
    if (figure := answers.get(s.disclosed)) is not None:
        kept = float((total <= float(figure)).mean())
        metrics["p_disclosed"] = round(kept, 2)
        metrics["disclosure_gap"] = round(abs(kept - 0.8), 2)
    bands = (0.1, 0.5, 0.9)
    return Outcome(
        metrics=metrics, starts=starts,
        spend=tuple(round(float(x), 1) for x in planned),
        spend_band=tuple(_band(actual[:, :, t].sum(axis=1), bands) for t in range(len(s.cash))),
        service={i.id: _service(finish[:, n], YEAR * (starts[i.id] - 1) + i.months)
                 for n, i in enumerate(s.items) if i.id in starts},
        stopped={i.id: _chance(stopped[:, n]) for n, i in enumerate(s.items) if i.id in starts},
        cost_band=tuple(_at_share(total, q / 100) for q in range(2, 100, 4)),
        gains={a: round(mean[a], 0) for a in s.areas},
        gains_band={a: _band(gain[a], bands) for a in s.areas},
    )  # fmt: skip


# ---- time


def _at(s: Scenario, item: str) -> int:
    return next(n for n, i in enumerate(s.items) if i.id == item)


def _finish(s: Scenario, starts: Mapping[str, int], futures: Inputs) -> Floats:
    """Months at which each initiative comes into service, (futures, initiatives); infinite for what is not planned.

    Work begins at the start of its period, or when what it requires is in service, whichever is later.
    """
    import numpy as np

    stretch = s.law.stretch(futures.delay)
    finish = np.full(stretch.shape, np.inf)
    for item in sorted((i for i in s.items if i.id in starts), key=lambda i: (starts[i.id], len(i.requires))):
        n = _at(s, item.id)
        begin = np.full(len(stretch), float(YEAR * (starts[item.id] - 1)))
        for other in item.requires:
            begin = np.maximum(begin, finish[:, _at(s, other)])
        months = item.months
        for what, needs, factor in s.slower:
            if what == item.id and starts.get(needs, 99) > starts[item.id]:
                months *= factor
        finish[:, n] = begin + months * stretch[:, n]
    return finish


def _unready(s: Scenario, finish: Floats) -> NDArray[np.bool_]:
    """Futures in which the promised initiative is in service by its month, but what it needs is not."""
    ready = finish[:, _at(s, s.promise.item)] <= s.promise.month
    unready: NDArray[np.bool_] = ready & (finish[:, _at(s, s.promise.needs)] > s.promise.month)
    return unready


# ---- money


def _lacking(s: Scenario, actual: Floats, angry: NDArray[np.bool_]) -> Floats:
    """Money missing at the end of each future.

    What overruns a period's ceiling is paid from the next one; what a period does not spend is lost.
    """
    import numpy as np

    owed = np.zeros(len(actual))
    for n, ceiling in enumerate(s.cash):
        room = ceiling - (s.promise.anger_cut * angry if n == s.known // YEAR else 0.0)
        owed = np.maximum(owed + actual[:, :, n].sum(axis=1) - room, 0.0)
    return owed


def _late(s: Scenario, cash: Floats) -> Floats:
    """Planned money of each initiative that is still unspent when trouble is known."""
    late: Floats = cash[:, s.known // YEAR :].sum(axis=1)
    return late


def _named(s: Scenario, answers: Mapping[str, Any]) -> list[str]:
    """The initiatives the participant would stop first, in the case's order."""
    starts, given = starts_of(s, answers), answers.get(s.cut) or []
    return [i.id for i in s.items if i.id in given and i.id in starts]


def _stop(
    s: Scenario, answers: Mapping[str, Any], actual: Floats, lacking: Floats
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """Who stops what where money runs out: futures with own stops, with the treasury's, still short; (.., initiatives).

    First what the participant named, then the treasury stops what is seen least. Stopping frees what is
    unspent when trouble is known; what has nothing left to free is not stopped.
    """
    import numpy as np

    named = [_at(s, c) for c in _named(s, answers)]
    rest = sorted((n for n in range(len(s.items)) if n not in named), key=lambda n: (s.items[n].visible, n))
    free = actual[:, :, s.known // YEAR :].sum(axis=2)
    stopped = np.zeros(free.shape, dtype=bool)
    left = lacking.copy()
    for n in (*named, *rest):
        hit = (left > 0) & (free[:, n] > 0)
        stopped[:, n] = hit
        left = left - free[:, n] * hit
    own = stopped[:, named].any(axis=1) if named else np.zeros(len(left), dtype=bool)
    return own, stopped[:, rest].any(axis=1) | (left > 0), left > 0, stopped


# ---- gains


def _brought(s: Scenario, finish: Floats, starts: Mapping[str, int] | None = None) -> dict[str, Floats]:
    """Points by area earned from service to the horizon, before anything rare happens."""
    import numpy as np

    end = float(s.horizon)
    served = np.clip(end - finish, 0.0, None) / YEAR
    harm: dict[str, Floats] = {a: np.zeros(len(finish)) for a in s.areas}
    for wait in s.waits:
        n = _at(s, wait.item)
        alone = np.clip(np.minimum(finish[:, _at(s, wait.needs)], end) - np.minimum(finish[:, n], end), 0.0, None) / YEAR
        served[:, n] = served[:, n] - (1 - wait.without) * alone
        for area, points in wait.harm.items():
            harm[area] = harm[area] + points * alone
    if starts and starts.get(s.inherited.item, 1) > 1:
        served[:, _at(s, s.inherited.item)] *= s.inherited.cold
    return {a: served @ np.array([i.points[a] for i in s.items]) - harm[a] for a in s.areas}


def _days(s: Scenario, finish: Floats, futures: Inputs) -> Floats:
    """Days without a system over the horizon in each future: at most one event of each peril."""
    import numpy as np

    month = np.arange(s.horizon, dtype=float)
    lost = np.zeros(len(finish))
    for k, peril in enumerate(s.perils):
        rate = np.repeat(np.array(peril.yearly), YEAR) / YEAR
        hazard = np.broadcast_to(rate, (len(finish), s.horizon))
        on = []
        for guard in peril.guards:
            done = finish[:, _at(s, guard.item)]
            if not np.isfinite(done).any():
                continue
            active = (month[None, :] >= done[:, None]) & (month < guard.until)[None, :]
            hazard = hazard * np.where(active, guard.hazard, 1.0)
            on.append((active, guard.days))
        reached = np.cumsum(hazard, axis=1) >= -np.log(futures.event[:, k])[:, None]
        hit, when = reached[:, -1], reached.argmax(axis=1)
        days = np.full(len(finish), float(peril.days))
        for active, factor in on:
            days = days * np.where(active[np.arange(len(when)), when], factor, 1.0)
        lost = lost + hit * days
    return lost


@lru_cache(maxsize=16)
def _unguarded(s: Scenario, futures: Inputs) -> Floats:
    """Days without a system if nothing at all is done."""
    import numpy as np

    return _days(s, np.full(futures.cost.shape, np.inf), futures)


def _portions(mean: Mapping[str, float]) -> dict[str, float]:
    """Each area's part of what the plan brings; equal parts if it brings nothing."""
    kept = {a: max(v, 0.0) for a, v in mean.items()}
    total = sum(kept.values())
    return {a: v / total if total > 0 else 1 / len(kept) for a, v in kept.items()}


def _coherence(weights: Mapping[str, float], mean: Mapping[str, float]) -> float:
    """1 when what the plan brings is divided as declared, 0 when nothing of it is; half the sum of differences."""
    portions = _portions(mean)
    return 1 - sum(abs(weights[a] - portions[a]) for a in weights) / 2


def _spares(s: Scenario, answers: Mapping[str, Any], starts: Mapping[str, int], weights: Mapping[str, float]) -> bool:
    """Whether what is stopped first carries no more than a quarter of the plan's points for the first priority."""
    named = _named(s, answers)
    first = max(s.areas, key=lambda a: weights[a])
    carried = sum(s.find(i).points[first] for i in starts)
    return bool(named) and sum(s.find(i).points[first] for i in named) <= 0.25 * carried


def _inherited_fits(s: Scenario, answers: Mapping[str, Any], starts: Mapping[str, int]) -> bool:
    """Whether what was said of the inherited project is what the plan does with it."""
    said, start = answers.get(s.inherited.question), starts.get(s.inherited.item)
    if said == s.inherited.go:
        return start is not None
    if said == s.inherited.wait:
        return start is not None and start > 1
    return said == s.inherited.stop and start is None


# ---- rounding


def _chance(hits: NDArray[np.bool_]) -> float:
    return round(float(hits.mean()), 2)


def _at_share(values: Floats, share: float) -> float:
    import numpy as np

    return round(float(np.quantile(values, share)), 1)


def _band(values: Floats, shares: Sequence[float]) -> tuple[float, float, float]:
    low, middle, high = (_at_share(values, q) for q in shares)
    return low, middle, high


def _service(finish: Floats, planned: float) -> tuple[float, float, float, float]:
    """Planned month and the band of months in the futures where it is not stopped."""
    import numpy as np

    kept = finish[np.isfinite(finish)]
    if not len(kept):
        return planned, planned, planned, planned
    return (planned, *_band(kept, (0.1, 0.5, 0.9)))
