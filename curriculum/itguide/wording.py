"""An answer in words: labels instead of ids, in the groups a reader thinks in."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any, Literal

from itguide import kinds
from itguide.kinds.live import amount
from itguide.spec import Question
from itguide.text import Say


@dataclass(frozen=True)
class Group:
    """Some things that belong together, under a title where they need one: a list, a ranking, or lines of prose."""

    title: str
    items: tuple[str, ...]
    form: Literal["list", "ranking", "prose"] = "list"


def worded(question: Question, raw: Any, say: Say) -> tuple[Group, ...]:
    """The answer to a (localised) question in words; nothing for a blank."""
    if raw is None:
        return ()
    try:
        value = kinds.normalise(question, raw)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
        return (Group("", (say("feedback.unreadable"),)),)
    found = _groups(question, value, say) if value is not None else []
    return tuple(g for g in found if g.items)


def _groups(question: Question, value: Any, say: Say) -> list[Group]:
    labels = {o.id: o.label for o in question.option}
    kind = question.kind
    if kind == "inject":  # a message that was read is no answer
        return []
    if kind == "choice":
        return [Group("", (labels[value],))]
    if kind in {"choices", "rank"}:
        return [Group("", tuple(labels[v] for v in value), "ranking" if kind == "rank" else "list")]
    if kind == "number":
        return [Group("", (amount(say, value, question.unit),))]
    if kind == "text":
        return [Group("", tuple(line for line in value.split("\n") if line.strip()), "prose")]
    if kind == "allocate":
        told = (say("feedback.share", label=labels[i], amount=amount(say, n, question.unit)) for i, n in value.items())
        return [Group("", tuple(told))]
    if kind == "classify":
        return [
            Group(c.label, tuple(labels[i] for i, into in value.items() if into == c.id)) for c in question.category
        ]
    if kind == "schedule":
        done = [
            Group(p.label, tuple(labels[i] for i, start in value.items() if start == n))
            for n, p in enumerate(question.period, start=1)
        ]
        return [*done, Group(say("feedback.not_done"), tuple(labels[i] for i in labels if i not in value))]
    if kind == "place":
        return _squares(question, value, labels, say)
    if kind == "lanes":
        moves = {o.id: {m.id: m.label for m in o.move} for o in question.option}
        return [Group(labels[step], (moves[step][move],)) for step, move in value.items()]
    return [Group("", tuple(say("feedback.link", start=labels[a], end=labels[b]) for a, b in value))]


def _squares(question: Question, value: dict[str, list[str]], labels: dict[str, str], say: Say) -> list[Group]:
    """The items by row, the uppermost first, each with its column."""
    columns = {c.id: c.label for c in question.column}
    return [
        Group(r.label, tuple(say("kind.place_in", label=labels[i], column=columns[at[1]])
                             for i, at in value.items() if at[0] == r.id))
        for r in reversed(question.row)
    ]  # fmt: skip


def as_html(groups: tuple[Group, ...], say: Say) -> str:
    """The groups as HTML of plain tags; everything in them is escaped."""
    if not groups:
        return f"<em>{escape(say('feedback.not_answered'))}</em>"
    return "".join(_html(group) for group in groups)


def _html(group: Group) -> str:
    title = f"<div><strong>{escape(group.title)}</strong></div>" if group.title else ""
    if group.form == "prose" or (len(group.items) == 1 and not group.title):
        return title + "".join(f"<div>{escape(item)}</div>" for item in group.items)
    tag = "ol" if group.form == "ranking" else "ul"
    return f"{title}<{tag}>{''.join(f'<li>{escape(item)}</li>' for item in group.items)}</{tag}>"
