"""One participant's session with one case: saves what arrives, commits rounds, tells what follows.

Knows nothing of widgets or browsers; `page` carries its messages.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict
from functools import cached_property
from importlib import import_module
from pathlib import Path
from threading import RLock, Thread
from typing import Any

from itguide import kinds
from itguide.answers import MOST_ROUNDS, AnswerStore, Round, Sheet, came, set_aside
from itguide.citations import block, short, source_list
from itguide.consequences import Consequence
from itguide.content import load_case, module_cases, syllabus
from itguide.document import PRIVATE_PHASES, case_document, prose
from itguide.errors import ItGuideError, SheetDamaged, SheetError, SheetForeign, SheetTooOld, StaleRevision
from itguide.models import model
from itguide.spec import CaseSpec, Question, scoring_digest
from itguide.text import case_say, engine, engine_words, localised
from itguide.workspace import workspace_id

Message = dict[str, Any]
_WORK = RLock()  # one model at a time: what is being loaded is not loaded twice


def decision(case: CaseSpec, sheet: Sheet) -> dict[str, Any]:
    """What a round commits: the declared and decided answers that exist."""
    return _valid(case.phase("declare", "decide"), {q: a.value for q, a in sheet.answers.items()})


def _valid(questions: Iterable[Question], held: Mapping[str, Any]) -> dict[str, Any]:
    """Of what a sheet holds, the answers to these questions; what is none (any more) counts as not given."""
    found = {q.id: kinds.valid(q, held.get(q.id)) for q in questions}
    return {q: value for q, value in found.items() if value is not None}


def progress(case: CaseSpec, sheet: Sheet) -> tuple[int, int]:
    """How many of the case's questions that are handed in are answered, and how many there are."""
    say = engine("en")
    asked = [q for q in case.question if q.phase not in PRIVATE_PHASES and q.required]
    return sum(kinds.live(q, kinds.valid(q, sheet.value(q.id)), say).answered for q in asked), len(asked)


def standing(case: CaseSpec, sheet: Sheet) -> str:
    """How the case's decision stands: "open" (nothing committed), "changed" since the last round, or "decided"."""
    if not case.phase("decide"):
        return "decided"
    if not sheet.rounds:
        return "open"
    return "decided" if decision(case, sheet) == dict(sheet.rounds[-1].decision) else "changed"


class Notice:
    """A page that is only a sentence: why a case cannot be shown."""

    def __init__(self, lang: str, says: str) -> None:
        self.lang, self.says = lang, says

    def doc(self) -> Message:
        """The sentence, with the words around it."""
        return {
            "type": "notice",
            "lang": self.lang,
            "says": self.says,
            "words": {"page": engine_words("page", self.lang)},
        }

    def state(self, *, told: bool = True) -> Message:
        """Nothing."""
        return {}

    def answer(self, message: Message) -> list[Message]:
        """Nothing."""
        return []


