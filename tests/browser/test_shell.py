"""The participant's shell in a real browser: a page of ipywidgets stands in for a case."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from playwright.sync_api import BrowserContext, Page, expect

from itguide import launch
from itguide.content import syllabus
from itguide.launch import CourseServer
from itguide.text import engine, engine_words

SAY = engine("en")
CONTROLS = """
import os
import ipywidgets as w
from IPython.display import display
port = w.Text(description="Port", placeholder="name of the port")
berth = w.Dropdown(options=["one", "two", "three"], description="Berth")
says = w.HTML("nothing yet")
release = w.Button(description="Release")
release.on_click(lambda _: setattr(says, "value", f"released {port.value} to {berth.value} by {os.getpid()}"))
display(w.VBox([port, berth, release, says]))
"""
LONG = "## After\n\n" + "\n\n".join(f"Paragraph {n} of a text that is long enough to scroll." for n in range(60))


def tiny(workspace: Path, *more: str, title: str = "A port in the morning") -> str:
    """Puts a page with ordinary controls in the place of a module's view; returns its path."""
    slug = syllabus().module[0].slug
    cells = [new_markdown_cell("# A port in the morning\n\nRead on."), new_code_cell(CONTROLS),
             *(new_code_cell(code) for code in more), new_markdown_cell(LONG)]  # fmt: skip
    for number, cell in enumerate(cells):
        cell.id, cell.metadata = f"cell-{number}", {"editable": False, "deletable": False}
    told = {"module": slug, "lang": "en", "title": title, "course": "A course", "minutes": 5, "cases": [],
            "languages": ["en", "es"], "words": engine_words("shell", "en")}  # fmt: skip
    spec = {"name": "python3", "display_name": "Python 3"}
    node = new_notebook(cells=cells, metadata={"kernelspec": spec, "itguide": told})
    (workspace / slug / f"{slug}.en.ipynb").write_text(nbformat.writes(node), encoding="utf-8")
    return f"notebooks/{slug}/{slug}.en.ipynb"


