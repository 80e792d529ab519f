"""What two strong answers considered: two tellings per case, prose for feedback, with nothing of the key in them."""

from __future__ import annotations

import json
import re

import pytest

import random_cohort
from itguide import citations, grading_notebook
from itguide.content import case_text, load_case, syllabus
from itguide.document import prose
from itguide.session import CaseSession

GRADED = [ref.slug for module in syllabus().module for ref in module.case if load_case(ref.slug).points]


def tellings(slug: str) -> list[tuple[str, str]]:
    parts = re.split(r"^## ", case_text(slug, "considered"), flags=re.MULTILINE)
    return [(title, body) for title, _, body in (part.partition("\n") for part in parts[1:])]


@pytest.mark.parametrize("slug", GRADED)
def test_two_that_differ_in_sixty_to_a_hundred_and_ten_words(slug: str) -> None:
    told = tellings(slug)
    assert len(told) == 2
    assert len({title for title, _ in told}) == 2
    for title, body in told:
        assert 60 <= len(body.split()) <= 110, (title, len(body.split()))
        assert "\n\n" not in body.strip(), title


@pytest.mark.parametrize("slug", GRADED)
def test_it_is_reasoning_and_no_mark_scheme(slug: str) -> None:
    text = case_text(slug, "considered")
    assert not re.search(r"\b(\d+ points?|marked|threshold|rubric)\b", text), slug
    assert grading_notebook.leaks(load_case(slug).module, text) == []
    rendered, cited = prose(slug, "considered", "en")
    assert rendered.count("<h4>") == 2
    assert cited == [] or citations.source_list(cited)


@pytest.mark.parametrize("slug", GRADED)
def test_it_is_on_no_page_of_the_case_even_after_a_round(slug: str, tmp_path) -> None:
    owner = "a" * 26
    sheet = random_cohort.random_sheet(load_case(slug), 1, owner, figures=False)
    (tmp_path / "profile.toml").write_text(f'workspace_id = "{owner}"\n')
    (tmp_path / "module" / "answers").mkdir(parents=True)
    (tmp_path / "module" / "answers" / f"{slug}.json").write_bytes(sheet.as_json())
    session = CaseSession(slug, "en", tmp_path / "module")
    state = session.state()
    assert state["notes"]  # what comes after a round is there
    shown = json.dumps([session.doc(), state], ensure_ascii=False)
    for _, body in tellings(slug):
        assert body.strip()[-50:] not in shown
