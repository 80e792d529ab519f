"""The answer sheet: what a participant decided, in one file per case, and the store that keeps it.

Ids, never labels. Every answer has a revision; a write based on an older one is refused. Rounds are
only ever appended. A write is whole or it did not happen: a new file is written beside the old one,
forced to disk and put in its place.
"""

from __future__ import annotations

import json
import math
import os
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from itguide.errors import SheetDamaged, SheetForeign, SheetReadOnly, SheetTooNew, SheetTooOld, StaleRevision

if TYPE_CHECKING:  # a sheet is read without the shape of a case
    from itguide.spec import Question

SCHEMA = 1
LARGEST = 2_000_000  # bytes; a full sheet has about 20,000
DEEPEST = 12
MOST_ROUNDS = 20
_ID = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_WORKSPACE = re.compile(r"[a-z0-9]{26}")
Json = Any  # what JSON can hold: checked by `_sound`


@dataclass(frozen=True)
class Answer:
    """One question's answer, how often it was changed, when it was saved (UTC, ISO 8601)."""

    value: Json
    rev: int
    at: str


@dataclass(frozen=True)
class Round:
    """One committed decision with what had been predicted and the result's rounded figures."""

    n: int
    at: str
    prediction: Mapping[str, Json]
    decision: Mapping[str, Json]
    result: Mapping[str, Json]


@dataclass(frozen=True)
class Sheet:
    """All of one participant's answers to one case."""

    case: str
    content_version: str
    scoring_digest: str
    workspace_id: str
    answers: Mapping[str, Answer] = field(default_factory=dict)
    rounds: tuple[Round, ...] = ()

    def value(self, question: str) -> Json:
        """The answer's value, or None where there is none."""
        answer = self.answers.get(question)
        return None if answer is None else answer.value

    def as_json(self) -> bytes:
        """The sheet as it is written: UTF-8, indented, ending in a line end."""
        data = {
            "schema": SCHEMA,
            "case": self.case,
            "content_version": self.content_version,
            "scoring_digest": self.scoring_digest,
            "workspace_id": self.workspace_id,
            "answers": {q: {"value": a.value, "rev": a.rev, "at": a.at} for q, a in self.answers.items()},
            "rounds": [{"n": r.n, "at": r.at, "prediction": dict(r.prediction), "decision": dict(r.decision),
                        "result": dict(r.result)} for r in self.rounds],
        }  # fmt: skip
        return (json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def came(question: Question, committed: Round) -> float | None:
    """What a prediction is compared with: the model's figure on record for this round, in the question's unit."""
    figure = committed.result.get(question.metric or "")
    return round(figure * question.times, 6) if isinstance(figure, int | float) else None


def now() -> str:
    """The time now, UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")


def _no_twins(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    table = dict(pairs)
    if len(table) != len(pairs):
        raise ValueError("a name stands twice in one table")
    return table


def _no_constants(name: str) -> Json:
    raise ValueError(f"{name} is not a number a sheet may hold")


def _sound(value: Json, depth: int = 0) -> None:
    """Refuses what JSON text can smuggle in: endless depth, infinite numbers, halves of characters."""
    if depth > DEEPEST:
        raise ValueError("it is nested too deeply")
    if isinstance(value, dict):
        for key, inner in value.items():
            _sound(key, depth + 1)
            _sound(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _sound(inner, depth + 1)
    elif isinstance(value, float) and not math.isfinite(value):
        raise ValueError("a number in it is infinite")
    elif isinstance(value, int) and abs(value) > 10**15:
        raise ValueError("a number in it is out of any range")
    elif isinstance(value, str):
        value.encode("utf-8")


def parse_sheet(data: bytes, case: str) -> Sheet:
    """The sheet in these bytes. SheetDamaged, SheetTooNew, SheetTooOld or SheetForeign otherwise."""
    name = f"{case}.json"
    if len(data) > LARGEST:
        raise SheetDamaged(f"{name} has {len(data):,} bytes; an answer sheet has at most {LARGEST:,}.")
    try:
        raw = json.loads(data.decode("utf-8"), object_pairs_hook=_no_twins, parse_constant=_no_constants)
        _sound(raw)
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise SheetDamaged(f"{name} is not a readable answer sheet: {reason}.") from None
    if not isinstance(raw, dict) or not isinstance(raw.get("schema"), int) or isinstance(raw.get("schema"), bool):
        raise SheetDamaged(f"{name} is not an answer sheet: it does not name its format.")
    if raw["schema"] > SCHEMA:
        raise SheetTooNew(
            f"{name} was written by a newer release of the course "
            f"(format {raw['schema']}, this release reads {SCHEMA}); update the course."
        )
    if raw["schema"] < SCHEMA:
        raise SheetTooOld(f"{name} has format {raw['schema']}; this release reads only format {SCHEMA}.")
    try:
        sheet = _sheet(raw)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise SheetDamaged(f"{name} is not a whole answer sheet ({error}).") from None
    if sheet.case != case:
        raise SheetForeign(f"{name} holds the answers to another case, '{sheet.case[:40]}'.")
    return sheet


def _sheet(raw: dict[str, Json]) -> Sheet:
    answers: dict[str, Answer] = {}
    for question, a in raw["answers"].items():
        if not _ID.fullmatch(question):
            raise ValueError(f"'{question[:40]}' is not a question id")
        answers[question] = Answer(a["value"], _count(a["rev"], "rev"), _text(a["at"], "at"))
    rounds = tuple(
        Round(
            _count(r["n"], "n"),
            _text(r["at"], "at"),
            _table(r["prediction"], "prediction"),
            _table(r["decision"], "decision"),
            _table(r["result"], "result"),
        )
        for r in raw["rounds"]
    )
    if [r.n for r in rounds] != list(range(1, len(rounds) + 1)) or len(rounds) > MOST_ROUNDS:
        raise ValueError("its rounds are not numbered from 1 without gaps")
    texts = {k: _text(raw[k], k) for k in ("case", "content_version", "scoring_digest", "workspace_id")}
    if not _WORKSPACE.fullmatch(texts["workspace_id"]):
        raise ValueError("its workspace id is not one of ours")
    return Sheet(**texts, answers=answers, rounds=rounds)


def _count(value: Json, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"{name} is not a count")
    return value


def _text(value: Json, name: str) -> str:
    if not isinstance(value, str) or len(value) > 200:
        raise ValueError(f"{name} is not a short text")
    return value


def _table(value: Json, name: str) -> dict[str, Json]:
    if not isinstance(value, dict):
        raise ValueError(f"{name} is not a table")
    return value


def read_sheet(path: Path, case: str) -> Sheet:
    """The sheet in this file. FileNotFoundError if there is none; SheetError if it cannot be used."""
    if path.is_symlink() or not path.is_file():
        if path.exists() or path.is_symlink():
            raise SheetDamaged(f"{path.name} is not an ordinary file.")
        raise FileNotFoundError(path)
    if path.stat().st_size > LARGEST:
        raise SheetDamaged(f"{path.name} has {path.stat().st_size:,} bytes; an answer sheet has at most {LARGEST:,}.")
    return parse_sheet(path.read_bytes(), case)


def write_whole(path: Path, data: bytes) -> None:
    """Puts these bytes at this path, forced to disk: after a crash the file is the old one or the new one."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.new")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    if os.name == "posix":  # the name's place in the folder is part of the promise
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def set_aside(path: Path) -> Path:
    """Moves an unusable file out of the way, under a name that says so, and returns the new place."""
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    for n in range(1000):
        aside = path.with_name(f"{path.stem}.damaged-{stamp}{f'-{n}' if n else ''}{path.suffix}")
        if not os.path.lexists(aside):
            path.rename(aside)
            return aside
    raise OSError(f"{path} cannot be set aside")


