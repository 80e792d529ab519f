"""Import clearance at a port as desks, hours and ships: what four changes on the map do to every container.

Pure: a scenario, a decision and common random inputs in, an outcome out. Every file meets the same ships, the same
work and the same luck under every decision; only the order of things differs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from itguide.models import clearance_network as network
from itguide.models.clearance_network import WEEK, Calendar, busy, desk, triangular, uniform
from itguide.models.clearance_scenario import DESKS, Scenario, read
from itguide.spec import CaseSpec

if TYPE_CHECKING:
    from itguide.models.clearance_network import Flags, Floats

QUANTILES = tuple((2 * n + 1) / 40 for n in range(20))
ROWS = ("check", "payment", "yard")  # the queues that are drawn over the week
HOURS = tuple(range(0, 168, 2))
LEAD = 4  # weeks of calendar ahead of the first ship; as many and more follow the last


@dataclass(frozen=True, eq=False)  # compared by identity, so that what follows from them can be remembered
class Inputs:
    """One row a file: its ship, its nature, the work it makes. `luck` decides, change by change, whom it reaches."""

    arrives: Floats
    late: Flags  # came on a ship the storm held back
    week: Floats
    yellow: Flags
    red: Flags
    permit: Flags
    exam: Flags
    small: Flags
    trusted: Flags
    query: Flags
    time: Mapping[str, Floats]
    luck: Mapping[str, Floats]


@dataclass(frozen=True)
class Decision:
    """What was decided, by the names the model knows."""

    aim: str
    changes: frozenset[str]
    settled: frozenset[str]
    rush: str
    promise: float | None
    told: frozenset[str]


@dataclass(frozen=True, eq=False)
class Flow:
    """When each file got where: hours at which it came to a desk and left it, and its release."""

    unloaded: Floats
    came: Mapping[str, Floats]
    left: Mapping[str, Floats]
    passed: Mapping[str, Flags]
    release: Floats
    deferred: Flags
    audited: Flags
    away: Flags


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a decision does. `metrics` are rounded; quantiles are hours from arrival to release, queues by `HOURS`."""

    metrics: Mapping[str, float]
    quantiles: tuple[float, ...]
    before: tuple[float, ...]
    queues: Mapping[str, tuple[float, ...]]
    queues_before: Mapping[str, tuple[float, ...]]
    losses: Mapping[str, float]
    months: Mapping[str, float]
    uptake: Mapping[str, float]


def scenario(case: CaseSpec) -> Scenario:
    """The case's scenario; the same object for the same case."""
    return _scenario(case.model_dump_json())


@lru_cache(maxsize=8)
def _scenario(text: str) -> Scenario:
    return read(CaseSpec.model_validate_json(text))


def decision(s: Scenario, answers: Mapping[str, Any]) -> Decision:
    """The decision in the answers; what was not answered changes nothing."""
    given = {name: answers.get(question) for name, question in s.asked.items()}
    return Decision(
        str(given["aim"] or ""), frozenset(f"{step}.{move}" for step, move in (given["map"] or {}).items()),
        frozenset(given["settle"] or ()), str(given["rush"] or "wait"),
        None if given["promise"] is None else float(given["promise"]), frozenset(given["tell"] or ()),
    )  # fmt: skip


@lru_cache(maxsize=8)
def inputs(s: Scenario, seed: int) -> Inputs:
    """The ships of all weeks and what is on them. The first week warms up; in the one after the last a storm comes."""
    import numpy as np

    ships, weeks = s.ships, s.ships.weeks + 3
    per_week = len(ships.hours)
    count = weeks * per_week
    usual = np.array([w * WEEK + h for w in range(weeks) for h in ships.hours])
    berths = np.sort(usual + (uniform(seed, 1, count) - 0.5) * 2 * ships.jitter)
    storm = (ships.weeks + 1) * WEEK + np.array(ships.storm)
    held = (berths >= storm[0]) & (berths < storm[1])
    berths[held] = storm[1] + ships.gap * np.arange(held.sum())
    low, high = ships.files
    load = np.floor(low + uniform(seed, 2, count) * (high - low + 1)).astype(int)
    n = int(load.sum())
    u = {name: uniform(seed, 10 + k, n) for k, name in enumerate(
        ("channel", "permit", "exam", "small", "trusted", "query"))}  # fmt: skip
    small = u["small"] < s.share["small"]
    red = u["channel"] < s.share["red"]
    permit = u["permit"] < s.share["permit"]
    laws = {**s.time, **{name: s.desks[name].work for name in DESKS}}
    return Inputs(
        arrives=np.repeat(berths, load), late=np.repeat(held, load),
        week=np.floor(np.repeat(np.where(held, storm[1], berths), load) / WEEK),
        yellow=~red & (u["channel"] < s.share["red"] + s.share["yellow"]), red=red, permit=permit,
        exam=permit & (u["exam"] < s.share["exam"]), small=small,
        trusted=~small & (u["trusted"] < s.share["trusted"] / (1 - s.share["small"])),
        query=u["query"] < s.share["query"],
        time={name: triangular(uniform(seed, 30 + k, n), laws[name]) for k, name in enumerate(sorted(laws))},
        luck={name: uniform(seed, 60 + k, n) for k, name in enumerate(sorted(s.uptake))},
    )  # fmt: skip


