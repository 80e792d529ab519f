"""The manifest of a submission: who hands in what, with the digest of every file. Format 1.

The receipt is the first 12 base32 characters of the SHA-256 of the manifest's bytes, so it stands for
every file the manifest names.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import Annotated, Any

from pydantic import Field, StringConstraints, ValidationError

from itguide.errors import SubmissionError
from itguide.spec import Frozen, Id

FORMAT = 1
LARGEST = 64_000  # bytes
ANSWERS = re.compile(r"^answers/([a-z][a-z0-9]*(?:_[a-z0-9]+)*)\.json$")
WorkspaceId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]{26}$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Short = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class Listed(Frozen):
    """One file of a submission."""

    name: Annotated[str, StringConstraints(pattern=ANSWERS.pattern, max_length=80)]
    bytes: Annotated[int, Field(ge=0, strict=True)]
    sha256: Sha256


class Manifest(Frozen):
    """What is handed in. `created_at` informs; the time of record is the collector's."""

    format: Annotated[int, Field(strict=True)] = FORMAT
    workspace_id: WorkspaceId
    submission_id: WorkspaceId
    sequence: Annotated[int, Field(ge=1, le=100_000, strict=True)]
    module: Id
    content_version: Short
    scoring_digest: Short
    lang: Short
    created_at: Short
    files: Annotated[tuple[Listed, ...], Field(min_length=1, max_length=40)]

    def as_json(self) -> bytes:
        """The manifest as it is written: the same content gives the same bytes."""
        return (json.dumps(self.model_dump(mode="json"), ensure_ascii=True, indent=1, sort_keys=True) + "\n").encode()


def receipt(manifest: bytes) -> str:
    """The receipt for these manifest bytes: 12 characters A-Z and 2-7."""
    return base64.b32encode(hashlib.sha256(manifest).digest()).decode("ascii")[:12]


def grouped(code: str) -> str:
    """A receipt as people read it out: `ABCD-EFGH-IJKL`."""
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))


def short_id(*parts: object) -> str:
    """26 characters a-z and 2-7 that stand for these parts."""
    text = "\0".join(str(p) for p in parts)
    return base64.b32encode(hashlib.sha256(text.encode()).digest()).decode("ascii").lower()[:26]


def parse(data: bytes) -> Manifest:
    """The manifest in these bytes; SubmissionError says what is wrong with it."""
    if len(data) > LARGEST:
        raise SubmissionError(
            f"its manifest has {len(data):,} bytes; a manifest has at most {LARGEST:,}. Ask for the file again."
        )
    try:
        raw = json.loads(data.decode("utf-8"), object_pairs_hook=_no_twins)
    except (ValueError, RecursionError):
        raise SubmissionError("its manifest is not readable. Ask for the file again.") from None
    number = raw.get("format") if isinstance(raw, dict) else None
    if isinstance(number, int) and not isinstance(number, bool) and number > FORMAT:
        raise SubmissionError(
            f"it was made by a newer release of the course (format {number}, this release reads {FORMAT}). "
            "Update this installation, then collect again."
        )
    try:
        return Manifest.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(step) for step in first["loc"]) or "manifest"
        raise SubmissionError(
            f"its manifest is not one of ours ({field}: {first['msg']}). Ask for the file again."
        ) from None


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) != len(pairs):
        raise ValueError("a name stands twice")
    return table
