"""The instructor's desk: JupyterLab and formgrader in the course directory, on this machine only.

Its configuration, data and runtime lie in the course; nothing of the user's own Jupyter is read or written.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import webbrowser
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from itguide import course as courses
from itguide.course import Course
from itguide.errors import CourseError
from itguide.launch import free_port
from itguide.paths import bin_directory, grading_root

PORT = 8891
READY_SECONDS = 60
_OFF = ("nbgrader.server_extensions.assignment_list", "nbgrader.server_extensions.course_list",
        "nbgrader.server_extensions.validate_assignment", "itguide.server")  # fmt: skip


@dataclass
class Desk:
    """A running desk; `url` opens the list of what is to be marked and carries the token."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path

    def close(self) -> None:
        """Stops the server; forces it after ten seconds."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(5)


def desk(root: Path | None = None, port: int | None = None, open_browser: bool = True) -> int:
    """What `itguide desk` does: prints one line, the address, and serves until it is interrupted."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # a closed window and a polite kill end the desk as Ctrl-C does
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _interrupt)
    running = start(root, port)
    try:
        print(running.url, flush=True)
        if open_browser:
            webbrowser.open(running.url)
        code = running.process.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        running.close()
    if code:
        raise CourseError(f"The desk ended by itself; {running.log} says why.")
    return 0


def start(root: Path | None = None, port: int | None = None) -> Desk:
    """Starts the server and returns when it answers; the caller closes it. CourseError if it does not start."""
    course = courses.open_course(root)
    state = course.root / ".desk"
    chosen = free_port(PORT if port is None else port)
    _configure(course, state, chosen)
    token = secrets.token_hex(24)
    log = state / "server.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab"], env=_environment(course, state, token), cwd=course.root,
            stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
            start_new_session=os.name == "posix",  # Ctrl-C reaches this process, which then stops the server in order
        )  # fmt: skip
    running = Desk(process, f"http://127.0.0.1:{chosen}/itguide/marking?token={token}", log)
    try:
        _wait(running, f"http://127.0.0.1:{chosen}/formgrader/api/status?token={token}")
    except BaseException:
        running.close()
        raise
    return running


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _configure(course: Course, state: Path, port: int) -> None:
    config = state / "config"
    config.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings = {
        "ServerApp": {
            "ip": "127.0.0.1", "port": port, "port_retries": 0, "root_dir": str(course.root), "open_browser": False,
            "allow_root": hasattr(os, "geteuid") and os.geteuid() == 0,
            "jpserver_extensions": {"nbgrader.server_extensions.formgrader": True, "itguide.desk_server": True,
                                     **dict.fromkeys(_OFF, False)},
        },
        "LabApp": {
            "extension_manager": "readonly",
            "check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
            "news_url": None,
        },
    }  # fmt: skip
    (config / "jupyter_server_config.json").write_text(json.dumps(settings, indent=1), encoding="utf-8")


def _environment(course: Course, state: Path, token: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "JPY_"))}
    return kept | {
        "PATH": os.pathsep.join([str(bin_directory()), os.environ.get("PATH", "")]),
        "JUPYTER_CONFIG_DIR": str(state / "config"),
        "JUPYTER_CONFIG_PATH": str(state / "config"),
        "JUPYTER_DATA_DIR": str(state / "data"),
        "JUPYTER_RUNTIME_DIR": str(state / "runtime"),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "JUPYTER_PLATFORM_DIRS": "0",
        "JUPYTERLAB_SETTINGS_DIR": str(state / "config" / "lab" / "user-settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(state / "config" / "lab" / "workspaces"),
        "JUPYTER_TOKEN": token,  # not an argument: those can be read by every user of the machine
        "IPYTHONDIR": str(course.root / ".ipython"),
        "ITGUIDE_GRADING": str(grading_root()),
    }


def _wait(running: Desk, address: str) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if running.process.poll() is not None:
            raise CourseError(f"The desk did not start; {running.log} says why.")
        try:
            with opener.open(address, timeout=5):
                return
        except urllib.error.HTTPError as error:
            raise CourseError(f"The desk started without formgrader ({error}); {running.log} says why.") from None
        except OSError:
            time.sleep(0.2)
    raise CourseError(f"The desk did not answer within {READY_SECONDS} seconds; {running.log} may say why.")
