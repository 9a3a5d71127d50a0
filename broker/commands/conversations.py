"""Saying something, confirming what has arrived, and reading what was said."""

from __future__ import annotations

from broker.core.context import Context
from broker.core.model import Conversation, Direct, User
from broker.core.outbox import Fact
from broker.core.pages import bytes_of, first_page
from broker.core.receipts import cursor_moved
from broker.core.registry import Registry
from broker.core.store import StoredMessage
from messages.errors import ErrorCode, RequestRefused
from messages.events import Message
from messages.limits import MAX_ROOM, MAX_SEQ
from messages.replies import Accepted, Done, Page
from messages.requests import Confirm, History, Send

registry = Registry()

_MOST_NAME_BYTES = 1 + 4 * MAX_ROOM  # of a conversation; letters have up to 4 bytes


@registry.command(
    Send, "say something to a room or a user", conversation="to", member=True, once=True, noted=False
)
def send(context: Context, request: Send) -> Accepted:
    """Number the message and deliver it, or answer with its seq if it was accepted before."""
    conversation, user, earlier = context.conversation, context.user, context.earlier
    if earlier is not None:
        if earlier.conversation != conversation.id or earlier.text != request.text:
            raise RequestRefused(ErrorCode.ID_REUSED)
        return _accepted(context, request.id, conversation, earlier)
    stored = context.state.append(conversation, user, request.id, request.text, context.now.at)
    _deliver(context, conversation, user, stored)
    if context.rules.note_messages:
        context.outbox.note(
            Fact.MESSAGE, name=user.name, conversation=conversation.seen_by(user), text=request.text
        )
    return _accepted(context, request.id, conversation, stored)


def _accepted(context: Context, re: str, conversation: Conversation, stored: StoredMessage) -> Accepted:
    return Accepted(
        re,
        conversation.seen_by(context.user),
        stored.seq,
        stored.at,
        context.store.durability,
        len(conversation.delivered) - 1,
    )


def _deliver(context: Context, conversation: Conversation, sender: User, stored: StoredMessage) -> None:
    """Send to all connections of the members but the one it came from."""
    if not isinstance(conversation, Direct):
        context.outbox.tell(conversation.peers, _message(stored, conversation, sender), context.peer)
        return
    for user in conversation.pair:
        context.outbox.tell(user.peers, _message(stored, conversation, user), context.peer)


def _message(stored: StoredMessage, conversation: Conversation, reader: User) -> Message:
    return Message(conversation.seen_by(reader), stored.seq, stored.id, stored.sender, stored.text, stored.at)


@registry.command(
    Confirm,
    "confirm that messages have arrived",
    conversation="conversation",
    member=True,
    activity=False,
    noted=False,
)
def confirm(context: Context, request: Confirm) -> Done:
    """Move the user's cursor forward; it never goes back."""
    conversation, user = context.conversation, context.user
    if request.seq > conversation.head:
        raise RequestRefused(ErrorCode.SEQ_UNKNOWN)
    old = conversation.delivered.get(user, 0)
    if request.seq > old:
        context.state.move_cursor(conversation, user, request.seq)
        cursor_moved(context, conversation, user, old)
    return Done(request.id)


@registry.command(
    History,
    "fetch messages of a conversation",
    conversation="conversation",
    member=True,
    committed=True,
    activity=False,
)
def history(context: Context, request: History) -> Page:
    """Return a page of what is stored; one that would be too long ends early and says there is more."""
    conversation, user, limit = context.conversation, context.user, request.limit
    if request.after is not None:
        found = context.store.page(conversation.id, request.after, MAX_SEQ, limit + 1)
        kept = first_page(found[:limit], _bytes)
    else:
        before = MAX_SEQ if request.before is None else request.before
        found = context.store.last_page(conversation.id, before, limit + 1)
        kept = first_page(found[: -limit - 1 : -1], _bytes)[::-1]
    page = [_message(stored, conversation, user) for stored in kept]
    return Page(request.id, conversation.seen_by(user), page, len(kept) < len(found))


def _bytes(stored: StoredMessage) -> int:
    return bytes_of(stored.text, stored.id, stored.sender) + _MOST_NAME_BYTES
