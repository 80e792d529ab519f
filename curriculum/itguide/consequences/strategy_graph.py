"""What follows from a strategy map: which outcomes have causes, what a cut takes, who was told no."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from itguide import figures
from itguide.consequences import Cause, Consequence, Figure
from itguide.figures import Canvas, Cell, Pair, Row
from itguide.figures.canvas import LINE, SMALL, WIDTH, wrap
from itguide.models import strategy_graph as model
from itguide.models.strategy_graph import Outcome, Scenario
from itguide.spec import CaseSpec
from itguide.text import Say

TOLD = 4  # how many single failures are told as causes


def explain(
    case: CaseSpec, scenario: Scenario, outcome: Outcome, answers: Mapping[str, Any], say: Say, previous: Outcome | None
) -> Consequence:
    """The sentence with the figure that matters, the map after the cut, and what it cost."""
    words, m = _Words(case, scenario, say), outcome.metrics
    values: dict[str, object] = {
        "kept": m["chains_after"], "total": m["chains"], "all": m["outcomes"], "after": m["outcomes_after"],
    }  # fmt: skip
    if not m["outcomes"]:
        headline = words.sentence("headline_none")
    else:
        name = "headline"
        if previous:
            name, values["before"] = "headline_again", previous.metrics["outcomes_after"]
        headline = words.sentence(words.drawn(name, outcome), count=m["outcomes_after"], **values)
    drawn = [_map(words, outcome)]
    if m["chains"] or (previous and outcome.causes.outcomes):
        drawn.append(_survival(words, outcome, previous))
    if m["chains"]:
        drawn.append(_leaving(words, outcome))
    return Consequence(headline, _lines(words, outcome, answers), tuple(drawn), _price(words, outcome))


def why(case: CaseSpec, scenario: Scenario, answers: Mapping[str, Any], say: Say) -> tuple[Cause, ...]:
    """One thing at a time: the objectives whose failure breaks most, and the other place for technology."""
    words, outcome = _Words(case, scenario, say), model.run(scenario, answers)
    m = outcome.metrics
    worst = sorted(outcome.breaks, key=lambda i: (-len(outcome.breaks[i].outcomes), -outcome.breaks[i].chains))
    causes = []
    for item in [i for i in worst if outcome.breaks[i].chains][:TOLD]:
        found = outcome.breaks[item]
        name = "why_fails_all" if found.outcomes else "why_fails"
        effect = words.sentence(
            name, chains=found.chains, total=m["chains"], labels=words.names(found.outcomes), count=found.chains
        )
        causes.append(Cause(words.sentence("why_label", label=words.item(item)), effect, -found.chains / m["chains"]))
    if m["outcomes"]:
        other = scenario.enabler if answers.get(scenario.stand) == scenario.pillar else scenario.pillar
        instead = model.run(scenario, {**answers, scenario.stand: other})
        share = (instead.metrics["chains_kept"] - m["chains_kept"]) if m["chains"] else 0.0
        effect = words.sentence(
            words.drawn("why_other", outcome), labels=words.names(instead.cut), n=instead.metrics["outcomes_after"],
            all=m["outcomes"], chains=instead.metrics["chains_after"], now=m["chains_after"],
        )  # fmt: skip
        causes.append(Cause(words.sentence(f"why_{other}"), effect, share))
    return tuple(causes)


class _Words:
    """The case's words: short names by id, and sentences."""

    def __init__(self, case: CaseSpec, scenario: Scenario, say: Say) -> None:
        self.say, self.scenario = say, scenario
        owners = case.find(scenario.owners)
        self.items = {o.id: o.label for o in case.find(scenario.arrows).option}
        self.deputies = {c.id: c.label for c in owners.category}
        self.rows = {g.id: g.label for g in owners.group}

    def item(self, name: str) -> str:
        return self.items[name]

    def names(self, items: Iterable[str]) -> str:
        """Short names in a row."""
        return "; ".join(self.items[i] for i in items) or self.sentence("nothing")

    def sentence(self, name: str, **values: object) -> str:
        return self.say(f"sentence.{name}", **values)

    def drawn(self, name: str, outcome: Outcome) -> str:
        """The sentence of this name, or that of the one for a map on which no chain reaches an outcome."""
        return name if outcome.metrics["chains"] else f"{name}_no_chains"

    def number(self, value: float) -> str:
        return self.sentence("number", n=value)

    def columns(self, *names: str) -> tuple[str, ...]:
        return tuple(self.sentence(f"column_{n}") for n in names)


# ---- sentences


