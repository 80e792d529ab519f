"""Feedback: one page per hand-in, made from the sheet and the gradebook, never from a graded notebook.

The participant reads their decisions in words, what followed, verdicts with reasons, a reader's marks and comments,
and the notes. Nothing of the key stands in it: a page that held any is not written.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from itguide import course as courses
from itguide import gradebook, grading, grading_notebook, keys, manifest, scoring
from itguide.answers import Round, Sheet, came, write_whole
from itguide.citations import short, source_list
from itguide.content import module_cases, syllabus
from itguide.course import Course
from itguide.document import prose
from itguide.errors import CourseError, ItGuideError
from itguide.fonts import embedded
from itguide.gradebook import Mark
from itguide.grading_cells import sheet_in
from itguide.kinds.live import amount
from itguide.paths import STATIC
from itguide.pseudo import PSEUDO
from itguide.spec import CaseSpec, Question
from itguide.text import SOURCE, Say, engine, languages, localised, module_title, translate
from itguide.tokens import css_variables
from itguide.wording import worded

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
    with course.alone():
        places = course.submissions()
        found = []
        for n, (student, slug) in enumerate(places, start=1):
            report(n, len(places), f"{slug} {student[:6]}")
            try:
                found.append(_return(course, student, slug, names.get(student, "")))
            except (ItGuideError, OSError) as error:
                found.append(Returned(student, slug, error=str(error)))
    return tuple(found)


def _return(course: Course, student: str, slug: str, name: str) -> Returned:
    if not grading.current(course, student, slug):
        raise CourseError("it was handed in or changed after the last grading; run 'itguide grade' first")
    page = render(course, student, slug, name)
    marks = gradebook.marks(course, student, slug)
    said = [m.comment for m in marks.values()]  # a reader may quote the bank of comments
    if leaked := [s for s in grading_notebook.leaks(slug, page) if not any(s in comment for comment in said)]:
        raise CourseError(f"the page would have shown key text ('{leaked[0][:40]}…'), so it was not written")
    folder = course.returned / student
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / f"{slug}.html", page.encode())
    return Returned(student, slug, str(folder / f"{slug}.html"), sum(m.to_mark for m in marks.values()))


def render(course: Course, student: str, slug: str, name: str = "") -> str:
    """The page as one self-contained HTML file, in the language of the hand-in."""
    folder = course.root / "submitted" / student / slug
    raw = (folder / "manifest.json").read_bytes()
    handed = manifest.parse(raw)
    lang = handed.lang if handed.lang in {*languages(), PSEUDO} else SOURCE
    marks = gradebook.marks(course, student, slug)
    say = engine(lang)
    page: str = _template().render(
        say=say,
        lang=SOURCE if lang == PSEUDO else lang,
        style=Markup(embedded() + css_variables() + (STATIC / "feedback.css").read_text(encoding="utf-8")),
        course=translate("syllabus/title", syllabus().title, lang),
        title=module_title(slug, lang),
        name=name,
        sequence=handed.sequence,
        receipt=manifest.grouped(manifest.receipt(raw)),
        cases=[_case(c, sheet_in(folder, c), marks, lang) for c in module_cases(slug)],
    )
    return page


@lru_cache(maxsize=1)
def _template() -> Any:
    env = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return env.from_string((STATIC / "feedback.html.jinja").read_text(encoding="utf-8"))


def _case(source: CaseSpec, sheet: Sheet, marks: dict[str, Mark], lang: str) -> dict[str, Any]:
    case, say = localised(source, lang), engine(lang)
    score = scoring.score(source, keys.load_key(source.slug), sheet)
    rounds, decides = sheet.rounds, case.phase("declare", "decide")
    counts = sorted({1 if q.scored_round == "first" else len(rounds) for q in decides}) if rounds else []
    revealed = bool(rounds) or (bool(sheet.answers) and not case.phase("decide"))
    notes, cited = prose(case.slug, "notes", lang) if revealed else ("", [])
    return {
        "title": case.title,
        "summary": case.summary,
        "empty": not (sheet.answers or rounds),
        "decides": bool(decides),
        "expected": [_expected(q, rounds[0], say) for q in case.phase("predict")] if rounds else [],
        "rounds": [{"n": r.n, "headline": str(r.result.get("headline", ""))} for r in rounds],
        "decisions": [
            {"n": n, "questions": [_told(q, rounds[n - 1].decision.get(q.id), say) for q in decides]} for n in counts
        ],
        "held": _held(case, score),
        "words": [_words(q, sheet, score, marks, say) for q in case.phase("justify")],
        "notes": Markup(notes),
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
            state = say("feedback.unread")
        elif not written.needs_reading:
            state = say("feedback.blank")
        else:
            state = say("feedback.mark", points=mark.points or 0.0, of=written.maximum)
        criterion = labels[written.criterion]
        read.append({"label": criterion.label, "detail": criterion.detail, "state": state,
                     "comment": "" if mark is None else mark.comment.strip()})  # fmt: skip
    return {**_told(question, sheet.value(question.id), say), "read": read}


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
