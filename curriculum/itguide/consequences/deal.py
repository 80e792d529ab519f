"""What follows from a deal: when it works, who pays, what is lawful, what leaving costs, and what was left unwon."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

from itguide.consequences import Cause, Consequence
from itguide.consequences.deal_figures import Words, figures_of
from itguide.models import deal as model
from itguide.models.deal import Outcome
from itguide.models.deal_scenario import AIMS, CLAUSES, ROUTES, Scenario
from itguide.spec import CaseSpec
from itguide.text import Say


def explain(
    case: CaseSpec, scenario: Scenario, outcome: Outcome, answers: Mapping[str, Any], say: Say, previous: Outcome | None
) -> Consequence:
    """Month, price and the price of leaving; then who pays, who gains, what is lawful; four pictures; the cost."""
    m, words = outcome.metrics, Words(scenario, say)
    values: dict[str, object] = {
        "live": m["live"], "cost": m["cost_planned"], "leave": m["leave"], "other": m["cost_other_planned"],
        "live_other": outcome.other.live[0],
    }  # fmt: skip
    name = "headline" if m["leave"] else "headline_free"
    if previous:
        p = previous.metrics
        name = "headline_again"
        values |= {"before": p["cost_planned"], "leave_before": p["leave"], "live_before": p["live"]}
    return Consequence(
        words.sentence(name, **values),
        _lines(case, words, outcome, answers),
        figures_of(words, outcome, previous),
        _price(case, words, outcome),
    )


def why(case: CaseSpec, scenario: Scenario, answers: Mapping[str, Any], say: Say) -> tuple[Cause, ...]:
    """One change at a time: the other route, owner, law and fee, and each clause given back; by what comes first."""
    words, asked = Words(scenario, say), scenario.asked
    now = model.alone(scenario, answers)
    aim = answers.get(asked["aim"])
    found: list[tuple[str, str, float, float]] = []

    def told(label: str, effect: str, then: Mapping[str, float]) -> None:
        found.append((label, effect, now["first_served"] - then["first_served"], now["net"] - then["net"]))

    for name in ("route", "owner", "law", "fee"):
        labels = {o.id: o.label for o in case.find(asked[name]).option}
        mine = answers.get(asked[name])
        if mine not in labels:
            continue
        rest = {o: model.alone(scenario, {**answers, asked[name]: o}) for o in labels if o != mine}
        # For owner and law the best for the country is the honest rival; for the fee, the lawful one best for the aim.
        best = max(rest, key=lambda o: _merit(rest[o], aim if name == "fee" else None))
        then = rest[best]
        accounts = ("treasury", "small") if name == "fee" else ("net",)
        effect = _instead(words, labels[best], now, then, (str(aim), *accounts))
        told(words.sentence(f"why_{name}_label", mine=labels[str(mine)]), effect, then)
    won = list(answers.get(asked["clauses"]) or ())
    for option in case.find(asked["clauses"]).option:
        if option.id in won:
            changed = {**answers, asked["clauses"]: [c for c in won if c != option.id]}
            then = model.alone(scenario, changed)
            told(option.label, _without(words, now, then, answers.get(asked["route"]) == "loan"), then)
    # What changes nothing for the first aim is still drawn, shorter: by what the country gains.
    scale = max([abs(aims) for *_, aims, _ in found] + [0.05])
    slight = 4 * max([abs(net) for *_, net in found] + [0.5])
    shares = [aims / scale if abs(aims) >= 0.02 else net / slight for *_, aims, net in found]
    return tuple(Cause(label, effect, max(-1.0, min(1.0, share)))
                 for (label, effect, *_), share in zip(found, shares, strict=True))  # fmt: skip


def _merit(metrics: Mapping[str, float], aim: Any) -> tuple[float, float, float]:
    """How good an alternative is: lawful, then the aim if one is named, then what the country gains."""
    served = metrics.get(f"served_{aim}", 0.0)
    return float(metrics["lawful"] >= 0.5), served, metrics["net"] if aim is None else -metrics["treasury"]


INSTEAD = {  # what another choice may change, by aim or by account: the sentence, the metric, the least worth saying
    "time": ("with_time", "live_mean", 0.5), "small": ("without_small", "small_net", 0.05),
    "hands": ("without_leave", "leave", 0.5), "treasury": ("with_treasury", "treasury", 0.4),
    "net": ("with_net", "net", 0.4),
}  # fmt: skip


def _instead(
    words: Words, other: str, now: Mapping[str, float], then: Mapping[str, float], asked: tuple[str, ...]
) -> str:
    """What another choice would change: in the aim's own unit first, then on the accounts asked for."""
    told = [INSTEAD[name] for name in dict.fromkeys(asked) if name in INSTEAD]
    parts = [
        words.sentence(name, here=now[metric], there=then[metric])
        for name, metric, least in told
        if abs(now[metric] - then[metric]) > least - 1e-9
    ]
    if not parts:
        return words.sentence("why_choice_nothing", other=other)
    return words.sentence("why_choice", other=other, parts=_joined(words, parts))


