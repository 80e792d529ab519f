"""The pictures of a published release time: a hundred declarations, who gets which figure, who held the goods."""

from __future__ import annotations

from collections.abc import Sequence
from math import log2

from itguide.consequences import Figure
from itguide.figures import Canvas
from itguide.figures.canvas import LINE, SIZE, SMALL, text_width, wrap
from itguide.figures.scale import Scale, ticks
from itguide.models import event_log as model
from itguide.models.event_log import Outcome
from itguide.models.event_log_scenario import HOLDERS, Scenario
from itguide.spec import CaseSpec
from itguide.text import Say

DAYS = 24  # columns of days; one more holds everything beyond
BINS = (1, 2, 4, 8, 16)  # rows of the table behind the picture, in days
IN_DAYS = 100.0  # hours; from here on an amount is written in days
TALLEST = 36  # dots in a day's column; where there are more they are drawn smaller
FILLS = {"customs": "accent", "rule": "cat_2", "others": "grey_2"}
EDGES = {"customs": "accent", "rule": "ink", "others": "grey_4"}


class Words:
    """The case's words: options' labels, amounts of time, and sentences."""

    def __init__(self, case: CaseSpec, scenario: Scenario, say: Say) -> None:
        self.case, self.scenario, self.say = case, scenario, say

    def sentence(self, name: str, **values: object) -> str:
        """A sentence of the case, filled."""
        return self.say(f"sentence.{name}", **values)

    def option(self, name: str, chosen: str) -> str:
        """The label of an option of the question that asks for `name`."""
        return self.case.find(self.scenario.asked[name]).find(chosen).label

    def amount(self, hours: float, clock: str = "all") -> str:
        """Hours as people say them: from a hundred on in days, office hours always as such."""
        if clock == "office":
            return self.sentence("office", n=_plain(hours), count=_plain(hours))
        if hours >= IN_DAYS:
            return self.sentence("days", n=hours / 24)
        return self.sentence("hours", n=_plain(hours), count=_plain(hours))

    def figure(self, outcome: Outcome) -> str:
        """The figure published."""
        return self.amount(outcome.metrics["figure"], outcome.definition.clock)

    def published(self, reader: str, outcome: Outcome) -> tuple[str, str]:
        """June counted as this reader counts, and what this reader published."""
        reading = next(r for r in outcome.readings if r.reader == reader)
        theirs = self.scenario.reader(reader).published or 0.0
        return self.amount(reading.hours, reading.clock), self.amount(theirs, reading.clock)

    def carried(self, claim: str, outcome: Outcome) -> bool:
        """Whether the figure carries a boast."""
        return model.carried(self.scenario, claim, outcome.definition, outcome.metrics["figure"])

    def held(self, outcome: Outcome) -> dict[str, object]:
        """The mean journey's hours by holder and in all, in words; the disputed wait stays with the rule."""
        by = model.held(self.scenario, outcome.steps)
        return {"whole": self.amount(sum(by.values())), **{h: self.amount(by[h]) for h in HOLDERS}}

    def extremes(self, outcome: Outcome) -> tuple[str, str]:
        """The least and the most that anybody makes of the month."""
        told = sorted((r for r in outcome.readings if self.scenario.reader(r.reader).sentence), key=lambda r: r.hours)
        return self.amount(told[0].hours, told[0].clock), self.amount(told[-1].hours, told[-1].clock)

    def columns(self, *names: str) -> tuple[str, ...]:
        """Headings of a table."""
        return tuple(self.sentence(f"column_{n}") for n in names)


def _plain(hours: float) -> float:
    """Whole hours from ten on; a tenth of an hour says nothing there."""
    return float(round(hours)) if hours >= 10 else round(hours, 1)


# ---- a hundred declarations


