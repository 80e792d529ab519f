"""What follows from a register: its worth, whose view it survives, what the grid hides, what the auditor says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from itguide import figures
from itguide.consequences import Cause, Consequence, Figure
from itguide.figures import Cell, Pair, Row
from itguide.figures.slope import Slope, slope
from itguide.models import register as model
from itguide.models.register import OWN, Outcome, Version
from itguide.models.register_scenario import Scenario
from itguide.spec import CaseSpec
from itguide.text import Say

REFUSED = 2  # so many of the asks turned away are told of: those that would have moved most


class Words:
    """The case's words: labels of risks, asks, triggers and views, and sentences."""

    def __init__(self, case: CaseSpec, scenario: Scenario, say: Say) -> None:
        self.case, self.scenario, self.say = case, scenario, say
        self.grid = case.find(scenario.asked["place"])
        self.risk = {o.id: o.label for o in self.grid.option}
        self.mark = {o.id: say("kind.place_number", n=n) for n, o in enumerate(self.grid.option, start=1)}
        self.view = {OWN: self.sentence("own_name"), **{v.id: v.label for v in self.grid.view}}

    def sentence(self, name: str, **values: object) -> str:
        """A sentence of the case, filled."""
        return self.say(f"sentence.{name}", **values)

    def label(self, asked: str, chosen: str) -> str:
        """The label of an option of the question that asks for `asked`."""
        return self.case.find(self.scenario.asked[asked]).find(chosen).label

    def number(self, value: float) -> str:
        """A number as the language writes it: whole from ten up, smaller ones with what they need."""
        return self.sentence("number" if value >= 9.95 else "number_one" if value >= 0.995 else "number_two", n=value)


def explain(
    case: CaseSpec, scenario: Scenario, outcome: Outcome, answers: Mapping[str, Any], say: Say, previous: Outcome | None
) -> Consequence:
    """The sentence with the figure that matters, what the grid hides, the acceptance, the wording; three pictures."""
    words, m = Words(case, scenario, say), outcome.metrics
    values: dict[str, object] = {
        "before": m["before"], "after": m["after"], "years": scenario.years, "n": m["survive"],
        "count": round(m["survive"]), "total": len(scenario.risks),
    }  # fmt: skip
    if previous:
        headline = words.sentence("headline_again", was=previous.metrics["after"], **values)
    else:
        headline = words.sentence("headline", **values)
    drawn = (_survive(words, outcome), _money(words, outcome, previous), _order(words, outcome))
    return Consequence(headline, _lines(words, outcome, answers), drawn, _price(words, outcome))


def why(case: CaseSpec, scenario: Scenario, answers: Mapping[str, Any], say: Say) -> tuple[Cause, ...]:
    """One change at a time, under every view: each payment left out, and what was turned away paid as well."""
    words, d = Words(case, scenario, say), model.decision(scenario, answers)
    found: list[tuple[str, str, float]] = []
    refused: list[tuple[str, str, float]] = []
    for ask, cost in scenario.cost.items():
        paid = d.treated | {ask}
        own = scenario.years * model.saved(scenario, d.squares, paid, ask)
        others = {v: scenario.years * model.saved(scenario, at, paid, ask) for v, at in scenario.views.items()}
        told = [words.sentence("why_ask_view", view=words.view[v], n=words.number(n)) for v, n in others.items()]
        effect = words.sentence(
            "why_ask" if ask in d.treated else "why_refused", own=words.number(own), years=scenario.years,
            views=", ".join(told), cost=cost,
        )  # fmt: skip
        label = words.label("treat", ask)
        if ask in d.treated:
            found.append((label, effect, own))
        else:
            refused.append((words.sentence("why_refused_label", ask=label), effect, -max(own, *others.values())))
    found.sort(key=lambda cause: -cause[2])
    found += sorted(refused, key=lambda cause: cause[2])[:REFUSED]
    scale = max([abs(moved) for *_, moved in found] + [1.0])
    return tuple(Cause(label, effect, round(moved / scale, 3)) for label, effect, moved in found)


