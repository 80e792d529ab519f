"""The paper kit opens as PDF: printed by the real browser, A4, with brief, cards and results, nothing cut off."""

from __future__ import annotations

from pathlib import Path

import pytest
from pypdf import PdfReader

from chromium import installed
from itguide import cli, print_pdf
from itguide.content import load_case
from itguide.paper_kit import load_kit

A4 = (595, 842)


def test_the_kit_opens_as_pdf(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if exe := installed():
        monkeypatch.setenv("ITGUIDE_CHROMIUM", exe)
    elif not print_pdf.browser():
        from playwright.sync_api import sync_playwright

        with sync_playwright() as playwright:
            monkeypatch.setenv("ITGUIDE_CHROMIUM", playwright.chromium.executable_path)
    assert cli.main(["kit", "ict_portfolio", "--to", str(tmp_path)]) == 0, capsys.readouterr().err
    assert "ict_portfolio_kit.pdf" in capsys.readouterr().out
    pages = PdfReader(tmp_path / "ict_portfolio_kit.pdf").pages
    sizes = {tuple(sorted((round(p.mediabox.width), round(p.mediabox.height)))) for p in pages}
    assert sizes == {A4}
    texts = [" ".join(p.extract_text().split()) for p in pages]
    assert load_case("ict_portfolio").title in texts[1]
    assert "is invented" in texts[1] or "are invented" in texts[1], "the brief does not fit on one page"
    assert sum("New core clearance system" in t for t in texts) >= 2
    for decision in load_kit("ict_portfolio").decision:
        assert any(decision.name in t for t in texts)
    cards = [p for p in pages if p.mediabox.width > p.mediabox.height]
    assert len(cards) == len(load_case("ict_portfolio").find("plan").option) / 2


def test_without_a_browser_the_pages_are_there_and_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(print_pdf, "browser", lambda: None)
    assert cli.main(["kit", "strategy_map", "--to", str(tmp_path)]) == 0
    told = capsys.readouterr()
    assert "strategy_map_kit.html" in told.out
    assert "print them there" in told.err
    assert not list(tmp_path.glob("*.pdf"))


def test_a_browser_that_fails_is_named(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<p>one page</p>", encoding="utf-8")
    kept = tmp_path / "page.pdf"
    kept.write_bytes(b"the one from yesterday")
    assert "false did not print it" in print_pdf.print_pdf(page, kept, "/bin/false")
    assert kept.read_bytes() == b"the one from yesterday"
