"""What private answers show: five strands, and in each the first test that does not hold. For one reader only."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from itguide.consequences import Consequence, Figure
from itguide.figures import Canvas
from itguide.figures.canvas import SMALL, WIDTH
from itguide.models import strands as model
from itguide.models.strands import Scenario, State, Strand
from itguide.spec import CaseSpec
from itguide.text import Say

LABELS, RADIUS = 168.0, 13.0


def picture(case: CaseSpec, scenario: Scenario, answers: Mapping[str, Any], say: Say) -> Consequence:
    """The strands drawn, what holds each back, and what to bring. No total, no level."""
    outcome = model.run(scenario, answers)
    m = outcome.metrics
    if m["answered"] < m["asked"]:
        headline = say("sentence.headline_open", n=m["answered"], all=m["asked"], count=m["answered"])
    elif not m["held"]:
        headline = say("sentence.headline_clear")
    else:
        name = "sentence.headline_unknown" if m["unknown"] else "sentence.headline"
        headline = say(name, n=m["held"], unknown=m["unknown"], count=m["held"])
    tests = {q: {o.id: o.label for o in case.find(q).option} for q in scenario.strands}
    lines = tuple(
        say("sentence.line", strand=say(f"sentence.name_{s.id}"), bring=say(f"sentence.bring_{s.first}"))
        for s in outcome.strands
        if s.state not in {"yes", "open"}
    )
    title, alt = say("sentence.figure_title"), say("sentence.figure_alt")
    canvas = Canvas(WIDTH)
    y = 6.0
    for strand in outcome.strands:
        y = _row(canvas, y, strand, tests[strand.id], say)
    rows = tuple(
        (say(f"sentence.name_{s.id}"), tests[s.id][test], say(f"sentence.state_{state}"))
        for s in outcome.strands
        for test, state in s.states.items()
    )
    columns = tuple(say(f"sentence.column_{name}") for name in ("strand", "test", "answer"))
    svg = canvas.svg(id="strands", title=title, alt=alt)
    return Consequence(headline, lines, (Figure("strands", title, svg, alt, columns, rows, say("sentence.source")),))


def _row(canvas: Canvas, y: float, strand: Strand, tests: Mapping[str, str], say: Say) -> float:
    """One strand from `y` down: its name, a disc a test with its answer in words, what holds it back. The next y."""
    slot = (WIDTH - LABELS) / len(strand.states)
    canvas.text(0, y + 27, say(f"sentence.name_{strand.id}"), bold=True, room=LABELS - 16)
    canvas.line(LABELS + slot / 2, y + 22, WIDTH - slot / 2, y + 22, "grey_2", 3)
    for n, (test, state) in enumerate(strand.states.items()):
        x = LABELS + (n + 0.5) * slot
        _disc(canvas, x, y + 22, state)
        if test == strand.first and state != "open":
            canvas.circle(x, y + 22, RADIUS + 6, None, "signal", 3.5)
        canvas.text(x, y + 58, say(f"sentence.state_{state}"), size=SMALL, anchor="middle",
                    fill="ink" if state != "open" else "grey_4", room=slot - 6)  # fmt: skip
    if not strand.first:
        said, colour = say("sentence.holds_clear"), "grey_5"
    elif strand.state == "open":
        said, colour = say("sentence.holds_open", test=tests[strand.first]), "grey_4"
    else:
        said, colour = say("sentence.holds", test=tests[strand.first]), "signal"
    told = canvas.text(LABELS + 14, y + 84, said, size=SMALL, fill=colour, bold=colour == "signal",
                       room=WIDTH - LABELS - 20)  # fmt: skip
    bottom = max(told.bottom, y + 84) + 12
    canvas.line(0, bottom, WIDTH, bottom, "grey_2")
    return bottom + 8


def _disc(canvas: Canvas, x: float, y: float, state: State) -> None:
    edge = {"yes": "accent", "partly": "accent", "open": "grey_2"}.get(state, "grey_4")
    canvas.circle(x, y, RADIUS, "accent" if state == "yes" else "paper", edge, 2.5)
    if state == "partly":
        arc = [(x + RADIUS * math.sin(a), y - RADIUS * math.cos(a)) for a in (math.pi * i / 12 for i in range(13, 24))]
        canvas.area([(x, y + RADIUS), *arc, (x, y - RADIUS)], "accent")
    elif state == "unknown":
        canvas.text(x, y + 5.5, "?", size=SMALL, anchor="middle", bold=True)
