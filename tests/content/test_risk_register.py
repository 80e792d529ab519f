"""The register: worth what its author claims, no figure of the model typed in prose, eight decisions for paper."""

from __future__ import annotations

import ast
import itertools
import re
import tomllib
from pathlib import Path
from xml.etree import ElementTree

import pytest

from itguide import consequences, kinds, preflight, scoring
from itguide.consequences import register as told
from itguide.content import case_text, load_case, references
from itguide.examples import example_sheet, examples
from itguide.keys import Metric, load_key
from itguide.models import register
from itguide.paths import shelves
from itguide.pseudo import PSEUDO
from itguide.text import case_say, engine, html, localised, units

SLUG = "risk_register"
CASE = load_case(SLUG)
KEY = load_key(SLUG)
S = register.scenario(CASE)
EXEMPLARS = examples(SLUG, "exemplars")
SAMPLES = examples(SLUG, "samples")
MINE = {e.name: e.rounds[-1] for e in EXEMPLARS}
GUIDE = shelves().curriculum / "guide"


# ---- the key


def test_exemplars_blank_and_samples_earn_what_is_stated():
    assert preflight.case_problems(SLUG) == []
    assert sum(KEY.automatic(q.id) for q in CASE.question) == 30
    for example in EXEMPLARS:
        assert scoring.score(CASE, KEY, example_sheet(CASE, example)).points == 30


def test_the_exemplars_disagree():
    assert len({d["accept"] for d in MINE.values()}) == 3
    for one, other in itertools.combinations(MINE.values(), 2):
        assert one["treat"] != other["treat"]
        assert sum(one["placing"][r] != other["placing"][r] for r in S.risks) >= 4
        assert one["trigger"] != other["trigger"]
    assert {d["wording"] for d in MINE.values()} == {"plain", "annex"}


def test_money_against_ones_own_squares_is_not_coherent():
    """The payments of one exemplar on the squares of another's opposite: the rating and the money must agree."""
    port, logs = MINE["what_the_port_has_seen"], MINE["what_the_logs_have_seen"]
    crossed = register.run(S, {**port, "treat": {"people": 1, "leak": 1, "supplier": 1}}).metrics
    assert crossed["own"] < 0.45
    assert register.run(S, {**logs, "treat": {"gate": 1, "payment": 1, "scanner": 1}}).metrics["own"] < 0.45


def test_every_exemplar_can_be_committed():
    for example in (*EXEMPLARS, *(s for s in SAMPLES if s.rounds)):
        for question in CASE.phase("predict", "decide"):
            if question.id not in example.answers and not question.required:
                continue
            live = kinds.live(question, kinds.normalise(question, example.answers[question.id]), engine("en"))
            assert live.answered or not question.required
            assert not live.blocking, (example.name, question.id)


def test_every_acceptance_but_the_offence_has_a_trigger_of_its_own():
    pairs = next(r for r in KEY.rules("trigger")).pairs
    full = {pair.split(".")[1] for pair, share in pairs.items() if share == 1}
    assert full == {o.id for o in CASE.find("accept").option} - {"insider"}
    assert not S.accepted["insider"]


def test_what_the_key_reads_exists():
    metrics = register.run(S, MINE["whoever_is_right"]).metrics
    assert {r.metric for q in CASE.question for r in KEY.rules(q.id) if isinstance(r, Metric)} <= set(metrics)
    assert CASE.find("expect_spread").metric in metrics


def test_the_references_of_the_debrief_are_the_models():
    best = KEY.reference.optimum
    tried = {
        chosen: min(register._bought(S, squares, chosen) for squares in S.views.values())
        for size in range(1, len(S.cost) + 1) for chosen in itertools.combinations(S.cost, size)
        if sum(S.cost[a] for a in chosen) <= S.budget + 1e-9
    }  # fmt: skip
    first = max(tried, key=lambda c: tried[c])
    assert set(first) == set(best["treat"])
    assert round(tried[first], 3) == best["robust"]
    metrics = register.run(S, {}).metrics
    assert {k: metrics[k] for k in KEY.reference.baseline} == KEY.reference.baseline
    sample = next(e for e in SAMPLES if e.name == "optimum_without_reasons").rounds[-1]
    assert set(sample["treat"]) == set(best["treat"])


# ---- figures


def test_no_figure_of_the_model_is_typed():
    """Sentences hold places, not digits; the brief holds what the scenario holds."""
    for name, sentence in CASE.sentence.items():
        assert not re.search(r"\d", re.sub(r"\{[^}]*\}", "", sentence.other)), name
    brief = case_text(SLUG, "brief")
    plain = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", brief)
    assert set(re.findall(r"\d+(?:\.\d+)?", plain)) == {"5.8", "2.4", "3"}
    assert sum(S.cost.values()) == pytest.approx(5.8)
    assert (S.budget, S.appetite, S.alarm, len(S.risks), len(S.rates), len(S.losses)) == (2.4, 0.5, 10, 9, 5, 5)
    assert S.risks.index("insider") == 2, "the brief and a sentence call it risk 3"
    assert 230 <= len(plain.split()) <= 350
    notes = re.sub(r"\[ref:[^\]]*\]|^\d\.", "", case_text(SLUG, "notes"), flags=re.M)
    assert set(re.findall(r"\d+", notes)) <= {"2005", "2023"}
    guide = (GUIDE / f"{SLUG}.md").read_text(encoding="utf-8")
    assert not re.search(r"\d+(\.\d+)? (million|per cent|times)", guide)


