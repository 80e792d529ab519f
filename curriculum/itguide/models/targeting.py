"""Where a quarter's exams go, what they find today, and what they still see when those who cheat have moved.

Pure: a scenario, a decision and the committed declarations in, an outcome out. Every find is that of a declaration
drawn before the decision; only what a score has learnt enters as a chance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

from itguide.models import targeting_data as data
from itguide.models.targeting_data import FOLLOWER, HIDES, KINDS, LANE, LISTS, QUARTERS, STEP, Records
from itguide.models.targeting_scenario import AIMS, Lane, Override, Scenario, read
from itguide.spec import CaseSpec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from itguide.models.targeting_data import Flags, Floats

NEVER = QUARTERS  # the quarter of something that is not noticed within the year
GRID = 3  # hundreds of exams from one allocation of the grid to the next


@dataclass(frozen=True)
class Plan:
    """A decision, complete: exams for each list, the officers' rule, the lane."""

    exams: Mapping[str, int]
    override: Override
    lane: Lane

    def depth(self, name: str) -> int:
        """How many hundreds of a list are opened."""
        return self.exams[name] // STEP


@dataclass(frozen=True)
class Found:
    """What is found, by quarter and world. `listed[list]` are the finds of one list alone, today.

    `noticed` is the quarter of the second year by whose end it is noticed that something has moved.
    """

    hits: Floats
    revenue: Floats
    harm: Floats
    paper: Floats
    lot: Floats
    listed: Mapping[str, Floats]
    noticed: Floats


@dataclass(frozen=True)
class Outcome:
    """What a plan meets. `metrics` are rounded.

    `kept` is, world by world, what is found of the revenue at stake in the second year's last quarter, as a share of
    what is found today; `course` holds its percentiles (10, 25, 50, 75, 90) by quarter, in worlds that drift.
    """

    metrics: Mapping[str, float]
    kept: tuple[float, ...]
    course: tuple[tuple[float, float, float, float, float], ...]
    exams: Mapping[str, int]
    listed: Mapping[str, float]


def scenario(case: CaseSpec) -> Scenario:
    """The case's scenario, with what a grid of allocations attains of each aim."""
    return _measured(case.model_dump_json())


@lru_cache(maxsize=8)
def _measured(text: str) -> Scenario:
    return measured(read(CaseSpec.model_validate_json(text)), data.load())


def measured(bare: Scenario, r: Records) -> Scenario:
    """The scenario with its grid, measured on these declarations: what lists find alone is put together by chance."""
    import numpy as np

    today = slice(0, r.ends[0])
    at_stake = {"revenue": r.value[today] / r.at_stake[:, 0].sum(), "harm": _is(r, "harm")[today] / _all(r, "harm")}
    most = bare.capacity // STEP
    steps = np.arange(0, most + 1, GRID)
    a, b, c = np.meshgrid(steps, steps, steps, indexing="ij")
    inside = a + b + c <= most
    depth = {"lot": a[inside], "officers": b[inside], "partners": c[inside]}
    depth["score"] = most - depth["lot"] - depth["officers"] - depth["partners"]
    attained = {}
    for aim, worth in at_stake.items():
        missed = np.ones(len(depth["score"]))
        for name in LISTS:
            curve = np.bincount(r.place[name][today], worth, data.BEYOND + 1)[: data.BEYOND]
            missed *= 1 - np.concatenate([[0.0], np.cumsum(curve)])[depth[name]]
        attained[aim] = 1 - missed
    reach = {aim: float(found.max()) for aim, found in attained.items()}
    columns = [attained[aim] / reach[aim] for aim in reach]
    sight = np.sqrt(np.minimum(1.0, depth["lot"] * STEP / bare.full))
    return replace(bare, reach=reach, grid=np.stack([*columns, sight], axis=1))


def _is(r: Records, kind: str) -> NDArray[np.float64]:
    found: NDArray[np.float64] = (r.kind == KINDS.index(kind)) * 1.0
    return found


