"""What no decision changes in a portfolio case: initiatives, ceilings, perils, promises, read from its case.toml.

Money in millions, time in months from the start of the first period, points a year by area.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from itguide.errors import ContentError, Problem
from itguide.models.reference_class import ReferenceClass
from itguide.spec import CaseSpec, Option, Question

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
        return self.items[self.at(item)]

    def at(self, item: str) -> int:
        """The place of this initiative in the case's order, its column in every array; KeyError if there is none."""
        for n, found in enumerate(self.items):
            if found.id == item:
                return n
        raise KeyError(item)


def read(case: CaseSpec) -> Scenario:
    """The case's scenario, its yardstick not yet measured. ContentError names what is missing or does not fit."""
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
    return bare


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
    alien = [a for a in s.damage if a not in s.areas]
    wrong += [Problem(file, "scenario.param.damage", f"names '{a}', which is no area") for a in alien]
    wrong += [
        Problem(file, f"scenario.param.peril[{p.id}]", f"needs {s.horizon // YEAR} yearly hazards")
        for p in s.perils if len(p.yearly) * YEAR != s.horizon
    ]  # fmt: skip
    if wrong:
        raise ContentError(wrong)


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


def named_first(s: Scenario, answers: Mapping[str, Any]) -> list[str]:
    """The planned initiatives the participant would stop first, in the case's order."""
    starts, given = starts_of(s, answers), answers.get(s.cut) or []
    return [i for i in starts if i in given]
