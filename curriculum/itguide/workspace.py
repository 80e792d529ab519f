"""A participant's folder: the notebooks to read, the answers, the private notes, the profile.

profile.toml                        who this folder is: a random id; name and language if given
<module>/<module>.<lang>.ipynb      views, rebuilt whenever the course changes
<module>/answers/  private/         what the participant decided; never touched here
"""

from __future__ import annotations

import json
import os
import re
import secrets
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from itguide.answers import set_aside, write_whole
from itguide.content import syllabus
from itguide.errors import ItGuideError
from itguide.text import languages as course_languages

PROFILE = "profile.toml"
STATE = ".itguide"  # the course server's own files; hidden from the page
ID = re.compile(r"[a-z0-9]{26}")
_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"  # base32: 26 signs hold 130 bits
_LARGEST_PROFILE = 64 * 1024


@dataclass(frozen=True)
class Profile:
    """Whose folder it is. The id is random and says nothing about the person; the rest is optional."""

    workspace_id: str
    name: str = ""
    language: str = ""

    def as_toml(self) -> str:
        """The profile as its file has it. JSON strings are valid TOML strings once U+007F is gone."""
        told = {"workspace_id": self.workspace_id, "name": self.name, "language": self.language}
        lines = [f"{key} = {json.dumps(value.replace(chr(127), ''), ensure_ascii=False)}"
                 for key, value in told.items() if value]  # fmt: skip
        return "# This folder's own number, made at random. Leave it as it is.\n" + "\n".join(lines) + "\n"


@dataclass(frozen=True)
class Prepared:
    """A workspace ready for use. `set_aside` is where a profile that could not be read was moved to."""

    root: Path
    profile: Profile
    written: tuple[Path, ...] = ()
    set_aside: Path | None = None

    @property
    def notices(self) -> tuple[str, ...]:
        """What the person at the keyboard should know."""
        if not self.set_aside:
            return ()
        return (f"{PROFILE} could not be read. It was set aside as {self.set_aside}; nothing in it was deleted.",)


def new_id() -> str:
    """A random workspace id of 130 bits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(26))


def read_profile(root: Path) -> Profile:
    """The profile of a workspace. FileNotFoundError if there is none, ItGuideError if it is not one."""
    path = root / PROFILE
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise ItGuideError(f"{path} is not an ordinary file; move it away and start again.")
    if path.stat().st_size > _LARGEST_PROFILE:
        raise ItGuideError(f"{path} is too large to be a profile.")
    try:
        told = tomllib.loads(path.read_bytes().decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ItGuideError(f"{path} is not readable as TOML: {error}") from None
    workspace_id, name, language = (told.get(key, "") for key in ("workspace_id", "name", "language"))
    if not isinstance(workspace_id, str) or not ID.fullmatch(workspace_id):
        raise ItGuideError(f"{path} has no valid workspace_id.")
    if not isinstance(name, str) or not isinstance(language, str):
        raise ItGuideError(f"{path}: name and language must be text.")
    return Profile(workspace_id, name[:200], language[:20])


def workspace_id(root: Path) -> str:
    """The id of a prepared workspace. ItGuideError if it is not one."""
    try:
        return read_profile(root).workspace_id
    except FileNotFoundError:
        raise ItGuideError(f"{root} is not a workspace of the course: it has no {PROFILE}.") from None


def is_prepared(root: Path, langs: Sequence[str] = ()) -> bool:
    """Whether every view is there. Says nothing about their age."""
    return (root / PROFILE).is_file() and all(
        view_path(root, module.slug, lang).is_file() for module in syllabus().module for lang in _langs(langs)
    )


def view_path(root: Path, module: str, lang: str) -> Path:
    """Where the view of a module in a language is."""
    return root / module / f"{module}.{lang}.ipynb"


def prepare(root: Path, languages: Sequence[str] = ()) -> Prepared:
    """Makes the workspace, or completes it; answers are never touched, a view only when it differs.

    `languages` defaults to all the course has. ItGuideError, naming the folder, if it cannot be written.
    """
    root = root.expanduser().absolute()
    try:
        _folder(root)
        profile, aside = _profile(root)
        written: list[Path] = []
        for module in syllabus().module:
            for folder in (root / module.slug, root / module.slug / "answers", root / module.slug / "private"):
                _folder(folder)
            written += [path for lang in _langs(languages) if (path := _view(root, module.slug, lang))]
    except OSError as error:
        raise _cannot_write(root, error) from None
    return Prepared(root, profile, tuple(written), aside)


def remember(root: Path, *, name: str | None = None, language: str | None = None) -> Profile:
    """Changes name or language in the profile of a prepared workspace."""
    profile = read_profile(root)
    changed = replace(profile, name=profile.name if name is None else name,
                      language=profile.language if language is None else language)  # fmt: skip
    if changed != profile:
        try:
            write_whole(root / PROFILE, changed.as_toml().encode())
        except OSError as error:
            raise _cannot_write(root, error) from None
    return changed


def _langs(asked: Sequence[str]) -> Iterable[str]:
    return dict.fromkeys(asked or course_languages())


def _folder(path: Path) -> None:
    if path.exists() and not path.is_dir():
        raise ItGuideError(f"{path} is a file, but the course needs a folder there; move it away or choose another.")
    if not path.exists():
        path.mkdir(parents=True, mode=0o700)
    if not os.access(path, os.W_OK | os.X_OK):
        raise _cannot_write(path, "no permission")


def _cannot_write(path: Path, error: OSError | str) -> ItGuideError:
    reason = error if isinstance(error, str) else (error.strerror or str(error))
    where = getattr(error, "filename", None) or path
    return ItGuideError(f"The course cannot write to {where} ({reason}). Choose a folder of your own with --workspace.")


def _profile(root: Path) -> tuple[Profile, Path | None]:
    aside = None
    try:
        return read_profile(root), aside
    except FileNotFoundError:
        pass
    except ItGuideError:
        aside = set_aside(root / PROFILE)
    profile = Profile(_known_id(root) or new_id())
    write_whole(root / PROFILE, profile.as_toml().encode())
    return profile, aside


def _known_id(root: Path) -> str:
    """The id the answer sheets of this folder carry, so that a lost profile does not make them strangers."""
    found: set[str] = set()
    for path in root.glob("*/answers/*.json"):
        try:
            told = json.loads(path.read_bytes()).get("workspace_id", "")
        except (OSError, ValueError, AttributeError, RecursionError):
            continue
        if isinstance(told, str) and ID.fullmatch(told):
            found.add(told)
    return found.pop() if len(found) == 1 else ""


def _view(root: Path, module: str, lang: str) -> Path | None:

    from itguide.notebooks import written

    path, text = view_path(root, module, lang), written(module, lang)
    if path.is_file() and path.read_bytes() == text.encode():
        return None
    write_whole(path, text.encode())
    return path
