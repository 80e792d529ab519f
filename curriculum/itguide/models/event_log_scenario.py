"""What no decision changes in a case about release times: spans, populations, readers, read from its case.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from itguide.errors import ContentError, Problem
from itguide.models.event_log_data import EVENTS, LANES, PLACES
from itguide.spec import CaseSpec

ASKED = ("purpose", "span", "population", "statistic", "clock", "charged", "beside")
ELEMENTS = ("span", "population", "statistic", "clock")
HOLDERS = ("customs", "rule", "others")
CLOCKS = ("all", "office")


@dataclass(frozen=True)
class Population:
    """Which declarations count: the places, the lanes, and how many days from arrival to the gate at most."""

    places: tuple[str, ...]
    lanes: tuple[str, ...]
    most: float


@dataclass(frozen=True)
class Definition:
    """What is counted: a span, a population, a statistic and a clock, by id."""

    span: str
    population: str
    statistic: str
    clock: str


@dataclass(frozen=True)
class Reader:
    """Someone who will count the same month in their own way.

    `definition` is None for those who ask how long customs itself held the goods. `sentence` is the option that gives
    this reader the answer beforehand, empty if none does; `published` is a figure of their own, in hours of their
    clock.
    """

    id: str
    definition: Definition | None
    sentence: str
    published: float | None


@dataclass(frozen=True)
class Purpose:
    """What a figure is for: whom it answers, and which choices of each element serve that."""

    reader: str
    serves: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Segment:
    """One step of the journey: the event it ends with, and who holds the goods until then."""

    event: str
    holder: str


@dataclass(frozen=True, eq=False)  # compared by identity, so that a run can be remembered
class Scenario:
    """Everything about the case that no decision changes."""

    asked: Mapping[str, str]
    spans: Mapping[str, tuple[str, str]]
    populations: Mapping[str, Population]
    statistics: Mapping[str, float]  # a quantile; 0 is the mean
    segments: tuple[Segment, ...]
    disputed: str
    readers: tuple[Reader, ...]
    purposes: Mapping[str, Purpose]
    claims: Mapping[str, str]  # a boasting sentence and the reader whose published figure it is about
    alike: float
    sentences: int

    def reader(self, name: str) -> Reader:
        """The reader of this id; KeyError if there is none."""
        for found in self.readers:
            if found.id == name:
                return found
        raise KeyError(name)


def read(case: CaseSpec) -> Scenario:
    """The case's scenario. ContentError names what is missing or does not fit."""
    file = f"case_studies/{case.slug}/case.toml"
    if case.scenario is None:
        raise ContentError([Problem(file, "scenario", "is missing; the event log model needs it")])
    given = case.scenario
    try:
        asked = {name: given["asked"][name] for name in ASKED}
        for question in asked.values():
            case.find(question)
        found = Scenario(
            asked=asked,
            spans={name: (span[0], span[1]) for name, span in given["spans"].items()},
            populations={name: _population(table) for name, table in given["populations"].items()},
            statistics={name: float(q) for name, q in given["statistics"].items()},
            segments=tuple(Segment(s["event"], s["holder"]) for s in given["segments"]),
            disputed=given["disputed"],
            readers=tuple(_reader(table) for table in given["readers"]),
            purposes={
                name: Purpose(table["reader"], {e: tuple(table[e]) for e in ELEMENTS})
                for name, table in given["purposes"].items()
            },
            claims=dict(given["claims"]),
            alike=float(given["alike"]),
            sentences=int(case.find(asked["beside"]).most or 1),
        )
    except (KeyError, TypeError, AttributeError, ValueError, IndexError) as error:
        raise ContentError([Problem(file, "scenario.param", f"does not fit the event log model: {error!r}")]) from None
    wrong = [Problem(file, f"scenario.param.{place}", says) for place, says in _problems(found, case)]
    if wrong:
        raise ContentError(wrong)
    return found


def _population(table: Mapping[str, Any]) -> Population:
    places, lanes = table.get("places", [p.name for p in PLACES]), table.get("lanes", LANES)
    return Population(tuple(places), tuple(lanes), float(table.get("most", float("inf"))))


def _reader(table: Mapping[str, Any]) -> Reader:
    counts = Definition(*(table[e] for e in ELEMENTS)) if "span" in table else None
    return Reader(table["id"], counts, table.get("sentence", ""), table.get("published"))


def _problems(s: Scenario, case: CaseSpec) -> list[tuple[str, str]]:
    known = {"span": set(s.spans), "population": set(s.populations), "statistic": set(s.statistics),
             "clock": set(CLOCKS)}  # fmt: skip
    found = [
        (f"spans.{name}", f"'{span[0]}' to '{span[1]}' is not an earlier and a later event of the log")
        for name, span in s.spans.items()
        if not set(span) <= set(EVENTS) or EVENTS.index(span[0]) >= EVENTS.index(span[1])
    ]
    found += [
        (f"readers.{r.id}", f"'{getattr(r.definition, e)}' is not a {e}")
        for r in s.readers for e in ELEMENTS if r.definition and getattr(r.definition, e) not in known[e]
    ]  # fmt: skip
    found += [
        (f"purposes.{name}", f"'{choice}' is not a {e}")
        for name, p in s.purposes.items() for e, choices in p.serves.items() for choice in choices
        if choice not in known[e]
    ]  # fmt: skip
    readers = {r.id for r in s.readers}
    found += [(f"purposes.{n}", f"'{p.reader}' is no reader") for n, p in s.purposes.items() if p.reader not in readers]
    if [segment.event for segment in s.segments] != list(EVENTS[1:]):
        found.append(("segments", "must name every event after the first, in order"))
    if alien := {segment.holder for segment in s.segments} - set(HOLDERS):
        found.append(("segments", f"'{min(alien)}' does not hold goods in this model"))
    for element in ELEMENTS:
        options = {o.id for o in case.find(s.asked[element]).option}
        if options != known[element]:
            found.append((f"asked.{element}", f"the options of '{s.asked[element]}' are not those of the model"))
    return found
