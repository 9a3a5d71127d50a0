"""One key, one user: whose a key is, whose a name is, and which keys are nobody's any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from broker.core.fact import Fact
from broker.core.facts import (
    BoundKey,
    GrantedRole,
    NewKey,
    PasswordHash,
    ReleasedName,
    RevokedKey,
    role_key,
)
from broker.core.model import Direct
from broker.core.rulings import Rank
from messages.errors import ErrorCode, RequestRefused
from messages.events import System, SystemKind

if TYPE_CHECKING:
    from broker.core.context import Context
    from broker.core.model import Session, User
    from broker.core.state import State

MOST_TOLD = 20
"""Of so many new keys at most, the latest, somebody learns who was not there."""
MOST_KEYS = 64
"""Keys that a user may have had in all: a revoked one is remembered for good."""

MOST_RELEASED, MOST_RELEASED_BY_ONE = 10_000, 10
"""Names given up that are remembered, and those of one user; the one given up first is forgotten first."""

ROLES = ("operator", "gateway")
"""What an invite can make of a user in the whole chat."""


def refuse_revoked(context: Context) -> None:
    """Raise RequestRefused if the key of the peer who asks was revoked."""
    identity = context.peer.identity
    if identity is not None and context.state.facts.get(RevokedKey, identity):
        raise RequestRefused(ErrorCode.KEY_REVOKED)


def bearer(state: State, identity: str | None) -> User | None:
    """Return the user whose this key is."""
    bound = state.facts.get(BoundKey, identity) if identity is not None else None
    return state.users_by_id.get(bound.user) if bound else None


def check_name(context: Context, user: User | None) -> None:
    """Raise RequestRefused unless the peer's key may log in as `user`, or anew if that is None."""
    owner = bearer(context.state, context.peer.identity)
    if owner is not None and owner is not user:
        text = f"this key is {owner.name}'s; log in as {owner.name}, then use /nick to change the name"
        raise RequestRefused(ErrorCode.KEY_IN_USE, text)
    if user is not None and user.keys and owner is not user:
        text = f"{user.name} is bound to a key, and here is none; connect encrypted, or choose another name"
        raise RequestRefused(ErrorCode.NAME_NOT_YOURS, "" if context.peer.identity else text)


def bind_key(context: Context, user: User, identity: str) -> None:
    """Make a key the user's."""
    state, at = context.state, context.now.at
    state.keep(BoundKey(identity, user.id, at, at))
    state.changes.put(user.keys, identity, None)


def keys_of(state: State, user: User) -> int:
    """Return how many keys were ever bound to a user."""
    return len(user.keys) + sum(revoked.user == user.id for revoked in state.facts.of(RevokedKey).values())


def revoke_key(context: Context, user: User, identity: str) -> list[Session]:
    """Make a key nobody's for good, and return the sessions that were opened with it."""
    state = context.state
    state.drop(state.facts.of(BoundKey)[identity])
    state.changes.drop(user.keys, identity)
    state.keep(RevokedKey(identity, user.id, context.now.at))
    return [session for session in state.sessions.values() if session.identity == identity]


def reset_keys(context: Context, user: User) -> list[Session]:
    """Free a user's name for another key, and return their sessions and all that their keys have opened.

    Whoever comes next has to be taken for somebody else: no role, password or code is left.
    """
    state = context.state
    if user.keys:
        state.keep(ReleasedName(user.key, list(user.keys), context.now.at))
    ended = dict.fromkeys(user.sessions.values())
    for identity in list(user.keys):
        ended |= dict.fromkeys(revoke_key(context, user, identity))
    _drop_powers(state, user)
    for rank in [rank for rank in state.facts.of(Rank).values() if rank.user == user.id]:
        state.drop(rank)
    state.changes.drop(state.doors.codes, user.id)
    return list(ended)


def saw_key(state: State, session: Session, at: int) -> None:
    """Remember when a session's key was last in use, if it is its user's and that can be stored."""
    bound = state.facts.get(BoundKey, session.identity) if session.identity is not None else None
    if bound is not None and bound.user == session.user.id and not state.read_only:
        state.keep(msgspec.structs.replace(bound, seen=at))


def has_role(state: State, user: User | None, role: str) -> bool:
    """Tell whether a user was granted a role in the whole chat."""
    return user is not None and state.facts.get(GrantedRole, role_key(user.id, role)) is not None


def release_name(state: State, user: User) -> None:
    """Remember whose a name was that is given up, if it is known by what its bearer has said."""
    if not (user.keys and any(user in one.last_sent for one in user.conversations.values())):
        return
    released = list(state.facts.of(ReleasedName).values())
    theirs = [one for one in released if not user.keys.keys().isdisjoint(one.identities)]
    for names, most in (theirs, MOST_RELEASED_BY_ONE), (released, MOST_RELEASED):
        if len(names) >= most:
            state.drop(min(names, key=lambda one: one.at))
            break
    state.keep(ReleasedName(user.key, list(user.keys), state.latest))


def claim_name(context: Context, user: User) -> None:
    """Tell everyone, once, if a user's name was borne by somebody with other keys before."""
    state = context.state
    released = state.facts.get(ReleasedName, user.key)
    if released is None:
        return
    state.drop(released)
    if user.keys.keys().isdisjoint(released.identities):
        state.keep(NewKey(user.id, context.now.at, state.next_user))
        context.outbox.tell(state.lobby.peers, _new_key(user), context.peer)


def new_keys_since(context: Context, user: User, since: int) -> list[System]:
    """Return the notices of new keys from a time on (Unix ms) of those with whom a user talks directly."""
    known = context.state.facts.of(NewKey)
    directs = user.conversations.values() if known else ()
    others = {str(one.other(user).id): one.other(user) for one in directs if isinstance(one, Direct)}
    found = sorted((known[key] for key in others.keys() & known.keys()), key=lambda fact: fact.at)
    return [_new_key(others[fact.key]) for fact in found if fact.at >= since][-MOST_TOLD:]


def new_key_of(context: Context, user: User, reader: User) -> list[System]:
    """Return the notice of a user's new key for one who begins to talk with them, if they were known then."""
    fact = context.state.facts.get(NewKey, str(user.id))
    return [_new_key(user)] if fact is not None and reader.id < fact.users else []


def _new_key(user: User) -> System:
    other = "another key than" if user.keys else "no key, unlike"
    text = f"{user.name} has {other} the {user.name} before; make sure that it is the same person"
    return System(SystemKind.NEW_KEY, user.name, text)


def forget_keys(state: State, user: User) -> None:
    """Forget what was a user's, with the user; their keys may be others' then."""
    release_name(state, user)
    for identity in list(user.keys):
        state.drop(state.facts.of(BoundKey)[identity])
        state.changes.drop(user.keys, identity)
    _drop_powers(state, user)
    new_key = state.facts.get(NewKey, str(user.id))
    if new_key is not None:
        state.drop(new_key)


def _drop_powers(state: State, user: User) -> None:
    """Take away a user's password and their roles in the whole chat."""
    facts = state.facts
    powers: list[Fact | None] = [facts.get(GrantedRole, role_key(user.id, role)) for role in ROLES]
    for fact in [*powers, facts.get(PasswordHash, str(user.id))]:
        if fact is not None:
            state.drop(fact)