def _lines(words: _Words, outcome: Outcome, answers: Mapping[str, Any]) -> tuple[str, ...]:
    s, m = words.scenario, outcome.metrics
    lines = []
    if worst := outcome.weakest:
        found = outcome.breaks[worst]
        lines.append(
            words.sentence("weakest", label=words.item(worst), owner=words.deputies[outcome.owner[worst]],
                           chains=found.chains, total=m["chains"], n=len(found.outcomes), count=len(found.outcomes))
        )  # fmt: skip
    if m["chains"]:
        lines.append(words.sentence("leaving", deputy=words.deputies[outcome.missed], n=m["left_by_deputy"],
                                    all=m["outcomes"], count=m["left_by_deputy"]))  # fmt: skip
    lines.append(_stand(words, outcome, str(answers.get(s.stand, ""))))
    uncaused = [i for i in outcome.causes.outcomes if i not in outcome.causes.reached()]
    if uncaused:
        lines.append(words.sentence("uncaused", labels=words.names(uncaused)))
    if outcome.idle:
        lines.append(words.sentence("idle", labels=words.names(outcome.idle)))
    for name, pairs in (("ignored", outcome.ignored), ("down", outcome.down)):
        if pairs:
            lines.append(words.sentence(name, arrows=_arrows(words, pairs), n=len(pairs), count=len(pairs)))
    if not m["believed"]:
        lines.append(words.sentence("crowded", n=m["arrows_used"], cards=m["on_map"]))
    lines += [words.sentence(f"differs_{w.question}") for w in s.wishes if not m[f"fits_{w.question}"]]
    return tuple(lines)


def _arrows(words: _Words, pairs: Sequence[tuple[str, str]]) -> str:
    return "; ".join(f"{words.item(a)} → {words.item(b)}" for a, b in pairs)


def _stand(words: _Words, outcome: Outcome, stand: str) -> str:
    """Whether the map is drawn as declared, and what that costs."""
    s, m = words.scenario, outcome.metrics
    how = {1.0: "whole", 0.5: "part"}.get(m["ict_fits"], "not")
    if stand == s.enabler and not m["technology"]:
        how = "none"
    elif stand == s.pillar and how == "whole" and not m["on_officer"]:
        how = "shared"
    exposed = [i for i in outcome.breaks if s.find(i).technology and i not in outcome.safe]
    return words.sentence(
        f"{stand}_{how}", n=m["on_officer"], carried=m["officer_carries"], all=m["outcomes"],
        technology=m["technology"], safe=m["technology_safe"], labels=words.names(exposed),
    )  # fmt: skip


def _price(words: _Words, outcome: Outcome) -> tuple[str, ...]:
    """What is taken, what falls with it, and who is not on the map."""
    m = outcome.metrics
    lines = [words.sentence("cut", due=m["cut_due"], cost=m["cost"], labels=words.names(outcome.cut))]
    if outcome.fallen:
        lines.append(words.sentence("fallen", labels=words.names(outcome.fallen)))
    lines += [words.sentence(f"no_{o.id}") for o in words.scenario.objectives if o.id not in outcome.owner]
    return tuple(lines)


# ---- figures


def _survival(words: _Words, outcome: Outcome, previous: Outcome | None) -> Figure:
    """For each outcome its chains as drawn and after the cut."""
    say, m, causes = words.sentence, outcome.metrics, outcome.causes
    title = say(words.drawn("survival_title", outcome), n=m["chains_after"], total=m["chains"])
    drawn, after = causes.chains(), causes.chains(outcome.cut)
    before = previous.causes.chains(previous.cut) if previous else {}
    pairs = [
        Pair(words.item(o), drawn[o], words.number(drawn[o]), after[o], words.number(after[o]),
             float(before[o]) if o in before else None)
        for o in causes.outcomes
    ]  # fmt: skip
    rows = tuple((words.item(o), words.number(drawn[o]), words.number(after[o])) for o in causes.outcomes)
    svg = figures.paired_bars(
        pairs, id="map-survival", title=title, alt=say("survival_alt"), first_name=say("survival_drawn"),
        second_name=say("survival_after"), before_name=say("before_name") if before else "", unit=say("survival_unit"),
    )  # fmt: skip
    return Figure("survival", title, svg, say("survival_alt"), words.columns("outcome", "drawn", "after"), rows,
                  say("source"))  # fmt: skip


