"""Messages as they are now, from the entries of their conversations: live, in pages of history, or both."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import OrderedDict, deque
from collections.abc import Iterable

from msgspec.structs import replace

from client.core.events import Changed, ClientEvent, Missing
from client.core.receiving.fetches import begins, covered
from client.core.receiving.spans import Spans
from messages.events import AnyEntry, Deleted, Edited, Message, Pinned, Reacted, Reaction
from messages.limits import MAX_REACTION_NAMES, MAX_SEQ
from messages.replies import Page, PinList
from messages.requests import History

MOST_MESSAGES = 1_000
"""Messages that a timeline keeps. Those farthest from where the person looks are dropped, and can be fetched
again."""

MOST_TIMELINES = 100
"""Conversations with a timeline. The one that was quiet for longest is dropped."""

MOST_IN_ALL = 10_000
"""Messages that all timelines of a session keep, as a process can have a thousand sessions."""

LEAST_MESSAGES = 50
"""If there are more in all, those that were quiet for longest keep so many."""


class Timeline:
    """One conversation. Whatever order its entries come in, each is applied once.

    Live entries are those that the inbox gives, in order of seq. The messages of a page include all
    amendments up to its `head`.
    """

    def __init__(self) -> None:
        self.messages: dict[int, Message] = {}
        """By seq, not in order."""
        self.seqs: list[int] = []
        """Those of the messages, in order."""
        self.known = Spans()
        """The entries that this timeline had. `fetch` gets what is in a gap between two ranges."""
        self.begins: int | None = None
        """The seq at which the log begins, if that is known. Everything before is stored no more."""
        self.pinned: set[int] = set()
        """Messages that were pinned as far as this timeline knows."""
        self.looks_at: int | None = None
        """The seq around which messages are kept; None for the last ones."""
        self.changed: set[int] = set()
        """Messages that came, changed or went since the view last asked."""
        self.version = 0
        """A number that grows with each change."""
        self._upto: dict[int, int] = {}  # by message, the seq up to which amendments are applied

    def take(self, entry: AnyEntry | Missing) -> None:
        """Take a live entry, or that those before one are stored no more."""
        self.version += 1
        match entry:
            case Missing():
                self._forget_before(entry.last + 1)
                return
            case Message():
                self._put(entry, entry.seq)
            case Pinned():  # messages do not say whether they are pinned
                known = self.messages.get(entry.of)
                pinned = entry.on and not (known and known.deleted)
                (self.pinned.add if pinned else self.pinned.discard)(entry.of)
                self.changed.add(entry.of)
            case _ if entry.seq > self._upto.get(entry.of, entry.seq):
                self._upto[entry.of] = entry.seq
                self._amend(self.messages[entry.of], entry)
        self.known.add(entry.seq, entry.seq)
        self.keep(MOST_MESSAGES)

    def take_page(self, page: Page, request: History | None = None) -> None:
        """Take a page of history: messages as they were at its `head`. Without a request, one to fill a gap.

        Its amendments are not applied, as others before them may still be missing; they come as live entries.
        """
        self.version += 1
        for entry in page.messages:
            if isinstance(entry, Message):
                self._put(entry, max(page.head, entry.seq))
        if span := covered(request, page):
            self.known.add(*span)
        self.begins = begins(request, page) or self.begins
        self.keep(MOST_MESSAGES)

    def take_pins(self, pins: PinList) -> None:
        """Take the list of pinned messages."""
        self.version += 1
        listed = {message.seq for message in pins.messages}
        self.changed |= self.pinned ^ listed
        self.pinned = self.pinned | listed if pins.more else listed

    def look_at(self, seq: int | None) -> None:
        """Keep the messages around a seq rather than others; with None, the last ones."""
        self.looks_at = seq

    def known_before(self, seq: int) -> int:
        """Return the first of the entries that lead up to the one before `seq` without a gap; else `seq`."""
        span = self.known.around(seq - 1)
        return span[0] if span else seq

    def rename(self, old: str, new: str) -> None:
        """Record a user's new name in the reactions."""
        self.version += 1
        for seq, message in self.messages.items():
            if any(old in one.users for one in message.reactions):
                reactions = tuple(
                    replace(one, users=[new if user == old else user for user in one.users])
                    for one in message.reactions
                )
                self.messages[seq] = replace(message, reactions=reactions)
                self.changed.add(seq)

    def _put(self, message: Message, upto: int) -> None:
        if upto <= self._upto.get(message.seq, 0):
            return  # what is known is as new
        if message.seq not in self.messages:
            insort(self.seqs, message.seq)
        self.messages[message.seq] = message
        self.changed.add(message.seq)
        if message.deleted:
            self.pinned.discard(message.seq)
        self._upto[message.seq] = upto

    def keep(self, most: int) -> None:
        """Drop the messages farthest from where the person looks, until there are at most so many."""
        while len(self.seqs) > most:
            first, last, center = self.seqs[0], self.seqs[-1], self.looks_at
            if center is None or center - first >= last - center:
                self._forget_before(self.seqs[1])
            else:
                self._drop(last)
                self.known.remove(self.seqs[-1] + 1, MAX_SEQ)

    def _forget_before(self, seq: int) -> None:
        """Forget all messages before a seq."""
        kept = bisect_left(self.seqs, seq)
        for one in self.seqs[:kept]:
            self._drop(one)
        self.known.remove(0, seq - 1)

    def _drop(self, seq: int) -> None:
        del self.messages[seq], self._upto[seq], self.seqs[bisect_left(self.seqs, seq)]
        self.changed.add(seq)

    def _amend(self, message: Message, entry: Edited | Deleted | Reacted) -> None:
        match entry:
            case Edited(text=""):
                return  # a later deletion, or the broker's retention, has taken the text
            case Edited():
                kept_mentions = frozenset(entry.mentions)  # a broker can name as many as a frame holds
                changed = replace(
                    message,
                    text=entry.text,
                    edited=entry.at,
                    mentions=tuple(name for name in message.mentions if name in kept_mentions),
                    everyone=message.everyone and entry.everyone,
                )
            case Deleted():
                self.pinned.discard(message.seq)
                kept = replace(message, reactions=(), mentions=(), everyone=False, files=())
                changed = replace(kept, text="", edited=0, deleted=True)
            case Reacted():
                changed = replace(message, reactions=tuple(_reacted(message.reactions, entry)))
        self.messages[message.seq] = changed
        self.changed.add(message.seq)


