"""Submissions: one file that stands for the answers, and a reader that believes nothing it is told."""

from __future__ import annotations

import io
import json
import shutil
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "nbgrader"))
import small_course as small
from itguide import manifest as manifests
from itguide.errors import SubmissionError
from itguide.submission import last_receipt, read, submit

ME = small.who("p")


@pytest.fixture(scope="module", autouse=True)
def _checkout(tmp_path_factory):
    with small.checkout(tmp_path_factory.mktemp("checkout")):
        yield


@pytest.fixture
def mine(tmp_path):
    sheet = small.sheet(ME, small.FAST, {"minister": small.MINISTER})
    return small.workspace(tmp_path / "ws", ME, sheet, small.sheet(ME, None, {"call": "minister"}, "greeting"))


def change(workspace: Path, text: str) -> None:
    small.workspace(workspace, ME, small.sheet(ME, small.FAST, {"minister": text}))


def test_what_is_handed_in_is_what_is_read(mine, tmp_path):
    receipt = submit("harbour", mine)
    assert receipt.path == mine / "handed_in" / f"itguide_harbour_{ME[:6]}_1.zip"
    found = read(receipt.path)
    assert found.receipt == receipt.receipt
    assert len(receipt.receipt) == 12
    assert receipt.grouped.count("-") == 2
    assert sorted(found.files) == ["answers/berths.json", "answers/greeting.json", "manifest.json"]
    assert found.files["answers/berths.json"] == (mine / "harbour/answers/berths.json").read_bytes()
    assert found.sheets["berths"].value("minister") == small.MINISTER


def test_same_answers_same_file_same_receipt(mine, tmp_path):
    first = submit("harbour", mine)
    data = first.path.read_bytes()
    again = submit("harbour", mine, tmp_path / "stick")
    assert again.again
    assert (again.receipt, again.sequence) == (first.receipt, 1)
    assert again.path.parent == tmp_path / "stick"
    assert again.path.read_bytes() == first.path.read_bytes() == data


def test_changed_answers_are_the_next_hand_in(mine):
    first = submit("harbour", mine)
    assert last_receipt("harbour", mine).changed is False
    change(mine, "Other words.")
    assert last_receipt("harbour", mine).changed is True
    second = submit("harbour", mine)
    assert second.sequence == 2
    assert second.receipt != first.receipt
    assert first.path.is_file()
    change(mine, small.MINISTER)
    assert submit("harbour", mine).sequence == 3  # back to earlier answers is still a later hand-in
    assert last_receipt("harbour", mine).code == manifests.grouped(submit("harbour", mine).receipt)


@pytest.mark.parametrize("damage", [Path.unlink, lambda p: p.write_text("{"), lambda p: p.write_text('{"module": 3}')])
def test_a_lost_record_does_not_start_numbers_anew(mine, damage):
    submit("harbour", mine)
    change(mine, "Other words.")
    submit("harbour", mine)
    damage(mine / "handed_in.json")
    change(mine, "Yet other words.")
    assert submit("harbour", mine).sequence == 3


def test_private_answers_never_travel(mine):
    data = submit("harbour", mine).path.read_bytes()
    assert b"PRIVATE-CANARY" not in data
    assert b"private" not in data


def test_an_older_content_version_is_another_hand_in(mine, monkeypatch):
    from itguide import submission

    first = submit("harbour", mine)
    newer = submission.syllabus().model_copy(update={"version": "test-2"})
    monkeypatch.setattr(submission, "syllabus", lambda: newer)
    assert submit("harbour", mine).sequence == first.sequence + 1


def test_nothing_damaged_or_mixed_is_handed_in(mine, tmp_path):
    with pytest.raises(SubmissionError, match="nothing to hand in"):
        submit("harbour", small.workspace(tmp_path / "empty", ME, small.sheet(ME)))
    with pytest.raises(SubmissionError, match="no module"):
        submit("nowhere", mine)
    path = mine / "harbour/answers/berths.json"
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(SubmissionError, match=r"Three berths.*Open that case once"):
        submit("harbour", mine)
    other = small.who("q")
    small.workspace(mine, ME, small.sheet(other, small.FAST))
    with pytest.raises(SubmissionError, match="two different workspaces"):
        submit("harbour", mine)


