"""Building a course and collecting into it."""

from __future__ import annotations

import json
import shutil
import stat
import zipfile

import pytest

import small_course as small
from conftest import notebook
from itguide import build, collect
from itguide.errors import CourseError
from itguide.grading_notebook import key_texts, leaks


def test_a_course_is_its_owners_only_and_building_again_changes_nothing(course):
    assert stat.S_IMODE(course.root.stat().st_mode) == 0o700
    before = {
        p: p.read_bytes() for p in course.root.rglob("*") if p.is_file() and p.suffix in {".ipynb", ".toml", ".py"}
    }
    build.build(course.root)
    assert {p: p.read_bytes() for p in before} == before


def test_the_grading_notebook_has_one_graded_cell_a_question_and_one_task_a_criterion(course):
    cells = notebook(course.notebook("source", "harbour"))["cells"]
    marked = {c["metadata"]["nbgrader"]["grade_id"]: c for c in cells if "nbgrader" in c["metadata"]}
    assert {n: c["metadata"]["nbgrader"]["points"] for n, c in marked.items()} == {
        "berths__dredge": 6, "berths__order": 4, "berths__minister__cost": 2, "berths__minister__plain": 1,
    }  # fmt: skip
    shown = [c for c in cells if c["cell_type"] == "code" and "nbgrader" not in c["metadata"]]
    assert len(shown) == 5 + 2 + 1 + 1  # answers of two cases, verdicts, rounds, the greeting's answer
    assert not any("own" in c["source"] for c in cells)
    assert len({c["id"] for c in cells}) == len(cells)


def test_no_key_text_in_the_release(course):
    assert len(key_texts("harbour")) == 6
    release = course.notebook("release", "harbour").read_text()
    source = course.notebook("source", "harbour").read_text()
    assert leaks("harbour", release) == []
    assert "KEY-" not in release
    assert "KEY-CANARY" in source


@pytest.fixture
def edit(checkout):
    """Changes a file of the checkout for one test."""
    kept: dict = {}

    def change(name: str, old: str, new: str) -> None:
        path = checkout / name
        kept.setdefault(path, path.read_bytes())
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))
        small.forget()

    yield change
    for path, data in kept.items():
        path.write_bytes(data)
    small.forget()


CASE = "case_studies/berths/case.toml"


def test_what_is_scored_may_change_until_there_are_submissions_and_not_after(room, edit):
    digest = room.course.record().module["harbour"].scoring_digest
    room.hand_in("a", small.FAST)
    edit(CASE, 'label = "First", most = 2', 'label = "First", most = 3')
    build.build(room.course.root)
    changed = room.course.record().module["harbour"].scoring_digest
    assert changed != digest
    refused = collect.collect(room.inbox, room.course.root)[0]
    assert refused.status == "refused"
    assert digest in refused.says
    assert changed in refused.says
    room.hand_in("b", small.FAST)
    assert room.collect()[f"itguide_harbour_{'b' * 6}_1.zip"] == "accepted"
    edit(CASE, 'label = "First", most = 3', 'label = "First", most = 2')
    for attempt in (lambda: build.build(room.course.root), room.grade, room.collect):
        with pytest.raises(CourseError) as caught:
            attempt()
        assert digest in str(caught.value)
        assert changed in str(caught.value)


def test_words_may_change_after_submissions_but_the_split_of_points_may_not(room, edit):
    room.hand_in("a", small.FAST)
    room.collect()
    edit(CASE, "Dredge later", "Dredge another year")
    build.build(room.course.root)
    assert room.grade()["a"].automatic == 10
    key = "grading/keys/berths/key.toml"
    edit(key, 'id = "cost"\npoints = 2', 'id = "cost"\npoints = 1')
    edit(key, '  { points = 2, says = "KEY-CANARY names the cost & who bears it" },\n', "")
    edit(key, 'id = "plain"\npoints = 1', 'id = "plain"\npoints = 2')
    edit(key, '{ points = 1, says = "KEY-CANARY in plain', '{ points = 2, says = "KEY-CANARY in plain')
    edit("grading/keys/berths/exemplars/fast.json", '"berths__minister__cost": 2', '"berths__minister__cost": 1')
    with pytest.raises(CourseError, match=r"splits the points.*berths__minister__cost, berths__minister__plain"):
        build.build(room.course.root)


def test_a_corrected_key_regrades_everyone(room, edit):
    room.hand_in("a", {**small.FAST, "dredge": "later"})
    room.collect()
    assert room.grade()["a"].automatic == 7.5
    edit("grading/keys/berths/key.toml", "later = 0.875", "later = 0.9")
    edit("grading/keys/berths/samples/against_own_aim.json", '"dredge": 3.5', '"dredge": 3.6')
    edit("grading/keys/berths/exemplars/fair.json", '"dredge": 5.5', '"dredge": 5.6')
    assert room.grade()["a"].automatic == 7.6


