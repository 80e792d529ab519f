"""One month's event log under one definition of a release time: the figure, what it hides, who would count otherwise.

Pure: a scenario, a decision and the committed log in, an outcome out. Hours throughout; an office hour is one in
which customs is open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import exp, log
from typing import TYPE_CHECKING, Any

from itguide.models import event_log_data as data
from itguide.models.event_log_calendar import calendar
from itguide.models.event_log_data import Log
from itguide.models.event_log_scenario import ELEMENTS, HOLDERS, Definition, Population, Scenario, read
from itguide.spec import CaseSpec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from itguide.models.event_log_data import Floats

    Flags = NDArray[np.bool_]

DOTS = tuple((i + 0.5) / 100 for i in range(100))  # a hundred declarations stand for all
WHOLE = ("arrived", "gate")
EVERYTHING = Population(tuple(p.name for p in data.PLACES), data.LANES, float("inf"))
CLAIM_FREE = "always"  # a claim about no reader: nothing in the log carries it


@dataclass(frozen=True)
class Reading:
    """What one reader gets from the same month: hours of the reader's clock, how many times the figure, and whether
    a sentence beside the figure said so before.
    """

    reader: str
    hours: float
    clock: str
    times: float
    said: bool


@dataclass(frozen=True)
class Step:
    """A segment of the mean journey: who holds the goods, for how long, and whether the figure counts it."""

    event: str
    holder: str
    hours: float
    counted: bool


@dataclass(frozen=True)
class Outcome:
    """What a definition gives. `metrics` are rounded; `dots` and `whole_dots` are hours of a hundred declarations,
    for the figure's span and for the whole journey, both in all hours and of the declarations that count.
    """

    metrics: Mapping[str, float]
    definition: Definition
    dots: tuple[float, ...]
    whole_dots: tuple[float, ...]
    steps: tuple[Step, ...]
    readings: tuple[Reading, ...]


def scenario(case: CaseSpec) -> Scenario:
    """The case's scenario; the same object for the same case."""
    return _read(case.model_dump_json())


@lru_cache(maxsize=8)
def _read(text: str) -> Scenario:
    return read(CaseSpec.model_validate_json(text))


def run(s: Scenario, answers: Mapping[str, Any], month: Log | None = None) -> Outcome:
    """What this decision makes of `month` (default: the committed log). What is not answered is the first choice."""
    month = month or data.load()
    purpose = str(answers.get(s.asked["purpose"], ""))
    beside = frozenset(answers.get(s.asked["beside"]) or ())
    chosen = definition(s, answers)
    counted = members(month, s.populations[chosen.population])
    figure = value(s, month, chosen)
    spans, whole = hours(month, *s.spans[chosen.span])[counted], hours(month, *WHOLE)
    steps = _steps(s, month, chosen, counted, answers.get(s.asked["charged"]))
    readings = _readings(s, month, chosen, figure, steps, beside)
    everybody = held(s, journey(s, month, members(month, EVERYTHING)))
    metrics = {
        "figure": figure,
        "beyond": round(float((spans > figure).mean()), 2),
        "counted": round(float(counted.mean()), 2),
        "left_out": round(1 - float(counted.mean()), 2),
        "p90": _quantile(spans, 0.9),
        "whole_p90": _quantile(whole, 0.9),
        "held_whole": float(round(100 * everybody["customs"] / sum(everybody.values()))),
        **{f"split_{h}": round(sum(t.hours for t in steps if t.counted and t.holder == h), 1) for h in HOLDERS},
        "disputed": round(sum(t.hours for t in steps if t.event == s.disputed), 1),
        **{f"as_{r.reader}": r.hours for r in readings},
        **_told(s, chosen, beside, float(counted.mean())),
        "unfounded": float(sum(not carried(s, c, chosen, figure) for c in s.claims if c in beside)),
        **_fit(s, chosen, purpose, readings),
        "disclosed": _disclosed(s, readings),
    }
    return Outcome(metrics, chosen, _dots(spans), _dots(whole[counted]), steps, readings)


def definition(s: Scenario, answers: Mapping[str, Any]) -> Definition:
    """What is counted, complete."""
    first = {"span": next(iter(s.spans)), "population": next(iter(s.populations)),
             "statistic": next(iter(s.statistics)), "clock": "all"}  # fmt: skip
    return Definition(*(str(answers.get(s.asked[e]) or first[e]) for e in ELEMENTS))


def members(month: Log, population: Population) -> Flags:
    """Which declarations belong to a population."""
    import numpy as np

    places = [n for n, p in enumerate(data.PLACES) if p.name in population.places]
    lanes = [n for n, name in enumerate(data.LANES) if name in population.lanes]
    inside = np.isin(month.place, places) & np.isin(month.lane, lanes)
    return np.asarray(inside & (hours(month, *WHOLE) <= 24 * population.most))


def hours(month: Log, start: str, end: str, clock: str = "all") -> Floats:
    """From one event to another, for every declaration, in all hours or in customs' office hours."""
    a, b = month.times[start], month.times[end]
    if clock == "office":
        office = calendar("office")
        a, b = office.worked(a), office.worked(b)
    return (b - a) / 60.0


