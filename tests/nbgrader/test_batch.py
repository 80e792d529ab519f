"""One batch through the real nbgrader: each submission gets its due, and none touches another's."""

from __future__ import annotations

import json
import types
import zipfile

import pytest

import small_course as small
from itguide.cli import main


@pytest.mark.kernels
def test_wrong_right_missing_damaged_hostile_and_a_changed_essay(room, capsys):
    room.hand_in("a", small.FAST, small.MINISTER)
    room.hand_in("b", {**small.FAST, "dredge": "never"})
    room.hand_in("c", answers={"minister": "No decision, only words."})  # never committed a round
    owner = small.who("d")  # never opened the case at all
    small.workspace(room.tmp_path / "d", owner, small.sheet(owner, None, {"call": "minister"}, "greeting"))
    main(["submit", "harbour", "--workspace", str(room.tmp_path / "d"), "--to", str(room.inbox)])
    room.hand_in("e", small.FAST, "I will be damaged.")
    hostile = {**small.FAST, "dredge": {"now": 1}, "order": "<script>alert(1)</script>"}
    room.hand_in("f", hostile, "</div><script>document.title='OWNED'</script>")
    (room.inbox / "cut.zip").write_bytes((room.inbox / f"itguide_harbour_{'a' * 6}_1.zip").read_bytes()[:200])
    small.repack(room.hand_in("g", small.FAST), lambda e: [*e, ("../../gradebook.db", b"")])
    (room.inbox / "holiday.jpg").write_bytes(b"\xff\xd8")

    capsys.readouterr()
    assert main(["collect", str(room.inbox), "--course", str(room.course.root)]) == 1
    out = capsys.readouterr()
    assert "6 accepted, 3 refused" in out.out or "3 refused, 6 accepted" in out.out
    assert all(name in out.err for name in ("cut.zip", "gggggg", "holiday.jpg"))
    assert not (room.course.root / "submitted" / small.who("g")).exists()

    room.installed("e").write_bytes(b'{"schema": 1')  # damaged in the instructor's folder
    assert main(["grade", "--json", "--course", str(room.course.root)]) == 1
    out = capsys.readouterr()
    graded = {g["workspace_id"][0]: types.SimpleNamespace(**g) for g in json.loads(out.out)["submissions"]}
    assert {k: g.automatic for k, g in graded.items()} == {"a": 10, "b": 4, "c": 0, "d": 0, "e": 0, "f": 0}
    assert {k: g.to_mark for k, g in graded.items()} == {"a": 2, "b": 0, "c": 2, "d": 0, "e": 0, "f": 2}
    assert {k: bool(g.error) for k, g in graded.items()} == {
        "a": False,
        "b": False,
        "c": False,
        "d": False,
        "e": True,
        "f": False,
    }
    assert "not a readable answer sheet" in graded["e"].error

    printed = room.course.notebook("autograded", "harbour", small.who("f")).read_text()
    assert "<script>" not in printed
    assert "&lt;script&gt;" in printed

    # The essay changes; the others stay as they are.
    room.mark("a", "cost", 2, "Well said.")
    before = {k: room.marks(k) for k in "abcdf"}
    room.hand_in("a", small.FAST, "We dredge later, and nobody pays.")
    assert room.collect()[f"itguide_harbour_{'a' * 6}_2.zip"] == "accepted"
    after = room.grade(engine="fast")
    assert (after["a"].automatic, after["a"].to_mark, after["a"].marked_before) == (10, 2, ("berths__minister__cost",))
    assert {k: room.marks(k) for k in "bcdf"} == {k: v for k, v in before.items() if k != "a"}
    kept = sorted(p.name.partition("_")[0] for p in (room.course.received / small.who("a") / "harbour").iterdir())
    assert kept == ["1", "2"]

    # Stock nbgrader, run in the course directory, comes to the same numbers and is as loud about the damaged one.
    mine = {k: room.marks(k) for k in "abcdf"}
    stock = room.stock("autograde", "harbour", "--force")
    assert stock.returncode != 0
    assert "not a readable answer sheet" in stock.stderr
    assert {k: room.marks(k) for k in "abcdf"} == mine


def test_a_key_that_cannot_be_found_stops_everything(room, checkout):
    room.hand_in("a", small.FAST)
    room.collect()
    assert room.grade()["a"].automatic == 10
    before = room.marks("a")
    key = checkout / "grading/keys/berths/key.toml"
    hidden = key.rename(key.with_suffix(".hidden"))
    small.forget()
    try:
        assert main(["grade", "--again", "--engine", "nbgrader", "--course", str(room.course.root)]) == 1
        stock = room.stock("autograde", "harbour", "--force")
        assert stock.returncode != 0
        assert "key.toml: the file is missing" in stock.stderr
    finally:
        hidden.rename(key)
        small.forget()
    assert room.marks("a") == before


@pytest.mark.kernels
def test_a_broken_set_up_is_found_by_the_trial_run_and_nobody_is_touched(room, monkeypatch, tmp_path):
    room.hand_in("a", small.FAST)
    room.collect()
    room.grade()
    before, notebook = room.marks("a"), room.course.notebook("autograded", "harbour", small.who("a")).read_bytes()
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "sitecustomize.py").write_text(
        "import builtins, sys\nif any('ipykernel' in a for a in sys.argv): raise SystemExit(9)\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(broken))
    assert main(["grade", "--again", "--engine", "nbgrader", "--course", str(room.course.root)]) == 1
    assert room.marks("a") == before
    assert room.course.notebook("autograded", "harbour", small.who("a")).read_bytes() == notebook


def test_an_engine_that_scores_differently_is_graded_anew(room, monkeypatch):
    """The result on disk looks current, but the gradebook no longer holds what the engine computes."""
    from itguide import gradebook

    room.hand_in("a", small.FAST)
    room.collect()
    room.grade()
    with gradebook._open(gradebook._url(room.course)) as book:
        book.find_grade("berths__dredge", "harbour", "harbour", small.who("a")).auto_score = 6.5
        book.db.commit()
    graded = room.grade()["a"]
    assert (graded.automatic, graded.error) == (10, "")


def test_a_mark_above_its_maximum_is_reported(room):
    room.hand_in("a", small.FAST, small.MINISTER)
    room.collect()
    room.grade()
    room.mark("a", "cost", 5)
    assert "the mark 5 is not between 0 and 2" in room.grade()["a"].error


def test_nothing_private_reaches_the_course(room):
    path = room.hand_in("a", small.FAST)
    with zipfile.ZipFile(path) as pack:
        assert not any("private" in n for n in pack.namelist())
    room.collect()
    room.grade()
    for file in room.course.root.rglob("*"):
        assert not file.is_file() or b"PRIVATE-CANARY" not in file.read_bytes(), file


def test_a_submission_that_fails_keeps_its_earlier_result(room):
    room.hand_in("a", small.FAST, small.MINISTER)
    room.hand_in("b", small.FAST)
    room.collect()
    room.grade()
    path = room.course.notebook("autograded", "harbour", small.who("a"))
    before, marks = path.read_bytes(), room.marks("a")
    room.installed("a").write_bytes(b"[]")
    graded = room.grade(again=True)
    assert "not an answer sheet" in graded["a"].error
    assert (graded["b"].automatic, graded["b"].error) == (10, "")
    assert path.read_bytes() == before
    assert room.marks("a") == marks
    assert not list(room.course.root.glob(".previous-*"))