def _leaving(words: _Words, outcome: Outcome) -> Figure:
    """Which outcomes are still reached when each deputy is gone."""
    say, m, causes = words.sentence, outcome.metrics, outcome.causes
    title = say("leaving_title", deputy=words.deputies[outcome.missed], n=m["left_by_deputy"], all=m["outcomes"],
                count=m["left_by_deputy"])  # fmt: skip
    reached = causes.reached()

    def cell(deputy: str, item: str) -> Cell:
        if item not in reached:
            return Cell("none", say("cell_never"))
        if item not in outcome.leaving[deputy]:
            return Cell("none", say("cell_lost"))
        if outcome.owner[item] == deputy:
            return Cell("part", say("cell_ownerless"))
        return Cell("full", say("cell_reached"))

    grid = [
        Row(words.deputies[d], tuple(cell(d, o) for o in causes.outcomes))
        for d in words.scenario.deputies if d in outcome.owner.values()
    ]  # fmt: skip
    columns = [words.item(o) for o in causes.outcomes]
    svg = figures.coverage_grid(columns, grid, id="map-leaving", title=title, alt=say("leaving_alt"))
    rows = tuple((r.label, *(c.says for c in r.cells)) for r in grid)
    return Figure("leaving", title, svg, say("leaving_alt"), (say("column_deputy"), *columns), rows,
                  say("source"))  # fmt: skip


def _map(words: _Words, outcome: Outcome) -> Figure:
    """The map itself: rows from the ground to the outcomes, what the cut breaks in dashes, hatching and words."""
    say, s = words.sentence, words.scenario
    lost = {**dict.fromkeys(outcome.cut, "state_cut"), **dict.fromkeys(outcome.fallen, "state_fallen")}
    chains = outcome.causes.chains()
    state = {i: say(lost[i]) if i in lost else say("state_never") if not chains[i] else
             say("state_idle") if i in outcome.idle else say("state_weakest") if i == outcome.weakest else ""
             for i in outcome.owner}  # fmt: skip
    broken = {i for i in outcome.owner if i in lost or not chains[i]}
    shelves = [
        (words.rows[name], [
            _Card(i, words.item(i), words.deputies[d], state[i], i in broken, i == outcome.weakest)
            for i, d in outcome.owner.items() if s.find(i).row == level
        ])
        for level, name in reversed(list(enumerate(s.rows)))
    ]  # fmt: skip
    title = say(words.drawn("map_title", outcome), n=len(outcome.cut), fallen=len(outcome.fallen))
    svg = _draw(shelves, outcome.used, say("row_empty"), id="map-drawn", title=title, alt=say("map_alt"))
    onto = {i: words.names(b for a, b in outcome.used if a == i) for i in outcome.owner}
    rows = tuple(
        (
            words.item(i),
            words.deputies[d],
            onto[i],
            words.number(m_) if (m_ := chains[i]) else words.number(0),
            state[i],
        )
        for i, d in outcome.owner.items()
    )
    columns = words.columns("objective", "owner", "leads_to", "chains", "state")
    return Figure("map", title, svg, say("map_alt"), columns, rows, say("source"))


@dataclass(frozen=True)
class _Card:
    """One objective on the drawn map; `state` is what happened to it, in words."""

    id: str
    label: str
    owner: str
    state: str
    broken: bool
    weakest: bool


@dataclass(frozen=True)
class _Place:
    """Where a card hangs: its shelf (0 is the highest), its left edge and top, its size."""

    shelf: int
    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        return self.x + self.width / 2


MARGIN, GAP, STEP, WIDEST = 128.0, 50.0, SMALL * LINE, 176.0


def _draw(
    shelves: Sequence[tuple[str, Sequence[_Card]]], arrows: Sequence[tuple[str, str]], empty: str,
    *, id: str, title: str, alt: str,  # noqa: A002
) -> str:  # fmt: skip
    canvas, places, y = Canvas(WIDTH), dict[str, _Place](), 26.0
    cards = {c.id: c for _, row in shelves for c in row}
    for shelf, (name, row) in enumerate(shelves):
        slot = (WIDTH - MARGIN) / max(len(row), 1)
        wide = min(slot - 16, WIDEST)
        texts = {c.id: _texts(c, wide - 16) for c in row}
        named = len(wrap(name, MARGIN - 18, SMALL, bold=True))
        tall = max([len(t) for t in texts.values()] + [named, 2]) * STEP + 24
        canvas.text(0, y + (tall - named * STEP) / 2 + 14, name, size=SMALL, bold=True, fill="grey_5", room=MARGIN - 18)
        if not row:
            canvas.text(MARGIN, y + tall / 2 + 5, empty, size=SMALL, fill="problem")
        for n, card in enumerate(row):
            places[card.id] = _Place(shelf, MARGIN + n * slot + (slot - wide) / 2, y, wide, tall)
        y += tall + GAP
    for line in _routes(arrows, places):
        whole = not (cards[line.start].broken or cards[line.end].broken)
        paint, weight, dash = ("accent", 2.0, "") if whole else ("problem", 1.7, "5 4")
        canvas.path(line.points, paint, weight, dash)
        (x, tip), turn = line.points[-1], 1 if line.up else -1
        canvas.area([(x, tip - 8 * turn), (x - 6, tip + 4 * turn), (x + 6, tip + 4 * turn)], paint)
    for card_id, place in places.items():
        _card(canvas, cards[card_id], place)
    return canvas.svg(id=id, title=title, alt=alt)


