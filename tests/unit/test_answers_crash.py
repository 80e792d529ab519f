"""The answer sheet when a process dies in the middle, and when two write at once.

Every process here is one of its own and is ended by its own number.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from itguide.answers import AnswerStore, Sheet, parse_sheet, read_sheet

ME = "a" * 26
BLANK = Sheet("harbour", "2026.1", "d" * 32, ME)
pytestmark = pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX")

START = f"""
import os, sys
from pathlib import Path
from itguide.answers import AnswerStore, Sheet
from itguide.errors import StaleRevision
store = AnswerStore(Path(sys.argv[1]), Sheet("harbour", "2026.1", "d" * 32, "{ME}"))
def tell(word):
    os.write(1, f"{{word}}\\n".encode())
"""

# Writes without a pause; a number is told only after `set` has returned, as the page does.
WRITER = (
    START
    + """
rev = 0
while True:
    rev = store.set("count", {"n": rev + 1, "filler": "x" * 2000}, rev).rev
    tell(rev)
"""
)

# Saves once, then stops for ever at a named moment of the second save.
PARKED = (
    START
    + """
import time
tell(store.set("count", {"n": 1}, 0).rev)
moment = sys.argv[2]
real = {"fsync": os.fsync, "replace": Path.replace, "open": os.open}
done = []
def park():
    tell("parked")
    time.sleep(60)
def fsync(fd):
    done.append(fd)
    if moment == "before fsync" and len(done) == 1: park()
    real["fsync"](fd)
    if moment == "after fsync" and len(done) == 1: park()
def replace(self, to):
    if moment == "before replace": park()
    found = real["replace"](self, to)
    if moment == "after replace": park()
    return found
def opened(file, *rest, **more):
    handle = real["open"](file, *rest, **more)
    if moment == "draft opened" and str(file).endswith(".new"): park()
    return handle
os.fsync, Path.replace, os.open = fsync, replace, opened
store.set("count", {"n": 2}, 1)
"""
)

# Adds to one shared answer and to one of its own, again and again.
ADDER = (
    START
    + """
name, times = sys.argv[2], int(sys.argv[3])
clashes = 0
tell("ready")
sys.stdin.readline()
for n in range(times):
    held = store.sheet.answers.get("shared")
    value, rev = (held.value, held.rev) if held else (0, 0)
    while True:
        try:
            store.set("shared", value + 1, rev)
            break
        except StaleRevision as stale:
            clashes += 1
            value, rev = stale.current or 0, stale.rev
    store.set(f"own_{name}", n + 1, n)
tell(clashes)
"""
)


@contextmanager
def running(program: str, *arguments: object) -> Iterator[subprocess.Popen[bytes]]:
    pipe = subprocess.PIPE  # without a buffer: what is told is read by `line` or by `communicate`, never lost between
    process = subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)], stdin=pipe, stdout=pipe, stderr=pipe, bufsize=0
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
        process.communicate()


def line(process: subprocess.Popen[bytes]) -> str:
    assert process.stdout is not None
    said = process.stdout.readline().decode().strip()
    assert said, process.stderr.read().decode() if process.stderr else ""
    return said


@pytest.mark.parametrize("seed", range(8))
def test_killed_at_any_moment_the_file_is_whole_and_holds_what_was_confirmed(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "harbour.json"
    with running(WRITER, path) as process:
        line(process)
        time.sleep(random.Random(seed).uniform(0, 0.06))
        os.kill(process.pid, signal.SIGKILL)
        told, _ = process.communicate()
    confirmed = int(told.split()[-1]) if told.endswith(b"\n") else 1
    sheet = read_sheet(path, "harbour")
    held = sheet.answers["count"]
    assert held.rev in {confirmed, confirmed + 1}, "at most the write that was not confirmed differs"
    assert held.value["n"] == held.rev
    assert AnswerStore(path, BLANK).set("count", {"n": 0}, held.rev).rev == held.rev + 1, "the lock died with its owner"


MOMENTS = {"draft opened": 1, "before fsync": 1, "after fsync": 1, "before replace": 1, "after replace": 2}


@pytest.mark.parametrize(("moment", "rev"), MOMENTS.items(), ids=MOMENTS.keys())
def test_killed_at_each_step_of_a_write(tmp_path: Path, moment: str, rev: int) -> None:
    path = tmp_path / "harbour.json"
    with running(PARKED, path, moment) as process:
        assert line(process) == "1"
        assert line(process) == "parked"
        os.kill(process.pid, signal.SIGKILL)
        process.wait(5)
        assert read_sheet(path, "harbour").answers["count"].rev == rev
        store = AnswerStore(path, BLANK)
        assert store.set("count", {"n": 9}, rev).rev == rev + 1
    assert parse_sheet(path.read_bytes(), "harbour") == store.sheet


def test_a_reader_never_sees_half_a_file(tmp_path: Path) -> None:
    path = tmp_path / "harbour.json"
    with running(WRITER, path) as process:
        line(process)
        seen: list[int] = []
        end = time.monotonic() + 0.5
        while time.monotonic() < end:
            seen.append(read_sheet(path, "harbour").answers["count"].rev)
    assert seen == sorted(seen)
    assert seen[-1] > seen[0]


def test_two_processes_on_one_file_lose_no_update(tmp_path: Path) -> None:
    path, times = tmp_path / "harbour.json", 60
    with running(ADDER, path, "one", times) as one, running(ADDER, path, "two", times) as two:
        for process in (one, two):
            assert line(process) == "ready"
        for process in (one, two):
            assert process.stdin is not None
            process.stdin.write(b"go\n")
        clashes = [int(line(one)), int(line(two))]
    sheet = read_sheet(path, "harbour")
    assert sheet.value("shared") == 2 * times
    assert sheet.answers["shared"].rev == 2 * times
    assert (sheet.value("own_one"), sheet.value("own_two")) == (times, times)
    assert sum(clashes) > 0, "the two did meet"
