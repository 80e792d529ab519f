"""A roadmap of joint measures: when each is in use, who makes it wait, and which promised dates hold.

Pure: a scenario and a decision in, an outcome out. Chances are worked out exactly, quarter by quarter along what comes
after what, once for each outcome of the election; nothing is drawn at random.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from statistics import NormalDist
from typing import Any

from itguide.models.roadmap_scenario import AIMS, DECLINED, Measure, Offer, Pace, Scenario, scenario

__all__ = ["NEVER", "Fate", "Outcome", "Scenario", "asked_by_year", "extra_work", "heard", "queue", "ready", "run",
           "scenario"]  # fmt: skip

NEVER = 99  # a quarter that does not come
LIKELY, UNLIKELY = 0.8, 0.5
Law = Mapping[int, float]  # quarter -> chance
Both = dict[tuple[int, int], float]  # (first quarter of work, quarter by whose end it is in use) -> chance


@dataclass(frozen=True)
class Fate:
    """What becomes of one measure. Quarters by whose end it is in use: as planned, and what is likely."""

    measure: Measure
    start: int | None
    promised: int  # the plan's own end; NEVER if it is not planned
    early: int  # one chance in ten to be in use by then
    middle: int
    late: int  # nine in ten
    kept: float  # chance that the date given is kept
    kept_change: float  # the same after a change of government
    live: float  # chance that it is in use by the last quarter
    used: float  # quarters of use until the last one, on average
    named: bool  # announced as late


@dataclass(frozen=True)
class Outcome:
    """What a decision leads to, measure by measure; `asked` are the asks planned in each year."""

    metrics: Mapping[str, float]
    fates: tuple[Fate, ...]
    asked: tuple[int, ...]


# ---- what can be late


def extra_work(pace: Pace, length: int) -> Law:
    """Quarters of work beyond the plan: the triangular law of time over plan, rounded to quarters."""

    def within(times: float) -> float:
        low, mode, high = pace.low, pace.mode, pace.high
        if times <= low:
            return 0.0
        if times >= high:
            return 1.0
        if times <= mode:
            return (times - low) ** 2 / ((high - low) * (mode - low))
        return 1 - (high - times) ** 2 / ((high - low) * (high - mode))

    most = math.ceil(length * (pace.high - 1) - 0.5)
    chances = [within(1 + (n + 0.5) / length) for n in range(most + 1)]
    return {n: c - before for n, (before, c) in enumerate(zip([0.0, *chances], chances, strict=False)) if c > before}


@lru_cache(maxsize=256)
def ready(pace: Pace, begins: float, months: float) -> Law:
    """The quarter in which a system begun `begins` months from today is in service: lognormal lateness."""
    middle, spread = math.log(months * pace.delay), NormalDist(0.0, pace.spread)
    first = int(begins // 3) + 1
    law: dict[int, float] = {}
    before = 0.0
    for quarter in range(first, NEVER):
        passed = 3 * quarter - begins
        now = spread.cdf(math.log(passed) - middle) if passed > 0 else 0.0
        if now - before > 1e-9:
            law[quarter] = now - before
        before = now
        if now > 1 - 1e-9:
            break
    return law


def _first_of(laws: list[Law]) -> Law:
    """The first of several independent quarters; NEVER if there is none."""
    if not laws:
        return {NEVER: 1.0}
    quarters = sorted({q for law in laws for q in law})
    left = [math.prod(sum(p for k, p in law.items() if k > q) for law in laws) for q in quarters]
    return {q: before - now for q, before, now in zip(quarters, [1.0, *left], left, strict=False) if before > now}


# ---- the committee


def asked_by_year(s: Scenario, plan: Mapping[str, int]) -> tuple[int, ...]:
    """The asks that the plan puts into each year."""
    years = [0] * (s.quarters // s.year)
    for measure in s.measures:
        if measure.id in plan:
            years[(plan[measure.id] - 1) // s.year] += measure.asks
    return tuple(years)


def queue(s: Scenario, plan: Mapping[str, int]) -> dict[str, int]:
    """The first quarter in which each planned measure can be heard: what is over a year's number waits for the next."""
    used: dict[int, int] = {}
    out = {}
    for measure in sorted(s.measures, key=lambda m: plan.get(m.id, NEVER)):
        if measure.id not in plan:
            continue
        start = plan[measure.id]
        year = (start - 1) // s.year
        while measure.asks and used.get(year, 0) and used[year] + measure.asks > s.committee.most:
            year += 1
        used[year] = used.get(year, 0) + measure.asks
        out[measure.id] = max(start, year * s.year + 1)
    return out


def heard(s: Scenario, measure: Measure, quarter: int, change: bool) -> Law:
    """The quarter in which the work can begin if it is ready to be asked for in this one."""
    if quarter >= NEVER or not measure.asks:
        return {quarter: 1.0}
    vote = s.election
    closed = range(vote.quarter, vote.quarter + (vote.closed_change if change else vote.closed))
    passes = s.committee.passes**measure.asks
    law: dict[int, float] = {}
    left = 1.0
    for hearing in range(1, s.committee.hearings + 1):
        quarter = closed.stop if quarter in closed else quarter
        granted = left if hearing == s.committee.hearings else left * passes
        law[quarter] = law.get(quarter, 0.0) + granted
        left -= granted
        quarter += 1
    return law


