"""The paper kit of a commitments case: brief, decision sheet, cards and precomputed results, as one Markdown file.

`python -m itguide.commitments_kit CASE` writes `curriculum/guide/<case>_kit.md` from the kit's TOML, the
case and the model; `--check` compares. For facilitators in a checkout; the texts are in the source language.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from typing import Any

from itguide.consequences import commitments as told
from itguide.content import case_text, load_case, read_toml
from itguide.models import commitments as model
from itguide.paper_kit import blank
from itguide.paths import shelves
from itguide.spec import CaseSpec, Frozen, Id, Text
from itguide.text import SOURCE, case_say


class Decision(Frozen):
    """One typical decision and how to recognise it; `answers` are by question."""

    id: Id
    name: Text
    nearest: Text
    answers: dict[Id, Any]


class Kit(Frozen):
    """The hand-written part of a kit."""

    case: Id
    title: Text
    how: Text
    decision: tuple[Decision, ...]


def load_kit(slug: str) -> Kit:
    """The hand-written part of a case's kit."""
    return read_toml(shelves().curriculum / "guide" / f"{slug}_kit.toml", Kit)


def markdown(slug: str) -> str:
    """The whole kit as Markdown."""
    kit, case = load_kit(slug), load_case(slug)
    made_by = f"python -m itguide.commitments_kit {slug}"
    blocks = [
        f"<!-- Made by `{made_by}`; edit {slug}_kit.toml or the case instead. -->",
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
    yield "## The decision sheet (one per participant)"
    for number, question in enumerate(case.phase("predict", "declare", "decide", "justify"), start=1):
        yield f"**{number}. {question.prompt}**"
        if question.kind in {"choice", "choices"}:
            yield "\n".join(f"- ☐ {o.label}" for o in question.option)
        elif question.kind in {"classify", "schedule"}:
            names = [n.label for n in (question.category or question.period)]
            rows = [f"| | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|"]
            yield "\n".join(rows + [f"| {o.label} |{' ☐ |' * len(names)}" for o in question.option])
        else:
            yield blank(question.unit)


def _cards(case: CaseSpec) -> Iterator[str]:
    routes = next(q for q in case.phase("decide") if q.kind == "classify")
    work = {o.id: o for q in case.phase("decide") if q.kind == "schedule" for o in q.option}
    yield f"## The cards ({len(routes.option)}, A5)"
    for option in routes.option:
        yield f"### {option.label}"
        yield option.detail
        yield f"{work[option.id].detail}."
    yield f"## The ways ({len(routes.category)}, A5; one set per table)"
    for category in routes.category:
        yield f"**{category.label}.** {category.detail}"


def _results(case: CaseSpec, kit: Kit) -> Iterator[str]:
    scenario, say = model.scenario(case), case_say(case, SOURCE)
    yield f"## Results for {len(kit.decision)} typical decisions (facilitator)"
    outcomes = [(d, model.run(scenario, d.answers)) for d in kit.decision]
    rows = ["| | nearest if | lawful ways | untrue or silent | at least one missed | own cost | traders wait |",
            "|---" * 7 + "|"]  # fmt: skip
    for d, o in outcomes:
        m = o.metrics
        rows.append(
            f"| **{d.name}** | {d.nearest} | {m['lawful_count']:.0f} of {len(o.fates)} | {m['untrue']:.0f} | "
            f"{100 * m['p_breach']:.0f} in 100 | US$ {m['cost']:.2f} m | {m['wait']:.1f} months |"
        )
    yield "\n".join(rows)
    for d, o in outcomes:
        consequence = told.explain(case, scenario, o, d.answers, say, None)
        yield f"### {d.name}"
        yield f"**{consequence.headline}**"
        yield "\n".join(f"- {line}" for line in consequence.lines)
        yield "\n".join(f"- {line}" for line in consequence.cost)


def main(argv: list[str] | None = None) -> int:
    """Write a case's kit, or compare it with what it would be."""
    parser = argparse.ArgumentParser(description="Write or check the paper kit of a commitments case.")
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
    again = f"python -m itguide.commitments_kit {given.case}"
    print(f"{path.name} is not up to date; run: {again}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
