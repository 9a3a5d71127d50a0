"""Upgrades a chat of an earlier version and goes back, by the chapter of docs/operating.md.

The programs of commit bc1473c have left the data and the keys: see tests/broker/store/README.md.
These programs are not there to go back to. Instead, the tests compare what is restored with what they left.
"""

from __future__ import annotations

import re
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from docs.fenced import ROOT, block, blocks
from docs.machine import Machine
from programs import SCRIPTS, house

from broker.store.versions.schema import STEPS
from messages.exits import Exit

EXAMPLES = blocks("docs/operating.md", "sh upgrade", "sh back")
UPGRADE, BACK = (one.body for one in EXAMPLES)
PACKED = ROOT / "tests/broker/store/house-v3.tar.gz"
THERE = "127.0.0.1:19009"


class Chat:
    """The chat of the earlier version, on a machine with today's program, and its people."""

    def __init__(self, machine: Machine, directory: Path) -> None:
        self.machine, self.directory = machine, directory
        with tarfile.open(PACKED) as packed:
            packed.extractall(directory, filter="data")
        for file in [*directory.glob("*/chat-client/known_brokers"), directory / "invite"]:
            file.write_text(file.read_text("utf-8").replace(THERE, self.address), "utf-8")
        self.data = machine.root / "var/lib/chat-broker"
        (directory / "data").rename(self.data)
        self.left = dump(self.data / "chat.db")
        (machine.root / "run/chat-broker").mkdir()  # as the earlier version runs
        install, unit, *_ = block("docs/broker.md", "sh systemd").body.splitlines()
        machine.do(f"{install}\n{unit}")
        settings = block("docs/operating.md", "toml broker").body
        machine.write("/etc/chat-broker.toml", machine.settings(settings))

    @property
    def address(self) -> str:
        return f"{self.machine.address}:9009"

    @property
    def invite(self) -> str:
        return (self.directory / "invite").read_text("utf-8")

    def does(self, name: str, *arguments: str, to: str = "", code: Exit = Exit.DONE) -> list[str]:
        """Run a client as somebody, with the key that they have on their machine."""
        home = self.directory / name
        home.mkdir(exist_ok=True)
        person = [
            str(SCRIPTS / "chat-client"),
            "-q",
            "--connect",
            to or self.address,
            "--name",
            name,
            *arguments,
        ]
        program = self.machine.house.program("/usr/bin/env", f"XDG_CONFIG_HOME={home}", *person)
        program.end_input()
        assert program.wait() == code, program.err
        return [line.partition(" ")[2] for line in program.out]

    def broker(self, *arguments: str) -> list[str]:
        """Run a verb of an operator."""
        return self.machine.run(
            f"/opt/chat/bin/chat-broker --data /var/lib/chat-broker {' '.join(arguments)}"
        )

    def epoch(self) -> object:
        with closing(sqlite3.connect(self.data / "chat.db")) as connection:
            return connection.execute("SELECT epoch FROM log").fetchone()


def dump(path: Path) -> list[str]:
    """Return the version and the whole content of a database."""
    with closing(sqlite3.connect(path)) as connection:
        version = connection.execute("PRAGMA user_version").fetchone()
        return [str(version), *connection.iterdump()]


@pytest.fixture
def chat(short_path: Path) -> Iterator[Chat]:
    with house(short_path) as home:
        yield Chat(Machine(home, short_path / "m"), short_path)


def test_everything_is_there_after_an_upgrade_and_after_going_back(chat: Chat) -> None:
    assert chat.left[0] == "(3,)"
    assert len(STEPS) > 3
    out = chat.machine.do(UPGRADE)
    assert "status       well" in out
    assert "holds 49 messages, and is whole" in out[-1]

    # names are bound to keys, people's clients know the broker, and what waited for bob is delivered
    assert chat.does("bob", "tail", "@alice", "--count", "2") == [
        "alice (direct): it is white",
        "alice (direct): and it waits for you",
    ]
    assert chat.does("alice", "history", "#tea", "--limit", "2") == [
        "#tea bob: no milk, please",
        "#tea carol: buy cheap tea",
    ]
    thief = ("--identity", f"{chat.directory}/thief.key", "send", "#lobby", "no")
    chat.does("alice", *thief, to=chat.invite, code=Exit.REFUSED)
    chat.does("carol", "send", "#lobby", "no", code=Exit.REFUSED)
    chat.does("dave", "send", "#lobby", "came after the upgrade", to=chat.invite)
    shown = chat.broker("users")
    assert [line.split()[0] for line in shown[1:]] == ["alice", "bob", "carol", "dave", "erin"]
    assert "operator" in shown[1]
    assert any(line.split()[:2] == ["#den", "1"] and "private" in line for line in chat.broker("rooms"))
    assert any(line.split()[1:3] == ["valid", "4"] for line in chat.broker("invites")[1:])

    # the copy that the migration has kept is what the earlier version left
    assert dump(chat.data / "chat.db.v3") == chat.left
    epoch = chat.epoch()

    assert "holds 49 messages, and is whole" in chat.machine.do(BACK)[-1]
    assert chat.epoch() != epoch
    lobby = ["#lobby bob: bob has come", "#lobby carol: carol has come"]  # and what alice ignores, by erin
    assert chat.does("alice", "history", "#lobby") == lobby
    chat.does("carol", "send", "#lobby", "no", code=Exit.REFUSED)
    chat.does("dave", "send", "#lobby", "no", code=Exit.REFUSED)
    (replaced,) = chat.data.glob("replaced-*")
    kept = chat.broker("export 2>&1", f"--data {replaced}")
    assert any("came after the upgrade" in line for line in kept)
    chat.machine.systemctl(["stop", "chat-broker"])


def test_the_copy_of_a_migration_is_one_file_and_replaces_one_of_an_earlier_attempt(chat: Chat) -> None:
    """An earlier program can have opened the copy, and left a log that must not be read into the new one."""
    for ending in ("", "-wal", "-shm"):
        (chat.data / f"chat.db.v3{ending}").write_bytes(b"of an earlier attempt")
    chat.broker("compact")  # migrates, as a start does
    assert [path.name for path in chat.data.glob("chat.db.v3*")] == ["chat.db.v3"]
    assert dump(chat.data / "chat.db.v3") == chat.left
    assert [path.name for path in chat.data.glob("chat.db.v3*")] == ["chat.db.v3"]


def test_the_list_of_changes_names_the_version_of_the_database() -> None:
    unreleased = (ROOT / "CHANGELOG.md").read_text("utf-8").split("\n## ")[1]
    assert re.findall(r"The database has version (\d+)", unreleased) == [str(len(STEPS))]
