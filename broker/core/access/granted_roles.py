"""Roles in the whole chat that an invite or an operator granted."""

from __future__ import annotations

from broker.core.facts.base import Fact
from broker.core.facts.kinds import ROLES, EndedTickets, GrantedRole, Guest, PasswordHash, role_key
from broker.core.memory.model import User
from broker.core.memory.state import State


def has_role(state: State, user: User | None, role: str) -> bool:
    """Return whether a user was granted a role in the whole chat."""
    return granted(state, user, role) is not None


def granted(state: State, user: User | None, role: str) -> GrantedRole | None:
    """Return the grant of a role in the whole chat, if a user has it."""
    return None if user is None else state.facts.get(GrantedRole, role_key(user.id, role))


def drop_powers(state: State, user: User) -> None:
    """Take away a user's password, so that it and its tickets open nothing, and their roles in the chat."""
    facts, key = state.facts, str(user.id)
    powers: list[Fact | None] = [facts.get(GrantedRole, role_key(user.id, role)) for role in ROLES]
    for fact in [*powers, facts.get(PasswordHash, key), facts.get(Guest, key), facts.get(EndedTickets, key)]:
        if fact is not None:
            state.facts.drop(fact)
