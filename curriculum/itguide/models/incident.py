"""Hours without a release system: containers wait, some leave on paper, a copy is restored, and may fall again.

Pure: a scenario and a decision in, an outcome out. Chance enters by four futures at most (the newest copy infected or
not, a bank hit or not), each followed hour by hour as a queue of fluid; nothing is drawn at random.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from itguide.models.incident_scenario import Scenario, scenario

__all__ = ["Course", "Future", "Order", "Outcome", "Scenario", "course", "expected", "follow", "futures", "order",
           "run", "scenario"]  # fmt: skip

RARE = 0.05  # a future less likely than this is not shown as the bad one


@dataclass(frozen=True)
class Order:
    """A decision as the model reads it, with what was funded before; hours are those at which orders arrive."""

    funded: frozenset[str]
    links: str
    release: str
    cap: float
    restore: str
    says: frozenset[str]
    links_at: int
    paper_from: int
    restore_at: int
    hit: float


@dataclass(frozen=True)
class Future:
    """One future: its chance, the hours in which the system works, and whether the banks have left."""

    chance: float
    infected: bool
    bank: bool
    first_up: float
    falls: float | None
    back: float


@dataclass(frozen=True)
class Course:
    """One future hour by hour: containers waiting by stream at each full hour, and what became of the duty, US$ m."""

    future: Future
    waiting: tuple[tuple[float, ...], ...]
    undertaken: float
    lost: float
    late: float
    full: float  # hours in which the quay holds no more
    paper: float  # containers released on paper

    def queue(self, hour: int) -> float:
        """Containers waiting at this hour."""
        return sum(self.waiting[hour])


@dataclass(frozen=True)
class Outcome:
    """What a decision leads to: the order, its futures, the figures."""

    metrics: Mapping[str, float]
    order: Order
    courses: tuple[Course, ...]

    def likely(self) -> Course:
        """The most likely future."""
        return max(self.courses, key=lambda c: c.future.chance)

    def bad(self) -> Course:
        """The worst future that is not a rarity."""
        return max((c for c in self.courses if c.future.chance >= RARE), key=lambda c: (c.future.back, c.lost))


def order(s: Scenario, answers: Mapping[str, Any]) -> Order:
    """The decision with its delays. What is not answered: links are kept, nothing is released, the copy goes in."""
    ask = {name: answers.get(q) for name, q in s.asked.items()}
    funded = frozenset(ask["funded"] or ())
    late = 0 if "contacts" in funded else s.orders.late
    links = str(ask["links"] or "keep")
    hit = s.links[links].hit * (s.spread.late if late and links != "keep" else 1.0)
    hit *= s.spread.watched if "watch" in funded else 1.0
    start = s.paper.rehearsed_start if "paper" in funded else s.paper.start
    return Order(
        funded, links, str(ask["release"] or "none"), float(ask["cap"] or 0), str(ask["restore"] or "now"),
        frozenset(ask["says"] or ()), s.orders.links + late, s.orders.release + late + start,
        s.orders.restore + late, min(hit, 1.0),
    )  # fmt: skip


def futures(s: Scenario, o: Order) -> tuple[Future, ...]:
    """The futures of an order: when the system first works, when it falls again, when it is back for good."""
    r = s.restore
    infected = r.infected_drilled if "drill" in o.funded else r.infected
    test = r.test_drilled if "drill" in o.funded else r.test
    work = r.fixed + r.per_hit * o.hit
    anew = (r.rebuild_offline if "offline" in o.funded else r.rebuild) + r.per_hit * o.hit
    found = []
    for bad, p in ((False, 1 - infected), (True, infected)):
        falls: float | None = None
        if o.restore == "rebuild":
            first = back = o.restore_at + anew
        elif o.restore == "test":
            first = back = o.restore_at + test + (anew if bad else work)
        else:
            first = back = o.restore_at + work
            if bad:
                falls = first + r.falls
                back = falls + anew
        for bank, q in ((False, 1 - s.links[o.links].bank), (True, s.links[o.links].bank)):
            found.append(Future(p * q, bad, bank, first, falls, back))
    if o.restore == "rebuild":  # the newest copy is not touched: infected or not is all the same
        found = [f for f in found if not f.infected]
        total = sum(f.chance for f in found)
        found = [Future(f.chance / total, f.infected, f.bank, f.first_up, f.falls, f.back) for f in found]
    return tuple(f for f in found if f.chance > 0)


def works(f: Future, hour: float) -> float:
    """The part of the hour that begins now in which the release system works."""
    spells = [(f.first_up, f.back if f.falls is None else f.falls), (f.back, float("inf"))]
    return sum(max(min(end, hour + 1) - max(start, hour), 0.0) for start, end in spells)


def course(s: Scenario, o: Order, f: Future) -> Course:
    """One future hour by hour. Within an hour all rates are constant; what releases most needs, goes first."""
    waiting = [t.waiting for t in s.streams]
    assessed = [t.assessed for t in s.streams]
    told = [tuple(waiting)]
    on_paper = s.release[o.release]
    rehearsed = "paper" in o.funded
    paper_rate = s.paper.rehearsed if rehearsed else s.paper.rate
    undertaken = lost = late = paper = full = 0.0
    for hour in range(s.port.horizon):
        waiting = [w + t.arrive for w, t in zip(waiting, s.streams, strict=True)]
        if up := works(f, hour):
            rate = s.port.normal * up * _banks(s, f, rehearsed, hour)
            for i, t in enumerate(s.streams):  # what waits on a usual day is in process, and goes on waiting
                gone = min(max(waiting[i] - t.waiting, 0.0), rate)
                waiting[i] -= gone
                rate -= gone
        else:
            can_pay = (s.links[o.links].pays or hour < o.links_at) and not (f.bank and hour >= s.spread.leaves)
            rate = s.paper.pay if can_pay else s.paper.slip if rehearsed else 0.0
            for i in range(len(waiting)):
                gone = min(assessed[i], waiting[i], rate)
                waiting[i] -= gone
                assessed[i] -= gone
                rate -= gone
            rate = paper_rate if hour >= o.paper_from else 0.0
            for i, t in enumerate(s.streams):
                if t.id not in on_paper:
                    continue
                room = max(o.cap - undertaken, 0.0) * 1000 / t.duty
                gone = min(waiting[i] - assessed[i], rate, room)
                waiting[i] -= gone
                rate -= gone
                paper += gone
                undertaken += gone * t.duty / 1000
                lost += gone * t.duty / 1000 * (t.leak + (0.0 if rehearsed else s.paper.unlogged))
        told.append(tuple(waiting))
        if hour + 1 == s.port.counted:
            beyond = (w - t.waiting for w, t in zip(waiting, s.streams, strict=True))
            late = sum(b * t.duty / 1000 for b, t in zip(beyond, s.streams, strict=True)) + undertaken
        full += sum(waiting) > s.port.room
    return Course(f, tuple(told), undertaken, lost, max(late, 0.0), full, paper)


def _banks(s: Scenario, f: Future, rehearsed: bool, hour: float) -> float:
    """Release is slower while the banks that left have not come back."""
    if not f.bank or hour >= f.back + s.spread.away:
        return 1.0
    return s.spread.slow_paper if rehearsed else s.spread.slow


def follow(s: Scenario, answers: Mapping[str, Any]) -> tuple[Order, tuple[Course, ...]]:
    """The order and its futures hour by hour, without judging them."""
    o = order(s, answers)
    return o, tuple(course(s, o, f) for f in futures(s, o))


def expected(courses: tuple[Course, ...]) -> tuple[float, ...]:
    """Containers expected to wait, hour by hour."""
    hours = range(len(courses[0].waiting))
    return tuple(sum(c.future.chance * c.queue(h) for c in courses) for h in hours)


def run(s: Scenario, answers: Mapping[str, Any]) -> Outcome:
    """What this decision leads to. What is not answered counts as not done."""
    o, courses = follow(s, answers)

    def mean(what: Any) -> float:
        return sum(c.future.chance * float(what(c)) for c in courses)

    usual = sum(t.waiting for t in s.streams)
    arrivals = [t.arrive * s.port.horizon for t in s.streams]
    first = s.streams[0]
    # Little's law: hours waited beyond the usual, for each container that arrived.
    extra = mean(lambda c: sum(max(sum(w) - usual, 0.0) for w in c.waiting[1:])) / sum(arrivals)
    first_extra = mean(lambda c: sum(max(w[0] - first.waiting, 0.0) for w in c.waiting[1:])) / arrivals[0]
    second = mean(lambda c: c.future.falls is not None)
    released = max(c.undertaken for c in courses)
    broken = mean(lambda c: c.future.back > s.words.by) if s.words.promise in o.says else 0.0
    evidence = min(s.restore.evidence[o.restore] + (s.restore.logs if "watch" in o.funded else 0.0), 1.0)
    candour = _candour(s, o, released, broken)
    logged = 1.0 if "paper" in o.funded or not released else 0.5
    banks = s.links[o.links].bank
    trust = 100 * (s.trust["candour"] * candour + s.trust["evidence"] * evidence + s.trust["steady"] * (1 - second)
                   + s.trust["logged"] * logged) * (1 - s.trust["bank"] * banks)  # fmt: skip
    lost = mean(lambda c: c.lost)
    raw = {"goods": (extra + first_extra) / 2, "revenue": lost + s.late_cost * mean(lambda c: c.late), "trust": trust}
    served = {d: min(max((raw[d] - low) / (high - low), 0.0), 1.0) for d, (low, high) in s.spans.items()}
    duty = str(answers.get(s.asked["duty"]) or "")
    told = Outcome({}, o, courses)
    likely, bad = told.likely(), told.bad()
    line = expected(courses)
    metrics: dict[str, float] = {
        "queue_72": float(round(line[s.port.watched], -1)),
        "queue_peak": float(round(max(line), -1)),
        "back_likely": float(round(likely.future.back)),
        "back_bad": float(round(bad.future.back)),
        "back_mean": float(round(mean(lambda c: c.future.back))),
        "p_likely": round(sum(c.future.chance for c in courses if c.future.back == likely.future.back), 2),
        "p_second": round(second, 2),
        "p_bank": round(banks, 2),
        "wait": round(extra, 1),
        "wait_first": round(first_extra, 1),
        "full": float(round(mean(lambda c: c.full))),
        "undertaken": round(mean(lambda c: c.undertaken), 2),
        "undertaken_most": round(released, 2),
        "paper": float(round(mean(lambda c: c.paper), -1)),
        "lost": round(lost, 2),
        "late": round(mean(lambda c: c.late), 1),
        "cap_fits": _cap_fits(s, o, courses),
        "evidence": round(evidence, 2),
        "candour": round(candour, 2),
        "p_broken": round(broken, 2),
        "trust": round(trust, 0),
        "served": round(served.get(duty, 0.0), 2),
        **{f"served_{d}": round(v, 2) + 0.0 for d, v in served.items()},
    }
    return Outcome(metrics, o, courses)


def _candour(s: Scenario, o: Order, released: float, broken: float) -> float:
    """0 to 1: what could be known and was said, less what was not so."""
    told = set(o.says)
    value = -s.words.broken * broken
    for sentence in told - {s.words.release}:
        value += s.words.worth[sentence]
    if (s.words.release in told) == bool(released):  # said of goods that were let go, or there was nothing to say
        value += s.words.worth[s.words.release]
    return min(max(value, 0.0), 1.0)


def _cap_fits(s: Scenario, o: Order, courses: tuple[Course, ...]) -> float:
    """1 if the cap, in US$ m, is near what the bad future needs: neither too tight nor out of all reach."""
    free = Order(o.funded, o.links, o.release, 1e6, o.restore, o.says, o.links_at, o.paper_from, o.restore_at, o.hit)
    worst = max((c.future for c in courses if c.future.chance >= RARE), key=lambda f: f.back)
    needed = round(course(s, free, worst).undertaken, 1)
    if needed <= 0:
        return 1.0 if o.cap == 0 else 0.5
    if 0.7 * needed <= o.cap <= 2 * needed + 1:
        return 1.0
    return 0.5 if 0.4 * needed <= o.cap <= 3 * needed + 2 else 0.0
