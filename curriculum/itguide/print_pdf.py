"""PDF by the browser that is there: Chrome, Chromium or Edge, as the person who prints has it anyway."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge", "msedge")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "{PROGRAMFILES}/Google/Chrome/Application/chrome.exe",
    "{PROGRAMFILES(X86)}/Microsoft/Edge/Application/msedge.exe",
)
SECONDS = 120


def browser() -> str | None:
    """The browser that prints: ITGUIDE_CHROMIUM, else the first that is installed; None if there is none."""
    named = (os.environ.get("ITGUIDE_CHROMIUM", ""), *NAMES)
    if found := next((path for name in named if name and (path := shutil.which(name))), None):
        return found
    places = (_filled(place) for place in PLACES)
    return next((place for place in places if place and Path(place).is_file()), None)


def _filled(place: str) -> str:
    """The place with the environment's folders put in; empty where this system has none such."""
    try:
        return place.format_map(os.environ)
    except KeyError:
        return ""


def print_pdf(page: Path, pdf: Path, exe: str) -> str:
    """Prints a page that stands on disk; returns why it could not, empty if it did. What was there stays until then."""
    fresh = pdf.with_name(f".{pdf.name}.new")
    with tempfile.TemporaryDirectory() as profile:
        command = [exe, "--headless", "--disable-gpu", "--no-pdf-header-footer", f"--user-data-dir={profile}",
                   f"--print-to-pdf={fresh}", page.resolve().as_uri()]  # fmt: skip
        if sys.platform == "linux" and os.geteuid() == 0:  # as root Chromium refuses its sandbox
            command.insert(1, "--no-sandbox")
        try:
            done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"{exe} did not print it: {error}"
    if not fresh.is_file() or not fresh.stat().st_size:
        fresh.unlink(missing_ok=True)
        return f"{exe} did not print it (exit code {done.returncode})"
    fresh.replace(pdf)
    return ""