def test_a_course_that_was_not_built(checkout, tmp_path):
    with pytest.raises(CourseError, match="run 'itguide build' first"):
        collect.collect(tmp_path, tmp_path / "none")


def test_a_broken_key_builds_nothing(edit, tmp_path):
    from itguide.errors import ContentError

    edit("grading/keys/berths/key.toml", 'aspect = "sound"', 'aspect = "proud"')
    with pytest.raises(ContentError):
        build.build(tmp_path / "course")
    assert not (tmp_path / "course").exists()


# ---- collecting


def test_the_same_file_twice_and_an_older_one_later(room):
    first = room.hand_in("a", small.FAST, "One.")
    old = shutil.copy(first, room.tmp_path / "old.zip")
    assert set(room.collect().values()) == {"accepted"}
    assert set(room.collect().values()) == {"already there"}
    room.hand_in("a", small.FAST, "Two.")
    assert room.collect() == {
        f"itguide_harbour_{'a' * 6}_1.zip": "older",
        f"itguide_harbour_{'a' * 6}_2.zip": "accepted",
    }
    shutil.copy(old, room.inbox / "late.zip")
    assert room.collect()["late.zip"] == "older"
    assert b"Two." in room.installed("a").read_bytes()
    assert "UTC" in room.installed("a", "timestamp.txt").read_text()


def test_folders_of_attachments_are_searched_and_their_rubbish_is_named(room):
    path = room.hand_in("a", small.FAST)
    (room.inbox / "mail/one").mkdir(parents=True)
    path.rename(room.inbox / "mail/one/attachment.zip")
    (room.inbox / ".DS_Store").write_bytes(b"x")
    (room.inbox / "mail/link.zip").symlink_to(room.inbox / "mail/one/attachment.zip")
    assert room.collect() == {"mail/link.zip": "refused", "mail/one/attachment.zip": "accepted"}


def test_two_files_with_one_number_wait_for_the_instructor(room, tmp_path):
    first = room.hand_in("a", small.FAST, "From the laptop.")
    room.collect()
    owner = small.who("a")
    other = small.workspace(tmp_path / "usb", owner, small.sheet(owner, small.FAST, {"minister": "From the stick."}))
    from itguide.submission import submit

    second = submit("harbour", other)
    shutil.copy(second.path, room.inbox / "stick.zip")
    found = {c.file: c for c in collect.collect(room.inbox, room.course.root)}
    assert {c.status for c in found.values()} == {"conflict"}
    assert second.grouped in found["stick.zip"].says
    assert b"From the laptop" in room.installed("a").read_bytes()  # nothing is overwritten meanwhile
    with pytest.raises(CourseError, match="has the receipt ABCD-EFGH-JKMN"):
        room.collect(prefer=[second.grouped, "ABCD-EFGH-JKMN"])
    assert room.collect(prefer=[second.grouped]) == {first.name: "older", "stick.zip": "accepted"}
    assert b"From the stick" in room.installed("a").read_bytes()
    assert room.collect() == {first.name: "older", "stick.zip": "already there"}  # the choice is remembered
    assert len(list((room.course.received / owner / "harbour").glob("1_*.zip"))) == 2


def test_a_full_disk_leaves_the_old_submission(room, monkeypatch):
    room.hand_in("a", small.FAST, "One.")
    room.collect()
    room.hand_in("a", small.FAST, "Two.")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(collect.shutil, "copyfile", full)
    found = {c.file: c for c in collect.collect(room.inbox, room.course.root)}
    assert found[f"itguide_harbour_{'a' * 6}_2.zip"].status == "refused"
    assert "No space left" in found[f"itguide_harbour_{'a' * 6}_2.zip"].says
    assert b"One." in room.installed("a").read_bytes()
    monkeypatch.undo()
    assert room.collect()[f"itguide_harbour_{'a' * 6}_2.zip"] == "accepted"


def test_names_come_from_the_cohort(room, checkout):
    from itguide import gradebook

    build.build(room.course.root, cohort="room")
    room.hand_in("p", small.FAST)
    room.collect()
    with gradebook._open(gradebook._url(room.course)) as book:
        assert [(s.id, s.last_name) for s in book.students] == [(small.who("p"), "Table 7")]
    with pytest.raises(CourseError, match="no cohort 'nobody'"):
        build.build(room.course.root, cohort="nobody")


def test_only_one_command_at_a_time(room):
    room.hand_in("a", small.FAST)
    with room.course.alone(), pytest.raises(CourseError, match="Another itguide command"):
        room.collect()


def test_what_is_kept_is_what_came(room):
    path = room.hand_in("a", small.FAST)
    room.collect()
    kept = next((room.course.received / small.who("a") / "harbour").iterdir())
    assert kept.read_bytes() == path.read_bytes()
    with zipfile.ZipFile(kept) as pack:
        assert json.loads(pack.read("manifest.json"))["workspace_id"] == small.who("a")