def value(s: Scenario, month: Log, chosen: Definition) -> float:
    """The figure of a definition, in hours of its clock, to one decimal."""
    counted = members(month, s.populations[chosen.population])
    found = hours(month, *s.spans[chosen.span], chosen.clock)[counted]
    share = s.statistics[chosen.statistic]
    return _quantile(found, share) if share else round(float(found.mean()), 1)


def journey(s: Scenario, month: Log, counted: Flags) -> tuple[Step, ...]:
    """The mean journey from arrival to the gate, step by step; only means add up, so nothing else is split."""
    before, found = WHOLE[0], []
    for segment in s.segments:
        mean = float(hours(month, before, segment.event)[counted].mean())
        found.append(Step(segment.event, segment.holder, mean, counted=True))
        before = segment.event
    return tuple(found)


def _steps(s: Scenario, month: Log, chosen: Definition, counted: Flags, charged: Any) -> tuple[Step, ...]:
    """The mean journey with the disputed wait charged as decided, and what the figure's span covers of it."""
    start, end = (data.EVENTS.index(e) for e in s.spans[chosen.span])
    return tuple(
        Step(t.event, str(charged) if t.event == s.disputed and charged in HOLDERS else t.holder, round(t.hours, 1),
             start < data.EVENTS.index(t.event) <= end)
        for t in journey(s, month, counted)
    )  # fmt: skip


def _readings(
    s: Scenario, month: Log, chosen: Definition, figure: float, steps: tuple[Step, ...], beside: frozenset[str]
) -> tuple[Reading, ...]:
    """What every reader gets from the same month."""
    found = []
    for reader in s.readers:
        if reader.definition is None:
            got, clock = held(s, steps)["customs"], "all"
        else:
            got, clock = value(s, month, reader.definition), reader.definition.clock
        times = round(max(got, 0.1) / max(figure, 0.1), 2)
        found.append(Reading(reader.id, got, clock, times, reader.sentence in beside))
    return tuple(found)


def apart(s: Scenario, reading: Reading) -> float:
    """How far a reader's figure lies from the one published: the logarithm of the ratio; 0 where they are alike."""
    far = abs(log(max(reading.times, 0.01)))
    return far if far > log(s.alike) else 0.0


def _disclosed(s: Scenario, readings: tuple[Reading, ...]) -> float:
    """Of the differences that this many sentences could have told beforehand, the share that they do tell."""
    open_to = [r for r in readings if s.reader(r.reader).sentence]
    could = sum(sorted((apart(s, r) for r in open_to), reverse=True)[: s.sentences])
    told = sum(apart(s, r) for r in open_to if r.said)
    return round(min(told / could, 1.0), 2) if could else 1.0


def _told(s: Scenario, chosen: Definition, beside: frozenset[str], counted: float) -> dict[str, float]:
    """Whether what was left out, the tail and the clock can be seen by a reader of the announcement."""
    said = "definition" in beside
    share = s.statistics[chosen.statistic]
    tail = 1.0 if share >= 0.9 or "tail" in beside else 0.5 if share == 0 else 0.0
    return {
        "unsaid": 0.0 if said else round(1 - counted, 2),
        "tail_told": tail,
        "clock_told": 1.0 if chosen.clock == "all" or said else 0.0,
    }


def carried(s: Scenario, claim: str, chosen: Definition, figure: float) -> bool:
    """Whether a boast holds: one about a reader's published figure does if both count alike and ours is lower."""
    about = s.claims[claim]
    if about == CLAIM_FREE:
        return False
    other = s.reader(about)
    return other.definition == chosen and figure < (other.published or 0.0)


def held(s: Scenario, steps: tuple[Step, ...]) -> dict[str, float]:
    """Mean hours by holder as the scenario has it, however the disputed wait is charged."""
    owner = {segment.event: segment.holder for segment in s.segments}
    return {h: round(sum(t.hours for t in steps if owner[t.event] == h), 1) for h in HOLDERS}


def _fit(s: Scenario, chosen: Definition, purpose: str, readings: tuple[Reading, ...]) -> dict[str, float]:
    """How many of the four elements serve what was declared, and how far the figure is from what its reader gets."""
    if purpose not in s.purposes:
        return {}
    aim = s.purposes[purpose]
    serves = sum(getattr(chosen, e) in aim.serves[e] for e in ELEMENTS) / len(ELEMENTS)
    theirs = next(r for r in readings if r.reader == aim.reader)
    return {"fit": round(serves, 2), "off": round(exp(abs(log(max(theirs.times, 0.01)))), 2)}


def _quantile(values: Floats, share: float) -> float:
    import numpy as np

    return round(float(np.quantile(values, share)), 1)


def _dots(values: Floats) -> tuple[float, ...]:
    import numpy as np

    return tuple(round(v, 1) for v in np.quantile(values, DOTS).tolist())
