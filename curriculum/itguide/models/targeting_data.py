"""Quarters of scored declarations: what infringes, what four lists would have opened, and what has moved away.

Every world has one quarter of today and four of a second year, 105,000 declarations each. What is committed is every
infringing declaration that any list could reach, with its place on each list to the hundred: an allocation in whole
hundreds finds exactly the same among these as among all declarations. `python -m itguide.models.targeting_data` writes
the file; `--check` draws every declaration again and compares.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]
    Small = NDArray[np.uint8]
    Flags = NDArray[np.bool_]

FILE = Path(__file__).resolve().parent / "inputs" / "targeting.npz"
KINDS = ("paper", "duty", "harm")
LISTS = ("score", "officers", "partners", "lot")
STEP = 100  # places on a list are kept in hundreds
BEYOND = 93  # 8,400 exams, and a tenth more where others were let go: further down no list is followed
QUARTERS = 5  # today's, and the four of the second year
LANE, FOLLOWER, HIDES = 1, 2, 4  # flags of a declaration
_CLASSES = 16  # classes of revenue at stake


@dataclass(frozen=True)
class Recipe:
    """How the declarations of every world are drawn. Shares of all declarations, unless said otherwise.

    `nose[list][kind]` is (share, reach): so many of that kind leave a trace the list can follow, and stand within
    the first `reach` of it, denser towards its top (the square of a uniform number); all others stand anywhere.
    """

    worlds: int = 40
    declarations: int = 105_000
    rate: tuple[float, float, float] = (0.009, 0.0205, 0.0005)  # by kind
    nose: tuple[tuple[tuple[float, float], ...], ...] = (
        ((0.80, 0.25), (0.75, 0.27), (0.20, 0.27)),
        ((0.15, 0.30), (0.20, 0.25), (0.35, 0.25)),
        ((0.10, 0.30), (0.05, 0.30), (0.60, 0.08)),
        ((0.0, 1.0), (0.0, 1.0), (0.0, 1.0)),
    )
    middle: float = 3500.0  # US$ at stake in the middle duty case
    spread: float = 1.2  # lognormal
    drifting: tuple[bool, ...] = (True, False, True, True, False)  # of five worlds
    strength: tuple[float, ...] = (0.55, 0.7, 0.85)  # of those the score can smell, so many move in the end
    growth: float = 0.4  # more duty cases, for each of those moved
    beyond: float = 0.1  # who moves knows the top of the score and stays out of it
    lane: float = 0.02  # of one importer
    followers: float = 0.06  # of those who ask next
    hides: float = 0.35  # of those who move, so many would use a lane that nobody looks into


RECIPE = Recipe()


@dataclass(frozen=True)
class Quarter:
    """All declarations of one quarter, or those of them that are kept: one entry each, places in declarations.

    `kind` is -1 where nothing is wrong. `renewed` is the place on a score that has learnt what moved.
    """

    kind: Whole
    value: Whole
    score: Whole
    renewed: Whole
    officers: Whole
    partners: Whole
    lot: Whole
    moved: Flags
    flags: Whole


@dataclass(frozen=True, eq=False)  # compared by identity, so that what follows from them can be remembered
class Records:
    """What is kept, sorted by quarter: places in hundreds, `BEYOND` where no list gets; value in US$.

    `count[world, quarter, kind]` and `at_stake[world, quarter]` are those of all declarations; `ends` says where each
    quarter's records end.
    """

    world: Small
    kind: Small
    value: Floats
    place: Mapping[str, Small]
    moved: Flags
    flags: Small
    ends: tuple[int, ...]
    count: Whole
    at_stake: Floats
    drifts: Flags
    declarations: int


def classes(recipe: Recipe = RECIPE) -> tuple[int, ...]:
    """US$ at stake in each class, in whole hundreds: the middles of a lognormal's equal parts."""
    law = NormalDist()
    exact = [recipe.middle * math.exp(recipe.spread * law.inv_cdf((i + 0.5) / _CLASSES)) for i in range(_CLASSES)]
    return tuple(100 * round(x / 100) for x in exact)


