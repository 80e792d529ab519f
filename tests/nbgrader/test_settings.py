"""Every setting of a course is needed: with it something holds, without it that something breaks."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

import small_course as small
from conftest import notebook
from itguide import gradebook, nbgrader_settings
from itguide.errors import CourseError
from itguide.grading_notebook import leaks
from itguide.nbgrader_runner import Runner


def plain(runner: Runner, *without: str) -> Runner:
    """A runner without one of our steps."""
    steps = runner.config.Autograde.autograde_preprocessors
    runner.config.Autograde.autograde_preprocessors = [s for s in steps if not s.endswith(without)]
    return runner


def copies_only(runner: Runner) -> Runner:
    """A runner that copies files and executes nothing."""
    runner.config.Autograde.autograde_preprocessors = []
    return runner


@pytest.mark.parametrize("there", [True, False])
def test_answers_in_source_replace_everyones_unless_excluded(room, there):
    room.hand_in("a", small.FAST)
    room.collect()
    mine = room.installed("a").read_bytes()
    planted = room.course.root / "source/harbour/answers/berths.json"
    planted.parent.mkdir()
    planted.write_bytes(small.sheet(small.who("z"), small.FAST).as_json())
    runner = copies_only(Runner(room.course))
    if not there:
        del runner.config.Autograde["exclude_overwriting"]
    runner.autograde("harbour", small.who("a"))
    graded = room.course.root / "autograded" / small.who("a") / "harbour/answers/berths.json"
    assert (graded.read_bytes() == mine) is there


def test_answers_in_source_are_refused_before_anything_is_graded(room):
    room.hand_in("a", small.FAST)
    room.collect()
    planted = room.course.root / "source/harbour/answers/berths.json"
    planted.parent.mkdir()
    planted.write_bytes(b"{}")
    with pytest.raises(CourseError, match=r"source/ holds harbour/answers/berths\.json"):
        room.grade()


@pytest.mark.parametrize("there", [True, False])
def test_a_missing_key_is_a_quiet_zero_without_loud_cells(room, checkout, there):
    room.hand_in("a", small.FAST)
    room.collect()
    key = checkout / "grading/keys/berths/key.toml"
    hidden = key.rename(key.with_suffix(".hidden"))
    try:
        runner = plain(Runner(room.course), "KeepMarks", *(() if there else ("LoudCells",)))
        if there:
            with pytest.raises(CourseError, match="the file is missing"):
                runner.autograde("harbour", small.who("a"))
        else:
            runner.autograde("harbour", small.who("a"))
            assert room.marks("a")["berths__dredge"].points == 0
    finally:
        hidden.rename(key)


@pytest.mark.parametrize("there", [True, False])
def test_a_changed_essay_keeps_its_old_mark_without_keep_marks(room, there):
    room.hand_in("a", small.FAST, small.MINISTER)
    room.collect()
    runner = Runner(room.course, kernels=False)
    runner = runner if there else plain(runner, "KeepMarks")
    runner.autograde("harbour", small.who("a"))
    room.mark("a", "cost", 2)
    room.hand_in("a", small.FAST, "Nothing at all to do with it.")
    room.collect()
    runner.autograde("harbour", small.who("a"))
    mark = room.marks("a")["berths__minister__cost"]
    assert (mark.manual, mark.to_mark) == ((None, True) if there else (2, False))


def feedback_page(room, *, safe: bool) -> str:
    from nbgrader.converters import GenerateFeedback

    runner = Runner(room.course)
    if not safe:
        runner.config.GenerateFeedback.preprocessors = [
            s for s in runner.config.GenerateFeedback.preprocessors if not s.endswith("SafeFeedback")
        ]
    runner._run(GenerateFeedback, "harbour", small.who("a"))
    return (room.course.root / "feedback" / small.who("a") / "harbour/harbour.html").read_text()


def test_nbgraders_own_feedback_prints_the_mark_scheme_without_safe_feedback(room):
    room.hand_in("a", small.FAST, small.MINISTER)
    room.collect()
    Runner(room.course, kernels=False).autograde("harbour", small.who("a"))
    page = feedback_page(room, safe=True)
    assert leaks("harbour", page) == []
    assert "KEY-" not in page
    assert "In line with your aim: Holds" not in page  # what is printed for the desk stays there
    assert "The port pays for it" in page
    assert "KEY-CANARY" in feedback_page(room, safe=False)


@pytest.mark.parametrize("there", [True, False])
def test_scripts_in_outputs_reach_the_instructor_unless_sanitised(room, tmp_path, there):
    from nbconvert.exporters import HTMLExporter

    node = notebook(room.course.notebook("release", "harbour"))
    cell = next(c for c in node["cells"] if c["cell_type"] == "code")
    cell["outputs"] = [
        {"output_type": "display_data", "metadata": {}, "data": {"text/html": "<div>ok<script>alert(1)</script></div>"}}
    ]
    path = tmp_path / "x.ipynb"
    path.write_text(json.dumps(node))
    runner = Runner(room.course)
    if not there:
        runner.config.HTMLExporter.sanitize_html = False
    page, _ = HTMLExporter(config=runner.config).from_filename(str(path))
    assert ("<script>alert(1)</script>" not in page) is there
    assert "ok" in page


@pytest.mark.parametrize("there", [True, False])
def test_a_personal_start_up_file_meddles_with_scores_without_a_profile_of_our_own(room, monkeypatch, tmp_path, there):
    start = tmp_path / "ipython/profile_default/startup"
    start.mkdir(parents=True)
    (start / "mine.py").write_text("import itguide.grading_cells as g\ng.points = lambda *a: 1.0\n")
    room.hand_in("a", {**small.FAST, "dredge": "never"})
    room.collect()
    runner = Runner(room.course)
    if not there:
        monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    runner.autograde("harbour", small.who("a"))
    assert (room.marks("a")["berths__dredge"].points == 0) is there


def test_keys_elsewhere_are_found_only_through_the_settings(room, checkout, monkeypatch, tmp_path):
    """An installation without a checkout around it: the grading folder is where the course's settings say."""
    elsewhere = tmp_path / "grading"
    shutil.copytree(checkout / "grading/keys", elsewhere / "keys")
    room.course.write(room.course.record(), elsewhere)
    room.hand_in("a", small.FAST)
    room.collect()
    hidden = (checkout / "grading/keys").rename(checkout / "grading/hidden")
    try:
        runner = Runner(room.course)
        small.forget()
        runner.autograde("harbour", small.who("a"))
        assert room.marks("a")["berths__dredge"].points == 6
        monkeypatch.delenv("ITGUIDE_GRADING")
        small.forget()
        with pytest.raises(CourseError):
            runner.autograde("harbour", small.who("a"))
    finally:
        hidden.rename(checkout / "grading/keys")
        small.forget()