class AnswerStore:
    """Keeps one sheet on disk, safe against other pages, other processes and sudden ends.

    `blank` gives identity (case, version, digest, workspace) to a sheet that does not exist yet and to
    every later write. Raises SheetError when an existing file cannot be used; the caller decides.
    """

    def __init__(self, path: Path, blank: Sheet, *, read_only: bool = False) -> None:
        self.path, self.blank, self.read_only = path, blank, read_only
        if not read_only:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = FileLock(path.with_name(f".{path.name}.lock"), timeout=5)
        self._stamp: tuple[int, int, int] | None = None
        self._sheet = blank
        self.refresh()

    @property
    def sheet(self) -> Sheet:
        """The sheet as it is on disk now."""
        self.refresh()
        return self._sheet

    def refresh(self) -> None:
        """Reads the file again if another process changed it."""
        try:
            info = os.lstat(self.path)
        except FileNotFoundError:
            self._sheet, self._stamp = self.blank, None
            return
        stamp = (info.st_mtime_ns, info.st_size, info.st_ino)
        if stamp != self._stamp:
            sheet = read_sheet(self.path, self.blank.case)
            if sheet.workspace_id != self.blank.workspace_id:
                raise SheetForeign(f"{self.path.name} belongs to another participant's workspace.")
            self._sheet, self._stamp = sheet, stamp

    def set(self, question: str, value: Json, base_rev: int) -> Answer:
        """Saves one answer that was based on revision `base_rev` (0 = none yet). StaleRevision if it is older."""
        with self._writing():
            current = self._sheet.answers.get(question)
            rev = current.rev if current else 0
            if current is not None and current.value == value:
                return current
            if base_rev != rev:
                raise StaleRevision(question, current.value if current else None, rev)
            answer = Answer(value, rev + 1, now())
            self._write(replace(self._sheet, answers={**self._sheet.answers, question: answer}))
            return answer

    def commit(self, prediction: Mapping[str, Json], decision: Mapping[str, Json], result: Mapping[str, Json]) -> Round:
        """Appends a round. ValueError when all rounds are used."""
        with self._writing():
            done = self._sheet.rounds
            if len(done) >= MOST_ROUNDS:
                raise ValueError(f"all {MOST_ROUNDS} rounds are used")
            new = Round(len(done) + 1, now(), dict(prediction), dict(decision), dict(result))
            self._write(replace(self._sheet, rounds=(*done, new)))
            return new

    def _writing(self) -> _Writing:
        if self.read_only:
            raise SheetReadOnly(f"{self.path.name} is being graded and cannot be changed.")
        return _Writing(self)

    def _write(self, sheet: Sheet) -> None:
        sheet = replace(sheet, content_version=self.blank.content_version, scoring_digest=self.blank.scoring_digest)
        data = sheet.as_json()
        if len(data) > LARGEST:
            raise ValueError("the answers of this case have grown too large to save")
        write_whole(self.path, data)
        info = os.lstat(self.path)
        self._sheet, self._stamp = sheet, (info.st_mtime_ns, info.st_size, info.st_ino)


class _Writing:
    """The lock held while a sheet is read, compared and written."""

    def __init__(self, store: AnswerStore) -> None:
        self.store = store

    def __enter__(self) -> None:
        try:
            self.store._lock.acquire()
        except Timeout:
            raise OSError(f"{self.store.path.name} is in use by another program; try again in a moment") from None
        self.store._stamp = None  # two writes within one tick of the file system's clock can look alike
        try:
            self.store.refresh()
        except BaseException:
            self.store._lock.release()
            raise

    def __exit__(self, *_: object) -> None:
        self.store._lock.release()
