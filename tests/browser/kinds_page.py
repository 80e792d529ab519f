"""A page with one question of every kind: the kit, the controls and the style sheet, no server and no kernel.

What a control reports is normalised and judged by the real Python kinds, as in the course.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from itguide import kinds
from itguide.document import question_json
from itguide.paths import STATIC
from itguide.spec import Question
from itguide.text import engine, engine_words
from itguide.tokens import css_variables

HERE = Path(__file__).resolve().parents[1] / "fixtures" / "kinds"
ADDRESS = "http://kinds.test/"
QUESTIONS = {
    q["id"]: Question.model_validate(q) for q in json.loads((HERE / "questions.json").read_text(encoding="utf-8"))
}


def judge(name: str, value: Any) -> dict[str, Any]:
    """What is live about a value, by the real kinds; a value they refuse is a failure of the control."""
    question = QUESTIONS[name]
    return asdict(kinds.live(question, None if value is None else kinds.normalise(question, value), engine("en")))


def questions(only: Sequence[str], noted: bool) -> list[dict[str, Any]]:
    """The questions as the page gets them; with what others met where asked for."""
    out = []
    for name in only or QUESTIONS:
        data = question_json(QUESTIONS[name])
        for shown, option in zip(data["options"], QUESTIONS[name].option, strict=True):
            shown["note"] = option.note if noted and option.note else None
        out.append(data)
    return out


def page_html(only: Sequence[str], values: dict[str, Any], lang: str, noted: bool) -> str:
    """The whole page. `only` picks questions (none: all of them), `values` are what they start with."""

    def read(path: Path) -> str:
        return path.read_text(encoding="utf-8")

    given = {
        "WORDS": {"kind": engine_words("kind", lang)},
        "LANG": lang,
        "QUESTIONS": questions(only, noted),
        "VALUES": values,
    }
    constants = [f"const {name} = {json.dumps(value)};".replace("</", "<\\/") for name, value in given.items()]
    code = [read(STATIC / "kit.js"), *map(read, sorted((STATIC / "kinds").glob("*.js")))]
    style = (
        css_variables() + read(STATIC / "fonts.css").replace("{{fonts}}", f"{ADDRESS}fonts") + read(STATIC / "page.css")
    )
    page = read(HERE / "page.html")
    filled = {"lang": lang, "style": style, "script": "\n".join([*code, *constants, read(HERE / "harness.js")])}
    for place, text in filled.items():
        page = page.replace("{{" + place + "}}", text)
    return page


def open_page(
    page: Any, only: Sequence[str] = (), values: dict[str, Any] | None = None, lang: str = "en", noted: bool = False
) -> None:
    """Shows the page in this browser page; nothing leaves the machine."""
    body = page_html(only, values or {}, lang, noted)

    def serve(route: Any) -> None:
        name = route.request.url.removeprefix(ADDRESS)
        if name.startswith("fonts/"):
            route.fulfill(path=STATIC / name)
        elif name:
            route.fulfill(status=404)
        else:
            route.fulfill(body=body, content_type="text/html; charset=utf-8")

    page.expose_function("judge", judge)
    page.route(f"{ADDRESS}**", serve)
    page.goto(ADDRESS)
    page.wait_for_function("window.box !== undefined")
