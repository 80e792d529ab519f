"""Prints how fast the course is on this machine: opening, saving, consequence, memory, grading.

Compare figures only within one run. `make bench` runs it.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import psutil
from playwright.sync_api import sync_playwright

from chromium import ARGUMENTS, installed
from itguide import launch, page
from itguide.content import load_case
from itguide.examples import examples
from itguide.models import model
from itguide.paper_kit import load_kit
from itguide.paths import bin_directory

MODULE, CASE = "strategic_planning", "ict_portfolio"
ROUNDS = 15

# Clicks and waits inside the page, so that only the page and the kernel are timed.
ROUND = """(slug) => new Promise((done) => {
  const root = document.querySelector(`article[aria-labelledby="ig-${slug}"]`);
  const number = () => root.querySelector(".ig-round-number")?.textContent;
  const before = number();
  let headline;
  const t0 = performance.now();
  const watch = new MutationObserver(() => {
    if (headline === undefined && number() !== before) headline = performance.now() - t0;
    if (headline === undefined || !root.querySelector(".ig-why li")) return;
    watch.disconnect();
    done([headline, performance.now() - t0]);
  });
  watch.observe(root, { childList: true, subtree: true });
  root.querySelector(".ig-commit").click();
})"""
CHANGE = """([slug, q]) => new Promise((done) => {
  const root = document.querySelector(`article[aria-labelledby="ig-${slug}"]`);
  const buttons = root.querySelectorAll(`[data-q="${q}"] button, [data-q="${q}"] input[type=radio]`);
  const button = [...buttons].find((b) => !b.disabled && !b.checked && b.offsetParent);
  let left = false;
  const t0 = performance.now();
  const watch = new MutationObserver(() => {
    if (root.dataset.saved !== "saved") left = true;
    else if (left) { watch.disconnect(); done(performance.now() - t0); }
  });
  watch.observe(root, { attributes: true });
  button.click();
})"""


def line(what: str, values: list[float], unit: str, target: str = "") -> None:
    """One row: median, 95th percentile, how many."""
    p95 = sorted(values)[max(0, round(0.95 * len(values)) - 1)]
    middle = statistics.median(values)
    print(f"{what:<46} median {middle:8.1f} {unit:<3} p95 {p95:8.1f} {unit:<3} n={len(values):<3} {target}")


def answered(workspace: Path) -> None:
    """Puts an exemplar's answers into the workspace, as a participant would have."""
    from itguide.session import CaseSession

    session = CaseSession(CASE, "en", workspace / MODULE)
    for question, value in examples(CASE, "exemplars")[0].answers.items():
        session.answer({"type": "set", "q": question, "value": value, "rev": 0})


