"""Dates promised to a committee: what each route to a date means in law, and how likely it is to be kept.

Pure: a scenario and a decision in, an outcome out. Rules of dates are exact; how long work takes is a triangular law
in closed form, so nothing is drawn at random.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import prod
from typing import Any

from itguide.models.commitments_scenario import Measure, Scenario, scenario

__all__ = ["Fate", "Outcome", "Scenario", "add_months", "finished", "notice_by", "period_start", "run", "scenario"]

LAWFUL = ("promise", "automatic", "committee", "shifted", "arguable")
FALSE, SILENT = "false", "silent"
LIKELY = 0.8  # a date is one to rely on from this chance upwards
MONTH = 365.25 / 12  # days


@dataclass(frozen=True)
class Fate:
    """What becomes of one measure. `kept` is the chance that it works by the date then in force."""

    measure: Measure
    route: str
    law: str
    notice_by: date
    sent: date | None
    months: float
    in_force: date
    start: date | None
    planned_end: date | None
    reliable: date | None
    p_due: float
    kept: float
    comes: float = 0.0  # chance that help comes in time to be of use


@dataclass(frozen=True)
class Outcome:
    """What a decision leads to, measure by measure."""

    metrics: Mapping[str, float]
    fates: tuple[Fate, ...]


# ---- dates


def add_months(day: date, months: int) -> date:
    """The same day so many months on; the last of the month where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def notice_by(due: date, days: int) -> date:
    """The last day on which a notice is still so many days before the date."""
    return due - timedelta(days=days)


# ---- work


def period_start(s: Scenario, period: int) -> date:
    """The first day of a period of work, 1 being the one that begins today."""
    return add_months(s.today, s.period_months * (period - 1))


def finished(s: Scenario, measure: Measure, period: int | None, day: date, shorter: float = 1.0) -> float:
    """Chance that work begun in this period is done on this day; `shorter` is the plan with reserve or help."""
    if period is None:
        return 0.0
    start = period_start(s, period)
    plan = (period_start(s, period + measure.periods) - start).days * shorter
    return measure.pace.within((day - start).days / plan)


# ---- law


def status(s: Scenario, measure: Measure, route: str, sent: date, months: float, said: set[str]) -> str:
    """What a route is in law: a promise, an entitlement, a matter for the Committee, or one of the ways to fail."""
    if route == "deliver":
        return "promise"
    if route == "lapse":
        return SILENT
    if route == "declare":
        return "arguable" if measure.endeavour and s.says["state"] in said else FALSE
    if route == "shift" and measure.category != "b":
        return "closed"
    if sent > notice_by(measure.due, s.rules.notice_days):
        return "late"
    needed = {s.says["date"], s.says["help" if route == "shift" else "reasons"]}
    if months <= 0 or not needed <= said:
        return "incomplete"
    if months > s.rules.automatic_months:
        return "committee"
    return "shifted" if route == "shift" else "automatic"


def fate(s: Scenario, measure: Measure, answers: Mapping[str, Any]) -> Fate:
    """What becomes of one measure under this decision."""
    ask = {name: answers.get(q) for name, q in s.asked.items()}
    route = str((ask["routes"] or {}).get(measure.id, "lapse"))
    when = str(ask["sent"] or max(s.sent, key=lambda k: s.sent[k]))
    months = float(ask["window" if measure.id == s.window else "months"] or 0)
    period = (ask["work"] or {}).get(measure.id)
    law = status(s, measure, route, s.sent[when], months, set(ask["says"] or ()))
    asks = route in {"extend", "shift"} and law != "closed"
    new = add_months(measure.due, int(months)) if asks else measure.due
    shorter = s.odds.reserve_pace if ask["reserve"] == measure.id else 1.0
    comes = 0.0
    if route == "shift" and law in LAWFUL and s.says["help"] in set(ask["says"] or ()):
        comes = s.odds.comes[when] if period is not None and period >= s.odds.help_from else 0.0

    def done(day: date) -> float:
        helped = finished(s, measure, period, day, shorter * s.odds.help_pace)
        return comes * helped + (1 - comes) * finished(s, measure, period, day, shorter)

    p_due, p_new = done(measure.due), done(new)
    granted = {"committee": s.odds.agrees, "late": s.odds.grace, "incomplete": s.odds.grace}.get(law, 1.0)
    kept = granted * p_new + (1 - granted) * p_due
    if law == "arguable":
        kept = max(p_due, 1 - s.odds.contested)
    start = planned = reliable = None
    if period is not None:
        start = period_start(s, period)
        whole = (period_start(s, period + measure.periods) - start).days * shorter
        planned = start + timedelta(days=round(whole))
        pace = comes * s.odds.help_pace + 1 - comes
        reliable = start + timedelta(days=round(whole * pace * measure.pace.at(LIKELY)))
    return Fate(
        measure, route, law, notice_by(measure.due, s.rules.notice_days), s.sent[when] if asks else None,
        months if asks else 0.0, new if law in LAWFUL else measure.due, start, planned, reliable, p_due, kept, comes,
    )  # fmt: skip


