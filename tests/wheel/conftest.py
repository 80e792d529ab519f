"""The wheel ring's browser, and a copy of the checkout that may be edited."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from chromium import run

ROOT = Path(__file__).resolve().parents[2]
SHELVES = ("curriculum", "case_studies", "notebooks", "grading/keys")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    yield from run()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the checkout that may be edited."""
    for shelf in SHELVES:
        shutil.copytree(ROOT / shelf, tmp_path / "checkout" / shelf, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "checkout"


@pytest.fixture
def inside(checkout: Path) -> dict[str, str]:
    """The environment in which commands run the copy, not the installed package."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "ITGUIDE"))}
    return {**kept, "PYTHONPATH": str(checkout / "curriculum")}
