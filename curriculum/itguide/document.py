"""The document of a case: what the page shows before anything is answered, as plain data for the browser."""

from __future__ import annotations

import re
from typing import Any

from itguide.citations import block, numbered, short, source_list
from itguide.content import case_text
from itguide.pictures import picture
from itguide.spec import CaseSpec, Question
from itguide.text import engine_words, html, localised_markdown, module_title

_IMAGE = re.compile(r'(?:<p>)?<img src="data/([a-z0-9_]+\.svg)" alt="([^"]*)"[^>]*/?>(?:</p>)?')
_COURSE_LINK = re.compile(r'<a href="itguide:[^"]*"[^>]*>(.*?)</a>', re.DOTALL)
_HEADING = re.compile(r"<(/?)h([1-4])>")
PRIVATE_PHASES = frozenset({"own"})


def question_json(question: Question) -> dict[str, Any]:
    """One question for its control: words as HTML where they may hold Markdown, ids and limits as they are."""
    return {
        "id": question.id,
        "kind": question.kind,
        "phase": question.phase,
        "prompt": short(question.prompt),
        "help": block(question.help),
        "required": question.required,
        "options": [
            {"id": o.id, "label": o.label, "detail": short(o.detail), "tags": list(o.tags), "group": o.group,
             "floor": o.floor, "use": {k: list(v) for k, v in o.use.items()}, "requires": list(o.requires),
             "lag": o.lag, "ended": o.ended, "latest": o.latest, "length": o.length, "due": o.due,
             "lane": o.lane, "moment": o.moment, "follows": list(o.follows),
             "moves": [{**m.model_dump(), "detail": short(m.detail)} for m in o.move],
             "seen": [{**seen.model_dump(), "detail": short(seen.detail)} for seen in o.seen]}
            for o in question.option
        ],
        "categories": [c.model_dump() for c in question.category],
        "periods": [p.model_dump() for p in question.period],
        "groups": [g.model_dump() for g in question.group],
        "rows": [r.model_dump() for r in question.row],
        "columns": [c.model_dump() for c in question.column],
        "axes": [a.label for a in question.axis],
        "views": [v.model_dump() for v in question.view],
        "limits": [limit.model_dump() for limit in question.limit],
        "least": question.least, "most": question.most, "step": question.step, "unit": question.unit,
        "layout": question.layout, "total": question.total, "words": question.words, "lines": question.lines,
        "criteria": [c.label for c in question.criterion], "hour": question.hour,
    }  # fmt: skip


def prose(slug: str, name: str, lang: str) -> tuple[str, list[str]]:
    """One Markdown part of a case as HTML with its pictures drawn in, and the ids of the sources it cites."""
    source = case_text(slug, name)
    rendered = html(localised_markdown(f"case/{slug}/{name}", source, lang))
    rendered = _IMAGE.sub(lambda m: picture(slug, m.group(1), m.group(2), lang), rendered)
    # The part stands under a heading of the third level.
    rendered = _HEADING.sub(lambda m: f"<{m.group(1)}h{int(m.group(2)) + 2}>", rendered)
    return numbered(rendered.replace("<th></th>", "<td></td>"))  # a corner without a heading is none


def on_paper(rendered: str) -> str:
    """Prose that leaves the course: what leads to one of its pages is only words there."""
    return _COURSE_LINK.sub(r"\1", rendered)


def case_document(case: CaseSpec, lang: str) -> dict[str, Any]:
    """The whole document of a (localised) case for the browser."""
    brief, cited = prose(case.slug, "brief", lang)
    return {
        "type": "case",
        "case": case.slug,
        "lang": lang,
        "kicker": module_title(case.module, lang),
        "title": case.title,
        "minutes": case.minutes,
        "commit": case.commit,
        "again": case.again or case.commit,
        "brief": brief,
        "sources": source_list(cited),
        "questions": [question_json(q) for q in case.question],
        "words": {t: engine_words(t, lang) for t in ("step", "page", "save", "kind")},
    }
