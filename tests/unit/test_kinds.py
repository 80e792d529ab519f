"""The kinds of question: what is a valid answer, its one canonical form, and what is live about it."""

from __future__ import annotations

import re
from graphlib import CycleError, TopologicalSorter
from itertools import accumulate
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itguide import kinds
from itguide.kinds import KINDS, link, schedule
from itguide.kinds.text import LONGEST
from itguide.pseudo import PSEUDO, pseudo
from itguide.spec import CaseSpec, Kind, Limit, Named, Option, Question
from itguide.text import engine, localised

SAY = engine("en")
ABC = tuple(Option(id=i, label=i.upper()) for i in "abc")


def question(kind: Kind, **more: Any) -> Question:
    """A question of this kind over the options a, b, c."""
    own: dict[str, Any] = {"option": ABC}
    if kind == "number":
        own = {"least": 0, "most": 10}
    elif kind == "text":
        own = {"words": 5}
    elif kind == "classify":
        own["category"] = (Named(id="x", label="X"), Named(id="y", label="Y"))
    elif kind == "schedule":
        own["period"] = tuple(Named(id=f"y{n}", label=f"Year {n}") for n in (1, 2, 3))
    elif kind == "lanes":  # a, then b, then c; a and b can go elsewhere
        own["category"] = (Named(id="x", label="X"), Named(id="y", label="Y"))
        own["period"] = tuple(Named(id=i, label=i, gate=g) for i, g in (("m", "Go"), ("n", ""), ("o", "Oh")))
        a = {"id": "a", "label": "A", "lane": "x", "moment": "m", "move": [{"id": "p", "label": "P", "moment": "o"}]}
        b = {
            "id": "b",
            "label": "B",
            "lane": "x",
            "moment": "n",
            "follows": ["a"],
            "move": [{"id": "p", "label": "P", "lane": "y"}, {"id": "q", "label": "Q", "moment": "o", "frees": True}],
        }
        own["option"] = (a, b, {"id": "c", "label": "C", "lane": "y", "moment": "n", "follows": ["b"]})
    elif kind == "inject":
        own = {"hour": 2, "most": 72}
    elif kind == "place":
        own["row"] = own["column"] = (Named(id="x", label="X"), Named(id="y", label="Y"))
        own["axis"] = (Named(id="up", label="Up"), Named(id="along", label="Along"))
    return Question.model_validate(
        {"id": "q", "kind": kind, "phase": "decide", "prompt": "Which one?", **own, **more}, strict=False
    )


ALL = {kind: question(kind) for kind in get_args(Kind)}
ALL["number in halves"] = question("number", step=0.5)


def test_every_kind_has_a_module() -> None:
    assert set(KINDS) == set(get_args(Kind))


# ------------------------------------------------------------ normalise: tables

VALID: list[tuple[str, Any, Any]] = [
    ("choice", "b", "b"),
    ("choices", [], []),
    ("choices", ["c", "a", "c"], ["a", "c"]),
    ("choices", ("b",), ["b"]),
    ("number", 3, 3),
    ("number", 3.0, 3),
    ("number", 99, 99),  # out of bounds is kept and said, not refused
    ("number in halves", 3, 3.0),
    ("number in halves", 3.50000001, 3.5),
    ("number in halves", -0.0, 0.0),
    ("text", "", ""),
    ("text", "one\r\ntwo\rthree", "one\ntwo\nthree"),
    ("text", "a\x00b\x1b[0m\tc\x85", "ab[0m\tc"),
    ("text", "e\u0301", "é"),
    ("text", "e\x00\u0301", "é"),
    ("text", "half \ud83d gone", "half  gone"),
    ("text", "<script>", "<script>"),
    ("allocate", {}, {"a": 0, "b": 0, "c": 0}),
    ("allocate", {"c": 60, "a": 40.0}, {"a": 40, "b": 0, "c": 60}),
    ("classify", {}, {}),
    ("classify", {"c": "x", "a": "y"}, {"a": "y", "c": "x"}),
    ("schedule", {}, {}),
    ("schedule", {"c": 3, "a": 1.0, "b": None}, {"a": 1, "c": 3}),
    ("inject", "read", "read"),
    ("lanes", {}, {}),
    ("lanes", {"b": "q", "a": "p"}, {"a": "p", "b": "q"}),
    ("place", {}, {}),
    ("place", {"c": ("x", "y"), "a": ["y", "y"]}, {"a": ["y", "y"], "c": ["x", "y"]}),
    ("rank", ["c", "a", "b"], ["c", "a", "b"]),
    ("link", [], []),
    ("link", [["c", "a"], ("a", "b"), ["c", "a"]], [["a", "b"], ["c", "a"]]),
    ("link", [["a", "b"], ["b", "a"]], [["a", "b"], ["b", "a"]]),
]


