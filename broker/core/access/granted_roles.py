"""Roles in the whole chat that an invite or an operator granted."""

from __future__ import annotations

from broker.core.facts.base import Fact
from broker.core.facts.kinds import ROLES, GrantedRole, PasswordHash, role_key
from broker.core.memory.model import User
from broker.core.memory.state import State


def has_role(state: State, user: User | None, role: str) -> bool:
    """Return whether a user was granted a role in the whole chat."""
    return user is not None and state.facts.get(GrantedRole, role_key(user.id, role)) is not None


def drop_powers(state: State, user: User) -> None:
    """Take away a user's password and their roles in the whole chat."""
    facts = state.facts
    powers: list[Fact | None] = [facts.get(GrantedRole, role_key(user.id, role)) for role in ROLES]
    for fact in [*powers, facts.get(PasswordHash, str(user.id))]:
        if fact is not None:
            state.facts.drop(fact)
