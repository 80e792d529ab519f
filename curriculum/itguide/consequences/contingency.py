"""What follows from a contract, a reserve and a rule: the bad tenth and its story, the figure announced, the price."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from itguide.consequences import Cause, Consequence, Figure
from itguide.consequences.contingency_figures import Words, announced, fates, money, others
from itguide.models import contingency as model
from itguide.models.contingency import Outcome, Story
from itguide.models.contingency_scenario import Scenario
from itguide.spec import CaseSpec
from itguide.text import Say

CHOICES = ("shape", "stop", "measure", "who", "holder")
SAME = 0.05  # US$ m: a smaller difference is not seen in a sentence


def explain(
    case: CaseSpec, scenario: Scenario, outcome: Outcome, answers: Mapping[str, Any], say: Say, previous: Outcome | None
) -> Consequence:
    """The sentence with the figure that matters, the story of the worst tenth, four pictures, and what it cost."""
    m, words = outcome.metrics, Words(case, scenario, say)
    values: dict[str, object] = {"p90": m["cost_p90"], "all": 100 * m["p_all"]}
    if previous:
        was = previous.metrics
        headline = say("sentence.headline_again", before=was["cost_p90"], all_before=100 * was["p_all"], **values)
    else:
        headline = say("sentence.headline", time=100 * m["p_in_time"], deadline=scenario.deadline, **values)
    drawn: list[Figure] = [money(words, outcome, previous), others(words, outcome, previous)]
    drawn.append(fates(words, outcome, previous))
    if "p_announced" in m:
        drawn.append(announced(words, outcome, previous, float(answers[scenario.asked["figure"]])))
    lines = _lines(words, outcome, answers)
    if not previous:  # the prediction is locked with the first decision: here is its answer
        asked = words.sentence("prediction", high=next(iter(model.rivals(scenario).values())).cost_band[2])
        lines = (asked, *lines)
    return Consequence(headline, lines, tuple(drawn), _price(words, outcome))


def why(case: CaseSpec, scenario: Scenario, answers: Mapping[str, Any], say: Say) -> tuple[Cause, ...]:
    """One change at a time: for each choice the other answer that moves the worst tenth most; then half the reserve."""
    words, now = Words(case, scenario, say), model.run(scenario, answers).metrics
    found: list[tuple[str, str, float]] = []
    for name in CHOICES:
        question = scenario.asked[name]
        chosen = answers.get(question)
        if chosen is None:
            continue
        tried = {o.id: model.run(scenario, {**answers, question: o.id}).metrics
                 for o in case.find(question).option if o.id != chosen}  # fmt: skip
        other = max(tried, key=lambda i: abs(tried[i]["worst_mean"] - now["worst_mean"]))
        there = tried[other]
        if all(abs(t["worst_mean"] - now["worst_mean"]) < SAME and t["p_all"] == now["p_all"] for t in tried.values()):
            found.append((words.option(name, str(chosen)), words.sentence("why_same"), 0.0))
            continue
        effect = words.sentence(
            "why_choice", other=words.option(name, other), there=there["worst_mean"], here=now["worst_mean"],
            all_there=100 * there["p_all"], all_here=100 * now["p_all"],
        )  # fmt: skip
        found.append((words.option(name, str(chosen)), effect, there["worst_mean"] - now["worst_mean"]))
    if now["reserve"] > 0:
        there = model.run(scenario, {**answers, scenario.asked["reserve"]: now["reserve"] / 2}).metrics
        label = words.sentence("why_reserve_label", reserve=now["reserve"])
        effect = words.sentence(
            "why_reserve", there=100 * there["p_unfunded"], here=100 * now["p_unfunded"],
            all_there=100 * there["p_all"], all_here=100 * now["p_all"],
        )  # fmt: skip
        found.append((label, effect, there["worst_mean"] - now["worst_mean"]))
    scale = max([abs(moved) for *_, moved in found] + [1.0])
    found.sort(key=lambda cause: -abs(cause[2]))
    return tuple(Cause(label, effect, round(moved / scale, 3)) for label, effect, moved in found)


def _lines(words: Words, outcome: Outcome, answers: Mapping[str, Any]) -> tuple[str, ...]:
    m, s, story = outcome.metrics, words.scenario, outcome.story
    lines = [
        words.sentence("middle", p50=m["cost_p50"], p80=m["cost_p80"], base=m["base"], reserve=m["reserve"]),
        words.sentence("worst", mean=m["worst_mean"], nothing=100 * m["worst_nothing"], whole=100 * m["worst_whole"]),
        words.sentence(
            _story(s, story, answers), part=_part(words, answers, story.part), times=story.times, month=story.month,
            cost=story.cost, n=story.delivered, total=len(s.modules),
        ),
    ]  # fmt: skip
    if "p_fear" in m:
        lines.append(
            words.sentence("kept_away", fear=words.option("fear", str(answers[s.asked["fear"]])), p=100 * m["p_fear"],
                           least=100 * m["fear_least"], most=100 * m["fear_most"])
        )  # fmt: skip
    if "p_announced" in m:
        given = float(answers[s.asked["figure"]])
        if m.get("announced_gap", 0.0) > 0:
            right = m["at_level"]
            level = words.option("level", str(answers[s.asked["level"]]))
            lines.append(
                words.sentence("announced_level", p=100 * m["p_announced"], figure=given, right=right, level=level)
            )
        else:
            lines.append(words.sentence("announced", p=100 * m["p_announced"], figure=given))
    if m["usable"] < 1:
        lines.append(words.sentence("unusable", n=100 * (1 - m["usable"])))
    return tuple(lines)


def _story(s: Scenario, story: Story, answers: Mapping[str, Any]) -> str:
    """Which sentence tells the story: what ran to its end under a rule it never reached is told as such."""
    multiple = s.stops.get(str(answers.get(s.asked["stop"])), math.inf)
    if story.kind == "ran" and story.times < multiple < math.inf:
        return "story_short"
    return f"story_{story.kind}"


def _part(words: Words, answers: Mapping[str, Any], part: int) -> str:
    """What a part is called: the contract, the first or second stage, or a module."""
    plan = model.plan_of(words.scenario, answers)
    if len(plan.parts) == 1:
        return words.sentence("part_one")
    if len(plan.parts) == 2:
        return words.sentence("part_second" if part else "part_first")
    return words.option("order", words.scenario.modules[plan.parts[part][0]].id)


def _price(words: Words, outcome: Outcome) -> tuple[str, ...]:
    """What lies idle, what is wasted, what division costs, who is stopped, who goes begging."""
    m, lines = outcome.metrics, []
    if m["reserve"] > 0:
        lines.append(words.sentence("cost_reserve" if m["idle"] > 0 else "cost_reserve_used", reserve=m["reserve"],
                                    idle=m["idle"]))  # fmt: skip
    if m["waste"] > 0:
        lines.append(words.sentence("cost_waste", waste=m["waste"]))
    if m["base"] > words.scenario.estimate:
        lines.append(words.sentence("cost_overhead", extra=m["base"] - words.scenario.estimate))
    if m["p_stopped"] > 0:
        lines.append(words.sentence("cost_broken", p=100 * m["p_stopped"], count=round(100 * m["p_stopped"])))
    if m["p_unfunded"] > 0:
        begs, refused = 100 * m["p_unfunded"], 100 * m["p_refused"]
        lines.append(words.sentence("cost_beg", p=begs, r=refused, count=round(begs)))
    else:
        lines.append(words.sentence("cost_beg_never"))
    return tuple(lines)
