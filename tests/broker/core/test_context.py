import pytest
from wired import Chat

from broker.commands import COMMANDS
from broker.core.context import Context
from broker.core.outbox import LogEvent
from broker.core.registry import Command
from messages.errors import ErrorCode
from messages.events import Ignoring
from messages.replies import Done
from messages.requests import Debug, Join, Request, Send, Time


def test_a_handler_that_did_not_say_which_field_names_a_conversation_gets_none() -> None:
    def handler(context: Context, request: Request) -> None:
        raise AssertionError(context.conversation)

    chat = Chat()
    (alice,) = chat.users("alice")
    chat.core.commands = {**COMMANDS, Time: Command(Time, handler, "look for a conversation")}
    assert alice.refused(Time) is ErrorCode.INTERNAL
    assert isinstance(chat.notes[-1].error, LookupError)
    assert chat.noted(LogEvent.FAULT)


def test_a_request_finds_nothing_of_the_request_that_another_user_made_before() -> None:
    """Else a handler that declares no conversation could read what somebody said in a private room."""
    seen: list[object] = []

    def handler(context: Context, request: Request) -> Done:
        seen.append((context.named, context.already_accepted, list(context.after_reply)))
        context.after_reply.append(Ignoring(["carol"]))
        return Done(request.id)

    chat = Chat()
    alice, bob = chat.users("alice", "bob")
    alice.ask(Join, "#secret")
    alice.ask(Send, "#secret", "the salaries", id="same")
    alice.ask(Send, "#secret", "the salaries", id="same")  # already accepted
    chat.core.commands = {**COMMANDS, Debug: Command(Debug, handler, "look around", logged=False)}
    bob.ask(Debug)
    alice.ask(Debug)
    assert seen == [(None, None, [])] * 2


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
