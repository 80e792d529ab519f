"""The strategy graph against things it did not write: paths enumerated by hand and by brute force, worked tables."""

from __future__ import annotations

import graphlib
import random
from itertools import combinations, pairwise, permutations

import pytest

from itguide.errors import ContentError
from itguide.models import strategy_graph as model
from itguide.models.strategy_graph import Causes, Objective, Scenario, Wish
from itguide.spec import CaseSpec

# ---- chains


def paths(arrows: set[tuple[str, str]], start: str, end: str) -> set[tuple[str, ...]]:
    """Every simple path by trying every ordering of every subset: slow, and nothing like the model."""
    nodes = {n for pair in arrows for n in pair} - {start, end}
    found = set()
    for size in range(len(nodes) + 1):
        for middle in permutations(sorted(nodes), size):
            whole = (start, *middle, end)
            if all(step in arrows for step in pairwise(whole)):
                found.add(whole)
    return found


def causes(nodes: str, arrows: set[tuple[str, str]], ground: str, outcomes: str) -> Causes:
    return Causes({n: tuple(a for a, b in sorted(arrows) if b == n) for n in nodes}, frozenset(ground), tuple(outcomes))


@pytest.mark.parametrize("seed", range(40))
def test_chains_are_the_paths_that_brute_force_finds(seed):
    random_ = random.Random(seed)
    nodes = "abcdefgh"  # a, b, c lie on the ground, g and h are outcomes
    arrows = {(a, b) for a, b in combinations(nodes, 2) if random_.random() < 0.35}
    graph = causes(nodes, arrows, "abc", "gh")
    lost = set(random_.sample("abcdef", random_.randrange(3)))
    roots = [n for n in "abc" if not any(b == n for _, b in arrows)]
    for outcome in "gh":
        expected = {p for r in roots for p in paths(arrows, r, outcome) if not lost & set(p)}
        assert graph.chains(lost)[outcome] == len(expected)
        assert (outcome in graph.reached(lost)) == bool(expected)
    assert graph.total(lost) == sum(graph.chains(lost)[o] for o in "gh")


def test_turning_cards_over_by_hand_gives_the_same():
    """The rule of the wall: what has only turned cards beneath it is turned too, until nothing moves."""
    for seed in range(40):
        random_ = random.Random(seed)
        arrows = {(a, b) for a, b in combinations("abcdefgh", 2) if random_.random() < 0.4}
        graph = causes("abcdefgh", arrows, "abc", "gh")
        turned = set(random_.sample("abcdef", 2))
        turned |= {n for n in "defgh" if not graph.before[n]}  # what hangs in the air never stood
        while new := {
            n for n in "abcdefgh" if n not in turned and graph.before[n] and set(graph.before[n]) <= turned
        }:  # fmt: skip
            turned |= new
        assert {n for n, k in graph.chains(turned & set("abcdef")).items() if k} == set("abcdefgh") - turned


def test_causes_that_run_round_are_refused():
    with pytest.raises(graphlib.CycleError):
        causes("ab", {("a", "b"), ("b", "a")}, "ab", "b").chains()


# ---- a small map, worked by hand

SMALL = Scenario(
    owners="owners", arrows="arrows", stand="stand", pillar="pillar", enabler="enabler", off="off", officer="cio",
    business=("ops", "tax"), deputies=("ops", "tax", "corp", "cio"),
    rows=("base", "people", "work", "top"), ground=2, outcomes_due=2, cut=0.15, arrows_most=2,
    objectives=(
        Objective("accounts", 0, 1, False), Objective("system", 1, 6, True), Objective("records", 1, 2, True),
        Objective("skills", 1, 2, False), Objective("inspect", 2, 2, False), Objective("release", 2, 3, False),
        Objective("revenue", 3, 0, False), Objective("trade", 3, 0, False),
    ),
    wishes=(Wish("wish", "records", ("yes",), {"no": "skills"}),),
)  # fmt: skip
OWNERS = {"accounts": "corp", "system": "cio", "records": "cio", "skills": "corp", "inspect": "tax", "release": "ops",
          "revenue": "tax", "trade": "ops"}  # fmt: skip
ARROWS = [["accounts", "skills"], ["skills", "inspect"], ["records", "inspect"], ["system", "release"],
          ["inspect", "revenue"], ["inspect", "trade"], ["release", "trade"]]  # fmt: skip
# chains: accounts-skills-inspect-(revenue, trade), records-inspect-(revenue, trade), system-release-trade: five


def small(**changed: object) -> model.Outcome:
    return model.run(SMALL, {"owners": OWNERS, "arrows": ARROWS, "stand": "pillar", "wish": "yes", **changed})


