"""Does what README.md says under "Put it on a network", and what docs say of devices and operators.

What a block does stands behind its language. Port, host and what is written as `…` are those of the test.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from docs.fenced import blocks
from docs.test_readme import BROKER, CLIENT, rows, section
from programs import SCRIPTS, House, Program, house

from messages.exits import Exit

Home = Callable[[str], House]
NETWORK = section("Put it on a network")
DEVICES = section("Devices and keys", CLIENT)
OPERATORS = section("Operators", BROKER)
EXAMPLES = blocks("README.md", section="Put it on a network") + blocks(
    "docs/client.md", section="Devices and keys"
)
BLOCKS = {block.kind.removeprefix("sh network "): block.body.strip() for block in EXAMPLES}


@pytest.fixture
def at(short_path: Path) -> Iterator[Home]:
    """Give each device a home of its own, by its name."""
    with ExitStack() as stack:

        def home(name: str) -> House:
            (short_path / name).mkdir(exist_ok=True)
            return stack.enter_context(house(short_path / name))

        yield home


def run(home: House, command: str) -> Program:
    return home.shell(f"PATH={SCRIPTS}:$PATH; exec {command}")


def leave(program: Program) -> None:
    """End it, and find that nothing it asked for was refused."""
    program.end_input()
    assert program.wait() == Exit.DONE, [*program.out, *program.err]


def test_what_is_said_about_a_network_works_as_written(at: Home) -> None:
    starting = BLOCKS["broker"].replace("tcp://0.0.0.0:9009", "tcp://127.0.0.1:0 --curve")
    broker = run(at("server"), starting)
    place = broker.says("Listening for connections on tcp://").split("tcp://")[1].rstrip(".")
    broker.says("Listening for connections on ipc://")
    here = {block: body.replace("chat.example.org:9009", place) for block, body in BLOCKS.items()}

    made = run(at("server"), here["invite"])
    assert made.wait() == Exit.DONE
    (invite,) = made.out
    address, _, token = invite.partition("&invite=")
    first = run(at("laptop"), here["first"].replace(f"chat://{place}?key=…&invite=…", invite))
    first.says("as alice.")
    leave(first)
    laptop = run(at("laptop"), here["again"])
    laptop.says("as alice.")

    laptop.type("/link\n")
    code = laptop.says("The code is ").split()[3].rstrip(",")
    phone = run(at("phone"), here["link"].replace(f"chat://{place}?key=…", address).replace("CODE", code))
    phone.says("as alice.")
    phone.type("/keys\n")
    lost = phone.says("this device").split()[0]
    laptop.type(f"/revoke {lost}\n")
    assert phone.wait() == Exit.REFUSED
    leave(laptop)

    keeper = run(at("server"), here["operator"])
    keeper.says("as keeper.")
    for usage, meaning in rows(OPERATORS, "`/"):
        for typed in re.findall(r"`(/[^`]+)`", f"{usage} {meaning}"):
            keeper.type(typed.replace("INVITE", token) + "\n")
    leave(keeper)
    assert any("use-invite" in line for line in keeper.out)
    assert run(at("stranger"), here["first"].replace(f"chat://{place}?key=…&invite=…", invite)).wait() == 5


@pytest.mark.parametrize("written", re.findall(r"`(/\w+)", NETWORK + DEVICES + OPERATORS))
def test_each_command_that_is_named_there_is_in_the_table_of_commands(written: str) -> None:
    assert any(
        usage.strip("`").split()[0] == written for usage, _ in rows(section("Slash commands", CLIENT), "`/")
    )
