"""A four-year plan under a yearly cap, met by many futures: what it costs, what it brings, who stops what.

Pure: a scenario, a decision and common random inputs in, an outcome out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from itguide.models import sampling
from itguide.models.portfolio_futures import (
    brought,
    days_lost,
    finish_months,
    lacking,
    late_money,
    unguarded_days,
    unready,
    who_stops,
)
from itguide.models.portfolio_scenario import YEAR, Scenario, named_first, profile, read, shares_of, starts_of
from itguide.spec import CaseSpec

if TYPE_CHECKING:
    from itguide.models.portfolio_futures import Flags
    from itguide.models.sampling import Floats, Inputs

BAND = (0.1, 0.5, 0.9)
DOTS = tuple(q / 100 for q in range(2, 100, 4))
KEPT = 0.8  # the share of futures the disclosed figure is to cover


@dataclass(frozen=True)
class Outcome:
    """What a plan meets. `metrics` are rounded; bands are the 10th, 50th and 90th of a hundred futures.

    `spend` and `spend_band` by period; `service` by initiative: planned month, then the band of the month it comes
    into service, over the futures in which it is not stopped; `stopped` is the chance that it is stopped;
    `cost_dots` are equally likely costs of the whole.
    """

    metrics: Mapping[str, float]
    starts: Mapping[str, int]
    spend: tuple[float, ...]
    spend_band: tuple[tuple[float, ...], ...]
    service: Mapping[str, tuple[float, ...]]
    stopped: Mapping[str, float]
    cost_dots: tuple[float, ...]
    gains_band: Mapping[str, tuple[float, ...]]


def scenario(case: CaseSpec) -> Scenario:
    """The case's scenario with its yardstick: what all initiatives, begun at once and on time, would bring each area.

    ContentError names what is missing or does not fit.
    """
    import numpy as np

    bare = read(case)
    futures = sampling.load(bare.inputs)
    finish = np.tile(np.array([i.months for i in bare.items]), (len(futures.cost), 1))
    saved = float((unguarded_days(bare, futures) - days_lost(bare, finish, futures)).mean())
    all_of_it = brought(bare, finish)
    return replace(bare, whole={a: float(all_of_it[a].mean()) + bare.damage.get(a, 0.0) * saved for a in bare.areas})


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
    overrun = np.stack([s.law.overrun(i.months, futures.cost[:, n]) for n, i in enumerate(s.items)], axis=1)
    actual = cash[None, :, :] * (1 + overrun[:, :, None])
    total = actual.sum(axis=(1, 2))

    finish = finish_months(s, starts, futures)
    early = unready(s, finish)
    blamed = early & (futures.event[:, -1] < s.promise.blame)
    finish = np.where(blamed[:, None] & (finish > s.promise.month), finish + s.promise.blame_months, finish)
    kept = finish[:, s.at(s.promise.item)] <= s.promise.month
    angry = ~kept & (futures.event[:, -2] < s.promise.anger)

    short = lacking(s, actual, angry)
    stops = who_stops(s, named_first(s, answers), actual, short)
    finish = np.where(stops.stopped, np.inf, finish)

    days, nothing = days_lost(s, finish, futures), unguarded_days(s, futures)
    points = brought(s, finish, starts)
    gain = {a: 100 * (points[a] + s.damage.get(a, 0.0) * (nothing.mean() - days)) / s.whole[a] for a in s.areas}
    value = sum((weights[a] * gain[a] for a in s.areas), np.zeros(len(total)))
    metrics = {
        **_planned(s, starts, cash),
        **_named(s, answers, starts, weights, cash),
        **_areas(weights, {a: float(gain[a].mean()) for a in s.areas}),
        **_disclosed(answers.get(s.disclosed), total),
        "p_enough": _chance(short <= 0),
        "p_own_cut": _chance(stops.own),
        "p_treasury_cut": _chance(stops.treasury),
        "p_short": _chance(stops.short),
        "cost_p50": _quantile(total, 0.5),
        "cost_p80": _quantile(total, KEPT),
        "cost_p90": _quantile(total, 0.9),
        "value": round(float(value.mean()), 1),
        "value_p10": _quantile(value, 0.1),
        "outage_days": float(round(days.mean())),
        "outage_p90": float(round(_quantile(days, 0.9))),
        "outage_nothing": float(round(nothing.mean())),
        "outage_nothing_p90": float(round(_quantile(nothing, 0.9))),
        "p_promise": _chance(kept),
        "p_unready": _chance(early),
        "p_blamed": _chance(blamed),
        "p_angry": _chance(angry),
        **{f"in_time_{i}": _chance(finish[:, s.at(i)] <= YEAR * len(s.cash)) for i in starts},
    }
    return Outcome(
        metrics=metrics,
        starts=starts,
        spend=tuple(round(float(x), 1) for x in cash.sum(axis=0)),
        spend_band=tuple(_band(actual[:, :, t].sum(axis=1)) for t in range(len(s.cash))),
        service={i: _service(finish[:, s.at(i)], YEAR * (n - 1) + s.find(i).months) for i, n in starts.items()},
        stopped={i: _chance(stops.stopped[:, s.at(i)]) for i in starts},
        cost_dots=tuple(_quantile(total, q) for q in DOTS),
        gains_band={a: _band(gain[a]) for a in s.areas},
    )


# ---- metrics


def _planned(s: Scenario, starts: Mapping[str, int], cash: Floats) -> dict[str, float]:
    """What the plan draws of money and people, against the ceilings."""
    import numpy as np

    money, people = cash.sum(axis=0), np.array(profile(s, starts, "staff")).sum(axis=0)
    spare, free = np.array(s.cash) - money, np.array(s.staff) - people
    return {
        "chosen": float(len(starts)),
        "planned_cost": round(float(money.sum()), 1),
        "reserve": round(s.envelope - float(money.sum()), 1),
        "reserve_late": round(float(np.maximum(spare, 0)[s.known // YEAR :].sum()), 1),
        "cash_over": round(float(np.maximum(-spare, 0).sum()), 1),
        "staff_over": round(float(np.maximum(-free, 0).sum()), 1),
        "idle_staff": float(round(float(np.maximum(free, 0).sum()))),
    }


def _named(
    s: Scenario, answers: Mapping[str, Any], starts: Mapping[str, int], weights: Mapping[str, float], cash: Floats
) -> dict[str, float]:
    """What was said of stopping: what it frees, whether it spares the first priority, whether the plan agrees.

    It spares the first priority if it carries at most a quarter of the plan's points for that area.
    """
    named = named_first(s, answers)
    first = max(s.areas, key=lambda a: weights[a])
    carried = sum(s.find(i).points[first] for i in starts)
    spares = bool(named) and sum(s.find(i).points[first] for i in named) <= 0.25 * carried
    said, begins = answers.get(s.inherited.question), starts.get(s.inherited.item)
    fits = {
        s.inherited.go: begins is not None,
        s.inherited.wait: begins is not None and begins > 1,
        s.inherited.stop: begins is None,
    }
    return {
        "cut_frees": round(float(late_money(s, cash)[[s.at(i) for i in named]].sum()), 1),
        "cut_spares": float(spares),
        "inherited_fits": float(fits.get(str(said), False)),
    }


def _areas(weights: Mapping[str, float], mean: Mapping[str, float]) -> dict[str, float]:
    """Gains by area, each area's part of what is brought, and how far those parts agree with the declared ones.

    `coherence` is 1 less half the sum of the differences; where nothing is brought, the parts count as equal.
    """
    kept = {a: max(v, 0.0) for a, v in mean.items()}
    total = sum(kept.values())
    parts = {a: v / total if total > 0 else 1 / len(kept) for a, v in kept.items()}
    return {
        "coherence": round(1 - sum(abs(weights[a] - parts[a]) for a in weights) / 2, 2),
        **{f"gain_{a}": float(round(v)) for a, v in mean.items()},
        **{f"weight_{a}": float(round(100 * v)) for a, v in weights.items()},
        **{f"share_{a}": float(round(100 * v)) for a, v in parts.items()},
    }


def _disclosed(figure: Any, total: Floats) -> dict[str, float]:
    """How many futures stay under the figure given, and how far that is from what it claims."""
    if figure is None:
        return {}
    kept = float((total <= float(figure)).mean())
    return {"p_disclosed": round(kept, 2), "disclosure_gap": round(abs(kept - KEPT), 2)}


# ---- rounding


def _chance(hits: Flags) -> float:
    return round(float(hits.mean()), 2)


def _quantile(values: Floats, share: float) -> float:
    import numpy as np

    return round(float(np.quantile(values, share)), 1)


def _band(values: Floats, shares: Sequence[float] = BAND) -> tuple[float, ...]:
    return tuple(_quantile(values, q) for q in shares)


def _service(finish: Floats, planned: float) -> tuple[float, ...]:
    """The planned month and the band of months; the planned one throughout if it is stopped in every future."""
    import numpy as np

    served = finish[np.isfinite(finish)]
    return (planned, *(_band(served) if len(served) else (planned,) * len(BAND)))
