"""The ways to install that README.md names lead to programs that run."""

from __future__ import annotations

import os
import shlex
import site
import subprocess
import sys
from pathlib import Path

import pytest
from docs.fenced import ROOT, blocks

EXAMPLES = blocks("README.md", "sh install")
LINES = [line for block in EXAMPLES for line in block.body.splitlines()]
OFFLINE = {
    "PIP_NO_INDEX": "1",
    "PIP_NO_DEPS": "1",
    "PIP_NO_BUILD_ISOLATION": "0",  # pip's way to say that the build uses what is there
    "PYTHONPATH": os.pathsep.join(site.getsitepackages()),  # with all dependencies, as no index is asked
}

PYTHON = """#!/bin/sh
# makes an environment with the pip of this one, as it takes seconds to give it its own
set -e
test "$1 $2" = "-m venv"
{python} -m venv --without-pip "$3"
printf '#!/bin/sh\\nexec {python} -m pip --python %s "$@"\\n' "$3/bin/python" >"$3/bin/pip"
chmod +x "$3/bin/pip"
"""


def test_pip_installs_the_programs_as_written(tmp_path: Path) -> None:
    (line,) = [line for line in LINES if "venv" in line]
    python = tmp_path / "python3"
    python.write_text(PYTHON.format(python=shlex.quote(sys.executable)), "utf-8")
    python.chmod(0o755)
    environment = os.environ | OFFLINE | {"HOME": str(tmp_path), "PATH": f"{tmp_path}:{os.defpath}"}
    installed = subprocess.run(
        ["/bin/sh", "-c", line], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert installed.returncode == 0, installed.stderr
    for program in ("chat-broker", "chat-client", "chat-launcher"):
        command = [f"{tmp_path}/chat/bin/{program}", "--version"]
        shown = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        assert shown.stdout.startswith(f"{program}, version ")


@pytest.mark.parametrize("line", [line for line in LINES if "venv" not in line])
def test_other_installers_are_given_this_project(line: str) -> None:
    *installer, verb, what = shlex.split(line)
    assert installer in (["pipx"], ["uv", "tool"])
    assert verb == "install"
    assert (ROOT / what.partition("[")[0] / "pyproject.toml").exists()
