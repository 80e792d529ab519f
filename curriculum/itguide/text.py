"""Words in the reader's language: catalogues by id path, templates, numbers through Babel, Markdown.

A unit of translation has a path (`case/<slug>/question/<id>/prompt`) and its source text. A
catalogue is a PO file with the path as `msgctxt`. What is not translated appears in the source
language; nothing is ever blank.
"""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Protocol

from babel import Locale
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent
from markdown_it import MarkdownIt

from itguide.paths import PACKAGE, shelves
from itguide.pseudo import PSEUDO, pseudo
from itguide.spec import CaseSpec

SOURCE = "en"
# Fields a participant reads, wherever they stand in a case.
TEXTS = frozenset({"title", "summary", "commit", "again", "prompt", "help", "label", "detail", "note", "unit", "holds",
                   "conditions", "fails", "explain", "one", "other", "gate", "rest"})  # fmt: skip


class Say(Protocol):
    """Finds a template by its path and fills it."""

    def __call__(self, path: str, /, **values: object) -> str: ...


class _Filler(string.Formatter):
    def __init__(self, locale: Locale) -> None:
        self.locale = locale

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, bool) or not hasattr(value, "__float__"):
            return str(value)
        number = float(value)
        if format_spec in {"pct", "pct1"}:
            pattern = self.locale.percent_formats[None].pattern  # "12 %" in some languages, "12%" in others
            if format_spec == "pct1":
                pattern = pattern.replace("0", "0.0", 1)
            number = 0.0 if round(number, 3 if format_spec == "pct1" else 2) == 0 else number
            return str(format_percent(number, format=pattern, locale=self.locale))
        decimals = int(format_spec or "1")
        pattern = "#,##0." + ("0" if format_spec else "#") * decimals if decimals else "#,##0"
        number = 0.0 if round(number, decimals) == 0 else number  # nobody reads "-0"
        return str(format_decimal(number, format=pattern, locale=self.locale))


@lru_cache(maxsize=8)
def _filler(lang: str) -> _Filler:
    return _Filler(Locale.parse(SOURCE if lang == PSEUDO else lang.replace("-", "_")))


def fill(template: str, lang: str, values: Mapping[str, object]) -> str:
    """The template with its places filled; numbers as the language writes them."""
    return _filler(lang).vformat(template, (), values).strip()


