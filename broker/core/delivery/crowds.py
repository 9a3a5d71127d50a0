"""Crowds: who is told of those who come and go where many are, and how many are online for the others.

A room is a crowd if more than `named_receipts` connections of its members are there. Clients that do not
know crowds are told of everyone.
"""

from __future__ import annotations

from broker.core.context import Context
from broker.core.memory.model import Direct, Peer, Room, User
from messages.events import Online, System

COUNT_SECONDS = 5.0
"""The least time between two counts of those online."""

COUNTED = 1_000
"""Counts are rarer if more clients get them than this many times COUNT_SECONDS: so many are sent a second."""

_FORGET_SECONDS = 60.0


def is_crowd(context: Context, room: Room) -> bool:
    """Return whether so many are in a room that clients are not told of everyone."""
    return len(room.connected) > context.settings.named_receipts


def tell_of_user(context: Context, user: User, event: System, but: Peer | None = None) -> None:
    """Tell that a user has come or gone: everyone, or in a crowd those near the user."""
    lobby = context.state.lobby
    if is_crowd(context, lobby) and len(context.state.told_all) < len(lobby.connected):
        context.outbox.send(_near(context, user), event, but)
    else:
        context.outbox.send(lobby.peers, event, but)


def audience(context: Context, room: Room) -> tuple[Peer, ...]:
    """Return who is told that somebody joins or leaves a room: the members, or in a crowd those who look."""
    if not is_crowd(context, room):
        return room.peers
    told = [peer for peer in context.state.told_all if peer in room.connected]
    return tuple(dict.fromkeys([*told, *context.state.watchers.take(room, context.now.elapsed)]))


def tell_count(context: Context, peer: Peer) -> None:
    """Tell a peer that may have missed a count how many are online, and whether they are a crowd."""
    if peer.crowds:
        state = context.state
        context.outbox.send((peer,), Online(state.online_count, is_crowd(context, state.lobby)))


def _near(context: Context, user: User) -> tuple[Peer, ...]:
    """Return who shares a small room or a direct conversation with a user, or looks at a list with them."""
    told = dict(context.state.told_all)
    for conversation in user.conversations.values():
        if isinstance(conversation, Direct):
            told.update(dict.fromkeys(conversation.other(user).peers))
        elif isinstance(conversation, Room):
            if is_crowd(context, conversation):
                told.update(dict.fromkeys(context.state.watchers.take(conversation, context.now.elapsed)))
            else:
                told.update(conversation.connected)
    return tuple(told)


class OnlineCounts:
    """Tells clients that know crowds how many users are online, if that has changed, now and then."""

    def __init__(self) -> None:
        self._crowd = False
        self._told = 0
        self._due = self._forget_at = 0.0

    def update(self, context: Context) -> None:
        """Tell the count if it is due. The first one follows some time after the chat became a crowd."""
        state, now = context.state, context.now.elapsed
        if now >= self._forget_at:
            self._forget_at = now + _FORGET_SECONDS
            state.watchers.forget(now)
        crowd, count = is_crowd(context, state.lobby), state.online_count
        if not (crowd or self._crowd):
            return
        pause = max(COUNT_SECONDS, len(state.lobby.connected) / COUNTED)
        if crowd and not self._crowd:
            for attribute, value in (("_due", now + pause), ("_crowd", True), ("_told", 0)):
                state.changes.set(self, attribute, value)
        if now < self._due or (crowd and count == self._told):
            return
        told = tuple(peer for peer in state.lobby.peers if peer.crowds)
        context.outbox.send(told, Online(count, crowd))
        for attribute, value in (("_due", now + pause), ("_crowd", crowd), ("_told", count)):
            state.changes.set(self, attribute, value)
