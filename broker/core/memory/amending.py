"""Amending messages in memory: every change is an entry of the journal, and can be undone."""

from __future__ import annotations

import msgspec

from broker.core.entries import EntryKind, Form
from broker.core.memory.model import Conversation, User
from broker.core.memory.state import State
from broker.core.store import ReplacedMessage, StoredMessage


def amend(
    state: State, conversation: Conversation, user: User, entry: StoredMessage, now: StoredMessage | None
) -> StoredMessage:
    """Number an amendment, and journal it with the message as it is `now`, if that changes. Return it."""
    seq = conversation.head + 1
    entry = msgspec.structs.replace(entry, seq=seq)
    changes = state.changes
    changes.set(conversation, "head", seq)
    changes.set(conversation, "amended", seq)
    changes.put(conversation.last_sent, user, seq)
    state.journal.append(entry)
    state.unstored[user.id, entry.id] = entry
    if now is not None:
        replace(state, now)
    return entry


def replace(state: State, message: StoredMessage) -> None:
    """Replace a message of the same conversation and seq, and journal that."""
    state.changes.put(state.present, (message.conversation, message.seq), message)
    state.journal.append(ReplacedMessage(message))


def new_amendment(
    conversation: Conversation, user: User, id: str, of: int, kind: EntryKind, form: Form, to: str, at: int
) -> StoredMessage:
    """Return an amendment without a number. `to` is the recipient's name key, or empty for a room."""
    return StoredMessage(conversation.id, 0, id, user.id, user.name, "", at, to, of, kind.value, form)
