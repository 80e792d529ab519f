"""What importing costs: nothing heavy before it is needed, nothing of nbgrader for a participant.

Each import runs in a process of its own and tells which modules came with it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

import pytest

import itguide
from conftest import Shelf

PACKAGE = Path(itguide.__file__).parent
MODELS = sorted(p.stem for p in (PACKAGE / "models").glob("*.py") if not p.stem.startswith("_"))
HEAVY = {"numpy", "pandas", "matplotlib", "scipy"}
WIDGETS = {"ipywidgets", "anywidget", "IPython", "traitlets"}
JUDGES = {"itguide.scoring", "itguide.keys", "itguide.gradebook", "itguide.preflight"}


@lru_cache
def loaded(code: str) -> frozenset[str]:
    """The modules a fresh interpreter has after this code."""
    told = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    return frozenset(json.loads(told.stdout.splitlines()[-1]))


def packages(code: str) -> set[str]:
    return {name.partition(".")[0] for name in loaded(code)}


def test_the_package_itself_imports_next_to_nothing() -> None:
    assert not packages("import itguide") & (HEAVY | WIDGETS | {"pydantic", "babel", "nbgrader", "nbformat"})


OPEN = """
import sys
from pathlib import Path
from itguide import content, paths, text
paths.PACKAGE = Path({package!r})
from itguide.session import CaseSession
session = CaseSession("harbour", "en", Path({seat!r}))
session.doc(), session.state()
[reply] = session.answer({{"type": "set", "q": "pier", "value": "north", "rev": 0}})
assert reply["type"] == "saved", reply
"""


def test_opening_a_sheet_and_answering_imports_nothing_that_computes_or_draws(shelf: Shelf, seat: Path) -> None:
    code = OPEN.format(package=str(shelf.root / "curriculum" / "itguide"), seat=str(seat))
    assert not packages(code) & (HEAVY | WIDGETS | {"nbgrader", "nbformat", "sqlalchemy"})
    assert not loaded(code) & JUDGES


def test_what_a_participant_runs_knows_nothing_of_judging_and_computes_nothing() -> None:
    code = "import itguide.page, itguide.handing_in, itguide.document, itguide.kinds, itguide.models, itguide.answers"
    assert not loaded(code) & JUDGES
    assert not packages(code) & (HEAVY | {"nbgrader", "sqlalchemy"})


def test_models_know_neither_widgets_nor_nbgrader_nor_judging_and_compute_only_when_they_run() -> None:
    code = "\n".join(f"import itguide.models.{m}" for m in MODELS)
    assert not packages(code) & (WIDGETS | HEAVY | {"nbgrader"})
    assert not loaded(code) & JUDGES


@pytest.mark.parametrize("name", ["scoring", "answers", "kinds"])
def test_scoring_knows_neither_widgets_nor_nbgrader(name: str) -> None:
    assert not packages(f"import itguide.{name}") & (WIDGETS | {"nbgrader"})