def moved_share(world: int, quarter: int, recipe: Recipe = RECIPE) -> float:
    """Of the duty cases that today's score can smell, how many have moved by this quarter of this world."""
    if quarter == 0 or not recipe.drifting[world % len(recipe.drifting)]:
        return 0.0
    one, other = _raw(world, QUARTERS, 2)
    onset, strength = 1 + int(one % 2), recipe.strength[int(other % len(recipe.strength))]
    return strength * min(1.0, max(0.0, (quarter - onset + 1) / 2))


def _raw(world: int, quarter: int, n: int) -> list[int]:
    import numpy as np

    return [int(x) >> 11 for x in np.random.PCG64(10_000 + world * 10 + quarter).random_raw(n)]


def quarter(world: int, number: int, recipe: Recipe = RECIPE) -> Quarter:
    """Every declaration of a quarter, from the raw bit stream, whose values NumPy does promise to keep.

    Only sums, products and comparisons of these numbers are taken, so that every machine draws the same.
    """
    import numpy as np

    n = recipe.declarations
    raw = np.random.PCG64(1_000 + world * QUARTERS + number).random_raw(n * 11)
    u = ((raw >> np.uint64(11)).astype(np.float64) / 2.0**53).reshape(11, n)
    share = moved_share(world, number, recipe)
    paper, duty, harm = recipe.rate
    edges = np.cumsum([paper, duty * (1 + recipe.growth * share), harm])
    kind = np.searchsorted(edges, u[0], side="right").astype(np.int64)
    kind = np.where(kind < len(KINDS), kind, -1)
    value = np.array(classes(recipe))[(u[1] * _CLASSES).astype(np.int64)] * (kind == 1)
    smelt, depth = u[2:6], u[6:10]
    latent = depth.copy()
    for k in range(len(KINDS)):
        for i in range(len(LISTS)):
            known, reach = recipe.nose[i][k]
            latent[i] = np.where((kind == k) & (smelt[i] < known), reach * depth[i] * depth[i], latent[i])
    moves = (kind == 1) & (smelt[0] < recipe.nose[0][1][0] * share)
    learnt = latent[0].copy()
    latent[0] = np.where(moves, recipe.beyond + (1 - recipe.beyond) * depth[0], latent[0])
    lane, follower = u[10] < recipe.lane, u[10] < recipe.lane + recipe.followers
    hides = moves & (smelt[3] < recipe.hides)
    flags = LANE * lane + FOLLOWER * (follower & ~lane) + HIDES * hides
    places = {name: _places(latent[i]) for i, name in enumerate(LISTS)}
    return Quarter(kind, value, **places, renewed=_places(learnt), moved=moves, flags=flags.astype(np.int64))


def _places(latent: Floats) -> Whole:
    """Each declaration's place on the list, the highest risk first, from nought."""
    import numpy as np

    found = np.empty(len(latent), dtype=np.int64)
    found[np.argsort(latent, kind="stable")] = np.arange(len(latent))
    return found


