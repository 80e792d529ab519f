"""Every kind of control in a real browser: by mouse, by keyboard alone, by touch; what it reports; what it keeps."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from itguide.kinds import schedule
from kinds_page import QUESTIONS, open_page

ANSWERS: dict[str, Any] = {
    "call": "cio",
    "facts": ["age", "backup", "data"],
    "hours": 74,
    "minister": "We postpone the risk engine until the data are right.",
    "weights": {"treasury": 30, "trade": 45, "security": 25},
    "inherited": {"portal": "stop", "permits": "change", "hr": "go"},
    "plan": {"core": 1, "backup": 1, "data": 1, "people": 2, "network": 3, "window": 2, "payment": 2, "engine": 3,
             "seals": 4},
    "road": {"study": 1, "pay": 1, "release": 2, "door": 6},
    "order": ["bank", "port", "brokers", "union"],
    "map": [["people", "core"], ["core", "data"], ["data", "risk"], ["risk", "core"], ["risk", "revenue"]],
    "risks": {"lock": ["possible", "grave"], "gate": ["often", "large"], "crew": ["often", "large"]},
    "night": "read",
    "route": {"lodge": "early", "pay": "late"},
}  # fmt: skip
Show = Callable[..., Any]


@pytest.fixture
def show(browser: Any) -> Iterator[Show]:
    """Opens a page with some of the questions; fails the test if the page's script failed."""
    contexts: list[Any] = []
    errors: list[str] = []

    def opened(*only: str, width: int = 1280, height: int = 800, touch: bool = False, **what: Any) -> Any:
        context = browser.new_context(viewport={"width": width, "height": height}, has_touch=touch)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(4000)
        page.on("pageerror", lambda e: errors.append(str(e)))
        open_page(page, only, **what)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert errors == []


def said(page: Any) -> list[Any]:
    return [entry["value"] for entry in page.evaluate("said")]


def last(page: Any) -> Any:
    return said(page)[-1]


def middle(locator: Any) -> tuple[float, float]:
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def focused(page: Any) -> str:
    return str(page.evaluate("document.activeElement.id || document.activeElement.getAttribute('aria-label') || ''"))


class Finger:
    """One finger on the glass, through the browser's own input pipeline."""

    def __init__(self, page: Any) -> None:
        self.page, self.cdp = page, page.context.new_cdp_session(page)

    def drag(self, start: tuple[float, float], end: tuple[float, float], steps: int = 8) -> None:
        def touch(kind: str, *points: tuple[float, float]) -> None:
            self.cdp.send(
                "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]}
            )

        touch("touchStart", start)
        for n in range(1, steps + 1):
            touch("touchMove", tuple(a + (b - a) * n / steps for a, b in zip(start, end, strict=True)))  # type: ignore[arg-type]
        touch("touchEnd")


def drag(page: Any, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=8)
    page.mouse.up()


# ---- choice and choices


def test_choice_by_mouse_and_by_keyboard(show: Show) -> None:
    page = show("call")
    page.get_by_text("Your head of ICT").click()
    assert last(page) == "cio"
    page.keyboard.press("ArrowDown")
    assert last(page) == "port"
    page.evaluate("box.call.control.set('minister')")
    assert page.get_by_role("radio", name="The minister’s office").is_checked()
    assert len(said(page)) == 2, "setting a value is not a change by the participant"


def test_choice_shows_what_others_met_only_when_told(show: Show) -> None:
    assert show("call").get_by_text("Worth knowing").count() == 0
    page = show("call", noted=True)
    assert page.get_by_text("Worth knowing").count() == 1
    assert page.get_by_text("had to withdraw it in public").is_visible()


def test_choices_count_and_complain(show: Show) -> None:
    page = show("facts")
    for label in ("The core system is 17 years old", "The backup site was never tested"):
        page.get_by_text(label).click()
    assert page.locator(".ig-count").inner_text() == "2 of 3 chosen"
    page.get_by_role("checkbox", name="27 permit agencies keep their own lists").focus()
    page.keyboard.press("Space")
    assert last(page) == ["age", "backup", "data"]
    page.get_by_text("80 % of imports").click()
    page.get_by_text("4 chosen; at most 3").wait_for()
    assert page.locator(".ig-count.ig-over").count() == 1


# ---- number and text


@pytest.mark.parametrize(("lang", "typed", "value"), [
    ("en", "12.5", 12.5), ("en", "12,5", 12.5), ("en", "1,234.5", 1234.5), ("es", "12,5", 12.5),
    ("es", "12.345,5", 12345.5), ("fr", "12 345,5", 12345.5), ("en", "−3", -3),
])  # fmt: skip
def test_number_reads_what_people_write(show: Show, lang: str, typed: str, value: float) -> None:
    page = show("hours", lang=lang)
    page.get_by_role("textbox").fill(typed)
    assert last(page) == value


