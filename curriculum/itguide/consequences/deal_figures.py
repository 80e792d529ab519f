"""Pictures of a deal: two routes' cost on one scale with their months, burdens by size, leaving by year, who gains."""

from __future__ import annotations

from itguide import figures
from itguide.consequences import Figure
from itguide.figures import Canvas, Pair, Period, Range
from itguide.figures.canvas import LINE, SIZE, SMALL, WIDTH, spread, text_width, wrap
from itguide.figures.scale import Scale, ticks
from itguide.models.deal import Outcome, Told
from itguide.models.deal_scenario import Scenario
from itguide.text import Say

FOOT, TALL = 44.0, 268.0
CLOSE = 4.0  # US$ m within which the price hardly decides


class Words:
    """The case's words: sentences, figures and names."""

    def __init__(self, scenario: Scenario, say: Say) -> None:
        self.say, self.scenario = say, scenario

    def sentence(self, name: str, **values: object) -> str:
        return self.say(f"sentence.{name}", **values)

    def number(self, value: float) -> str:
        return self.sentence("number", n=round(value, 1) + 0.0)

    def whole(self, value: float) -> str:
        return self.sentence("whole", n=round(value) + 0.0)

    def columns(self, *names: str) -> tuple[str, ...]:
        return tuple(self.sentence(f"column_{n}") for n in names)


def figures_of(words: Words, outcome: Outcome, previous: Outcome | None) -> tuple[Figure, ...]:
    """The four pictures of a deal."""
    return _cost(words, outcome), _burden(words, outcome), _leave(words, outcome), _who(words, outcome, previous)


# ---- cumulated cost, and the months


def _cost(words: Words, outcome: Outcome) -> Figure:
    say, mine, other = words.sentence, outcome.mine, outcome.other
    ends = mine.planned[-1], other.planned[-1]
    name = "cost_title" if abs(ends[0] - ends[1]) <= CLOSE else "cost_title_far"
    title = say(name, mine=words.number(ends[0]), other=words.number(ends[1]))
    svg = _two_routes(words, mine, other, title)
    lines = [line for t in (mine, other) for line in (t.planned, t.low, t.high)]
    rows = tuple((words.whole(y + 1), *(words.number(line[y]) for line in lines)) for y in range(len(mine.planned)))
    columns = words.columns("year", "mine", "low", "high", "other", "other_low", "other_high")
    return Figure("cost", title, svg, say("cost_alt"), columns, rows, say("source"))


def _two_routes(words: Words, mine: Told, other: Told, title: str) -> str:
    """Two lines with their bands over one axis of years, and under it the months in which each window works."""
    say, years = words.sentence, len(mine.planned)
    names = (
        say("cost_mine", n=words.number(mine.planned[-1])),
        say(f"cost_other_{other.deal.route}", n=words.number(other.planned[-1])),
    )
    canvas = Canvas(WIDTH)
    margin = min(max(text_width(n, bold=True) for n in names) + 30, WIDTH * 0.26)
    high = max(*mine.high, *other.high, *mine.planned, *other.planned)
    low = min(0.0, *mine.low, *other.low)
    foot = FOOT + TALL
    y = Scale(low, high, foot, FOOT)
    left = max(text_width(words.whole(t), SMALL) for t in ticks(low, high)) + 12
    x = Scale(0, years, left + 4, WIDTH - margin)
    canvas.text(0, 16, say("cost_unit"), size=SMALL, fill="grey_5", room=WIDTH)
    for tick in ticks(low, high):
        canvas.line(left, y(tick), x.end, y(tick), "grey_3" if tick == 0 else "grey_2")
        canvas.text(left - 10, y(tick) + 5, words.whole(tick), size=SMALL, anchor="end", fill="grey_5")
    for t, fill, fade in ((other, "accent", 0.2), (mine, "signal", 0.24)):
        above = [(x(0), y(0)), *((x(i), y(v)) for i, v in enumerate(t.high, start=1))]
        below = [(x(0), y(0)), *((x(i), y(v)) for i, v in enumerate(t.low, start=1))]
        canvas.area([*above, *reversed(below)], fill, fade)
    for t, fill, weight, dash in ((other, "accent", 3.0, "8 5"), (mine, "signal", 4.0, "")):
        canvas.path([(x(0), y(0)), *((x(i), y(v)) for i, v in enumerate(t.planned, start=1))], fill, weight, dash)
    for year in range(0, years + 1, 2):
        canvas.text(x(year), foot + 22, say("cost_year", n=year), size=SMALL, anchor="middle", fill="grey_5")
    canvas.text(WIDTH, foot + 22, say("cost_years"), size=SMALL, anchor="end", fill="grey_5")
    told = ((mine.planned[-1], names[0], "signal"), (other.planned[-1], names[1], "accent"))
    sizes = [len(wrap(n, margin - 24, bold=True)) * SIZE * LINE for _, n, _ in told]
    places = spread([y(v) for v, _, _ in told], sizes, FOOT - 20, foot, gap=4)
    for (value, name, fill), size, place in zip(told, sizes, places, strict=True):
        canvas.path([(x.end + 2, y(value)), (x.end + 8, y(value)), (x.end + 16, place)], fill, 1)
        first = place + 6 - (size - SIZE * LINE) / 2
        canvas.text(x.end + 21, first, name, bold=True, fill=fill, room=margin - 24)
    row = foot + 42
    for t, fill in ((mine, "signal"), (other, "accent")):
        row = _months(canvas, words, x, row, t, fill)
    return canvas.svg(id="deal-cost", title=title, alt=say("cost_alt"))


