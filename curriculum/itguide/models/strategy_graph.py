"""A strategy map: objectives with owners, arrows of cause between them, and what a lost card or a cut does to it.

A chain is a path of arrows from a ground objective with nothing beneath it to an outcome. An objective stands while
one chain still reaches it; one is enough, so the model is kind. Nothing here judges whether an arrow is true.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from graphlib import TopologicalSorter
from typing import Any

from itguide.errors import ContentError, Problem
from itguide.spec import CaseSpec

SERVES_ENOUGH = 2  # outcomes an objective must carry to be safe, or to be a pillar


@dataclass(frozen=True)
class Objective:
    """One card: the row it hangs in (0 is the lowest), its yearly cost in millions, whether it is technology."""

    id: str
    row: int
    cost: float
    technology: bool


@dataclass(frozen=True)
class Wish:
    """A politician's wish: its card, the answers that put it on the map, and what each answer rests on."""

    question: str
    item: str
    placed: tuple[str, ...]
    needs: Mapping[str, str]


@dataclass(frozen=True)
class Scenario:
    """Everything about the case that no decision changes. `rows` run from the ground up; the last are outcomes."""

    owners: str
    arrows: str
    stand: str
    pillar: str
    enabler: str
    off: str
    officer: str
    business: tuple[str, ...]
    deputies: tuple[str, ...]
    rows: tuple[str, ...]
    ground: int
    outcomes_due: int
    cut: float
    arrows_most: float
    objectives: tuple[Objective, ...]
    wishes: tuple[Wish, ...]

    def find(self, objective: str) -> Objective:
        """The objective of this id; KeyError if there is none."""
        for found in self.objectives:
            if found.id == objective:
                return found
        raise KeyError(objective)


@dataclass(frozen=True)
class Causes:
    """Objectives in the case's order, what leads to each, and which of them are ground and which outcomes."""

    before: Mapping[str, tuple[str, ...]]
    ground: frozenset[str]
    outcomes: tuple[str, ...]

    @cached_property
    def _order(self) -> tuple[str, ...]:
        return tuple(TopologicalSorter(self.before).static_order())

    def chains(self, lost: Collection[str] = ()) -> dict[str, int]:
        """How many unbroken chains reach each objective when some are lost. graphlib.CycleError if causes run round."""
        found: dict[str, int] = {}
        for this in self._order:
            beneath = self.before[this]
            if this in lost:
                found[this] = 0
            elif beneath:
                found[this] = sum(found[b] for b in beneath)
            else:
                found[this] = int(this in self.ground)
        return found

    def reached(self, lost: Collection[str] = ()) -> tuple[str, ...]:
        """The outcomes that some chain still reaches."""
        chains = self.chains(lost)
        return tuple(o for o in self.outcomes if chains[o])

    def total(self, lost: Collection[str] = ()) -> int:
        """All unbroken chains to outcomes."""
        chains = self.chains(lost)
        return sum(chains[o] for o in self.outcomes)


@dataclass(frozen=True)
class Break:
    """What the failure of one objective does: chains broken, and outcomes left without any."""

    chains: int
    outcomes: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """What a map is worth: `metrics` rounded, and what pictures and sentences need."""

    metrics: Mapping[str, float]
    owner: Mapping[str, str]
    used: tuple[tuple[str, str], ...]
    ignored: tuple[tuple[str, str], ...]
    down: tuple[tuple[str, str], ...]
    causes: Causes
    breaks: Mapping[str, Break]
    leaving: Mapping[str, tuple[str, ...]]
    missed: str
    cut: tuple[str, ...]
    fallen: tuple[str, ...]
    idle: tuple[str, ...]
    safe: tuple[str, ...]

    @property
    def weakest(self) -> str:
        """The objective whose failure leaves most outcomes without a chain, then breaks most chains; or nothing."""
        worst = max(self.breaks, key=lambda i: (len(self.breaks[i].outcomes), self.breaks[i].chains), default="")
        return worst if worst and self.breaks[worst].chains else ""


# ---- reading the case


def scenario(case: CaseSpec) -> Scenario:
    """The case's scenario. ContentError names what is missing or does not fit."""
    file = f"case_studies/{case.slug}/case.toml"
    if case.scenario is None:
        raise ContentError([Problem(file, "scenario", "is missing; the strategy_graph model needs it")])
    given = case.scenario
    try:
        asked, people, rows = given["asked"], given["people"], tuple(given["rows"])
        owners = case.find(asked["owners"])
        found = Scenario(
            owners=owners.id, arrows=asked["arrows"], stand=asked["stand"],
            pillar=asked["pillar"], enabler=asked["enabler"], off=people["off"], officer=people["officer"],
            business=tuple(people["business"]),
            deputies=tuple(c.id for c in owners.category if c.id != people["off"]),
            rows=rows, ground=int(given["ground"]), outcomes_due=int(given["outcomes_due"]), cut=float(given["cut"]),
            arrows_most=float(given["arrows_most"]),
            objectives=tuple(
                Objective(o.id, rows.index(str(o.group)), o.value["cost"], "technology" in o.tags)
                for o in owners.option
            ),
            wishes=tuple(Wish(w["question"], w["item"], tuple(w["placed"]), w["needs"]) for w in given["wishes"]),
        )  # fmt: skip
        problems = [Problem(file, field, says) for field, says in _strangers(case, found)]
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ContentError(
            [Problem(file, "scenario.param", f"does not fit the strategy_graph model: {error!r}")]
        ) from None
    if problems:
        raise ContentError(problems)
    return found


