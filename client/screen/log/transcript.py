"""What the log of one conversation has beside its messages: notices, own messages on their way, a marker."""

from __future__ import annotations

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from client.core.events import Sent
from client.core.person.notices import Concern
from client.core.pings import mentions_user
from client.core.receiving.timeline import Timeline
from messages.events import Message
from messages.limits import MAX_SEQ

MOST_NOTICES = 500
"""Notices that are kept of a conversation."""

_MOST = 2_000
_MOST_SEEN = 200
"""Own messages of which it is kept when their receipts came."""

Key = tuple[int, int]
"""The place of an entry: the seq of a message and 0, or of the message before a notice and its number."""

SENDING = MAX_SEQ + 1
"""The first part of the keys of own messages that are not accepted."""


class Notice(NamedTuple):
    """A line of the program: `data` if it is a result. `time` is such as 12:03, or empty."""

    text: str
    data: bool
    time: str = ""


class Seen(NamedTuple):
    """When this client was told that a user got a message, and that they read it."""

    delivered: datetime | None = None
    read: datetime | None = None


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of a message: its receipt in plain signs, and whether it is pinned."""

    receipt: str = ""
    pinned: bool = False


class Transcript:
    """One conversation, as it is to be shown to the user `me`."""

    def __init__(self, me: str) -> None:
        self.me = me
        self.timeline = Timeline()
        self.head = 0
        """The last seq of the conversation, as far as this client has been told."""
        self.unread_from: int | None = None
        """The first message behind the unread marker; None if there is no marker."""
        self.receipts = True
        """Whether marks say how far accepted messages are."""
        self.refused: set[int] = set()
        """The seqs before which the broker has refused to give messages."""
        self.concerns: OrderedDict[int, Concern] = OrderedDict()
        """Why messages are meant for the person, by seq."""
        self.keys: list[Key] = []
        self._notices: dict[Key, Notice] = {}
        self._sent: OrderedDict[int, Sent] = OrderedDict()
        self._seen: OrderedDict[int, dict[str, Seen]] = OrderedDict()
        self._sending: Sequence[Sent] = ()
        self._number = 0

    def update(self, timeline: Timeline, sending: Sequence[Sent]) -> None:
        """Take what the client's core has now."""
        self.timeline, self._sending = timeline, sending
        keys = [(seq, 0) for seq in timeline.seqs]
        if self._notices:
            keys = sorted([*keys, *filter(self._has_place, self._notices)])
        self.keys = keys + [(SENDING, number) for number in range(len(sending))]

    def _has_place(self, notice: Key) -> bool:
        """Whether what a notice stands behind is here. In a gap, messages would come on both sides of it."""
        timeline, seq = self.timeline, notice[0]
        first = timeline.begins or 1
        return (
            not timeline.seqs or seq >= self.complete_to or timeline.known.around(max(seq, first)) is not None
        )

    @property
    def last(self) -> int:
        """The last seq that is here; 0 if none is."""
        return self.timeline.seqs[-1] if self.timeline.seqs else 0

    @property
    def complete_to(self) -> int:
        """The seq up to which nothing is missing behind the first message here; 0 if nothing is here."""
        spans = list(self.timeline.known)
        return spans[-1][1] if spans else 0

    def add_notice(self, notice: Notice) -> None:
        """Put a notice behind the last message that the view was told of; the timeline can be ahead."""
        self._number += 1
        told = self.head or self.last
        at_end = self.last and self.timeline.looks_at is None
        key = (min(self.last, told) if at_end else told, self._number)
        self._notices[key] = notice
        if len(self._notices) > MOST_NOTICES:
            del self._notices[next(iter(self._notices))]

    def clear_notices(self) -> None:
        """Remove all notices."""
        self._notices.clear()

    def note_sent(self, sent: Sent) -> None:
        """Keep an accepted message of the user, for its receipts."""
        self._sent[sent.seq] = sent
        if len(self._sent) > _MOST:
            self._sent.popitem(last=False)

    def note_receipts(self, sent: Sent, now: datetime) -> None:
        """Record when the receipts of one of the user's messages came."""
        seen = self._seen.setdefault(sent.seq, {})
        for user in sent.delivered_to | sent.read_by:
            known = seen.get(user, Seen())
            seen[user] = Seen(
                known.delivered or (now if user in sent.delivered_to else None),
                known.read or (now if user in sent.read_by else None),
            )
        if len(self._seen) > _MOST_SEEN:
            self._seen.popitem(last=False)

    def sent(self, seq: int) -> Sent | None:
        """Return one of the user's accepted messages, with its receipts, if it is kept."""
        return self._sent.get(seq)

    def receipts_of(self, seq: int) -> Mapping[str, Seen]:
        """Return when the receipts of one of the user's messages came, by user."""
        return self._seen.get(seq, {})

    def note_concern(self, seq: int, concern: Concern) -> None:
        """Record why a message is meant for the person."""
        self.concerns[seq] = concern
        if len(self.concerns) > _MOST:
            self.concerns.popitem(last=False)

    def concern_of(self, message: Message, *, finds_mentions: bool) -> Concern | None:
        """Return why a message is meant for the person; None if it is not."""
        if message.seq in self.concerns:
            return self.concerns[message.seq]
        if message.sender == self.me or not (message.mentions or not finds_mentions):
            return None
        return Concern.MENTION if mentions_user(message, self.me, found=finds_mentions) else None

    def forget(self, head: int) -> None:
        """Forget what belongs to seqs, because another log has begun. The notices stand behind `head`."""
        self._sent.clear()
        self._seen.clear()
        self.concerns.clear()
        self.unread_from, self.head = None, head
        self._notices = {(head, number): notice for (_, number), notice in self._notices.items()}

    def at(self, key: Key) -> Message | Notice | Sent | None:
        """Return the entry at a key; None if it is gone."""
        seq, number = key
        if seq == SENDING:
            return self._sending[number] if number < len(self._sending) else None
        return self._notices.get(key) if number else self.timeline.messages.get(seq)

    def before(self, index: int) -> Message | Notice | Sent | None:
        """Return the entry before that at an index; None if there is none."""
        return self.at(self.keys[index - 1]) if index else None

    def message_before(self, seq: int) -> Message | None:
        """Return the message before a seq, if it is here."""
        seqs = self.timeline.seqs
        place = bisect_left(seqs, seq)
        return self.timeline.messages[seqs[place - 1]] if place else None

    def marks(self, message: Message) -> Marks:
        """Return the marks of a message."""
        sent = self._sent.get(message.seq) if message.sender == self.me else None
        shown = sent if sent and (self.receipts or sent.error is not None) else None
        return Marks(receipt_mark(shown) if shown else "", message.seq in self.timeline.pinned)


def receipt_mark(sent: Sent) -> str:
    """Return how far an own message is: on its way, accepted, delivered, or read."""
    if sent.error is not None:
        return "!"
    if not sent.accepted:
        return "…"
    if sent.read:
        return "✓✓"
    return "✓" if sent.delivered else "·"


def first_unread(seqs: Sequence[int], messages: Mapping[int, Message], read: int, me: str) -> int | None:
    """Return the first message of others behind a seq, if there is one."""
    for seq in seqs[bisect_left(seqs, read + 1) :]:
        if messages[seq].sender != me:
            return seq
    return None