def _all(r: Records, kind: str) -> float:
    return float(r.count[:, 0, KINDS.index(kind)].sum())


def plan_of(s: Scenario, answers: Mapping[str, Any]) -> Plan:
    """The plan in the answers; what is not given is nothing, or the first of the case's options."""
    given = answers.get(s.asked["exams"]) or {}
    exams = {name: int(given.get(name, 0)) for name in LISTS}
    override = s.overrides.get(str(answers.get(s.asked["override"])), next(iter(s.overrides.values())))
    lane = s.lanes.get(str(answers.get(s.asked["importer"])), next(iter(s.lanes.values())))
    if not override.choose:
        exams = {**exams, "score": exams["score"] + exams["officers"], "officers": 0}
    return Plan(exams, override, lane)


def simulate(s: Scenario, plan: Plan, r: Records, quarters: int = QUARTERS) -> Found:
    """The plan in every world, today and through the second year; the score learns at the end of each quarter."""
    import numpy as np

    worlds = len(r.drifts)
    ks = min(round(plan.depth("score") * (1 + plan.override.freed)), data.BEYOND)
    kept: dict[str, list[Floats]] = {"hits": [], "revenue": [], "harm": [], "paper": [], "lot": []}
    learnt, seen, noticed = np.zeros(worlds), np.zeros(worlds), np.full(worlds, float(NEVER))
    usual, excess = {"lot": 0.0, "officers": 0.0}, {"lot": np.zeros(worlds), "officers": np.zeros(worlds)}
    listed: dict[str, Floats] = {}
    start = 0
    for q, end in enumerate(r.ends[:quarters]):
        rows, start = slice(start, end), end
        world = r.world[rows]
        dark = _dark(plan.lane, plan.lane.later if q else plan.lane.members, r.flags[rows])
        old, new = r.place["score"][rows] < ks, r.place["renewed"][rows] < ks
        opened = {name: r.place[name][rows] < plan.depth(name) for name in LISTS[1:]}
        if dark is not None:
            old, new = old & ~dark, new & ~dark
            opened = {n: on if n == "lot" and plan.lane.lottery else on & ~dark for n, on in opened.items()}
        others = opened["lot"] | opened["officers"] | opened["partners"]
        known = np.where(new, learnt[world], 0.0) + np.where(old, 1 - learnt[world], 0.0) if q else old * 1.0
        caught = np.where(others, 1.0, known * (1 - plan.override.leak))

        def by_world(weights: NDArray[Any], world: NDArray[Any] = world) -> Floats:
            return np.bincount(world, weights * 1.0, worlds).astype(np.float64)

        kind = r.kind[rows]
        kept["hits"].append(by_world(caught))
        kept["revenue"].append(by_world(caught * r.value[rows]))
        kept["harm"].append(by_world(caught * (kind == KINDS.index("harm"))))
        kept["paper"].append(by_world(caught * (kind == KINDS.index("paper"))))
        kept["lot"].append(by_world(opened["lot"]))
        beyond = {name: by_world(opened[name] & ~old) for name in excess}
        if q == 0:
            usual = {name: float(found.mean()) * _frame(plan.lane) for name, found in beyond.items()}
            alone = old * (1 - plan.override.leak)
            listed = {name: by_world(alone if name == "score" else opened[name]) for name in LISTS}
            continue
        for name, habit in (("lot", 1.0), ("officers", s.habit)):
            excess[name] += beyond[name] - usual[name]
            if usual[name] > 0 and (name == "lot" or plan.override.recorded):
                alarm = excess[name] >= s.alarm * np.sqrt(q * habit * usual[name])
                noticed = np.where(alarm & (noticed == NEVER), float(q), noticed)
        taught = opened["lot"] | opened["partners"] | (opened["officers"] if plan.override.recorded else False)
        seen += by_world(taught & r.moved[rows])
        learnt = np.where(noticed < NEVER, seen / (seen + s.half), 0.0)
    stacked = {name: np.stack(found) for name, found in kept.items()}
    return Found(**stacked, listed=listed, noticed=noticed)