@lru_cache(maxsize=16)
def _calendars(s: Scenario, overtime: bool) -> dict[str, Calendar]:
    weeks = s.ships.weeks
    last = weeks + 3 + LEAD
    found = {
        name: network.calendar(range(days), opens, closes, -LEAD, last)
        for name, (opens, closes, days) in s.hours.items()
    }
    storm = int(s.ships.weeks + 1)
    for name in DESKS:
        d = s.desks[name]
        extra: list[tuple[float, float]] = []
        if overtime:  # after the storm: long days and both days of the weekend, for two weeks
            extra = [(storm * WEEK + day * 24 + 7, storm * WEEK + day * 24 + 21) for day in range(3, 16)]
        found[name] = network.calendar(d.days, d.opens, d.closes, -LEAD, last, extra)
    return found


def uptake(s: Scenario, d: Decision) -> dict[str, float]:
    """How large a share of the files each change reaches."""
    return {
        c: u.settled if u.party in d.settled or not u.party else u.alone for c, u in s.uptake.items() if c in d.changes
    }


def simulate(s: Scenario, d: Decision, given: Inputs) -> Flow:
    """Every file through the desks, in the order the changed map gives."""
    import numpy as np

    share = uptake(s, d)
    n = len(given.arrives)
    none = np.zeros(n, dtype=bool)
    reached = {c: given.luck[c] < share[c] if c in share else none for c in s.uptake}
    hours, t = _calendars(s, d.rush == "overtime"), given.time
    hurried = given.late if d.rush == "sign" else none
    unloaded = given.arrives + t["unload"]
    came: dict[str, Floats] = {}
    left: dict[str, Floats] = {}
    passed: dict[str, Flags] = {}

    early = reached["declaration.early"]
    # A small importer's papers come late, whoever carries them.
    slow = np.where(given.small, s.share["small_delay"], 1.0)
    papers = given.arrives + t["papers"] * slow - np.where(early, s.share["lead"], 0.0)
    declared = busy(papers, t["declare"], ~none, hours["broker"])

    def queue(name: str, arrives: Floats, who: Flags, work: Floats | None = None) -> Floats:
        came[name], passed[name] = arrives, who
        left[name] = desk(arrives, t[name] if work is None else work, who, hours[name], s.desks[name].servers)
        return left[name]

    # Who does not open a file before the ship is in opens those that lie there within the hour.
    opened = {c: np.maximum(declared, given.arrives + given.luck[c]) for c in ("permit.early", "check.early")}
    at_sea = given.arrives - s.share["lead"] + t["papers"]
    asks = np.where(reached["permit.early"], at_sea, opened["permit.early"])
    permitted = queue("permit", asks, given.permit)
    permitted = np.where(given.permit, permitted, -np.inf)
    audited = (reached["check.after"] | hurried) & given.yellow
    lies = np.where(reached["check.early"], declared, opened["check.early"])
    checked = queue("check", lies, (given.yellow | given.red) & ~audited)
    asked = passed["check"] & given.query
    checked = busy(checked, t["query"], asked, hours["broker"])

    deferred = reached["payment.after"] | (hurried & ~given.red)
    online = reached["payment.online"] & ~deferred
    counter = ~deferred & ~online
    to_bank = busy(np.maximum(checked, permitted), t["to_bank"], counter, hours["broker"])
    at_bank = busy(to_bank, t["counter"], counter, hours["bank"])
    posted = _posted(at_bank, hours["bank"]) + given.luck["payment.online"]
    paid = np.where(counter, posted, np.where(online, declared + t["online"], -np.inf))
    came["payment"], left["payment"], passed["payment"] = np.maximum(checked, permitted), paid, counter

    away = reached["inspect.trusted"] & given.trusted & given.red
    seen = given.red & ~away
    together = reached["health_exam.joint"] & given.exam
    wanted = seen | given.exam
    straight = reached["position.direct"] & (declared < given.arrives) & wanted
    ready = np.maximum(np.maximum(unloaded, checked), np.where(np.isfinite(paid), paid, unloaded))
    placed = queue("position", ready, wanted & ~straight)
    placed = np.where(straight, np.maximum(unloaded + 1.0, checked), placed)
    # A box that only Health wanted to see takes less time when Customs goes through Health's list.
    work = np.where(together & ~seen, s.share["checklist"], 1.0) * t["inspect"]
    inspected = queue("inspect", placed, seen | together, work)
    examined = queue("health_exam", np.maximum(inspected, permitted), given.exam & ~together)

    release = np.maximum(np.maximum(unloaded, checked), np.maximum(permitted, paid))
    release = np.maximum(release, np.where(wanted, examined, release))
    return Flow(unloaded, came, left, passed, release, deferred, audited, away)


