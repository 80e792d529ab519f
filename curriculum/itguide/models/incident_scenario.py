"""What an incident case holds before anything is decided: a port, a clock, what can be funded, ordered and said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from itguide.errors import ContentError, Problem
from itguide.spec import CaseSpec

DUTIES = ("goods", "revenue", "trust")
MEANS = ("drill", "offline", "paper", "contacts", "watch")  # what can be funded and changes what follows
LINKS = ("cut", "inside", "keep")
RESTORES = ("now", "test", "rebuild")


@dataclass(frozen=True)
class Stream:
    """One kind of container: arrivals an hour, waiting at the start, duty in US$ thousand, share of duty that leaks.

    `assessed` of those waiting need nothing but a payment.
    """

    id: str
    arrive: float
    waiting: float
    duty: float
    leak: float
    assessed: float = 0.0


@dataclass(frozen=True)
class Port:
    """Containers an hour the system releases, room on the quay; hours watched, until lateness is counted, in all."""

    normal: float
    room: float
    watched: int
    counted: int
    horizon: int


@dataclass(frozen=True)
class Orders:
    """The hour at which each order is given; how much later it arrives when nobody knows whom to call."""

    links: int
    release: int
    restore: int
    says: int
    late: int


@dataclass(frozen=True)
class Link:
    """What an order about links does: share of machines hit, chance that a bank is hit, whether one can pay."""

    hit: float
    bank: float
    pays: bool


@dataclass(frozen=True)
class Spread:
    """The hit share grows by `late` when the first order is late and shrinks by `watched` with a night watch.

    A bank that is hit leaves at hour `leaves`; for `away` hours after release works again, release runs at `slow`.
    """

    late: float
    watched: float
    leaves: int
    away: int
    slow: float
    slow_paper: float


@dataclass(frozen=True)
class Paper:
    """Release on paper: containers an hour and hours to get going, unrehearsed and rehearsed; leakage without a log.

    `pay` and `slip` are assessed containers an hour that leave against a payment, and against a stamped slip.
    """

    rate: float
    start: int
    rehearsed: float
    rehearsed_start: int
    unlogged: float
    pay: float
    slip: float


@dataclass(frozen=True)
class Restore:
    """Hours of work. `fixed` and `per_hit` restore a copy; a test, a rebuild; chance that the newest copy is infected.

    An infected copy falls again after `falls` hours. Evidence is the share kept by each way, `logs` what a watch adds.
    """

    fixed: float
    per_hit: float
    test: float
    test_drilled: float
    rebuild: float
    rebuild_offline: float
    infected: float
    infected_drilled: float
    falls: float
    evidence: Mapping[str, float]
    logs: float


@dataclass(frozen=True)
class Words:
    """What a statement is worth: candour for each sentence, and the hour by which `promise` says all is well.

    `release` is the sentence about goods let go; it is candour only if there are such goods, and nothing is owed
    if there are none.
    """

    worth: Mapping[str, float]
    release: str
    promise: str
    by: int
    broken: float


@dataclass(frozen=True)
class Scenario:
    """Everything about the case that no decision changes; `asked` names the questions."""

    asked: Mapping[str, str]
    port: Port
    streams: tuple[Stream, ...]
    orders: Orders
    links: Mapping[str, Link]
    spread: Spread
    paper: Paper
    release: Mapping[str, tuple[str, ...]]
    restore: Restore
    words: Words
    trust: Mapping[str, float]
    late_cost: float  # share of what is late at the end that being late costs
    spans: Mapping[str, tuple[float, float]]  # duty -> what counts as not served, as fully served


def scenario(case: CaseSpec) -> Scenario:
    """The case's scenario. ContentError names what is missing or does not fit."""
    file = f"case_studies/{case.slug}/case.toml"
    if case.scenario is None:
        raise ContentError([Problem(file, "scenario", "is missing; the incident model needs it")])
    given = case.scenario
    try:
        read = Scenario(
            asked=given["asked"], port=Port(**given["port"]), orders=Orders(**given["orders"]),
            streams=tuple(Stream(i, **t) for i, t in given["streams"].items()),
            links={i: Link(**t) for i, t in given["links"].items()}, spread=Spread(**given["spread"]),
            paper=Paper(**given["paper"]), release={i: tuple(t) for i, t in given["release"].items()},
            restore=Restore(**given["restore"]), words=Words(**given["words"]), trust=given["trust"],
            late_cost=float(given["late_cost"]), spans={d: (s[0], s[1]) for d, s in given["spans"].items()},
        )  # fmt: skip
        _known_ids(case, read, file)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ContentError([Problem(file, "scenario.param", f"does not fit the incident model: {error!r}")]) from None
    return read


def _known_ids(case: CaseSpec, s: Scenario, file: str) -> None:
    options = {name: {o.id for o in case.find(q).option} for name, q in s.asked.items()}
    wanted: dict[str, set[Any]] = {"duty": set(DUTIES), "links": set(LINKS), "restore": set(RESTORES),
                                   "release": set(s.release), "says": set(s.words.worth)}  # fmt: skip
    wrong = [
        Problem(file, f"question[{s.asked[name]}]", f"its options are not {sorted(ids)}")
        for name, ids in wanted.items()
        if options[name] != ids
    ]
    if not set(MEANS) <= options["funded"]:
        wrong.append(Problem(file, f"question[{s.asked['funded']}]", f"does not offer {sorted(MEANS)}"))
    if set(s.links) != set(LINKS) or set(s.restore.evidence) != set(RESTORES) or set(s.spans) != set(DUTIES):
        wrong.append(Problem(file, "scenario.param", "'links', 'restore.evidence' or 'spans' names something unknown"))
    if {i for kinds in s.release.values() for i in kinds} - {t.id for t in s.streams}:
        wrong.append(Problem(file, "scenario.param.release", "names a stream there is not"))
    if wrong:
        raise ContentError(wrong)
