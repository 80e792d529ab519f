"""The key of a case: how each aspect earns its points, and what a reader looks for.

Keys live in `grading/keys/<slug>/` and nowhere else: in no wheel, release, page or feedback.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from itguide.content import load_case, read_toml
from itguide.errors import ContentError, Problem
from itguide.paths import grading_root
from itguide.spec import CaseSpec, Frozen, Id, Question, Text

Points = Annotated[float, Field(gt=0)]
ATOMIC = {"choice", "choices", "classify", "lanes", "link", "schedule"}  # kinds whose answers are made of ids


class _Rule(Frozen):
    question: Id
    aspect: Id
    points: Points


class Valid(_Rule):
    """All points for an answer that is complete and breaks no hard limit."""

    check: Literal["valid"]


class Metric(_Rule):
    """Points by a figure of the model's outcome for the round that counts.

    `bands` are (threshold, share), best first: at least the threshold earns the share, with `below` at most.
    """

    check: Literal["metric"]
    metric: Id
    bands: Annotated[tuple[tuple[float, float], ...], Field(min_length=1)]
    below: bool = False

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        thresholds = [t for t, _ in self.bands]
        if thresholds != sorted(thresholds, reverse=not self.below):
            raise ValueError("'bands' go from the best threshold to the least")
        if any(not 0 < share <= 1 for _, share in self.bands):
            raise ValueError("a share in 'bands' is above 0 and at most 1")
        return self


class Options(_Rule):
    """Shares for what was chosen: option ids, or `item.category` of a classification, `from.to` of a link."""

    check: Literal["options"]
    options: Annotated[dict[str, float], Field(min_length=1)]


class Agrees(_Rule):
    """Shares for pairs of this answer and another: `mine.other`."""

    check: Literal["agrees"]
    other: Id = Field(alias="with")
    pairs: Annotated[dict[str, float], Field(min_length=1)]


Rule = Annotated[Valid | Metric | Options | Agrees, Field(discriminator="check")]


class Level(Frozen):
    """What an answer must have to earn so many points."""

    points: Annotated[float, Field(ge=0)]
    says: Text


class Criterion(Frozen):
    """One thing a reader marks: its levels, and a bank of comments."""

    question: Id
    id: Id
    points: Points
    levels: Annotated[tuple[Level, ...], Field(min_length=2)]
    comments: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        steps = [level.points for level in self.levels]
        if steps != sorted(set(steps)) or steps[0] != 0 or steps[-1] != self.points:
            raise ValueError(f"'levels' rise from 0 to {self.points:g} points")
        return self


class Reference(Frozen):
    """Lines for the debrief, as numbers: the solver's optimum and a naive baseline."""

    optimum: dict[str, Any] = Field(default_factory=dict)
    baseline: dict[str, Any] = Field(default_factory=dict)


class Key(Frozen):
    """Everything that earns points in one case, and whose judgement that is."""

    case: Id
    judgement: Text
    rule: tuple[Rule, ...] = ()
    criterion: tuple[Criterion, ...] = ()
    reference: Reference = Reference()

    def rules(self, question: str) -> tuple[Rule, ...]:
        """The rules of a question."""
        return tuple(r for r in self.rule if r.question == question)

    def criteria(self, question: str) -> tuple[Criterion, ...]:
        """The criteria of a question."""
        return tuple(c for c in self.criterion if c.question == question)

    def automatic(self, question: str) -> float:
        """The most points the rules of a question can give."""
        return sum(r.points for r in self.rules(question))


def folder(slug: str) -> Path:
    """Where a case's key lives."""
    return grading_root() / "keys" / slug


def grade_id(case: str, question: str, criterion: str = "") -> str:
    """The name of a mark in the gradebook."""
    return "__".join(part for part in (case, question, criterion) if part)


@lru_cache(maxsize=64)
def load_key(slug: str) -> Key:
    """The key of a case, complete and in step with it. ContentError names everything that is not."""
    case = load_case(slug)
    path = folder(slug) / "key.toml"
    if not case.points and not path.is_file():
        return Key(case=slug, judgement="nothing in this case is scored")
    if not path.is_file():
        says = f"the file is missing; write one, or set the points in case_studies/{slug}/case.toml to 0"
        raise ContentError([Problem(f"grading/keys/{slug}/key.toml", "", says)])
    key = read_toml(path, Key)
    problems = [Problem(f"grading/keys/{slug}/key.toml", field, says) for field, says in _disagreements(case, key)]
    if problems:
        raise ContentError(problems)
    return key


