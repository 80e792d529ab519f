"""Worked answers that prove a key fair: exemplars that must do well, samples that must earn what is stated."""

from __future__ import annotations

import json
from typing import Any, Literal

from pydantic import Field, ValidationError

from itguide.answers import Answer, Round, Sheet
from itguide.errors import ContentError, Problem
from itguide.keys import folder
from itguide.kinds import inject
from itguide.spec import CaseSpec, Frozen, Id, Text


class Expect(Frozen):
    """What an example must earn: points by question, and the share of all automatic points from .. to."""

    points: dict[Id, float] = Field(default_factory=dict)
    share: tuple[float, float] | None = None


class Example(Frozen):
    """One worked answer: an exemplar (must do well) or a sample (must earn what is stated)."""

    name: str
    says: Text
    answers: dict[Id, Any] = Field(default_factory=dict)
    rounds: tuple[dict[Id, Any], ...] | None = None
    written: dict[str, float] = Field(default_factory=dict)
    expect: Expect = Expect()


def examples(slug: str, shelf: Literal["exemplars", "samples"]) -> tuple[Example, ...]:
    """The worked answers on one shelf, by file name. ContentError names every unreadable one."""
    found: list[Example] = []
    problems: list[Problem] = []
    for path in sorted((folder(slug) / shelf).glob("*.json")):
        place = f"grading/keys/{slug}/{shelf}/{path.name}"
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            found.append(Example.model_validate({"name": path.stem, **_expectation(data)}))
        except ValidationError as error:
            problems += [Problem(place, ".".join(map(str, e["loc"])), e["msg"]) for e in error.errors()]
        except (ValueError, TypeError, AttributeError) as error:
            problems.append(Problem(place, "", f"not readable: {error}"))
    if problems:
        raise ContentError(problems)
    return tuple(found)


def _expectation(data: dict[str, Any]) -> dict[str, Any]:
    """`expect` as people write it, points by question beside `share`, in the model's form."""
    expect = dict(data.get("expect", {}))
    share = expect.pop("share", None)
    return {**data, "expect": {"points": expect, "share": share}}


def read_all(case: CaseSpec) -> dict[str, str]:
    """What a whole round holds of a case's injects: whoever signs has read them, so no example has to say so."""
    return {q.id: inject.READ for q in inject.injects(case)}


def example_sheet(case: CaseSpec, example: Example) -> Sheet:
    """The sheet of a worked answer; without rounds of its own, one round with what it declares and decides."""
    decided = [q.id for q in case.phase("declare", "decide")]
    decisions = example.rounds
    if decisions is None:
        one = {q: example.answers[q] for q in decided if q in example.answers}
        decisions = (one,) if one else ()
    decisions = tuple({**read_all(case), **decision} for decision in decisions)
    prediction = {q.id: example.answers[q.id] for q in case.phase("predict") if q.id in example.answers}
    answers = {**(decisions[-1] if decisions else {}), **example.answers}
    return Sheet(
        case.slug, "", "", "",
        {q: Answer(value, 1, "") for q, value in answers.items()},
        tuple(Round(n, "", prediction, decision, {}) for n, decision in enumerate(decisions, start=1)),
    )  # fmt: skip
