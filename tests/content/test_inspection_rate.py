"""The case of the score: worth what its author claims, no finds marked, its figures the model's, its kit playable."""

from __future__ import annotations

import itertools
import json
import re
import tomllib
from xml.etree import ElementTree

import pytest

from itguide import kinds, preflight, scoring
from itguide.consequences import targeting as told
from itguide.content import case_text, load_case, references
from itguide.examples import example_sheet, examples
from itguide.keys import load_key
from itguide.models import targeting as model
from itguide.models import targeting_data as data
from itguide.paths import shelves
from itguide.pseudo import PSEUDO
from itguide.text import case_say, engine, html, localised, units

SLUG = "inspection_rate"
CASE = load_case(SLUG)
KEY = load_key(SLUG)
S = model.scenario(CASE)
EXEMPLARS = examples(SLUG, "exemplars")
SAMPLES = examples(SLUG, "samples")
MINE = {e.name: e.rounds[-1] for e in EXEMPLARS}
KIT = tomllib.loads((shelves().curriculum / "guide" / f"{SLUG}_kit.toml").read_text(encoding="utf-8"))
SETS = [(first, 8) for first in range(0, 40, 8)]  # five sets of worlds drawn apart
SVG = "{http://www.w3.org/2000/svg}text"


def sample(name):
    """What a sample decided."""
    return next(e for e in SAMPLES if e.name == name).rounds[-1]


# ---- the key


def test_exemplars_blank_and_samples_earn_what_is_stated():
    assert preflight.case_problems(SLUG) == []
    assert sum(KEY.automatic(q.id) for q in CASE.question) == CASE.points == 37
    assert not KEY.criterion


def test_the_exemplars_disagree():
    assert len(EXEMPLARS) == 3
    for one, other in itertools.combinations(MINE.values(), 2):
        assert one["aims"] != other["aims"]
        assert sum(abs(one["exams"][k] - other["exams"][k]) for k in data.LISTS) >= 3000
        assert sum(one[q] != other[q] for q in one) >= 3
    assert len({d["importer"] for d in MINE.values()}) == 2
    assert len({d["override"] for d in MINE.values()}) == 2


def test_each_exemplar_fails_anothers_declaration():
    """The exams are not good for everyone: each serves some other exemplar's weights badly."""
    for mine in MINE.values():
        served = [model.run(S, {**mine, "aims": other["aims"]}).metrics["coherence"] for other in MINE.values()]
        assert max(served) >= 0.9
        assert min(served) < 0.9


@pytest.mark.parametrize("example", EXEMPLARS, ids=lambda e: e.name)
def test_scores_hold_for_other_worlds(example, monkeypatch):
    sheet = example_sheet(CASE, example)
    usual = scoring.score(CASE, KEY, sheet).points
    for first, worlds in SETS:
        records = data.some(first, worlds)
        with monkeypatch.context() as patch:
            patch.setattr(scoring, "_metrics", lambda _, d, r=records: model.run(S, d, r).metrics)
            assert scoring.score(CASE, KEY, sheet).points == usual, first


def test_finds_and_revenue_are_never_scored():
    read = {r.metric for r in KEY.rule if r.check == "metric"}
    assert not read & {"hits", "recall", "hit_rate", "revenue", "harm"}
    metrics = model.run(S, MINE["the_auditor"]).metrics
    assert read <= set(metrics)


def test_the_most_finds_do_not_save_a_plan():
    """The model's optimum for money finds most of all sheets, and fails where it matters."""
    hits = {e.name: model.run(S, e.rounds[-1]).metrics["hits"] for e in (*EXEMPLARS, *SAMPLES)}
    assert max(hits, key=hits.get) == "optimum_without_reasons"
    greedy = sample("optimum_without_reasons")
    steps = range(0, 85, model.GRID)
    places = [(a, b, c) for a in steps for b in steps for c in steps if a + b + c <= 84]
    lot, officers, partners = places[int(S.grid[:, 0].argmax())]
    best = {"lot": 100 * lot, "officers": 100 * officers, "partners": 100 * partners}
    assert greedy["exams"] == {"score": 8400 - sum(best.values()), **best} == KEY.reference.optimum["exams"]
    naive = model.run(S, {**greedy, "exams": {"score": 8400, "lot": 0, "officers": 0, "partners": 0}}).metrics
    assert {k: naive[k] for k in KEY.reference.baseline} == KEY.reference.baseline