# ---- one measure after another


def _systems(s: Scenario, measure: Measure, phasing: Mapping[str, int], offer: Offer | None) -> Law | None:
    """When a system for this measure is in service: the donor's, else the portfolio's first; None: it needs none."""
    if not measure.systems:
        return None
    if offer and offer.measure == measure.id:
        return ready(s.pace, 3.0 * (offer.begins - 1), offer.months)
    own = [ready(s.pace, 12.0 * (phasing[n] - 1), s.months[n]) for n in measure.systems if phasing.get(n)]
    return _first_of(own)


def _possible_from(s: Scenario, measure: Measure, done: Mapping[str, Both]) -> Law:
    """The first quarter that what it comes after leaves open; requirements are independent of each other."""
    law: Law = {1: 1.0}
    for other in measure.requires:
        step: dict[int, float] = {}
        for (start, end), p in done[other].items():
            free = NEVER if end >= NEVER and (measure.ended or start >= NEVER) else (
                end + 1 if measure.ended else start + measure.lag
            )  # fmt: skip
            for before, q in law.items():
                step[max(before, free)] = step.get(max(before, free), 0.0) + p * q
        law = step
    return law


def times(s: Scenario, answers: Mapping[str, Any], change: bool) -> dict[str, Both]:
    """For each measure when its work begins and when it is in use, if the government does or does not change."""
    plan, phasing, offer = _plan(s, answers), answers.get(s.asked["phasing"]) or {}, _offer(s, answers)
    first = queue(s, plan)
    done: dict[str, Both] = {}
    for name in s.order:
        measure = s.find(name)
        if name not in plan:
            done[name] = {(NEVER, NEVER): 1.0}
            continue
        helped = offer is not None and offer.measure == name
        length = max(1, measure.length + (offer.work if offer and helped else 0))
        system = _systems(s, measure, phasing, offer)
        starts: dict[int, float] = {}
        for free, p in _possible_from(s, measure, done).items():
            for start, q in heard(s, measure, max(first[name], free), change).items():
                starts[start] = starts.get(start, 0.0) + p * q
        law: Both = {}
        for start, p in starts.items():
            for extra, q in extra_work(s.pace, length).items():
                end = start + length + extra - 1
                if change and measure.asks and start <= s.election.quarter <= end:
                    end += s.election.lost
                for in_service, r in (system or {0: 1.0}).items():
                    live = _live(measure, end, None if system is None else in_service)
                    place = (min(start, NEVER), min(live, NEVER))
                    law[place] = law.get(place, 0.0) + p * q * r
        done[name] = law
    return done


def _live(measure: Measure, end: int, in_service: int | None) -> int:
    """The quarter of use: work done and, where it needs one, the system connected and tried; or done by hand."""
    if in_service is None:
        return end
    connected = max(end, in_service + 1)
    return min(connected, end + measure.by_hand) if measure.by_hand else connected


# ---- a round


def run(s: Scenario, answers: Mapping[str, Any]) -> Outcome:
    """What this decision leads to. What is not answered counts as not planned, declined, and not said."""
    fates = _fates(s, answers)
    plan, offer = _plan(s, answers), _offer(s, answers)
    asked = asked_by_year(s, plan)
    aim = str(answers.get(s.asked["aim"]) or "")
    served = _served(s, fates, offer)
    standing = [f for f in fates if not f.named]
    doubtful = [f for f in fates if round(f.kept, 2) < UNLIKELY]
    joint = [f for f in fates if f.measure.asks and f.start]
    metrics: dict[str, float] = {
        "dates_kept": round(sum(f.kept for f in fates), 1),
        "dates_kept_change": round(sum(f.kept_change for f in fates), 1),
        "live": round(sum(f.live for f in fates), 1),
        "own_hands": round(_own_hands(fates, offer), 1),
        "in_use": round(_in_use(fates), 2),
        "right": round(sum(1 - f.kept if f.named else f.kept for f in fates) / len(fates), 2),
        "planned": float(len(plan)),
        "asks": float(sum(asked)),
        "asks_over": float(sum(max(0, a - s.committee.most) for a in asked)),
        "joint": float(len(joint)),
        "late_named": float(sum(f.named for f in fates)),
        "doubtful": float(len(doubtful)),
        "disclosed": round(sum(f.named for f in doubtful) / len(doubtful), 2) if doubtful else 1.0,
        "needless": float(sum(f.named and round(f.kept, 2) >= LIKELY for f in fates)),
        "standing_kept": round(sum(f.kept for f in standing) / len(standing), 2) if standing else 0.0,
        "standing_kept_change": round(sum(f.kept_change for f in standing) / len(standing), 2) if standing else 0.0,
        "slip": round(_slip(s, fates), 1),
        "upkeep": round(offer.upkeep if offer else s.upkeep, 2),
        "aim_served": round(served.get(aim, 0.0), 2),
        "help_fits": _help_fits(s, answers, aim, served.get(aim, 0.0)),
        **{f"served_{a}": round(v, 2) + 0.0 for a, v in served.items()},
        **{f"kept_{f.measure.id}": round(f.kept, 2) for f in fates},
    }
    return Outcome(metrics, fates, asked)


