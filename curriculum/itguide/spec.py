"""The shape of a case: frozen models that refuse what they do not know.

Texts never decide anything: ids do. Every number in a scenario or on an item says where it
comes from, or that it is invented.
"""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=40)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Phase = Literal["predict", "declare", "decide", "justify", "own", "check"]
Kind = Literal[
    "choice", "choices", "number", "text", "allocate", "classify", "schedule", "rank", "link", "inject", "place",
    "lanes",
]  # fmt: skip
PHASES: tuple[Phase, ...] = ("predict", "declare", "decide", "justify", "own", "check")


def repeated(ids: list[str]) -> str:
    """The ids that stand more than once, as words; empty if there are none."""
    return ", ".join(f"'{i}'" for i in dict.fromkeys(ids) if ids.count(i) > 1)


class Frozen(BaseModel):
    """A value: cannot change, refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Sourced(Frozen):
    """Something with numbers in it: names its reference, or admits that it is invented."""

    source: Id | None = None
    invented: bool = False


class Param(Sourced):
    """One scenario parameter. `value` is a number, a list or a table of numbers or ids; `unit` in words."""

    value: Any
    unit: str = ""
    says: str = ""

    @model_validator(mode="after")
    def _owned(self) -> Self:
        if (self.source is None) == (not self.invented):
            raise ValueError("a parameter has either 'source' (a reference id) or 'invented = true'")
        return self


class Scenario(Frozen):
    """A model's name and its parameters."""

    model: Id
    param: dict[Id, Param] = {}

    def __getitem__(self, name: str) -> Any:
        return self.param[name].value


class Seen(Frozen):
    """Where somebody else places an item on a grid, and on what evidence."""

    view: Id
    row: Id
    column: Id
    detail: str = ""


class Move(Frozen):
    """Another place for a step of a lane map: a change that may be made on it. Left out, lane and moment stay."""

    id: Id
    label: Text
    detail: str = ""
    lane: Id | None = None
    moment: Id | None = None
    follows: tuple[Id, ...] | None = None  # steps it waits for there; left out, as before
    frees: bool = False  # nothing waits for it any more
    rest: str = ""  # what stays at the old place, if not all of it moves


class Option(Sourced):
    """One thing to choose, place, weigh or schedule. `note` is shown only after the first committed round."""

    id: Id
    label: Text
    detail: str = ""
    note: str = ""
    tags: tuple[Id, ...] = ()
    group: Id | None = None
    right: bool = False  # self-checks only: the answer is in the open
    alone: bool = False  # choices: cannot be chosen together with another
    floor: int = 0  # allocate: the least share
    use: dict[Id, tuple[float, ...]] = {}  # schedule: units drawn, per period from its start
    requires: tuple[Id, ...] = ()  # schedule: must have started at least `lag` periods before
    lag: int = 1
    ended: bool = False  # schedule: what it requires must be over, not only begun
    latest: int | None = None  # schedule: last period in which it may start (1-based)
    length: int = Field(default=0, ge=0)  # schedule: periods it lasts; 0 = as long as it draws
    due: int | None = None  # schedule: the period by whose end it is promised; shown, never a limit
    seen: tuple[Seen, ...] = ()  # place: where others put it
    value: dict[Id, float] = {}  # further quantities a model reads
    lane: Id | None = None  # lanes: the category it stands in today
    moment: Id | None = None  # lanes: the period it happens in today
    follows: tuple[Id, ...] = ()  # lanes: the steps it waits for today
    move: tuple[Move, ...] = ()  # lanes: where else it could stand


class Named(Frozen):
    """An id with its words: a category, a period, a group, a criterion."""

    id: Id
    label: Text
    detail: str = ""
    least: int | None = None  # classify: fewest items in this category
    most: int | None = None  # classify: most items in this category
    gate: str = ""  # lanes: what the line ahead of this period stands for; the clock runs from the first to the last


class Limit(Frozen):
    """What a schedule may draw: one number per period. `cumulative` lets what is unspent roll over.

    With `pool`, so many periods share one number: `per_period` then has one for each pool.
    """

    id: Id
    label: Text
    unit: str
    per_period: tuple[float, ...]
    pool: int = Field(default=1, ge=1)
    cumulative: bool = False
    hard: bool = True  # soft limits warn but do not stop a round
    decimals: int = 1


class Aspect(Frozen):
    """One thing an answer is judged on, in words. Points and thresholds are not here: they are in the key."""

    id: Id
    title: Text
    holds: Text
    conditions: Text
    fails: Text


class Carries(Frozen):
    """Which question of which case suggests the first answer; `default` if it was never answered there."""

    case: Id
    question: Id
    default: Any = None


