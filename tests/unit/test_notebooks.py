"""The participant's notebook: the narrative in a language, one call per case, nothing to edit or grade."""

from __future__ import annotations

import ast
import copy
import json
from typing import Any

import nbformat
import pytest

from conftest import NOTEBOOK, Shelf
from itguide.errors import ContentError, ItGuideError
from itguide.notebooks import call, source, view
from itguide.pseudo import PSEUDO


def written(shelf: Shelf, change: Any) -> None:
    node = copy.deepcopy(NOTEBOOK)
    change(node)
    shelf.write("notebooks/00_coast.ipynb", json.dumps(node))


def test_a_view_is_a_valid_notebook(shelf: Shelf) -> None:
    node = view("coast", "en")
    nbformat.validate(node)
    assert nbformat.reads(nbformat.writes(node), as_version=4) == node


def test_cell_ids_and_order_are_those_of_the_source(shelf: Shelf) -> None:
    assert [c.id for c in view("coast", "en").cells] == ["opening", "case-harbour", "hand-in"]
    assert [c.cell_type for c in view("coast", PSEUDO).cells] == ["markdown", "code", "code"]


def test_a_view_has_no_outputs_whatever_the_source_has(shelf: Shelf) -> None:
    def run(node: Any) -> None:
        node["cells"][1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "CANARY"}]
        node["cells"][1]["execution_count"] = 7

    written(shelf, run)
    for cell in view("coast", "en").cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None


def test_a_view_carries_nothing_of_nbgrader_or_of_its_author(shelf: Shelf) -> None:
    def graded(node: Any) -> None:
        node["metadata"]["celltoolbar"] = "Create Assignment"
        node["metadata"]["nbgrader"] = {"canary": 1}
        for cell in node["cells"]:
            cell["metadata"].update({"nbgrader": {"grade": True, "points": 5}, "tags": ["author"], "editable": True})

    written(shelf, graded)
    told = nbformat.writes(view("coast", "en"))
    assert "nbgrader" not in told
    assert "Create Assignment" not in told
    assert "author" not in told


def test_every_cell_is_protected(shelf: Shelf) -> None:
    for cell in view("coast", "en").cells:
        assert cell.metadata["editable"] is False
        assert cell.metadata["deletable"] is False


def test_the_code_is_ours_whatever_the_source_says(shelf: Shelf) -> None:
    def evil(node: Any) -> None:
        node["cells"][1]["source"] = "import os; os.remove('x')"

    written(shelf, evil)
    cells = view("coast", "en").cells
    assert cells[1].source == 'import itguide.page\nitguide.page.case("harbour", lang="en")'
    assert cells[2].source == 'import itguide.page\nitguide.page.hand_in("coast", lang="en")'


@pytest.mark.parametrize("lang", ["en", "es", "pt-BR", "pt_BR", PSEUDO])
def test_the_language_stands_in_every_call_and_in_the_metadata(shelf: Shelf, lang: str) -> None:
    node = view("coast", lang)
    assert all(f'lang="{lang}"' in c.source for c in node.cells if c.cell_type == "code")
    assert node.metadata["itguide"]["lang"] == lang


HOSTILE = [
    "",
    "EN ",
    'en"); import os; ("',
    "en\n",
    "en\\",
    "../../etc",
    "en/../fr",
    "e",
    "x" * 60,
    "en'",
    "én",
    "en\x00",
]


@pytest.mark.parametrize("lang", HOSTILE, ids=ascii)
def test_a_language_that_is_none_is_refused(shelf: Shelf, lang: str) -> None:
    with pytest.raises(ItGuideError, match="language"):
        view("coast", lang)


@pytest.mark.parametrize("slug", ['x"); import os; ("', "a\\", 'a"\n', "é"])
def test_what_a_source_cell_names_cannot_become_code(slug: str) -> None:
    for place in ("case", "hand_in"):
        cell = nbformat.from_dict({"metadata": {"itguide": {place: slug}}})
        tree = ast.parse(call(cell, "en"))
        assert len(tree.body) == 2
        [argument] = tree.body[1].value.args  # type: ignore[attr-defined]
        assert ast.literal_eval(argument) == slug


def test_the_narrative_is_translated_block_by_block(shelf: Shelf) -> None:
    shelf.catalogue("es", {"notebook/coast/opening/2": ("Read on.", "Siga leyendo."),
                           "syllabus/coast/title": ("On the coast", "En la costa")})  # fmt: skip
    node = view("coast", "es")
    assert node.cells[0].source == "# On the coast\n\nSiga leyendo."
    assert node.metadata["itguide"]["title"] == "En la costa"
    assert node.metadata["itguide"]["languages"] == ["en", "es"]
    assert view("coast", "en").cells[0].source == "# On the coast\n\nRead on."


def test_the_metadata_tell_the_page_what_it_needs(shelf: Shelf) -> None:
    told = view("coast", "en").metadata["itguide"]
    assert told["module"] == "coast"
    assert told["cases"] == ["harbour"]
    assert told["minutes"] == 5
    assert told["course"] == "A course"
    assert "preparing" in told["words"]
    assert view("coast", "en").metadata["kernelspec"]["name"] == "python3"


def test_views_do_not_share_what_can_change(shelf: Shelf) -> None:
    view("coast", "en").cells[0].source = "changed"
    assert view("coast", "en").cells[0].source != "changed"
    assert view("coast", "en") == view("coast", "en")


BROKEN = {"missing": None, "not JSON": "{", "a list": "[]",
          "no cells": '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}}',
          "another format": '{"nbformat": 99, "nbformat_minor": 0, "metadata": {}, "cells": []}'}  # fmt: skip


@pytest.mark.parametrize("words", BROKEN.values(), ids=BROKEN.keys())
def test_a_source_that_is_no_notebook_is_a_problem_of_its_file(shelf: Shelf, words: str | None) -> None:
    path = shelf.write("notebooks/00_coast.ipynb", words or "")
    if words is None:
        path.unlink()
    with pytest.raises(ContentError, match=r"^notebooks/00_coast\.ipynb: "):
        source("coast")


def test_a_code_cell_that_names_no_call_is_a_problem_of_its_file(shelf: Shelf) -> None:
    written(shelf, lambda node: node["cells"][1].update(metadata={}))
    with pytest.raises(ContentError, match=r"^notebooks/00_coast\.ipynb: .*case-harbour"):
        view("coast", "en")