def test_a_folder_that_cannot_be_written_is_said(mine, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SubmissionError, match="could not be written"):
        submit("harbour", mine, tmp_path / "file")


# ---- hostile files


def listed(entries, **change):
    """The entries with a manifest that fits them, apart from what is changed."""
    manifest = json.loads(next(d for i, d in entries if i.filename == "manifest.json"))
    files = [(i, d) for i, d in entries if i.filename != "manifest.json"]
    import hashlib

    manifest["files"] = [
        {"name": i.filename, "bytes": len(d), "sha256": hashlib.sha256(d).hexdigest()} for i, d in files
    ]
    return [("manifest.json", json.dumps({**manifest, **change})), *files]


def with_entry(name, data=b"{}", mode=0o100600, **attributes):
    def add(entries):
        info = zipfile.ZipInfo(name)
        info.external_attr = mode << 16
        for key, value in attributes.items():
            setattr(info, key, value)
        return [*entries, (info, data)]

    return add


def replaced(name, data):
    return lambda entries: [(i, data if i.filename == name else d) for i, d in entries]


def relisted(name, data):
    return lambda entries: listed(replaced(name, data)(entries))


SHEET = "answers/berths.json"
HOSTILE = {
    "absolute": (with_entry("/etc/passwd"), "does not belong"),
    "climbing": (with_entry("../../gradebook.db"), "does not belong"),
    "climbing inside": (with_entry("answers/../../x.json"), "does not belong"),
    "windows": (with_entry("answers\\x.json"), "does not belong"),
    "notebook": (with_entry("harbour.ipynb"), "does not belong"),
    "private": (with_entry("private/berths.json"), "does not belong"),
    "folder": (with_entry("answers/", mode=0o040700), "does not belong"),
    "symlink": (with_entry("answers/greeting2.json", b"/etc/passwd", 0o120777), "not an ordinary file"),
    "device": (with_entry("answers/greeting2.json", b"", 0o020666), "not an ordinary file"),
    "fifo": (with_entry("answers/greeting2.json", b"", 0o010666), "not an ordinary file"),
    "twice": (with_entry(SHEET), "twice"),
    "twice in capitals": (with_entry("MANIFEST.json"), "twice"),
    "not listed": (with_entry("answers/other.json"), "not those its manifest lists"),
    "missing": (lambda e: [x for x in e if x[0].filename != SHEET], "not those its manifest lists"),
    "no manifest": (lambda e: [x for x in e if x[0].filename != "manifest.json"], "no manifest"),
    "changed": (lambda e: [(i, d.replace(b'"now"', b'"not"')) for i, d in e], "digest differs"),
    "many": (lambda e: [*e, *((f"answers/a{n}.json", b"{}") for n in range(60))], "holds 63 files"),
    "bzip": (with_entry("answers/other.json", b"{}", compress_type=zipfile.ZIP_BZIP2), "packed in a way"),
    "bomb": (with_entry("answers/o.json", b" " * 50_000_000, compress_type=zipfile.ZIP_DEFLATED), "at most 2,000,000"),
    "large manifest": (replaced("manifest.json", b" " * 70_000), "at most 64,000"),
    "manifest not json": (replaced("manifest.json", b"\xff{"), "manifest is not readable"),
    "manifest deep": (replaced("manifest.json", b"[" * 60_000), "manifest is not readable"),
    "manifest list": (replaced("manifest.json", b"[]"), "not one of ours"),
    "manifest twins": (replaced("manifest.json", b'{"format": 1, "format": 1}'), "manifest is not readable"),
    "too new": (lambda e: listed(e, format=2), "newer release"),
    "format true": (lambda e: listed(e, format=True), "not one of ours"),
    "extra field": (lambda e: listed(e, admin=True), "not one of ours"),
    "sequence": (lambda e: listed(e, sequence=0), "not one of ours"),
    "workspace": (lambda e: listed(e, workspace_id="../" * 8 + "ab"), "not one of ours"),
    "module path": (lambda e: listed(e, module="../harbour"), "not one of ours"),
    "wrong module": (lambda e: listed(e, module="elsewhere"), "which this course does not have"),
    "wrong case": (lambda e: listed(with_entry("answers/other.json")(e)), "not a case of the module"),
    "someone else's": (lambda e: listed(e, workspace_id=small.who("q")), "another participant"),
    "sheet truncated": (relisted(SHEET, b'{"schema": 1, "case"'), "not a readable answer sheet"),
    "sheet NaN": (relisted(SHEET, b'{"schema": 1, "case": NaN}'), "not a readable answer sheet"),
    "sheet deep": (relisted(SHEET, b"[" * 100_000), "nested too deeply"),
    "sheet too new": (relisted(SHEET, b'{"schema": 9}'), "newer release"),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_reason_and_remedy(mine, tmp_path, name):
    change, said = HOSTILE[name]
    path = small.repack(submit("harbour", mine).path, change, tmp_path / "hostile.zip")
    with pytest.raises(SubmissionError, match=said) as caught:
        read(path)
    assert str(caught.value).endswith(".")
    assert not (tmp_path / "etc").exists()


def raw(path: Path, tmp_path: Path, change) -> Path:
    target = tmp_path / "raw.zip"
    target.write_bytes(change(bytearray(path.read_bytes())))
    return target


def _lie_about_size(data: bytearray) -> bytes:
    """The central directory says 10 bytes; the entry inflates to far more."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("manifest.json", b" " * 5_000_000)
    lied = bytearray(out.getvalue())
    at = lied.rfind(b"PK\x01\x02")
    lied[at + 24 : at + 28] = (10).to_bytes(4, "little")
    return bytes(lied)


def _encrypt(data: bytearray) -> bytes:
    for start in (b"PK\x03\x04", b"PK\x01\x02"):
        at = -1
        while (at := data.find(start, at + 1)) >= 0:
            data[at + (6 if start[2] == 3 else 8)] |= 1
    return bytes(data)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: bytes(d[: len(d) // 2]), "damaged"),
        (lambda d: b"", "damaged"),
        (lambda d: b"not a zip at all", "damaged"),
        (lambda d: bytes(d).replace(b"speed", b"speex"), "damaged"),
        (_encrypt, "encrypted"),
        (_lie_about_size, "damaged|another size"),
        (lambda d: b"x" * 20_000_001, "more than 20,000,000"),
    ],
    ids=["truncated", "empty", "text", "bit flipped", "encrypted", "lying size", "huge"],
)
def test_a_broken_file_is_refused(mine, tmp_path, change, said):
    with pytest.raises(SubmissionError, match=said):
        read(raw(submit("harbour", mine).path, tmp_path, change))


def test_links_and_folders_are_not_followed(mine, tmp_path):
    link = tmp_path / "link.zip"
    link.symlink_to(submit("harbour", mine).path)
    for path in (link, tmp_path):
        with pytest.raises(SubmissionError, match="not an ordinary file"):
            read(path)


def test_a_zip_repacked_by_hand_is_still_read(mine, tmp_path):
    """Mail programs and people repack: order and compression may differ, content may not."""
    path = submit("harbour", mine).path
    shutil.unpack_archive(path, tmp_path / "open")
    target = tmp_path / "again.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as pack:
        for file in sorted((tmp_path / "open").rglob("*.json")):
            pack.write(file, file.relative_to(tmp_path / "open").as_posix())
    assert read(target).receipt == read(path).receipt


def test_a_sheet_of_another_case_is_refused(mine, tmp_path):
    other = replace(small.sheet(ME, small.FAST), case="greeting").as_json()
    path = small.repack(submit("harbour", mine).path, relisted(SHEET, other), tmp_path / "x.zip")
    with pytest.raises(SubmissionError, match="answers to another case"):
        read(path)
