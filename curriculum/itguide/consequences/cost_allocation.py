"""What follows from dividing a common fund: who votes for it, how far money follows votes, what each year brings."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Any

from itguide import figures
from itguide.consequences import Cause, Consequence, Figure
from itguide.figures import Mark, Pair, Period, Range
from itguide.house_style import colour, matplotlib_style, paint
from itguide.models import cost_allocation as model
from itguide.models.cost_allocation import Outcome, Scenario
from itguide.spec import CaseSpec
from itguide.text import Say

MOVED = 2.0  # of 100: a smaller change against today's division is not worth a sentence
DRIFT = 5.0  # of 100: from here on the money follows another count
LIKELY = 0.5  # a chance of suspension from here on belongs in the headline
RISK = 0.02  # a chance of suspension below this is not drawn
EIGHT_IN_TEN = 1.28  # standard deviations either side
WIDTH = 760  # of the drawn survey, in the units of its viewBox
DOTS = 72  # matplotlib's SVG has 72 units to the inch


def explain(
    case: CaseSpec, scenario: Scenario, outcome: Outcome, answers: Mapping[str, Any], say: Say, previous: Outcome | None
) -> Consequence:
    """How many votes to expect, four pictures, and who gets less."""
    m, words = outcome.metrics, _Words(case, scenario, say)
    values: dict[str, object] = {"yes": m["expected_yes"], "p": 100 * m["p_pass"], "needed": scenario.meeting.needed}
    name = "headline"
    if previous:
        name = "headline_again"
        values |= {"before": 100 * previous.metrics["p_pass"], "s_before": 100 * previous.metrics["p_suspended"]}
    if m["p_suspended"] >= LIKELY:  # a vote won is no good news when the payments will stop
        name, values["s"] = f"{name}_suspended", 100 * m["p_suspended"]
    headline = words.sentence(name, **values)
    drawn = (
        _gap(words, outcome, previous), _members(words, outcome, previous), _years(words, outcome, previous),
        survey_figure(case, scenario, say),
    )  # fmt: skip
    return Consequence(headline, _lines(words, outcome, answers), drawn, _price(words, outcome))


def why(case: CaseSpec, scenario: Scenario, answers: Mapping[str, Any], say: Say) -> tuple[Cause, ...]:
    """One change at a time: each goal put back to today's share, and nobody told beforehand."""
    words, asked = _Words(case, scenario, say), scenario.asked
    now = model.run(scenario, answers)
    found: list[tuple[str, str, float]] = []
    for goal, today in scenario.survey.costs.items():
        if abs(now.shares[goal] - today) >= MOVED:
            then = model.run(scenario, {**answers, asked["shares"]: _back(scenario, now.shares, goal)}).metrics
            change = now.metrics["expected_yes"] - then["expected_yes"]
            points = _brought(then) - _brought(now.metrics)
            effect = words.sentence(
                "why_goal_more" if points >= 0 else "why_goal_fewer", today=today, share=now.shares[goal],
                then=then["expected_yes"], now=now.metrics["expected_yes"], points=abs(points),
            )  # fmt: skip
            found.append((words.goals[goal], effect, change))
    if now.told in scenario.groups:
        then = model.run(scenario, {**answers, asked["told"]: ""}).metrics
        change = now.metrics["expected_yes"] - then["expected_yes"]
        effect = words.sentence("why_told", then=then["expected_yes"], now=now.metrics["expected_yes"])
        found.append((words.sentence("why_told_label", group=words.group(now.told)), effect, change))
    scale = max([abs(change) for *_, change in found] + [1.0])
    return tuple(Cause(label, effect, change / scale) for label, effect, change in found)


def _brought(metrics: Mapping[str, float]) -> float:
    return metrics["soon"] + metrics["lasting"]


def _back(s: Scenario, shares: Mapping[str, float], goal: str) -> dict[str, float]:
    """The division with this goal at today's share; the others give or take in proportion, the obligations last."""
    today = s.survey.costs[goal]
    giving = [g for g in s.growth if g != goal]
    factor = 1 + (shares[goal] - today) / max(sum(shares[g] for g in giving), 1.0)
    return {g: today if g == goal else v * factor if g in giving else v for g, v in shares.items()}