def test_number_steps_and_keeps_bounds(show: Show) -> None:
    page = show("hours", values={"hours": 399.5})
    page.get_by_role("button", name="More").click()
    page.get_by_role("button", name="More").click()
    assert last(page) == 400
    page.get_by_role("textbox").press("ArrowDown")
    assert last(page) == 399.5
    page.get_by_role("textbox").fill("")
    assert last(page) is None


def test_number_says_what_it_cannot_read(show: Show) -> None:
    page = show("hours")
    field = page.get_by_role("textbox")
    field.fill("soon")
    field.blur()
    assert "Please write a number" in page.locator(".ig-problem").inner_text()
    assert field.get_attribute("aria-invalid") == "true"
    assert field.input_value() == "soon"
    assert last(page) is None, "what cannot be read is no answer"


def test_number_keeps_the_caret_when_its_own_value_comes_back(show: Show) -> None:
    page = show("hours")
    field = page.get_by_role("textbox")
    field.press_sequentially("12,50")
    page.evaluate("box.hours.control.set(12.5)")
    assert field.input_value() == "12,50"


def test_text_counts_words_and_keeps_the_caret(show: Show) -> None:
    page = show("minister")
    field = page.get_by_role("textbox")
    field.press_sequentially("one two three")
    assert page.locator(".ig-words").inner_text() == "3 of 12 words"
    assert page.evaluate("said.at(-1).typing") is True
    field.press("Home")
    page.evaluate("box.minister.control.set('one two three')")
    assert field.evaluate("e => [e === document.activeElement, e.selectionStart]") == [True, 0]
    field.fill("w " * 14)
    assert page.locator(".ig-words.ig-over").inner_text() == "14 of 12 words: 2 too many"
    assert field.get_attribute("lang") == "en"


def test_off_and_on_again_keeps_text_focus_and_caret(show: Show) -> None:
    page = show("minister")
    field = page.get_by_role("textbox")
    field.press_sequentially("half a sentence")
    field.evaluate("e => e.setSelectionRange(4, 4)")
    page.evaluate("box.minister.control.enable(false)")
    assert field.is_disabled()
    assert field.input_value() == "half a sentence"
    page.wait_for_timeout(50)  # the browser takes the focus away a frame later
    page.evaluate("box.minister.control.enable(true)")
    page.keyboard.type("X")
    assert field.input_value() == "halfX a sentence"


def test_every_kind_goes_off_visibly_and_keeps_its_value(show: Show) -> None:
    page = show(values=ANSWERS)
    page.evaluate("Object.values(box).forEach((b) => b.control.enable(false))")
    live = page.locator(":is(button, input, select, textarea):not(:disabled)")
    assert live.count() == 0
    assert page.locator("fieldset.ig-off").count() == len(QUESTIONS)
    assert page.get_by_role("radio", name="Your head of ICT").is_checked()
    assert page.locator("#ig-test-plan-engine-3").is_checked()
    assert said(page) == []


def test_every_kind_takes_the_focus(show: Show) -> None:
    page = show(values=ANSWERS)
    for name in QUESTIONS:
        page.evaluate(f"box.{name}.control.focus()")
        assert page.evaluate(f"box.{name}.el.contains(document.activeElement)"), name


# ---- allocate


def test_allocate_by_slider_number_and_keyboard(show: Show) -> None:
    page = show("weights", values={"weights": {"treasury": 30, "trade": 45, "security": 25}})
    page.get_by_role("slider", name="Security").fill("50")
    assert last(page)["security"] == 50
    assert sum(last(page).values()) == 100
    page.get_by_role("slider", name="Trade").press("ArrowRight")
    assert sum(last(page).values()) == 100
    number = page.get_by_role("textbox", name="Share of Trade")
    number.fill("60")
    number.press("Enter")
    assert last(page)["trade"] == 60
    assert last(page)["treasury"] >= 10
    page.get_by_role("button", name="Undo").click()
    assert last(page) != said(page)[-2]


def test_allocate_gives_back_what_a_drag_took(show: Show) -> None:
    page = show("weights", values={"weights": {"treasury": 20, "trade": 60, "security": 20}})
    slider = page.get_by_role("slider", name="Treasury")
    box = slider.bounding_box()
    y = box["y"] + box["height"] / 2
    at = lambda share: 14 + box["x"] + (box["width"] - 28) * share  # noqa: E731 - the thumb is 28 px wide
    page.mouse.move(at(0.2), y)
    page.mouse.down()
    page.mouse.move(at(0.95), y, steps=5)
    page.mouse.move(at(0.2), y, steps=5)
    page.mouse.up()
    assert last(page) == {"treasury": 20, "trade": 60, "security": 20}


