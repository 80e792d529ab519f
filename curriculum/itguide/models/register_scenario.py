"""What no decision changes in a register case: the bands of the grid, others' placings, the asks and what they do.

Money in US$ m; a rate is events a year; a band is its lowest and highest value.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from itguide.errors import ContentError, Problem
from itguide.spec import CaseSpec

ASKED = ("place", "treat", "accept", "escalate", "trigger", "review", "wording")
Square = tuple[str, str]
Squares = Mapping[str, Square]


@dataclass(frozen=True)
class Band:
    """What a row or a column stands for: anything from `low` to `high`, evenly on a logarithmic scale."""

    low: float
    high: float

    @property
    def mean(self) -> float:
        """The mean of the log-uniform law on the band."""
        return (self.high - self.low) / math.log(self.high / self.low)

    @property
    def square(self) -> float:
        """The mean of the square."""
        return (self.high**2 - self.low**2) / (2 * math.log(self.high / self.low))

    def times(self, factor: float) -> Band:
        """The band with every value multiplied."""
        return Band(self.low * factor, self.high * factor)


@dataclass(frozen=True, eq=False)  # compared by identity, so that what follows from it alone can be remembered
class Scenario:
    """Everything about the case that no decision changes."""

    asked: Mapping[str, str]
    risks: tuple[str, ...]
    rates: Mapping[str, Band]  # by row, the rarest first
    losses: Mapping[str, Band]  # by column, the smallest first
    views: Mapping[str, Squares]
    cost: Mapping[str, float]  # of the ask that belongs to a risk
    effect: Mapping[str, Mapping[str, tuple[float, float]]]  # ask to risk to factors on rate and loss
    budget: float
    appetite: float  # a year
    alarm: float  # what another view places this many times above the appetite is not left in silence either
    years: int
    accepted: Mapping[str, bool]  # what may be accepted at all, by risk


def read(case: CaseSpec) -> Scenario:
    """The case's scenario. ContentError names what is missing or does not fit."""
    file = f"case_studies/{case.slug}/case.toml"
    if case.scenario is None:
        raise ContentError([Problem(file, "scenario", "is missing; the register model needs it")])
    given = case.scenario
    try:
        asked = {name: str(given["asked"][name]) for name in ASKED}
        grid, treat = case.find(asked["place"]), case.find(asked["treat"])
        found = Scenario(
            asked=asked,
            risks=tuple(o.id for o in grid.option),
            rates={r.id: Band(*given["rate"][r.id]) for r in grid.row},
            losses={c.id: Band(*given["loss"][c.id]) for c in grid.column},
            views={
                v.id: {o.id: (s.row, s.column) for o in grid.option for s in o.seen if s.view == v.id}
                for v in grid.view
            },
            cost={o.id: float(sum(o.use["money"])) for o in treat.option},
            effect=_effects(given["effect"]),
            budget=float(treat.limit[0].per_period[0]),
            appetite=float(given["appetite"]),
            alarm=float(given["alarm"]),
            years=int(given["years"]),
            accepted={o.id: bool(o.value["bearable"]) for o in case.find(asked["accept"]).option},
        )
    except (KeyError, TypeError, AttributeError, ValueError, IndexError) as error:
        raise ContentError([Problem(file, "scenario.param", f"does not fit the register model: {error!r}")]) from None
    if wrong := list(_whole(found, file)):
        raise ContentError(wrong)
    return found


def _effects(table: Mapping[str, Any]) -> dict[str, dict[str, tuple[float, float]]]:
    return {ask: {risk: (float(f[0]), float(f[1])) for risk, f in on.items()} for ask, on in table.items()}


def _whole(s: Scenario, file: str) -> list[Problem]:
    wrong = [
        Problem(file, f"scenario.param.effect.{ask}", f"names '{risk}', which is no risk")
        for ask, on in s.effect.items() for risk in on if risk not in s.risks
    ]  # fmt: skip
    wrong += [
        Problem(file, f"question[{s.asked['treat']}]", f"'{ask}' belongs to no risk, or does nothing")
        for ask in s.cost if ask not in s.risks or ask not in s.effect
    ]  # fmt: skip
    wrong += [
        Problem(file, f"question[{s.asked['place']}]", f"'{view}' has not placed every risk")
        for view, squares in s.views.items() if set(squares) != set(s.risks)
    ]  # fmt: skip
    wrong += [
        Problem(file, f"scenario.param.{name}.{key}", "is not a band from a low to a higher value above 0")
        for name, bands in (("rate", s.rates), ("loss", s.losses)) for key, band in bands.items()
        if not 0 < band.low < band.high
    ]  # fmt: skip
    return wrong
