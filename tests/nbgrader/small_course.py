"""A small checkout to test with: one module, one scored case, and participants' workspaces."""

from __future__ import annotations

import io
import json
import os
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import itguide
from itguide import content, keys, paths, scoring, text
from itguide.answers import Answer, Round, Sheet
from itguide.spec import scoring_digest

HERE = Path(__file__).resolve().parent
FAST = {"aim": "speed", "dredge": "now", "order": {"food": "first", "cars": "first", "cruise": "last"}}
MINISTER = "We dredge now. The port pays for it with its reserve."


def forget() -> None:
    content.forget()
    keys.load_key.cache_clear()
    text.catalogue.cache_clear()
    scoring._MEMO.clear()


def copy(root: Path) -> Path:
    """A copy of the small checkout with the engine beside it, so that other processes find it too."""
    shutil.copytree(HERE / "content", root, dirs_exist_ok=True)
    real = Path(itguide.__file__).parent
    unneeded = shutil.ignore_patterns("__pycache__", "fonts")
    shutil.copytree(real, root / "curriculum" / "itguide", ignore=unneeded, dirs_exist_ok=True)
    (root / "curriculum" / "locale").mkdir(exist_ok=True)
    return root


@contextmanager
def in_force(root: Path) -> Iterator[Path]:
    """This checkout's content is the course's, here and in every process started meanwhile."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paths, "PACKAGE", root / "curriculum" / "itguide")
        patch.setenv("PYTHONPATH", str(root / "curriculum"))
        for name in ("ITGUIDE_GRADING", "IPYTHONDIR", "PATH"):  # nbgrader's settings change these
            patch.setenv(name, os.environ.get(name, ""))
        patch.delenv("ITGUIDE_GRADING")
        patch.delenv("IPYTHONDIR")
        forget()
        yield root
    forget()


@contextmanager
def checkout(root: Path) -> Iterator[Path]:
    """A copy of the small checkout, in force."""
    with in_force(copy(root)):
        yield root


def who(letter: str) -> str:
    """A workspace id."""
    return (letter * 24) + "22"


def sheet(
    owner: str,
    decision: Mapping[str, Any] | None = None,
    answers: Mapping[str, Any] | None = None,
    case: str = "berths",
) -> Sheet:
    given = {**(decision or {}), **(answers or {})}
    return Sheet(
        case, "test-1", scoring_digest(*content.module_cases("harbour")), owner,
        {q: Answer(v, 1, "2025-01-01T10:00:00Z") for q, v in given.items()},
        (Round(1, "2025-01-01T10:01:00Z", {"guess": 7}, dict(decision), {"headline": "Three ships wait."}),)
        if decision else (),
    )  # fmt: skip


def workspace(root: Path, owner: str, *sheets: Sheet, module: str = "harbour") -> Path:
    """A participant's folder with these sheets, and something private beside them."""
    for name in ("answers", "private"):
        (root / module / name).mkdir(parents=True, exist_ok=True)
    (root / "profile.toml").write_text(f'workspace_id = "{owner}"\n')
    for one in sheets:
        (root / module / "answers" / f"{one.case}.json").write_bytes(one.as_json())
    (root / module / "private" / "berths.json").write_text('{"own": "PRIVATE-CANARY"}')
    return root


def repack(path: Path, change: Any, to: Path | None = None) -> Path:
    """A zip again, after `change(entries)` has had its way with the list of (info, data)."""
    with zipfile.ZipFile(path) as pack:
        entries = [(i, pack.read(i)) for i in pack.infolist()]
    entries = change(entries) or entries
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as pack:
        for info, data in entries:
            pack.writestr(info, data)
    target = to or path
    target.write_bytes(out.getvalue())
    return target


def manifest_of(path: Path) -> dict[str, Any]:
    with zipfile.ZipFile(path) as pack:
        return dict(json.loads(pack.read("manifest.json")))