def test_allocate_always_adds_up(show: Show) -> None:
    page = show("weights")
    wrong = page.evaluate("""async () => {
      const sliders = [...document.querySelectorAll("input[type=range]")];
      const holds = [...document.querySelectorAll(".ig-hold")];
      let seed = 7;
      const next = (n) => (seed = (seed * 1103515245 + 12345) % 2147483648) % n;
      const wrong = [];
      for (let n = 0; n < 400; n++) {
        if (n % 9 === 0) holds[next(3)].click();
        const held = holds.map((b) => b.getAttribute("aria-pressed") === "true"), before = sliders.map((s) => +s.value);
        const i = next(3);
        if (sliders[i].disabled) continue;
        sliders[i].value = next(101);
        sliders[i].dispatchEvent(new Event("input", { bubbles: true }));
        if (n % 2) sliders[i].dispatchEvent(new Event("change", { bubbles: true }));
        const v = said.at(-1).value;
        const all = Object.values(v);
        if (all.reduce((a, b) => a + b) !== 100 || v.treasury < 10 || all.some((x) => x < 0 || x % 5)
            || sliders.some((s, k) => held[k] && +s.value !== before[k])) wrong.push([n, v]);
      }
      return wrong;
    }""")
    assert wrong == []


def test_allocate_starts_unanswered_and_can_be_kept(show: Show) -> None:
    page = show("weights")
    assert said(page) == []
    page.get_by_role("button", name="Keep it as it is").click()
    assert sum(last(page).values()) == 100
    assert page.get_by_role("button", name="Keep it as it is").count() == 0


def test_allocate_says_when_the_others_are_held(show: Show) -> None:
    page = show("weights")
    for label in ("Trade", "Security"):
        page.get_by_role("button", name=f"Hold the share of {label}").click()
    page.get_by_role("slider", name="Treasury").fill("80")
    assert "Let one of them go first" in page.get_by_role("status").filter(has_text="held").inner_text()
    assert sum(last(page).values()) == 100


# ---- classify


def test_classify_by_mouse_and_keyboard(show: Show) -> None:
    page = show("inherited")
    row = page.get_by_role("radiogroup", name="Cargo portal")
    row.locator("label", has_text="Stop").click()
    assert last(page) == {"portal": "stop"}
    page.keyboard.press("ArrowLeft")
    assert last(page) == {"portal": "change"}
    page.get_by_role("button", name="Put Cargo portal back").click()
    assert last(page) == {}
    page.get_by_role("button", name="Undo").click()
    assert last(page) == {"portal": "change"}


def test_classify_counts_limits_and_filters(show: Show) -> None:
    page = show("inherited")
    for label in ("Cargo portal", "Permits online", "Personnel files"):
        page.get_by_role("radiogroup", name=label).locator("label", has_text="Change").click()
    chip = page.locator(".ig-chip").filter(has_text="Change")
    assert "1 too many" in chip.inner_text()
    page.get_by_text("“Change” takes 2; 3 are in it.").wait_for()
    chip.click()
    assert page.locator(".ig-sort-row:visible").count() == 3
    page.get_by_role("radiogroup", name="Personnel files").locator("label", has_text="Stop").click()
    assert page.locator(".ig-sort-row:visible").count() == 3, "a row stays while one works on it"
    page.locator(".ig-chip").filter(has_text="Not placed").click()
    assert page.locator(".ig-sort-row:visible").count() == 2


# ---- schedule


def test_schedule_by_mouse_undo_and_clear(show: Show) -> None:
    page = show("plan")
    cell = lambda item, n: page.locator(f"label[for=ig-test-plan-{item}-{n}]")  # noqa: E731
    cell("core", 1).click()
    cell("engine", 2).click()
    assert last(page) == {"core": 1, "engine": 2}
    cell("core", 3).click()  # a cell under the bar moves the start there
    assert last(page) == {"core": 3, "engine": 2}
    page.get_by_role("button", name="Undo").click()
    assert last(page) == {"core": 1, "engine": 2}
    page.get_by_role("button", name="Clear all").click()
    assert last(page) == {}
    page.get_by_role("button", name="Undo").click()
    assert last(page) == {"core": 1, "engine": 2}


def test_schedule_by_keyboard_alone(show: Show) -> None:
    page = show("plan")
    page.evaluate("box.plan.control.focus()")
    page.keyboard.press("ArrowLeft")
    assert said(page) == [], "left of “not now” is nothing; it does not go round"
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    assert last(page) == {"core": 4}
    page.keyboard.press("ArrowDown")
    assert focused(page) == "ig-test-plan-backup-0"
    page.keyboard.press("ArrowRight")
    assert last(page) == {"core": 4, "backup": 1}
    page.keyboard.press("Home")
    assert last(page) == {"core": 4}
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    assert page.get_by_text("Nobody sees it until the day it is needed.").is_visible()


