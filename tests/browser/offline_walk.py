"""A participant's walk through one case; run by test_offline.py where nothing but this machine can be reached."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from chromium import ARGUMENTS, installed
from itguide import launch
from itguide.examples import examples
from participant import Mouse


def main(workspace: Path) -> None:
    try:
        socket.create_connection(("192.0.2.1", 80), timeout=3).close()
    except OSError as error:
        print("outside:", error)
    else:
        raise SystemExit("this was to run without a network")
    with launch.serve(workspace, port=0) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed(), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(server.url)
        page.goto(f"{server.base_url}notebooks/strategic_planning/strategic_planning.en.ipynb")
        page.locator(".ig-commit").first.wait_for(timeout=40_000)
        person = Mouse(page, "ict_portfolio")
        person.answer_all(examples("ict_portfolio", "exemplars")[0].answers, "predict", "declare", "decide")
        person.commit()
        print("headline:", person.decided(1))
        fonts = page.evaluate("[...document.fonts].filter((f) => f.status === 'loaded').map((f) => f.family)")
        print("fonts:", sorted(set(fonts)))
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
