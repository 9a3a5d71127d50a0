"""Does what README.md and docs/client.md say, and compares the tables of docs with the commands.

The words behind a block's language say what the test does with it. `quickstart` and `quickstart program` run
to their end; `quickstart broker`, `quickstart background` and Python's `quickstart` run on; `quickstart
terminal` and `quickstart launcher` run on a terminal. `output` is the output of the block before it.
`terminal` is a line typed on the first terminal, and what the terminal then shows.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import click
import pytest
from docs.fenced import FENCE, Block, blocks
from programs import SCRIPTS, House, Person, Program, house

from broker.cli import main as broker_command
from client import AsyncChat, Chat
from client.cli import main as client_command
from client.commands import COMMANDS
from client.commands.help import grouped
from client.launcher.cli import _command as launcher_command
from messages.exits import Exit

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
CLIENT = (ROOT / "docs" / "client.md").read_text("utf-8")
BROKER = (ROOT / "docs" / "broker.md").read_text("utf-8")
TIME = re.compile(r"^\d\d:\d\d ")
FIRST_STATE = re.compile(r"(?<=.) \[\d+: accepted\]$")  # a fast reader's receipt comes with it
QUICK_START = blocks("README.md", section="Quick start") + [
    block
    for title in ("Files", "Scripts", "From a Python program", "The launcher")
    for block in blocks("docs/client.md", section=title)
]
EXAMPLES: list[Block] = QUICK_START


def section(title: str, document: str = README) -> str:
    """Return the text under a heading, with its subheadings."""
    _, found, rest = document.partition(f"\n## {title}\n")
    assert found, f"there is no section {title}"
    return rest.partition("\n## ")[0]


class Reader:
    """A reader who follows the README, block by block."""

    def __init__(self, home: House, seats: ExitStack, directory: Path) -> None:
        self._house = home
        self._seats = seats
        self._directory = directory
        self._settings = {
            "PATH": f"{SCRIPTS}:{os.defpath}",
            "CHAT_BROKER_BIND": "tcp://127.0.0.1:0",
            "CHAT_LAUNCHER_BIND": "tcp://127.0.0.1:0",
        }
        self.terminals: list[Person] = []
        self.background: list[Program] = []
        self.last_output: list[str] = []

    def do(self, kind: str, body: str) -> None:
        match kind:
            case "sh quickstart broker":
                self.broker = self._start(f"exec {body}")
                self.endpoint = self.broker.says("Listening for connections on ").split()[-1].rstrip(".")
                self._settings["CHAT_CLIENT_CONNECT"] = self.endpoint
            case "sh quickstart background":
                self.background.append(self._start(f"exec {body}"))
                self.broker.says(f"{self._name_in(body)} logged in")
            case "sh quickstart terminal":
                self.terminals.append(self._sit_down(body))
                self.terminals[-1].sees(f"Connected to {self.endpoint} as {self._name_in(body)}.")
            case "sh quickstart launcher":
                self._settings["CHAT_BROKER_DATA"] = f"{self._directory}/launched"  # the other one runs yet
                launched = self._sit_down(body)
                launched.sees(f"as {self._name_in(body)}.")
                launched.type("\x04")
                assert launched.wait() == 0
            case "sh quickstart" | "python quickstart program":
                program = self._start(f"set -e\n{body}" if kind.startswith("sh") else self._python(body))
                program.end_input()
                assert program.wait() == 0, program.err
                self.last_output = program.out
            case "text output":
                assert [TIME.sub("", line) for line in self.last_output] == [
                    TIME.sub("", line) for line in body.splitlines()
                ]
            case "text terminal":
                first, *seen = body.splitlines()
                prompt, mark, typed = first.partition("> ")
                self.terminals[0].sees(prompt + mark)
                self.terminals[0].enter(typed)
                for line in seen:
                    self.terminals[0].sees(FIRST_STATE.sub("", TIME.sub("", line)))
            case "python quickstart":
                self.background.append(self._start(self._python(body)))
                self.broker.says("echo logged in")
            case _:
                raise AssertionError(f"nobody knows what to do with {kind}")

    def _python(self, body: str) -> str:
        """Store a program, and return the line of shell that starts it."""
        program_file = self._directory / "program.py"
        program_file.write_text(body, "utf-8")
        return shlex.join(["exec", sys.executable, str(program_file), self.endpoint])

    def _script(self, body: str) -> str:
        settings = " ".join(f"{name}='{value}'" for name, value in self._settings.items())
        return f"export {settings}\n{body}"

    def _start(self, body: str) -> Program:
        return self._house.shell(self._script(body))

    def _sit_down(self, body: str) -> Person:
        script = self._script(f"exec {body}")
        return self._seats.enter_context(closing(Person(self._house.home, "/bin/sh", "-c", script)))

    @staticmethod
    def _name_in(body: str) -> str:
        found = re.search(r"--name (\w+)", body)
        assert found
        return found[1]


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    with house(tmp_path) as home, ExitStack() as seats:
        yield Reader(home, seats, tmp_path)


def test_the_quick_start_works_as_written(reader: Reader) -> None:
    for block in QUICK_START:
        reader.do(block.kind, block.body)
    alice, bob = reader.terminals
    bob.sees("alice: hello bob")

    told = re.search(r"Then type\s+`(.+?)`", section("Quick start"))
    assert told
    alice.enter(told[1])
    alice.sees("echo [bot] (direct): hello")

    _bot, logger = reader.background
    alice.enter("hello all")
    logger.says("hello all")
    reader.broker.process.send_signal(signal.SIGTERM)
    assert reader.broker.wait() == Exit.DONE
    assert {json.loads(line)["type"] for line in logger.out} == {"message"}


def options(command: click.Command) -> list[tuple[str, str]]:
    """Return the spellings and the default of each option, as the README writes them."""
    context = click.Context(command, **command.context_settings)
    found = []
    for option in command.get_params(context):
        default = option.get_default(context)
        if isinstance(default, list | tuple):
            (default,) = default or ("",)
        has_default = isinstance(default, str | int | float) and default not in ("", 0)
        spellings = ", ".join(f"`{spelling}`" for spelling in sorted(option.opts, key=len))
        found.append((spellings, f"`{default}`" if has_default else ""))
    return found


def rows(text: str, begin: str) -> list[list[str]]:
    """Return the cells of all table rows that begin with this."""
    lines = (line for line in text.splitlines() if line.startswith(f"| {begin}"))
    cells = (re.split(r"(?<!\\)\|", line.strip("|")) for line in lines)
    return [[cell.strip().replace("\\|", "|") for cell in row] for row in cells]


@pytest.mark.parametrize(
    ("command", "text"),
    [
        (client_command, section("Options", CLIENT)),
        (broker_command, section("Options", BROKER)),
        (launcher_command, section("The launcher", CLIENT)),
    ],
    ids=["chat-client", "chat-broker", "chat-launcher"],
)
def test_the_table_of_options_is_that_of_the_command(command: click.Command, text: str) -> None:
    assert [(spellings, default) for spellings, default, _ in rows(text, "`-")] == options(command)


@pytest.mark.parametrize(
    ("command", "text"),
    [
        (client_command, section("Options", CLIENT)),
        (broker_command, section("Options", BROKER)),
        (launcher_command, section("The launcher", CLIENT)),
    ],
    ids=["chat-client", "chat-broker", "chat-launcher"],
)
def test_the_tables_of_options_begin_with_the_words_of_the_help(command: click.Command, text: str) -> None:
    described = {
        spellings.split("`")[-2]: meaning.replace("`", "") for spellings, _, meaning in rows(text, "`-")
    }
    for option in command.params:
        assert isinstance(option, click.Option)
        first = re.split(r"[.;:]( |$)", option.help or "")[0]
        assert described[option.opts[-1]].startswith(first[:1].lower() + first[1:])


def test_the_table_of_verbs_is_that_of_the_client() -> None:
    assert isinstance(client_command, click.Group)
    usages = [usage.strip("`") for usage, *_ in rows(section("Verbs", CLIENT), "`")]
    assert {usage.split()[0] for usage in usages if usage[0].isalpha()} == set(client_command.commands)


def test_the_table_of_the_brokers_verbs_is_that_of_the_command() -> None:
    assert isinstance(broker_command, click.Group)
    usages = [usage.strip("`") for usage, *_ in rows(BROKER, "`chat-broker ")]
    assert sorted(usage.split()[1] for usage in usages) == sorted(broker_command.commands)


def test_the_table_of_slash_commands_has_all_of_them_with_their_other_names() -> None:
    listed = [
        (usage.strip("`"), set(re.findall(r"`([^`#]+)`", meaning.partition("also ")[2])))
        for usage, meaning in rows(section("Slash commands", CLIENT), "`")
    ]
    commands = [command for group in grouped(COMMANDS).values() for command in group]
    assert listed == [(command.usage, set(command.names[1:])) for command in commands]


@pytest.mark.parametrize("kind", [Chat, AsyncChat])
def test_the_table_of_methods_is_that_of_both_chats(kind: type[Chat] | type[AsyncChat]) -> None:
    listed = {
        usage.strip("`").partition("(")[0] for usage, _ in rows(section("From a Python program", CLIENT), "`")
    }
    methods = {name for name, member in vars(kind).items() if name[0] != "_" and callable(member)}
    assert methods - {"open"} == listed


def test_the_exit_codes_are_all_there_are() -> None:
    listed = re.findall(r"^\| (\d+) \|", section("Exit codes", CLIENT), re.MULTILINE)
    assert [int(code) for code in listed] == [int(code) for code in Exit]


@pytest.mark.parametrize("path", [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))], ids=str)
def test_links_to_sections_lead_to_them(path: Path) -> None:
    text = path.read_text("utf-8")
    for file, anchor in re.findall(r"\]\(((?!https:)[^)#]*)#([^)]+)\)", text):
        there = (path.parent / file).read_text("utf-8") if file else text
        titles = re.findall(r"^#+ (.+)$", FENCE.sub("", there), re.MULTILINE)
        plain = [re.sub(r"[^\w\- ]", "", title.lower()) for title in titles]
        assert anchor in {title.replace(" ", "-") for title in plain}, f"{file}#{anchor}"


def test_the_readme_is_short_and_its_first_screen_has_the_two_commands() -> None:
    lines = README.splitlines()
    assert len(lines) <= 200
    assert {"make run", "make test"} <= {line.partition("#")[0].strip() for line in lines[:24]}
