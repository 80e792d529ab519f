"""The paper kit of a portfolio case: brief, decision sheet, cards and precomputed results, as one Markdown file.

`python -m itguide.paper_kit CASE` writes `curriculum/guide/<case>_kit.md` from the kit's TOML, the case
and the model; `--check` compares. For facilitators in a checkout; the texts are in the source language.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from itguide.consequences import portfolio as told
from itguide.content import case_text, load_case, read_toml
from itguide.models import portfolio as model
from itguide.paths import shelves
from itguide.spec import CaseSpec, Frozen, Id, Option, Question, Text
from itguide.text import SOURCE, case_say


class Decision(Frozen):
    """One typical decision and how to recognise it; the rest are answers by question."""

    id: Id
    name: Text
    nearest: Text
    weights: dict[Id, int]
    inherited: Id
    plan: dict[Id, int]
    first_cut: tuple[Id, ...]
    disclosed: float

    def answers(self) -> dict[str, Any]:
        """The decision as a round holds it."""
        return {"weights": self.weights, "inherited": self.inherited, "plan": self.plan,
                "first_cut": list(self.first_cut), "disclosed": self.disclosed}  # fmt: skip


class Kit(Frozen):
    """The hand-written part of a kit."""

    case: Id
    title: Text
    how: Text
    decision: tuple[Decision, ...]


def kit_path(slug: str) -> Path:
    """Where the kit's hand-written part is."""
    return shelves().curriculum / "guide" / f"{slug}_kit.toml"


def load_kit(slug: str) -> Kit:
    """The hand-written part of a case's kit."""
    return read_toml(kit_path(slug), Kit)


def markdown(slug: str) -> str:
    """The whole kit as Markdown."""
    kit, case = load_kit(slug), load_case(slug)
    blocks = [
        f"<!-- Made by `python -m itguide.paper_kit {slug}`; edit {slug}_kit.toml or the case instead. -->",
        f"# {kit.title}",
        kit.how.strip(),
        *_brief(case),
        *_sheet(case),
        *_cards(case),
        *_results(case, kit),
    ]
    return "\n\n".join(blocks) + "\n"


def _brief(case: CaseSpec) -> Iterator[str]:
    yield "## The brief (one page, one per participant)"
    yield case_text(case.slug, "brief").strip().replace("](data/", f"](../../case_studies/{case.slug}/data/")


def _sheet(case: CaseSpec) -> Iterator[str]:
    """The decision sheet: every question with its choices to tick and its blanks to fill."""
    yield "## The decision sheet (one per participant)"
    for number, question in enumerate(case.phase("predict", "declare", "decide", "justify"), start=1):
        yield f"**{number}. {question.prompt}**"
        if question.kind == "schedule":
            yield from _grid(question)
        elif question.kind in {"choice", "choices"}:
            yield "\n".join(f"- ☐ {o.label}" for o in question.option)
        elif question.kind == "allocate":
            yield "\n".join(f"- {o.label}: ______ (at least {o.floor})" for o in question.option)
        else:
            yield blank(question.unit)


def blank(unit: str) -> str:
    """A line to write on, or a short one where the figure of this unit goes."""
    if "{n}" in unit:
        return unit.replace("{n}", "______")
    return f"______ {unit}" if unit else "_" * 44


def _grid(question: Question) -> Iterator[str]:
    periods = [p.label for p in question.period]
    lines = [f"| begins in | {' | '.join(periods)} | not |", "|---" * (len(periods) + 2) + "|"]
    lines += [f"| {o.label} |{' ☐ |' * (len(periods) + 1)}" for o in question.option]
    for limit in question.limit:
        lines.append(f"| **{limit.label}: at most** | {' | '.join(f'**{c:g}**' for c in limit.per_period)} | |")
        lines.append(f"| {limit.label}: planned |{' |' * (len(periods) + 1)}")
    yield "\n".join(lines)


def _cards(case: CaseSpec) -> Iterator[str]:
    plan = next(q for q in case.phase("decide") if q.kind == "schedule")
    labels = {o.id: o.label for o in plan.option}
    groups = {g.id: g.label for g in plan.group}
    yield f"## The cards ({len(plan.option)}, A5)"
    for option in plan.option:
        yield f"### {option.label}"
        yield f"*{groups[option.group]}*" if option.group else ""
        yield option.detail
        yield _draws(plan, option)
        if option.requires:
            first = ", ".join(labels[r] for r in option.requires)
            yield f"Not before: {first} has begun, at least {option.lag} year earlier."
        if option.latest and option.latest < len(plan.period):
            yield f"Begins in year {option.latest} at the latest."


def _draws(plan: Question, option: Option) -> str:
    longest = max(len(v) for v in option.use.values())
    heads = ["first year", "second", "third", "fourth"][:longest]
    lines = [f"| | {' | '.join(heads)} | in all |", "|---" * (longest + 2) + "|"]
    for limit in plan.limit:
        drawn, unit = option.use.get(limit.id, ()), " ".join(limit.unit.replace("{n}", "").split())
        lines.append(f"| {limit.label}, {unit} | {' | '.join(f'{d:g}' for d in drawn)} | {sum(drawn):g} |")
    return "\n".join(lines)


def _results(case: CaseSpec, kit: Kit) -> Iterator[str]:
    scenario, say = model.scenario(case), case_say(case, SOURCE)
    labels = {o.id: o.label for q in case.phase("decide") for o in q.option}
    yield f"## Results for {len(kit.decision)} typical decisions (facilitator)"
    rows = ["| | nearest if | money enough | Treasury decides | gain | bad tenth | days without a system, bad tenth |",
            "|---|---|---|---|---|---|---|"]  # fmt: skip
    outcomes = [(d, model.run(scenario, d.answers())) for d in kit.decision]
    for d, o in outcomes:
        m = o.metrics
        rows.append(
            f"| **{d.name}** | {d.nearest} | {m['p_enough']:.0%} | {m['p_treasury_cut']:.0%} | {m['value']:.0f} "
            f"| {m['value_p10']:.0f} | {m['outage_p90']:.0f} |"
        )
    yield "\n".join(rows)
    for d, o in outcomes:
        consequence = told.explain(case, scenario, o, d.answers(), say, None)
        yield f"### {d.name}"
        begins = [
            f"- {period.label}: {', '.join(labels[i] for i, n in o.starts.items() if n == number) or 'nothing'}"
            for number, period in enumerate(case.find(scenario.plan).period, start=1)
        ]
        yield "\n".join(begins)
        yield f"**{consequence.headline}**"
        yield "\n".join(f"- {line}" for line in consequence.lines)
        yield "\n".join(f"- {line}" for line in consequence.cost)


def main(argv: list[str] | None = None) -> int:
    """Write a case's kit, or compare it with what it would be."""
    parser = argparse.ArgumentParser(description="Write or check the paper kit of a portfolio case.")
    parser.add_argument("case")
    parser.add_argument("--check", action="store_true", help="compare instead of writing; exit 1 if it differs")
    given = parser.parse_args(argv)
    path = kit_path(given.case).with_suffix(".md")
    fresh = markdown(given.case)
    if not given.check:
        path.write_text(fresh, encoding="utf-8")
        return 0
    if path.is_file() and path.read_text(encoding="utf-8") == fresh:
        return 0
    print(f"{path.name} is not up to date; run: python -m itguide.paper_kit {given.case}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
