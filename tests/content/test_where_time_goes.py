"""The case of the two figures: worth what its author claims, and true to its log in every word."""

from __future__ import annotations

import ast
import itertools
import re
import tomllib
from pathlib import Path
from xml.etree import ElementTree

import pytest

from itguide import consequences, kinds, preflight, scoring
from itguide.consequences import event_log as told
from itguide.content import case_text, load_case, references
from itguide.examples import example_sheet, examples
from itguide.keys import Metric, load_key
from itguide.models import event_log, event_log_data
from itguide.paths import shelves
from itguide.pseudo import PSEUDO
from itguide.text import case_say, engine, html, localised, units
from pseudo_telling import assert_nothing_stays_plain

SLUG = "where_time_goes"
CASE = load_case(SLUG)
KEY = load_key(SLUG)
S = event_log.scenario(CASE)
EXEMPLARS = examples(SLUG, "exemplars")
SAMPLES = examples(SLUG, "samples")
EVERY = {e.name: dict(e.answers) for e in (*EXEMPLARS, *SAMPLES)}
GUIDE = shelves().curriculum / "guide"
KIT = tomllib.loads((GUIDE / f"{SLUG}_kit.toml").read_text(encoding="utf-8"))


MONTHS = [event_log_data.log(event_log_data.generate(seed)) for seed in (1, 2, 3, 4, 5)]


def decided(answers):
    return {q.id: answers[q.id] for q in CASE.phase("declare", "decide")}


# ---- the key


def test_exemplars_blank_and_samples_earn_what_is_stated():
    assert preflight.case_problems(SLUG) == []
    assert sum(KEY.automatic(q.id) for q in CASE.question) == 27
    assert len(EXEMPLARS) == 3
    assert len(SAMPLES) >= 3


def test_the_exemplars_disagree():
    for one, other in itertools.combinations(EXEMPLARS, 2):
        a, b = decided(one.answers), decided(other.answers)
        assert a["for_what"] != b["for_what"]
        assert sum(a[q] != b[q] for q in a) >= 5
    assert {e.answers["charged"] for e in EXEMPLARS} == {"customs", "rule", "others"}


def test_each_exemplar_fails_another_purpose():
    for example, purpose in itertools.product(EXEMPLARS, S.purposes):
        found = event_log.run(S, {**decided(example.answers), "for_what": purpose}).metrics["fit"]
        assert (found == 1) is (purpose == example.answers["for_what"])


@pytest.mark.parametrize("example", [*EXEMPLARS, *SAMPLES], ids=lambda e: e.name)
def test_scores_hold_for_other_months(example, monkeypatch):
    sheet = example_sheet(CASE, example)
    usual = scoring.score(CASE, KEY, sheet).points
    for month in MONTHS:
        with monkeypatch.context() as patch:
            patch.setattr(scoring, "_metrics", lambda _, d, m=month: event_log.run(S, d, m).metrics)
            assert scoring.score(CASE, KEY, sheet).points == usual


def test_the_fourth_purpose_can_be_served_as_well(monkeypatch):
    answers = {**EVERY["for_importers"], "for_what": "reform", "statistic": "mean",
               "beside": ["tail", "holders", "as_last_year"]}  # fmt: skip
    example = EXEMPLARS[0].model_copy(update={"answers": answers})
    assert scoring.score(CASE, KEY, example_sheet(CASE, example)).points == 27


def test_no_purpose_and_no_name_is_worth_more():
    assert {r.question for r in KEY.rule} == {q.id for q in CASE.question if q.points}
    assert "charged" not in {r.question for r in KEY.rule}
    assert all(isinstance(r, Metric) for r in KEY.rule)
    metrics = event_log.run(S, decided(EVERY["for_importers"])).metrics
    assert {r.metric for r in KEY.rule} <= set(metrics)


def test_the_references_of_the_debrief_are_the_models():
    ours = event_log.run(S, decided(EVERY["for_importers"])).metrics
    assert {k: ours[k] for k in KEY.reference.optimum} == KEY.reference.optimum
    naive = event_log.run(S, decided(EVERY["two_hours_and_proud"])).metrics
    assert {k: naive[k] for k in KEY.reference.baseline} == KEY.reference.baseline


