"""Two participants who answer any question of any case: one with a mouse, one with nothing but a keyboard."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from typing import Any

from itguide.content import load_case
from itguide.spec import Question


class Participant(ABC):
    """What both do: answer a question, commit, go on."""

    def __init__(self, page: Any, slug: str) -> None:
        self.page, self.case = page, load_case(slug)
        self.root = page.locator(f'article[aria-labelledby="ig-{slug}"]')

    def box(self, question: str) -> Any:
        return self.root.locator(f'[data-q="{question}"]')

    def control(self, question: str, *rest: str) -> Any:
        return self.page.locator("#" + "-".join([f"ig-{self.case.slug}-{question}", *rest]))

    def answer(self, question_id: str, value: Any) -> None:
        question = self.case.find(question_id)
        self.box(question_id).wait_for(timeout=20_000)
        getattr(self, question.kind)(question, value)

    def answer_all(self, answers: dict[str, Any], *phases: str) -> None:
        for question in self.case.question:
            if question.phase in phases and (question.id in answers or question.kind == "inject"):
                self.answer(question.id, answers.get(question.id))
        self.saved()

    def saved(self) -> None:
        self.root.and_(self.page.locator('[data-saved="saved"]')).wait_for(timeout=10_000)

    @abstractmethod
    def commit(self) -> None:
        """Presses the case's verb button."""

    def decided(self, n: int) -> str:
        """The headline of round `n`, once it is there."""
        self.root.locator(".ig-round-number", has_text=re.compile(rf"\b{n}$")).wait_for(timeout=20_000)
        return str(self.root.locator(".ig-headline").inner_text())


class Mouse(Participant):
    """Clicks labels, types into fields."""

    def press(self, locator: Any) -> None:
        locator.scroll_into_view_if_needed()
        locator.click()

    def choice(self, question: Question, value: str) -> None:
        self.press(self.box(question.id).locator(f'label[for="ig-{self.case.slug}-{question.id}-{value}"]'))

    def choices(self, question: Question, value: list[str]) -> None:
        for option in question.option:
            field = self.control(question.id, option.id)
            if field.is_checked() != (option.id in value):
                self.choice(question, option.id)

    def number(self, question: Question, value: float) -> None:
        self.control(question.id, "field").fill(f"{value:g}")

    def text(self, question: Question, value: str) -> None:
        self.box(question.id).locator("textarea").fill(value)

    def allocate(self, question: Question, value: dict[str, int]) -> None:
        for row, share in zip(self.box(question.id).locator(".ig-share-row").all(), value.values(), strict=True):
            row.locator(".ig-share").fill(str(share))
            row.locator(".ig-share").blur()
            self.press(row.locator(".ig-hold"))

    def classify(self, question: Question, value: dict[str, str]) -> None:
        for item, category in value.items():
            row = self.box(question.id).locator(".ig-sort-row").nth([o.id for o in question.option].index(item))
            if row.locator("select").count():
                row.locator("select").select_option(category)
            else:
                self.press(row.locator(f'label[for$="-{item}-{category}"]'))

    def schedule(self, question: Question, value: dict[str, int]) -> None:
        if question.layout == "gantt":
            self.gantt(question, value)
            return
        for item, period in value.items():
            self.press(self.box(question.id).locator(f'label[for="ig-{self.case.slug}-{question.id}-{item}-{period}"]'))

    def gantt(self, question: Question, value: dict[str, int]) -> None:
        """Drags each bar from where it lies to its first quarter."""
        columns = len(question.period) + 2  # two for what is not planned
        for item, period in value.items():
            bar = self.control(question.id, item, "bar")
            bar.scroll_into_view_if_needed()
            if int(bar.input_value()) == period:
                continue
            now = bar.bounding_box()
            track = self.box(question.id).locator(".ig-gantt-track", has=bar).bounding_box()
            y = now["y"] + now["height"] / 2
            self.page.mouse.move(now["x"] + 8, y)
            self.page.mouse.down()
            self.page.mouse.move(track["x"] + track["width"] / columns * (period + 1.2), y, steps=6)
            self.page.mouse.up()

    def rank(self, question: Question, value: list[str]) -> None:
        ids = [o.id for o in question.option]
        for place, item in enumerate(value):
            while ids.index(item) > place:
                at = ids.index(item)
                self.press(self.box(question.id).locator(".ig-rank-row").nth(at).locator(".ig-step-button").first)
                ids[at - 1], ids[at] = ids[at], ids[at - 1]

    def link(self, question: Question, value: list[list[str]]) -> None:
        boxes = dict(zip(boxes_in_order(question), self.box(question.id).locator(".ig-box").all(), strict=True))
        for start, end in value:
            self.press(boxes[start])
            self.press(boxes[end])

    def lanes(self, question: Question, value: dict[str, str]) -> None:
        for step, move in value.items():
            self.press(self.control(question.id, step))
            target = next(m.label for m in question.find(step).move if m.id == move)
            there = self.box(question.id).get_by_role("button", name=f"Move here: {target}", exact=True)
            if there.count():  # it may lie there already
                self.press(there)

    def place(self, question: Question, value: dict[str, list[str]]) -> None:
        rows, columns = [r.id for r in reversed(question.row)], [c.id for c in question.column]
        for item, (row, column) in value.items():
            self.press(self.control(question.id, item))
            at = rows.index(row) * len(columns) + columns.index(column)
            square = self.box(question.id).locator(".ig-square").nth(at)
            square.scroll_into_view_if_needed()
            square.click(position={"x": 3, "y": 3})  # beside the numbers that stand there already

    def inject(self, question: Question, value: object) -> None:
        button = self.box(question.id).locator(".ig-read-on")
        if button.is_visible():
            self.press(button)
            button.wait_for(state="hidden", timeout=10_000)

    def commit(self) -> None:
        self.press(self.root.locator(".ig-commit"))


