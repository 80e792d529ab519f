"""The case `commitments_due`: exemplars that disagree and hold, rules as the references state them, honest words."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations
from xml.etree import ElementTree

import pytest

from itguide import keys, preflight, scoring
from itguide.answers import Round
from itguide.content import case_text, load_case, references
from itguide.examples import example_sheet, examples
from itguide.models import commitments as model
from itguide.paths import shelves
from itguide.text import html, units

SLUG = "commitments_due"
CASE = load_case(SLUG)
KEY = keys.load_key(SLUG)
S = model.scenario(CASE)
EXEMPLARS = examples(SLUG, "exemplars")
ROUTED = [o.id for o in CASE.find("routes").option]


def share(sheet) -> float:
    earned = scoring.score(CASE, KEY, sheet)
    return earned.points / earned.maximum


def changed(exemplar, **other):
    sheet = example_sheet(CASE, exemplar)
    return replace(sheet, rounds=(Round(1, "", {}, {**sheet.rounds[-1].decision, **other}, {}),))


def test_exemplars_blank_and_samples_earn_what_is_stated() -> None:
    assert preflight.case_problems(SLUG) == []
    assert [share(example_sheet(CASE, e)) for e in EXEMPLARS] == [1.0] * 3


def test_the_exemplars_disagree() -> None:
    for one, other in combinations(EXEMPLARS, 2):
        assert one.answers["owe_most"] != other.answers["owe_most"]
        assert one.answers["routes"] != other.answers["routes"]
        assert one.answers["work"] != other.answers["work"]


@pytest.mark.parametrize("exemplar", EXEMPLARS, ids=lambda e: e.name)
@pytest.mark.parametrize("months", [-3, -1, 1, 3])
def test_a_month_more_or_less_does_not_undo_an_exemplar(exemplar, months: int) -> None:
    assert share(changed(exemplar, months=exemplar.answers["months"] + months)) >= 0.9


@pytest.mark.parametrize("exemplar", EXEMPLARS, ids=lambda e: e.name)
@pytest.mark.parametrize("route", ["lapse", "declare"])
def test_silence_and_untruth_cost_and_lawful_minimal_routes_do_not(exemplar, route: str) -> None:
    for measure in ROUTED:
        if measure != "window":  # to call an endeavour implemented can be argued in the open
            routes = {**exemplar.answers["routes"], measure: route}
            assert share(changed(exemplar, routes=routes)) <= 0.8
    routes = dict.fromkeys(ROUTED, "extend")
    moved = changed(exemplar, routes=routes, months=18, months_window=18, owe_most="truth", gives_way="date",
                    notice_says=["new_date", "reasons", "state"], work=EXEMPLARS[0].answers["work"])  # fmt: skip
    assert share(moved) >= 0.9


def test_the_references_of_the_debrief_are_the_models() -> None:
    base = EXEMPLARS[0].answers | {"months": 18, "months_window": 18}
    base |= {"work": dict(zip(ROUTED, (1, 1, 1, 2, 2), strict=True)), "notice_when": "now",
             "notice_says": ["new_date", "reasons"]}  # fmt: skip
    for told in (KEY.reference.optimum, KEY.reference.baseline):
        m = model.run(S, base | {"routes": dict.fromkeys(ROUTED, told["route"])}).metrics
        assert m["p_breach"] == told["p_breach"]


def test_the_rules_are_those_the_references_state() -> None:
    said = " ".join(references()["wto_tfad_article_17"].says)
    assert f"at least {S.rules.notice_days} days before" in said
    assert f"at most {S.rules.automatic_months} months" in said
    assert CASE.scenario is not None
    assert [n for n, p in CASE.scenario.param.items() if not p.invented] == ["rules"]
    notes = case_text(SLUG, "notes")
    for figure in ("45 members", "303 measures", "204 requests", "36 with another"):
        assert figure in notes
        assert figure in said
    shifts = " ".join(references()["wto_tfad_article_19"].says)
    assert "48 measures shifted from B to C and 110 from C to B" in notes
    assert "48 measures shifted from B to C and 110 from C to B" in shifts
    cited = set(re.findall(r"\[ref:(\w+)\]", notes + case_text(SLUG, "brief")))
    assert cited <= set(CASE.sources)


def test_the_briefs_table_and_the_pages_dates_are_the_models() -> None:
    rows = [[c.strip() for c in r.strip("| ").split("|")] for r in case_text(SLUG, "brief").splitlines() if "|" in r]
    for measure, row in zip(S.measures, rows[2:], strict=True):
        by = model.notice_by(measure.due, S.rules.notice_days)
        assert row[2][0].lower() == measure.category
        assert row[3] == f"{measure.due.day} {measure.due:%b %Y}"
        assert row[4] == f"{by.day} {by:%b %Y}"
        assert row[5].split()[0] == str(measure.periods)
        detail = CASE.find("routes").find(measure.id).detail
        assert f"Due {measure.due.day} {measure.due:%B %Y}; last day for a notice {by.day} {by:%B %Y}." in detail


def test_the_notes_table_is_the_models() -> None:
    rows = [[c.strip() for c in r.strip("| ").split("|")] for r in case_text(SLUG, "notes").splitlines() if "|" in r]
    for n, measure in enumerate(S.measures):
        period = 1 if n < 3 else 2
        chances = [model.finished(S, measure, period, model.add_months(measure.due, m)) for m in (0, 9, 18)]
        assert rows[2 + n][1:] == [f"{100 * c:.0f}" for c in chances]


def test_words_are_short_and_unexcited() -> None:
    texts = [text for _, text in units(CASE)] + [case_text(SLUG, part) for part in ("brief", "notes")]
    assert not [t for t in texts if "!" in t.replace("![", "")]
    assert len(re.findall(r"\w+", case_text(SLUG, "brief"))) < 560
    assert all(len(q.prompt) <= 150 for q in CASE.question)
    assert all(o.note for o in CASE.find("routes").option)


def test_the_drawing_is_readable_and_told() -> None:
    svg = ElementTree.parse(shelves().cases / SLUG / "data/calendar.svg").getroot()
    words = list(svg.iter("{http://www.w3.org/2000/svg}text"))
    assert min(float(t.get("font-size", "0")) for t in words) >= 15
    alt = re.search(r'<img src="data/calendar.svg" alt="([^"]+)"', html(case_text(SLUG, "brief")))
    assert alt
    assert all(word in alt.group(1) for word in ("2 September", "election", "31 December", "30 June"))
