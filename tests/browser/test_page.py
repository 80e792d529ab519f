"""The case page: saving, committing, conflicts, a connection lost and found again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from itguide import content
from itguide.answers import AnswerStore
from page_harness import ME, Harness, use_demo_shelf


@pytest.fixture
def harness(browser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Harness]:
    use_demo_shelf(monkeypatch)
    page = browser.new_page(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")  # no moving targets
    made = Harness(page, tmp_path / "demo_module")
    yield made
    assert made.errors == []
    page.close()
    monkeypatch.undo()
    content.forget()


def question(h: Harness, name: str) -> Any:
    return h.page.locator(f'[data-q="{name}"]')


def answer_all(h: Harness) -> None:
    question(h, "guess").locator("input").fill("12")
    question(h, "weights").locator("input[type=range]").first.fill("50")
    question(h, "pier").get_by_role("radio", name=re.compile("North")).check(force=True)
    question(h, "plan").get_by_role("radio", name=re.compile("2027")).first.check(force=True)
    h.wait_saved()


def test_answer_is_saved_and_confirmed(harness: Harness) -> None:
    question(harness, "guess").locator("input").fill("12")
    harness.wait_saved()
    assert harness.value("guess") == 12


def test_commit_names_what_is_open_and_leads_there(harness: Harness) -> None:
    harness.page.locator(".ig-commit").click()
    says = harness.page.locator(".ig-commit-says button")
    says.first.wait_for()
    assert "How many days" in says.first.inner_text()
    says.first.click()
    assert question(harness, "guess").locator("input").evaluate("e => e === document.activeElement")


def test_round_reveals_consequence_notes_and_what_comes_after(harness: Harness) -> None:
    assert question(harness, "minister").is_hidden()
    assert "Others met" not in harness.page.content()
    answer_all(harness)
    harness.page.locator(".ig-commit").click()
    headline = harness.page.locator(".ig-headline")
    headline.wait_for()
    assert "north pier works again by Thursday" in headline.inner_text()
    assert question(harness, "minister").is_visible()
    assert "Others met fruit" in question(harness, "pier").inner_text()
    assert harness.page.locator(".ig-commit").inner_text() == "Move it again"
    assert question(harness, "guess").locator("input").is_disabled()
    assert "12 days" in harness.page.locator(".ig-expected").inner_text()


def test_text_typed_just_before_the_button_is_in_the_round(harness: Harness) -> None:
    answer_all(harness)
    harness.page.locator(".ig-commit").click()
    harness.page.locator(".ig-headline").wait_for()
    radio = question(harness, "plan").get_by_role("radio", name=re.compile("2028")).first
    radio.evaluate("e => e.scrollIntoView({ block: 'center' })")  # from under the limits, which stay in view
    radio.check(force=True)
    harness.page.locator(".ig-commit").click()
    harness.page.locator(".ig-rounds").wait_for()
    assert harness.session.store.sheet.rounds[1].decision["plan"] == {"core": 2}


def test_self_check_explains(harness: Harness) -> None:
    answer_all(harness)
    harness.page.locator(".ig-commit").click()
    question(harness, "know").get_by_role("radio").nth(1).check(force=True)
    check = question(harness, "know").locator(".ig-check")
    check.wait_for()
    assert "Not quite" in check.inner_text()
    assert "long" in check.inner_text()


def test_private_answers_go_to_the_private_sheet(harness: Harness) -> None:
    answer_all(harness)
    harness.page.locator(".ig-commit").click()
    question(harness, "mine").locator("textarea").fill("only for me")
    question(harness, "mine").locator("textarea").blur()
    harness.wait_saved()
    assert "only for me" in (harness.folder / "private" / "demo.json").read_text()
    assert "only for me" not in (harness.folder / "answers" / "demo.json").read_text()


def elsewhere(h: Harness) -> AnswerStore:
    """The same sheet, open on another page."""
    return AnswerStore(h.folder / "answers" / "demo.json", h.session.store.blank)


@pytest.mark.parametrize(("button", "kept"), [("Keep this page", 30), ("Take the saved one", 7)])
def test_two_pages_both_values_are_shown_and_the_reader_chooses(harness: Harness, button: str, kept: int) -> None:
    field = question(harness, "guess").locator("input")
    field.fill("12")
    harness.wait_saved()
    elsewhere(harness).set("guess", 7, 1)
    field.fill("30")
    conflict = harness.page.locator(".ig-conflict")
    conflict.wait_for()
    assert "30 days" in conflict.inner_text()
    assert "7 days" in conflict.inner_text()
    conflict.get_by_role("button", name=re.compile(button)).click()
    harness.wait_saved()
    assert harness.value("guess") == kept
    assert field.input_value() == str(kept)
    assert ME in (harness.folder / "answers" / "demo.json").read_text()


def test_lost_connection_is_said_inputs_wait_and_typing_survives_the_restart(harness: Harness) -> None:
    answer_all(harness)
    harness.page.locator(".ig-commit").click()
    area = question(harness, "minister").locator("textarea")
    area.fill("First words")
    area.blur()
    harness.wait_saved()
    harness.page.evaluate("window.dead = true")
    area.click()
    area.press("End")
    area.type(" and more")
    banner = harness.page.locator(".ig-banner.ig-lost")
    banner.wait_for(timeout=6000)
    assert "kept here" in banner.inner_text()
    assert area.is_disabled()
    assert area.input_value() == "First words and more"
    assert harness.value("minister") == "First words"
    harness.page.evaluate("window.dead = false")
    harness.open()
    harness.wait_saved()
    area = question(harness, "minister").locator("textarea")
    assert area.input_value() == "First words and more"
    assert area.is_enabled()
    assert harness.value("minister") == "First words and more"


def test_typing_survives_a_reload_that_came_before_the_kernel(harness: Harness) -> None:
    harness.page.evaluate("window.dead = true")
    question(harness, "guess").locator("input").fill("21")
    harness.page.wait_for_timeout(600)
    harness.page.reload()
    harness.open()
    harness.wait_saved()
    assert harness.value("guess") == 21


def test_sheet_that_is_read_only_can_be_read(harness: Harness) -> None:
    answer_all(harness)
    (harness.folder / "READ_ONLY").touch()
    harness.open()
    assert question(harness, "guess").locator("input").input_value() == "12"
    assert question(harness, "guess").locator("input").is_disabled()
    assert "being graded" in harness.page.locator(".ig-banner").inner_text()


def test_damaged_sheet_is_set_aside_and_said(harness: Harness) -> None:
    path = harness.folder / "answers" / "demo.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('{"schema": 1, "case": "demo"')
    harness.open()
    assert "set aside" in harness.page.locator(".ig-banner").inner_text()
    assert [p.read_text() for p in path.parent.glob("demo.damaged-*.json")] == ['{"schema": 1, "case": "demo"']


def test_a_commit_does_not_take_what_this_page_does_not_show(harness: Harness) -> None:
    answer_all(harness)
    elsewhere(harness).set("pier", "south", 1)
    harness.page.locator(".ig-commit").click()
    conflict = harness.page.locator(".ig-conflict")
    conflict.wait_for()
    assert "South pier" in conflict.inner_text()
    assert harness.session.store.sheet.rounds == ()
    conflict.get_by_role("button", name=re.compile("Take the saved one")).click()
    harness.page.locator(".ig-commit").click()
    harness.page.locator(".ig-headline").wait_for()
    assert harness.session.store.sheet.rounds[0].decision["pier"] == "south"
    assert question(harness, "pier").get_by_role("radio", name=re.compile("South")).is_checked()


def test_what_changed_since_the_last_round_is_said_where_one_commits(harness: Harness) -> None:
    answer_all(harness)
    harness.page.locator(".ig-commit").click()
    harness.page.locator(".ig-headline").wait_for()
    standing = harness.page.locator(".ig-standing")
    assert standing.is_hidden()
    question(harness, "pier").get_by_role("radio", name=re.compile("South")).check(force=True)
    standing.wait_for()
    assert "Changed since round 1" in standing.inner_text()
    question(harness, "pier").get_by_role("radio", name=re.compile("North")).check(force=True)
    standing.wait_for(state="hidden")


def test_a_number_that_cannot_be_read_is_not_committed_as_the_old_one(harness: Harness) -> None:
    answer_all(harness)
    field = question(harness, "guess").locator("input")
    field.fill("abc")
    field.blur()
    harness.wait_saved()
    harness.page.locator(".ig-commit").click()
    harness.page.locator(".ig-commit-says button").first.wait_for()
    assert harness.value("guess") is None
    assert harness.session.store.sheet.rounds == ()
