"""A selection of facts met by several futures: which of them its reader sees coming in time, and which not.

Pure arithmetic. A fact announces a future outright, hints at it, or says nothing of it. Chances are independent: a
reader sees a future coming unless every fact that announces it fails to tell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, Literal

from itguide.errors import ContentError, Problem
from itguide.spec import CaseSpec, Option

Place = Literal["brief", "watch", "stop"]
OUTRIGHT, HINT = 2, 1


@dataclass(frozen=True)
class Fact:
    """One fact: its heading, how loud it is, and what it says of each future or failure (0, HINT or OUTRIGHT).

    `seen` is the month in which everybody sees it (0 = already), `act` the last month in which something can be done.
    """

    id: str
    heading: str
    articles: float
    seen: float
    act: float
    says: Mapping[str, int]

    @property
    def quiet(self) -> bool:
        """Whether it is seen by everybody only when it is too late."""
        return self.seen > self.act


@dataclass(frozen=True)
class Reading:
    """How a fact reaches the reader: the chance that it tells, in the brief, and the part of it left elsewhere."""

    outright: float
    hint: float
    quiet_watched: float
    loud_watched: float
    loud_stopped: float

    def chance(self, strength: int, quiet: bool, place: Place) -> float:
        """The chance that a fact of this strength makes its reader see the future in time."""
        told = {OUTRIGHT: self.outright, HINT: self.hint}.get(strength, 0.0)
        if place == "brief":
            return told
        if quiet:
            return told * (self.quiet_watched if place == "watch" else 0.0)
        return told * (self.loud_watched if place == "watch" else self.loud_stopped)


@dataclass(frozen=True)
class Asked:
    """The questions the model reads, and the names of their answers."""

    sort: str
    brief: str
    stop: str
    aim: str
    raised: str
    item: str
    among: str
    said: str


@dataclass(frozen=True, eq=False)
class Scenario:
    """Everything no decision changes.

    `futures` are in the order told, id to month; `aims` leads from a declared failure to what facts say of it.
    """

    asked: Asked
    facts: tuple[Fact, ...]
    futures: Mapping[str, int]
    aims: Mapping[str, str]
    reading: Reading

    def find(self, fact: str) -> Fact:
        """The fact of this id; KeyError if there is none."""
        for found in self.facts:
            if found.id == fact:
                return found
        raise KeyError(fact)


@dataclass(frozen=True)
class Outcome:
    """Which futures are seen coming, in chances 0..1, with this brief and with none; `weakest` is seen least."""

    metrics: Mapping[str, float]
    brief: tuple[str, ...]
    stop: tuple[str, ...]
    chance: Mapping[str, float]
    alone: Mapping[str, float]
    weakest: str


def scenario(case: CaseSpec) -> Scenario:
    """The case's facts and futures. ContentError names what is missing or does not fit."""
    file = f"case_studies/{case.slug}/case.toml"
    if case.scenario is None:
        raise ContentError([Problem(file, "scenario", "is missing; the model of futures needs it")])
    given = case.scenario
    try:
        asked = Asked(**given["asked"])
        futures = {str(f["id"]): int(f["month"]) for f in given["future"]}
        aims = {str(k): str(v) for k, v in given["aims"].items()}
        said_of = tuple(dict.fromkeys([*futures, *aims.values()]))
        facts = tuple(_fact(o, said_of) for o in case.find(asked.sort).option)
        found = Scenario(asked, facts, futures, aims, Reading(**given["reading"]))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ContentError([Problem(file, "scenario.param", f"does not fit the model of futures: {error!r}")]) from None
    if wrong := [Problem(file, field, says) for field, says in _misfits(case, found)]:
        raise ContentError(wrong)
    return found


def _fact(option: Option, said_of: tuple[str, ...]) -> Fact:
    if option.group is None:
        raise ValueError(f"fact '{option.id}' needs a group, its heading")
    says = {name: int(option.value[name]) for name in said_of if option.value.get(name)}
    if set(says.values()) - {HINT, OUTRIGHT}:
        raise ValueError(f"fact '{option.id}' says 1 (a hint) or 2 (outright) of a future")
    return Fact(option.id, option.group, option.value["articles"], option.value["seen"], option.value["act"], says)


