"""Fixtures of the browser ring: a real Chromium, a real course server, a page that reports what went wrong.

`browser`        one Chromium for the whole run
`course_server`  a course server in a fresh workspace: .url .token .workspace .base_url .close()
`start_course`   the same as a function, for tests that start several or restart one
`page`           a page of 1280x800 that fails the test if a dialog opened or a request left this machine
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from chromium import run
from itguide import launch
from itguide.launch import CourseServer


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    yield from run()


@pytest.fixture
def start_course(tmp_path: Path) -> Iterator[Callable[..., CourseServer]]:
    servers: list[CourseServer] = []

    def start(workspace: Path | None = None, **how: object) -> CourseServer:
        server = launch.serve(workspace or tmp_path / "workspace", port=how.pop("port", 0), **how)
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def course_server(start_course: Callable[..., CourseServer]) -> CourseServer:
    return start_course()


class Watch:
    """What must not happen on any page of the course."""

    def __init__(self, context: BrowserContext) -> None:
        self.dialogs: list[str] = []
        self.outside: list[str] = []
        self.errors: list[str] = []
        context.on("request", self._request)
        context.on("page", self.follow)

    def follow(self, page: Page) -> None:
        page.on("dialog", self._dialog)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _dialog(self, dialog: object) -> None:
        self.dialogs.append(f"{dialog.type}: {dialog.message}")
        dialog.dismiss()

    def _request(self, request: object) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.hostname != "127.0.0.1":
            self.outside.append(request.url)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
    opened.watch = Watch(opened)
    yield opened
    watch = opened.watch
    opened.close()
    assert not watch.dialogs, f"a dialog opened: {watch.dialogs}"
    assert not watch.outside, f"a request left this machine: {watch.outside[:5]}"


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()