@pytest.mark.parametrize(("kind", "raw", "value"), VALID)
def test_valid(kind: str, raw: Any, value: Any) -> None:
    found = kinds.normalise(ALL[kind], raw)
    assert found == value
    assert type(found) is type(value)
    if isinstance(value, dict):
        assert list(found) == list(value), "in the question's order"


INVALID: dict[str, list[Any]] = {
    "choice": [None, "", "d", "A", 1, True, [], ["a"], {"a": 1}, float("nan")],
    "choices": [None, "abc", "a", {"a": 1}, ["d"], ["a", None], [["a"]], [1], 3],
    "number": [None, "3", "", True, False, float("nan"), float("inf"), float("-inf"), [3], {}, 1e16, 10**400,
               -(10**16)],
    "text": [None, 3, True, ["a"], {}, "x" * (LONGEST + 1)],
    "allocate": [None, [], [["a", 1]], "a", {"d": 1}, {"a": -1}, {"a": 101}, {"a": 1.5}, {"a": True}, {"a": "1"},
                 {"a": None}, {"a": float("nan")}, {"a": float("inf")}, {"a": 10**400}, {1: 2}],
    "classify": [None, [], "a", {"d": "x"}, {"a": "z"}, {"a": None}, {"a": ["x"]}, {"a": "a"}, {"x": "a"}],
    "schedule": [None, [], {"d": 1}, {"a": 0}, {"a": 4}, {"a": -1}, {"a": 1.5}, {"a": "1"}, {"a": True},
                 {"a": float("nan")}, {"a": 10**400}, {"a": []}],
    "inject": [None, "", "a", "sealed", True, 1, ["read"], {"read": True}],
    "lanes": [None, [], "a", {"d": "p"}, {"a": "q"}, {"c": "p"}, {"a": None}, {"a": ["p"]}, {"a": "a"}, {"p": "a"}],
    "place": [None, [], "a", {"d": ["x", "y"]}, {"a": None}, {"a": "xy"}, {"a": ["x"]}, {"a": ["x", "y", "x"]},
              {"a": ["x", "z"]}, {"a": ["z", "x"]}, {"a": [1, 2]}, {"a": [["x"], "y"]}, {"a": {"x": "y"}}],
    "rank": [None, [], ["a"], ["a", "b"], ["a", "b", "c", "a"], ["a", "a", "b"], ["a", "b", "d"], "abc", {"a": 1}],
    "link": [None, "ab", ["ab"], [["a"]], [["a", "b", "c"]], [["a", "a"]], [["a", "d"]], [["a", 1]], [[["a"], "b"]],
             {"a": "b"}],
}  # fmt: skip


INVALID_ROWS = [(kind, raw) for kind, rows in INVALID.items() for raw in rows]


@pytest.mark.parametrize(("kind", "raw"), INVALID_ROWS, ids=[f"{k}: {str(r)[:30]}" for k, r in INVALID_ROWS])
def test_invalid(kind: str, raw: Any) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011 - each kind has messages of its own
        kinds.normalise(ALL[kind], raw)
    assert type(error.value) is ValueError, "said by us, not left to Python"
    assert 5 < len(str(error.value)) < 120


def test_a_wrong_value_is_named_briefly_however_large_or_deep_it_is() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    try:
        for raw in (deep, "x" * 10**6, ["x"] * 10**5, 10**5000):
            with pytest.raises(ValueError) as error:  # noqa: PT011
                kinds.normalise(ALL["choice"], raw)
            assert len(str(error.value)) < 100
    finally:
        while deep:  # taken apart step by step: freeing it at once is deep as well
            deep = deep.pop()


# ------------------------------------------------------------ normalise: properties

ids = st.sampled_from([*"abcxy", "d", ""])
leaves = (ids | st.none() | st.booleans() | st.integers() | st.integers(-2, 120) | st.floats() | st.text(max_size=8)
          | st.just(10**400))  # fmt: skip
