"""What a roadmap case holds before anything is decided: measures, the projects they stand on, committee, election.

Time is in quarters, 1 being the first; a measure is in use from the end of the quarter named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import combinations
from typing import Any

from itguide.errors import ContentError, Problem
from itguide.kinds import schedule
from itguide.spec import CaseSpec
from itguide.spec import Scenario as Given

AIMS = ("dates", "traders", "own", "word")
DECLINED = "none"


@dataclass(frozen=True)
class Measure:
    """One measure: quarters of work, asks in the committee, the date given, and what it comes after and stands on.

    `requires` must be over (`ended`) or have begun `lag` quarters before. Any one of `systems` will do; none: it
    stands on no system. Without its system it can be done `by_hand`, with so many quarters more of work; 0: it cannot.
    `weight` is its part of the traders' gain.
    """

    id: str
    length: int
    asks: int
    due: int
    requires: tuple[str, ...]
    lag: int
    ended: bool
    systems: tuple[str, ...]
    by_hand: int
    weight: float


@dataclass(frozen=True)
class Committee:
    """Asks heard a year, the chance that one ask passes, and the hearing at which a package passes in any case."""

    most: int
    passes: float
    hearings: int


@dataclass(frozen=True)
class Election:
    """Its quarter; for how many quarters the committee does not sit, without and with a change of government.

    With a change (chance `change`) joint work under way in that quarter loses `lost` quarters.
    """

    quarter: int
    closed: int
    closed_change: int
    change: float
    lost: int


@dataclass(frozen=True)
class Pace:
    """Triangular law of time over plan for the measures' work; lognormal lateness for systems."""

    low: float
    mode: float
    high: float
    delay: float
    spread: float


@dataclass(frozen=True)
class Offer:
    """What a donor brings: a system of its own for one measure, begun in a quarter; less or more work; its upkeep."""

    id: str
    measure: str
    begins: int
    months: float
    work: int
    own: bool  # own people can change and repair it
    price: float  # US$ m from own money, once
    upkeep: float  # US$ m a year


@dataclass(frozen=True)
class Scenario:
    """Everything about the case that no decision changes. `asked` names the questions; `order` follows `requires`."""

    asked: Mapping[str, str]
    year: int
    quarters: int
    measures: tuple[Measure, ...]
    order: tuple[str, ...]
    months: Mapping[str, float]  # system -> planned months
    money: Mapping[str, float]  # system -> US$ m in the portfolio
    committee: Committee
    election: Election
    pace: Pace
    offers: tuple[Offer, ...]
    upkeep: float  # US$ m a year for a system that own people built
    spans: Mapping[str, tuple[float, float]]

    def find(self, measure: str) -> Measure:
        """The measure of this id; KeyError if there is none."""
        return {m.id: m for m in self.measures}[measure]


def scenario(case: CaseSpec) -> Scenario:
    """The case's scenario. ContentError names what is missing or does not fit."""
    file = f"case_studies/{case.slug}/case.toml"
    if case.scenario is None:
        raise ContentError([Problem(file, "scenario", "is missing; the roadmap model needs it")])
    given = case.scenario
    try:
        asked: dict[str, str] = given["asked"]
        roadmap, phasing = case.find(asked["roadmap"]), case.find(asked["phasing"])
        measures = tuple(
            Measure(o.id, schedule.length(o), int(sum(o.use.get("asks", ()))), o.due or len(roadmap.period), o.requires,
                    o.lag, o.ended, tuple(given["stands_on"][o.id]), given["by_hand"].get(o.id, 0), o.value["weight"])
            for o in roadmap.option
        )  # fmt: skip
        year = next(limit for limit in roadmap.limit if limit.id == "asks").pool
        read = Scenario(
            asked=asked, year=year, quarters=len(roadmap.period), measures=measures, order=_order(measures),
            months={o.id: o.value["months"] for o in phasing.option},
            money={o.id: round(sum(o.use["cash"]), 6) for o in phasing.option},
            committee=Committee(**given["committee"]), election=Election(**given["election"]),
            pace=Pace(**given["pace"], **given["lateness"], **given["spread"]),
            offers=tuple(Offer(i, **o) for i, o in given["offers"].items()), upkeep=given["upkeep"],
            spans={a: (s[0], s[1]) for a, s in given["spans"].items()},
        )  # fmt: skip
        _known_ids(case, read, given, file)
    except (KeyError, TypeError, AttributeError, ValueError, StopIteration) as error:
        raise ContentError([Problem(file, "scenario.param", f"does not fit the roadmap model: {error!r}")]) from None
    return read


def _order(measures: tuple[Measure, ...]) -> tuple[str, ...]:
    try:
        return tuple(TopologicalSorter({m.id: m.requires for m in measures}).static_order())
    except CycleError:
        raise ValueError("measures wait for each other in a circle") from None


def ancestors(s: Scenario, measure: str) -> set[str]:
    """The measure, all that it waits for, and the systems these stand on."""
    found = {measure, *(f"system {name}" for name in s.find(measure).systems)}
    return found.union(*(ancestors(s, other) for other in s.find(measure).requires))


def _known_ids(case: CaseSpec, s: Scenario, given: Given, file: str) -> None:
    wrong = [
        Problem(file, f"scenario.param.stands_on.{m.id}", f"'{name}' is not in '{s.asked['phasing']}'")
        for m in s.measures for name in m.systems if name not in s.months
    ]  # fmt: skip
    # Chances are worked out exactly, which needs what two requirements depend on to be independent.
    wrong += [
        Problem(file, f"question[{s.asked['roadmap']}].{m.id}", f"'{a}' and '{b}' depend on the same thing")
        for m in s.measures for a, b in combinations(m.requires, 2) if ancestors(s, a) & ancestors(s, b)
    ]  # fmt: skip
    options: dict[str, set[Any]] = {name: {o.id for o in case.find(q).option} for name, q in s.asked.items()}
    measures = {m.id for m in s.measures}
    wanted = {"aim": set(AIMS), "donor": {DECLINED, *(o.id for o in s.offers)}, "late": measures | {DECLINED}}
    wrong += [
        Problem(file, f"question[{s.asked[name]}]", f"its options are not {sorted(ids)}")
        for name, ids in wanted.items() if options[name] != ids
    ]  # fmt: skip
    if set(s.spans) != set(AIMS) or ({o.measure for o in s.offers} | set(given["by_hand"])) - measures:
        wrong.append(Problem(file, "scenario.param", "names something unknown in 'spans', 'offers' or 'by_hand'"))
    if wrong:
        raise ContentError(wrong)
