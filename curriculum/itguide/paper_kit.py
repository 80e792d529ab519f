"""The paper kit of a case: brief, decision sheet, cards, sealed pages and precomputed results, as one page to print.

The hand-written part stands in `curriculum/guide/<case>_kit.toml`; everything else comes from the case and its model.
What participants get is in the language asked for; what only a facilitator reads stays in the source language.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from itguide.citations import short, source_list
from itguide.consequences import Consequence
from itguide.content import load_case, read_toml, syllabus
from itguide.document import on_paper, prose
from itguide.errors import ItGuideError
from itguide.examples import examples
from itguide.fonts import embedded
from itguide.kinds.live import amount
from itguide.models import model
from itguide.paths import STATIC, shelves
from itguide.spec import CaseSpec, Frozen, Id, Option, Question, Text
from itguide.text import SOURCE, Say, case_say, html, localised, module_title
from itguide.tokens import css_variables
from itguide.wording import worded

MANY = 7  # so many categories or periods still fit beside a label on a sheet of paper


class Column(Frozen):
    """One figure in the table of results: a metric of the outcome, its heading, how it is written."""

    metric: Id
    label: Text
    show: str = ".3g"
    times: float = 1


class Page(Frozen):
    """A hand-written page: a wall sheet, a table to turn over, a sealed inject."""

    title: Text
    text: Text
    sealed: bool = False


class Decision(Frozen):
    """One typical decision: how to recognise it, and the answers a round holds."""

    id: Id
    name: Text
    nearest: Text
    answer: dict[Id, Any]


class Kit(Frozen):
    """The hand-written part of a kit; without decisions, those worked out for the key stand in."""

    case: Id
    title: Text
    how: Text
    cards: tuple[Id, ...] = ()  # the questions whose options become cards; none named: all that have details
    page: tuple[Page, ...] = ()
    column: tuple[Column, ...] = ()
    decision: tuple[Decision, ...] = ()


def kit_path(slug: str) -> Path:
    """Where the hand-written part of a case's kit is, in a checkout."""
    return shelves().curriculum / "guide" / f"{slug}_kit.toml"


def load_kit(slug: str) -> Kit:
    """The kit of a case. ContentError names what does not fit."""
    return read_toml(kit_path(slug), Kit)


def named(what: str | None) -> tuple[str, ...]:
    """The cases with a kit: this one, those of this module, or all. ItGuideError says what there is."""
    if not (shelves().curriculum / "guide").is_dir():
        raise ItGuideError("Paper kits are made in a checkout of the course; this installation does not hold them.")
    asked = {ref.slug: m.slug for m in syllabus().module for ref in m.case}
    kits = tuple(slug for slug in asked if kit_path(slug).is_file())
    found = tuple(slug for slug in kits if what in (None, slug, asked[slug]))
    if not found:
        known = ", ".join(dict.fromkeys((*(asked[s] for s in kits), *kits)))
        raise ItGuideError(f"There is no paper kit for '{what}'. There are: {known}.")
    return found


def decisions(kit: Kit) -> tuple[Decision, ...]:
    """The typical decisions: the kit's own, or the worked answers of the key."""
    if kit.decision:
        return kit.decision
    case = load_case(kit.case)
    asked = {q.id for q in case.phase("declare", "decide")}
    shelf: tuple[Literal["exemplars"], Literal["samples"]] = ("exemplars", "samples")
    found = [e for name in shelf for e in examples(kit.case, name)] if case.scenario else []
    return tuple(
        Decision(id=e.name, name=e.name.replace("_", " ").capitalize(), nearest=e.says,
                 answer={q: v for q, v in (e.rounds[-1] if e.rounds else e.answers).items() if q in asked})
        for e in found
    )  # fmt: skip


def page(slug: str, lang: str = SOURCE) -> str:
    """The whole kit as one HTML page that needs nothing beside it."""
    kit, source = load_kit(slug), load_case(slug)
    case, say = localised(source, lang), case_say(source, lang)
    brief, cited = prose(slug, "brief", lang)
    found: str = _template().render(
        lang=lang, say=say, kit=kit, case=case, style=Markup(f"{embedded()}\n{css_variables()}"),
        module=module_title(case.module, lang), how=Markup(html(kit.how)),
        brief=Markup(on_paper(brief)), sources=Markup(source_list(cited)),
        questions=[_asked(q, say) for q in case.phase("predict", "declare", "decide", "justify")],
        cards=_cards(case, kit, say), pages=[(p, Markup(html(p.text))) for p in kit.page],
        columns=kit.column, results=_results(source, kit),
    )  # fmt: skip
    return found


