import pytest
from wired import Chat

from broker.commands import COMMANDS
from broker.core.context import Context
from broker.core.outbox import LogEvent
from broker.core.registry import Command
from messages.errors import ErrorCode
from messages.requests import Request, Send, Time


def test_a_handler_that_did_not_say_which_field_names_a_conversation_gets_none() -> None:
    def handler(context: Context, request: Request) -> None:
        raise AssertionError(context.conversation)

    chat = Chat()
    (alice,) = chat.users("alice")
    chat.core.commands = {**COMMANDS, Time: Command(Time, handler, "look for a conversation")}
    assert alice.refused(Time) is ErrorCode.INTERNAL
    assert isinstance(chat.notes[-1].error, LookupError)
    assert chat.noted(LogEvent.FAULT)


@pytest.mark.parametrize("batches", [1, 2])
def test_what_a_user_sent_is_found_by_its_id_in_this_batch_or_before(batches: int) -> None:
    chat = Chat()
    (alice,) = chat.users("alice")
    alice.put(Send, "#lobby", "hello", id="same")
    if batches == 2:
        chat.flush()
        alice.reply("same")
    alice.put(Send, "#lobby", "other", id="same")
    chat.flush()
    assert alice.inbox[-1].code is ErrorCode.ID_REUSED  # type: ignore[union-attr]
