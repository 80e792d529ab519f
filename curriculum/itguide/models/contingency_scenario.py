"""What no decision changes in a contingency case: the law of overruns, the parts, the hands, read from its case.toml.

Money in millions, time in months from signature, a ratio is cost over estimate, worth in points of 100.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from itguide.errors import ContentError, Problem
from itguide.spec import CaseSpec

if TYPE_CHECKING:
    from itguide.models.sampling import Floats

ASKED = ("fear", "shape", "order", "stop", "measure", "who", "reserve", "holder", "level", "figure")


@dataclass(frozen=True)
class HeavyTail:
    """A law of cost over estimate: a triangular body, and a power tail cut where nobody would go on paying.

    With chance `body` the ratio is triangular on (1 + `low`, 1, 1 + `high`); else Pareto of index `alpha`
    from `start`, truncated at `most`.
    """

    body: float
    low: float
    high: float
    start: float
    alpha: float
    most: float

    def ratio(self, u: Floats) -> Floats:
        """Ratios for uniform inputs `u`: the quantile function, in closed form."""
        import numpy as np

        v = np.clip(u / self.body, 0.0, 1.0)
        span, below = self.high - self.low, -self.low / (self.high - self.low)
        rising = self.low + np.sqrt(v * span * -self.low)
        falling = self.high - np.sqrt((1 - v) * span * self.high)
        within = np.clip((u - self.body) / (1 - self.body), 0.0, 1.0) * (1 - (self.start / self.most) ** self.alpha)
        tail = self.start * (1 - within) ** (-1 / self.alpha)
        return np.where(u <= self.body, 1 + np.where(v <= below, rising, falling), tail)

    def beyond(self, ratio: float) -> float:
        """The chance of a ratio above `ratio` (at least `start`), in closed form."""
        cut = float((self.start / self.most) ** self.alpha)
        above = float((self.start / ratio) ** self.alpha)
        return (1 - self.body) * max(0.0, (above - cut) / (1 - cut))


@dataclass(frozen=True)
class Shape:
    """How the work is let: modules in each part, overhead on the estimate, planned months in all."""

    id: str
    parts: tuple[int, ...]
    overhead: float
    months: float


@dataclass(frozen=True)
class Module:
    """A fifth of the system: what it is worth in service, and which module it cannot work without."""

    id: str
    worth: float
    needs: str


@dataclass(frozen=True)
class Measure:
    """What a stop rule is read from.

    It is pulled when the ratio passes `trigger` times the rule plus `late`; by then `spent` of that is gone. `fee` is
    its price, as a share of the estimate.
    """

    trigger: float
    late: float
    spent: float
    fee: float


@dataclass(frozen=True)
class Puller:
    """Who may stop: how much later than the rule says (a ratio), and whether a stopped part ends everything."""

    late: float
    ends_all: bool


@dataclass(frozen=True)
class Holder:
    """Who holds the reserve: the share of what is not needed that is spent all the same; months for each release."""

    eats: float
    months: float


@dataclass(frozen=True, eq=False)  # compared by identity, so that a run can be remembered
class Scenario:
    """Everything about the case that no decision changes. `span` is the least and the most chance of each fear."""

    asked: Mapping[str, str]
    estimate: float
    law: HeavyTail
    shapes: Mapping[str, Shape]
    modules: tuple[Module, ...]
    stops: Mapping[str, float]
    measures: Mapping[str, Measure]
    pullers: Mapping[str, Puller]
    holders: Mapping[str, Holder]
    levels: Mapping[str, float]
    fears: tuple[str, ...]
    feared_cost: float
    deadline: float
    delay: float
    spread: float
    slow: float
    refusal: float
    wait: float
    yardstick: Mapping[str, Any]
    rivals: Mapping[str, tuple[str, str]]
    inputs: str
    span: Mapping[str, tuple[float, float]]


def read(case: CaseSpec) -> Scenario:
    """The case's scenario, its yardstick not yet measured. ContentError names what is missing or does not fit."""
    file = f"case_studies/{case.slug}/case.toml"
    if case.scenario is None:
        raise ContentError([Problem(file, "scenario", "is missing; the contingency model needs it")])
    given = case.scenario
    try:
        asked = {name: given["asked"][name] for name in ASKED}
        options = {name: case.find(question).option for name, question in asked.items()}
        time = given["time"]
        found = Scenario(
            asked=asked,
            estimate=float(given["estimate"]),
            law=HeavyTail(**given["law"]),
            shapes={o.id: Shape(o.id, tuple(given["parts"][o.id]), **o.value) for o in options["shape"]},
            modules=tuple(Module(o.id, o.value["worth"], given["needs"].get(o.id, "")) for o in options["order"]),
            stops={o.id: o.value.get("multiple", float("inf")) for o in options["stop"]},
            measures={o.id: Measure(**o.value) for o in options["measure"]},
            pullers={o.id: Puller(o.value["late"], bool(o.value.get("ends_all", 0))) for o in options["who"]},
            holders={o.id: Holder(**o.value) for o in options["holder"]},
            levels={o.id: o.value["level"] for o in options["level"] if "level" in o.value},
            fears=tuple(o.id for o in options["fear"]),
            feared_cost=float(given["feared_cost"]), deadline=float(given["deadline"]),
            delay=time["delay"], spread=time["spread"], slow=time["slow"],
            refusal=given["more_money"]["refusal"], wait=given["more_money"]["wait"],
            yardstick=given["yardstick"], rivals={r["id"]: (r["shape"], r["stop"]) for r in given["rivals"]},
            inputs=given["inputs"], span={},
        )  # fmt: skip
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ContentError(
            [Problem(file, "scenario.param", f"does not fit the contingency model: {error!r}")]
        ) from None
    _whole(found, file)
    return found


def _whole(s: Scenario, file: str) -> None:
    ids = {m.id for m in s.modules}
    wrong = [
        Problem(file, f"scenario.param.parts.{shape.id}", f"adds up to {sum(shape.parts)}, not {len(ids)} modules")
        for shape in s.shapes.values() if sum(shape.parts) != len(ids)
    ]  # fmt: skip
    wrong += [
        Problem(file, f"scenario.param.needs.{m.id}", f"names '{m.needs}', which is no module")
        for m in s.modules if m.needs and m.needs not in ids
    ]  # fmt: skip
    if alien := set(s.fears) - {"overrun", "nothing", "half", "late"}:
        wrong.append(Problem(file, f"question[{s.asked['fear']}]", f"'{min(alien)}' is not a fear the model knows"))
    if wrong:
        raise ContentError(wrong)
