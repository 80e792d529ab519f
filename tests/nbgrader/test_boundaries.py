"""A grading that is killed: whatever the moment, nothing is half-written, and the next run finishes the work."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from threading import Thread

import pytest

import small_course as small
from itguide import fast_grading, gradebook, grading
from itguide.errors import CourseError

BOUNDARIES = ("files copied", "notebook written", "stamp written", "gradebook written", "former set aside",
              "in place", "former removed")  # fmt: skip

KILLED = """
import os, sys
from pathlib import Path
from itguide import fast_grading, grading
name, root = sys.argv[1], Path(sys.argv[2])
def boundary(at):
    if at == name:
        os._exit(9)
fast_grading.boundary = boundary
grading.grade(root)
"""


def rows(room, letter: str) -> list[tuple]:
    return [(m.grade_id, m.automatic, m.manual, m.to_mark, m.comment) for m in room.marks(letter).values()]


def left_over(room) -> list[str]:
    return sorted(p.name for p in (room.course.root / "autograded").glob("*/*") if p.name != "harbour")


def files(room, letter: str) -> dict[str, bytes]:
    folder = room.course.root / "autograded" / small.who(letter) / "harbour"
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def kill(room, name: str) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, name, str(room.course.root)], capture_output=True, check=False)
    assert done.returncode == 9, done.stderr.decode()


@pytest.mark.parametrize("name", BOUNDARIES)
def test_killed_at_a_write_boundary(room, name):
    """Graded and marked before; then the participant hands in again, and the grading of that is killed."""
    room.hand_in("a", small.FAST, text="We dredge now.")
    room.collect()
    room.grade()
    room.mark("a", "cost", 2, "Clear.")
    before, was = rows(room, "a"), files(room, "a")
    room.hand_in("a", {**small.FAST, "dredge": "never"}, text="We dredge now.")
    room.collect()
    kill(room, name)
    after, now = rows(room, "a"), files(room, "a")
    assert after == before or {r[0]: r[1] for r in after}["berths__dredge"] == 0
    assert all(r[1] is not None or r[0].count("__") == 2 for r in after), "a row without a score"
    if now:  # the former result whole, or the new one whole; for one moment the former stands beside its place
        stamp = json.loads(now["graded.json"])
        assert now == was or stamp["files"] != json.loads(was["graded.json"])["files"]
        assert "harbour.ipynb" in now
    else:
        assert name == "former set aside"
    graded = room.grade()["a"]
    assert graded.error == ""
    assert left_over(room) == []
    marks = room.marks("a")
    assert marks["berths__dredge"].automatic == 0
    assert (marks["berths__minister__cost"].manual, marks["berths__minister__cost"].comment) == (2, "Clear.")


def test_every_boundary_is_tested(monkeypatch, room):
    seen: list[str] = []
    monkeypatch.setattr(fast_grading, "boundary", seen.append)
    room.hand_in("a", small.FAST)
    room.collect()
    room.grade()
    assert tuple(dict.fromkeys(seen)) == BOUNDARIES


def test_a_locked_gradebook_is_waited_for_and_said(room, monkeypatch):
    monkeypatch.setattr(gradebook.Waiting, "PAUSE", 0.2)
    room.hand_in("a", small.FAST)
    room.collect()
    room.grade()
    said: list[str] = []
    with closing(sqlite3.connect(room.course.database, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN EXCLUSIVE")

        def let_go() -> None:
            time.sleep(7)
            other.execute("ROLLBACK")

        releases = Thread(target=let_go)
        releases.start()
        summary = grading.grade(room.course.root, again=True, report=lambda _n, _of, what: said.append(what))
        releases.join()
    assert [g.error for g in summary.submissions] == [""]
    assert any("in use by another program" in s for s in said)


def test_a_gradebook_that_stays_locked_is_named_with_the_remedy(room, monkeypatch):
    monkeypatch.setattr(gradebook.Waiting, "SECONDS", 0.0)
    room.hand_in("a", small.FAST)
    room.collect()
    room.grade()
    with closing(sqlite3.connect(room.course.database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(CourseError, match="Close formgrader"), gradebook.opened(room.course):
            pass
        other.execute("ROLLBACK")


def test_pattern_that_is_not_ours_is_refused(room, tmp_path: Path):
    room.hand_in("a", small.FAST)
    room.collect()
    room.grade()
    [kept] = (room.course.root / ".patterns").glob("*.ipynb")
    folder = room.course.root / "submitted" / small.who("a") / "harbour"
    node = json.loads(kept.read_text(encoding="utf-8"))
    graded = next(c for c in node["cells"] if c["metadata"].get("nbgrader", {}).get("grade"))
    graded["outputs"][0]["data"]["text/plain"] = ["99.0"]
    with pytest.raises(CourseError, match="--engine nbgrader"):
        fast_grading.pattern(json.dumps(node).encode(), folder)