anything = st.recursive(leaves, lambda v: st.lists(v, max_size=4) | st.dictionaries(ids, v, max_size=4), max_leaves=8)
# Nearly right, so that much of it passes.
likely: dict[str, st.SearchStrategy[Any]] = {
    "choice": st.sampled_from("abc"),
    "choices": st.lists(st.sampled_from("abc")),
    "number": st.floats(-1e15, 1e15) | st.integers(-(10**15), 10**15),
    "number in halves": st.floats(-1e6, 1e6),
    "text": st.text(st.characters(), max_size=30) | st.text("e\u0301\x00\r\n\u0958\u212b\ud800", max_size=8),
    "allocate": st.dictionaries(st.sampled_from("abc"), st.integers(0, 100)),
    "classify": st.dictionaries(st.sampled_from("abc"), st.sampled_from("xy")),
    "schedule": st.dictionaries(st.sampled_from("abc"), st.integers(1, 3) | st.none()),
    "lanes": st.dictionaries(st.sampled_from("abc"), st.sampled_from("pq")),
    "place": st.dictionaries(st.sampled_from("abc"), st.lists(st.sampled_from("xy"), min_size=2, max_size=2)),
    "rank": st.permutations("abc"),
    "link": st.lists(st.permutations("abc").map(lambda p: p[:2])),
    "inject": st.sampled_from(["read", "unread", ""]),
}


@pytest.mark.parametrize("kind", ALL)
@given(data=st.data())
@settings(max_examples=120, deadline=None)
def test_normalise_refuses_with_a_value_error_or_is_settled(kind: str, data: st.DataObject) -> None:
    this = ALL[kind]
    raw = data.draw(anything | likely[kind])
    try:
        value = kinds.normalise(this, raw)
    except ValueError:
        return
    again = kinds.normalise(this, value)
    assert again == value
    assert repr(again) == repr(value), "the same order, the same types"
    live = kinds.live(this, value, SAY)
    assert not (live.blocking and live.answered and not live.problems), "what blocks is said"


@given(st.text(st.characters(), max_size=12))
@settings(deadline=None)
def test_a_text_stays_as_it_is_once_normalised(raw: str) -> None:
    try:
        value = kinds.normalise(ALL["text"], raw)
    except ValueError:
        return
    assert kinds.normalise(ALL["text"], value) == value
    value.encode("utf-8")


def test_a_text_that_grows_past_the_limit_is_refused() -> None:
    half = "\u0958" * (LONGEST // 2)  # one character that becomes two
    assert kinds.normalise(ALL["text"], kinds.normalise(ALL["text"], half))
    with pytest.raises(ValueError, match="longer than"):
        kinds.normalise(ALL["text"], half + "x")


@given(st.lists(st.sampled_from("abc")))
def test_the_order_in_which_things_were_chosen_does_not_matter(chosen: list[str]) -> None:
    assert kinds.normalise(ALL["choices"], chosen) == sorted(set(chosen))


# ------------------------------------------------------------ live


def live(kind: str, value: Any, **more: Any) -> kinds.Live:
    return kinds.live(question(kind, **more), value, SAY)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ALL)
def test_no_answer_is_no_problem(kind: str) -> None:
    found = kinds.live(ALL[kind], None, SAY)
    assert (found.answered, found.problems, found.blocking, found.marks) == (False, (), False, {})


