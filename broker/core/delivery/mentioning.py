"""What readers are told of the mentions of a message, and how many wait for a user."""

from __future__ import annotations

import msgspec

from broker.core.context import Context
from broker.core.delivery.ignoring import ignored_ids
from broker.core.entries import Form
from broker.core.memory.model import Conversation, User
from broker.core.store import StoredMessage
from messages.limits import MAX_UNREAD
from messages.replies import Accepted

MENTIONING_PER_TOKEN = 500
"""Messages that mention somebody, among which a login counts, that cost as much as a request: 0.7 ms."""


def names(form: Form) -> tuple[str, ...]:
    """Return the names of the users whom a message mentions."""
    return tuple(name for _, name in form.mentions.users) if form.mentions else ()


def is_for_all(form: Form) -> bool:
    """Return whether a message mentions everyone, or everyone who was online."""
    return form.mentions is not None and (form.mentions.everyone or bool(form.mentions.here))


def is_for(reader: User, message: StoredMessage) -> bool:
    """Return whether a message mentions everyone. Readers who were offline at an @here are not told so."""
    mentions = message.form.mentions
    if mentions is None:
        return False
    return (
        mentions.everyone or reader.id in mentions.here or (reader.id == message.user and bool(mentions.here))
    )


def told(reply: Accepted, message: StoredMessage | None) -> Accepted:
    """Return a reply with the mentions of the message that it is about."""
    if message is None or message.form.mentions is None:
        return reply
    return msgspec.structs.replace(reply, mentions=names(message.form), everyone=is_for_all(message.form))


def charge_reader(context: Context, user: User, tokens: float) -> None:
    """Charge a user for what is read for them, if it is for their own request."""
    if tokens and context.peer.session is not None and context.peer.session.user is user:
        context.limiter.charge(context.peer, tokens, context.now.elapsed)


def count_mentioned(context: Context, conversation: Conversation, user: User, read: int) -> int:
    """Return how many messages of others after seq `read` mention a user, at most MAX_UNREAD.

    Those of ignored users do not count. Only the last MOST_MENTIONING that mention anybody are looked at. If
    they are many, a user who asks pays for it.
    """
    if conversation.mentioning <= read:
        return 0
    place, state = conversation.id, context.state
    found = {seq: (sender, form) for seq, sender, form in context.store.mentioning(place, read)}
    charge_reader(context, user, len(found) / MENTIONING_PER_TOKEN)
    changed = [
        one for one in (*state.entries_unstored(), *state.present.values()) if one.conversation == place
    ]
    found |= {one.seq: (one.user, one.form) for one in changed if one.seq > read}
    silent = {user.id, *ignored_ids(context, user)}
    meant = (one for sender, one in found.values() if sender not in silent and one.mentions)
    return min(sum(one.mentions.has(user.id) for one in meant if one.mentions), MAX_UNREAD)
