"""The participant's page of one case: the only place where widgets, answers, words, models and
consequences meet.

A page is one widget that shows a document. The browser sends what was typed or chosen, with the
revision it was based on; the page saves it and answers with what is now live. Nothing here draws,
stores or scores by itself.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from itguide import session
from itguide.errors import ItGuideError
from itguide.paths import STATIC
from itguide.text import SOURCE
from itguide.tokens import css_variables


@lru_cache(maxsize=1)
def script() -> str:
    """The page's JavaScript: the kit, one file per kind, the page itself."""
    parts = [STATIC / "kit.js", *sorted((STATIC / "kinds").glob("*.js")), STATIC / "case.js"]
    return "\n".join(p.read_text(encoding="utf-8") for p in parts)


@lru_cache(maxsize=1)
def style() -> str:
    """The page's style sheet with the house tokens as variables."""
    return f"{css_variables()}\n{(STATIC / 'page.css').read_text(encoding='utf-8')}"


KEPT = 4  # views of one page in one kernel
_views: dict[str, list[Any]] = {}


class CaseView(anywidget.AnyWidget):
    """One case on the page. `doc` is what never changes, `state` what the sheet holds at this moment."""

    _esm = traitlets.Unicode("").tag(sync=True)
    _css = traitlets.Unicode("").tag(sync=True)
    doc = traitlets.Dict({}).tag(sync=True)
    state = traitlets.Dict({}).tag(sync=True)

    def __init__(self, case_session: session.CaseSession) -> None:
        self.session = case_session
        super().__init__(doc=case_session.doc(), state=case_session.state(told=False), _esm=script(), _css=style())
        self.on_msg(self._receive)

    def _receive(self, _widget: object, message: Any, _buffers: object) -> None:
        if not isinstance(message, dict):
            return
        seq = message.get("seq")
        for reply in self.session.answer(message):
            self.send({**reply, "seq": seq})
            if reply["type"] in {"committed", "revealed"}:  # a page drawn from this view later begins where this one is
                self.doc, self.state = reply.get("doc", self.doc), reply["state"]


def _folder() -> Path:
    return Path(os.environ.get("ITGUIDE_MODULE_FOLDER", Path.cwd()))


def _show(case_session: Any) -> None:
    """Displays a view. Of each page the newest few stay alive: a second tab may show the one before."""
    from IPython.display import display

    made = CaseView(case_session)
    shown = _views.setdefault(str(made.doc.get("case", "")), [])
    shown.append(made)
    while len(shown) > KEPT:
        shown.pop(0).close()
    display(made)


def case(slug: str, lang: str = SOURCE) -> None:
    """Shows a case of the module whose folder is the current directory."""
    _show_or_say(lambda: session.CaseSession(slug, lang, _folder()), lang)


def hand_in(module_slug: str, lang: str = SOURCE) -> None:
    """Shows what is answered in a module and hands it in."""
    from itguide.handing_in import HandInSession

    _show_or_say(lambda: HandInSession(module_slug, lang, _folder()), lang)


def _show_or_say(make: Any, lang: str) -> None:
    try:
        _show(make())
    except (ItGuideError, OSError) as error:
        _show(session.Notice(lang, str(error)))
