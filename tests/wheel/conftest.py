"""The wheel ring's browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from chromium import run


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    yield from run()
