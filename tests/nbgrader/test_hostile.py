"""Submissions spoiled in the instructor's own folder: each is named with its reason, the others are graded."""

from __future__ import annotations

import os
from concurrent.futures.process import BrokenProcessPool

import small_course as small
from itguide import fast_grading
from itguide.cli import main

SPOILED = {
    "b": ("a link", "not an ordinary file|not a readable|cannot be read|link"),
    "c": ("a device", "not an ordinary file|not a readable|cannot be read"),
    "d": ("huge", "large|more than|bytes"),
    "e": ("deep", "nested"),
    "f": ("not a number", "not a readable"),
    "g": ("another's", "another|foreign|case"),
    "h": ("no time", "holds no time"),
    "i": ("a folder", "not an ordinary file|not a readable|cannot be read|directory"),
}


def spoil(room, letter: str, how: str, tmp_path) -> None:
    path = room.installed(letter)
    if how == "a link":
        target = tmp_path / "elsewhere.json"
        path.rename(target)
        path.symlink_to(target)
    elif how == "a device":
        path.unlink()
        os.mkfifo(path)
    elif how == "a folder":
        path.unlink()
        path.mkdir()
    elif how == "no time":
        room.installed(letter, "timestamp.txt").write_text("the day after never")
    else:
        data = {"huge": b" " * 50_000_000, "deep": b"[" * 100_000, "not a number": b'{"schema": NaN}'}
        other = path.read_bytes().replace(b'"berths"', b'"greeting"')
        path.write_bytes(data.get(how, other))


def test_one_bad_submission_never_stops_the_others(room, tmp_path, capsys):
    for letter in "a" + "".join(SPOILED):
        room.hand_in(letter, small.FAST)
    room.collect()
    for letter, (how, _) in SPOILED.items():
        spoil(room, letter, how, tmp_path)
    graded = room.grade()
    assert (graded["a"].automatic, graded["a"].error) == (10, "")
    for letter, (how, said) in SPOILED.items():
        told = graded[letter].error
        assert told, how
        assert any(word in told for word in said.split("|")), (how, told)
        assert graded[letter].automatic == 0
    capsys.readouterr()
    assert main(["grade", "--course", str(room.course.root)]) == 1
    out = capsys.readouterr()
    for letter in SPOILED:
        assert letter * 6 in out.err
    assert "1 graded, 8 need attention" in out.out


def test_a_process_that_is_ended_costs_time_and_nothing_else(room, monkeypatch):
    room.hand_in("a", small.FAST)
    room.hand_in("b", {**small.FAST, "dredge": "never"})
    room.collect()

    class Ended:
        def __init__(self, *_, **__): ...
        def __enter__(self):
            return self

        def __exit__(self, *_):
            return False

        def submit(self, *_):
            raise BrokenProcessPool("ended")

    monkeypatch.setattr(fast_grading, "ProcessPoolExecutor", Ended)
    graded = room.grade(processes=2)
    assert {k: (g.automatic, g.error) for k, g in graded.items()} == {"a": (10, ""), "b": (4, "")}
