"""The README promises only what there is: commands, targets, files."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_itguide_command_exists() -> None:
    named = set(re.findall(r"itguide ([a-z]+(?:-[a-z]+)?)\b", README))
    done = subprocess.run([sys.executable, "-m", "itguide", "--help"], capture_output=True, text=True, check=True)
    offered = set(re.findall(r"[a-z]+(?:-[a-z]+)?", done.stdout))
    assert named >= {"start", "build", "collect", "grade", "desk", "feedback", "check", "new-case"}
    assert named <= offered


def test_every_make_target_exists_and_make_alone_lists_it() -> None:
    named = set(re.findall(r"`make ([a-z]+)`|^make ([a-z]+)", README, re.MULTILINE))
    targets = {a or b for a, b in named}
    assert targets >= {"start", "test", "bench", "screenshots"}
    listed = subprocess.run(["make"], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    assert targets <= set(re.findall(r"^([a-z-]+)", listed, re.MULTILINE))


def test_every_file_and_picture_named_is_there() -> None:
    for name in re.findall(r"\]\(([^)#]+)\)|`([\w./-]+\.(?:toml|md|yml|txt))`", README):
        path = name[0] or name[1]
        assert (ROOT / path).exists(), path


def test_the_button_is_called_as_on_the_page() -> None:
    words = tomllib.loads((ROOT / "curriculum" / "itguide" / "strings.toml").read_text(encoding="utf-8"))
    assert f"*{words['handin']['button']}*" in README


def test_readme_says_whose_course_it_is_and_what_is_untried() -> None:
    assert "not a\nWCO publication" in README or "not a WCO publication" in README
    for word in ("Windows", "macOS", "conda", "Firefox", "Safari", "iPad", "screen readers"):
        assert word in README
