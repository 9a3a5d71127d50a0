"""Receipts: telling senders that a recipient's cursor has passed their messages.

A sender needs no receipt for each message: cursors are cumulative, so the last seq each user sent tells
whether a moved cursor concerns them. In large rooms receipts are counts, gathered and sent by the clock.
"""

from __future__ import annotations

from bisect import bisect_left

from broker.core.context import Context
from broker.core.model import Conversation, Peer, User
from messages.events import Receipt


def cursor_moved(context: Context, conversation: Conversation, user: User, old: int) -> None:
    """Tell whom it concerns that `user` has all up to their cursor, which was at `old`."""
    if _is_large(context, conversation):
        context.state.changes.put(context.state.uncounted, conversation, None)
        return
    for sender, seq in conversation.last_sent.items():
        if seq > old and sender is not user:
            context.outbox.tell(sender.peers, _receipt(conversation, sender, user))


def tell_cursors(context: Context, user: User, peer: Peer) -> None:
    """Tell a user who was not reached for a while how far others are with what the user has sent."""
    for conversation in user.conversations.values():
        seq = conversation.last_sent.get(user)
        if seq is None:
            continue
        if _is_large(context, conversation):
            count = _count(conversation, user, seq, *_sorted_seqs(conversation))
            receipts = [Receipt(conversation.seen_by(user), seq, count=count)] if count else []
        else:
            receipts = [
                _receipt(conversation, user, other)
                for other, delivered in conversation.delivered.items()
                if other is not user and delivered > conversation.joined[other]
            ]
        for receipt in receipts:
            context.outbox.tell((peer,), receipt)


def tell_counts(context: Context) -> None:
    """Tell the senders in large rooms how many other users have their last message."""
    state = context.state
    for conversation in list(state.uncounted):
        state.changes.drop(state.uncounted, conversation)
        seqs = _sorted_seqs(conversation)
        for sender, seq in conversation.last_sent.items():
            count = _count(conversation, sender, seq, *seqs)
            if count and conversation.counted.get(sender) != (seq, count):
                state.changes.put(conversation.counted, sender, (seq, count))
                context.outbox.tell(sender.peers, Receipt(conversation.seen_by(sender), seq, count=count))


def _sorted_seqs(conversation: Conversation) -> tuple[list[int], list[int]]:
    return sorted(conversation.joined.values()), sorted(conversation.delivered.values())


def _count(
    conversation: Conversation, sender: User, seq: int, joined: list[int], delivered: list[int]
) -> int:
    """Return how many others have a sender's message; both lists are sorted.

    Who joined at or behind the message has a cursor past it without having got it.
    """
    count = bisect_left(joined, seq) - bisect_left(delivered, seq)
    return count - (conversation.delivered[sender] >= seq > conversation.joined[sender])


def _is_large(context: Context, conversation: Conversation) -> bool:
    return len(conversation.delivered) > context.rules.named_receipts


def _receipt(conversation: Conversation, sender: User, user: User) -> Receipt:
    return Receipt(
        conversation.seen_by(sender),
        conversation.delivered[user],
        user=user.name,
        after=conversation.joined[user],
    )
