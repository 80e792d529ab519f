"""One participant's session with one case: saves what arrives, commits rounds, tells what follows.

Knows nothing of widgets or browsers; `page` carries its messages.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from functools import cached_property
from importlib import import_module
from pathlib import Path
from threading import RLock, Thread
from typing import Any

from itguide import carries, kinds
from itguide.answers import MOST_ROUNDS, Answer, AnswerStore, Round, Sheet, came, set_aside
from itguide.citations import block, short, source_list
from itguide.consequences import Consequence
from itguide.content import load_case, module_cases, syllabus
from itguide.document import PRIVATE_PHASES, case_document, prose
from itguide.errors import ItGuideError, SheetDamaged, SheetError, SheetForeign, SheetTooOld, StaleRevision
from itguide.kinds import inject
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
    asked = [q for q in case.question if q.phase not in PRIVATE_PHASES and q.required and q.kind != "inject"]
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

    @cached_property
    def _carried(self) -> dict[str, carries.Carried]:
        """What other cases suggest, by question; read once, when the page opens."""
        if self.store.read_only:
            return {}
        root, own = self.folder.parent, self.store.blank.workspace_id
        found = {q.id: carries.carried(q, root, own, self.lang) for q in self.case.phase("declare")}
        return {q: suggested for q, suggested in found.items() if suggested is not None}

    def _suggested(self, sheet: Sheet) -> dict[str, Any]:
        """The suggestions that are still open: the participant has not touched these questions."""
        return {q: c.value for q, c in self._carried.items() if q not in sheet.answers}

    def doc(self) -> Message:
        """What the page is made of: what never changes, as far as it has arrived."""
        return case_document(inject.veiled(self.case, self._read(), self.say), self.lang)

    def _read(self) -> dict[str, Any]:
        """Which injects are read; a committed round has read them all."""
        sheet = self.store.sheet
        read = (q for q in inject.injects(self.case) if sheet.rounds or kinds.valid(q, sheet.value(q.id)))
        return {q.id: inject.READ for q in read}

    def state(self, *, told: bool = True) -> Message:
        """What the sheets hold now, and what follows from it; without `told` the page asks for that when it is seen."""
        sheet, own = self.store.sheet, self.private.sheet
        kept = {q.id: (own if q.phase in PRIVATE_PHASES else sheet).answers.get(q.id) for q in self.case.question}
        held = {q: answer for q, answer in kept.items() if answer is not None}
        suggested = self._suggested(sheet)
        values = _valid(self.case.question, suggested | {q: a.value for q, a in held.items()})
        revealed = bool(sheet.rounds) or not self.case.phase("decide")
        passed = {} if sheet.rounds else inject.passed(self.case, self._read())
        hidden = inject.behind(self.case, self._read())
        notes, cited = prose(self.case.slug, "notes", self.lang) if revealed else ("", [])
        latest = max((a.at for a in held.values()), default="")
        return {
            "values": values,
            "revs": {q: a.rev for q, a in held.items()},
            "live": {
                q.id: self._live(q, values.get(q.id)) | self._origin(q, suggested)
                for q in self.case.question
                if q.id not in hidden
            },
            "saved_at": latest,
            "progress": progress(self.case, sheet),
            "standing": standing(self.case, sheet),
            "revealed": revealed,
            "rounds": [{"n": r.n, "at": r.at, "headline": str(r.result.get("headline", ""))} for r in sheet.rounds],
            "rounds_left": MOST_ROUNDS - len(sheet.rounds),
            "locked": [q.id for q in self.case.phase("predict")] if sheet.rounds else [*passed],
            "passed": passed,
            "sealed": inject.sealed(self.case, self._read()) is not None,
            "consequence": self._consequence(sheet) if sheet.rounds and told else None,
            "picture": self._picture(),
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

    def _origin(self, question: Question, suggested: Mapping[str, Any]) -> Message:
        """Where a suggested answer comes from, while it is only suggested."""
        if question.id not in suggested:
            return {}
        title = self._carried[question.id].title
        return {"carried": self.say("live.carried", title=title) if title else self.say("live.carried_default")}

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
            if refusal := self._refusal(question):
                raise ValueError(refusal)
            raw = message.get("value")
            # None: a number taken out again; what was read cannot be unread
            value = None if raw is None and question.kind != "inject" else kinds.normalise(question, raw)
            saved = self._store_of(question).set(name, value, int(message.get("rev", 0)))
        except StaleRevision as stale:
            return [{"type": "conflict", "q": name, "theirs": stale.current, "rev": stale.rev}]
        except (KeyError, ValueError, TypeError, OverflowError, OSError, SheetError) as error:
            return [{"type": "refused", "q": name, "says": self.say("save.refused", reason=str(error))}]
        told = {"type": "saved", "q": name, "value": value, "rev": saved.rev, "at": saved.at,
                "live": self._live(question, value), "progress": progress(self.case, self.store.sheet),
                "standing": standing(self.case, self.store.sheet)}  # fmt: skip
        if question.phase in PRIVATE_PHASES:
            told["picture"] = self._picture()
        if question.kind != "inject":
            return [told]
        return [told, {"type": "revealed", "q": name, "doc": self.doc(), "state": self.state()}]

    def _refusal(self, question: Question) -> str:
        """Why this question takes no answer now; empty if it does."""
        sheet = self.store.sheet
        if sheet.rounds:
            return self.say("page.locked") if question.phase == "predict" else ""
        read = self._read()
        if question.id in inject.behind(self.case, read):
            return self.say("kind.inject_not_yet")
        if hour := inject.passed(self.case, read).get(question.id):
            return self.say("kind.inject_passed", hour=hour)
        if question.kind == "inject" and (first := self._open_problems(sheet, inject.before(self.case, question))):
            return self.say("kind.inject_first", what=first[0]["says"])
        return ""

    def _moved(self, sheet: Sheet, shown: object) -> list[Message]:
        """The answers that were changed elsewhere since the page that commits showed them."""
        if not isinstance(shown, dict):
            return []
        asked = self.case.phase("predict", "declare", "decide")
        held = {q.id: sheet.answers[q.id] for q in asked if q.id in sheet.answers}
        return [{"q": q, "theirs": a.value, "rev": a.rev} for q, a in held.items() if shown.get(q, 0) != a.rev]

    def _open_problems(self, sheet: Sheet, asked: Iterable[Question] | None = None) -> list[Message]:
        found: list[Message] = []
        if asked is None:  # a round: of what has not arrived yet, only the sealed message is said
            hidden = inject.behind(self.case, self._read())
            asked = (q for q in self.case.phase("predict", "declare", "decide") if q.id not in hidden)
        for question in asked:
            now = kinds.live(question, kinds.valid(question, sheet.value(question.id)), self.say)
            if not now.answered and question.kind == "inject":
                found.append({"q": question.id, "says": self.say("kind.inject_sealed", hour=question.hour)})
            elif not now.answered and question.required and not now.problems:
                found.append({"q": question.id, "says": self.say("page.unanswered", what=_plain(question.prompt))})
            elif now.blocking:
                said = dict.fromkeys([*now.problems, *now.marks.values()])  # a mark may be among the problems
                found.extend({"q": question.id, "says": p} for p in said)
        return found

    def _commit(self, message: Message) -> list[Message]:
        sheet = self.store.sheet
        if moved := self._moved(sheet, message.get("revs")):
            return [{"type": "moved", "changes": moved}]
        suggested = self._suggested(sheet)  # signed unchanged, it is the participant's own
        sheet = replace(sheet, answers={q: Answer(v, 1, "") for q, v in suggested.items()} | dict(sheet.answers))
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
            for q, value in suggested.items():
                self.store.set(q, value, 0)
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

    def _picture(self) -> Message | None:
        """What the private answers show, to this page only: worked out each time, kept and handed in nowhere."""
        if not self.source.scenario or not (draw := getattr(self._teller(), "picture", None)):
            return None
        own = _valid(self.case.phase("own"), {q: a.value for q, a in self.private.sheet.answers.items()})
        return asdict(draw(self.case, self._scenario, own, self.say)) if own else None

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
