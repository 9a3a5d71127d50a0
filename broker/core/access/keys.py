"""Keys and their users: a key has one user, a revoked key has none."""

from __future__ import annotations

import msgspec

from broker.core.access.granted_roles import drop_powers
from broker.core.access.guests import is_guest, owns_name
from broker.core.access.released_names import can_be_read, forget_released, proofs_of, release_name
from broker.core.context import Context
from broker.core.facts.kinds import BoundKey, NewKey, ReleasedName, RevokedKey
from broker.core.facts.moderation import Rank
from broker.core.memory.model import Session, User
from broker.core.memory.state import State
from messages.errors import ErrorCode, RequestRefused

MOST_KEYS = 64
"""The most keys of a user in all, as revoked keys are stored for good."""


def refuse_revoked(context: Context) -> None:
    """Raise RequestRefused if the peer's key was revoked."""
    identity = context.peer.identity
    if identity is not None and context.state.facts.get(RevokedKey, identity):
        raise RequestRefused(ErrorCode.KEY_REVOKED)


def key_owner(state: State, identity: str | None) -> User | None:
    """Return the user of a key, if any."""
    bound = state.facts.get(BoundKey, identity) if identity is not None else None
    return state.users_by_id.get(bound.user) if bound else None


def check_name(context: Context, user: User | None) -> None:
    """Raise RequestRefused unless the peer's key may log in as `user`, or as a new user if that is None."""
    owner = key_owner(context.state, context.peer.identity)
    if owner is not None and owner is not user:
        text = f"this key belongs to {owner.name}; log in as {owner.name}, then change the name with /nick"
        raise RequestRefused(ErrorCode.KEY_IN_USE, text)
    if user is None or owner is user:
        return
    if user.keys:
        text = f"{user.name} is bound to a key, and you have none; connect encrypted, or choose another name"
        raise RequestRefused(ErrorCode.NAME_NOT_YOURS, "" if context.peer.identity else text)
    if owns_name(context.state, user):
        if is_guest(context.state, user):
            raise RequestRefused(ErrorCode.NAME_TAKEN)
        text = (
            f"{user.name} has a password and no key; log in with it through a gateway, or choose another name"
        )
        raise RequestRefused(ErrorCode.NAME_NOT_YOURS, text)


def bind_key(context: Context, user: User, identity: str) -> None:
    """Bind a key to a user."""
    state, at = context.state, context.now.at
    state.facts.keep(BoundKey(identity, user.id, at, at))
    state.changes.put(user.keys, identity, None)


def keys_of(state: State, user: User) -> int:
    """Return how many keys were ever bound to a user."""
    return len(user.keys) + sum(revoked.user == user.id for revoked in state.facts.of(RevokedKey).values())


def revoke_key(context: Context, user: User, identity: str) -> list[Session]:
    """Revoke a key for good, and return the sessions that were opened with it."""
    state = context.state
    state.facts.drop(state.facts.of(BoundKey)[identity])
    state.changes.drop(user.keys, identity)
    state.facts.keep(RevokedKey(identity, user.id, context.now.at))
    drop_codes(state, user)
    return [session for session in state.sessions.values() if session.identity == identity]


def reset_keys(context: Context, user: User) -> list[Session]:
    """Free a user's name for another key. Return their sessions, and all sessions opened with their keys.

    The next user of the name may be another person, so roles, password and link code are deleted.
    """
    state = context.state
    if proofs := proofs_of(state, user):
        read = can_be_read(context, user)
        state.facts.keep(ReleasedName(user.key, proofs, context.now.at, read))
    ended = dict.fromkeys(user.sessions.values())
    for identity in list(user.keys):
        ended |= dict.fromkeys(revoke_key(context, user, identity))
    drop_powers(state, user)
    for rank in state.facts.of_user(Rank, user.id):
        state.facts.drop(rank)
    drop_codes(state, user)
    return list(ended)


def drop_codes(state: State, user: User) -> None:
    """Delete the link codes of a user: a device that may have shown one is not trusted any more."""
    state.changes.drop(state.attempts.codes, user.id)
    state.changes.drop(state.attempts.browser_codes, user.id)


def record_key_use(state: State, session: Session, at: int) -> None:
    """Record when a session's key was last used, if it is bound to the user and the store can store it."""
    bound = state.facts.get(BoundKey, session.identity) if session.identity is not None else None
    if bound is not None and bound.user == session.user.id and not state.read_only:
        state.facts.keep(msgspec.structs.replace(bound, seen=at))


def forget_keys(context: Context, user: User, *, erased: bool) -> None:
    """Delete the keys, roles and password of a user who is forgotten. Others may bind these keys later.

    The names that the user had stay connected with their keys, unless the user is `erased`.
    """
    state = context.state
    if erased:
        forget_released(state, user)
    else:
        release_name(context, user)
    for identity in list(user.keys):
        state.facts.drop(state.facts.of(BoundKey)[identity])
        state.changes.drop(user.keys, identity)
    drop_powers(state, user)
    new_key = state.facts.get(NewKey, str(user.id))
    if new_key is not None:
        state.facts.drop(new_key)
