"""The browser of the tests: Chrome or Chromium as the system has it, else Playwright's own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

from playwright.sync_api import Browser, sync_playwright

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
             "--disable-sync", "--no-first-run"]  # fmt: skip
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def installed() -> str | None:
    """The browser to use; None lets Playwright find its own."""
    named = (os.environ.get("ITGUIDE_CHROMIUM", ""), *NAMES)
    return next((found for name in named if name and (found := shutil.which(name))), None)


def run() -> Iterator[Browser]:
    """One browser for as long as it is needed."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=installed(), args=ARGUMENTS)
        yield chromium
        chromium.close()
