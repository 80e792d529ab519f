"""One deal in one future, year by year: what is paid by whom, what is charged, what it costs to part.

Money is US$ m of the day unless said otherwise; fees are US$ a declaration.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from itguide.models.deal_scenario import CLAUSES, Future, Scenario

YEAR = 12


@dataclass(frozen=True)
class Deal:
    """What has been signed: the route, how users are charged, the clauses, and who stands behind it."""

    route: str
    form: str
    clauses: frozenset[str]
    reach: float  # share of the agencies' procedures that go through the window
    wait: float  # months that owner and law add


@dataclass(frozen=True)
class Path:
    """One future of one deal, year by year, undiscounted US$ m; `months` are those in which the window works."""

    treasury: tuple[float, ...]
    fees: tuple[float, ...]
    saved: tuple[float, ...]
    small_net: tuple[float, ...]
    months: tuple[float, ...]
    live: float  # the month in which it goes into service
    dark: float  # months of standstill afterwards
    lawful: bool  # no firm ever pays more than about the cost of its declaration


# ---- the price of time


def annuity(rate: float, years: int) -> float:
    """Today's value of one a year, paid at the end of each of so many years."""
    return (1 - (1 + rate) ** -years) / rate if rate else float(years)


def present(s: Scenario, flows: Iterable[float]) -> float:
    """Today's value of a flow by year."""
    return sum(f / (1 + s.life.rate) ** t for t, f in enumerate(flows, start=1))


def _overlap(start: float, end: float, year: int) -> float:
    """Months of this year (1 = the first) that lie between two moments."""
    return max(0.0, min(end, YEAR * year) - max(start, YEAR * (year - 1)))


# ---- what is paid for a declaration


def extras(s: Scenario, d: Deal) -> float:
    """US$ a declaration that the clauses add to the operator's fee."""
    return sum(s.prices[c].fee for c in CLAUSES if c in d.clauses)


def cost(s: Scenario, d: Deal, volume: float) -> float:
    """What one declaration costs whoever runs the window by this route, US$, at a yearly volume in millions."""
    if d.route == "loan":
        return (s.loan.price / annuity(s.life.rate, s.life.years) + s.loan.running) / volume
    return s.concession.fixed / volume + s.concession.variable + extras(s, d)


def operator_fee(s: Scenario, d: Deal, growth: float, year: int) -> float:
    """The operator's fee in this year: as signed, or with the clause `cap` reviewed at cost every second year."""
    signed = s.concession.fee + extras(s, d)
    if "cap" not in d.clauses:
        return signed
    reviewed = max(year - year % 2, 1)
    return min(cost(s, d, volume(s, growth, reviewed)), signed + s.concession.above)


def own_fee(s: Scenario) -> float:
    """What covers the running of the State's own window, US$ a declaration."""
    return 1e6 * s.loan.running / s.life.declarations


def volume(s: Scenario, growth: float, year: int) -> float:
    """Declarations of this year in millions."""
    return float(s.life.declarations * (1 + growth) ** (year - 1) / 1e6)


def charged(s: Scenario, d: Deal, level: float, value: float, small: bool) -> float:
    """What a declaration of this value is charged, US$, where the average one has to bring in `level`."""
    if d.form == "free":
        return 0.0
    if d.form == "flat":
        return min(level, s.terms.small_fee) if small and "small" in d.clauses and d.route == "concession" else level
    by_value = level * value / (1e6 * s.life.imports / s.life.declarations)
    return by_value if d.form == "value" else min(by_value, level)


# ---- one future


