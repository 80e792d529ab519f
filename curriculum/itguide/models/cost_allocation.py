"""A common fund divided over goals: how far the money follows the votes, what it brings when, and who votes for it.

Pure: a scenario (with the counted survey) and a decision in, an outcome out. Shares and votes are of 100.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from math import erf, exp, sqrt
from typing import Any

from itguide.errors import ContentError, Problem
from itguide.models import survey_data
from itguide.models.survey_data import Survey, counted
from itguide.paths import shelves
from itguide.spec import CaseSpec

AIMS = ("voice", "soon", "lasting", "even")
CONFIDENT = 1.96  # standard errors either side: 95 samples of a hundred
NEAR = 0.02  # two aims attained within this are served alike
GRID = 5  # step of the allocations an aim's best and worst are looked for among
Shares = Mapping[str, float]


@dataclass(frozen=True)
class Growth:
    """What a goal brings: `peak` points a year when fully paid, its `ramp` by year, half of it at 0.69 x `scale`."""

    peak: float
    scale: float
    ramp: tuple[float, ...]


@dataclass(frozen=True)
class Duty:
    """Obligations already signed: what meeting them will turn out to need (triangular), and the year it is judged."""

    goal: str
    low: float
    mode: float
    high: float
    year: int


@dataclass(frozen=True)
class Meeting:
    """How members vote: yes from `yes_from` of 100 spent where they voted, give or take `spread`.

    The group served least asks `told` less if it is told in person, and `unheard` more if it hears it in the room. An
    administration that votes no pays the share `late` of its contribution a year late.
    """

    needed: int
    yes_from: float
    spread: float
    told: float
    unheard: float
    late: float


@dataclass(frozen=True)
class Reason:
    """When a reason bears a gap: money `over` or `under` votes at `goal`, or one of four tests.

    `within` the survey's margin; `most` or `little` of what one more of 100 would bring, over or under votes;
    `shared` by all, under votes, for the obligations.
    """

    id: str
    goal: str = ""
    side: str = ""
    test: str = ""


@dataclass(frozen=True, eq=False)  # compared by identity, so that what follows from it can be remembered
class Scenario:
    """Everything about the case that no decision changes; `asked` names the questions."""

    asked: Mapping[str, str]
    survey: Survey
    groups: tuple[str, ...]
    floors: Shares
    ways: Mapping[str, str]
    growth: Mapping[str, Growth]
    duty: Duty
    meeting: Meeting
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Outcome:
    """What a division meets. `members`: of 100 spent where each voted, and its chance of a yes; `years`: what each
    brings, beside today's division; `margins`: what the survey leaves open, by goal.
    """

    metrics: Mapping[str, float]
    way: str
    shares: Shares
    votes: Shares
    margins: Shares
    members: Mapping[str, tuple[float, float]]
    years: tuple[float, ...]
    today: tuple[float, ...]
    widest: str
    least: str
    told: str


def scenario(case: CaseSpec) -> Scenario:
    """The case's scenario with its survey read and counted. ContentError names what is missing or does not fit."""
    file = f"case_studies/{case.slug}/case.toml"
    if case.scenario is None:
        raise ContentError([Problem(file, "scenario", "is missing; the allocation model needs it")])
    given, folder = case.scenario, shelves().cases / case.slug / "data"
    try:
        asked: dict[str, str] = given["asked"]
        found = survey_data.digest(folder)
        if found != given["tables"]["digest"]:
            raise ValueError(f"tables.digest is not that of the tables, '{found}'")
        survey = survey_data.load(folder)
        read = Scenario(
            asked=asked, survey=survey, groups=tuple(dict.fromkeys(m.group for m in survey.members)),
            floors={o.id: float(o.floor) for o in case.find(asked["shares"]).option}, ways=given["ways"],
            growth={g: Growth(t["peak"], t["scale"], tuple(t["ramp"])) for g, t in given["growth"].items()},
            duty=Duty(**given["duty"]), meeting=Meeting(**given["meeting"]),
            reasons=tuple(Reason(**r) for r in given["reasons"]),
        )  # fmt: skip
    except (KeyError, TypeError, AttributeError, ValueError, OSError) as error:
        raise ContentError([Problem(file, "scenario.param", f"does not fit the allocation model: {error!r}")]) from None
    _known_ids(case, read, file)
    return read


