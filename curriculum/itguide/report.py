"""The cohort report: one page per module for the facilitator to project and the instructor to learn from.

Made of what the sheets hold and the gradebook says; no name, no workspace and nothing a participant wrote stands in it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel.dates import format_date
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from itguide import cohort, keys
from itguide import cohort_stats as stats
from itguide import course as courses
from itguide import report_figures as draw
from itguide.answers import write_whole
from itguide.citations import short
from itguide.cohort import Cohort
from itguide.cohort_stats import FEW, Part
from itguide.consequences import Figure
from itguide.content import module, module_cases, syllabus
from itguide.course import Course
from itguide.fonts import embedded
from itguide.kinds.live import amount
from itguide.paths import STATIC
from itguide.pseudo import PSEUDO
from itguide.report_case import Asked, Teller, Words, paired
from itguide.spec import CaseSpec, Question
from itguide.text import SOURCE, Say, engine, languages, localised, module_title, translate
from itguide.tokens import css_variables

Progress = Callable[[int, int, str], None]
FOLDER = "reports"
HARD, EASY, BLIND = 0.3, 0.9, 0.1


@dataclass(frozen=True)
class Reported:
    """One module's page: how many handed in, which sheets had to be left out (workspace and reason)."""

    module: str
    file: str
    handed_in: int
    damaged: tuple[tuple[str, str], ...]


def report(root: Path | None = None, only: str | None = None, to: Path | None = None, lang: str = SOURCE,
           progress: Progress = lambda _n, _of, _what: None) -> tuple[Reported, ...]:  # fmt: skip
    """Writes `<module>.html` for the module asked for, or for every module that somebody handed in."""
    course = courses.open_course(root)
    lang = lang if lang in {*languages(), PSEUDO} else SOURCE
    modules = [m for m in courses.built_modules(course, only) if only or course.submissions(m)]
    folder = to or course.root / FOLDER
    found = []
    for n, slug in enumerate(modules, start=1):
        progress(n, len(modules), slug)
        courses.unchanged(course, slug)
        read = cohort.read(course, slug)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{slug}.html"
        write_whole(path, render(course, read, lang).encode())
        found.append(Reported(slug, str(path), read.handed_in, read.damaged))
    return tuple(found)


def render(course: Course, read: Cohort, lang: str = SOURCE) -> str:
    """The page as one self-contained HTML file."""
    say = engine(lang)
    shown = SOURCE if lang == PSEUDO else lang
    cases = [localised(c, lang) for c in module_cases(read.module)]
    shift_title, shifts = _shifts(course, cases, say, lang)
    page: str = _template().render(
        say=say,
        lang=shown,
        few=FEW,
        style=Markup(embedded() + css_variables() + (STATIC / "report.css").read_text(encoding="utf-8")),
        course=translate("syllabus/title", syllabus().title, lang),
        title=module_title(read.module, lang),
        summary=translate(f"syllabus/{read.module}/summary", module(read.module).summary, lang),
        day=format_date(date.today(), "long", locale="en_GB" if shown == SOURCE else shown.replace("-", "_")),
        read=read,
        tallies=_tallies(read, say),
        cases=[_case(c, read, say) for c in cases],
        shifts=shifts,
        shift_title=shift_title,
        questions=[t for c in cases if (t := _items(c, read, say))],
        table=_table,
    )
    return page


@lru_cache(maxsize=1)
def _template() -> Any:
    env = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    env.filters["drawn"] = Markup  # a figure is made of escaped words
    return env.from_string((STATIC / "report.html.jinja").read_text(encoding="utf-8"))


def _tallies(read: Cohort, say: Say) -> list[tuple[str, str]]:
    """The page's opening figures: how many handed in, decided again, are read."""
    again = sum(p.rounds > 1 for found in read.papers.values() for p in found)
    signed = sum(p.rounds > 0 for found in read.papers.values() for p in found)
    found = [(say("report.of", n=read.handed_in, of=read.known), say("report.handed_in"))]
    if signed >= FEW:
        part = Part("", again, signed)
        words = say("report.few") if part.few else say("report.share", share=part.share)
        found.append((words, say("report.decided_again")))
    if read.marks.to_read:
        found.append((say("report.of", n=read.marks.read, of=read.marks.to_read), say("report.criteria_read")))
    return found


def _case(case: CaseSpec, read: Cohort, say: Say) -> dict[str, Any]:
    papers = read.papers[case.slug]
    told: dict[str, Any] = {"slug": case.slug, "title": case.title, "summary": case.summary,
                            "n": len(papers), "signed": sum(p.rounds > 0 for p in papers),
                            "enough": len(papers) >= FEW, "shown": bool(papers),
                            "decides": bool(case.phase("decide"))}  # fmt: skip
    if not told["enough"]:
        return told
    teller = Teller(case, papers, say)
    parts = {
        "followed": teller.followed(), "minority": teller.minority(), "mistake": teller.mistake(),
        "decided": teller.decided(), "reasons": teller.reasons(), "expected": teller.expected(), "held": teller.held(),
    }  # fmt: skip
    return {**told, **parts, "shown": any(parts.values())}


# ---- the questions themselves, for the instructor


