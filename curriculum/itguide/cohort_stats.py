"""What a cohort's answers come to: counts nobody can be known by, spreads, items, the rarer view that held.

Pure functions over `cohort.Paper`. Nothing is worked out from fewer than five answers, and a count from one to four is
never given as a number.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Any

from itguide.cohort import Paper, Which
from itguide.spec import CaseSpec, Option, Question

if TYPE_CHECKING:
    import pandas as pd

FEW = 5
MANY = 100  # from so many answers on, a share is given to one in a hundred; below, to five
RARE = 1 / 3  # a minority: at most this share of those who answered


@dataclass(frozen=True)
class Part:
    """How many of `n` chose something, as far as it may be told: nobody, fewer than five, or a rounded share."""

    id: str
    count: int
    n: int
    given: float | None = None  # the share as it is rounded among parts of one whole

    @property
    def few(self) -> bool:
        """Whether the number itself must not be told."""
        return 0 < self.count < FEW

    @property
    def share(self) -> float:
        """The share as it may be told; of fewer than five one that says nothing more."""
        if self.few:
            return 2.5 / self.n
        if self.given is not None:
            return self.given
        step = 0.01 if self.n >= MANY else 0.05
        return min(1.0, max(step if self.count else 0.0, round(self.count / self.n / step) * step))


def whole(counted: Sequence[Part]) -> list[Part]:
    """Parts that make up a whole, their shares rounded so that together they still do (largest remainders)."""
    n = sum(p.count for p in counted)
    units = MANY if n >= MANY else 20
    exact = [p.count * units / n if n else 0.0 for p in counted]
    floors = [math.floor(e + 1e-9) for e in exact]
    left = units - sum(floors)
    for i in sorted(range(len(exact)), key=lambda i: (floors[i] - exact[i], i))[: left if n else 0]:
        floors[i] += 1
    return [replace(p, given=max(f, 1 if p.count else 0) / units) for p, f in zip(counted, floors, strict=True)]


@dataclass(frozen=True)
class Spread:
    """Where answers lie: the middle, the middle half and, from twenty answers on, eight in ten of them."""

    n: int
    low: float
    quarter: float
    middle: float
    three: float
    high: float


def answers(papers: Iterable[Paper], question: Question, which: Which = "last") -> list[Any]:
    """Everybody's valid answers to a question."""
    return [v for v in (p.value(question.id, which) for p in papers) if v is not None]


def named(question: Question, value: Any) -> list[str]:
    """What an answer chooses, as ids: options, `item.category`, `item.period`, `item.move`, `from.to`."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        if question.kind == "place":
            return [f"{item}.{row}.{column}" for item, (row, column) in value.items()]
        return [f"{item}.{into}" for item, into in value.items()]
    if isinstance(value, list):
        return [".".join(v) if isinstance(v, list) else str(v) for v in value]
    return []


def parts(question: Question, values: Sequence[Any], ids: Iterable[str]) -> list[Part]:
    """How many chose each of these ids; empty if fewer than five answered."""
    if len(values) < FEW:
        return []
    counts = Counter(chain.from_iterable(named(question, v) for v in values))
    found = [Part(i, counts[i], len(values)) for i in ids]
    return whole(found) if question.kind == "choice" else found


def spread(values: Sequence[float]) -> Spread | None:
    """The spread of some numbers; None of fewer than five."""
    if len(values) < FEW:
        return None
    import pandas as pd

    found = pd.Series(list(values), dtype="float64").quantile([0.1, 0.25, 0.5, 0.75, 0.9]).tolist()
    if len(values) < 20:  # a tenth of them would be one or two people
        found[0], found[4] = found[1], found[3]
    return Spread(len(values), *found)


# ---- items


@dataclass(frozen=True)
class Item:
    """One scored question: the mean share of its points, and how it goes with the rest of the case.

    `discrimination` is the corrected item-total correlation: with the points of all other questions, not its own.
    None where it cannot be worked out: one question only, or everybody earned the same.
    """

    question: str
    n: int
    facility: float
    discrimination: float | None
    unused: tuple[str, ...] = ()


def points(papers: Sequence[Paper]) -> pd.DataFrame:
    """Automatic points, a row for each paper and a column for each question; what is blank earns nothing."""
    import pandas as pd

    return pd.DataFrame([{q.question: q.points for q in p.score.questions if q.maximum} for p in papers])


def items(case: CaseSpec, papers: Sequence[Paper]) -> list[Item]:
    """The item analysis of a case; empty for fewer than five papers."""
    if len(papers) < FEW:
        return []
    table = points(papers)
    most = {q.question: q.maximum for q in papers[0].score.questions}
    total = table.sum(axis=1)
    found = []
    for name in table.columns:
        rest = total - table[name]
        flat = table[name].std(ddof=0) < 1e-9 or rest.std(ddof=0) < 1e-9
        found.append(
            Item(
                str(name),
                len(table),
                float(table[name].mean() / most[str(name)]),
                None if flat else float(table[name].corr(rest)),
                unused(case.find(str(name)), answers(papers, case.find(str(name)))),
            )
        )
    return found


def by_chance(n: int) -> float:
    """How far a correlation of `n` pairs that is nought may come out by chance, nineteen times in twenty."""
    return 1.96 / math.sqrt(n - 3) if n > 4 else 1.0


def unused(question: Question, values: Sequence[Any]) -> tuple[str, ...]:
    """The options nobody chose; empty where that says nothing (fewer than five answers, other kinds)."""
    if len(values) < FEW or question.kind not in {"choice", "choices", "schedule"}:
        return ()
    chosen = {i.partition(".")[0] for v in values for i in named(question, v)}
    return tuple(o.id for o in question.option if o.id not in chosen)


# ---- verdicts


@dataclass(frozen=True)
class Judged:
    """One aspect over a cohort: how many it holds for, with conditions, not; of those who answered its question."""

    question: str
    aspect: str
    holds: int
    conditions: int
    fails: int

    @property
    def n(self) -> int:
        """How many answered."""
        return self.holds + self.conditions + self.fails

    @property
    def missed(self) -> float:
        """The share that missed it; what holds with conditions counts half."""
        return (self.fails + self.conditions / 2) / self.n if self.n else 0.0


def judged(papers: Iterable[Paper]) -> list[Judged]:
    """Every aspect of every question that at least five answered."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    for paper in papers:
        for question in paper.score.questions:
            for aspect in () if question.blank else question.aspects:
                counts.setdefault((question.question, aspect.id), Counter())[aspect.verdict] += 1
    found = [Judged(*place, c["holds"], c["conditions"], c["fails"]) for place, c in counts.items()]
    return [j for j in found if j.n >= FEW]