def _dark(lane: Lane, members: int, flags: NDArray[np.uint8]) -> Flags | None:
    """Which declarations travel in the trusted lane; into one without a lottery some of those who move follow."""
    if members == 0:
        return None
    inside = LANE if members == 1 else LANE | FOLLOWER
    return (flags & (inside if lane.lottery else inside | HIDES)) > 0


def _frame(lane: Lane) -> float:
    """How many declarations can still be looked at in the second year, of those of today: what is usual shrinks too."""
    if lane.lottery:
        return 1.0
    inside = (0.0, data.RECIPE.lane, data.RECIPE.lane + data.RECIPE.followers)
    return (1 - inside[lane.later]) / (1 - inside[lane.members])


def run(s: Scenario, answers: Mapping[str, Any], records: Records | None = None) -> Outcome:
    """What this decision meets in every world of `records` (default: the committed ones)."""
    import numpy as np

    r = records or data.load()
    plan = plan_of(s, answers)
    f = simulate(s, plan, r)
    infringing = r.count[:, 0].sum(axis=1)
    share = f.revenue / np.maximum(r.at_stake.T, 1.0)
    kept = np.divide(share[-1], share[0], out=np.zeros(len(r.drifts)), where=share[0] > 0)
    course = np.divide(share, share[0], out=np.zeros_like(share), where=share[0] > 0)[:, r.drifts]
    exams = sum(plan.exams.values())
    rate, hit_rate = float(infringing.mean()) / r.declarations, float(f.hits[0].mean()) / max(exams, 1)
    attained = _attained(s, plan, f, r)
    lasting, noticed = kept[r.drifts], f.noticed[r.drifts]
    metrics = {
        "hits": round(float(f.hits[0].mean())),
        "infringing": round(float(infringing.mean())),
        "recall": round(100 * float((f.hits[0] / infringing).mean()), 1),
        "hit_rate": round(100 * hit_rate, 1),
        "hit_rate_score": round(100 * float(f.listed["score"].mean()) / max(plan.exams["score"], 1), 1),
        "paper_share": round(100 * float(f.paper[0].sum() / max(f.hits[0].sum(), 1.0))),
        "revenue": _million(f.revenue[0].mean()),
        "revenue_low": _million(np.quantile(f.revenue[0], 0.1)),
        "revenue_high": _million(np.quantile(f.revenue[0], 0.9)),
        "at_stake": _million(r.at_stake[:, 0].mean()),
        "harm": round(float(f.harm[0].mean()), 1),
        "harm_all": round(float(r.count[:, 0, KINDS.index("harm")].mean())),
        "empty": round(exams - float(f.hits[0].mean())),
        "rate_true": round(100 * rate, 1),
        "kept": round(float(lasting.mean()), 2),
        "kept_low": round(float(np.quantile(lasting, 0.1)), 2),
        "worlds_blind": int((kept < s.blind).sum()),
        "worlds": len(kept),
        "p_noticed": round(float((noticed < NEVER).mean()), 2),
        "p_early": round(float((noticed <= 2).mean()), 2),
        **{f"attained_{aim}": round(attained[aim], 2) for aim in AIMS},
        **_price(s, plan, f, r),
        **_coherence(s, answers, attained),
        **_announced(s, answers, plan, f, rate, hit_rate),
    }
    bands = np.quantile(course, (0.1, 0.25, 0.5, 0.75, 0.9), axis=1).T
    rounded = tuple((a, b, c, d, e) for a, b, c, d, e in np.round(100 * bands).tolist())
    return Outcome(
        metrics, tuple(np.round(100 * kept).tolist()), rounded, plan.exams,
        {name: round(float(found.mean()), 1) for name, found in f.listed.items()},
    )  # fmt: skip


