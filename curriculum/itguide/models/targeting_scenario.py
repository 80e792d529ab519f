"""What no decision changes in a targeting case: the exams, the rules an officer may be given, the lane, how one learns.

Exams and places on a list in single exams, money in US$, rates as shares.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from itguide.errors import ContentError, Problem
from itguide.models.targeting_data import LISTS, RECIPE
from itguide.spec import CaseSpec

if TYPE_CHECKING:
    from itguide.models.targeting_data import Floats

ASKED = ("aims", "exams", "override", "importer", "announce", "margin", "gives_up")
AIMS = ("revenue", "harm", "sight")


@dataclass(frozen=True)
class Override:
    """What an officer may do with the score's list.

    Of the infringing declarations it selects, `leak` are let go; the time saved opens `freed` more of the list.
    `recorded`: officers' own finds are written down with a reason, so that they can be learnt from. Without
    `choose` there are no own finds: the officers' exams go down the score's list.
    """

    leak: float
    freed: float
    recorded: bool
    choose: bool


@dataclass(frozen=True)
class Lane:
    """Who is in the trusted lane (0 nobody, 1 the one who asked, 2 those who ask next, too); does the lot look in?

    `members` today, `later` in the second year.
    """

    members: int
    later: int
    lottery: bool


@dataclass(frozen=True, eq=False)  # compared by identity, so that a run can be remembered
class Scenario:
    """Everything about the case that no decision changes.

    `half`: so many finds of what has moved teach the score half of it. `alarm`: finds beyond the score's list are
    noticed when they exceed what was usual by so many standard deviations; officers' finds vary `habit` times as
    much. `full`: exams by lot that give full sight. `curve[aim][list]` is the share of an aim that the first k
    hundred exams of a list find, `reach` the most any allocation finds, `grid` what a grid of allocations attains.
    """

    asked: Mapping[str, str]
    capacity: int
    overrides: Mapping[str, Override]
    lanes: Mapping[str, Lane]
    half: float
    alarm: float
    habit: float
    full: float
    confidence: float
    exam_cost: float
    exam_hours: float
    blind: float
    reach: Mapping[str, float]
    grid: Floats


def read(case: CaseSpec) -> Scenario:
    """The case's scenario, its grid not yet measured. ContentError names what is missing or does not fit."""
    file = f"case_studies/{case.slug}/case.toml"
    if case.scenario is None:
        raise ContentError([Problem(file, "scenario", "is missing; the targeting model needs it")])
    given = case.scenario
    try:
        import numpy as np

        asked = {name: given["asked"][name] for name in ASKED}
        options = {name: case.find(question).option for name, question in asked.items() if name != "margin"}
        learning, exam = given["learning"], given["exam"]
        found = Scenario(
            asked=asked, capacity=case.find(asked["exams"]).total,
            overrides={
                o.id: Override(o.value["leak"], o.value["freed"], bool(o.value["recorded"]), bool(o.value["choose"]))
                for o in options["override"]
            },
            lanes={
                o.id: Lane(int(o.value["members"]), int(o.value["later"]), bool(o.value["lottery"]))
                for o in options["importer"]
            },
            half=learning["half"], alarm=learning["alarm"], habit=learning["habit"],
            full=float(given["full_sight"]), confidence=float(given["confidence"]),
            exam_cost=exam["cost"], exam_hours=exam["hours"], blind=float(given["blind"]),
            reach={}, grid=np.zeros((0, len(AIMS))),
        )  # fmt: skip
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ContentError([Problem(file, "scenario.param", f"does not fit the targeting model: {error!r}")]) from None
    _whole(case, found, file)
    return found


def _whole(case: CaseSpec, s: Scenario, file: str) -> None:
    """What is committed was drawn by the recipe: the case says the same figures, and asks for the same lists."""
    assert case.scenario is not None
    wrong = []
    drawn = {"declarations": RECIPE.declarations, "worlds": RECIPE.worlds,
             "drifting": sum(RECIPE.drifting) * RECIPE.worlds // len(RECIPE.drifting)}  # fmt: skip
    said = case.scenario["population"]
    wrong += [
        Problem(file, f"scenario.param.population.{name}", f"says {said.get(name)}; the declarations drawn say {value}")
        for name, value in drawn.items() if said.get(name) != value
    ]  # fmt: skip
    for name, ids in (("exams", LISTS), ("aims", AIMS)):
        if {o.id for o in case.find(s.asked[name]).option} != set(ids):
            wrong.append(Problem(file, f"question[{s.asked[name]}]", f"its options must be {', '.join(ids)}"))
    if wrong:
        raise ContentError(wrong)
