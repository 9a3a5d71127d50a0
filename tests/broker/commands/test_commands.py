"""The table of all commands. That each has tests of its own is seen in the files beside this one."""

from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest

from broker.commands import COMMANDS
from broker.core.registry import Later
from messages.base import Reply
from messages.codec import REQUEST_TYPES
from messages.operations import REPLIES
from messages.requests import AnyRequest, Request


def test_every_request_there_is_has_a_command() -> None:
    assert COMMANDS.keys() == set(AnyRequest.__args__)
    assert {command.name for command in COMMANDS.values()} == REQUEST_TYPES


def replies(hint: Any) -> Iterator[type[Reply]]:
    """Yield the replies that a handler can return, now or after some work."""
    if get_origin(hint) in (Union, UnionType):
        for one in get_args(hint):
            yield from replies(one)
    else:
        yield from get_args(hint) or (hint,)


def test_every_command_answers_as_is_declared() -> None:
    answered = {kind: get_type_hints(command.handler)["return"] for kind, command in COMMANDS.items()}
    found = {kind: tuple(dict.fromkeys(replies(hint))) for kind, hint in answered.items()}
    assert {kind: tuple(one for one in of if one is not Later) for kind, of in found.items()} == REPLIES


@pytest.mark.parametrize("kind", COMMANDS, ids=lambda kind: kind.__name__)
def test_a_command_has_a_help_line_that_fits_a_terminal(kind: type[Request]) -> None:
    line = COMMANDS[kind].help
    assert 0 < len(line) <= 60
    assert line == line.strip().rstrip(".")
    assert line.isprintable()


@pytest.mark.parametrize("kind", COMMANDS, ids=lambda kind: kind.__name__)
def test_a_command_has_tests(kind: type[Request]) -> None:
    paths = Path(__file__).parent.rglob("test_*.py")
    sources = [path.read_text() for path in paths if path != Path(__file__)]
    assert any(f"({kind.__name__}" in source for source in sources)


@pytest.mark.parametrize("kind", COMMANDS, ids=lambda kind: kind.__name__)
def test_a_command_about_a_conversation_says_which_field_names_it(kind: type[Request]) -> None:
    command = COMMANDS[kind]
    assert command.conversation is None or command.conversation in kind.__struct_fields__
    assert command.conversation or not command.member


def test_what_a_client_asks_by_itself_is_no_sign_of_a_person() -> None:
    """The table of requests in docs/protocol.md says it of every command, and is compared with them."""
    idle = {command.name for command in COMMANDS.values() if not command.activity}
    assert idle >= {"ping", "confirm", "history", "who", "count", "time", "whois"}


def test_the_log_tells_of_what_a_person_asks_unless_it_has_a_line_of_its_own() -> None:
    silent = {command.name for command in COMMANDS.values() if not command.logged}
    assert silent == {"ping", "confirm", "history", "edit", "delete", "react", "pin", "pins"} | {
        "login",
        "logout",
        "send",
        "debug",
        "members",
        "typing",
        "chunk",
        "fetch",
    }