def _disagreements(case: CaseSpec, key: Key) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    if key.case != case.slug:
        found.append(("case", f"is '{key.case}', but the folder is '{case.slug}'"))
    questions = {q.id: q for q in case.question}
    for rule in key.rule:
        place = f"rule[{rule.question}.{rule.aspect}]"
        question = questions.get(rule.question)
        if question is None:
            found.append((place, f"the case has no question '{rule.question}'"))
            continue
        if rule.aspect not in {a.id for a in question.aspect}:
            found.append((place, f"the question has no aspect '{rule.aspect}'"))
        found += [(f"{place}.{field}", says) for field, says in _rule_problems(case, question, rule, questions)]
    for criterion in key.criterion:
        question = questions.get(criterion.question)
        if question is None or criterion.id not in {c.id for c in question.criterion}:
            found.append((f"criterion[{criterion.question}.{criterion.id}]", "the case has no such criterion"))
    for question in case.question:
        found += _coverage(question, key)
    return found


def _coverage(question: Question, key: Key) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for kind, wanted, had in (
        ("rule", question.aspect, [r.aspect for r in key.rules(question.id)]),
        ("criterion", question.criterion, [c.id for c in key.criteria(question.id)]),
    ):
        found += [
            (f"{kind}[{question.id}.{item.id}]", f"there are {had.count(item.id)}; there must be one")
            for item in wanted
            if had.count(item.id) != 1
        ]
    total = key.automatic(question.id) + sum(c.points for c in key.criteria(question.id))
    if abs(total - question.points) > 1e-9:
        found.append((f"rule[{question.id}]", f"points add up to {total:g}; the case says {question.points}"))
    return found


def _rule_problems(
    case: CaseSpec, question: Question, rule: Rule, questions: dict[str, Question]
) -> list[tuple[str, str]]:
    if isinstance(rule, Metric):
        if case.scenario is None:
            return [("metric", "the case has no model")]
        if question.phase not in {"declare", "decide"}:
            return [("metric", "only what is decided in a round has an outcome")]
    if isinstance(rule, Options):
        return _unknown("options", rule.options, question)
    if isinstance(rule, Agrees):
        other = questions.get(rule.other)
        if other is None or other.kind not in ATOMIC:
            return [("with", f"the case has no question '{rule.other}' whose answer is made of ids")]
        if question.kind not in ATOMIC:
            return [("check", f"a question of kind '{question.kind}' cannot agree with another")]
        mine, theirs = possible(question), possible(other)
        return [
            ("pairs", f"'{pair}' is not one of this question's answers and one of '{rule.other}'")
            for pair in rule.pairs
            if not any(pair == f"{a}.{b}" for a in mine for b in theirs)
        ]
    return []


def _unknown(field: str, table: dict[str, float], question: Question) -> list[tuple[str, str]]:
    if question.kind not in ATOMIC:
        return [("check", f"a question of kind '{question.kind}' has no options to score")]
    known = possible(question)
    found = [(field, f"'{name}' is not one of the question's possible answers") for name in table if name not in known]
    if sum(share for share in table.values() if share > 0) < 1 - 1e-9 and question.kind != "choice":
        found.append((field, "the shares add up to less than 1, so full points cannot be earned"))
    if question.kind == "choice" and max(table.values()) < 1 - 1e-9:
        found.append((field, "no option earns full points"))
    return found


def possible(question: Question) -> set[str]:
    """Every id an answer to this question can be made of; see `atoms`."""
    ids = [o.id for o in question.option]
    if question.kind == "classify":
        return {f"{i}.{c.id}" for i in ids for c in question.category}
    if question.kind == "lanes":
        return {f"{o.id}.{m.id}" for o in question.option for m in o.move}
    if question.kind == "link":
        return {f"{a}.{b}" for a in ids for b in ids if a != b}
    if question.kind == "schedule":
        periods = range(1, len(question.period) + 1)
        return {*ids, *(f"!{i}" for i in ids), *(f"{i}.{n}" for i in ids for n in periods)}
    return set(ids)


def atoms(question: Question, value: Any) -> set[str]:
    """The ids a (normalised) answer is made of.

    choice, choices: option ids; classify: `item.category`; link: `from.to`; schedule: `item` and `item.period`
    of what is done, `!item` of what is not.
    """
    if question.kind == "choice":
        return {value}
    if question.kind == "choices":
        return set(value)
    if question.kind in {"classify", "lanes"}:
        return {f"{item}.{category}" for item, category in value.items()}
    if question.kind == "link":
        return {f"{a}.{b}" for a, b in value}
    if question.kind == "schedule":
        done = set(value) | {f"{item}.{period}" for item, period in value.items()}
        return done | {f"!{o.id}" for o in question.option if o.id not in value}
    return set()


def digest(slug: str) -> str:
    """A digest of the key as it is written; it changes when a regrade is due. Empty where nothing is scored."""
    path = folder(slug) / "key.toml"
    return sha256(path) if path.is_file() else ""


def sha256(path: Path) -> str:
    """The digest of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
