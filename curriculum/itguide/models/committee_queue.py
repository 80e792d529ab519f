"""Projects that begin with a law, an agreement or a system: when each is in use, given what it is taken for.

Pure arithmetic in whole months. A committee sits at a fixed pace and takes so many subjects; it puts bills before a
parliament that takes one at a time, and makes agencies agree. What is taken for a system is built at once and stands
idle until its law or agreement is there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from itguide.errors import ContentError, Problem
from itguide.spec import CaseSpec

Kind = Literal["law", "organisation", "system", "none"]
KINDS: tuple[Kind, ...] = ("law", "organisation", "system")
CORE = 2
LAST = 48  # months; what is not in use by then is told as never


@dataclass(frozen=True)
class Project:
    """One project: how much of it is law, organisation and system (2 the core, 1 also needed), and months to build."""

    id: str
    law: int
    organisation: int
    system: int
    build: int
    binds: int

    @property
    def kind(self) -> Kind:
        """What it begins with; none if it serves no measure."""
        return next((k for k in KINDS if getattr(self, k) == CORE), "none")


@dataclass(frozen=True)
class Pace:
    """Months: the first sitting, between sittings, of a bill, between bills, of an agreement; seats a sitting."""

    first: int
    between: int
    seats: int
    bill: int
    bills: int
    agreement: int
    horizon: int


@dataclass(frozen=True)
class Asked:
    """The questions the model reads, and the project whose date is told."""

    calls: str
    first: str
    window: str


@dataclass(frozen=True, eq=False)
class Scenario:
    """Everything no decision changes. Projects are in the order of the list."""

    asked: Asked
    projects: tuple[Project, ...]
    pace: Pace

    @cached_property
    def _by_id(self) -> dict[str, Project]:
        return {p.id: p for p in self.projects}

    def find(self, project: str) -> Project:
        """The project of this id; KeyError if there is none."""
        return self._by_id[project]


@dataclass(frozen=True)
class Course:
    """How a project went, in months from now: sitting, work begun, system ready, in use; None: not within LAST."""

    sitting: int | None
    start: int | None
    ready: int | None
    live: int | None

    @property
    def idle(self) -> bool:
        """Whether a system stood ready and could not be used."""
        return self.ready is not None and (self.live is None or self.live > self.ready)


@dataclass(frozen=True)
class Outcome:
    """What came of the calls and of the first seats."""

    metrics: Mapping[str, float]
    calls: Mapping[str, Kind]
    first: tuple[str, ...]
    courses: Mapping[str, Course]


def scenario(case: CaseSpec) -> Scenario:
    """The case's projects and pace. ContentError says what does not fit."""
    file = f"case_studies/{case.slug}/case.toml"
    if case.scenario is None:
        raise ContentError([Problem(file, "scenario", "is missing; the model of the committee needs it")])
    try:
        asked = Asked(**case.scenario["asked"])
        projects = tuple(Project(**p) for p in case.scenario["project"])
        found = Scenario(asked, projects, Pace(**case.scenario["pace"]))
        options = [[o.id for o in case.find(q).option] for q in (asked.calls, asked.first)]
        found.find(asked.window)
    except (KeyError, TypeError, AttributeError) as error:
        says = f"does not fit the model of the committee: {error!r}"
        raise ContentError([Problem(file, "scenario.param", says)]) from None
    if any(ids != [p.id for p in projects] for ids in options):
        says = f"'{asked.calls}', '{asked.first}' and the projects do not name the same things in the same order"
        raise ContentError([Problem(file, "scenario.param.project", says)])
    return found


def called(s: Scenario, answers: Mapping[str, Any]) -> dict[str, Kind]:
    """What each project was taken for; what nobody judged is built, as the list has it."""
    given = answers.get(s.asked.calls) or {}
    return {p.id: given.get(p.id, "system") for p in s.projects}


