"""The strategy map: its texts, pictures, key, kit and guide hold together, and both sides can be defended."""

from __future__ import annotations

import re
from itertools import product
from xml.etree import ElementTree

import pytest

from itguide import kinds, preflight, scoring
from itguide.consequences import strategy_graph as told
from itguide.content import case_text, load_case, references
from itguide.examples import example_sheet, examples
from itguide.keys import load_key
from itguide.models import strategy_graph as model
from itguide.paths import shelves
from itguide.text import case_say, engine

SLUG = "strategy_map"
CASE = load_case(SLUG)
SCENARIO = model.scenario(CASE)
EXEMPLARS = examples(SLUG, "exemplars")
TYPICAL = (*EXEMPLARS, *examples(SLUG, "samples"))


# ---- the case as it was planned


def test_twenty_objectives_six_deputies_two_each():
    owners = CASE.find("owners")
    assert len(owners.option) == 20
    deputies = [c for c in owners.category if c.id != SCENARIO.off]
    assert len(deputies) == 6
    assert {c.most for c in deputies} == {2}
    assert len(owners.option) - next(c.most for c in owners.category if c.id == "off") == 10


def test_revenue_is_an_outcome_and_stewardship_lies_at_the_base():
    assert SCENARIO.find("revenue_due").row == len(SCENARIO.rows) - 1
    assert SCENARIO.rows[0] == "stewardship"
    assert {i.id for i in SCENARIO.objectives if i.technology} == {"core", "data", "exchange", "ai"}
    assert SCENARIO.find("ai").row < SCENARIO.find("inspect").row  # a tool, not an outcome


def test_only_outcomes_cost_nothing_and_every_other_price_is_told():
    for option in CASE.find("owners").option:
        cost = SCENARIO.find(option.id).cost
        assert (cost == 0) == (option.group == "outcomes")
        assert (f"US$ {cost:g} million a year" in option.detail) == (cost > 0)
        assert option.invented


def test_the_map_must_place_every_card():
    owners = CASE.find("owners")
    given = EXEMPLARS[0].answers["owners"]
    some = {i: d for i, d in given.items() if d != "off"}
    say = engine("en")
    assert kinds.live(owners, given, say).answered
    assert not kinds.live(owners, some, say).answered
    assert kinds.live(owners, dict.fromkeys(given, "off"), say).blocking  # ten at least hang on the wall


# ---- the key


def test_key_proofs_hold():
    assert preflight.case_problems(SLUG) == []


def test_exemplars_differ_where_it_matters():
    a, b = (e.answers for e in EXEMPLARS)
    assert {a["ict_as"], b["ict_as"]} == {"pillar", "enabler"}
    assert a["wish_ai"] != b["wish_ai"]
    assert a["wish_revenue"] != b["wish_revenue"]
    cuts = [model.run(SCENARIO, x).cut for x in (a, b)]
    assert any(SCENARIO.find(i).technology for i in cuts[0]) != any(SCENARIO.find(i).technology for i in cuts[1])


def test_neither_declaration_earns_points_by_itself():
    """The same map declared the other way loses what was declared, and may lose what was cut: nothing else."""
    key = load_key(SLUG)
    for exemplar in EXEMPLARS:
        other = {"pillar": "enabler", "enabler": "pillar"}[exemplar.answers["ict_as"]]
        turned = exemplar.model_copy(update={"answers": {**exemplar.answers, "ict_as": other}})
        before, after = (scoring.score(CASE, key, example_sheet(CASE, e)) for e in (exemplar, turned))
        for question in ("owners", "wish_ai", "wish_revenue"):
            assert before.find(question).points == after.find(question).points
        assert after.points < before.points


def test_what_is_said_of_a_wish_must_be_what_the_map_does():
    base = next(e.answers for e in EXEMPLARS if e.answers["wish_ai"] == "tool")
    for wish in SCENARIO.wishes:
        for option, on in product([o.id for o in CASE.find(wish.question).option], (True, False)):
            owners = {**base["owners"], wish.item: "cio" if on else "off"}
            kept = model.run(SCENARIO, {**base, "owners": owners, wish.question: option})
            fits = bool(kept.metrics[f"fits_{wish.question}"])
            if option == "objective":  # needs an arrow from the records besides
                assert not fits
            else:
                assert fits == (on == (option in wish.placed))