def _posted(at_bank: Floats, bank: Calendar) -> Floats:
    """Payments of a day are posted in the hour that begins one hour after opening on the next working day."""
    import numpy as np

    following = np.searchsorted(bank.opens, np.floor(at_bank / 24.0) * 24.0 + 24.0)
    posted: Floats = bank.opens[following] + 1.0
    return posted


@lru_cache(maxsize=8)
def today(s: Scenario, seed: int) -> Flow:
    """The port as it is."""
    return simulate(s, decision(s, {}), inputs(s, seed))


def run(s: Scenario, answers: Mapping[str, Any], seed: int | None = None) -> Outcome:
    """What this decision does in the ordinary weeks and in the week after the storm. `seed`: the scenario's own."""
    seed = s.seed if seed is None else seed
    given, d = inputs(s, seed), decision(s, answers)
    now, then = simulate(s, d, given), today(s, seed)
    usual = (given.week >= 1) & (given.week <= s.ships.weeks)
    bad = given.late
    took, was = now.release - given.arrives, then.release - given.arrives
    share = uptake(s, d)
    losses, months = _losers(s, d, share, given, now, then)
    metrics = {
        "p50": _quantile(took[usual], 0.5), "p90": _quantile(took[usual], 0.9),
        "p50_before": _quantile(was[usual], 0.5), "p90_before": _quantile(was[usual], 0.9),
        "bad_p90": _quantile(took[bad], 0.9), "bad_before": _quantile(was[bad], 0.9),
        "small_p90": _quantile(took[usual & given.small], 0.9),
        "stock": round(float(took[usual].sum() / (s.ships.weeks * WEEK))),
        "stock_before": round(float(was[usual].sum() / (s.ships.weeks * WEEK))),
        "risk": _risk(s, d, share, given, now),
        "dispute": round(sum(months.values()), 1),
        "changes": float(len(d.changes)),
        "at_work": round(sum(u >= 0.6 for u in share.values()) / max(len(share), 1), 2),
    }  # fmt: skip
    metrics["gain"] = round(1 - metrics["p90"] / metrics["p90_before"], 2)
    weeks = [_quantile(took[usual & (given.week == w)], 0.9) for w in range(1, s.ships.weeks + 1)]
    metrics["p90_low"], metrics["p90_high"] = min(weeks), max(weeks)
    metrics["survives"] = round(metrics["bad_p90"] / metrics["p90_before"], 2)
    metrics |= _spoken(s, d, took[usual], losses, months)
    metrics |= _coherent(s, d, metrics)
    dots, dots_before = (tuple(_quantile(x[usual], q) for q in QUANTILES) for x in (took, was))
    return Outcome(metrics, dots, dots_before, _queues(s, now), _queues(s, then), losses, months, share)


def _risk(s: Scenario, d: Decision, share: Mapping[str, float], given: Inputs, now: Flow) -> float:
    """Revenue that may never come, US$ million a year."""
    m = s.money
    usual = given.week <= s.ships.weeks
    bare = m["guaranteed"] if "treasury" in d.settled else m["unguaranteed"]
    risk = m["duty"] * float(now.deferred[usual].mean()) * bare
    risk += m["audited"] * float((now.audited & usual).sum() / max((given.yellow & usual).sum(), 1))
    risk += m["away"] * float((now.away & usual).sum() / max((given.red & usual).sum(), 1))
    risk += m["signed"] if d.rush == "sign" else 0.0
    return round(risk, 1)


