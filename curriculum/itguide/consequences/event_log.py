"""What follows from a published release time: what it hides, who will quote another figure, what it charges to whom."""

from __future__ import annotations

from collections.abc import Mapping
from math import log
from typing import Any

from itguide.consequences import Cause, Consequence
from itguide.consequences.event_log_figures import Words, hundred, journey, readers
from itguide.models import event_log as model
from itguide.models.event_log import Outcome
from itguide.models.event_log_scenario import ELEMENTS, Scenario
from itguide.spec import CaseSpec
from itguide.text import Say


def explain(
    case: CaseSpec, scenario: Scenario, outcome: Outcome, answers: Mapping[str, Any], say: Say, previous: Outcome | None
) -> Consequence:
    """The figure with what it hides, three pictures, and the sentences others will say about it."""
    words = Words(case, scenario, say)
    low, high = words.extremes(outcome)
    values: dict[str, object] = {"figure": words.figure(outcome), "n": 100 * outcome.metrics["beyond"],
                                 "least": low, "most": high}  # fmt: skip
    office = outcome.definition.clock == "office"
    if previous:
        name = "headline_again_office" if office else "headline_again"
        headline = words.sentence(name, before=words.figure(previous), **values)
    else:
        headline = words.sentence("headline_office" if office else "headline", **values)
    drawn = (hundred(words, outcome, previous), readers(words, outcome), journey(words, outcome))
    return Consequence(headline, _lines(words, outcome, answers), drawn, _price(words, outcome, answers))


def why(case: CaseSpec, scenario: Scenario, answers: Mapping[str, Any], say: Say) -> tuple[Cause, ...]:
    """One choice at a time: for each of the four elements the other answer that moves the figure most."""
    words, now = Words(case, scenario, say), model.run(scenario, answers)
    found: list[tuple[str, str, float]] = []
    for element in ELEMENTS:
        question, chosen = scenario.asked[element], getattr(now.definition, element)
        tried = {
            o.id: model.run(scenario, {**answers, question: o.id}) for o in case.find(question).option if o.id != chosen
        }
        moved = {i: log(_at_least(o) / _at_least(now)) for i, o in tried.items()}
        other = max(moved, key=lambda i: abs(moved[i]))
        effect = words.sentence("why_choice", other=words.option(element, other), there=words.figure(tried[other]),
                                here=words.figure(now))  # fmt: skip
        found.append((words.option(element, chosen), effect, moved[other]))
    scale = max([abs(change) for *_, change in found] + [log(scenario.alike)])
    found.sort(key=lambda cause: -abs(cause[2]))
    return tuple(Cause(label, effect, round(change / scale, 3)) for label, effect, change in found)


def _at_least(outcome: Outcome) -> float:
    """The figure in hours; a tenth of an hour where it is less, so that it can be divided by."""
    return max(outcome.metrics["figure"], 0.1)


def _lines(words: Words, outcome: Outcome, answers: Mapping[str, Any]) -> tuple[str, ...]:
    m, s = outcome.metrics, words.scenario
    lines = []
    purpose = answers.get(s.asked["purpose"])
    if "fit" in m:
        theirs = next(r for r in outcome.readings if r.reader == s.purposes[str(purpose)].reader)
        n, named = 4 * m["fit"], words.option("purpose", str(purpose))
        june = words.amount(theirs.hours, theirs.clock)
        lines.append(words.sentence("serves", purpose=named, n=n, count=n, theirs=june))
    ours, published = words.published("neighbour", outcome)
    now, then = words.published("last_year", outcome)
    lines.append(words.sentence("compare", ours=ours, theirs=published, now=now, then=then))
    by = words.held(outcome)
    lines.append(words.sentence("held", **by))
    for claim, reader in s.claims.items():
        if claim not in (answers.get(s.asked["beside"]) or ()) or words.carried(claim, outcome):
            continue
        if reader == model.CLAIM_FREE:
            lines.append(words.sentence(f"claim_{claim}", held=by["customs"]))
        else:
            mine, theirs_there = words.published(reader, outcome)
            lines.append(words.sentence(f"claim_{claim}", ours=mine, theirs=theirs_there))
    return tuple(lines)


def _price(words: Words, outcome: Outcome, answers: Mapping[str, Any]) -> tuple[str, ...]:
    """Who will quote another figure without finding it in the announcement, and who answers for the disputed wait."""
    s, lines = words.scenario, []
    for reading in sorted(outcome.readings, key=lambda r: -model.apart(s, r)):
        if s.reader(reading.reader).sentence and model.apart(s, reading) and not reading.said:
            theirs = words.amount(reading.hours, reading.clock)
            lines.append(words.sentence(f"quote_{reading.reader}", theirs=theirs, figure=words.figure(outcome)))
    if not lines:
        lines.append(words.sentence("all_said"))
    charged = answers.get(s.asked["charged"])
    if charged:
        lines.append(words.sentence(f"cost_{charged}", hours=words.amount(outcome.metrics["disputed"])))
    return tuple(lines)
