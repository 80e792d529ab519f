"""A case's place in the course: its line in the syllabus and its cell in the notebook, put there for its author.

Both files are edited as text, so that comments and order stay as people left them.
"""

from __future__ import annotations

import json
import re
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Any

from itguide.content import module, syllabus
from itguide.errors import ItGuideError
from itguide.paths import shelves

_CASES = re.compile(r"^case\s*=\s*\[", re.MULTILINE)


def enlist(slug: str, module_slug: str) -> tuple[Path, Path]:
    """Lists a case last in a module, in the syllabus and in the notebook; returns both files.

    ItGuideError if there is no such module or a file cannot be edited; then neither is changed.
    """
    known = [m.slug for m in syllabus().module]
    if module_slug not in known:
        raise ItGuideError(f"There is no module '{module_slug}'. There are: {', '.join(known)}.")
    book = shelves().curriculum / "syllabus.toml"
    notebook = shelves().notebooks / module(module_slug).notebook
    listed = _listed(book.read_text(encoding="utf-8"), slug, module_slug)
    shown = _shown(notebook.read_text(encoding="utf-8"), slug)
    book.write_text(listed, encoding="utf-8", newline="\n")
    notebook.write_text(shown, encoding="utf-8", newline="\n")
    return book, notebook


def _listed(text: str, slug: str, module_slug: str) -> str:
    """The syllabus with one more line in the module's list of cases."""
    tables = [m.start() for m in re.finditer(r"^\[\[", text, re.MULTILINE)] + [len(text)]
    for start, end in pairwise(tables):
        if not re.search(rf'^slug\s*=\s*"{module_slug}"', text[start:end], re.MULTILINE):
            continue
        cases = _CASES.search(text, start, end)
        if cases is None:
            break
        close = _closing(text, cases.end())
        before = text[cases.end() : close].rstrip()
        comma = "" if not before or before.endswith(",") else ","
        line = f'{{ slug = "{slug}", room = "self_paced" }},'
        fresh = f"{text[: cases.end()]}{before}{comma}\n  {line}\n{text[close:]}"
        tomllib.loads(fresh)
        return fresh
    raise ItGuideError(
        f"curriculum/syllabus.toml: the list of cases of '{module_slug}' was not found; add the case by hand."
    )


def _closing(text: str, start: int) -> int:
    """Where the bracket opened before `start` is closed, strings left aside."""
    depth, quoted = 1, False
    for n in range(start, len(text)):
        if text[n] == '"' and text[n - 1] != "\\":
            quoted = not quoted
        elif not quoted:
            depth += {"[": 1, "]": -1}.get(text[n], 0)
            if depth == 0:
                return n
    raise ItGuideError("curriculum/syllabus.toml: a list is not closed; run: itguide check")


def _shown(text: str, slug: str) -> str:
    """The notebook with the case's heading and cell after the last case, before the hand-in."""
    try:
        node: dict[str, Any] = json.loads(text)
        cells: list[dict[str, Any]] = node["cells"]
    except (ValueError, KeyError, TypeError) as error:
        raise ItGuideError(f"The module's notebook is not a notebook ({error}); run: itguide check") from None
    places = [n for n, c in enumerate(cells) if "case" in c.get("metadata", {}).get("itguide", {})]
    at = places[-1] + 1 if places else len(cells)
    name = slug.replace("_", "-")
    words = f"## {slug.replace('_', ' ').capitalize()}\n\nTwo sentences that lead to this case."
    cells[at:at] = [
        {"cell_type": "markdown", "id": f"to-{name}", "metadata": {}, "source": words.splitlines(keepends=True)},
        {"cell_type": "code", "execution_count": None, "id": f"case-{name}", "metadata": {"itguide": {"case": slug}},
         "outputs": [], "source": ["import itguide.page\n", f'itguide.page.case("{slug}")']},
    ]  # fmt: skip
    return json.dumps(node, indent=1, ensure_ascii=False) + "\n"