def test_bands_are_what_rows_and_columns_say():
    grid = CASE.find("placing")
    for row, years in (("rare", (50, 500)), ("unlikely", (10, 50)), ("possible", (2, 10))):
        band = S.rates[row]
        assert (1 / band.high, 1 / band.low) == pytest.approx(years)
        detail = next(r.detail for r in grid.row if r.id == row)
        assert [int(n) for n in re.findall(r"\d+", detail)] == list(years)
    for named, band in [*((r, S.rates[r.id]) for r in grid.row[3:]), *((c, S.losses[c.id]) for c in grid.column[1:])]:
        assert [float(n) for n in re.findall(r"[\d.]+", named.detail)] == [band.low, band.high]


def test_details_of_the_asks_are_the_models():
    """Half as many, six in ten, seven in ten: what the cards say is what the scenario does."""
    assert (S.effect["people"]["people"][0], S.effect["leak"]["leak"][0], S.effect["scanner"]["scanner"][0]) == (
        0.5, 0.5, 0.5)  # fmt: skip
    assert S.effect["gate"]["gate"][0] == pytest.approx(1 - 0.6)
    assert S.effect["payment"]["payment"][0] == pytest.approx(1 - 0.7)
    assert S.effect["centre"]["ransom"][1] < 1


# ---- the consequence


@pytest.mark.parametrize("name", sorted(MINE))
def test_consequence_is_whole(name):
    answers = MINE[name]
    outcome, before = register.run(S, answers), register.run(S, SAMPLES[0].rounds[-1])
    for previous in (None, before):
        shown = told.explain(CASE, S, outcome, answers, case_say(CASE, "en"), previous)
        assert [f.id for f in shown.figures] == ["survive", "money", "order"]
        assert shown.headline
        assert shown.cost
        for figure in shown.figures:
            root = ElementTree.fromstring(figure.svg)
            sizes = [float(t.get("font-size")) for t in root.iter("{http://www.w3.org/2000/svg}text")]
            assert min(sizes) >= 15
            assert figure.title
            assert figure.alt
            assert figure.rows
            assert all(len(row) == len(figure.columns) for row in figure.rows)
            assert figure.source
    causes = told.why(CASE, S, answers, case_say(CASE, "en"))
    assert len(causes) == len(answers["treat"]) + told.REFUSED
    assert max(abs(c.share) for c in causes) == 1


@pytest.mark.parametrize("example", [e for e in SAMPLES if e.rounds], ids=lambda e: e.name)
def test_every_register_can_be_told(example):
    answers = example.rounds[-1]
    shown = told.explain(CASE, S, register.run(S, answers), answers, case_say(CASE, "en"), None)
    assert len(shown.figures) == 3
    assert told.why(CASE, S, answers, case_say(CASE, "en"))


def test_every_wording_has_the_auditors_answer():
    assert all(f"wording_{o.id}" in CASE.sentence for o in CASE.find("wording").option)


def test_every_word_goes_through_the_catalogue():
    answers = MINE["what_the_logs_have_seen"]
    shown = told.explain(localised(CASE, PSEUDO), S, register.run(S, answers), answers, case_say(CASE, PSEUDO), None)
    for text in (shown.headline, *shown.lines, *shown.cost, *(f.title for f in shown.figures)):
        assert "⟦" in text or not re.search(r"[A-Za-z]{4}", text), text
    assert len(list(units(CASE))) > 150


def test_no_sentence_in_the_consequence():
    source = Path(consequences.__file__).with_name("register.py").read_text(encoding="utf-8")
    tree = ast.parse(source)
    named = (n for n in ast.walk(tree) if isinstance(n, ast.Module | ast.FunctionDef | ast.ClassDef))
    docs = {id(n.body[0].value) for n in named if isinstance(n.body[0], ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            assert len(node.value.split()) < 3, node.value


# ---- texts and paper


def test_sources_are_printable_and_cited():
    known = references()
    notes = case_text(SLUG, "notes") + " ".join(q.explain for q in CASE.question)
    for ref in CASE.sources:
        assert ref in known
        assert f"[ref:{ref}]" in notes
    assert "According to" in notes, "the article is cited cautiously"
    assert html(notes)


def test_eight_decisions_for_paper_are_complete_rounds():
    kit = tomllib.loads((GUIDE / f"{SLUG}_kit.toml").read_text(encoding="utf-8"))
    assert kit["case"] == SLUG
    assert len(kit["decision"]) == 8
    metrics = register.run(S, MINE["whoever_is_right"]).metrics
    assert all(c["metric"] in metrics for c in kit["column"])
    for decision in kit["decision"]:
        for question in CASE.phase("declare", "decide"):
            if question.id not in decision["answer"]:
                assert not question.required, (decision["id"], question.id)
                continue
            live = kinds.live(question, kinds.normalise(question, decision["answer"][question.id]), engine("en"))
            assert live.answered or not question.required
            assert not live.blocking, (decision["id"], question.id)
        given = decision["answer"]
        assert told.explain(CASE, S, register.run(S, given), given, case_say(CASE, "en"), None).figures
    assert len({str(d["answer"]) for d in kit["decision"]}) == 8


def test_paper_carries_the_squares_and_the_evidence_of_the_case():
    grid = CASE.find("placing")
    rows, columns = ({n.id: n.label for n in named} for named in (grid.row, grid.column))
    paper = (GUIDE / f"{SLUG}_kit.toml").read_text(encoding="utf-8")
    for option in grid.option:
        assert option.label in paper
        for seen in option.seen:
            assert f"**{rows[seen.row]}, {columns[seen.column].lower()}.** {seen.detail}" in paper
    assert all(f"{n.label}**: {n.detail}" in paper for n in grid.row)
    assert all(f"{n.label}: {n.detail}" in paper for n in grid.column)