def hundred(words: Words, outcome: Outcome, previous: Outcome | None) -> Figure:
    """A hundred declarations over the days they took: where the tail is felt."""
    say, m, figure = words.sentence, outcome.metrics, words.figure(outcome)
    whole = words.scenario.spans[outcome.definition.span] == model.WHOLE
    office = outcome.definition.clock == "office"
    title = say("hundred_title_office" if office else "hundred_title", n=100 * m["beyond"], figure=figure)
    alt = say("hundred_whole_alt" if whole else "hundred_alt")
    span = words.option("span", outcome.definition.span)
    panels = [(say("hundred_mine", span=span), outcome.dots, "accent")]
    if not whole:
        panels.append((say("hundred_whole"), outcome.whole_dots, "grey_4"))
    canvas = Canvas()
    x = Scale(0, DAYS + 1, 2, canvas.width - 2)
    across = 2 if max(_most(hours) for _, hours, _ in panels) <= TALLEST else 3
    pitch = (x(1) - x(0) - 3) / across
    top, y = 30.0, 34.0
    feet = []
    for name, hours, fill in panels:
        canvas.text(canvas.width, y + 16, name, bold=True, fill=fill, anchor="end")
        foot = y + max(34.0, -(-_most(hours) // across) * pitch + 8)
        _stack(canvas, x, hours, m["figure"], foot, fill, across, pitch)
        canvas.line(x(0), foot, x(DAYS + 1), foot, "grey_4", 1.5)
        feet.append(foot)
        y = foot + 22
    for day in range(0, DAYS + 1, 4):
        written = say("day_more" if day == DAYS else "day", n=day)
        canvas.text(x(day), feet[-1] + 20, written, size=SMALL, anchor="start" if day == 0 else "middle", fill="grey_5")
    canvas.text(x(DAYS + 1), feet[-1] + 42, say("hundred_unit"), size=SMALL, anchor="end", fill="grey_5")
    _line(canvas, x, m["figure"], say("hundred_mark", figure=figure), top, feet[-1], "signal")
    if previous:
        was = previous.metrics["figure"]
        canvas.line(x(min(was / 24, DAYS + 1)), top, x(min(was / 24, DAYS + 1)), feet[-1], "grey_5", 2, "5 4")
        told = say("hundred_before", figure=words.figure(previous))
        half = text_width(told, SMALL) / 2
        room = canvas.width - text_width(say("hundred_unit"), SMALL) - 14  # the unit stands at the end of this row
        at = min(max(x(min(was / 24, DAYS + 1)), half), room - half)
        canvas.text(at, feet[-1] + 42, told, size=SMALL, anchor="middle", fill="grey_5")
    rows = tuple(
        (say(f"bin_{name}"), *(say("number", n=sum(low <= h / 24 < high for h in dots)) for _, dots, _ in panels))
        for name, low, high in _bins()
    )
    columns = words.columns("days", "span", "whole") if not whole else words.columns("days", "whole")
    svg = canvas.svg(id="event-log-hundred", title=title, alt=alt)
    return Figure("hundred", title, svg, alt, columns, rows, say("source"))


def _bins() -> list[tuple[str, float, float]]:
    edges = [0, *BINS]
    found = [(str(high), float(low), float(high)) for low, high in zip(edges, BINS, strict=False)]
    return [*found, ("more", float(BINS[-1]), float("inf"))]


def _most(hours: Sequence[float]) -> int:
    """The most dots any day's column has."""
    days = [min(int(h / 24), DAYS) for h in hours]
    return max(days.count(day) for day in set(days))


def _stack(
    canvas: Canvas, x: Scale, hours: Sequence[float], figure: float, foot: float, fill: str, across: int, pitch: float
) -> None:
    """Dots over their day, the fastest first; rings where they took longer than the figure."""
    count = [0] * (DAYS + 1)
    radius = pitch * 0.42
    for value in sorted(hours):
        day = min(int(value / 24), DAYS)
        column, level = count[day] % across, count[day] // across
        count[day] += 1
        at, up = x(day) + 1.5 + (column + 0.5) * pitch, foot - 2 - (level + 0.5) * pitch
        if value > figure:
            canvas.circle(at, up, radius - 1, "paper", "problem" if fill == "accent" else "grey_4", 2)
        else:
            canvas.circle(at, up, radius, fill)


def _line(canvas: Canvas, x: Scale, hours: float, says: str, top: float, foot: float, fill: str) -> None:
    place = x(min(hours / 24, DAYS + 1))
    canvas.line(place, top - 6, place, foot, fill, 2.5)
    canvas.text(place + (4 if place < canvas.width / 2 else -4), top - 10, says, bold=True, fill=fill,
                anchor="start" if place < canvas.width / 2 else "end")  # fmt: skip


# ---- who gets which figure


def readers(words: Words, outcome: Outcome) -> Figure:
    """Every reader's figure for the same month, on a scale that doubles, against the one published."""
    say, s, figure = words.sentence, words.scenario, outcome.metrics["figure"]
    told = sorted((r for r in outcome.readings if s.reader(r.reader).sentence), key=lambda r: r.hours)
    low, high = words.extremes(outcome)
    title = say("readers_title" if any(model.apart(s, r) for r in told) else "readers_title_same", least=low, most=high)
    states = []
    for r in told:
        # The definition gives nobody's figure, but the reason why theirs is another.
        told_how = "explained" if s.reader(r.reader).sentence == "definition" else "said"
        state = "alike" if not model.apart(s, r) else told_how if r.said else "unsaid"
        states.append((r, state, say(f"state_{state}", amount=words.amount(r.hours, r.clock))))
    canvas = Canvas()
    labels = max(min(text_width(say(f"reader_{r.reader}")), 210.0) for r in told) + 16
    says = min(max(text_width(text, bold=True) for *_, text in states), 230.0) + 18
    ends = (log2(max(min(figure, told[0].hours), 1.0)) - 0.5, log2(max(figure, told[-1].hours)) + 0.5)
    scale = Scale(*ends, labels, canvas.width - says)
    top, tall = 34.0, 50.0
    foot = top + 8 + tall * len(told)
    for hours in (1.5, 3, 6, 12, 24, 48, 96, 192, 384, 768):
        if ends[0] <= log2(hours) <= ends[1]:
            canvas.line(scale(log2(hours)), top, scale(log2(hours)), foot, "grey_2")
            written = say("tick_hours", n=hours) if hours < 24 else say("tick_days", n=hours / 24)
            canvas.text(scale(log2(hours)), foot + 19, written, size=SMALL, anchor="middle", fill="grey_5")
    canvas.text(canvas.width, foot + 41, say("readers_unit"), size=SMALL, anchor="end", fill="grey_5")
    mine = scale(log2(max(figure, 1.0)))
    canvas.line(mine, top - 6, mine, foot, "signal", 2.5)
    canvas.text(mine, top - 12, say("readers_mark", figure=words.figure(outcome)), bold=True, fill="signal",
                anchor="middle")  # fmt: skip
    for n, (r, state, text) in enumerate(states):
        y = top + 8 + tall * (n + 0.5)
        name = say(f"reader_{r.reader}")
        _centred(canvas, 0, y, name, labels - 16)
        place = scale(log2(max(r.hours, 1.0)))
        fill = "problem" if state == "unsaid" else "accent"
        canvas.line(min(mine, place), y, max(mine, place), y, fill, 2, "3 4" if state == "unsaid" else "")
        canvas.circle(place, y, 9, "paper" if state == "unsaid" else fill, fill, 3)
        _centred(canvas, canvas.width - says + 18, y, text, says - 18, bold=True, fill=fill)
    rows = tuple(
        (say(f"reader_{r.reader}"), words.amount(r.hours, r.clock),
         say({"said": "yes", "explained": "explained", "unsaid": "no", "alike": "alike"}[state]))
        for r, state, _ in states
    )  # fmt: skip
    svg = canvas.svg(id="event-log-readers", title=title, alt=say("readers_alt"))
    return Figure(
        "readers", title, svg, say("readers_alt"), words.columns("reader", "gets", "said"), rows, say("source")
    )


def _centred(canvas: Canvas, x: float, y: float, text: str, room: float, bold: bool = False, fill: str = "ink") -> None:
    lines = len(wrap(text, room, bold=bold))
    canvas.text(x, y + 6 - (lines - 1) * SIZE * LINE / 2, text, room=room, bold=bold, fill=fill)


# ---- who held the goods


def journey(words: Words, outcome: Outcome) -> Figure:
    """The mean journey, step by step, by who held the goods; above it, what each figure counts of it."""
    say, steps = words.sentence, [t for t in outcome.steps if t.hours > 0]
    charged = {h: words.amount(sum(t.hours for t in steps if t.holder == h)) for h in HOLDERS}
    title = say("journey_title", whole=words.amount(sum(t.hours for t in steps)), **charged)
    canvas = Canvas()
    texts = [say("journey_says", n=_plain(t.hours), holder=say(f"holder_{t.holder}")) for t in steps]
    names = [say(f"step_{t.event}") for t in steps]
    counts = _counts(words, outcome)
    labels = min(max(text_width(n) for n in [*names, *(name for name, *_ in counts)]), 250.0) + 14
    says = max(text_width(t, bold=True) for t in texts) + 10
    total = sum(t.hours for t in steps)
    x = Scale(0, total, labels, canvas.width - says)
    y = 4.0
    for name, start, end, fill in counts:
        _centred(canvas, 0, y + 12, name, labels - 14, bold=fill == "signal", fill=fill)
        canvas.line(x(start), y + 12, x(end), y + 12, fill, 5 if fill == "signal" else 3)
        for edge in (start, end):
            canvas.line(x(edge), y + 5, x(edge), y + 19, fill, 2.5)
        y += 27
    first = y = y + 8
    foot = first + 31 * len(steps)
    for tick in ticks(0, total):
        canvas.line(x(tick), first - 4, x(tick), foot, "grey_2")
        canvas.text(x(tick), foot + 19, say("number", n=tick), size=SMALL, anchor="middle", fill="grey_5")
    canvas.text(canvas.width, foot + 19, say("journey_unit"), size=SMALL, anchor="end", fill="grey_5")
    passed = 0.0
    for step, name, text in zip(steps, names, texts, strict=True):
        _centred(canvas, 0, y + 15, name, labels - 14)
        canvas.rect(x(passed), y + 5, max(x(passed + step.hours) - x(passed), 2.5), 20, FILLS[step.holder],
                    EDGES[step.holder], 1.5)  # fmt: skip
        passed += step.hours
        canvas.text(x(passed) + 9, y + 21, text, bold=step.holder != "others", halo=True,
                    fill="accent" if step.holder == "customs" else "ink")  # fmt: skip
        y += 31
    rows = tuple(
        (name, say("number", n=t.hours), say(f"holder_{t.holder}"), say("yes" if t.counted else "no"))
        for t, name in zip(steps, names, strict=True)
    )
    columns = words.columns("step", "hours", "holder", "counted")
    svg = canvas.svg(id="event-log-journey", title=title, alt=say("journey_alt"))
    return Figure("journey", title, svg, say("journey_alt"), columns, rows, say("source"))


def _counts(words: Words, outcome: Outcome) -> list[tuple[str, float, float, str]]:
    """What of the mean journey is counted by the participant, the neighbour and last year: name, from, to, colour."""
    s = words.scenario
    edges = {model.WHOLE[0]: 0.0}
    for step in outcome.steps:
        edges[step.event] = max(edges.values()) + step.hours
    found = [("journey_mine", outcome.definition.span, "signal")]
    for name in ("neighbour", "last_year"):
        counted = s.reader(name).definition
        if counted:
            found.append((f"journey_{name}", counted.span, "grey_5"))
    return [
        (words.sentence(name), edges[s.spans[span][0]], edges[s.spans[span][1]], fill) for name, span, fill in found
    ]
