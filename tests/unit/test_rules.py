"""The rules of the layout, each one a test: what stands where, and who may know whom."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "curriculum" / "itguide"
SOURCES = {p.relative_to(PACKAGE).as_posix(): p.read_text(encoding="utf-8") for p in sorted(PACKAGE.rglob("*.py"))}
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SYLLABUS = tomllib.loads((ROOT / "curriculum" / "syllabus.toml").read_text(encoding="utf-8"))
SLUGS = [case["slug"] for module in SYLLABUS["module"] for case in module["case"]]
SKIPPED = {".git", ".venv", "node_modules", "__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", "dist",
           "build", "workspace", ".hypothesis"}  # fmt: skip


def kept(folder: Path) -> Iterator[Path]:
    """The files of the project under a folder, without what is generated."""
    for path in sorted(folder.iterdir()):
        if path.name in SKIPPED or (path.name == "course" and folder.name == "grading"):
            continue
        if path.is_dir():
            yield from kept(path)
        else:
            yield path


def imported(source: str) -> set[str]:
    """Every module a source names in an import, wherever it stands; `from a import b` names a and a.b."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


IMPORTS = {name: imported(source) for name, source in SOURCES.items()}


def importers(*packages: str) -> set[str]:
    """The engine's files that import one of these packages, lazily or not."""
    return {file for file, names in IMPORTS.items()
            if any(n == p or n.startswith(f"{p}.") for n in names for p in packages)}  # fmt: skip


def test_there_is_something_to_look_at() -> None:
    assert len(SOURCES) > 20
    assert SLUGS
    assert NOTEBOOKS


# ------------------------------------------------------------ shelves


def test_a_case_is_no_program() -> None:
    allowed = {".toml", ".md", ".svg", ".csv", ".json", ".png"}
    assert [p for p in kept(ROOT / "case_studies") if p.suffix not in allowed] == []


@pytest.mark.parametrize("slug", SLUGS)
def test_the_engine_names_no_case(slug: str) -> None:
    word = re.compile(rf"(?<![a-z0-9_]){re.escape(slug)}(?![a-z0-9_])")
    written = [p for p in PACKAGE.rglob("*") if p.suffix in {".py", ".js", ".css", ".toml", ".jinja", ".json"}]
    assert [p.name for p in written if word.search(p.read_text(encoding="utf-8"))] == []


def test_answer_keys_stand_nowhere_but_under_grading() -> None:
    marks = {"key.toml", "gradebook.db"}
    strays = [p.relative_to(ROOT) for p in kept(ROOT) if p.name in marks or p.parent.name in {"exemplars", "samples"}]
    assert [p for p in strays if p.parts[0] not in {"grading", "tests"}] == []


def test_no_sentence_of_a_key_stands_on_a_shelf_participants_are_given() -> None:
    told: set[str] = set()
    for path in (ROOT / "grading" / "keys").rglob("*"):
        if path.name == "key.toml":
            held: object = tomllib.loads(path.read_text(encoding="utf-8"))
        elif path.suffix == ".json":
            held = {"says": json.loads(path.read_text(encoding="utf-8")).get("says", "")}
        else:
            continue
        told |= {words for _, value in _keys({"all": held}) for words in _texts(value) if len(words) > 40}
    shelves = [p for folder in ("case_studies", "notebooks", "curriculum/itguide", "curriculum/locale")
               for p in kept(ROOT / folder) if p.suffix not in {".woff2", ".npz", ".png"}]  # fmt: skip
    for path in shelves:
        words = path.read_text(encoding="utf-8")
        assert [t for t in told if t in words] == [], path


def _texts(value: object) -> list[str]:
    if isinstance(value, list):
        return [text for inner in value for text in _texts(inner)]
    return [value] if isinstance(value, str) else []


