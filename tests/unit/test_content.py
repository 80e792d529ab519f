"""Content read from the shelves: all its problems at once, each with its file and its field."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from conftest import HARBOUR, SYLLABUS, Shelf
from itguide import content, paths
from itguide.content import case_text, load_case, module, module_cases, references, syllabus
from itguide.errors import ContentError, ItGuideError, Problem
from itguide.spec import CaseSpec, Option, Param, Question, scoring_digest

FILE = "case_studies/harbour/case.toml"


def problems(shelf: Shelf, toml: str, slug: str = "harbour") -> list[str]:
    shelf.case(slug, toml)
    with pytest.raises(ContentError) as error:
        load_case(slug)
    assert str(error.value).split("\n") == [str(p) for p in error.value.problems]
    return [str(p) for p in error.value.problems]


def change(old: str, new: str) -> str:
    assert HARBOUR.count(old) >= 1, old
    return HARBOUR.replace(old, new, 1)


def test_the_small_course_is_sound(shelf: Shelf) -> None:
    case = load_case("harbour")
    assert [q.id for q in case.phase("decide")] == ["pier", "extra"]
    assert [m.slug for m in syllabus().module] == ["coast"]
    assert module_cases("coast") == (case,)
    assert case_text("harbour", "brief").startswith("The crane")
    assert case_text("harbour", "no_such_part") == ""
    assert references() == {}
    assert case.points == 6


def test_what_is_asked_for_by_a_wrong_name_is_not_there(shelf: Shelf) -> None:
    with pytest.raises(KeyError):
        module("inland")
    with pytest.raises(ContentError, match=r"case_studies/inland/case\.toml: the file is missing"):
        load_case("inland")
    for find in (load_case("harbour").find, load_case("harbour").find("pier").find):
        with pytest.raises(KeyError):
            find("nowhere")


# ------------------------------------------------------------ one problem, its place

ONE: dict[str, tuple[str, str, str]] = {
    # what is replaced, by what, the line of the message after the file
    "unknown key": ('minutes = 5', 'minutes = 5\nminuts = 6', "minuts: is not a known field"),
    "missing": ('summary = "One crane works; which pier gets it?"\n', "", "summary: is missing"),
    "wrong type": ("minutes = 5", 'minutes = "five"', "minutes: should be a number"),
    "not positive": ("minutes = 5", "minutes = 0", "minutes: should be greater than 0"),
    "blank text": ('title = "Two piers, one crane"', 'title = "  "', "title: is empty"),
    "a label as an id": ('id = "guess"', 'id = "My guess"', "question[My guess].id: is not a valid id: small letters"),
    "unknown key in a question": ('prompt = "Where does', 'promt = "x"\nprompt = "Where does',
                                  "question[pier].promt: is not a known field"),
    "missing in a question": ('prompt = "Where does the crane go?"\n', "", "question[pier].prompt: is missing"),
    "no such kind": ('kind = "number"', 'kind = "guess"',
                     "question[guess].kind: should be one of these: 'choice'"),
    "no such phase": ('phase = "predict"', 'phase = "later"',
                      "question[guess].phase: should be one of these: 'predict'"),
    "in an option": ('{ id = "south", label = "South pier" }', '{ id = "south", label = "South pier", nte = "x" }',
                     "question[pier].option[south].nte: is not a known field"),
    "missing in an option": ('{ id = "south", label = "South pier" }', '{ id = "south" }',
                             "question[pier].option[south].label: is missing"),
    "an option without id": ('{ id = "south", label = "South pier" }', '{ label = "South pier" }',
                             "question[pier].option[2].id: is missing"),
    "in an aspect": ('holds = "It holds."', 'holds = 5', "question[pier].aspect[sound].holds: should be text"),
    "in a criterion": ('label = "Names the cost"', 'lable = "x"', "question[why].criterion[cost].lable: is not a"),
    "in a sentence": ('[sentence.after_north]\nother', '[sentence.after_north]\nothr', "sentence.after_north.othr:"),
    "a whole-question rule": ('least = 0\nmost = 60', 'points = 3', "question[guess]: a question of phase 'predict'"),
    "twice the same option": ('{ id = "south"', '{ id = "north"', "question[pier]: option ids must be different "
                              "from each other; 'north' is there more than once"),
    "a word for a number": ("most = 60", 'most = "sixty"', "question[guess].most: should be a number"),
    "half a minute": ("minutes = 5", "minutes = 5.5", "minutes: should be a whole number"),
    "a word for yes or no": ("required = false", 'required = "perhaps"', "question[extra].required: should be true or"),
    "a word for a list": ('again = "Move it again"', 'again = "Again"\nobjectives = "x"',
                          "objectives: should be a list"),
    "a word for a table": ('[sentence.after_north]\nother', '[sentence]\nafter_north = "x"\n[sentence.x]\nother',
                           "sentence.after_north: should be a table"),
    "limits the wrong way round": ("least = 0\n", "least = 70\n",
                                   "question[guess]: 'least' (70) is more than 'most' (60)"),
    "a text without a limit": ("words = 10\n", "", "question[why]: a question of kind 'text' needs 'words'"),
    "criteria of a choice": ("points = 4\n", 'criterion = [ { id = "x", label = "X" } ]\n', "question[pier]: only a"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "says"), ONE.values(), ids=ONE.keys())
def test_a_problem_names_file_and_field(shelf: Shelf, old: str, new: str, says: str) -> None:
    found = problems(shelf, change(old, new))
    assert any(p.startswith(f"{FILE}: {says}") for p in found), found
    assert all(p.startswith(f"{FILE}: ") for p in found)


WHOLE: dict[str, tuple[str, str, str]] = {
    "question ids": (
        'id = "extra"',
        'id = "pier"',
        "question ids must be different from each other; 'pier' is there more than once",
    ),
    "a button": ('commit = "Move the crane"\n', "", "needs 'commit'"),
}


@pytest.mark.parametrize(("old", "new", "says"), WHOLE.values(), ids=WHOLE.keys())
def test_a_problem_of_the_whole_case_names_the_file(shelf: Shelf, old: str, new: str, says: str) -> None:
    [found] = problems(shelf, change(old, new))
    assert found.startswith(f"{FILE}: ")
    assert says in found


def test_all_problems_are_collected(shelf: Shelf) -> None:
    broken = HARBOUR.replace("minutes = 5", "minutes = -1").replace('label = "South pier"', "label = 7")
    broken = broken.replace('kind = "number"', 'kind = "guess"').replace("words = 20", "wrds = 20")
    found = problems(shelf, broken)
    assert len(found) >= 4
    for field in ("minutes", "question[guess].kind", "question[pier].option[south].label", "question[mine].wrds"):
        assert any(p.startswith(f"{FILE}: {field}: ") for p in found), field


@pytest.mark.parametrize("toml", ["slug = ", "slug = 'a'\nslug = 'b'", "[question]\n[question]", "a = 01", "\x00"])
def test_what_is_not_toml_says_so_with_the_file(shelf: Shelf, toml: str) -> None:
    [found] = problems(shelf, toml)
    assert found.startswith(f"{FILE}: not readable as TOML: ")


def test_what_is_not_utf8_says_so(shelf: Shelf) -> None:
    (shelf.root / FILE).write_bytes(b'slug = "harb\xf3r"')
    content.forget()
    with pytest.raises(ContentError, match=r"case\.toml: is not saved as UTF-8"):
        load_case("harbour")
    (shelf.root / "case_studies/harbour/notes.md").write_bytes(b"harb\xf3r")
    with pytest.raises(ContentError) as error:
        case_text("harbour", "notes")
    says = "is not saved as UTF-8; save it again with that encoding"
    assert error.value.problems == (Problem("case_studies/harbour/notes.md", "", says),)


def test_the_mark_some_editors_put_in_front_is_no_part_of_the_text(shelf: Shelf) -> None:
    for name in ("case.toml", "brief.md"):
        path = shelf.root / "case_studies" / "harbour" / name
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    content.forget()
    assert load_case("harbour").title == "Two piers, one crane"
    assert case_text("harbour", "brief").startswith("The crane")


def test_a_table_where_a_list_belongs(shelf: Shelf) -> None:
    found = problems(shelf, HARBOUR.split("[[question]]", maxsplit=1)[0] + '[question]\nid = "guess"\n')
    assert any(p.startswith(f"{FILE}: question: ") for p in found)


def test_slug_and_folder_agree(shelf: Shelf) -> None:
    [found] = problems(shelf, HARBOUR, slug="airport")
    assert found == "case_studies/airport/case.toml: slug: is 'harbour' but the folder is 'airport'"


def test_the_syllabus_names_modules_by_slug(shelf: Shelf) -> None:
    shelf.write("curriculum/syllabus.toml", SYLLABUS.replace('room = "short"', 'room = "cellar"'))
    with pytest.raises(ContentError, match=re.escape("curriculum/syllabus.toml: module[coast].case[harbour].room: ")):
        syllabus()


def test_references_are_read_by_id(shelf: Shelf) -> None:
    entry = """[[reference]]
