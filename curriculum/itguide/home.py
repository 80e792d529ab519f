"""What the home page says: every module of the course and how far this workspace is with it.

Read from the answer sheets as they are on disk; imports nothing that computes or draws.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from babel.dates import format_date

from itguide.answers import read_sheet
from itguide.content import Module, module_cases, syllabus
from itguide.errors import ContentError, SheetError
from itguide.paths import STATIC
from itguide.pseudo import PSEUDO
from itguide.spec import CaseSpec
from itguide.text import SOURCE, Say, engine, languages, localised, module_title, translate

HANDED_IN = "handed_in.json"  # what `submission` remembers of each module
# Names of languages in themselves: a reader looks for the own one. Not text to translate.
AUTONYMS = {"en": "English", "es": "Español", "fr": "Français", "pt": "Português", "ar": "العربية", "qps": "[Þšéûðô]"}


@dataclass(frozen=True)
class CaseLine:
    """One case of a module on the home page. `done` of `total` questions are answered."""

    title: str
    summary: str
    minutes: str
    done: int
    total: int
    href: str


@dataclass(frozen=True)
class ModuleCard:
    """One module on the home page. `state` is new, begun, complete or handed_in; `href` is empty if it is closed."""

    number: int
    slug: str
    title: str
    summary: str
    minutes: str
    state: str
    progress: str
    action: str
    href: str
    cases: tuple[CaseLine, ...]
    done: int
    total: int
    problem: str = ""


@dataclass(frozen=True)
class HomePage:
    """Everything the template needs; `say` gives the fixed words."""

    lang: str
    title: str
    say: Say
    modules: tuple[ModuleCard, ...]
    following: ModuleCard | None
    languages: tuple[tuple[str, str], ...]
    picture: str


def read(workspace: Path, notebooks_url: str, lang: str) -> HomePage:
    """The home page of a workspace. `notebooks_url` is the address its views are served at."""
    say = engine(lang)
    cards = tuple(_card(n, module, workspace, notebooks_url.rstrip("/"), lang, say)
                  for n, module in enumerate(syllabus().module))  # fmt: skip
    open_cards = [card for card in cards if card.href]
    following = next((c for c in open_cards if c.state in {"new", "begun"}), None)
    title = translate("syllabus/title", syllabus().title, lang)
    spoken = tuple((code, AUTONYMS.get(code, code)) for code in dict.fromkeys((*languages(), lang)))
    picture = (STATIC / "pictures" / "coast.svg").read_text(encoding="utf-8")
    return HomePage(lang, title, say, cards, following, spoken, picture)


def answered(case: CaseSpec, folder: Path) -> tuple[int, int]:
    """How many of a case's questions are answered, and how many there are; private ones count in neither.

    SheetError if the sheet cannot be used.
    """
    asked = [question.id for question in case.question if question.phase != "own"]
    try:
        sheet = read_sheet(folder / "answers" / f"{case.slug}.json", case.slug)
    except FileNotFoundError:
        return 0, len(asked)
    return sum(not _blank(sheet.value(question)) for question in asked), len(asked)


def handed_in(workspace: Path, module: str, lang: str) -> str:
    """The day this module was last handed in, as the language writes it; empty if it never was."""
    try:
        record = json.loads((workspace / HANDED_IN).read_bytes())["module"][module][-1]
        at = datetime.fromisoformat(record["at"])
    except (OSError, ValueError, TypeError, KeyError, IndexError, RecursionError):
        return ""
    return str(format_date(at.astimezone(), "long", locale=SOURCE if lang == PSEUDO else lang.replace("-", "_")))


def _blank(value: object) -> bool:
    return value is None or value in ("", [], {})


def _card(number: int, module: Module, workspace: Path, notebooks_url: str, lang: str, say: Say) -> ModuleCard:
    folder = workspace / module.slug
    problem, href, lines = "", f"{notebooks_url}/{module.slug}/{module.slug}.{lang}.ipynb", []
    try:
        for case in module_cases(module.slug):
            try:
                done, total = answered(case, folder)
            except (SheetError, OSError):
                problem, (done, total) = say("home.unreadable"), (0, len(case.question))
            told = localised(case, lang)
            minutes = say("home.case_minutes", n=case.minutes, count=case.minutes)
            lines.append(CaseLine(told.title, told.summary, minutes, done, total, f"{href}#ig-{case.slug}"))
    except ContentError:
        problem, href, lines = say("home.closed"), "", []
    done, total = sum(line.done for line in lines), sum(line.total for line in lines)
    date = handed_in(workspace, module.slug, lang)
    state = "handed_in" if date else "new" if not done else "complete" if done == total else "begun"
    progress = {"new": "not_started", "begun": "answered", "complete": "complete", "handed_in": "handed_in"}[state]
    action = {"new": "start", "begun": "continue"}.get(state, "look")
    return ModuleCard(
        number=number,
        slug=module.slug,
        title=module_title(module.slug, lang),
        summary=translate(f"syllabus/{module.slug}/summary", module.summary, lang),
        minutes=say("home.minutes", n=module.minutes, count=module.minutes),
        state=state,
        progress=say(f"home.{progress}", n=done, of=total, date=date),
        action=say(f"home.{action}"),
        href=href,
        cases=tuple(lines),
        done=done,
        total=total,
        problem=problem,
    )
