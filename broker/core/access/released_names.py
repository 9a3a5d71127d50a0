"""Names that were given up, and the notice that a name has a user with another key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from broker.core.context import Context
from broker.core.facts.kinds import NewKey, PasswordHash, ReleasedName
from broker.core.memory.model import User, direct_id
from broker.core.memory.state import State
from messages.events import System, SystemKind

MOST_TOLD = 20
"""How many notices of new keys a user gets after an absence: first about people they talk with directly, and
the latest."""

MOST_RELEASED, MOST_RELEASED_BY_ONE = 10_000, 10
"""How many released names are stored in all, and of one user. The oldest is dropped first, of the user who
has the most, so that nobody can push out the names of others with many of their own."""


def release_name(context: Context, user: User) -> None:
    """Store the keys of a name that is given up, if its user had proved it and their messages can be read."""
    proofs = proofs_of(context.state, user)
    if not (proofs and can_be_read(context, user)):
        return
    facts = context.state.facts
    released = list(facts.of(ReleasedName).values())
    theirs = [one for one in released if not set(proofs).isdisjoint(one.identities)]
    if len(theirs) >= MOST_RELEASED_BY_ONE:
        facts.drop(_oldest(theirs))
    elif len(released) >= MOST_RELEASED:
        owners = Counter(one.identities[0] for one in released)
        most = max(owners.values())
        facts.drop(_oldest(one for one in released if owners[one.identities[0]] == most))
    facts.keep(ReleasedName(user.key, proofs, context.state.latest))


def proofs_of(state: State, user: User) -> list[str]:
    """Return the keys that prove a user's name, or a word for a password that does; none if nothing does."""
    password = state.facts.get(PasswordHash, str(user.id))
    return list(user.keys) or ([f"password of user {user.id}"] if password and password.owns else [])


def can_be_read(context: Context, user: User) -> bool:
    """Return whether a message of a user is stored, also in a room that they have left."""
    state = context.state
    return (
        any(user in one.last_sent for one in user.conversations.values())
        or user.id in state.unstored
        or bool(context.store.sent_by(user.id, 1))
    )


def _oldest(released: Iterable[ReleasedName]) -> ReleasedName:
    return min(released, key=lambda one: one.at)


def forget_released(state: State, user: User) -> None:
    """Forget the names that a user gave up."""
    released, proofs = list(state.facts.of(ReleasedName).values()), set(proofs_of(state, user))
    for one in [one for one in released if not proofs.isdisjoint(one.identities)]:
        state.facts.drop(one)


def claim_name(context: Context, user: User) -> None:
    """Tell all users, once, if a user's name belonged to a user with other keys before."""
    state = context.state
    released = state.facts.get(ReleasedName, user.key)
    if released is None:
        return
    state.facts.drop(released)
    if user.keys.keys().isdisjoint(released.identities):
        state.facts.keep(NewKey(user.id, context.now.at, state.next_user, released.read))
        context.outbox.send(state.lobby.peers, _new_key(state, user), context.peer)


def new_keys_since(context: Context, user: User, since: int) -> list[System]:
    """Return the notices of new keys since a time (Unix ms) for a user who was away.

    They are about people they talk with directly, and about names whose earlier owner they have known: it was
    a user when they were, and what it said can be read.
    """
    state = context.state
    recent = [fact for fact in state.facts.of(NewKey).values() if fact.at >= since and fact.user != user.id]
    found = [one for one in recent if (one.read and user.id < one.users) or _talks(state, user, one)]
    told = sorted(found, key=lambda fact: (_talks(state, user, fact), fact.at))[-MOST_TOLD:]
    told.sort(key=lambda fact: fact.at)
    return [_new_key(state, state.users_by_id[fact.user]) for fact in told]


def _talks(state: State, user: User, fact: NewKey) -> bool:
    """Return whether a user has a direct conversation with the one who has a new key."""
    return direct_id(user, state.users_by_id[fact.user]) in user.conversations


def new_key_of(context: Context, user: User, reader: User) -> list[System]:
    """Return the notice of a user's new key if `reader` may know the earlier owner of the name."""
    fact = context.state.facts.get(NewKey, str(user.id))
    return [_new_key(context.state, user)] if fact is not None and reader.id < fact.users else []


def _new_key(state: State, user: User) -> System:
    other = "has another key than" if user.keys else "has no key, unlike"
    if not user.keys and proofs_of(state, user):
        other = "may be another person than"
    text = f"{user.name} {other} the {user.name} before; make sure that it is the same person"
    return System(SystemKind.NEW_KEY, user.name, text, user_id=user.id)
