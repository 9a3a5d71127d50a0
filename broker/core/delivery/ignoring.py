"""The users whom each user ignores. The broker stores the list; clients hide the messages."""

from __future__ import annotations

from broker.core.context import Context
from broker.core.facts.moderation import Ignoring
from broker.core.memory.model import User


def ignored_names(context: Context, user: User) -> list[str]:
    """Return the names of the users whom a user ignores, in order."""
    users = context.state.users_by_id
    return sorted(users[other].name for other in _others(context, user.id) if other in users)


def set_ignored(context: Context, user: User, other: User, *, ignored: bool) -> None:
    """Set whether a user ignores another."""
    _set(context, user.id, other.id, ignored=ignored)


def forget_ignoring(context: Context, user: User) -> None:
    """Remove a user's list, and the user from the lists of others."""
    for fact in list(context.state.facts.of(Ignoring).values()):
        if fact.user == user.id:
            context.state.facts.drop(fact)
        else:
            _set(context, fact.user, user.id, ignored=False)


def _set(context: Context, user: int, other: int, *, ignored: bool) -> None:
    state, old = context.state, _others(context, user)
    if (other in old) is ignored:
        return
    new = (*old, other) if ignored else tuple(one for one in old if one != other)
    change = state.facts.keep if new else state.facts.drop
    change(Ignoring(user, new))


def ignored_ids(context: Context, user: User) -> tuple[int, ...]:
    """Return the ids of the users whom a user ignores."""
    return _others(context, user.id)


def _others(context: Context, user: int) -> tuple[int, ...]:
    fact = context.state.facts.get(Ignoring, str(user))
    return fact.others if fact else ()
