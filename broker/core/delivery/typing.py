"""Who types: told to the other members who are online, and forgotten at once."""

from __future__ import annotations

from broker.core.context import Context
from broker.core.facts.kinds import TypingOff
from broker.core.memory.model import Conversation, Direct, Peer, User
from messages.events import IsTyping
from messages.limits import TYPING_MEMBERS, TYPING_SECONDS


def types(context: Context, user: User) -> bool:
    """Return whether a user sends and gets news of who types."""
    return context.state.facts.get(TypingOff, str(user.id)) is None


def set_types(context: Context, user: User, *, on: bool) -> bool:
    """Set it, and return whether that changes anything."""
    if types(context, user) is on:
        return False
    change = context.state.facts.drop if on else context.state.facts.keep
    change(TypingOff(user.id))
    return True


def pass_on(context: Context, conversation: Conversation, user: User, *, on: bool) -> None:
    """Tell the other members that a user types, unless they were told a short time ago.

    Nobody is told in large conversations, nor in a direct one that has no message yet.
    """
    now = context.now.elapsed
    if len(conversation.members) > TYPING_MEMBERS or not types(context, user):
        return
    if (
        user not in conversation.members
        or now - conversation.typed.get(user, -TYPING_SECONDS) < TYPING_SECONDS
    ):
        return
    context.state.changes.put(conversation.typed, user, now)
    if isinstance(conversation, Direct):
        reader = conversation.other(user)
        peers, shown = reader.peers, conversation.seen_by(reader)
    else:
        peers, shown = conversation.peers, conversation.seen_by(user)
    heard = tuple(peer for peer in peers if _hears(context, peer, user))
    context.outbox.send(heard, IsTyping(shown, user.name, user.id, on))


def _hears(context: Context, peer: Peer, typist: User) -> bool:
    if not peer.amendments or peer.session is None or peer.session.user is typist:
        return False
    return types(context, peer.session.user)
