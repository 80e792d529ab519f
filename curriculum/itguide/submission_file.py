"""A submission file as it arrives: read strictly, because anyone may have made it.

Nothing is unpacked to disk. Every entry must be an ordinary file the manifest names, of the size and digest it
states; every sheet must be readable and belong to the same workspace. What is refused says why and what to do.
"""

from __future__ import annotations

import hashlib
import io
import re
import stat
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from itguide import answers
from itguide import manifest as manifests
from itguide.answers import Sheet, parse_sheet
from itguide.content import module
from itguide.errors import SheetError, SubmissionError
from itguide.manifest import Manifest

LARGEST = 20_000_000  # bytes of the whole file
MOST_ENTRIES = 41
_AGAIN = "Ask for the file again."


@dataclass(frozen=True)
class Submission:
    """One submission file: its manifest, receipt, files as they are, and the sheets in them by case."""

    data: bytes  # the whole file as it was read
    manifest: Manifest
    receipt: str
    files: Mapping[str, bytes]  # manifest.json and answers/<case>.json, byte for byte
    sheets: Mapping[str, Sheet]


def read(path: Path) -> Submission:
    """The submission in this file. SubmissionError names the reason and the remedy."""
    whole = _bytes(path)
    files = _unpack(whole)
    if "manifest.json" not in files:
        raise SubmissionError(f"it has no manifest, so it was not made by the course. {_AGAIN}")
    found = manifests.parse(files["manifest.json"])
    _as_listed(found, files)
    try:
        cases = {ref.slug for ref in module(found.module).case}
    except KeyError:
        raise SubmissionError(
            f"it is for the module '{found.module}', which this course does not have. Check which course it belongs to."
        ) from None
    return Submission(whole, found, manifests.receipt(files["manifest.json"]), files, _sheets(found, files, cases))


def _bytes(path: Path) -> bytes:
    if not stat.S_ISREG(path.lstat().st_mode):
        raise SubmissionError("it is not an ordinary file. Copy the submission itself into the folder.")
    with path.open("rb") as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise SubmissionError(f"it has more than {LARGEST:,} bytes, which no submission has. {_AGAIN}")
    return data


def _unpack(whole: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(whole)) as pack:
            return {entry.filename: _content(pack, entry) for entry in _entries(pack)}
    except SubmissionError:
        raise
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        EOFError,
        ValueError,
        NotImplementedError,
        RuntimeError,
        OSError,
    ) as error:
        raise SubmissionError(
            f"it is damaged or not a submission file ({str(error)[:80] or 'not readable'}). {_AGAIN}"
        ) from None
    except Exception as error:  # a zip made to break its reader must not stop the others
        raise SubmissionError(f"it cannot be read ({type(error).__name__}). {_AGAIN}") from None


def _entries(pack: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    entries = pack.infolist()
    if len(entries) > MOST_ENTRIES:
        raise SubmissionError(f"it holds {len(entries)} files; a submission holds at most {MOST_ENTRIES}. {_AGAIN}")
    seen: set[str] = set()
    for entry in entries:
        name = entry.filename
        shown = repr(name[:60])
        if name.casefold() in seen:
            raise SubmissionError(f"it holds {shown} twice. {_AGAIN}")
        seen.add(name.casefold())
        if entry.orig_filename != name or not (name == "manifest.json" or manifests.ANSWERS.fullmatch(name)):
            raise SubmissionError(f"it holds {shown}, which does not belong in a submission. {_AGAIN}")
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind not in {0, stat.S_IFREG} or entry.is_dir():
            raise SubmissionError(f"{shown} in it is not an ordinary file. {_AGAIN}")
        if entry.flag_bits & 0x1:
            raise SubmissionError(f"{shown} in it is encrypted. Ask for the file as the course wrote it.")
        if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise SubmissionError(f"{shown} in it is packed in a way the course does not use. {_AGAIN}")
        if entry.file_size > _limit(name):
            raise SubmissionError(
                f"{shown} in it has {entry.file_size:,} bytes; at most {_limit(name):,} are taken. {_AGAIN}"
            )
    return entries


def _limit(name: str) -> int:
    return manifests.LARGEST if name == "manifest.json" else answers.LARGEST


def _content(pack: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """At most as much as may be there, whatever the entry says of itself."""
    with pack.open(entry) as file:
        data = file.read(_limit(entry.filename) + 1)
    if len(data) != entry.file_size:
        raise SubmissionError(f"{entry.filename!r} in it has another size than it states. {_AGAIN}")
    return data


def _as_listed(found: Manifest, files: Mapping[str, bytes]) -> None:
    names = [f.name for f in found.files]
    if sorted(names) != sorted(n for n in files if n != "manifest.json"):
        raise SubmissionError(f"its files are not those its manifest lists. {_AGAIN}")
    for listed in found.files:
        data = files[listed.name]
        if len(data) != listed.bytes or hashlib.sha256(data).hexdigest() != listed.sha256:
            raise SubmissionError(f"'{listed.name}' was changed after the hand-in (its digest differs). {_AGAIN}")


def _sheets(found: Manifest, files: Mapping[str, bytes], cases: set[str]) -> dict[str, Sheet]:
    sheets: dict[str, Sheet] = {}
    for listed in found.files:
        match = re.fullmatch(manifests.ANSWERS, listed.name)
        case = match.group(1) if match else ""
        if case not in cases:
            raise SubmissionError(f"'{listed.name}' is not a case of the module '{found.module}'. {_AGAIN}")
        try:
            sheet = parse_sheet(files[listed.name], case)
        except SheetError as error:
            raise SubmissionError(f"{error} Ask the participant to open the case once and hand in again.") from None
        if sheet.workspace_id != found.workspace_id:
            raise SubmissionError(f"'{listed.name}' belongs to another participant's workspace. {_AGAIN}")
        sheets[case] = sheet
    return sheets
