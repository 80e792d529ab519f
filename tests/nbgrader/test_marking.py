"""Marking: nothing unmarked can be missed, and a mark is one press beside the answer."""

from __future__ import annotations

import json
import shutil

import pytest

import small_course as small
from itguide import desk, marking
from itguide.cli import main

ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
        "--disable-sync", "--no-first-run"]  # fmt: skip


@pytest.fixture
def three(room):
    """Two answers and a blank, graded."""
    room.hand_in("a", small.FAST, small.MINISTER)
    room.hand_in("b", small.FAST, "Traders pay, in time.")
    room.hand_in("c", small.FAST)
    room.collect()
    room.grade()
    return room


def states(room) -> dict[str, int]:
    found = marking.left(room.course.root)
    return {a.workspace_id[0]: a.left for a in found.asked[0].answers}


def test_every_criterion_is_on_the_list_until_it_is_marked(three):
    found = marking.left(three.course.root)
    [asked] = found.asked
    assert (found.left, found.total, asked.left, asked.written) == (4, 4, 2, 2)
    assert asked.criteria == {"cost": 2, "plain": 2}
    assert asked.labels["cost"] == "Names the cost"
    assert [a.blank for a in asked.answers] == [False, False, True]
    three.mark("a", "cost", 1)
    assert states(three) == {"a": 1, "b": 2, "c": 0}
    three.mark("a", "plain", 0)  # nothing is a mark too
    assert states(three) == {"b": 2, "a": 0, "c": 0}
    three.mark("a", "plain", None)
    assert states(three)["a"] == 1


def test_a_changed_text_is_back_on_the_list_and_one_not_graded_yet_is_said(three):
    three.mark("a", "cost", 1)
    three.mark("a", "plain", 1)
    three.hand_in("a", small.FAST, "Something else altogether.")
    three.hand_in("d", small.FAST, "A late one.")
    three.collect()
    found = marking.left(three.course.root)
    assert {(who[0], slug) for who, slug in found.ungraded} == {("a", "harbour"), ("d", "harbour")}
    three.grade()
    found = marking.left(three.course.root)
    assert found.ungraded == ()
    answers = {a.workspace_id[0]: a for a in found.asked[0].answers}
    assert (answers["a"].left, answers["a"].changed) == (2, True)
    assert (answers["d"].left, answers["d"].changed) == (2, False)


def test_the_command_by_question_by_participant_without_names(three, capsys):
    three.mark("a", "cost", 1)
    capsys.readouterr()
    where = ["--course", str(three.course.root)]
    assert main(["marking", *where]) == 0
    said = capsys.readouterr().out
    assert "harbour: Three berths: 2 of 2 answers to mark (Names the cost: 1, Plain words: 2)" in said
    assert "aaaaaa harbour: 1 of 2 left: /formgrader/submissions/" in said
    assert "#berths__minister__plain" in said
    assert "cccccc" not in said
    assert said.endswith("3 of 4 criteria still to read.\n")
    assert main(["marking", "harbour", "--json", *where]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["left"], len(told["participants"]), told["questions"][0]["left"]) == (3, 3, 2)
    assert main(["marking", "nowhere", *where]) == 1
    assert "has no module 'nowhere'" in capsys.readouterr().err


def test_before_the_first_grading_it_says_what_is_missing(room, capsys):
    room.hand_in("a", small.FAST, small.MINISTER)
    room.collect()
    capsys.readouterr()
    assert main(["marking", "--course", str(room.course.root)]) == 0
    out = capsys.readouterr()
    assert "aaaaaa harbour: handed in or changed after the last grading" in out.err
    assert "0 of 0 criteria" in out.out


# ---- at the desk, in a browser


@pytest.fixture
def page(three):
    play = pytest.importorskip("playwright.sync_api")
    chrome = next((p for n in ("chromium", "google-chrome", "chromium-browser") if (p := shutil.which(n))), None)
    running = desk.start(three.course.root, port=0)
    try:
        with play.sync_playwright() as now, now.chromium.launch(executable_path=chrome, args=ARGS) as browser:
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.route("https://**", lambda route: route.abort())  # a room without a network
            page.broken = []
            page.on("pageerror", lambda error: page.broken.append(str(error)))
            page.goto(running.url)
            yield page
    finally:
        running.close()


