"""Requests that changed nothing, as all was so already. They are remembered, so that they never change it."""

from __future__ import annotations

from broker.core.facts.collection import Facts
from broker.core.facts.unchanged import Unchanged, UnchangedRequests
from broker.core.memory.model import User

MOST_OF_USER = 64
"""Requests that are remembered for each user: as many as one frame has. The earliest is forgotten."""

MOST_USERS = 1_000
"""Users for whom they are remembered. The one who made such a request longest ago is forgotten."""


def answered_before(facts: Facts, user: User, request_id: str) -> Unchanged | None:
    """Return the remembered request of a user with this id, or None."""
    fact = facts.get(UnchangedRequests, str(user.id))
    return next((one for one in fact.requests if one.id == request_id), None) if fact else None


def remember(facts: Facts, user: User, request: Unchanged) -> None:
    """Remember one more request of a user."""
    known = facts.of(UnchangedRequests)
    earlier: tuple[Unchanged, ...] = ()
    if (fact := facts.get(UnchangedRequests, str(user.id))) is not None:
        facts.drop(fact)  # so that this user is the last one in `known`
        earlier = fact.requests
    elif len(known) >= MOST_USERS:
        facts.drop(next(iter(known.values())))
    facts.keep(UnchangedRequests(user.id, (*earlier[1 - MOST_OF_USER :], request)))


def forget_requests(facts: Facts, user: User) -> None:
    """Forget the requests of a user."""
    if (fact := facts.get(UnchangedRequests, str(user.id))) is not None:
        facts.drop(fact)
