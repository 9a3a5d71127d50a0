"""The settings files in the documents and the one with all options are right. Programs start with them."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from docs.fenced import ROOT, Block, blocks
from docs.machine import Machine
from programs import house

from broker.cli import main as broker_command

BROKERS = blocks("docs/broker.md", "toml broker*") + blocks("docs/operating.md", "toml broker*")
CLIENTS = blocks("docs/client.md", "toml client")
EXAMPLES = BROKERS + CLIENTS
ALL = (ROOT / "packaging" / "chat-broker.toml").read_text("utf-8")
DEFAULT = re.compile(r"^#([a-z-]+ = .+)$", re.MULTILINE)
SHOWN = re.compile(r"^# ([a-z-]+ = .+)$", re.MULTILINE)
UNSHOWN = {"config", "version", "help"}


@pytest.fixture
def machine(short_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    for name in [name for name in os.environ if name.startswith("CHAT_")]:
        monkeypatch.delenv(name)
    with house(short_path) as home:
        yield Machine(home, short_path / "m")


@pytest.mark.parametrize("example", BROKERS, ids=str)
def test_a_broker_is_content_with_its_settings_and_starts(example: Block, machine: Machine) -> None:
    for directory in ("run/chat-broker", "var/log/chat-broker"):  # the unit makes them
        (machine.root / directory).mkdir()
    file = machine.write("/etc/chat-broker.toml", machine.settings(example.body))
    assert machine.run(f"chat-broker check-config {file}") == [f"{file} is right"]
    broker = machine.house.program("chat-broker", "--config", str(file))
    given = tomllib.loads(file.read_text("utf-8"))["bind"]
    for endpoint in [given] if isinstance(given, str) else given:
        broker.says(f"Listening for connections on {endpoint}...")


@pytest.mark.parametrize("example", CLIENTS, ids=str)
def test_a_client_connects_with_its_settings(example: Block, machine: Machine) -> None:
    machine.house.broker("--memory", bind=f"tcp://{machine.address}:9009")
    file = machine.write("/etc/client.toml", machine.here(example.body))
    client = machine.house.program("chat-client", "--config", str(file))
    client.says("as alice.")
    client.end_input()
    assert client.wait() == 0


def values(text: str) -> dict[str, Any]:
    """Return the values that the broker reads from a settings file, by option name."""
    settings = {key.replace("-", "_"): value for key, value in tomllib.loads(text).items()}
    context = broker_command.make_context("chat-broker", [], default_map=settings)
    return dict(context.params)


def test_the_file_with_all_options_has_each_with_its_default(machine: Machine) -> None:
    defaults, shown = "\n".join(DEFAULT.findall(ALL)), "\n".join(SHOWN.findall(ALL))
    named = [*tomllib.loads(defaults), *tomllib.loads(shown)]
    options = {option.opts[-1].removeprefix("--") for option in broker_command.params} - UNSHOWN
    assert sorted(named) == sorted(options)
    assert values(defaults) == values("")
    without = {name for name, value in values("").items() if value is None}
    assert without - UNSHOWN == {key.replace("-", "_") for key in tomllib.loads(shown)}


def test_the_file_with_all_options_is_right_as_it_is_and_with_what_it_shows(machine: Machine) -> None:
    (machine.root / "var/log/chat-broker").mkdir()
    for text in (ALL, DEFAULT.sub(r"\1", ALL), SHOWN.sub(r"\1", ALL)):
        file = machine.write("/etc/chat-broker.toml", machine.here(text))
        assert machine.run(f"chat-broker check-config {file}") == [f"{file} is right"]


def test_it_says_which_options_a_reload_changes() -> None:
    from broker.reloading import RELOADABLE

    marked: set[str] = set()
    reload = False
    for line in ALL.splitlines():
        reload = (reload and bool(line)) or line.endswith("(reload)")
        if found := re.match(r"# ?([a-z-]+) = ", line):
            marked |= {found[1].replace("-", "_")} if reload else set()
    assert marked == set(RELOADABLE)