class Timelines:
    """The timelines of the conversations, those with the latest entries last.

    What changes is told among the `events`, if there are any, in a `Changed` for each conversation.
    """

    def __init__(self, events: deque[ClientEvent] | None = None) -> None:
        self._events = events
        self._by_name: OrderedDict[str, Timeline] = OrderedDict()
        self._told: dict[str, Changed] = {}
        self._kept = 0
        """The number of messages in all timelines."""

    def of(self, conversation: str) -> Timeline:
        """Return a conversation's timeline; an empty one if nothing of it is kept."""
        return self._by_name.get(conversation) or Timeline()

    def take(self, entry: AnyEntry | Missing) -> None:
        """Take a live entry, or that some are stored no more."""
        timeline = self._open(entry.conversation)
        before = len(timeline.seqs)
        timeline.take(entry)
        self._count(len(timeline.seqs) - before)
        self._tell(entry.conversation, timeline)

    def take_page(self, page: Page, request: History | None = None) -> None:
        """Take a page of history that the mailbox has fetched, or that answers a request of the view."""
        timeline = self._open(page.conversation)
        before = len(timeline.seqs)
        timeline.take_page(page, request)
        self._count(len(timeline.seqs) - before)
        self._tell(page.conversation, timeline)

    def take_pins(self, pins: PinList) -> None:
        """Take the list of pinned messages."""
        timeline = self._open(pins.conversation)
        timeline.take_pins(pins)
        self._tell(pins.conversation, timeline)

    def forget(self, conversation: str) -> None:
        """Forget a conversation, because its seqs belong to other entries now."""
        timeline = self._by_name.pop(conversation, None)
        if timeline is not None:
            self._kept -= len(timeline.seqs)
            timeline.changed.update(timeline.seqs)
            self._tell(conversation, timeline)

    def clear(self) -> None:
        """Forget all conversations."""
        for conversation in [*self._by_name]:
            self.forget(conversation)

    def rename(self, old: str, new: str) -> None:
        """Record a user's new name."""
        if (direct := self._by_name.pop(f"@{old}", None)) is not None:
            if (other := self._by_name.pop(f"@{new}", None)) is not None:
                self._kept -= len(other.seqs)
            self._by_name[f"@{new}"] = direct
            direct.changed.update(direct.seqs)
        for conversation, timeline in self._by_name.items():
            timeline.rename(old, new)
            self._tell(conversation, timeline)

    def told(self, changed: Changed) -> None:
        """Record that the view takes this event; what changes from now on is told in another."""
        self._told.pop(changed.conversation, None)

    def _tell(self, conversation: str, timeline: Timeline) -> None:
        if self._events is None or not timeline.changed:
            timeline.changed.clear()
            return
        if (event := self._told.get(conversation)) is None:
            event = self._told[conversation] = Changed(conversation, set())
            self._events.append(event)
        event.seqs.update(timeline.changed)
        timeline.changed.clear()

    def _count(self, more: int) -> None:
        """Count new messages. If there are too many in all, those drop some that were quiet for longest."""
        self._kept += more
        if self._kept <= MOST_IN_ALL:
            return
        for conversation, timeline in self._by_name.items():
            before = len(timeline.seqs)
            timeline.keep(LEAST_MESSAGES)
            self._kept -= before - len(timeline.seqs)
            self._tell(conversation, timeline)
            if self._kept <= MOST_IN_ALL:
                return

    def _open(self, conversation: str) -> Timeline:
        found = self._by_name.get(conversation)
        if found is None:
            found = self._by_name[conversation] = Timeline()
            if len(self._by_name) > MOST_TIMELINES:
                self._kept -= len(self._by_name.popitem(last=False)[1].seqs)
        else:
            self._by_name.move_to_end(conversation)
        return found


def _reacted(reactions: Iterable[Reaction], entry: Reacted) -> list[Reaction]:
    """Return the reactions of a message after one more was added or taken back."""
    by_text = {one.reaction: one for one in reactions}
    old = by_text.get(entry.reaction, Reaction(entry.reaction, 0, []))
    if entry.on:
        users = [*old.users, entry.sender][:MAX_REACTION_NAMES]
        by_text[entry.reaction] = Reaction(entry.reaction, old.count + 1, users)
    else:
        users = [user for user in old.users if user != entry.sender]
        if entry.tenth and entry.tenth not in users:
            users.append(entry.tenth)
        by_text[entry.reaction] = Reaction(entry.reaction, old.count - 1, users)
    return [one for one in by_text.values() if one.count > 0]
