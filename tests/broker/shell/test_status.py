"""The verb status, for people and monitors."""

from __future__ import annotations

import json
import os
import stat
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from broker_process import BrokerProcess
from eventually import eventually
from live_broker import Dealer
from shell_verbs import objects, run

from broker.directory.backup_mark import mark_backup

Start = Callable[..., BrokerProcess]
Connect = Callable[[str, str], Dealer]


@pytest.fixture
def url(start: Start, data: Path) -> str:
    """The endpoint of a broker that is well."""
    found = start("--bind", "tcp://127.0.0.1:0").listen()
    eventually(lambda: run("status")[0] == 0, "the broker is well")
    return found


def test_the_status_is_for_people_and_monitors(url: str, connect: Connect, data: Path) -> None:
    connect(url, "alice").login()
    code, out, err = run("status")
    assert (code, err) == (0, "")
    lines = {line[:12].rstrip(): line[13:] for line in out.splitlines()}
    assert lines["status"] == "well"
    assert lines["connections"] == "1 connection, 0 too slow"
    assert lines["users"] == "1 user, 1 online"
    assert lines["last backup"] == "never"
    assert lines["log"] == "stderr"
    (found,) = objects("status")
    assert (found["problem"], found["online"], found["durability"]) == ("", 1, "disk")
    assert found["last_backup"] is None
    assert found["database"] > 0


def test_an_old_backup_is_a_problem_if_asked_for(url: str, data: Path, tmp_path: Path) -> None:
    code, out, _ = run("status", "--backup-within", "1d")
    assert (code, out.splitlines()[0].split(maxsplit=1)[1][:9]) == (1, "no backup")
    assert run("backup", str(tmp_path / "copy"))[0] == 0
    assert run("status", "--backup-within", "1d")[0] == 0
    two_days = time.time() - 2 * 86_400
    os.utime(data / "backed-up", (two_days, two_days))
    code, out, _ = run("status", "--backup-within", "1d", "--json")
    assert code == 1
    assert json.loads(out)["problem"].startswith("the last backup is of 20")
    assert run("status", "--backup-within", "3d")[0] == 0


def test_the_mark_of_a_backup_is_for_its_owner(tmp_path: Path) -> None:
    mark_backup(tmp_path)
    assert stat.S_IMODE((tmp_path / "backed-up").stat().st_mode) == 0o600