class Keys(Participant):
    """Tab, arrows, space, enter and letters; never a click and never a focus set by script."""

    def reach(self, locator: Any) -> None:
        """Tabs to an element, forwards or backwards, whichever way it lies."""
        target = locator.element_handle()
        for _ in range(900):
            way = self.page.evaluate(
                """(target) => {
                  const now = document.activeElement;
                  if (now === target) return "here";
                  if (now.type === "radio" && target.type === "radio" && now.name === target.name) return "here";
                  const after = now.compareDocumentPosition(target) & (Node.DOCUMENT_POSITION_FOLLOWING | Node.DOCUMENT_POSITION_CONTAINED_BY);
                  return now === document.body || after ? "Tab" : "Shift+Tab";
                }""",  # noqa: E501
                target,
            )
            if way == "here":
                return
            self.page.keyboard.press(way)
        raise AssertionError(f"not reached by Tab: {locator}")

    def key(self, name: str, times: int = 1) -> None:
        for _ in range(times):
            self.page.keyboard.press(name)

    def radio(self, target: Any, group: Any) -> None:
        """Reaches a group of radio buttons and goes down it to the target."""
        self.reach(group.first)
        if not group.evaluate_all("all => all.some((r) => r.checked)"):
            self.key("Space")
        for _ in range(group.count()):
            if target.is_checked():
                return
            self.key("ArrowDown")
        raise AssertionError(f"not reached by arrow keys: {target}")

    def choice(self, question: Question, value: str) -> None:
        self.radio(self.control(question.id, value), self.box(question.id).locator("input[type=radio]"))

    def choices(self, question: Question, value: list[str]) -> None:
        for option in question.option:
            field = self.control(question.id, option.id)
            if field.is_checked() != (option.id in value):
                self.reach(field)
                self.key("Space")

    def write(self, field: Any, text: str) -> None:
        self.reach(field)
        self.key("ControlOrMeta+a")
        self.page.keyboard.type(text)

    def number(self, question: Question, value: float) -> None:
        self.write(self.control(question.id, "field"), f"{value:g}")

    def text(self, question: Question, value: str) -> None:
        self.write(self.box(question.id).locator("textarea"), value)

    def allocate(self, question: Question, value: dict[str, int]) -> None:
        for row, share in zip(self.box(question.id).locator(".ig-share-row").all(), value.values(), strict=True):
            self.write(row.locator(".ig-share"), str(share))
            self.key("Enter")
            self.reach(row.locator(".ig-hold"))
            self.key("Space")

    def classify(self, question: Question, value: dict[str, str]) -> None:
        for item, category in value.items():
            row = self.box(question.id).locator(".ig-sort-row").nth([o.id for o in question.option].index(item))
            if row.locator("select").count():
                self.reach(row.locator("select"))
                self.key("Home")
                self.key("ArrowDown", 1 + [c.id for c in question.category].index(category))
            else:
                radios = row.locator("input[type=radio]")
                self.radio(radios.nth([c.id for c in question.category].index(category)), radios)

    def schedule(self, question: Question, value: dict[str, int]) -> None:
        if question.layout == "gantt":
            for item, period in value.items():
                bar = self.control(question.id, item, "bar")
                self.reach(bar)
                self.key("Home")
                self.key("ArrowRight", period)
            return
        for item, period in value.items():
            name = self.control(question.id, item, "0").get_attribute("name")
            self.reach(self.box(question.id).locator(f'[name="{name}"]:checked'))  # there may be a suggestion already
            self.key("Home")
            self.key("ArrowRight", period)

    def rank(self, question: Question, value: list[str]) -> None:
        ids = [o.id for o in question.option]
        for place, item in enumerate(value):
            at = ids.index(item)
            if at > place:
                self.reach(self.box(question.id).locator(".ig-rank-row").nth(at).locator(".ig-grip"))
                self.key("ArrowUp", at - place)
                ids.insert(place, ids.pop(at))

    def link(self, question: Question, value: list[list[str]]) -> None:
        boxes = dict(zip(boxes_in_order(question), self.box(question.id).locator(".ig-box").all(), strict=True))
        for start, end in value:
            self.reach(boxes[start])
            self.key("Enter")
            self.reach(boxes[end])
            self.key("Enter")

    def lanes(self, question: Question, value: dict[str, str]) -> None:
        for step, move in value.items():
            ways = self.box(question.id).locator(f"input[name$='-{step}-list']")
            self.radio(ways.nth(1 + [m.id for m in question.find(step).move].index(move)), ways)

    def place(self, question: Question, value: dict[str, list[str]]) -> None:
        rows, columns = [r.id for r in question.row], [c.id for c in question.column]
        for item, (row, column) in value.items():
            self.reach(self.control(question.id, item))
            self.key("ArrowUp")  # set down at the bottom left
            self.key("ArrowUp", rows.index(row))
            self.key("ArrowRight", columns.index(column))

    def inject(self, question: Question, value: object) -> None:
        button = self.box(question.id).locator(".ig-read-on")
        if button.is_visible():
            self.reach(button)
            self.key("Enter")
            button.wait_for(state="hidden", timeout=10_000)

    def commit(self) -> None:
        self.reach(self.root.locator(".ig-commit"))
        self.key("Enter")


def boxes_in_order(question: Question) -> list[str]:
    """The ids of a link question's boxes as they stand on the page: by group."""
    listed = [g.id for g in question.group]
    rest = [o.id for o in question.option if o.group not in listed]
    return [o.id for g in listed for o in question.option if o.group == g] + rest
