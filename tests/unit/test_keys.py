"""Keys: every mistake an author can make is named with its file and field, all of them at once."""

# ruff: noqa: E501 - a row of the table is easier to read whole
from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "nbgrader"))
import small_course as small
from itguide import keys, preflight
from itguide.errors import ContentError


@pytest.fixture
def folder(tmp_path):
    with small.checkout(tmp_path) as root:
        yield root / "grading" / "keys" / "berths"


def problems() -> str:
    return "\n".join(map(str, preflight.case_problems("berths")))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('case = "berths"', 'case = "other"', "key.toml: case: is 'other'"),
        ("points = 4\n", "points = 3\n", "rule[dredge]: points add up to 5; the case says 6"),
        ("points = 4\n", "points = 4\nworth = 1\n", "worth: is not a known field"),
        ('check = "valid"', 'check = "magic"', "check"),
        ('aspect = "sound"', 'aspect = "proud"', "rule[dredge.proud]: the question has no aspect 'proud'"),
        ('aspect = "sound"', 'aspect = "proud"', "rule[dredge.sound]: there are 0; there must be one"),
        ('question = "order"\naspect = "whole"', 'question = "gone"\naspect = "whole"', "the case has no question 'gone'"),
        ("never = 0.0", "burn = 0.0", "rule[dredge.sound].options: 'burn' is not one of the question's possible answers"),
        ("now = 1.0,", "now = 0.9,", "no option earns full points"),
        ('"food.first" = 1.0', '"food.first" = 0.7', "the shares add up to less than 1"),
        ('"now.speed" = 1.0', '"now.haste" = 1.0', "rule[dredge.agrees].pairs: 'now.haste'"),
        ('with = "aim"', 'with = "guess"', "rule[dredge.agrees].with"),
        ('check = "valid"', 'check = "metric"\nmetric = "wait"\nbands = [[1, 1]]', "rule[order.whole].metric: the case has no model"),
        ('check = "valid"', 'check = "metric"\nmetric = "wait"\nbands = [[1, 0.5], [2, 1]]', "from the best threshold to the least"),
        ("{ points = 1, says = \"KEY-CANARY names a cost but", "{ points = 5, says = \"KEY-CANARY names a cost but", "'levels' rise from 0 to 2 points"),
        ('id = "plain"', 'id = "fancy"', "criterion[minister.plain]: there are 0"),
        ('judgement = "the course\'s authors"', "", "judgement: is missing"),
        ("[[rule]]", "[[rule", "not readable as TOML"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_key_is_named(folder, old, new, said):
    path = folder / "key.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    small.forget()
    with pytest.raises(ContentError) as caught:
        keys.load_key("berths")
    assert said in str(caught.value)
    assert str(caught.value).startswith("grading/keys/berths/key.toml")
    assert said in problems()


def test_all_problems_at_once(folder):
    path = folder / "key.toml"
    path.write_text(
        path.read_text().replace('aspect = "sound"', 'aspect = "proud"').replace('id = "plain"', 'id = "fancy"')
    )
    small.forget()
    assert len(preflight.case_problems("berths")) == 4


def edit(folder: Path, name: str, **change: object) -> None:
    path = folder / name
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))


def test_examples_must_earn_what_is_stated(folder):
    edit(folder, "samples/cruise.json", expect={"order": 4})
    edit(folder, "exemplars/fair.json", expect={}, answers={"aim": "fairness", "dredge": "never"})
    said = problems()
    assert "samples/cruise.json: expect.order: earns 2.5, stated are 4" in said
    assert "exemplars/fair.json: expect.share: earns 0.0%" in said


def test_exemplars_must_differ_in_what_they_decide(folder):
    fast = json.loads((folder / "exemplars/fast.json").read_text())
    (folder / "exemplars/fair.json").write_text(json.dumps({**fast, "answers": {**fast["answers"], "guess": 50}}))
    assert "'fair' and 'fast' decide the same" in problems()


def test_examples_must_be_there_and_known(folder):
    edit(folder, "samples/never.json", answers={"nothing": 1}, written={"berths__minister__cost": 9}, expekt={})
    assert "expekt" in problems()
    (folder / "samples/never.json").write_text(
        '{"says": "x", "answers": {"nothing": 1}, "written": {"berths__minister__cost": 9}}'
    )
    said = problems()
    assert "answers.nothing: the case has no such question" in said
    assert "written.berths__minister__cost: 9 is not between 0 and 2" in said
    (folder / "samples/never.json").unlink()
    assert "three typical mistakes are needed" in problems()
    (folder / "samples/cruise.json").write_text("{")
    assert "samples/cruise.json: not readable" in problems()


def test_one_sample_shows_that_the_optimum_alone_is_not_enough(folder):
    edit(folder, "samples/against_own_aim.json", expect={"dredge": 3.5})
    assert "none is stated to earn at most 70%" in problems()


def test_a_missing_key_says_what_to_do(folder):
    (folder / "key.toml").unlink()
    small.forget()
    assert (
        "key.toml: the file is missing; write one, or set the points in case_studies/berths/case.toml to 0"
        in problems()
    )


def test_a_case_without_points_needs_no_key(folder):
    assert keys.load_key("greeting").rule == ()
    assert keys.digest("greeting") == ""
