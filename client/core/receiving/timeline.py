"""Messages as they are now, from the entries of their conversations: live, in pages of history, or both."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

from msgspec.structs import replace

from messages.events import AnyEntry, Deleted, Edited, Message, Pinned, Reacted, Reaction
from messages.limits import MAX_REACTION_NAMES
from messages.replies import Page

MOST_MESSAGES = 500
"""Messages that a timeline keeps. The oldest are dropped, and can be fetched again."""

MOST_TIMELINES = 100
"""Conversations with a timeline. The one that was quiet for longest is dropped."""


class Timeline:
    """One conversation. Whatever order its entries come in, each is applied once.

    Live entries are those that the inbox gives, in order of seq. The messages of a page include all
    amendments up to its `head`.
    """

    def __init__(self) -> None:
        self.messages: dict[int, Message] = {}
        """By seq, not in order."""
        self.pinned: set[int] = set()
        """Messages that were pinned as far as this timeline knows."""
        self._upto: dict[int, int] = {}  # by message, the seq up to which amendments are applied

    def take(self, entry: AnyEntry) -> None:
        """Take a live entry."""
        if isinstance(entry, Message):
            self._put(entry, entry.seq)
        elif isinstance(entry, Pinned):  # messages do not say whether they are pinned
            known = self.messages.get(entry.of)
            pinned = entry.on and not (known and known.deleted)
            (self.pinned.add if pinned else self.pinned.discard)(entry.of)
        elif entry.seq > self._upto.get(entry.of, entry.seq):
            self._upto[entry.of] = entry.seq
            self._amend(self.messages[entry.of], entry)

    def take_page(self, page: Page) -> None:
        """Take a page of history: messages as they were at its `head`.

        Its amendments are not applied, as others before them may still be missing; they come as live entries.
        """
        for entry in page.messages:
            if isinstance(entry, Message):
                self._put(entry, max(page.head, entry.seq))

    def rename(self, old: str, new: str) -> None:
        """Record a user's new name in the reactions."""
        for seq, message in self.messages.items():
            if any(old in one.users for one in message.reactions):
                reactions = tuple(
                    replace(one, users=[new if user == old else user for user in one.users])
                    for one in message.reactions
                )
                self.messages[seq] = replace(message, reactions=reactions)

    def _put(self, message: Message, upto: int) -> None:
        if upto < self._upto.get(message.seq, 0):
            return  # what is known is newer
        self.messages[message.seq] = message
        if message.deleted:
            self.pinned.discard(message.seq)
        self._upto[message.seq] = upto
        if len(self.messages) > MOST_MESSAGES:
            oldest = min(self.messages)
            del self.messages[oldest], self._upto[oldest]

    def _amend(self, message: Message, entry: Edited | Deleted | Reacted) -> None:
        match entry:
            case Edited(text=""):
                return  # a later deletion, or the broker's retention, has taken the text
            case Edited():
                changed = replace(message, text=entry.text, edited=entry.at)
            case Deleted():
                self.pinned.discard(message.seq)
                changed = replace(message, text="", edited=0, deleted=True, reactions=(), files=())
            case Reacted():
                changed = replace(message, reactions=tuple(_reacted(message.reactions, entry)))
        self.messages[message.seq] = changed


class Timelines:
    """The timelines of the conversations, those with the latest entries last."""

    def __init__(self) -> None:
        self._by_name: OrderedDict[str, Timeline] = OrderedDict()

    def of(self, conversation: str) -> Timeline:
        """Return a conversation's timeline; an empty one if nothing of it is kept."""
        return self._by_name.get(conversation) or Timeline()

    def take(self, entry: AnyEntry) -> None:
        """Take a live entry."""
        self._open(entry.conversation).take(entry)

    def take_page(self, page: Page) -> None:
        """Take a page of history."""
        if page.messages:
            self._open(page.conversation).take_page(page)

    def forget(self, conversation: str) -> None:
        """Forget a conversation, because its seqs belong to other entries now."""
        self._by_name.pop(conversation, None)

    def clear(self) -> None:
        """Forget all conversations."""
        self._by_name.clear()

    def rename(self, old: str, new: str) -> None:
        """Record a user's new name."""
        if (direct := self._by_name.pop(f"@{old}", None)) is not None:
            self._by_name[f"@{new}"] = direct
        for timeline in self._by_name.values():
            timeline.rename(old, new)

    def _open(self, conversation: str) -> Timeline:
        found = self._by_name.get(conversation)
        if found is None:
            found = self._by_name[conversation] = Timeline()
            if len(self._by_name) > MOST_TIMELINES:
                self._by_name.popitem(last=False)
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
        by_text[entry.reaction] = Reaction(entry.reaction, old.count - 1, users)
    return [one for one in by_text.values() if one.count > 0]