def _strangers(case: CaseSpec, s: Scenario) -> list[tuple[str, str]]:
    ids = [o.id for o in s.objectives]
    found = []
    if [o.id for o in case.find(s.arrows).option] != ids:
        found.append((f"question[{s.arrows}].option", f"must be those of '{s.owners}', in the same order"))
    found += [
        ("scenario.param.people", f"names '{name}', who is no owner in '{s.owners}'")
        for name in (s.officer, *s.business) if name not in s.deputies
    ]  # fmt: skip
    stands = {o.id for o in case.find(s.stand).option}
    found += [
        ("scenario.param.asked", f"'{stand}' is not an option of '{s.stand}'")
        for stand in (s.pillar, s.enabler) if stand not in stands
    ]  # fmt: skip
    for wish in s.wishes:
        answers = {o.id for o in case.find(wish.question).option}
        found += [
            ("scenario.param.wishes", f"names '{i}', which is not an objective")
            for i in (wish.item, *wish.needs.values()) if i not in ids
        ]  # fmt: skip
        found += [
            ("scenario.param.wishes", f"names '{a}', which is not an option of '{wish.question}'")
            for a in (*wish.placed, *wish.needs) if a not in answers
        ]  # fmt: skip
    return found


# ---- the model


def run(s: Scenario, answers: Mapping[str, Any]) -> Outcome:
    """The map as drawn, card by card lost, deputy by deputy gone, and cut. graphlib.CycleError if causes run round."""
    placed = answers.get(s.owners) or {}
    owner = {o.id: str(placed[o.id]) for o in s.objectives if placed.get(o.id, s.off) != s.off}
    given = [(str(a), str(b)) for a, b in answers.get(s.arrows) or []]
    ignored = tuple(p for p in given if not (p[0] in owner and p[1] in owner))
    down = tuple(p for p in given if p not in ignored and s.find(p[0]).row > s.find(p[1]).row)
    used = tuple(p for p in given if p not in ignored and p not in down)
    causes = _causes(s, owner, used)
    breaks = {i: _break(causes, i) for i in owner if i not in causes.outcomes}
    leaving = {d: causes.reached([i for i in breaks if owner[i] == d]) for d in s.deputies}
    missed = min(s.deputies, key=lambda d: (len(leaving[d]), causes.total([i for i in breaks if owner[i] == d])))
    served = {i: _served(causes, i) for i in breaks}
    safe = tuple(i for i in breaks if s.find(i).technology and _safe(s, owner[i], served[i]))
    cut = _cut(s, owner, served, safe, str(answers.get(s.stand, "")))
    chains, after = causes.chains(), causes.chains(cut)
    found = Outcome(
        metrics={}, owner=owner, used=used, ignored=ignored, down=down, causes=causes, breaks=breaks, leaving=leaving,
        missed=missed, cut=cut, fallen=tuple(i for i in owner if chains[i] and not after[i] and i not in cut),
        idle=tuple(i for i in breaks if i in causes.ground and not served[i]), safe=safe,
    )  # fmt: skip
    return Outcome(**{**found.__dict__, "metrics": _metrics(s, found, served, answers)})


def _causes(s: Scenario, on_map: Collection[str], arrows: Sequence[tuple[str, str]]) -> Causes:
    top = len(s.rows) - 1
    return Causes(
        before={i: tuple(a for a, b in arrows if b == i) for i in on_map},
        ground=frozenset(i for i in on_map if s.find(i).row < s.ground),
        outcomes=tuple(i for i in on_map if s.find(i).row == top),
    )


def _break(causes: Causes, objective: str) -> Break:
    left = causes.reached([objective])
    lost = tuple(o for o in causes.reached() if o not in left)
    return Break(causes.total() - causes.total([objective]), lost)


def _served(causes: Causes, objective: str) -> tuple[str, ...]:
    """The outcomes to which a chain through this objective leads."""
    whole, without = causes.chains(), causes.chains([objective])
    return tuple(o for o in causes.outcomes if without[o] < whole[o])


def _safe(s: Scenario, owner: str, served: Collection[str]) -> bool:
    """Whether somebody defends a piece of technology: a business deputy who owns it, or two outcomes on top of it."""
    return owner in s.business or len(served) >= SERVES_ENOUGH


