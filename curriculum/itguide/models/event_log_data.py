"""One month of a customs administration, stamp by stamp: 6,000 declarations with twelve times each, invented.

`python -m itguide.models.event_log_data` writes the log; `--check` draws it again and compares. Every duration is
drawn from the raw bit stream of a seeded generator and rounded to whole minutes before anything is worked out from
it; what follows is whole-number arithmetic, so a fresh draw is the committed log to the minute.
Means by place and the small share of customs follow published studies: see `TARGETS`.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

from itguide.models.event_log_calendar import DAY, MONTH, calendar, queue

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Minutes = NDArray[np.int64]
    Floats = NDArray[np.float64]

INPUTS = Path(__file__).resolve().parent / "inputs"
SEED = 20270601
DAYS = 30
EVENTS = (
    "arrived", "unloaded", "manifest", "lodged", "assessed", "permitted", "ordered", "paid", "positioned",
    "inspected", "released", "gate",
)  # fmt: skip
LANES = ("green", "yellow", "red")
LANE_SHARE = (0.62, 0.24, 0.14)

# What the log is tuned to. Mean days from arrival to delivery by mode, and customs' share of the time at sea ports:
# according to Brazil's study of 2019, a published one of a large trading nation. Everything else is invented.
TARGETS = {"port": 9.7, "airport": 5.8, "border": 2.3}
CUSTOMS_SHARE = 0.09


@dataclass(frozen=True)
class Place:
    """A border post: how many declarations, and its durations as (median minutes, spread of the logarithm).

    `desks` and `teams` are officers who check documents and goods; `batches` is how many ships, flights or hours of
    lorries its arrivals come in.
    """

    name: str
    count: int
    batches: int
    unload: tuple[float, float]
    manifest: tuple[float, float]
    papers: tuple[float, float]
    desks: int
    check: tuple[float, float]
    teams: int
    exam: tuple[float, float]
    permits: float
    permit: tuple[float, float]
    position: tuple[float, float]
    online: float
    gate: tuple[float, float]


PLACES = (
    Place("port", 3480, 44, (700, 0.5), (560, 0.5), (2160, 1.0), 2, (13.8, 0.5), 2, (40, 0.5), 0.26, (600, 0.8),
          (1150, 0.6), 0.12, (1990, 0.95)),
    Place("airport", 1500, 150, (200, 0.5), (240, 0.5), (1130, 1.1), 1, (14.5, 0.5), 1, (36, 0.5), 0.24, (450, 0.8),
          (420, 0.6), 0.15, (720, 0.95)),
    Place("border", 1020, 300, (30, 0.5), (25, 0.6), (290, 1.1), 1, (24, 0.5), 1, (60, 0.5), 0.10, (250, 0.8),
          (120, 0.6), 0.40, (110, 0.9)),
)  # fmt: skip
NORMALS = ("importer", "unload", "manifest", "papers", "desk", "permit", "order", "position", "exam", "sign", "gate")
UNIFORMS = ("batch", "lane", "permit", "early", "online")
SHARED = 0.45  # how strongly an importer's papers, payment and collection hang together


def generate(seed: int = SEED) -> dict[str, NDArray[np.int64]]:
    """The log: `place`, `lane` (indices), `permit` (0 or 1) and the minute of every event, sorted by arrival."""
    import numpy as np

    total = sum(p.count for p in PLACES)
    width = len(NORMALS) + len(UNIFORMS)
    batches = sum(p.batches for p in PLACES)
    raw = np.random.PCG64(seed).random_raw(total * width + batches * 3)
    uniform = ((raw >> np.uint64(11)).astype(np.float64) + 0.5) / 2.0**53
    rows, extra = uniform[: total * width].reshape(total, width), uniform[total * width :].reshape(batches, 3)
    law = NormalDist()
    score = np.array([law.inv_cdf(u) for u in rows[:, : len(NORMALS)].ravel()]).reshape(total, len(NORMALS))
    z = {name: score[:, i] for i, name in enumerate(NORMALS)}
    for name in ("papers", "order", "gate"):
        z[name] = SHARED**0.5 * z["importer"] + (1 - SHARED) ** 0.5 * z[name]
    u = {name: rows[:, len(NORMALS) + i] for i, name in enumerate(UNIFORMS)}
    parts, row, batch = [], 0, 0
    for n, place in enumerate(PLACES):
        mine = slice(row, row + place.count)
        waves = extra[batch : batch + place.batches]
        parts.append(_place(n, place, {k: v[mine] for k, v in z.items()}, {k: v[mine] for k, v in u.items()}, waves))
        row, batch = row + place.count, batch + place.batches
    whole = {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}
    order = np.lexsort((whole["gate"], whole["lodged"], whole["place"], whole["arrived"]))
    return {key: values[order] for key, values in whole.items()}


def _lasts(law: tuple[float, float], z: Floats) -> Minutes:
    """Whole minutes, lognormal, at least one."""
    import numpy as np

    return np.asarray(np.maximum(np.rint(law[0] * np.exp(law[1] * z)), 1), dtype=np.int64)


def _place(n: int, p: Place, z: dict[str, Floats], u: dict[str, Floats], waves: Floats) -> dict[str, Minutes]:
    import numpy as np

    office = calendar("border" if p.name == "border" else "office")
    broker, bank, yard = calendar("broker"), calendar("bank"), calendar("border" if p.name == "border" else "yard")
    came = _arrivals(p, waves)
    arrived = came[_wave_of(waves, u["batch"])]
    unloaded = arrived + _lasts(p.unload, z["unload"])
    manifest = unloaded + _lasts(p.manifest, z["manifest"])
    early = u["early"] < 0.15  # the papers are ready and wait for the manifest
    papers = np.where(early, 5, _lasts(p.papers, z["papers"]))
    lodged = broker.after(manifest, np.maximum(papers * 10 // 24, 5))
    lane = np.searchsorted(np.cumsum(LANE_SHARE[:2]), u["lane"], side="right").astype(np.int64)
    checked = lane > 0
    assessed = lodged + 2
    assessed[checked] = queue(office, lodged[checked], _lasts(p.check, z["desk"][checked]), p.desks)
    permit = u["permit"] < p.permits
    permitted = assessed.copy()
    permitted[permit] = office.after(assessed[permit], _lasts(p.permit, z["permit"][permit]))
    ordered = permitted + _lasts((240, 0.9), z["order"])
    online = u["online"] < p.online
    counter = bank.after(ordered, np.full(len(ordered), 60, dtype=np.int64))
    posted = bank.moment(bank.worked(counter - counter % DAY + DAY) + 120)  # at 11:00 of the next bank day
    paid = np.where(online, ordered + 30, posted)
    red = lane == 2
    positioned, inspected = paid.copy(), paid.copy()
    positioned[red] = yard.after(paid[red], _lasts(p.position, z["position"][red]))
    inspected[red] = queue(office, positioned[red], _lasts(p.exam, z["exam"][red]), p.teams)
    released = office.after(inspected, _lasts((95, 0.9), z["sign"]))
    gate = yard.after(released, np.maximum(_lasts(p.gate, z["gate"]) * 2 // 3, 10))
    times = (arrived, unloaded, manifest, lodged, assessed, permitted, ordered, paid, positioned, inspected, released,
             gate)  # fmt: skip
    return {
        "place": np.full(p.count, n, dtype=np.int64), "lane": lane, "permit": permit.astype(np.int64),
        **dict(zip(EVENTS, times, strict=True)),
    }  # fmt: skip


def _wave_of(waves: Floats, u: Floats) -> Minutes:
    """Which ship, flight or hour each declaration came with; some carry several times as much as others."""
    import numpy as np

    load = np.cumsum(0.3 + waves[:, 2] ** 2)
    return np.asarray(np.searchsorted(load / load[-1], u, side="right"), dtype=np.int64)


def _arrivals(p: Place, waves: Floats) -> Minutes:
    """When each ship, flight or hour's lorries arrive: ships towards the weekend, lorries on working days."""
    import numpy as np

    weight = {
        "port": (6, 6, 7, 9, 16, 17, 11),
        "airport": (10, 10, 10, 10, 11, 9, 8),
        "border": (15, 11, 10, 11, 14, 6, 2),
    }
    days = np.array([weight[p.name][(d + MONTH.weekday()) % 7] for d in range(DAYS)], dtype=np.float64)
    edge = np.cumsum(days) / days.sum()
    day = np.searchsorted(edge, waves[:, 0], side="right")
    first, last = {"port": (0, 1440), "airport": (120, 1380), "border": (360, 1200)}[p.name]
    return np.asarray(day * DAY + first + np.floor(waves[:, 1] * (last - first)), dtype=np.int64)


