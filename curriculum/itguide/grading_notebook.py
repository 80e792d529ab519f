"""The grading notebook of a module: the only notebook with graded cells; made in the course, never given out.

Per question: a cell that prints the answer (no nbgrader metadata), a graded cell for the automatic points, a task
cell for each criterion a reader marks. The mark scheme stands between nbgrader's own marks, so the release has none.
"""

from __future__ import annotations

import json
from html import escape
from typing import Any

from itguide.content import module, module_cases
from itguide.keys import Criterion, Key, grade_id, load_key
from itguide.nbgrader_settings import DESK, SHOWN
from itguide.spec import CaseSpec, Question
from itguide.text import html_inline

BEGIN, END = "<!-- BEGIN MARK SCHEME -->", "<!-- END MARK SCHEME -->"
SHORTEST = 15  # characters; a shorter phrase of a key may well stand elsewhere by chance
Cell = dict[str, Any]


def notebook(module_slug: str) -> bytes:
    """The grading notebook of a module as a file: the same content gives the same bytes."""
    cells = [_markdown("head", f"# {module(module_slug).title}\n\nGrading notebook. Participants never see it.")]
    for case in module_cases(module_slug):
        cells += _case(case, load_key(case.slug))
    node = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return (json.dumps(node, ensure_ascii=False, indent=1) + "\n").encode()


def _case(case: CaseSpec, key: Key) -> list[Cell]:
    cells = [_markdown(case.slug, f"## {case.title}\n\n{case.summary}")]
    shown = [q for q in case.phase("predict", "declare", "decide", "justify") if q.kind != "inject"]
    for n, question in enumerate(shown):
        name = grade_id(case.slug, question.id)
        cells.append(_shown(f"{name}__show", "show", case.slug, question.id))
        if automatic := key.automatic(question.id):
            cells.append(_code(name, _call("points", case.slug, question.id), _nbgrader(name, automatic, grade=True)))
            cells.append(_shown(f"{name}__why", "show_verdicts", case.slug, question.id, desk=True))
        cells += [_task(case, question, criterion) for criterion in key.criteria(question.id)]
        last = n + 1 == len(shown) or shown[n + 1].phase == "justify"
        if question.phase in {"declare", "decide"} and last:
            cells.append(_shown(f"{case.slug}__rounds", "show_rounds", case.slug))
    return cells


def _call(function: str, *names: str) -> str:
    """One line that needs nothing from any other cell."""
    return f"from itguide.grading_cells import {function}; {function}({', '.join(json.dumps(n) for n in names)})"


def _shown(name: str, function: str, *names: str, desk: bool = False) -> Cell:
    """A cell that prints something for the reader; it carries no nbgrader metadata, only tags."""
    cell = _code(name, _call(function, *names))
    cell["metadata"]["tags"] = [SHOWN, DESK] if desk else [SHOWN]
    return cell


def _task(case: CaseSpec, question: Question, criterion: Criterion) -> Cell:
    named = next(c for c in question.criterion if c.id == criterion.id)
    name = grade_id(case.slug, question.id, criterion.id)
    lines = [f"**{named.label}**", named.detail, BEGIN]
    lines += ["\n".join(f"* **{level.points:g}**: {level.says}" for level in criterion.levels)]
    if criterion.comments:
        lines += ["Comments to draw on:", "\n".join(f"* {comment}" for comment in criterion.comments)]
    source = "\n\n".join(line for line in [*lines, END] if line)
    return _markdown(name, source, _nbgrader(name, criterion.points, task=True))


def _nbgrader(name: str, points: float, *, grade: bool = False, task: bool = False) -> dict[str, Any]:
    # A task without `locked` is refused: "None is not of type 'string'".
    return {"schema_version": 3, "grade_id": name, "points": points, "grade": grade, "task": task, "locked": True,
            "solution": False}  # fmt: skip


def _cell(kind: str, name: str, source: str, nbgrader: dict[str, Any] | None) -> Cell:
    metadata: dict[str, Any] = {"editable": False, "deletable": False}
    if nbgrader:
        metadata["nbgrader"] = nbgrader
    return {"cell_type": kind, "id": _cell_id(name), "metadata": metadata, "source": source}


def _markdown(name: str, source: str, nbgrader: dict[str, Any] | None = None) -> Cell:
    return _cell("markdown", name, source, nbgrader)


def _code(name: str, source: str, nbgrader: dict[str, Any] | None = None) -> Cell:
    return {**_cell("code", name, source, nbgrader), "execution_count": None, "outputs": []}


def _cell_id(name: str) -> str:
    """A cell id has at most 64 characters; the tail keeps shortened ones apart."""
    from itguide.manifest import short_id

    return name if len(name) <= 64 else f"{name[:50]}-{short_id(name)[:12]}"


def key_texts(module_slug: str) -> tuple[str, ...]:
    """Every sentence of the module's keys: what must be found in nothing that participants are given."""
    found: list[str] = []
    for case in module_cases(module_slug):
        for criterion in load_key(case.slug).criterion:
            found += [*(level.says for level in criterion.levels), *criterion.comments]
    return tuple(s for s in found if len(s) >= SHORTEST)


def leaks(module_slug: str, text: str) -> list[str]:
    """The key's sentences that stand in a text, as they are written, escaped or rendered from Markdown."""
    return [
        s
        for s in key_texts(module_slug)
        if any(form in text for form in (s, escape(s), escape(s, quote=False), html_inline(s)))
    ]