def _cut(
    s: Scenario, owner: Mapping[str, str], served: Mapping[str, Collection[str]], safe: Collection[str], stand: str
) -> tuple[str, ...]:
    """What the Finance Ministry takes, whole objectives, until it has its share of what the map costs.

    A pillar is a line of its own: its dearest card goes first. Enablers have no line: what nobody defends goes first,
    then the rest of the ground, then what is above, and what is defended last. Otherwise what serves least goes
    first, and of that the smallest, which is least worth a quarrel.
    """
    order = {o.id: n for n, o in enumerate(s.objectives)}
    cards = [i for i in served if s.find(i).cost > 0]
    line = [i for i in cards if s.find(i).technology and owner[i] == s.officer]
    first = max(line, key=lambda i: (s.find(i).cost, -order[i]), default="") if stand == s.pillar else ""

    def turn(i: str) -> tuple[float, ...]:
        card = s.find(i)
        by_use = (len(served[i]), card.cost, order[i])
        if stand == s.pillar:
            return (0 if i == first else 1, *by_use)
        if card.technology:
            return (3, *by_use) if i in safe else (0, -card.cost, order[i])
        return (1 if card.row < s.ground else 2, *by_use)

    due = s.cut * sum(s.find(i).cost for i in owner)
    taken: list[str] = []
    for i in sorted(cards, key=turn):
        if sum(s.find(t).cost for t in taken) >= due - 1e-9:
            break
        taken.append(i)
    return tuple(taken)


def _metrics(
    s: Scenario, o: Outcome, served: Mapping[str, Collection[str]], answers: Mapping[str, Any]
) -> dict[str, float]:
    causes = o.causes
    outcomes = max(len(causes.outcomes), s.outcomes_due)  # an outcome left off the map is not reached either
    ground = [i for i in o.breaks if i in causes.ground]
    technology = [i for i in o.breaks if s.find(i).technology]
    officers = [i for i in o.breaks if o.owner[i] == s.officer]
    loads = [list(o.owner.values()).count(d) for d in s.deputies]
    reached, total = causes.reached(), causes.total()
    left, after = o.leaving[o.missed], causes.reached(o.cut)
    carried = {x for i in technology if i in officers for x in served[i]}
    each = len(o.used) / max(len(o.owner), 1)
    believed = each <= s.arrows_most  # where everything causes everything, nothing that follows is believed
    cost = sum(s.find(i).cost for i in o.owner)
    found = {
        "on_map": len(o.owner), "off_map": len(s.objectives) - len(o.owner), "load_most": max(loads),
        "rows": len({s.find(i).row for i in o.owner}),
        "arrows_used": len(o.used), "arrows_ignored": len(o.ignored), "arrows_down": len(o.down),
        "arrows_astray": len(o.ignored) + len(o.down), "arrows_each": each, "believed": believed,
        "chains": total, "outcomes": len(causes.outcomes), "outcomes_caused": len(reached),
        "caused_share": len(reached) / outcomes,
        "enablers": len(ground), "enablers_used": 1 - len(o.idle) / len(ground) if ground else 0.0,
        "weakest_chains": o.breaks[o.weakest].chains / total if o.weakest else 0.0,
        "weakest_outcomes": len(o.breaks[o.weakest].outcomes) if o.weakest else 0,
        "left_by_deputy": len(left), "left_share": len(left) / outcomes * believed,
        "cost": cost, "cut_due": s.cut * cost, "cut_taken": sum(s.find(i).cost for i in o.cut),
        "chains_after": causes.total(o.cut), "chains_kept": causes.total(o.cut) / total if total else 0.0,
        "outcomes_after": len(after), "after_share": len(after) / outcomes * believed,
        "technology": len(technology), "technology_safe": len(o.safe), "officer_carries": len(carried),
        "on_technology": len(reached) - len(causes.reached(technology)),
        "on_officer": len(reached) - len(causes.reached(officers)),
        "ict_fits": _fits(s, o, technology, served, str(answers.get(s.stand, ""))),
    }  # fmt: skip
    found |= {f"fits_{w.question}": float(_kept(o, w, str(answers.get(w.question, "")))) for w in s.wishes}
    return {name: round(float(value), 3) for name, value in found.items()}


def _fits(
    s: Scenario, o: Outcome, technology: Sequence[str], served: Mapping[str, Collection[str]], stand: str
) -> float:
    """Whether the map is drawn as declared: 1, in part 0.5, not 0.

    Pillar: the officer owns a piece of technology on which two outcomes rest; half if only one does. Enabler: every
    piece of technology is defended; half if there is none on the map, or at least half of it is defended.
    """
    if stand == s.pillar:
        carries = max((len(served[i]) for i in technology if o.owner[i] == s.officer), default=0)
        return min(carries / SERVES_ENOUGH, 1.0)
    if stand != s.enabler:
        return 0.0
    share = len(o.safe) / len(technology) if technology else 0.5
    return 1.0 if share == 1 else 0.5 if share >= 0.5 else 0.0


def _kept(o: Outcome, wish: Wish, answer: str) -> bool:
    """Whether the map does with the wish what was answered, and holds what that answer rests on."""
    placed = wish.item in o.owner
    if not answer or placed != (answer in wish.placed):
        return False
    needs = wish.needs.get(answer)
    return needs is None or (needs in o.owner and (not placed or (needs, wish.item) in o.used))
