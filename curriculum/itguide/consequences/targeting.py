"""What follows from a quarter's exams: what they find, what may be said of the rest, what is still seen next year."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from itguide.consequences import Cause, Consequence
from itguide.consequences.targeting_figures import Words, course, lists, rates, years
from itguide.models import targeting as model
from itguide.models.targeting import Outcome
from itguide.models.targeting_scenario import AIMS, Scenario
from itguide.spec import CaseSpec
from itguide.text import Say

GIVEN = ("lot", "officers", "partners")  # lists whose exams could go down the score's instead


def explain(
    case: CaseSpec, scenario: Scenario, outcome: Outcome, answers: Mapping[str, Any], say: Say, previous: Outcome | None
) -> Consequence:
    """Found today and kept next year in one sentence; then the four pictures, and what it cost."""
    m, words = outcome.metrics, Words(scenario, say)
    values: dict[str, object] = {"found": m["recall"], "kept": 100 * m["kept"]}
    name = "headline"
    if previous:
        was = previous.metrics
        name, values = "headline_again", {**values, "found_before": was["recall"], "kept_before": 100 * was["kept"]}
    without = model.run(scenario, model.without_lot(scenario, answers)) if outcome.exams["lot"] else None
    drawn = (years(words, outcome, without), lists(words, outcome), rates(words, outcome, answers),
             course(words, outcome, without))  # fmt: skip
    lines = _lines(words, outcome, without)
    return Consequence(words.sentence(name, **values), lines, drawn, _price(words, outcome, answers))


def why(case: CaseSpec, scenario: Scenario, answers: Mapping[str, Any], say: Say) -> tuple[Cause, ...]:
    """One change at a time: each list's exams given to the score, each rule the other way that moves most."""
    words = Words(scenario, say)
    exams, now = dict(answers.get(scenario.asked["exams"]) or {}), model.run(scenario, answers).metrics
    found: list[tuple[str, str, float]] = []

    def told(label: str, effect: str, there: Mapping[str, float], **more: object) -> None:
        says = words.sentence(
            effect, hits=there["hits"], here=now["hits"], there=100 * there["kept"], kept=100 * now["kept"],
            harm=there["harm"], harm_here=now["harm"], **more,
        )  # fmt: skip
        found.append((label, says, now["kept"] - there["kept"]))

    for name in GIVEN:
        if n := exams.get(name, 0):
            other = {**exams, name: 0, "score": exams.get("score", 0) + n}
            there = model.run(scenario, {**answers, scenario.asked["exams"]: other}).metrics
            told(words.sentence(f"why_{name}_label", n=n), "why_lot" if name == "lot" else "why_harm", there)
    for name in ("override", "importer"):
        question = scenario.asked[name]
        chosen = answers.get(question)
        options = {o.id: o.label for o in case.find(question).option}
        if chosen not in options:
            continue
        tried = {i: model.run(scenario, {**answers, question: i}).metrics for i in options if i != chosen}
        most = max(tried, key=lambda i: abs(tried[i]["kept"] - now["kept"]))
        told(options[str(chosen)], "why_choice", tried[most], other=options[most])
    scale = max([abs(moved) for *_, moved in found] + [0.05])
    found.sort(key=lambda cause: -abs(cause[2]))
    return tuple(Cause(label, effect, round(moved / scale, 3)) for label, effect, moved in found)


def _lines(words: Words, outcome: Outcome, without: Outcome | None) -> tuple[str, ...]:
    m, s = outcome.metrics, words.scenario
    lines = [
        words.sentence("hits", hits=m["hits"], exams=sum(outcome.exams.values()), missed=m["infringing"] - m["hits"],
                       paper=m["paper_share"]),
        words.sentence("revenue", revenue=m["revenue"], low=m["revenue_low"], high=m["revenue_high"],
                       stake=m["at_stake"], harm=m["harm"], all=m["harm_all"]),
    ]  # fmt: skip
    if "coherence" in m:
        attained = {aim: 100 * m[f"attained_{aim}"] for aim in AIMS}
        lines.append(words.sentence("coherent", p=100 * m["coherence"], **attained))
    if outcome.exams["lot"]:
        told = {name: m[f"rate_{name}"] for name in ("low", "high", "true")}
        lines.append(words.sentence("rate", n=m["lot_hits"], lot=outcome.exams["lot"], rate=m["rate_found"],
                                    hit=m["hit_rate"], **told))  # fmt: skip
    else:
        lines.append(words.sentence("rate_none", hit=m["hit_rate"]))
    if "margin" in m:
        lines.append(_promise(words, m))
    if m["p_noticed"] > 0:
        lines.append(words.sentence("noticed", early=100 * m["p_early"], late=100 * m["p_noticed"]))
    else:
        lines.append(words.sentence("noticed_never"))
    if without:
        lines.append(words.sentence("blind", n=m["worlds_blind"], worlds=m["worlds"], share=100 * s.blind,
                                    without=without.metrics["worlds_blind"]))  # fmt: skip
    return tuple(lines)


def _promise(words: Words, m: Mapping[str, float]) -> str:
    if "covers" not in m or "margin_bought" not in m:
        return words.sentence("promise_void", margin=m["margin"])
    if m["margin"] >= m["margin_bought"] - 1e-9:
        return words.sentence("promise_kept", margin=m["margin"], bought=m["margin_bought"])
    return words.sentence("promise_broken", margin=m["margin"], bought=m["margin_bought"], covers=100 * m["covers"])


def _price(words: Words, outcome: Outcome, answers: Mapping[str, Any]) -> tuple[str, ...]:
    """The boxes opened for nothing, the finds given for certainty, and who was trusted."""
    m, s = outcome.metrics, words.scenario
    plan = model.plan_of(s, answers)
    lines = [words.sentence("cost_empty", empty=m["empty"], hours=round(m["empty"] * s.exam_hours, -3),
                            cost=round(m["empty"] * s.exam_cost / 1e6, 1))]  # fmt: skip
    if outcome.exams["lot"]:
        lines.append(words.sentence("cost_lot", hits=m["price_hits"], revenue=m["price_revenue"]))
    else:
        lines.append(words.sentence("cost_no_lot"))
    if plan.lane.members:
        lines.append(words.sentence("cost_lane" if plan.lane.lottery else "cost_lane_dark"))
    if plan.override.leak:
        lines.append(words.sentence("cost_leak", n=100 * plan.override.leak))
    return tuple(lines)
