"""The document of a case: what the page shows before anything is answered, as plain data for the browser."""

from __future__ import annotations

import re
from html import escape
from typing import Any

from itguide.content import case_text, module, references
from itguide.pictures import picture
from itguide.spec import CaseSpec, Question
from itguide.text import engine_words, html, html_inline, localised_markdown, translate

_IMAGE = re.compile(r'(?:<p>)?<img src="data/([a-z0-9_]+\.svg)" alt="([^"]*)"[^>]*/?>(?:</p>)?')
_REF = re.compile(r"\[ref:([a-z0-9_]+)\]")
PRIVATE_PHASES = frozenset({"own"})


def question_json(question: Question) -> dict[str, Any]:
    """One question for its control: words as HTML where they may hold Markdown, ids and limits as they are."""
    return {
        "id": question.id,
        "kind": question.kind,
        "phase": question.phase,
        "prompt": html_inline(question.prompt),
        "help": html(question.help) if question.help else "",
        "required": question.required,
        "options": [
            {"id": o.id, "label": o.label, "detail": html_inline(o.detail), "tags": list(o.tags), "group": o.group,
             "floor": o.floor, "use": {k: list(v) for k, v in o.use.items()}, "requires": list(o.requires),
             "lag": o.lag, "latest": o.latest}
            for o in question.option
        ],
        "categories": [c.model_dump() for c in question.category],
        "periods": [p.model_dump() for p in question.period],
        "groups": [g.model_dump() for g in question.group],
        "limits": [limit.model_dump() for limit in question.limit],
        "least": question.least, "most": question.most, "step": question.step, "unit": question.unit,
        "total": question.total, "words": question.words, "lines": question.lines,
        "criteria": [c.label for c in question.criterion],
    }  # fmt: skip


def prose(slug: str, name: str, lang: str) -> tuple[str, list[str]]:
    """One Markdown part of a case as HTML with its pictures drawn in, and the ids of the sources it cites."""
    source = case_text(slug, name)
    rendered = html(localised_markdown(f"case/{slug}/{name}", source, lang))
    rendered = _IMAGE.sub(lambda m: picture(slug, m.group(1), m.group(2), lang), rendered)
    cited: list[str] = []

    def number(match: re.Match[str]) -> str:
        if match.group(1) not in cited:
            cited.append(match.group(1))
        known = references().get(match.group(1))
        title = escape(f"{known.publisher}: {known.title} ({known.year})") if known else match.group(1)
        return f'<sup class="ig-ref" title="{title}">{cited.index(match.group(1)) + 1}</sup>'

    return _REF.sub(number, rendered), cited


def source_list(ids: list[str]) -> str:
    """The sources of a part as a numbered list."""
    rows = [
        f"<li>{escape(r.publisher)} ({r.year}). <cite>{escape(r.title)}</cite>. "
        f'<span class="ig-url">{escape(r.url)}</span></li>'
        for r in (references().get(ref) for ref in ids)
        if r
    ]
    return f"<ol>{''.join(rows)}</ol>" if rows else ""


def case_document(case: CaseSpec, lang: str) -> dict[str, Any]:
    """The whole document of a (localised) case for the browser."""
    brief, cited = prose(case.slug, "brief", lang)
    this = module(case.module)
    return {
        "type": "case",
        "case": case.slug,
        "lang": lang,
        "kicker": translate(f"syllabus/{this.slug}/title", this.title, lang),
        "title": case.title,
        "minutes": case.minutes,
        "commit": case.commit,
        "again": case.again or case.commit,
        "brief": brief,
        "sources": source_list(cited),
        "questions": [question_json(q) for q in case.question],
        "words": {t: engine_words(t, lang) for t in ("step", "page", "save", "kind")},
    }
