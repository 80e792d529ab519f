"""A survey of priorities as a table: written reproducibly from its recipe, read with pandas, counted by goal.

`python -m itguide.models.survey_data` writes `data/survey.csv` of every case that has a `data/recipe.csv`; `--check`
compares. One row is one sheet: the three activities an officer would pay for first. Each of the three is one vote.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from itguide.paths import shelves

PLACES = ("first", "second", "third")
HEAD = ("sheet", "administration", "group", *PLACES)


@dataclass(frozen=True)
class Member:
    """One administration: its group, what can be counted by, its votes by goal in shares of 1.

    `noise` is the variance of each share: what would change had other officers filled in the sheets.
    """

    id: str
    group: str
    sheets: int
    weights: Mapping[str, float]
    shares: Mapping[str, float]
    noise: Mapping[str, float]


@dataclass(frozen=True)
class Survey:
    """The counted survey: members in the table's order, votes by goal, and what each goal costs today, of 100."""

    members: tuple[Member, ...]
    goals: tuple[str, ...]
    costs: Mapping[str, float]


class Draw:
    """Whole numbers in a row that never changes, whatever the version of Python: Knuth's 64-bit MMIX generator."""

    def __init__(self, seed: int) -> None:
        self.state = seed

    def below(self, n: int) -> int:
        """The next number in 0..n-1."""
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % n

    def shuffled(self, things: list[str]) -> list[str]:
        """The things in another order (Fisher and Yates)."""
        for i in range(len(things) - 1, 0, -1):
            j = self.below(i + 1)
            things[i], things[j] = things[j], things[i]
        return things


def generate(folder: Path, seed: int = 2018) -> str:
    """The survey's CSV text from its recipe: so many votes of each administration for each goal, dealt to sheets."""
    groups = {row["administration"]: row["group"] for row in _rows(folder / "members.csv")}
    activities: dict[str, list[str]] = {}
    for row in _rows(folder / "costs.csv"):
        activities.setdefault(row["goal"], []).append(row["activity"])
    draw, out = Draw(seed), io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEAD)
    number = 0
    for row in _rows(folder / "recipe.csv"):
        name, sheets = row["administration"], int(row["sheets"])
        votes = [goal for goal in activities for _ in range(int(row[goal]))]
        if len(votes) != sheets * len(PLACES):
            raise ValueError(f"{name}: {len(votes)} votes on {sheets} sheets of {len(PLACES)}")
        votes = draw.shuffled(votes)
        for n in range(sheets):
            chosen: list[str] = []
            for goal in votes[n * len(PLACES) : (n + 1) * len(PLACES)]:
                left = [a for a in activities[goal] if a not in chosen]
                chosen.append(left[draw.below(len(left))])
            number += 1
            writer.writerow([number, name, groups[name], *chosen])
    return out.getvalue()


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def digest(folder: Path) -> str:
    """Twelve characters of SHA-256 over the tables that decide results; it stands in the case's scenario."""
    found = hashlib.sha256()
    for name in ("survey.csv", "costs.csv", "members.csv"):
        found.update((folder / name).read_bytes().replace(b"\r\n", b"\n"))
    return found.hexdigest()[:12]


def load(folder: Path) -> Survey:
    """The counted survey of a case's data folder."""
    return _load(folder, digest(folder))


@lru_cache(maxsize=8)
def _load(folder: Path, _digest: str) -> Survey:
    import pandas as pd

    sheets = pd.read_csv(folder / "survey.csv")
    costs = pd.read_csv(folder / "costs.csv")
    members = pd.read_csv(folder / "members.csv")
    votes = sheets.melt(["sheet", "administration"], list(PLACES), value_name="activity").merge(
        costs, on="activity", validate="many_to_one"
    )
    goals = list(dict.fromkeys(costs["goal"]))
    by_sheet = votes.groupby(["administration", "sheet", "goal"]).size().unstack(fill_value=0)[goals] / len(PLACES)
    by_member = by_sheet.groupby(level="administration")
    count, share = by_member.size(), by_member.mean()
    noise = by_member.var(ddof=1).div(count, axis=0)
    today = costs.groupby("goal")["cost"].sum()
    told = []
    for row in members.to_dict("records"):
        name = str(row["administration"])
        weights = {"sheets": float(count[name]), "one": 1.0, "trade": float(row["trade"]), "need": float(row["need"])}
        shares, spread = share.loc[name], noise.loc[name]
        told.append(Member(
            name, str(row["group"]), int(count[name]), weights,
            {g: float(shares[g]) for g in goals}, {g: float(spread[g]) for g in goals},
        ))  # fmt: skip
    return Survey(tuple(told), tuple(goals), {g: round(float(100 * today[g] / today.sum()), 6) for g in goals})


def counted(survey: Survey, by: str, group: str = "") -> dict[str, tuple[float, float]]:
    """Votes by goal of 100 and their standard error, members weighted by this column; of one group if it is named."""
    members = [m for m in survey.members if group in {"", m.group}]
    total = sum(m.weights[by] for m in members)
    parts = [(m.weights[by] / total, m) for m in members]
    return {
        g: (100 * sum(w * m.shares[g] for w, m in parts), 100 * sum(w * w * m.noise[g] for w, m in parts) ** 0.5)
        for g in survey.goals
    }


def main(argv: list[str] | None = None) -> int:
    """Write every survey that has a recipe, or compare it with what it would be."""
    parser = argparse.ArgumentParser(description="Write or check the survey tables of the case studies.")
    parser.add_argument("--check", action="store_true", help="compare instead of writing; exit 1 if one differs")
    given = parser.parse_args(argv)
    stale = 0
    for recipe in sorted(shelves().cases.glob("*/data/recipe.csv")):
        path, fresh = recipe.with_name("survey.csv"), generate(recipe.parent)
        if not given.check:
            path.write_text(fresh, encoding="utf-8", newline="\n")
        elif not path.is_file() or path.read_text(encoding="utf-8") != fresh:
            print(f"{path.parent.parent.name}: data/survey.csv is not what its recipe gives", file=sys.stderr)
            stale += 1
    return int(stale > 0)


if __name__ == "__main__":
    sys.exit(main())
