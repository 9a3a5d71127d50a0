"""Receipts: telling senders that a recipient's cursors have passed their messages.

Cursors are cumulative, so a sender gets no receipt for each message: the last seq of each sender decides
whether a moved cursor concerns them. In large rooms receipts are counts, which a timer sends.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from broker.core.context import Context
from broker.core.delivery.recipients import counted_from
from broker.core.memory.model import Conversation, Direct, Member, User
from messages.events import Receipt


def send_receipts(context: Context, conversation: Conversation, user: User, old: Member) -> None:
    """Send receipts to the senders whose messages the cursors of `user` passed since `old`."""
    if _is_large(context, conversation):
        context.state.changes.put(context.state.uncounted, conversation, None)
        return
    member = conversation.members[user]
    if counted_from(conversation, user, member) is None:
        return
    passed = []
    if member.delivered > old.delivered:
        passed.append(old.delivered)
    if member.read > old.read and not user.discreet:
        passed.append(old.read)
    if not passed:
        return
    earliest = min(passed)
    senders = [one for one, seq in conversation.last_sent.items() if seq > earliest and one is not user]
    if senders:  # in a room all of them get the same document; a direct conversation has only one
        peers = tuple(chain.from_iterable([sender.peers for sender in senders]))
        context.outbox.send(peers, _receipt(conversation, senders[0], user))


def current_receipts(context: Context, user: User) -> Iterator[Receipt]:
    """Yield the current receipts for a sender who was not reached for a while.

    Counts of large rooms are sent later, by the timer.
    """
    for conversation in user.conversations.values():
        seq = conversation.last_sent.get(user)
        if seq is None:
            continue
        if _is_large(context, conversation):  # one count serves all who come back at the same time
            context.state.changes.drop(conversation.counted, user)
            context.state.changes.put(context.state.uncounted, conversation, None)
            continue
        for other, member in conversation.members.items():
            after = counted_from(conversation, other, member)
            if other is not user and after is not None and member.delivered > after:
                yield _receipt(conversation, user, other)


def receipts_since(user: User, since: int) -> Iterator[Receipt]:
    """Yield receipts for direct messages if the recipient's cursors moved at `since` (Unix ms) or later."""
    for conversation in user.conversations.values():
        seq = conversation.last_sent.get(user)
        if seq is None or not isinstance(conversation, Direct):
            continue
        other = conversation.other(user)
        if conversation.members[other].at >= since:
            yield _receipt(conversation, user, other)


def send_counts(context: Context) -> None:
    """Tell senders in large rooms how many others have received their last message, and have read it."""
    state = context.state
    for conversation in list(state.uncounted):
        state.changes.drop(state.uncounted, conversation)
        seqs = _Seqs.of(conversation)
        for sender, seq in conversation.last_sent.items():
            count, readers = seqs.reached(sender, seq)
            report = (seq, count, readers)
            if count and conversation.counted.get(sender) != report:
                state.changes.put(conversation.counted, sender, report)
                receipt = Receipt(conversation.seen_by(sender), seq, count=count, readers=readers)
                context.outbox.send(sender.peers, receipt)


class _Seqs(NamedTuple):
    """The members who count, and their sorted cursors. Discreet members do not count as readers."""

    members: dict[User, Member]
    counted: list[int]
    delivered: list[int]
    readers_counted: list[int]
    read: list[int]

    @classmethod
    def of(cls, conversation: Conversation) -> _Seqs:
        members = dict(conversation.members)
        for user in conversation.returned:
            members[user] = _counted(conversation, user, members[user])
        for user in conversation.absent:
            del members[user]
        readers = [member for user, member in members.items() if not user.discreet]
        return cls(
            members,
            sorted(member.joined for member in members.values()),
            sorted(member.delivered for member in members.values()),
            sorted(member.joined for member in readers),
            sorted(member.read for member in readers),
        )

    def reached(self, sender: User, seq: int) -> tuple[int, int]:
        """Return how many others have received a sender's message, and how many have read it.

        A member who joined at or after the message has cursors past it, but has not received it.
        """
        received = bisect_left(self.counted, seq) - bisect_left(self.delivered, seq)
        readers = bisect_left(self.readers_counted, seq) - bisect_left(self.read, seq)
        own = self.members.get(sender)
        if own is not None and seq > own.joined:
            received -= own.delivered >= seq
            readers -= own.read >= seq and not sender.discreet
        return received, readers


def _counted(conversation: Conversation, user: User, member: Member) -> Member:
    """Return a member as if they had joined when messages began to count them as a recipient."""
    after = counted_from(conversation, user, member) or 0
    if after <= member.joined:
        return member
    return member._replace(delivered=max(member.delivered, after), read=max(member.read, after), joined=after)


def _is_large(context: Context, conversation: Conversation) -> bool:
    return len(conversation.members) > context.settings.named_receipts


def _receipt(conversation: Conversation, sender: User, user: User) -> Receipt:
    delivered, read, joined, _ = _counted(conversation, user, conversation.members[user])
    return Receipt(
        conversation.seen_by(sender),
        delivered,
        user=user.name,
        after=joined,
        read=0 if user.discreet or read <= joined else read,
    )
