"""A customs expert adds a case without Python: four texts and a key; it appears, saves, is graded and reported."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

FIXTURE = Path(__file__).resolve().parents[1] / "fixtures" / "author_case"
SLUG, MODULE = "transit_bond", "tfa_ict"


def test_a_case_of_ones_own_appears_saves_is_graded_and_reported(
    checkout: Path, inside: dict[str, str], browser: Any, tmp_path: Path
) -> None:
    def itguide(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "itguide", *words],
            capture_output=True, text=True, check=False, cwd=checkout, env=inside,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    told = itguide("new-case", SLUG, "--module", MODULE)
    assert "itguide check" in told
    shutil.copytree(FIXTURE / "case", checkout / "case_studies" / SLUG, dirs_exist_ok=True)
    shutil.copytree(FIXTURE / "grading" / "keys" / SLUG, checkout / "grading" / "keys" / SLUG)
    itguide("check")

    workspace = tmp_path / "room"
    answered(checkout, inside, browser, workspace)
    sheet = json.loads((workspace / MODULE / "answers" / f"{SLUG}.json").read_text(encoding="utf-8"))
    assert sheet["rounds"][0]["decision"]["order"] == "look"

    itguide("submit", MODULE, "--workspace", str(workspace), "--to", str(tmp_path / "inbox"))
    itguide("build")
    itguide("collect", str(tmp_path / "inbox"))
    itguide("grade", MODULE)
    assert scores(checkout / "grading" / "course" / "gradebook.db") == {f"{SLUG}__order": 6, f"{SLUG}__sorted": 4}
    itguide("feedback")
    [page] = (checkout / "grading" / "course" / "returned").glob(f"*/{MODULE}.html")
    words = page.read_text(encoding="utf-8")
    assert "The bond that nobody calls" in words
    assert "Only what left no trace is claimed." in words
    itguide("report", MODULE, "--to", str(tmp_path / "reports"))
    assert "The bond that nobody calls" in (tmp_path / "reports" / f"{MODULE}.html").read_text(encoding="utf-8")
    itguide("export", MODULE, "--to", str(tmp_path / "exported"))
    assert f'"{SLUG}","order"' in (tmp_path / "exported" / f"{MODULE}_questions.csv").read_text(encoding="utf-8-sig")


def scores(gradebook: Path) -> dict[str, float]:
    """What stands in nbgrader's gradebook for the new case."""
    with closing(sqlite3.connect(gradebook)) as book:
        rows = book.execute(
            "SELECT base_cell.name, grade.auto_score FROM grade JOIN base_cell ON base_cell.id = grade.cell_id"
        ).fetchall()
    return {name: score for name, score in rows if name.startswith(SLUG)}


def answered(checkout: Path, inside: dict[str, str], browser: Any, workspace: Path) -> None:
    """Opens the course in a browser, answers the new case, signs it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "itguide", "start", "--no-browser", "--port", "0", "--workspace", str(workspace)],
        stdout=subprocess.PIPE, text=True, cwd=checkout, env=inside,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        url = re.search(r"http://127\.0\.0\.1:\d+/\S*", process.stdout.readline())
        assert url
        page = browser.new_page(reduced_motion="reduce")
        page.goto(url.group(0))
        page.get_by_role("link", name="The bond that nobody calls").click()
        case = page.locator(f'article[aria-labelledby="ig-{SLUG}"]')
        case.locator(".ig-commit").wait_for(timeout=60_000)
        case.locator(f"#ig-{SLUG}-expected-field").fill("20")
        case.locator(f'label[for="ig-{SLUG}-order-look"]').click()
        for item, into in (("gate", "discharge"), ("paid", "discharge"), ("nothing", "claim")):
            case.locator(f'label[for$="-{item}-{into}"]').click()
        case.locator(".ig-commit").click()
        case.locator(".ig-headline", has_text="Twenty-six of the forty are found").wait_for(timeout=20_000)
        page.close()
    finally:
        process.terminate()
        process.wait(20)
