"""The pinned messages of a conversation, as a fact, and what else goes with messages that are deleted."""

from __future__ import annotations

from broker.core.facts.collection import Facts
from broker.core.facts.moderation import Pins
from broker.core.memory.holdings import Holdings
from broker.core.memory.model import Conversation

MOST_UNPINNED = 20
"""Messages that were unpinned last and whose entries are known to later requests for the same."""


def pins(facts: Facts, conversation: Conversation) -> dict[int, int]:
    """Return the pinned messages of a conversation: by seq, the seq of the entry that pinned each."""
    kept = facts.get(Pins, conversation.id)
    return dict(kept.pinned) if kept else {}


def unpinned_by(facts: Facts, conversation: Conversation, seq: int) -> int:
    """Return the seq of the entry that unpinned a message, or 0 if that is not known."""
    return _unpinned(facts, conversation).get(seq, 0)


def pin_message(facts: Facts, conversation: Conversation, seq: int, entry: int) -> None:
    """Pin a message by an entry."""
    unpinned = _unpinned(facts, conversation)
    unpinned.pop(seq, None)
    _set(facts, conversation, pins(facts, conversation) | {seq: entry}, unpinned)


def unpin_message(facts: Facts, conversation: Conversation, seq: int, entry: int = 0) -> None:
    """Unpin a message by an entry; by none if the message is deleted."""
    pinned, unpinned = pins(facts, conversation), _unpinned(facts, conversation)
    known = pinned.pop(seq, 0) or unpinned.pop(seq, 0)
    if entry:
        unpinned[seq] = entry
    if known:
        _set(facts, conversation, pinned, unpinned)


def forget_messages(facts: Facts, files: Holdings, conversation: Conversation, before: int) -> None:
    """Unpin the messages of a conversation before a seq, and take their files, because they are deleted."""
    files.detach_before(conversation.id, before)
    pinned, unpinned = pins(facts, conversation), _unpinned(facts, conversation)
    if min([*pinned, *unpinned], default=before) < before:
        kept = ({seq: entry for seq, entry in one.items() if seq >= before} for one in (pinned, unpinned))
        _set(facts, conversation, *kept)


def _unpinned(facts: Facts, conversation: Conversation) -> dict[int, int]:
    kept = facts.get(Pins, conversation.id)
    return dict(kept.unpinned) if kept else {}


def _set(facts: Facts, conversation: Conversation, pinned: dict[int, int], unpinned: dict[int, int]) -> None:
    last = tuple(unpinned.items())[-MOST_UNPINNED:]
    if pinned or last:
        facts.keep(Pins(conversation.id, tuple(pinned.items()), last))
    elif (kept := facts.get(Pins, conversation.id)) is not None:
        facts.drop(kept)
