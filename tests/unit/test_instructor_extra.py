"""The commands where the course was installed for participants: no nbgrader, and a plain sentence says so."""

from __future__ import annotations

import sys

import pytest

from conftest import Shelf
from itguide.cli import main


@pytest.mark.parametrize("words", [["build"], ["collect", "x"], ["grade"], ["desk"], ["feedback"]], ids=lambda w: w[0])
def test_an_instructors_command_without_nbgrader_names_the_extra(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    monkeypatch.setitem(sys.modules, "nbgrader", None)
    assert main(words) == 1
    said = capsys.readouterr().err
    assert "needs the [instructor] extra" in said
    assert said.count("\n") == 1
    assert not (shelf.root / "grading" / "course").exists()


def test_a_participants_command_needs_none(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "nbgrader", None)
    assert main(["submit", "nowhere", "--workspace", str(shelf.root / "w")]) == 1
    assert "no module" in capsys.readouterr().err