# ---- sentences


def _lines(words: Words, outcome: Outcome, answers: Mapping[str, Any]) -> tuple[str, ...]:
    s, m, d = words.scenario, outcome.metrics, outcome.decision
    lines = [words.sentence("bad", before=m["bad_before"], after=m["bad_after"])]
    if outcome.swap:
        lines.append(words.sentence(f"swap_{outcome.swap.kind}", **_swapped(words, outcome)))
    row = max(s.rates, key=lambda r: s.rates[r].high / s.rates[r].low)
    column = max(reversed(list(s.losses)), key=lambda c: s.losses[c].high / s.losses[c].low)
    rate, loss = s.rates[row], s.losses[column]
    lines.append(
        words.sentence("square", times=m["cell_spread"], row=_named(words.grid.row, row),
                       column=_named(words.grid.column, column), low=words.number(rate.low * loss.low),
                       high=words.number(rate.high * loss.high))
    )  # fmt: skip
    silent = [r for r in model.raised(s, outcome.versions) if d.fate(r) == "watch"]
    names = ", ".join(words.sentence("quoted", risk=words.risk[r]) for r in silent)
    lines.append(words.sentence("silent" if silent else "silent_none", names=names, appetite=s.appetite))
    lines += _acceptance(words, outcome, answers)
    if wording := answers.get(s.asked["wording"]):
        lines.append(words.sentence(f"wording_{wording}"))
    return tuple(lines)


def _named(listed: Sequence[Any], chosen: str) -> str:
    return next(str(n.label) for n in listed if n.id == chosen)


def _acceptance(words: Words, outcome: Outcome, answers: Mapping[str, Any]) -> list[str]:
    d, s = outcome.decision, words.scenario
    if d.accepted not in outcome.versions[OWN].after:
        return []
    lines = []
    if trigger := answers.get(s.asked["trigger"]):
        others = [outcome.versions[v].after[d.accepted] for v in s.views]
        lines.append(
            words.sentence("accepted", risk=words.risk[d.accepted], review=d.review,
                           own=words.number(outcome.versions[OWN].after[d.accepted]), low=words.number(min(others)),
                           high=words.number(max(others)), trigger=words.label("trigger", str(trigger)))
        )  # fmt: skip
    if d.accepted in d.treated | d.escalated:
        lines.append(words.sentence("accepted_again", risk=words.risk[d.accepted]))
    return lines


def _price(words: Words, outcome: Outcome) -> tuple[str, ...]:
    """What is spent and turned away, whose name stands there, what the Minister has, what is only watched."""
    s, m, d = words.scenario, outcome.metrics, outcome.decision
    refused = [ask for ask in s.cost if ask not in d.treated]
    name = "cost_money" if refused else "cost_all"
    lines = [words.sentence(name, spent=m["spent"], budget=s.budget, n=len(refused), count=len(refused),
                            sum=round(sum(s.cost[a] for a in refused), 2))]  # fmt: skip
    if d.accepted in words.risk:
        lines.append(words.sentence("cost_signed", risk=words.risk[d.accepted]))
    if d.escalated:
        lines.append(words.sentence("cost_escalated", n=len(d.escalated), count=len(d.escalated)))
    if watched := sum(d.fate(r) == "watch" for r in s.risks):
        lines.append(words.sentence("cost_watched", n=watched, count=watched))
    return tuple(lines)


def _swapped(words: Words, outcome: Outcome) -> dict[str, object]:
    swap = outcome.swap
    assert swap is not None
    return {"above": words.risk[swap.above], "below": words.risk[swap.below], "times": swap.times,
            "score_above": outcome.scores[swap.above], "score_below": outcome.scores[swap.below]}  # fmt: skip


# ---- pictures


