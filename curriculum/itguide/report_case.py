"""One case in the cohort report: decisions, what followed, reasons, the rarer view, the commonest mistake."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup

from itguide import cohort_stats as stats
from itguide import report_figures as draw
from itguide.citations import short
from itguide.cohort import Paper
from itguide.cohort_stats import FEW, Part, Spread
from itguide.consequences import Figure
from itguide.errors import ContentError
from itguide.figures.canvas import WIDTH
from itguide.kinds.live import amount
from itguide.paper_kit import Column, load_kit
from itguide.report_words import LISTED, columns_of, is_narrow, labels_of, moved, reason, short_words, written_as
from itguide.spec import CaseSpec, Question
from itguide.text import Say

MOST_BARS = 12


@dataclass(frozen=True)
class Asked:
    """One question with its picture; without one, why there is none."""

    prompt: Markup
    figure: Figure | None
    says: str = ""
    wide: bool = False
    alone: bool = False  # a narrow one that has no neighbour


def paired(asked: list[Asked]) -> list[Asked]:
    """With an odd number of narrow pictures the last has no neighbour: its words stand beside it."""
    narrow = [n for n, a in enumerate(asked) if not a.wide]
    if len(narrow) % 2:
        asked[narrow[-1]] = replace(asked[narrow[-1]], alone=True)
    return asked


class Words:
    """How many, how much and what a line means, in the reader's language."""

    def __init__(self, say: Say) -> None:
        self.say = say

    def told(self, part: Part, brief: bool = False, of: bool = False) -> str:
        """How many, as far as it may be told."""
        if part.few:
            return self.say("report.few_brief" if brief else "report.few")
        if not part.count:
            return "" if brief else self.say("report.nobody")
        if part.count == part.n and not brief:
            return self.say("report.everybody")
        return self.say("report.share_of" if of else "report.share", share=part.share)

    def number(self, value: float) -> str:
        """A figure on an axis."""
        return self.say("live.plain", n=round(value, 2))

    def key(self, rows: Sequence[draw.Row]) -> tuple[str, str, str]:
        """What the dot and the lines mean; the thin line only where it says more than the thick one."""
        wide = any(r.now.low != r.now.quarter or r.now.high != r.now.three for r in rows)
        return (
            self.say("report.key_middle"),
            self.say("report.key_half"),
            self.say("report.key_eight") if wide else "",
        )


