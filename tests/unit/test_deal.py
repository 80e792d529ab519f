"""The deal model against a table worked by hand, closed forms, a root finder and a monthly ledger of another make."""

from __future__ import annotations

import itertools
import tomllib
from dataclasses import replace

import pytest
from scipy.optimize import brentq

from itguide.content import load_case
from itguide.errors import ContentError
from itguide.models import deal as model
from itguide.models.deal_path import own_fee, volume
from itguide.models.deal_scenario import CLAUSES, EVENTS, FORMS, Future
from itguide.paths import shelves

CASE = load_case("single_window_deal")
S = model.scenario(CASE)
CONCESSION, LOAN = model.offered(S, "concession"), model.offered(S, "loan")
FULL = {"aim": "hands", "owner": "council", "law": "act", "route": "concession", "fee": "flat",
        "clauses": ["exit", "data", "cap", "step_in"]}  # fmt: skip

# Worked by hand (pocket calculator, factors of 6 per cent to five places), both offers if all goes to plan:
# declarations, fees at nine dollars, months in service; drawn and running cost of the loan.
BY_HAND = [
    # year, factor, thousand declarations, months, fees US$ m, drawn, running
    (1, 0.94340, 420.000, 0, 0.0000, 1.3333, 0.3),
    (2, 0.89000, 421.680, 11, 3.4789, 8.0000, 1.8),
    (3, 0.83962, 423.367, 12, 3.8103, 4.6667, 1.8),
    (4, 0.79209, 425.060, 12, 3.8255, 0.0, 1.8),
    (5, 0.74726, 426.760, 12, 3.8408, 0.0, 1.8),
    (6, 0.70496, 428.467, 12, 3.8562, 0.0, 1.8),
    (7, 0.66506, 430.181, 12, 3.8716, 0.0, 1.8),
    (8, 0.62741, 431.902, 12, 3.8871, 0.0, 1.8),
    (9, 0.59190, 433.630, 12, 3.9027, 0.0, 1.8),
    (10, 0.55839, 435.364, 12, 3.9183, 0.0, 1.8),
    (11, 0.52679, 437.106, 12, 3.9340, 0.0, 1.8),
    (12, 0.49697, 438.854, 12, 3.9497, 0.0, 1.8),
]


def test_both_offers_are_the_table_worked_by_hand() -> None:
    fees, loan = model.path(S, CONCESSION, S.planned), model.path(S, LOAN, S.planned)
    by_hand_fees = sum(row[1] * row[4] for row in BY_HAND)
    by_hand_loan = sum(row[1] * (row[5] + row[6]) for row in BY_HAND)
    for year, _, thousand, months, paid, drawn, running in BY_HAND:
        assert 1000 * volume(S, S.life.growth, year) == pytest.approx(thousand, abs=6e-4)
        assert fees.months[year - 1] == months
        assert fees.fees[year - 1] == pytest.approx(paid, abs=6e-5)
        assert loan.treasury[year - 1] == pytest.approx(drawn + running, abs=6e-5)
    errors = [abs(model.asked_for(S, r) / h - 1) for r, h in (("concession", by_hand_fees), ("loan", by_hand_loan))]
    print(f"present values by hand {by_hand_fees:.3f} and {by_hand_loan:.3f}; error {max(errors):.4%}")
    assert max(errors) < 2e-5
    assert fees.treasury == pytest.approx((0.0,) * 12, abs=1e-12)
    assert loan.fees == (0.0,) * 12


def test_the_figures_on_the_economists_sheet_come_out() -> None:
    assert round(model.asked_for(S, "concession"), 1) == 28.5
    assert round(model.asked_for(S, "loan")) == 26
    assert (model.path(S, CONCESSION, S.planned).live, model.path(S, LOAN, S.planned).live) == (14, 32)
    assert S.concession.fee == pytest.approx(model.cost(S, CONCESSION, S.life.declarations / 1e6))
    assert sum(z.share * z.value for z in S.sizes) * S.life.declarations / 1e6 == pytest.approx(
        S.life.imports, rel=1e-4
    )


