"""The Jupyter Server extension: the home page, the course's look, and the page a module opens in.

Everything is authenticated as the rest of the server is, XSRF protection stays as it is, and every
address comes from the server's base URL, so it works under a Hub and on Binder as on a laptop.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jupyter_server.base.handlers import FileFindHandler, JupyterHandler
from jupyter_server.utils import url_path_join
from notebook.app import NotebookHandler
from tornado.web import RedirectHandler, authenticated

from itguide import home, measures_page, workspace
from itguide.content import syllabus
from itguide.errors import ItGuideError
from itguide.paths import SHELL, STATIC, default_workspace
from itguide.pseudo import PSEUDO
from itguide.text import SOURCE, engine, languages
from itguide.view_page import EXTENSION, covered, house_css, read_view, templates, trimmed, version_of, with_extension


def place(root: Path) -> tuple[Path, str]:
    """The workspace on this server and its path below the server's root, as an address has it.

    The environment's ITGUIDE_WORKSPACE, else the usual place; where neither can be served from this
    root (a Hub's home, Binder's checkout), the folder `it-guide` in it.
    """
    asked = Path(os.environ.get("ITGUIDE_WORKSPACE") or default_workspace()).expanduser().resolve()
    root = root.resolve()
    if not asked.is_relative_to(root):
        asked = root / "it-guide"
    return asked, "" if asked == root else asked.relative_to(root).as_posix()


class Course:
    """What the handlers of one server share: where the workspace is, and whether it was prepared."""

    def __init__(self, root: Path) -> None:
        self.workspace, self.prefix = place(root)
        self._prepared: asyncio.Task[workspace.Prepared] | None = None

    async def prepared(self) -> workspace.Prepared:
        """The workspace, made or completed once in the life of a server. ItGuideError if that fails."""
        if self._prepared is None or (self._prepared.done() and self._prepared.exception()):
            work = asyncio.to_thread(workspace.prepare, self.workspace, known_languages())
            self._prepared = asyncio.ensure_future(work)
        return await asyncio.shield(self._prepared)

    def module_of(self, path: str) -> tuple[str, str] | None:
        """Module and language of a view's path below the server's root; None for any other path."""
        inside = path.strip("/").removeprefix(f"{self.prefix}/" if self.prefix else "")
        match = re.fullmatch(r"([a-z][a-z0-9_]*)/\1\.([A-Za-z_-]+)\.ipynb", inside)
        if match and match[1] in {m.slug for m in syllabus().module} and match[2] in known_languages():
            return match[1], match[2]
        return None


def known_languages() -> tuple[str, ...]:
    """The languages views exist in; with the pseudo-locale where a test asked for it."""
    return (*languages(), *([PSEUDO] if os.environ.get("ITGUIDE_LANG") == PSEUDO else []))


class HomeHandler(JupyterHandler):
    """The home page: every module and how far it is. Needs no kernel and no script."""

    def initialize(self, course: Course) -> None:
        self.course = course

    @property
    def content_security_policy(self) -> str:
        own = ("default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
               "font-src 'self'; base-uri 'none'")  # fmt: skip
        return f"{super().content_security_policy}; {own}"

    @authenticated
    async def get(self) -> None:
        lang = self.get_query_argument("lang", "")
        here = url_path_join(self.base_url, "itguide/")
        if self.get_query_argument("token", ""):
            # The cookie is set by now; a token has no business in an address bar that is projected.
            self.redirect(f"{here}?lang={lang}" if lang in known_languages() else here)
            return
        problem, aside, profile_lang = "", "", ""
        try:
            prepared = await self.course.prepared()
            aside = prepared.set_aside.name if prepared.set_aside else ""
            profile_lang = workspace.read_profile(prepared.root).language
        except (ItGuideError, OSError) as error:
            self.log.error("The workspace could not be prepared: %s", error)
            problem = str(error)
        spoken = [lang, profile_lang, *self.request.headers.get("Accept-Language", "").replace(";", ",").split(",")]
        lang = choose_language(spoken)
        say = engine(lang)
        notices = [say("home.workspace_problem", reason=problem)] if problem else []
        notices += [say("home.set_aside", file=aside)] if aside else []
        notebooks = url_path_join(self.base_url, "notebooks", self.course.prefix)
        page = await asyncio.to_thread(home.read, self.course.workspace, notebooks, lang)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        static = url_path_join(self.base_url, "itguide/static")
        told = {"page": page, "notices": notices, "static": static, "here": here,
                "house": house_css()[1], "sheet": version_of(STATIC / "home.css")}  # fmt: skip
        self.finish(templates().get_template("home.html.jinja").render(told))


class MeasuresHandler(JupyterHandler):
    """The measures of the Agreement on Trade Facilitation, to look up. Needs no kernel; without a script it is read."""

    def initialize(self, course: Course) -> None:
        self.course = course

    @property
    def content_security_policy(self) -> str:
        own = ("default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
               "script-src 'self'; base-uri 'none'")  # fmt: skip
        return f"{super().content_security_policy}; {own}"

    @authenticated
    async def get(self) -> None:
        spoken = [self.get_query_argument("lang", "")]
        try:
            spoken.append(workspace.read_profile((await self.course.prepared()).root).language)
        except (ItGuideError, OSError):  # the home page says what is wrong; looking something up does not need it
            self.log.warning("The workspace could not be prepared; the measures are shown without it.")
        spoken += self.request.headers.get("Accept-Language", "").replace(";", ",").split(",")
        notebooks = url_path_join(self.base_url, "notebooks", self.course.prefix)
        page = await asyncio.to_thread(measures_page.read, notebooks, choose_language(spoken))
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        told = {"page": page, "static": url_path_join(self.base_url, "itguide/static"),
                "here": url_path_join(self.base_url, "itguide/"), "house": house_css()[1],
                "sheet": version_of(STATIC / "measures.css"), "script": version_of(STATIC / "measures.js")}  # fmt: skip
        self.finish(templates().get_template("measures.html.jinja").render(told))


def choose_language(wished: list[str]) -> str:
    """The first wished-for language the course has, also by its first part (`es-MX` finds `es`)."""
    have = {lang.lower().replace("_", "-"): lang for lang in known_languages()}
    for wish in wished:
        name = wish.strip().lower().replace("_", "-")
        if found := have.get(name) or have.get(name.partition("-")[0]):
            return found
    return SOURCE


class HouseHandler(JupyterHandler):
    """The tokens and faces as a style sheet, made from their sources."""

    @authenticated
    def get(self) -> None:
        self.set_header("Content-Type", "text/css; charset=utf-8")
        self.set_header("Cache-Control", "private, max-age=31536000" if "v" in self.request.arguments else "no-cache")
        self.finish(house_css()[0])


class StaticHandler(FileFindHandler):
    """Style sheets, faces and pictures of the course, kept by the browser."""

    def set_headers(self) -> None:
        super().set_headers()
        if "v" not in self.request.arguments and self.request.path.endswith(".woff2"):
            self.set_header("Cache-Control", "private, max-age=604800")


class CourseNotebookHandler(NotebookHandler):
    """Notebook's own page, and for a module's view the cover, the language and a head start.

    The cover stands in the page's first bytes, so there is no moment at which Jupyter shows. The
    kernel is started while the browser still loads its scripts.
    """

    def initialize(self, course: Course, name: str = "notebook") -> None:
        super().initialize(name)
        self.course = course

    @authenticated
    async def get(self, path: str = "") -> Any:
        found = self.course.module_of(path)
        if not found:
            return await super().get(path)
        try:
            if not workspace.view_path(self.course.workspace, *found).is_file():
                await self.course.prepared()
            told = await asyncio.to_thread(read_view, workspace.view_path(self.course.workspace, *found))
        except (ItGuideError, OSError, ValueError) as error:
            # The home page says in plain words what is wrong with the workspace or the module.
            self.log.error("%s cannot be opened: %s", path, error)
            return self.redirect(url_path_join(self.base_url, "itguide/"))
        self._start_kernel(path.strip("/"))
        config = trimmed(self.get_page_config())
        config["itguideHome"] = url_path_join(self.base_url, "itguide/")
        page = str(self.render_template("notebooks.html", page_config=config))
        self.set_header("Cache-Control", "no-store")
        return self.write(covered(page, told, self.base_url))

    def _start_kernel(self, path: str) -> None:
        pending: dict[str, asyncio.Task[None]] = self.settings.setdefault("itguide_kernels", {})
        if path not in pending or pending[path].done():
            pending[path] = asyncio.ensure_future(self._session(path))

    async def _session(self, path: str) -> None:
        sessions = self.settings["session_manager"]
        try:
            if not await sessions.session_exists(path=path):
                await sessions.create_session(path=path, name=path.rpartition("/")[2], type="notebook",
                                              kernel_name="python3")  # fmt: skip
        except Exception as error:  # a head start only: the page starts the kernel itself if this fails
            self.log.warning("No head start for %s: %s", path, error)


def _hook(before: Callable[..., Any] | None) -> Callable[..., Any]:
    def hook(handler: Any, config: dict[str, Any]) -> dict[str, Any]:
        return with_extension(before(handler, config) if before else config)

    return hook


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "itguide.server"}]


def _load_jupyter_server_extension(serverapp: Any) -> None:
    web_app = serverapp.web_app
    course = Course(Path(serverapp.root_dir))
    base = web_app.settings["base_url"]
    web_app.settings["page_config_hook"] = _hook(web_app.settings.get("page_config_hook"))
    # Extensions are loaded in the order of their names, and the first handler that matches answers:
    # ours stand before Notebook's and Lab's.
    web_app.add_handlers(".*$", [
        (url_path_join(base, "itguide"), RedirectHandler, {"url": url_path_join(base, "itguide/")}),
        (url_path_join(base, "itguide/"), HomeHandler, {"course": course}),
        (url_path_join(base, "itguide/measures"), MeasuresHandler, {"course": course}),
        (url_path_join(base, "itguide/static/house.css"), HouseHandler),
        (url_path_join(base, r"itguide/static/((?:fonts/|pictures/)?[\w.-]+\.(?:css|js|woff2|svg|png))"), StaticHandler,
         {"path": [str(STATIC)]}),
        (url_path_join(base, f"lab/extensions/{EXTENSION}/(.*)"), FileFindHandler, {"path": [str(SHELL)]}),
        (url_path_join(base, r"notebooks(/.*\.ipynb)"), CourseNotebookHandler, {"course": course}),
    ])  # fmt: skip
    _watch_parent(serverapp)


def _watch_parent(serverapp: Any) -> None:
    """Stops a server whose `itguide start` is gone (its window was closed), so that none stays behind."""
    parent = int(os.environ.get("ITGUIDE_PARENT", "0"))
    if not parent or os.name != "posix":
        return
    from tornado.ioloop import PeriodicCallback

    def look() -> None:
        if os.getppid() != parent:
            serverapp.log.warning("The process that started this server is gone; stopping.")
            serverapp.stop(from_signal=True)

    PeriodicCallback(look, 2000).start()
