"""Grading without a kernel: scores straight from the answer sheets, and the notebook formgrader shows, from a pattern.

The pattern of a module is a notebook that nbgrader's own autograde pipeline made of an exemplar; only the outputs of
its cells are replaced. Before a pattern is used, the outputs worked out here for the exemplar must be those in it.
"""

from __future__ import annotations

import ast
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing import get_context
from os import cpu_count
from pathlib import Path
from typing import Any

from itguide import gradebook
from itguide.content import module_cases
from itguide.desk_view import DeskView
from itguide.errors import CourseError, ItGuideError
from itguide.scoring import CaseScore

WORTH_TWO = 40  # from so many submissions on, a second process earns back what it costs to start
SHOWN_AS = "<an answer>"
STAGED, FORMER = ".new-", ".former-"


@dataclass(frozen=True)
class Job:
    """One submission to be worked out: its folder and module, and the pattern's file if its notebook is wanted too."""

    folder: Path
    module: str
    pattern: Path | None = None


@dataclass(frozen=True)
class Worked:
    """What one submission comes to. `error` is the reason if it cannot be graded, and then nothing else is given."""

    scores: tuple[CaseScore, ...] = ()
    prints: Mapping[str, str] = field(default_factory=dict)
    notebook: bytes = b""
    error: str = ""

    @property
    def points(self) -> dict[str, float]:
        """Automatic points by grade id."""
        return {q.grade_id: q.points for score in self.scores for q in score.questions if q.maximum}


def work(job: Job) -> Worked:
    """Scores one submission and fills its notebook; writes nothing. Never raises for what a submission holds."""
    try:
        view = DeskView(job.folder)
        scores = tuple(view.score(case.slug) for case in module_cases(job.module))
        prints: dict[str, str] = {}
        for score in scores:
            prints.update(gradebook.fingerprints(score))
        notebook = _filled(job.pattern, view) if job.pattern else b""
    except (ItGuideError, OSError, ValueError, RecursionError) as error:
        return Worked(error=str(error) or type(error).__name__)
    return Worked(scores, prints, notebook)


def work_all(jobs: Sequence[Job], processes: int | None = None) -> Iterator[Worked]:
    """Every job's result in order, from as many processes as help: one for few, then one for each core."""
    processes = processes or (cpu_count() or 1 if len(jobs) >= WORTH_TWO else 1)
    if processes == 1:
        yield from map(work, jobs)
        return
    # A fresh interpreter for each: a copy of this one would share its open gradebook.
    done = 0
    try:
        with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
            waiting = iter(jobs)
            ahead = [pool.submit(work, job) for job in islice(waiting, 8 * processes)]
            while ahead:
                worked = ahead.pop(0).result()
                done += 1
                yield worked
                ahead += [pool.submit(work, job) for job in islice(waiting, 1)]
    except BrokenProcessPool:  # one of them was ended, for want of memory perhaps: this one goes on alone
        yield from map(work, jobs[done:])


def pattern(notebook: bytes, folder: Path) -> bytes:
    """An autograded notebook as a pattern. CourseError if what stands in it is not what is worked out here."""
    node = json.loads(notebook)
    found = [cell["outputs"] for cell in node["cells"] if cell["cell_type"] == "code"]
    fresh = [outputs for _, outputs in _outputs(node, DeskView(folder))]
    if json.dumps(found, sort_keys=True) != json.dumps(fresh, sort_keys=True):
        raise CourseError(
            "What nbgrader's pipeline shows of an exemplar is not what is worked out without it, so nothing was "
            "graded. Grade with --engine nbgrader, and report this."
        )
    return notebook


def _filled(path: Path, view: DeskView) -> bytes:
    """The pattern with this submission's outputs."""
    node = json.loads(path.read_bytes())
    for cell, outputs in _outputs(node, view):
        cell["outputs"] = outputs
    return (json.dumps(node, ensure_ascii=False, indent=1) + "\n").encode()


def _outputs(node: Mapping[str, Any], view: DeskView) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Each code cell with the outputs it would have."""
    for n, cell in enumerate((c for c in node["cells"] if c["cell_type"] == "code"), start=1):
        function, arguments = called("".join(cell["source"]))
        value = getattr(view, function)(*arguments)
        data = {"text/plain": [repr(value)]}
        if isinstance(value, str):
            data = {"text/html": value.splitlines(keepends=True), "text/plain": [SHOWN_AS]}
        yield cell, [{"data": data, "execution_count": n, "metadata": {}, "output_type": "execute_result"}]


def called(source: str) -> tuple[str, list[str]]:
    """The function and its arguments in a line that `grading_notebook` wrote. CourseError for any other line."""
    match ast.parse(source).body:
        case [
            ast.ImportFrom(module="itguide.grading_cells", names=[ast.alias(name=imported)]),
            ast.Expr(ast.Call(func=ast.Name(id=called), args=given, keywords=[])),
        ] if imported == called and all(isinstance(a, ast.Constant) for a in given):
            return called, [str(ast.literal_eval(a)) for a in given]
    raise CourseError("A cell of the grading notebook was not written by 'itguide build'; build the course again.")


# ---- a result on disk: staged beside the former one, and put in its place only when the gradebook has it


def boundary(_name: str) -> None:
    """A moment between two writes. Does nothing; a test ends the process here."""


def stage(target: Path, submitted: Path, notebook: bytes, stamp: bytes, stamp_name: str) -> Path:
    """The whole result in a folder of its own beside its place."""
    staged = target.with_name(f"{STAGED}{target.name}")
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir(parents=True)
    for path in sorted(p for p in submitted.rglob("*") if p.is_file() and p.suffix != ".ipynb"):
        place = staged / path.relative_to(submitted)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)
    boundary("files copied")
    (staged / f"{target.name}.ipynb").write_bytes(notebook)
    boundary("notebook written")
    (staged / stamp_name).write_bytes(stamp)
    boundary("stamp written")
    return staged


def swap(staged: Path, target: Path) -> None:
    """The new result takes the former one's place."""
    former = target.with_name(f"{FORMER}{target.name}")
    shutil.rmtree(former, ignore_errors=True)
    if target.exists():
        target.rename(former)
    boundary("former set aside")
    staged.rename(target)
    boundary("in place")
    shutil.rmtree(former, ignore_errors=True)
    boundary("former removed")


def mend(autograded: Path) -> None:
    """After a run that was ended halfway: a former result comes back where none took its place, the rest goes."""
    for former in sorted(autograded.glob(f"*/{FORMER}*")):
        target = former.with_name(former.name.removeprefix(FORMER))
        if target.exists():
            shutil.rmtree(former, ignore_errors=True)
        else:
            former.rename(target)
    for staged in sorted(autograded.glob(f"*/{STAGED}*")):
        shutil.rmtree(staged, ignore_errors=True)