class Question(Frozen):
    """One question: what is asked, how it is answered, what limits an answer.

    `points` is the automatic total plus the written total; the key splits it over aspects and criteria.
    """

    id: Id
    kind: Kind
    phase: Phase
    prompt: Text
    help: str = ""
    points: int = Field(default=0, ge=0)
    required: bool = True  # a required decision must be answered before a round can be committed
    scored_round: Literal["first", "last"] = "last"
    option: tuple[Option, ...] = ()
    category: tuple[Named, ...] = ()  # classify
    period: tuple[Named, ...] = ()  # schedule
    row: tuple[Named, ...] = ()  # place: from the bottom up
    column: tuple[Named, ...] = ()  # place: from the left
    axis: tuple[Named, ...] = ()  # place: what rows measure, then what columns measure
    view: tuple[Named, ...] = ()  # place: others whose placings are shown
    group: tuple[Named, ...] = ()  # headings among options
    limit: tuple[Limit, ...] = ()  # schedule
    layout: Literal["", "gantt"] = ""  # schedule: bars with their dependencies and events instead of a grid of cells
    carries: Carries | None = None  # declare: what was decided in another case is suggested here
    least: float | None = None  # choices, link: fewest; number: lowest
    most: float | None = None  # choices, link: most; number: highest
    step: float = 1  # number, allocate
    unit: str = ""
    total: int = 100  # allocate
    metric: Id | None = None  # predict, number: the model's figure that is later shown beside what was expected
    times: float = 1  # predict: how many of the question's units are one of the metric's (100: a share as "in 100")
    words: int = 0  # text: the most words
    lines: int = 3  # text: height of the field
    aspect: tuple[Aspect, ...] = ()
    criterion: tuple[Named, ...] = ()  # text: what a reader marks, one mark each
    explain: str = ""  # check: shown once answered
    hour: float | None = None  # inject: the hour of the incident at which it arrives; `most` is the clock's last hour

    @model_validator(mode="after")
    def _whole(self) -> Self:
        ids = [o.id for o in self.option]
        if twice := repeated(ids):
            raise ValueError(f"option ids must be different from each other; {twice} is there more than once")
        listed = {"choice", "choices", "allocate", "classify", "schedule", "rank", "link", "place", "lanes"}
        if self.kind in listed and len(ids) < 2:
            raise ValueError(f"a question of kind '{self.kind}' needs at least two options")
        if self.kind == "classify" and len(self.category) < 2:
            raise ValueError("a question of kind 'classify' needs at least two categories")
        if self.kind == "schedule" and not self.period:
            raise ValueError("a question of kind 'schedule' needs periods")
        if self.kind == "place":
            self._gridded()
        if self.kind == "lanes":
            self._mapped()
        if self.kind == "text" and self.words <= 0:
            raise ValueError("a question of kind 'text' needs 'words', the most words it takes")
        if self.least is not None and self.most is not None and self.least > self.most:
            raise ValueError(f"'least' ({self.least:g}) is more than 'most' ({self.most:g})")
        for limit in self.limit:
            if len(limit.per_period) * limit.pool != len(self.period):
                each = f"{limit.pool} periods" if limit.pool > 1 else "period"
                raise ValueError(f"limit '{limit.id}' needs one number per {each}")
        for option in self.option:
            for other in option.requires:
                if other not in ids:
                    raise ValueError(f"option '{option.id}' requires '{other}', which is not an option")
            if option.latest is not None and not 1 <= option.latest <= len(self.period):
                raise ValueError(f"option '{option.id}': 'latest' is not one of the periods")
            if option.due is not None and not 1 <= option.due <= len(self.period):
                raise ValueError(f"option '{option.id}': 'due' is not one of the periods")
            if unknown := set(option.use) - {limit.id for limit in self.limit}:
                raise ValueError(f"option '{option.id}' uses '{min(unknown)}', which is not a limit of the question")
            if (option.use or option.value) and (option.source is None) == (not option.invented):
                raise ValueError(f"option '{option.id}' has numbers: give 'source' or 'invented = true'")
        if self.phase in {"predict", "own", "check"} and self.points:
            raise ValueError(f"a question of phase '{self.phase}' carries no points")
        if self.layout and self.kind != "schedule":
            raise ValueError("only a schedule has a 'layout'")
        if self.carries and self.phase != "declare":
            raise ValueError("only a question of phase 'declare' carries an answer over")
        if self.phase == "check" and self.kind not in {"choice", "choices"}:
            raise ValueError("a self-check is of kind 'choice' or 'choices'")
        if (self.kind == "inject") != (self.hour is not None):
            raise ValueError("an inject, and only an inject, has an 'hour'")
        if self.hour is not None and (self.phase != "decide" or self.points or not self.required):
            raise ValueError("an inject belongs to phase 'decide', is required and carries no points")
        if self.hour is not None and not 0 <= self.hour <= (self.most or 0):
            raise ValueError(f"'hour' ({self.hour:g}) lies on a clock from 0 to 'most'")
        if self.metric and (self.phase, self.kind) != ("predict", "number"):
            raise ValueError("only a prediction of kind 'number' is shown beside a 'metric'")
        if self.criterion and self.kind != "text":
            raise ValueError("only a text question has criteria")
        return self

    def _gridded(self) -> None:
        if len(self.row) < 2 or len(self.column) < 2 or len(self.axis) != 2:
            raise ValueError("a question of kind 'place' needs at least two rows, two columns and two axes")
        for name, listed in (("row", self.row), ("column", self.column), ("view", self.view)):
            known = [n.id for n in listed]
            if twice := repeated(known):
                raise ValueError(f"{name} ids must be different from each other; {twice} is there more than once")
            for option in self.option:
                if unknown := {getattr(seen, name) for seen in option.seen} - set(known):
                    raise ValueError(f"option '{option.id}' is seen at the {name} '{min(unknown)}', which is not there")

    def _mapped(self) -> None:
        lanes, moments, steps = ({n.id for n in listed} for listed in (self.category, self.period, self.option))
        if len(lanes) < 2 or len(moments) < 2:
            raise ValueError("a question of kind 'lanes' needs at least two categories and two periods")
        for option in self.option:
            if twice := repeated([move.id for move in option.move]):
                raise ValueError(f"option '{option.id}' has moves of one id: {twice}")
            places = [(option.lane, option.moment)]
            places += [(m.lane or option.lane, m.moment or option.moment) for m in option.move]
            for lane, moment in places:
                if lane not in lanes or moment not in moments:
                    raise ValueError(f"option '{option.id}' stands at '{lane}', '{moment}', which is not on the map")
            if len(set(places)) < len(places):
                raise ValueError(f"option '{option.id}': every move needs a place of its own, away from today's")
            for other in (*option.follows, *(f for m in option.move for f in m.follows or ())):
                if other not in steps:
                    raise ValueError(f"option '{option.id}' follows '{other}', which is not a step")

    def find(self, option_id: str) -> Option:
        """The option of this id; KeyError if there is none."""
        for option in self.option:
            if option.id == option_id:
                return option
        raise KeyError(option_id)


