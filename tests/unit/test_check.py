"""What `itguide check` says of a case: every problem with its file and field, and it goes on after each."""

from __future__ import annotations

import pytest

from conftest import HARBOUR, SYLLABUS, Shelf
from itguide import check

PLACE = "case_studies/harbour"


def found(shelf: Shelf) -> list[str]:
    return [str(p) for p in check.case_problems(shelf.root / PLACE, frozenset())]


def change(old: str, new: str) -> str:
    assert HARBOUR.count(old) == 1, old
    return HARBOUR.replace(old, new)


CASES = {
    "an unknown objective": (
        'again = "Move it again"', 'again = "Again"\nobjectives = ["see_far", "dig"]',
        "case.toml: objectives: 'dig' is not an objective of the module 'coast' in curriculum/syllabus.toml"),
    "no such module": ('module = "coast"', 'module = "inland"',
                       "case.toml: module: there is no module 'inland' in curriculum/syllabus.toml"),
    "an option nothing follows from": (
        '[sentence.after_south]\nother = "The south pier works again; the north waits."', "",
        "case.toml: sentence.after_south: is missing: what follows from 'south'"),
    "a sentence of no option": ("[sentence.after_south]", '[sentence.after_east]\nother = "x"\n[sentence.after_south]',
                                "case.toml: sentence.after_east: belongs to no option of a decision"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "says"), CASES.values(), ids=CASES.keys())
def test_what_does_not_hold_together_is_named(shelf: Shelf, old: str, new: str, says: str) -> None:
    objective = 'notebook = "00_coast.ipynb"\nobjective = [ { id = "see_far", says = "See far." } ]'
    shelf.write("curriculum/syllabus.toml", SYLLABUS.replace('notebook = "00_coast.ipynb"', objective))
    assert found(shelf) == []
    shelf.write(f"{PLACE}/case.toml", change(old, new))
    assert found(shelf) == [f"{PLACE}/{says}"]


@pytest.mark.parametrize("part", ["brief", "notes"])
def test_a_part_that_is_not_there_is_named(shelf: Shelf, part: str) -> None:
    shelf.write(f"{PLACE}/{part}.md", " \n")
    assert found(shelf) == [f"{PLACE}/{part}.md: is missing or empty"]
    (shelf.root / PLACE / f"{part}.md").unlink()
    shelf.write("curriculum/glossary.toml", "")
    assert found(shelf) == [f"{PLACE}/{part}.md: is missing or empty"]


def test_one_unreadable_text_does_not_hide_the_others(shelf: Shelf) -> None:
    shelf.case("airport", HARBOUR.replace('"harbour"', '"airport"'), brief="A brief.")
    shelf.write(f"{PLACE}/notes.md", "[ref:nobody]")
    (shelf.root / PLACE / "brief.md").write_bytes(b"harb\xf3r")
    (shelf.root / PLACE / "design.md").write_bytes(b"harb\xf3r")
    assert [str(p) for p in check.run()] == [
        "case_studies/airport/notes.md: is missing or empty",
        f"{PLACE}/brief.md: is not saved as UTF-8; save it again with that encoding",
        f"{PLACE}/notes.md: [ref:nobody]: is not in curriculum/references.toml",
    ]
