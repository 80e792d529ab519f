"""The page opens where the reader left it; a case on the home page leads to its place."""

from __future__ import annotations

from typing import Any

from itguide.launch import CourseServer

TOP = """(slug) => document.getElementById(`ig-${slug}`).getBoundingClientRect().top"""


def near_top(page: Any, slug: str) -> None:
    for _ in range(40):
        if abs(page.evaluate(TOP, slug)) < 260:
            return
        page.wait_for_timeout(250)
    raise AssertionError(f"{slug} is not where the reader looks: {page.evaluate(TOP, slug)}")


def test_reload_and_home_links_lead_to_the_case(course_server: CourseServer, page: Any) -> None:
    page.goto(course_server.url)
    page.get_by_role("link", name="Twenty cards, one wall").click()
    page.locator("#ig-cost_by_goal").wait_for(timeout=40_000)
    near_top(page, "strategy_map")
    page.mouse.move(640, 400)
    page.mouse.wheel(0, 40)  # a reader who moves on is not called back
    page.locator("#ig-cost_by_goal").evaluate("e => e.scrollIntoView({ block: 'start' })")
    page.wait_for_timeout(500)
    page.goto(f"{course_server.base_url}itguide/")
    page.goto(f"{course_server.base_url}notebooks/strategic_planning/strategic_planning.en.ipynb")
    page.locator("#ig-cost_by_goal").wait_for(timeout=40_000)
    near_top(page, "cost_by_goal")