STATES: list[tuple[str, dict[str, Any], Any, bool, bool, tuple[str, ...]]] = [
    # kind, question, value, answered, blocking, problems
    ("choice", {}, "a", True, False, ()),
    ("choices", {}, [], False, False, ()),
    ("choices", {}, ["a"], True, False, ()),
    ("choices", {"least": 2}, ["a"], False, True, (SAY("live.too_few", n=1, least=2, missing=1, count=1),)),
    ("choices", {"least": 3}, ["a"], False, True, (SAY("live.too_few", n=1, least=3, missing=2, count=2),)),
    ("choices", {"most": 1}, ["a", "b"], True, True, (SAY("live.too_many", n=2, most=1, over=1, count=1),)),
    ("choices", {"most": 1}, ["a", "b", "c"], True, True, (SAY("live.too_many", n=3, most=1, over=2, count=2),)),
    ("choices", {"least": 2, "most": 2}, ["a", "b"], True, False, ()),
    ("number", {}, 0, True, False, ()),
    ("number", {}, 10, True, False, ()),
    ("number", {"unit": "days"}, -1, False, True, (SAY("live.below", least="0 days"),)),
    ("number", {"unit": "US$ {n} m"}, 1234.5, False, True, (SAY("live.above", most="US$ 10 m"),)),
    ("number", {"least": None, "most": None}, -5e9, True, False, ()),
    ("text", {}, "", False, False, ()),
    ("text", {}, " \n\t ", False, False, ()),
    ("text", {}, "one two three four five", True, False, ()),
    ("text", {}, "one two three four five six", True, False, (SAY("live.too_long", n=6, most=5, over=1, count=1),)),
    ("text", {}, "w " * 1100, True, False, (SAY("live.too_long", n=1100, most=5, over=1095, count=1095),)),
    ("allocate", {}, {"a": 100, "b": 0, "c": 0}, True, False, ()),
    ("allocate", {}, {"a": 99, "b": 0, "c": 0}, False, True, (SAY("live.total_is", used=99, total=100),)),
    ("allocate", {"total": 10}, {"a": 5, "b": 5, "c": 0}, True, False, ()),
    ("classify", {}, {"a": "x", "b": "x"}, False, False, ()),
    ("classify", {}, {"a": "x", "b": "x", "c": "x"}, True, False, ()),
    ("classify", {}, {}, False, False, ()),
    ("schedule", {}, {}, False, False, ()),
    ("schedule", {}, {"a": 1}, True, False, ()),
    ("place", {}, {}, False, False, ()),
    ("place", {}, {"a": ["x", "x"], "b": ["x", "x"]}, False, False, ()),
    ("place", {}, {"a": ["x", "x"], "b": ["x", "x"], "c": ["y", "x"]}, True, False, ()),
    ("rank", {}, ["a", "b", "c"], True, False, ()),
    ("link", {}, [], False, False, ()),
    ("link", {}, [["a", "b"]], True, False, ()),
    ("link", {"least": 2}, [["a", "b"]], False, False, (SAY("live.too_few", n=1, least=2, missing=1, count=1),)),
]


@pytest.mark.parametrize(("kind", "more", "value", "answered", "blocking", "problems"), STATES)
def test_live(kind: str, more: dict[str, Any], value: Any, answered: bool, blocking: bool, problems: Any) -> None:
    found = live(kind, value, **more)
    assert found.problems == problems
    assert (found.answered, found.blocking) == (answered, blocking)


def test_allocate_floor_marks_the_item() -> None:
    options = (Option(id="a", label="Safety", floor=10), Option(id="b", label="Trade"))
    found = live("allocate", {"a": 5, "b": 95}, option=options, unit="points")
    assert found.marks == {"a": SAY("live.below_floor", label="Safety", floor="10 points")}
    assert found.problems == (SAY("live.below_floor", label="Safety", floor="10 points"),)
    assert found.blocking
    assert not live("allocate", {"a": 10, "b": 90}, option=options).blocking


def test_allocate_meter_counts_the_total() -> None:
    [meter] = live("allocate", {"a": 70, "b": 60, "c": 0}).meters
    assert (meter.used, meter.limit, meter.over) == (130, 100, True)
    assert "130" in meter.text
    assert "100" in meter.text


def test_classify_category_limits() -> None:
    categories = (Named(id="x", label="Brief", least=1, most=1), Named(id="y", label="Drop", least=1))
    found = live("classify", {"a": "x", "b": "x"}, category=categories)
    assert found.problems == (
        SAY("live.category_over", label="Brief", n=2, most=1),
        SAY("live.category_under", label="Drop", n=0, least=1),
    )
    assert found.blocking
    assert not found.answered
    assert [(m.id, m.used, m.limit, m.over) for m in found.meters] == [("x", 2, 1, True)]
    done = live("classify", {"a": "x", "b": "y"}, category=categories)
    assert (done.answered, done.blocking, done.problems) == (True, False, ())


# ------------------------------------------------------------ schedule


def plan(*limits: Limit, **options: dict[str, Any]) -> Question:
    """A schedule over as many periods as the first limit has."""
    made = tuple(
        Option.model_validate({"id": i, "label": i.upper(), "invented": True, **o}) for i, o in options.items()
    )
    periods = len(limits[0].per_period) if limits else 3
    return question(
        "schedule",
        option=made,
        limit=limits,
        period=tuple(Named(id=f"y{n}", label=f"Year {n}") for n in range(1, periods + 1)),
    )