def _months(canvas: Canvas, words: Words, x: Scale, top: float, t: Told, fill: str) -> float:
    """A bar from the month in which a window opens; pale where one future in ten still waits."""
    opens, late = (t.live[0] - 1) / 12, (t.live[2] - 1) / 12
    canvas.rect(x.start, top, x.end - x.start, 30, "grey_1")
    canvas.rect(x(late), top, x.end - x(late), 30, fill)
    if late > opens:
        canvas.rect(x(opens) + 1, top + 1, x(late) - x(opens) - 2, 28, "paper", fill, 2, "5 4")
    name = "cost_works_late" if late > opens else "cost_works"
    says = words.sentence(name, n=t.live[0], late=t.live[2])
    room = x.end - x(late) - 16
    if text_width(says, bold=True) <= room:
        canvas.text(x(late) + 10, top + 21, says, bold=True, fill="paper")
        return top + 40
    below = canvas.text(x.start, top + 48, says, bold=True, fill=fill, room=x.end - x.start)
    return below.bottom + 12


# ---- burdens, leaving, and who gains


def _burden(words: Words, outcome: Outcome) -> Figure:
    say, s, m = words.sentence, words.scenario, outcome.metrics
    free = not any(outcome.paid.values())
    title = (
        say("burden_title_free") if free
        else say("burden_title_less", small=m["burden_small"], large=m["burden_large"])
    )  # fmt: skip
    pairs, rows = [], []
    for size in s.sizes:
        saved, paid = (1000 * v[size.id] / size.value for v in (outcome.saves, outcome.paid))
        name = say(f"size_{size.id}")
        pairs.append(Pair(name, saved, say("burden_says", n=saved), paid, say("burden_says", n=paid)))
        rows.append((name, say("burden_says", n=outcome.saves[size.id]), say("burden_says", n=outcome.paid[size.id]),
                     say("burden_says", n=paid)))  # fmt: skip
    svg = figures.paired_bars(
        pairs, id="deal-burden", title=title, alt=say("burden_alt"), first_name=say("burden_saves"),
        second_name=say("burden_pays"), unit=say("burden_unit"),
    )  # fmt: skip
    columns = words.columns("size", "saved", "charged", "thousand")
    return Figure("burden", title, svg, say("burden_alt"), columns, tuple(rows), say("source"))


def _leave(words: Words, outcome: Outcome) -> Figure:
    say, left = words.sentence, words.scenario.leaving.left
    mine, before = outcome.leave, outcome.leave_offered
    same = mine == before
    title = say("leave_title_same" if same else "leave_title", n=words.number(mine[left - 1]),
                before=words.number(before[left - 1]))  # fmt: skip
    shown = range(2, len(mine) + 1, 2)
    periods = [
        Period(
            say("leave_year", n=y),
            mine[y - 1],
            words.number(mine[y - 1]),
            before=None if same else before[y - 1],
            note="" if same else say("leave_note", n=words.number(before[y - 1])),
        )
        for y in shown
    ]
    svg = figures.bars_by_period(
        periods, id="deal-leave", title=title, alt=say("leave_alt"), unit=say("leave_unit"),
        before_name="" if same else say("leave_before"), height=210,
    )  # fmt: skip
    rows = tuple((words.whole(y), words.number(mine[y - 1]), words.number(before[y - 1])) for y in shown)
    columns = words.columns("year", "leave", "leave_offered")
    return Figure("leave", title, svg, say("leave_alt"), columns, rows, say("source"))


def _who(words: Words, outcome: Outcome, previous: Outcome | None) -> Figure:
    say, mine, other = words.sentence, outcome.mine.ranges, outcome.other.ranges
    title = say(
        "who_title", treasury=words.number(mine["treasury"][1]), traders=words.number(mine["traders"][1]),
        treasury_other=words.number(other["treasury"][1]), traders_other=words.number(other["traders"][1]),
    )  # fmt: skip
    ranges, rows = [], []
    for kind in ("treasury", "traders"):
        for told, name in ((outcome.mine, f"who_{kind}"), (outcome.other, f"who_{kind}_other")):
            low, middle, high = told.ranges[kind]
            own = told is outcome.mine
            ranges.append(Range(
                say(name), low, middle, high, words.number(middle), chosen=own,
                before=previous.mine.ranges[kind] if previous and own else None,
            ))  # fmt: skip
            rows.append((say(name), words.number(low), words.number(middle), words.number(high)))
    svg = figures.range_rows(
        ranges, id="deal-who", title=title, alt=say("who_alt"), number=words.whole, unit=say("who_unit"), zero=True,
        names=(say("low_name"), say("middle_name"), say("high_name")),
        before_name=say("before_name") if previous else "",
    )  # fmt: skip
    columns = words.columns("who", "low", "middle", "high")
    return Figure("who", title, svg, say("who_alt"), columns, tuple(rows), say("source"))
