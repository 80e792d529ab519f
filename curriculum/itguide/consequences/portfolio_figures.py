"""The pictures of a four-year plan: money by year, what it is for, what arrives when, what it may cost."""

from __future__ import annotations

from itguide import figures
from itguide.consequences import Figure
from itguide.figures import Mark, Pair, Period, Range
from itguide.models.portfolio import Outcome
from itguide.models.portfolio_scenario import YEAR, Scenario
from itguide.spec import CaseSpec
from itguide.text import Say


class Words:
    """The case's words: labels by id, and sentences."""

    def __init__(self, case: CaseSpec, scenario: Scenario, say: Say) -> None:
        self.say, self.scenario = say, scenario
        plan, weights = case.find(scenario.plan), case.find(scenario.weights)
        self.items = {o.id: o.label for o in plan.option}
        self.areas = {o.id: o.label for o in weights.option}
        self.periods = tuple(p.label for p in plan.period)

    def item(self, name: str) -> str:
        """An initiative's label."""
        return self.items[name]

    def sentence(self, name: str, **values: object) -> str:
        """A sentence of the case, filled."""
        return self.say(f"sentence.{name}", **values)

    def number(self, value: float) -> str:
        """A number as the language writes it."""
        return self.sentence("number", n=value)

    def numbers(self, *values: float) -> tuple[str, ...]:
        """Each number as the language writes it."""
        return tuple(self.number(v) for v in values)

    def columns(self, *names: str) -> tuple[str, ...]:
        """Headings of a table."""
        return tuple(self.sentence(f"column_{n}") for n in names)


def spend(words: Words, outcome: Outcome, previous: Outcome | None) -> Figure:
    """Money by year against the ceiling, with the range of eight futures in ten."""
    s, say = words.scenario, words.sentence
    tight = max(range(len(s.cash)), key=lambda n: outcome.spend_band[n][2] - s.cash[n])
    low, _, high = outcome.spend_band[tight]
    title = say("spend_title", period=words.periods[tight], low=low, high=high, cap=s.cash[tight])
    periods = [
        Period(
            label, outcome.spend[n], words.number(outcome.spend[n]), s.cash[n], words.number(s.cash[n]),
            outcome.spend_band[n][0], outcome.spend_band[n][2], previous.spend[n] if previous else None,
            over=outcome.spend[n] > s.cash[n] + 1e-9,
        )
        for n, label in enumerate(words.periods)
    ]  # fmt: skip
    rows = tuple(
        (label, *words.numbers(outcome.spend[n], outcome.spend_band[n][0], outcome.spend_band[n][2], s.cash[n]))
        for n, label in enumerate(words.periods)
    )  # fmt: skip
    svg = figures.bars_by_period(
        periods, id="portfolio-spend", title=title, alt=say("spend_alt"), unit=say("unit_money"),
        cap_name=say("cap_name"), range_name=say("range_name"), before_name=say("before_name"),
    )  # fmt: skip
    columns = words.columns("year", "planned", "low", "high", "cap")
    return Figure("spend", title, svg, say("spend_alt"), columns, rows, say("source_class"))


def areas(words: Words, outcome: Outcome, previous: Outcome | None) -> Figure:
    """What was declared beside what the plan brings, by area."""
    say, m = words.sentence, outcome.metrics
    apart = max(words.areas, key=lambda a: abs(m[f"weight_{a}"] - m[f"share_{a}"]))
    title = say("areas_title", area=words.areas[apart], weight=m[f"weight_{apart}"], share=m[f"share_{apart}"])
    pairs = [
        Pair(
            label, m[f"weight_{a}"], words.number(m[f"weight_{a}"]), m[f"share_{a}"], words.number(m[f"share_{a}"]),
            previous.metrics[f"share_{a}"] if previous else None,
        )
        for a, label in words.areas.items()
    ]  # fmt: skip
    rows = tuple(
        (label, *words.numbers(m[f"weight_{a}"], m[f"share_{a}"], *outcome.gains_band[a]))
        for a, label in words.areas.items()
    )
    svg = figures.paired_bars(
        pairs, id="portfolio-areas", title=title, alt=say("areas_alt"), first_name=say("areas_declared"),
        second_name=say("areas_brought"), before_name=say("before_name"), unit=say("areas_unit"),
    )  # fmt: skip
    columns = words.columns("area", "declared", "brought", "gain_low", "gain_mid", "gain_high")
    return Figure("areas", title, svg, say("areas_alt"), columns, rows, say("source_invented"))


def service(words: Words, outcome: Outcome, previous: Outcome | None) -> Figure:
    """When each initiative comes into service: eight futures in ten, and the month that was promised."""
    s, say, m = words.scenario, words.sentence, outcome.metrics
    end = float(YEAR * len(s.cash))
    done = sum(m[f"in_time_{i}"] >= 0.5 for i in outcome.starts)
    title = say("service_title", n=done, all=len(outcome.starts))
    order = sorted(outcome.service, key=lambda i: outcome.service[i][2])
    ranges, rows = [], []
    for i in order:
        planned, low, middle, high = outcome.service[i]
        told = say("service_row", month=middle, planned=planned)
        ranges.append(Range(words.item(i), low, middle, high, told, _before(previous, i)))
        rows.append((words.item(i), *words.numbers(planned, low, middle, high), say("percent", p=outcome.stopped[i])))
    svg = figures.range_rows(
        ranges, id="portfolio-service", title=title, alt=say("service_alt"), number=words.number,
        unit=say("unit_month"), before_name=say("before_name") if previous else "", zero=True,
        names=(say("early_name"), say("middle_name"), say("late_name")),
        marks=(Mark(s.promise.month, say("mark_election")), Mark(end, say("mark_end"))),
    )  # fmt: skip
    columns = words.columns("initiative", "promised", "early", "middle", "late", "stopped")
    return Figure("service", title, svg, say("service_alt"), columns, tuple(rows), say("source_class"))


def _before(previous: Outcome | None, item: str) -> tuple[float, float, float] | None:
    if previous is None or item not in previous.service:
        return None
    _, low, middle, high = previous.service[item]
    return low, middle, high


def cost(words: Words, outcome: Outcome, previous: Outcome | None, given: float) -> Figure:
    """Twenty equally likely costs of the whole, against the figure given in the annex."""
    say, m = words.sentence, outcome.metrics
    title = say("cost_title", p=100 * (1 - m["p_disclosed"]), given=given)
    svg = figures.quantile_dots(
        outcome.cost_dots, id="portfolio-cost", title=title, alt=say("cost_alt"), number=words.number,
        unit=say("unit_money_all"), name=say("now_name") if previous else "",
        before=previous.cost_dots if previous else (), before_name=say("before_name") if previous else "",
        mark=Mark(given, say("mark_given", given=given)),
    )  # fmt: skip
    rows = tuple((say(f"quantile_{q}"), words.number(m[f"cost_p{q}"])) for q in (50, 80, 90))
    return Figure("cost", title, svg, say("cost_alt"), words.columns("futures", "cost"), rows, say("source_class"))
