"""Arrows between items: pairs of ids, each pair once, none from an item to itself."""

from __future__ import annotations

from typing import Any

from itguide.kinds.live import Live, known, sequence
from itguide.spec import Question
from itguide.text import Say


def normalise(question: Question, raw: Any) -> list[list[str]]:
    """The arrows, sorted in the question's order."""
    position = {o.id: n for n, o in enumerate(question.option)}
    pairs: set[tuple[str, str]] = set()
    for pair in sequence(raw):
        ends = sequence(pair)
        if len(ends) != 2:
            raise ValueError("an arrow has two ends")
        start, end = (known(set(position), e, "items") for e in ends)
        if start == end:
            raise ValueError(f"an arrow cannot lead from '{start}' to itself")
        pairs.add((start, end))
    return [list(p) for p in sorted(pairs, key=lambda p: (position[p[0]], position[p[1]]))]


def circle(pairs: list[list[str]]) -> list[str]:
    """The ids of one closed circle of arrows; empty if there is none."""
    follows: dict[str, list[str]] = {}
    for start, end in pairs:
        follows.setdefault(start, []).append(end)
    done: set[str] = set()
    for root in follows:
        path: list[str] = []
        stack = [(root, iter(follows.get(root, [])))]
        path.append(root)
        while stack:
            node, rest = stack[-1]
            for following in rest:
                if following in path:
                    return path[path.index(following) :]
                if following not in done:
                    stack.append((following, iter(follows.get(following, []))))
                    path.append(following)
                    break
            else:
                done.add(node)
                stack.pop()
                path.pop()
    return []


def live(question: Question, value: list[list[str]], say: Say) -> Live:
    """A closed circle of arrows is said: in it nothing is a cause."""
    labels = {o.id: o.label for o in question.option}
    least = int(question.least or 1)
    problems: list[str] = []
    marks: dict[str, str] = {}
    if round_trip := circle(value):
        marks = dict.fromkeys(round_trip, say("live.in_circle"))
        problems.append(say("live.circle", labels=" → ".join(labels[i] for i in [*round_trip, round_trip[0]])))
    if value and len(value) < least:
        problems.append(
            say("live.too_few", n=len(value), least=least, missing=least - len(value), count=least - len(value))
        )
    return Live(len(value) >= least and not marks, tuple(problems), bool(marks), (), marks)
