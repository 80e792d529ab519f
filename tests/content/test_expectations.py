"""A prediction is compared with a figure the model really gives, in the unit the participant answered in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from itguide.answers import came
from itguide.content import load_case, syllabus
from itguide.examples import example_sheet, examples
from itguide.models import model

ASKED = [
    (case.slug, question.id)
    for module in syllabus().module
    for case in (load_case(ref.slug) for ref in module.case)
    for question in case.phase("predict")
    if question.metric
]


@pytest.mark.parametrize(("slug", "asked"), ASKED)
def test_what_came_stands_in_the_range_that_could_be_predicted(slug: str, asked: str) -> None:
    case = load_case(slug)
    question = case.find(asked)
    assert case.scenario
    engine = model(case.scenario.model)
    scenario = engine.scenario(case)
    for example in examples(slug, "exemplars"):
        first = example_sheet(case, example).rounds[0]
        figure = came(question, replace(first, result=engine.run(scenario, first.decision).metrics))
        assert figure is not None, f"{slug}: no round has the metric '{question.metric}'"
        assert question.least is None or figure >= question.least
        assert question.most is None or figure <= question.most