def _items(case: CaseSpec, read: Cohort, say: Say) -> dict[str, Any] | None:
    found = stats.items(case, read.papers[case.slug])
    if not found:
        return None
    n, rows = found[0].n, []
    for item in found:
        question = case.find(item.question)
        labels = {o.id: o.label for o in question.option}
        rows.append(
            {
                "prompt": Markup(short(question.prompt)),
                "facility": say("report.pct", x=item.facility),
                "discrimination": "–"
                if item.discrimination is None
                else _signed(say("report.hundredths", n=item.discrimination)),
                "says": [say(f"report.{word}") for word in _words(item)],
                "unused": [labels[i] for i in item.unused],
            }
        )
    return {
        "title": case.title,
        "n": n,
        "rows": rows,
        "criteria": _criteria(case, read, say),
        "caveat": say("report.caveat" if n < stats.MANY else "report.caveat_many", n=n, chance=stats.by_chance(n)),
    }


def _signed(figure: str) -> str:
    return figure.replace("-", "−")


def _words(item: stats.Item) -> list[str]:
    """What the figures of an item may mean, as names of sentences."""
    words = ["hard"] if item.facility < HARD else ["easy"] if item.facility > EASY else []
    if item.discrimination is None:
        return [*words, "flat"]
    if item.discrimination < -stats.by_chance(item.n):
        return [*words, "against"]
    return [*words, "blind"] if item.discrimination < BLIND else words


def _criteria(case: CaseSpec, read: Cohort, say: Say) -> list[tuple[str, str, str]]:
    """What readers gave for each criterion: its label, how many were read, the mean share of the points."""
    key, rows = keys.load_key(case.slug), []
    for question in case.question:
        labels = {c.id: c.label for c in question.criterion}
        for criterion in key.criteria(question.id):
            given = read.marks.given.get(keys.grade_id(case.slug, question.id, criterion.id), ())
            if len(given) >= FEW:
                mean = sum(given) / len(given) / criterion.points
                rows.append((labels[criterion.id], say("report.whole", n=len(given)), say("report.pct", x=mean)))
    return rows


# ---- entry and exit


def _shifts(course: Course, cases: Sequence[CaseSpec], say: Say, lang: str) -> tuple[str, list[Asked]]:
    """What was answered at the start and again at the end, if this module asks either."""
    if not any(q.id.startswith(("entry_", "exit_")) for c in cases for q in c.question):
        return "", []
    asked: dict[str, Question] = {}
    for slug in course.record().module:
        for case in module_cases(slug):
            for question in localised(case, lang).question:
                if question.id.startswith("entry_"):
                    asked[question.id.removeprefix("entry_")] = question
    entry, leaving = cohort.lasting(course, "entry_"), cohort.lasting(course, "exit_")
    both = {s.question.id: s for s in stats.shifts(asked, entry, leaving)}
    found = []
    for name, question in asked.items():
        shift = both.get(question.id)
        now = list(shift.exit) if shift else list(entry.get(name, {}).values())
        before = list(shift.entry) if shift else []
        found.append(Asked(Markup(short(question.prompt)), _shift(question, before, now, say),
                           "" if len(now) >= FEW else say("report.too_few")))  # fmt: skip
    return say("report.shift" if both else "report.shift_entry"), paired(found)


def _shift(question: Question, before: list[Any], now: list[Any], say: Say) -> Figure | None:
    """One question's answers at the end against those at the start; as long as there is no end, only those."""
    if len(now) < FEW:
        return None
    words = Words(say)
    if question.kind == "number":
        last, first = stats.spread(now), stats.spread(before)
        assert last is not None
        row = draw.Row("", last, amount(say, last.middle, question.unit), first)
        middle = amount(say, first.middle, question.unit) if first else ""
        title = (say("report.shift_number", first=middle, last=row.says) if first
                 else say("report.entry_number", middle=row.says))  # fmt: skip
        svg = draw.spans([row], id=question.id, title=title, alt=title, number=words.number,
                         unit=question.unit.replace("{n}", "").strip(), key=words.key([row]),
                         before_name=say("report.at_the_start"), width=draw.NARROW)  # fmt: skip
        return Figure(question.id, title, svg, title)
    labels = {o.id: o.label for o in question.option}
    parts, earlier = (stats.parts(question, values, labels) for values in (now, before))
    top = max(parts, key=lambda p: p.count)
    changed = Part("", sum(a != b for a, b in zip(before, now, strict=False)), len(now))
    title = (say("report.shift_choice", share=words.told(changed)) if before
             else say("report.entry_choice", label=labels[top.id], share=top.share))  # fmt: skip
    bars = [draw.Bar(labels[p.id], p, words.told(p), next((e for e in earlier if e.id == p.id), None), p.id == top.id)
            for p in parts]  # fmt: skip
    alt = "; ".join(f"{b.label}: {b.says}" for b in bars)
    svg = draw.share_bars(bars, id=question.id, title=title, alt=alt, before_name=say("report.at_the_start"),
                          width=draw.NARROW)  # fmt: skip
    return Figure(question.id, title, svg, alt, (say("report.column_option"), say("report.column_share")),
                  tuple((b.label, b.says) for b in bars))  # fmt: skip


def _table(figure: Figure) -> bool:
    """Whether a figure has its numbers as a table."""
    return bool(figure.columns and figure.rows)