def test_alembic_is_found_without_the_environments_commands_on_the_path(course, monkeypatch):
    """nbgrader calls it by its bare name."""
    monkeypatch.setenv("PATH", "/nowhere")
    course.database.unlink()
    gradebook.create(course)
    assert course.database.stat().st_mode & 0o777 == 0o600
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(gradebook, "bin_directory", lambda: Path("/nowhere"))
    course.database.unlink()
    with pytest.raises(FileNotFoundError):
        gradebook.create(course)


@pytest.mark.parametrize("there", [True, False])
def test_a_release_with_a_missing_cell_is_refused_not_repaired(room, there):
    """Switched on, nbgrader puts cells back from its database, or dies on the way: the notebook is ours and whole."""
    room.hand_in("a", small.FAST)
    room.collect()
    path = room.installed("a", "harbour.ipynb")
    node = notebook(path)
    node["cells"] = [c for c in node["cells"] if c["id"] != "berths__order"]
    path.write_text(json.dumps(node))
    runner = copies_only(Runner(room.course))
    if not there:
        runner.config.OverwriteCells.add_missing_cells = True
    runner.autograde("harbour", small.who("a"))
    graded = room.course.notebook("autograded", "harbour", small.who("a")).read_text()
    assert ("was added back by nbgrader" not in graded) is there


def test_the_settings_are_used_wherever_nbgrader_is_started(room, tmp_path, monkeypatch):
    """`root` is absolute: the same course, whatever the current directory."""
    monkeypatch.chdir(tmp_path)
    assert Runner(room.course).config.CourseDirectory.root == str(room.course.root)
    room.hand_in("a", small.FAST)
    room.collect()
    Runner(room.course, kernels=False).autograde("harbour", small.who("a"))
    assert Path.cwd() == tmp_path
    assert room.marks("a")["berths__order"].points == 4


def test_settings_that_were_not_loaded_are_noticed(course):
    (course.root / "nbgrader_config.py").write_text("c = get_config()\n")
    with pytest.raises(CourseError, match=r"nbgrader_config\.py was not used"):
        Runner(course)


def test_the_environment_is_set_when_the_settings_are_loaded(course, checkout, monkeypatch):
    monkeypatch.delenv("ITGUIDE_GRADING", raising=False)
    Runner(course)
    assert Path(os.environ["ITGUIDE_GRADING"]) == checkout / "grading"
    assert Path(os.environ["ITGUIDE_GRADING"]).is_absolute()
    assert nbgrader_settings.SHOWN != nbgrader_settings.DESK
