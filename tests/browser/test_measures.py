"""The page of measures as somebody looks things up in it: search, filters, addresses, keys, print, no outside world."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from itguide import launch
from itguide.launch import CourseServer
from itguide.measures import measures
from itguide.page import script, style
from itguide.pseudo import PSEUDO
from itguide.session import CaseSession
from page_harness import MOUNT


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CourseServer]:
    """One server for all of these: nothing on this page is ever written."""
    server = launch.serve(tmp_path_factory.mktemp("library") / "workspace", port=0)
    yield server
    server.close()


@pytest.fixture
def reader(page: Page, library: CourseServer) -> Page:
    page.goto(library.url)
    page.locator("a", has_text="measure by measure").click()
    expect(page.locator(".measure").first).to_be_visible()
    return page


def shown(page: Page) -> list[str]:
    return page.eval_on_selector_all(".measure:not([hidden])", "els => els.map(e => e.dataset.no)")


def axe_findings(page: Page) -> list[str]:
    found: dict[str, Any] = Axe().run(page).response
    return [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in found["violations"]]


def test_typing_finds_at_once_and_says_how_many(reader: Page) -> None:
    assert len(shown(reader)) == 36
    reader.keyboard.press("/")
    reader.keyboard.type("10.4")
    assert shown(reader) == ["10.4"]
    expect(reader.locator("#found")).to_have_text("1 of 36 measures")
    reader.locator("#q").fill("AEO")
    assert shown(reader) == ["7.7"]
    reader.locator("#q").fill("7")
    assert shown(reader) == [f"7.{n}" for n in range(1, 10)]
    # A word of one paragraph opens the paragraphs; an accent is no hindrance.
    reader.locator("#q").fill("national transit coordinator")
    assert shown(reader) == ["11"]
    expect(reader.locator("#art-11-17")).to_be_visible()
    reader.locator("#q").fill("ventanilla unica")
    assert shown(reader) == ["10.4"]
    reader.locator("#q").fill("zebra")
    assert shown(reader) == []
    expect(reader.locator(".nothing")).to_be_visible()
    reader.keyboard.press("Escape")
    assert len(shown(reader)) == 36
    expect(reader.locator("#art-11-17")).to_be_hidden()


def test_filters_count_and_stay_in_the_address(reader: Page) -> None:
    have = measures().measure
    reader.locator("#force").select_option("endeavour")
    assert shown(reader) == [m.no for m in have if m.force == "endeavour"]
    reader.locator("#force").select_option("")
    reader.locator("#ict").select_option("carries")
    reader.locator("#article").select_option("7")
    expected = [m.no for m in have if m.ict == "carries" and m.article == "7"]
    assert shown(reader) == expected
    assert "article=7" in reader.url
    reader.reload()
    assert shown(reader) == expected
    reader.get_by_role("button", name="Show all").click()
    assert len(shown(reader)) == 36
    assert "article" not in reader.url


def test_an_address_leads_to_a_measure_and_to_a_paragraph(reader: Page) -> None:
    base = reader.url.split("?")[0]
    reader.goto(f"{base}?force=encouraged#art-7-4")
    expect(reader.locator("#art-7-4")).to_be_in_viewport()
    assert len(shown(reader)) == 36  # a filter does not hide what was asked for
    reader.wait_for_function("document.activeElement.getAttribute('href') === '#art-7-4'")
    reader.goto(f"{base}#art-11-17")
    expect(reader.locator("#art-11-17")).to_be_in_viewport()
    reader.locator("#art-10-4 .links a", has_text="10.1").click()
    expect(reader.locator("#art-10-1")).to_be_in_viewport()
    assert reader.url.endswith("#art-10-1")


def test_keys_alone(reader: Page) -> None:
    reader.keyboard.press("/")
    reader.keyboard.type("guarantee")
    reader.keyboard.press("ArrowDown")
    found = shown(reader)
    assert reader.evaluate("document.activeElement.closest('.measure').dataset.no") == found[0]
    reader.keyboard.press("ArrowDown")
    assert reader.evaluate("document.activeElement.closest('.measure').dataset.no") == found[1]
    reader.keyboard.press("Enter")
    address = f"#art-{found[1].replace('.', '-')}"
    assert reader.url.endswith(address)
    reader.wait_for_function("address => document.activeElement.getAttribute('href') === address", arg=address)
    reader.keyboard.press("Escape")
    assert reader.evaluate("document.activeElement.id") == "q"


@pytest.mark.parametrize("width", [1280, 1024])
def test_nothing_to_mend_and_nothing_too_wide(reader: Page, width: int) -> None:
    reader.set_viewport_size({"width": width, "height": 800 if width == 1280 else 768})
    reader.locator(".parts summary").first.click()
    reader.locator(".reading summary").click()
    assert axe_findings(reader) == []
    assert reader.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    small = reader.evaluate(
        "[...document.querySelectorAll('body *')].filter(e => e.children.length === 0 && e.textContent.trim() &&"
        " e.getClientRects().length && parseFloat(getComputedStyle(e).fontSize) < 15).map(e => e.outerHTML)"
    )
    assert small == []
    tight = reader.evaluate(
        "[...document.querySelectorAll('button, input, select, summary')].filter(e => e.getClientRects().length"
        " && e.getBoundingClientRect().height < 44).map(e => e.outerHTML)"
    )
    assert tight == []


def test_paper_has_every_paragraph(reader: Page) -> None:
    reader.emulate_media(media="print")
    reader.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert reader.locator(".parts li:visible").count() == sum(len(m.part) for m in measures().measure)
    expect(reader.locator(".sift")).to_be_hidden()
    reader.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert reader.locator("details[open]").count() == 0


def test_every_word_is_marked_in_the_pseudo_locale(page: Page, start_course: Any) -> None:
    server = start_course(lang=PSEUDO)
    page.goto(server.url)
    page.goto(f"{server.base_url}itguide/measures?lang={PSEUDO}")
    page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
    plain = page.evaluate(
        "[...document.querySelectorAll('h1,h2,h3 a,h4,p,dt,dd,li,label,summary,option,button,.force')]"
        ".map(e => e.innerText.trim()).filter(t => /[a-z]{3}/i.test(t) && !t.includes('⟦'))"
    )
    assert plain == []
    page.locator("#q").fill("10.4")
    expect(page.locator("#found")).to_contain_text("⟦")


# ------------------------------------------------------------ the two cases that came with it


@pytest.fixture
def case_page(page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], CaseSession]:
    """A case's page without a server, as if it stood among a course's notebooks."""
    monkeypatch.setattr("itguide.session.workspace_id", lambda _root: "a" * 26)

    def open_case(slug: str) -> CaseSession:
        session = CaseSession(slug, "en", tmp_path / "module")
        body = (
            '<!doctype html><html lang="en"><title>Case</title><meta charset="utf-8">'
            f'<style>{style()}</style><main><h1 class="ig-sr">Module</h1><div id="root"></div></main>'
            f'<script type="module">{script().replace("export default {", "window.casePage = {")}</script>'
        )
        html = "text/html; charset=utf-8"
        page.route("http://127.0.0.1:9/**", lambda route: route.fulfill(body=body, content_type=html))
        page.expose_function("toKernel", session.answer)
        page.goto("http://127.0.0.1:9/user/one/notebooks/module/module.en.ipynb")
        page.evaluate(MOUNT, [session.doc(), session.state()])
        return session

    return open_case


def test_a_case_links_to_the_reference_of_its_own_server(page: Page, case_page: Callable[[str], CaseSession]) -> None:
    case_page("measures_to_systems")
    link = page.locator(".ig-step-brief a", has_text="measure by measure")
    assert link.evaluate("a => a.href") == "http://127.0.0.1:9/user/one/itguide/measures"
    assert link.get_attribute("target") == "_blank"


def test_private_answers_are_drawn_as_they_are_given(page: Page, case_page: Callable[[str], CaseSession]) -> None:
    session = case_page("starting_point")
    picture = page.locator(".ig-own-picture")
    expect(picture).to_be_hidden()
    rows = page.locator("[data-q=safe] .ig-sort-row")
    rows.nth(0).get_by_role("radio", name="Yes").check(force=True)
    rows.nth(1).get_by_role("radio", name="No", exact=True).check(force=True)
    expect(picture).to_contain_text("Holds you back: A backup was restored")
    expect(picture.locator("li")).to_have_text(
        "When it breaks: bring the protocol of the last restoration, with its hours."
    )
    assert session.store.sheet.answers == {}
    assert axe_findings(page) == []
