"""One project with a heavy tail, let in one part or several, with a reserve and a rule for stopping, in many futures.

Pure: a scenario, a decision and common random inputs in, an outcome out. A part that is stopped costs what was
spent until then, and no more: its loss is capped.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from itguide.models import sampling
from itguide.models.contingency_scenario import Holder, Measure, Puller, Scenario, Shape, read
from itguide.spec import CaseSpec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from itguide.models.sampling import Floats, Inputs

    Flags = NDArray[np.bool_]

T = TypeVar("T")
DOTS = tuple(q / 100 for q in range(2, 100, 4))
FAN = (0.1, 0.25, 0.5, 0.75, 0.9)
MONTHS = tuple(range(0, 85, 12))
WORST = 0.1
ALWAYS = 1e6  # a reserve no future uses up


@dataclass(frozen=True)
class Plan:
    """A decision, complete: what was left out stands for none, or for the first in the case's order."""

    shape: Shape
    order: tuple[int, ...]
    rule: float
    measure: Measure
    puller: Puller
    reserve: float
    holder: Holder

    @property
    def parts(self) -> tuple[tuple[int, ...], ...]:
        """The modules of each part, as places in the case's order."""
        found, start = [], 0
        for count in self.shape.parts:
            found.append(self.order[start : start + count])
            start += count
        return tuple(found)


@dataclass(frozen=True)
class Futures:
    """What every future brings: one row a future; money by part, months at which each part ends or is stopped.

    `stopped`, `refused` and `skipped` say what became of a part; what is none of the three is in service.
    """

    ratio: Floats
    money: Floats
    start: Floats
    end: Floats
    stopped: Flags
    refused: Flags
    skipped: Flags
    waste: Floats
    cost: Floats
    worth: Floats
    date: Floats
    unfunded: Flags
    needed: Floats


@dataclass(frozen=True)
class Story:
    """One future, the middle one of the worst tenth: which part went wrong, how, when, and what was delivered."""

    kind: str  # "stopped", "refused" or "ran"
    part: int
    month: float
    times: float
    cost: float
    delivered: int


@dataclass(frozen=True)
class Outcome:
    """What a plan meets. `metrics` are rounded; `fan` holds percentiles of the money spent by the months `MONTHS`."""

    metrics: Mapping[str, float]
    cost_dots: tuple[float, ...]
    cost_band: tuple[float, float, float]
    fan: tuple[tuple[float, float, float, float, float], ...]
    story: Story


def scenario(case: CaseSpec) -> Scenario:
    """The case's scenario with its span: how little and how much of each fear the shapes and rules leave.

    The span is taken over every shape with every rule, the rest as in the scenario's `yardstick`.
    """
    return _measured(case.model_dump_json())


@lru_cache(maxsize=8)
def _measured(text: str) -> Scenario:
    bare = read(CaseSpec.model_validate_json(text))
    inputs = sampling.load(bare.inputs)
    seen: dict[str, list[float]] = {fear: [] for fear in bare.fears}
    for shape in bare.shapes:
        for stop in bare.stops:
            asked = {**_named(bare), bare.asked["shape"]: shape, bare.asked["stop"]: stop}
            found = simulate(bare, plan_of(bare, asked), inputs)
            for fear, hits in feared(bare, found).items():
                seen[fear].append(float(hits.mean()))
    return replace(bare, span={fear: (min(chances), max(chances)) for fear, chances in seen.items()})


def _named(s: Scenario) -> dict[str, Any]:
    return {s.asked[name]: value for name, value in s.yardstick.items()}


def run(s: Scenario, answers: Mapping[str, Any], inputs: Inputs | None = None) -> Outcome:
    """What this decision meets in every future of `inputs` (default: the committed ones, and remembered)."""
    asked = {question: answers.get(question) for question in s.asked.values()}
    return _run(s, asked, inputs) if inputs else _remembered(s, json.dumps(asked, sort_keys=True))


@lru_cache(maxsize=128)
def _remembered(s: Scenario, asked: str) -> Outcome:
    return _run(s, json.loads(asked), sampling.load(s.inputs))


def rivals(s: Scenario) -> dict[str, Outcome]:
    """The plans every decision is drawn beside: their rule is pulled part by part, and the Treasury always pays."""
    return {name: _rival(s, shape, stop) for name, (shape, stop) in s.rivals.items()}


@lru_cache(maxsize=16)
def _rival(s: Scenario, shape: str, stop: str) -> Outcome:
    exact = min(s.measures, key=lambda i: s.measures[i].late + s.measures[i].fee)
    swift = min(s.pullers, key=lambda i: (s.pullers[i].ends_all, s.pullers[i].late))
    thrifty = min(s.holders, key=lambda i: s.holders[i].eats)
    chosen = {"measure": exact, "who": swift, "holder": thrifty, "shape": shape, "stop": stop, "reserve": ALWAYS}
    return run(s, {s.asked[name]: value for name, value in chosen.items()})


