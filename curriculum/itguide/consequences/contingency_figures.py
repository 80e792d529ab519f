"""The pictures of a project with a tail: money over time, other plans, what there is at the end, the figure given."""

from __future__ import annotations

from itguide import figures
from itguide.consequences import Figure
from itguide.figures import Fan, Mark, Pair, Range
from itguide.models import contingency as model
from itguide.models.contingency import MONTHS, Outcome
from itguide.models.contingency_scenario import Scenario
from itguide.spec import CaseSpec
from itguide.text import Say

FATES = ("in_time", "later", "half", "nothing")


class Words:
    """The case's words: options' labels by question, and sentences."""

    def __init__(self, case: CaseSpec, scenario: Scenario, say: Say) -> None:
        self.case, self.scenario, self.say = case, scenario, say

    def option(self, name: str, chosen: str) -> str:
        """The label of an option of the question that asks for `name`."""
        return self.case.find(self.scenario.asked[name]).find(chosen).label

    def sentence(self, name: str, **values: object) -> str:
        """A sentence of the case, filled."""
        return self.say(f"sentence.{name}", **values)

    def number(self, value: float) -> str:
        """A number as the language writes it."""
        return self.sentence("number", n=value)

    def whole(self, chance: float) -> str:
        """A chance as futures of a hundred."""
        return self.sentence("whole", n=100 * chance)

    def columns(self, *names: str) -> tuple[str, ...]:
        """Headings of a table."""
        return tuple(self.sentence(f"column_{n}") for n in names)


def money(words: Words, outcome: Outcome, previous: Outcome | None) -> Figure:
    """The fan of money spent, against what was set aside."""
    say, aside = words.sentence, outcome.metrics["set_aside"]
    title = say("fan_title", month=MONTHS[-1], high=outcome.fan[-1][4], aside=aside)
    moments = [
        Fan(say("fan_month", n=month), band, previous.fan[n][2] if previous else None)
        for n, (month, band) in enumerate(zip(MONTHS, outcome.fan, strict=True))
    ]
    svg = figures.fan(
        moments, id="contingency-money", title=title, alt=say("fan_alt"), number=words.number, unit=say("fan_unit"),
        names=(say("fan_high"), say("fan_middle"), say("fan_low")), before_name=say("before_name") if previous else "",
        marks=(Mark(aside, say("fan_mark", aside=aside)),),
    )  # fmt: skip
    rows = tuple((m.label, *map(words.number, m.percentiles)) for m in moments)
    columns = words.columns("month", "low", "quarter", "middle", "three", "high")
    return Figure("money", title, svg, say("fan_alt"), columns, rows, say("source_law"))


def announced(words: Words, outcome: Outcome, previous: Outcome | None, figure: float) -> Figure:
    """Twenty equally likely costs against the figure announced."""
    say, m = words.sentence, outcome.metrics
    broken = 100 * (1 - m["p_announced"])
    title = say("dots_title" if round(broken) else "dots_title_none", p=broken, figure=figure)
    svg = figures.quantile_dots(
        outcome.cost_dots, id="contingency-announced", title=title, alt=say("dots_alt"), number=words.number,
        unit=say("dots_unit"), name=say("now_name") if previous else "",
        before=previous.cost_dots if previous else (), before_name=say("before_name") if previous else "",
        mark=Mark(figure, say("dots_mark", figure=figure)),
    )  # fmt: skip
    rows = tuple((say(f"quantile_{q}"), words.number(m[f"cost_p{q}"])) for q in (50, 80, 90, 95))
    return Figure("announced", title, svg, say("dots_alt"), words.columns("futures", "cost"), rows, say("source_law"))


def others(words: Words, outcome: Outcome, previous: Outcome | None) -> Figure:
    """The plan among others: cost from one future in ten to nine in ten, and how often everything is delivered."""
    say, found = words.sentence, model.rivals(words.scenario)
    mine, worst = outcome.cost_band[2], next(iter(found.values())).cost_band[2]
    title = say("rivals_title", high=worst, mine=mine)
    plans = {"mine": outcome, **found}
    ranges = [
        Range(
            say(f"rival_{name}"), *o.cost_band, say("rivals_says", p=100 * o.metrics["p_all"]),
            previous.cost_band if previous and name == "mine" else None, chosen=name == "mine",
        )
        for name, o in plans.items()
    ]  # fmt: skip
    svg = figures.range_rows(
        ranges, id="contingency-others", title=title, alt=say("rivals_alt"), number=words.number,
        unit=say("rivals_unit"), names=(say("low_name"), say("middle_name"), say("high_name")), zero=True,
        before_name=say("before_name") if previous else "",
    )  # fmt: skip
    rows = tuple(
        (say(f"rival_{name}"), *map(words.number, o.cost_band), words.whole(o.metrics["p_all"]),
         words.whole(o.metrics["p_nothing"]))
        for name, o in plans.items()
    )  # fmt: skip
    columns = words.columns("plan", "low", "middle", "high", "all", "nothing")
    return Figure("others", title, svg, say("rivals_alt"), columns, rows, say("source_law"))


def fates(words: Words, outcome: Outcome, previous: Outcome | None) -> Figure:
    """What there is at the end, beside one contract that nobody may stop."""
    say = words.sentence
    mine, rival = shares(outcome), shares(next(iter(model.rivals(words.scenario).values())))
    before = shares(previous) if previous else {}
    title = say("fates_title", nothing=mine["nothing"], half=mine["half"])
    told = {name: (say("whole", n=rival[name]), say("whole", n=mine[name])) for name in FATES}
    pairs = [
        Pair(say(f"fate_{name}"), rival[name], told[name][0], mine[name], told[name][1], before.get(name))
        for name in FATES
    ]
    svg = figures.paired_bars(
        pairs, id="contingency-fates", title=title, alt=say("fates_alt"), first_name=say("fates_rival"),
        second_name=say("fates_mine"), before_name=say("before_name"), unit=say("fates_unit"),
    )  # fmt: skip
    rows = tuple((say(f"fate_{name}"), *told[name]) for name in FATES)
    return Figure("fates", title, svg, say("fates_alt"), words.columns("end", "rival", "mine"), rows, say("source_law"))


def shares(outcome: Outcome) -> dict[str, float]:
    """Futures of a hundred by what there is at the end; they add up to a hundred, but for rounding."""
    m = outcome.metrics
    found = {"in_time": m["p_in_time"], "later": m["p_all"] - m["p_in_time"], "half": m["p_half"],
             "nothing": m["p_nothing"]}  # fmt: skip
    return {name: float(round(100 * share)) for name, share in found.items()}