def _plan(s: Scenario, answers: Mapping[str, Any]) -> dict[str, int]:
    given = answers.get(s.asked["roadmap"]) or {}
    return {m.id: int(given[m.id]) for m in s.measures if given.get(m.id)}


def _offer(s: Scenario, answers: Mapping[str, Any]) -> Offer | None:
    return next((o for o in s.offers if o.id == answers.get(s.asked["donor"])), None)


def _fates(s: Scenario, answers: Mapping[str, Any]) -> tuple[Fate, ...]:
    plan, named = _plan(s, answers), set(answers.get(s.asked["late"]) or ())
    same, changed = times(s, answers, False), times(s, answers, True)
    found = []
    for m in s.measures:
        calm, shaken = _ends(same[m.id]), _ends(changed[m.id])
        odds = s.election.change
        law = {q: (1 - odds) * calm.get(q, 0.0) + odds * shaken.get(q, 0.0) for q in sorted({*calm, *shaken})}
        start = plan.get(m.id)
        found.append(Fate(
            m, start, start + m.length - 1 if start else NEVER, _at(law, 0.1), _at(law, 0.5), _at(law, 0.9),
            _by(law, m.due), _by(shaken, m.due), _by(law, s.quarters),
            sum(p * max(0, s.quarters - q) for q, p in law.items()), m.id in named,
        ))  # fmt: skip
    return tuple(found)


def _ends(law: Both) -> dict[int, float]:
    ends: dict[int, float] = {}
    for (_, end), p in law.items():
        ends[end] = ends.get(end, 0.0) + p
    return ends


def _by(law: Law, quarter: int) -> float:
    return min(sum(p for q, p in law.items() if q <= quarter), 1.0)


def _at(law: Law, chance: float) -> int:
    total = 0.0
    for quarter in sorted(law):
        total += law[quarter]
        if round(total, 6) >= chance:
            return quarter
    return NEVER


def _in_use(fates: tuple[Fate, ...]) -> float:
    """Quarters in which the measures serve traders until the last one, weighted by what they gain."""
    return sum(f.measure.weight * f.used for f in fates) / sum(f.measure.weight for f in fates)


def _own_hands(fates: tuple[Fate, ...], offer: Offer | None) -> float:
    """Measures in use at the end that own people can change and repair."""
    strings = offer.measure if offer and not offer.own else ""
    return sum(f.live for f in fates if f.measure.id != strings)


def _slip(s: Scenario, fates: tuple[Fate, ...]) -> float:
    """Quarters between the plan's own end and the middle of what is likely, on average over what is planned."""
    late = [min(f.middle, s.quarters + s.year) - f.promised for f in fates if f.start]
    return sum(late) / len(late) if late else 0.0


def _served(s: Scenario, fates: tuple[Fate, ...], offer: Offer | None) -> dict[str, float]:
    """How far each aim is served, from 0 to 1 between its two stated ends."""
    raw = {
        "dates": sum(f.kept for f in fates),
        "traders": _in_use(fates),
        "own": _own_hands(fates, offer),
        "word": sum((1 - f.kept) / 2 if f.named else f.kept for f in fates) / len(fates),  # taken back is half a word
    }
    return {a: min(max((raw[a] - low) / (high - low), 0.0), 1.0) for a, (low, high) in s.spans.items()}


def _help_fits(s: Scenario, answers: Mapping[str, Any], aim: str, mine: float) -> float:
    """1 if no other use of the offer would have served the declared aim markedly better, half if somewhat better."""
    if aim not in AIMS or answers.get(s.asked["donor"]) is None:
        return 0.0
    best = mine
    for other in (DECLINED, *(o.id for o in s.offers)):
        changed = {**answers, s.asked["donor"]: other}
        best = max(best, _served(s, _fates(s, changed), _offer(s, changed))[aim])
    behind = round(best - mine, 2)
    return 1.0 if behind <= 0.06 else 0.5 if behind <= 0.11 else 0.0


def without(s: Scenario, cause: str) -> Scenario:
    """The same case with one thing that makes measures wait taken away: for the question why."""
    vote, calm = s.election, replace(s.pace, low=0.98, mode=0.99, high=1.0)
    return {
        "refusals": replace(s, committee=replace(s.committee, passes=1.0)),
        "election": replace(s, election=replace(vote, closed=0, change=0.0)),
        "systems": replace(s, pace=replace(s.pace, delay=1.0, spread=0.01)),
        "work": replace(s, pace=calm),
        "number": replace(s, committee=replace(s.committee, most=NEVER)),
    }[cause]
