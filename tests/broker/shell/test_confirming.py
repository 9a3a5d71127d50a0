"""Removing a user on a terminal: a person is asked first."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from programs import House, Person, house

from messages.exits import Exit


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    """A house with a broker that knows bob."""
    with house(tmp_path) as built:
        _, endpoint = built.broker()
        bob = built.client(endpoint, "bob")
        bob.type("hello\n")
        bob.says("accepted")
        yield built


def asked(home: House, *arguments: str) -> Person:
    return Person(home.home, "chat-broker", "user", "bob", "--forget", *arguments)


def known(home: House) -> list[str]:
    listed = home.program("chat-broker", "users")
    listed.wait()
    return listed.out


def test_without_a_yes_nothing_is_removed(home: House) -> None:
    person = asked(home)
    person.sees("Remove bob with keys and direct conversations? [y/N]:")
    person.enter()
    person.sees("chat-broker: nothing was changed")
    assert person.wait() == Exit.FAILED
    assert len(known(home)) == 2


def test_with_a_yes_the_user_is_removed(home: House) -> None:
    person = asked(home, "--with-messages")
    person.sees("Remove bob with keys, direct conversations and all messages? [y/N]:")
    person.enter("y")
    person.sees("bob is removed, and 1 message")
    assert person.wait() == Exit.DONE
    assert known(home) == ["the broker knows no users"]


def test_ctrl_c_removes_nothing(home: House) -> None:
    person = asked(home)
    person.sees("[y/N]:")
    person.type("\x03")
    assert person.wait() == Exit.INTERRUPTED
    assert len(known(home)) == 2