def test_a_case_and_its_texts_hold_no_key() -> None:
    for path in kept(ROOT / "case_studies"):
        if path.suffix == ".toml":
            keys = {k for k, _ in _keys(tomllib.loads(path.read_text(encoding="utf-8")))}
            assert not keys & {"rule", "bands", "levels", "exemplar", "threshold", "reference", "judgement"}, path


def _keys(value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key, inner
            yield from _keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _keys(inner)


def test_nothing_of_grading_or_the_facilitators_is_packed() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    targets = settings["tool"]["hatch"]["build"]["targets"]
    packed = [*targets["wheel"]["packages"], *targets["wheel"]["force-include"], *targets["wheel"]["shared-data"]]
    assert [p for p in packed if p.startswith(("grading", "curriculum/guide", "tests"))] == []
    assert "curriculum" not in packed, "the whole shelf would take the facilitators' guide along"


# ------------------------------------------------------------ who may know whom

JUDGES = ("itguide.scoring", "itguide.keys", "itguide.gradebook", "itguide.preflight", "itguide.feedback", "nbgrader",
          "itguide.course", "itguide.grading_notebook", "itguide.grading_cells", "itguide.wording")  # fmt: skip
GIVEN = {"page", "session", "document", "answers", "text", "content", "spec", "notebooks", "pictures", "citations",
         "handing_in", "home", "server", "workspace", "submission", "manifest", "view_page", "tokens"}  # fmt: skip
SHOWN = ("kinds/", "models/", "consequences/", "figures/")
PARTICIPANT = [n for n in SOURCES if n.startswith(SHOWN) or n.removesuffix(".py") in GIVEN]


@pytest.mark.parametrize("name", PARTICIPANT)
def test_the_participants_side_names_neither_scoring_nor_grading(name: str) -> None:
    assert name not in importers(*JUDGES)
    written = [n.value for n in ast.walk(ast.parse(SOURCES[name])) if isinstance(n, ast.Constant)]
    assert [s for s in written if isinstance(s, str) and re.search(r"\bgrading/keys|key\.toml", s)] == []


def test_models_and_scoring_name_neither_widgets_nor_nbgrader() -> None:
    found = importers("ipywidgets", "anywidget", "IPython", "nbgrader")
    assert {n for n in found if n.startswith(("models/", "kinds/", "figures/", "consequences/"))} == set()
    assert not found & {"scoring.py", "keys.py", "answers.py", "session.py", "document.py"}


def test_models_do_not_know_how_they_are_shown() -> None:
    shown = importers("itguide.consequences", "itguide.figures", "itguide.text", "itguide.page", "itguide.session")
    assert {n for n in shown if n.startswith("models/")} == set()


def test_only_the_page_shows_widgets() -> None:
    assert importers("anywidget", "ipywidgets") <= {"page.py"}


def test_only_the_makers_of_notebooks_use_nbformat() -> None:
    assert importers("nbformat") <= {"notebooks.py", "grading_notebook.py", "gradebook.py", "nbgrader_steps.py"}


def test_only_the_instructors_side_uses_nbgrader() -> None:
    allowed = re.compile(r"gradebook|grading_|nbgrader_|desk|build|grade|course|feedback|autograde")
    assert [n for n in importers("nbgrader", "sqlalchemy") if not allowed.match(n)] == []


def test_solvers_stay_with_the_instructor() -> None:
    found = importers("scipy", "simpy", "sklearn")
    assert found <= {"solver.py"}
    for name in found:
        tops = [n for n in ast.parse(SOURCES[name]).body if isinstance(n, ast.Import | ast.ImportFrom)]
        assert not {n for n in imported(ast.unparse(ast.Module(tops, []))) if n.startswith("scipy")}, (
            "only when it solves"
        )
    assert not importers("itguide.solver") & set(PARTICIPANT)


def test_the_engine_depends_on_what_it_declares() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    declared = {re.split(r"[<>=!~\[ ]", d)[0].replace("-", "_").lower() for d in settings["project"]["dependencies"]}
    came_along = {"markdown_it", "pydantic_core", "traitlets", "ipython", "tornado", "cycler", "markupsafe"}
    provided = declared | came_along | {"itguide"}
    for name in PARTICIPANT:
        outside = {n.partition(".")[0].lower() for n in IMPORTS[name]} - set(sys.stdlib_module_names) - provided
        assert outside == set(), name


# ------------------------------------------------------------ notebooks


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_a_notebook_defines_nothing_and_has_run_nothing(path: Path) -> None:
    node = json.loads(path.read_text(encoding="utf-8"))
    ids = [cell["id"] for cell in node["cells"]]
    assert len(ids) == len(set(ids))
    assert [i for i in ids if not re.fullmatch(r"[a-z][a-z0-9-]{2,40}", i)] == [], "ids are given by hand"
    for cell in node["cells"]:
        assert "nbgrader" not in cell["metadata"]
        if cell["cell_type"] != "code":
            assert cell["cell_type"] == "markdown"
            continue
        assert cell["outputs"] == []
        assert cell["execution_count"] is None
        tree = ast.parse("".join(cell["source"]))
        for statement in tree.body:
            assert isinstance(statement, ast.Import | ast.ImportFrom | ast.Expr), ast.dump(statement)
        assert len([s for s in tree.body if isinstance(s, ast.Expr)]) == 1, "one call per cell"


def test_every_notebook_belongs_to_a_module() -> None:
    assert sorted(p.name for p in NOTEBOOKS) == sorted(module["notebook"] for module in SYLLABUS["module"])


# ------------------------------------------------------------ house rules

HOUSE = re.compile(r"/home/[a-z]+/|/Users/[A-Za-z]+/|C:\\\\Users")
HOSTS = re.compile(r"\b(pypi\.org|files\.pythonhosted\.org|registry\.npmjs\.org|cdn\.jsdelivr\.net|unpkg\.com)\b")


def committed() -> list[Path]:
    try:
        told = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    return [ROOT / name for name in told.decode().split("\0") if name]


def test_no_file_names_this_machine_or_a_registry() -> None:
    for path in committed():
        if path.suffix in {".woff2", ".npz", ".png", ".zip"} or not path.is_file() or path == Path(__file__):
            continue
        words = path.read_text(encoding="utf-8", errors="replace")
        assert not HOUSE.search(words), path
        assert not HOSTS.search(words), path


def test_nothing_generated_is_committed() -> None:
    generated = re.compile(
        r"(^|/)(workspace|\.itguide|submitted|autograded|release|received|__pycache__)/|\.pyc$|gradebook\.db$"
    )
    names = [p.relative_to(ROOT).as_posix() for p in committed()]
    assert [n for n in names if generated.search(n) and not n.startswith("tests/fixtures/")] == []


@pytest.mark.parametrize("name", SOURCES)
def test_a_module_says_first_what_it_is(name: str) -> None:
    if not SOURCES[name].strip():
        return
    first = (ast.get_docstring(ast.parse(SOURCES[name])) or "").split("\n")[0]
    assert len(first) > 15, name
    assert first[0].isupper() or not first[0].isalpha() or first.split()[0].islower(), name


@pytest.mark.parametrize("name", PARTICIPANT)
def test_a_participants_module_stays_readable(name: str) -> None:
    assert SOURCES[name].count("\n") <= 560, "one noun per module: split it"


def test_no_option_can_share_an_id_with_a_part_of_the_page() -> None:
    """`<question>-<option>` is an option's; the page's own parts stand behind two dashes, which no id has."""
    without_options = {"field", "unit", "range", "unread", "words"}  # of numbers and texts
    static = ROOT / "curriculum" / "itguide" / "static"
    scripts = [*(static / "kinds").glob("*.js"), static / "case.js"]
    parts = {m for s in scripts for m in re.findall(r"uid\}-([a-z]+)", s.read_text(encoding="utf-8"))}
    assert parts <= without_options
