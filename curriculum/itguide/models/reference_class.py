"""A published class of finished projects, as a law of overrun and of delay.

The class says three things: how many projects overran by more than a quarter, how that chance grows with
the length of a project, and how much longer than planned the typical project took. Its median overrun is
nil. What it does not say, the shape within those points, is ours and named so.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from itguide.models.sampling import Floats


@dataclass(frozen=True)
class ReferenceClass:
    """Overrun and delay of a project as functions of a random input.

    `share` of the projects overran by more than `above` (a fraction of the estimate) at a length of `years`;
    each further year adds `per_year` to that chance. `low` is the lowest overrun in the body (a saving).
    Beyond `above` the excess is exponential with mean `tail`, cut at `most`. A delay's factor is lognormal
    with median `delay` and log-spread `spread`.
    """

    above: float
    share: float
    per_year: float
    years: float
    low: float
    tail: float
    most: float
    delay: float
    spread: float

    def chance(self, months: float) -> float:
        """The chance that a project planned for so many months overruns by more than `above`."""
        return min(0.45, max(0.02, self.share + self.per_year * (months / 12 - self.years)))

    def overrun(self, months: float, u: Floats) -> Floats:
        """Overruns as fractions of the estimate, for uniform inputs `u`; the median is 0.

        The quantile function: a rising triangle from `low` to 0, a falling one from 0 to `above`, then the tail.
        """
        import numpy as np

        p = self.chance(months)
        saving = self.low * (1 - np.sqrt(np.minimum(1.0, 2 * u)))
        body = self.above * (1 - np.sqrt(np.clip(1 - (u - 0.5) / (0.5 - p), 0.0, 1.0)))
        reach = 1 - exp(-(self.most - self.above) / self.tail)
        within = np.clip((u - (1 - p)) / p, 0.0, 1.0)
        beyond = self.above - self.tail * np.log1p(-within * reach)
        return np.where(u <= 0.5, saving, np.where(u <= 1 - p, body, beyond))

    def mean_overrun(self, months: float) -> float:
        """The mean of `overrun`, in closed form."""
        p, span = self.chance(months), self.most - self.above
        cut = exp(-span / self.tail)
        beyond = self.above + self.tail - span * cut / (1 - cut)
        return 0.5 * self.low / 3 + (0.5 - p) * self.above / 3 + p * beyond

    def stretch(self, z: Floats) -> Floats:
        """Factors on planned time for standard normal scores `z`; the median is `delay`."""
        import numpy as np

        return np.exp(log(self.delay) + self.spread * z)

    def mean_stretch(self) -> float:
        """The mean of `stretch`, in closed form."""
        return self.delay * exp(self.spread**2 / 2)
