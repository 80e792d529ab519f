"""A risk register as money: squares of a grid, treatments and what is left, under one's own view and under others'.

A risk strikes as a Poisson process. Its rate is one unknown value in the band of its row, each loss another value in
the band of its column, both log-uniform. Means are in closed form; the year's loss is exact up to its steps: the
compound Poisson law by discrete Fourier transform, mixed over the rate. Nothing is drawn at random.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING, Any, Literal

from itguide.models.register_scenario import Band, Scenario, Square, Squares, read
from itguide.spec import CaseSpec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

OWN = "own"
STEPS = 2**12
NODES = 6
BAD = 0.95  # of years, the bad one is the twentieth
State = Literal["full", "part", "none"]
Fate = Literal["treat", "accept", "escalate", "watch"]


@dataclass(frozen=True)
class Decision:
    """A register, read from the answers; what was left out is none."""

    squares: Squares
    treated: frozenset[str]
    accepted: str
    escalated: frozenset[str]
    review: float

    def fate(self, risk: str) -> Fate:
        """What becomes of a risk: what is treated is treated, whatever else was said of it."""
        if risk in self.treated:
            return "treat"
        if risk == self.accepted:
            return "accept"
        return "escalate" if risk in self.escalated else "watch"


@dataclass(frozen=True)
class Version:
    """The register if one view is right: each risk's yearly mean untreated and as decided, and the bad year."""

    before: Mapping[str, float]
    after: Mapping[str, float]
    states: Mapping[str, State]  # whether the decision on a risk holds
    times_back: Mapping[str, float]  # what a treatment saves within the years, as a multiple of its cost
    bad_before: float
    bad_after: float


@dataclass(frozen=True)
class Swap:
    """Two risks which the grid ranks one way and money the other; or the farthest apart in one score."""

    kind: Literal["reversed", "tied"]
    above: str
    below: str
    times: float


@dataclass(frozen=True)
class Outcome:
    """What a register is worth. `metrics` are rounded; `versions` begin with one's own."""

    metrics: Mapping[str, float]
    decision: Decision
    versions: Mapping[str, Version]
    scores: Mapping[str, int]
    swap: Swap | None


def scenario(case: CaseSpec) -> Scenario:
    """The case's scenario."""
    return _read(case.model_dump_json())


@lru_cache(maxsize=8)
def _read(text: str) -> Scenario:
    return read(CaseSpec.model_validate_json(text))


def decision(s: Scenario, answers: Mapping[str, Any]) -> Decision:
    """The register in the answers."""
    placed: Mapping[str, tuple[str, str]] = answers.get(s.asked["place"]) or {}
    squares = {risk: (row, column) for risk, (row, column) in placed.items()}
    return Decision(
        squares, frozenset(answers.get(s.asked["treat"]) or ()), str(answers.get(s.asked["accept"]) or ""),
        frozenset(answers.get(s.asked["escalate"]) or ()), float(answers.get(s.asked["review"]) or 0),
    )  # fmt: skip


# ---- one risk


def bands(s: Scenario, risk: str, square: Square, treated: Collection[str]) -> tuple[Band, Band]:
    """The rate and the loss of a risk in a square, as the treatments leave them."""
    rate, loss = 1.0, 1.0
    for ask in s.cost:
        if ask in treated and risk in s.effect[ask]:
            f, g = s.effect[ask][risk]
            rate, loss = rate * f, loss * g
    return s.rates[square[0]].times(rate), s.losses[square[1]].times(loss)


def yearly(s: Scenario, squares: Squares, treated: Collection[str] = ()) -> dict[str, float]:
    """The mean loss of each placed risk in a year: mean rate times mean loss."""
    found = {}
    for risk, square in squares.items():
        rate, loss = bands(s, risk, square, treated)
        found[risk] = rate.mean * loss.mean
    return found


def spread(s: Scenario) -> float:
    """How many times as much one risk can cost as another in the same square: the widest row by the widest column."""
    return max(b.high / b.low for b in s.rates.values()) * max(b.high / b.low for b in s.losses.values())


# ---- the year