def money(*per_period: float, **more: Any) -> Limit:
    return Limit(id="cash", label="Money", unit="US$ {n} m", per_period=per_period, **more)


def test_what_is_drawn_runs_on_from_its_start_and_past_the_end_is_not_counted() -> None:
    this = plan(money(5, 5, 5), core={"use": {"cash": (2, 3, 1)}}, portal={"use": {"cash": (0.1, 0.2)}})
    assert schedule.drawn(this, {"core": 2, "portal": 1}, this.limit[0]) == [0.1, 2.2, 3.0]
    assert schedule.drawn(this, {"core": 3}, this.limit[0]) == [0, 0, 2]
    assert schedule.drawn(this, {}, this.limit[0]) == [0, 0, 0]


def test_over_in_one_period_is_said_of_that_period() -> None:
    this = plan(money(5, 2, 5), core={"use": {"cash": (2, 3, 1)}}, portal={"use": {"cash": (3,)}})
    found = kinds.live(this, {"core": 1, "portal": 1}, SAY)
    assert found.problems == (SAY("live.over", period="Year 2", label="Money", over="US$ 1 m"),)
    assert found.blocking
    assert [(m.id, m.used, m.limit, m.over) for m in found.meters] == [
        ("cash.1", 5, 5, False), ("cash.2", 3, 2, True), ("cash.3", 1, 5, False)]  # fmt: skip
    assert found.meters[1].label == "Money · Year 2"


def test_tenths_that_add_up_exactly_are_not_over() -> None:
    this = plan(money(0.3, 1), a={"use": {"cash": (0.1,)}}, b={"use": {"cash": (0.2,)}})
    assert not kinds.live(this, {"a": 1, "b": 1}, SAY).problems


def test_a_soft_limit_warns_and_lets_pass() -> None:
    this = plan(money(1, 1, hard=False), core={"use": {"cash": (2,)}}, b={})
    found = kinds.live(this, {"core": 1}, SAY)
    assert found.problems
    assert found.answered
    assert not found.blocking


def test_unspent_rolls_over_only_where_the_limit_says_so() -> None:
    options: dict[str, Any] = {"core": {"use": {"cash": (6,)}}, "portal": {"use": {"cash": (2,)}}}
    yearly, rolling = plan(money(4, 4, 4), **options), plan(money(4, 4, 4, cumulative=True), **options)
    value = {"portal": 1, "core": 2}
    assert kinds.live(yearly, value, SAY).blocking
    found = kinds.live(rolling, value, SAY)
    assert not found.problems
    assert [m.limit for m in found.meters] == [4, 6, 4]
    assert kinds.live(rolling, {"core": 1}, SAY).problems == (
        SAY("live.over", period="Year 1", label="Money", over="US$ 2 m"),
    )


units = st.integers(0, 60).map(lambda n: n / 10)


@given(st.lists(st.tuples(units, units), min_size=1, max_size=6))
def test_a_rolling_limit_holds_exactly_when_every_running_total_does(periods: list[tuple[float, float]]) -> None:
    caps, used = [c for c, _ in periods], [u for _, u in periods]
    fits = all(u <= c + 1e-9 for u, c in zip(accumulate(used), accumulate(caps), strict=True))
    room = schedule.ceilings(money(*caps, cumulative=True), used)
    assert fits == all(u <= c + 1e-9 for u, c in zip(used, room, strict=True))
    assert schedule.ceilings(money(*caps), used) == caps


NEEDS: list[tuple[dict[str, int], tuple[str, ...]]] = [
    ({"portal": 2}, (SAY("live.needs", label="PORTAL", other="CORE"),)),
    ({"core": 1, "portal": 1}, (SAY("live.needs_earlier", label="PORTAL", other="CORE", lag=1, count=1),)),
    ({"core": 2, "portal": 1}, (SAY("live.needs_earlier", label="PORTAL", other="CORE", lag=1, count=1),)),
    ({"core": 1, "portal": 2}, ()),
    ({"core": 1, "late": 2}, (SAY("live.needs_earlier", label="LATE", other="CORE", lag=2, count=2),)),
    ({"core": 1, "late": 3}, ()),
    ({"core": 1, "along": 1}, ()),
    ({"core": 2, "along": 1}, (SAY("live.needs_earlier", label="ALONG", other="CORE", lag=0, count=0),)),
    ({"soon": 1}, ()),
    ({"soon": 2}, (SAY("live.too_late", label="SOON", period="Year 1"),)),
]