def test_schedule_by_dragging_the_bar(show: Show) -> None:
    page = show("plan", values={"plan": {"backup": 1}})
    at = lambda n: middle(page.locator(f"label[for=ig-test-plan-backup-{n}]"))  # noqa: E731
    drag(page, at(2), at(3))  # held by its second year
    assert last(page) == {"backup": 2}
    assert len(said(page)) == 1, "a gesture is one change"
    drag(page, at(2), at(0))
    assert last(page) == {}
    drag(page, at(0), at(3))  # nothing to hold: no drag
    assert last(page) == {}


def test_schedule_by_touch(show: Show) -> None:
    page = show("plan", touch=True, width=1024, height=768)
    at = lambda n: middle(page.locator(f"label[for=ig-test-plan-backup-{n}]"))  # noqa: E731
    page.locator("label[for=ig-test-plan-backup-1]").tap()
    assert last(page) == {"backup": 1}
    Finger(page).drag(at(1), at(3))
    page.wait_for_function("said.length > 1")
    assert last(page) == {"backup": 3}


def test_schedule_meters_move_at_once_and_agree_with_python(show: Show) -> None:
    page = show("plan")
    question = QUESTIONS["plan"]
    chance = random.Random(3)
    for _ in range(25):
        plan = {o.id: chance.randint(1, 4) for o in question.option if chance.random() < 0.6}
        shown = page.evaluate("""(plan) => {
          box.plan.control.set(plan);
          return [...document.querySelectorAll(".ig-meter")]
            .map((m) => [m.querySelector(".ig-sr").textContent, m.classList.contains("ig-over")]);
        }""", plan)  # fmt: skip
        n = 0
        for limit in question.limit:
            used = schedule.drawn(question, plan, limit)
            for period, use, cap in zip(question.period, used, schedule.ceilings(limit, used), strict=True):
                digits = limit.decimals
                figure = lambda x: f"{x:.{digits}f}"  # noqa: E731, B023
                text, over = shown[n]
                assert text == f"{limit.label}, {period.label}: {figure(use)} of {figure(cap)} {limit.unit} used"
                assert over == (use > cap + 1e-9)
                n += 1


def test_schedule_says_what_is_wrong_at_the_item(show: Show) -> None:
    page = show("plan")
    page.locator("label[for=ig-test-plan-engine-1]").click()
    mark = page.locator("#ig-test-plan-engine-mark")
    mark.wait_for()
    assert "needs “Data quality and master data”" in mark.inner_text()
    page.locator("label[for=ig-test-plan-core-1]").click()
    page.locator("label[for=ig-test-plan-window-1]").click()
    page.locator("label[for=ig-test-plan-portal-1]").click()
    page.locator("label[for=ig-test-plan-data-1]").click()
    page.locator("label[for=ig-test-plan-seals-1]").click()
    assert "over 11" in page.locator(".ig-meter.ig-over").first.inner_text()


def test_schedule_keeps_its_meters_in_view(show: Show) -> None:
    page = show("plan", values=ANSWERS)
    page.locator("label[for=ig-test-plan-seals-1]").scroll_into_view_if_needed()
    page.mouse.wheel(0, 4000)
    page.wait_for_timeout(100)
    page.evaluate(
        "window.scrollTo(0, document.querySelector('.ig-plan').getBoundingClientRect().bottom + scrollY - innerHeight)"
    )
    top = page.locator(".ig-plan-meters").bounding_box()["y"]
    assert 0 <= top < 20


# ---- schedule as a Gantt


def bar(page: Any, item: str) -> Any:
    return page.locator(".ig-gantt-bar", has=page.locator(f"#ig-test-road-{item}-bar"))


def quarter(page: Any, item: str, n: int) -> tuple[float, float]:
    """The middle of a quarter in an item's row; 0 is the place for what is not planned."""
    track = page.locator(".ig-gantt-track", has=page.locator(f"#ig-test-road-{item}-bar"))
    track.scroll_into_view_if_needed()
    box = track.bounding_box()
    slot = box["width"] / 10  # two of the ten columns are for what is not planned
    return box["x"] + (n + 1.5 if n else 1) * slot, box["y"] + box["height"] / 2


def test_gantt_by_tapping_and_undo(show: Show) -> None:
    page = show("road")
    page.mouse.click(*quarter(page, "study", 3))
    assert last(page) == {"study": 3}
    assert page.locator("#spoken").inner_text() == "Release study: Q3 to Q4, one quarter late"
    page.mouse.click(*quarter(page, "study", 1))
    assert last(page) == {"study": 1}
    page.get_by_role("button", name="Undo").click()
    assert last(page) == {"study": 3}
    page.get_by_role("button", name="Clear all").click()
    assert last(page) == {}