def plan_of(s: Scenario, answers: Mapping[str, Any]) -> Plan:
    """The plan in the answers; a reserve not given is none, a rule not given is no rule."""
    places = {m.id: n for n, m in enumerate(s.modules)}
    given = [places[i] for i in answers.get(s.asked["order"]) or () if i in places]
    order = tuple(given + [n for n in places.values() if n not in given])
    rule = s.stops.get(str(answers.get(s.asked["stop"])), float("inf"))
    return Plan(
        _chosen(s.shapes, answers.get(s.asked["shape"])), order, rule,
        _chosen(s.measures, answers.get(s.asked["measure"])), _chosen(s.pullers, answers.get(s.asked["who"])),
        float(answers.get(s.asked["reserve"]) or 0), _chosen(s.holders, answers.get(s.asked["holder"])),
    )  # fmt: skip


def _chosen(table: Mapping[str, T], name: Any) -> T:
    return table.get(str(name), next(iter(table.values())))


def base(s: Scenario, plan: Plan) -> float:
    """What is budgeted before any reserve: the estimate, the overhead of the shape, the fee of the measure."""
    fee = plan.measure.fee if plan.rule < float("inf") else 0.0
    return s.estimate * (1 + plan.shape.overhead + fee)


def simulate(s: Scenario, plan: Plan, inputs: Inputs) -> Futures:
    """The plan in every future, part after part."""
    import numpy as np

    n, parts = len(inputs.cost), plan.parts
    budget = base(s, plan)
    sizes = np.array([len(p) / len(s.modules) for p in parts])
    ratio = s.law.ratio(inputs.cost[:, : len(parts)])
    stretch = s.delay * np.exp(s.spread * inputs.delay[:, : len(parts)])
    lasts = plan.shape.months * sizes * stretch * np.maximum(1.0, ratio / s.law.start) ** s.slow
    limit = plan.measure.trigger * plan.rule + plan.measure.late + plan.puller.late
    full = budget * sizes * ratio
    pulled = ratio > limit
    share = np.minimum(1.0, np.where(pulled, plan.measure.spent * limit / ratio if limit < np.inf else 1.0, 1.0))

    money, start, end = (np.zeros((n, len(parts))) for _ in range(3))
    stopped, refused, skipped = (np.zeros((n, len(parts)), dtype=bool) for _ in range(3))
    clock, spent, ended, unfunded = np.zeros(n), np.zeros(n), np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
    gone = np.zeros((n, len(s.modules)), dtype=bool)
    for k, modules in enumerate(parts):
        hopeless = np.ones(n, dtype=bool)
        for m in modules:
            hopeless &= _lost(s, m, gone)
        skip = ended | hopeless
        want = np.where(skip, 0.0, full[:, k] * share[:, k])
        short = ~skip & ~unfunded & (spent + want > budget + plan.reserve + 1e-9)
        unfunded |= short
        no = short & (inputs.event[:, 0] < s.refusal)
        had = np.where(no, np.maximum(budget + plan.reserve - spent, 0.0), want)
        part = np.divide(had, full[:, k])
        over = ~skip & (had > budget * sizes[k] * 1.05)
        start[:, k] = clock
        clock = clock + np.where(skip, 0.0, lasts[:, k] * part + plan.holder.months * over + s.wait * (short & ~no))
        end[:, k], money[:, k] = clock, had
        spent = spent + had
        stopped[:, k], refused[:, k], skipped[:, k] = pulled[:, k] & ~skip & ~no, no, skip
        lost = skip | no | stopped[:, k]
        gone[:, list(modules)] |= lost[:, None]
        ended |= no | (stopped[:, k] & plan.puller.ends_all)
    needed = np.maximum(spent - budget, 0.0)
    waste = plan.holder.eats * np.maximum(plan.reserve - needed, 0.0)
    works = np.stack([~_lost(s, m, gone) for m in range(len(s.modules))], axis=1)
    worth = works @ np.array([m.worth for m in s.modules])
    date = np.where(gone.any(axis=1), np.inf, clock)
    return Futures(
        ratio, money, start, end, stopped, refused, skipped, waste, spent + waste, worth, date, unfunded, needed
    )


def _lost(s: Scenario, module: int, gone: Flags) -> Flags:
    """Where a module will never work: it, or one it stands on, is gone."""
    ids = [m.id for m in s.modules]
    lost, at = gone[:, module], s.modules[module].needs
    while at:
        lost, at = lost | gone[:, ids.index(at)], s.modules[ids.index(at)].needs
    return lost


def feared(s: Scenario, f: Futures) -> dict[str, Flags]:
    """In which futures each fear comes true."""
    whole = sum(m.worth for m in s.modules)
    return {
        "overrun": f.cost > s.feared_cost,
        "nothing": f.worth <= 0,
        "half": (f.worth > 0) & (f.worth < whole),
        "late": f.date > s.deadline,
    }


