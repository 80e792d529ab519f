"""The score of a sheet: a pure function of case, key and sheet.

What is scored of a decision is the round that counts, never the controls' last state. A round the page would not
have let through earns nothing from the model. Imports neither widgets nor nbgrader; models only when a rule asks.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from itguide import keys, kinds
from itguide.answers import Sheet
from itguide.keys import Agrees, Key, Metric, Options, Rule, atoms, grade_id
from itguide.spec import CaseSpec, Question

Verdict = Literal["holds", "conditions", "fails"]
HOLDS, CONDITIONS = 0.9, 0.4
# By the case itself and the decision; a case that is remembered stays alive, so that its id stays its own.
_MEMO: OrderedDict[tuple[int, str], tuple[CaseSpec, Mapping[str, float]]] = OrderedDict()
_SCENARIOS: OrderedDict[int, tuple[CaseSpec, Any]] = OrderedDict()
_MEMO_SIZE = 256


@dataclass(frozen=True)
class AspectScore:
    """One aspect: the share of its points that was earned, and the word a participant reads."""

    id: str
    share: float
    maximum: float

    @property
    def verdict(self) -> Verdict:
        """`holds` from 0.9 of the points, `conditions` from 0.4, else `fails`."""
        return "holds" if self.share >= HOLDS else "conditions" if self.share >= CONDITIONS else "fails"


@dataclass(frozen=True)
class WrittenScore:
    """One criterion of a written answer, for a reader to mark. A blank text needs no reading: it earns 0."""

    grade_id: str
    criterion: str
    maximum: float
    text: str

    @property
    def needs_reading(self) -> bool:
        """Whether there is anything to read."""
        return bool(self.text.strip())


@dataclass(frozen=True)
class QuestionScore:
    """One question: automatic points (0 .. maximum, two decimals), aspects, criteria."""

    grade_id: str
    question: str
    points: float
    maximum: float
    answer: Any  # the value that counts, normalised; None = blank
    aspects: tuple[AspectScore, ...]
    written: tuple[WrittenScore, ...]

    @property
    def blank(self) -> bool:
        """Whether there is no valid answer."""
        return self.answer is None


@dataclass(frozen=True)
class CaseScore:
    """All scored questions of a case."""

    case: str
    questions: tuple[QuestionScore, ...]

    @property
    def points(self) -> float:
        """Automatic points."""
        return round(sum(q.points for q in self.questions), 2)

    @property
    def maximum(self) -> float:
        """The most automatic points."""
        return sum(q.maximum for q in self.questions)

    @property
    def written(self) -> tuple[WrittenScore, ...]:
        """Everything a reader marks."""
        return tuple(w for q in self.questions for w in q.written)

    def find(self, question: str) -> QuestionScore:
        """The score of this question; KeyError if it is not scored."""
        for found in self.questions:
            if found.question == question:
                return found
        raise KeyError(question)


def score(case: CaseSpec, key: Key, sheet: Sheet) -> CaseScore:
    """What this sheet earns. Never raises for what a sheet holds: what is not a valid answer earns nothing."""
    reading = _Reading(case, sheet)
    return CaseScore(case.slug, tuple(_question(q, key, reading) for q in case.question if q.points))


def _question(question: Question, key: Key, reading: _Reading) -> QuestionScore:
    value = reading.value(question)
    maximum = key.automatic(question.id)
    aspects = tuple(
        AspectScore(rule.aspect, 0.0 if value is None else _share(question, value, rule, reading), rule.points)
        for rule in key.rules(question.id)
    )
    points = min(max(sum(a.share * a.maximum for a in aspects), 0.0), maximum)
    text = value if question.kind == "text" and isinstance(value, str) else ""
    written = tuple(
        WrittenScore(grade_id(reading.case.slug, question.id, c.id), c.id, c.points, text)
        for c in key.criteria(question.id)
    )
    name = grade_id(reading.case.slug, question.id)
    return QuestionScore(name, question.id, float(round(points, 2)), float(maximum), value, aspects, written)


def _share(question: Question, value: Any, rule: Rule, reading: _Reading) -> float:
    if not reading.sound(question):
        return 0.0
    if isinstance(rule, Metric):
        return _band(rule, reading.metrics(question.scored_round).get(rule.metric))
    if isinstance(rule, Options):
        return _clip(sum(rule.options.get(a, 0.0) for a in atoms(question, value)))
    if isinstance(rule, Agrees):
        other = reading.case.find(rule.other)
        if not reading.sound(other):
            return 0.0
        theirs = atoms(other, reading.value(other))
        return _clip(sum(rule.pairs.get(f"{a}.{b}", 0.0) for a in atoms(question, value) for b in theirs))
    return 1.0  # a valid answer, which `sound` has just established


def _band(rule: Metric, figure: float | None) -> float:
    if figure is None:
        return 0.0
    for threshold, share in rule.bands:
        if figure <= threshold if rule.below else figure >= threshold:
            return share
    return 0.0


def _clip(share: float) -> float:
    return round(min(max(share, 0.0), 1.0), 9)


class _Reading:
    """One sheet seen through its case: the values that count, normalised; None for what is no answer."""

    def __init__(self, case: CaseSpec, sheet: Sheet) -> None:
        self.case, self.sheet = case, sheet
        self._values: dict[tuple[str, str], Any] = {}
        self._sound: dict[tuple[str, str], bool] = {}
        self._metrics: dict[str, Mapping[str, float]] = {}

    def decision(self, which: Literal["first", "last"]) -> Mapping[str, Any]:
        """The decision of the first or the last round; empty if none was committed."""
        rounds = self.sheet.rounds
        return rounds[0 if which == "first" else -1].decision if rounds else {}

    def value(self, question: Question, which: Literal["first", "last"] | None = None) -> Any:
        """The answer that counts, or None."""
        which = which or question.scored_round
        place = (question.id, which)
        if place not in self._values:
            in_round = question.phase in {"declare", "decide"}
            raw = self.decision(which).get(question.id) if in_round else self.sheet.value(question.id)
            self._values[place] = _normal(question, raw)
        return self._values[place]

    def sound(self, question: Question, which: Literal["first", "last"] | None = None) -> bool:
        """Whether the answer is complete and breaks no hard limit."""
        which = which or question.scored_round
        place = (question.id, which)
        if place not in self._sound:
            value = self.value(question, which)
            live = None if value is None else kinds.live(question, value, _mute)
            self._sound[place] = live is not None and live.answered and not live.blocking
        return self._sound[place]

    def metrics(self, which: Literal["first", "last"]) -> Mapping[str, float]:
        """The model's figures for that round; empty if the page would not have let the round through."""
        if which not in self._metrics:
            self._metrics[which] = self._worked_out(which)
        return self._metrics[which]

    def _worked_out(self, which: Literal["first", "last"]) -> Mapping[str, float]:
        asked = self.case.phase("declare", "decide")
        for question in asked:
            if self.value(question, which) is None:
                if question.required:
                    return {}
            elif not self.sound(question, which):
                return {}
        decision = {q.id: self.value(q, which) for q in asked if self.value(q, which) is not None}
        return _metrics(self.case, decision)