# ---- words and numbers


def test_the_brief_is_true_of_the_log():
    brief, table = case_text(SLUG, "brief"), event_log_data.frame()
    port = table.place == "port"
    whole = (table.gate - table.arrived).dt.total_seconds() / 3600
    assert 9 < whole[port].mean() / 24 < 10  # "More than nine days"
    assert ((table.released - table.paid).dt.total_seconds() / 3600).median() < 2.5  # "Two hours"
    assert f"{len(table):,}" in brief
    assert len(event_log_data.EVENTS) == 12
    for reader, unit in (("neighbour", "hours"), ("last_year", "hours")):
        assert f"{S.reader(reader).published:g} {unit}" in brief
    details = {o.id: o.detail for o in CASE.find("population").option}
    assert f"{100 * port.mean():.0f} declarations" in details["port"]
    assert f"{100 * (table.lane != 'red').mean():.0f} of a hundred" in details["unexamined"]
    assert (whole <= 14 * 24).mean() == pytest.approx(0.9, abs=0.02)


def test_the_container_in_the_picture_is_in_the_log():
    picture = (shelves().cases / SLUG / "data" / "one_container.svg").read_text(encoding="utf-8")
    row = event_log_data.frame().loc[3805]
    assert row.place == "port"
    drawn = set(re.findall(r">([A-Z][a-z]{2} \d\d:\d\d)<", picture))
    assert drawn == {f"{row[e]:%a %H:%M}" for e in event_log_data.EVENTS}
    root = ElementTree.fromstring(picture)
    sizes = [float(t.get("font-size")) for t in root.iter("{http://www.w3.org/2000/svg}text")]
    assert min(sizes) >= 15
    assert "9 days and 18 hours" in picture
    assert round((row.gate - row.arrived).total_seconds() / 3600) == 9 * 24 + 18
    assert (row.released - row.paid).total_seconds() == (60 + 38) * 60


def test_what_the_notes_say_of_the_bank_and_the_neighbour_is_so():
    m = event_log.run(S, decided(EVERY["beside_the_neighbour"])).metrics
    theirs = S.reader("neighbour").published
    assert m["figure"] > theirs  # "counted alike, Altamar is the slower"
    assert m["figure"] - m["disputed"] < theirs / 2
    last = event_log.run(S, decided(EVERY["have_we_improved"])).metrics
    assert last["figure"] < S.reader("last_year").published


def test_brief_is_one_page():
    brief = case_text(SLUG, "brief")
    words = re.sub(r"!\[[^\]]*\]\([^)]*\)|\|", " ", brief)
    assert 230 < len(re.findall(r"\w+", words)) < 370
    assert 'alt="' in html(brief)


def test_no_figure_of_the_model_is_typed():
    for name, sentence in CASE.sentence.items():
        if name not in {"source"} and not name.startswith("bin_"):
            words = re.sub(r"\{[^}]*\}", "", sentence.other).replace("of 100", "")
            assert not re.search(r"\d", words), name
    plain = re.sub(r"\[ref:[^\]]*\]|^\d\.", "", case_text(SLUG, "notes"), flags=re.M)
    published = {"2012", "2.6", "60.7", "2019", "9.7", "47", "38", "9", "6", "2023", "6,000"}
    assert set(re.findall(r"\d[\d,.]*\d|\d", plain)) <= published


def test_references_may_be_printed_and_a_difficulty_has_its_sequel():
    text = case_text(SLUG, "notes") + "".join(t for _, t in units(CASE))
    cited = set(re.findall(r"\[ref:([^\]]+)\]", text))
    assert cited == set(CASE.sources)
    assert cited <= set(references())
    for name in cited:
        if references()[name].status == "cautious":
            sentences = [x for x in re.split(r"(?<=[.])\s", text) if f"ref:{name}" in x]
            assert all("According to" in x for x in sentences), name
    assert any("rfb_2020_trs" in p and "rfb_trs_page" in p for p in case_text(SLUG, "notes").split("\n\n"))


