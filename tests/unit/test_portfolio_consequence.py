"""The consequence of a plan: its sentences, pictures, causes and price, in whatever language."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from itguide.consequences import portfolio as told
from itguide.content import load_case
from itguide.models import portfolio
from itguide.pseudo import PSEUDO
from itguide.text import case_say, localised

ROUND = {
    "weights": {"treasury": 40, "trade": 35, "security": 25},
    "inherited": "stop",
    "plan": {"core": 1, "redesign": 1, "cyber": 1, "knowledge": 1, "payment": 4, "aeo": 3},
    "first_cut": ["payment", "aeo"],
    "disclosed": 35,
}
ENGINE = {**ROUND, "inherited": "finish", "plan": {"ai": 1, "redesign": 1, "payment": 2}}


@pytest.fixture(scope="module")
def case():
    return load_case("ict_portfolio")


@pytest.fixture(scope="module")
def scenario(case):
    return portfolio.scenario(case)


def explain(case, scenario, answers, before=None, lang="en"):
    previous = portfolio.run(scenario, before) if before else None
    outcome = portfolio.run(scenario, answers)
    return told.explain(localised(case, lang), scenario, outcome, answers, case_say(case, lang), previous)


def test_headline_says_the_figure_and_the_one_before(case, scenario):
    assert explain(case, scenario, ROUND).headline.startswith("The money is enough in 81 futures of a hundred")
    again = explain(case, scenario, ROUND, before=ENGINE).headline
    assert "now enough in 81" in again
    assert "before, in 100" in again


def test_everyone_told_no_is_named_and_nobody_else(case, scenario):
    price = explain(case, scenario, ROUND).cost
    refused = [line for line in price if line.startswith("Told no")]
    assert len(refused) == 14 - len(ROUND["plan"])
    assert any("the Minister" in line for line in refused)
    assert not any("Minister" in line for line in explain(case, scenario, ENGINE).cost)


def test_lines_follow_the_plan(case, scenario):
    lines = " ".join(explain(case, scenario, ENGINE).lines)
    assert "before the data are clean" in lines
    assert "the plan does another" in lines  # the portal is to be finished, and is not in the plan
    assert "There is no risk engine on election day" in " ".join(explain(case, scenario, ROUND).lines)


def test_pictures_are_whole_and_have_their_numbers(case, scenario):
    for before in (None, ENGINE):
        figures = explain(case, scenario, ROUND, before).figures
        assert [f.id for f in figures] == ["spend", "areas", "service", "cost"]
        for figure in figures:
            root = ElementTree.fromstring(figure.svg)
            sizes = [float(t.get("font-size")) for t in root.iter("{http://www.w3.org/2000/svg}text")]
            assert min(sizes) >= 15
            assert figure.rows
            assert all(len(row) == len(figure.columns) for row in figure.rows)
            assert figure.title
            assert figure.alt
            assert figure.source


def test_plan_without_a_disclosed_figure_or_anything_else(case, scenario):
    bare = explain(case, scenario, {"plan": {}})
    assert [f.id for f in bare.figures] == ["spend", "areas", "service"]
    assert told.why(case, scenario, {"plan": {}}, case_say(case, "en"))[0].share < 0


def test_why_tells_the_largest_first(case, scenario):
    causes = told.why(case, scenario, {**ROUND, "disclosed": 33.5}, case_say(case, "en"))
    assert causes[0].label == "New core clearance system"
    assert causes[0].share == 1.0
    assert all(-1 <= c.share <= 1 for c in causes)
    assert causes[-1].label.startswith("Left out: ")


def test_why_takes_what_stands_on_it_away_too(scenario):
    starts = {"network": 1, "scanner": 2, "payment": 1}
    assert told._without(scenario, starts, "network") == {"payment": 1}


def test_every_word_goes_through_the_catalogue(case, scenario):
    """In the pseudo-locale no sentence comes out as it was written."""
    shown = explain(case, scenario, ENGINE, ROUND, PSEUDO)
    plain = explain(case, scenario, ENGINE, ROUND)
    words = [(shown.headline, plain.headline), *zip(shown.lines, plain.lines, strict=True)]
    words += zip(shown.cost, plain.cost, strict=True)
    for figure, original in zip(shown.figures, plain.figures, strict=True):
        words += [(figure.title, original.title), (figure.alt, original.alt), (figure.source, original.source)]
        words += zip(figure.columns, original.columns, strict=True)
        texts, before = (re.findall(r"<text[^>]*>([^<]*[^<\d\s.]{3}[^<]*)<", f.svg) for f in (figure, original))
        assert texts
        assert not set(texts) & set(before)
    for new, old in words:
        assert new != old
    causes = told.why(localised(case, PSEUDO), scenario, ENGINE, case_say(case, PSEUDO))
    for cause, old in zip(causes, told.why(case, scenario, ENGINE, case_say(case, "en")), strict=True):
        assert cause.effect != old.effect
        assert replace(cause, effect="").label != old.label
