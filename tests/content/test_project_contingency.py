"""The case of the tail: worth what its author claims, no figure of the model typed in prose."""

from __future__ import annotations

import ast
import itertools
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from itguide import consequences, kinds, preflight, scoring
from itguide.consequences import contingency as told
from itguide.content import case_text, load_case, references
from itguide.examples import example_sheet, examples
from itguide.keys import load_key
from itguide.models import contingency, sampling
from itguide.paths import shelves
from itguide.pseudo import PSEUDO
from itguide.text import case_say, engine, html, localised, units
from pseudo_telling import assert_nothing_stays_plain

SLUG = "project_contingency"
CASE = load_case(SLUG)
KEY = load_key(SLUG)
S = contingency.scenario(CASE)
EXEMPLARS = examples(SLUG, "exemplars")
SAMPLES = examples(SLUG, "samples")
SEEDS = (1, 2, 3, 4, 5)
MINE = {e.name: e.rounds[-1] for e in EXEMPLARS}


# ---- the key


def test_exemplars_blank_and_samples_earn_what_is_stated():
    assert preflight.case_problems(SLUG) == []
    assert sum(KEY.automatic(q.id) for q in CASE.question) == 40
    assert sum(c.points for c in KEY.criterion) == 8


def test_the_exemplars_disagree():
    assert {d["shape"] for d in MINE.values()} == {"one", "two", "five"}
    for one, other in itertools.combinations(MINE.values(), 2):
        assert one["least_bear"] != other["least_bear"]
        assert sum(one[q] != other[q] for q in one) >= 6


def test_each_exemplar_fails_another_declaration():
    """The plans are not good for everyone: each invites a fear that another exemplar's author could not live with."""
    for decision in MINE.values():
        kept = [contingency.run(S, {**decision, "least_bear": fear}).metrics["kept_away"] for fear in S.fears]
        assert min(kept) < 0.4
        assert max(kept) >= 0.9


@pytest.mark.parametrize("example", [*EXEMPLARS, *SAMPLES], ids=lambda e: e.name)
def test_scores_hold_for_other_futures(example, monkeypatch):
    sheet = example_sheet(CASE, example)
    usual = scoring.score(CASE, KEY, sheet).points
    for seed in SEEDS:
        futures = sampling.other("contingency", seed)
        with monkeypatch.context() as patch:
            patch.setattr(scoring, "_metrics", lambda _, d, f=futures: contingency.run(S, d, f).metrics)
            assert scoring.score(CASE, KEY, sheet).points == usual, seed


def test_the_references_of_the_debrief_are_the_models():
    best = KEY.reference.optimum
    order = ["declarations", "cargo", "payment", "risk", "agencies"]
    tried = {}
    for shape, stop, who in itertools.product(S.shapes, S.stops, S.pullers):
        found = contingency.run(
            S, {"order": order, "shape": shape, "stop_at": stop, "measured_by": "gates", "who_stops": who,
                "holder": "treasury", "reserve": 5},
        ).metrics  # fmt: skip
        if found["worth"] >= 72 and found["p_unfunded"] <= 0.1:
            tried[found["worst_mean"]] = (shape, stop, who), found
    chosen, found = tried[min(tried)]
    assert chosen == (best["shape"], best["stop_at"], best["who_stops"])
    assert {k: found[k] for k in ("worst_mean", "p_all", "p_nothing")} == {
        k: best[k] for k in ("worst_mean", "p_all", "p_nothing")
    }
    naive = contingency.rivals(S)["one_never"].metrics
    assert {k: naive[k] for k in KEY.reference.baseline} == KEY.reference.baseline
    sample = next(e for e in SAMPLES if e.name == "optimum_without_reasons").rounds[-1]
    assert all(sample[k] == best[k] for k in ("shape", "stop_at", "measured_by", "who_stops"))


def test_every_exemplar_can_be_committed():
    for example in EXEMPLARS:
        for question in CASE.phase("declare", "decide"):
            live = kinds.live(question, kinds.normalise(question, example.rounds[-1][question.id]), engine("en"))
            assert live.answered
            assert not live.blocking
        assert len(example.answers["minister"].split()) <= CASE.find("minister").words


def test_no_shape_and_no_holder_outside_the_project_is_worth_more():
    assert {r.check for r in KEY.rules("shape")} == {"metric"}
    pairs = next(r for r in KEY.rules("holder")).pairs
    for who in S.pullers:
        assert pairs[f"treasury.{who}"] == pairs[f"dg.{who}"]


# ---- figures


def test_no_figure_of_the_model_is_typed():
    """Sentences hold places, not digits; brief and cards hold scenario inputs and nothing else."""
    for name, sentence in CASE.sentence.items():
        words = re.sub(r"\{[^}]*\}", "", sentence.other)
        if name != "source_law":
            assert not re.search(r"\d", words.replace("of 100", "")), name
    value = {k: p.value for k, p in CASE.scenario.param.items()}
    law, shapes = value["law"], S.shapes
    inputs = {
        value["estimate"], value["feared_cost"], value["deadline"], value["more_money"]["wait"],
        100 * law["body"], 100 - 100 * law["body"], 100 * law["high"], -100 * law["low"],
        *(s.months for s in shapes.values()), *(100 * s.overhead for s in shapes.values()),
        100 * max(m.fee for m in S.measures.values()),
    }  # fmt: skip
    allowed = {str(round(x)) for x in inputs}
    texts = [case_text(SLUG, "brief")]
    texts += [t for q in CASE.phase("declare", "decide") for o in q.option for t in (o.label, o.detail)]
    for text in texts:
        assert set(re.findall(r"\d+", text)) <= allowed, text
    plain = re.sub(r"\[ref:[^\]]*\]|^\d\.", "", case_text(SLUG, "notes"), flags=re.M)
    published = {"5,392", "1,355", "54", "23", "2002", "90", "2013", "2018"}
    assert set(re.findall(r"\d[\d,]*\d|\d", plain)) <= published
    guide = (shelves().curriculum / "guide" / f"{SLUG}.md").read_text(encoding="utf-8")
    assert "million" in guide
    assert not re.search(r"\d+(\.\d+)? (million|futures|per cent)", guide)


