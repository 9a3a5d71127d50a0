"""Whom a new text mentions, and who may mention everyone."""

from __future__ import annotations

from collections.abc import Container, Sequence
from itertools import chain

from broker.core.context import Context
from broker.core.entries import PLAIN, Form, Mentioned
from broker.core.memory.model import Conversation, Direct, Room, User
from broker.core.moderation.ranks import SMALL_ROOM, Level, own_level
from broker.core.names.mentions import find_mentions
from broker.core.store import StoredMessage
from messages.limits import MAX_MENTIONS
from messages.names import canonical_key
from messages.requests import Send

MOST_HERE = 1_000
"""If more are online in a room, @here is the same as @all, as they are not listed."""

_ALL, _HERE = "all", "here"
_CALLS = frozenset({_ALL, _HERE})
_NOBODY = Mentioned()


def forms_of(context: Context, conversation: Conversation, requests: Sequence[Send]) -> list[Form]:
    """Return the forms of new messages; none if all are plain."""
    marked = context.session.marked
    for request in requests:
        if marked or "@" in request.text:
            break
    else:
        return []
    mentions = [_mentioned(context, conversation, request.text) for request in requests]
    if not marked and not any(mentions):
        return []
    bot, guest = context.session.bot, context.session.guest
    return [Form(mentions=one, bot=bot, guest=guest) if marked or one else PLAIN for one in mentions]


def still_mentioned(context: Context, old: StoredMessage, text: str) -> Mentioned | None:
    """Return which of a message's mentions are also in its new text. An edit adds none."""
    mentions = old.form.mentions
    if mentions is None or "@" not in text:
        return None
    users = context.state.users_by_id
    ids = {canonical_key(name): user for user, name in mentions.users}
    ids |= {users[user].key: user for user in ids.values() if user in users}
    found = find_mentions(text, lambda key: key in ids or key in _CALLS)
    kept = {ids[key] for key in found if key in ids}
    return _some(
        Mentioned(
            tuple(one for one in mentions.users if one[0] in kept),
            mentions.everyone and not _CALLS.isdisjoint(found),
            mentions.here if _HERE in found else (),
        )
    )


def _mentioned(context: Context, conversation: Conversation, text: str) -> Mentioned | None:
    """Return whom a new text of the request's user mentions; None if nobody."""
    if "@" not in text:
        return None
    users, own = context.state.users, context.user
    members: Container[User] = conversation.members
    if isinstance(conversation, Direct):
        members = conversation.pair
    found = find_mentions(text, lambda key: key in _CALLS or users.get(key) in members)
    if not found:
        return None
    calls = () if _CALLS.isdisjoint(found) else _calls(context, conversation)
    met = [user for key in found if key not in calls and (user := users.get(key)) in members]
    named = tuple((user.id, user.name) for user in met if user is not None and user is not own)
    everyone, here = _ALL in calls and _ALL in found, tuple[int, ...]()
    if not everyone and _HERE in calls and _HERE in found:
        here = _online(context, conversation)
        if len(here) > MOST_HERE:
            everyone, here = True, ()
    return _some(Mentioned(named[:MAX_MENTIONS], everyone, here))


def _some(mentions: Mentioned) -> Mentioned | None:
    return None if mentions == _NOBODY else mentions


def _calls(context: Context, conversation: Conversation) -> Container[str]:
    """Return the words by which the request's user may mention everyone. For others they are names."""
    if not isinstance(conversation, Room) or context.session.bot:
        return ()
    small = len(conversation.members) <= SMALL_ROOM
    return (_ALL, _HERE) if small or own_level(context, conversation) >= Level.MODERATOR else ()


def _online(context: Context, conversation: Conversation) -> tuple[int, ...]:
    """Return the ids of the other members who are online, or of one more than MOST_HERE of them."""
    online = set[int]()
    for peer in chain(conversation.connected, context.state.lagging):
        user = peer.session.user if peer.session is not None else context.user
        if user is not context.user and user in conversation.members:
            online.add(user.id)
            if len(online) > MOST_HERE:
                break
    return tuple(sorted(online))