class Teller(Words):
    """Makes the parts of one case's section, in the reader's language."""

    def __init__(self, case: CaseSpec, papers: Sequence[Paper], say: Say) -> None:
        super().__init__(say)
        self.case, self.papers = case, papers
        self.again = sum(p.rounds > 1 for p in papers) >= FEW

    # ---- what was decided

    def decided(self) -> list[Asked]:
        """Every declared and decided question except reasons, in the order asked."""
        return paired([a for q in self.case.phase("declare", "decide") if not reason(q) for a in self.asked(q)])

    def reasons(self) -> list[Asked]:
        """The questions that ask why and are answered by choosing."""
        return paired([a for q in self.case.phase("declare", "decide", "justify") if reason(q) for a in self.asked(q)])

    def asked(self, question: Question) -> list[Asked]:
        """A question with the spread of its answers; nothing for messages and texts."""
        if question.kind in {"inject", "text"}:
            return []
        values = stats.answers(self.papers, question)
        prompt = Markup(short(question.prompt))
        if len(values) < FEW:
            return [Asked(prompt, None, self.say("report.too_few"))]
        before: list[Any] = []
        if self.again and question.phase in {"declare", "decide"}:  # of everybody: who decided once decided the same
            before = stats.answers(self.papers, question, "first")
        drawn = {"allocate": self._allocated, "number": self._number, "schedule": self._heat, "classify": self._heat,
                 "rank": self._heat, "place": self._placed}.get(question.kind, self._chosen)  # fmt: skip
        return [Asked(prompt, f, wide=not is_narrow(question))
                for f in drawn(question, values, before)]  # fmt: skip

    def _id(self, *names: str) -> str:
        return "-".join((self.case.slug, *names))

    def _chosen(self, question: Question, values: list[Any], before: list[Any]) -> list[Figure]:
        labels = labels_of(question, self.say)
        if question.kind == "link":
            labels = {i: labels[i] for v in values for i in stats.named(question, v)}
        parts = stats.parts(question, values, labels)
        earlier = {p.id: p for p in stats.parts(question, before, labels)}
        if len(parts) > LISTED:
            parts = sorted(parts, key=lambda p: -p.share)
        left = len(parts) - MOST_BARS if len(parts) > MOST_BARS + 1 else 0
        shown = parts[:MOST_BARS] if left else parts
        top = max(parts, key=lambda p: p.count)
        bars = [
            draw.Bar(labels[p.id], p, self.told(p), earlier.get(p.id), p.share == top.share and not p.few)
            for p in shown
        ]
        title = self._leads(question, top, parts, labels)
        narrow = is_narrow(question)
        svg = draw.share_bars(bars, id=self._id(question.id), title=title, alt=self._alt(parts, labels),
                              before_name=self.say("report.first_decision"),
                              width=draw.NARROW if narrow else WIDTH)  # fmt: skip
        heads = (self.say("report.column_option"), self.say("report.column_share"))
        rows = tuple((labels[p.id], self.told(p)) for p in parts)
        return [Figure(self._id(question.id), title, svg, self._alt(parts, labels), heads, rows,
                       self.say("report.not_drawn", n=left, count=left) if left else "")]  # fmt: skip

    def _leads(self, question: Question, top: Part, parts: Sequence[Part], labels: Mapping[str, str]) -> str:
        if top.few:
            return self.say("report.spread_thin")
        rivals = [p for p in parts if p.id != top.id and p.share == top.share]
        if rivals and question.kind == "choice":
            return self.say("report.level", one=labels[top.id], other=labels[rivals[0].id])
        key = "report.most" if question.kind == "choice" else "report.most_of_several"
        return self.say(key, label=labels[top.id], share=top.share)

    def _allocated(self, question: Question, values: list[Any], before: list[Any]) -> list[Figure]:
        rows: list[draw.Row] = []
        for option in question.option:
            now = stats.spread([v[option.id] for v in values])
            assert now is not None
            early = stats.spread([v[option.id] for v in before])
            rows.append(draw.Row(option.label, now, amount(self.say, now.middle, question.unit), early))
        top = max(rows, key=lambda r: r.now.middle)
        return [self._spans(question, rows, self.say("report.allocated", label=top.label, middle=top.says), True)]

    def _number(self, question: Question, values: list[Any], before: list[Any]) -> list[Figure]:
        now, early = stats.spread(values), stats.spread(before)
        assert now is not None
        low, middle, high = (amount(self.say, n, question.unit) for n in (now.quarter, now.middle, now.three))
        row = draw.Row("", now, middle, early)
        return [self._spans(question, [row], self.say("report.number", low=low, middle=middle, high=high), False)]

    def _spans(self, question: Question, rows: Sequence[draw.Row], title: str, wide: bool) -> Figure:
        alt = "; ".join(self.say("report.spread_alt", label=r.label, middle=r.now.middle, low=r.now.quarter,
                                 high=r.now.three).strip(" :") for r in rows)  # fmt: skip
        svg = draw.spans(rows, id=self._id(question.id), title=title, alt=alt, number=self.number,
                         unit=question.unit.replace("{n}", "").replace("  ", " ").strip(), key=self.key(rows),
                         before_name=self.say("report.first_decision"), zero=wide,
                         width=WIDTH if wide else draw.NARROW)  # fmt: skip
        return Figure(self._id(question.id), title, svg, alt, self._heads(), tuple(self._row(r) for r in rows))

    def _heads(self) -> tuple[str, ...]:
        return tuple(self.say(f"report.column_{c}") for c in ("what", "quarter", "middle", "three"))

    def _row(self, row: draw.Row, number: Callable[[float], str] | None = None) -> tuple[str, ...]:
        write = number or self.number
        return (row.label, write(row.now.quarter), write(row.now.middle), write(row.now.three))

    def _heat(self, question: Question, values: list[Any], _before: list[Any]) -> list[Figure]:
        columns, dealt, last = columns_of(question, values, self.say)
        ids = [o.id for o in question.option]
        if question.kind == "schedule":  # by when most do it, and how many at all
            ids.sort(key=lambda i: -sum(i in v for v in values))
        cells = {
            i: tuple(Part(f"{i}.{c}", sum(d.get(i) == c for d in dealt), len(values)) for c in columns) for i in ids
        }
        return [self._grid(question, question.id, ids, columns, cells, set_off=last)]

    def _placed(self, question: Question, values: list[Any], _before: list[Any]) -> list[Figure]:
        ids = [o.id for o in question.option]
        figures = []
        for n, (axis, steps) in enumerate(zip(question.axis, (question.row, question.column), strict=True)):
            columns = {s.id: s.label for s in steps}
            cells = {i: tuple(Part(f"{i}.{c}", sum(v[i][n] == c for v in values), len(values)) for c in columns)
                     for i in ids}  # fmt: skip
            figures.append(self._grid(question, f"{question.id}-{axis.id}", ids, columns, cells, axis.label))
        return figures

    def _grid(self, question: Question, name: str, ids: Sequence[str], columns: Mapping[str, str],
              cells: Mapping[str, tuple[Part, ...]], axis: str = "", set_off: bool = False) -> Figure:  # fmt: skip
        labels = {o.id: o.label for o in question.option}
        every = [(i, c, p) for i in ids for c, p in zip(columns, cells[i], strict=True)]
        agreed = max(every, key=lambda e: e[2].count)
        divided = min(ids, key=lambda i: max(p.count for p in cells[i]))
        title = self.say("report.grid", label=labels[agreed[0]], column=columns[agreed[1]], share=agreed[2].share,
                         divided=labels[divided])  # fmt: skip
        rows = [draw.Cells(labels[i], cells[i], tuple(self.told(p, brief=True) for p in cells[i])) for i in ids]
        alt = self.say("report.grid_alt", what=axis or short_words(question.prompt))
        svg = draw.heat(list(columns.values()), rows, id=self._id(name), title=title, alt=alt, set_off=set_off)
        heads = (self.say("report.column_what"), *columns.values())
        table = tuple((r.label, *(self.told(p, brief=True) or self.number(0) for p in r.parts)) for r in rows)
        return Figure(self._id(name), f"{axis}: {title}" if axis else title, svg, alt, heads, table)

    # ---- what followed

    def followed(self) -> Figure | None:
        """The spread of the main figures over the last rounds, against the first rounds of the same people."""
        rows = []
        for column, label in self._columns():
            now = self._recorded(self.papers, column, 1)
            early = self._recorded(self.papers, column, 0) if self.again else None
            if now is None:
                continue
            number = written_as(column.show, self.say)
            says = number(now.middle)
            if early and number(early.middle) != says:
                says = self.say("report.from_to", first=number(early.middle), last=says)
            rows.append((draw.Row(label, now, says, early), number))
        if not rows:
            return None
        row, number = max(rows, key=lambda r: moved(r[0]))
        if row.before and number(row.before.middle) != number(row.now.middle):
            title = self.say(
                "report.moved", label=row.label, first=number(row.before.middle), last=number(row.now.middle)
            )
        else:
            title = self.say("report.lies", label=rows[0][0].label, middle=rows[0][1](rows[0][0].now.middle))
        alt = self.say("report.followed_alt", figures="; ".join(f"{r.label} {r.says}" for r, _ in rows))
        svg = draw.strips(rows, id=self._id("followed"), title=title, alt=alt, key=self.key([r for r, _ in rows]),
                          before_name=self.say("report.first_round"))  # fmt: skip
        table = tuple(self._row(r, n) for r, n in rows)
        return Figure(self._id("followed"), title, svg, alt, self._heads(), table)

    def _columns(self) -> list[tuple[Column, str]]:
        """The figures a facilitator follows: those of the paper kit's table; without a kit, what was predicted."""
        try:
            return [(c, c.label[:1].upper() + c.label[1:]) for c in load_kit(self.case.slug).column]
        except ContentError:
            return []

    def _recorded(self, papers: Iterable[Paper], column: Column, which: int) -> Spread | None:
        values = [p.figures[which][column.metric] * column.times for p in papers if column.metric in p.figures[which]]
        return stats.spread(values)

    def expected(self) -> list[Asked]:
        """Predictions: numbers against what came in the first round, choices as shares."""
        found = []
        for question in self.case.phase("predict"):
            if question.id.startswith(("entry_", "exit_")):
                continue
            if question.kind != "number" or not question.metric:
                found += self.asked(question)
                continue
            values = stats.answers(self.papers, question)
            came = [
                p.figures[0][question.metric] * question.times for p in self.papers if question.metric in p.figures[0]
            ]
            guess, real = stats.spread(values), stats.spread(came)
            prompt = Markup(short(question.prompt))
            if guess is None or real is None:
                found.append(Asked(prompt, None, self.say("report.too_few")))
                continue
            rows = [draw.Row(self.say(f"report.{name}"), s, amount(self.say, round(s.middle, 2), question.unit))
                    for name, s in (("expected_row", guess), ("came_row", real))]  # fmt: skip
            title = self.say("report.expected_title", expected=rows[0].says, came=rows[1].says)
            found.append(Asked(prompt, self._spans(question, rows, title, True), wide=True))
        return paired(found)

    # ---- worth hearing, and worth knowing

    def minority(self) -> dict[str, Any] | None:
        """The rarer decision that held, in the author's words."""
        if (found := stats.minority(self.case, self.papers)) is None:
            return None
        question = self.case.find(found.question)
        said = found.option.note or question.aspect[0].holds
        return {
            "prompt": Markup(short(question.prompt)),
            "label": found.option.label,
            "detail": found.option.detail,
            "share": self.told(found.part, of=True),
            "note": Markup(short(said)),
        }

    def mistake(self) -> dict[str, Any] | None:
        """The aspect missed most often, with its sentence and the note on what most had chosen."""
        if (found := stats.mistake(self.case, self.papers)) is None:
            return None
        question, j = self.case.find(found.judged.question), found.judged
        aspect = next(a for a in question.aspect if a.id == j.aspect)
        fails = j.fails >= j.conditions
        part = Part("", j.fails if fails else j.conditions, j.n)
        return {
            "prompt": Markup(short(question.prompt)),
            "title": aspect.title,
            "verdict": self.say("feedback.fails" if fails else "feedback.conditions"),
            "share": self.told(part, of=True),
            "says": aspect.fails if fails else aspect.conditions,
            "chosen": found.chosen.label if found.chosen else "",
            "note": Markup(short(found.chosen.note)) if found.chosen else "",
        }

    def held(self) -> Figure | None:
        """How every decision held, aspect by aspect, the weakest first."""
        found = sorted(stats.judged(self.papers), key=lambda j: -j.missed)
        if not found:
            return None
        titles = {(q.id, a.id): a.title for q in self.case.question for a in q.aspect}
        rows, table = [], []
        for j in found:
            parts = stats.whole([Part(v, n, j.n) for v, n in (("h", j.holds), ("c", j.conditions), ("f", j.fails))])
            says = tuple(self.told(p, brief=True) for p in parts)
            label = titles[j.question, j.aspect]
            rows.append(draw.Held(label, (parts[0], parts[1], parts[2]), (says[0], says[1], says[2])))
            table.append((label, *(s or self.number(0) for s in says)))
        best = rows[-1]
        title = self.say("report.held_title", best=best.label, worst=rows[0].label)
        names = tuple(self.say(f"feedback.{v}") for v in ("holds", "conditions", "fails"))
        alt = self.say("report.held_alt")
        svg = draw.verdicts(rows, (names[0], names[1], names[2]), id=self._id("held"), title=title, alt=alt)
        return Figure(self._id("held"), title, svg, alt, (self.say("report.column_aspect"), *names), tuple(table))

    def _alt(self, parts: Sequence[Part], labels: Mapping[str, str]) -> str:
        return "; ".join(f"{labels[p.id]}: {self.told(p)}" for p in parts[:MOST_BARS])
