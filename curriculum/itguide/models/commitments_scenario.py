"""What a commitments case holds before anything is decided: measures with their dates, the rules, chances and money."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import sqrt

from itguide.errors import ContentError, Problem
from itguide.spec import CaseSpec

AIMS = ("date", "truth", "money", "traders")
ROUTES = ("deliver", "extend", "shift", "declare", "lapse")


@dataclass(frozen=True)
class Pace:
    """How much longer than planned work takes: a triangular law from `low` over `mode` to `high`."""

    low: float
    mode: float
    high: float

    def within(self, times: float) -> float:
        """Chance that the work takes at most this many times its plan."""
        if times <= self.low:
            return 0.0
        if times >= self.high:
            return 1.0
        if times <= self.mode:
            return (times - self.low) ** 2 / ((self.high - self.low) * (self.mode - self.low))
        return 1 - (self.high - times) ** 2 / ((self.high - self.low) * (self.high - self.mode))

    def at(self, chance: float) -> float:
        """How many times its plan the work takes at most, with this chance."""
        if chance <= (self.mode - self.low) / (self.high - self.low):
            return self.low + sqrt(chance * (self.high - self.low) * (self.mode - self.low))
        return self.high - sqrt((1 - chance) * (self.high - self.low) * (self.high - self.mode))


@dataclass(frozen=True)
class Measure:
    """One measure with a date: its category, the periods of work left, and the part of the traders' gain it holds."""

    id: str
    category: str
    due: date
    pace: Pace
    periods: int
    weight: float
    endeavour: bool = False  # the Agreement asks to endeavour: to call it implemented can be argued if all is said


@dataclass(frozen=True)
class Rules:
    """The Agreement's numbers for a developing member: days of notice, months without the Committee's decision."""

    notice_days: int
    automatic_months: int


@dataclass(frozen=True)
class Odds:
    """Invented chances: the Committee agrees, a late or incomplete notice is let pass, an arguable claim is contested.

    Help comes with the chance `comes` by when it is named, not before `help_from` (a period), and shortens work to
    `help_pace` of its plan; a reserve shortens it to `reserve_pace`.
    """

    agrees: float
    grace: float
    contested: float
    comes: Mapping[str, float]
    help_from: int
    help_pace: float
    reserve_pace: float


@dataclass(frozen=True)
class Money:
    """US$ m: a team for one period, the reserve, and the part of a shifted measure's work that help pays."""

    team: float
    reserve: float
    help_pays: float


@dataclass(frozen=True)
class Scenario:
    """Everything about the case that no decision changes; `asked` names the questions."""

    asked: Mapping[str, str]
    today: date
    period_months: int
    sent: Mapping[str, date]
    measures: tuple[Measure, ...]
    rules: Rules
    odds: Odds
    money: Money
    spans: Mapping[str, tuple[float, float]]  # aim -> what counts as not served, as fully served
    window: str  # the measure that has a number of months of its own
    says: Mapping[str, str]  # what a notice has to contain -> the option that says it


def scenario(case: CaseSpec) -> Scenario:
    """The case's scenario. ContentError names what is missing or does not fit."""
    file = f"case_studies/{case.slug}/case.toml"
    if case.scenario is None:
        raise ContentError([Problem(file, "scenario", "is missing; the commitments model needs it")])
    given = case.scenario
    try:
        asked: dict[str, str] = given["asked"]
        work = case.find(asked["work"])
        read = Scenario(
            asked=asked, today=date.fromisoformat(given["calendar"]["today"]),
            period_months=given["calendar"]["period_months"],
            sent={k: date.fromisoformat(v) for k, v in given["sent"].items()},
            measures=tuple(
                Measure(i, t["category"], date.fromisoformat(t["due"]), Pace(*given["pace"][t["pace"]]),
                        len(work.find(i).use["teams"]), t["weight"], t.get("endeavour", False))
                for i, t in given["measures"].items()
            ),
            rules=Rules(**given["rules"]), odds=Odds(**given["odds"]), money=Money(**given["money"]),
            spans={a: (s[0], s[1]) for a, s in given["spans"].items()}, window=given["window"], says=given["says"],
        )  # fmt: skip
        _known_ids(case, read, file)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ContentError(
            [Problem(file, "scenario.param", f"does not fit the commitments model: {error!r}")]
        ) from None
    return read


def _known_ids(case: CaseSpec, s: Scenario, file: str) -> None:
    measures = {m.id for m in s.measures}
    options = {name: {o.id for o in case.find(q).option} for name, q in s.asked.items()}
    wanted = {"routes": measures, "work": measures, "sent": set(s.sent), "first": set(AIMS), "gives": set(AIMS)}
    wrong = [
        Problem(file, f"question[{s.asked[name]}]", f"its options are not {sorted(ids)}")
        for name, ids in wanted.items()
        if options[name] != ids
    ]
    if {c.id for c in case.find(s.asked["routes"]).category} != set(ROUTES):
        wrong.append(Problem(file, f"question[{s.asked['routes']}]", f"its categories are not {sorted(ROUTES)}"))
    if not measures <= options["reserve"]:
        wrong.append(Problem(file, f"question[{s.asked['reserve']}]", "does not offer every measure"))
    if not set(s.says.values()) <= options["says"]:
        wrong.append(Problem(file, f"question[{s.asked['says']}]", "does not offer what a notice has to contain"))
    if set(s.odds.comes) != set(s.sent) or set(s.spans) != set(AIMS) or s.window not in measures:
        wrong.append(Problem(file, "scenario.param", "'odds.comes', 'spans' or 'window' names something unknown"))
    if wrong:
        raise ContentError(wrong)
