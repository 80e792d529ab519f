"""The paper kit of an allocation case: brief, decision sheet, cards and precomputed results, as one Markdown file.

`python -m itguide.allocation_kit CASE` writes `curriculum/guide/<case>_kit.md` from the kit's TOML, the case and the
model; `--check` compares. For facilitators in a checkout; the texts are in the source language.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from typing import Any

from itguide.consequences import cost_allocation as told
from itguide.content import case_text, load_case, read_toml
from itguide.models import cost_allocation as model
from itguide.paper_kit import blank
from itguide.paths import shelves
from itguide.spec import CaseSpec, Frozen, Id, Text
from itguide.text import SOURCE, case_say


class Decision(Frozen):
    """One typical decision and how to recognise it; the rest are answers by question."""

    id: Id
    name: Text
    nearest: Text
    count_votes: Id
    priorities: tuple[Id, ...]
    shares: dict[Id, int]
    told_no: Id
    reason_gap: Id
    expected_yes: int

    def answers(self) -> dict[str, Any]:
        """The decision as a round holds it."""
        return {**self.model_dump(exclude={"id", "name", "nearest"}), "priorities": list(self.priorities)}


class Kit(Frozen):
    """The hand-written part of a kit."""

    case: Id
    title: Text
    how: Text
    decision: tuple[Decision, ...]


def markdown(slug: str) -> str:
    """The whole kit as Markdown."""
    kit, case = read_toml(shelves().curriculum / "guide" / f"{slug}_kit.toml", Kit), load_case(slug)
    blocks = [
        f"<!-- Made by `python -m itguide.allocation_kit {slug}`; edit {slug}_kit.toml or the case instead. -->",
        f"# {kit.title}",
        kit.how.strip(),
        "## The brief (one page, one per participant)",
        case_text(slug, "brief").strip().replace("](data/", f"](../../case_studies/{slug}/data/"),
        *_sheet(case),
        *_cards(case),
        *_counts(case),
        *_results(case, kit),
    ]
    return "\n\n".join(blocks) + "\n"


def _sheet(case: CaseSpec) -> Iterator[str]:
    yield "## The decision sheet (one per participant)"
    for number, question in enumerate(case.phase("predict", "declare", "decide", "justify"), start=1):
        yield f"**{number}. {question.prompt}**"
        if question.kind in {"choice", "choices"}:
            yield "\n".join(f"- ☐ {o.label}" for o in question.option)
        elif question.kind == "rank":
            yield "\n".join(f"- ____ {o.label}" for o in question.option)
        elif question.kind == "allocate":
            yield "\n".join(f"- {o.label}: ______ (at least {o.floor})" for o in question.option)
        else:
            yield blank(question.unit)


def _cards(case: CaseSpec) -> Iterator[str]:
    shares = next(q for q in case.phase("decide") if q.kind == "allocate")
    yield f"## The cards ({len(shares.option)}, A5)"
    for option in shares.option:
        yield f"### {option.label}"
        yield option.detail
        yield f"The charter requires at least {option.floor} of 100."


def _counts(case: CaseSpec) -> Iterator[str]:
    """The survey in every way of counting, to be turned over after the first decision."""
    figure = told.survey_figure(case, model.scenario(case), case_say(case, SOURCE))
    yield "## The same sheets, counted (one per table, face down until the count is declared)"
    rows = [f"| {' | '.join(figure.columns)} |", "|---" * len(figure.columns) + "|"]
    yield "\n".join(rows + [f"| {' | '.join(row)} |" for row in figure.rows])


def _results(case: CaseSpec, kit: Kit) -> Iterator[str]:
    scenario, say = model.scenario(case), case_say(case, SOURCE)
    yield f"## Results for {len(kit.decision)} typical decisions (facilitator)"
    outcomes = [(d, model.run(scenario, d.answers())) for d in kit.decision]
    goals = next(q for q in case.phase("decide") if q.kind == "allocate").option
    rows = [f"| | nearest if | {' / '.join(o.label for o in goals)} | votes | passes | paid late | suspended "
            "| years 1-2 | years 3-4 |", "|---" * 9 + "|"]  # fmt: skip
    for d, o in outcomes:
        m = o.metrics
        rows.append(
            f"| **{d.name}** | {d.nearest} | {' / '.join(f'{v:.0f}' for v in o.shares.values())} | "
            f"{m['expected_yes']:.1f} | {m['p_pass']:.0%} | {m['late']:.0f} of 100 | {m['p_suspended']:.0%} | "
            f"{m['soon']:.0f} | {m['lasting']:.0f} |"
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
    parser = argparse.ArgumentParser(description="Write or check the paper kit of an allocation case.")
    parser.add_argument("case")
    parser.add_argument("--check", action="store_true", help="compare instead of writing; exit 1 if it differs")
    given = parser.parse_args(argv)
    path = shelves().curriculum / "guide" / f"{given.case}_kit.md"
    fresh = markdown(given.case)
    if not given.check:
        path.write_text(fresh, encoding="utf-8")
        return 0
    if path.is_file() and path.read_text(encoding="utf-8") == fresh:
        return 0
    print(f"{path.name} is not up to date; run: python -m itguide.allocation_kit {given.case}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
