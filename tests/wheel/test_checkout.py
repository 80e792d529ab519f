"""A checkout's content always wins: a case.toml is edited, the course restarted, and the change is there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHELVES = ("curriculum", "case_studies", "notebooks", "grading/keys")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the checkout that may be edited."""
    for shelf in SHELVES:
        shutil.copytree(ROOT / shelf, tmp_path / "checkout" / shelf, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "checkout"


def seen(checkout: Path, browser: Any, path: str) -> tuple[str, str]:
    """The home page's words and a module page's, from a course started in this checkout."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "ITGUIDE"))}
    environment["PYTHONPATH"] = str(checkout / "curriculum")
    process = subprocess.Popen(
        [sys.executable, "-m", "itguide", "start", "--no-browser", "--port", "0"],
        stdout=subprocess.PIPE, text=True, cwd=checkout, env=environment,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        url = re.search(r"http://127\.0\.0\.1:\d+/\S*", process.stdout.readline())
        assert url
        page = browser.new_page()
        page.goto(url.group(0))
        home = page.inner_text("body")
        page.goto(re.sub(r"itguide/.*", path, url.group(0)))
        page.locator(".ig-commit").first.wait_for(timeout=60_000)
        case = page.locator(".ig-case").first.inner_text()
        page.close()
    finally:
        process.terminate()
        process.wait(20)
    return home, case


def test_an_edited_case_is_seen_after_a_restart(checkout: Path, browser: Any) -> None:
    module = "notebooks/welcome/welcome.en.ipynb"
    before = seen(checkout, browser, module)
    path = checkout / "case_studies" / "first_steps" / "case.toml"
    source = path.read_text(encoding="utf-8")
    assert "Five calls before nine" in source
    assert all("Five calls before nine" in words for words in before)
    path.write_text(source.replace("Five calls before nine", "Six calls before ten"), encoding="utf-8")
    after = seen(checkout, browser, module)
    assert all("Six calls before ten" in words for words in after)
    assert (checkout / "workspace" / "welcome" / "answers").is_dir()
