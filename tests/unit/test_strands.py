"""Strands: the first test that does not hold, nothing added up, and a picture that says no more than the answers."""

from __future__ import annotations

from itertools import product

import pytest

from itguide.consequences import strands as teller
from itguide.content import load_case
from itguide.errors import ContentError
from itguide.models import strands as model
from itguide.spec import Param
from itguide.text import case_say

CASE = load_case("starting_point")
S = model.scenario(CASE)
SAY = case_say(CASE, "en")


def answered(strand: str, states: tuple[str, ...]) -> dict[str, str]:
    return {test: state for test, state in zip(S.strands[strand], states, strict=True) if state != "open"}


def everywhere(state: str) -> dict[str, dict[str, str]]:
    return {name: answered(name, (state,) * 5) for name in S.strands}


def test_every_way_of_answering_a_strand_against_a_plain_search():
    name = next(iter(S.strands))
    for states in product(("yes", "partly", "no", "unknown", "open"), repeat=5):
        strand = model.run(S, {name: answered(name, states)}).strands[0]
        # What holds back comes after nothing but yes; written as one line of text and searched for.
        line = "".join(s[0] for s in states)
        at = len(line) - len(line.lstrip("y"))
        assert strand.first == (S.strands[name][at] if at < 5 else ""), states
        assert strand.state == (states[at] if at < 5 else "yes")


def test_only_strands_are_counted_never_tests_across_them():
    metrics = model.run(S, everywhere("no")).metrics
    assert metrics == {"answered": 25, "asked": 25, "held": 5, "unknown": 0}
    one = everywhere("yes") | {"safe": answered("safe", ("yes", "unknown", "no", "no", "no"))}
    assert model.run(S, one).metrics == {"answered": 25, "asked": 25, "held": 1, "unknown": 1}
    assert model.run(S, {}).metrics == {"answered": 0, "asked": 25, "held": 0, "unknown": 0}


def test_the_picture_names_what_holds_back_and_what_to_bring():
    mixed = everywhere("yes") | {"safe": answered("safe", ("yes", "no", "yes", "unknown", "partly")),
                                 "means": answered("means", ("unknown", "yes", "yes", "yes", "yes"))}  # fmt: skip
    told = teller.picture(CASE, S, mixed, SAY)
    assert told.headline.startswith("2 strands")
    assert "1 of them" in told.headline
    assert len(told.lines) == 2
    assert told.lines[0].startswith("When it breaks: bring the protocol")
    [figure] = told.figures
    assert len(figure.rows) == 25
    assert figure.title
    assert figure.alt
    assert figure.svg.count("Holds you back") == 2
    assert figure.svg.count("All five can be shown") == 3


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({"safe": {"two": "yes"}}, "One of 25 answered"),
        (everywhere("yes"), "None of the twenty-five"),
        (everywhere("partly"), "5 strands are held back by one test each"),
    ],
)
def test_headlines(answers, says):
    assert says in teller.picture(CASE, S, answers, SAY).headline


def test_a_scenario_that_does_not_fit_is_said():
    def turned(names):
        param = {"strands": Param(value=names, invented=True)}
        return CASE.model_copy(update={"scenario": CASE.scenario.model_copy(update={"param": param})})

    with pytest.raises(ContentError, match="does not name questions"):
        model.scenario(turned(["nowhere"]))
    with pytest.raises(ContentError, match="a strand is private"):
        model.scenario(turned(["entry_window"]))
