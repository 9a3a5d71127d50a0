"""The reply that an entry is stored."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from broker.core.context import Context
from broker.core.delivery.recipients import recipients
from broker.core.memory.model import Conversation, Direct, Room, User
from broker.core.moderation.ranks import may_know
from broker.core.store import StoredMessage
from messages.replies import Accepted


def accepted(
    context: Context,
    conversation: Conversation,
    user: User,
    stored: Sequence[StoredMessage],
    *,
    as_one: bool = False,
) -> list[Accepted]:
    """Return the replies to the requests of a user that made these entries; with `as_one`, one for all."""
    shown, durability = conversation.seen_by(user), context.store.durability
    count = recipients(conversation, user)
    waits = False
    if isinstance(conversation, Direct):
        other = conversation.other(user)
        waits = not other.online and conversation.members[other].delivered < stored[0].seq
    if as_one and len(stored) > 1:
        first, also = stored[0], tuple([entry.id for entry in stored[1:]])
        return [Accepted(first.id, shown, first.seq, first.at, durability, count, waits, also=also)]
    return [Accepted(entry.id, shown, entry.seq, entry.at, durability, count, waits) for entry in stored]


def accepted_earlier(
    context: Context, conversation: Conversation, user: User, earlier: StoredMessage
) -> Accepted:
    """Return the reply to a request sent again. The user may have been removed from a private room since."""
    reply = accepted(context, conversation, user, [earlier])[0]
    if isinstance(conversation, Room) and not may_know(context, conversation, user):
        return msgspec.structs.replace(reply, recipients=0)
    return with_tenth(context, reply, earlier)


def with_tenth(context: Context, reply: Accepted, entry: StoredMessage) -> Accepted:
    """Return the reply with who is named tenth now, if the entry took a reaction back and that changed."""
    if not entry.form.tenth:
        return reply
    user = context.state.users_by_id.get(entry.form.tenth)
    return msgspec.structs.replace(reply, tenth=user.name if user else "")
