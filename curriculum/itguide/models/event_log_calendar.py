"""Opening hours: whole minutes of a month counted in opening minutes and back, and queues that move only then."""

from __future__ import annotations

import heapq
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Minutes = NDArray[np.int64]

MONTH = date(2027, 6, 1)  # minute 0 is its first midnight; a Tuesday
DAY = 1440


class Calendar:
    """Opening hours that repeat weekly: converts minutes of the month to opening minutes and back, exactly."""

    def __init__(self, opens: int, closes: int, days: int) -> None:
        import numpy as np

        self.length = closes - opens
        week_of_first = MONTH.weekday()
        # From four weeks before the month, for what was sent ahead, to forty weeks after it.
        self.first = -28 * DAY
        starts = [d * DAY + opens for d in range(-28, 280) if (d + week_of_first) % 7 < days]
        self.starts: Minutes = np.array(starts, dtype=np.int64)

    def worked(self, t: Minutes) -> Minutes:
        """Opening minutes from the beginning of the calendar until `t`."""
        import numpy as np

        n = np.searchsorted(self.starts, t, side="right") - 1
        inside = np.minimum(t - self.starts[np.maximum(n, 0)], self.length)
        return np.asarray(np.where(n >= 0, n * self.length + inside, 0), dtype=np.int64)

    def moment(self, w: Minutes) -> Minutes:
        """When `w` opening minutes have passed; on the dot of closing time rather than at the next opening."""
        import numpy as np

        n = np.maximum((w - 1) // self.length, 0)
        return np.asarray(self.starts[n] + (w - n * self.length), dtype=np.int64)

    def after(self, t: Minutes, takes: Minutes) -> Minutes:
        """When a task begun at `t`, or at the next opening, is done after so many opening minutes (at least one)."""
        return self.moment(self.worked(t) + takes)


@lru_cache(maxsize=8)
def calendar(name: str) -> Calendar:
    """The opening hours of customs (`office`), brokers, banks, terminals (`yard`) and the land border."""
    hours = {"office": (480, 960, 5), "broker": (480, 1080, 6), "bank": (540, 900, 5), "yard": (360, 1320, 6),
             "border": (360, 1320, 7)}[name]  # fmt: skip
    return Calendar(*hours)


def queue(clock: Calendar, ready: Minutes, takes: Minutes, officers: int) -> Minutes:
    """When each task is done if officers take them first come, first served, in opening hours only."""
    import numpy as np

    came = clock.worked(ready)
    done = np.zeros(len(ready), dtype=np.int64)
    free = [0] * officers
    for i in np.lexsort((np.arange(len(ready)), came)).tolist():
        start = max(int(came[i]), heapq.heappop(free))
        done[i] = start + int(takes[i])
        heapq.heappush(free, int(done[i]))
    return clock.moment(done)
