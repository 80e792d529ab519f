"""Items started in a period, or not at all: item id to period (1 = the first), under limits per period."""

from __future__ import annotations

from typing import Any

from itguide.kinds.live import Live, Meter, amount, known, table, whole
from itguide.spec import Limit, Option, Question
from itguide.text import Say


def normalise(question: Question, raw: Any) -> dict[str, int]:
    """The items scheduled, in the question's order; an item left out is not done."""
    given = table(raw)
    ids = {o.id for o in question.option}
    for key in given:
        known(ids, key, "items")
    placed = {o.id: whole(given[o.id]) for o in question.option if given.get(o.id) is not None}
    for key, period in placed.items():
        if not 1 <= period <= len(question.period):
            raise ValueError(f"'{key}' is put into period {period}, which does not exist")
    return placed


def length(option: Option) -> int:
    """How many periods an item lasts: as it says, or as long as it draws on something; one at least."""
    return option.length or max([1, *(len(units) for units in option.use.values())])


def earliest(question: Question, option: Option, other: str, value: dict[str, int]) -> int:
    """The first period in which an item may start because of one that it requires and that is in the plan."""
    return value[other] + (length(question.find(other)) if option.ended else option.lag)


def drawn(question: Question, value: dict[str, int], limit: Limit) -> list[float]:
    """What the scheduled items draw of a limit in each period or pool; what falls after the last is not counted."""
    pools = len(limit.per_period)
    used = [0.0] * pools
    for option in question.option:
        start = value.get(option.id)
        if start is None:
            continue
        for offset, units in enumerate(option.use.get(limit.id, ())):
            pool = (start - 1 + offset) // limit.pool
            if pool < pools:
                used[pool] += units
    return [round(u, 6) for u in used]


def ceilings(limit: Limit, used: list[float]) -> list[float]:
    """What each period may draw; of a cumulative limit the unspent rolls over."""
    if not limit.cumulative:
        return list(limit.per_period)
    room, out = 0.0, []
    for cap, use in zip(limit.per_period, used, strict=True):
        room += cap
        out.append(round(room, 6))
        room = max(0.0, room - use)
    return out


def live(question: Question, value: dict[str, int], say: Say) -> Live:
    """Every limit in every period, broken dependencies and starts that come too late, each as a sentence."""
    problems: list[str] = []
    marks: dict[str, str] = {}
    meters: list[Meter] = []
    blocking = False
    labels = {o.id: o.label for o in question.option}
    for limit in question.limit:
        used = drawn(question, value, limit)
        for n, (use, cap) in enumerate(zip(used, ceilings(limit, used), strict=True)):
            over = use > cap + 1e-9
            when = _when(question, limit, n, say)
            words = say("live.of", used=say("live.plain", n=use), limit=amount(say, cap, limit.unit))
            meters.append(Meter(f"{limit.id}.{n + 1}", f"{limit.label} · {when}", use, cap, words, over))
            if over:
                blocking = blocking or limit.hard
                over_by = amount(say, round(use - cap, 6), limit.unit)
                used_up = {"used": amount(say, use, limit.unit), "limit": say("live.plain", n=cap)}
                name = "live.over_pool" if limit.pool > 1 else "live.over"
                problems.append(say(name, period=when, label=limit.label, over=over_by, **used_up))
    for option in question.option:
        start = value.get(option.id)
        if start is None:
            continue
        for other in option.requires:
            if value.get(other) is None:
                marks[option.id] = say("live.needs", label=option.label, other=labels[other])
            elif earliest(question, option, other, value) > start:
                marks[option.id] = say(
                    "live.needs_ended" if option.ended else "live.needs_earlier",
                    label=option.label, other=labels[other], lag=option.lag, count=option.lag,
                )  # fmt: skip
        if option.latest is not None and start > option.latest:
            marks[option.id] = say("live.too_late", label=option.label, period=question.period[option.latest - 1].label)
    return Live(bool(value), tuple(problems), blocking or bool(marks), tuple(meters), marks)


def _when(question: Question, limit: Limit, n: int, say: Say) -> str:
    """The words for a period, or for the first and the last of a pool."""
    shared = question.period[n * limit.pool : (n + 1) * limit.pool]
    if len(shared) == 1:
        return shared[0].label
    return say("live.pool", first=shared[0].label, last=shared[-1].label)
