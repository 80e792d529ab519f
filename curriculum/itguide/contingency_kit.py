"""The paper kit of a contingency case: brief, decision sheet, cards and precomputed results, as one Markdown file.

`python -m itguide.contingency_kit CASE` writes `curriculum/guide/<case>_kit.md` from the kit's TOML, the
case and the model; `--check` compares. For facilitators in a checkout; the texts are in the source language.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from itguide.consequences import contingency as told
from itguide.content import case_text, load_case, read_toml
from itguide.models import contingency as model
from itguide.paper_kit import blank
from itguide.paths import shelves
from itguide.spec import CaseSpec, Frozen, Id, Text
from itguide.text import SOURCE, case_say


class Decision(Frozen):
    """One typical decision and how to recognise it; the rest are answers by question."""

    id: Id
    name: Text
    nearest: Text
    answer: dict[Id, str | float | tuple[str, ...]]

    def answers(self) -> dict[str, Any]:
        """The decision as a round holds it."""
        return {q: list(v) if isinstance(v, tuple) else v for q, v in self.answer.items()}


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
    made = f"python -m itguide.contingency_kit {slug}"
    blocks = [
        f"<!-- Made by `{made}`; edit {slug}_kit.toml or the case instead. -->",
        f"# {kit.title}",
        kit.how.strip(),
        "## The brief (one page, one per participant)",
        case_text(slug, "brief").strip().replace("](data/", f"](../../case_studies/{slug}/data/"),
        *_sheet(case),
        *_cards(case),
        *_results(case, kit),
    ]
    return "\n\n".join(blocks) + "\n"


def _sheet(case: CaseSpec) -> Iterator[str]:
    """The decision sheet: every question with its choices to tick and its blanks to fill."""
    yield "## The decision sheet (one per participant)"
    for number, question in enumerate(case.phase("predict", "declare", "decide", "justify"), start=1):
        yield f"**{number}. {question.prompt}**"
        if question.kind in {"choice", "choices"}:
            yield "\n".join(f"- ☐ {o.label}" for o in question.option)
        elif question.kind == "rank":
            yield "\n".join(f"- ___ {o.label}" for o in question.option)
        else:
            yield blank(question.unit)


def _cards(case: CaseSpec) -> Iterator[str]:
    """A card for every option that has something to say, by question."""
    cards = [(q, o) for q in case.phase("declare", "decide") for o in q.option if o.detail]
    yield f"## The cards ({len(cards)}, A5)"
    for question, option in cards:
        yield f"### {option.label}"
        yield f"*{question.prompt}*"
        yield option.detail


def _results(case: CaseSpec, kit: Kit) -> Iterator[str]:
    scenario, say = model.scenario(case), case_say(case, SOURCE)
    yield f"## Results for {len(kit.decision)} typical decisions (facilitator)"
    rows = ["| | nearest if | middle, US$ m | nine in ten, US$ m | worst tenth, mean | everything | part | nothing |",
            "|---|---|---|---|---|---|---|---|"]  # fmt: skip
    outcomes = [(d, model.run(scenario, d.answers())) for d in kit.decision]
    for d, o in outcomes:
        m = o.metrics
        rows.append(
            f"| **{d.name}** | {d.nearest} | {m['cost_p50']:g} | {m['cost_p90']:g} | {m['worst_mean']:g} "
            f"| {m['p_all']:.0%} | {m['p_half']:.0%} | {m['p_nothing']:.0%} |"
        )
    yield "\n".join(rows)
    for d, o in outcomes:
        consequence = told.explain(case, scenario, o, d.answers(), say, None)
        yield f"### {d.name}"
        yield f"**{consequence.headline}**"
        yield "\n".join(f"- {line}" for line in consequence.lines)
        yield "\n".join(f"- {line}" for line in consequence.cost)


def main(argv: list[str] | None = None) -> int:
    """Write a case's kit, or compare it with what it would be."""
    parser = argparse.ArgumentParser(description="Write or check the paper kit of a contingency case.")
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
    print(f"{path.name} is not up to date; run: python -m itguide.contingency_kit {given.case}",
          file=sys.stderr)  # fmt: skip
    return 1


if __name__ == "__main__":
    sys.exit(main())
