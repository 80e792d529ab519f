"""Words in the reader's language: templates and numbers, catalogues, localised cases, Markdown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, get_args

import pytest

from conftest import HARBOUR, Shelf
from itguide import text
from itguide.content import load_case
from itguide.pseudo import PSEUDO, pseudo
from itguide.spec import CaseSpec, Kind
from itguide.text import (
    blocks,
    case_say,
    catalogue,
    engine,
    engine_words,
    fill,
    html,
    html_inline,
    languages,
    localised,
    localised_markdown,
    translate,
    units,
)

# ------------------------------------------------------------ templates and numbers

THIN, HARD = "\u202f", "\u00a0"  # spaces that do not break: between thousands, before a per cent sign
NUMBERS: list[tuple[str, float, dict[str, str]]] = [
    ("{n}", 1234.56, {"en": "1,234.6", "es": "1.234,6", "fr": f"1{THIN}234,6", "pt": "1.234,6"}),
    ("{n}", 3.0, {"en": "3", "es": "3", "fr": "3", "pt": "3"}),
    ("{n}", 3, {"en": "3", "fr": "3"}),
    ("{n:0}", 420000, {"en": "420,000", "es": "420.000", "fr": f"420{THIN}000", "pt": "420.000"}),
    ("{n:0}", 2.6, {"en": "3", "es": "3"}),
    ("{n:1}", 2, {"en": "2.0", "es": "2,0", "fr": "2,0", "pt": "2,0"}),
    ("{n:2}", 1234.5, {"en": "1,234.50", "es": "1.234,50", "fr": f"1{THIN}234,50", "pt": "1.234,50"}),
    ("{n:pct}", 0.256, {"en": "26%", "es": f"26{HARD}%", "fr": f"26{HARD}%", "pt": "26%"}),
    ("{n:pct1}", 0.2561, {"en": "25.6%", "es": f"25,6{HARD}%", "fr": f"25,6{HARD}%", "pt": "25,6%"}),
    ("{n:pct1}", 0.5, {"en": "50.0%", "fr": f"50,0{HARD}%"}),
    ("{n:pct}", 12.5, {"en": "1,250%", "es": f"1.250{HARD}%", "fr": f"1{THIN}250{HARD}%"}),
    ("{n}", -1.5, {"en": "-1.5", "es": "-1,5", "pt": "-1,5"}),
    ("{n}", -0.04, {"en": "0", "fr": "0"}),  # nobody reads "-0"
    ("{n:0}", -0.4, {"en": "0"}),
    ("{n:2}", -0.004, {"en": "0.00", "es": "0,00"}),
    ("{n:pct}", -0.004, {"en": "0%"}),
    ("{n}", 0.1 + 0.2, {"en": "0.3"}),
]


@pytest.mark.parametrize(("template", "n", "expected"), NUMBERS)
def test_numbers_as_each_language_writes_them(template: str, n: float, expected: dict[str, str]) -> None:
    assert {lang: fill(template, lang, {"n": n}) for lang in expected} == expected


def test_numbers_of_other_types_are_numbers_too() -> None:
    from decimal import Decimal

    assert fill("{n:2}", "fr", {"n": Decimal("1.5")}) == "1,50"


def test_words_are_inserted_as_they_are() -> None:
    assert fill("{a} <b>{b}</b>", "fr", {"a": "1234.5", "b": "{n}"}) == "1234.5 <b>{n}</b>"
    assert fill("{a}", "en", {"a": True}) == "True", "a truth value is not a number"


def test_a_template_without_its_value_fails_loudly() -> None:
    with pytest.raises(KeyError):
        fill("{missing}", "en", {})


def test_the_pseudo_locale_writes_numbers_like_the_source_language() -> None:
    assert fill("{n:1}", PSEUDO, {"n": 1234.5}) == "1,234.5"


# ------------------------------------------------------------ engine words


def test_one_and_other() -> None:
    say = engine("en")
    one, two = (say("page.minutes", n=n, count=n) for n in (1, 2))
    assert one != two
    assert "2" in two
    assert "{" not in one + two


def test_every_engine_word_has_its_places_in_the_pseudo_locale() -> None:
    for table, entries in text._strings().items():
        source, marked = engine_words(table, "en"), engine_words(table, PSEUDO)
        assert source.keys() == marked.keys()
        assert len(source) >= len(entries)
        for key, words in source.items():
            places = re.findall(r"\{[^{}]*\}", words)
            assert re.findall(r"\{[^{}]*\}", marked[key]) == places, f"{table}.{key}"
            if re.search(r"[aeiouAEIOU]", re.sub(r"\{[^{}]*\}", "", words)):
                assert marked[key] != words, f"{table}.{key}"


def test_an_unknown_word_fails_loudly() -> None:
    with pytest.raises(KeyError):
        engine("en")("page.no_such_word")


def test_a_table_that_is_not_there_is_empty() -> None:
    assert engine_words("no_such_table", "en") == {}


# ------------------------------------------------------------ catalogues

GUESS = "How many days will the queue last?"
PROMPT = "case/harbour/question/guess/prompt"


def test_a_catalogue_is_read_by_path_and_source(shelf: Shelf) -> None:
    shelf.catalogue("es", {PROMPT: (GUESS, "¿Cuántos días durará la cola?"), "engine/save/idle": ("Other", "Otro")})
    assert languages() == ("en", "es")
    assert catalogue("es")[PROMPT, GUESS] == "¿Cuántos días durará la cola?"
    assert translate(PROMPT, GUESS, "es") == "¿Cuántos días durará la cola?"
    assert translate("case/harbour/question/pier/prompt", GUESS, "es") == GUESS, "another place, another unit"
    assert translate(PROMPT, GUESS + "!", "es") == GUESS + "!", "the source changed: the translation is stale"
    assert translate(PROMPT, GUESS, "fr") == GUESS
    assert translate(PROMPT, "", "es") == ""
    assert localised(load_case("harbour"), "es").find("guess").prompt == "¿Cuántos días durará la cola?"
    assert localised(load_case("harbour"), "es").title == "Two piers, one crane", "never blank"


def test_several_files_of_a_language_are_one_catalogue(shelf: Shelf) -> None:
    shelf.catalogue("fr", {PROMPT: (GUESS, "Combien de jours ?")})
    shelf.write(
        "curriculum/locale/fr/LC_MESSAGES/engine.po",
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgctxt "engine/step/brief"\nmsgid "The brief"\nmsgstr "Le dossier"\n',
    )
    assert translate(PROMPT, GUESS, "fr") == "Combien de jours ?"
    assert engine("fr")("step.brief") == "Le dossier"


def test_what_is_fuzzy_or_empty_appears_in_the_source_language(shelf: Shelf) -> None:
    shelf.catalogue("es", {PROMPT: (GUESS, "Tal vez")}, header="#, fuzzy")
    assert translate(PROMPT, GUESS, "es") == GUESS
    shelf.catalogue("es", {PROMPT: (GUESS, "")})
    assert translate(PROMPT, GUESS, "es") == GUESS


def test_sentences_of_a_case(shelf: Shelf) -> None:
    counted = HARBOUR.replace("[sentence.after_north]", '[sentence.left]\none = "One box."\nother = "{n:0} boxes."\n'
                              "[sentence.after_north]")  # fmt: skip
    shelf.case("harbour", counted)
    path = "case/harbour/sentence/left"
    shelf.catalogue("es", {f"{path}/one": ("One box.", "Una caja."), f"{path}/other": ("{n:0} boxes.", "{n:0} cajas.")})
    case = load_case("harbour")
    assert case_say(case, "en")("sentence.left", n=1, count=1) == "One box."
    assert case_say(case, "es")("sentence.left", n=1, count=1) == "Una caja."
    assert case_say(case, "es")("sentence.left", n=1200, count=1200) == "1.200 cajas."
    assert case_say(case, "fr")("sentence.left", n=1200, count=1200) == f"1{THIN}200 boxes."
    assert case_say(case, "en")("step.brief") == engine("en")("step.brief")
    with pytest.raises(KeyError):
        case_say(case, "en")("sentence.no_such")


# ------------------------------------------------------------ a case in another language

FULL: dict[str, Any] = {
    "slug": "full", "title": "Title", "module": "m", "minutes": 5, "summary": "Summary", "commit": "Commit",
    "again": "Again", "objectives": ["see_it"], "sources": ["some_source"],
    "scenario": {"model": "some_model", "param": {
        "title": {"value": 3, "unit": "a unit", "says": "an author's note", "invented": True},
        "names": {"value": {"label": "text in a table"}, "source": "some_source"}}},
    "sentence": {"after": {"one": "One after", "other": "Other after"}, "title": {"other": "A sentence named title"}},
    "question": [
        {"id": "scenario", "kind": "schedule", "phase": "decide", "prompt": "Prompt", "help": "Help", "unit": "Unit",
         "explain": "Explain", "points": 3, "scored_round": "first",
         "period": [{"id": "y1", "label": "Period", "detail": "Period detail"}],
         "group": [{"id": "first", "label": "Group", "detail": "Group detail"}],
         "limit": [{"id": "cash", "label": "Limit", "unit": "Limit unit", "per_period": [1.5]}],
         "aspect": [{"id": "sound", "title": "Aspect", "holds": "Holds", "conditions": "Conditions", "fails": "Fails"}],
         "option": [
             {"id": "picture", "label": "Label", "detail": "Detail", "note": "Note", "tags": ["label"],
              "group": "first", "use": {"cash": [1.0]}, "value": {"label": 2.0}, "source": "some_source"},
             {"id": "scenario", "label": "Second", "requires": ["picture"], "latest": 1, "note": ""}]},
        {"id": "picture", "kind": "classify", "phase": "decide", "prompt": "Picture prompt",
         "category": [{"id": "picture", "label": "Category", "detail": "Category detail", "most": 1},
                      {"id": "title", "label": "Other category"}],
         "option": [{"id": "label", "label": "Third"}, {"id": "unit", "label": "Fourth"}]},
        {"id": "words", "kind": "text", "phase": "justify", "prompt": "Words prompt", "words": 60,
         "criterion": [{"id": "cost", "label": "Criterion", "detail": "Criterion detail"}]},
    ],
}  # fmt: skip


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every leaf of plain data with its place."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, f"{path}/{key}")
    elif isinstance(value, list | tuple):
        for n, inner in enumerate(value):
            yield from leaves(inner, f"{path}/{n}")
    else:
        yield path, value


def changed(case: CaseSpec, lang: str) -> dict[str, tuple[Any, Any]]:
    before = dict(leaves(case.model_dump(mode="json")))
    after = dict(leaves(localised(case, lang).model_dump(mode="json")))
    assert before.keys() == after.keys()
    return {place: (value, after[place]) for place, value in before.items() if value != after[place]}


@pytest.fixture
def full() -> CaseSpec:
    return CaseSpec.model_validate(FULL)


def test_localising_changes_every_text_and_nothing_else(full: CaseSpec) -> None:
    swapped = changed(full, PSEUDO)
    assert {after for _, after in swapped.values()} == {pseudo(before) for before, _ in swapped.values()}
    texts = {v for _, v in leaves(FULL) if isinstance(v, str) and v[:1].isupper()}
    assert {before for before, _ in swapped.values()} == texts
    for place in swapped:
        assert not {"id", "slug", "kind", "phase", "source", "value"} & set(place.split("/")[-1:]), place


def test_ids_and_numbers_stay(full: CaseSpec) -> None:
    there = localised(full, PSEUDO)
    assert [q.id for q in there.question] == ["scenario", "picture", "words"]
    assert [o.id for o in there.question[0].option] == ["picture", "scenario"]
    assert there.question[0].option[0].use == {"cash": (1.0,)}
    assert there.question[0].option[1].requires == ("picture",)
    assert there.scenario == full.scenario
    assert there.question[0].limit[0].per_period == (1.5,)
    assert set(there.sentence) == {"after", "title"}


def test_units_are_exactly_what_localising_asks_for(full: CaseSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: set[tuple[str, str]] = set()

    def recording(path: str, source: str, lang: str) -> str:
        if source:
            asked.add((path, source))
        return source

    monkeypatch.setattr(text, "translate", recording)
    localised(full, "es")
    listed = list(units(full))
    assert set(listed) == asked
    assert len(listed) == len({path for path, _ in listed}), "one path, one unit"
    assert all(path.startswith("case/full/") for path, _ in listed)


def test_unit_paths_name_ids_not_positions(full: CaseSpec) -> None:
    paths = dict(units(full))
    assert paths["case/full/question/scenario/option/picture/label"] == "Label"
    assert paths["case/full/question/words/criterion/cost/detail"] == "Criterion detail"
    assert paths["case/full/sentence/after/one"] == "One after"
    moved = CaseSpec.model_validate({**FULL, "question": list(reversed(FULL["question"]))})
    assert dict(units(moved)) == paths


def test_the_sentences_of_units_are_found_under_the_same_path_when_said(full: CaseSpec, monkeypatch: Any) -> None:
    asked: list[str] = []
    monkeypatch.setattr(text, "translate", lambda path, source, _lang: (asked.append(path), source)[1])
    say = case_say(full, "es")
    say("sentence.after", count=1)
    say("sentence.after", count=2)
    assert set(asked) <= {path for path, _ in units(full)}
    assert len(asked) == 2


def test_every_kind_survives_localising() -> None:
    option = [{"id": i, "label": f"Label {i}"} for i in ("label", "note", "picture")]
    for kind in get_args(Kind):
        more: dict[str, Any] = {"option": option}
        if kind == "classify":
            more["category"] = option[:2]
        elif kind == "schedule":
            more["period"] = option[:2]
        elif kind == "lanes":
            placed = [{**o, "lane": "label", "moment": "label"} for o in option]
            more = {"option": placed, "category": option[:2], "period": option[:2]}
        elif kind == "place":
            more |= {"row": option[:2], "column": option[:2], "axis": option[:2]}
        elif kind == "text":
            more = {"words": 5}
        elif kind == "inject":
            more = {"hour": 2, "most": 72}
        phase = "decide" if kind == "inject" else "own"
        question = {"id": "unit", "kind": kind, "phase": phase, "prompt": "Prompt", **more}
        case = CaseSpec.model_validate({**FULL, "question": [question]})
        assert changed(case, PSEUDO), kind


def test_the_source_language_is_the_case_itself(full: CaseSpec) -> None:
    assert localised(full, "en") is full


# ------------------------------------------------------------ Markdown

MARKDOWN = "# Head\r\n\r\nA *line*\nand its second.\n\n\n\n- one\n- two\n\n| a | b |\n|---|---|\n| c | d |\n"


def test_blocks_are_what_stands_between_blank_lines() -> None:
    assert blocks(MARKDOWN) == [
        "# Head",
        "A *line*\nand its second.",
        "- one\n- two",
        "| a | b |\n|---|---|\n| c | d |",
    ]
    assert blocks("") == []
    assert blocks("\n\n \n\n") == []
    assert blocks("one\n \t \ntwo") == ["one", "two"], "a line of spaces is blank to whoever reads it"
    assert blocks("    code\n    more") == ["    code\n    more"], "an indent at the start belongs to the block"


def test_markdown_is_translated_block_by_block(shelf: Shelf) -> None:
    shelf.catalogue("es", {"case/harbour/brief/2": ("A *line*\nand its second.", "Una *línea*.")})
    assert localised_markdown("case/harbour/brief", MARKDOWN, "es").split("\n\n")[:3] == [
        "# Head", "Una *línea*.", "- one\n- two"]  # fmt: skip
    assert localised_markdown("case/harbour/brief", MARKDOWN, "en") == MARKDOWN


def test_markdown_keeps_its_structure_in_the_pseudo_locale() -> None:
    def tags(rendered: str) -> list[str]:
        return re.findall(r"</?[a-z0-9]+", rendered)

    there = localised_markdown("p", MARKDOWN, PSEUDO)
    assert tags(html(there)) == tags(html(MARKDOWN))
    assert there != MARKDOWN


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "a <b onclick=x>b</b>",
    "<!-- c -->",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:x)",
    "![x](javascript:alert(1))",
    '[x](http://a"onmouseover="alert(1))',
    '![a" onerror="alert(1)](x.svg)',
    "<javascript:alert(1)>",
    "`<script>`",
    "<iframe>\n\n<object>\n",
]


@pytest.mark.parametrize("render", [html, html_inline])
@pytest.mark.parametrize("markdown", HOSTILE)
def test_raw_html_is_shown_not_obeyed(render: Callable[[str], str], markdown: str) -> None:
    rendered = render(markdown)
    plain = re.sub(r'<(/?)(p|em|strong|code|pre|a|img|b)( (href|src|alt)="[^"<>]*")*( /)?>', "", rendered)
    assert "<" not in plain.replace("&lt;", ""), rendered
    assert not re.search(r'(href|src)="\s*(javascript|vbscript|data):', rendered, re.IGNORECASE)


def test_markdown_a_brief_uses() -> None:
    assert "<table>" in html("| a |\n|---|\n| b |")
    assert html_inline("a **b** c") == "a <strong>b</strong> c"
    assert html('"a" -- (c)') == "<p>&quot;a&quot; -- (c)</p>\n", "typography is the author's"


PSEUDO_KEEPS = ["{n}", "{total:0}", "![", "](data/map.svg)", "[ref:some_id]", "`code`", "|---|", "&nbsp;"]


@pytest.mark.parametrize("kept", PSEUDO_KEEPS)
def test_the_pseudo_locale_leaves_alone_what_is_not_words(kept: str) -> None:
    assert kept in pseudo(f"Some words before\n{kept}\nand after")


@pytest.mark.parametrize("head", ["# ", "## ", "- ", "* ", "1. ", "> ", ""])
def test_the_pseudo_locale_keeps_the_head_of_a_block(head: str) -> None:
    assert pseudo(f"{head}Word").startswith(f"{head}⟦")
