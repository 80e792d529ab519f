"""Small shelves of one's own: a course of one module and one case, out of reach of the real content."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

# `text` and `tokens` take their place from `paths` when they are first imported: that is here, before it is moved.
from itguide import content, notebooks, paths, text, tokens

ME = "a" * 26

SYLLABUS = """
version = "2026.1"
title = "A course"

[[module]]
slug = "coast"
title = "On the coast"
summary = "A harbour and its cranes."
minutes = 5
notebook = "00_coast.ipynb"
case = [ { slug = "harbour", room = "short" } ]
"""

HARBOUR = """
slug = "harbour"
title = "Two piers, one crane"
module = "coast"
minutes = 5
summary = "One crane works; which pier gets it?"
commit = "Move the crane"
again = "Move it again"

[sentence.after_north]
other = "The north pier works again; the south waits."
[sentence.after_south]
other = "The south pier works again; the north waits."

[[question]]
id = "guess"
kind = "number"
phase = "predict"
prompt = "How many days will the queue last?"
least = 0
most = 60
unit = "days"

[[question]]
id = "weights"
kind = "allocate"
phase = "declare"
prompt = "What matters to you?"
step = 5
option = [ { id = "treasury", label = "Treasury" }, { id = "trade", label = "Trade" } ]

[[question]]
id = "pier"
kind = "choice"
phase = "decide"
prompt = "Where does the crane go?"
points = 4
option = [
  { id = "north", label = "North pier", note = "Fruit **rots** first." },
  { id = "south", label = "South pier" },
]
aspect = [ { id = "sound", title = "Sound", holds = "It holds.", conditions = "It may hold.", fails = "It fails." } ]

[[question]]
id = "extra"
kind = "choices"
phase = "decide"
required = false
prompt = "Whom do you tell?"
most = 2
option = [
  { id = "brokers", label = "Brokers" }, { id = "carriers", label = "Carriers" }, { id = "press", label = "The press" },
]

[[question]]
id = "why"
kind = "text"
phase = "justify"
prompt = "Two sentences to the minister"
words = 10
points = 2
criterion = [ { id = "cost", label = "Names the cost" } ]

[[question]]
id = "mine"
kind = "text"
phase = "own"
prompt = "And in your harbour?"
words = 20

[[question]]
id = "know"
kind = "choices"
phase = "check"
prompt = "Which are true?"
explain = "Piers are *long*."
option = [ { id = "long", label = "Piers are long", right = true }, { id = "short", label = "Piers are short" } ]
"""

NOTEBOOK: dict[str, Any] = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {},
    "cells": [
        {"cell_type": "markdown", "id": "opening", "metadata": {}, "source": "# On the coast\n\nRead on."},
        {"cell_type": "code", "id": "case-harbour", "metadata": {"itguide": {"case": "harbour"}},
         "source": 'import itguide.page\nitguide.page.case("harbour")', "outputs": [], "execution_count": None},
        {"cell_type": "code", "id": "hand-in", "metadata": {"itguide": {"hand_in": "coast"}},
         "source": 'import itguide.page\nitguide.page.hand_in("coast")', "outputs": [], "execution_count": None},
    ],
}  # fmt: skip


@dataclass(frozen=True)
class Shelf:
    """Tmp shelves in force: writing a file makes the next reader see it."""

    root: Path

    def write(self, path: str, words: str) -> Path:
        """Writes a file of the shelves and forgets what was read."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(words, encoding="utf-8")
        forget()
        return target

    def case(self, slug: str, toml: str, **parts: str) -> Path:
        """Writes a case: case.toml and its Markdown parts."""
        for name, words in {"design": "# Design\n", **parts}.items():
            self.write(f"case_studies/{slug}/{name}.md", words)
        return self.write(f"case_studies/{slug}/case.toml", toml)

    def catalogue(self, lang: str, units: dict[str, tuple[str, str]], header: str = "") -> None:
        """Writes a catalogue: path -> (source, translation)."""
        lines = ['msgid ""', 'msgstr "Content-Type: text/plain; charset=utf-8\\n"', ""]
        for path, (source, translation) in units.items():
            lines += [header] if header else []
            lines += [f"msgctxt {json.dumps(path)}", f"msgid {json.dumps(source, ensure_ascii=False)}",
                      f"msgstr {json.dumps(translation, ensure_ascii=False)}", ""]  # fmt: skip
        self.write(f"curriculum/locale/{lang}/LC_MESSAGES/cases.po", "\n".join(lines))


assert text.PACKAGE == tokens.PACKAGE == paths.PACKAGE


def forget() -> None:
    """Empties every memory of what stands on the shelves."""
    content.forget()
    text.catalogue.cache_clear()
    notebooks._source.cache_clear()


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    """A checkout of its own with the module `coast` and the case `harbour`."""
    here = Shelf(tmp_path / "checkout")
    here.write("curriculum/syllabus.toml", SYLLABUS)
    here.write("curriculum/references.toml", "")
    here.write("curriculum/glossary.toml", "")
    here.write("notebooks/00_coast.ipynb", json.dumps(NOTEBOOK))
    here.case("harbour", HARBOUR, brief="The crane is *late*.", notes="Another port waited.")
    (here.root / "curriculum" / "itguide").mkdir()
    (here.root / "grading").mkdir()
    monkeypatch.setattr(paths, "PACKAGE", here.root / "curriculum" / "itguide")
    monkeypatch.delenv("ITGUIDE_GRADING", raising=False)
    forget()
    yield here
    monkeypatch.undo()
    forget()


@pytest.fixture
def seat(shelf: Shelf, tmp_path: Path) -> Path:
    """The module folder of one participant's workspace."""
    folder = tmp_path / "workspace" / "coast"
    folder.mkdir(parents=True)
    (folder.parent / "profile.toml").write_text(f'workspace_id = "{ME}"\n', encoding="utf-8")
    return folder
