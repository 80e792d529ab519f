"""Every module from opening to graded, in a real browser with a real server: by mouse, and by keyboard alone."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest
from axe_playwright_python.sync_playwright import Axe

from itguide import kinds
from itguide.content import module, module_cases, syllabus
from itguide.examples import examples
from itguide.keys import load_key
from itguide.launch import CourseServer
from participant import Keys, Mouse, Participant

MODULE = "strategic_planning"
MODULES = [m.slug for m in syllabus().module if any(case.points for case in module_cases(m.slug))]
# Found in JupyterLab's own frame, not in ours: children of role=feed, a label on a cell.
SHELL_FINDINGS = {"aria-required-children", "aria-prohibited-attr"}
PRIVATE = "canary-of-my-own-administration"


def itguide(*words: str) -> str:
    done = subprocess.run([sys.executable, "-m", "itguide", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def open_module(page: Any, server: CourseServer, name: str = MODULE) -> None:
    page.goto(server.url)
    page.get_by_role("link", name=re.compile(re.escape(module(name).title))).first.click()
    page.locator(".ig-commit").first.wait_for(timeout=40_000)


def kernel_of(server: CourseServer) -> int:
    """The process of the page's kernel."""
    found = [
        child.pid
        for child in psutil.Process(server.process.pid).children(recursive=True)
        if "ipykernel" in " ".join(child.cmdline())
    ]
    return found[-1]


def worked_out(slug: str) -> dict[str, Any]:
    """The answers of a case's first exemplar; an ungraded case has none and is left as it is."""
    found = examples(slug, "exemplars")
    return dict(found[0].answers) if found else {}


def work_through(
    who: type[Participant], page: Any, server: CourseServer, name: str = MODULE, interrupted: str = ""
) -> None:
    """Every case of the module as its first exemplar has it; the kernel dies halfway through one of them."""
    for case in module_cases(name):
        answers = worked_out(case.slug)
        if not answers:
            continue
        person = who(page, case.slug)
        person.answer_all(answers, "predict", "declare")
        if case.slug == interrupted:
            os.kill(kernel_of(server), signal.SIGKILL)
        person.answer_all(answers, "decide")
        person.commit()
        assert len(person.decided(1)) > 20
        person.answer_all(answers, "justify")
        for question in case.phase("own"):
            if question.kind == "text":
                person.answer(question.id, PRIVATE)
        person.saved()
        sheet = json.loads((server.workspace / name / "answers" / f"{case.slug}.json").read_text(encoding="utf-8"))
        for question in case.phase("predict", "declare", "decide", "justify"):
            if question.id in answers:
                meant = kinds.normalise(question, answers[question.id])
                assert sheet["answers"][question.id]["value"] == meant, question.id


def graded(tmp_path: Path, handed: Path, name: str = MODULE, *how: str) -> dict[str, Any]:
    """The file through collect, grade and feedback; the module's totals."""
    course, inbox = str(tmp_path / "course"), tmp_path / "inbox"
    inbox.mkdir()
    (inbox / handed.name).write_bytes(handed.read_bytes())
    itguide("build", "--course", course)
    itguide("collect", str(inbox), "--course", course)
    told = json.loads(itguide("grade", name, "--course", course, "--json", *how))
    itguide("feedback", "--course", course)
    return dict(told)


def expected_points(name: str = MODULE) -> float:
    total = 0.0
    for case in module_cases(name):
        if not case.points:
            continue
        key = load_key(case.slug)
        written = sum(max(level.points for level in c.levels) for c in key.criterion)
        total += case.points - written
    return total


def axe_findings(page: Any) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found if v["id"] not in SHELL_FINDINGS]


@pytest.fixture
def handed_in(course_server: CourseServer, page: Any) -> Path:
    """Module 1 worked through by mouse, the kernel killed halfway, and handed in."""
    open_module(page, course_server)
    assert axe_findings(page) == []
    work_through(Mouse, page, course_server, interrupted="ict_portfolio")
    assert axe_findings(page) == []
    page.locator(".ig-handin .ig-commit").click()
    page.locator(".ig-receipt").wait_for(timeout=20_000)
    with page.expect_download() as download:
        page.locator(".ig-download").click()
    path = course_server.workspace / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_module_by_mouse_handed_in_graded_and_read(
    handed_in: Path, course_server: CourseServer, tmp_path: Path, browser: Any
) -> None:
    assert PRIVATE.encode() not in handed_in.read_bytes()
    told = graded(tmp_path, handed_in)
    [row] = told["submissions"]
    assert row["automatic"] == pytest.approx(row["automatic_of"])
    assert row["automatic_of"] == pytest.approx(expected_points())
    assert row["to_mark"] > 0
    [feedback] = (tmp_path / "course" / "returned").glob(f"*/{MODULE}.html")
    text = feedback.read_text(encoding="utf-8")
    assert PRIVATE not in text
    reader = browser.new_page()
    reader.goto(feedback.as_uri())
    assert "Strategic IT planning" in reader.inner_text("h1")
    assert axe_findings(reader) == []
    for case in module_cases(MODULE):
        for criterion in load_key(case.slug).criterion:
            assert all(level.says not in text for level in criterion.levels)
    reader.close()


@pytest.mark.parametrize("name", MODULES)
def test_module_by_keyboard_alone_handed_in_and_graded(
    course_server: CourseServer, page: Any, tmp_path: Path, name: str
) -> None:
    open_module(page, course_server, name)
    work_through(Keys, page, course_server, name)
    assert axe_findings(page) == []
    last = Keys(page, module_cases(name)[-1].slug)
    last.reach(page.locator(".ig-handin .ig-commit"))
    last.key("Enter")
    page.locator(".ig-receipt").wait_for(timeout=20_000)
    [handed] = course_server.workspace.glob(f"**/itguide_{name}_*.zip")
    [row] = graded(tmp_path, handed, name)["submissions"]
    assert row["automatic_of"] == pytest.approx(expected_points(name))
    # A first exemplar does well in every case; by how much is told by the content ring.
    assert row["automatic"] >= 0.9 * row["automatic_of"]
