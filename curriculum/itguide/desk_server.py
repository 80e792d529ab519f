"""The desk's Jupyter Server extension: what is left to mark, and formgrader's page laid out for marking.

It changes nothing of nbgrader: formgrader's exporter gets a template that extends its own, and every mark still goes
through formgrader's fields. Without this extension formgrader works as it comes.
"""

from __future__ import annotations

import asyncio
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jupyter_server.base.handlers import FileFindHandler, JupyterHandler
from jupyter_server.utils import url_path_join
from tornado.web import HTTPError, authenticated

from itguide import marking
from itguide.content import module
from itguide.errors import ItGuideError
from itguide.marking import Marking
from itguide.paths import STATIC
from itguide.text import SOURCE, engine
from itguide.view_page import house_css

TEMPLATE = "desk_formgrade.html.j2"


class MarkingHandler(JupyterHandler):
    """What is left to mark, by question and by participant, with links into formgrader."""

    def initialize(self, root: Path) -> None:
        self.root = root

    @authenticated
    async def get(self) -> None:
        here = url_path_join(self.base_url, "itguide/marking")
        if self.get_query_argument("token", ""):
            self.redirect(here)  # the cookie is set by now; a token has no business in an address bar
            return
        found, problem = await self._left(look=True)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        page = _templates().get_template("marking.html.jinja").render(
            say=engine(SOURCE), found=found, problem=problem, base=self.base_url, here=here,
            titles={a.module: module(a.module).title for a in found.asked} if found else {},
        )  # fmt: skip
        self.finish(page)

    async def _left(self, *, look: bool = False) -> tuple[Marking | None, str]:
        try:
            return await asyncio.to_thread(marking.left, self.root, look=look), ""
        except ItGuideError as error:
            return None, str(error)


class NextHandler(MarkingHandler):
    """Goes on to the next unread answer to a question; when none is left, back to the list."""

    @authenticated
    async def get(self) -> None:
        found, _ = await self._left()
        asked = found.find(self.get_query_argument("question", "")) if found else None
        answer = marking.following(asked, self.get_query_argument("after", "")) if asked else None
        self.redirect(url_path_join(self.base_url, answer.path if answer else "itguide/marking"))


class LeftHandler(MarkingHandler):
    """How many answers to a question are left, for formgrader's page."""

    @authenticated
    async def get(self) -> None:
        found, problem = await self._left()
        asked = found.find(self.get_query_argument("question", "")) if found else None
        if asked is None:
            raise HTTPError(404, problem or "There is no such question.")
        self.set_header("Cache-Control", "no-store")
        self.finish({"left": asked.left, "written": asked.written})


class StyleHandler(JupyterHandler):
    """The house tokens and faces, and the desk's own style."""

    @authenticated
    def get(self) -> None:
        self.set_header("Content-Type", "text/css; charset=utf-8")
        self.set_header("Cache-Control", "no-cache")
        self.finish(house_css()[0] + (STATIC / "desk.css").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _templates() -> Environment:
    return Environment(loader=FileSystemLoader(STATIC), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
                       lstrip_blocks=True)  # fmt: skip


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "itguide.desk_server"}]


def _load_jupyter_server_extension(serverapp: Any) -> None:
    web_app = serverapp.web_app
    told = {"root": Path(serverapp.root_dir)}
    base = url_path_join(web_app.settings["base_url"], "itguide/marking")
    web_app.add_handlers(".*$", [
        (base, MarkingHandler, told),
        (f"{base}/next", NextHandler, told),
        (f"{base}/left", LeftHandler, told),
        (f"{base}/desk.css", StyleHandler),
        (f"{base}/(desk\\.js)", FileFindHandler, {"path": [str(STATIC)]}),
        (f"{base}/fonts/([a-z0-9-]+\\.woff2)", FileFindHandler, {"path": [str(STATIC / "fonts")]}),
    ])  # fmt: skip

    def lay_out() -> None:
        exporter = web_app.settings.get("nbgrader_exporter")
        if exporter is not None:
            exporter.template_paths = [*exporter.template_paths, str(STATIC)]
            exporter.template_file = TEMPLATE

    serverapp.io_loop.add_callback(lay_out)  # extensions load in the order of their names; formgrader's comes later
