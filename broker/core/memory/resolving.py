"""Which conversation a user means by a name."""

from __future__ import annotations

from broker.core.memory.model import Conversation, User
from broker.core.memory.state import State
from messages.errors import ErrorCode, RequestRefused
from messages.names import Kind, Name, parse_conversation

_MOST_RESOLVED = 65_536  # names remembered with what they mean; a name has many spellings


def resolve(state: State, user: User, name: str) -> Conversation:
    """Return the conversation that `user` writes as `#room` or `@name`.

    Raise RequestRefused if there is none. A pair who never wrote get one that is not kept yet.
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
        raise RequestRefused(ErrorCode.TO_YOURSELF, "write to somebody else, this is your own name")
    return state.direct(user, other)
