"""A submission: the answers of one module in one file, made on the participant's side.

The same answers give the same file and the same receipt. `private/` is never looked into. Reading one,
on the instructor's side, is `submission_file`.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from filelock import FileLock

from itguide.answers import LARGEST, Sheet, now, read_sheet, write_whole
from itguide.content import module, module_cases, syllabus
from itguide.errors import ItGuideError, SheetError, SubmissionError
from itguide.manifest import Listed, Manifest, grouped, receipt, short_id
from itguide.spec import scoring_digest
from itguide.submission_file import Submission, read
from itguide.text import SOURCE, engine, localised, module_title
from itguide.workspace import read_profile

__all__ = ["Last", "Receipt", "Submission", "last_receipt", "read", "submit"]
RECORD, FOLDER = "handed_in.json", "handed_in"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip can hold; a real one would change the file


@dataclass(frozen=True)
class Receipt:
    """What a participant is told: the file, the code that stands for it, which hand-in this is.

    `again` = nothing had changed since the last hand-in, so it is the same file and code.
    """

    path: Path
    receipt: str
    sequence: int
    at: str
    again: bool

    @property
    def grouped(self) -> str:
        """The code in groups of four."""
        return grouped(self.receipt)


@dataclass(frozen=True)
class _Done:
    """One earlier hand-in, as the workspace remembers it."""

    sequence: int
    owner: str
    receipt: str
    at: str
    lang: str
    content: str


@dataclass(frozen=True)
class Last:
    """The last hand-in as the page shows it; `changed` = the answers have changed since."""

    path: Path
    code: str
    at: str
    changed: bool


def submit(module_slug: str, workspace: Path, to: Path | None = None, lang: str | None = None) -> Receipt:
    """Writes the module's submission file into the workspace's `handed_in/`, and a copy into `to` if that is given.

    SubmissionError, in the participant's language (default: the workspace's), if there is nothing to hand in, a
    sheet cannot be read or the file cannot be written.
    """
    lang = lang or _language(workspace)
    say = engine(lang)
    try:
        module(module_slug)
    except KeyError:
        raise SubmissionError(say("handin.no_module", module=module_slug)) from None
    sheets, files = _answers(module_slug, workspace / module_slug, lang)
    owners = {sheet.workspace_id for sheet in sheets.values()}
    if len(owners) > 1:
        raise SubmissionError(say("handin.mixed"))
    owner, content = owners.pop(), _content(module_slug, files)
    home = workspace / FOLDER
    try:
        for folder in filter(None, (home, to)):
            folder.mkdir(parents=True, exist_ok=True)
        with FileLock(workspace / f".{RECORD}.lock", timeout=10):
            earlier = _earlier(workspace, module_slug)
            latest = earlier[-1] if earlier else None
            again = latest is not None and latest.content == content
            if latest is not None and latest.content == content:
                done = latest
            else:
                used = [latest.sequence if latest else 0, *(_highest(f, module_slug, owner) for f in (home, to) if f)]
                done = _Done(max(used) + 1, owner, "", now(), lang, content)
            manifest = _manifest(module_slug, done, files).as_json()
            code = receipt(manifest)
            data = _zip(manifest, files)
            for folder in filter(None, (home, to)):
                path = folder / _name(module_slug, done)
                if not path.is_file() or path.read_bytes() != data:
                    write_whole(path, data)
            if not again:
                _remember(workspace, module_slug, [*earlier, replace(done, receipt=code)])
    except OSError as error:
        raise SubmissionError(
            say("handin.not_written", folder=to or home, reason=error.strerror or str(error))
        ) from None
    return Receipt(path, code, done.sequence, done.at, again)


def last_receipt(module_slug: str, workspace: Path) -> Last | None:
    """The last hand-in of a module from this workspace; None if there is none."""
    earlier = _earlier(workspace, module_slug)
    if not earlier:
        return None
    done = earlier[-1]
    files = {
        f"answers/{c.slug}.json": workspace / module_slug / "answers" / f"{c.slug}.json"
        for c in module_cases(module_slug)
    }
    present = {
        name: path.read_bytes() if path.stat().st_size <= LARGEST else b""  # no sheet is that large: it was changed
        for name, path in files.items()
        if path.is_file()
    }
    changed = _content(module_slug, present) != done.content
    return Last(workspace / FOLDER / _name(module_slug, done), grouped(done.receipt), done.at, changed)


def _name(module_slug: str, done: _Done) -> str:
    return f"itguide_{module_slug}_{done.owner[:6]}_{done.sequence}.zip"


def _content(module_slug: str, files: Mapping[str, bytes]) -> str:
    """What stands for a hand-in's content: the same content, the same file."""
    digests = (f"{name} {hashlib.sha256(data).hexdigest()}" for name, data in sorted(files.items()))
    return short_id(module_slug, syllabus().version, scoring_digest(*module_cases(module_slug)), *digests)