# ---- the committed file


@dataclass(frozen=True, eq=False)  # compared by identity, so that what follows from it can be remembered
class Log:
    """The log as a model reads it: minutes of the month by event, and who each declaration is."""

    place: Minutes
    lane: Minutes
    permit: Minutes
    times: dict[str, Minutes]

    def __len__(self) -> int:
        return len(self.place)


def log(columns: dict[str, NDArray[np.int64]]) -> Log:
    """A log from its columns."""
    return Log(columns["place"], columns["lane"], columns["permit"], {e: columns[e] for e in EVENTS})


@lru_cache(maxsize=1)
def load() -> Log:
    """The committed log."""
    return log(_columns(INPUTS / "event_log.npz"))


def frame() -> pd.DataFrame:
    """The committed log as a table with dates, for those who would rather look themselves."""
    import pandas as pd

    found = load()
    start = pd.Timestamp(MONTH)
    return pd.DataFrame({
        "place": [PLACES[n].name for n in found.place.tolist()],
        "lane": [LANES[n] for n in found.lane.tolist()],
        "permit": found.permit.astype(bool),
        **{event: start + pd.to_timedelta(found.times[event], unit="min") for event in EVENTS},
    })  # fmt: skip


def _columns(path: Path) -> dict[str, NDArray[np.int64]]:
    """The columns of a file, which keeps how long each step took: smaller than the times themselves."""
    import numpy as np

    with np.load(path, allow_pickle=False) as file:
        kept = {key: file[key].astype(np.int64) for key in file.files}
    found = {key: kept[key] for key in ("place", "lane", "permit")}
    time = np.zeros(len(kept["place"]), dtype=np.int64)
    for event in EVENTS:
        time = time + kept[event]
        found[event] = time
    return found


