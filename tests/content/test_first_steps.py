"""The first case: every kind once, nothing graded, every call answered, words fit for a senior reader."""

from __future__ import annotations

import re
import tomllib
from itertools import product
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import pytest

from itguide import kinds
from itguide.content import case_text, load_case, module, syllabus
from itguide.kinds.schedule import drawn
from itguide.paths import shelves
from itguide.text import engine, html, units

CASE = load_case("first_steps")
SAY = engine("en")


def test_every_kind_is_met_and_nothing_is_graded():
    assert {q.kind for q in CASE.question} == {
        "choice", "choices", "number", "text", "allocate", "classify", "schedule", "rank", "link"
    }  # fmt: skip
    assert CASE.points == 0
    assert not (Path(__file__).parents[2] / "grading/keys/first_steps/key.toml").exists()


def test_every_call_has_its_consequence_and_its_note():
    calls = CASE.find("first_call").option
    assert len(calls) == 5
    assert {f"after_{c.id}" for c in calls} == set(CASE.sentence)
    assert all(c.note and c.detail for c in calls)


def test_the_week_holds_four_visits_but_never_five():
    week = CASE.find("week")
    fits = set()
    choices = [range(len(week.period) + 1)] * len(week.option)
    for starts in product(*choices):
        value = {o.id: s for o, s in zip(week.option, starts, strict=True) if s}
        if value and not kinds.live(week, value, SAY).blocking:
            fits.add(frozenset(value))
            # No visit may hang over the end of the week, where its hours would not be counted.
            hours = sum(sum(o.use["hours"]) for o in week.option if o.id in value)
            assert hours == sum(drawn(week, value, week.limit[0]))
    assert max(map(len, fits)) == 4
    assert {o.id for o in week.option} == set().union(*(f for f in fits if len(f) == 4))


def test_a_first_decision_can_be_committed():
    answers = {
        "examined": 100, "first_call": "engineer", "hand_over": ["port", "auditor"],
        "attention": {"operations": 40, "authorities": 20, "system": 30, "partners": 10},
        "week": {"engineers": 1, "committee": 1, "port": 2, "paso_alto": 3},
    }  # fmt: skip
    for question in CASE.phase("predict", "declare", "decide"):
        found = kinds.live(question, kinds.normalise(question, answers[question.id]), SAY)
        assert found.answered, question.id
        assert not found.problems, question.id


def test_words_are_short_and_unexcited():
    texts = [text for _, text in units(CASE)] + [case_text("first_steps", part) for part in ("brief", "notes")]
    assert not [t for t in texts if "!" in t.replace("![", "")]
    assert len(re.findall(r"\w+", case_text("first_steps", "brief"))) < 260
    assert all(len(q.prompt) <= 125 for q in CASE.question)


def test_the_map_is_drawn_and_told():
    svg = ElementTree.parse(shelves().cases / "first_steps/data/altamar_map.svg").getroot()
    said = " ".join(t.text or "" for t in svg.iter("{http://www.w3.org/2000/svg}text"))
    alt = re.search(r'<img src="data/altamar_map.svg" alt="([^"]+)"', html(case_text("first_steps", "brief")))
    assert alt
    for place in ("Puerto Sereno", "Paso Alto", "capital", "irport"):
        assert place in said
        assert place in alt.group(1)
    sizes = [float(t.get("font-size", "17")) for t in svg.iter("{http://www.w3.org/2000/svg}text")]
    assert min(sizes) >= 15


def test_every_track_adds_up_and_names_what_exists():
    modules = {m.slug: {c.slug for c in m.case} for m in syllabus().module}
    for track in syllabus().track:
        assert sum(step.minutes for step in track.step) == track.minutes, track.id
        for step in track.step:
            assert not step.module or step.module in modules, step.what
            assert not step.case or step.case in modules[step.module], step.what
        assert set(track.cut) <= {step.what for step in track.step}
    assert set(CASE.objectives) <= {o.id for o in module("welcome").objective}


@pytest.mark.parametrize("slug", [m.slug for m in syllabus().module])
def test_a_notebook_is_narrative_and_calls(slug):
    this = module(slug)
    node = nbformat.read(shelves().notebooks / this.notebook, as_version=4)
    nbformat.validate(node)
    assert (node.nbformat, node.nbformat_minor) == (4, 5)
    assert node.metadata.kernelspec.name == "python3"
    calls = [cell for cell in node.cells if cell.cell_type == "code"]
    assert [c.metadata["itguide"]["case"] for c in calls if "case" in c.metadata["itguide"]] == [
        r.slug for r in this.case
    ]
    for cell in calls:
        assert not cell.outputs
        ((name, argument),) = cell.metadata["itguide"].items()
        assert cell.source == f'import itguide.page\nitguide.page.{name}("{argument}")'
    # Ids are given by hand: words, not random digits.
    assert all(re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", cell.id) for cell in node.cells)
    assert not any("!" in cell.source for cell in node.cells)


def test_the_syllabus_is_read_as_written():
    raw = tomllib.loads((shelves().curriculum / "syllabus.toml").read_text(encoding="utf-8"))
    assert [m["slug"] for m in raw["module"]] == [m.slug for m in syllabus().module]
