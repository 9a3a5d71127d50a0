"""Making an amendment: finding its message, recognising a request sent again, and numbering the entry."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from broker.commands.acceptance import accepted, accepted_earlier
from broker.core.context import Context
from broker.core.delivery.entries import deliver
from broker.core.entries import EntryKind, Form
from broker.core.facts.unchanged import Unchanged
from broker.core.memory.amending import amend_all
from broker.core.memory.model import Direct
from broker.core.memory.unchanged import answered_before, remember
from broker.core.store import StoredMessage
from messages.amendments import Delete, Edit, Pin, React
from messages.errors import ErrorCode, RequestRefused
from messages.names import parse_conversation
from messages.replies import Accepted

Amending = Edit | Delete | React | Pin


class Amendment(NamedTuple):
    """What a request wants to do: the kind of the entry, its form, and the text that it sets, if any."""

    kind: EntryKind
    form: Form
    text: str = ""


def message(context: Context, seq: int) -> StoredMessage:
    """Return a message of the conversation as it is now. Raise RequestRefused if there is none."""
    found = context.present(context.conversation, seq)
    if found is None or not found.is_message:
        raise RequestRefused(ErrorCode.NO_SUCH_MESSAGE)
    return found


def again(context: Context, request: Amending, wanted: Amendment) -> Accepted | None:
    """Return the reply to a request that was accepted before, or None if it is new."""
    earlier = context.already_accepted
    if earlier is None:
        return unchanged_again(context, request, wanted)
    form = earlier.form if earlier.form == wanted.form else msgspec.structs.replace(earlier.form, tenth=0)
    if (earlier.of, earlier.kind, form) != (request.seq, wanted.kind, wanted.form):
        raise RequestRefused(ErrorCode.ID_REUSED)
    return accepted_earlier(context, context.conversation, context.user, earlier)


def unchanged_again(context: Context, request: Amending, wanted: Amendment) -> Accepted | None:
    """Return the reply to a request that changed nothing when it came before, or None."""
    before = answered_before(context.state.facts, context.user, request.id)
    if before is None:
        return None
    if before != _unchanged(context, request, wanted, before.entry):
        raise RequestRefused(ErrorCode.ID_REUSED)
    return as_it_is(context, request, before.entry)


def unchanged(context: Context, request: Amending, wanted: Amendment, entry: int) -> Accepted:
    """Return the reply to a request for what is so already, since an entry. Remember the request's id.

    If it is sent again after somebody has changed it, it must not change it.
    """
    reply = as_it_is(context, request, entry)
    remember(context.state.facts, context.user, _unchanged(context, request, wanted, entry))
    return reply


def _unchanged(context: Context, request: Amending, wanted: Amendment, entry: int) -> Unchanged:
    form, place = wanted.form, context.conversation.id
    return Unchanged(request.id, place, request.seq, wanted.kind, form.reaction, form.on, entry)


def as_it_is(context: Context, request: Amending, seq: int) -> Accepted:
    """Return the reply to a request for what is so already, since the entry `seq`."""
    conversation, user = context.conversation, context.user
    entry = context.present(conversation, seq) or message(context, request.seq)
    reply = accepted(context, conversation, user, [entry])[0]
    return msgspec.structs.replace(reply, re=request.id)


def amend_message(
    context: Context, request: Amending, wanted: Amendment, now: StoredMessage | None
) -> Accepted:
    """Number an amendment and deliver it. `now` is the message as it makes it, if it changes the message."""
    conversation, user = context.conversation, context.user
    entry = StoredMessage(
        *(conversation.id, conversation.head + 1, request.id, user.id, user.name, "", context.now.at),
        *(recipient(context, request), request.seq, wanted.kind, wanted.form),
    )
    amend_all(context.state, conversation, user, [entry], [now] if now is not None else [])
    deliver(context, conversation, [entry], now)
    return accepted(context, conversation, user, [entry])[0]


def recipient(context: Context, request: Amending) -> str:
    """Return the name key of the recipient of a request's entry, or an empty text for a room."""
    if isinstance(context.conversation, Direct):
        return parse_conversation(request.conversation).key
    return ""