def _money(words: Words, outcome: Outcome, previous: Outcome | None) -> Figure:
    """Five years untreated and as decided, under each view."""
    say, s = words.sentence, words.scenario

    def total(means: Mapping[str, float]) -> float:
        return s.years * sum(means.values())

    off = {name: total(v.before) - total(v.after) for name, v in outcome.versions.items()}
    title = say("money_title", least=min(off.values()), most=max(off.values()), years=s.years)
    pairs = [
        Pair(words.view[name], total(v.before), words.number(total(v.before)), total(v.after),
             words.number(total(v.after)), total(previous.versions[name].after) if previous else None)
        for name, v in outcome.versions.items()
    ]  # fmt: skip
    svg = figures.paired_bars(
        pairs, id="register-money", title=title, alt=say("money_alt"), first_name=say("money_first"),
        second_name=say("money_second"), before_name=say("before_name"), unit=say("money_unit", years=s.years),
    )  # fmt: skip
    rows = tuple((words.view[name], words.number(total(v.before)), words.number(total(v.after)),
                  words.number(v.bad_after)) for name, v in outcome.versions.items())  # fmt: skip
    columns = tuple(say(f"column_{c}") for c in ("view", "before", "after", "bad"))
    return Figure("money", title, svg, say("money_alt"), columns, rows, words.say("page.invented"))


def _survive(words: Words, outcome: Outcome) -> Figure:
    """Every decision under every view: holds, barely, does not."""
    say, d, n = words.sentence, outcome.decision, outcome.metrics["survive"]
    title = say("survive_title", n=n, count=round(n), total=len(words.scenario.risks))
    risks = sorted(words.scenario.risks, key=lambda r: ("treat", "accept", "escalate", "watch").index(d.fate(r)))
    cells = {r: tuple(_cell(words, outcome, v, r) for v in outcome.versions.values() if r in v.states) for r in risks}
    risks = [r for r in risks if len(cells[r]) == len(outcome.versions)]
    svg = figures.coverage_grid(
        tuple(words.view.values()),
        [Row(say(f"row_{d.fate(r)}", risk=words.risk[r]), cells[r], d.fate(r) != "watch") for r in risks],
        id="register-survive", title=title, alt=say("survive_alt"), chosen_name=say("survive_chosen"),
    )  # fmt: skip
    rows = tuple(
        (words.risk[r], say(f"fate_{d.fate(r)}"),
         *(say("state_says", state=say(f"state_{c.state}"), says=c.says) for c in cells[r]))
        for r in risks
    )  # fmt: skip
    columns = (say("column_risk"), say("column_decision"), *words.view.values())
    return Figure("survive", title, svg, say("survive_alt"), columns, rows, words.say("page.invented"))


def _cell(words: Words, outcome: Outcome, version: Version, risk: str) -> Cell:
    if outcome.decision.fate(risk) == "treat":
        says = words.sentence("cell_treat", times=words.number(version.times_back[risk]))
    else:
        says = words.sentence("cell_left", n=words.number(version.after[risk]))
    return Cell(version.states[risk], says)


def _order(words: Words, outcome: Outcome) -> Figure:
    """The grid's order against that of money."""
    say, swap = words.sentence, outcome.swap
    means = outcome.versions[OWN].before
    kind = swap.kind if swap else "none"
    title = say(f"order_title_{kind}", **(_swapped(words, outcome) if swap else {}))
    chosen = {swap.above, swap.below} if swap else set()
    things = [
        Slope(words.risk[r], words.mark[r], score, say("order_score", n=score), means[r],
              say("order_money", n=words.number(means[r])), r in chosen)
        for r, score in outcome.scores.items()
    ]  # fmt: skip
    svg = slope(things, id="register-order", title=title, alt=say("order_alt"), left_name=say("order_left"),
                right_name=say("order_right"))  # fmt: skip
    rows = tuple(
        (t.label, t.left_says, words.number(t.right)) for t in sorted(things, key=lambda t: (-t.left, -t.right))
    )
    columns = tuple(say(f"column_{c}") for c in ("risk", "score", "year"))
    return Figure("order", title, svg, say("order_alt"), columns, rows, words.say("page.invented"))