CHANGES = (  # what giving a clause back may change: the sentence, the metric, its factor, the least worth saying
    ("leave", "leave", 1, 0.5), ("dark", "p_dark", 100, 0.01), ("law", "lawful", 100, 0.01),
    ("small", "small_net", 1, 1.0), ("high", "cost_p90", 1, 0.4), ("fee", "operator_fee", 1, 0.05),
    ("traders", "traders", 1, 0.4),
)  # fmt: skip


def _without(words: Words, now: Mapping[str, float], then: Mapping[str, float], by_loan: bool) -> str:
    """What would be different without a clause: the first three things that change."""
    parts = [
        words.sentence(f"without_{name}", here=by * now[metric], there=by * then[metric])
        for name, metric, by, least in CHANGES
        if abs(now[metric] - then[metric]) > least - 1e-9 and not (by_loan and name == "fee")
    ][:3]
    if not parts:
        return words.sentence("without_nothing")
    return words.sentence("why_clause", parts=_joined(words, parts))


def _joined(words: Words, parts: list[str]) -> str:
    """Parts of a sentence in a row."""
    return reduce(lambda a, b: words.sentence("join", a=a, b=b), parts)


AIM_SAYS = {"time": "aims_time", "small": "aims_small", "hands": "aims_hands", "treasury": "aims_treasury"}


def _lines(case: CaseSpec, words: Words, outcome: Outcome, answers: Mapping[str, Any]) -> tuple[str, ...]:
    m, s, say = outcome.metrics, words.scenario, words.sentence
    offers = {route: model.asked_for(s, route) for route in ROUTES}
    lines = [say("parity", **offers, break_even=m["break_even"])]
    pays = "pays" if m["treasury"] >= 0 else "pays_less"
    lines.append(say(pays, fees=m["fees"], treasury=abs(m["treasury"]), traders=m["traders"],
                     traders_other=outcome.other.figures["traders"]))  # fmt: skip
    least = s.sizes[0].id
    gains = "small_gains" if m["small_net"] >= 0 else "small_loses"
    lines.append(say(gains, saves=outcome.saves[least], pays=outcome.paid[least]))
    lines.append(_law(words, outcome, answers))
    if m["live_p90"] > m["live"]:
        lines.append(say("late", month=m["live_p90"]))
    lines.append(say("dark", p=100 * m["p_dark"]) if m["p_dark"] else say("dark_never"))
    without = model.idle(s, outcome.mine.deal)
    if without:
        lines.append(say("idle", clauses=_named(case, words, without)))
    aim = answers.get(s.asked["aim"])
    if aim in AIMS:
        label, (_, metric, _) = case.find(s.asked["aim"]).find(str(aim)).label, INSTEAD[str(aim)]
        its = model.alone(s, {s.asked["route"]: outcome.other.deal.route})[metric]  # as it was offered
        lines.append(say(AIM_SAYS[str(aim)], aim=label, mine=m[metric], its=its))
    return tuple(lines)


def _law(words: Words, outcome: Outcome, answers: Mapping[str, Any]) -> str:
    """What the form of the fee is worth in law."""
    m, s, d = outcome.metrics, words.scenario, outcome.mine.deal
    if d.form == "free":
        return words.sentence("law_free")
    if d.form == "value":
        top = m["level"] * s.terms.top_value / (1e6 * s.life.imports / s.life.declarations)
        cost = model.cost(s, d, s.life.declarations / 1e6)
        return words.sentence("law_value", value=s.terms.top_value, pays=top, cost=cost)
    if answers.get(s.asked["law"]) == "contract":
        return words.sentence("law_unpublished")
    outgrown = round(1 - m["lawful"], 2)
    return words.sentence("law_outgrown", p=100 * outgrown) if outgrown else words.sentence("law_holds")


def _named(case: CaseSpec, words: Words, clauses: list[str]) -> str:
    """Clauses by name, in a row."""
    question = case.find(words.scenario.asked["clauses"])
    return _joined(words, [words.sentence("clause", label=question.find(c).label) for c in clauses])


def _price(case: CaseSpec, words: Words, outcome: Outcome) -> tuple[str, ...]:
    """The ceiling, the guarantee, the fee, the months, the data, and what was not won."""
    m, s, d, say = outcome.metrics, words.scenario, outcome.mine.deal, words.sentence
    lines = [say("cost_reach", p=100 * m["covered"])]
    if m["debt"]:
        lines.append(say("cost_debt", debt=m["debt"]))
    if d.route == "concession":
        if m["operator_fee"] > s.concession.fee:
            lines.append(say("cost_fee", fee=m["operator_fee"], before=s.concession.fee))
        if "guarantee" not in d.clauses:
            lines.append(say("cost_guarantee", n=s.concession.guarantee))
        if "data" not in d.clauses:
            lines.append(say("cost_data"))
    else:
        lines.append(say("cost_months", n=m["live"] - s.concession.month))
    if d.wait:
        lines.append(say("cost_wait", n=d.wait))
    unwon = [c for c in CLAUSES if c not in d.clauses and (d.route == "concession" or s.prices[c].bites)]
    unwon = [c for c in unwon if c != "small" or d.form == "flat"]
    if unwon:
        lines.append(say("cost_left", clauses=_named(case, words, unwon)))
    return tuple(lines)
