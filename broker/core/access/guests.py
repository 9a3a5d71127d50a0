"""Who is a guest, and what a gateway's user has proved."""

from __future__ import annotations

from broker.core.facts.kinds import BoundKey, EndedTickets, Guest, PasswordHash
from broker.core.memory.model import User
from broker.core.memory.state import State


def is_guest(state: State, user: User) -> bool:
    """Return whether a user is a guest of a gateway, who is forgotten when they are gone."""
    return state.facts.get(Guest, str(user.id)) is not None


def guests(state: State) -> list[User]:
    """Return all guests, those just gone included."""
    users = state.users_by_id
    return [users[guest.user] for guest in state.facts.of(Guest).values() if guest.user in users]


def proof_of(state: State, user: User) -> str:
    """Return what a user's tickets stand for: their password's hash, a guest's mark, or else the oldest key.

    It is empty if there is none of these. A user with a key and no password comes by a code. It has the
    number of times at which all tickets of the user ended, so it is another one after each.
    """
    key = str(user.id)
    password, guest = state.facts.get(PasswordHash, key), state.facts.get(Guest, key)
    proof = password.encoded if password else guest.mark if guest else _oldest_key(state, user)
    ended = state.facts.get(EndedTickets, key) if proof else None
    return f"{proof} {ended.rounds}" if ended is not None and ended.rounds else proof


def _oldest_key(state: State, user: User) -> str:
    bound = state.facts.of(BoundKey)
    return min(user.keys, key=lambda one: (bound[one].since, one), default="")


def owns_name(state: State, user: User) -> bool:
    """Return whether a user's name is theirs alone: it is bound to a key or a password, or a guest's."""
    key = str(user.id)
    password = state.facts.get(PasswordHash, key)
    return bool(user.keys) or (password is not None and password.owns) or key in state.facts.of(Guest)
