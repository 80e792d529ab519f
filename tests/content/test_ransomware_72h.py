"""The case `ransomware_72h`: logs that disagree and hold, sealed messages, honest references."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from itertools import combinations
from xml.etree import ElementTree

import pytest

from itguide import keys, kinds, preflight, scoring
from itguide.answers import Round
from itguide.consequences import incident as told
from itguide.content import case_text, load_case, references
from itguide.examples import example_sheet, examples, read_all
from itguide.models import incident as model
from itguide.paths import shelves
from itguide.text import SOURCE, case_say, engine, html, units

SLUG = "ransomware_72h"
CASE = load_case(SLUG)
KEY = keys.load_key(SLUG)
S = model.scenario(CASE)
EXEMPLARS = examples(SLUG, "exemplars")
KIT = tomllib.loads((shelves().curriculum / "guide" / f"{SLUG}_kit.toml").read_text(encoding="utf-8"))


def share(sheet) -> float:
    earned = scoring.score(CASE, KEY, sheet)
    return earned.points / earned.maximum


def changed(exemplar, **other):
    sheet = example_sheet(CASE, exemplar)
    return replace(sheet, rounds=(Round(1, "", {}, {**sheet.rounds[-1].decision, **other}, {}),))


def test_exemplars_blank_and_samples_earn_what_is_stated() -> None:
    assert preflight.case_problems(SLUG) == []


def test_the_exemplars_disagree() -> None:
    for one, other in combinations(EXEMPLARS, 2):
        for question in ("first_duty", "funded", "release" if "treasury" in one.name + other.name else "restore"):
            assert one.answers[question] != other.answers[question]


@pytest.mark.parametrize("exemplar", EXEMPLARS, ids=lambda e: e.name)
def test_a_little_more_or_less_does_not_undo_an_exemplar(exemplar) -> None:
    for more in (-1, 1, 2):
        cap = max(exemplar.answers["cap"] + more, 1)
        assert share(changed(exemplar, cap=cap)) >= 0.9
    assert share(changed(exemplar, links="inside")) >= 0.9


def test_another_duty_needs_other_orders() -> None:
    """What serves one duty can fail another: slow assessed release is no help to goods, everybody's signature none to
    revenue."""
    by_name = {e.name: e for e in EXEMPLARS}
    slow = by_name["treasury_first"]
    assert share(changed(slow, first_duty="goods")) < share(changed(slow))
    assert share(changed(by_name["people_first"], release="all", cap=40)) >= 0.85
    assert share(changed(by_name["people_first"], release="all", cap=40, first_duty="revenue")) < 0.75


@pytest.mark.parametrize("exemplar", EXEMPLARS, ids=lambda e: e.name)
def test_what_harms_costs(exemplar) -> None:
    assert share(changed(exemplar, links="keep")) < share(changed(exemplar))
    assert share(changed(exemplar, restore="now")) < 0.9
    assert share(changed(exemplar, says=["fault"])) < 0.85
    assert share(changed(exemplar, says=["control", "data", "unknown"])) < share(changed(exemplar))


def test_the_references_of_the_debrief_are_the_models() -> None:
    for known in (KEY.reference.optimum, KEY.reference.baseline):
        m = model.run(S, {**known, "first_duty": "goods", "says": ["data"]}).metrics
        assert (m["wait"], m["queue_72"]) == (known["wait"], known["queue_72"])
    shortest = KEY.reference.optimum["wait"]
    for links in S.links:
        for release in S.release:
            for restore in S.restore.evidence:
                for third in ("drill", "offline", "watch"):  # without paper and contacts every queue is longer
                    given = {"links": links, "release": release, "cap": 40, "restore": restore}
                    m = model.run(S, {**given, "funded": ["paper", "contacts", third]}).metrics
                    assert m["wait"] >= shortest


def test_every_metric_of_key_and_question_exists() -> None:
    metrics = model.run(S, EXEMPLARS[0].answers).metrics
    wanted = {r.metric for r in KEY.rule if hasattr(r, "metric")} | {q.metric for q in CASE.question if q.metric}
    assert wanted | {c["metric"] for c in KIT["column"]} <= set(metrics)


def test_every_kit_decision_is_a_whole_round() -> None:
    say = engine(SOURCE)
    assert len(KIT["decision"]) == 8
    for decision in KIT["decision"]:
        answers = decision["answer"]
        for question in CASE.phase("declare", "decide"):
            live = kinds.live(question, kinds.normalise(question, answers[question.id]), say)
            assert live.answered, (decision["id"], question.id)
            assert not live.blocking
        assert set(answers) == {q.id for q in CASE.phase("declare", "decide")}
        assert read_all(CASE).items() <= answers.items()
        shown = told.explain(CASE, S, model.run(S, answers), answers, case_say(CASE, SOURCE), None)
        assert len(shown.lines) >= 3
        assert all(f.title and f.alt for f in shown.figures)
        assert "{" not in shown.headline + "".join(shown.lines + shown.cost)


def test_the_sealed_messages_on_paper_are_those_of_the_page() -> None:
    pages = {p["title"]: p["text"] for p in KIT["page"]}
    for question in CASE.question:
        if question.kind == "inject":
            text = pages[f"Sealed message: hour {question.hour:g}"]
            assert f"**{question.prompt}**" in text
            assert question.help.strip() in text


def test_the_orders_arrive_at_the_hours_of_the_messages() -> None:
    hours = {q.hour for q in CASE.question if q.kind == "inject"}
    assert hours == {S.orders.links, S.orders.release, S.orders.restore, S.orders.says}


def test_figures_told_in_words_are_the_models() -> None:
    usual, arrive = sum(t.waiting for t in S.streams), sum(t.arrive for t in S.streams)
    duty = sum(t.arrive * t.duty for t in S.streams) / 1000
    brief, notes = case_text(SLUG, "brief"), case_text(SLUG, "notes")
    assert f"{usual:.0f} containers" in brief
    assert f"{arrive:.0f} arrive every hour" in brief
    assert round(duty, 1) == 0.2
    assert "US$ 0.2 million" in brief
    assert 0.9 < 40 / (duty * 24 * 7 / 0.8) < 1.1, "forty million is a week of the State's customs revenue"
    assert f"takes {S.restore.test_drilled:.0f} hours and not {S.restore.test:.0f}" in notes
    assert f"{S.paper.rehearsed:.0f} containers an hour" in notes
    assert f"takes {S.restore.rebuild_offline:.0f} hours and the repair, and not {S.restore.rebuild:.0f}" in notes
    assert S.orders.late == 5
    assert CASE.scenario is not None
    assert all(p.invented for p in CASE.scenario.param.values())


def test_what_is_cited_is_printed_with_what_came_next() -> None:
    notes = "".join(o.note for q in CASE.question for o in q.option)
    cited = set(re.findall(r"\[ref:(\w+)\]", case_text(SLUG, "notes") + notes))
    assert cited == set(CASE.sources)
    assert {references()[r].status for r in cited} == {"P"}
    assert {"dhs_oig_2017_outage", "dhs_oig_2020_outage"} <= cited, "the finding and what was done next, together"


def test_words_are_short_and_unexcited() -> None:
    texts = [text for _, text in units(CASE)] + [case_text(SLUG, part) for part in ("brief", "notes")]
    assert not [t for t in texts if "!" in t.replace("![", "")]
    assert len(re.findall(r"\w+", case_text(SLUG, "brief"))) < 450
    assert all(len(q.prompt) <= 150 for q in CASE.question)
    noted = [q for q in CASE.phase("decide") + CASE.phase("declare") if q.option and q.id != "first_duty"]
    assert all(o.note for q in noted for o in q.option)


def test_the_drawing_is_readable_and_told() -> None:
    svg = ElementTree.parse(shelves().cases / SLUG / "data/clock.svg").getroot()
    words = list(svg.iter("{http://www.w3.org/2000/svg}text"))
    assert min(float(t.get("font-size", "0")) for t in words) >= 15
    alt = re.search(r'<img src="data/clock.svg" alt="([^"]+)"', html(case_text(SLUG, "brief")))
    assert alt
    assert all(word in alt.group(1) for word in ("budget", "seventy-two", "2, 9, 30 and 60"))