def _known_ids(case: CaseSpec, s: Scenario, file: str) -> None:
    options = {name: {o.id for o in case.find(q).option} for name, q in s.asked.items()}
    goals = set(s.survey.goals)
    wrong = [
        Problem(file, f"question[{s.asked[name]}]", f"its options are not {sorted(wanted)}")
        for name, wanted in (("shares", goals), ("aims", set(AIMS)), ("way", set(s.ways)))
        if options[name] != wanted
    ]
    named = [*s.growth, s.duty.goal, *(r.goal for r in s.reasons if r.goal)]
    wrong += [Problem(file, "scenario.param", f"names '{g}', which is not a goal") for g in named if g not in goals]
    wrong += [
        Problem(file, f"question[{s.asked['told']}]", f"has no option '{g}'")
        for g in s.groups if g not in options["told"]
    ]  # fmt: skip
    if wrong:
        raise ContentError(wrong)


# ---- votes


@lru_cache(maxsize=64)
def votes(s: Scenario, way: str) -> dict[str, tuple[float, float]]:
    """Votes by goal of 100, counted this way, and the margin either side."""
    return {g: (v, CONFIDENT * error) for g, (v, error) in counted(s.survey, s.ways[way]).items()}


@lru_cache(maxsize=64)
def group_votes(s: Scenario, group: str) -> dict[str, float]:
    """Votes by goal of 100 within a group, its members counted alike."""
    return {g: v for g, (v, _) in counted(s.survey, "one", group).items()}


def met(shares: Shares, wanted: Shares) -> float:
    """Of 100 spent, how many go where these votes went: the smaller of share and votes, over all goals."""
    return sum(min(shares[g], wanted[g]) for g in shares)


# ---- what it brings


def brings(s: Scenario, shares: Shares, years: Sequence[int] = ()) -> dict[str, float]:
    """Points by goal in these years (all if none is named), if nothing is suspended."""
    found = {}
    for goal, law in s.growth.items():
        ramp = [r for y, r in enumerate(law.ramp, start=1) if not years or y in years]
        found[goal] = law.peak * sum(ramp) * (1 - exp(-shares[goal] / law.scale))
    return found


def suspended(s: Scenario, shares: Shares) -> float:
    """Chance that the obligations turn out to need more than they get: the upper tail of a triangular law."""
    low, mode, high, x = s.duty.low, s.duty.mode, s.duty.high, shares[s.duty.goal]
    if x <= low:
        return 1.0
    if x >= high:
        return 0.0
    if x <= mode:
        return 1 - (x - low) ** 2 / ((high - low) * (mode - low))
    return (high - x) ** 2 / ((high - low) * (high - mode))


def yearly(s: Scenario, shares: Shares) -> tuple[float, ...]:
    """Points in each year; the year in which obligations are judged brings nothing if payments are suspended."""
    length = len(next(iter(s.growth.values())).ramp)
    lost = suspended(s, shares)
    return tuple(
        sum(brings(s, shares, (y,)).values()) * (1 - lost if y == s.duty.year else 1) for y in range(1, length + 1)
    )


def one_more(s: Scenario, shares: Shares) -> dict[str, float]:
    """What one more of 100 would bring at each goal over all years."""
    now = brings(s, shares)
    return {g: brings(s, {**shares, g: shares[g] + 1})[g] - now[g] for g in now}


# ---- aims


def _raw(s: Scenario, shares: Shares, way: str) -> dict[str, float]:
    years = yearly(s, shares)
    half = len(years) // 2
    return {
        "voice": met(shares, {g: v for g, (v, _) in votes(s, way).items()}),
        "soon": sum(years[:half]),
        "lasting": sum(years[half:]),
        "even": min(met(shares, group_votes(s, group)) for group in s.groups),
    }