def path(s: Scenario, d: Deal, future: Future) -> Path:
    """One future of one deal, year by year."""
    end, missed = YEAR * s.life.years, lost(s, d)
    loan = d.route == "loan"
    delay = future.delay if loan else 0.0
    start = (s.loan.month if loan else s.concession.month) - 1 + d.wait + delay
    stop = float(end)
    if future.event != "none":
        stop = max(start, YEAR * float(s.leaving.failed if future.event == "default" else s.leaving.left))
    once, dark = _parting(s, d, future.event, round(stop / YEAR))
    ratified = s.loan.ratified + d.wait + delay
    price = s.loan.price * (1 + (0.0 if "cap" in d.clauses else future.overrun)) + once_more(s, d)
    treasury, fees, saved, small_net, months = [], [], [], [], []
    lawful = True
    for year in range(1, s.life.years + 1):
        n = volume(s, future.growth, year)
        first, then = _overlap(start, stop, year), _overlap(stop + dark, end, year)
        paid = 0.0
        if loan:
            paid = price * _overlap(ratified, start, year) / (start - ratified)
            paid += (s.loan.running + _yearly(s, d)) * _overlap(ratified, end, year) / YEAR
        elif first:
            short = 0.0 if "guarantee" in d.clauses else max(0.0, s.concession.guarantee / 1e6 - n)
            paid = operator_fee(s, d, future.growth, year) * (n + short) * first / YEAR
        if not loan and then:
            paid += s.loan.running * then / YEAR
        if YEAR * (year - 1) < stop <= YEAR * year and stop < end:
            paid += once
        took = saves = net = 0.0
        for span, level, run_by in (
            (first, own_fee(s) if loan else operator_fee(s, d, future.growth, year), d),
            (then, own_fee(s), d if loan else replace(d, route="loan")),
        ):
            if not span:
                continue
            worth = cost(s, run_by, n) * s.terms.approximate
            lawful = lawful and charged(s, d, level, s.terms.top_value, False) <= worth
            for i, size in enumerate(s.sizes):
                each = charged(s, d, level, size.value, i == 0)
                lawful = lawful and each <= worth
                took += each * size.share * n * span / YEAR
                gained = size.saving * d.reach * (1 - missed)
                saves += gained * size.share * n * span / YEAR
                net += (gained - each) * size.share * n * span / YEAR if i == 0 else 0.0
        treasury.append(paid - took)
        fees.append(took)
        saved.append(saves)
        small_net.append(net)
        months.append(first + then)
    return Path(tuple(treasury), tuple(fees), tuple(saved), tuple(small_net), tuple(months), start + 1,
                dark if future.event != "none" else 0.0, lawful)  # fmt: skip


def lost(s: Scenario, d: Deal) -> float:
    """The share of the time in service in which it is out of order."""
    return s.terms.lost_served if "service" in d.clauses else s.terms.lost


def once_more(s: Scenario, d: Deal) -> float:
    """US$ m that the clauses add to the price of the State's own window."""
    return sum(s.prices[c].once for c in CLAUSES if c in d.clauses and s.prices[c].bites)


def _yearly(s: Scenario, d: Deal) -> float:
    return sum(s.prices[c].year for c in CLAUSES if c in d.clauses and s.prices[c].bites)


def _parting(s: Scenario, d: Deal, event: str, year: int) -> tuple[float, float]:
    """What a parting costs at once, US$ m of the day, and the months without a window."""
    if event == "none":
        return 0.0, 0.0
    if d.route == "loan":
        if event == "leave":
            return (0.0 if "exit" in d.clauses else s.loan.leave), 0.0
        eased = "step_in" in d.clauses
        return (s.loan.eased, s.loan.eased_months) if eased else (s.loan.takeover, s.loan.months)
    once, dark = 0.0, s.leaving.months
    if "data" not in d.clauses:
        once, dark = once + s.leaving.data, dark + s.leaving.data_months
    if "step_in" not in d.clauses:
        once, dark = once + s.leaving.code, dark + s.leaving.code_months
    if event == "leave":
        left = 1 - year / s.life.years
        once += s.concession.exit * (left if "exit" in d.clauses else 1.0)
    return once, dark


def leaving(s: Scenario, d: Deal, year: int) -> float:
    """What it costs to leave at the end of this year, all in: US$ m of the day, traders' loss in the standstill too."""
    once, dark = _parting(s, d, "leave", year)
    gained = sum(z.share * z.saving for z in s.sizes) * d.reach * (1 - lost(s, d))
    return once + gained * volume(s, s.life.growth, min(year + 1, s.life.years)) * dark / YEAR
