"""The last page of a module: what is answered, and the button that hands it in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from itguide.answers import Sheet, read_sheet
from itguide.content import module_cases, syllabus
from itguide.errors import ItGuideError, SheetError
from itguide.session import progress, standing
from itguide.spec import scoring_digest
from itguide.text import engine, engine_words, localised


class HandInSession:
    """The wiring of handing in one module."""

    def __init__(self, module_slug: str, lang: str, folder: Path) -> None:
        self.module, self.lang, self.folder = module_slug, lang, folder
        self.say = engine(lang)
        self.cases = module_cases(module_slug)

    def doc(self) -> dict[str, Any]:
        """The words of the page."""
        words = {t: engine_words(t, self.lang) for t in ("step", "page", "handin")}
        return {"type": "handin", "lang": self.lang, "case": f"handin_{self.module}", "words": words}

    def state(self, *, told: bool = True) -> dict[str, Any]:
        """Each case's progress and the last receipt."""
        rows = []
        for case in self.cases:
            sheet = self._sheet(case.slug)
            n, of = progress(case, sheet)
            how = standing(case, sheet) if case.points else "decided"
            rows.append({"title": localised(case, self.lang).title, "n": n, "of": of, "standing": how})
        return {"cases": rows, "receipt": self._last(), "read_only": (self.folder / "READ_ONLY").exists()}

    def _sheet(self, slug: str) -> Sheet:
        blank = Sheet(slug, syllabus().version, scoring_digest(*self.cases), "a" * 26)
        try:
            return read_sheet(self.folder / "answers" / f"{slug}.json", slug)
        except (FileNotFoundError, SheetError):
            return blank

    def _last(self) -> dict[str, Any] | None:
        from itguide.submission import last_receipt

        found = last_receipt(self.module, self.folder.parent)
        if found is None:
            return None
        path = found.path.relative_to(self.folder.parent).as_posix()
        return {"code": found.code, "file": found.path.name, "path": path, "at": found.at, "changed": found.changed}

    def answer(self, message: dict[str, Any]) -> list[dict[str, Any]]:
        """`look` tells the state anew; `handin` makes the file and shows its receipt."""
        if message.get("type") == "look":
            return [{"type": "state", "state": self.state()}]
        if message.get("type") != "handin":
            return []
        from itguide.submission import submit

        try:
            submit(self.module, self.folder.parent, lang=self.lang)
        except (ItGuideError, OSError) as error:
            return [{"type": "refused", "says": self.say("handin.refused", reason=str(error)), "state": self.state()}]
        return [{"type": "handed", "state": self.state()}]