def _run(s: Scenario, answers: Mapping[str, Any], inputs: Inputs) -> Outcome:
    import numpy as np

    plan = plan_of(s, answers)
    f = simulate(s, plan, inputs)
    fears = feared(s, f)
    whole: Flags = np.isfinite(f.date)
    order = np.lexsort((f.date, -f.worth, f.cost))
    worst = order[round(len(order) * (1 - WORST)) :]
    metrics = {
        "base": round(base(s, plan), 1),
        "reserve": round(plan.reserve, 1),
        "set_aside": round(base(s, plan) + plan.reserve, 1),
        **{f"cost_p{q}": _quantile(f.cost, q / 100) for q in (10, 50, 80, 90, 95)},
        "cost_mean": round(float(f.cost.mean()), 1),
        "worst_mean": round(float(f.cost[worst].mean()), 1),
        "worst_nothing": _chance(fears["nothing"][worst]),
        "worst_whole": _chance(whole[worst]),
        "p_all": _chance(whole),
        "p_in_time": _chance(f.date <= s.deadline),
        "p_stopped": _chance(f.stopped.sum(axis=1) > 0),
        "p_refused": _chance(f.refused.sum(axis=1) > 0),
        "p_unfunded": _chance(f.unfunded),
        **{f"p_{fear}": _chance(hits) for fear, hits in fears.items()},
        "worth": round(float(f.worth.mean()), 1),
        "waste": round(float(f.waste.mean()), 1),
        "idle": round(max(plan.reserve - _quantile(f.needed, 0.95), 0.0), 1),
        "usable": _usable(s, plan),
        **_coherence(s, answers.get(s.asked["fear"]), fears),
        **_announced(s, answers, f.cost),
    }
    return Outcome(
        metrics=metrics,
        cost_dots=tuple(_quantile(f.cost, q) for q in DOTS),
        cost_band=(_quantile(f.cost, 0.1), _quantile(f.cost, 0.5), _quantile(f.cost, 0.9)),
        fan=_fan(f),
        story=_story(f, plan, int(worst[len(worst) // 2])),
    )


def _usable(s: Scenario, plan: Plan) -> float:
    """The share of modules that can work on the day they are delivered: what they stand on came no later."""
    place = {s.modules[m].id: k for k, m in enumerate(plan.order)}
    fit = [not m.needs or place[m.needs] < place[m.id] for m in s.modules]
    return round(sum(fit) / len(fit), 2)


def _coherence(s: Scenario, fear: Any, fears: Mapping[str, Flags]) -> dict[str, float]:
    """How far the plan keeps away what was declared: 1 as far as any shape and rule can, 0 not at all."""
    if fear not in fears or fear not in s.span:
        return {}
    low, high = s.span[fear]
    chance = float(fears[fear].mean())
    kept = (high - chance) / (high - low) if high > low else 1.0
    return {"p_fear": round(chance, 2), "fear_least": round(low, 2), "fear_most": round(high, 2),
            "kept_away": round(min(max(kept, 0.0), 1.0), 2)}  # fmt: skip


def _announced(s: Scenario, answers: Mapping[str, Any], cost: Floats) -> dict[str, float]:
    """How many futures stay under the figure announced, and how far that is from what it is said to be."""
    figure, level = answers.get(s.asked["figure"]), s.levels.get(str(answers.get(s.asked["level"])))
    if figure is None:
        return {}
    kept = float((cost <= float(figure)).mean())
    found = {"p_announced": round(kept, 2)}
    if level is not None:
        at_level = round(_quantile(cost, level), 1)
        # Costs heap up where a rule stops them: there a figure within three per cent of the level's is as good.
        near = abs(float(figure) - at_level) <= 0.03 * at_level
        found |= {"at_level": at_level, "announced_gap": 0.0 if near else round(abs(kept - level), 2)}
    return found


def _fan(f: Futures) -> tuple[tuple[float, float, float, float, float], ...]:
    """Percentiles of the money spent until each of `MONTHS`; a part spends evenly while it lasts."""
    import numpy as np

    found = []
    for month in MONTHS:
        through = np.clip((month - f.start) / np.maximum(f.end - f.start, 1e-9), 0.0, 1.0)
        spent = (f.money * through).sum(axis=1)
        a, b, c, d, e = (_quantile(spent, q) for q in FAN)
        found.append((a, b, c, d, e))
    return tuple(found)


def _story(f: Futures, plan: Plan, row: int) -> Story:
    """What happened in one future: a refusal, else a stop, else an overrun; and the part that went farthest wrong."""
    import numpy as np

    times = np.where(f.skipped[row], 0.0, f.ratio[row])
    kind = "refused" if f.refused[row].any() else "stopped" if f.stopped[row].any() else "ran"
    part = int(np.argmax(np.where(f.stopped[row], times, -1.0) if kind == "stopped" else times))
    month = f.end[row, part] if kind == "stopped" else f.end[row].max()
    served = sum(len(p) for k, p in enumerate(plan.parts) if not (f.stopped | f.refused | f.skipped)[row, k])
    return Story(
        kind, part, float(round(float(month))), round(float(times[part]), 1), round(float(f.cost[row]), 1), served
    )  # fmt: skip


# ---- rounding


def _chance(hits: Flags) -> float:
    return round(float(hits.mean()), 2)


def _quantile(values: Floats, share: float) -> float:
    import numpy as np

    return round(float(np.quantile(values, share)), 1)