def bench_page() -> None:
    """The page in a real browser with a real server."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        workspace = Path(folder) / "workspace"
        started = time.perf_counter()
        with launch.serve(workspace, None, 0) as server:
            line("server: command to home page", [time.perf_counter() - started], "s")
            answered(workspace)
            browser = playwright.chromium.launch(executable_path=installed(), args=ARGUMENTS)
            tab = browser.new_page(viewport={"width": 1280, "height": 800})
            tab.goto(server.url)
            address = f"{server.base_url}notebooks/{MODULE}/{MODULE}.en.ipynb"
            opened: list[float] = []
            for _ in range(6):
                t = time.perf_counter()
                tab.goto(address)
                tab.locator('[data-q="expect_inside"] input:enabled').first.wait_for(timeout=60_000)
                opened.append(time.perf_counter() - t)
                tab.wait_for_timeout(800)
            line("page: URL to first usable control, cold", opened[:1], "s")
            line("page: URL to first usable control, warm", opened[1:], "s", "expected <= 4 s")
            saved = [tab.evaluate(CHANGE, [CASE, "inherited_reason"]) for _ in range(20)]
            line("page: change to saved", saved, "ms", "expected <= 1000 ms")
            rounds = []
            for n in range(ROUNDS):  # another decision each time: the model remembers what it has run
                tab.locator(f"#ig-{CASE}-disclosed-field").fill(str(20 + n))
                tab.wait_for_timeout(1200)
                rounds.append(tab.evaluate(ROUND, CASE))
            line("page: commit to headline", [r[0] for r in rounds], "ms", "expected p95 <= 150 ms")
            line("page: commit to why", [r[1] for r in rounds], "ms", "expected <= 1000 ms")
            everyone = psutil.Process(server.process.pid).children(recursive=True)
            kernels = [c for c in everyone if "ipykernel" in " ".join(c.cmdline())]
            line("memory: kernel of module 1", [k.memory_info().rss / 1e6 for k in kernels], "MB")
            line("memory: server", [psutil.Process(server.process.pid).memory_info().rss / 1e6], "MB")
            browser.close()


def milliseconds(work: Callable[[], Any]) -> float:
    """How long this takes."""
    t = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - t)


def bench_models() -> None:
    """Model time on one core, by case."""
    from itguide.content import syllabus

    for ref in (r for m in syllabus().module for r in m.case):
        case = load_case(ref.slug)
        if case.scenario is None:
            continue
        engine = model(case.scenario.model)
        scenario = engine.scenario(case)
        worked = [*examples(ref.slug, "exemplars"), *examples(ref.slug, "samples")]
        decisions = [dict(example.answers) for example in worked if example.answers]
        if not decisions and case.phase("decide"):  # an ungraded case has no worked answers, but it has a paper kit
            decisions = [dict(decision.answer) for decision in load_kit(ref.slug).decision]
        if not decisions:
            continue
        engine.run(scenario, decisions[0])  # imports and tables are not model time
        times = [milliseconds(partial(engine.run, scenario, answers)) for answers in decisions[1:]]
        line(f"model: {ref.slug}, a new decision", times, "ms", "expected median <= 100 ms")


def bench_scoring() -> None:
    """Scoring every case of a module once: what the models have worked out before is remembered."""
    from itguide import scoring
    from itguide.content import module_cases, syllabus
    from itguide.examples import example_sheet
    from itguide.keys import load_key

    for module in syllabus().module:
        cases = [c for c in module_cases(module.slug) if c.points]
        worked = [[(c, load_key(c.slug), example_sheet(c, e)) for e in examples(c.slug, "exemplars")] for c in cases]
        if not worked:
            continue
        rows = [list(row) for row in zip(*worked, strict=False)]
        first = [milliseconds(lambda row=row: [scoring.score(*one) for one in row]) for row in rows]
        again = [milliseconds(lambda row=row: [scoring.score(*one) for one in row]) for row in rows for _ in range(5)]
        line(f"scoring: {module.slug}, models run", first[1:] or first, "ms")
        line(f"scoring: {module.slug}, models remembered", again, "ms", "expected <= 50 ms")


def bench_grading() -> None:
    """Stock nbgrader, one submission at a time."""
    with tempfile.TemporaryDirectory() as folder:
        course, inbox = Path(folder) / "course", Path(folder) / "inbox"
        inbox.mkdir()
        itguide = [sys.executable, "-m", "itguide"]
        quiet: dict[str, Any] = {"check": True, "capture_output": True, "text": True}
        for n in range(3):
            workspace = Path(folder) / f"participant{n}"
            from itguide.workspace import prepare

            prepare(workspace)
            answered(workspace)
            subprocess.run([*itguide, "submit", MODULE, "--workspace", str(workspace), "--to", str(inbox)], **quiet)
        subprocess.run([*itguide, "build", "--course", str(course)], **quiet)
        subprocess.run([*itguide, "collect", str(inbox), "--course", str(course)], **quiet)
        environment = {**os.environ, "PATH": f"{bin_directory()}{os.pathsep}{os.environ['PATH']}"}
        t = time.perf_counter()
        subprocess.run([str(bin_directory() / "nbgrader"), "autograde", MODULE], **quiet, cwd=course, env=environment)
        line("grading: stock nbgrader autograde, a submission", [(time.perf_counter() - t) / 3], "s")


if __name__ == "__main__":
    print(
        json.dumps(
            {"cores": os.cpu_count(), "python": sys.version.split()[0], "script_kB": round(len(page.script()) / 1000)}
        )
    )
    bench_models()
    bench_scoring()
    bench_page()
    bench_grading()
