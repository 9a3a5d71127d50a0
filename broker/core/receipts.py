"""Receipts: telling senders that a recipient's cursor has passed their messages.

A sender needs no receipt for each message: cursors are cumulative, so the last seq each user sent tells
whether a moved cursor concerns them. In large rooms receipts are counts, gathered and sent by the clock.
"""

from __future__ import annotations

from bisect import bisect_left

from broker.core.context import Context
from broker.core.model import Conversation, User
from messages.events import Receipt


def cursor_moved(context: Context, conversation: Conversation, user: User, old: int) -> None:
    """Tell whom it concerns that `user` has all up to their cursor, which was at `old`."""
    if len(conversation.delivered) > context.rules.named_receipts:
        context.state.changes.put(context.state.uncounted, conversation, None)
        return
    delivered = conversation.delivered[user]
    for sender, seq in conversation.last_sent.items():
        if seq > old and sender is not user:
            receipt = Receipt(conversation.seen_by(sender), delivered, user=user.name)
            context.outbox.tell(sender.peers, receipt)


def tell_counts(context: Context) -> None:
    """Tell the senders in large rooms how many other users have their last message."""
    state = context.state
    for conversation in list(state.uncounted):
        state.changes.drop(state.uncounted, conversation)
        cursors = sorted(conversation.delivered.values())
        for sender, seq in conversation.last_sent.items():
            count = len(cursors) - bisect_left(cursors, seq)
            if conversation.delivered[sender] >= seq:
                count -= 1
            if count and conversation.counted.get(sender) != (seq, count):
                state.changes.put(conversation.counted, sender, (seq, count))
                context.outbox.tell(sender.peers, Receipt(conversation.seen_by(sender), seq, count=count))