def test_present_values_are_geometric_series() -> None:
    """Fees grow by g and are discounted by r: a growing annuity, in closed form."""
    r, g, fee = S.life.rate, S.life.growth, S.concession.fee * S.life.declarations / 1e6
    q = (1 + g) / (1 + r)
    closed = fee / (1 + g) * (11 / 12 * q**2 + q**3 * (1 - q**10) / (1 - q))
    loan = S.loan.price / 21 * (2 / (1 + r) + 12 / (1 + r) ** 2 + 7 / (1 + r) ** 3)
    loan += S.loan.running * ((1 - (1 + r) ** -12) / r - 10 / 12 / (1 + r))
    errors = [abs(model.asked_for(S, "concession") / closed - 1), abs(model.asked_for(S, "loan") / loan - 1)]
    print(f"growing annuity {closed:.6f}, drawn loan {loan:.6f}; error {max(errors):.1e}")
    assert max(errors) < 1e-12
    assert model.annuity(r, 12) == pytest.approx(sum((1 + r) ** -t for t in range(1, 13)), rel=1e-14)


def test_break_even_volume_by_a_root_finder() -> None:
    def gap(declarations: float) -> float:
        q = (1 + S.life.growth) / (1 + S.life.rate)
        first = 9 * declarations / 1e6 / (1 + S.life.growth)
        fees = first * (11 / 12 * q**2 + sum(q**t for t in range(3, 13)))
        return fees - model.asked_for(S, "loan")

    root = brentq(gap, 1e5, 1e6, xtol=1e-6)
    error = abs(model.break_even(S) / root - 1)
    print(f"break-even {root:,.0f} declarations a year; error {error:.1e}")
    assert error < 1e-9


# ---- a ledger of another make: month by month, entry by entry


