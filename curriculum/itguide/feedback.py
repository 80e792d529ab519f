"""Feedback: one folder per participant, made from the sheets and the gradebook, never from a graded notebook.

A page per module, and an index over them. The participant reads their decisions in words, what followed, verdicts
with reasons, what a reader found and said, what two strong answers weighed, and the notes; no points. Nothing of the
key stands in it: a page that held any is not written.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from itguide import course as courses
from itguide import gradebook, grading, grading_notebook, keys, manifest, scoring
from itguide.answers import Round, Sheet, came, write_whole
from itguide.citations import short, source_list
from itguide.content import load_case, module, module_cases, syllabus
from itguide.course import Course
from itguide.desk_view import sheet_in
from itguide.document import on_paper, prose
from itguide.errors import CourseError, ItGuideError
from itguide.fonts import embedded
from itguide.gradebook import Mark
from itguide.kinds.live import amount
from itguide.paths import STATIC
from itguide.pseudo import PSEUDO
from itguide.spec import CaseSpec, Question
from itguide.text import SOURCE, Say, engine, languages, localised, module_title, translate
from itguide.tokens import css_variables
from itguide.wording import worded

VERDICTS = ("holds", "conditions", "fails")
Report = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Returned:
    """One page of feedback; `unread` criteria were still to be marked. `error` is empty if it was written."""

    workspace_id: str
    module: str
    file: str = ""
    unread: int = 0
    error: str = ""


def feedback(root: Path | None = None, report: Report = lambda _n, _of, _what: None) -> tuple[Returned, ...]:
    """Writes `returned/<workspace>/<module>.html` for every graded submission."""
    course = courses.open_course(root)
    names = courses.cohort(course.record().cohort)
    for slug in course.record().module:
        courses.unchanged(course, slug)
    with course.alone(), ExitStack() as stack:
        places, found = course.submissions(), []
        book = stack.enter_context(gradebook.opened(course)) if course.database.is_file() else None
        for n, (student, slug) in enumerate(places, start=1):
            report(n, len(places), f"{slug} {student[:6]}")
            try:
                marks = book.marks(student, slug) if book else {}
                found.append(_return(course, student, slug, names.get(student, ""), marks))
            except (ItGuideError, OSError) as error:
                found.append(Returned(student, slug, error=str(error)))
        for student in dict.fromkeys(student for student, _ in places):
            try:
                _write_index(course, student, names.get(student, ""), [r for r in found if r.workspace_id == student])
            except (ItGuideError, OSError) as error:
                found.append(Returned(student, "", error=f"the index was not written: {error}"))
    return tuple(found)


def _return(course: Course, student: str, slug: str, name: str, marks: dict[str, Mark]) -> Returned:
    if not grading.current(course, student, slug):
        raise CourseError("it was handed in or changed after the last grading; run 'itguide grade' first")
    page = render(course, student, slug, name, marks)
    said = [m.comment for m in marks.values()]  # a reader may quote the bank of comments
    if leaked := [s for s in grading_notebook.leaks(slug, page) if not any(s in comment for comment in said)]:
        raise CourseError(f"the page would have shown key text ('{leaked[0][:40]}…'), so it was not written")
    folder = course.returned / student
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / f"{slug}.html", page.encode())
    return Returned(student, slug, str(folder / f"{slug}.html"), sum(m.to_mark for m in marks.values()))


def render(course: Course, student: str, slug: str, name: str = "", marks: dict[str, Mark] | None = None) -> str:
    """The page of a module as one self-contained HTML file, in the language of the hand-in."""
    folder = course.root / "submitted" / student / slug
    raw = (folder / "manifest.json").read_bytes()
    handed = manifest.parse(raw)
    lang = _spoken(handed.lang)
    given = gradebook.marks(course, student, slug) if marks is None else marks
    return _page(
        "feedback.html.jinja",
        lang,
        module_title(slug, lang),
        name,
        sequence=handed.sequence,
        receipt=manifest.grouped(manifest.receipt(raw)),
        cases=[_case(c, sheet_in(folder, c), given, lang) for c in module_cases(slug)],
    )


def _write_index(course: Course, student: str, name: str, done: list[Returned]) -> None:
    """Writes the participant's first page, in the language of the last hand-in; nothing where there is no page yet."""
    folder = course.returned / student
    order = [m.slug for m in syllabus().module if m.slug in course.record().module]
    there = [slug for slug in order if (folder / f"{slug}.html").is_file()]
    if not there:
        return
    handed = [manifest.parse((course.root / "submitted" / student / r.module / "manifest.json").read_bytes())
              for r in done if r.module in there]  # fmt: skip
    lang = _spoken(max(handed, key=lambda m: m.created_at).lang)
    states = {r.module: r for r in done}
    page = _page(
        "feedback_index.html.jinja",
        lang,
        engine(lang)("feedback.title"),
        name,
        modules=[_listed(slug, slug in there, states.get(slug), lang) for slug in order],
    )
    write_whole(folder / "index.html", page.encode())


def _listed(slug: str, there: bool, state: Returned | None, lang: str) -> dict[str, Any]:
    """A module's line in the index. What was handed in anew and has no page of its own yet is said."""
    found = module(slug)
    cases = [localised(load_case(ref.slug), lang) for ref in found.case]
    return {
        "title": module_title(slug, lang),
        "summary": translate(f"syllabus/{slug}/summary", found.summary, lang),
        "href": f"{slug}.html" if there else "",
        "cases": [{"slug": c.slug, "title": c.title} for c in cases],
        "unread": state.unread if state else 0,
        "waits": bool(state and state.error),
    }