# ---- figures in texts


def test_words_of_brief_and_cards_are_the_models():
    brief, found = case_text(SLUG, "brief"), CASE.scenario["population"]
    assert f"**{found['declarations']:,} import declarations**" in brief
    assert "**8,400**" in brief
    assert CASE.find("exams").total == S.capacity == 8400
    assert "forty times: in twenty-four of them" in brief
    assert (found["worlds"], found["drifting"]) == (40, 24)
    harm = data.RECIPE.rate[2] * data.RECIPE.declarations
    assert "About fifty consignments a quarter" in brief
    assert 48 <= harm <= 56
    assert "two declarations in a hundred" in brief
    assert (data.RECIPE.lane, data.RECIPE.lane + data.RECIPE.followers) == pytest.approx((0.02, 0.08))
    assert set(re.findall(r"\d[\d,]*\d", brief)) == {"105,000", "8,400"}
    assert S.overrides["both_recorded"].freed == S.overrides["free"].freed == 0.1
    says = CASE.scenario.param["population"].says
    assert [f"{100 * r:g}" in says for r in data.RECIPE.rate] == [True] * 3


@pytest.mark.parametrize(("lot", "margin"), [(500, "1.5"), (1000, "1.1"), (2000, "0.8"), (4000, "0.5")])
def test_what_a_lot_carries_is_worked_out(lot, margin):
    assert f"{100 * model.half_width(0.03, lot, 0.95):.1f}" == margin
    assert f"{lot:,}" in CASE.find("margin").help
    assert f"± {margin}" in CASE.find("margin").help
    sheet = next(p["text"] for p in KIT["page"] if "Wall sheet" in p["title"])
    assert f"| {lot:,} | {lot // 100} | ± {margin} |" in sheet


def test_no_figure_of_the_model_is_typed():
    """Sentences hold places, not digits; notes and guide hold no result."""
    for name, sentence in CASE.sentence.items():
        assert not re.search(
            r"\d", re.sub(r"\{[^}]*\}", "", sentence.other).replace("year 2", "").replace("today = 100", "")
        ), name
    plain = re.sub(r"\[ref:[^\]]*\]|^\d\.", "", case_text(SLUG, "notes"), flags=re.M)
    assert set(re.findall(r"\d[\d,.]*\d|\d", plain)) <= {"2004", "2006"}
    guide = (shelves().curriculum / "guide" / f"{SLUG}.md").read_text(encoding="utf-8")
    assert not re.search(r"\d+(\.\d+)? (million|finds|per cent)", guide)


def test_what_the_notes_say_of_the_three_is_so():
    found = {name: model.run(S, d).metrics for name, d in MINE.items()}
    auditor, treasurer, guardian = (found[n] for n in ("the_auditor", "the_treasurer", "the_guardian"))
    assert MINE["the_auditor"]["exams"]["lot"] * 4 == 8400
    assert auditor["margin_bought"] < 1
    assert guardian["hits"] == min(m["hits"] for m in found.values())
    assert guardian["harm"] == max(m["harm"] for m in found.values())
    assert treasurer["revenue"] == max(m["revenue"] for m in found.values())
    assert treasurer["p_early"] < auditor["p_early"]
    noses = next(d["answer"] for d in KIT["decision"] if d["id"] == "noses")
    unwritten = model.run(S, {**noses, "override": "free"}).metrics
    assert model.run(S, noses).metrics["p_noticed"] > 0.5 > unwritten["p_noticed"]