def ledger(d: model.Deal, future: Future) -> dict[str, list[float]]:
    """The same deal kept monthly with plain conditions, by somebody who has not read the model."""
    found: dict[str, list[float]] = {"treasury": [0.0] * 12, "fees": [0.0] * 12, "saved": [0.0] * 12}
    con, loan, part = S.concession, S.loan, S.leaving
    own = d.route == "loan"
    late = future.delay if own else 0
    opens = (loan.month if own else con.month) + d.wait + late  # the month, counted from one
    ends = {"none": 145, "default": 12 * part.failed + 1, "leave": 12 * part.left + 1}[future.event]
    ends = max(ends, opens) if future.event != "none" else 145
    cents = 0.0 if own else sum(S.prices[c].fee for c in d.clauses)
    missing, bill = 0.0, 0.0
    if future.event != "none" and own:
        if future.event == "leave":
            bill = 0 if "exit" in d.clauses else loan.leave
        else:
            bill, missing = (loan.eased, loan.eased_months) if "step_in" in d.clauses else (loan.takeover, loan.months)
    elif future.event != "none":
        missing = part.months
        for clause, money, months in (("data", part.data, part.data_months), ("step_in", part.code, part.code_months)):
            if clause not in d.clauses:
                bill, missing = bill + money, missing + months
        if future.event == "leave":
            bill += con.exit * ((12 - part.left) / 12 if "exit" in d.clauses else 1)
    price = loan.price * (1 if "cap" in d.clauses else 1 + future.overrun)
    price += sum(S.prices[c].once for c in d.clauses if S.prices[c].bites)
    running = loan.running + sum(S.prices[c].year for c in d.clauses if S.prices[c].bites)
    signed = loan.ratified + d.wait + late  # months gone by
    for month in range(1, 145):
        year = (month - 1) // 12
        n = 0.42 * (1 + future.growth) ** year / 12
        operator = not own and opens <= month < ends
        share = 1.0 if opens <= month < ends else min(max(month - (ends - 1 + missing), 0), 1) if month >= ends else 0.0
        if own and month > signed:
            found["treasury"][year] += running / 12
            found["treasury"][year] += price / 21 if month < opens else 0.0
        if future.event != "none" and month == (ends - 1 if ends > opens else ends):
            found["treasury"][year] += bill
        if not own and month >= ends:
            found["treasury"][year] += loan.running / 12 * share
        level = 1.8 / 0.42
        if operator:
            level = con.fee + cents
            if "cap" in d.clauses:
                reviewed = max((year + 1) // 2 * 2, 1)
                at_cost = con.fixed / (0.42 * (1 + future.growth) ** (reviewed - 1)) + con.variable + cents
                level = min(at_cost, level + con.above)
            found["treasury"][year] += level * n
            if "guarantee" not in d.clauses:
                found["treasury"][year] += level * max(0.0, con.guarantee / 12e6 - n)
        for size in S.sizes:
            pro_rata = level * size.value * 0.42 / S.life.imports
            pays = {"free": 0.0, "flat": level, "value": pro_rata, "capped": min(pro_rata, level)}[d.form]
            if size.id == "small" and d.form == "flat" and "small" in d.clauses and not own:
                pays = min(pays, S.terms.small_fee)
            up = 0.995 if "service" in d.clauses else 0.97
            found["fees"][year] += pays * n * size.share * share
            found["treasury"][year] -= pays * n * size.share * share
            found["saved"][year] += size.saving * d.reach * up * n * size.share * share
    return found


def test_a_monthly_ledger_agrees() -> None:
    worst, checked = 0.0, 0
    grown = [Future(g, d, o, e, 1.0) for (g, d, o), e in itertools.product(((0.04, 0, 0.2), (-0.03, 6, 0.6)), EVENTS)]
    mixes = (frozenset(), frozenset({"exit", "data", "cap", "step_in"}), frozenset({"small", "service", "guarantee"}),
             frozenset({"cap", "data"}), frozenset({"step_in", "small"}))  # fmt: skip
    for route, form, won, future in itertools.product(("concession", "loan"), FORMS, mixes, grown):
        d = model.Deal(route, form, won, 0.7, 3.0 if route == "loan" else 6.0)
        p, kept = model.path(S, d, future), ledger(d, future)
        for name, line in kept.items():
            gaps = [abs(a - b) for a, b in zip(getattr(p, name), line, strict=True)]
            worst, checked = max(worst, *gaps), checked + len(gaps)
    print(f"{checked} yearly figures against a monthly ledger: largest difference US$ {1e6 * worst:.4f}")
    assert worst < 1e-9


# ---- futures


def test_chances_add_up_and_quantiles_are_those_of_a_long_list() -> None:
    assert sum(f.weight for f in S.futures) == pytest.approx(1)
    d = model.deal(S, FULL)
    t = model.told(S, d)
    values: list[float] = []
    for f in S.futures:
        p = model.path(S, d, f)
        paid = sum((a + b) / 1.06**y for y, (a, b) in enumerate(zip(p.treasury, p.fees, strict=True), start=1))
        values += [paid] * round(f.weight * 400000)
    values.sort()
    for at, found in ((0.1, t.low[-1]), (0.5, t.middle[-1]), (0.9, t.high[-1])):
        assert found == pytest.approx(values[int(at * len(values)) - 1], abs=1e-9)
    error = abs(t.figures["cost"] / (sum(values) / len(values)) - 1)
    print(f"mean over {len(values):,} futures written out; error {error:.1e}")
    assert error < 1e-9


def test_parliament_and_builders_do_not_touch_a_concession() -> None:
    one = model.path(S, CONCESSION, S.planned)
    assert model.path(S, CONCESSION, replace(S.planned, delay=14, overrun=0.6)) == one


# ---- the rules about fees


def lawful(form: str, clauses: tuple[str, ...] = (), route: str = "concession", **other: str) -> float:
    return model.run(S, {**FULL, "route": route, "fee": form, "clauses": list(clauses), **other}).metrics["lawful"]


def test_a_share_of_the_value_is_never_lawful_and_its_ceiling_is() -> None:
    assert lawful("value") == lawful("value", ("cap",)) == lawful("value", route="loan") == 0
    assert lawful("capped", ("cap",)) == lawful("free") == lawful("flat", route="loan") == 1


def test_a_flat_fee_outgrows_its_cost_unless_it_follows() -> None:
    assert 0.5 < lawful("flat") < 0.9
    assert lawful("flat", ("cap",)) == 1
    # By hand, 4 per cent a year: 0.42 x 1.04^7 = 0.5527 m in year 8; cost 2.73 / 0.5527 + 2.5 = 7.44; 9 is 1.21 of it.
    grown = model.path(S, CONCESSION, replace(S.planned, growth=0.04))
    assert not grown.lawful
    assert pytest.approx(1.21, abs=0.005) == 9 / (2.73 / (0.42 * 1.04**7) + 2.5)


def test_a_fee_in_a_contract_only_is_not_published() -> None:
    assert lawful("flat", ("cap",), law="contract") == 0.5
    assert lawful("free", law="contract") == 1


def test_the_forms_bring_in_what_they_say() -> None:
    """A share of the value brings in what the flat fee does; with its ceiling the treasury adds the rest."""
    paths = {form: model.path(S, replace(CONCESSION, form=form), S.planned) for form in FORMS}
    total = sum(paths["flat"].fees)
    assert sum(paths["value"].fees) == pytest.approx(total, rel=2e-5)  # the classes' values are rounded to the dollar
    for form in ("free", "capped"):
        assert sum(paths[form].fees) + sum(paths[form].treasury) == pytest.approx(total)
    assert sum(paths["free"].fees) == 0 < sum(paths["capped"].fees) < total
    assert own_fee(S) == pytest.approx(4.2857, abs=1e-4)


# ---- leaving


def test_leaving_by_hand() -> None:
    """Year 6: nine million, data 2.5, code 5, and eleven months of 20.4 x 0.595 x 0.97 dollars on 0.430 m a year."""
    standstill = 11 / 12 * 20.4 * 0.595 * 0.97 * 0.42 * 1.004**6
    assert model.leaving(S, CONCESSION, 6) == pytest.approx(9 + 2.5 + 5 + standstill)
    bound = model.deal(S, FULL)
    assert model.leaving(S, bound, 6) == pytest.approx(4.5 + 1 / 12 * 20.4 * 0.85 * 0.97 * 0.42 * 1.004**6)
    assert model.leaving(S, LOAN, 6) == 2
    costs = [model.leaving(S, bound, y) for y in range(1, 12)]
    assert costs == sorted(costs, reverse=True)


@pytest.mark.parametrize("clause", [c for c in CLAUSES if c != "small"])
def test_every_clause_has_its_price(clause: str) -> None:
    without = model.alone(S, {**FULL, "clauses": []})
    won = model.alone(S, {**FULL, "clauses": [clause]})
    assert won["operator_fee"] > without["operator_fee"]
    better = {"exit": ("leave", -1), "data": ("leave", -1), "step_in": ("leave", -1), "cap": ("lawful", 1),
              "service": ("traders", 1), "guarantee": ("treasury", -1)}  # fmt: skip
    metric, sign = better[clause]
    assert sign * (won[metric] - without[metric]) > 0


def test_what_changes_nothing_by_the_loans_route_is_called_idle() -> None:
    for clause in CLAUSES:
        plain = model.told(S, LOAN)
        with_it = model.told(S, replace(LOAN, clauses=frozenset({clause})))
        changed = plain.figures != with_it.figures or model.leaving(S, LOAN, 6) != model.leaving(S, with_it.deal, 6)
        assert changed != bool(model.idle(S, with_it.deal)), clause


def test_an_empty_round_warms_and_a_wrong_scenario_is_named() -> None:
    assert model.run(S, {}).metrics["cost_planned"] == 28.5
    with (shelves().cases / "single_window_deal" / "case.toml").open("rb") as file:
        given = tomllib.load(file)
    given["scenario"]["param"]["spans"]["value"].pop("time")
    with pytest.raises(ContentError, match="spans"):
        model.scenario(type(CASE).model_validate(given))
    given["scenario"]["param"]["futures"]["value"]["delay"] = [[0, 0.4]]
    with pytest.raises(ContentError, match="add up"):
        model.scenario(type(CASE).model_validate(given))
