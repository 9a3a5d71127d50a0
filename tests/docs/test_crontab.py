"""The lines for a crontab in the documents do what they say, as cron runs them."""

from __future__ import annotations

import os
import re
import subprocess
import time
from contextlib import closing
from pathlib import Path

import pytest
from docs.fenced import DOCUMENTS, blocks
from eventually import DEADLINE
from programs import SCRIPTS
from stored import fill

from broker.store.sqlite import SqliteStore
from broker.store.verbs.copies import verify

EXAMPLES = [block for document in DOCUMENTS for block in blocks(document, "crontab")]
_FIELDS = re.compile(r"[0-9*,/-]+")


def crontab_lines() -> list[str]:
    """Return all lines of the documents that are for a crontab."""
    return [line for block in EXAMPLES for line in block.body.splitlines() if line and line[0] != "#"]


def command_of(line: str) -> str:
    """Return the command that cron runs: it ends at the first plain `%`, and `\\%` is a `%` (crontab(5))."""
    *fields, command = line.split(None, 5)
    assert len(fields) == 5
    assert all(_FIELDS.fullmatch(field) for field in fields), fields
    return re.split(r"(?<!\\)%", command)[0].replace("\\%", "%")


def run(command: str, place: Path, data: Path) -> subprocess.CompletedProcess[str]:
    """Run a command with cron's shell and environment, and the test's paths in place of the system's."""
    for path, here in (("/opt/chat/bin", SCRIPTS), ("/var/lib/chat-broker", data), ("/var/backups", place)):
        command = command.replace(path, str(here))
    return subprocess.run(
        ["/bin/sh", "-c", command],
        env={"HOME": str(place), "PATH": "/usr/bin:/bin", "LOGNAME": "root", "SHELL": "/bin/sh"}
        | {name: value for name, value in os.environ.items() if name == "TZ"},
        cwd=place,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )


@pytest.mark.parametrize("line", [line for line in crontab_lines() if " backup " in line])
def test_the_nightly_backup_is_made(line: str, tmp_path: Path) -> None:
    data, place = tmp_path / "data", tmp_path / "backups"
    place.mkdir()
    with closing(SqliteStore(data, "epoch")) as store:
        fill(store)
    days = {time.strftime("%F")}
    done = run(command_of(line), place, data)
    days.add(time.strftime("%F"))  # midnight may be in between
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.endswith(" holds 54 messages, and is whole\n")
    (made,) = place.glob("chat-*")
    assert made.name.removeprefix("chat-") in days
    assert verify(made) == 54


def test_there_is_a_line_for_backups() -> None:
    assert [line for line in crontab_lines() if " backup " in line]


@pytest.mark.parametrize(
    ("line", "command"),
    [("0 0 * * * echo 1%2", "echo 1"), (r"*/5 1-3,7 * * 0 echo 1\%2 3", "echo 1%2 3")],
)
def test_a_plain_percent_sign_ends_the_command(line: str, command: str) -> None:
    assert command_of(line) == command
