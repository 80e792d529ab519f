"""Items started in a period, or not at all: item id to period (1 = the first), under limits per period."""

from __future__ import annotations

from typing import Any

from itguide.kinds.live import Live, Meter, amount, known, table, whole
from itguide.spec import Limit, Question
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


def drawn(question: Question, value: dict[str, int], limit: Limit) -> list[float]:
    """What the scheduled items draw of a limit in each period; what falls after the last period is not counted."""
    periods = len(limit.per_period)
    used = [0.0] * periods
    for option in question.option:
        start = value.get(option.id)
        if start is None:
            continue
        for offset, units in enumerate(option.use.get(limit.id, ())):
            if start - 1 + offset < periods:
                used[start - 1 + offset] += units
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
            when = question.period[n].label
            words = say("live.of", used=say("live.plain", n=use), limit=amount(say, cap, limit.unit))
            meters.append(Meter(f"{limit.id}.{n + 1}", f"{limit.label} · {when}", use, cap, words, over))
            if over:
                blocking = blocking or limit.hard
                problems.append(
                    say("live.over", period=when, label=limit.label, over=amount(say, round(use - cap, 6), limit.unit))
                )
    for option in question.option:
        start = value.get(option.id)
        if start is None:
            continue
        for other in option.requires:
            if value.get(other) is None:
                marks[option.id] = say("live.needs", label=option.label, other=labels[other])
            elif value[other] + option.lag > start:
                marks[option.id] = say(
                    "live.needs_earlier", label=option.label, other=labels[other], lag=option.lag, count=option.lag
                )
        if option.latest is not None and start > option.latest:
            marks[option.id] = say("live.too_late", label=option.label, period=question.period[option.latest - 1].label)
    return Live(bool(value), tuple(problems), blocking or bool(marks), tuple(meters), marks)
