"""Names that were given up, and the notice that a name has a user with another key."""

from __future__ import annotations

from broker.core.context import Context
from broker.core.facts.kinds import NewKey, ReleasedName
from broker.core.memory.model import Direct, User
from broker.core.memory.state import State
from messages.events import System, SystemKind

MOST_TOLD = 20
"""How many notices of new keys a user gets after an absence: the latest."""

MOST_RELEASED, MOST_RELEASED_BY_ONE = 10_000, 10
"""How many released names are stored in all, and of one user. The oldest is dropped first."""


def release_name(state: State, user: User) -> None:
    """Store the keys of a name that is given up, if its user has a key and has sent messages."""
    if not (user.keys and any(user in one.last_sent for one in user.conversations.values())):
        return
    released = list(state.facts.of(ReleasedName).values())
    theirs = [one for one in released if not user.keys.keys().isdisjoint(one.identities)]
    for names, most in (theirs, MOST_RELEASED_BY_ONE), (released, MOST_RELEASED):
        if len(names) >= most:
            state.facts.drop(min(names, key=lambda one: one.at))
            break
    state.facts.keep(ReleasedName(user.key, list(user.keys), state.latest))


def forget_released(state: State, user: User) -> None:
    """Forget the names that a user gave up."""
    released = list(state.facts.of(ReleasedName).values())
    for one in [one for one in released if not user.keys.keys().isdisjoint(one.identities)]:
        state.facts.drop(one)


def claim_name(context: Context, user: User) -> None:
    """Tell all users, once, if a user's name belonged to a user with other keys before."""
    state = context.state
    released = state.facts.get(ReleasedName, user.key)
    if released is None:
        return
    state.facts.drop(released)
    if user.keys.keys().isdisjoint(released.identities):
        state.facts.keep(NewKey(user.id, context.now.at, state.next_user))
        context.outbox.send(state.lobby.peers, _new_key(user), context.peer)


def new_keys_since(context: Context, user: User, since: int) -> list[System]:
    """Return the notices of new keys since a time (Unix ms) for the user's direct conversations."""
    known = context.state.facts.of(NewKey)
    directs = user.conversations.values() if known else ()
    others = {str(one.other(user).id): one.other(user) for one in directs if isinstance(one, Direct)}
    found = sorted((known[key] for key in others.keys() & known.keys()), key=lambda fact: fact.at)
    return [_new_key(others[fact.key]) for fact in found if fact.at >= since][-MOST_TOLD:]


def new_key_of(context: Context, user: User, reader: User) -> list[System]:
    """Return the notice of a user's new key if `reader` may know the earlier owner of the name."""
    fact = context.state.facts.get(NewKey, str(user.id))
    return [_new_key(user)] if fact is not None and reader.id < fact.users else []


def _new_key(user: User) -> System:
    other = "another key than" if user.keys else "no key, unlike"
    text = f"{user.name} has {other} the {user.name} before; make sure that it is the same person"
    return System(SystemKind.NEW_KEY, user.name, text)
