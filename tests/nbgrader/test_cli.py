"""The commands: their names, exit codes and plain words."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

import small_course as small
from itguide.cli import main


def test_the_pipe_by_command(room, capsys):
    owner = small.who("a")
    workspace = small.workspace(
        room.tmp_path / "a", owner, small.sheet(owner, small.FAST, {"minister": small.MINISTER})
    )
    course = ["--course", str(room.course.root)]

    def run(*words: str, code: int = 0) -> str:
        capsys.readouterr()
        assert main([*words]) == code
        return capsys.readouterr().out

    receipt = json.loads(run("submit", "harbour", "--workspace", str(workspace), "--to", str(room.inbox), "--json"))
    assert receipt["sequence"] == 1
    assert "nothing has changed" in run("submit", "harbour", "--workspace", str(workspace))
    collected = json.loads(run("collect", str(room.inbox), *course, "--json"))
    assert [c["status"] for c in collected] == ["accepted"]
    assert collected[0]["receipt"] == receipt["receipt"].replace("-", "")
    told = run("grade", "harbour", *course)
    assert "automatic 10 of 10; criteria: 0 read (0 of 3 points), 2 still to read\n" in told
    assert told.endswith("1 graded, 0 need attention; 0 criteria read, 2 still to read.\n")
    graded = json.loads(run("grade", "--json", *course))
    assert (graded["graded"], graded["failed"], graded["marked"], graded["to_mark"]) == (1, 0, 0, 2)
    assert "(2 criteria not read yet)" in run("feedback", *course)
    assert run("build", *course).startswith("Built harbour (4 graded items) in ")
    assert json.loads(run("build", *course, "--json"))["modules"] == {"harbour": 4}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["grade", "--course", "{none}"], "run 'itguide build' first"),
        (["collect", "{none}"], "is not a folder"),
        (["submit", "nowhere", "--workspace", "{none}"], "no module"),
        (["submit", "harbour", "--workspace", "{none}"], "nothing to hand in"),
        (["grade", "nowhere", "--course", "{course}"], "has no module 'nowhere'; it has harbour"),
    ],
)
def test_an_error_is_one_plain_sentence(course, tmp_path, capsys, words, said):
    filled = [w.format(none=tmp_path / "none", course=course.root) for w in words]
    assert main(filled) == 1
    err = capsys.readouterr().err
    assert said in err
    assert "Traceback" not in err
    assert err.count("\n") == 1


def test_content_problems_are_all_listed(checkout, tmp_path, capsys):
    key = checkout / "grading/keys/berths/key.toml"
    kept = key.read_text()
    key.write_text(kept.replace('aspect = "sound"', 'aspect = "proud"'))
    small.forget()
    try:
        assert main(["build", "--course", str(tmp_path / "c")]) == 1
        assert capsys.readouterr().err.count("grading/keys/berths/key.toml: ") == 2
    finally:
        key.write_text(kept)
        small.forget()


def test_interrupted(course, monkeypatch, capsys):
    from itguide import grading

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(grading, "grade", interrupt)
    assert main(["grade", "--course", str(course.root)]) == 130
    assert "Traceback" not in capsys.readouterr().err


def test_every_command_is_there_and_starts_quickly():
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "itguide", "--help"], capture_output=True, text=True, check=True
    )
    for name in ("start", "check", "build", "submit", "collect", "grade", "desk", "feedback", "new-case"):
        assert f"    {name} " in done.stdout
    assert not {"nbgrader", "numpy", "anywidget", "jupyter_server"} & {
        line.split("|")[-1].strip() for line in done.stderr.splitlines()
    }
