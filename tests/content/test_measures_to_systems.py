"""The case of the twelve projects: ungraded, ten minutes, every call with its reason, the reference one click away."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

from itguide import kinds
from itguide.content import case_text, load_case
from itguide.measures import measures
from itguide.models import committee_queue
from itguide.paper_kit import load_kit
from itguide.paths import shelves
from itguide.text import engine, html, units

SLUG = "measures_to_systems"
CASE = load_case(SLUG)
SCENARIO = committee_queue.scenario(CASE)
SAY = engine("en")


def test_nothing_is_graded():
    assert CASE.points == 0
    assert not (Path(__file__).parents[2] / "grading/keys" / SLUG).exists()


def test_every_project_names_its_article_and_every_note_our_call():
    names = {c.id: c.label for c in CASE.find("really").category}
    for option in CASE.find("really").option:
        kind = SCENARIO.find(option.id).kind
        said = {"law": "law", "organisation": "organisation", "system": "system", "none": "not TFA"}[kind]
        assert option.note.startswith(f"Ours: {said}"), option.id
        found = re.search(r"\*Article ([\d.]+)\*$", option.detail)
        assert bool(found) == (kind != "none"), option.id
        if found:
            measure = measures().find(found.group(1))
            # What the model takes for a duty without reserve is one in the reference, and the other way round.
            assert (measure.force == "shall") == bool(SCENARIO.find(option.id).binds), option.id
            assert SLUG in measure.cases, option.id
    assert set(names) == {"law", "organisation", "system", "none"}


def test_eight_typical_decisions_are_complete_rounds():
    kit = load_kit(SLUG)
    assert len(kit.decision) == 8
    seen = set()
    for decision in kit.decision:
        for question in CASE.phase("decide"):
            value = kinds.normalise(question, decision.answer[question.id])
            live = kinds.live(question, value, SAY)
            assert live.answered, (decision.id, question.id)
            assert not live.blocking, (decision.id, question.id)
        outcome = committee_queue.run(SCENARIO, decision.answer)
        assert {c.metric for c in kit.column} <= set(outcome.metrics)
        seen.add(tuple(outcome.metrics.values()))
    assert len(seen) == 8


def test_what_the_texts_say_is_what_the_model_says():
    laws = committee_queue.run(SCENARIO, load_kit(SLUG).decision[0].answer).metrics
    agreements = committee_queue.run(SCENARIO, load_kit(SLUG).decision[1].answer).metrics
    design = (shelves().cases / SLUG / "design.md").read_text(encoding="utf-8")
    assert (laws["window"], agreements["window"]) == (34, 28)
    assert "month 34" in design
    assert "month 28" in design
    assert agreements["live"] == 8
    assert "eight measures in use" in design
    assert laws["live"] == 7
    kept = [
        max(committee_queue.run(SCENARIO, load_kit(SLUG).decision[n].answer).courses[p.id].live
            for p in SCENARIO.projects if p.binds)
        for n in (0, 1)
    ]  # fmt: skip
    assert kept == [28, 34]
    assert "month 28 against 34" in case_text(SLUG, "notes")
    bought = next(d for d in load_kit(SLUG).decision if d.id == "window_as_system")
    assert committee_queue.run(SCENARIO, bought.answer).metrics["window"] == agreements["window"] - 1
    assert "opens a month sooner" in case_text(SLUG, "notes")


def test_words_are_few_and_the_reference_is_linked():
    brief = case_text(SLUG, "brief")
    assert 200 <= len(re.findall(r"\w+", brief)) <= 350
    assert 'href="itguide:measures"' in html(brief)
    assert 'href="itguide:measures"' in html(case_text(SLUG, "notes"))
    assert not [t for _, t in units(CASE) if "!" in t]
    svg = ElementTree.parse(shelves().cases / SLUG / "data/twelve_cards.svg").getroot()
    texts = list(svg.iter("{http://www.w3.org/2000/svg}text"))
    assert sum(t.text == "TFA" for t in texts) == 12
    assert min(float(t.get("font-size", "17")) for t in texts) >= 15
