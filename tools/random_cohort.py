"""A cohort that never was: random but plausible answer sheets of a module, handed in as `itguide collect` would.

For benchmarks and pictures. Every sheet is valid as far as the page would have let it through; each participant has a
strength, the chance of answering as one of the key's exemplars does, so that results hang together as people's do.

    python tools/random_cohort.py COURSE MODULE N [SEED]
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from itguide import collect, gradebook, kinds
from itguide import course as courses
from itguide.answers import Answer, Round, Sheet
from itguide.content import module_cases, syllabus
from itguide.course import Course
from itguide.examples import Example, examples, read_all
from itguide.kinds import link
from itguide.manifest import Listed, Manifest, receipt, short_id
from itguide.models import model
from itguide.spec import CaseSpec, Question, scoring_digest
from itguide.submission_file import Submission
from itguide.text import SOURCE, engine

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WORDS = (
    "We stop what no longer pays, and say so.", "The reserve stays with the Treasury; I answer for the date.",
    "Traders will wait longer for a year.", "The price is four million, and the backup site comes first.",
    "We promise what holds in the bad tenth, not in the best.", "Staff will be told before the press is.",
    "What is left out is named in the annex.", "The risk is mine; the saving is the country’s.",
)  # fmt: skip


@lru_cache(maxsize=64)
def _worked(slug: str, shelf: Any) -> tuple[Example, ...]:
    return examples(slug, shelf)


def random_sheet(
    case: CaseSpec, seed: int | str, owner: str = "a" * 26, digest: str = "", *, figures: bool = True
) -> Sheet:
    """One participant's sheet of a case. The same case, seed and owner give the same sheet.

    With `figures`, each round holds the model's figures, as on the page (a model's run for each); else none.
    """
    dice = random.Random(f"{case.slug} {seed}")
    strength = random.Random(f"strength {owner} {seed}").betavariate(4, 3)
    asked = [q for q in case.question if q.phase not in {"own", "check"}]
    good = dice.choice(_worked(case.slug, "exemplars") or (None,))
    poor = dice.choice(_worked(case.slug, "samples") or (None,))
    first = _answers(asked, dice, strength, good, poor)
    last = dict(first)
    rounds = [first]
    if case.phase("decide") and dice.random() < 0.6:  # decided again, a little better as a rule
        for q in asked:
            if q.phase in {"declare", "decide"} and dice.random() < 0.35:
                last |= _answers([q], dice, min(1.0, strength + 0.25), good, poor)
        rounds.append(last)
    if not case.phase("decide"):
        rounds = []
    at = _clock(dice)
    return Sheet(
        case.slug, syllabus().version, digest, owner,
        {q: Answer(v, dice.randint(1, 4), next(at)) for q, v in last.items()},
        tuple(_round(case, n, next(at), given, figures) for n, given in enumerate(rounds, start=1)),
    )  # fmt: skip


def fill(course: Course | Path, module: str, n: int, seed: int = 1, *, figures: bool = True) -> list[str]:
    """Puts `n` submissions of a module into a built course, as `itguide collect` would; gives their workspaces."""
    course = course if isinstance(course, Course) else courses.open_course(course)
    cases = module_cases(module)
    digest = scoring_digest(*cases)
    owners = [short_id("random cohort", seed, k) for k in range(n)]
    for k, owner in enumerate(owners):
        skips = random.Random(f"skips {seed} {k}")
        sheets = {c.slug: random_sheet(c, f"{seed}.{k}", owner, digest, figures=figures)
                  for c in cases if len(cases) == 1 or skips.random() < 0.94}  # fmt: skip
        sheets = sheets or {cases[0].slug: random_sheet(cases[0], f"{seed}.{k}", owner, digest, figures=figures)}
        collect.install(course, submission(module, owner, sheets, digest))
    gradebook.add_students(course, courses.cohort(course.record().cohort), set(owners))
    return owners


def submission(module: str, owner: str, sheets: Mapping[str, Sheet], digest: str) -> Submission:
    """These sheets as a submission that was read."""
    import hashlib

    files = {f"answers/{slug}.json": sheet.as_json() for slug, sheet in sorted(sheets.items())}
    manifest = Manifest(
        workspace_id=owner, submission_id=short_id(owner, module), sequence=1, module=module,
        content_version=syllabus().version, scoring_digest=digest, lang=SOURCE, created_at=START.isoformat(),
        files=tuple(Listed(name=f, bytes=len(d), sha256=hashlib.sha256(d).hexdigest()) for f, d in files.items()),
    )  # fmt: skip
    data = manifest.as_json()
    return Submission(b"", manifest, receipt(data), {"manifest.json": data, **files}, sheets)


def _clock(dice: random.Random) -> Iterator[str]:
    at = START + timedelta(minutes=dice.randint(0, 90))
    while True:
        at += timedelta(seconds=dice.randint(20, 240))
        yield at.isoformat().replace("+00:00", "Z")


def _round(case: CaseSpec, n: int, at: str, given: Mapping[str, Any], figures: bool) -> Round:
    decision = {q.id: given[q.id] for q in case.phase("declare", "decide") if q.id in given}
    prediction = {q.id: given[q.id] for q in case.phase("predict") if q.id in given}
    result: dict[str, Any] = {"headline": f"Round {n}: Altamar goes on."}
    if figures and case.scenario:
        result |= model(case.scenario.model).run(_scenario(case.slug), decision).metrics
    return Round(n, at, prediction, {**read_all(case), **decision}, result)


@lru_cache(maxsize=64)
def _scenario(slug: str) -> Any:
    from itguide.content import load_case

    case = load_case(slug)
    assert case.scenario is not None
    return model(case.scenario.model).scenario(case)


# ---- one answer


def _answers(
    asked: list[Question], dice: random.Random, strength: float, good: Example | None, poor: Example | None
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for question in asked:
        if not question.required and dice.random() < 0.2:
            continue
        dealt = dice.random()
        model_answer = good if dealt < strength else poor if dealt < strength + 0.15 else None
        value = None
        if model_answer is not None and question.id in model_answer.answers:
            value = model_answer.answers[question.id]
            if question.kind == "number":
                value = _near(question, value, dice)
        value = _whole(question, value)
        found[question.id] = random_answer(question, dice, good) if value is None else value
    return {q: v for q, v in found.items() if v is not None}


def random_answer(question: Question, dice: random.Random, good: Example | None = None) -> Any:
    """An answer the page would take, whatever the question asks; the exemplar's if none is found by chance."""
    for _ in range(40):
        if (value := _whole(question, _drawn(question, dice))) is not None:
            return value
    return _whole(question, good.answers.get(question.id)) if good else None


