"""What an author runs before anything is shown: every case, key, reference and notebook, all problems at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from itguide import new_case
from itguide.content import OPTIONAL, PARTS, Glossary, References, case_text, load_case, read_toml, syllabus
from itguide.errors import ContentError, ItGuideError, Problem
from itguide.models import model
from itguide.notebooks import source
from itguide.paths import shelves
from itguide.spec import CaseSpec

_REF = re.compile(r"\[ref:([^\]]*)\]")
_IMAGE = re.compile(r"!\[([^\]]*)\]\(([^)]*)\)")
_HEADING = re.compile(r"^## \S", re.MULTILINE)
_SHELF = frozenset({"case.toml", "design.md", "data", *(f"{part}.md" for part in PARTS)})


def run() -> list[Problem]:
    """All problems of the content on the shelves, sorted by file."""
    found: list[Problem] = []
    _collect(found, syllabus)
    _collect(found, lambda: read_toml(shelves().curriculum / "glossary.toml", Glossary))
    known = _references(found)
    for folder in sorted(p for p in shelves().cases.iterdir() if p.is_dir()):
        _collect(found, lambda folder=folder: found.extend(case_problems(folder, known)))  # type: ignore[misc]
    if not found:
        found.extend(_syllabus_problems())
        found.extend(_key_problems())
    return sorted(found)


def _collect(found: list[Problem], read: Callable[[], object]) -> None:
    try:
        read()
    except ContentError as error:
        found.extend(error.problems)


def _references(found: list[Problem]) -> frozenset[str]:
    try:
        listed = read_toml(shelves().curriculum / "references.toml", References).reference
    except ContentError as error:
        found.extend(error.problems)
        return frozenset()
    ids = [r.id for r in listed]
    found.extend(
        Problem("curriculum/references.toml", f"reference[{i}]", "stands twice") for i in set(ids) if ids.count(i) > 1
    )
    return frozenset(ids)


def case_problems(folder: Path, known: frozenset[str]) -> Iterator[Problem]:
    """What is wrong with one case folder."""
    case = load_case(folder.name)
    name = f"case_studies/{folder.name}"
    for extra in sorted(p.name for p in folder.iterdir() if p.name not in _SHELF):
        yield Problem(f"{name}/{extra}", "", f"does not belong in a case folder ({', '.join(sorted(_SHELF))})")
    if not (folder / "design.md").is_file():
        yield Problem(f"{name}/design.md", "", "is missing: goal, model, source of each number, what is out of scope")
    for field, ref in _cited(case):
        if ref not in known:
            yield Problem(f"{name}/case.toml", field, f"cites '{ref}', which is not in curriculum/references.toml")
    for file, field in new_case.untouched(folder):
        yield Problem(f"{name}/{file}", field, "is still the text a new case begins with; write your own")
    yield from _objective_problems(case, f"{name}/case.toml")
    yield from _sentence_problems(case, f"{name}/case.toml")
    for part in PARTS:
        try:
            text = case_text(folder.name, part)
        except ContentError as error:
            yield from error.problems
            continue
        if not text.strip() and part not in OPTIONAL:
            yield Problem(f"{name}/{part}.md", "", "is missing or empty")
        if part == "considered" and text.strip() and len(_HEADING.findall(text)) != 2:
            yield Problem(
                f"{name}/{part}.md", "", "should tell two answers, each under a heading that begins with '##'"
            )
        for ref in _REF.findall(text):
            if ref not in known:
                yield Problem(f"{name}/{part}.md", f"[ref:{ref}]", "is not in curriculum/references.toml")
        for alt, target in _IMAGE.findall(text):
            if not alt.strip():
                yield Problem(f"{name}/{part}.md", target, "has no text alternative")
            if not (folder / target).is_file():
                yield Problem(f"{name}/{part}.md", target, "is not a file of this case")
    if case.scenario is not None:
        try:
            model(case.scenario.model).scenario(case)
        except ModuleNotFoundError:
            yield Problem(
                f"{name}/case.toml", "scenario.model", f"'{case.scenario.model}' is not a model of the engine"
            )
        except ContentError as error:
            yield from error.problems
    for question in case.question:
        if question.phase == "check" and not any(o.right for o in question.option):
            yield Problem(f"{name}/case.toml", f"question[{question.id}]", "is a self-check without a right answer")


def _objective_problems(case: CaseSpec, file: str) -> Iterator[Problem]:
    try:
        known = {m.slug: {o.id for o in m.objective} for m in syllabus().module}
    except ContentError:  # reported by itself
        return
    if case.module not in known:
        yield Problem(file, "module", f"there is no module '{case.module}' in curriculum/syllabus.toml")
        return
    for objective in case.objectives:
        if objective not in known[case.module]:
            says = f"'{objective}' is not an objective of the module '{case.module}' in curriculum/syllabus.toml"
            yield Problem(file, "objectives", says)


def _sentence_problems(case: CaseSpec, file: str) -> Iterator[Problem]:
    """Without a model, what follows is the sentence of the option chosen: each must have one, and no other."""
    choices = [q for q in case.phase("decide") if q.kind == "choice"]
    if case.scenario is not None or not choices:
        return
    for option in choices[0].option:
        if f"after_{option.id}" not in case.sentence:
            yield Problem(file, f"sentence.after_{option.id}", f"is missing: what follows from '{option.id}'")
    possible = {f"after_{o.id}" for q in choices for o in q.option}
    for sentence in case.sentence:
        if sentence.startswith("after_") and sentence not in possible:
            yield Problem(file, f"sentence.{sentence}", "belongs to no option of a decision")


def _cited(case: CaseSpec) -> Iterator[tuple[str, str]]:
    for ref in case.sources:
        yield "sources", ref
    if case.scenario:
        for key, param in case.scenario.param.items():
            if param.source:
                yield f"scenario.param.{key}.source", param.source
    for question in case.question:
        for option in question.option:
            field = f"question[{question.id}].option[{option.id}]"
            if option.source:
                yield f"{field}.source", option.source
            for ref in _REF.findall(option.note + option.detail):
                yield f"{field}.note", ref
        for ref in _REF.findall(question.explain):
            yield f"question[{question.id}].explain", ref


def _syllabus_problems() -> Iterator[Problem]:
    listed = [ref.slug for m in syllabus().module for ref in m.case]
    for folder in sorted(p.name for p in shelves().cases.iterdir() if p.is_dir()):
        if folder not in listed:
            yield Problem("curriculum/syllabus.toml", "module.case", f"no module lists the case '{folder}'")
    for this in syllabus().module:
        field = f"module[{this.slug}]"
        try:
            cells = [c for c in source(this.slug).cells if c.cell_type == "code"]
        except ContentError as error:
            yield from error.problems
            continue
        shown = [c.metadata.get("itguide", {}).get("case") for c in cells]
        for ref in this.case:
            if not (shelves().cases / ref.slug).is_dir():
                yield Problem(
                    "curriculum/syllabus.toml", f"{field}.case", f"'{ref.slug}' has no folder under case_studies/"
                )
                continue
            if load_case(ref.slug).module != this.slug:
                yield Problem(f"case_studies/{ref.slug}/case.toml", "module", f"is not '{this.slug}', which lists it")
            if ref.slug not in shown:
                yield Problem(f"notebooks/{this.notebook}", "", f"shows no case '{ref.slug}'")


def _key_problems() -> Iterator[Problem]:
    if shelves().grading is None:
        return
    from itguide import preflight

    try:
        yield from preflight.problems()
    except ItGuideError as error:
        yield Problem("grading", "", str(error))