def test_the_worked_map():
    found = small()
    m = found.metrics
    assert (m["chains"], m["outcomes"], m["outcomes_caused"]) == (5, 2, 2)
    broken = {"accounts": 2, "system": 1, "records": 2, "skills": 2, "inspect": 4, "release": 1}
    assert {i: b.chains for i, b in found.breaks.items()} == broken
    assert found.weakest == "inspect"
    assert found.breaks["inspect"].outcomes == ("revenue",)
    assert found.leaving == {"ops": ("revenue", "trade"), "tax": ("trade",), "corp": ("revenue", "trade"),
                             "cio": ("revenue", "trade")}  # fmt: skip
    assert found.missed == "tax"
    assert m["left_share"] == 0.5
    assert m["enablers_used"] == 1
    assert m["load_most"] == 2
    assert m["arrows_each"] == round(7 / 8, 3)


def test_a_pillar_loses_its_dearest_card_first():
    found = small()
    assert found.metrics["cost"] == 16
    assert found.metrics["cut_due"] == 2.4
    assert found.cut == ("system",)
    assert found.fallen == ("release",)
    assert found.metrics["chains_after"] == 4
    assert found.metrics["after_share"] == 1


def test_enablers_lose_what_nobody_defends_then_people():
    # The system serves one outcome and is the officer's: nobody defends it. The records serve two.
    assert small(stand="enabler").cut == ("system",)
    assert small(stand="enabler").safe == ("records",)
    # Owned by business it is spared: the ground goes, smallest first of what serves as many outcomes.
    defended = small(stand="enabler", owners={**OWNERS, "system": "ops", "release": "cio"})
    assert defended.safe == ("system", "records")
    assert defended.cut == ("accounts", "skills")
    assert defended.metrics["outcomes_after"] == 2


def test_as_declared():
    assert small().metrics["ict_fits"] == 1  # the officer's records carry two outcomes
    one = {**OWNERS, "records": "tax", "revenue": "cio"}
    assert small(owners=one).metrics["ict_fits"] == 0.5  # only the system is the officer's: one outcome
    nothing = {**OWNERS, "records": "tax", "system": "ops"}
    assert small(owners=nothing).metrics["ict_fits"] == 0
    assert small(stand="enabler").metrics["ict_fits"] == 0.5  # the records are defended, the system is not
    assert small(stand="enabler", owners=nothing).metrics["ict_fits"] == 1
    bare = {**OWNERS, "records": "off", "system": "off"}
    assert small(stand="enabler", owners=bare).metrics["ict_fits"] == 0.5
    assert small(owners=bare).metrics["ict_fits"] == 0
    assert small(stand="").metrics["ict_fits"] == 0


def test_arrows_off_the_map_and_downwards_do_not_count():
    found = small(owners={**OWNERS, "system": "off"}, arrows=[*ARROWS, ["trade", "skills"], ["records", "skills"]])
    assert found.ignored == (("system", "release"),)
    assert found.down == (("trade", "skills"),)
    assert ("records", "skills") in found.used  # sideways is allowed
    assert found.metrics["arrows_astray"] == 2
    assert found.causes.chains()["release"] == 0  # it hangs in the air


def test_an_outcome_left_off_the_map_is_not_reached_either():
    found = small(owners={**OWNERS, "revenue": "off"})
    assert found.metrics["outcomes"] == 1
    assert found.metrics["caused_share"] == 0.5


def test_where_everything_causes_everything_survival_is_not_credited():
    order = [o.id for o in SMALL.objectives]
    every = [[a, b] for a in order for b in order if SMALL.find(a).row < SMALL.find(b).row]
    found = small(arrows=every)
    assert found.metrics["outcomes_after"] == 2
    assert found.metrics["arrows_each"] > 2
    assert found.metrics["after_share"] == found.metrics["left_share"] == found.metrics["believed"] == 0


def test_a_wish_is_kept_when_the_map_does_what_was_said():
    assert small().metrics["fits_wish"] == 1
    assert small(wish="no").metrics["fits_wish"] == 0
    without = {**OWNERS, "records": "off"}
    assert small(owners=without).metrics["fits_wish"] == 0
    assert small(owners=without, wish="no").metrics["fits_wish"] == 1
    assert small(owners={**without, "skills": "off"}, wish="no").metrics["fits_wish"] == 0
    assert small(wish="").metrics["fits_wish"] == 0


def test_nothing_drawn_breaks_nothing():
    found = model.run(SMALL, {})
    assert found.metrics["chains"] == found.metrics["outcomes"] == 0
    assert found.cut == ()
    assert found.weakest == ""


def test_the_order_in_which_arrows_were_drawn_changes_nothing():
    assert small(arrows=ARROWS[::-1]).metrics == small().metrics


# ---- reading a case


def test_a_case_that_does_not_fit_is_named():
    bare = CaseSpec.model_validate({
        "slug": "x", "title": "X", "module": "x", "minutes": 1, "summary": "x",
        "question": [{"id": "q", "kind": "text", "phase": "own", "prompt": "q", "words": 5}],
    })  # fmt: skip
    with pytest.raises(ContentError, match="scenario"):
        model.scenario(bare)
    empty = CaseSpec.model_validate({**bare.model_dump(), "scenario": {"model": "strategy_graph"}})
    with pytest.raises(ContentError, match="does not fit"):
        model.scenario(empty)
