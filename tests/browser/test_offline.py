"""Page, server and kernel in a network namespace of their own: nothing outside this machine can be reached."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="network namespaces are Linux's")
def test_course_works_without_any_network(tmp_path: Path) -> None:
    assert shutil.which("unshare"), "util-linux' unshare is needed for this test"
    assert shutil.which("ip"), "iproute2 is needed for this test"
    inside = f'ip link set lo up && exec "{sys.executable}" "{HERE / "offline_walk.py"}" "{tmp_path / "workspace"}"'
    done = subprocess.run(
        ["unshare", "--map-root-user", "--net", "sh", "-c", inside],
        capture_output=True, text=True, check=False, timeout=240, cwd=HERE,
        env={**os.environ, "PYTHONPATH": str(HERE.parents[1] / "tools")},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    assert "outside:" in done.stdout
    assert "headline:" in done.stdout
    assert "Source Sans 3" in done.stdout