@lru_cache(maxsize=1)
def _strings() -> dict[str, dict[str, Any]]:
    return tomllib.loads((PACKAGE / "strings.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=8)
def catalogue(lang: str) -> Mapping[tuple[str, str], str]:
    """(path, source) -> translation, of all catalogues of a language; empty for the source language."""
    found: dict[tuple[str, str], str] = {}
    folder = shelves().curriculum / "locale" / lang / "LC_MESSAGES"
    for path in sorted(folder.glob("*.po")) if folder.is_dir() else ():
        with path.open("rb") as file:
            for message in read_po(file, locale=lang.replace("-", "_")):
                if message.id and message.string and not message.fuzzy:
                    found[str(message.context), str(message.id)] = str(message.string)
    return found


def languages() -> tuple[str, ...]:
    """The languages there are catalogues for, the source language first."""
    folder = shelves().curriculum / "locale"
    others = sorted(p.name for p in folder.iterdir() if (p / "LC_MESSAGES").is_dir()) if folder.is_dir() else []
    return (SOURCE, *others)


def translate(path: str, source: str, lang: str) -> str:
    """One unit in a language; the source text where there is no translation."""
    if lang == SOURCE or not source:
        return source
    if lang == PSEUDO:
        return pseudo(source)
    return catalogue(lang).get((path, source), source)


def module_title(slug: str, lang: str) -> str:
    """A module's title in a language."""
    from itguide.content import module

    return translate(f"syllabus/{slug}/title", module(slug).title, lang)


def engine_tables() -> Mapping[str, Mapping[str, Any]]:
    """Every engine template in the source language: table, name, text or plural forms."""
    return _strings()


def engine(lang: str) -> Say:
    """The engine's own words: `say("save.saved", time="10:42")`."""

    def say(path: str, /, **values: object) -> str:
        table, _, name = path.partition(".")
        entry = _strings()[table][name]
        return _say(f"engine/{table}/{name}", entry, lang, values)

    return say


def case_say(case: CaseSpec, lang: str) -> Say:
    """A case's sentences as `sentence.<id>`, everything else from the engine. `case` is the source case."""
    words = engine(lang)

    def say(path: str, /, **values: object) -> str:
        if path.startswith("sentence."):
            name = path.removeprefix("sentence.")
            return _say(f"case/{case.slug}/sentence/{name}", case.sentence[name].model_dump(), lang, values)
        return words(path, **values)

    return say


def _say(path: str, entry: Any, lang: str, values: Mapping[str, object]) -> str:
    if isinstance(entry, Mapping):
        form = "one" if entry.get("one") and values.get("count") == 1 else "other"
        path, entry = f"{path}/{form}", entry[form]
    return fill(translate(path, entry, lang), lang, values)


def engine_words(table: str, lang: str) -> dict[str, str]:
    """All templates of one engine table, unfilled, plural forms as `name.one`, `name.other`: for the page."""
    words: dict[str, str] = {}
    for name, entry in _strings().get(table, {}).items():
        forms = entry.items() if isinstance(entry, Mapping) else [("", entry)]
        for form, source in forms:
            key = f"{name}.{form}" if form else name
            words[key] = translate(f"engine/{table}/{key.replace('.', '/')}", source, lang)
    return words


def localised(case: CaseSpec, lang: str) -> CaseSpec:
    """The case with every text in the language. Ids and numbers are untouched."""
    if lang == SOURCE:
        return case
    data = _swap(case.model_dump(mode="json", exclude_unset=True), f"case/{case.slug}", lang)
    return CaseSpec.model_validate(data)


def _swap(value: Any, path: str, lang: str) -> Any:
    if isinstance(value, list):
        return [_swap(v, f"{path}/{_name(v, n)}", lang) for n, v in enumerate(value)]
    if isinstance(value, dict):
        return {k: translate(f"{path}/{k}", v, lang) if _is_text(path, k, v) else _swap(v, f"{path}/{k}", lang)
                for k, v in value.items()}  # fmt: skip
    return value


def _name(value: Any, position: int) -> str:
    return str(value["id"]) if isinstance(value, dict) and "id" in value else str(position + 1)


def _is_text(path: str, key: str, value: Any) -> bool:
    return isinstance(value, str) and key in TEXTS and path.split("/")[2:3] != ["scenario"]


def units(case: CaseSpec) -> Iterator[tuple[str, str]]:
    """Every unit of a case's TOML: its path and its source text."""

    def walk(value: Any, path: str) -> Iterator[tuple[str, str]]:
        if isinstance(value, list):
            for n, v in enumerate(value):
                yield from walk(v, f"{path}/{_name(v, n)}")
        elif isinstance(value, dict):
            for k, v in value.items():
                if _is_text(path, k, v):
                    if v:
                        yield f"{path}/{k}", v
                else:
                    yield from walk(v, f"{path}/{k}")

    yield from walk(case.model_dump(mode="json", exclude_unset=True), f"case/{case.slug}")


def blocks(markdown: str) -> list[str]:
    """The blocks of a Markdown text: what stands between blank lines."""
    return [b.strip("\n") for b in re.split(r"\n(?:[ \t]*\n)+", markdown.replace("\r\n", "\n")) if b.strip()]


def localised_markdown(prefix: str, markdown: str, lang: str) -> str:
    """A Markdown text block by block in the language; unit paths are `<prefix>/<n>`."""
    if lang == SOURCE:
        return markdown
    return "\n\n".join(translate(f"{prefix}/{n}", b, lang) for n, b in enumerate(blocks(markdown), start=1))


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "typographer": False}).enable("table")


def html(markdown: str) -> str:
    """Markdown as HTML; raw HTML in it is shown as text."""
    return str(_markdown().render(markdown))


def html_inline(markdown: str) -> str:
    """One line of Markdown as HTML without a paragraph around it."""
    return str(_markdown().renderInline(markdown))