def _language(workspace: Path) -> str:
    try:
        return read_profile(workspace).language or SOURCE
    except (OSError, ItGuideError):
        return SOURCE


def _answers(module_slug: str, folder: Path, lang: str) -> tuple[dict[str, Sheet], dict[str, bytes]]:
    """The sheets of a module, and their files as they stand."""
    say = engine(lang)
    sheets: dict[str, Sheet] = {}
    files: dict[str, bytes] = {}
    for case in module_cases(module_slug):
        path = folder / "answers" / f"{case.slug}.json"
        try:
            sheets[case.slug] = read_sheet(path, case.slug)
        except FileNotFoundError:
            continue
        except SheetError as error:
            title = localised(case, lang).title
            raise SubmissionError(say("handin.damaged", case=title, reason=str(error).rstrip("."))) from None
        files[f"answers/{case.slug}.json"] = path.read_bytes()
    if not any(sheet.answers or sheet.rounds for sheet in sheets.values()):
        raise SubmissionError(say("handin.nothing", module=module_title(module_slug, lang)))
    return sheets, files


def _manifest(slug: str, done: _Done, files: Mapping[str, bytes]) -> Manifest:
    return Manifest(
        workspace_id=done.owner,
        submission_id=short_id("submission", done.content, done.sequence),
        sequence=done.sequence,
        module=slug,
        content_version=syllabus().version,
        scoring_digest=scoring_digest(*module_cases(slug)),
        lang=done.lang,
        created_at=done.at,
        files=tuple(
            Listed(name=n, bytes=len(d), sha256=hashlib.sha256(d).hexdigest()) for n, d in sorted(files.items())
        ),
    )


def _zip(manifest: bytes, files: Mapping[str, bytes]) -> bytes:
    """Stored, not compressed: compressors differ between systems, and sheets are small."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as pack:
        for name, data in {"manifest.json": manifest, **dict(sorted(files.items()))}.items():
            info = zipfile.ZipInfo(name, _EPOCH)
            info.create_system = 3  # the same on Windows
            info.external_attr = 0o100600 << 16
            pack.writestr(info, data)
    return out.getvalue()


def _record(workspace: Path) -> dict[str, list[dict[str, Any]]]:
    """The workspace's memory of hand-ins; an unreadable one counts as none, the files in the folder still count."""
    try:
        return dict(json.loads((workspace / RECORD).read_text(encoding="utf-8"))["module"])
    except (OSError, ValueError, TypeError, KeyError):
        return {}


def _earlier(workspace: Path, module_slug: str) -> list[_Done]:
    try:
        return [_Done(**done) for done in _record(workspace).get(module_slug, [])]
    except TypeError:
        return []


def _remember(workspace: Path, module_slug: str, done: list[_Done]) -> None:
    record = {"format": 1, "module": {**_record(workspace), module_slug: [asdict(d) for d in done]}}
    write_whole(workspace / RECORD, (json.dumps(record, indent=1) + "\n").encode())


def _highest(folder: Path, module_slug: str, owner: str) -> int:
    """The highest sequence among the files already there: the record may have been lost."""
    start = f"itguide_{module_slug}_{owner[:6]}_"
    numbers = [p.stem.removeprefix(start) for p in folder.glob(f"{start}*.zip")]
    return max((int(n) for n in numbers if n.isdigit()), default=0)