id = "a_source"
title = "T"
publisher = "P"
year = 2020
url = "https://example.org/"
status = "{status}"
read = "All of it."
says = ["A fact."]
"""
    shelf.write("curriculum/references.toml", entry.format(status="P"))
    assert references()["a_source"].publisher == "P"
    shelf.write("curriculum/references.toml", entry.format(status="hearsay"))
    with pytest.raises(ContentError, match=r"reference\[a_source\]\.status"):
        references()


def test_what_was_read_is_kept_until_forgotten(shelf: Shelf) -> None:
    before = load_case("harbour")
    (shelf.root / FILE).write_text(change("minutes = 5", "minutes = 6"), encoding="utf-8")
    assert load_case("harbour") is before
    content.forget()
    assert load_case("harbour").minutes == 6


# ------------------------------------------------------------ rules of the models themselves


def question(**fields: Any) -> dict[str, Any]:
    base: dict[str, Any] = {"id": "q", "kind": "choice", "phase": "decide", "prompt": "P?",
                            "option": [{"id": "a", "label": "A"}, {"id": "b", "label": "B"}]}  # fmt: skip
    return {**base, **fields}


PERIODS = [{"id": "y1", "label": "1"}, {"id": "y2", "label": "2"}]
ONE_OPTION = [{"id": "a", "label": "A"}]
RULES: dict[str, tuple[dict[str, Any], str]] = {
    "one option only": (question(option=ONE_OPTION), "at least two options"),
    "one link end only": (question(kind="link", option=ONE_OPTION), "at least two options"),
    "one category only": (question(kind="classify", category=ONE_OPTION), "at least two categories"),
    "no periods": (question(kind="schedule"), "needs periods"),
    "a limit short of periods": (
        question(kind="schedule", period=PERIODS, limit=[{"id": "c", "label": "C", "unit": "", "per_period": [1]}]),
        "one number per period",
    ),
    "requires what is not there": (
        question(kind="schedule", period=PERIODS, option=[*ONE_OPTION, {"id": "b", "label": "B", "requires": ["c"]}]),
        "'b' requires 'c'",
    ),
    "numbers of nobody": (
        question(option=[*ONE_OPTION, {"id": "b", "label": "B", "value": {"cost": 1}}]), "give 'source' or 'invented"),
    "numbers of two": (
        question(option=[*ONE_OPTION, {"id": "b", "label": "B", "value": {"c": 1}, "source": "x", "invented": True}]),
        "give 'source' or 'invented"),
    "a latest start that is no period": (
        question(kind="schedule", period=PERIODS, option=[*ONE_OPTION, {"id": "b", "label": "B", "latest": 3}]),
        "'latest' is not one of the periods",
    ),
    "use of what has no limit": (
        question(kind="schedule", period=PERIODS, option=[*ONE_OPTION, {"id": "b", "label": "B", "use": {"c": [1]}}]),
        "'c', which is not a limit",
    ),
    "negative points": (question(points=-1), "greater than or equal to 0"),
    "a self-check with points": (question(phase="check", points=1), "carries no points"),
    "a private question with points": (question(phase="own", points=1), "carries no points"),
    "a self-check that cannot be checked": (question(phase="check", kind="rank"), "kind 'choice' or 'choices'"),
}  # fmt: skip


@pytest.mark.parametrize(("fields", "says"), RULES.values(), ids=RULES.keys())
def test_rules_of_a_question(fields: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(says)):
        Question.model_validate(fields)


@pytest.mark.parametrize("owner", [{}, {"source": "x", "invented": True}])
def test_a_parameter_has_exactly_one_origin(owner: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="has either 'source'"):
        Param.model_validate({"value": 1, **owner})
    assert Param(value=1, invented=True).value == 1


@pytest.mark.parametrize("bad", ["", "A", "a b", "a-b", "_a", "a_", "a__b", "1a", "a\n", "a/b", "..", "é", "a" * 41])
def test_an_id_is_lower_case_words(bad: str) -> None:
    with pytest.raises(ValidationError):
        Option(id=bad, label="L")


def test_models_are_values() -> None:
    option = Option(id="a", label="A")
    with pytest.raises(ValidationError):
        option.label = "B"  # type: ignore[misc]


# ------------------------------------------------------------ the digest


def digest(toml: str) -> str:
    import tomllib

    return scoring_digest(CaseSpec.model_validate(tomllib.loads(toml)))


TEXT_CHANGES = [
    ('title = "Two piers, one crane"', 'title = "Other"'),
    ('label = "North pier"', 'label = "Other"'),
    ('note = "Fruit **rots** first."', 'note = "Other"'),
    ('prompt = "Where does the crane go?"', 'prompt = "Other"'),
    ('other = "The north pier works again; the south waits."', 'other = "Other"'),
    ('holds = "It holds."', 'holds = "Other"'),
    ('label = "Names the cost"', 'label = "Other"'),
    ('commit = "Move the crane"', 'commit = "Other"'),
    ("minutes = 5", "minutes = 50"),
    ('explain = "Piers are *long*."', 'explain = "Other"'),
    ('prompt = "And in your harbour?"\nwords = 20', 'prompt = "Other"\nwords = 50'),  # own: never scored
    ("right = true", "right = false"),  # check: never scored
]
SCORED_CHANGES = [
    ('id = "north"', 'id = "nord"'),
    ("points = 4", "points = 5"),
    ("most = 60", "most = 61"),
    ("most = 2", "most = 3"),
    ("words = 10", "words = 11"),
    ("required = false", "required = true"),
    ('id = "cost"', 'id = "costs"'),
    ('id = "sound"', 'id = "sane"'),
    ('kind = "choices"\nphase = "decide"', 'kind = "rank"\nphase = "decide"'),
    ('phase = "declare"', 'phase = "decide"'),
]


@pytest.mark.parametrize(("old", "new"), TEXT_CHANGES)
def test_a_changed_text_leaves_the_digest(old: str, new: str) -> None:
    assert digest(change(old, new)) == digest(HARBOUR)


@pytest.mark.parametrize(("old", "new"), SCORED_CHANGES)
def test_what_is_scored_changes_the_digest(old: str, new: str) -> None:
    assert digest(change(old, new)) != digest(HARBOUR)


def test_the_digest_is_32_signs_and_does_not_depend_on_how_the_case_is_written() -> None:
    assert re.fullmatch(r"[0-9a-f]{32}", digest(HARBOUR))
    explicit = change("points = 4", 'points = 4\nrequired = true\nscored_round = "last"')
    assert digest(explicit) == digest(HARBOUR), "a default written out is the same case"


SCENARIO = """[scenario]
model = "some_model"
[scenario.param]
days = { value = 4, unit = "days", says = "A guess.", invented = true }
"""


def test_a_scenario_is_scored_and_its_words_are_not() -> None:
    with_scenario = change("[sentence.after_north]", SCENARIO + "[sentence.after_north]")
    assert digest(with_scenario) != digest(HARBOUR)
    assert digest(with_scenario.replace("value = 4", "value = 5")) != digest(with_scenario)
    assert digest(with_scenario.replace("A guess.", "Another.")) == digest(with_scenario)


@pytest.mark.parametrize("name", ["minutes", "label", "source", "value", "use", "param"])
def test_a_parameter_named_like_a_field_is_scored_as_well(name: str) -> None:
    named = SCENARIO.replace("days =", f"{name} =")
    with_scenario = change("[sentence.after_north]", named + "[sentence.after_north]")
    assert digest(with_scenario.replace("value = 4", "value = 5")) != digest(with_scenario)
    table = named.replace("value = 4", "value = { 4 = 1 }").replace("4 = 1", f"{name} = 1")
    with_table = change("[sentence.after_north]", table + "[sentence.after_north]")
    assert digest(with_table.replace(f"{name} = 1", f"{name} = 2")) != digest(with_table)


def test_a_quantity_named_like_a_field_is_scored_as_well() -> None:
    north = '{ id = "south", label = "South pier", invented = true, value = { minutes = 1 } }'
    with_value = change('{ id = "south", label = "South pier" }', north)
    assert digest(with_value.replace("minutes = 1 }", "minutes = 2 }")) != digest(with_value)


# ------------------------------------------------------------ paths and errors


def test_a_checkout_wins_and_has_a_grading_shelf(shelf: Shelf) -> None:
    found = paths.shelves()
    assert found.checkout
    assert found.cases == shelf.root / "case_studies"
    assert paths.grading_root() == shelf.root / "grading"
    assert paths.default_workspace() == shelf.root / "workspace"
    assert paths.default_course() == shelf.root / "grading" / "course"


def test_the_environment_can_name_the_grading_shelf(shelf: Shelf, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("ITGUIDE_GRADING", str(tmp_path))
    assert paths.grading_root() == tmp_path
    monkeypatch.setenv("ITGUIDE_GRADING", str(tmp_path / "nowhere"))
    with pytest.raises(ItGuideError, match="ITGUIDE_GRADING"):
        paths.grading_root()


def test_an_installed_package_reads_its_own_copy(tmp_path: Path, monkeypatch: Any) -> None:
    package = tmp_path / "site-packages" / "itguide"
    package.mkdir(parents=True)
    monkeypatch.setattr(paths, "PACKAGE", package)
    monkeypatch.delenv("ITGUIDE_GRADING", raising=False)
    paths.shelves.cache_clear()
    try:
        with pytest.raises(ItGuideError, match="install the package again"):
            paths.shelves()
        (package / "_content").mkdir()
        assert not paths.shelves().checkout
        assert paths.shelves().cases == package / "_content" / "case_studies"
        assert paths.default_workspace() == Path.home() / "it-guide"
        with pytest.raises(ItGuideError, match="instructor's checkout"):
            paths.grading_root()
    finally:
        monkeypatch.undo()
        content.forget()


def test_problems_are_sorted_and_read_as_lines() -> None:
    error = ContentError([Problem("b.toml", "", "is missing"), Problem("a.toml", "x[1].y", "is wrong")])
    assert str(error) == "a.toml: x[1].y: is wrong\nb.toml: is missing"
