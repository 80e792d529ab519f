"""Starts the course on this computer: a Jupyter server of its own, on this machine only.

Nothing of the user's own Jupyter is read or written: configuration, data, runtime and IPython
directories are in the workspace's hidden folder, and only this interpreter's kernel is offered.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import webbrowser
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Self

from itguide import workspace as workspaces
from itguide.errors import ItGuideError
from itguide.paths import bin_directory
from itguide.pseudo import PSEUDO
from itguide.text import languages

PORT = 8871  # away from 8888, where the user's own Jupyter may be
TRIES = 50
READY_SECONDS = 60
CULL_SECONDS = 600
KERNEL = "python3"
# Extensions of the server that the course uses; all others in this environment are switched off.
SERVER_EXTENSIONS = ("itguide.server", "jupyterlab", "jupyter_lsp", "notebook", "notebook_shim")
LAB_OFF = (
    "@jupyter/nbgrader",
    "@jupyterlab/apputils-extension:announcements",
    "@jupyterlab/celltags-extension",
    "@jupyterlab/cell-toolbar-extension",
    "@jupyterlab/extensionmanager-extension",
    "@jupyterlab/terminal-extension",
)
OVERRIDES: dict[str, Any] = {
    "@jupyterlab/apputils-extension:kernels-settings": {"commsOverSubshells": "disabled"},
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none", "autoStartDefaultKernel": True},
}


@dataclass
class CourseServer:
    """A running course server. `base_url` is its whole address, `url` opens the home page with the token in it."""

    process: subprocess.Popen[bytes]
    base_url: str
    token: str
    workspace: Path
    notices: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """The address that opens the course; it carries the token."""
        return f"{self.base_url}itguide/?token={self.token}"

    @property
    def log(self) -> Path:
        """What the server wrote."""
        return self.workspace / workspaces.STATE / "server.log"

    def close(self) -> None:
        """Stops server and kernels; forces them after ten seconds."""
        if self.process.poll() is not None:
            return
        if os.name == "posix":
            self.process.terminate()
        else:  # there is no signal that a Windows process answers by tidying up
            with contextlib.suppress(OSError):
                _ask(f"{self.base_url}api/shutdown", self.token, method="POST")
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(5)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


def start(workspace: Path, lang: str | None = None, port: int | None = None, open_browser: bool = True) -> int:
    """What `itguide start` does: serves the course until it is interrupted. Returns the exit code.

    Prints one line, the address with its token; notices about the workspace go to stderr.
    """
    # A closed window and a polite kill end the course as Ctrl-C does.
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _interrupt)
    try:
        with serve(workspace, lang, port) as server:
            for notice in server.notices:
                print(notice, file=sys.stderr)
            print(server.url, flush=True)
            _warm_up()
            if open_browser:
                with contextlib.suppress(webbrowser.Error):
                    webbrowser.open(server.url)
            code = server.process.wait()
    except KeyboardInterrupt:
        return 0
    if code:
        raise ItGuideError(f"The course server ended by itself; {server.log} says why.")
    return 0


def serve(
    workspace: Path, lang: str | None = None, port: int | None = None, *, base_url: str = "/", token: str = ""
) -> CourseServer:
    """Prepares the workspace and starts the server; returns when it answers. The caller closes it.

    ItGuideError if the workspace cannot be used, the language is unknown or the server does not start.
    """
    if lang and lang not in (*languages(), PSEUDO):
        raise ItGuideError(f"The course is not available in '{lang}'; it is in {', '.join(languages())}.")
    prepared = workspaces.prepare(workspace, (*languages(), *([PSEUDO] if lang == PSEUDO else [])))
    if lang:
        workspaces.remember(prepared.root, language=lang)
    base_url = f"/{base_url.strip('/')}/".replace("//", "/")  # a prefix, as under a Hub
    token = token or secrets.token_hex(24)
    state = prepared.root / workspaces.STATE
    chosen = free_port(PORT if port is None else port)
    _configure(state, prepared.root, base_url, chosen)
    with (state / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyter_server"],
            env=_environment(state, prepared.root, token, lang or ""),
            cwd=prepared.root,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            **_apart(),
        )
    server = CourseServer(process, f"http://127.0.0.1:{chosen}{base_url}", token, prepared.root, prepared.notices)
    try:
        _wait(server)
    except BaseException:
        server.close()
        raise
    return server


def _warm_up() -> None:
    """Reads what a kernel will import, while the reader is still on the home page: the first module opens sooner."""
    code = "import os; hasattr(os, 'nice') and os.nice(10); import ipykernel.ipkernel, itguide.page, itguide.session"
    with contextlib.suppress(OSError):
        subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                         stderr=subprocess.DEVNULL, **_apart())  # fmt: skip


def free_port(first: int) -> int:
    """The first free port from `first` on; any free one for 0. ItGuideError if there is none near."""
    for port in [first] if first == 0 else range(first, min(first + TRIES, 65536)):
        with socket.socket() as probe:
            if os.name == "posix":  # as the server will: a port that rests after a restart counts as free
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise ItGuideError(f"No free port from {first} to {first + TRIES - 1}; name another with --port.")


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _apart() -> dict[str, Any]:
    """Ctrl-C reaches this process only, which then stops the server in order."""
    if os.name == "posix":
        return {"start_new_session": True}
    return {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}


def _environment(state: Path, root: Path, token: str, lang: str = "") -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "JPY_"))}
    return kept | {
        "PATH": os.pathsep.join([str(bin_directory()), os.environ.get("PATH", "")]),
        "JUPYTER_CONFIG_DIR": str(state / "config"),
        "JUPYTER_CONFIG_PATH": str(state / "config"),  # before the environment's own, which stays in force below it
        "JUPYTER_DATA_DIR": str(state / "data"),
        "JUPYTER_PATH": str(state / "data"),
        "JUPYTER_RUNTIME_DIR": str(state / "runtime"),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "JUPYTER_PLATFORM_DIRS": "0",
        "JUPYTERLAB_SETTINGS_DIR": str(state / "config" / "lab" / "user-settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(state / "config" / "lab" / "workspaces"),
        "JUPYTER_TOKEN": token,  # not an argument: those can be read by every user of the machine
        "IPYTHONDIR": str(state / "ipython"),
        "ITGUIDE_WORKSPACE": str(root),
        "ITGUIDE_LANG": lang,
        "ITGUIDE_PARENT": str(os.getpid()),
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }


def _configure(state: Path, root: Path, base_url: str, port: int) -> None:
    for folder in ("config/labconfig", "data/kernels", "runtime", "ipython"):
        (state / folder).mkdir(parents=True, exist_ok=True, mode=0o700)
    state.chmod(0o700)
    _write(state / "config" / "jupyter_server_config.json", _server_config(root, base_url, port))
    _write(state / "config" / "labconfig" / "page_config.json", {"disabledExtensions": dict.fromkeys(LAB_OFF, True)})
    _write(state / "config" / "labconfig" / "default_setting_overrides.json", OVERRIDES)
    _write(state / "data" / "kernels" / KERNEL / "kernel.json", _kernel_spec())


def _server_config(root: Path, base_url: str, port: int) -> dict[str, Any]:
    return {
        "ServerApp": {
            "ip": "127.0.0.1",
            "port": port,
            "port_retries": 0,
            "base_url": base_url,
            "root_dir": str(root),
            "default_url": f"{base_url}itguide/",
            "open_browser": False,
            "allow_root": hasattr(os, "geteuid") and os.geteuid() == 0,  # in a container there is no other user
            "terminals_enabled": False,
            "shutdown_no_activity_timeout": 0,
            "jpserver_extensions": {name: name in SERVER_EXTENSIONS for name in _known_server_extensions()},
        },
        "MappingKernelManager": {"cull_idle_timeout": CULL_SECONDS, "cull_interval": 60, "cull_connected": False},
        "KernelRestarter": {"time_to_dead": 1.0},
        "KernelSpecManager": {"allowed_kernelspecs": [KERNEL]},
        "LabApp": {"extension_manager": "readonly", "check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
                   "news_url": None},
        "JupyterNotebookApp": {"custom_css": False},
    }  # fmt: skip


def _known_server_extensions() -> list[str]:
    """Ours, and everything any package of this environment or user switches on by itself (nbgrader does)."""
    from jupyter_core.paths import jupyter_config_path
    from jupyter_server.services.config.manager import ConfigManager

    found: set[str] = set(SERVER_EXTENSIONS)
    for path in jupyter_config_path():
        told = ConfigManager(read_config_path=[path], write_config_dir=path).get("jupyter_server_config")
        found |= set(told.get("ServerApp", {}).get("jpserver_extensions", {}))
    return sorted(found)


def _kernel_spec() -> dict[str, Any]:
    # The page is imported while the browser still loads its scripts; the history file would be one
    # more thing to lock and to lose.
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}",
            "--HistoryManager.enabled=False", "--IPKernelApp.exec_lines=import itguide.page"]  # fmt: skip
    return {"argv": argv, "display_name": "Python 3", "language": "python", "metadata": {"debugger": False}}


def _write(path: Path, told: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.write_text(json.dumps(told, indent=1), encoding="utf-8")


def _ask(url: str, token: str, method: str = "GET") -> int:
    request = urllib.request.Request(url, method=method, headers={"Authorization": f"token {token}"})
    # A proxy of the office network has no business between this machine and itself.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=5) as answer:
        return int(answer.status)


def _wait(server: CourseServer) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            raise ItGuideError(f"The course server did not start; {server.log} says why.")
        with contextlib.suppress(OSError):
            _ask(f"{server.base_url}itguide/", server.token)
            return
        time.sleep(0.1)
    raise ItGuideError(f"The course server did not answer within {READY_SECONDS} seconds; {server.log} may say why.")
