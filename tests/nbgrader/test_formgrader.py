"""Formgrader in a real browser: an answer with its criteria is read, marked, and keeps its mark."""

from __future__ import annotations

import os
import shutil
import urllib.request
from pathlib import Path

import pytest

import small_course as small
from itguide import desk

playwright = pytest.importorskip("playwright.sync_api")
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
        "--disable-sync", "--no-first-run"]  # fmt: skip
ATTACK = "<script>document.title = 'OWNED'</script><img src=x onerror=\"document.title='OWNED'\"> **bold** $x$"


@pytest.fixture
def browser():
    with playwright.sync_playwright() as play:
        chrome = next((p for n in ("chromium", "google-chrome", "chromium-browser") if (p := shutil.which(n))), None)
        with play.chromium.launch(executable_path=chrome, args=ARGS) as running:
            yield running


def closed_to_strangers(url: str) -> bool:
    """Only this machine, and only with the token: without it there is the door."""
    bare = url.partition("?")[0]
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(bare, timeout=10) as answer:
        return bare.startswith("http://127.0.0.1:") and "/login" in answer.geturl()


def test_an_answer_is_read_and_marked_and_a_regrade_keeps_the_mark(room, browser):
    room.hand_in("a", small.FAST, f"{small.MINISTER}\n{ATTACK}")
    room.collect()
    room.grade()
    running = desk.start(room.course.root, port=0)
    try:
        assert closed_to_strangers(running.url)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(running.url)
        assert "token" not in page.url
        page.get_by_role("link", name="Formgrader’s own list").click()
        page.get_by_role("link", name="harbour").first.click()
        page.get_by_role("link", name="harbour").last.click()
        page.get_by_role("link", name="Submission #1").click()
        page.wait_for_selector("#berths__minister__cost")
        page.locator("details.ig-folded").evaluate_all("folds => folds.forEach((fold) => { fold.open = true; })")
        said = page.inner_text("body")
        for part in ("Dredge now", "The port pays for it", ATTACK, "Names the cost",
                     "KEY-CANARY names the cost & who bears it",
                     "KEY-BANK says who pays", "Sound: Holds (4 of 4)", "Three ships wait."):  # fmt: skip
            assert part in said, part
        assert page.title() == "harbour"  # nothing in the answer ran
        assert "import show" not in said  # a reader reads answers, not code
        assert "MARK SCHEME" not in said
        if folder := os.environ.get("ITGUIDE_SCREENSHOTS"):
            page.screenshot(path=str(Path(folder) / "formgrader-1280.png"), full_page=True)
        with page.expect_response(lambda r: "/api/grade/" in r.url and r.request.method == "PUT"):
            page.fill("#berths__minister__cost", "2")
            page.locator("#berths__minister__cost").press("Tab")
        with page.expect_response(lambda r: "/api/comment/" in r.url and r.request.method == "PUT"):
            page.fill("#berths__minister__cost-comment", "Clear.")
            page.locator("#berths__minister__cost-comment").blur()
    finally:
        running.close()
    assert running.process.poll() is not None
    graded = room.grade(again=True)["a"]
    mark = room.marks("a")["berths__minister__cost"]
    assert (mark.manual, mark.comment, mark.to_mark) == (2, "Clear.", False)
    assert (graded.marked, graded.to_mark, graded.error) == (1, 1, "")
