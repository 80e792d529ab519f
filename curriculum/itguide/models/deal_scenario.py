"""What a case about a deal holds before anything is signed: two routes to one system, who pays, and what may happen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

from itguide.errors import ContentError, Problem
from itguide.spec import CaseSpec, Question

AIMS = ("time", "small", "hands", "treasury")
ROUTES = ("concession", "loan")
FORMS = ("free", "flat", "value", "capped")
CLAUSES = ("exit", "data", "cap", "small", "step_in", "service", "guarantee")
EVENTS = ("none", "default", "leave")


@dataclass(frozen=True)
class Life:
    """The horizon in years, the discount rate, declarations a year (first year), their growth, imports in US$ m."""

    years: int
    rate: float
    declarations: float
    growth: float
    imports: float


@dataclass(frozen=True)
class Concession:
    """The operator's offer. Cost a declaration is `fixed` US$ m a year over the volume, and `variable` US$."""

    month: float
    fee: float
    fixed: float
    variable: float
    exit: float
    guarantee: float
    above: float  # under the clause `cap`: the most the fee may rise, US$


@dataclass(frozen=True)
class Loan:
    """The State's own window: ratified after so many months, in service in `month`; US$ m once and a year."""

    ratified: float
    month: float
    price: float
    running: float
    leave: float
    takeover: float
    eased: float  # what a takeover costs if the code is deposited
    months: float
    eased_months: float


@dataclass(frozen=True)
class Size:
    """Firms of one size: share of declarations, value of one in US$, what a whole window saves on it in US$."""

    id: str
    share: float
    value: float
    saving: float


@dataclass(frozen=True)
class Leaving:
    """When it is left and when an operator fails (end of year), and what is missing then: US$ m and months."""

    left: int
    failed: int
    months: float
    code: float
    code_months: float
    data: float
    data_months: float


@dataclass(frozen=True)
class Terms:
    """What the clauses are about: the small firms' fee, availability lost without and with service levels."""

    small_fee: float
    lost: float
    lost_served: float
    approximate: float  # how far above cost a fee may lie and still be called its approximate cost
    top_value: float  # a large single declaration, US$


@dataclass(frozen=True)
class Price:
    """What a clause costs: US$ on the operator's fee; by the loan's route US$ m once and a year; whether it bites."""

    fee: float
    once: float
    year: float
    bites: bool  # by the loan's route


@dataclass(frozen=True)
class Future:
    """One way the years may go: growth, months of delay in parliament, overrun of the price, and an event."""

    growth: float
    delay: float
    overrun: float
    event: str
    weight: float


@dataclass(frozen=True)
class Scenario:
    """Everything about the case that no decision changes; `asked` names the questions."""

    asked: Mapping[str, str]
    life: Life
    concession: Concession
    loan: Loan
    sizes: tuple[Size, ...]
    leaving: Leaving
    terms: Terms
    owners: Mapping[str, tuple[float, float]]  # reach, months
    laws: Mapping[str, tuple[float, float, float]]  # reach, months by concession, months by loan
    prices: Mapping[str, Price]
    futures: tuple[Future, ...]
    spans: Mapping[str, tuple[float, float]]  # aim -> what counts as not served, as fully served
    before: Mapping[str, str]  # how the window is owned in the offers as they came

    @property
    def planned(self) -> Future:
        """The future both offers assume: growth as stated, no delay, no overrun, nothing happens."""
        return Future(self.life.growth, 0.0, 0.0, "none", 1.0)


def scenario(case: CaseSpec) -> Scenario:
    """The case's scenario. ContentError names what is missing or does not fit."""
    file = f"case_studies/{case.slug}/case.toml"
    if case.scenario is None:
        raise ContentError([Problem(file, "scenario", "is missing; the deal model needs it")])
    given = case.scenario
    try:
        asked: dict[str, str] = given["asked"]
        read = Scenario(
            asked=asked, life=Life(**given["life"]), concession=Concession(**given["concession"]),
            loan=Loan(**given["loan"]), sizes=tuple(Size(i, **t) for i, t in given["sizes"].items()),
            leaving=Leaving(**given["leaving"]), terms=Terms(**given["terms"]),
            owners={o.id: (o.value["reach"], o.value["months"]) for o in case.find(asked["owner"]).option},
            laws={o.id: (o.value["reach"], o.value["months"], o.value["months_loan"])
                  for o in case.find(asked["law"]).option},
            prices={o.id: Price(o.value["fee"], o.value["once"], o.value["year"], bool(o.value["bites"]))
                    for o in case.find(asked["clauses"]).option},
            futures=_futures(given["futures"]), spans={a: (s[0], s[1]) for a, s in given["spans"].items()},
            before=given["before"],
        )  # fmt: skip
        _known_ids(case, read, file)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ContentError([Problem(file, "scenario.param", f"does not fit the deal model: {error!r}")]) from None
    return read


def _futures(given: Mapping[str, list[list[float]]]) -> tuple[Future, ...]:
    """Every combination of what may happen, independent of each other, with its chance."""
    events = [(EVENTS[int(n)], chance) for n, chance in given["event"]]
    found = []
    for (growth, a), (delay, b), (overrun, c), (event, d) in product(
        given["growth"], given["delay"], given["overrun"], events
    ):
        found.append(Future(growth, delay, overrun, event, a * b * c * d))
    if abs(sum(f.weight for f in found) - 1) > 1e-9:
        raise ValueError("the chances of 'futures' do not add up to one")
    return tuple(found)


def _known_ids(case: CaseSpec, s: Scenario, file: str) -> None:
    wanted = {"aim": AIMS, "route": ROUTES, "fee": FORMS, "clauses": CLAUSES}
    wrong = [
        Problem(file, f"question[{s.asked[name]}]", f"its options are not {sorted(ids)}")
        for name, ids in wanted.items()
        if _ids(case.find(s.asked[name])) != set(ids)
    ]
    if set(s.spans) != set(AIMS):
        wrong.append(Problem(file, "scenario.param.spans", f"its aims are not {sorted(AIMS)}"))
    if s.before["owner"] not in s.owners or s.before["law"] not in s.laws:
        wrong.append(Problem(file, "scenario.param.before", "names an owner or a law that cannot be chosen"))
    if abs(sum(z.share for z in s.sizes) - 1) > 1e-9:
        wrong.append(Problem(file, "scenario.param.sizes", "the shares do not add up to one"))
    if wrong:
        raise ContentError(wrong)


def _ids(question: Question) -> set[str]:
    return {o.id for o in question.option}