@pytest.mark.parametrize(("value", "problems"), NEEDS)
def test_requires_lag_and_latest(value: dict[str, int], problems: tuple[str, ...]) -> None:
    this = plan(
        core={}, portal={"requires": ["core"]}, late={"requires": ["core"], "lag": 2},
        along={"requires": ["core"], "lag": 0}, soon={"latest": 1},
    )  # fmt: skip
    found = kinds.live(this, value, SAY)
    assert tuple(found.marks.values()) == problems, "said at the item, once"
    assert found.problems == ()
    assert found.blocking == bool(problems)
    assert set(found.marks) == ({"portal", "late", "along", "soon"} & set(value) if problems else set())


def pooled(*per_period: float, pool: int) -> Limit:
    return Limit(id="cash", label="Asks", unit="asks", per_period=per_period, pool=pool)


def test_a_pool_of_periods_shares_one_number() -> None:
    quarters = tuple(Named(id=f"q{n}", label=f"Q{n}") for n in range(1, 5))
    uses: dict[str, tuple[float, ...]] = {"a": (2,), "b": (1, 1), "c": (0, 0, 0, 5)}
    options = tuple(Option(id=i, label=i, invented=True, use={"cash": use}) for i, use in uses.items())
    this = question("schedule", period=quarters, limit=(pooled(3, 1, pool=2),), option=options)
    assert schedule.drawn(this, {"a": 1, "b": 2}, this.limit[0]) == [3, 1]
    assert schedule.drawn(this, {"c": 2}, this.limit[0]) == [0, 0], "beyond the last pool"
    assert not kinds.live(this, {"a": 1, "b": 2}, SAY).problems
    found = kinds.live(this, {"a": 3, "b": 1}, SAY)
    assert found.problems == (SAY("live.over_pool", period="Q3 to Q4", used="2 asks", limit="1"),)
    assert [(m.id, m.label, m.over) for m in found.meters] == [
        ("cash.1", "Asks · Q1 to Q2", False), ("cash.2", "Asks · Q3 to Q4", True)]  # fmt: skip


