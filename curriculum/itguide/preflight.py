"""What must hold before anything is graded: keys complete, and worth what their authors claim.

Exemplars earn at least 90 % of the automatic points and differ in their decisions; a blank earns 0; each sample
earns what is stated; one sample at least shows that the model's optimum alone is not enough.
"""

from __future__ import annotations

from itertools import combinations

from itguide import keys, scoring
from itguide.content import load_case, module_cases, syllabus
from itguide.desk_view import blank_sheet
from itguide.errors import ContentError, CourseError, Problem
from itguide.examples import Example, example_sheet, examples
from itguide.keys import Key
from itguide.spec import CaseSpec

EXEMPLAR, MISTAKE = 0.9, 0.7
EXEMPLARS, SAMPLES = 2, 3
_NEAR = 0.01


def case_problems(slug: str) -> list[Problem]:
    """Everything wrong with a case's key and its proofs."""
    try:
        case, key = load_case(slug), keys.load_key(slug)
        exemplars, samples = examples(slug, "exemplars"), examples(slug, "samples")
    except ContentError as error:
        return list(error.problems)
    if not case.points:
        return []
    place = f"grading/keys/{slug}"
    found: list[Problem] = []
    if len(exemplars) < EXEMPLARS:
        found.append(Problem(f"{place}/exemplars", "", f"there are {len(exemplars)}; two that differ are needed"))
    if len(samples) < SAMPLES:
        found.append(Problem(f"{place}/samples", "", f"there are {len(samples)}; three typical mistakes are needed"))
    elif not any(s.expect.share and s.expect.share[1] <= MISTAKE for s in samples):
        found.append(Problem(f"{place}/samples", "", f"none is stated to earn at most {MISTAKE:.0%}"))
    for example in (*exemplars, *samples):
        shelf = "exemplars" if example in exemplars else "samples"
        found += [Problem(f"{place}/{shelf}/{example.name}.json", f, s) for f, s in _unknown(case, key, example)]
    if found:
        return found
    for example in exemplars:
        found += _proof(case, key, example, f"{place}/exemplars/{example.name}.json", (EXEMPLAR, 1.0))
    for example in samples:
        found += _proof(case, key, example, f"{place}/samples/{example.name}.json", None)
    found += _alike(case, exemplars, place)
    earned = scoring.score(case, key, blank_sheet(case)).points
    if earned:
        found.append(Problem(f"{place}/key.toml", "", f"a blank sheet earns {earned:g} points; it must earn 0"))
    return found


def _unknown(case: CaseSpec, key: Key, example: Example) -> list[tuple[str, str]]:
    ids = {q.id for q in case.question}
    found = [(f"answers.{q}", "the case has no such question") for q in example.answers if q not in ids]
    for n, decision in enumerate(example.rounds or (), start=1):
        found += [(f"rounds[{n}].{q}", "the case has no such question") for q in decision if q not in ids]
    known = scoring.marks(case, key)
    for name, points in example.written.items():
        if name not in known or name.count("__") != 2:
            found.append((f"written.{name}", "there is no such criterion"))
        elif not 0 <= points <= known[name]:
            found.append((f"written.{name}", f"{points:g} is not between 0 and {known[name]:g}"))
    found += [(f"expect.{q}", "the case has no such question") for q in example.expect.points if q not in ids]
    return found


def _proof(case: CaseSpec, key: Key, example: Example, file: str, least: tuple[float, float] | None) -> list[Problem]:
    score = scoring.score(case, key, example_sheet(case, example))
    share = score.points / score.maximum if score.maximum else 1.0
    found = [
        Problem(file, f"expect.{q}", f"earns {score.find(q).points:g}, stated are {points:g}")
        for q, points in example.expect.points.items()
        if abs(score.find(q).points - points) > _NEAR
    ]
    for low, high in filter(None, (least, example.expect.share)):
        if not low - 1e-9 <= share <= high + 1e-9:
            found.append(
                Problem(
                    file,
                    "expect.share",
                    f"earns {share:.1%} of the automatic points; it should be {low:.0%} to {high:.0%}",
                )
            )
    if least is None and example.expect.share is None and not example.expect.points:
        found.append(Problem(file, "expect", "states nothing; say points by question or a share"))
    return found


def _alike(case: CaseSpec, exemplars: tuple[Example, ...], place: str) -> list[Problem]:
    sheets = {e.name: example_sheet(case, e) for e in exemplars}
    decided = case.phase("decide") or case.phase("declare")
    found = []
    for a, b in combinations(sheets, 2):
        if all(sheets[a].value(q.id) == sheets[b].value(q.id) for q in decided):
            found.append(
                Problem(
                    f"{place}/exemplars",
                    "",
                    f"'{a}' and '{b}' decide the same; exemplars must differ in their decisions",
                )
            )
    return found


def problems() -> list[Problem]:
    """Everything wrong with the keys of all cases in the syllabus."""
    return [p for m in syllabus().module for ref in m.case for p in case_problems(ref.slug)]


def check_modules(slugs: tuple[str, ...]) -> None:
    """ContentError with every problem of these modules' keys."""
    found = [p for slug in slugs for case in module_cases(slug) for p in case_problems(case.slug)]
    if found:
        raise ContentError(found)


def check_source(files: list[str]) -> None:
    """CourseError if `source/` holds anything but notebooks: nbgrader would put it over everyone's submission."""
    if files:
        raise CourseError(
            f"source/ holds {', '.join(files)}. nbgrader would copy that over every submission; "
            "remove it, then run 'itguide build' again."
        )