@lru_cache(maxsize=1)
def _template() -> Any:
    env = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return env.from_string((STATIC / "paper_kit.html.jinja").read_text(encoding="utf-8"))


def _asked(question: Question, say: Say) -> dict[str, Any]:
    """One question on the decision sheet: how it is answered with a pencil."""
    if question.kind == "inject":  # sealed: its words stand on a page of their own
        return {"prompt": say("kind.inject_sealed", hour=question.hour), "kind": "inject"}
    columns = [c.label for c in question.category or question.period]
    rows = [(o.label, say("kit.at_least", n=o.floor) if o.floor else "") for o in question.option]
    return {
        "prompt": Markup(short(question.prompt)),
        "kind": question.kind,
        "columns": columns if len(columns) <= MANY else [],
        "rows": rows,
        "blank": amount_blank(say, question.unit),
        "lines": question.lines,
        "limits": [(limit.label, [f"{n:g}" for n in limit.per_period]) for limit in question.limit],
    }


def amount_blank(say: Say, unit: str) -> str:
    """A short line to write a figure on, with its unit where the unit goes."""
    blank = "_" * 8
    return amount(say, 0, unit).replace("0", blank, 1) if unit else blank


def _cards(case: CaseSpec, kit: Kit, say: Say) -> list[dict[str, Any]]:
    """A card for everything that has something to say; what two questions ask about is one card."""
    found: dict[str, dict[str, Any]] = {}
    for question in case.phase("declare", "decide"):
        if kit.cards and question.id not in kit.cards:
            continue
        groups = {g.id: g.label for g in question.group}
        things: tuple[Any, ...] = (*question.option, *question.category)
        for thing in things:
            if not thing.detail:
                continue
            card = found.setdefault(
                thing.id, {"title": thing.label, "group": "", "texts": [], "draws": None, "first": ""}
            )
            card["texts"].append(Markup(short(thing.detail)))
            if isinstance(thing, Option):
                card["group"] = card["group"] or groups.get(thing.group or "", "")
                card["draws"] = card["draws"] or _draws(question, thing, say)
                if thing.requires:
                    names = ", ".join(question.find(r).label for r in thing.requires)
                    card["first"] = say("kit.requires", what=names)
    return list(found.values())


def _draws(question: Question, option: Option, say: Say) -> list[tuple[str, list[str], str]] | None:
    """What an item of a schedule uses of each limit, period by period from its start, and in all."""
    rows = [
        (limit.label, [f"{n:g}" for n in option.use[limit.id]], amount(say, sum(option.use[limit.id]), limit.unit))
        for limit in question.limit
        if limit.id in option.use
    ]
    return rows or None


def _results(case: CaseSpec, kit: Kit) -> list[dict[str, Any]]:
    """Every typical decision with what the page itself would say of it."""
    if case.scenario is None or not case.phase("decide"):
        return []
    engine, say = model(case.scenario.model), case_say(case, SOURCE)
    teller = import_module(f"itguide.consequences.{case.scenario.model}")
    scenario = engine.scenario(case)
    found = []
    for decision in decisions(kit):
        taken = dict(decision.answer)
        outcome = engine.run(scenario, taken)
        told: Consequence = teller.explain(case, scenario, outcome, taken, say, None)
        found.append(
            {
                "name": decision.name, "nearest": decision.nearest,
                "cells": [_cell(column, outcome.metrics) for column in kit.column],
                "answers": [(_plain(q.prompt), worded(q, taken.get(q.id), say))
                            for q in case.phase("declare", "decide")
                            if q.kind != "inject" and taken.get(q.id) is not None],
                "told": told, "causes": teller.why(case, scenario, taken, say),
                "drawing": Markup(told.figures[0].svg) if told.figures else "",
            }
        )  # fmt: skip
    return found


def _cell(column: Column, metrics: Mapping[str, float]) -> str:
    figure = metrics.get(column.metric)
    return "–" if figure is None else format(figure * column.times, column.show)


def _plain(prompt: str) -> str:
    return prompt.replace("*", "").strip()
