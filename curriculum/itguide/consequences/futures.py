"""What follows from a short brief: three futures told, what had announced each, who would have seen it coming."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from itguide import figures
from itguide.consequences import Cause, Consequence, Figure
from itguide.figures import Cell, Pair, Row, Span
from itguide.figures.grids import Cover
from itguide.models import futures as model
from itguide.models.futures import HINT, OUTRIGHT, Fact, Outcome, Place, Scenario
from itguide.spec import CaseSpec
from itguide.text import Say

YEAR = 12
STATES: dict[int, Cover] = {OUTRIGHT: "full", HINT: "part", 0: "none"}


def explain(
    case: CaseSpec, scenario: Scenario, outcome: Outcome, answers: Mapping[str, Any], say: Say, previous: Outcome | None
) -> Consequence:
    """The future prepared for least, then all of them with what had announced them, three pictures, and the cost."""
    words = _Words(case, scenario, say)
    m, weakest = outcome.metrics, outcome.weakest
    values: dict[str, object] = {"future": words.future(weakest), "p": 100 * m["least"]}
    if previous:
        headline = words.sentence("headline_again", before=100 * previous.metrics["least"], **values)
    else:
        headline = words.sentence("headline", alone=100 * outcome.alone[weakest], **values)
    drawn = (_odds(words, outcome, previous), _grid(words, outcome), _time(words, outcome))
    return Consequence(headline, _lines(words, outcome, answers), drawn, _price(words, outcome, answers))


def why(case: CaseSpec, scenario: Scenario, answers: Mapping[str, Any], say: Say) -> tuple[Cause, ...]:
    """One change at a time: each fact of the brief taken out, the best one put in, each dropped one watched again.

    Told for the future that the change moves most.
    """
    words = _Words(case, scenario, say)
    placed = model.places(scenario, answers)
    now = model.chances(scenario, placed)
    found: list[tuple[str, str, float, bool]] = []  # label, effect, size, counts for the participant
    moves = {f: _moves(scenario, now, {**placed, f: "watch"}) for f, place in placed.items() if place == "brief"}
    for fact, (future, drop) in sorted(moves.items(), key=lambda pair: pair[1][1]):
        if drop > -0.005:
            found.append((words.fact(fact), words.sentence("why_nothing"), 0.0, True))
        else:
            found.append((words.fact(fact), words.change("why_in", future, now[future], drop), -drop, True))
    if moves:
        least = max(moves, key=lambda f: moves[f][1])
        if better := _better(scenario, placed, now, least):
            fact, future, gain = better
            effect = words.change("why_out", future, now[future], gain, other=words.fact(least))
            found.append((words.sentence("why_out_label", label=words.fact(fact)), effect, gain, False))
    for fact in (f for f, place in placed.items() if place == "stop"):
        future, gain = _moves(scenario, now, {**placed, fact: "watch"})
        if gain >= 0.005:
            effect = words.change("why_stop", future, now[future], gain)
            found.append((words.sentence("why_stop_label", label=words.fact(fact)), effect, gain, False))
    scale = max([size for _, _, size, _ in found] + [0.1])
    return tuple(Cause(label, effect, (size if good else -size) / scale) for label, effect, size, good in found)


def _moves(s: Scenario, now: Mapping[str, float], placed: Mapping[str, Place]) -> tuple[str, float]:
    """The future this other placing moves most, and by how much."""
    then = model.chances(s, placed)
    future = max(s.futures, key=lambda n: abs(then[n] - now[n]))
    return future, then[future] - now[future]


def _better(
    s: Scenario, placed: Mapping[str, Place], now: Mapping[str, float], least: str
) -> tuple[str, str, float] | None:
    """What, put in the place of the brief's least useful fact, would have lifted the worst future most."""
    worst = min(s.futures, key=lambda n: now[n])
    gains = {
        f: model.chances(s, {**placed, least: "watch", f: "brief"})[worst] - now[worst]
        for f, place in placed.items() if place != "brief"
    }  # fmt: skip
    fact = max(gains, key=lambda f: gains[f])
    return (fact, worst, gains[fact]) if gains[fact] >= 0.005 else None


class _Words:
    """The case's words: labels by id, and sentences."""

    def __init__(self, case: CaseSpec, scenario: Scenario, say: Say) -> None:
        self.say, self.scenario = say, scenario
        question = case.find(scenario.asked.sort)
        self.facts = {o.id: o.label for o in question.option}
        self.places = {c.id: c.label for c in question.category}
        self.aims = {o.id: o.label for o in case.find(scenario.asked.aim).option}

    def fact(self, name: str) -> str:
        return self.facts[name]

    def future(self, name: str) -> str:
        return self.sentence(f"name_{name}")

    def sentence(self, name: str, **values: object) -> str:
        return self.say(f"sentence.{name}", **values)

    def number(self, value: float) -> str:
        return self.sentence("number", n=value)

    def columns(self, *names: str) -> tuple[str, ...]:
        return tuple(self.sentence(f"column_{n}") for n in names)

    def change(self, name: str, future: str, now: float, by: float, **values: object) -> str:
        return self.sentence(name, future=self.future(future), now=100 * now, then=100 * (now + by), **values)


def _announcing(s: Scenario, future: str) -> list[Fact]:
    return [f for f in s.facts if f.says.get(future) == OUTRIGHT]


def _outright(s: Scenario, fact: Fact) -> bool:
    return any(fact.says.get(n) == OUTRIGHT for n in s.futures)


