"""The page a module opens in: Notebook's own page, with the course's look, language and cover put into it."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jupyter_server.utils import url_path_join
from markupsafe import escape

from itguide.paths import SHELL, STATIC
from itguide.text import SOURCE
from itguide.tokens import css_variables

EXTENSION = "itguide-shell"
SCRIPTS = ("remoteEntry.js", "reading.js", "bar.js", "cover.js", "keys.js", "kernel.js", "quiet.js", "run.js")
# Only these are fetched on a module's page; whatever else is installed beside them stays out.
WANTED = frozenset({EXTENSION, "anywidget", "@jupyter-widgets/jupyterlab-manager"})
# Not needed to read and decide; each would cost time, add a dialog or take a key.
# (lsp, running, mainmenu, metadataform and notebook-extension:tools must stay: others need them.)
UNWANTED = (
    "@jupyter-notebook/application-extension:dirty",
    "@jupyter-notebook/application-extension:tab-title",
    "@jupyter-notebook/application-extension:logo",
    "@jupyter-notebook/notebook-extension:checkpoints",
    "@jupyter-notebook/notebook-extension:kernel-logo",
    "@jupyter-notebook/notebook-extension:scroll-output",
    "@jupyter-notebook/notebook-extension:tab-icon",
    "@jupyter-notebook/notebook-extension:trusted",
    "@jupyter-notebook/console-extension",
    "@jupyter-notebook/terminal-extension",
    "@jupyter-notebook/tree-extension",
    "@jupyterlab/apputils-extension:announcements",
    "@jupyterlab/application-extension:faviconbusy",
    "@jupyterlab/audio-extension",
    "@jupyterlab/cell-toolbar-extension",
    "@jupyterlab/celltags-extension",
    "@jupyterlab/csvviewer-extension",
    "@jupyterlab/debugger-extension",
    "@jupyterlab/extensionmanager-extension",
    "@jupyterlab/hub-extension:connectionlost",
    "@jupyterlab/imageviewer-extension",
    "@jupyterlab/javascript-extension",
    "@jupyterlab/json-extension",
    "@jupyterlab/pdf-extension",
    "@jupyterlab/settingeditor-extension",
    "@jupyterlab/shortcuts-extension",
    "@jupyterlab/terminal-extension",
    "@jupyterlab/vega5-extension",
    "@jupyterlab/video-extension",
)


def version_of(*paths: Path) -> str:
    """A short mark of the contents of these files, so that a browser may keep each version for good."""
    digest = sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@lru_cache(maxsize=1)
def house_css() -> tuple[str, str]:
    """The tokens and the faces as one style sheet, and its version."""
    fonts = (STATIC / "fonts.css").read_text(encoding="utf-8").replace("{{fonts}}", "fonts")
    css = f"{css_variables()}\n{fonts}"
    return css, sha256(css.encode()).hexdigest()[:12]


@lru_cache(maxsize=1)
def templates() -> Environment:
    """The page templates. A word that is missing is an error, everything is escaped."""
    return Environment(loader=FileSystemLoader(STATIC), autoescape=True, undefined=StrictUndefined,
                       trim_blocks=True, lstrip_blocks=True)  # fmt: skip


def read_view(path: Path) -> dict[str, Any]:
    """What a view says about itself in its metadata."""
    told = json.loads(path.read_text(encoding="utf-8"))["metadata"].get("itguide")
    if not isinstance(told, dict):
        raise ValueError(f"{path.name} is not a view of the course")
    return told


def with_extension(config: dict[str, Any]) -> dict[str, Any]:
    """The page's configuration with our labextension in it, as this checkout or wheel has it."""
    entry = json.loads((SHELL / "package.json").read_text(encoding="utf-8"))["jupyterlab"]["_build"]
    ours = {"name": EXTENSION, "load": entry["load"], "extension": entry["extension"]}
    others = [e for e in config.get("federated_extensions", []) if e["name"] != EXTENSION]
    return {**config, "federated_extensions": [*others, ours]}


def trimmed(config: dict[str, Any]) -> dict[str, Any]:
    """The configuration of a module's page: only what reading and deciding needs."""
    wanted = [e for e in config.get("federated_extensions", []) if e["name"] in WANTED]
    disabled = list(dict.fromkeys([*config.get("disabledExtensions", []), *UNWANTED]))
    return {**config, "federated_extensions": wanted, "disabledExtensions": disabled}


def covered(page: str, told: dict[str, Any], base_url: str) -> str:
    """Notebook's page with our style sheets in its head and the cover as the first thing in its body."""
    words = told.get("words", {})
    static = url_path_join(base_url, "itguide/static")
    shell = url_path_join(base_url, "lab/extensions", EXTENSION, "static")
    values = {"told": told, "words": words, "static": static, "shell": shell, "house": house_css()[1],
              "sheet": version_of(SHELL / "static" / "shell.css"), "scripts": SCRIPTS[1:],
              "title": told.get("title", ""), "heading": words.get("preparing", "{title}")}  # fmt: skip
    head = templates().get_template("view_head.html.jinja").render(values)
    cover = templates().get_template("cover.html.jinja").render(values)
    page = re.sub(r"<title>.*?</title>", "", page, count=1, flags=re.DOTALL)
    page = page.replace("<html>", f'<html lang="{escape(told.get("lang", SOURCE))}">', 1)
    page = page.replace("</head>", f"{head}</head>", 1)
    return re.sub(r"(<body\b[^>]*)>", lambda m: f'{m[1]} data-itguide="preparing">{cover}', page, count=1)
