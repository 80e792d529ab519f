"""What no decision changes at a port: ships, shares, desks and their hours, parties and what a change costs them.

Read from case.toml. Hours, US$ million a year, months; a change is named `step.move`, as on the map.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from itguide.errors import ContentError, Problem
from itguide.spec import CaseSpec

ASKED = ("aim", "map", "settle", "rush", "promise", "tell")
DESKS = ("permit", "check", "position", "inspect", "health_exam")
CHANGES = (
    "declaration.early", "permit.early", "check.early", "check.after", "payment.online", "payment.after",
    "position.direct", "inspect.trusted", "health_exam.joint",
)  # fmt: skip
RUSHES = ("wait", "overtime", "sign")


@dataclass(frozen=True)
class Desk:
    """Servers, days of the week, opening and closing hour, and the triangular law of the work on one file."""

    servers: int
    days: tuple[int, ...]
    opens: float
    closes: float
    work: tuple[float, float, float]


@dataclass(frozen=True)
class Uptake:
    """How large a share of the files a change reaches: with its party settled with, and without."""

    party: str
    settled: float
    alone: float


@dataclass(frozen=True)
class Ships:
    """Arrivals: hours of the week, how far a ship may be off, containers' files on board, weeks, and the storm."""

    hours: tuple[float, ...]
    jitter: float
    files: tuple[float, float]
    weeks: int
    storm: tuple[float, float]
    gap: float


@dataclass(frozen=True, eq=False)  # compared by identity, so that inputs can be remembered
class Scenario:
    """Everything about the case that no decision changes."""

    asked: Mapping[str, str]
    ships: Ships
    share: Mapping[str, float]
    time: Mapping[str, tuple[float, float, float]]
    desks: Mapping[str, Desk]
    hours: Mapping[str, tuple[float, float, int]]
    uptake: Mapping[str, Uptake]
    loss: Mapping[str, Mapping[str, float]]
    dispute: Mapping[str, Mapping[str, float]]
    money: Mapping[str, float]
    calm: Mapping[str, float]
    parties: tuple[str, ...]
    settled: tuple[str, ...]
    aims: tuple[str, ...]
    span: Mapping[str, tuple[float, float]]
    seed: int


def read(case: CaseSpec) -> Scenario:
    """The case's scenario. ContentError names what is missing or does not fit."""
    file = f"case_studies/{case.slug}/case.toml"
    if case.scenario is None:
        raise ContentError([Problem(file, "scenario", "is missing; the clearance model needs it")])
    given = case.scenario
    try:
        asked = {name: str(given["asked"][name]) for name in ASKED}
        options = {name: case.find(question).option for name, question in asked.items()}
        ships: dict[str, Any] = given["ships"]
        found = Scenario(
            asked=asked,
            ships=Ships(tuple(ships["hours"]), ships["jitter"], _pair(ships["files"]), int(ships["weeks"]),
                        _pair(ships["storm"]), ships["gap"]),
            share=given["share"],
            time={name: _three(law) for name, law in given["time"].items()},
            desks={name: Desk(int(d["servers"]), tuple(d["days"]), d["opens"], d["closes"], _three(d["work"]))
                   for name, d in ((n, given["desks"][n]) for n in DESKS)},
            hours={name: (h["opens"], h["closes"], int(h["days"])) for name, h in given["hours"].items()},
            uptake={name: Uptake(**given["uptake"][name]) for name in CHANGES},
            loss=given["loss"], dispute=given["dispute"], money=given["money"], calm=given["calm"],
            parties=tuple(o.id for o in options["tell"]), settled=tuple(o.id for o in options["settle"]),
            aims=tuple(o.id for o in options["aim"]),
            span={aim: _pair(given["span"][aim]) for aim in given["span"]},
            seed=int(given["seed"]),
        )  # fmt: skip
        on_map = {f"{o.id}.{m.id}" for o in options["map"] for m in o.move}
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ContentError([Problem(file, "scenario.param", f"does not fit the clearance model: {error!r}")]) from None
    wrong = []
    if on_map != set(CHANGES):
        odd = min(on_map ^ set(CHANGES))
        wrong.append(Problem(file, f"question[{asked['map']}]", f"'{odd}' is on the map or in the model, not in both"))
    if alien := {o.id for o in options["rush"]} - set(RUSHES):
        wrong.append(Problem(file, f"question[{asked['rush']}]", f"'{min(alien)}' is no rule the model knows"))
    if alien := {p for table in (*found.loss.values(), *found.dispute.values()) for p in table} - set(found.parties):
        wrong.append(Problem(file, "scenario.param", f"'{min(alien)}' is not among those who can be told"))
    if wrong:
        raise ContentError(wrong)
    return found


def _pair(raw: Any) -> tuple[float, float]:
    a, b = raw
    return float(a), float(b)


def _three(raw: Any) -> tuple[float, float, float]:
    a, b, c = raw
    return float(a), float(b), float(c)
