"""The answer sheet: written whole, read back the same, refused by name when it is anything else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from itguide import answers
from itguide.answers import LARGEST, MOST_ROUNDS, Answer, AnswerStore, Round, Sheet, parse_sheet, read_sheet, set_aside
from itguide.errors import (
    SheetDamaged,
    SheetError,
    SheetForeign,
    SheetReadOnly,
    SheetTooNew,
    SheetTooOld,
    StaleRevision,
)

ME, OTHER = "a" * 26, "b" * 26
BLANK = Sheet("harbour", "2026.1", "d" * 32, ME)
AT = "2026-11-21T10:42:00Z"

ids = st.sampled_from(["a", "pier", "q1", "a_b", "which_of_these_2", "x9_9x"])
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
scalars = st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(scalars | words, lambda v: st.lists(v, max_size=3) | st.dictionaries(words, v, max_size=3),
                      max_leaves=8)  # fmt: skip
tables = st.dictionaries(ids, values, max_size=4)
sheets = st.builds(
    lambda given, rounds: Sheet(
        "harbour", "2026.1", "d" * 32, ME, given, tuple(Round(n, AT, *r) for n, r in enumerate(rounds, 1))
    ),
    st.dictionaries(ids, st.builds(Answer, values, st.integers(1, 10**6), st.just(AT)), max_size=4),
    st.lists(st.tuples(tables, tables, tables), max_size=3),
)


def raw(**changes: Any) -> dict[str, Any]:
    """A whole sheet as JSON, with changes."""
    whole = {
        "schema": 1, "case": "harbour", "content_version": "2026.1", "scoring_digest": "d" * 32, "workspace_id": ME,
        "answers": {"pier": {"value": "north", "rev": 1, "at": AT}},
        "rounds": [{"n": 1, "at": AT, "prediction": {}, "decision": {"pier": "north"}, "result": {"headline": "H"}}],
    }  # fmt: skip
    return {k: v for k, v in {**whole, **changes}.items() if v is not ...}


def dumped(**changes: Any) -> bytes:
    return json.dumps(raw(**changes)).encode()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "answers" / "harbour.json"


# ------------------------------------------------------------ round trip


@given(sheets)
@settings(max_examples=80, deadline=None)
def test_a_sheet_comes_back_as_it_was(sheet: Sheet) -> None:
    assert parse_sheet(sheet.as_json(), "harbour") == sheet


@given(sheets)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_written_file_comes_back_as_it_was(tmp_path: Path, sheet: Sheet) -> None:
    answers.write_whole(tmp_path / "harbour.json", sheet.as_json())
    assert read_sheet(tmp_path / "harbour.json", "harbour") == sheet


def test_the_format_is_this(path: Path) -> None:
    store = AnswerStore(path, BLANK)
    store.set("pier", "muelle ñ", 0)
    store.commit({"guess": 3}, {"pier": "north"}, {"headline": "H", "days": 2.5})
    data = json.loads(path.read_text("utf-8"))
    assert list(data) == ["schema", "case", "content_version", "scoring_digest", "workspace_id", "answers", "rounds"]
    assert data["schema"] == 1
    assert set(data["answers"]["pier"]) == {"value", "rev", "at"}
    assert set(data["rounds"][0]) == {"n", "at", "prediction", "decision", "result"}
    assert "ñ" in path.read_text("utf-8")
    assert path.read_bytes().endswith(b"}\n")
    assert path.stat().st_mode & 0o077 == 0 or os.name != "posix"


def test_value_of_a_question_that_is_not_answered() -> None:
    assert BLANK.value("pier") is None


# ------------------------------------------------------------ the store


def test_set_counts_revisions_and_a_stale_one_is_refused(path: Path) -> None:
    store = AnswerStore(path, BLANK)
    assert store.set("pier", "north", 0).rev == 1
    assert store.set("pier", "south", 1).rev == 2
    with pytest.raises(StaleRevision) as stale:
        store.set("pier", "north", 1)
    assert (stale.value.current, stale.value.rev) == ("south", 2)
    assert store.sheet.value("pier") == "south"


def test_the_same_value_again_changes_nothing(path: Path) -> None:
    store = AnswerStore(path, BLANK)
    store.set("pier", "north", 0)
    before = path.read_bytes()
    assert store.set("pier", "north", 0).rev == 1, "a repeated message is not a conflict"
    assert path.read_bytes() == before


def test_opening_writes_nothing(path: Path) -> None:
    assert AnswerStore(path, BLANK).sheet == BLANK
    assert not path.exists()


def test_two_stores_see_each_other(path: Path) -> None:
    one, two = AnswerStore(path, BLANK), AnswerStore(path, BLANK)
    one.set("pier", "north", 0)
    assert two.sheet.value("pier") == "north"
    two.set("pier", "south", 1)
    with pytest.raises(StaleRevision):
        one.set("pier", "east", 1)
    one.set("guess", 4, 0)
    assert {q: a.value for q, a in two.sheet.answers.items()} == {"pier": "south", "guess": 4}


def test_a_change_that_leaves_time_and_size_alike_is_seen_before_writing(path: Path) -> None:
    store = AnswerStore(path, BLANK)
    store.set("pier", "north", 0)
    info = path.stat()
    other = path.read_bytes().replace(b"north", b"south").replace(b'"rev": 1', b'"rev": 2')
    path.write_bytes(other)  # the same file, the same size ...
    os.utime(path, ns=(info.st_atime_ns, info.st_mtime_ns))  # ... within one tick of the file system's clock
    with pytest.raises(StaleRevision):
        store.set("pier", "east", 1)


def test_a_sheet_deleted_while_open_is_a_stale_revision_not_a_crash(path: Path) -> None:
    store = AnswerStore(path, BLANK)
    store.set("pier", "north", 0)
    path.unlink()
    with pytest.raises(StaleRevision) as stale:
        store.set("pier", "south", 1)
    assert (stale.value.current, stale.value.rev) == (None, 0)
    assert store.set("pier", "south", 0).rev == 1


def test_rounds_are_appended_and_end(path: Path) -> None:
    store = AnswerStore(path, BLANK)
    for n in range(1, MOST_ROUNDS + 1):
        assert store.commit({}, {"pier": "north"}, {}).n == n
    first = store.sheet.rounds[0]
    with pytest.raises(ValueError, match="rounds are used"):
        store.commit({}, {}, {})
    assert len(store.sheet.rounds) == MOST_ROUNDS
    assert store.sheet.rounds[0] == first


def test_a_round_keeps_what_was_decided_then(path: Path) -> None:
    store = AnswerStore(path, BLANK)
    taken: dict[str, Any] = {"pier": "north"}
    store.commit({}, taken, {})
    taken["pier"] = "south"
    assert store.sheet.rounds[0].decision == {"pier": "north"}


def test_writing_brings_version_and_digest_up_to_date(path: Path) -> None:
    AnswerStore(path, BLANK).set("pier", "north", 0)
    newer = Sheet("harbour", "2026.2", "e" * 32, ME)
    store = AnswerStore(path, newer)
    assert store.sheet.content_version == "2026.1"
    store.set("guess", 3, 0)
    assert (store.sheet.content_version, store.sheet.scoring_digest) == ("2026.2", "e" * 32)
    assert store.sheet.value("pier") == "north"


def test_read_only_reads_and_writes_nothing(path: Path) -> None:
    AnswerStore(path, BLANK).set("pier", "north", 0)
    before = path.read_bytes()
    store = AnswerStore(path, BLANK, read_only=True)
    assert store.sheet.value("pier") == "north"
    with pytest.raises(SheetReadOnly):
        store.set("pier", "south", 1)
    with pytest.raises(SheetReadOnly):
        store.commit({}, {}, {})
    assert path.read_bytes() == before


def test_read_only_makes_no_folder(path: Path) -> None:
    assert AnswerStore(path, BLANK, read_only=True).sheet == BLANK
    assert not path.parent.exists()


def test_an_answer_too_large_for_the_sheet_is_refused_before_it_is_written(path: Path) -> None:
    store = AnswerStore(path, BLANK)
    store.set("pier", "north", 0)
    with pytest.raises(ValueError, match="too large"):
        store.set("why", "x" * LARGEST, 0)
    assert store.sheet.answers.keys() == {"pier"}
    assert read_sheet(path, "harbour").value("pier") == "north"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800"])
def test_a_value_no_sheet_may_hold_is_refused_and_harms_nothing(path: Path, value: object) -> None:
    store = AnswerStore(path, BLANK)
    store.set("pier", "north", 0)
    with pytest.raises(ValueError):  # noqa: PT011 - each has a message of its own
        store.set("why", value, 0)
    assert read_sheet(path, "harbour").answers.keys() == {"pier"}


def test_a_lock_that_is_held_is_said_and_not_waited_for_for_ever(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = AnswerStore(path, BLANK), AnswerStore(path, BLANK)
    two._lock.timeout = 0.05
    with one._writing(), pytest.raises(OSError, match="in use by another program"):
        two.set("pier", "north", 0)
    assert two.set("pier", "north", 0).rev == 1


# ------------------------------------------------------------ what is not a sheet

HALF = b'"\\ud800"'
DAMAGED: dict[str, bytes] = {
    "empty": b"",
    "spaces": b"  \n",
    "not JSON": b"PK\x03\x04",
    "not UTF-8": b'{"schema": 1, "case": "\xff"}',
    "UTF-16": json.dumps(raw()).encode("utf-16"),
    "a mark of byte order": b"\xef\xbb\xbf" + dumped(),
    "a list": b"[1]",
    "a number": b"1",
    "nothing": b"null",
    "no schema": dumped(schema=...),
    "schema is text": dumped(schema="1"),
    "schema is true": dumped(schema=True),
    "schema is 1.0": dumped().replace(b'"schema": 1', b'"schema": 1.0'),
    "nested 100,000 deep": b"[" * 100_000 + b"]" * 100_000,
    "tables nested 100,000 deep": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "nested 14 deep": dumped(answers={"pier": {"value": json.loads("[" * 14 + "]" * 14), "rev": 1, "at": AT}}),
    "NaN": dumped(answers={"guess": {"value": float("nan"), "rev": 1, "at": AT}}),
    "Infinity": dumped(answers={"guess": {"value": float("-inf"), "rev": 1, "at": AT}}),
    "1e999": dumped().replace(b'"north"', b"1e999"),
    "twins": dumped().replace(b'"schema": 1', b'"schema": 1, "schema": 1'),
    "twin answers": dumped().replace(b'"answers": {', b'"answers": {"pier": {"value": 1, "rev": 1, "at": ""}, '),
    "a huge number": dumped(answers={"guess": {"value": 10**400, "rev": 1, "at": AT}}),
    "a number of 5,000 digits": dumped().replace(b'"north"', b"9" * 5000),
    "a large number": dumped(answers={"guess": {"value": 10**15 + 1, "rev": 1, "at": AT}}),
    "half a character": dumped().replace(b'"north"', HALF),
    "half a character as a name": dumped().replace(b'"pier": {"value"', HALF + b': {"value"'),
    "no answers": dumped(answers=...),
    "answers is a list": dumped(answers=[]),
    "answers is nothing": dumped(answers=None),
    "an answer is text": dumped(answers={"pier": "north"}),
    "an answer is a list": dumped(answers={"pier": ["north", 1, AT]}),
    "an answer without a revision": dumped(answers={"pier": {"value": 1, "at": AT}}),
    "revision 0": dumped(answers={"pier": {"value": 1, "rev": 0, "at": AT}}),
    "revision -1": dumped(answers={"pier": {"value": 1, "rev": -1, "at": AT}}),
    "revision true": dumped(answers={"pier": {"value": 1, "rev": True, "at": AT}}),
    "revision 1.5": dumped(answers={"pier": {"value": 1, "rev": 1.5, "at": AT}}),
    "time is a number": dumped(answers={"pier": {"value": 1, "rev": 1, "at": 5}}),
    "time is a book": dumped(answers={"pier": {"value": 1, "rev": 1, "at": "x" * 201}}),
    "a path as a question": dumped(answers={"../pier": {"value": 1, "rev": 1, "at": AT}}),
    "a question with a line end": dumped(answers={"pier\n": {"value": 1, "rev": 1, "at": AT}}),
    "no rounds": dumped(rounds=...),
    "rounds is a table": dumped(rounds={"1": {}}),
    "a round is a number": dumped(rounds=[1]),
    "a round without a decision": dumped(rounds=[{"n": 1, "at": AT, "prediction": {}, "result": {}}]),
    "a prediction of pairs": dumped(
        rounds=[{"n": 1, "at": AT, "prediction": ["ab"], "decision": [["pier", 1]], "result": ""}]
    ),
    "rounds begin at 2": dumped(rounds=[{**raw()["rounds"][0], "n": 2}]),
    "a round twice": dumped(rounds=[raw()["rounds"][0]] * 2),
    "too many rounds": dumped(rounds=[{**raw()["rounds"][0], "n": n} for n in range(1, MOST_ROUNDS + 2)]),
    "no workspace": dumped(workspace_id=...),
    "a workspace too short": dumped(workspace_id="a" * 25),
    "a workspace with a line end": dumped(workspace_id=ME + "\n"),
    "a path as a workspace": dumped(workspace_id="../" + "a" * 23),
    "case is a number": dumped(case=5),
    "case is a book": dumped(case="x" * 300),
    "digest is nothing": dumped(scoring_digest=None),
    "too large": b'{"schema": 1, "x": "' + b"x" * LARGEST + b'"}',
}


@pytest.mark.parametrize("data", DAMAGED.values(), ids=DAMAGED.keys())
def test_damaged(data: bytes, path: Path) -> None:
    with pytest.raises(SheetDamaged, match=r"^harbour\.json ") as error:
        parse_sheet(data, "harbour")
    assert len(str(error.value)) < 400, "a message is a sentence, not the file"
    path.parent.mkdir()
    path.write_bytes(data)
    with pytest.raises(SheetDamaged):
        AnswerStore(path, BLANK)
    assert path.read_bytes() == data


@pytest.mark.parametrize("schema", [2, 99, 10**15])
def test_too_new_says_update(schema: int) -> None:
    with pytest.raises(SheetTooNew, match="update the course"):
        parse_sheet(dumped(schema=schema, answers="a shape nobody knows yet"), "harbour")


@pytest.mark.parametrize("schema", [0, -1])
def test_too_old(schema: int) -> None:
    with pytest.raises(SheetTooOld):
        parse_sheet(dumped(schema=schema), "harbour")


def test_another_case_is_foreign() -> None:
    with pytest.raises(SheetForeign, match="another case"):
        parse_sheet(dumped(case="airport"), "harbour")


def test_another_workspace_is_foreign(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(dumped(workspace_id=OTHER))
    assert read_sheet(path, "harbour").workspace_id == OTHER, "reading alone does not know whose workspace it is"
    with pytest.raises(SheetForeign, match="another participant"):
        AnswerStore(path, BLANK)


def test_no_truncation_passes_for_a_sheet(path: Path) -> None:
    store = AnswerStore(path, BLANK)
    store.set("why", "Ñandú — “quoted”", 0)
    store.commit({"guess": 1}, {"pier": "north"}, {"headline": "H"})
    data = path.read_bytes()
    for length in range(len(data) - 1):  # the last byte is the line end
        with pytest.raises(SheetDamaged):
            parse_sheet(data[:length], "harbour")


@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda t: t.encode("utf-8", "surrogatepass")))
def test_whatever_the_bytes_the_error_is_named(data: bytes) -> None:
    with pytest.raises(SheetError):
        parse_sheet(data, "harbour")


@given(st.sampled_from(list(raw())), values)
@settings(max_examples=300, deadline=None)
def test_whatever_stands_in_a_field_the_error_is_named(name: str, value: object) -> None:
    try:
        sheet = parse_sheet(dumped(**{name: value}), "harbour")
    except SheetError:
        return
    assert parse_sheet(sheet.as_json(), "harbour") == sheet


@given(st.integers(0, len(dumped()) - 1), st.integers(0, 255))
@settings(max_examples=300, deadline=None)
def test_one_changed_byte_is_read_or_refused(at: int, byte: int) -> None:
    data = bytearray(dumped())
    data[at] = byte
    try:
        sheet = parse_sheet(bytes(data), "harbour")
    except SheetError:
        return
    assert parse_sheet(sheet.as_json(), "harbour") == sheet


# ------------------------------------------------------------ files that are no ordinary files


def test_fifty_megabytes_are_refused_unread(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.parent.mkdir()
    with path.open("wb") as file:
        file.truncate(50_000_000)

    def never(self: Path) -> bytes:
        raise AssertionError("a file that is too large is not read into memory")

    monkeypatch.setattr(Path, "read_bytes", never)
    with pytest.raises(SheetDamaged, match="50,000,000 bytes"):
        read_sheet(path, "harbour")
    with pytest.raises(SheetDamaged):
        AnswerStore(path, BLANK)


def test_a_missing_file_is_missing_not_damaged(path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_sheet(path, "harbour")


@pytest.mark.skipif(os.name != "posix", reason="links need rights elsewhere")
@pytest.mark.parametrize("target", ["whole", "missing", "folder"])
def test_a_link_is_not_followed(path: Path, tmp_path: Path, target: str) -> None:
    path.parent.mkdir()
    (tmp_path / "whole").write_bytes(dumped())
    (tmp_path / "folder").mkdir()
    path.symlink_to(tmp_path / target)
    with pytest.raises(SheetDamaged, match="not an ordinary file"):
        read_sheet(path, "harbour")
    with pytest.raises(SheetDamaged):
        AnswerStore(path, BLANK)


def test_a_folder_or_pipe_in_place_of_the_file(path: Path, tmp_path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(SheetDamaged, match="not an ordinary file"):
        AnswerStore(path, BLANK)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "harbour.json")
        with pytest.raises(SheetDamaged):
            read_sheet(tmp_path / "harbour.json", "harbour")


# ------------------------------------------------------------ set aside


def test_set_aside_keeps_every_byte_and_every_earlier_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers.time, "strftime", lambda *_: "20261121-104200")  # many within one second
    path, kept = tmp_path / "harbour.json", {}
    for n in range(5):
        path.write_bytes(b"damaged %d" % n)
        aside = set_aside(path)
        assert aside not in kept
        assert aside.parent == path.parent
        assert ".damaged-" in aside.name
        kept[aside] = b"damaged %d" % n
    assert not path.exists()
    assert {p: p.read_bytes() for p in tmp_path.iterdir()} == kept


@pytest.mark.skipif(os.name != "posix", reason="links need rights elsewhere")
def test_set_aside_does_not_land_on_a_dangling_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers.time, "strftime", lambda *_: "now")
    (tmp_path / "harbour.damaged-now.json").symlink_to(tmp_path / "nowhere")
    path = tmp_path / "harbour.json"
    path.write_bytes(b"x")
    assert set_aside(path).name == "harbour.damaged-now-1.json"
    assert (tmp_path / "harbour.damaged-now.json").is_symlink()


def test_set_aside_moves_a_folder_and_a_link_themselves(tmp_path: Path) -> None:
    folder = tmp_path / "harbour.json"
    folder.mkdir()
    (folder / "inside").write_text("kept")
    assert (set_aside(folder) / "inside").read_text() == "kept"
    if os.name == "posix":
        (tmp_path / "target").write_text("kept")
        folder.symlink_to(tmp_path / "target")
        assert set_aside(folder).is_symlink()
        assert (tmp_path / "target").read_text() == "kept"


# ------------------------------------------------------------ a disk that says no


def full(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("call", ["os.fsync", "Path.replace", "json"])
def test_a_full_disk_leaves_the_old_file_and_no_draft(path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    store = AnswerStore(path, BLANK)
    store.set("pier", "north", 0)
    before = path.read_bytes()
    with monkeypatch.context() as patch:
        if call == "os.fsync":
            patch.setattr(os, "fsync", full)
        elif call == "Path.replace":
            patch.setattr(Path, "replace", full)
        else:
            patch.setattr(answers.json, "dumps", full)
        with pytest.raises(OSError, match="No space left"):
            store.set("pier", "south", 1)
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir() if "lock" not in p.name] == ["harbour.json"]
    assert store.sheet.value("pier") == "north", "what was not saved is not told as saved"
    assert store.set("pier", "south", 1).rev == 2, "the lock was let go and the next attempt succeeds"


def test_an_interrupted_write_removes_its_draft(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = AnswerStore(path, BLANK)

    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", interrupted)
        with pytest.raises(KeyboardInterrupt):
            store.set("pier", "north", 0)
    assert not [p for p in path.parent.iterdir() if p.suffix == ".new"]
    assert store.set("pier", "north", 0).rev == 1


def test_a_folder_that_cannot_be_written(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = AnswerStore(path, BLANK)
    store.set("pier", "north", 0)
    before = path.read_bytes()
    real = os.open

    def refusing(file: Any, flags: int, *rest: Any, **more: Any) -> int:
        if str(file).endswith(".new"):
            raise PermissionError(13, "Permission denied")
        return real(file, flags, *rest, **more)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", refusing)
        with pytest.raises(PermissionError):
            store.set("pier", "south", 1)
    assert path.read_bytes() == before
    assert store.set("pier", "south", 1).rev == 2


def test_the_new_file_is_forced_to_disk_before_it_takes_the_place(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    fsync, replace = os.fsync, Path.replace
    monkeypatch.setattr(os, "fsync", lambda fd: (done.append("fsync"), fsync(fd))[1])
    monkeypatch.setattr(Path, "replace", lambda self, to: (done.append("replace"), replace(self, to))[1])
    AnswerStore(path, BLANK).set("pier", "north", 0)
    assert done == (["fsync", "replace", "fsync"] if os.name == "posix" else ["fsync", "replace"])


def test_opening_a_sheet_takes_no_pydantic(tmp_path: Path) -> None:
    code = "import sys, itguide.answers; print(sorted({'pydantic', 'babel', 'jupyter_server'} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert told.stdout.strip() == "[]"
