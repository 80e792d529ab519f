"""What follows from a night without a system: the queue, the morning's voices, and what was funded long before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from itguide.consequences import Cause, Consequence, Figure
from itguide.consequences.incident_figures import ledger, queue
from itguide.models import incident as model
from itguide.models.incident import Course, Outcome
from itguide.models.incident_scenario import MEANS, Scenario
from itguide.spec import CaseSpec
from itguide.text import Say

DIGITS = {"goods": 0, "revenue": 2, "trust": 0}  # as sentences write each duty: a smaller difference is none
LITTLE = 20.0  # containers: a smaller difference is none
STEP = 12  # hours between two rows of a table


def explain(
    case: CaseSpec, scenario: Scenario, outcome: Outcome, answers: Mapping[str, Any], say: Say, previous: Outcome | None
) -> Consequence:
    """The queue and the hour of return, the morning's voices, two pictures, and the price."""
    m, words = outcome.metrics, _Words(case, scenario, say)
    name = "headline_risk" if m["back_bad"] - m["back_likely"] > 1 else "headline"
    headline = words.sentence(
        name, queue=m["queue_72"], usual=words.usual, back=m["back_likely"], bad=m["back_bad"],
        p=100 * (1 - m["p_likely"]),
    )  # fmt: skip
    worth = _worth(scenario, outcome, answers)
    drawn = (_queue(words, outcome, answers, worth), _means(words, outcome, worth))
    return Consequence(headline, _lines(words, outcome, answers, previous), drawn, _price(words, outcome, answers))


def why(case: CaseSpec, scenario: Scenario, answers: Mapping[str, Any], say: Say) -> tuple[Cause, ...]:
    """One order at a time put the other way, and what that does to the duty put first."""
    words, asked = _Words(case, scenario, say), scenario.asked
    duty = str(answers.get(asked["duty"]) or "goods")

    def measure(changed: Mapping[str, Any]) -> float:
        m = model.run(scenario, {**answers, **changed}).metrics
        return {"goods": (m["wait"] + m["wait_first"]) / 2, "trust": m["trust"],
                "revenue": m["lost"] + scenario.late_cost * m["late"]}[duty]  # fmt: skip

    now, found = measure({}), []
    others: tuple[tuple[str, Any, str], ...] = (
        ("funded", [], words.sentence("why_nothing")),
        *_turned(words, answers),
        ("says", [i for i, worth in scenario.words.worth.items() if worth < 0][:1], words.sentence("says_less")),
    )
    for name, value, label in others:
        then = measure({asked[name]: value})
        better = now - then if duty == "trust" else then - now
        same = round(then, DIGITS[duty]) == round(now, DIGITS[duty])
        effect = "why_same" if same else f"why_{duty}"
        found.append((name, words.sentence(effect, other=label, then=then, now=now), 0.0 if same else better))
    scale = max([abs(b) for *_, b in found] + [0.01])
    return tuple(Cause(words.sentence(f"why_{name}"), effect, better / scale) for name, effect, better in found)


def _turned(words: _Words, answers: Mapping[str, Any]) -> tuple[tuple[str, Any, str], ...]:
    """The other way for each order of the night that is a choice."""
    asked = words.scenario.asked
    ways = {"links": ("cut", "keep"), "release": ("none", "trusted"), "restore": ("now", "test")}
    found = []
    for name, (one, two) in ways.items():
        other = two if answers.get(asked[name]) == one else one
        found.append((name, other, words.option(name, other)))
    return tuple(found)


class _Words:
    """The case's words: sentences, and the labels of what can be chosen."""

    def __init__(self, case: CaseSpec, scenario: Scenario, say: Say) -> None:
        self.case, self.scenario, self.say = case, scenario, say
        self.usual = sum(t.waiting for t in scenario.streams)

    def sentence(self, name: str, **values: object) -> str:
        return self.say(f"sentence.{name}", **values)

    def option(self, name: str, option: str) -> str:
        return self.case.find(self.scenario.asked[name]).find(option).label

    def number(self, n: float) -> str:
        return self.sentence("means_says", n=round(n) + 0.0).replace("-", "−")


