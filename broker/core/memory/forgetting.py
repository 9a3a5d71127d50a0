"""Forgetting a user in memory, with memberships and direct conversations."""

from __future__ import annotations

from broker.core.memory.model import Direct, User
from broker.core.memory.pinning import forget_messages
from broker.core.memory.state import State
from broker.core.store import ForgottenUser


def forget_user(state: State, user: User) -> None:
    """Forget a user, with memberships and direct conversations."""
    changes = state.changes
    for conversation in list(user.conversations.values()):
        if isinstance(conversation, Direct):
            state.former.add(user.key)
            forget_messages(state.facts, state.files, conversation, conversation.head + 1)
            changes.drop(conversation.other(user).conversations, conversation.id)
            changes.drop(state.conversations, conversation.id)
        state.leave(conversation, user)
    changes.drop(state.users, user.key)
    changes.drop(state.users_by_id, user.id)
    state.lookalikes.remove(user.name)
    state.journal.append(ForgottenUser(user.id))
    changes.forget(state.resolved.clear)
