"""The life of keys and invites between real programs over an encrypted connection."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from programs import House, Program, house

from messages.exits import Exit

Home = Callable[[str], House]


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Home]:
    """Give each device a home of its own, by its name."""
    with ExitStack() as stack:

        def home(name: str) -> House:
            (tmp_path / name).mkdir(exist_ok=True)
            return stack.enter_context(house(tmp_path / name))

        yield home


def enter(device: House, address: str, name: str, *options: str) -> Program:
    """Log in as `name`, who is not known here yet or has a key on this device."""
    client = device.client(address, name, *options)
    client.says(f" as {name}.")
    return client


def leave(client: Program) -> None:
    client.end_input()
    assert client.wait() == Exit.DONE


def refused(device: House, address: str, name: str) -> Program:
    client = device.client(address, name)
    assert client.wait() == Exit.REFUSED
    return client


def test_a_lost_key_is_replaced_and_an_invite_revoked_and_those_concerned_are_told(
    at: Home, tmp_path: Path, short_path: Path
) -> None:
    data, door = str(tmp_path / "data"), f"ipc://{short_path}/door"
    options = ("--bind", door, "--curve", "--access", "invited", "--data", data)
    _, endpoint = at("server").broker(*options)
    made = at("server").program(
        "chat-broker", "--data", data, "invite", "--uses", "3", "--endpoint", endpoint
    )
    assert made.wait() == Exit.DONE
    (invite,) = made.out
    address, _, token = invite.partition("&invite=")

    alice, bob = enter(at("laptop"), invite, "alice"), enter(at("bob"), invite, "bob")
    bob.type("/msg alice the cellar key is under the mat\n")
    alice.says("under the mat")
    leave(bob)
    alice.type("/link\n")
    code = alice.says("The code is ").split()[3].rstrip(",")
    phone = enter(at("phone"), address, "alice", "--link", code)

    root = enter(at("server"), door, "root")
    root.type("/resetkeys alice\n")
    root.says("The name alice is free")
    for device in (alice, phone):
        device.says("root freed the name alice for another key; log in with a new one")
        assert device.wait() == Exit.REFUSED
    refused(at("laptop"), address, "alice")

    again = enter(at("new-laptop"), invite, "alice")
    again.type("/history @bob\n")
    again.says("under the mat")
    bob = enter(at("bob"), address, "bob")
    bob.says("alice has another key than the alice before")

    root.type("/audit\n")
    root.says(f"alice: use-invite {token[:8]}")
    root.type(f"/uninvite {invite}\n")
    root.says("The invite is revoked.")
    assert refused(at("carol"), invite, "carol")