def without_lot(s: Scenario, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The same decision, the exams by lot given to the score."""
    exams = dict(answers.get(s.asked["exams"]) or {})
    exams["score"] = exams.get("score", 0) + exams.get("lot", 0)
    return {**answers, s.asked["exams"]: {**exams, "lot": 0}}


def _price(s: Scenario, plan: Plan, f: Found, r: Records) -> dict[str, float]:
    """What certainty costs: the hits and the money of today that the same exams would bring at the score's list."""
    other = dict(plan.exams, score=plan.exams["score"] + plan.exams["lot"], lot=0)
    there = simulate(s, replace(plan, exams=other), r, quarters=1)
    return {
        "price_hits": round(max(0.0, float((there.hits[0] - f.hits[0]).mean()))),
        "price_revenue": _million(max(0.0, float((there.revenue[0] - f.revenue[0]).mean()))),
    }


def _attained(s: Scenario, plan: Plan, f: Found, r: Records) -> dict[str, float]:
    """How much of each aim the plan attains today, of the most that any allocation attains."""
    revenue = float(f.revenue[0].sum() / r.at_stake[:, 0].sum())
    harm = float(f.harm[0].sum()) / _all(r, "harm")
    sight = min(1.0, plan.exams["lot"] / s.full) ** 0.5
    reached = {"revenue": revenue / s.reach["revenue"], "harm": harm / s.reach["harm"], "sight": sight}
    return {aim: min(1.0, share) for aim, share in reached.items()}


def _coherence(s: Scenario, answers: Mapping[str, Any], attained: Mapping[str, float]) -> dict[str, float]:
    """What the plan attains by the weights declared, of the best allocation by these weights; and what it gives up."""
    import numpy as np

    found: dict[str, float] = {}
    weights = answers.get(s.asked["aims"])
    if weights:
        weight = np.array([float(weights.get(aim, 0)) for aim in AIMS]) / max(sum(weights.values()), 1)
        mine = float(sum(w * attained[aim] for w, aim in zip(weight, AIMS, strict=True)))
        found["coherence"] = round(min(1.0, mine / float((s.grid @ weight).max())), 2)
    given_up = answers.get(s.asked["gives_up"])
    if given_up is not None:
        ranked = sorted(attained.values())
        least = attained.get(str(given_up), 2.0)
        found["admitted"] = 1.0 if least <= ranked[0] + 0.05 else 0.5 if least <= ranked[1] + 0.001 else 0.0
    return found


def _announced(
    s: Scenario, answers: Mapping[str, Any], plan: Plan, f: Found, rate: float, hit_rate: float
) -> dict[str, float]:
    """What may be announced: the rate found by lot in the first world's quarter, its margin, and what is promised."""
    found: dict[str, float] = {}
    lot = plan.exams["lot"]
    if lot:
        low, high = interval(float(f.lot[0][0]), lot, s.confidence)
        found |= {
            "lot_hits": round(float(f.lot[0][0])),
            "rate_found": round(100 * float(f.lot[0][0]) / lot, 1),
            "rate_low": round(100 * low, 1),
            "rate_high": round(100 * high, 1),
            "margin_bought": round(100 * half_width(rate, lot, s.confidence), 1),
        }
    margin, announced = answers.get(s.asked["margin"]), answers.get(s.asked["announce"])
    if margin is None:
        return found
    found["margin"] = round(float(margin), 1)
    if announced == "hits":
        found["covers"] = 1.0 if abs(hit_rate - rate) * 100 <= float(margin) else 0.0
    elif announced == "random":
        found["margin_said"] = found["margin"]
        spread = 100 * (rate * (1 - rate) / lot) ** 0.5 if lot else float("inf")
        found["covers"] = round(2 * NormalDist().cdf(float(margin) / spread) - 1, 2)
    return found


def interval(hits: float, n: int, confidence: float) -> tuple[float, float]:
    """The Wilson interval of a share, `hits` of `n`."""
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = hits / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)) ** 0.5
    return max(0.0, middle - half), min(1.0, middle + half)


def half_width(share: float, n: int, confidence: float) -> float:
    """Half of the Wilson interval when the share found is this one."""
    low, high = interval(share * n, n, confidence)
    return (high - low) / 2


def _million(dollars: float) -> float:
    return round(float(dollars) / 1e6, 1)