def test_sources_are_printable():
    text = case_text(SLUG, "notes") + "".join(t for _, t in units(CASE))
    cited = set(re.findall(r"\[ref:([^\]]+)\]", text))
    assert cited == set(CASE.sources)
    assert {references()[name].status for name in cited} == {"P"}


# ---- the consequence


@pytest.mark.parametrize("name", [*MINE, "all_by_the_score"])
def test_consequence_is_whole(name):
    answers = {**MINE, "all_by_the_score": sample("all_by_the_score")}[name]
    outcome = model.run(S, answers)
    before = model.run(S, SAMPLES[0].rounds[-1])
    for previous in (None, before):
        shown = told.explain(CASE, S, outcome, answers, case_say(CASE, "en"), previous)
        assert [f.id for f in shown.figures] == ["years", "lists", "rates", "course"]
        assert f"{outcome.metrics['recall']:.0f} of a hundred" in shown.headline
        assert len(shown.cost) >= 2
        for figure in shown.figures:
            root = ElementTree.fromstring(figure.svg)
            assert min(float(t.get("font-size")) for t in root.iter(SVG)) >= 15
            assert figure.title
            assert figure.alt
            assert figure.rows
            assert figure.source
            assert all(len(row) == len(figure.columns) for row in figure.rows)
    causes = told.why(CASE, S, answers, case_say(CASE, "en"))
    assert name not in MINE or abs(causes[0].share) == 1
    assert all(-1 <= c.share <= 1 for c in causes)


def test_the_table_of_second_years_counts_every_world():
    answers = MINE["the_auditor"]
    figure = told.explain(CASE, S, model.run(S, answers), answers, case_say(CASE, "en"), None).figures[0]
    for column in (1, 2):
        assert sum(int(row[column]) for row in figure.rows) == 40


def test_nothing_stays_plain_in_another_language():
    answers = MINE["the_treasurer"]
    spec = localised(CASE, PSEUDO)
    shown = told.explain(spec, S, model.run(S, answers), answers, case_say(CASE, PSEUDO), None)
    said = [
        shown.headline,
        *shown.lines,
        *shown.cost,
        *(f.title for f in shown.figures),
        *(f.alt for f in shown.figures),
    ]
    said += [c.effect for c in told.why(spec, S, answers, case_say(CASE, PSEUDO))]
    assert all(not text.isascii() for text in said)


# ---- texts


def test_brief_is_one_page_and_its_picture_can_be_read():
    brief = case_text(SLUG, "brief")
    assert len(re.findall(r"\w+", brief)) < 400
    assert "[ref:" not in brief
    root = ElementTree.parse(shelves().cases / SLUG / "data" / "yard.svg").getroot()
    assert min(float(t.get("font-size")) for t in root.iter(SVG)) >= 15
    assert len(list(root.iter("{http://www.w3.org/2000/svg}rect"))) == 100
    assert 'alt="' in html(brief)


def test_every_decision_has_a_note_and_nothing_shouts():
    for name in ("exams", "override", "importer"):
        assert all(o.note for o in CASE.find(name).option), name
    assert not [t for _, t in units(CASE) if "!" in t]


# ---- on paper


def test_kit_decisions_are_whole_rounds():
    assert len(KIT["decision"]) == 8
    asked = {q.id for q in CASE.phase("declare", "decide")}
    for decision in KIT["decision"]:
        assert set(decision["answer"]) == asked
        for name, value in decision["answer"].items():
            question = CASE.find(name)
            live = kinds.live(question, kinds.normalise(question, json.loads(json.dumps(value))), engine("en"))
            assert live.answered, (decision["id"], name)
            assert not live.blocking
    metrics = [set(model.run(S, d["answer"]).metrics) for d in KIT["decision"]]
    for column in KIT["column"]:
        assert any(column["metric"] in m for m in metrics)


def test_guide_has_its_parts():
    guide = (shelves().curriculum / "guide" / f"{SLUG}.md").read_text(encoding="utf-8")
    for heading in ("## Run sheet", "## Three debrief questions", "## Red topics", "### Memo A", "### Memo B"):
        assert heading in guide
