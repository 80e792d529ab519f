"""The paper kits: every model case has eight decisions a room can find itself in, each whole, each with its result."""

from __future__ import annotations

import pytest

from itguide import kinds, paper_kit
from itguide.content import load_case, syllabus
from itguide.errors import ItGuideError
from itguide.models import model
from itguide.paper_kit import kit_path, load_kit
from itguide.text import engine

CASES = [ref.slug for module in syllabus().module for ref in module.case]
KITS = [slug for slug in CASES if kit_path(slug).is_file()]
MODELS = [slug for slug in KITS if load_case(slug).scenario and load_case(slug).phase("decide")]


def test_every_decided_case_of_the_course_has_a_kit() -> None:
    ungraded = {slug for slug in CASES if not load_case(slug).points}
    assert set(CASES) - set(KITS) <= ungraded


@pytest.mark.parametrize("slug", MODELS)
def test_eight_whole_decisions_and_their_figures(slug: str) -> None:
    case, kit = load_case(slug), load_kit(slug)
    assert kit.case == slug
    assert kit.column
    assert case.scenario
    engine_model = model(case.scenario.model)
    scenario, say = engine_model.scenario(case), engine("en")
    decisions = paper_kit.decisions(kit)
    assert len(decisions) == 8
    assert len({d.name for d in decisions}) == 8
    figures: dict[str, float] = {}
    for decision in decisions:
        for question in case.phase("declare", "decide"):
            value = kinds.valid(question, decision.answer.get(question.id))
            live = kinds.live(question, value, say)
            assert live.answered or not question.required or not kit.decision, (decision.id, question.id)
            assert not live.blocking or not kit.decision, (decision.id, question.id, live.problems)
        figures.update(engine_model.run(scenario, decision.answer).metrics)
    assert not [c.metric for c in kit.column if c.metric not in figures]


@pytest.mark.parametrize("slug", KITS)
def test_the_printed_page_is_whole(slug: str) -> None:
    html, case = paper_kit.page(slug), load_case(slug)
    assert "<script" not in html
    assert "http://" not in html.replace("http://www.w3.org", "")
    assert case.title in html
    for result in paper_kit._results(case, load_kit(slug)):
        assert result["told"].headline


def test_what_participants_read_is_in_their_language() -> None:
    kit = paper_kit.page(KITS[0], "qps")
    assert "Decision sheet" not in kit
    assert 'lang="qps"' in kit


def test_an_unknown_kit_is_named_with_what_there_is() -> None:
    with pytest.raises(ItGuideError, match="no paper kit for 'nowhere'"):
        paper_kit.named("nowhere")
    assert set(paper_kit.named("strategic_planning")) <= set(KITS)
    assert paper_kit.named(None) == tuple(KITS)