def here(page):
    page.wait_for_selector(".ig-criterion:visible")
    page.wait_for_function("document.querySelector('.ig-left').textContent !== ''")
    page.wait_for_function("formgrader.loaded && formgrader.grades.loaded && formgrader.comments.loaded")
    return page.evaluate("submission_id")


def test_from_the_list_one_question_for_everybody_in_a_row_by_mouse_then_all_is_done(page, three):
    assert "4 of 4 criteria are still to be read." in page.inner_text("body")
    page.get_by_role("link", name="Mark the next").click()
    first = here(page)
    assert page.evaluate("document.activeElement.id") == "berths__minister__cost"
    section = page.locator(".ig-question:visible")
    assert section.locator(".ig-answer").bounding_box()["x"] < section.locator(".ig-criteria").bounding_box()["x"]
    assert "2 of 2 criteria to mark" in page.inner_text(".ig-bar")
    cost, plain = page.locator(".ig-criterion:visible").all()
    cost.get_by_role("button", name="KEY-CANARY names the cost & who bears it").click()
    cost.get_by_role("button", name="KEY-BANK says who pays").click()
    assert (
        cost.get_by_role("button", name="KEY-CANARY names the cost & who bears it").get_attribute("aria-pressed")
        == "true"
    )
    plain.get_by_role("button", name="KEY-CANARY full of jargon").click()
    page.get_by_text("All criteria of this answer are marked").wait_for()
    page.get_by_role("button", name="Next answer to mark").click()
    page.wait_for_function("(was) => window.submission_id && submission_id !== was", arg=first)
    second = here(page)
    assert {first, second} == {a.place for a in marking.left(three.course.root).asked[0].answers if not a.blank}
    assert "1 of 2 answers to this question are left" in page.inner_text(".ig-bar")
    for field, points in (("cost", "1"), ("plain", "1")):  # by keyboard; a comment lies between the two
        assert page.evaluate("document.activeElement.id") == f"berths__minister__{field}"
        page.keyboard.type(points)
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
    page.keyboard.press("Control+Enter")
    page.get_by_text("All 4 criteria are read.").wait_for()
    assert page.broken == []
    letter = {a.place: a.workspace_id[0] for a in marking.left(three.course.root).asked[0].answers}
    given = {n: (m.manual, m.comment) for n, m in three.marks(letter[first]).items() if m.written}
    bank = "KEY-BANK says who pays, which a minister asks first"
    assert given == {"berths__minister__cost": (2, bank), "berths__minister__plain": (0, "")}
    assert [m.manual for m in three.marks(letter[second]).values() if m.written] == [1, 1]


def test_a_mark_that_is_not_saved_is_said_and_nobody_moves_on(page, three):
    page.get_by_role("link", name="Mark the next").click()
    first = here(page)
    page.route("**/api/grade/**", lambda route: route.fulfill(status=500, body="locked"))
    page.locator(".ig-level:visible").first.click()
    page.get_by_text("Not saved (500)").wait_for()
    page.get_by_role("button", name="Next answer to mark").click()
    page.wait_for_timeout(300)
    assert page.evaluate("submission_id") == first
    page.unroute("**/api/grade/**")
    page.locator(".ig-level:visible").nth(1).click()
    page.get_by_text("1 of 2 criteria to mark").wait_for()
    page.locator(".ig-level:visible").nth(1).click()  # pressed again it is taken back
    page.get_by_text("2 of 2 criteria to mark").wait_for()
    assert marking.left(three.course.root).left == 4


def test_the_command_s_address_shows_the_criterion_it_names(page, three):
    three.mark("a", "cost", 1)
    path = next(p.path for p in marking.left(three.course.root).people if p.workspace_id[0] == "a")
    page.goto(page.url.rpartition("/itguide/")[0] + "/" + path)
    here(page)
    assert page.evaluate("document.activeElement.id") == "berths__minister__plain"
    page.reload()
    here(page)
    assert page.evaluate("document.activeElement.id") == "berths__minister__plain"
    page.get_by_role("button", name="Whole hand-in").click()
    assert page.get_by_role("button", name="Only this question").is_visible()