def _texts(card: _Card, room: float) -> list[tuple[str, bool, str]]:
    """The card's lines: words, whether bold, paint."""
    lines = [(t, True, "ink") for t in wrap(card.label, room, SMALL, bold=True)]
    lines += [(t, False, "grey_5") for t in wrap(card.owner, room, SMALL)]
    tone = "problem" if card.broken else "accent"
    return lines + [(t, True, tone) for t in wrap(card.state, room, SMALL, bold=True)]


def _card(canvas: Canvas, card: _Card, at: _Place) -> None:
    fill, edge, dash = ("grey_1", "problem", "5 4") if card.broken else ("surface", "accent", "")
    canvas.rect(at.x, at.y, at.width, at.height, fill, edge, 3.5 if card.weakest else 1.5, dash)
    if card.broken:
        for n in range(int(at.width // 9)):
            canvas.line(at.x + 9 * n + 1, at.y + 9, at.x + 9 * n + 9, at.y + 1, "problem", 1.2)
    for n, (text, bold, paint) in enumerate(_texts(card, at.width - 16)):
        canvas.text(at.x + 8, at.y + 26 + n * STEP, text, size=SMALL, bold=bold, fill=paint)


@dataclass(frozen=True)
class _Route:
    """One drawn arrow, with its points from start to tip."""

    start: str
    end: str
    points: Sequence[tuple[float, float]]
    up: bool


def _routes(arrows: Sequence[tuple[str, str]], places: Mapping[str, _Place]) -> list[_Route]:
    """Every arrow as a curve; where several meet a card they stand side by side, in the order of where they go."""
    ends: dict[tuple[str, str], list[tuple[float, int]]] = {}
    sides = []
    for n, (a, b) in enumerate(arrows):
        level = places[a].shelf == places[b].shelf
        sides.append(((a, "top"), (b, "top" if level else "foot")))
        for (card, side), other in zip(sides[-1], (b, a), strict=True):
            ends.setdefault((card, side), []).append((places[other].middle, n))

    def along(card: str, side: str, n: int) -> tuple[float, float]:
        here, place = sorted(ends[card, side]), places[card]
        nth = [k for _, k in here].index(n)
        return place.x + place.width * (nth + 1) / (len(here) + 1), place.y + (place.height if side == "foot" else 0)

    found = []
    for n, (a, b) in enumerate(arrows):
        start, end = along(*sides[n][0], n), along(*sides[n][1], n)
        if places[a].shelf == places[b].shelf:
            arc = _curve(start, (end[0], end[1] - 8), start[1] - 34)
            found.append(_Route(a, b, arc, up=False))
            continue
        stops = [start, *_through(places, places[a].shelf, places[b].shelf, start, end), (end[0], end[1] + 8)]
        points = [start]
        for one, two in pairwise(stops):
            points += _curve(one, two)[1:]
        found.append(_Route(a, b, points, up=True))
    return found


def _through(
    places: Mapping[str, _Place], low: int, high: int, start: tuple[float, float], end: tuple[float, float]
) -> list[tuple[float, float]]:
    """The points by which a long arrow passes the shelves between its ends, beside their cards."""
    found: list[tuple[float, float]] = []
    for shelf in range(low - 1, high, -1):
        row = sorted((p for p in places.values() if p.shelf == shelf), key=lambda p: p.x)
        if not row:
            continue
        top, foot = row[0].y, row[0].y + row[0].height
        wanted = start[0] + (end[0] - start[0]) * ((top + foot) / 2 - start[1]) / (end[1] - start[1])
        gaps = [row[0].x - 8, *((a.x + a.width + b.x) / 2 for a, b in pairwise(row)),
                min(row[-1].x + row[-1].width + 8, WIDTH - 4)]  # fmt: skip
        x = min(gaps, key=lambda gap: abs(gap - wanted))
        found += [(x, foot), (x, top)]
    return found


def _curve(one: tuple[float, float], two: tuple[float, float], bend: float | None = None) -> list[tuple[float, float]]:
    """A cubic from one point to another, upright at both ends; `bend` is the height of its control points."""
    height = (one[1] + two[1]) / 2 if bend is None else bend
    found = []
    for step in range(13):
        t = step / 12
        a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
        found.append(((a + b) * one[0] + (c + d) * two[0], a * one[1] + (b + c) * height + d * two[1]))
    return found
