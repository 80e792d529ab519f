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
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock

from itguide.answers import Sheet, now, read_sheet, write_whole
from itguide.content import module, module_cases, syllabus
from itguide.errors import SheetError, SubmissionError
from itguide.manifest import Listed, Manifest, grouped, receipt, short_id
from itguide.spec import scoring_digest
from itguide.submission_file import Submission, read
from itguide.text import SOURCE, Say, engine

__all__ = ["Receipt", "Submission", "read", "submit"]
RECORD = "handed_in.json"
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
    receipt: str
    at: str
    lang: str
    content: str


def submit(module_slug: str, workspace: Path, to: Path | None = None, lang: str = SOURCE) -> Receipt:
    """Writes the module's submission file into `to` (default: `handed_in/` in the workspace).

    SubmissionError, in the participant's language, if there is nothing to hand in or a sheet cannot be read.
    """
    say = engine(lang)
    try:
        module(module_slug)
    except KeyError:
        raise SubmissionError(say("handin.no_module", module=module_slug)) from None
    sheets, files = _answers(module_slug, workspace / module_slug, say)
    owners = {sheet.workspace_id for sheet in sheets.values()}
    if len(owners) > 1:
        raise SubmissionError(say("handin.mixed"))
    owner = owners.pop()
    digest = scoring_digest(*module_cases(module_slug))
    content = short_id(owner, module_slug, digest, *(f"{n} {hashlib.sha256(d).hexdigest()}" for n, d in files.items()))
    to = to or workspace / "handed_in"
    try:
        to.mkdir(parents=True, exist_ok=True)
        with FileLock(workspace / f".{RECORD}.lock", timeout=10):
            earlier = _earlier(workspace, module_slug)
            same = next((d for d in earlier if d.content == content), None)
            latest = earlier[-1] if earlier else None
            again = same is not None and same == latest
            if again and same is not None:
                done = same
            else:
                number = max((latest.sequence if latest else 0), _highest(to, module_slug, owner)) + 1
                done = _Done(number, "", now(), lang, content)
            manifest = _manifest(module_slug, owner, digest, done, files)
            path = to / f"itguide_{module_slug}_{owner[:6]}_{done.sequence}.zip"
            data = _zip(manifest.as_json(), files)
            if not path.is_file() or path.read_bytes() != data:
                write_whole(path, data)
            code = receipt(manifest.as_json())
            if not again:
                _remember(workspace, module_slug, [*earlier, _Done(done.sequence, code, done.at, lang, content)])
    except OSError as error:
        raise SubmissionError(say("handin.not_written", folder=to, reason=error.strerror or str(error))) from None
    return Receipt(path, code, done.sequence, done.at, again)


def _answers(module_slug: str, folder: Path, say: Say) -> tuple[dict[str, Sheet], dict[str, bytes]]:
    """The sheets of a module, and their files as they stand."""
    sheets: dict[str, Sheet] = {}
    files: dict[str, bytes] = {}
    for case in module_cases(module_slug):
        path = folder / "answers" / f"{case.slug}.json"
        try:
            sheets[case.slug] = read_sheet(path, case.slug)
        except FileNotFoundError:
            continue
        except SheetError as error:
            raise SubmissionError(say("handin.damaged", case=case.title, reason=str(error).rstrip("."))) from None
        files[f"answers/{case.slug}.json"] = path.read_bytes()
    if not any(sheet.answers or sheet.rounds for sheet in sheets.values()):
        raise SubmissionError(say("handin.nothing", module=module(module_slug).title))
    return sheets, files


def _manifest(slug: str, owner: str, digest: str, done: _Done, files: Mapping[str, bytes]) -> Manifest:
    return Manifest(
        workspace_id=owner,
        submission_id=short_id("submission", done.content, done.sequence),
        sequence=done.sequence,
        module=slug,
        content_version=syllabus().version,
        scoring_digest=digest,
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


def _earlier(workspace: Path, module_slug: str) -> list[_Done]:
    """What was handed in before; an unreadable record counts as none, the files in the folder still count."""
    try:
        raw: Any = json.loads((workspace / RECORD).read_text(encoding="utf-8"))
        return [_Done(**d) for d in raw["module"].get(module_slug, [])]
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return []


def _remember(workspace: Path, module_slug: str, done: list[_Done]) -> None:
    try:
        raw: Any = json.loads((workspace / RECORD).read_text(encoding="utf-8"))["module"]
    except (OSError, ValueError, TypeError, KeyError):
        raw = {}
    record = {"format": 1, "module": {**raw, module_slug: [asdict(d) for d in done]}}
    write_whole(workspace / RECORD, (json.dumps(record, indent=1) + "\n").encode())


def _highest(folder: Path, module_slug: str, owner: str) -> int:
    """The highest sequence among the files already there: the record may have been lost."""
    start = f"itguide_{module_slug}_{owner[:6]}_"
    numbers = [p.stem.removeprefix(start) for p in folder.glob(f"{start}*.zip")]
    return max((int(n) for n in numbers if n.isdigit()), default=0)
