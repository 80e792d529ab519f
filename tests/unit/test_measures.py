"""The reference of the Agreement's measures: complete, in order, true to itself, in every language."""

from __future__ import annotations

import re
import tomllib
from graphlib import TopologicalSorter

import pytest
from pydantic import ValidationError

from itguide.catalogues import parts
from itguide.content import load_case, references, syllabus
from itguide.measures import FORCES, Measures, anchor, measures, units
from itguide.measures_page import read
from itguide.paths import PACKAGE, shelves

# The measures a member notifies, and how many paragraphs each has in the legal text (5.1 and 6.2 have lettered items).
PARAGRAPHS = {
    "1.1": 2, "1.2": 3, "1.3": 4, "1.4": 1, "2.1": 3, "2.2": 1, "3": 9, "4": 6, "5.1": 4, "5.2": 1, "5.3": 3,
    "6.1": 4, "6.2": 2, "6.3": 7, "7.1": 2, "7.2": 1, "7.3": 6, "7.4": 4, "7.5": 4, "7.6": 2, "7.7": 6, "7.8": 3,
    "7.9": 4, "8": 2, "9": 1, "10.1": 2, "10.2": 3, "10.3": 3, "10.4": 4, "10.5": 2, "10.6": 3, "10.7": 2, "10.8": 2,
    "10.9": 2, "11": 17, "12": 22,
}  # fmt: skip
TWELVE = ["12.1.1", "12.1.2", "12.2.1", "12.2.2", "12.3", "12.4.1", "12.4.2", "12.5.1", "12.5.2", "12.5.3",
          "12.6.1", "12.6.2", "12.7.1", "12.7.2", "12.8", "12.9.1", "12.9.2", "12.10", "12.11.1", "12.11.2", "12.12.1",
          "12.12.2"]  # fmt: skip
PLANNED = {"where_time_goes", "clearance_lanes", "single_window_deal", "inspection_rate", "measures_to_systems",
           "commitments_due", "tfa_roadmap"}  # fmt: skip
HAVE = measures()


def numbers(no: str, count: int) -> list[str]:
    if no == "12":
        return TWELVE
    if no == "5.1":
        return [f"5.1({letter})" for letter in "abcd"]
    if no == "6.2":
        return ["6.2(i)", "6.2(ii)"]
    return [no] if count == 1 else [f"{no}.{n}" for n in range(1, count + 1)]


def test_every_article_measure_and_paragraph_is_there_once_and_in_order():
    assert [a.no for a in HAVE.article] == [str(n) for n in range(1, 13)]
    assert [m.no for m in HAVE.measure] == list(PARAGRAPHS)
    assert len(HAVE.measure) == 36
    for measure in HAVE.measure:
        assert [p.no for p in measure.part] == numbers(measure.no, PARAGRAPHS[measure.no]), measure.no


def test_strength_is_that_of_the_text_where_a_mistake_would_matter():
    force = {m.no: m.force for m in HAVE.measure} | {p.no: p.force for m in HAVE.measure for p in m.part if "." in p.no}
    assert force["10.4"] == force["10.4.1"] == "endeavour"
    assert force["10.4.2"] == "shall"  # once only binds even where the window itself is only to be tried
    assert force["7.6"] == "encouraged"
    assert force["7.2"] == force["7.4"] == force["9"] == force["8.2"] == "practicable"
    assert force["5.3"] == force["5.1"] == "conditional"
    assert force["11.17"] == "endeavour"
    assert force["3.8"] == "endeavour"
    assert force["10.5.1"] == force["10.6.1"] == force["7.7.3"] == force["12.2.1"] == "shall"
    assert set(force.values()) == set(FORCES)


def test_what_should_stand_first_never_runs_in_a_circle():
    list(TopologicalSorter({m.no: set(m.after) for m in HAVE.measure}).static_order())


def test_related_cases_exist_or_are_announced_and_every_need_is_said():
    there = {p.name for p in shelves().cases.iterdir() if (p / "case.toml").is_file()}
    for measure in HAVE.measure:
        assert set(measure.cases) <= there | PLANNED, measure.no
        assert measure.law or measure.organisation or measure.partners, measure.no
        assert measure.ict == "little" or len(measure.does) > 40, measure.no
    assert HAVE.source in references()


def test_texts_are_short_calm_and_ours():
    for path, text in units():
        assert "!" not in text, path
        assert len(text) <= 240, path
        assert not re.search(r"\bMembers? shall\b|\bauthorized\b|\bthe Member\b", text) or path.endswith("also"), path


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda d: d["measure"].append(dict(d["measure"][-1])), "more than once"),
        (lambda d: d["measure"].reverse(), "order of the Agreement"),
        (lambda d: d["measure"][3]["after"].append("13.1"), "not a measure"),
        (lambda d: d["measure"][0]["part"].append({"no": "7.4.1", "force": "shall", "says": "x"}), "does not belong"),
        (lambda d: d["measure"][0].update(force="must"), "should be"),
        (lambda d: d["article"].pop(), "article 12 is missing"),
    ],
)
def test_a_mistake_in_the_file_is_said(change, says):
    data = tomllib.loads((shelves().curriculum / "measures.toml").read_text(encoding="utf-8"))
    change(data)
    with pytest.raises(ValidationError) as found:
        Measures.model_validate(data)
    assert says in str(found.value).replace("Input should be", "should be")


def test_addresses_are_short_and_differ():
    assert anchor("7.4") == "art-7-4"
    assert anchor("5.1(a)") == "art-5-1-a"
    every = [anchor(m.no) for m in HAVE.measure]
    every += [anchor(p.no) for m in HAVE.measure for p in m.part if p.no != m.no]
    page = read("/notebooks", "en")
    every += [c.anchor for c in page.chapters]
    assert len(every) == len(set(every))


def test_every_text_goes_through_the_catalogues():
    listed = dict(parts()["measures"])
    assert listed["measures/measure/7.4/part/7.4.1/says"]
    marked = measures("qps")
    plain = {text for _, text in units()}
    for measure in marked.measure:
        for text in (measure.title, measure.duty, measure.does, *(p.says for p in measure.part)):
            assert text.startswith("⟦")
            assert text not in plain
    assert [m.no for m in marked.measure] == [m.no for m in HAVE.measure]
    assert [m.cases for m in marked.measure] == [m.cases for m in HAVE.measure]


def test_only_cases_of_this_release_are_linked():
    listed = {load_case(ref.slug).title for m in syllabus().module for ref in m.case}
    page = read("/base/notebooks", "en")
    links = [link for c in page.chapters for e in c.entries for link in e.cases]
    assert links
    assert {link.says for link in links} <= listed
    assert all(link.href.startswith("/base/notebooks/") for link in links)


def test_a_wheel_carries_the_file():
    project = tomllib.loads((PACKAGE.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    included = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert included["curriculum/measures.toml"] == "itguide/_content/curriculum/measures.toml"