def _losers(
    s: Scenario, d: Decision, share: Mapping[str, float], given: Inputs, now: Flow, then: Flow
) -> tuple[dict[str, float], dict[str, float]]:
    """What each party loses, US$ million a year, and how many months it disputes; settlement and candour calm it."""
    import numpy as np

    losses = dict.fromkeys(s.parties, 0.0)
    months = dict.fromkeys(s.parties, 0.0)
    for change in sorted(d.changes):
        for party, most in s.loss[change].items():
            losses[party] += most * share[change]
        for party, most in s.dispute[change].items():
            months[party] += most
    for party, most in s.dispute.get(d.rush, {}).items():
        months[party] += most
    usual = (given.week >= 1) & (given.week <= s.ships.weeks)
    free = s.money["free_hours"]
    over = [np.maximum(f.release - f.unloaded - free, 0.0)[usual].sum() / 24.0 for f in (then, now)]
    a_year = 52.0 / s.ships.weeks * s.money["storage"] / 1e6
    losses["terminal"] += max(float(over[0] - over[1]) * a_year, 0.0)
    if over[0] > 0:
        months["terminal"] += s.calm["storage"] * max(float(1 - over[1] / over[0]), 0.0)
    if "treasury" in losses:
        losses["treasury"] = _risk(s, d, share, given, now)
    for party in s.parties:
        months[party] *= s.calm["settled"] if party in d.settled else 1.0
        months[party] *= s.calm["told"] if party in d.told else 1.0
    return {p: round(x, 2) for p, x in losses.items()}, {p: round(x, 1) for p, x in months.items()}


def _spoken(
    s: Scenario, d: Decision, took: Floats, losses: Mapping[str, float], months: Mapping[str, float]
) -> dict[str, float]:
    """The promise against what happens; those told against those who would dispute most, had nobody been told."""
    found = {}
    if d.promise is not None:
        kept = float((took <= d.promise).mean())
        found = {"kept": round(kept, 2), "promise_off": round(abs(kept - 0.9), 2)}
    untold = {p: m / (s.calm["told"] if p in d.told else 1.0) / (s.calm["settled"] if p in d.settled else 1.0)
              for p, m in months.items()}  # fmt: skip
    worst = sum(sorted(untold.values(), reverse=True)[: int(s.calm["most_told"])])
    found["told"] = round(sum(untold[p] for p in d.told if p in untold) / worst, 2) if worst > 0 else 1.0
    hurt = {u.party for c, u in s.uptake.items() if c in d.changes and u.party}
    hurt |= {p for p in s.settled if losses.get(p, 0.0) >= s.calm["felt"]}
    found["settle_fit"] = round(sum(p in hurt for p in d.settled) / len(d.settled), 2) if d.settled else 0.0
    return found


def _coherent(s: Scenario, d: Decision, metrics: Mapping[str, float]) -> dict[str, float]:
    """How near the decision comes to what was declared: 1 as near as four changes can, 0 not at all."""
    figure = {"predictable": metrics["p90"], "revenue": metrics["risk"], "peace": metrics["dispute"]}.get(d.aim)
    if figure is None or d.aim not in s.span:
        return {}
    best, worst = s.span[d.aim]
    return {"aim_kept": round(min(max((worst - figure) / (worst - best), 0.0), 1.0), 2)}


def _queues(s: Scenario, f: Flow) -> dict[str, tuple[float, ...]]:
    """Files waiting or in hand, by hour of the week, mean of the ordinary weeks."""
    import numpy as np

    at = np.array([[w * WEEK + h for h in HOURS] for w in range(1, s.ships.weeks + 1)])
    rows = {"check": ("check",), "payment": ("payment",), "yard": ("position", "inspect", "health_exam")}
    found = {}
    for row, desks in rows.items():
        total = sum(
            network.waiting(f.came[n][f.passed[n]], f.left[n][f.passed[n]], at.ravel()).reshape(at.shape) for n in desks
        )
        found[row] = tuple(round(float(x), 1) for x in np.asarray(total).mean(axis=0))
    return found


def _quantile(values: Floats, q: float) -> float:
    import numpy as np

    return round(float(np.quantile(values, q)), 0) if len(values) else 0.0