class Sentence(Frozen):
    """A sentence template with named places, `{like_this}`; `one` is used when `count` is 1."""

    other: Text
    one: str = ""


class CaseSpec(Frozen):
    """One case, without its long texts (brief, notes), which stand beside it as Markdown."""

    slug: Id
    title: Text
    module: Id
    minutes: int = Field(gt=0)
    summary: Text  # the dilemma in a sentence, for the home page
    commit: str = ""  # the verb button that commits a round; no button without it
    again: str = ""  # the same button from the second round on
    objectives: tuple[Id, ...] = ()
    sources: tuple[Id, ...] = ()
    scenario: Scenario | None = None
    question: tuple[Question, ...]
    sentence: dict[Id, Sentence] = {}

    @model_validator(mode="after")
    def _whole(self) -> Self:
        ids = [q.id for q in self.question]
        if twice := repeated(ids):
            raise ValueError(f"question ids must be different from each other; {twice} is there more than once")
        arrives = [q.hour for q in self.question if q.hour is not None]
        if arrives != sorted(set(arrives)):
            raise ValueError("injects stand in the order of their hours, each at an hour of its own")
        if self.phase("decide") and not self.commit:
            raise ValueError("a case with decisions needs 'commit', the words of its verb button")
        return self

    def phase(self, *phases: Phase) -> tuple[Question, ...]:
        """The questions of these phases, in the order they are asked."""
        return tuple(q for q in self.question if q.phase in phases)

    def find(self, question_id: str) -> Question:
        """The question of this id; KeyError if there is none."""
        for question in self.question:
            if question.id == question_id:
                return question
        raise KeyError(question_id)

    @property
    def points(self) -> int:
        """The case's full marks."""
        return sum(q.points for q in self.question)


_WORDS = {"title", "summary", "commit", "again", "prompt", "help", "label", "detail", "note", "unit", "says", "holds",
          "conditions", "fails", "explain", "sentence", "minutes", "sources", "objectives", "lines",
          "source", "invented", "right", "decimals", "layout", "carries", "metric", "times", "gate", "rest",
          "alone"}  # fmt: skip


_NUMBERS = {"use", "value"}  # tables under names of their own: whatever the name, they count as they stand


def _bones(value: Any, named: bool = False) -> Any:
    if isinstance(value, dict):
        return {k: v if k in _NUMBERS and not named else _bones(v, named=k == "param" and not named)
                for k, v in sorted(value.items()) if named or k not in _WORDS}  # fmt: skip
    if isinstance(value, list):
        return [_bones(v) for v in value]
    return value


def scoring_digest(*cases: CaseSpec) -> str:
    """A digest of ids, kinds, limits, scenario numbers and points of these cases; texts do not enter it.

    32 hexadecimal characters of SHA-256 over canonical JSON.
    """
    scored = [
        {**_bones(case.model_dump(mode="json")),
         "question": [_bones(q.model_dump(mode="json")) for q in case.question if q.phase not in {"own", "check"}]}
        for case in cases
    ]  # fmt: skip
    text = json.dumps(scored, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