def _grid(s: Scenario) -> Iterator[dict[str, float]]:
    goals = list(s.floors)
    spare = int(100 - sum(s.floors.values())) // GRID
    for bars in combinations(range(spare + len(goals) - 1), len(goals) - 1):
        cuts = [-1, *bars, spare + len(goals) - 1]
        yield {g: s.floors[g] + GRID * (cuts[n + 1] - cuts[n] - 1) for n, g in enumerate(goals)}


@lru_cache(maxsize=16)
def _span(s: Scenario, way: str) -> dict[str, tuple[float, float]]:
    raws = [_raw(s, shares, way) for shares in _grid(s) if suspended(s, shares) <= 0.5]
    return {aim: (min(r[aim] for r in raws), max(r[aim] for r in raws)) for aim in AIMS}


def attained(s: Scenario, shares: Shares, way: str) -> dict[str, float]:
    """How far each aim is served: 0 as badly as any division that probably meets the obligations, 1 as well."""
    raw, span = _raw(s, shares, way), _span(s, way)
    return {a: min(max((raw[a] - span[a][0]) / (span[a][1] - span[a][0]), 0.0), 1.0) for a in AIMS}


def in_order(aims: Sequence[str], served: Mapping[str, float]) -> float:
    """Share of pairs of aims served in the declared order (or alike); pairs with the first aim count double."""
    told = [(2 if n == 0 else 1, served[a] >= served[b] - NEAR) for n, a in enumerate(aims) for b in aims[n + 1 :]]
    return sum(weight for weight, held in told if held) / sum(weight for weight, _ in told) if told else 0.0


# ---- the meeting


def _normal(z: float) -> float:
    return (1 + erf(z / sqrt(2))) / 2


def members(s: Scenario, shares: Shares, told: str) -> dict[str, tuple[float, float]]:
    """Of 100 spent, how many go where each administration voted, and its chance of a yes."""
    least, found = least_served(s, shares), {}
    for m in s.survey.members:
        here = met(shares, {g: 100 * v for g, v in m.shares.items()})
        asks = s.meeting.yes_from
        if m.group == least:  # who does not get least is not moved by a visit
            asks += -s.meeting.told if told == least else s.meeting.unheard
        found[m.id] = (here, _normal((here - asks) / s.meeting.spread))
    return found


def least_served(s: Scenario, shares: Shares) -> str:
    """The group of which the least is spent where it voted."""
    return min(s.groups, key=lambda g: round(met(shares, group_votes(s, g)), 6))


def at_least(chances: Sequence[float], needed: int) -> float:
    """Chance of at least so many yes votes, each with its own chance: the exact distribution, vote by vote."""
    odds = [1.0]
    for p in chances:
        odds = [(odds[k] if k < len(odds) else 0.0) * (1 - p) + (odds[k - 1] * p if k else 0.0)
                for k in range(len(odds) + 1)]  # fmt: skip
    return sum(odds[needed:])


# ---- a round