class CaseSession:
    """The wiring of a case: spec, sheet, words, model, consequences."""

    def __init__(self, slug: str, lang: str, folder: Path) -> None:
        self.source = load_case(slug)
        self.case = localised(self.source, lang)
        self.lang, self.folder = lang, folder
        self.say = case_say(self.source, lang)
        self.aside = ""
        self._told: tuple[Mapping[str, Any], Consequence] | None = None
        blank = Sheet(
            slug, syllabus().version, scoring_digest(*module_cases(self.source.module)), workspace_id(folder.parent)
        )
        grading = "NBGRADER_EXECUTION" in os.environ or (folder / "READ_ONLY").exists()
        self.store = self._open(folder / "answers" / f"{slug}.json", blank, grading)
        self.private = self._open(folder / "private" / f"{slug}.json", blank, grading)

    def _open(self, path: Path, blank: Sheet, read_only: bool) -> AnswerStore:
        try:
            return AnswerStore(path, blank, read_only=read_only)
        except (SheetDamaged, SheetForeign, SheetTooOld) as error:
            if read_only:
                raise
            said = self.say("save.set_aside", reason=str(error).rstrip("."), file=set_aside(path).name)
            self.aside = f"{self.aside} {said}".strip()
            return AnswerStore(path, blank, read_only=read_only)

    def _store_of(self, question: Question) -> AnswerStore:
        return self.private if question.phase in PRIVATE_PHASES else self.store

    def doc(self) -> Message:
        """What never changes."""
        return case_document(self.case, self.lang)

    def state(self, *, told: bool = True) -> Message:
        """What the sheets hold now, and what follows from it; without `told` the page asks for that when it is seen."""
        sheet, own = self.store.sheet, self.private.sheet
        kept = {q.id: (own if q.phase in PRIVATE_PHASES else sheet).answers.get(q.id) for q in self.case.question}
        held = {q: answer for q, answer in kept.items() if answer is not None}
        values = _valid(self.case.question, {q: a.value for q, a in held.items()})
        revealed = bool(sheet.rounds) or not self.case.phase("decide")
        notes, cited = prose(self.case.slug, "notes", self.lang) if revealed else ("", [])
        latest = max((a.at for a in held.values()), default="")
        return {
            "values": values,
            "revs": {q: a.rev for q, a in held.items()},
            "live": {q.id: self._live(q, values.get(q.id)) for q in self.case.question},
            "saved_at": latest,
            "progress": progress(self.case, sheet),
            "standing": standing(self.case, sheet),
            "revealed": revealed,
            "rounds": [{"n": r.n, "at": r.at, "headline": str(r.result.get("headline", ""))} for r in sheet.rounds],
            "rounds_left": MOST_ROUNDS - len(sheet.rounds),
            "locked": [q.id for q in self.case.phase("predict")] if sheet.rounds else [],
            "consequence": self._consequence(sheet) if sheet.rounds and told else None,
            "notes": notes,
            "sources": source_list(cited),
            "option_notes": self._option_notes() if revealed else {},
            "read_only": self.store.read_only,
            "aside": self.aside,
        }

    def _live(self, question: Question, value: Any) -> Message:
        found = asdict(kinds.live(question, value, self.say))
        if question.phase == "check" and value:
            chosen = set(value) if isinstance(value, list) else {value}
            right = chosen == {o.id for o in question.option if o.right}
            found["check"] = {"right": right, "html": block(question.explain)}
        return found

    def _option_notes(self) -> Message:
        return {q.id: {o.id: short(o.note) for o in q.option if o.note} for q in self.case.question}

    # ---- messages

    def answer(self, message: Message) -> list[Message]:
        """The replies to one message of the page; a message of an unknown kind has none."""
        handler = {
            "set": self._set,
            "commit": self._commit,
            "why": self._why,
            "warm": self._warm,
            "told": self._tell,
        }.get(str(message.get("type")))
        try:
            return handler(message) if handler else []
        except (ItGuideError, OSError) as error:  # the sheet was damaged meanwhile, or the case is being edited
            return [{"type": "refused", "q": "", "says": self.say("save.refused", reason=str(error))}]

    def _set(self, message: Message) -> list[Message]:
        asked = message.get("q")
        name = asked[:40] if isinstance(asked, str) and asked.isascii() else ""
        try:
            question = self.case.find(name)
            if question.phase == "predict" and self.store.sheet.rounds:
                raise ValueError(self.say("page.locked"))
            raw = message.get("value")
            value = None if raw is None else kinds.normalise(question, raw)  # None: a number taken out again
            saved = self._store_of(question).set(name, value, int(message.get("rev", 0)))
        except StaleRevision as stale:
            return [{"type": "conflict", "q": name, "theirs": stale.current, "rev": stale.rev}]
        except (KeyError, ValueError, TypeError, OverflowError, OSError, SheetError) as error:
            return [{"type": "refused", "q": name, "says": self.say("save.refused", reason=str(error))}]
        return [{"type": "saved", "q": name, "value": value, "rev": saved.rev, "at": saved.at,
                 "live": self._live(question, value), "progress": progress(self.case, self.store.sheet),
                 "standing": standing(self.case, self.store.sheet)}]  # fmt: skip

    def _moved(self, sheet: Sheet, shown: object) -> list[Message]:
        """The answers that were changed elsewhere since the page that commits showed them."""
        if not isinstance(shown, dict):
            return []
        asked = self.case.phase("predict", "declare", "decide")
        held = {q.id: sheet.answers[q.id] for q in asked if q.id in sheet.answers}
        return [{"q": q, "theirs": a.value, "rev": a.rev} for q, a in held.items() if shown.get(q, 0) != a.rev]

    def _open_problems(self, sheet: Sheet) -> list[Message]:
        found: list[Message] = []
        for question in self.case.phase("predict", "declare", "decide"):
            now = kinds.live(question, kinds.valid(question, sheet.value(question.id)), self.say)
            if not now.answered and question.required and not now.problems:
                found.append({"q": question.id, "says": self.say("page.unanswered", what=_plain(question.prompt))})
            elif now.blocking:
                said = dict.fromkeys([*now.problems, *now.marks.values()])  # a mark may be among the problems
                found.extend({"q": question.id, "says": p} for p in said)
        return found

    def _commit(self, message: Message) -> list[Message]:
        sheet = self.store.sheet
        if moved := self._moved(sheet, message.get("revs")):
            return [{"type": "moved", "changes": moved}]
        if missing := self._open_problems(sheet):
            return [{"type": "incomplete", "problems": missing}]
        if len(sheet.rounds) >= MOST_ROUNDS:
            return [
                {"type": "incomplete", "problems": [{"q": "", "says": self.say("page.rounds_full", n=MOST_ROUNDS)}]}
            ]
        taken = decision(self.case, sheet)
        prediction = {q.id: kinds.valid(q, sheet.value(q.id)) for q in self.case.phase("predict")}
        told = self._explain(taken, self._taken(sheet.rounds[-1]) if sheet.rounds else None)
        result = {**self._metrics(taken), "headline": told.headline}
        try:
            self.store.commit(prediction, taken, result)
        except (OSError, ValueError, SheetError) as error:
            return [{"type": "refused", "q": "", "says": self.say("save.refused", reason=str(error))}]
        self._told = (taken, told)
        return [{"type": "committed", "state": self.state()}]

    # ---- the model

    @cached_property
    def _model(self) -> Any:
        return model(self.source.scenario.model) if self.source.scenario else None

    @cached_property
    def _scenario(self) -> Any:
        return self._model.scenario(self.source)

    def _metrics(self, taken: Mapping[str, Any]) -> dict[str, float]:
        return dict(self._model.run(self._scenario, taken).metrics) if self._model else {}

    def _teller(self) -> Any:
        assert self.source.scenario is not None
        return import_module(f"itguide.consequences.{self.source.scenario.model}")

    def _taken(self, committed: Round) -> dict[str, Any] | None:
        """A round's decision; None if it does not answer all that the case asks (any more)."""
        asked = self.case.phase("declare", "decide")
        taken = _valid(asked, committed.decision)
        return taken if all(q.id in taken for q in asked if q.required) else None

    def _explain(self, taken: Mapping[str, Any], before: Mapping[str, Any] | None) -> Consequence:
        if not self._model:
            return self._words_only(taken)
        with _WORK:
            outcome = self._model.run(self._scenario, taken)
            previous = self._model.run(self._scenario, before) if before is not None else None
            found: Consequence = self._teller().explain(self.case, self._scenario, outcome, taken, self.say, previous)
            return found

    def _words_only(self, taken: Mapping[str, Any]) -> Consequence:
        """A case without a model: the sentence of the option chosen in the first decision."""
        for question in self.case.phase("decide"):
            if question.kind == "choice" and f"after_{taken.get(question.id)}" in self.case.sentence:
                return Consequence(self.say(f"sentence.after_{taken[question.id]}"))
        return Consequence(self.say("page.no_consequence"))

    def _consequence(self, sheet: Sheet) -> Message:
        last, taken = sheet.rounds[-1], self._taken(sheet.rounds[-1])
        before = self._taken(sheet.rounds[-2]) if len(sheet.rounds) > 1 else None
        if taken is None:
            told = Consequence(self.say("page.no_consequence"))
        elif self._told and self._told[0] == taken:  # just committed: no need to work it out twice
            told = self._told[1]
        else:
            told = self._explain(taken, before)
        self._told = None
        expected = [
            {"prompt": short(q.prompt), "value": kinds.valid(q, last.prediction.get(q.id)), "q": q.id,
             "came": came(q, last)}
            for q in self.case.phase("predict")
        ]  # fmt: skip
        return {**asdict(told), "n": last.n, "expected": expected, "has_why": bool(self._model) and taken is not None}

    def _warm(self, message: Message) -> list[Message]:
        """Begins to load what the first consequence needs, while the reader reads."""
        if self.source.scenario:
            with suppress(RuntimeError):  # where there are no threads, the first consequence takes longer
                Thread(target=self._prepare, daemon=True).start()
        return []

    def _prepare(self) -> None:
        with _WORK, suppress(LookupError, ValueError, TypeError, ItGuideError):
            teller = self._teller()
            if hasattr(teller, "prepare"):
                teller.prepare(self.case, self._scenario, self.say)
            else:
                self._model.run(self._scenario, {})

    def _tell(self, message: Message) -> list[Message]:
        sheet = self.store.sheet
        return [{"type": "told", "told": self._consequence(sheet)}] if sheet.rounds else []

    def _why(self, message: Message) -> list[Message]:
        sheet = self.store.sheet
        taken = self._taken(sheet.rounds[-1]) if sheet.rounds else None
        if taken is None or not self._model:
            return []
        with _WORK:
            causes = self._teller().why(self.case, self._scenario, taken, self.say)
        return [{"type": "why", "n": sheet.rounds[-1].n, "causes": [asdict(c) for c in causes]}]


def _plain(prompt: str) -> str:
    return prompt.replace("*", "").strip()