@dataclass(frozen=True)
class Mistake:
    """The aspect most often missed, and what most of those who missed it had chosen, if it has a note."""

    judged: Judged
    chosen: Option | None


def mistake(case: CaseSpec, papers: Sequence[Paper]) -> Mistake | None:
    """The commonest mistake; None where nothing is missed by at least five people."""
    missed = [j for j in judged(papers) if j.fails + j.conditions >= FEW]
    if not missed:
        return None
    worst = max(missed, key=lambda j: j.missed)
    question = case.find(worst.question)
    counts: Counter[str] = Counter()
    for paper in papers:
        verdicts = _verdicts(paper, worst.question)
        if verdicts.get(worst.aspect, "holds") != "holds" and question.kind in {"choice", "choices"}:
            counts.update(named(question, paper.value(worst.question, question.scored_round)))
    noted = [(n, o) for o in question.option if o.note and (n := counts[o.id]) >= FEW]
    return Mistake(worst, max(noted, key=lambda found: found[0])[1] if noted else None)


@dataclass(frozen=True)
class Minority:
    """A rarer decision that held: an option few took, and for most of whom every aspect of the question holds."""

    question: str
    option: Option
    part: Part


def minority(case: CaseSpec, papers: Sequence[Paper]) -> Minority | None:
    """The minority view worth hearing: of the options whose takers mostly hold, the one with the fewest takers."""
    found: list[tuple[tuple[float, ...], Minority]] = []
    for question in case.phase("declare", "decide", "justify"):
        if question.kind not in {"choice", "choices"} or not question.aspect:
            continue
        which = question.scored_round
        answered = [p for p in papers if p.value(question.id, which) is not None]
        if len(answered) < FEW:
            continue
        for option in question.option:
            takers = [p for p in answered if option.id in named(question, p.value(question.id, which))]
            held = sum(set(_verdicts(p, question.id).values()) == {"holds"} for p in takers)
            if held and held * 2 >= len(takers) and len(takers) <= RARE * len(answered):
                # A single choice says more than one of several, an author's note more than none.
                rank = (question.kind == "choices", not option.note, len(takers) / len(answered), -question.points)
                part = Part(option.id, len(takers), len(answered))
                found.append((tuple(map(float, rank)), Minority(question.id, option, part)))
    return min(found, key=lambda f: f[0])[1] if found else None


def _verdicts(paper: Paper, question: str) -> dict[str, str]:
    for scored in paper.score.questions:
        if scored.question == question and not scored.blank:
            return {a.id: a.verdict for a in scored.aspects}
    return {}


# ---- entry and exit


@dataclass(frozen=True)
class Shift:
    """One question asked at the start and again at the end, answered both times by the same people."""

    question: Question
    entry: tuple[Any, ...]
    exit: tuple[Any, ...]


def shifts(asked: Mapping[str, Question], entry: Mapping[str, Mapping[str, Any]],
           leaving: Mapping[str, Mapping[str, Any]]) -> list[Shift]:  # fmt: skip
    """By question (without its prefix): the answers of those who gave both, from five pairs up."""
    found = []
    for name, question in asked.items():
        both = sorted(entry.get(name, {}).keys() & leaving.get(name, {}).keys())
        if len(both) >= FEW:
            found.append(Shift(question, tuple(entry[name][p] for p in both), tuple(leaving[name][p] for p in both)))
    return found
