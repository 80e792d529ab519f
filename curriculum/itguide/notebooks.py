"""Participants' notebooks: the source notebook, localised, without any mark of nbgrader.

The only module that writes notebooks for participants.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any

import nbformat

from itguide.content import module, syllabus
from itguide.errors import ContentError, ItGuideError, Problem
from itguide.paths import shelves
from itguide.text import engine_words, languages, localised_markdown, module_title, translate

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}

_LANGUAGE = re.compile(r"[a-z]{2,3}([-_][A-Za-z0-9]{2,8})*")


@lru_cache(maxsize=32)
def _source(notebook: str) -> str:
    return (shelves().notebooks / notebook).read_text(encoding="utf-8")


def source(module_slug: str) -> Any:
    """The source notebook of a module as nbformat reads it. ContentError if it is not a notebook."""
    name = module(module_slug).notebook
    try:
        node = nbformat.reads(_source(name), as_version=4)
        nbformat.validate(node)
    except FileNotFoundError:
        raise ContentError([Problem(f"notebooks/{name}", "", "the file is missing")]) from None
    except (nbformat.ValidationError, nbformat.reader.NotJSONError, ValueError, AttributeError) as error:
        raise ContentError([Problem(f"notebooks/{name}", "", f"not a valid notebook: {str(error)[:200]}")]) from None
    silent = [
        c.id
        for c in node.cells
        if c.cell_type == "code" and not {"case", "hand_in"} & c.metadata.get("itguide", {}).keys()
    ]
    if silent:
        says = "names neither 'case' nor 'hand_in' in its metadata under 'itguide'"
        raise ContentError([Problem(f"notebooks/{name}", f"cell[{i}]", says) for i in silent])
    return node


def call(cell: Any, lang: str) -> str:
    """The one call a code cell makes, in the view's language. KeyError if the cell names no call."""
    place = cell.metadata["itguide"]
    name = "case" if "case" in place else "hand_in"
    asked, language = (json.dumps(word, ensure_ascii=False) for word in (place[name], lang))
    return f"import itguide.page\nitguide.page.{name}({asked}, lang={language})"


def view(module_slug: str, lang: str) -> Any:
    """The participant's notebook of a module in a language: nothing to edit, nothing to grade, no outputs.

    ItGuideError if the language is not the name of one.
    """
    if not _LANGUAGE.fullmatch(lang):
        raise ItGuideError(f"{lang[:20]!r} is not a language; a language is written like 'es' or 'pt-BR'.")
    this = module(module_slug)
    node = source(module_slug)
    for cell in node.cells:
        if cell.cell_type == "markdown":
            cell.source = localised_markdown(f"notebook/{module_slug}/{cell.id}", cell.source, lang)
            cell.metadata = {}
        else:
            cell.source = call(cell, lang)
            cell.outputs, cell.execution_count = [], None
            cell.metadata = {"itguide": dict(cell.metadata["itguide"])}
        cell.metadata.update({"editable": False, "deletable": False})
    node.metadata = {
        "kernelspec": KERNEL,
        "language_info": {"name": "python"},
        "itguide": {
            "module": module_slug,
            "lang": lang,
            "title": module_title(module_slug, lang),
            "course": translate("syllabus/title", syllabus().title, lang),
            "minutes": this.minutes,
            "cases": [ref.slug for ref in this.case],
            "languages": list(languages()),
            "words": engine_words("shell", lang),
        },
    }
    return node


def written(module_slug: str, lang: str) -> str:
    """The view as it stands in a file."""
    return str(nbformat.writes(view(module_slug, lang))) + "\n"
