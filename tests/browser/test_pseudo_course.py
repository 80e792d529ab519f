"""The pages around the cases, in the pseudo-locale: home, narrative, bar, cover, handing in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from itguide.launch import CourseServer
from itguide.pseudo import PSEUDO
from itguide.session import CaseSession

# Names of places and languages stay; so does what Jupyter keeps out of sight.
PLAIN = """() => {
  const found = new Set();
  const skip = ".ig-sources, .ig-ref, .ig-ref-name, .ig-receipt-code, script, style, svg, textarea, [hreflang], code";
  const look = (text, where) => {
    const words = text.replace(/itguide_\\S+|handed_in/g, "");  // names of a file and its folder
    for (const word of words.match(/\\p{L}{3,}/gu) || [])
      if (/[aeiouyncAEIOUYNC]/.test(word)) found.add(`${word} ${where}: ${text.trim().slice(0, 90)}`);
  };
  const shown = { visibilityProperty: true, opacityProperty: true };
  const seen = (el) => el.checkVisibility(shown) && el.getClientRects().length;
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const el = node.parentElement;
    if (!el.closest(skip) && seen(el)) look(node.data, "in text");
  }
  look(document.title, "in the title");
  return [...found].slice(0, 20);
}"""


def test_home_and_module_pages_go_through_the_catalogues(start_course: Callable[..., CourseServer], page: Any) -> None:
    server = start_course(lang=PSEUDO)
    page.goto(server.url)
    assert page.evaluate(PLAIN) == []
    for module in ("welcome", "strategic_planning"):
        page.goto(f"{server.base_url}notebooks/{module}/{module}.{PSEUDO}.ipynb")
        page.locator(".ig-commit").first.wait_for(timeout=60_000)
        page.wait_for_timeout(500)
        assert page.evaluate(PLAIN) == []
    page.locator(".ig-handin .ig-commit").click()
    page.locator(".ig-handin .ig-problems").wait_for(timeout=20_000)  # nothing to hand in yet
    assert page.evaluate(PLAIN) == []
    session = CaseSession("ict_portfolio", PSEUDO, server.workspace / "strategic_planning")
    session.answer({"type": "set", "q": "expect_inside", "value": 60, "rev": 0})
    page.locator(".ig-handin .ig-commit").click()
    page.locator(".ig-receipt").wait_for(timeout=20_000)
    assert page.evaluate(PLAIN) == []