def _kept(found: Quarter) -> dict[str, Whole]:
    """The infringing declarations of a quarter that a list can reach, ordered so that they compress."""
    import numpy as np

    names = ("score", "renewed", "officers", "partners", "lot")
    places = {name: np.minimum(getattr(found, name) // STEP, BEYOND) for name in names}
    reached = np.min([places[name] for name in names], axis=0) < BEYOND
    keep = np.flatnonzero((found.kind >= 0) & reached)
    table = {name: places[name][keep] for name in names}
    table["renewed"] = np.where(table["renewed"] == table["score"], 255, table["renewed"])
    values = np.array(classes())
    table["what"] = np.where(found.kind[keep] == 1, 2 + np.searchsorted(values, found.value[keep]), found.kind[keep])
    table["what"] = np.where(found.kind[keep] == 2, 1, table["what"])
    table["flags"] = found.flags[keep] + 8 * found.moved[keep]
    order = np.lexsort((table["what"], table["score"]))
    return {name: column[order] for name, column in table.items()}


def draw(worlds: range, recipe: Recipe = RECIPE) -> dict[str, NDArray[Any]]:
    """What is committed of these worlds: columns of small whole numbers, and totals of all declarations."""
    import numpy as np

    tables: dict[str, list[Whole]] = {}
    sizes, count, at_stake = [], [], []
    for q in range(QUARTERS):
        for w in worlds:
            found = quarter(w, q, recipe)
            kept = _kept(found)
            for name, column in kept.items():
                tables.setdefault(name, []).append(column)
            sizes.append(len(kept["score"]))
            count.append([int((found.kind == k).sum()) for k in range(len(KINDS))])
            at_stake.append(int(found.value.sum()) // 100)
    columns: dict[str, NDArray[Any]] = {name: np.concatenate(c).astype(np.uint8) for name, c in tables.items()}
    columns["sizes"] = np.array(sizes, dtype=np.int32).reshape(QUARTERS, len(worlds))
    columns["count"] = np.array(count, dtype=np.int32).reshape(QUARTERS, len(worlds), len(KINDS))
    columns["at_stake"] = np.array(at_stake, dtype=np.int32).reshape(QUARTERS, len(worlds))
    return columns


def records(table: Mapping[str, NDArray[Any]], first: int = 0, recipe: Recipe = RECIPE) -> Records:
    """Committed columns as the model reads them; `first` is the number of their first world."""
    import numpy as np

    sizes = table["sizes"]
    number = np.arange(sizes.shape[1], dtype=np.uint8)
    world = np.repeat(np.tile(number, QUARTERS), sizes.ravel())
    prices = np.array((0, 0, *classes(recipe)), dtype=np.float64)
    kinds = np.array((0, 2, *(1 for _ in range(_CLASSES))), dtype=np.uint8)
    place = {name: table[name] for name in ("score", "renewed", *LISTS[1:])}
    place["renewed"] = np.where(place["renewed"] == 255, place["score"], place["renewed"])
    drifts = np.array([recipe.drifting[(first + w) % len(recipe.drifting)] for w in number])
    return Records(
        world, kinds[table["what"]], prices[table["what"]], place, table["flags"] >= 8, table["flags"] % 8,
        tuple(np.cumsum(sizes.sum(axis=1)).tolist()), table["count"].astype(np.int64).transpose(1, 0, 2),
        100.0 * table["at_stake"].T, drifts, recipe.declarations,
    )  # fmt: skip


@lru_cache(maxsize=1)
def load() -> Records:
    """The committed worlds."""
    return records(_columns())


@lru_cache(maxsize=8)
def some(first: int, worlds: int) -> Records:
    """Some of the committed worlds: for asking whether a score depends on the draws."""
    return records(_cut(_columns(), first, worlds), first)


def _columns() -> dict[str, NDArray[Any]]:
    import numpy as np

    with np.load(FILE, allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def _cut(table: Mapping[str, NDArray[Any]], first: int, worlds: int) -> dict[str, NDArray[Any]]:
    """The columns of `worlds` worlds from `first`."""
    import numpy as np

    sizes = table["sizes"]
    ends = np.cumsum(sizes.ravel())
    mine = [i for i in range(sizes.size) if first <= i % sizes.shape[1] < first + worlds]
    rows = np.concatenate([np.arange(ends[i] - sizes.ravel()[i], ends[i]) for i in mine])
    totals = {name: table[name][:, first : first + worlds] for name in ("sizes", "count", "at_stake")}
    return {**{name: column[rows] for name, column in table.items() if name not in totals}, **totals}


def differences(first: int, worlds: int) -> Iterator[str]:
    """Why the committed worlds are not what the recipe gives; nothing if they are."""
    if not FILE.is_file():
        yield f"{FILE.name} is missing"
        return
    kept = _cut(_columns(), first, worlds)
    for name, fresh in draw(range(first, first + worlds)).items():
        if kept[name].shape != fresh.shape or (kept[name] != fresh).any():
            yield f"{FILE.name}: '{name}' is not what the recipe gives"


def main(argv: list[str] | None = None) -> int:
    """Write the committed worlds, or compare them with a fresh draw (a quarter of a minute)."""
    import numpy as np

    parser = argparse.ArgumentParser(description="Write or check the scored declarations of the targeting model.")
    parser.add_argument("--check", action="store_true", help="compare instead of writing; exit 1 if they differ")
    if parser.parse_args(argv).check:
        wrong = list(differences(0, RECIPE.worlds))
        for message in wrong:
            print(message, file=sys.stderr)
        return 1 if wrong else 0
    FILE.parent.mkdir(exist_ok=True)
    np.savez_compressed(FILE, **draw(range(RECIPE.worlds)))  # type: ignore[arg-type]  # numpy's stub names a flag
    return 0


if __name__ == "__main__":
    sys.exit(main())
