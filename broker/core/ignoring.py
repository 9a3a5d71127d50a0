"""Whom each user ignores. Clients do the ignoring; the broker remembers it for all of a user's devices."""

from __future__ import annotations

from broker.core.context import Context
from broker.core.model import User
from broker.core.rulings import Ignoring


def ignored_names(context: Context, user: User) -> list[str]:
    """Return the names of those whom a user ignores, in order."""
    users, facts = context.state.users_by_id, context.state.facts.of(Ignoring).values()
    return sorted(users[fact.other].name for fact in facts if fact.user == user.id)
