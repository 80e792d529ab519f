"""The built package in a clean environment outside the checkout: what a participant really gets."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    done = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    [made] = out.glob("*.whl")
    return made


@pytest.fixture(scope="session")
def clean(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment with the wheel and what a participant needs, nothing of the instructor's."""
    home = tmp_path_factory.mktemp("clean")
    venv.create(home / "env", with_pip=True)
    python = home / "env" / ("Scripts" if os.name == "nt" else "bin") / "python"
    done = subprocess.run(
        [python, "-m", "pip", "install", "-q", "-c", str(ROOT / "constraints.txt"), str(wheel)],
        capture_output=True, text=True, check=False, cwd=home,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return python


def names(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def test_wheel_holds_the_course_and_nothing_of_the_instructors(wheel: Path) -> None:
    held = names(wheel)
    assert any(n.endswith("_content/case_studies/ict_portfolio/case.toml") for n in held)
    assert any(n.endswith("_content/notebooks/01_strategic_planning.ipynb") for n in held)
    assert any("share/jupyter/labextensions/itguide-shell/package.json" in n for n in held)
    assert any(n.endswith(".woff2") for n in held)
    wrong = [n for n in held if re.search(r"(^|/)(grading|guide|exemplars|samples|rubrics)/|key\.toml|tests/", n)]
    assert wrong == []


def key_sentences() -> list[str]:
    """Every sentence that stands only in a key: judgements, descriptors, comments, what samples say."""
    found: list[str] = []
    for path in sorted((ROOT / "grading" / "keys").glob("*/key.toml")):
        key = tomllib.loads(path.read_text(encoding="utf-8"))
        found.append(key.get("judgement", ""))
        for criterion in key.get("criterion", []):
            found += [level["says"] for level in criterion["levels"]] + criterion.get("comments", [])
    for path in sorted((ROOT / "grading" / "keys").glob("*/*/*.json")):
        found.append(json.loads(path.read_text(encoding="utf-8")).get("says", ""))
    return [s for s in found if len(s) > 25]


def test_no_key_text_is_in_the_wheel(wheel: Path) -> None:
    sentences = key_sentences()
    assert sentences, "no key text was found to look for"
    with zipfile.ZipFile(wheel) as archive:
        everything = b"\n".join(archive.read(n) for n in archive.namelist())
    assert [s for s in sentences if s.encode() in everything or json.dumps(s)[1:-1].encode() in everything] == []


def test_participant_gets_no_instructor_tools(clean: Path) -> None:
    code = (
        "import importlib.util as u; "
        "print([n for n in ('nbgrader', 'scipy') if u.find_spec(n)]); "
        "import itguide.content as c; print([m.slug for m in c.syllabus().module])"
    )
    done = subprocess.run([clean, "-c", code], capture_output=True, text=True, check=True, cwd=clean.parent)
    missing, modules = done.stdout.splitlines()
    assert missing == "[]"
    assert "strategic_planning" in modules


def test_instructors_commands_say_what_they_need(clean: Path) -> None:
    itguide = clean.parent / "itguide"
    done = subprocess.run([itguide, "build"], capture_output=True, text=True, check=False, cwd=clean.parent)
    assert done.returncode == 1
    assert "[instructor]" in done.stderr
    assert "checkout" in done.stderr
    assert "Traceback" not in done.stderr


def test_start_serves_module_one_outside_the_checkout(clean: Path, tmp_path: Path, browser: object) -> None:
    itguide = clean.parent / "itguide"
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "ITGUIDE", "PYTHON"))}
    process = subprocess.Popen(
        [itguide, "start", "--no-browser", "--workspace", str(tmp_path / "work")],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path, env=environment,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        line = process.stdout.readline().strip()
        url = re.search(r"http://127\.0\.0\.1:\d+/\S*", line)
        assert url, line
        page = browser.new_page()  # type: ignore[attr-defined]
        page.goto(url.group(0))
        page.get_by_role("link", name=re.compile("Strategic IT planning", re.IGNORECASE)).first.click()
        page.locator(".ig-commit").first.wait_for(timeout=60_000)
        assert page.locator(".ig-case").count() >= 1
        assert (tmp_path / "work" / "strategic_planning" / "answers").is_dir()
        page.close()
    finally:
        process.terminate()
        process.wait(20)