def _lines(words: _Words, outcome: Outcome, answers: Mapping[str, Any]) -> tuple[str, ...]:
    s, m = words.scenario, outcome.metrics
    lines = []
    for future in s.futures:
        facts = _announcing(s, future)
        written = sum(f.articles for f in facts)
        yours = sum(f.id in outcome.brief for f in facts)  # which ones, the grid shows
        lines.append(words.sentence(f"story_{future}"))
        among = words.sentence("some_of_them" if yours else "none_of_them", n=yours, count=yours)
        lines.append(words.sentence("told_loud" if written else "told_silent", n=written, all=len(facts), yours=among))
    fewest = min(s.futures, key=lambda n: sum(n in s.find(f).says for f in outcome.brief))
    lines.append(words.sentence("least_line", future=words.future(fewest), n=m["least_told"]))
    if aim := words.aims.get(str(answers.get(s.asked.aim)), ""):
        lines.append(words.sentence("aim_line", aim=aim, outright=m["aim_outright"], hints=m["aim_hints"]))
    lines.append(words.sentence("quiet_line", quiet=m["quiet"], rest=m["chosen"] - m["quiet"]))
    if not m["raised_fits"]:
        lines.append(words.sentence("raised_line"))
    return tuple(lines)


def _price(words: _Words, outcome: Outcome, answers: Mapping[str, Any]) -> tuple[str, ...]:
    """What nobody follows any longer, and who looks for themselves in vain."""
    s = words.scenario
    aim = s.aims.get(str(answers.get(s.asked.aim)), "")
    lines = [
        words.sentence("stopped_dear" if model.dear(s, s.find(f), aim) else "stopped_plain", label=words.fact(f))
        for f in outcome.stop
    ]
    out = [f for f in s.facts if f.id not in outcome.brief]
    lines += [words.sentence(f"left_{f.id}") for f in out if not f.quiet]
    return tuple(lines)


def _odds(words: _Words, outcome: Outcome, previous: Outcome | None) -> Figure:
    """How many of a hundred see each future coming, without a brief and with this one."""
    say, s = words.sentence, words.scenario
    title = say("odds_title", future=words.future(outcome.weakest), p=100 * outcome.metrics["least"])
    pairs, rows = [], []
    for n in s.futures:
        without, given = 100 * outcome.alone[n], 100 * outcome.chance[n]
        before = 100 * previous.chance[n] if previous else None
        pairs.append(Pair(words.future(n), without, words.number(without), given, words.number(given), before))
        rows.append((words.future(n), words.number(without), words.number(given)))
    svg = figures.paired_bars(
        pairs, id="futures-odds", title=title, alt=say("odds_alt"), first_name=say("odds_without"),
        second_name=say("odds_with"), before_name=say("before_name"), unit=say("odds_unit"),
    )  # fmt: skip
    columns = words.columns("future", "without", "with")
    return Figure("odds", title, svg, say("odds_alt"), columns, tuple(rows), say("source_invented"))


def _grid(words: _Words, outcome: Outcome) -> Figure:
    """What each fact says of each future: the participant's own first, then what was missed. The table has them all."""
    say, s = words.sentence, words.scenario
    announcing = [f for f in s.facts if _outright(s, f)]
    told = sum(f.id in outcome.brief for f in announcing)
    title = say("grid_title", all=len(announcing), n=told, count=told)
    shown = [s.find(f) for f in outcome.brief] + [f for f in announcing if f.id not in outcome.brief]
    drawn = [
        Row(words.fact(f.id), tuple(_cell(words, f.says.get(n, 0)) for n in s.futures), f.id in outcome.brief)
        for f in shown
    ]
    svg = figures.coverage_grid(
        [words.future(n) for n in s.futures], drawn, id="futures-grid", title=title, alt=say("grid_alt"),
        chosen_name=say("grid_chosen"),
    )  # fmt: skip
    names = {**dict.fromkeys(outcome.brief, s.asked.brief), **dict.fromkeys(outcome.stop, s.asked.stop)}
    rows = tuple(
        (words.fact(f.id), words.places.get(names.get(f.id, "watch"), ""),
         *(_cell(words, f.says.get(n, 0)).says for n in s.futures), words.number(f.articles))
        for f in s.facts
    )  # fmt: skip
    columns = (*words.columns("fact", "place"), *(words.future(n) for n in s.futures), *words.columns("articles"))
    return Figure("grid", title, svg, say("grid_alt"), columns, rows, say("source_invented"))


def _cell(words: _Words, strength: int) -> Cell:
    state = STATES[strength]
    return Cell(state, words.sentence(f"cell_{state}"))


def _time(words: _Words, outcome: Outcome) -> Figure:
    """Until when something can be done, and when everybody sees it: the five, then what was missed."""
    say, s = words.sentence, words.scenario
    title = say("time_title", n=outcome.metrics["quiet"])
    missed = [f for f in s.facts if f.quiet and _outright(s, f) and f.id not in outcome.brief]
    spans = [
        Span(
            words.fact(f.id), 0.0, f.act / YEAR, say("time_act", act=f.act),
            late_to=f.seen / YEAR if f.quiet else None, chosen=f.id in outcome.brief,
        )
        for f in [s.find(i) for i in outcome.brief] + missed
    ]  # fmt: skip
    svg = figures.timeline(
        [say(f"year_{n}") for n in (1, 2, 3)],
        spans,
        id="futures-time",
        title=title,
        alt=say("time_alt"),
        late_name=say("time_late"),
    )
    rows = tuple((words.fact(f.id), words.number(f.seen), words.number(f.act)) for f in s.facts)
    return Figure(
        "time", title, svg, say("time_alt"), words.columns("fact", "seen", "act"), rows, say("source_invented")
    )
