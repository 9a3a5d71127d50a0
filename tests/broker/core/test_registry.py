from typing import Any

import pytest

from broker.core.context import Context
from broker.core.registry import Registry
from messages.replies import Done
from messages.requests import Ping


def answer(_context: Context, request: Ping) -> Done:
    return Done(request.id)


def test_a_command_is_known_by_its_request_and_named_as_on_the_wire() -> None:
    registry = Registry()
    assert registry.command(Ping, "say something", login=False)(answer) is answer
    command = registry.commands[Ping]
    assert (command.name, command.handler, command.help, command.login) == (
        "ping",
        answer,
        "say something",
        False,
    )


def test_a_request_cannot_have_two_handlers() -> None:
    registry = Registry()
    registry.command(Ping, "say something")(answer)
    with pytest.raises(ValueError, match="Ping has a handler already"):
        registry.command(Ping, "say it again")(answer)


@pytest.mark.parametrize("help_line", ["", "  "])
def test_a_command_needs_a_help_line(help_line: str) -> None:
    with pytest.raises(ValueError, match="Ping has no help line"):
        Registry().command(Ping, help_line)(answer)


def test_a_need_that_nobody_knows_is_a_mistake() -> None:
    with pytest.raises(TypeError):
        Registry().command(Ping, "say something", sudo=True)(answer)


@pytest.mark.parametrize(
    "needs", [{}, {"logged": False}, {"logged": False, "light": True, "conversation": "to"}]
)
def test_what_is_told_or_priced_one_by_one_cannot_be_carried_out_together(needs: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="Ping cannot be carried out together"):
        Registry().command(Ping, "say something", together=lambda *_: None, **needs)(answer)
