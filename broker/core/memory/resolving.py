"""Resolving a name, as a user writes it, to a conversation."""

from __future__ import annotations

from broker.core.memory.model import Conversation, User
from broker.core.memory.state import State
from messages.errors import ErrorCode, RequestRefused
from messages.names import Kind, Name, parse_conversation

_MOST_RESOLVED = 65_536  # names in the cache; a name has many spellings


def resolve(state: State, user: User, name: str) -> Conversation:
    """Return the conversation that `user` writes as `#room` or `@name`.

    Raise RequestRefused if there is none. If the pair never wrote, return a new one that is not stored yet.
    """
    found = state.resolved.get((user, name))
    if found is None:
        found = _resolve(state, user, parse_conversation(name))
        if found.id in state.conversations:
            if len(state.resolved) >= _MOST_RESOLVED:
                state.resolved.clear()
            state.resolved[user, name] = found
    return found


def _resolve(state: State, user: User, name: Name) -> Conversation:
    if name.kind is Kind.ROOM:
        room = state.room(name)
        if room is None:
            raise RequestRefused(ErrorCode.NO_SUCH_ROOM)
        return room
    other = state.users.get(name.key)
    if other is None:
        raise RequestRefused(ErrorCode.NO_SUCH_USER)
    if other is user:
        raise RequestRefused(ErrorCode.TO_YOURSELF, "this is your own name; write to another user")
    return state.direct(user, other)
