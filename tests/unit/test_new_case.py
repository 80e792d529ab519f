"""The folder a new case begins with: valid as it is, never over something that exists."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from conftest import NOTEBOOK, SYLLABUS, Shelf, forget
from itguide import check, new_case, paths
from itguide.content import case_text, load_case, module
from itguide.errors import ItGuideError
from itguide.new_case import begin, create, next_steps
from itguide.session import CaseSession


def test_a_new_case_is_whole_and_valid(shelf: Shelf) -> None:
    folder = create("border_post")
    assert folder == shelf.root / "case_studies" / "border_post"
    assert sorted(p.name for p in folder.iterdir()) == ["brief.md", "case.toml", "data", "design.md", "notes.md"]
    found = list(check.case_problems(folder, frozenset()))
    assert {p.says for p in found} == {"is still the text a new case begins with; write your own"}
    assert {p.file.rpartition("/")[2] for p in found} == {"case.toml", "brief.md", "notes.md", "design.md"}
    assert "question[decision].option[first].detail" in {p.field for p in found}
    case = load_case("border_post")
    assert case.module == "coast"
    assert {q.phase for q in case.question} == {"predict", "decide", "justify", "own", "check"}
    assert case_text("border_post", "brief")
    assert "@" not in "".join(p.read_text(encoding="utf-8") for p in folder.glob("*.*"))


def test_the_check_names_what_is_left_to_do(shelf: Shelf) -> None:
    create("border_post")
    found = [str(p) for p in check._syllabus_problems()]
    assert found == ["curriculum/syllabus.toml: module.case: no module lists the case 'border_post'"]


def test_doing_what_is_told_next_finishes_it(shelf: Shelf, seat: Path) -> None:
    create("border_post")
    told = next_steps("border_post")
    lines = [line.strip() for line in told.splitlines()]
    listed = next(line for line in lines if line.startswith("{ slug"))
    metadata = json.loads(next(line for line in lines if line.startswith('{"itguide"')))
    shelf.write("curriculum/syllabus.toml", SYLLABUS.replace('room = "short" } ]', f'room = "short" }}, {listed} ]'))
    cell = {"cell_type": "code", "id": "case-border-post", "metadata": metadata, "outputs": [], "execution_count": None,
            "source": 'import itguide.page\nitguide.page.case("border_post")'}  # fmt: skip
    shelf.write("notebooks/00_coast.ipynb", json.dumps({**NOTEBOOK, "cells": [*NOTEBOOK["cells"], cell]}))
    assert "curriculum/syllabus.toml" in told
    assert "itguide check" in told
    assert list(check._syllabus_problems()) == []
    session = CaseSession("border_post", "en", seat)
    for q, value in (("expected", 5), ("decision", "second")):
        [reply] = session.answer({"type": "set", "q": q, "value": value, "rev": 0})
        assert reply["type"] == "saved"
    [reply] = session.answer({"type": "commit"})
    assert reply["state"]["consequence"]["headline"].startswith("What follows from the second way")


def test_a_case_begun_in_a_module_is_listed_and_shown(shelf: Shelf) -> None:
    _, book, notebook = begin("border_post", "coast")
    forget()
    assert list(check._syllabus_problems()) == []
    assert [ref.slug for ref in module("coast").case] == ["harbour", "border_post"]
    assert load_case("border_post").module == "coast"
    assert SYLLABUS.strip().splitlines()[0] in book.read_text(encoding="utf-8")
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    shown = [c["metadata"]["itguide"]["case"] for c in cells if "case" in c["metadata"].get("itguide", {})]
    assert shown == ["harbour", "border_post"]
    begin("second_post", "coast")
    forget()
    assert [ref.slug for ref in module("coast").case] == ["harbour", "border_post", "second_post"]


def test_an_unknown_module_or_a_broken_notebook_changes_nothing(shelf: Shelf) -> None:
    with pytest.raises(ItGuideError, match=r"There is no module 'moon'\. There are: coast"):
        begin("border_post", "moon")
    shelf.write("notebooks/00_coast.ipynb", "{ not a notebook")
    before = (shelf.root / "curriculum" / "syllabus.toml").read_bytes()
    with pytest.raises(ItGuideError, match="not a notebook"):
        begin("border_post", "coast")
    assert (shelf.root / "curriculum" / "syllabus.toml").read_bytes() == before
    assert not (shelf.root / "case_studies" / "border_post").exists()


HOSTILE = ["", " ", "Border", "border-post", "border post", "_x", "x_", "x__y", "1x", "x" * 41, "é", "../x", "x/y",
           "x\\y", "..", ".", "/etc", "~", "x\n", "x\x00", "x;rm", "con", "nul", "com1", "lpt9"]  # fmt: skip


@pytest.mark.parametrize("slug", HOSTILE, ids=ascii)
def test_an_unfit_name_is_refused_and_nothing_made(shelf: Shelf, slug: str) -> None:
    before = sorted(shelf.root.rglob("*"))
    with pytest.raises(ItGuideError, match="cannot name a case") as error:
        create(slug)
    assert "\n" not in str(error.value)
    assert sorted(shelf.root.rglob("*")) == before


def test_an_existing_case_is_left_as_it_is(shelf: Shelf) -> None:
    before = (shelf.root / "case_studies" / "harbour" / "case.toml").read_bytes()
    with pytest.raises(ItGuideError, match="is there already"):
        create("harbour")
    assert (shelf.root / "case_studies" / "harbour" / "case.toml").read_bytes() == before


def test_whatever_has_the_name_is_left_as_it_is(shelf: Shelf, tmp_path: Path) -> None:
    (shelf.root / "case_studies" / "a_file").write_text("kept")
    with pytest.raises(ItGuideError, match="is there already"):
        create("a_file")
    assert (shelf.root / "case_studies" / "a_file").read_text() == "kept"
    if os.name == "posix":
        (shelf.root / "case_studies" / "a_link").symlink_to(tmp_path / "elsewhere")
        with pytest.raises(ItGuideError, match="is there already"):
            create("a_link")
        assert not (tmp_path / "elsewhere").exists()


def test_a_disk_that_says_no_leaves_nothing_half_made(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    real, written = Path.write_text, []

    def full(self: Path, *args: Any, **more: Any) -> int:
        if written:
            raise OSError(28, "No space left on device")
        written.append(self)
        return real(self, *args, **more)

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(ItGuideError, match="No space left"):
        create("border_post")
    assert written
    assert not (shelf.root / "case_studies" / "border_post").exists()


def test_an_installed_package_is_no_place_to_write_a_case(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    here = paths.shelves()
    packaged = paths.Shelves(here.curriculum, here.cases, here.notebooks, None, checkout=False)
    monkeypatch.setattr(new_case, "shelves", lambda: packaged)
    with pytest.raises(ItGuideError, match="checkout"):
        create("border_post")
    assert not (here.cases / "border_post").exists()
