"""What follows from a four-year plan: is the money enough, what arrives when, for whom, and who was told no."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from itguide.consequences import Cause, Consequence
from itguide.consequences.portfolio_figures import Words, areas, cost, service, spend
from itguide.models import portfolio as model
from itguide.models.portfolio import Outcome
from itguide.models.portfolio_scenario import Scenario, starts_of
from itguide.spec import CaseSpec
from itguide.text import Say

CHOSEN, OMITTED = 3, 1  # how many causes of each sort are told


def explain(
    case: CaseSpec, scenario: Scenario, outcome: Outcome, answers: Mapping[str, Any], say: Say, previous: Outcome | None
) -> Consequence:
    """The sentence with the figure that matters, four pictures, and what it cost."""
    m = outcome.metrics
    values: dict[str, object] = {"p": 100 * m["p_enough"], "t": 100 * m["p_treasury_cut"]}
    kept = m["p_treasury_cut"] < 0.005
    if previous:
        values["before"] = 100 * previous.metrics["p_enough"]
        headline = say("sentence.headline_again_kept" if kept else "sentence.headline_again", **values)
    else:
        headline = say("sentence.headline_kept" if kept else "sentence.headline", **values)
    words = Words(case, scenario, say)
    drawn = [draw(words, outcome, previous) for draw in (spend, areas, service)]
    if "p_disclosed" in m:
        drawn.append(cost(words, outcome, previous, float(answers[scenario.disclosed])))
    return Consequence(headline, _lines(words, outcome, answers), tuple(drawn), _price(words, outcome))


def why(case: CaseSpec, scenario: Scenario, answers: Mapping[str, Any], say: Say) -> tuple[Cause, ...]:
    """One change at a time: the plan without each of its initiatives, and with the best of those left out.

    Tells the initiatives that bring most, the one that strains the money most, and the best one omitted.
    """
    words = Words(case, scenario, say)
    now = model.run(scenario, answers).metrics
    starts = starts_of(scenario, answers)
    brings, odds = {}, {}
    for item in starts:
        other = model.run(scenario, {**answers, scenario.plan: _without(scenario, starts, item)}).metrics
        brings[item] = now["value"] - other["value"]
        odds[item] = other["p_enough"] - now["p_enough"]
    missing = {}
    for item in (i.id for i in scenario.items if i.id not in starts):
        if all(r in starts for r in scenario.find(item).requires):
            more = starts | {item: _soonest(scenario, starts, item)}
            other = model.run(scenario, {**answers, scenario.plan: more}).metrics
            missing[item] = other["value"] - now["value"]
    told = sorted(brings, key=lambda i: -brings[i])[:CHOSEN]
    strain = max(odds, key=lambda i: odds[i], default="")
    if strain and strain not in told and odds[strain] > 0:
        told.append(strain)
    left_out = [i for i in sorted(missing, key=lambda i: -missing[i])[:OMITTED] if missing[i] > 0]
    scale = max([abs(brings[i]) for i in told] + [abs(missing[i]) for i in left_out] + [1.0])
    causes = [Cause(words.item(i), _effect(words, now, brings[i], odds[i]), brings[i] / scale) for i in told]
    causes += [
        Cause(say("sentence.why_omitted_label", label=words.item(i)),
              say("sentence.why_omitted", points=missing[i], count=round(missing[i]), cost=sum(scenario.find(i).cash),
                  staff=sum(scenario.find(i).staff)), -missing[i] / scale)
        for i in left_out
    ]  # fmt: skip
    return tuple(causes)


def _effect(words: Words, now: Mapping[str, float], points: float, odds: float) -> str:
    if abs(odds) < 0.005:
        return words.sentence("why_chosen_only", points=points, count=round(points))
    then = 100 * (now["p_enough"] + odds)
    return words.sentence("why_chosen", points=points, count=round(points), now=100 * now["p_enough"], then=then)


def _without(s: Scenario, starts: Mapping[str, int], item: str) -> dict[str, int]:
    """The plan without this initiative and without what stands on it."""
    return {i: n for i, n in starts.items() if i != item and item not in s.find(i).requires}


def _soonest(s: Scenario, starts: Mapping[str, int], item: str) -> int:
    """The first period in which this initiative could begin, money and people apart."""
    found = s.find(item)
    return max([1, *(starts[r] + found.lag for r in found.requires)])


def _lines(words: Words, outcome: Outcome, answers: Mapping[str, Any]) -> tuple[str, ...]:
    m, s = outcome.metrics, words.scenario
    lines = [words.sentence("value", value=m["value"], low=m["value_p10"])]
    lines.append(words.sentence("outage", mean=m["outage_days"], high=m["outage_p90"],
                                mean_nothing=m["outage_nothing"], high_nothing=m["outage_nothing_p90"]))  # fmt: skip
    if s.promise.item in outcome.starts and m["p_promise"] > 0:
        lines.append(words.sentence("promise_kept", p=100 * m["p_promise"]))
        if m["p_unready"] > 0:
            lines.append(words.sentence("promise_unready", u=100 * m["p_unready"], b=100 * m["p_blamed"]))
    else:
        lines.append(words.sentence("promise_not_kept", a=100 * m["p_angry"], cut=s.promise.anger_cut))
    if not m["inherited_fits"]:
        lines.append(words.sentence("inherited_differs"))
    if "p_disclosed" in m:
        given = float(answers[s.disclosed])
        lines.append(words.sentence("disclosed", p=100 * m["p_disclosed"], given=given, p80=m["cost_p80"]))
    return tuple(lines)


def _price(words: Words, outcome: Outcome) -> tuple[str, ...]:
    """Who was told no, what may be stopped, what lies idle."""
    s, m = words.scenario, outcome.metrics
    lines = [words.sentence(f"no_{i.id}") for i in s.items if i.id not in outcome.starts]
    lines += [
        words.sentence("stopped", label=words.item(i), p=100 * p)
        for i, p in sorted(outcome.stopped.items(), key=lambda pair: -pair[1]) if p >= 0.02
    ]  # fmt: skip
    lines.append(words.sentence("reserve", reserve=m["reserve"], late=m["reserve_late"]))
    lines.append(words.sentence("idle", n=m["idle_staff"], total=sum(s.staff)))
    return tuple(lines)
