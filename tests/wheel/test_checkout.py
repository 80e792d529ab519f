"""A checkout's content always wins: a case.toml is edited, the course restarted, and the change is there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any


def seen(checkout: Path, inside: dict[str, str], browser: Any, path: str) -> tuple[str, str]:
    """The home page's words and a module page's, from a course started in this checkout."""
    process = subprocess.Popen(
        [sys.executable, "-m", "itguide", "start", "--no-browser", "--port", "0"],
        stdout=subprocess.PIPE, text=True, cwd=checkout, env=inside,
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


def test_an_edited_case_is_seen_after_a_restart(checkout: Path, inside: dict[str, str], browser: Any) -> None:
    module = "notebooks/welcome/welcome.en.ipynb"
    before = seen(checkout, inside, browser, module)
    path = checkout / "case_studies" / "first_steps" / "case.toml"
    source = path.read_text(encoding="utf-8")
    assert "Five calls before nine" in source
    assert all("Five calls before nine" in words for words in before)
    path.write_text(source.replace("Five calls before nine", "Six calls before ten"), encoding="utf-8")
    after = seen(checkout, inside, browser, module)
    assert all("Six calls before ten" in words for words in after)
    assert (checkout / "workspace" / "welcome" / "answers").is_dir()
