"""Amending messages in memory: every change is an entry of the journal, and can be undone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from broker.core.memory.model import Conversation, User
from broker.core.memory.state import State
from broker.core.store import ReplacedMessage, StoredMessage


def amend_all(
    state: State,
    conversation: Conversation,
    user: User,
    entries: Sequence[StoredMessage],
    messages: Iterable[StoredMessage],
) -> None:
    """Journal numbered amendments of a user, and the messages as these amendments make them."""
    seq, changes = entries[-1].seq, state.changes
    changes.set(conversation, "head", seq)
    changes.set(conversation, "amended", seq)
    changes.put(conversation.last_sent, user, seq)
    state.journal += entries
    for entry in entries:
        state.unstored.setdefault(entry.user, {})[entry.id] = entry
    for message in messages:
        replace(state, message)


def replace(state: State, message: StoredMessage) -> None:
    """Replace a message of the same conversation and seq, and journal that."""
    state.changes.put(state.present, (message.conversation, message.seq), message)
    if (conversation := state.conversations.get(message.conversation)) is not None:
        state.changes.forget(conversation.waiting.clear)
    state.journal.append(ReplacedMessage(message))