def test_words_of_the_cards_are_the_scenarios():
    assert S.pullers["treasury"].ends_all
    assert S.holders["treasury"].months == 3
    assert S.holders["dg"].months == 1
    assert [S.stops[i] for i in ("half_more", "double", "triple")] == [1.5, 2, 3]
    assert "Half of the time" in CASE.find("reserve").help
    assert CASE.scenario["more_money"] == {"refusal": 0.5, "wait": 9}
    assert len(S.modules) == 5
    assert sum(m.worth for m in S.modules) == 100
    assert "four thousand futures" in case_text(SLUG, "brief")
    assert len(sampling.load(S.inputs).cost) == 4000


# ---- the consequence


@pytest.mark.parametrize("name", sorted(MINE))
def test_consequence_is_whole(name):
    answers = MINE[name]
    outcome = contingency.run(S, answers)
    before = contingency.run(S, SAMPLES[0].rounds[-1])
    for previous in (None, before):
        shown = told.explain(CASE, S, outcome, answers, case_say(CASE, "en"), previous)
        assert [f.id for f in shown.figures] == ["money", "others", "fates", "announced"]
        assert any("middle one of the worst tenth" in line for line in shown.lines)
        for figure in shown.figures:
            root = ElementTree.fromstring(figure.svg)
            sizes = [float(t.get("font-size")) for t in root.iter("{http://www.w3.org/2000/svg}text")]
            assert min(sizes) >= 15
            assert all(len(row) == len(figure.columns) for row in figure.rows)
            assert figure.rows
            assert figure.source
    causes = told.why(CASE, S, answers, case_say(CASE, "en"))
    assert len(causes) == 6
    assert abs(causes[0].share) == 1
    assert all(-1 <= c.share <= 1 for c in causes)


def test_every_kind_of_story_is_told():
    """Stopped, refused and run to the end: each is the middle of some plan's worst tenth."""
    kinds_met = set()
    for stop, reserve in itertools.product(("never", "double"), (0, 10, 60)):
        answers = {**MINE["one_contract_early_gates"], "stop_at": stop, "measured_by": "spent", "reserve": reserve}
        outcome = contingency.run(S, answers)
        kinds_met.add(outcome.story.kind)
        assert told.explain(CASE, S, outcome, answers, case_say(CASE, "en"), None).lines
    assert kinds_met == {"stopped", "refused", "ran"}


def test_every_word_goes_through_the_catalogue():
    answers = MINE["five_modules_stop_at_twice"]
    outcome = contingency.run(S, answers)
    new = told.explain(localised(CASE, PSEUDO), S, outcome, answers, case_say(CASE, PSEUDO), None)
    old = told.explain(CASE, S, outcome, answers, case_say(CASE, "en"), None)
    assert_nothing_stays_plain(new, old)


def test_every_sentence_is_used_and_every_used_one_is_there():
    folder = Path(consequences.__file__).parent
    used: set[str] = set()
    for name in ("contingency.py", "contingency_figures.py"):
        for node in ast.walk(ast.parse((folder / name).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                used |= {node.value.removeprefix("sentence."), f"column_{node.value}", f"fate_{node.value}"}
    used |= {f"rival_{r}" for r in (*S.rivals, "mine")} | {f"quantile_{q}" for q in (50, 80, 90, 95)}
    used |= {f"story_{k}" for k in ("stopped", "refused", "ran")}
    assert set(CASE.sentence) - used == set()


# ---- texts


def test_references_may_be_printed_and_a_difficulty_has_its_sequel():
    text = case_text(SLUG, "notes") + "".join(t for _, t in units(CASE))
    cited = set(re.findall(r"\[ref:([^\]]+)\]", text))
    assert cited
    assert cited | set(CASE.sources) <= set(references())
    for name in cited:
        if references()[name].status == "cautious":
            sentences = [x for x in re.split(r"(?<=[.;])\s", text) if f"ref:{name}" in x]
            assert all("According to" in x for x in sentences), name
    assert any("gao_2002_ace" in p and "gao_2018_ace" in p for p in case_text(SLUG, "notes").split("\n\n"))


def test_brief_is_one_page_and_its_picture_can_be_read():
    brief = case_text(SLUG, "brief")
    assert len(re.findall(r"\w+", brief)) < 480
    assert "[ref:" not in brief
    root = ElementTree.parse(shelves().cases / SLUG / "data" / "tail.svg").getroot()
    assert min(float(t.get("font-size")) for t in root.iter("{http://www.w3.org/2000/svg}text")) >= 15
    assert 'alt="' in html(brief)


def test_every_decision_has_a_note_somewhere_and_nothing_shouts():
    for name in ("shape", "measured_by", "who_stops", "holder"):
        assert all(o.note for o in CASE.find(name).option), name
    assert not [t for _, t in units(CASE) if "!" in t]


# ---- on paper


def test_guide_has_its_parts():
    guide = (shelves().curriculum / "guide" / f"{SLUG}.md").read_text(encoding="utf-8")
    for heading in ("## Run sheet", "## Three debrief questions", "## Red topics", "### Memo A", "### Memo B"):
        assert heading in guide