@pytest.mark.parametrize("touch", [False, True])
def test_gantt_by_dragging_a_bar(show: Show, touch: bool) -> None:
    page = show("road", touch=touch, width=1024, height=768)
    go = Finger(page).drag if touch else lambda a, b: drag(page, a, b)
    page.locator(".ig-gantt").evaluate("e => e.scrollIntoView({ block: 'center' })")
    go(middle(bar(page, "pay")), quarter(page, "pay", 2))
    page.wait_for_function("said.length > 0")
    assert said(page) == [{"pay": 2}], "a gesture is one change"
    go(quarter(page, "pay", 3), quarter(page, "pay", 6))  # held by its second quarter
    page.wait_for_function("said.length > 1")
    assert last(page) == {"pay": 5}
    go(quarter(page, "pay", 5), quarter(page, "pay", 0))
    page.wait_for_function("said.length > 2")
    assert last(page) == {}


def test_gantt_by_keyboard_alone(show: Show) -> None:
    page = show("road")
    page.evaluate("box.road.control.focus()")
    assert focused(page) == "ig-test-road-study-bar"
    page.keyboard.press("ArrowLeft")
    assert said(page) == []
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert last(page) == {"study": 3}
    slider = page.get_by_role("slider", name="Release study")
    assert slider.get_attribute("aria-valuetext") == "Q3 to Q4, one quarter late"
    page.keyboard.press("ArrowDown")
    assert focused(page) == "ig-test-road-pay-bar"
    page.keyboard.press("End")
    assert last(page) == {"study": 3, "pay": 7}
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Home")
    assert last(page) == {"pay": 7}
    assert slider.get_attribute("aria-valuetext") == "Not planned"


def test_gantt_and_its_list_are_one_answer(show: Show) -> None:
    page = show("road")
    page.get_by_text("The same as a list").click()
    page.get_by_label("Begins: Single window").select_option("Q6")
    assert last(page) == {"door": 6}
    assert bar(page, "door").inner_text() == "Q6 →"
    page.get_by_role("slider", name="Single window").press("ArrowLeft")
    assert page.get_by_label("Begins: Single window").input_value() == "5"
    assert page.locator(".ig-gantt-list tr", has_text="Single window").locator("td").nth(1).inner_text() == "Q5 to Q8"


def test_gantt_shows_what_is_out_of_order_and_what_asks_too_much_while_editing(show: Show) -> None:
    page = show("road", values={"road": {"pay": 1, "release": 3}})
    assert page.locator(".ig-gantt-lines g").count() == 1
    assert page.locator(".ig-gantt-lines g.ig-marked").count() == 0
    page.get_by_role("slider", name="Release before duties").press("ArrowLeft")
    mark = page.locator("#ig-test-road-release-mark")
    mark.wait_for()
    assert "can start when “Electronic payment” is over" in mark.inner_text()
    assert page.locator(".ig-gantt-lines g.ig-marked .ig-gantt-cross").count() == 1, "by form, not by colour alone"
    page.mouse.click(*quarter(page, "door", 3))
    page.get_by_text("Q1 to Q4: 4 asks planned, 3 at most.").wait_for()
    assert page.locator(".ig-meter.ig-over").count() == 1


def test_gantt_meters_agree_with_python(show: Show) -> None:
    page = show("road")
    question, chance = QUESTIONS["road"], random.Random(3)
    for _ in range(20):
        plan = {o.id: chance.randint(1, 8) for o in question.option if chance.random() < 0.7}
        shown = page.evaluate("""(plan) => {
          box.road.control.set(plan);
          return [...document.querySelectorAll(".ig-meter")]
            .map((m) => [m.querySelector(".ig-sr").textContent, m.classList.contains("ig-over")]);
        }""", plan)  # fmt: skip
        used = schedule.drawn(question, plan, question.limit[0])
        spans = ("Q1 to Q4", "Q5 to Q8")
        assert shown == [[f"Asks, {span}: {u:.0f} of 3 asks used", u > 3] for span, u in zip(spans, used, strict=True)]
        marked = set(page.locator(".ig-gantt-lines g.ig-marked").all())
        assert bool(marked) == any(
            schedule.earliest(question, o, r, plan) > plan[o.id]
            for o in question.option if o.id in plan for r in o.requires if r in plan
        )  # fmt: skip


def test_gantt_draws_the_election_and_the_dates(show: Show) -> None:
    page = show("road", values=ANSWERS)
    assert page.get_by_text("Election").is_visible()
    line = page.locator(".ig-gantt-ground .ig-gantt-event").bounding_box()
    board = page.locator(".ig-gantt").bounding_box()
    assert line["height"] > 0.9 * board["height"]
    assert abs(line["x"] + line["width"] / 2 - quarter(page, "study", 3)[0]) < 2
    flag = page.locator(".ig-gantt-flag").first.bounding_box()
    assert abs(flag["x"] - (quarter(page, "study", 3)[0] + quarter(page, "study", 4)[0]) / 2) < 4


# ---- rank