def test_every_choice_has_a_note_and_nothing_shouts():
    for name in ("span", "population", "statistic", "charged"):
        assert all(o.note for o in CASE.find(name).option), name
    assert not [t for _, t in units(CASE) if "!" in t]


# ---- the consequence


@pytest.mark.parametrize("name", sorted(EVERY))
def test_consequence_is_whole(name):
    answers = decided(EVERY[name])
    outcome, before = event_log.run(S, answers), event_log.run(S, decided(EVERY["two_hours_and_proud"]))
    for previous in (None, before):
        shown = told.explain(CASE, S, outcome, answers, case_say(CASE, "en"), previous)
        assert [f.id for f in shown.figures] == ["hundred", "readers", "journey"]
        for figure in shown.figures:
            root = ElementTree.fromstring(figure.svg)
            assert min(float(t.get("font-size")) for t in root.iter("{http://www.w3.org/2000/svg}text")) >= 15
            assert figure.title
            assert figure.alt
            assert figure.source
            assert figure.rows
            assert all(len(row) == len(figure.columns) for row in figure.rows)
        assert shown.cost
    hundred = ElementTree.fromstring(shown.figures[0].svg)
    panels = 1 if answers["span"] == "arrival_gate" else 2
    assert len(list(hundred.iter("{http://www.w3.org/2000/svg}circle"))) == 100 * panels
    causes = told.why(CASE, S, answers, case_say(CASE, "en"))
    assert len(causes) == 4
    assert abs(causes[0].share) == 1


def test_whoever_is_not_told_beforehand_is_quoted():
    for answers in EVERY.values():
        outcome = event_log.run(S, decided(answers))
        shown = told.explain(CASE, S, outcome, decided(answers), case_say(CASE, "en"), None)
        untold = sum(
            1 for r in outcome.readings if S.reader(r.reader).sentence and event_log.apart(S, r) and not r.said
        )
        assert sum("“" in line for line in shown.cost) == untold


def test_every_word_goes_through_the_catalogue():
    answers = decided(EVERY["two_hours_and_proud"])
    outcome = event_log.run(S, answers)
    new = told.explain(localised(CASE, PSEUDO), S, outcome, answers, case_say(CASE, PSEUDO), None)
    old = told.explain(CASE, S, outcome, answers, case_say(CASE, "en"), None)
    assert_nothing_stays_plain(new, old)


def test_every_sentence_is_used_and_every_used_one_is_there():
    folder = Path(consequences.__file__).parent
    used: set[str] = set()
    for name in ("event_log.py", "event_log_figures.py"):
        for node in ast.walk(ast.parse((folder / name).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                used |= {node.value, f"column_{node.value}"}
    spoken = {r.id for r in S.readers if r.sentence}
    used |= {f"quote_{r}" for r in spoken} | {f"reader_{r}" for r in spoken}
    used |= {f"claim_{c}" for c in S.claims} | {f"step_{t.event}" for t in S.segments}
    used |= {f"{kind}_{h}" for kind in ("holder", "cost") for h in ("customs", "rule", "others")}
    used |= {"journey_neighbour", "journey_last_year"}
    used |= {f"state_{x}" for x in ("said", "explained", "alike", "unsaid")}
    used |= {f"bin_{b}" for b in (1, 2, 4, 8, 16, "more")}
    assert set(CASE.sentence) - used == set()


# ---- on paper


def test_every_kit_decision_is_a_round():
    assert len(KIT["decision"]) == 8
    assert KIT["case"] == SLUG
    for decision in KIT["decision"]:
        assert set(decision["answer"]) == {q.id for q in CASE.phase("declare", "decide")}
        for name, value in decision["answer"].items():
            question = CASE.find(name)
            live = kinds.live(question, kinds.normalise(question, value), engine("en"))
            assert live.answered
            assert not live.blocking
        metrics = event_log.run(S, decision["answer"]).metrics
        for column in KIT["column"]:
            assert format(metrics[column["metric"]], column["show"])


def test_guide_has_its_parts():
    guide = (GUIDE / f"{SLUG}.md").read_text(encoding="utf-8")
    for heading in ("## Run sheet", "## Three debrief questions", "## Red topics", "### Memo A", "### Memo B"):
        assert heading in guide
