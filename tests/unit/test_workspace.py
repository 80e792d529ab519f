"""A participant's folder: made, completed, kept; and what the home page reads from it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from itguide import home, launch, workspace
from itguide.answers import AnswerStore, Sheet
from itguide.content import load_case
from itguide.errors import ItGuideError


@pytest.fixture
def root(shelf: Any, tmp_path: Path) -> Path:
    return tmp_path / "mine"


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def card(root: Path) -> home.ModuleCard:
    return home.read(root, "/notebooks", "en").modules[0]


def answer(root: Path, **values: object) -> None:
    case = load_case("harbour")
    blank = Sheet(case.slug, "2026.1", "0" * 32, workspace.workspace_id(root))
    store = AnswerStore(root / "coast" / "answers" / "harbour.json", blank)
    for question, value in values.items():
        store.set(question, value, 0)


def test_prepare_makes_folders_profile_and_views(root: Path) -> None:
    made = workspace.prepare(root, ["en", "qps"])
    assert workspace.ID.fullmatch(made.profile.workspace_id)
    assert {p.relative_to(root).as_posix() for p in made.written} == {"coast/coast.en.ipynb", "coast/coast.qps.ipynb"}
    assert (root / "coast" / "answers").is_dir()
    assert (root / "coast" / "private").is_dir()
    assert json.loads((root / "coast" / "coast.en.ipynb").read_text())["metadata"]["itguide"]["module"] == "coast"
    assert workspace.is_prepared(root, ["en", "qps"])
    if os.name == "posix":
        assert [mode(p) for p in (root, root / "coast", root / "coast" / "private")] == [0o700] * 3
        assert mode(root / "profile.toml") == 0o600


def test_prepare_again_changes_nothing(root: Path) -> None:
    first = workspace.prepare(root)
    view = root / "coast" / "coast.en.ipynb"
    stamp = view.stat().st_mtime_ns
    again = workspace.prepare(root)
    assert again.profile == first.profile
    assert again.written == ()
    assert view.stat().st_mtime_ns == stamp


def test_a_changed_course_rewrites_the_view_and_touches_no_answer(root: Path, shelf: Any) -> None:
    workspace.prepare(root)
    answer(root, guess=3)
    sheet = root / "coast" / "answers" / "harbour.json"
    before = sheet.read_bytes()
    notebook = json.loads((shelf.root / "notebooks" / "00_coast.ipynb").read_text())
    notebook["cells"][0]["source"] = "# Another coast"
    shelf.write("notebooks/00_coast.ipynb", json.dumps(notebook))
    assert len(workspace.prepare(root).written) == 1
    assert "Another coast" in (root / "coast" / "coast.en.ipynb").read_text()
    assert sheet.read_bytes() == before


DAMAGED = ("", "workspace_id = ", 'workspace_id = "short"', "workspace_id = 5", "\x00\xff", "a = " + "[" * 5000)


@pytest.mark.parametrize("words", DAMAGED)
def test_a_damaged_profile_is_set_aside_and_said(root: Path, words: str) -> None:
    workspace.prepare(root)
    (root / "profile.toml").write_text(words, encoding="utf-8")
    made = workspace.prepare(root)
    assert workspace.ID.fullmatch(made.profile.workspace_id)
    aside = list(root.glob("profile.damaged-*.toml"))
    assert [p.read_text(encoding="utf-8") for p in aside] == [words]
    assert aside[0].name in made.notices[0]


def test_a_lost_profile_keeps_the_id_the_sheets_carry(root: Path) -> None:
    owner = workspace.prepare(root).profile.workspace_id
    answer(root, guess=3)
    (root / "profile.toml").unlink()
    assert workspace.prepare(root).profile.workspace_id == owner


def test_profile_keeps_name_and_language_whatever_is_in_them(root: Path) -> None:
    workspace.prepare(root)
    name = 'Ana "la jefa" \\ Peña\n\t\x7f'
    workspace.remember(root, name=name, language="es")
    told = workspace.read_profile(root)
    assert (told.name, told.language) == (name.replace("\x7f", ""), "es")
    assert workspace.prepare(root).profile == told


def test_ids_are_random() -> None:
    assert len({workspace.new_id() for _ in range(200)}) == 200


def test_a_folder_that_cannot_be_used_is_named(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root.write_text("a file")
    with pytest.raises(ItGuideError, match="is a file"):
        workspace.prepare(root)
    root.unlink()
    root.mkdir()
    (root / "profile.toml").mkdir()
    with pytest.raises(ItGuideError, match=r"profile\.toml"):
        workspace.workspace_id(root)
    (root / "profile.toml").rmdir()
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write everywhere
    with pytest.raises(ItGuideError, match="--workspace"):
        workspace.prepare(root)


def test_a_full_disk_is_one_plain_sentence(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(workspace, "write_whole", full)
    with pytest.raises(ItGuideError, match="No space left"):
        workspace.prepare(root)


def test_home_counts_what_is_answered_and_not_what_is_private(root: Path) -> None:
    workspace.prepare(root)
    assert (card(root).state, card(root).total) == ("new", 6)
    answer(root, guess=3, pier="north", mine="private")
    assert (card(root).state, card(root).done, card(root).progress) == ("begun", 2, "2 of 6 answered")
    assert card(root).href == "/notebooks/coast/coast.en.ipynb"
    answer(root, weights={"treasury": 50, "trade": 50}, extra=["press"], why="Because.", know=["long"])
    assert card(root).state == "complete"
    (root / "handed_in.json").write_text('{"module": {"coast": [{"at": "2026-03-02T10:42:00+00:00"}]}}')
    assert card(root).state == "handed_in"
    assert "March" in card(root).progress


@pytest.mark.parametrize("words", ["{", "[]", '{"module": {"coast": []}}', '{"module": {"coast": [{"at": 5}]}}'])
def test_home_survives_a_damaged_record(root: Path, words: str) -> None:
    workspace.prepare(root)
    (root / "handed_in.json").write_text(words)
    assert card(root).state == "new"


def test_home_survives_damaged_sheets_and_content(root: Path, shelf: Any) -> None:
    workspace.prepare(root)
    (root / "coast" / "answers" / "harbour.json").write_text("{")
    assert card(root).problem
    assert card(root).href
    shelf.write("case_studies/harbour/case.toml", "slug = 5")
    assert card(root).href == ""


def test_port_in_use_is_passed_over() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert launch.free_port(port) > port


def test_server_extensions_of_others_are_off_and_the_users_jupyter_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "users"))
    (tmp_path / "users").mkdir()
    (tmp_path / "users" / "jupyter_server_config.json").write_text(
        '{"ServerApp": {"jpserver_extensions": {"collaboration": true}}}'
    )
    config = launch._server_config(tmp_path, "/", 1)["ServerApp"]["jpserver_extensions"]
    assert config["collaboration"] is False
    assert config["itguide.server"] is True
    assert not any(on for name, on in config.items() if "nbgrader" in name)
    env = launch._environment(tmp_path / "state", tmp_path, "secret")
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        assert env[name].startswith(str(tmp_path / "state"))


def test_home_needs_nothing_heavy() -> None:
    heavy = {"numpy", "pandas", "matplotlib", "ipywidgets", "scipy"}
    code = f"import sys, itguide.home, itguide.workspace; print({heavy} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"


def test_any_other_folder_is_not_a_workspace(tmp_path: Path) -> None:
    with pytest.raises(ItGuideError, match="not a workspace"):
        workspace.workspace_id(tmp_path)