class _Words:
    """The case's words: goals, groups, administrations and ways of counting by id, and sentences."""

    def __init__(self, case: CaseSpec, scenario: Scenario, say: Say) -> None:
        self.say, self.scenario = say, scenario
        labels = {name: {o.id: o.label for o in case.find(q).option} for name, q in scenario.asked.items()}
        self.goals, self.ways, self.groups, self.aims = (labels[n] for n in ("shares", "way", "told", "aims"))

    def sentence(self, name: str, **values: object) -> str:
        return self.say(f"sentence.{name}", **values)

    def group(self, name: str) -> str:
        """A group as it is called within a sentence."""
        return self.sentence(f"group_{name}")

    def number(self, value: float) -> str:
        return self.sentence("number", n=value)

    def columns(self, *names: str) -> tuple[str, ...]:
        return tuple(self.sentence(f"column_{n}") for n in names)


def _lines(words: _Words, outcome: Outcome, answers: Mapping[str, Any]) -> tuple[str, ...]:
    m, s = outcome.metrics, words.scenario
    way = words.ways[outcome.way]
    lines = [words.sentence("gap", way=way, gap=m["gap"], today=m["gap_today"])]
    if m["drift"] > DRIFT:
        lines.append(words.sentence("drift", gap=m["gap"], nearest=m["gap"] - m["drift"]))
    lines.append(words.sentence("time", soon=m["soon"], lasting=m["lasting"], soon_today=m["soon_today"],
                                lasting_today=m["lasting_today"]))  # fmt: skip
    if m["p_suspended"] < LIKELY:  # else it stands in the headline
        lines.append(words.sentence("suspended" if m["p_suspended"] > RISK else "safe", p=100 * m["p_suspended"]))
    lines.append(words.sentence("late", late=m["late"]))
    if aims := answers.get(s.asked["aims"]):
        best = max(aims, key=lambda a: (m[f"served_{a}"], -aims.index(a)))
        served = m[f"served_{aims[0]}"] >= m[f"served_{best}"] - model.NEAR
        lines.append(words.sentence("aim_served" if served else "aim_not_served", first=words.aims[aims[0]],
                                    best=words.aims[best]))  # fmt: skip
    if (expected := answers.get(s.asked["expected"])) is not None:
        lines.append(words.sentence("expected", given=expected, yes=m["expected_yes"]))
    return tuple(lines)


def _price(words: _Words, outcome: Outcome) -> tuple[str, ...]:
    """Which goals lose against today, and which group gets least of what it asked for, and how it hears."""
    m, s = outcome.metrics, words.scenario
    lines = [
        words.sentence(f"less_{goal}", share=outcome.shares[goal], today=today)
        for goal, today in s.survey.costs.items() if outcome.shares[goal] <= today - MOVED
    ]  # fmt: skip
    heard = "least_told" if outcome.told == outcome.least else "least_unheard"
    lines.append(words.sentence(heard, group=words.group(outcome.least), met=m[f"met_{outcome.least}"]))
    if outcome.told in s.groups and outcome.told != outcome.least:
        lines.append(words.sentence("told_other", group=words.group(outcome.told), met=m[f"met_{outcome.told}"]))
    return tuple(lines)


def _gap(words: _Words, outcome: Outcome, previous: Outcome | None) -> Figure:
    """Votes beside money, by goal."""
    say, way = words.sentence, words.ways[outcome.way]
    widest = outcome.widest
    title = say("gap_title", goal=words.goals[widest], votes=outcome.votes[widest], share=outcome.shares[widest])
    alt = say("gap_alt", way=way)
    pairs = [
        Pair(label, outcome.votes[g], words.number(round(outcome.votes[g])), outcome.shares[g],
             words.number(outcome.shares[g]), previous.shares[g] if previous else None)
        for g, label in words.goals.items()
    ]  # fmt: skip
    svg = figures.paired_bars(
        pairs, id="allocation-gap", title=title, alt=alt, first_name=say("gap_votes"), second_name=say("gap_money"),
        before_name=say("before_name"), unit=say("gap_unit", way=way),
    )  # fmt: skip
    rows = tuple(
        (label, words.number(outcome.votes[g]), words.number(outcome.margins[g]), words.number(outcome.shares[g]),
         words.number(words.scenario.survey.costs[g]))
        for g, label in words.goals.items()
    )  # fmt: skip
    columns = words.columns("goal", "votes", "margin", "money", "today")
    return Figure("gap", title, svg, alt, columns, rows, say("source"))


