"""The random inputs and the reference class, against closed forms that were not used to draw them."""

from __future__ import annotations

from math import exp

import numpy as np
import pytest

from itguide.models import sampling
from itguide.models.reference_class import ReferenceClass

# The case's own class; kept apart from case.toml so that an edit there is seen here.
LAW = ReferenceClass(
    above=0.25, share=0.18, per_year=0.042, years=2.917, low=-0.30, tail=0.35, most=2.0, delay=1.24, spread=0.18
)
FINE = (np.arange(1_000_000) + 0.5) / 1_000_000


def told(capsys: pytest.CaptureFixture[str], name: str, found: float, exact: float) -> float:
    """Prints the error, as the course promises, and returns it."""
    with capsys.disabled():
        print(f"\n  {name}: {found:.4f}, exact {exact:.4f}, error {found - exact:+.4f}", end="")
    return abs(found - exact)


def test_committed_inputs_are_what_the_recipe_gives(capsys):
    assert sampling.main(["--check"]) == 0
    assert capsys.readouterr().err == ""


def test_check_notices_other_numbers(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sampling, "INPUTS", tmp_path)
    assert sampling.main(["--check"]) == 1
    assert sampling.main([]) == 0
    with np.load(tmp_path / "portfolio.npz") as file:
        steps = {key: file[key].copy() for key in file.files}
    steps["cost"][3, 3] += 7
    np.savez_compressed(tmp_path / "portfolio.npz", **steps)
    assert sampling.main(["--check"]) == 1
    assert "'cost' is not what the recipe gives" in capsys.readouterr().err


@pytest.mark.parametrize("months", [9, 18, 36])
def test_overrun_law_against_its_closed_forms(months, capsys):
    drawn = LAW.overrun(months, FINE)
    assert np.all(np.diff(drawn) >= 0)
    assert drawn[0] == pytest.approx(-0.30, abs=0.001)
    assert drawn[-1] <= 2.0
    assert told(capsys, f"mean overrun at {months} months", float(drawn.mean()), LAW.mean_overrun(months)) < 1e-4
    assert told(capsys, "median overrun", float(np.median(drawn)), 0.0) < 1e-4
    assert told(capsys, "chance beyond 25 %", float((drawn > 0.25).mean()), LAW.chance(months)) < 1e-4


def test_class_says_what_was_published():
    assert LAW.chance(35) == pytest.approx(0.18, abs=0.0001)
    assert LAW.chance(47) - LAW.chance(35) == pytest.approx(0.042)
    assert float(LAW.stretch(np.array(0.0))) == pytest.approx(1.24)


def test_committed_draws_against_closed_forms(capsys):
    drawn = sampling.load("portfolio")
    assert drawn.cost.shape == (2000, 14)
    assert drawn.cost.min() > 0
    assert drawn.cost.max() < 1
    assert told(capsys, "mean of 28,000 uniforms", float(drawn.cost.mean()), 0.5) < 0.01
    overrun = float(LAW.overrun(36, drawn.cost).mean())
    assert told(capsys, "mean overrun in the draws, 36 months", overrun, LAW.mean_overrun(36)) < 0.01
    stretch = float(LAW.stretch(drawn.delay).mean())
    assert told(capsys, "mean stretch in the draws", stretch, LAW.mean_stretch()) < 0.01
    assert LAW.mean_stretch() == pytest.approx(1.24 * exp(0.18**2 / 2))
    between = np.corrcoef(drawn.cost, rowvar=False)[np.triu_indices(14, 1)].mean()
    assert told(capsys, "correlation between projects' costs", float(between), 0.19) < 0.02
    scores = sampling.other("portfolio", 4)
    own = np.mean([np.corrcoef(scores.cost[:, n], scores.delay[:, n])[0, 1] for n in range(14)])
    assert told(capsys, "correlation of cost and own delay", float(own), 0.49) < 0.02