def _whole(question: Question, raw: Any) -> Any:
    """The answer normalised, if it is complete and breaks no limit."""
    if (value := kinds.valid(question, raw)) is None:
        return None
    live = kinds.live(question, value, engine(SOURCE))
    return value if live.answered and not live.blocking else None


def _near(question: Question, value: float, dice: random.Random) -> float:
    least, most = _ends(question)
    moved = dice.gauss(value, (most - least) * 0.06)
    return round(min(max(moved, least), most) / question.step) * question.step


def _ends(question: Question) -> tuple[float, float]:
    least = question.least or 0.0
    return least, question.most if question.most is not None else least + 100


def _drawn(question: Question, dice: random.Random) -> Any:
    ids = [o.id for o in question.option]
    match question.kind:
        case "choice":
            return dice.choices(ids, [1 / (1 + n) for n in range(len(ids))])[0]
        case "choices":
            most = int(question.most or len(ids))
            return dice.sample(ids, dice.randint(min(int(question.least or 1), most), min(most, len(ids))))
        case "number":
            least, most = _ends(question)
            steps = int((most - least) / question.step)
            return least + round(dice.triangular(0, steps, steps / 3)) * question.step
        case "text":
            return " ".join(dice.sample(WORDS, 2))
        case "allocate":
            return _shares(question, dice)
        case "classify":
            return _sorted(question, dice)
        case "schedule":
            return _planned(question, dice)
        case "rank":
            return sorted(ids, key=lambda i: ids.index(i) + dice.gauss(0, 1.5))
        case "place":
            rows, columns = [r.id for r in question.row], [c.id for c in question.column]
            return {i: [dice.choice(rows), dice.choice(columns)] for i in ids}
        case "link":
            return _arrows(question, dice)
        case "lanes":
            movable = [o for o in question.option if o.move]
            most = int(question.most or len(movable))
            chosen = dice.sample(movable, min(dice.randint(int(question.least or 1), most), len(movable)))
            return {o.id: dice.choice(o.move).id for o in chosen}
        case "inject":
            return "read"
    raise AssertionError(question.kind)


def _shares(question: Question, dice: random.Random) -> dict[str, int]:
    step = max(int(question.step), 1)
    shares = {o.id: -(-o.floor // step) * step for o in question.option}
    likes = [dice.uniform(0.2, 1) ** 2 for _ in question.option]
    while sum(shares.values()) + step <= question.total:
        shares[dice.choices(list(shares), likes)[0]] += step
    return shares


def _sorted(question: Question, dice: random.Random) -> dict[str, str]:
    """Items dealt into categories: first what each must have, then the rest where there is room."""
    items = [o.id for o in question.option]
    dice.shuffle(items)
    placed: dict[str, str] = {}
    for category in question.category:
        for _ in range(category.least or 0):
            if items:
                placed[items.pop()] = category.id
    counts = {c.id: list(placed.values()).count(c.id) for c in question.category}
    for item in items:
        if open_ := [c.id for c in question.category if c.most is None or counts[c.id] < c.most]:
            placed[item] = into = dice.choice(open_)
            counts[into] += 1
    return placed


def _planned(question: Question, dice: random.Random) -> dict[str, int]:
    """Items added one by one, each in a period where the plan still holds."""
    say, plan = engine(SOURCE), {}
    items = list(question.option)
    dice.shuffle(items)
    for option in items[: dice.randint(max(1, len(items) // 2), len(items))]:
        periods = list(range(1, len(question.period) + 1))
        dice.shuffle(periods)
        for period in periods[:4]:
            trial = {**plan, option.id: period}
            if not kinds.live(question, trial, say).blocking:
                plan = trial
                break
    return plan


def _arrows(question: Question, dice: random.Random) -> list[list[str]]:
    ids = [o.id for o in question.option]
    wanted = dice.randint(int(question.least or 1), int(question.most or max(len(ids), int(question.least or 1) + 4)))
    pairs: list[list[str]] = []
    for _ in range(wanted * 4):
        trial = [*pairs, dice.sample(ids, 2)]
        if trial[-1] not in pairs and not link.circle(trial):
            pairs = trial
        if len(pairs) == wanted:
            break
    return pairs


if __name__ == "__main__":
    print(len(fill(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]) if len(sys.argv) > 4 else 1)))