def _members(words: _Words, outcome: Outcome, previous: Outcome | None) -> Figure:
    """For each administration, how much is spent where it voted, against what it asks for a yes."""
    s, say = words.scenario, words.sentence
    title = say("members_title", n=sum(p > 0.5 for _, p in outcome.members.values()), all=len(outcome.members))
    groups = {m.id: m.group for m in s.survey.members}
    room = EIGHT_IN_TEN * s.meeting.spread
    order = sorted(outcome.members, key=lambda i: -outcome.members[i][0])
    ranges, rows = [], []
    for i in order:
        here, p = outcome.members[i]
        before = previous.members[i][0] if previous else None
        was = None if before is None else (before - room, before, min(before + room, 100.0))
        ranges.append(Range(
            say(f"member_{i}"), here - room, here, min(here + room, 100.0), say("members_row", p=100 * p),
            was, chosen=groups[i] == outcome.told,
        ))  # fmt: skip
        rows.append((say(f"member_{i}"), words.groups[groups[i]], words.number(here), say("percent", p=p)))
    svg = figures.range_rows(
        ranges, id="allocation-members", title=title, alt=say("members_alt"), number=words.number,
        unit=say("members_unit"), before_name=say("before_name") if previous else "",
        marks=(Mark(s.meeting.yes_from, say("mark_yes")),),
    )  # fmt: skip
    columns = words.columns("member", "group", "met", "yes")
    return Figure("members", title, svg, say("members_alt"), columns, tuple(rows), say("source"))


def _years(words: _Words, outcome: Outcome, previous: Outcome | None) -> Figure:
    """What each year brings, beside today's division; the year of judgement with what a suspension would leave."""
    s, say, m = words.scenario, words.sentence, outcome.metrics
    title = say("years_title", soon=m["soon"], lasting=m["lasting"])
    full = [sum(model.brings(s, outcome.shares, (y,)).values()) for y in range(1, len(outcome.years) + 1)]
    periods, rows = [], []
    for n, value in enumerate(outcome.years, start=1):
        label, judged = say("year", n=n), n == s.duty.year and m["p_suspended"] > RISK
        periods.append(Period(
            label, value, words.number(round(value)), outcome.today[n - 1], words.number(round(outcome.today[n - 1])),
            0.0 if judged else None, full[n - 1] if judged else None, previous.years[n - 1] if previous else None,
            say("years_range") if judged else "",
        ))  # fmt: skip
        by_goal = model.brings(s, outcome.shares, (n,))
        rows.append((label, *(words.number(round(by_goal[g])) for g in s.growth), words.number(round(value)),
                     words.number(round(outcome.today[n - 1]))))  # fmt: skip
    svg = figures.bars_by_period(
        periods, id="allocation-years", title=title, alt=say("years_alt"), unit=say("years_unit"),
        cap_name=say("years_today"), before_name=say("before_name"),
    )  # fmt: skip
    columns = (say("column_year"), *(words.goals[g] for g in s.growth), *words.columns("expected", "years_today"))
    return Figure("years", title, svg, say("years_alt"), columns, tuple(rows), say("source"))


# ---- the survey, drawn with matplotlib


def prepare(case: CaseSpec, scenario: Scenario, say: Say) -> None:
    """Draws what no decision changes, so that the first round need not wait for it; may run in the background."""
    survey_figure(case, scenario, say)


@dataclass(frozen=True)
class _Count:
    """One way of counting: its name, and for each goal what to write, votes of 100, margin, and whether it leads."""

    name: str
    bars: tuple[tuple[str, float, float, bool], ...]


