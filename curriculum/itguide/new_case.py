"""A new case: the folder an author begins with, small, commented and already valid."""

from __future__ import annotations

import re
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from itguide.content import ENCODING, syllabus
from itguide.enlist import enlist
from itguide.errors import ItGuideError
from itguide.paths import shelves

_SLUG = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_LONGEST = 40
# Names no file may have on Windows, where participants' workspaces name files after cases.
_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}

CASE = """\
# @slug@: every choice of this file is explained in curriculum/itguide/spec.py; `itguide check` names every problem.
# Ids are lower-case words joined by _ and are never changed once the case was used. Texts may change at any time.
# To do, besides filling it in: list the case in curriculum/syllabus.toml and give it a cell in its module's notebook.

slug = "@slug@"
title = "A title of a few words"
module = "@module@"
minutes = 20
summary = "The dilemma in one sentence, as the home page shows it."
commit = "A verb and what is decided"  # the button that commits a round
again = "The same, from the second round on"
objectives = []  # ids of the module's objectives in curriculum/syllabus.toml
sources = []  # ids from curriculum/references.toml

# Without a model, the sentence `after_<option>` of the first decision is what follows.
# A model is named in a table [scenario]; each of its numbers has `source` or `invented = true`.

# ------------------------------------------------------------ before you decide (locked with the first round)

[[question]]
id = "expected"
kind = "number"  # choice, choices, number, text, allocate, classify, schedule, rank, link, place, lanes, inject
phase = "predict"  # predict, declare, decide, justify, own, check
prompt = "What do you expect, as a number?"
least = 0
most = 100
unit = "per cent"

# ------------------------------------------------------------ the decision

[[question]]
id = "decision"
kind = "choice"
phase = "decide"
prompt = "What do you decide?"
help = "What a reader needs to know here, and no more."
points = 0  # with points: one [[question.aspect]] per thing judged, and a key in grading/keys/@slug@/

[[question.option]]
id = "first"
label = "The first way"
detail = "What it means, in a sentence."
note = "What others met. Shown only after the first committed round."

[[question.option]]
id = "second"
label = "The second way"
detail = "Someone sensible would choose this instead."
note = "What others met."

# ------------------------------------------------------------ in your words (after the first round)

[[question]]
id = "reason"
kind = "text"
phase = "justify"
prompt = "Two sentences to the minister: what you decided, and its price."
words = 60

# ------------------------------------------------------------ your own administration (private, never handed in)

[[question]]
id = "at_home"
kind = "text"
phase = "own"
required = false
prompt = "Where does your own administration face this?"
words = 80

# ------------------------------------------------------------ check yourself

[[question]]
id = "understood"
kind = "choice"
phase = "check"
required = false
prompt = "Which of these is true?"
explain = "Why it is."

[[question.option]]
id = "this"
label = "This is true"
right = true

[[question.option]]
id = "that"
label = "That is not"

# ------------------------------------------------------------ what follows

[sentence.after_first]
other = "What follows from the first way: what it gained, and what it cost."

[sentence.after_second]
other = "What follows from the second way: what it gained, and what it cost."
"""

BRIEF = """\
Who is asking, by when, and what makes it hard. A page at most, read before anything is answered.

A fact from outside the setting cites its source by id in square brackets, `ref` and a colon before it; a drawing
stands in `data/` and has words for those who cannot see it.
"""

NOTES = """\
**What others met.** Shown after the first committed round: considerations, a real administration's experience and
what it did next, and three questions for the debrief.
"""

DESIGN = """\
# @slug@: design

**Goal.** What a participant can do afterwards, and which objective of the module this is.

**Test of the case.** Why two thoughtful executives would disagree, and how each would defend it.

**Model.** None yet; the headline is the sentence `after_<option>`.

**Numbers.** Where each figure comes from: a reference, or invented here.

**Scoring.** What earns points and whose judgement that is; none yet.

**Out of scope.** What this case leaves alone.
"""

