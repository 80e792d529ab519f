"""Prints how long grading takes: stock nbgrader against `itguide grade`, per submission, in one run on one machine.

`make bench-grading` measures at 20, 200 and 1,000 submissions, `make bench-grading N=200` at one. Stock nbgrader is
timed on a few submissions of the same cohort (it does not depend on their number), and both results are compared row
by row. The last line is `stock/ours per submission: R`, at the largest size with the processes that grade chooses.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from itguide import gradebook
from itguide.build import build
from itguide.course import Course, open_course
from itguide.paths import bin_directory
from random_cohort import fill

MODULE = "strategic_planning"
STOCK = 3  # submissions that stock nbgrader is timed on


def rows(course: Course, students: list[str]) -> dict[str, list[tuple[str, float | None, float, bool]]]:
    """Every row of these submissions: grade id, automatic score, maximum, whether a person has to mark it."""
    with gradebook.opened(course) as book:
        return {
            s: [(m.grade_id, m.automatic, m.maximum, m.to_mark) for m in book.marks(s, MODULE).values()]
            for s in students
        }


def stock(course: Course, students: list[str]) -> float:
    """Seconds a submission takes with `nbgrader autograde`, as anyone would run it."""
    environment = {**os.environ, "PATH": f"{bin_directory()}{os.pathsep}{os.environ['PATH']}"}
    began = time.perf_counter()
    for student in students:
        subprocess.run(
            [str(bin_directory() / "nbgrader"), "autograde", MODULE, "--student", student],
            check=True, capture_output=True, cwd=course.root, env=environment,
        )  # fmt: skip
    return (time.perf_counter() - began) / len(students)


def ours(course: Course, processes: int | None) -> tuple[float, float]:
    """Seconds for the whole course with `itguide grade`, and the peak memory of its processes in MB."""
    command = [sys.executable, "-m", "itguide", "grade", MODULE, "--again", "--course", str(course.root)]
    began = time.perf_counter()
    subprocess.run([*command, *(["--processes", str(processes)] if processes else [])], check=True, capture_output=True)
    return time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3


def measure(n: int, folder: Path) -> float:
    """One size: prints its lines, returns how many times faster than stock a submission is."""
    root = folder / f"course{n}"
    build(root)
    course = open_course(root)
    fill(course, MODULE, n, seed=n)
    students = [student for student, _ in course.submissions(MODULE)]
    chosen = students[:STOCK]
    seconds = stock(course, chosen)
    theirs = rows(course, chosen)
    print(f"{n:>5} submissions  stock nbgrader   {seconds:8.3f} s each (timed on {len(chosen)})", flush=True)
    ratio = 0.0
    for processes in (1, 2, None):
        whole, peak = ours(course, processes)
        ratio = seconds / (whole / n)
        label = "as chosen" if processes is None else f"{processes} process{'es' if processes > 1 else ''}"
        print(f"{n:>5} submissions  ours, {label:<11} {whole / n:8.3f} s each, {whole:7.1f} s in all, "
              f"peak {peak:5.0f} MB a process, {ratio:6.1f} x", flush=True)  # fmt: skip
    same = rows(course, chosen) == theirs
    print(f"{n:>5} submissions  rows equal to stock: {'yes' if same else 'NO'} ({len(chosen)} compared)")
    if not same:
        sys.exit("The rows differ from stock nbgrader's.")
    shutil.rmtree(root)
    return ratio


def main() -> None:
    """Every size asked for."""
    sizes = [int(n) for n in sys.argv[1:]] or [20, 200, 1000]
    with tempfile.TemporaryDirectory() as folder:
        ratio = [measure(n, Path(folder)) for n in sizes][-1]
    print(f"stock/ours per submission: {ratio:.1f}")


if __name__ == "__main__":
    main()