# ---- a round


def run(s: Scenario, answers: Mapping[str, Any]) -> Outcome:
    """What this decision leads to. What is not answered counts as silence, and as no work."""
    ask = {name: answers.get(q) for name, q in s.asked.items()}
    fates = tuple(fate(s, m, answers) for m in s.measures)
    notices = [f for f in fates if f.route in {"extend", "shift"}]
    needed = [f for f in fates if _needs_notice(f)]
    cost = own_cost(s, fates, answers.get(s.asked["reserve"]))
    raw = {
        "date": sum(max(0.0, 1 - f.months / s.rules.automatic_months) * f.kept for f in fates) / len(fates),
        "truth": sum(_credit(f) * f.kept for f in fates) / len(fates),
        "money": cost,
        "traders": sum(f.measure.weight * _wait(s, f) for f in fates) / sum(m.weight for m in s.measures),
    }
    served = {a: min(max((raw[a] - low) / (high - low), 0.0), 1.0) for a, (low, high) in s.spans.items()}
    first, gives = str(ask["first"] or ""), str(ask["gives"] or "")
    kept = prod(f.kept for f in fates)
    metrics: dict[str, float] = {
        "lawful": round(sum(f.law in LAWFUL for f in fates) / len(fates), 2),
        "lawful_count": float(sum(f.law in LAWFUL for f in fates)),
        "untrue": float(sum(f.law in {FALSE, SILENT} for f in fates)),
        "in_time": round(sum(_in_time(f) for f in needed) / len(needed), 2) if needed else 1.0,
        "notices": float(len(notices)),
        "p_kept": round(sum(f.kept for f in fates) / len(fates), 2),
        "p_breach": round(1 - kept, 2),
        "expected_breaches": round(sum(1 - f.kept for f in fates), 1),
        "ask_fits": _fits([f for f in needed if f.measure.id != s.window]),
        "window_fits": _fits([f for f in needed if f.measure.id == s.window]),
        "cost": round(cost, 2),
        "wait": round(raw["traders"], 1),
        "first_served": round(served.get(first, 0.0), 2),
        "order": _order(served, first, gives),
        **{f"served_{a}": round(v, 2) + 0.0 for a, v in served.items()},
        **{f"kept_{f.measure.id}": round(f.kept, 2) for f in fates},
    }
    return Outcome(metrics, fates)


def own_cost(s: Scenario, fates: tuple[Fate, ...], reserve: str | None) -> float:
    """US$ m of one's own: the teams, the reserve, less what help is expected to pay."""
    worked = (f for f in fates if f.start)
    total = sum(s.money.team * f.measure.periods * (1 - f.comes * s.money.help_pays) for f in worked)
    return total + (s.money.reserve if reserve in {m.id for m in s.measures} else 0.0)


def _needs_notice(f: Fate) -> bool:
    """Whether the date can be kept only by moving it: asked for, unlikely as it stands, or passed over."""
    return f.route in {"extend", "shift"} or f.law in {FALSE, SILENT} or (f.law == "promise" and f.p_due < 0.5)


def _in_time(f: Fate) -> bool:
    return f.sent is not None and f.sent <= f.notice_by


def _credit(f: Fate) -> float:
    """How much of what was said can be believed: nothing of a false or silent date, half of what was said badly."""
    return 0.0 if f.law in {FALSE, SILENT} else 1.0 if f.law in LAWFUL else 0.5


def _wait(s: Scenario, f: Fate) -> float:
    """Months from today until traders can rely on the measure; thirty if nobody works on it."""
    return 30.0 if f.reliable is None else min((f.reliable - s.today).days / MONTH, 30.0)


def _fits(needed: list[Fate]) -> float:
    """1 if every date asked for will probably be kept without a second request, half if more likely than not."""
    chances = [f.kept if f.law in LAWFUL else 0.0 for f in needed]
    least = round(min(chances, default=1.0), 2)
    return 1.0 if least >= LIKELY else 0.5 if least >= 0.5 else 0.0


def _order(served: Mapping[str, float], first: str, gives: str) -> float:
    """1 if what is owed most is served at least as well as what may give way, half if hardly less well."""
    if first not in served or gives not in served or first == gives:
        return 0.0
    behind = round(served[gives] - served[first], 2)
    return 1.0 if behind <= 0 else 0.5 if behind <= 0.1 else 0.0
