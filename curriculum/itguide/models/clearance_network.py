"""Desks with opening hours and queues: when each file is done, first come first served.

Hours are counted from Monday 00:00 of the first week. A desk works in its own time, which stands still while it is
closed; a file that is not finished at closing time is taken up again in the morning. In that time a desk is an
ordinary queue with several servers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heapify, heapreplace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

DAY, WEEK = 24.0, 168.0
_MASK = (1 << 64) - 1


@dataclass(frozen=True, eq=False)
class Calendar:
    """When a desk is open: starts and ends of its openings, and how many hours it has worked at each start."""

    opens: Floats
    closes: Floats
    worked: Floats

    def own(self, t: Floats) -> Floats:
        """The desk's own time at these hours."""
        import numpy as np

        at = np.maximum(np.searchsorted(self.opens, t, side="right") - 1, 0)
        own: Floats = self.worked[at] + np.clip(t - self.opens[at], 0.0, self.closes[at] - self.opens[at])
        return own

    def hour(self, own: Floats) -> Floats:
        """The hour at which the desk's own time reaches these values; at closing time the evening, not the morning."""
        import numpy as np

        at = np.maximum(np.searchsorted(self.worked, own, side="left") - 1, 0)
        hour: Floats = self.opens[at] + own - self.worked[at]
        return hour


def calendar(
    days: Sequence[int], opens: float, closes: float, first: int, last: int, extra: Sequence[tuple[float, float]] = ()
) -> Calendar:
    """Openings on these days of the week (0 = Monday) from week `first` to `last`, and `extra` ones in between."""
    import numpy as np

    usual = [(w * WEEK + d * DAY + opens, w * WEEK + d * DAY + closes) for w in range(first, last + 1) for d in days]
    spans: list[tuple[float, float]] = []
    for start, end in sorted([*usual, *extra]):
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], end))
        else:
            spans.append((start, end))
    starts, ends = np.array([a for a, _ in spans]), np.array([b for _, b in spans])
    return Calendar(starts, ends, np.concatenate([[0.0], np.cumsum(ends - starts)[:-1]]))


def serve(arrives: Floats, work: Floats, servers: int) -> Floats:
    """When each file is done by these many servers; files in the order they came, all in the desk's own time."""
    import numpy as np

    free = [-1e18] * servers
    heapify(free)
    ends = []
    for a, s in zip(arrives.tolist(), work.tolist(), strict=True):
        start = free[0]
        end = (a if a > start else start) + s
        heapreplace(free, end)
        ends.append(end)
    return np.array(ends)


def desk(arrives: Floats, work: Floats, who: Flags, hours: Calendar, servers: int) -> Floats:
    """When each file leaves a desk, first come first served; files of others (not `who`) pass at once."""
    import numpy as np

    leaves = arrives.copy()
    # In the order of the clock: for the desk itself all who came in one night came at the same time.
    order = np.flatnonzero(who)[np.argsort(arrives[who], kind="stable")]
    leaves[order] = hours.hour(serve(hours.own(arrives[order]), work[order], servers))
    return leaves


def busy(arrives: Floats, work: Floats, who: Flags, hours: Calendar) -> Floats:
    """The same with as many servers as there are files: only opening hours delay."""
    leaves = arrives.copy()
    leaves[who] = hours.hour(hours.own(arrives[who]) + work[who])
    return leaves


def uniform(seed: int, stream: int, count: int) -> Floats:
    """Uniform numbers on (0, 1), the same on every machine: SplitMix64 over a counter, its top 53 bits."""
    import numpy as np

    start = (seed * 0xD1342543DE82EF95 + stream * 0x9E3779B97F4A7C15 * 1_000_003) & _MASK
    z = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(start)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    found: Floats = ((z >> np.uint64(11)).astype(np.float64) + 0.5) / 2.0**53
    return found


def triangular(u: Floats, law: Sequence[float]) -> Floats:
    """Values of the triangular law (least, likeliest, most) at these uniform numbers."""
    import numpy as np

    low, mode, high = law
    below = (mode - low) / (high - low)
    rising = low + np.sqrt(u * (high - low) * (mode - low))
    falling = high - np.sqrt((1 - u) * (high - low) * (high - mode))
    found: Floats = np.where(u <= below, rising, falling)
    return found


def waiting(arrives: Floats, leaves: Floats, at: Floats) -> Floats:
    """How many files are at a desk at each of these hours."""
    import numpy as np

    found: Floats = (
        np.searchsorted(np.sort(arrives), at, side="right") - np.searchsorted(np.sort(leaves), at, side="right")
    ).astype(np.float64)
    return found