def year(pairs: Collection[tuple[Band, Band]]) -> tuple[Floats, float]:
    """The law of a year's loss over these (rate, loss) bands: probabilities of 0, 1, 2... steps, and the step."""
    import numpy as np

    # Long enough that what runs over the end, and would come in again at the start, is nothing.
    mean = sum(r.high * x.mean for r, x in pairs)
    width = math.sqrt(sum(r.high * x.square for r, x in pairs))
    step = (mean + 8 * width + max((x.high for _, x in pairs), default=1.0)) / STEPS
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    law = np.ones(STEPS // 2 + 1, dtype=complex)
    for rate, loss in pairs:
        lift = np.fft.rfft(_in_steps(loss, step)) - 1
        middle, half = math.log(rate.low * rate.high) / 2, math.log(rate.high / rate.low) / 2
        mixed = np.zeros_like(law)
        for node, weight in zip(nodes, weights, strict=True):
            mixed += weight / 2 * np.exp(math.exp(middle + half * node) * lift)
        law *= mixed
    return np.maximum(np.fft.irfft(law, STEPS), 0.0), step


def _in_steps(loss: Band, step: float) -> Floats:
    """A log-uniform loss on multiples of `step`, each value shared between its neighbours so that the mean stays."""
    import numpy as np

    x = np.arange(STEPS + 1) * step
    ratio = math.log(loss.high / loss.low)
    within = np.clip(x, loss.low, loss.high)
    # E[min(X, x)], in closed form.
    least = np.minimum(x, loss.low) + (within - loss.low)
    least = least - (within * np.log(within / loss.low) - (within - loss.low)) / ratio
    mass = np.empty(STEPS)
    mass[0] = 1 - least[1] / step
    mass[1:] = (2 * least[1:-1] - least[:-2] - least[2:]) / step
    return mass


def bad_year(s: Scenario, squares: Squares, treated: Collection[str] = ()) -> float:
    """What one year in twenty costs at least."""
    import numpy as np

    if not squares:
        return 0.0
    law, step = year([bands(s, risk, square, treated) for risk, square in squares.items()])
    return float(np.searchsorted(np.cumsum(law), BAD)) * step


# ---- the money


def best(s: Scenario, squares: Squares) -> float:
    """The most yearly loss the budget can take away, over every set of asks it pays for."""
    return _best(s, tuple(squares.items()))


@lru_cache(maxsize=64)
def _best(s: Scenario, squares: tuple[tuple[str, Square], ...]) -> float:
    before = yearly(s, dict(squares))
    most = 0.0
    asks = [ask for ask in s.cost if any(risk in before for risk in s.effect[ask])]
    for size in range(1, len(asks) + 1):
        for chosen in combinations(asks, size):
            if sum(s.cost[a] for a in chosen) > s.budget + 1e-9:
                continue
            left = sum(before[r] * _factor(s, r, chosen) for r in before)
            most = max(most, sum(before.values()) - left)
    return most


def _factor(s: Scenario, risk: str, treated: Collection[str]) -> float:
    found = 1.0
    for ask in treated:
        if risk in s.effect[ask]:
            rate, loss = s.effect[ask][risk]
            found *= rate * loss
    return found


def saved(s: Scenario, squares: Squares, treated: Collection[str], ask: str) -> float:
    """What one of the treatments takes away in a year, beside the others."""
    without = sum(yearly(s, squares, [a for a in treated if a != ask]).values())
    return without - sum(yearly(s, squares, treated).values())


def _bought(s: Scenario, squares: Squares, treated: Collection[str]) -> float:
    """What is taken away, as a share of the most that could be."""
    most = best(s, squares)
    if most <= 0:
        return 0.0
    return (sum(yearly(s, squares).values()) - sum(yearly(s, squares, treated).values())) / most


# ---- the outcome


def run(s: Scenario, answers: Mapping[str, Any]) -> Outcome:
    """What this register is worth, under one's own placing and under each other view."""
    d = decision(s, answers)
    versions = {OWN: _version(s, d, d.squares), **{v: _version(s, d, squares) for v, squares in s.views.items()}}
    rank = {r: n for n, r in enumerate(s.rates, start=1)}
    size = {c: n for n, c in enumerate(s.losses, start=1)}
    scores = {risk: rank[row] * size[column] for risk, (row, column) in d.squares.items()}
    means = versions[OWN].before
    high = raised(s, versions)
    silent = [r for r in high if d.fate(r) == "watch"]
    metrics = {
        "spent": round(sum((s.cost[a] for a in d.treated), 0.0), 2),
        "left": round(s.budget - sum(s.cost[a] for a in d.treated), 2),
        "cell_spread": round(spread(s), 0),
        "high": float(len(high)),
        "silent": float(len(silent)),
        "covered": round(1 - len(silent) / len(high), 3) if high else 1.0,
        "within": _within(d, s, rank, size),
        "own": round(_bought(s, d.squares, d.treated), 3),
        "robust": round(min(_bought(s, squares, d.treated) for squares in s.views.values()), 3),
        "acceptance": _acceptance(s, d),
        "review": d.review,
        "reversals": float(sum(scores[a] > scores[b] and means[a] < means[b] for a in scores for b in scores)),
        "survive": float(sum(all(versions[v].states[r] != "none" for v in s.views) for r in s.risks)),
    }
    for name, v in versions.items():
        end = "" if name == OWN else f"_{name}"
        metrics[f"before{end}"] = round(s.years * sum(v.before.values(), 0.0), 1)
        metrics[f"after{end}"] = round(s.years * sum(v.after.values(), 0.0), 1)
        metrics[f"bad_before{end}"] = round(v.bad_before, 1)
        metrics[f"bad_after{end}"] = round(v.bad_after, 1)
    return Outcome(metrics, d, versions, scores, _swap(scores, means))


def raised(s: Scenario, versions: Mapping[str, Version]) -> list[str]:
    """The placed risks that need more than watching: high on one's own placing, or alarming on another's."""
    others = [versions[v].before for v in s.views]
    return [
        risk for risk, mean in versions[OWN].before.items()
        if mean >= s.appetite or any(other[risk] >= s.alarm * s.appetite for other in others)
    ]  # fmt: skip


def _version(s: Scenario, d: Decision, squares: Squares) -> Version:
    before, after = yearly(s, squares), yearly(s, squares, d.treated)
    back = {a: s.years * saved(s, squares, d.treated, a) / s.cost[a] for a in s.cost if a in d.treated}
    states = {risk: _state(s, d.fate(risk), after[risk], back.get(risk, 0.0)) for risk in squares}
    untreated = _untreated(s, tuple(squares.items()))
    treated = bad_year(s, squares, d.treated) if d.treated else untreated
    return Version(before, after, states, back, untreated, treated)


@lru_cache(maxsize=64)
def _untreated(s: Scenario, squares: tuple[tuple[str, Square], ...]) -> float:
    return bad_year(s, dict(squares))


def _state(s: Scenario, fate: Fate, left: float, back: float) -> State:
    """Whether what was decided on a risk stands in a view: fully, only just or without need, or not.

    A treatment saves its cost within the years, or it was not needed. An escalation finds a risk above the appetite,
    or was not needed. What is watched stays below the appetite. What is accepted does too; up to fourfold above, its
    trigger will be pulled.
    """
    if fate == "treat":
        return "full" if back >= 1 else "part"
    if fate == "escalate":
        return "full" if left >= s.appetite else "part"
    if left < s.appetite:
        return "full"
    return "part" if fate == "accept" and left < 4 * s.appetite else "none"


def _within(d: Decision, s: Scenario, rank: Mapping[str, int], size: Mapping[str, int]) -> float:
    """The share of risks placed between what the views say, edges included."""
    if not d.squares:
        return 0.0
    inside = 0
    for risk, (row, column) in d.squares.items():
        rows = [rank[v[risk][0]] for v in s.views.values()]
        columns = [size[v[risk][1]] for v in s.views.values()]
        inside += min(rows) <= rank[row] <= max(rows) and min(columns) <= size[column] <= max(columns)
    return round(inside / len(d.squares), 3)


def _acceptance(s: Scenario, d: Decision) -> float:
    """1 for a risk that may be accepted and is nothing else besides; half if it is also treated or escalated."""
    if not s.accepted.get(d.accepted, False):
        return 0.0
    return 0.5 if d.accepted in d.treated | d.escalated else 1.0


def _swap(scores: Mapping[str, int], means: Mapping[str, float]) -> Swap | None:
    """The pair on which grid and money differ most."""
    reversed_ = [(means[b] / means[a], a, b) for a in scores for b in scores if scores[a] > scores[b]]
    tied = [(means[b] / means[a], a, b) for a in scores for b in scores if scores[a] == scores[b]]
    if reversed_ and max(reversed_)[0] > 1:
        times, above, below = max(reversed_)
        return Swap("reversed", above, below, round(times, 1))
    if tied and max(tied)[0] > 1:
        times, above, below = max(tied)
        return Swap("tied", above, below, round(times, 1))
    return None