def test_rank_by_buttons_and_keys(show: Show) -> None:
    page = show("order")
    assert said(page) == []
    page.get_by_role("button", name="Move The staff union up").click()
    assert last(page) == ["union", "brokers", "bank", "port"]
    assert focused(page) == "Move The staff union up"
    page.get_by_role("button", name="Move The staff union with the arrow keys, or drag").press("ArrowDown")
    assert last(page) == ["brokers", "union", "bank", "port"]
    assert page.locator("#spoken").inner_text() == "The staff union: place 2 of 4"
    assert focused(page) == "Move The staff union with the arrow keys, or drag"
    page.get_by_role("button", name="Undo").click()
    assert last(page) == ["union", "brokers", "bank", "port"]


def test_rank_order_as_listed_can_be_kept(show: Show) -> None:
    page = show("order")
    page.get_by_role("button", name="Keep it as it is").click()
    assert last(page) == ["brokers", "union", "bank", "port"]


@pytest.mark.parametrize("touch", [False, True])
def test_rank_by_dragging(show: Show, touch: bool) -> None:
    page = show("order", touch=touch)
    grip = lambda label: middle(page.get_by_role("button", name=f"Move {label} with the arrow keys, or drag"))  # noqa: E731
    x, y = grip("The port authority")
    (Finger(page).drag if touch else lambda a, b: drag(page, a, b))((x, y), (x, grip("The staff union")[1] - 4))
    page.wait_for_function("said.length > 0")
    assert said(page) == [["brokers", "port", "union", "bank"]]


# ---- link


def test_link_by_mouse_and_removal(show: Show) -> None:
    page = show("map")
    page.get_by_role("button", name="Data right at first entry").click()
    page.get_by_role("button", name="Checks where the risk is").click()
    assert last(page) == [["data", "risk"]]
    assert page.locator(".ig-arrows g").count() == 1
    page.get_by_role("button", name="Data right at first entry", exact=True).click()
    page.get_by_role("button", name="Checks where the risk is", exact=True).click()
    assert len(said(page)) == 1, "an arrow is drawn once"
    page.get_by_role("button", name="Remove the arrow from Data right at first entry").click()
    assert last(page) == []
    page.get_by_role("button", name="Undo").click()
    assert last(page) == [["data", "risk"]]


def test_link_by_keyboard_alone(show: Show) -> None:
    page = show("map")
    page.get_by_role("button", name="Specialists who stay").focus()
    page.keyboard.press("Enter")
    assert "From “Specialists who stay”" in page.locator(".ig-link-hint").inner_text()
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    assert last(page) == [["core", "people"]]


def test_link_by_touch(show: Show) -> None:
    page = show("map", touch=True, width=1024, height=768)
    page.get_by_role("button", name="Data right at first entry").tap()
    page.get_by_role("button", name="Checks where the risk is").tap()
    assert last(page) == [["data", "risk"]]


def test_link_shows_a_closed_circle(show: Show) -> None:
    page = show("map", values=ANSWERS)
    page.locator(".ig-box.ig-marked").first.wait_for()
    assert page.locator(".ig-box.ig-marked").count() == 3
    assert page.locator(".ig-arrows g.ig-marked").count() == 3


# ---- place


def square(page: Any, row: int, column: int) -> Any:
    """A square of the 3 by 3 grid; row 1 at the bottom, column 1 at the left."""
    return page.locator(".ig-square").nth((3 - row) * 3 + column - 1)


@pytest.mark.parametrize("touch", [False, True])
def test_place_by_dragging(show: Show, touch: bool) -> None:
    page = show("risks", touch=touch, width=1024, height=768)
    go = Finger(page).drag if touch else lambda a, b: drag(page, a, b)
    token = page.locator(".ig-token[data-item=gate]")
    page.locator(".ig-place-board").evaluate("e => e.scrollIntoView()")
    go(middle(token), middle(square(page, 3, 2)))
    page.wait_for_function("said.length > 0")
    assert said(page) == [{"gate": ["often", "large"]}], "a gesture is one change"
    go(middle(token), middle(square(page, 1, 1)))
    page.wait_for_function("said.length > 1")
    assert last(page) == {"gate": ["rare", "small"]}
    go(middle(token), middle(page.locator(".ig-tray")))
    page.wait_for_function("said.length > 2")
    assert last(page) == {}
    page.get_by_role("button", name="Undo").click()
    assert last(page) == {"gate": ["rare", "small"]}


def test_place_by_line_and_square(show: Show) -> None:
    page = show("risks")
    page.get_by_role("button", name="The gate stops").click()
    square(page, 2, 3).click(position={"x": 8, "y": 8})
    assert last(page) == {"gate": ["possible", "grave"]}
    assert page.locator("#spoken").inner_text() == "The gate stops: Possible, Grave"
    assert "Possible · Grave" in page.get_by_role("button", name="The gate stops").inner_text()