def survey_figure(case: CaseSpec, scenario: Scenario, say: Say) -> Figure:
    """The same sheets counted in every way, with what the survey leaves open. No decision changes it."""
    words = _Words(case, scenario, say)
    counts, rows, winners = [], [], set()
    for way, name in words.ways.items():
        found = model.votes(scenario, way)
        first = max(found, key=lambda g: found[g][0])
        winners.add(first)
        bars = [
            (words.sentence("survey_bar", goal=words.goals[g], votes=v), v, e, g == first)
            for g, (v, e) in found.items()
        ]
        counts.append(_Count(name, tuple(bars)))
        rows.append((name, *(words.sentence("survey_cell", votes=v, margin=e) for v, e in found.values())))
    sheets = sum(m.sheets for m in scenario.survey.members)
    title = words.sentence("survey_title", ways=len(counts), sheets=sheets, winners=len(winners))
    alt = words.sentence("survey_alt")
    svg = _drawn(tuple(counts), words.sentence("survey_unit"), title, alt)
    columns = (words.sentence("column_way"), *(words.goals[g] for g in scenario.survey.goals))
    return Figure("survey", title, svg, alt, columns, tuple(rows), words.sentence("source"))


@lru_cache(maxsize=16)
def _drawn(counts: tuple[_Count, ...], unit: str, title: str, alt: str) -> str:
    """The picture as SVG. Drawn once for each language: matplotlib is imported, and waited for, only then."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure as Drawing

    style: Any = {**matplotlib_style(), "text.parse_math": False, "svg.hashsalt": "itguide", "savefig.bbox": None,
             "font.size": 17, "xtick.labelsize": 16, "axes.labelsize": 16, "axes.grid.axis": "x"}  # fmt: skip
    lines = sum(len(c.bars) + 1.6 for c in counts)
    tall = lines * 27 + 66
    with rc_context(style):
        drawing = Drawing(figsize=(WIDTH / DOTS, tall / DOTS))
        FigureCanvasSVG(drawing)
        axes = drawing.add_axes((0.012, 60 / tall, 0.976, 1 - 62 / tall))
        y = 0.0
        for count in counts:
            y += 1.0
            axes.text(0.4, y, count.name, fontweight="bold", va="center", fontsize=17)
            for says, votes, margin, leads in count.bars:
                y += 1.0
                tint = colour("accent" if leads else "grey_4")
                axes.plot([max(votes - margin, 0), votes + margin], [y, y], color=tint, linewidth=3 if leads else 2)
                axes.plot([votes], [y], marker="o" if leads else "s", markersize=10 if leads else 7, color=tint)
                axes.text(votes + margin + 1.2, y, says, va="center", color=tint if leads else colour("grey_5"),
                          fontweight="bold" if leads else "normal")  # fmt: skip
            y += 0.6
        axes.set(xlim=(0, 72), ylim=(y + 0.3, 0.2), xticks=range(0, 51, 10), yticks=[])
        axes.set_xlabel(unit, loc="left")
        axes.spines["left"].set_visible(False)
        out = io.StringIO()
        drawing.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return _housed(out.getvalue(), title, alt)


def _housed(svg: str, title: str, alt: str) -> str:
    """A matplotlib SVG as part of the page: no prolog, ids of its own, the tokens as variables, title and words."""
    body = svg[svg.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = re.sub(r'(\bid="|xlink:href="#|url\(#)', r"\1allocation-survey-", body)
    for name in ("accent", "grey_2", "grey_3", "grey_4", "grey_5", "ink", "ink_soft", "paper"):
        body = re.sub(rf"(?<=[: ]){colour(name)}(?=[;\"])", paint(name).replace('"', "&quot;"), body, flags=re.I)
    opening = body[: body.index(">") + 1]
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', opening)
    assert box is not None  # matplotlib always writes one
    head = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" class="ig-figure"'
        f' viewBox="0 0 {box.group(1)} {box.group(2)}" width="{box.group(1)}" height="{box.group(2)}" role="img"'
        ' aria-labelledby="allocation-survey-title allocation-survey-alt" style="max-width:100%;height:auto">'
        f'<title id="allocation-survey-title">{escape(title)}</title>'
        f'<desc id="allocation-survey-alt">{escape(alt)}</desc>'
    )
    return head + body[len(opening) :]
