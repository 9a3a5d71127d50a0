"""The pinned messages of a conversation, as a fact, and what else goes with messages that are deleted."""

from __future__ import annotations

from broker.core.facts.collection import Facts
from broker.core.facts.moderation import Pins
from broker.core.memory.holdings import Holdings
from broker.core.memory.model import Conversation


def pins(facts: Facts, conversation: Conversation) -> dict[int, int]:
    """Return the pinned messages of a conversation: by seq, the seq of the entry that pinned each."""
    kept = facts.get(Pins, conversation.id)
    return dict(kept.pinned) if kept else {}


def set_pins(facts: Facts, conversation: Conversation, pinned: dict[int, int]) -> None:
    """Set the pinned messages of a conversation."""
    if pinned:
        facts.keep(Pins(conversation.id, tuple(pinned.items())))
    elif (kept := facts.get(Pins, conversation.id)) is not None:
        facts.drop(kept)


def forget_messages(facts: Facts, files: Holdings, conversation: Conversation, before: int) -> None:
    """Unpin the messages of a conversation before a seq, and take their files, because they are deleted."""
    files.detach_before(conversation.id, before)
    pinned = pins(facts, conversation)
    kept = {seq: entry for seq, entry in pinned.items() if seq >= before}
    if kept != pinned:
        set_pins(facts, conversation, kept)