def _spoken(lang: str) -> str:
    return lang if lang in {*languages(), PSEUDO} else SOURCE


def _page(template: str, lang: str, title: str, name: str, **told: Any) -> str:
    say, course = engine(lang), translate("syllabus/title", syllabus().title, lang)
    style = embedded() + css_variables() + (STATIC / "feedback.css").read_text(encoding="utf-8")
    whose = say("feedback.for_name", name=name) if name else ""
    running = f"@top-left {{ content: {_quoted(f'{course} · {title}')} }} @top-right {{ content: {_quoted(whose)} }}"
    page: str = _templates().get_template(template).render(
        say=say, lang=SOURCE if lang == PSEUDO else lang, style=Markup(f"{style}\n@page {{ {running} }}"),
        course=course, title=title, whose=whose, **told,
    )  # fmt: skip
    return page


def _quoted(text: str) -> str:
    """The text as a string of a style sheet, whatever stands in it."""
    return '"' + "".join(c if c.isascii() and (c.isalnum() or c == " ") else f"\\{ord(c):x} " for c in text) + '"'


@lru_cache(maxsize=1)
def _templates() -> Environment:
    return Environment(loader=FileSystemLoader(STATIC), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
                       lstrip_blocks=True)  # fmt: skip


def _case(source: CaseSpec, sheet: Sheet, marks: dict[str, Mark], lang: str) -> dict[str, Any]:
    case, say = localised(source, lang), engine(lang)
    score = scoring.score(source, keys.load_key(source.slug), sheet)
    rounds = sheet.rounds
    decides = [q for q in case.phase("declare", "decide") if q.kind != "inject"]
    counts = sorted({1 if q.scored_round == "first" else len(rounds) for q in decides}) if rounds else []
    revealed = bool(rounds) or (bool(sheet.answers) and not case.phase("decide"))
    notes, cited = prose(case.slug, "notes", lang) if revealed else ("", [])
    considered, _ = prose(case.slug, "considered", lang) if revealed else ("", [])
    held = _held(case, score)
    return {
        "slug": case.slug,
        "title": case.title,
        "summary": case.summary,
        "empty": not (sheet.answers or rounds),
        "decides": bool(decides),
        "expected": [_expected(q, rounds[0], say) for q in case.phase("predict")] if rounds else [],
        "rounds": [{"n": r.n, "headline": str(r.result.get("headline", ""))} for r in rounds],
        "decisions": [
            {"n": n, "questions": [_told(q, rounds[n - 1].decision.get(q.id), say) for q in decides]} for n in counts
        ],
        "held": held,
        "tally": [(v, sum(h["verdict"] == v for h in held)) for v in VERDICTS],
        "words": [_words(q, sheet, score, marks, say) for q in case.phase("justify")],
        "considered": Markup(on_paper(considered)),
        "notes": Markup(on_paper(notes)),
        "sources": Markup(source_list(cited)),
        "option_notes": _option_notes(case, sheet),
    }


def _told(question: Question, value: Any, say: Say) -> dict[str, Any]:
    """A question and its answer in words."""
    return {"prompt": Markup(short(question.prompt)), "groups": worded(question, value, say)}


def _expected(question: Question, first: Round, say: Say) -> dict[str, Any]:
    """A prediction in words, and the figure of the first round that it is compared with."""
    figure = came(question, first)
    told = _told(question, first.prediction.get(question.id), say)
    return {**told, "came": "" if figure is None else amount(say, figure, question.unit)}


def _held(case: CaseSpec, score: scoring.CaseScore) -> list[dict[str, str]]:
    """Each aspect of each answered question: its title, the verdict's id, and its sentence."""
    found = []
    for result in score.questions:
        aspects = {a.id: a for a in case.find(result.question).aspect}
        for judged in () if result.blank else result.aspects:
            words = aspects[judged.id]
            found.append({"title": words.title, "verdict": judged.verdict, "says": getattr(words, judged.verdict)})
    return found


def _words(
    question: Question, sheet: Sheet, score: scoring.CaseScore, marks: dict[str, Mark], say: Say
) -> dict[str, Any]:
    labels = {c.id: c for c in question.criterion}
    read = []
    for written in score.find(question.id).written if question.points else ():
        mark = marks.get(written.grade_id)
        if mark is None or mark.to_mark:
            state = "unread"
        elif not written.needs_reading:
            state = "blank"
        else:
            state = _verdict((mark.points or 0.0) / written.maximum)
        criterion = labels[written.criterion]
        read.append({"label": criterion.label, "detail": criterion.detail, "state": state,
                     "comment": "" if mark is None else mark.comment.strip()})  # fmt: skip
    return {**_told(question, sheet.value(question.id), say), "read": read}


def _verdict(share: float) -> str:
    """A reader's mark as the course's three words: what part of it was given."""
    return VERDICTS[0] if share >= 1 else VERDICTS[1] if share > 0 else VERDICTS[2]


def _option_notes(case: CaseSpec, sheet: Sheet) -> list[dict[str, Any]]:
    """The notes on what was chosen in the last round."""
    if not sheet.rounds:
        return []
    found = []
    for question in case.phase("decide"):
        value = sheet.rounds[-1].decision.get(question.id)
        chosen = (
            {value}
            if isinstance(value, str)
            else set(value)
            if isinstance(value, dict | list) and _flat(value)
            else set()
        )
        found += [
            {"label": o.label, "note": Markup(short(o.note))} for o in question.option if o.note and o.id in chosen
        ]
    return found


def _flat(value: Any) -> bool:
    return all(isinstance(item, str) for item in value)
