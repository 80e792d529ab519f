"""A night read message by message in a real browser: by mouse and by keyboard alone, with a reload in between."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from itguide import session
from itguide.examples import examples
from page_harness import Harness
from participant import Keys, Mouse, Participant

SLUG = "ransomware_72h"
ANSWERS = dict(examples(SLUG, "exemplars")[0].answers)


class Night(Harness):
    def open(self) -> None:
        self.session = session.CaseSession(SLUG, self.lang, self.folder)
        self.page.evaluate(self.mount, [self.session.doc(), self.session.state()])


@pytest.fixture
def night(browser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Night]:
    monkeypatch.setattr(session, "workspace_id", lambda _root: "a" * 26)
    page = browser.new_page(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    made = Night(page, tmp_path / "module")
    yield made
    assert made.errors == []
    page.close()


@pytest.mark.parametrize("who", [Mouse, Keys])
def test_a_night_from_the_first_message_to_the_signed_log(night: Night, who: type[Participant]) -> None:
    person, page = who(night.page, SLUG), night.page
    assert not page.locator(".ig-commit").is_visible()
    assert not page.locator(".ig-step-consequence").is_visible()
    button = person.box("hour_2").locator(".ig-read-on")
    button.click()
    person.box("hour_2").locator(".ig-problems li").wait_for()
    assert "still open" in person.box("hour_2").locator(".ig-problems").inner_text()
    person.answer_all(ANSWERS, "predict", "declare")
    for question in night.session.case.phase("decide"):
        person.answer(question.id, ANSWERS[question.id])
        if question.id == "cap":
            person.saved()
            night.open()  # a reload: the place is the same
            assert page.locator(".ig-kind-inject[data-q]").count() == 3
            assert not person.control("links", "cut").is_enabled()
            assert person.control("links", "cut").is_checked()
            assert person.control("cap", "field").is_enabled()
            assert "Hour 9 has come" in person.box("links").inner_text()
            assert "Saturday, 6" not in page.content()
            page.wait_for_timeout(300)
            found = [v["id"] for v in Axe().run(page).response["violations"]]
            assert found in ([], ["page-has-heading-one"])  # the title of the page is the notebook's
    person.commit()
    assert "containers" in person.decided(1)
    assert person.control("links", "cut").is_enabled()
    assert not person.control("expect_queue", "field").is_enabled()
    assert person.box("hour_60").locator(".ig-read-on").is_hidden()


def test_what_was_typed_last_is_saved_before_the_clock_moves_and_the_reader_lands_at_the_message(night: Night) -> None:
    person, page = Mouse(night.page, SLUG), night.page
    person.answer_all({**ANSWERS}, "declare")
    page.locator("#ig-ransomware_72h-expect_queue-field").fill("1234")
    page.evaluate("document.querySelector('.ig-read-on').click()")  # within the pause after typing
    person.box("links").wait_for()
    assert night.value("expect_queue") == 1234
    assert night.session.state()["locked"]
    at = page.evaluate("document.activeElement.closest('[data-q]').dataset.q")
    assert at == "hour_2"
    assert 0 <= person.box("hour_2").bounding_box()["y"] < 200
