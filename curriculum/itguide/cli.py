"""The command `itguide`: reads the words typed, calls the module that does the work, prints what it says."""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from itguide import __version__
from itguide.errors import ContentError, ItGuideError

INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command. 0 = done, 1 = something needs attention, 2 = typed wrongly, 130 = interrupted."""
    args = _parser().parse_args(argv)
    try:
        if args.instructor:
            _need_nbgrader()
        return int(args.run(args))
    except ContentError as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)
        return 1
    except ItGuideError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        return 1
    except OSError as error:
        print(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="itguide", description="The IT Guide for Executives course.")
    parser.add_argument("--version", action="version", version=f"itguide {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def command(
        name: str, run: Any, says: str, *, course: bool = False, as_json: bool = False
    ) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=says, description=says)
        sub.set_defaults(run=run, json=False, instructor=course)  # what works on a course works with nbgrader
        if course:
            sub.add_argument(
                "--course", type=Path, metavar="DIR", help="the course directory (default: grading/course)"
            )
        if as_json:
            sub.add_argument("--json", action="store_true", help="answer in JSON")
        return sub

    sub = command("start", _start, "open the course in the browser")
    sub.add_argument("--lang", help="the language to begin with")
    sub.add_argument("--workspace", type=Path, metavar="DIR", help="where the answers are kept")
    sub.add_argument("--port", type=int, metavar="N")
    sub.add_argument("--no-browser", action="store_true", help="only print the address")
    command("check", _check, "look through content, keys and references", as_json=True)
    sub = command("build", _build, "make the course directory for a cohort", course=True, as_json=True)
    sub.add_argument("--cohort", metavar="NAME", help="names of participants: grading/cohorts/NAME.toml")
    sub = command("submit", _submit, "write a module's answers into one file", as_json=True)
    sub.add_argument("module")
    sub.add_argument("--workspace", type=Path, metavar="DIR")
    sub.add_argument("--to", type=Path, metavar="DIR", help="where to put a copy of the file")
    sub = command("collect", _collect, "take in submission files", course=True, as_json=True)
    sub.add_argument("folder", type=Path)
    sub.add_argument(
        "--prefer", action="append", default=[], metavar="RECEIPT", help="settles a conflict between two files"
    )
    sub = command("grade", _grade, "grade what was collected", course=True, as_json=True)
    sub.add_argument("module", nargs="?")
    sub.add_argument("--again", action="store_true", help="regrade what has not changed, too")
    sub.add_argument(
        "--engine", choices=("fast", "nbgrader"), default="fast",
        help="nbgrader: the stock way, with a kernel for each submission; the results are the same",
    )  # fmt: skip
    sub.add_argument("--processes", type=int, metavar="N", help="work in N processes (default: as many as help)")
    sub = command("desk", _desk, "open formgrader to read and mark", course=True)
    sub.add_argument("--port", type=int, metavar="N")
    sub.add_argument("--no-browser", action="store_true", help="only print the address")
    sub = command("marking", _marking, "say what is left to mark", course=True, as_json=True)
    sub.add_argument("module", nargs="?")
    command("feedback", _feedback, "write feedback pages", course=True, as_json=True)
    sub = command("export", _export, "write answers and points as CSV and Excel", course=True, as_json=True)
    sub.add_argument("module", nargs="?")
    sub.add_argument("--to", type=Path, metavar="DIR", help="where to put them (default: exported, in the course)")
    sub.add_argument("--names", action="store_true", help="with the cohort's names and the workspaces' ids")
    sub = command("report", _report, "make the cohort report: one page per module, without names", course=True,
                  as_json=True)  # fmt: skip
    sub.add_argument("module", nargs="?")
    sub.add_argument("--to", type=Path, metavar="DIR", help="where to put it (default: reports, in the course)")
    sub.add_argument("--lang", help="the language of the report")
    sub = command("kit", _kit, "make the paper kits: brief, cards and results to print")
    sub.add_argument("what", nargs="?", metavar="CASE or MODULE", help="only this one (default: every case)")
    sub.add_argument("--to", type=Path, metavar="DIR", default=Path("kit"), help="where to put them (default: kit)")
    sub.add_argument("--lang", help="the language of what participants read")
    sub = command("new-case", _new_case, "begin a new case")
    sub.add_argument("slug")
    sub.add_argument("--module", help="list it in this module, in the syllabus and in the notebook")
    return parser


def _need_nbgrader() -> None:
    """ItGuideError where the course was installed without what an instructor needs."""
    try:
        found = importlib.util.find_spec("nbgrader") is not None
    except ImportError:
        found = False
    if not found:
        raise ItGuideError(
            "nbgrader is not installed: this command is an instructor's and needs the [instructor] extra; "
            'in a checkout run: pip install -c constraints.txt -e ".[instructor]"'
        )


def _count(n: int, one: str, many: str) -> str:
    return f"{n} {one if n == 1 else many}"


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=1, default=str))


class Progress:
    """A line on stderr that counts; silent unless someone watches."""

    def __init__(self) -> None:
        self.watched, self.width = sys.stderr.isatty(), 0

    def __call__(self, n: int, of: int, what: str) -> None:
        line = f"{n}/{of} {what}"
        if self.watched:
            print(f"\r{line.ljust(self.width)}", end="", file=sys.stderr, flush=True)
            self.width = len(line)
        else:
            print(line, file=sys.stderr, flush=True)

    def end(self) -> None:
        """Leaves the line."""
        if self.watched and self.width:
            print(f"\r{' ' * self.width}\r", end="", file=sys.stderr, flush=True)


def _start(args: argparse.Namespace) -> int:
    from itguide import launch, paths

    workspace = args.workspace or paths.default_workspace()
    return int(launch.start(workspace=workspace, lang=args.lang, port=args.port, open_browser=not args.no_browser))


def _check(args: argparse.Namespace) -> int:
    from itguide import check

    problems = check.run()
    if args.json:
        _print_json([asdict(p) for p in problems])
    else:
        for problem in problems:
            print(problem, file=sys.stderr)
        print(f"{len(problems)} problems" if len(problems) > 1 else "1 problem" if problems else "All is well.")
    return 1 if problems else 0


def _build(args: argparse.Namespace) -> int:
    from itguide import build

    built = build.build(args.course, args.cohort, lambda what: print(what, file=sys.stderr, flush=True))
    if args.json:
        _print_json(asdict(built))
    else:
        modules = (f"{m} ({_count(n, 'graded item', 'graded items')})" for m, n in built.modules.items())
        print(f"Built {', '.join(modules)} in {built.course}.")
    return 0


def _submit(args: argparse.Namespace) -> int:
    from itguide import paths, submission

    receipt = submission.submit(args.module, args.workspace or paths.default_workspace(), args.to)
    if args.json:
        _print_json({**asdict(receipt), "receipt": receipt.grouped})
    else:
        print(f"{receipt.path}\nReceipt {receipt.grouped}{' (nothing has changed since)' if receipt.again else ''}")
    return 0


def _collect(args: argparse.Namespace) -> int:
    from itguide import collect

    found = collect.collect(args.folder, args.course, args.prefer)
    if args.json:
        _print_json([asdict(c) for c in found])
    else:
        for one in found:
            print(f"{one.file}: {one.status}: {one.says}", file=sys.stdout if one.good else sys.stderr)
        print(
            ", ".join(f"{sum(c.status == s for c in found)} {s}" for s in dict.fromkeys(c.status for c in found))
            or "The folder is empty."
        )
    return 0 if all(c.good for c in found) else 1


def _grade(args: argparse.Namespace) -> int:
    from itguide import grading

    progress = Progress()
    try:
        summary = grading.grade(args.course, args.module, again=args.again, engine=args.engine,
                                processes=args.processes, report=progress)  # fmt: skip
    finally:
        progress.end()
    if args.json:
        _print_json(summary.as_json())
    else:
        for one in summary.submissions:
            name = f"{one.workspace_id[:6]} {one.module}"
            if one.error:
                print(f"{name}: {one.error}", file=sys.stderr)
                continue
            again = f" ({len(one.marked_before)} read before, but the text has changed)" if one.marked_before else ""
            print(f"{name}: automatic {one.automatic:g} of {one.automatic_of:g}; criteria: {one.marked} read "
                  f"({one.written_points:g} of {one.written_of:g} points), "
                  f"{one.to_mark} still to read{again}")  # fmt: skip
        total = summary.as_json()
        print(
            f"{total['graded']} graded, {total['failed']} need attention; "
            f"{_count(total['marked'], 'criterion', 'criteria')} read, {total['to_mark']} still to read."
        )
    return 1 if summary.failed else 0


def _desk(args: argparse.Namespace) -> int:
    from itguide import desk

    return desk.desk(args.course, args.port, not args.no_browser)


def _marking(args: argparse.Namespace) -> int:
    from itguide import marking

    found = marking.left(args.course, args.module)
    if args.json:
        _print_json(found.as_json())
        return 0
    for asked in found.asked:
        criteria = ", ".join(f"{asked.labels[c]}: {n}" for c, n in asked.criteria.items() if n)
        answers = _count(asked.written, "answer", "answers")
        print(f"{asked.module}: {asked.case_title}: {asked.left} of {answers} to mark", end="")
        print(f" ({criteria})" if criteria else "")
    for person in found.people:
        if person.left:
            print(f"{person.workspace_id[:6]} {person.module}: {person.left} of {person.of} left: /{person.path}")
    for who, slug in found.ungraded:
        print(f"{who[:6]} {slug}: handed in or changed after the last grading; run 'itguide grade'", file=sys.stderr)
    print(f"{found.left} of {_count(found.total, 'criterion', 'criteria')} still to read.")
    return 0


def _feedback(args: argparse.Namespace) -> int:
    from itguide import feedback

    progress = Progress()
    try:
        pages = feedback.feedback(args.course, progress)
    finally:
        progress.end()
    if args.json:
        _print_json([asdict(p) for p in pages])
    else:
        for page in pages:
            unread = f" ({page.unread} criteria not read yet)" if page.unread else ""
            if page.error:
                print(f"{page.workspace_id[:6]} {page.module}: {page.error}", file=sys.stderr)
            else:
                print(f"{page.file}{unread}")
    return 1 if any(p.error for p in pages) else 0


def _export(args: argparse.Namespace) -> int:
    from itguide import export

    found = export.export(args.course, args.module, args.to, names=args.names)
    if args.json:
        _print_json([asdict(e) for e in found])
        return 1 if any(e.left_out for e in found) else 0
    for one in found:
        print("\n".join(one.files))
    return _left_out([(e.module, *sheet) for e in found for sheet in e.left_out], bool(found))


def _report(args: argparse.Namespace) -> int:
    from itguide import report

    progress = Progress()
    try:
        found = report.report(args.course, args.module, args.to, args.lang or "en", progress)
    finally:
        progress.end()
    if args.json:
        _print_json([asdict(r) for r in found])
        return 1 if any(r.damaged for r in found) else 0
    for one in found:
        print(f"{one.file} ({_count(one.handed_in, 'hand-in', 'hand-ins')})")
    return _left_out([(r.module, *sheet) for r in found for sheet in r.damaged], bool(found))


def _left_out(sheets: Sequence[tuple[str, str, str]], anything: bool) -> int:
    """Tells which sheets could not be read, or that there is nothing yet."""
    for module, student, reason in sheets:
        print(f"{student[:6]} {module}: left out: {reason}", file=sys.stderr)
    if not anything:
        print("Nothing has been handed in yet. Collect the files with 'itguide collect' first.", file=sys.stderr)
    return 1 if sheets or not anything else 0


def _kit(args: argparse.Namespace) -> int:
    from itguide import paper_kit, print_pdf
    from itguide.answers import write_whole

    slugs = paper_kit.named(args.what)
    args.to.mkdir(parents=True, exist_ok=True)
    exe, progress, troubles = print_pdf.browser(), Progress(), []
    try:
        for n, slug in enumerate(slugs):
            progress(n, len(slugs), slug)
            page = args.to / f"{slug}_kit.html"
            write_whole(page, paper_kit.page(slug, args.lang or "en").encode())
            if exe and (why := print_pdf.print_pdf(page, page.with_suffix(".pdf"), exe)):
                troubles.append(why)
    finally:
        progress.end()
    for slug in slugs:
        print(args.to / f"{slug}_kit{'.pdf' if exe and not troubles else '.html'}")
    if not exe:
        print("No Chrome, Chromium or Edge was found to make PDF: open the pages in a browser and print them there.",
              file=sys.stderr)  # fmt: skip
    for why in troubles:
        print(f"{why}. The pages are there: open them in a browser and print them.", file=sys.stderr)
    return 1 if troubles else 0


def _new_case(args: argparse.Namespace) -> int:
    from itguide import new_case

    if args.module:
        folder, book, notebook = new_case.begin(args.slug, args.module)
        print(f"Began {folder}, listed in {book.name} and {notebook.name}")
        print(f"Next: write the four texts in case_studies/{args.slug}; then run: itguide check")
    else:
        print(f"Began {new_case.create(args.slug)}")
        print(new_case.next_steps(args.slug))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
