"""Pure decision models, one module each: a frozen scenario and a decision in, an outcome out."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Protocol, cast

from itguide.spec import CaseSpec


class Outcome(Protocol):
    """What a model says of a decision. `metrics` are rounded: scoring, sentences and sheets read only these."""

    @property
    def metrics(self) -> Mapping[str, float]: ...


class Model(Protocol):
    """A model module."""

    def scenario(self, case: CaseSpec) -> Any: ...

    def run(self, scenario: Any, answers: Mapping[str, Any]) -> Outcome: ...


def model(name: str) -> Model:
    """The model of this name; ModuleNotFoundError if the engine has none."""
    return cast(Model, import_module(f"{__name__}.{name}"))