def _mute(_path: str, /, **_values: object) -> str:
    """Says nothing: whether an answer is sound needs no sentence about it."""
    return ""


def _normal(question: Question, raw: Any) -> Any:
    if raw is None:
        return None
    try:
        value = kinds.normalise(question, raw)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
        return None
    blank = value is None or value in ("", [], {}) or (isinstance(value, str) and not value.strip())
    return None if blank else value


def _metrics(case: CaseSpec, decision: Mapping[str, Any]) -> Mapping[str, float]:
    """The model's figures for a decision: one run, remembered."""
    assert case.scenario is not None  # keys are checked: only cases with a model have metric rules
    place = (id(case), json.dumps(decision, sort_keys=True))
    if place not in _MEMO:
        from itguide.models import model

        engine_model = model(case.scenario.model)
        if id(case) not in _SCENARIOS:
            _remember(_SCENARIOS, id(case), (case, engine_model.scenario(case)))
        _remember(_MEMO, place, (case, dict(engine_model.run(_SCENARIOS[id(case)][1], decision).metrics)))
    _MEMO.move_to_end(place)
    return _MEMO[place][1]


def _remember(memory: OrderedDict[Any, Any], place: Any, found: Any) -> None:
    memory[place] = found
    if len(memory) > _MEMO_SIZE:
        memory.popitem(last=False)


def marks(case: CaseSpec, key: keys.Key) -> dict[str, float]:
    """Every mark the gradebook holds for a case, by grade id, with its most points, in the order asked."""
    found: dict[str, float] = {}
    for question in case.question:
        if automatic := key.automatic(question.id):
            found[grade_id(case.slug, question.id)] = float(automatic)
        for criterion in key.criteria(question.id):
            found[grade_id(case.slug, question.id, criterion.id)] = float(criterion.points)
    return found
