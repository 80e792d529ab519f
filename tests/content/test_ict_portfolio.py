"""The lead case of module 1: its texts, pictures, key, kit and guide hold together, and the dilemma is real."""

from __future__ import annotations

import ast
import itertools
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from itguide import consequences, kinds, preflight, scoring
from itguide.content import case_text, load_case, references, syllabus
from itguide.examples import examples
from itguide.keys import load_key
from itguide.models import portfolio, sampling
from itguide.paths import shelves
from itguide.text import engine

SLUG = "ict_portfolio"
SEEDS = (1, 2, 3, 4, 5)


@pytest.fixture(scope="module")
def case():
    return load_case(SLUG)


@pytest.fixture(scope="module")
def scenario(case):
    return portfolio.scenario(case)


@pytest.fixture(scope="module")
def exemplars():
    return examples(SLUG, "exemplars")


# ---- the case as it was planned


def test_figures_of_the_setting(case, scenario):
    assert sum(scenario.cash) == scenario.envelope == 36
    assert scenario.cash == (11, 10, 8, 7)
    assert scenario.staff == (34, 34, 34, 34)
    assert len(scenario.items) == 14
    assert sum(scenario.find("core").cash) == pytest.approx(18)
    assert sum(scenario.find("ai").cash) == pytest.approx(4)
    assert sum(scenario.find("backup").cash) == pytest.approx(5)
    assert sum(scenario.find("portal").cash) == pytest.approx(2.4)
    asked = sum(sum(i.cash) for i in scenario.items)
    people = sum(sum(i.staff) for i in scenario.items)
    assert round(asked, 1) == 63.3
    assert people == 215
    # People are as scarce as money: demand over supply is of the same size.
    assert asked / 36 == pytest.approx(people / 136, rel=0.15)
    brief = case_text(SLUG, "brief")
    assert "US$ 63 million" in brief
    assert "215 years" in brief


def test_whole_list_brings_each_area_a_hundred_points(scenario):
    for area in scenario.areas:
        assert sum(i.points[area] for i in scenario.items) == 100


def test_whatever_begins_in_time_is_paid_for_within_the_four_years(case, scenario):
    for item in scenario.items:
        if item.id == "knowledge":
            continue  # runs to the end of year 4 whenever it begins
        assert min(item.latest, 4) + len(item.cash) - 1 <= 4


def test_what_could_stop_first_is_named_as_in_the_plan(case):
    plan = {o.id: o.label for o in case.find("plan").option}
    first = {o.id: o.label for o in case.find("first_cut").option}
    assert first.pop("ask")
    assert first == {i: label for i, label in plan.items() if i != "core"}


def test_five_areas_are_those_of_the_published_plan(case):
    assert len(case.find("plan").group) == 5
    assert {o.group for o in case.find("plan").option} == {g.id for g in case.find("plan").group}
    assert "wco_2012_chile" in case_text(SLUG, "notes")


def test_points_are_forty_and_ten(case):
    key = load_key(SLUG)
    assert sum(key.automatic(q.id) for q in case.question) == 40
    assert sum(c.points for c in key.criterion) == 10


# ---- texts


def test_every_initiative_has_a_note_and_a_person_told_no(case):
    for option in case.find("plan").option:
        assert option.note
        assert f"no_{option.id}" in case.sentence