def _write(path: Path) -> None:
    import numpy as np

    columns = generate()
    steps, before = {}, np.zeros(len(columns["place"]), dtype=np.int64)
    for event in EVENTS:
        steps[event], before = columns[event] - before, columns[event]
    path.parent.mkdir(exist_ok=True)
    small = {key: columns[key].astype(np.uint8) for key in ("place", "lane", "permit")}
    # A step longer than 65,535 minutes (45 days) would not fit, and would be no import either.
    assert all(int(s.min()) >= 0 and int(s.max()) < 65536 for s in steps.values())
    arrays: dict[str, Any] = {**small, **{key: value.astype(np.uint16) for key, value in steps.items()}}
    np.savez_compressed(path, **arrays)


def _differs(path: Path) -> str:
    """Why the committed file is not what the recipe gives; empty if it is, to the minute."""
    import numpy as np

    if not path.is_file():
        return f"{path.name} is missing"
    fresh, kept = generate(), _columns(path)
    for key, values in fresh.items():
        if kept[key].shape != values.shape or not np.array_equal(kept[key], values):
            return f"{path.name}: '{key}' is not what the recipe gives"
    return ""


def main(argv: list[str] | None = None) -> int:
    """Write the committed log, or compare it with a fresh one."""
    parser = argparse.ArgumentParser(description="Write or check the committed event log.")
    parser.add_argument("--check", action="store_true", help="compare instead of writing; exit 1 if they differ")
    path = INPUTS / "event_log.npz"
    if not parser.parse_args(argv).check:
        _write(path)
        return 0
    wrong = _differs(path)
    if wrong:
        print(wrong, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