# Fields whose first words fit no real case. A prompt may be kept ("What do you decide?").
_OWN = {"title", "summary", "commit", "again", "help", "detail", "note", "explain", "other"}
_FILES = {"case.toml": CASE, "brief.md": BRIEF, "notes.md": NOTES, "design.md": DESIGN}


def create(slug: str, module: str | None = None) -> Path:
    """Makes `case_studies/<slug>/` for a module (the last one if none is named) and returns the folder.

    ItGuideError if the name is unfit or taken, or there is no such module.
    """
    _refuse(slug)
    modules = [m.slug for m in syllabus().module]
    if module is not None and module not in modules:
        raise ItGuideError(f"There is no module '{module}'. There are: {', '.join(modules)}.")
    module = module or (modules[-1] if modules else "a_module")
    folder = shelves().cases / slug
    try:
        folder.mkdir()
    except FileExistsError:
        raise ItGuideError(f"case_studies/{slug} is there already; choose another name, or edit that case.") from None
    except OSError as error:
        raise _unwritable(slug, error) from None
    try:
        (folder / "data").mkdir()
        for name, words in _FILES.items():
            filled = words.replace("@slug@", slug).replace("@module@", module)
            (folder / name).write_text(filled, encoding="utf-8", newline="\n")
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)  # only what was made here a moment ago
        raise _unwritable(slug, error) from None
    return folder


def untouched(folder: Path) -> Iterator[tuple[str, str]]:
    """Where a case still says what it began with: (file, field), the field empty for a whole text."""
    for name, words in _FILES.items():
        path, begun = folder / name, words.replace("@slug@", folder.name)
        if not path.is_file():
            continue
        try:
            now = path.read_text(encoding=ENCODING)
            if name != "case.toml":
                if now.strip() == begun.strip():
                    yield name, ""
                continue
            texts = dict(_texts(tomllib.loads(now)))
        except ValueError:  # not UTF-8 or not TOML: whoever reads the file says so
            continue
        yield from ((name, field) for field, text in _texts(tomllib.loads(begun)) if texts.get(field) == text)


def _texts(value: Any, field: str = "") -> Iterator[tuple[str, str]]:
    """Every text that only its own case can have, with its place."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if isinstance(inner, dict | list) or name in _OWN:
                yield from _texts(inner, f"{field}.{name}" if field else name)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner, f"{field}[{inner['id']}]" if isinstance(inner, dict) and "id" in inner else field)
    elif isinstance(value, str):
        yield field, value.strip()


def next_steps(slug: str) -> str:
    """What an author does with a new case, in the order in which it is done."""
    return (
        f"Next: write case_studies/{slug}/case.toml, brief.md and notes.md; in curriculum/syllabus.toml add\n"
        f'    {{ slug = "{slug}", room = "self_paced" }}\n'
        f"to a module's cases (and name that module in case.toml); give that module's notebook a code cell with\n"
        f'    {{"itguide": {{"case": "{slug}"}}}}\n'
        f'as metadata and itguide.page.case("{slug}") as its call; then run: itguide check'
    )


def begin(slug: str, module: str) -> tuple[Path, ...]:
    """Makes the folder of a new case and lists it in this module: the folder, the syllabus, the notebook."""
    folder = create(slug, module)
    try:
        return (folder, *enlist(slug, module))
    except (ItGuideError, OSError):
        shutil.rmtree(folder, ignore_errors=True)  # only what was made here a moment ago
        raise


def _refuse(slug: str) -> None:
    if len(slug) > _LONGEST or not _SLUG.fullmatch(slug):
        raise ItGuideError(
            f"{slug[:_LONGEST]!r} cannot name a case: lower-case letters, digits and single underscores, "
            f"a letter first, at most {_LONGEST} signs, like 'border_post'."
        )
    if slug in _RESERVED:
        raise ItGuideError(f"'{slug}' cannot name a case: Windows keeps that name for itself.")
    if not shelves().checkout:
        raise ItGuideError("A case is written in a checkout of the project, not in an installed package.")


def _unwritable(slug: str, error: OSError) -> ItGuideError:
    return ItGuideError(f"case_studies/{slug} cannot be written ({error.strerror or error}).")
