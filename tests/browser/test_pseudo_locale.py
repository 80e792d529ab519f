"""Every text a participant sees goes through the catalogues: in the pseudo-locale nothing stays plain."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from itguide import session
from itguide.content import syllabus
from itguide.examples import examples
from itguide.pseudo import PSEUDO
from itguide.spec import Question
from page_harness import Harness

CASES = [ref.slug for module in syllabus().module for ref in module.case]

# What may stay as it is: names of sources, their addresses, and what the participant typed.
PLAIN_TEXTS = """() => {
  const found = new Set();
  const skip = ".ig-sources, .ig-ref, .ig-ref-name, textarea, input, script, style, [data-plain]";
  const look = (text, where) => {
    for (const word of text.match(/\\p{L}{3,}/gu) || [])
      if (/[aeiouyncAEIOUYNC]/.test(word)) found.add(`${word} ${where}: ${text.trim().slice(0, 80)}`);
  };
  const walk = document.createTreeWalker(document.getElementById("root"), NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode())
    if (!node.parentElement.closest(skip)) look(node.data, "in text");
  for (const name of ["aria-label", "placeholder", "alt"])
    for (const el of document.querySelectorAll(`#root [${name}]`))
      if (!el.closest(".ig-sources")) look(el.getAttribute(name), `in ${name}`);
  return [...found].slice(0, 20);
}"""


class CaseHarness(Harness):
    """A harness for any case of the real shelf."""

    slug = ""

    def open(self) -> None:
        self.session = session.CaseSession(self.slug, self.lang, self.folder)
        self.page.evaluate(self.mount, [self.session.doc(), self.session.state()])


def sample(question: Question) -> Any:
    """Some valid answer."""
    ids = [o.id for o in question.option]
    match question.kind:
        case "choice":
            return ids[0]
        case "choices":
            return ids[: int(question.least or 1)]
        case "number":
            return question.least or 0
        case "text":
            return "x"
        case "allocate":
            return shares(question)
        case "classify":
            return placed(question)
        case "schedule":
            return {next(o.id for o in question.option if not o.requires): 1}
        case "rank":
            return ids
        case "inject":
            return "read"
        case "lanes":
            step = next(o for o in question.option if o.move)
            return {step.id: step.move[0].id}
        case "place":
            return {i: [question.row[0].id, question.column[0].id] for i in ids}
    return [[ids[0], ids[1]]]


def fill_in(case_session: session.CaseSession) -> None:
    """Answers every question, as an exemplar does where there is one, so that a round can be committed."""
    found = examples(case_session.case.slug, "exemplars")
    given = dict(found[0].answers) if found else {}
    for question in case_session.case.question:
        value = given.get(question.id, sample(question))
        reply, *_ = case_session.answer({"type": "set", "q": question.id, "value": value, "rev": 0})
        assert reply["type"] == "saved", reply


def shares(question: Any) -> dict[str, int]:
    out = {o.id: o.floor for o in question.option}
    out[question.option[0].id] += question.total - sum(out.values())
    return out


def placed(question: Any) -> dict[str, str]:
    """Items into categories so that every category has its least."""
    out: dict[str, str] = {}
    rest = [o.id for o in question.option]
    for category in question.category:
        for _ in range(category.least or 0):
            out[rest.pop(0)] = category.id
    free = [c for c in question.category if c.most is None] or list(question.category)
    for n, item in enumerate(rest):
        out[item] = free[n % len(free)].id
    return out


@pytest.mark.parametrize("slug", CASES)
def test_no_text_bypasses_the_catalogues(
    slug: str, browser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "workspace_id", lambda _root: "a" * 26)
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    CaseHarness.slug = slug
    harness = CaseHarness(page, tmp_path / "module", PSEUDO)
    assert page.evaluate(PLAIN_TEXTS) == []
    fill_in(harness.session)
    page.locator(".ig-case").first.wait_for()
    if harness.session.case.commit:
        [reply] = harness.session.answer({"type": "commit"})
        assert reply["type"] == "committed", reply
        harness.open()
        page.locator(".ig-headline").wait_for()
        page.wait_for_timeout(1200)  # the reasons follow
    assert page.evaluate(PLAIN_TEXTS) == []
    assert harness.errors == []
    page.close()