def _misfits(case: CaseSpec, s: Scenario) -> list[tuple[str, str]]:
    found = []
    categories = {c.id for c in case.find(s.asked.sort).category}
    if not {s.asked.brief, s.asked.stop} <= categories:
        found.append(("scenario.param.asked", f"'{s.asked.brief}' and '{s.asked.stop}' are not both categories"))
    if {o.id for o in case.find(s.asked.aim).option} != set(s.aims):
        found.append(("scenario.param.aims", f"does not name every answer of '{s.asked.aim}'"))
    if s.asked.item not in {f.id for f in s.facts}:
        found.append(("scenario.param.asked.item", f"'{s.asked.item}' is not a fact"))
    if not {s.asked.among, s.asked.said} <= {o.id for o in case.find(s.asked.raised).option}:
        found.append(("scenario.param.asked", f"'{s.asked.among}' and '{s.asked.said}' are not both answers"))
    unannounced = [n for n in s.futures if all(f.says.get(n) != OUTRIGHT for f in s.facts)]
    return found + [(f"scenario.param.future[{n}]", "is announced outright by no fact") for n in unannounced]


def places(s: Scenario, answers: Mapping[str, Any]) -> dict[str, Place]:
    """Where each fact was put; what was put nowhere is watched."""
    given = answers.get(s.asked.sort) or {}
    names: dict[str, Place] = {s.asked.brief: "brief", s.asked.stop: "stop"}
    return {f.id: names.get(given.get(f.id, ""), "watch") for f in s.facts}


def chances(s: Scenario, placed: Mapping[str, Place]) -> dict[str, float]:
    """The chance that each future is seen coming, 0..1."""
    return {
        name: 1 - prod(1 - s.reading.chance(f.says.get(name, 0), f.quiet, placed[f.id]) for f in s.facts)
        for name in s.futures
    }


def alone(s: Scenario) -> dict[str, float]:
    """The same without any brief: everything is watched, nothing told."""
    return chances(s, {f.id: "watch" for f in s.facts})


def run(s: Scenario, answers: Mapping[str, Any]) -> Outcome:
    """What this brief meets."""
    placed = places(s, answers)
    brief = tuple(f for f in s.facts if placed[f.id] == "brief")
    stop = tuple(f for f in s.facts if placed[f.id] == "stop")
    chance = {n: round(c, 2) for n, c in chances(s, placed).items()}
    without = {n: round(c, 2) for n, c in alone(s).items()}
    weakest = min(s.futures, key=lambda n: chance[n])
    aim = s.aims.get(str(answers.get(s.asked.aim)), "")
    quiet = sum(f.quiet for f in brief)
    metrics = {
        "chosen": float(len(brief)),
        "stopped": float(len(stop)),
        "least": chance[weakest],
        "least_told": float(min(sum(n in f.says for f in brief) for n in s.futures)),
        "mean": round(sum(chance.values()) / len(chance), 2),
        "quiet": float(quiet),
        "balance": balance(quiet, len(brief)),
        "headings": float(len({f.heading for f in brief})),
        "aim": sum(f.says.get(aim, 0) for f in brief) / OUTRIGHT,
        "aim_outright": float(sum(f.says.get(aim) == OUTRIGHT for f in brief)),
        "aim_hints": float(sum(f.says.get(aim) == HINT for f in brief)),
        "stopped_dear": float(sum(dear(s, f, aim) for f in stop)),
        "raised_fits": raised_fits(s, answers, placed),
        **{f"seen_{n}": c for n, c in chance.items()},
        **{f"alone_{n}": c for n, c in without.items()},
        **{f"told_{n}": float(sum(f.says.get(n) == OUTRIGHT for f in brief)) for n in s.futures},
    }
    return Outcome(metrics, tuple(f.id for f in brief), tuple(f.id for f in stop), chance, without, weakest)


def balance(quiet: int, chosen: int) -> float:
    """1 with two quiet facts or more and one that is not; 0 with none quiet; a half otherwise."""
    if not quiet:
        return 0.0
    return 1.0 if quiet >= 2 and chosen > quiet else 0.5


def dear(s: Scenario, fact: Fact, aim: str = "") -> bool:
    """Whether giving up this fact costs much: it says a future (or the failure feared) outright, or hints at two."""
    told = [fact.says[n] for n in s.futures if n in fact.says]
    return OUTRIGHT in told or len(told) > 1 or fact.says.get(aim) == OUTRIGHT


def raised_fits(s: Scenario, answers: Mapping[str, Any], placed: Mapping[str, Place]) -> float:
    """Whether what is said of the matter the reader raised is what the brief does: 1 yes, 0.5 yes but unsaid, 0 no."""
    answer, inside = answers.get(s.asked.raised), placed[s.asked.item] == "brief"
    if answer is None or inside != (answer == s.asked.among):
        return 0.0
    return 1.0 if inside or answer == s.asked.said else 0.5
