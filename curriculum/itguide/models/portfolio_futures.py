"""What futures do to a plan: when work ends, where money runs out and who stops what, what is gained and lost.

Arrays are (futures, initiatives); a month is infinite for what never comes into service.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from itguide.models.portfolio_scenario import YEAR, Scenario

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from itguide.models.sampling import Floats, Inputs

    Flags = NDArray[np.bool_]


# ---- time


def finish_months(s: Scenario, starts: Mapping[str, int], futures: Inputs) -> Floats:
    """Months at which each initiative comes into service, (futures, initiatives); infinite for what is not planned.

    Work begins at the start of its period, or when what it requires is in service, whichever is later.
    """
    import numpy as np

    stretch = s.law.stretch(futures.delay)
    finish = np.full(stretch.shape, np.inf)
    for item in sorted((i for i in s.items if i.id in starts), key=lambda i: (starts[i.id], len(i.requires))):
        n = s.at(item.id)
        begin = np.full(len(stretch), float(YEAR * (starts[item.id] - 1)))
        for other in item.requires:
            begin = np.maximum(begin, finish[:, s.at(other)])
        months = item.months
        for what, needs, factor in s.slower:
            if what == item.id and starts.get(needs, 99) > starts[item.id]:
                months *= factor
        finish[:, n] = begin + months * stretch[:, n]
    return finish


def unready(s: Scenario, finish: Floats) -> Flags:
    """Futures in which the promised initiative is in service by its month, but what it needs is not."""
    ready = finish[:, s.at(s.promise.item)] <= s.promise.month
    early: Flags = ready & (finish[:, s.at(s.promise.needs)] > s.promise.month)
    return early


# ---- money


def lacking(s: Scenario, actual: Floats, angry: Flags) -> Floats:
    """Money missing at the end of each future.

    What overruns a period's ceiling is paid from the next one; what a period does not spend is lost.
    """
    import numpy as np

    owed = np.zeros(len(actual))
    for n, ceiling in enumerate(s.cash):
        room = ceiling - (s.promise.anger_cut * angry if n == s.known // YEAR else 0.0)
        owed = np.maximum(owed + actual[:, :, n].sum(axis=1) - room, 0.0)
    return owed


def late_money(s: Scenario, cash: Floats) -> Floats:
    """Planned money of each initiative that is still unspent when trouble is known."""
    late: Floats = cash[:, s.known // YEAR :].sum(axis=1)
    return late


@dataclass(frozen=True)
class Stops:
    """Where money runs out: futures with stops of one's own, with the treasury's, still short; and what is stopped."""

    own: Flags
    treasury: Flags
    short: Flags
    stopped: Flags


def who_stops(s: Scenario, named_first: Sequence[str], actual: Floats, lacking: Floats) -> Stops:
    """Who stops what in each future.

    First what the participant named, then the treasury stops what is seen least. Stopping frees what is
    unspent when trouble is known; what has nothing left to free is not stopped.
    """
    import numpy as np

    named = [s.at(c) for c in named_first]
    rest = sorted((n for n in range(len(s.items)) if n not in named), key=lambda n: (s.items[n].visible, n))
    free = actual[:, :, s.known // YEAR :].sum(axis=2)
    stopped = np.zeros(free.shape, dtype=bool)
    left = lacking.copy()
    for n in (*named, *rest):
        hit = (left > 0) & (free[:, n] > 0)
        stopped[:, n] = hit
        left = left - free[:, n] * hit
    own: Flags = np.logical_or.reduce(stopped[:, named], axis=1)  # of no columns: none
    treasury: Flags = np.logical_or.reduce(stopped[:, rest], axis=1) | (left > 0)
    return Stops(own, treasury, left > 0, stopped)


# ---- gains


def brought(s: Scenario, finish: Floats, starts: Mapping[str, int] | None = None) -> dict[str, Floats]:
    """Points by area earned from service to the horizon, before anything rare happens."""
    import numpy as np

    end = float(s.horizon)
    served = np.clip(end - finish, 0.0, None) / YEAR
    harm: dict[str, Floats] = {a: np.zeros(len(finish)) for a in s.areas}
    for wait in s.waits:
        n = s.at(wait.item)
        until = np.minimum(finish[:, s.at(wait.needs)], end)
        alone = np.clip(until - np.minimum(finish[:, n], end), 0.0, None) / YEAR
        served[:, n] = served[:, n] - (1 - wait.without) * alone
        for area, points in wait.harm.items():
            harm[area] = harm[area] + points * alone
    if starts and starts.get(s.inherited.item, 1) > 1:
        served[:, s.at(s.inherited.item)] *= s.inherited.cold
    return {a: served @ np.array([i.points[a] for i in s.items]) - harm[a] for a in s.areas}


def days_lost(s: Scenario, finish: Floats, futures: Inputs) -> Floats:
    """Days without a system over the horizon in each future: at most one event of each peril."""
    import numpy as np

    month = np.arange(s.horizon, dtype=float)
    lost = np.zeros(len(finish))
    for k, peril in enumerate(s.perils):
        rate = np.repeat(np.array(peril.yearly), YEAR) / YEAR
        hazard = np.broadcast_to(rate, (len(finish), s.horizon))
        on = []
        for guard in peril.guards:
            done = finish[:, s.at(guard.item)]
            if not np.isfinite(done).any():
                continue
            active = (month[None, :] >= done[:, None]) & (month < guard.until)[None, :]
            hazard = hazard * np.where(active, guard.hazard, 1.0)
            on.append((active, guard.days))
        reached = np.cumsum(hazard, axis=1) >= -np.log(futures.event[:, k])[:, None]
        hit, when = reached[:, -1], reached.argmax(axis=1)
        days = np.full(len(finish), float(peril.days))
        for active, factor in on:
            days = days * np.where(active[np.arange(len(when)), when], factor, 1.0)
        lost = lost + hit * days
    return lost


@lru_cache(maxsize=16)
def unguarded_days(s: Scenario, futures: Inputs) -> Floats:
    """Days without a system if nothing at all is done."""
    import numpy as np

    return days_lost(s, np.full(futures.cost.shape, np.inf), futures)