def _dollars(millions: float) -> float:
    """Dollars, to two figures: what an expectation of this kind can carry."""
    return float(f"{millions * 1e6:.2g}")


def _lines(words: _Words, outcome: Outcome, answers: Mapping[str, Any], previous: Outcome | None) -> tuple[str, ...]:
    m, o = outcome.metrics, outcome.order
    lines = []
    if previous:
        was = previous.metrics
        lines.append(words.sentence("before", queue=was["queue_72"], back=was["back_mean"], mean=m["back_mean"]))
    if "contacts" not in o.funded:
        lines.append(words.sentence("late", n=words.scenario.orders.late))
    lines.append(_news(words, outcome))
    if o.release == "none" or not m["undertaken_most"]:
        lines.append(words.sentence("audit_none"))
    else:
        logged = "audit_logged" if "paper" in o.funded else "audit_unlogged"
        lines.append(words.sentence(logged, u=m["undertaken"], lost=_dollars(m["lost"])))
    if m["evidence"] < 0.5:
        lines.append(words.sentence("audit_traces"))
    bank = "bank_cut" if not m["p_bank"] else "bank_watched" if m["p_bank"] < 0.2 else "bank_hit"
    lines.append(words.sentence(bank, p=100 * m["p_bank"]))
    duty = answers.get(words.scenario.asked["duty"])
    if duty in words.scenario.spans:
        served = {d: 100 * m[f"served_{d}"] for d in words.scenario.spans}
        lines.append(words.sentence("duty", **served, first=words.option("duty", str(duty))))
    return tuple(lines)


def _news(words: _Words, outcome: Outcome) -> str:
    """What the newspaper makes of it: the worst thing first."""
    m, o, s = outcome.metrics, outcome.order, words.scenario.words
    if any(s.worth[sentence] < 0 for sentence in o.says):
        return words.sentence("news_untrue")
    if m["p_second"] >= 0.2:
        return words.sentence("news_twice", p=100 * m["p_second"])
    if m["wait_first"] > 4:
        return words.sentence("news_hospital", n=m["wait_first"])
    if m["undertaken_most"] >= 1 and s.release not in o.says:
        return words.sentence("news_release")
    if m["candour"] < 0.6:
        return words.sentence("news_names")
    return words.sentence("news_plain")


def _price(words: _Words, outcome: Outcome, answers: Mapping[str, Any]) -> tuple[str, ...]:
    m, o = outcome.metrics, outcome.order
    lines = []
    if m["undertaken_most"]:
        lost = _dollars(m["lost"])
        lines.append(words.sentence("cost_undertaken", u=m["undertaken"], most=m["undertaken_most"], lost=lost))
        lines.append(words.sentence("cost_key", n=m["paper"]))
    lines.append(words.sentence("cost_late", late=m["late"]))
    if o.restore == "rebuild" and "offline" in o.funded:
        lines.append(words.sentence("cost_old"))
    if m["full"] >= 1:
        lines.append(words.sentence("cost_full", n=m["full"]))
    if m["p_broken"] > 0:
        lines.append(words.sentence("cost_words", p=100 * m["p_broken"]))
    funded = answers.get(words.scenario.asked["funded"]) or ()
    if funded:
        listed = "; ".join(words.option("funded", i) for i in funded)
        lines.append(words.sentence("cost_funded", list=listed))
    return tuple(lines)


# ---- what was funded


def _days(s: Scenario, courses: tuple[Course, ...]) -> float:
    """Container-days of waiting beyond the usual, expected over all futures."""
    usual = sum(t.waiting for t in s.streams)
    return sum(c.future.chance * sum(max(sum(w) - usual, 0.0) for w in c.waiting[1:]) for c in courses) / 24