def run(s: Scenario, answers: Mapping[str, Any]) -> Outcome:
    """What this decision meets. What is not answered counts as today's division, the first way, and nobody told."""
    ask = {name: answers.get(q) for name, q in s.asked.items()}
    given = ask["shares"] or s.survey.costs
    shares = {g: float(given.get(g, 0)) for g in s.survey.goals}
    way = str(ask["way"] or next(iter(s.ways)))
    told = str(ask["told"] or "")
    found = votes(s, way)
    wanted, margins = {g: v for g, (v, _) in found.items()}, {g: e for g, (_, e) in found.items()}
    people = members(s, shares, told)
    chances = [p for _, p in people.values()]
    gaps = {w: 100 - met(shares, {g: v for g, (v, _) in votes(s, w).items()}) for w in s.ways}
    gap_today = 100 - met(s.survey.costs, wanted)
    widest = max(s.growth, key=lambda g: abs(round(shares[g] - wanted[g], 6)))  # obligations apart
    served = attained(s, shares, way)
    paid = sum(m.weights["trade"] for m in s.survey.members)
    late = s.meeting.late * sum(m.weights["trade"] * (1 - people[m.id][1]) for m in s.survey.members) / paid
    years, today = yearly(s, shares), yearly(s, s.survey.costs)
    passes, expected = at_least(chances, s.meeting.needed), ask["expected"]
    least, closed = least_served(s, shares), 1 - gaps[way] / gap_today
    fits = _fits(s, str(ask["reason"] or ""), shares, wanted, margins, widest)
    half = len(years) // 2
    metrics: dict[str, float] = {
        "gap": round(gaps[way], 1),
        "gap_today": round(gap_today, 1),
        "gap_closed": round(closed, 2),
        "widest_gap": round(abs(shares[widest] - wanted[widest]), 1),
        "drift": round(gaps[way] - min(gaps.values()), 1),
        "reason_fits": fits,
        "gap_owned": max(fits, 1.0 if closed >= 0.5 else 0.5 if closed >= 0.25 else 0.0),
        "order": round(in_order(ask["aims"] or (), served), 2),
        "p_suspended": round(suspended(s, shares), 2),
        "expected_yes": round(sum(chances), 1),
        "p_pass": round(passes, 2),
        "owned": _owned(passes, expected, s.meeting.needed),
        "misjudged": round(abs(float(expected) - sum(chances)), 1) if expected is not None else 0.0,
        "told_least": 1.0 if told == least else 0.0,
        "late": round(100 * late, 0),
        "soon": round(sum(years[:half]), 0),
        "lasting": round(sum(years[half:]), 0),
        "soon_today": round(sum(today[:half]), 0),
        "lasting_today": round(sum(today[half:]), 0),
        **{f"votes_{g}": round(v, 1) for g, v in wanted.items()},
        **{f"margin_{g}": round(v, 1) for g, v in margins.items()},
        **{f"share_{g}": round(v, 0) for g, v in shares.items()},
        "share_most": round(shares[max(wanted, key=lambda g: wanted[g])], 0),
        **{f"served_{a}": round(v, 2) for a, v in served.items()},
        **{f"met_{g}": round(met(shares, group_votes(s, g)), 0) for g in s.groups},
    }
    return Outcome(metrics, way, shares, wanted, margins, people, years, today, widest, least, told)


def _owned(passes: float, expected: float | None, needed: int) -> float:
    """1 if the proposal will probably pass, or if it was known that it would not; half if it hangs in the balance."""
    if round(passes, 2) >= 0.6 or (expected is not None and expected < needed and round(passes, 2) <= 0.5):
        return 1.0
    return 0.5 if round(passes, 2) >= 0.4 else 0.0


def _fits(s: Scenario, reason: str, shares: Shares, wanted: Shares, margins: Shares, widest: str) -> float:
    """1 if the reason bears the widest gap, a half if it bears another gap that the survey can tell, else 0."""
    found = 0.0
    for goal in s.growth:
        gap = shares[goal] - wanted[goal]
        if any(_bears(s, r, goal, shares, wanted, margins) for r in s.reasons if r.id == reason):
            found = max(found, 1.0 if goal == widest else 0.5 if abs(gap) > margins[goal] else 0.0)
    return found


def _bears(s: Scenario, reason: Reason, goal: str, shares: Shares, wanted: Shares, margins: Shares) -> bool:
    gap, more = shares[goal] - wanted[goal], one_more(s, shares)
    if reason.test == "within":
        return abs(gap) <= margins[goal]
    if reason.test == "most":
        return gap > 0 and goal == max(more, key=lambda g: more[g])
    if reason.test == "little":
        return gap < 0 and goal == min(more, key=lambda g: more[g])
    if reason.test == "shared":
        return gap < 0 and all(shares[g] <= wanted[g] + 0.5 for g in s.growth)
    return goal == reason.goal and (gap > 0) == (reason.side == "over")
