"""Common random inputs: drawn once, committed compressed, shared by every decision a model is asked about.

`python -m itguide.models.sampling` writes the files; `--check` draws them again and compares.
Two decisions that meet the same draws differ only by what was decided, not by luck.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from statistics import NormalDist
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

INPUTS = Path(__file__).resolve().parent / "inputs"
_STEPS = 65536  # a uniform number is kept in 16 bits
_SCALE = 4096  # a normal score is kept to 1/4096


@dataclass(frozen=True)
class Recipe:
    """What one file of inputs holds: how many futures, projects and events, and how strongly they hang together.

    `shared` is the correlation between the costs of two projects of one administration (same staff, same
    suppliers); `late` is the correlation between a project's cost and its own delay. Both are our assumptions.
    """

    name: str
    seed: int
    draws: int
    projects: int
    events: int
    shared: float = 0.2
    late: float = 0.5


RECIPES = {
    r.name: r
    for r in (
        Recipe("portfolio", seed=2026, draws=2000, projects=14, events=5),
        Recipe("contingency", seed=2026, draws=4000, projects=5, events=1),
    )
}


@dataclass(frozen=True, eq=False)  # compared by identity, so that what follows from them can be remembered
class Inputs:
    """Random inputs of one model, one row per future.

    `cost` (draws, projects) and `event` (draws, events) are uniform on (0, 1); `delay` (draws, projects)
    holds standard normal scores.
    """

    cost: Floats
    delay: Floats
    event: Floats


def draw(recipe: Recipe) -> dict[str, NDArray[np.int32]]:
    """The recipe's numbers as whole steps, from the raw bit stream, whose values NumPy does promise to keep."""
    import numpy as np

    n, k, e = recipe.draws, recipe.projects, recipe.events
    raw = np.random.PCG64(recipe.seed).random_raw(n * (1 + 2 * k + e))
    uniform = ((raw >> np.uint64(11)).astype(np.float64) + 0.5) / 2.0**53
    normal, event = uniform[: n * (1 + 2 * k)], uniform[n * (1 + 2 * k) :].reshape(n, e)
    law = NormalDist()
    score = np.array([law.inv_cdf(u) for u in normal]).reshape(n, 1 + 2 * k)
    common, own, time = score[:, :1], score[:, 1 : k + 1], score[:, k + 1 :]
    cost = recipe.shared**0.5 * common + (1 - recipe.shared) ** 0.5 * own
    delay = recipe.late * cost + (1 - recipe.late**2) ** 0.5 * time
    chance = np.array([law.cdf(z) for z in cost.ravel()]).reshape(n, k)
    return {
        "cost": np.floor(chance * _STEPS).astype(np.int32),
        "delay": np.rint(delay * _SCALE).astype(np.int32),
        "event": np.floor(event * _STEPS).astype(np.int32),
    }


def inputs(steps: dict[str, NDArray[np.int32]]) -> Inputs:
    """Inputs from whole steps; a uniform number stands in the middle of its step, so never 0 or 1."""
    return Inputs((steps["cost"] + 0.5) / _STEPS, steps["delay"] / _SCALE, (steps["event"] + 0.5) / _STEPS)


@lru_cache(maxsize=8)
def load(name: str) -> Inputs:
    """The committed inputs of this name."""
    import numpy as np

    with np.load(INPUTS / f"{name}.npz", allow_pickle=False) as file:
        return inputs({key: file[key].astype(np.int32) for key in ("cost", "delay", "event")})


@lru_cache(maxsize=8)
def other(name: str, seed: int) -> Inputs:
    """The same recipe under another seed: for asking whether a score depends on the draws."""
    return inputs(draw(replace(RECIPES[name], seed=seed)))


def _write(recipe: Recipe) -> None:
    import numpy as np

    steps = draw(recipe)
    INPUTS.mkdir(exist_ok=True)
    cost, delay, event = (steps[key] for key in ("cost", "delay", "event"))
    np.savez_compressed(
        INPUTS / f"{recipe.name}.npz",
        cost=cost.astype(np.uint16),
        delay=delay.astype(np.int16),
        event=event.astype(np.uint16),
    )


def _differs(recipe: Recipe) -> str:
    """Why the committed file is not what the recipe gives; empty if it is (one step of rounding is allowed)."""
    import numpy as np

    path = INPUTS / f"{recipe.name}.npz"
    if not path.is_file():
        return f"{path.name} is missing"
    steps = draw(recipe)
    with np.load(path, allow_pickle=False) as file:
        for key, fresh in steps.items():
            kept = file[key].astype(np.int32)
            if kept.shape != fresh.shape or int(np.abs(kept - fresh).max()) > 1:
                return f"{path.name}: '{key}' is not what the recipe gives"
    return ""


def main(argv: list[str] | None = None) -> int:
    """Write the committed inputs, or compare them with a fresh draw."""
    parser = argparse.ArgumentParser(description="Write or check the committed random inputs of the models.")
    parser.add_argument("--check", action="store_true", help="compare instead of writing; exit 1 if they differ")
    check = parser.parse_args(argv).check
    wrong = []
    for recipe in RECIPES.values():
        if check:
            wrong.append(_differs(recipe))
        else:
            _write(recipe)
    for message in filter(None, wrong):
        print(message, file=sys.stderr)
    return 1 if any(wrong) else 0


if __name__ == "__main__":
    sys.exit(main())