def test_every_sentence_is_used_and_every_used_one_is_there(case):
    folder = Path(consequences.__file__).parent
    used: set[str] = set()
    for name in ("portfolio.py", "portfolio_figures.py"):
        for node in ast.walk(ast.parse((folder / name).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                used.add(node.value.removeprefix("sentence."))
                used.add(f"column_{node.value}")
    used |= {f"no_{o.id}" for o in case.find("plan").option} | {f"quantile_{q}" for q in (50, 80, 90)}
    assert set(case.sentence) - used == set()


def test_references_exist_and_may_be_printed(case):
    text = case_text(SLUG, "brief") + case_text(SLUG, "notes")
    text += "".join(o.note for o in case.find("plan").option) + "".join(q.explain for q in case.phase("check"))
    cited = set(re.findall(r"\[ref:([^\]]+)\]", text))
    assert cited
    assert cited <= set(references())
    for name in cited:
        if references()[name].status == "cautious":
            sentences = [s for s in re.split(r"(?<=[.;])\s", text) if f"ref:{name}" in s]
            assert all("According to" in s or "counts" in s for s in sentences), name
    assert set(case.sources) <= set(references())


def test_a_difficulty_is_never_told_without_what_came_next():
    paragraphs = case_text(SLUG, "notes").split("\n\n")
    pairs = {"nao_2017_cds": "hmrc_2025_single_customs_platform", "eca_2018_customs_it": "ec_2024_ucc_progress",
             "gao_2002_ace": "gao_2018_ace"}  # fmt: skip
    for trouble, remedy in pairs.items():
        assert any(trouble in p and remedy in p for p in paragraphs)


def test_one_reference_class_only():
    text = (
        case_text(SLUG, "brief") + case_text(SLUG, "notes") + (shelves().cases / SLUG / "case.toml").read_text("utf-8")
    )
    for other in ("mckinsey", "flyvbjerg_2022", "flyvbjerg_2025", "CHAOS", "six times"):
        assert other not in text


def test_brief_is_one_page():
    prose = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", case_text(SLUG, "brief"))
    assert len(prose.split()) < 480
    assert "[ref:" not in prose


def test_objectives_are_the_modules(case):
    module = next(m for m in syllabus().module if m.slug == case.module)
    assert set(case.objectives) <= {o.id for o in module.objective}


@pytest.mark.parametrize("name", ["altamar.svg", "four_years.svg"])
def test_pictures_can_be_read(name):
    path = shelves().cases / SLUG / "data" / name
    root = ElementTree.fromstring(path.read_text(encoding="utf-8"))
    width = float(root.get("viewBox").split()[2])
    sizes = [float(t.get("font-size")) for t in root.iter("{http://www.w3.org/2000/svg}text")]
    assert min(sizes) * 760 / width >= 15
    assert f"](data/{name})" in case_text(SLUG, "brief")


# ---- the dilemma


def test_key_and_its_proofs_hold():
    assert preflight.case_problems(SLUG) == []


def test_exemplars_are_three_different_plans(exemplars):
    plans = [e.rounds[-1]["plan"] for e in exemplars]
    assert len(plans) == 3
    for one, other in itertools.combinations(plans, 2):
        assert len(set(one.items()) ^ set(other.items())) >= 6
    assert sum("core" in p for p in plans) == 1
    assert {e.rounds[-1]["inherited"] for e in exemplars} == {"finish", "stop"}


def test_exemplars_lie_close_together_and_differ_where_it_hurts(scenario, exemplars):
    """Neither plan dominates: their gains are within a few points, each is best at something."""
    found = {e.name: portfolio.run(scenario, e.rounds[-1]).metrics for e in exemplars}
    core, house, engine_ = (found[n] for n in ("core_first", "house_in_order", "engine_on_clean_data"))
    gains = [m["value"] for m in found.values()]
    assert max(gains) - min(gains) < 8
    assert core["value"] > house["value"]
    assert house["outage_p90"] < core["outage_p90"]
    assert engine_["p_promise"] > 0.5 > house["p_promise"]


@pytest.mark.parametrize("shelf", ["exemplars", "samples"])
def test_scores_hold_for_other_futures(shelf, case, scenario, monkeypatch):
    key = load_key(SLUG)
    for example in examples(SLUG, shelf):
        sheet = preflight.example_sheet(case, example)
        usual = scoring.score(case, key, sheet).points
        for seed in SEEDS:
            futures = sampling.other("portfolio", seed)
            with monkeypatch.context() as patch:
                patch.setattr(scoring, "_metrics", lambda _, d, f=futures: portfolio.run(scenario, d, f).metrics)
                assert scoring.score(case, key, sheet).points == usual, (example.name, seed)


def test_optimum_without_reasons_is_not_enough(case):
    key = load_key(SLUG)
    sample = next(e for e in examples(SLUG, "samples") if e.name == "optimum_without_reasons")
    assert sample.rounds[-1]["plan"] == key.reference.optimum["plan"]
    assert scoring.score(case, key, preflight.example_sheet(case, sample)).points <= 0.7 * 40


def test_stop_and_finish_are_worth_the_same():
    rule = next(r for r in load_key(SLUG).rule if r.aspect == "reasoned")
    best = {d: max(v for p, v in rule.pairs.items() if p.endswith(f".{d}")) for d in ("finish", "stop", "hold")}
    assert set(best.values()) == {1.0}
    assert not any(p.startswith(("spent.", "other_author.")) for p in rule.pairs)


def test_every_exemplar_can_be_committed(case, exemplars):
    for example in exemplars:
        for question in case.phase("declare", "decide"):
            live = kinds.live(question, kinds.normalise(question, example.rounds[-1][question.id]), engine("en"))
            assert live.answered
            assert not live.blocking
        words = example.answers["minister"].split()
        assert len(words) <= case.find("minister").words, example.name


def test_facilitators_figures_are_the_models(scenario):
    guide = (shelves().curriculum / "guide" / f"{SLUG}.md").read_text(encoding="utf-8")
    best, naive = (load_key(SLUG).reference.optimum, load_key(SLUG).reference.baseline)
    for figure in (f"{best['on_paper']:g}", f"{best['value']:g}", f"{naive['value']:g}"):
        assert figure in guide
    assert f"in {100 * best['p_treasury_cut']:.0f} futures" in guide
    for heading in ("## Run sheet", "## Three debrief questions", "## Red topics", "### Memo A", "### Memo B"):
        assert heading in guide
