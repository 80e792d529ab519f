"""The list of references and the glossary: complete, unique, and pointing only at publishers.

What a footnote may cite and what a word means are data that people edit by hand, so each
rule of the head of `references.toml` that a machine can check is checked here.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

CURRICULUM = Path(__file__).resolve().parents[2] / "curriculum"
ID = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
LANGUAGES = ("es", "fr", "pt")
LAST_YEAR = 2026

# Places that copy, share or retell: never the original publisher.
DENIED = (
    "1library",
    "56ok",
    "archive",
    "blogger",
    "blogspot",
    "calameo",
    "coursehero",
    "cupdf",
    "doc4pdf",
    "docplayer",
    "docsbay",
    "docslib",
    "docstoc",
    "documents.pub",
    "doczz",
    "dokumen",
    "fdocuments",
    "financedocbox",
    "ininet",
    "issuu",
    "lawsdocbox",
    "medium.com",
    "pdfcoffee",
    "pdffox",
    "pdfslide",
    "scribd",
    "slideplayer",
    "slideshare",
    "studylib",
    "substack",
    "vdocument",
    "wiki",
    "wixlib",
    "wordpress",
    "yumpu",
)


def _table(name: str, key: str) -> list[dict[str, Any]]:
    with (CURRICULUM / name).open("rb") as file:
        content = tomllib.load(file)
    assert list(content) == [key], f"{name} holds [[{key}]] tables and nothing else"
    rows: list[dict[str, Any]] = content[key]
    return rows


REFERENCES = _table("references.toml", "reference")
TERMS = _table("glossary.toml", "term")
each_reference = pytest.mark.parametrize("row", REFERENCES, ids=lambda row: row.get("id", "?"))
each_term = pytest.mark.parametrize("row", TERMS, ids=lambda row: row.get("id", "?"))


def _repeated(values: list[str]) -> list[str]:
    return sorted({value for value in values if values.count(value) > 1})


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip()) and value == value.strip()


@pytest.mark.parametrize("rows", [REFERENCES, TERMS], ids=["references", "glossary"])
def test_ids_are_unique(rows: list[dict[str, Any]]) -> None:
    assert _repeated([row["id"] for row in rows]) == []


@each_reference
def test_reference_is_complete(row: dict[str, Any]) -> None:
    assert set(row) == {"id", "title", "publisher", "year", "url", "status", "read", "says"}
    assert ID.fullmatch(row["id"])
    for field in ("title", "publisher", "url", "read"):
        assert _is_text(row[field]), field
        assert "\n" not in row[field], f"{field} is one line"
    assert type(row["year"]) is int
    assert 1900 < row["year"] <= LAST_YEAR
    assert row["status"] in {"P", "cautious"}
    assert isinstance(row["says"], list)
    assert row["says"], "a reference that says nothing supports nothing"
    assert all(_is_text(fact) for fact in row["says"])


@each_reference
def test_reference_points_at_a_publisher(row: dict[str, Any]) -> None:
    parts = urlsplit(row["url"])
    assert parts.scheme in {"http", "https"}
    host = parts.hostname or ""
    assert "." in host
    assert [part for part in DENIED if part in host] == []


@each_reference
def test_cautious_facts_carry_their_attribution(row: dict[str, Any]) -> None:
    if row["status"] == "cautious":
        unattributed = [fact for fact in row["says"] if not fact.startswith("According to ")]
        assert unattributed == []


@each_reference
def test_ids_named_in_read_exist_and_are_never_in_what_is_printed(row: dict[str, Any]) -> None:
    known = {other["id"] for other in REFERENCES}
    named = re.findall(r"\b[a-z]+(?:_[a-z0-9]+)+\b", row["read"])
    assert [name for name in named if name not in known] == []
    printed = " ".join(row["says"])
    assert [name for name in known if re.search(rf"\b{name}\b", printed)] == []


@each_term
def test_term_is_complete(row: dict[str, Any]) -> None:
    assert set(row) == {"id", "term", "meaning", *LANGUAGES}
    assert ID.fullmatch(row["id"])
    for field, value in row.items():
        assert _is_text(value), field
    assert row["meaning"].endswith("."), "a meaning is a sentence"
    assert ". " not in row["meaning"], "one sentence"


def test_terms_are_unique() -> None:
    assert _repeated([row["term"].casefold() for row in TERMS]) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_are_unique(language: str) -> None:
    assert _repeated([row[language].casefold() for row in TERMS]) == []