def run(s: Scenario, answers: Mapping[str, Any]) -> Outcome:
    """When each project is in use."""
    calls = called(s, answers)
    first = tuple(p.id for p in s.projects if p.id in (answers.get(s.asked.first) or ()))
    sittings = _sittings(s, calls, first)
    bills = _bills(s, calls, sittings)
    courses = {p.id: _course(s, p, calls[p.id], sittings.get(p.id), bills.get(p.id)) for p in s.projects}
    tfa = [p for p in s.projects if p.kind != "none"]
    live = [p for p in tfa if _by(courses[p.id].live, s.pace.horizon)]
    window = courses[s.asked.window].live
    metrics = {
        "systems": float(sum(p.kind == "system" for p in s.projects)),
        "agree": float(sum(calls[p.id] == p.kind for p in s.projects)),
        "live": float(len(live)),
        "bound": float(sum(p.binds for p in live)),
        "bound_all": float(sum(p.binds for p in tfa)),
        "idle": float(sum(courses[p.id].idle and _by(courses[p.id].ready, s.pace.horizon) for p in tfa)),
        "bills": float(len({m for m in bills.values() if m < s.pace.horizon})),
        "wasted": float(sum(s.find(p).kind in {"system", "none"} for p in first)),
        "dropped": float(sum(calls[p.id] == "none" and p.id not in first for p in tfa)),
        "window": float(LAST if window is None else window),
    }
    return Outcome(metrics, calls, first, courses)


def _by(month: int | None, horizon: int) -> bool:
    return month is not None and month <= horizon


def _sittings(s: Scenario, calls: Mapping[str, Kind], first: tuple[str, ...]) -> dict[str, int]:
    """The month in which the committee takes each project: the seats chosen, the rest in order, then what was found."""
    rest = [(0, p.id) for p in s.projects if p.id not in first and calls[p.id] in {"law", "organisation"}]
    # Built first and found unusable: it asks for a seat on the day it is ready.
    rest += sorted(((p.build, p.id) for p in s.projects if p.id not in first and calls[p.id] == "system"
                    and p.kind in {"law", "organisation"}), key=lambda found: found[0])  # fmt: skip
    taken = dict.fromkeys(first, s.pace.first)
    months = _months(s.pace)
    now, free = next(months), s.pace.seats - len(first)
    for asks, project in rest:
        while not free or now < asks:
            now, free = next(months), s.pace.seats
        taken[project] = now
        free -= 1
    return taken


def _months(pace: Pace) -> Iterator[int]:
    now = pace.first
    while True:
        yield now
        now += pace.between


def _bills(s: Scenario, calls: Mapping[str, Kind], sittings: Mapping[str, int]) -> dict[str, int]:
    """The month in which the bill with each project goes to Parliament: what sits together travels together."""
    wanted: dict[str, int] = {}
    for p in s.projects:
        if p.id in sittings and p.kind == "law":
            # Taken for a matter of agreement, it comes back a sitting later as the law it is.
            wanted[p.id] = sittings[p.id] + (s.pace.between if calls[p.id] == "organisation" else 0)
        elif p.id in sittings and p.kind == "organisation" and calls[p.id] == "law":
            wanted[p.id] = sittings[p.id]
    sent: dict[str, int] = {}
    last = -s.pace.bills
    for month in sorted(set(wanted.values())):
        together = [p for p, m in wanted.items() if m == month]
        if month > last:
            last = max(month, last + s.pace.bills)  # what comes while a bill waits for its turn goes along with it
        sent |= dict.fromkeys(together, last)
    return sent


def _course(s: Scenario, p: Project, call: Kind, sitting: int | None, bill: int | None) -> Course:
    if call == "none" and sitting is None:
        return Course(None, None, None, None)
    if p.kind == "none" or (p.kind == "system" and call == "system"):
        return _told(sitting, 0, p.build, p.build)
    at_once = call == "system"
    if sitting is None:
        return _told(None, 0, p.build, None)
    if p.kind == "system":  # it waited for a committee that had nothing to say to it
        return _told(sitting, sitting, sitting + p.build, sitting + p.build)
    if p.kind == "law":
        assert bill is not None
        passed = bill + s.pace.bill
        ready = p.build if at_once else sitting + p.build
        return _told(sitting, 0 if at_once else sitting, ready if at_once else max(passed, ready), max(passed, ready))
    agreed = sitting + s.pace.agreement if bill is None else bill + s.pace.bill
    if at_once:  # half of what was built without the others is built again with them
        return _told(sitting, 0, p.build, max(agreed, p.build) + p.build // 2)
    return _told(sitting, sitting, agreed + p.build, agreed + p.build)


def _told(sitting: int | None, start: int, ready: int, live: int | None) -> Course:
    return Course(sitting, start, ready, live if live is not None and live <= LAST else None)
