"""Takes a picture of every page at 1280x800 and 1024x768, and the ones the README shows.

`make screenshots` runs it: all pages go to `screenshots/` (not kept), the README's to
`curriculum/guide/pictures/`.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from chromium import ARGUMENTS, installed
from itguide import desk, launch
from itguide.build import build
from itguide.collect import collect
from itguide.content import module_cases, syllabus
from itguide.examples import examples
from itguide.feedback import feedback
from itguide.grading import grade
from itguide.report import report
from itguide.session import CaseSession
from itguide.submission import submit
from random_cohort import fill

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "screenshots"
KEPT = ROOT / "curriculum" / "guide" / "pictures"
SIZES = ((1280, 800), (1024, 768))
README = {f"{name}_1280": f"{name}.png"
          for name in ("home", "decision", "consequence", "marking", "formgrader", "feedback", "report")}  # fmt: skip


def decided(workspace: Path) -> None:
    """Answers every case with its first exemplar and commits one round."""
    for module in syllabus().module:
        for case in module_cases(module.slug):
            found = examples(case.slug, "exemplars")
            if not found:
                continue
            session = CaseSession(case.slug, "en", workspace / module.slug)
            for question, value in found[0].answers.items():
                session.answer({"type": "set", "q": question, "value": value, "rev": 0})
            session.answer({"type": "commit"})


def take(tab: Any, name: str, width: int, element: Any = None) -> None:
    """One picture; `element` alone or the window."""
    path = OUT / f"{name}_{width}.png"
    (element or tab).screenshot(path=path)
    print(path.relative_to(ROOT))


def whole(tab: Any, name: str, size: tuple[int, int], element: Any) -> None:
    """One picture of something taller than the window."""
    tab.set_viewport_size({"width": size[0], "height": min(12_000, int(element.bounding_box()["height"]) + 300)})
    element.scroll_into_view_if_needed()
    tab.wait_for_timeout(900)  # what is told when it is seen
    tab.set_viewport_size({"width": size[0], "height": min(12_000, int(element.bounding_box()["height"]) + 300)})
    take(tab, name, size[0], element)
    tab.set_viewport_size({"width": size[0], "height": size[1]})


def course_pages(browser: Any, workspace: Path) -> None:
    """Home, each module's opening, each step of each case, handing in."""
    with launch.serve(workspace, None, 0) as server:
        decided(workspace)
        for width, height in SIZES:
            tab = browser.new_page(viewport={"width": width, "height": height}, device_scale_factor=1)
            tab.goto(server.url)
            take(tab, "home", width)
            for module in syllabus().module:
                tab.goto(f"{server.base_url}notebooks/{module.slug}/{module.slug}.en.ipynb")
                tab.locator(".ig-case").first.wait_for(timeout=60_000)
                tab.wait_for_timeout(2500)
                take(tab, f"{module.slug}_opening", width)
                for case in module_cases(module.slug):
                    root = tab.locator(f'article[aria-labelledby="ig-{case.slug}"]')
                    for step in root.locator("section.ig-step").all():
                        if step.is_visible():
                            whole(tab, f"{case.slug}_{step.get_attribute('data-step')}", (width, height), step)
                    if case.slug == "ict_portfolio" and width == 1280:
                        for name, place in (
                            ("decision", '[data-q="plan"]'),
                            ("consequence", "section.ig-step-consequence"),
                        ):
                            root.locator(place).evaluate("e => e.scrollIntoView({block: 'start'})")
                            tab.wait_for_timeout(900)
                            take(tab, name, width)
                if tab.locator(".ig-handin").count():
                    take(tab, f"{module.slug}_handin", width, tab.locator(".ig-handin"))
            tab.close()


def instructor_pages(browser: Any, workspace: Path, course: Path) -> None:
    """A cohort of forty at the desk: what is left to mark, formgrader, the feedback handed over, the report."""
    for slug in (m.slug for m in syllabus().module if any(c.points for c in module_cases(m.slug))):
        submit(slug, workspace, course.parent / "inbox")
    build(course)
    mine = {c.workspace_id for c in collect(course.parent / "inbox", course)}
    fill(course, "strategic_planning", 40, seed=1)
    grade(course)
    feedback(course)
    reports = report(course, None, course.parent / "reports")
    for width, height in SIZES:
        tab = browser.new_page(viewport={"width": width, "height": height})
        for path in sorted(p for owner in mine for p in (course / "returned" / owner).glob("*.html")):
            tab.goto(path.as_uri())
            tab.screenshot(path=OUT / f"feedback_{path.stem}_{width}.png", full_page=True)
        tab.goto((course / "returned" / min(mine) / "strategic_planning.html").as_uri())
        take(tab, "feedback", width)
        for made in reports:
            tab.goto(Path(made.file).as_uri())
            tab.screenshot(path=OUT / f"report_{made.module}_{width}.png", full_page=True)
            if made.module == "strategic_planning":
                tab.locator("figure").nth(1).evaluate("e => e.scrollIntoView({block: 'center'})")
                tab.wait_for_timeout(800)
                take(tab, "report", width)
        tab.close()
    running = desk.start(course, port=0)
    try:
        for width, height in SIZES:
            tab = browser.new_page(viewport={"width": width, "height": height})
            tab.goto(running.url)
            tab.wait_for_timeout(2000)
            take(tab, "marking", width)
            tab.get_by_role("link", name="Mark the next").first.click()
            tab.wait_for_timeout(4000)
            take(tab, "formgrader", width)
            tab.close()
    finally:
        running.close()


def main() -> None:
    """Everything, then the README's."""
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed(), args=ARGUMENTS)
        course_pages(browser, Path(folder) / "workspace")
        instructor_pages(browser, Path(folder) / "workspace", Path(folder) / "course")
        browser.close()
    KEPT.mkdir(exist_ok=True)
    for name, kept in README.items():
        shutil.copy(OUT / f"{name}.png", KEPT / kept)


if __name__ == "__main__":
    sys.exit(main())
