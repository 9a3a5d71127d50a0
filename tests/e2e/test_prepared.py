"""Prepared programs behave as programs that are started."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from prepared import Prepared, can_start
from programs import SCRIPTS, House, environment


@pytest.mark.parametrize(
    ("script", "arguments"),
    [
        ("chat-broker", ("--version",)),
        ("chat-broker", ("--bind", "nowhere")),
        ("chat-client", ("--connect", "tcp://127.0.0.1:1", "--name", "ann", "--wait", "0", "who")),
    ],
)
def test_a_prepared_program_writes_and_returns_what_a_started_one_does(
    tmp_path: Path, script: str, arguments: tuple[str, ...]
) -> None:
    command, env, pipe = [SCRIPTS / script, *arguments], environment(tmp_path), subprocess.PIPE
    started = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    with Prepared(
        command, env=env, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True
    ) as prepared:
        assert (*prepared.communicate(), prepared.wait()) == (
            started.stdout,
            started.stderr,
            started.returncode,
        )


def test_only_a_script_of_ours_is_prepared_and_only_in_an_environment_like_ours(tmp_path: Path) -> None:
    env = environment(tmp_path)
    assert can_start(SCRIPTS / "chat-client", env) is ("COVERAGE_PROCESS_CONFIG" not in os.environ)
    assert not can_start(tmp_path / "chat-client", env)
    assert not can_start(SCRIPTS / "python", env)
    assert not can_start(SCRIPTS / "chat-client", env | {"PYTHONIOENCODING": "ascii"})


def test_a_prepared_program_has_its_terminal_to_itself(house: House) -> None:
    child = house.person("tcp://127.0.0.1:1").child
    assert os.getsid(child.pid) == os.tcgetpgrp(child.child_fd) == child.pid
