"""The pictures of a quarter's exams: second years as dots, exams against finds, what may be announced, the course."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from itguide import figures
from itguide.consequences import Figure
from itguide.figures import Fan, Mark, Pair, Range
from itguide.models.targeting import Outcome
from itguide.models.targeting_data import LISTS
from itguide.models.targeting_scenario import Scenario
from itguide.text import Say

CLASSES = (0, 20, 40, 60, 80, 100)  # per cent of today's finds: the rows of the table of second years


class Words:
    """The case's sentences."""

    def __init__(self, scenario: Scenario, say: Say) -> None:
        self.scenario, self.say = scenario, say

    def sentence(self, name: str, **values: object) -> str:
        """A sentence of the case, filled."""
        return self.say(f"sentence.{name}", **values)

    def number(self, value: float) -> str:
        """A number as the language writes it."""
        return self.sentence("number", n=value)

    def whole(self, value: float) -> str:
        """A whole number as the language writes it."""
        return self.sentence("whole", n=value)

    def columns(self, *names: str) -> tuple[str, ...]:
        """Headings of a table."""
        return tuple(self.sentence(f"column_{n}") for n in names)

    @property
    def source(self) -> str:
        """Whose figures these are."""
        return self.say("page.invented")


def years(words: Words, outcome: Outcome, without: Outcome | None) -> Figure:
    """What is left at the end of each second year, above the same plan with nothing drawn by lot."""
    say, m = words.sentence, outcome.metrics
    blind, alt = 100 * words.scenario.blind, say("years_alt")
    if without:
        other = without.metrics["worlds_blind"]
        title = say("years_title", worlds=m["worlds"], n=m["worlds_blind"], without=other)
    else:
        title = say("years_title_none", worlds=m["worlds"], n=m["worlds_blind"])
    svg = figures.quantile_dots(
        outcome.kept, id="targeting-years", title=title, alt=alt, number=words.number, unit=say("years_unit"),
        name=say("years_mine"), before=without.kept if without else (), before_name=say("years_without"),
        mark=Mark(blind, say("years_mark", n=blind)), bad="below",
    )  # fmt: skip
    rows = []
    for low, high in zip(CLASSES, (*CLASSES[1:], None), strict=True):
        name = say("left_over", **{"from": low}) if high is None else say("left_between", **{"from": low, "to": high})
        told = [words.whole(_within(o.kept, low, high)) if o else "" for o in (outcome, without)]
        rows.append((name, *told) if without else (name, told[0]))
    columns = words.columns("left", "mine", "without") if without else words.columns("left", "mine")
    return Figure("years", title, svg, alt, columns, tuple(rows), words.source)


def _within(values: tuple[float, ...], low: float, high: float | None) -> int:
    return sum(low <= v and (high is None or v < high) for v in values)


def lists(words: Words, outcome: Outcome) -> Figure:
    """Each list's share of the exams and of the finds."""
    say, all_exams, all_finds = words.sentence, sum(outcome.exams.values()), sum(outcome.listed.values())
    exams = {name: 100 * outcome.exams[name] / max(all_exams, 1) for name in LISTS}
    finds = {name: 100 * outcome.listed[name] / max(all_finds, 1.0) for name in LISTS}
    shown, alt = "lot" if exams["lot"] else "score", say("lists_alt")
    title = say("lists_title" if shown == "lot" else "lists_title_none", exams=exams[shown], finds=finds[shown])
    pairs = [
        Pair(say(f"list_{n}"), exams[n], words.whole(exams[n]), finds[n], words.whole(finds[n]))
        for n in LISTS if exams[n]
    ]  # fmt: skip
    svg = figures.paired_bars(
        pairs, id="targeting-lists", title=title, alt=alt, first_name=say("lists_exams"),
        second_name=say("lists_finds"), unit=say("lists_unit"),
    )  # fmt: skip
    rows = tuple(
        (say(f"list_{n}"), words.whole(outcome.exams[n]), words.whole(outcome.listed[n]),
         words.number(100 * outcome.listed[n] / outcome.exams[n]))
        for n in LISTS if exams[n]
    )  # fmt: skip
    return Figure("lists", title, svg, alt, words.columns("list", "exams", "finds", "share"), rows, words.source)


def rates(words: Words, outcome: Outcome, answers: Mapping[str, Any]) -> Figure:
    """What may be said of all imports, and what is often said instead, against the truth."""
    say, m, alt = words.sentence, outcome.metrics, words.sentence("rates_alt")
    announced = answers.get(words.scenario.asked["announce"])
    rows: list[tuple[str, float, float, float]] = []
    if "rate_found" in m:
        rows.append(("lot", m["rate_low"], m["rate_found"], m["rate_high"]))
        if "margin" in m and announced == "random":
            low, high = max(m["rate_found"] - m["margin"], 0.0), m["rate_found"] + m["margin"]
            rows.append(("promised", low, m["rate_found"], high))
        title = say("rates_title", rate=m["rate_found"], hit=m["hit_rate"])
    else:
        title = say("rates_title_none", hit=m["hit_rate"])
    rows.append(("hits", m["hit_rate"], m["hit_rate"], m["hit_rate"]))
    chosen = {"random": "promised", "hits": "hits"}.get(str(announced), "")
    ranges = [
        Range(say(f"rates_{name}"), low, middle, high, _span(words, low, high), chosen=name == chosen)
        for name, low, middle, high in rows
    ]  # fmt: skip
    svg = figures.range_rows(
        ranges, id="targeting-rates", title=title, alt=alt, number=words.number, unit=say("rates_unit"), zero=True,
        marks=(Mark(m["rate_true"], say("rates_truth", n=m["rate_true"])),),
    )  # fmt: skip
    table = tuple((say(f"rates_{n}"), words.number(a), words.number(b)) for n, a, _, b in rows)
    return Figure("rates", title, svg, alt, words.columns("figure", "from", "to"), table, words.source)


def _span(words: Words, low: float, high: float) -> str:
    return words.number(low) if low == high else words.sentence("rates_says", low=low, high=high)


def course(words: Words, outcome: Outcome, without: Outcome | None) -> Figure:
    """The second year by quarter in the worlds that drift, and the middle one with nothing drawn by lot."""
    say, alt = words.sentence, words.sentence("course_alt")
    last = outcome.course[-1][2]
    if without:
        title = say("course_title", last=last, without=without.course[-1][2])
    else:
        title = say("course_title_none", last=last)
    moments = [
        Fan(say("course_quarter", n=q) if q else say("course_now"), band, without.course[q][2] if without else None)
        for q, band in enumerate(outcome.course)
    ]
    svg = figures.fan(
        moments, id="targeting-course", title=title, alt=alt, number=words.number, unit=say("course_unit"),
        names=(say("course_high"), say("course_middle"), say("course_low")),
        before_name=say("course_without") if without else "",
    )  # fmt: skip
    rows = tuple((p.label, *map(words.whole, p.percentiles)) for p in moments)
    columns = words.columns("quarter", "low", "lower", "middle", "upper", "high")
    return Figure("course", title, svg, alt, columns, rows, words.source)