def _worth(s: Scenario, outcome: Outcome, answers: Mapping[str, Any]) -> dict[str, tuple[float, tuple[Course, ...]]]:
    """For each thing: container-days saved if it was funded, lost (negative) if not; and the courses the other way.

    What the model does not know changes nothing, and needs no run.
    """
    question = s.asked["funded"]
    funded, now = list(answers.get(question) or ()), _days(s, outcome.courses)
    found = {}
    for means in MEANS:
        turned = [f for f in funded if f != means] if means in funded else [*funded, means]
        _, other = model.follow(s, {**answers, question: turned})
        found[means] = (round(_days(s, other) - now, 1), other)
    return found


def _queue(
    words: _Words, outcome: Outcome, answers: Mapping[str, Any], worth: Mapping[str, tuple[float, tuple[Course, ...]]]
) -> Figure:
    """The queue as decided, against the same night with the one thing that was missed most."""
    s, now = words.scenario, model.expected(outcome.courses)
    missed = {means: lost for means, (lost, _) in worth.items() if lost < 0 and means not in outcome.order.funded}
    most = min(missed, key=lambda means: missed[means]) if missed else ""
    # The tested copy is what the night turns on; something else only if it moves the queue clearly more.
    if most and "drill" in missed and missed["drill"] < 0.6 * missed[most]:
        most = "drill"
    other = model.expected(worth[most][1]) if most else None
    fewer = now[s.port.counted] - other[s.port.counted] if other else 0.0
    name = words.option("funded", most) if most else ""
    if other and fewer >= LITTLE:
        title = words.sentence("queue_title_missed", means=name, n=round(fewer, -1))
    else:
        title, other = words.sentence("queue_title_little"), None
    by_hour = [[c.queue(h) for c in outcome.courses if c.future.chance >= model.RARE] for h in range(len(now))]
    low, high = [min(v) for v in by_hour], [max(v) for v in by_hour]
    alt = words.sentence("queue_alt")
    svg = queue(
        now, low, high, other, id="incident-queue", title=title, alt=alt, number=words.number,
        unit=words.sentence("queue_unit"), usual=words.usual, room=s.port.room, watched=s.port.watched,
        names={"now": words.sentence("queue_now"), "usual": words.sentence("queue_usual", n=words.usual),
               "room": words.sentence("queue_room"), "band": words.sentence("queue_band"),
               "other": words.sentence("queue_other", means=name)},
        marks=[(hour, words.sentence(f"mark_{n}")) for n, hour in
               (("links", s.orders.links), ("release", s.orders.release), ("restore", s.orders.restore),
                ("says", s.orders.says))],
        day=lambda n: words.sentence("queue_day", n=n),
    )  # fmt: skip
    series = [now, low, high, *([other] if other else [])]
    rows = tuple(tuple(words.number(v) for v in (h, *(line[h] for line in series))) for h in range(0, len(now), STEP))
    columns = ["hour", "now", "lucky", "unlucky", *(["other"] if other else [])]
    heads = tuple(words.sentence(f"column_{c}", means=name) for c in columns)
    return Figure("queue", title, svg, alt, heads, rows, words.sentence("source"))


def _means(words: _Words, outcome: Outcome, worth: Mapping[str, tuple[float, tuple[Course, ...]]]) -> Figure:
    """What each thing funded was worth in the night, and what each not funded would have been."""
    listed = [o.id for o in words.case.find(words.scenario.asked["funded"]).option]
    funded = outcome.order.funded
    bars = []
    for means in listed:
        label = words.sentence("funded_yes" if means in funded else "funded_no", means=words.option("funded", means))
        bars.append((label, round(worth[means][0], -1) if means in worth else 0.0))
    best = max(funded & set(worth), key=lambda i: worth[i][0], default="")
    useful = best and worth[best][0] >= 1
    title = words.sentence("means_title" if useful else "means_title_none",
                           means=words.option("funded", best) if best else "",
                           n=round(worth[best][0], -1) if best else 0.0)  # fmt: skip
    alt = words.sentence("means_alt")
    svg = ledger(bars, id="incident-means", title=title, alt=alt, number=words.number)
    rows = tuple((label, words.number(value)) for label, value in bars)
    heads = (words.sentence("column_means"), words.sentence("column_days"))
    return Figure("means", title, svg, alt, heads, rows, words.sentence("source"))
