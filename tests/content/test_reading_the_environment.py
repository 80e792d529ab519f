"""The case of the two pages: texts agree with figures, the key with its exemplars, the paper kit with the model.

`python tests/content/test_reading_the_environment.py` writes the made part of the paper kit; the test compares.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from itguide import keys, scoring
from itguide.consequences import futures as told
from itguide.content import case_text, load_case, references
from itguide.examples import example_sheet, examples
from itguide.grading_cells import blank_sheet
from itguide.models import futures
from itguide.preflight import case_problems
from itguide.text import SOURCE, case_say, units

SLUG = "reading_the_environment"
ROOT = Path(__file__).resolve().parents[2]
KIT = ROOT / "curriculum" / "guide" / f"{SLUG}_kit.md"
MADE = f"<!-- What follows is made by `python tests/content/test_{SLUG}.py`; edit the case instead. -->"
CASE = load_case(SLUG)
SCENARIO = futures.scenario(CASE)
FACTS = CASE.find("facts")

# Eight typical decisions: name, how to recognise them, brief, let go.
DECISIONS = (
    ("The fiscal reader", "debt and free zone in; one line on the core system",
     "debt free_zone election neighbour support_end", "chain ai"),
    ("The people reader", "retirement and end of support in; nothing on money",
     "retirement support_end intrusion agencies drought", "chain election"),
    ("The keeper of promises", "artificial intelligence in, with the dates notified",
     "ai tfa debt neighbour retirement", "chain intrusion"),
    ("The trade reader", "two or three of neighbour, agencies, dry season",
     "neighbour agencies drought debt retirement", "chain ai"),
    ("The headlines", "nothing in that has fewer than fifty articles",
     "ai election chain parcels free_zone", "insurer support_end"),
    ("The computer department", "four of five technological or about skills",
     "ai chain support_end intrusion recruits", "neighbour agencies"),
    ("One from each corner", "five headings, one line each",
     "election debt retirement ai drought", "chain intrusion"),
    ("Nothing from the newspapers", "five that nobody has mentioned",
     "phase_out agencies drought retirement support_end", "chain ai"),
)  # fmt: skip


def answers(brief: str, stop: str) -> dict[str, dict[str, str]]:
    """A typical decision as a round holds it."""
    return {"facts": {**dict.fromkeys(brief.split(), "brief"), **dict.fromkeys(stop.split(), "stop")}}


def made() -> str:
    """The made part of the paper kit: cards, what the futures say, results."""
    labels = {o.id: o.label for o in FACTS.option}
    headings = {g.id: g.label for g in FACTS.group}
    say = case_say(CASE, SOURCE)
    names = {n: say(f"sentence.name_{n}") for n in SCENARIO.futures}
    out = [f"## The cards ({len(FACTS.option)}, A5)"]
    for option in FACTS.option:
        out += [f"### {option.label}", f"*{headings[option.group or '']}*", _in_line(option.detail)]
    out.append("## Three sealed envelopes")
    for n in SCENARIO.futures:
        facts = [f for f in SCENARIO.facts if f.says.get(n)]
        out += [say(f"sentence.story_{n}"),
                "Outright: " + "; ".join(labels[f.id] for f in facts if f.says[n] == futures.OUTRIGHT)
                + ". A hint: " + "; ".join(labels[f.id] for f in facts if f.says[n] == futures.HINT) + "."]  # fmt: skip
    out.append("## Who could know it, and until when (facilitator)")
    rows = ["| Fact | Articles in a year | Last month to act | Seen by all, month |", "|---|---|---|---|"]
    rows += [
        f"| {labels[f.id]} | {f.articles:.0f} | {f.act:.0f} | {f.seen or 'already':{'.0f' if f.seen else ''}} |"
        for f in SCENARIO.facts
    ]
    out += ["\n".join(rows), f"## Results for {len(DECISIONS)} typical decisions (facilitator)"]
    rows = [f"| | nearest if | {' | '.join(names.values())} | too late without you |", "|---" * (len(names) + 3) + "|"]
    told_ = []
    for name, nearest, brief, stop in DECISIONS:
        given = answers(brief, stop)
        outcome = futures.run(SCENARIO, given)
        seen = " | ".join(f"{100 * outcome.chance[n]:.0f}" for n in names)
        rows.append(f"| **{name}** | {nearest} | {seen} | {outcome.metrics['quiet']:.0f} of five |")
        causes = told.why(CASE, SCENARIO, given, say)
        told_ += [
            f"### {name}",
            f"In the brief: {_listed(labels, outcome.brief)}. Let go: {_listed(labels, outcome.stop)}.",
            f"**{told.explain(CASE, SCENARIO, outcome, given, say, None).headline}**",
            "\n".join(f"- {c.label}. {c.effect}" for c in causes),
        ]
    alone = " | ".join(f"{100 * c:.0f}" for c in futures.alone(SCENARIO).values())
    rows.append(f"| *No brief at all* | | {alone} | |")
    return "\n\n".join([*out, "\n".join(rows), *told_]) + "\n"


def _listed(labels: dict[str, str], facts: tuple[str, ...]) -> str:
    return "; ".join(labels[f] for f in facts)


def _in_line(detail: str) -> str:
    return re.sub(r"\[ref:(\w+)\]", lambda m: f"({references()[m[1]].publisher}, {references()[m[1]].year})", detail)


# ------------------------------------------------------------ key


def test_exemplars_blank_and_samples_earn_what_is_said():
    assert case_problems(SLUG) == []
    key = keys.load_key(SLUG)
    assert scoring.score(CASE, key, blank_sheet(CASE)).points == 0
    for example in examples(SLUG, "exemplars"):
        score = scoring.score(CASE, key, example_sheet(CASE, example))
        assert score.points == score.maximum == 28, example.name


def test_exemplars_differ_materially():
    briefs = [{f for f, place in e.answers["facts"].items() if place == "brief"} for e in examples(SLUG, "exemplars")]
    assert len(briefs) == 3
    for n, one in enumerate(briefs):
        for other in briefs[n + 1 :]:
            assert len(one & other) <= 2
    declared = {e.answers["unforgiven"] for e in examples(SLUG, "exemplars")}
    assert len(declared) == 3


def test_no_single_fact_is_needed():
    """Full marks can be had without any one of the sixteen: the key wants a choice, not our choice."""
    exemplars = examples(SLUG, "exemplars")
    assert not [o.id for o in FACTS.option if all(e.answers["facts"].get(o.id) == "brief" for e in exemplars)]


@pytest.mark.parametrize("other", ["trade", "word", "standstill"])
def test_the_same_brief_under_another_declaration_earns_less(other):
    key = keys.load_key(SLUG)
    fiscal = next(e for e in examples(SLUG, "exemplars") if e.answers["unforgiven"] == "money")
    turned = fiscal.model_copy(update={"answers": {**fiscal.answers, "unforgiven": other}})
    assert scoring.score(CASE, key, example_sheet(CASE, turned)).find("unforgiven").points < 6


@pytest.mark.parametrize(
    "change", [{"outright": 0.5}, {"outright": 0.7}, {"hint": 0.15}, {"hint": 0.25}, {"quiet_watched": 0.05},
               {"quiet_watched": 0.2}, {"loud_stopped": 0.1}],
)  # fmt: skip
def test_marks_do_not_hang_on_an_invented_figure(change):
    """Exemplars keep at least 90 per cent of their marks when the reader is a little different."""
    key = keys.load_key(SLUG)
    params = dict(CASE.scenario.param)
    params["reading"] = params["reading"].model_copy(update={"value": {**params["reading"].value, **change}})
    case = CASE.model_copy(update={"scenario": CASE.scenario.model_copy(update={"param": params})})
    for example in examples(SLUG, "exemplars"):
        score = scoring.score(case, key, example_sheet(case, example))
        assert score.points >= 0.9 * score.maximum, (example.name, change)


# ------------------------------------------------------------ texts


def test_sixteen_facts_under_six_headings_each_says_what_is_invented():
    assert len(FACTS.option) == 16
    assert {o.group for o in FACTS.option} == {g.id for g in FACTS.group}
    assert len(FACTS.group) == 6
    for option in FACTS.option:
        assert re.search(r"[Ii]nvented", option.detail), option.id
        assert option.note, option.id
    assert sum("[ref:" in o.detail for o in FACTS.option) == 5


def test_articles_are_the_same_in_the_model_the_text_and_the_drawing():
    svg = ElementTree.parse(ROOT / "case_studies" / SLUG / "data" / "loudness.svg").getroot()
    texts = [t.text or "" for t in svg.iter("{http://www.w3.org/2000/svg}text")]
    drawn = [int(t) for t in texts if t.isdigit()]
    assert drawn == sorted((int(o.value["articles"]) for o in FACTS.option), reverse=True)
    assert min(float(t.get("font-size", 0)) for t in svg.iter("{http://www.w3.org/2000/svg}text")) >= 15
    for option in FACTS.option:
        n = int(option.value["articles"])
        wanted = {0: "no article", 1: "one article"}.get(n, rf"{n}(?: newspaper)? articles")
        assert re.search(wanted, option.detail), option.id
    in_brief = [int(n) for n in re.findall(r"\b(310|212|120|96|55|38|31|18)\b", case_text(SLUG, "brief"))]
    assert in_brief == drawn[:8]


def test_the_notes_repeat_what_the_model_says():
    notes = case_text(SLUG, "notes")
    for name, chance in futures.alone(SCENARIO).items():
        facts = [f for f in SCENARIO.facts if f.says.get(name) == futures.OUTRIGHT]
        title = case_say(CASE, SOURCE)(f"sentence.name_{name}")
        row = next(line for line in notes.splitlines() if line.startswith(f"| {title} |"))
        assert [int(n) for n in re.findall(r"\d+", row)] == [sum(f.articles for f in facts), round(100 * chance)]


def test_months_said_in_the_texts_are_those_of_the_model():
    for fact, field, text in (
        ("support_end", "act", "month 8"), ("free_zone", "act", "month 10"), ("debt", "act", "month 14"),
        ("ai", "act", "month 16"), ("tfa", "act", "month 14"), ("retirement", "act", "ten months"),
    ):  # fmt: skip
        month = {"ten months": 10}.get(text) or int(text.split()[1])
        assert FACTS.find(fact).value[field] == month
        assert any(text in e.answers.get("cover_note", "") for e in examples(SLUG, "exemplars")), text


def test_words_are_plain_and_cover_notes_fit():
    texts = [t for _, t in units(CASE)] + [case_text(SLUG, part) for part in ("brief", "notes")]
    assert not [t for t in texts if "!" in t.replace("![", "")]
    assert all(len(o.detail.split()) <= 60 for o in FACTS.option)
    assert len(re.findall(r"\w+", re.sub(r"!\[[^\]]*\]\([^)]*\)", "", case_text(SLUG, "brief")))) < 360
    for example in (*examples(SLUG, "exemplars"), *examples(SLUG, "samples")):
        assert len(example.answers.get("cover_note", "").split()) <= 60


def test_the_paper_kit_is_up_to_date():
    assert KIT.read_text(encoding="utf-8").partition(MADE)[2].strip() == made().strip()


if __name__ == "__main__":
    head = KIT.read_text(encoding="utf-8").partition(MADE)[0].rstrip()
    KIT.write_text(f"{head}\n\n{MADE}\n\n{made()}", encoding="utf-8")
    sys.exit(0)
