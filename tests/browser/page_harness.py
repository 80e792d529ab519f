"""A case page in a real browser without a Jupyter server: the browser's widget model is a stand-in whose
messages go straight to a real CaseSession. What belongs to Jupyter is tested in test_course.py."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from itguide import content, notebooks, paths, pictures, session, text
from itguide import page as itguide_page

SHELF = Path(__file__).resolve().parents[1] / "fixtures" / "demo_shelf"
ME = "a" * 26

MOUNT = """([doc, state]) => {
  const handlers = [];
  const model = {
    get: (name) => ({ doc, state })[name],
    on: (_, f) => handlers.push(f),
    off: (_, f) => handlers.splice(handlers.indexOf(f), 1),
    send: (m) => {
      if (window.dead) return;
      window.toKernel(m).then((replies) => {
        if (!window.dead) for (const r of replies) for (const f of [...handlers]) f({ ...r, seq: m.seq });
      });
    },
  };
  if (window.cleanup) window.cleanup();
  window.cleanup = window.casePage.render({ model, el: document.getElementById("root") });
}"""


def use_demo_shelf(monkeypatch: pytest.MonkeyPatch) -> None:
    """Puts the demonstration shelf in force for everything that reads content."""

    def demo() -> paths.Shelves:
        return paths.Shelves(SHELF / "curriculum", SHELF / "case_studies", SHELF / "notebooks", None, True)

    demo.cache_clear = lambda: None  # type: ignore[attr-defined]
    for module in (paths, content, pictures, text, notebooks):
        monkeypatch.setattr(module, "shelves", demo)
    monkeypatch.setattr(session, "workspace_id", lambda _root: ME)
    content.forget()


class Harness:
    """One page with one session behind it."""

    mount = MOUNT

    def __init__(self, page: Any, folder: Path, lang: str = "en") -> None:
        self.page, self.folder, self.lang = page, folder, lang
        self.sent: list[dict[str, Any]] = []
        self.errors: list[str] = []
        page.on("pageerror", lambda e: self.errors.append(str(e)))
        page.expose_function("toKernel", self.kernel)
        script = itguide_page.script().replace("export default {", "window.casePage = {")
        body = (
            '<!doctype html><html lang="en"><title>Case</title><meta charset="utf-8">'
            f'<style>{itguide_page.style()}</style><main id="root"></main><script type="module">{script}</script>'
        )
        html = "text/html; charset=utf-8"
        page.route("http://case.test/**", lambda route: route.fulfill(body=body, content_type=html))
        page.goto("http://case.test/")
        self.open()

    def kernel(self, message: dict[str, Any]) -> list[dict[str, Any]]:
        self.sent.append(message)
        return self.session.answer(message)

    def open(self) -> None:
        """As when the notebook is run (again)."""
        self.session = session.CaseSession("demo", self.lang, self.folder)
        self.page.evaluate(self.mount, [self.session.doc(), self.session.state()])

    def value(self, question: str) -> Any:
        return self.session.store.sheet.value(question)

    def wait_saved(self) -> None:
        self.page.locator('.ig-case[data-saved="saved"]').wait_for(timeout=5000)
