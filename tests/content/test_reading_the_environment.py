"""The case of the two pages: texts agree with figures, the key with its exemplars, the paper kit with the model."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from itguide import keys, scoring
from itguide.content import case_text, load_case
from itguide.desk_view import blank_sheet
from itguide.examples import example_sheet, examples
from itguide.models import futures
from itguide.paper_kit import load_kit
from itguide.preflight import case_problems
from itguide.text import SOURCE, case_say, units

SLUG = "reading_the_environment"
ROOT = Path(__file__).resolve().parents[2]
CASE = load_case(SLUG)
SCENARIO = futures.scenario(CASE)
FACTS = CASE.find("facts")

# Eight typical decisions: name, how to recognise them, brief, let go.
# ------------------------------------------------------------ key


def test_exemplars_blank_and_samples_earn_what_is_said():
    assert case_problems(SLUG) == []
    key = keys.load_key(SLUG)
    assert scoring.score(CASE, key, blank_sheet(CASE)).points == 0
    for example in examples(SLUG, "exemplars"):
        score = scoring.score(CASE, key, example_sheet(CASE, example))
        assert score.points == score.maximum == 28, example.name


def test_exemplars_differ_materially():
    briefs = [{f for f, place in e.answers["facts"].items() if place == "brief"} for e in examples(SLUG, "exemplars")]
    assert len(briefs) == 3
    for n, one in enumerate(briefs):
        for other in briefs[n + 1 :]:
            assert len(one & other) <= 2
    declared = {e.answers["unforgiven"] for e in examples(SLUG, "exemplars")}
    assert len(declared) == 3


def test_no_single_fact_is_needed():
    """Full marks can be had without any one of the sixteen: the key wants a choice, not our choice."""
    exemplars = examples(SLUG, "exemplars")
    assert not [o.id for o in FACTS.option if all(e.answers["facts"].get(o.id) == "brief" for e in exemplars)]


@pytest.mark.parametrize("other", ["trade", "word", "standstill"])
def test_the_same_brief_under_another_declaration_earns_less(other):
    key = keys.load_key(SLUG)
    fiscal = next(e for e in examples(SLUG, "exemplars") if e.answers["unforgiven"] == "money")
    turned = fiscal.model_copy(update={"answers": {**fiscal.answers, "unforgiven": other}})
    assert scoring.score(CASE, key, example_sheet(CASE, turned)).find("unforgiven").points < 6


@pytest.mark.parametrize(
    "change", [{"outright": 0.5}, {"outright": 0.7}, {"hint": 0.15}, {"hint": 0.25}, {"quiet_watched": 0.05},
               {"quiet_watched": 0.2}, {"loud_stopped": 0.1}],
)  # fmt: skip
def test_marks_do_not_hang_on_an_invented_figure(change):
    """Exemplars keep at least 90 per cent of their marks when the reader is a little different."""
    key = keys.load_key(SLUG)
    params = dict(CASE.scenario.param)
    params["reading"] = params["reading"].model_copy(update={"value": {**params["reading"].value, **change}})
    case = CASE.model_copy(update={"scenario": CASE.scenario.model_copy(update={"param": params})})
    for example in examples(SLUG, "exemplars"):
        score = scoring.score(case, key, example_sheet(case, example))
        assert score.points >= 0.9 * score.maximum, (example.name, change)


# ------------------------------------------------------------ texts


def test_sixteen_facts_under_six_headings_each_says_what_is_invented():
    assert len(FACTS.option) == 16
    assert {o.group for o in FACTS.option} == {g.id for g in FACTS.group}
    assert len(FACTS.group) == 6
    for option in FACTS.option:
        assert re.search(r"[Ii]nvented", option.detail), option.id
        assert option.note, option.id
    assert sum("[ref:" in o.detail for o in FACTS.option) == 5


def test_articles_are_the_same_in_the_model_the_text_and_the_drawing():
    svg = ElementTree.parse(ROOT / "case_studies" / SLUG / "data" / "loudness.svg").getroot()
    texts = [t.text or "" for t in svg.iter("{http://www.w3.org/2000/svg}text")]
    drawn = [int(t) for t in texts if t.isdigit()]
    assert drawn == sorted((int(o.value["articles"]) for o in FACTS.option), reverse=True)
    assert min(float(t.get("font-size", 0)) for t in svg.iter("{http://www.w3.org/2000/svg}text")) >= 15
    for option in FACTS.option:
        n = int(option.value["articles"])
        wanted = {0: "no article", 1: "one article"}.get(n, rf"{n}(?: newspaper)? articles")
        assert re.search(wanted, option.detail), option.id
    in_brief = [int(n) for n in re.findall(r"\b(310|212|120|96|55|38|31|18)\b", case_text(SLUG, "brief"))]
    assert in_brief == drawn[:8]


def test_the_notes_repeat_what_the_model_says():
    notes = case_text(SLUG, "notes")
    for name, chance in futures.alone(SCENARIO).items():
        facts = [f for f in SCENARIO.facts if f.says.get(name) == futures.OUTRIGHT]
        title = case_say(CASE, SOURCE)(f"sentence.name_{name}")
        row = next(line for line in notes.splitlines() if line.startswith(f"| {title} |"))
        assert [int(n) for n in re.findall(r"\d+", row)] == [sum(f.articles for f in facts), round(100 * chance)]


def test_months_said_in_the_texts_are_those_of_the_model():
    for fact, field, text in (
        ("support_end", "act", "month 8"), ("free_zone", "act", "month 10"), ("debt", "act", "month 14"),
        ("ai", "act", "month 16"), ("tfa", "act", "month 14"), ("retirement", "act", "ten months"),
    ):  # fmt: skip
        month = {"ten months": 10}.get(text) or int(text.split()[1])
        assert FACTS.find(fact).value[field] == month
        assert any(text in e.answers.get("cover_note", "") for e in examples(SLUG, "exemplars")), text


def test_words_are_plain_and_cover_notes_fit():
    texts = [t for _, t in units(CASE)] + [case_text(SLUG, part) for part in ("brief", "notes")]
    assert not [t for t in texts if "!" in t.replace("![", "")]
    assert all(len(o.detail.split()) <= 60 for o in FACTS.option)
    assert len(re.findall(r"\w+", re.sub(r"!\[[^\]]*\]\([^)]*\)", "", case_text(SLUG, "brief")))) < 360
    for example in (*examples(SLUG, "exemplars"), *examples(SLUG, "samples")):
        assert len(example.answers.get("cover_note", "").split()) <= 60


def test_the_sealed_pages_tell_the_stories_of_the_case():
    say = case_say(CASE, SOURCE)
    pages = [page.text for page in load_kit(SLUG).page if page.sealed]
    assert [page.split("\n")[0].strip() for page in pages] == [say(f"sentence.story_{n}") for n in SCENARIO.futures]