def test_silence_on_the_minister_earns_nothing_but_consistency():
    key = load_key(SLUG)
    for question in ("wish_ai", "wish_revenue"):
        rule = next(r for r in key.rules(question) if r.aspect == "knowing")
        assert "silent" not in rule.options


# ---- texts and pictures


@pytest.mark.parametrize("example", TYPICAL, ids=lambda e: e.name)
@pytest.mark.parametrize("lang", ["en", "qps"])
def test_every_typical_map_is_told_in_whole_sentences(example, lang):
    say = case_say(CASE, lang)
    outcome = model.run(SCENARIO, example.answers)
    found = told.explain(CASE, SCENARIO, outcome, example.answers, say, None)
    again = told.explain(CASE, SCENARIO, outcome, example.answers, say, outcome)
    causes = told.why(CASE, SCENARIO, example.answers, say)
    texts = [found.headline, again.headline, *found.lines, *found.cost, *(c.effect for c in causes)]
    assert all(t and "{" not in t for t in texts)
    assert all(-1 <= c.share <= 1 for c in causes)
    off = sum(1 for d in example.answers["owners"].values() if d == "off")
    assert sum(1 for line in found.cost if line in {say(f"sentence.no_{o.id}") for o in SCENARIO.objectives}) == off
    for figure in (*found.figures, *again.figures):
        root = ElementTree.fromstring(figure.svg)
        assert all(float(t.get("font-size", "0")) >= 15 for t in root.iter("{http://www.w3.org/2000/svg}text"))
        assert {len(r) for r in figure.rows} == {len(figure.columns)}
        assert figure.source
        if lang == "qps":  # nothing stays plain
            assert all("⟦" in t for t in (figure.title, figure.alt))
    if lang == "qps":
        assert all("⟦" in t for t in texts)


def test_a_map_without_a_chain_is_told_as_such():
    """Nothing is counted that is not there: no "0 of 0"."""
    answers = {**EXEMPLARS[0].answers, "arrows": []}
    outcome, say = model.run(SCENARIO, answers), case_say(CASE, "en")
    assert outcome.metrics["outcomes"]
    before = model.run(SCENARIO, EXEMPLARS[0].answers)
    for previous in (None, outcome, before):
        found = told.explain(CASE, SCENARIO, outcome, answers, say, previous)
        assert found.headline.startswith("Not one chain")
        causes = told.why(CASE, SCENARIO, answers, say)
        texts = [found.headline, *found.lines, *found.cost, *(f.title for f in found.figures),
                 *(c.effect for c in causes)]  # fmt: skip
        assert not [t for t in texts if re.search(r"\b0 of|\bOf 0\b", t)]
        assert "leaving" not in [f.id for f in found.figures]
    first = told.explain(CASE, SCENARIO, outcome, answers, say, None)
    assert [f.id for f in first.figures] == ["map"]


def test_the_drawn_map_says_in_words_what_is_cut():
    answers = EXEMPLARS[0].answers
    outcome = model.run(SCENARIO, answers)
    drawn = told.explain(CASE, SCENARIO, outcome, answers, case_say(CASE, "en"), None).figures[0]
    words = [t.text for t in ElementTree.fromstring(drawn.svg).iter("{http://www.w3.org/2000/svg}text")]
    assert words.count("cut") == len(outcome.cut)
    assert words.count("falls with it") == len(outcome.fallen)
    assert 'stroke-dasharray="5 4"' in drawn.svg


def test_every_reference_may_be_printed_and_cautious_ones_are_attributed():
    known = references()
    for text in (case_text(SLUG, "notes"), *(q.explain for q in CASE.question)):
        for sentence in re.split(r"(?<=\.)\s|\n\n", text):
            for ref in re.findall(r"\[ref:([^\]]*)\]", sentence):
                if known[ref].status == "cautious":
                    assert re.search("according to|Kaplan and Norton's", sentence, re.IGNORECASE), sentence


def test_pictures_of_the_brief_are_large_enough_to_read():
    picture = shelves().cases / SLUG / "data" / "wall.svg"
    root = ElementTree.parse(picture).getroot()
    sizes = [float(t.get("font-size", "0")) for t in root.iter("{http://www.w3.org/2000/svg}text")]
    assert sizes
    assert min(sizes) >= 15


def test_the_two_sentences_of_the_exemplars_fit():
    question = CASE.find("minister")
    for exemplar in EXEMPLARS:
        text = exemplar.answers["minister"]
        assert len(text.split()) <= question.words
        assert len(re.findall(r"\.(\s|$)", text)) == 2
