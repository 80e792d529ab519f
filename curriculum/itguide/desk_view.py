"""One submission as its reader sees it: points, answers in words, verdicts, rounds.

Used by the cells of a grading notebook (`grading_cells`) and, without any notebook running, by `fast_grading`.
"""

from __future__ import annotations

from html import escape
from pathlib import Path

from itguide import scoring
from itguide.answers import Sheet, read_sheet
from itguide.content import load_case
from itguide.keys import load_key
from itguide.scoring import CaseScore
from itguide.spec import CaseSpec
from itguide.text import SOURCE, engine
from itguide.wording import as_html, worded


def blank_sheet(case: CaseSpec) -> Sheet:
    """The sheet of someone who answered nothing."""
    return Sheet(case.slug, "", "", "")


def sheet_in(folder: Path, case: CaseSpec) -> Sheet:
    """The sheet of a case in a submission's folder; blank if the case was never opened. SheetError if unusable."""
    try:
        return read_sheet(folder / "answers" / f"{case.slug}.json", case.slug)
    except FileNotFoundError:
        return blank_sheet(case)


class DeskView:
    """A submission's folder, read once. Every method gives HTML of only those tags nbgrader's filter lets through."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._sheets: dict[str, Sheet] = {}
        self._scores: dict[str, CaseScore] = {}

    def sheet(self, slug: str) -> Sheet:
        """The sheet of a case. SheetError if it cannot be used."""
        if slug not in self._sheets:
            self._sheets[slug] = sheet_in(self.folder, load_case(slug))
        return self._sheets[slug]

    def score(self, slug: str) -> CaseScore:
        """What a case earns."""
        if slug not in self._scores:
            self._scores[slug] = scoring.score(load_case(slug), load_key(slug), self.sheet(slug))
        return self._scores[slug]

    def points(self, case: str, question: str) -> float:
        """The automatic points of one question."""
        return float(self.score(case).find(question).points)

    def show(self, case: str, question: str) -> str:
        """One question with its answer in words."""
        asked, sheet, say = load_case(case).find(question), self.sheet(case), engine(SOURCE)
        rounds = sheet.rounds
        if asked.phase == "predict":
            value = rounds[0].prediction.get(question) if rounds else sheet.value(question)
        elif asked.phase in {"declare", "decide"}:
            value = rounds[0 if asked.scored_round == "first" else -1].decision.get(question) if rounds else None
        else:
            value = sheet.value(question)
        return _html(
            f"<strong>{escape(asked.prompt.replace('*', ''))}</strong>", as_html(worded(asked, value, say), say)
        )

    def show_verdicts(self, case: str, question: str) -> str:
        """How the automatic points came about, aspect by aspect; for the instructor's desk only."""
        found = self.score(case).find(question)
        titles = {a.id: a.title for a in load_case(case).find(question).aspect}
        say = engine(SOURCE)
        lines = [
            f"<li>{escape(titles[a.id])}: {escape(say('feedback.' + a.verdict))} "
            f"({a.share * a.maximum:g} of {a.maximum:g})</li>"
            for a in found.aspects
        ]
        return _html(f"<ul>{''.join(lines)}</ul>")

    def show_rounds(self, case: str) -> str:
        """What followed from each committed round, in the page's own words at the time."""
        say, rounds = engine(SOURCE), self.sheet(case).rounds
        if not rounds:
            return _html(f"<em>{escape(say('feedback.no_round'))}</em>")
        lines = [f"<li>{escape(str(r.result.get('headline', '')))}</li>" for r in rounds]
        return _html(f"<strong>{escape(say('feedback.rounds'))}</strong>", f"<ol>{''.join(lines)}</ol>")


def _html(*parts: str) -> str:
    return "".join(f"<div>{part}</div>" for part in parts)
