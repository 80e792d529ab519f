"""Reads the shelves: TOML into frozen models, all problems collected with their place."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ValidationError

from itguide.errors import ContentError, Problem
from itguide.paths import shelves
from itguide.spec import CaseSpec, Frozen, Id, Text

ModelT = TypeVar("ModelT", bound=BaseModel)
PARTS = ("brief", "notes", "considered")  # what two strong answers weighed: shown in feedback only
OPTIONAL = frozenset({"considered"})
ENCODING = "utf-8-sig"  # some editors put a mark at the beginning of a file; it is no part of the text
NOT_UTF8 = "is not saved as UTF-8; save it again with that encoding"


class Objective(Frozen):
    """What a participant can do after a module."""

    id: Id
    says: Text


class CaseRef(Frozen):
    """A case's place in a module: lead (an hour in a room), short, or self-paced."""

    slug: Id
    room: Literal["lead", "short", "self_paced"]


class Module(Frozen):
    """One module: a notebook, its cases in order, what it is for."""

    slug: Id
    title: Text
    summary: Text
    minutes: int
    objective: tuple[Objective, ...] = ()
    chapter: str = ""
    notebook: str
    case: tuple[CaseRef, ...]


class Step(Frozen):
    """One line of a timetable."""

    what: Text
    minutes: int
    module: str = ""
    case: str = ""


class Track(Frozen):
    """A timetable: two days, one day, half a day; `cut` says what goes first when time is short."""

    id: Id
    label: Text
    minutes: int
    step: tuple[Step, ...]
    cut: tuple[str, ...] = ()


class Syllabus(Frozen):
    """What is taught and in which order. `version` is the content version sheets carry."""

    version: Text
    title: Text
    module: tuple[Module, ...]
    track: tuple[Track, ...] = ()


class Reference(Frozen):
    """One source: P = its publisher's text was opened, cautious = attribute it."""

    id: Id
    title: Text
    publisher: Text
    year: int
    url: Text
    status: Literal["P", "cautious"]
    read: Text
    says: tuple[Text, ...]


class References(Frozen):
    """The file of references."""

    reference: tuple[Reference, ...] = ()


class Term(Frozen):
    """One standard term with its translations."""

    id: Id
    term: Text
    meaning: Text
    es: str = ""
    fr: str = ""
    pt: str = ""


class Glossary(Frozen):
    """The file of terms."""

    term: tuple[Term, ...] = ()


def _field(data: Any, loc: Iterable[int | str]) -> str:
    """A validation location as a person writes it: list positions become ids where things have ids."""
    parts: list[str] = []
    for step in loc:
        if isinstance(step, int):
            item = data[step] if isinstance(data, list | tuple) and step < len(data) else None
            name = item.get("id") or item.get("slug") if isinstance(item, dict) else None
            parts[-1:] = [f"{parts[-1] if parts else ''}[{name or step + 1}]"]
            data = item
        else:
            parts.append(step)
            data = data.get(step) if isinstance(data, dict) else None
    return ".".join(parts)


def _shelf_name(path: Path) -> str:
    root = shelves().cases.parent
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name


def read_toml(path: Path, model: type[ModelT]) -> ModelT:
    """One TOML file as a model. ContentError names every problem with its field."""
    name = _shelf_name(path)
    try:
        data = tomllib.loads(path.read_text(encoding=ENCODING))
    except FileNotFoundError:
        raise ContentError([Problem(name, "", "the file is missing")]) from None
    except UnicodeDecodeError:
        raise ContentError([Problem(name, "", NOT_UTF8)]) from None
    except tomllib.TOMLDecodeError as error:
        raise ContentError([Problem(name, "", f"not readable as TOML: {error}")]) from None
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise ContentError([Problem(name, _field(data, e["loc"]), _words(e)) for e in error.errors()]) from None


_SAID = {
    "extra_forbidden": "is not a known field; remove it or correct its spelling",
    "missing": "is missing",
    "string_too_short": "is empty",
    "string_pattern_mismatch": "is not a valid id: small letters, digits and single underscores, "
    "beginning with a letter",
    "string_type": "should be text in quotation marks",
    **dict.fromkeys(("float_parsing", "float_type", "int_parsing", "int_type"), "should be a number"),
    "int_from_float": "should be a whole number",
    **dict.fromkeys(("bool_parsing", "bool_type"), "should be true or false"),
    **dict.fromkeys(("list_type", "tuple_type"), "should be a list"),
    **dict.fromkeys(("dict_type", "model_type", "model_attributes_type"), "should be a table"),
}


def _words(error: Any) -> str:
    """What an author reads instead of pydantic's message."""
    kind, more = error["type"], error.get("ctx", {})
    if kind in _SAID:
        return _SAID[kind]
    if kind == "literal_error":
        return f"should be one of these: {more['expected']}"
    if kind == "union_tag_invalid":
        return f"{more['discriminator']} should be one of these: {more['expected_tags']}"
    if kind == "union_tag_not_found":
        return f"{more['discriminator']} is missing"
    return str(error["msg"]).removeprefix("Value error, ").removeprefix("Input ")


@lru_cache(maxsize=64)
def load_case(slug: str) -> CaseSpec:
    """The case of this slug; its folder, slug and model must agree."""
    path = shelves().cases / slug / "case.toml"
    case = read_toml(path, CaseSpec)
    if case.slug != slug:
        raise ContentError([Problem(_shelf_name(path), "slug", f"is '{case.slug}' but the folder is '{slug}'")])
    return case


@lru_cache(maxsize=128)
def case_text(slug: str, name: str) -> str:
    """The Markdown of one part of a case (one of PARTS); empty if there is none. ContentError if not UTF-8."""
    path = shelves().cases / slug / f"{name}.md"
    try:
        return path.read_text(encoding=ENCODING) if path.is_file() else ""
    except UnicodeDecodeError:
        raise ContentError([Problem(_shelf_name(path), "", NOT_UTF8)]) from None


@lru_cache(maxsize=1)
def syllabus() -> Syllabus:
    """The syllabus."""
    return read_toml(shelves().curriculum / "syllabus.toml", Syllabus)


@lru_cache(maxsize=1)
def references() -> dict[str, Reference]:
    """All references by id."""
    return {r.id: r for r in read_toml(shelves().curriculum / "references.toml", References).reference}


def module(slug: str) -> Module:
    """The module of this slug; KeyError if there is none."""
    for found in syllabus().module:
        if found.slug == slug:
            return found
    raise KeyError(slug)


def module_cases(slug: str) -> tuple[CaseSpec, ...]:
    """The cases of a module in order."""
    return tuple(load_case(ref.slug) for ref in module(slug).case)


def forget() -> None:
    """Reads everything anew next time (content was edited, or another shelf is in force)."""
    shelves.cache_clear()
    for cached in (load_case, case_text, syllabus, references):
        cached.cache_clear()