def ask(server: CourseServer, path: str) -> Any:
    request = urllib.request.Request(server.base_url + path, headers={"Authorization": f"token {server.token}"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.read().decode()


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CourseServer]:
    with launch.serve(tmp_path_factory.mktemp("shell") / "workspace", port=0) as server:
        ask(server, "itguide/")
        yield server


def visit(page: Page, server: CourseServer, path: str) -> None:
    page.goto(server.url)
    page.goto(server.base_url + path, wait_until="commit")
    page.locator("#itguide-cover").wait_for(state="detached", timeout=30_000)


def release(page: Page, name: str) -> int:
    """Types and presses; the pid of the kernel that answered."""
    page.get_by_placeholder("name of the port").fill(name)
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Release").click()
    said = page.get_by_text(re.compile(rf"released {name} to \w+ by \d+"))
    said.wait_for(timeout=10_000)
    return int(said.inner_text().split()[-1])


@pytest.fixture
def opened(page: Page, course: CourseServer) -> Page:
    visit(page, course, tiny(course.workspace))
    return page


def test_first_bytes_are_the_cover_in_the_language(course: CourseServer) -> None:
    html = ask(course, tiny(course.workspace, title="Port & morning"))
    assert '<html lang="en">' in html
    assert "<title>Port &amp; morning</title>" in html
    assert html.index('id="itguide-cover"') < html.index("jupyter-config-data")
    config = json.loads(re.search(r'id="jupyter-config-data"[^>]*>(.*?)</script>', html, re.DOTALL)[1])
    assert "@jupyter/nbgrader" not in {e["name"] for e in config["federated_extensions"]}


def test_nothing_to_click_before_the_first_control(opened: Page) -> None:
    release(opened, "Sereno")
    for hidden in (".jp-NotebookPanel-toolbar", "#menu-panel-wrapper", ".jp-InputPrompt", ".cm-editor"):
        assert opened.locator(f"{hidden}:visible").count() == 0, hidden
    assert opened.title() == "A port in the morning"
    assert opened.evaluate("document.documentElement.lang") == "en"
    assert opened.evaluate("document.body.dataset.itguideKernel") == "ready"
    expect(opened.get_by_role("navigation", name=SAY("shell.bar"))).to_contain_text("A port in the morning")


def test_no_prompt_on_leaving_and_the_view_is_never_written(
    page: Page, start_course: Callable[..., CourseServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launch, "OVERRIDES", {})  # as under a Hub, where autosave is on
    course = start_course()
    ask(course, "itguide/")
    path = tiny(course.workspace)
    view = course.workspace / path.removeprefix("notebooks/")
    before = view.read_bytes()
    page.clock.install()
    visit(page, course, path)
    release(page, "Sereno")
    page.clock.fast_forward("05:00")  # past every autosave
    page.keyboard.press("Control+s")
    page.wait_for_timeout(500)
    assert view.read_bytes() == before
    view.write_bytes(before + b"\n")  # the course was rebuilt meanwhile
    page.clock.fast_forward("05:00")
    page.wait_for_timeout(300)
    page.get_by_placeholder("name of the port").press_sequentially("x")
    page.reload(wait_until="commit")
    page.locator("#itguide-cover").wait_for(state="detached", timeout=30_000)
    release(page, "Alto")
    page.get_by_role("link", name=SAY("shell.home")).click()
    page.get_by_role("heading", name=SAY("home.modules")).wait_for()
    assert page.locator(".jp-Dialog").count() == 0
    assert view.read_bytes() == before + b"\n"


def test_keys_reach_the_control_and_never_the_notebook(opened: Page) -> None:
    heading = opened.get_by_role("heading", name="A port in the morning")
    heading.click()
    for key in ("Enter", "d", "d", "a", "x", "m", "Shift+Enter", "Delete"):
        opened.keyboard.press(key)
    heading.dblclick()
    assert heading.is_visible()
    assert opened.locator(".jp-MarkdownCell.jp-mod-rendered").count() == 2
    assert opened.locator(".jp-Cell").count() == 3
    berth = opened.get_by_role("combobox")
    berth.focus()
    opened.keyboard.press("ArrowDown")
    opened.keyboard.press("ArrowDown")
    opened.keyboard.press("ArrowUp")
    assert berth.input_value() == "two"
    assert berth.evaluate("el => el === document.activeElement")
    opened.keyboard.press("Escape")
    opened.mouse.move(600, 500)
    heading.click()
    opened.keyboard.press("PageDown")
    opened.wait_for_timeout(300)
    assert opened.evaluate("document.querySelector('.jp-WindowedPanel-outer').scrollTop") > 100


def test_a_killed_kernel_comes_back_and_the_page_runs_again(opened: Page) -> None:
    pid = release(opened, "Sereno")
    opened.evaluate("""() => {
        window.heard = [];
        window.seen = [];
        window.addEventListener("itguide:kernel", (event) => heard.push(event.detail.state));
        const controls = document.querySelector('.jp-CodeCell');
        new ResizeObserver(() => seen.push(controls.offsetHeight)).observe(controls);
        document.querySelector('.jp-WindowedPanel-outer').scrollTop = 120;
    }""")
    os.kill(pid, signal.SIGKILL)
    expect(opened.locator(".itguide-notice")).to_have_text(SAY("shell.restarting"), timeout=8000)
    assert opened.get_by_placeholder("name of the port").is_visible()  # what was there stays in view
    on_top = "el => el.contains(document.elementFromPoint(300, el.getBoundingClientRect().y + 8))"
    assert opened.locator(".itguide-notice").evaluate(on_top)
    opened.wait_for_function("document.body.dataset.itguideKernel === 'ready'", timeout=20_000)
    expect(opened.locator(".itguide-notice")).to_have_text(SAY("shell.back"))
    assert release(opened, "Alto") != pid
    assert opened.evaluate("heard") == ["restarting", "ready"]
    expect(opened.locator(".itguide-notice")).to_be_hidden(timeout=8000)
    opened.wait_for_timeout(200)
    assert opened.evaluate("document.querySelector('.jp-WindowedPanel-outer').scrollTop") == 120
    heights = opened.evaluate("seen")
    assert max(heights) - min(heights) < 60, heights  # the page did not jump
    assert opened.locator("#itguide-cover, .jp-Dialog").count() == 0


def test_a_cell_that_fails_says_so_plainly(page: Page, course: CourseServer) -> None:
    visit(page, course, tiny(course.workspace, "1 / 0", "import sys; print('a warning', file=sys.stderr)"))
    page.get_by_text(SAY("shell.failed")).wait_for()
    assert page.get_by_role("link", name=SAY("shell.reload")).is_visible()
    assert "ZeroDivisionError" not in page.inner_text("body")
    assert "a warning" not in page.inner_text("body")
    release(page, "Sereno")


def test_a_server_that_goes_and_comes_back(page: Page, start_course: Callable[..., CourseServer]) -> None:
    server = start_course()
    ask(server, "itguide/")
    visit(page, server, tiny(server.workspace))
    pid = release(page, "Sereno")
    server.close()
    expect(page.locator(".itguide-notice")).to_have_text(SAY("shell.server_gone"), timeout=15_000)
    assert page.evaluate("document.body.dataset.itguideKernel") == "lost"
    port = int(server.base_url.rstrip("/").rpartition(":")[2])
    again = start_course(server.workspace, port=port)
    assert again.base_url == server.base_url
    page.wait_for_function("document.body.dataset.itguideKernel === 'ready'", timeout=30_000)
    assert release(page, "Alto") != pid
    assert page.locator(".jp-Dialog").count() == 0


def test_behind_a_prefix_in_another_language_link(page: Page, start_course: Callable[..., CourseServer]) -> None:
    server = start_course(base_url="/user/a-b/")
    page.goto(server.url)
    assert page.url == f"{server.base_url}itguide/"  # the token is gone from the address
    first = syllabus().module[0]
    assert not json.loads(ask(server, "api/kernels"))  # the home page needs none
    path = tiny(server.workspace)
    page.get_by_role("link", name=re.compile(re.escape(first.title))).first.click()
    page.wait_for_url(f"**/user/a-b/{path}")
    page.locator("#itguide-cover").wait_for(state="detached", timeout=30_000)
    release(page, "Sereno")
    assert len(json.loads(ask(server, "api/kernels"))) == 1
    page.evaluate("document.querySelector('.jp-WindowedPanel-outer').scrollTop = 900")
    spanish = page.get_by_role("link", name="Español")
    spanish.hover()
    assert spanish.get_attribute("href") == f"{first.slug}.es.ipynb#cell-cell-2"


def test_home_tells_how_far_each_module_is(page: Page, course: CourseServer) -> None:
    page.goto(course.url)
    first = page.locator(".module").first
    assert first.get_attribute("data-state") == "new"
    damaged = course.workspace / syllabus().module[0].slug / "answers" / f"{syllabus().module[0].case[0].slug}.json"
    damaged.write_text("{", encoding="utf-8")
    try:
        page.reload()
        expect(first).to_contain_text(SAY("home.unreadable"))
    finally:
        damaged.unlink()
    expect(page.locator("footer")).to_contain_text(SAY("home.independent"))


@pytest.mark.parametrize("size", [(1280, 800), (1024, 768)])
def test_home_and_page_for_everybody(page: Page, course: CourseServer, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(course.url)
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    visit(page, course, tiny(course.workspace))
    page.get_by_placeholder("name of the port").wait_for()
    found = {v["id"]: [n["html"][:160] for n in v["nodes"]] for v in Axe().run(page).response["violations"]}
    assert found == {}
    bar = page.locator(".itguide-bar").bounding_box()
    assert bar["width"] <= size[0]
    assert bar["height"] < 64


def test_start_prints_one_line_and_an_interrupt_ends_it(tmp_path: Path) -> None:
    where = f"Path({str(tmp_path / 'w')!r})"
    code = f"from pathlib import Path; from itguide import launch; launch.start({where}, 'en', 0, False)"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        url = process.stdout.readline().strip()
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/itguide/\?token=[0-9a-f]{48}", url)
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        with opener.open(url, timeout=10) as answer:
            assert SAY("home.how") in answer.read().decode()
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=20)
    finally:
        process.kill()
    assert (rest, errors, process.returncode) == ("", "", 0)
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(url, timeout=2)


def test_strangers_are_sent_to_the_login(course: CourseServer) -> None:
    for path in ("itguide/", "itguide/static/house.css", tiny(course.workspace)):
        request = urllib.request.Request(course.base_url + path)
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert "/login" in answer.geturl()


def test_a_reload_ends_with_a_usable_control(opened: Page, course: CourseServer) -> None:
    opened.reload(wait_until="commit")
    opened.locator("#itguide-cover").wait_for(state="detached")
    field = opened.get_by_placeholder("name of the port")
    field.fill("x")
    assert field.input_value() == "x"


def test_context_watches(context: BrowserContext, page: Page) -> None:
    page.evaluate("setTimeout(() => alert('hello'))")
    page.wait_for_timeout(200)
    assert context.watch.dialogs == ["alert: hello"]
    context.watch.dialogs.clear()


def test_in_lab_a_button_opens_the_page(page: Page, course: CourseServer) -> None:
    path = tiny(course.workspace)
    page.goto(course.url)
    page.goto(f"{course.base_url}lab/tree/{path.removeprefix('notebooks/')}")
    button = page.get_by_role("button", name=SAY("shell.reading_view"))
    button.wait_for(timeout=40_000)
    assert page.locator(".jp-NotebookPanel-toolbar").first.is_visible()
    with page.expect_popup() as popup:
        button.click()
    assert popup.value.url.endswith(path)
