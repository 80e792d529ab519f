"""The measures of Section I of the Agreement on Trade Facilitation: numbers, strength, and what each of them takes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import StringConstraints, model_validator

from itguide.content import read_toml
from itguide.paths import shelves
from itguide.spec import Frozen, Id, Text, repeated
from itguide.text import SOURCE, translate

Number = Annotated[str, StringConstraints(pattern=r"^\d{1,2}(\.\d{1,2}){0,2}(\([a-z]+\))?$")]
Force = Literal["shall", "practicable", "endeavour", "encouraged", "conditional", "open"]
Ict = Literal["carries", "helps", "little"]
FORCES: tuple[Force, ...] = ("shall", "practicable", "endeavour", "encouraged", "conditional", "open")
ICT: tuple[Ict, ...] = ("carries", "helps", "little")
_TEXTS = ("title", "duty", "does", "law", "organisation", "partners", "also", "says")


def anchor(no: str) -> str:
    """The address of a measure or paragraph within the page: `5.1(a)` is at `#art-5-1-a`."""
    return "art-" + re.sub(r"[^0-9a-z]+", "-", no).strip("-")


class Article(Frozen):
    """One article, the heading over its measures."""

    no: Number
    title: Text


class Part(Frozen):
    """One paragraph of a measure in a sentence of ours, and how strongly it binds."""

    no: Number
    force: Force
    says: Text


class Measure(Frozen):
    """One of the measures a member notifies: what it asks for, what ICT can do, what must stand outside the system."""

    no: Number
    title: Text
    force: Force
    duty: Text
    ict: Ict
    does: Text
    law: str = ""
    organisation: str = ""
    partners: str = ""
    after: tuple[Number, ...] = ()
    cases: tuple[Id, ...] = ()
    also: str = ""  # further words people search for
    part: tuple[Part, ...]

    @property
    def article(self) -> str:
        """The number of its article."""
        return self.no.partition(".")[0]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if not self.part:
            raise ValueError(f"measure {self.no} has no paragraphs")
        for part in self.part:
            if part.no != self.no and not re.match(rf"{re.escape(self.no)}[.(]", part.no):
                raise ValueError(f"paragraph {part.no} does not belong to measure {self.no}")
        if self.no in self.after:
            raise ValueError(f"measure {self.no} cannot come after itself")
        return self


class Measures(Frozen):
    """The whole reference, in the order of the Agreement."""

    source: Id
    article: tuple[Article, ...]
    measure: tuple[Measure, ...]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        known = [m.no for m in self.measure]
        everything = [(a.no, a.title) for a in self.article], known, [p.no for m in self.measure for p in m.part]
        for numbers in ([no for no, _ in everything[0]], *everything[1:]):
            if twice := repeated(numbers):
                raise ValueError(f"{twice} is there more than once")
        if known != sorted(known, key=_order):
            raise ValueError("the measures do not stand in the order of the Agreement")
        for measure in self.measure:
            if measure.article not in {a.no for a in self.article}:
                raise ValueError(f"measure {measure.no}: article {measure.article} is missing")
            if unknown := set(measure.after) - set(known):
                raise ValueError(f"measure {measure.no} comes after {min(unknown)}, which is not a measure")
        return self

    def find(self, no: str) -> Measure:
        """The measure of this number; KeyError if there is none."""
        for measure in self.measure:
            if measure.no == no:
                return measure
        raise KeyError(no)


def _order(no: str) -> tuple[int, ...]:
    return tuple(int(n) for n in no.split("."))


@lru_cache(maxsize=4)
def _read(path: Path) -> Measures:
    return read_toml(path, Measures)


def measures(lang: str = SOURCE) -> Measures:
    """The reference in a language. ContentError if its file is wrong."""
    found = _read(shelves().curriculum / "measures.toml")
    if lang == SOURCE:
        return found
    told = {path: translate(path, text, lang) for path, text in units()}
    return Measures.model_validate(_swap(found.model_dump(mode="json"), "measures", told))


def units() -> Iterator[tuple[str, str]]:
    """Every text of the reference, by its path: `measures/measure/7.4/part/7.4.1/says`."""

    def walk(value: Any, path: str) -> Iterator[tuple[str, str]]:
        if isinstance(value, list):
            for item in value:
                if isinstance(item, dict):
                    yield from walk(item, f"{path}/{item['no']}")
        elif isinstance(value, dict):
            for key, inner in value.items():
                if key in _TEXTS and inner:
                    yield f"{path}/{key}", inner
                else:
                    yield from walk(inner, f"{path}/{key}")

    if (shelves().curriculum / "measures.toml").is_file():  # a course of one's own need not have it
        yield from walk(measures().model_dump(mode="json"), "measures")


def _swap(value: Any, path: str, told: dict[str, str]) -> Any:
    if isinstance(value, list):
        return [_swap(v, f"{path}/{v['no']}" if isinstance(v, dict) else path, told) for v in value]
    if isinstance(value, dict):
        return {k: told.get(f"{path}/{k}", v) if k in _TEXTS else _swap(v, f"{path}/{k}", told)
                for k, v in value.items()}  # fmt: skip
    return value