@pytest.mark.parametrize(
    ("limit", "says"), [(pooled(4, 4, pool=2), "number per 2 periods"), (pooled(4, pool=1), "per period")]
)
def test_a_limit_has_as_many_numbers_as_pools(limit: Limit, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        question("schedule", limit=(limit,))


def test_an_item_lasts_as_it_says_or_as_long_as_it_draws() -> None:
    this = plan(money(9, 9, 9), a={}, b={"use": {"cash": (1, 2)}}, c={"use": {"cash": (1,)}, "length": 3})
    assert [schedule.length(o) for o in this.option] == [1, 2, 3]


@pytest.mark.parametrize(("value", "marked"), [
    ({"first": 1, "then": 3}, False), ({"first": 1, "then": 2}, True), ({"first": 2, "then": 3}, True),
    ({"then": 3}, True),
])  # fmt: skip
def test_what_has_to_be_over_first(value: dict[str, int], marked: bool) -> None:
    this = plan(money(9, 9, 9), first={"length": 2}, then={"requires": ["first"], "ended": True})
    found = kinds.live(this, value, SAY)
    assert set(found.marks) == ({"then"} if marked else set())
    if marked and "first" in value:
        assert found.marks["then"] == SAY("live.needs_ended", label="THEN", other="FIRST")


def test_a_due_date_is_shown_and_never_stops_a_round() -> None:
    assert not kinds.live(plan(money(9, 9, 9), a={"length": 3, "due": 1}, b={}), {"a": 3}, SAY).blocking
    with pytest.raises(ValueError, match="'due' is not one of the periods"):
        plan(money(9, 9, 9), a={"due": 4}, b={})


def test_only_a_schedule_has_a_layout() -> None:
    assert question("schedule", layout="gantt").layout == "gantt"
    with pytest.raises(ValueError, match="only a schedule"):
        question("choice", layout="gantt")


# ------------------------------------------------------------ link: circles

pairs = st.lists(st.permutations("abcdef").map(lambda p: [p[0], p[1]]), max_size=14)


@given(pairs)
@settings(max_examples=300)
def test_a_circle_is_found_exactly_when_there_is_one(arrows: list[list[str]]) -> None:
    graph: dict[str, set[str]] = {}
    for start, end in arrows:
        graph.setdefault(end, set()).add(start)
    try:
        list(TopologicalSorter(graph).static_order())
        circular = False
    except CycleError:
        circular = True
    found = link.circle(arrows)
    assert bool(found) == circular
    for n, start in enumerate(found):
        assert [start, found[(n + 1) % len(found)]] in arrows, "what is named is a circle of drawn arrows"
    assert len(set(found)) == len(found)


def test_a_long_chain_and_a_long_circle_are_quick() -> None:
    chain = [[str(n), str(n + 1)] for n in range(400)]
    assert link.circle(chain) == []
    assert len(link.circle([*chain, ["400", "0"]])) == 401


def test_a_circle_is_said_with_its_labels_and_marks_its_items() -> None:
    found = live("link", [["a", "b"], ["b", "a"], ["b", "c"]])
    assert found.problems == (SAY("live.circle", labels="A → B → A"),)
    assert set(found.marks) == {"a", "b"}
    assert (found.answered, found.blocking) == (False, True)


# ------------------------------------------------------------ every word comes from a catalogue

PLAIN = re.compile(r"[aeiouyncAEIOUYNC]")  # the letters the pseudo-locale always changes


def spoken(found: kinds.Live) -> list[str]:
    return [*found.problems, *found.marks.values(), *(m.label for m in found.meters), *(m.text for m in found.meters)]


LOUD: list[tuple[str, dict[str, Any], Any]] = [
    ("choices", {"least": 2}, ["a"]),
    ("choices", {"most": 1}, ["a", "b", "c"]),
    ("number", {"unit": "days a year"}, -1),
    ("number", {"unit": "US$ {n} in coin"}, 99),
    ("text", {"words": 1}, "one two three"),
    ("allocate", {"option": tuple(Option(id=i, label=i * 2, floor=9) for i in "ae"), "unit": "points"},
     {"a": 1, "e": 3}),
    ("classify", {"category": (Named(id="a", label="Any", least=3, most=0), Named(id="e", label="One", least=5))},
     {"a": "a"}),
    ("schedule", {"limit": (money(1, 1, 1),), "option": (
        Option(id="a", label="Aye", invented=True, use={"cash": (5, 5)}, latest=1),
        Option(id="e", label="Eve", requires=("a",), lag=2),
        Option(id="i", label="Ione", requires=("o",)), Option(id="o", label="Oona"))}, {"a": 2, "e": 2, "i": 1}),
    ("schedule", {"limit": (Limit(id="cash", label="Ink", unit="ounces", per_period=(1,), pool=3),), "option": (
        Option(id="a", label="Aye", invented=True, use={"cash": (5,)}),
        Option(id="e", label="Eve", requires=("a",), ended=True))}, {"a": 2, "e": 2}),
    ("link", {"least": 5}, [["a", "b"], ["b", "a"]]),
    ("lanes", {"most": 0}, {"a": "p"}),
    ("lanes", {"least": 3}, {"b": "q"}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "more", "value"), LOUD, ids=[f"{k}-{n}" for n, (k, _, _) in enumerate(LOUD)])
def test_nothing_live_is_said_past_the_catalogues(kind: Kind, more: dict[str, Any], value: Any) -> None:
    case = CaseSpec.model_validate(
        {"slug": "s", "title": "T", "module": "m", "minutes": 1, "summary": "S", "commit": "C",
         "question": [question(kind, **more).model_dump(exclude_unset=True)]}
    )  # fmt: skip
    this = localised(case, PSEUDO).find("q")
    found = kinds.live(this, value, engine(PSEUDO))
    assert found.problems
    for words in spoken(found):
        assert not PLAIN.search(words.replace("{n}", "")), words
    empty = kinds.live(this, None, engine(PSEUDO))
    assert not [w for w in spoken(empty) if PLAIN.search(w)]


def test_the_pseudo_locale_leaves_places_alone() -> None:
    assert pseudo("{n} of {total:0} containers") == "⟦{n} öf {total:0} çöñtàîñérs⟧"
    assert pseudo("{used}") == "{used}"