def test_place_by_keyboard_alone(show: Show) -> None:
    page = show("risks")
    page.evaluate("box.risks.control.focus()")
    page.keyboard.press("ArrowUp")
    assert last(page) == {"lock": ["rare", "small"]}, "the first arrow sets it down at the bottom left"
    for key in ("ArrowUp", "ArrowRight", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    assert last(page) == {"lock": ["possible", "grave"]}, "the edge is the edge"
    assert len(said(page)) == 4
    page.keyboard.press("Tab")
    assert focused(page) == "ig-test-risks-gate"
    page.keyboard.press("ArrowRight")
    assert last(page) == {"lock": ["possible", "grave"], "gate": ["rare", "small"]}
    page.keyboard.press("Delete")
    assert last(page) == {"lock": ["possible", "grave"]}


def test_place_in_lists(show: Show) -> None:
    page = show("risks")
    page.get_by_text("The same as a list").click()
    page.get_by_label("The gate stops: How often").select_option("often")
    assert said(page) == [], "half a place is none"
    page.get_by_label("The gate stops: What one event costs").select_option("grave")
    assert last(page) == {"gate": ["often", "grave"]}
    page.get_by_label("The gate stops: How often").select_option("")
    assert last(page) == {}
    assert page.get_by_label("The gate stops: What one event costs").input_value() == "grave"


def test_place_shows_where_others_put_the_chosen_item(show: Show) -> None:
    page = show("risks", noted=True)
    ghosts = lambda row, column: square(page, row, column).locator(".ig-ghost").all_inner_texts()  # noqa: E731
    assert ghosts(1, 2) == ["Operations"]
    assert ghosts(2, 3) == ["ICT"]
    assert page.get_by_text("Eleven attempts last year.").is_visible()
    assert page.get_by_text("Operations: Rare, Large").is_visible()
    page.get_by_role("button", name="The gate stops").click()
    assert ghosts(3, 2) == ["Operations", "ICT"]
    assert not page.get_by_text("Eleven attempts last year.").is_visible()


def test_place_keeps_tokens_apart_and_takes_values_from_outside(show: Show) -> None:
    page = show("risks", values=ANSWERS)
    one, other = (page.locator(f".ig-token[data-item={i}]").bounding_box() for i in ("gate", "crew"))
    assert abs(one["x"] - other["x"]) >= 44 or abs(one["y"] - other["y"]) >= 44
    page.evaluate("box.risks.control.set({ lock: ['rare', 'small'] })")
    assert page.locator(".ig-token.ig-waits").count() == 2
    assert said(page) == []


# ---- inject


def test_inject_is_read_by_mouse_or_by_keyboard(show: Show) -> None:
    page = show("night")
    clock = page.get_by_role("img", name="The clock stands at hour 0 of 72.")
    assert clock.is_visible()
    button = page.get_by_role("button", name="Read on: hour 30")
    button.click()
    button.press("Enter")
    assert said(page) == ["read", "read"]
    page.evaluate("box.night.control.set('read')")
    assert page.get_by_role("img", name="The clock stands at hour 30 of 72.").is_visible()
    assert not button.is_visible()
    assert len(said(page)) == 2


# ---- lanes


def target(page: Any, words: str) -> Any:
    return page.get_by_role("button", name=f"Move here: {words}", exact=True)


def step(page: Any, name: str) -> Any:
    return page.locator(f"#ig-test-route-{name}")


@pytest.mark.parametrize("touch", [False, True])
def test_lanes_by_dragging(show: Show, touch: bool) -> None:
    page = show("route", touch=touch, width=1024, height=768)
    go = Finger(page).drag if touch else lambda a, b: drag(page, a, b)
    cell = page.locator(".ig-lane-row").nth(1).locator(".ig-lane-cell").first
    go(middle(step(page, "lodge")), middle(cell))
    page.wait_for_function("said.length > 0")
    assert said(page) == [{"lodge": "early"}], "a gesture is one change"
    page.wait_for_timeout(350)  # the box glides to its place
    assert "At sea" in step(page, "lodge").inner_text() + str(step(page, "lodge").text_content())
    go(middle(step(page, "lodge")), middle(page.locator(".ig-lane-row").nth(2).locator(".ig-lane-cell").nth(2)))
    page.wait_for_timeout(100)
    assert len(said(page)) == 1, "dropped where it cannot stand, it goes back"
    page.get_by_role("button", name="Undo").click()
    assert last(page) == {}


def test_lanes_by_pressing_a_step_and_a_place(show: Show) -> None:
    page = show("route")
    step(page, "read").click()
    assert "Places: Read at sea, Read by the quay" in page.locator("#spoken").inner_text()
    target(page, "Read by the quay").click()
    assert last(page) == {"read": "desk"}
    assert page.locator("#spoken").inner_text() == "Reading: Read by the quay. Quay, Papers."
    assert target(page, "Read at sea").count() == 0, "it is let go"
    step(page, "read").click()
    target(page, "As today").click()
    assert last(page) == {}
    page.get_by_role("button", name="Undo").click()
    assert last(page) == {"read": "desk"}


def test_lanes_by_keyboard_alone(show: Show) -> None:
    page = show("route")
    page.evaluate("box.route.control.focus()")
    page.keyboard.press("ArrowLeft")
    assert last(page) == {"lodge": "early"}
    page.keyboard.press("ArrowLeft")
    assert len(said(page)) == 1, "there is nothing further"
    page.keyboard.press("Delete")
    assert last(page) == {}
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    assert focused(page) == "ig-test-route-lodge"
    assert page.locator(".ig-lane-target:visible").count() == 0
    step(page, "read").focus()
    page.keyboard.press("ArrowDown")
    assert last(page) == {"read": "desk"}
    assert focused(page) == "ig-test-route-read", "the focus goes with the step"


def test_lanes_in_the_list_and_on_the_map_are_one(show: Show) -> None:
    page = show("route")
    page.get_by_role("radio", name="Paid later").check()
    assert last(page) == {"pay": "late"}
    assert "After" in str(step(page, "pay").text_content())
    assert page.locator(".ig-lane-ghost").inner_text() == "Paying: the others"
    assert page.get_by_text("Office, After · after Leaving").is_visible()
    page.evaluate("box.route.control.set({ read: 'desk' })")
    assert page.get_by_role("radio", name="Read by the quay").is_checked()
    assert len(said(page)) == 1, "setting a value is not a change by the participant"


def test_lanes_meters_and_arrows_that_run_back(show: Show) -> None:
    page = show("route")
    assert page.get_by_text("3; today 3").is_visible()
    assert page.locator(".ig-lane-arrows g").count() == 3
    page.get_by_role("radio", name="Paid later").check()
    page.get_by_text("2; today 3").wait_for()
    page.get_by_role("radio", name="Read at sea").check()
    page.get_by_text("“Reading” would come before “Lodging”, which it waits for.").first.wait_for()
    assert page.locator(".ig-lane-arrows g.ig-marked").count() == 1
    assert page.locator(".ig-step-box.ig-marked").count() == 1
    page.get_by_role("radio", name="Ahead of the ship").check()
    page.get_by_text("3 changes; at most 2. Take one back.").wait_for()


# ---- all of them


@pytest.mark.parametrize("values", [{}, ANSWERS], ids=["blank", "answered"])
@pytest.mark.parametrize("width", [1280, 768])
def test_axe_finds_nothing(show: Show, values: dict[str, Any], width: int) -> None:
    page = show(values=values, noted=True, width=width)
    page.wait_for_timeout(400)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("width", [1280, 1024, 768, 400])
def test_nothing_scrolls_sideways(show: Show, width: int) -> None:
    page = show(values=ANSWERS, width=width, height=768)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_targets_and_letters_are_large_enough(show: Show) -> None:
    page = show(values=ANSWERS, noted=True, width=1024, height=768)
    small = page.evaluate("""() => [...document.querySelectorAll(".ig-control :is(button, select, textarea, input)")]
      .map((e) => (e.matches("[type=radio], [type=checkbox]") ? e.closest("label") : e)).filter((e) => e.offsetParent)
      .map((e) => [e.className, e.getBoundingClientRect()]).filter(([, b]) => b.width < 44 || b.height < 44)
      .map(([name, b]) => `${name} ${b.width}x${b.height}`)""")
    assert small == []
    tiny = page.evaluate("""() => [...document.querySelectorAll(".ig-case *")]
      .filter((e) => e.offsetParent && [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()))
      .map((e) => [e.className, getComputedStyle(e).fontSize, e.textContent.slice(0, 30)])
      .filter(([, size]) => parseFloat(size) < 15)""")
    assert tiny == []


def test_keys_used_by_a_control_do_not_reach_the_host_page(show: Show) -> None:
    page = show("plan", "minister")
    page.evaluate("() => { window.leaked = []; document.addEventListener('keydown', (e) => leaked.push(e.key)); }")
    page.evaluate("box.plan.control.focus()")
    for key in ("ArrowRight", "Enter", "d", "Escape", "Tab"):
        page.keyboard.press(key)
    page.evaluate("box.minister.control.focus()")
    page.keyboard.press("Enter")
    assert page.evaluate("leaked") == ["Tab"]


def test_motion_can_be_switched_off(show: Show) -> None:
    page = show("order")
    page.emulate_media(reduced_motion="reduce")
    page.get_by_role("button", name="Move The staff union up").click()
    assert page.locator(".ig-changed").evaluate("e => getComputedStyle(e).animationName") == "none"
