"""The translators' catalogues: every unit of text there is, written to one PO file per part and language.

`python -m itguide.catalogues es` brings `curriculum/locale/es` up to date: new units appear empty,
changed ones are marked fuzzy, translations that are still true stay.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from itguide import measures
from itguide.content import PARTS, case_text, load_case, syllabus
from itguide.notebooks import source
from itguide.paths import shelves
from itguide.pictures import picture_texts
from itguide.text import blocks, engine_tables, units

Unit = tuple[str, str]


def engine_units() -> Iterator[Unit]:
    """The engine's own words."""
    for table, entries in engine_tables().items():
        for name, entry in entries.items():
            if isinstance(entry, Mapping):
                for form, text in entry.items():
                    yield f"engine/{table}/{name}/{form}", text
            else:
                yield f"engine/{table}/{name}", entry


def case_units(slug: str) -> Iterator[Unit]:
    """One case: its TOML, its Markdown block by block, the words in its pictures."""
    yield from units(load_case(slug))
    for part in PARTS:
        for n, block in enumerate(blocks(case_text(slug, part)), start=1):
            yield f"case/{slug}/{part}/{n}", block
    for path in sorted((shelves().cases / slug / "data").glob("*.svg")):
        for n, text in enumerate(picture_texts(path.read_text(encoding="utf-8")), start=1):
            yield f"case/{slug}/picture/{path.name}/{n}", text


def notebook_units() -> Iterator[Unit]:
    """The syllabus and the notebooks' narrative."""
    yield "syllabus/title", syllabus().title
    for module in syllabus().module:
        yield f"syllabus/{module.slug}/title", module.title
        yield f"syllabus/{module.slug}/summary", module.summary
        for cell in source(module.slug).cells:
            if cell.cell_type == "markdown":
                for n, block in enumerate(blocks(cell.source), start=1):
                    yield f"notebook/{module.slug}/{cell.id}/{n}", block


def parts() -> dict[str, list[Unit]]:
    """All units, by the catalogue they belong to."""
    slugs = [ref.slug for module in syllabus().module for ref in module.case]
    return {
        "engine": list(engine_units()),
        "cases": [unit for slug in slugs for unit in case_units(slug)],
        "measures": list(measures.units()),
        "notebooks": list(notebook_units()),
    }


def update(lang: str) -> dict[str, int]:
    """Brings one language's catalogues up to date; how many units of each part have no translation yet."""
    folder = shelves().curriculum / "locale" / lang / "LC_MESSAGES"
    folder.mkdir(parents=True, exist_ok=True)
    missing: dict[str, int] = {}
    for name, found in parts().items():
        path = folder / f"{name}.po"
        old = _old(path, lang)
        new = Catalog(locale=lang, project="IT Guide for Executives", fuzzy=False)
        for where, text in found:
            before = old.get(where)
            if before and before[0] == text:
                new.add(text, before[1], context=where)
            else:
                new.add(
                    text, before[1] if before else "", context=where, flags={"fuzzy"} if before and before[1] else ()
                )
        with path.open("wb") as file:
            write_po(file, new, width=100, omit_header=False)
        missing[name] = sum(1 for m in new if m.id and (not m.string or m.fuzzy))
    return missing


def _old(path: Path, lang: str) -> dict[str, tuple[str, str]]:
    if not path.is_file():
        return {}
    with path.open("rb") as file:
        return {str(m.context): (str(m.id), str(m.string)) for m in read_po(file, locale=lang) if m.id}


if __name__ == "__main__":
    for language in sys.argv[1:]:
        for part, open_units in update(language).items():
            print(f"{language}/{part}.po: {open_units} units without a translation")
