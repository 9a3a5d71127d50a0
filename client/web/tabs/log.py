"""The log of one conversation as a tab has it: what is here, what is missing, and what has changed."""

from __future__ import annotations

from collections.abc import Callable

from client.core.events import Missing
from client.core.receiving.fetches import FETCH
from client.core.receiving.timeline import Timeline
from client.web.protocol.shown import Said
from client.web.protocol.tells import Changed
from messages.events import AnyEntry, Message
from messages.replies import Page, PinList
from messages.requests import History

FIRST = 60
"""Entries that a tab gets when it opens a conversation."""


_NEVER = -1
"""The version of a log of which the page has nothing."""


class LogQuery(History, frozen=True, gc=False, tag="history"):
    """A `history` for the log of a tab."""


class Log:
    """A tab's own timeline, so that it can look at another part of the log than other tabs.

    `present` returns a message as it is to be shown, or None; `say` returns it in the page's form.
    """

    def __init__(
        self,
        conversation: str,
        present: Callable[[Message], Message | None],
        say: Callable[[Message, Timeline], Said],
    ) -> None:
        self.conversation = conversation
        self.timeline = Timeline()
        self.head = 0
        self.unread: int | None = None
        """The seq behind which the unread marker stands."""
        self.opened_at = 0.0
        """When a page opened it last."""
        self._present = present
        self._say = say
        self._told: set[int] = set()
        self._version = _NEVER
        self._told_around: tuple[object, ...] = ()

    def take(self, entry: AnyEntry | Missing) -> None:
        """Take a live entry."""
        self.timeline.take(entry)
        self.head = max(self.head, entry.last if isinstance(entry, Missing) else entry.seq)

    def take_page(self, page: Page, request: History) -> None:
        """Take a page that this tab has asked for."""
        self.timeline.take_page(page, request)
        self.head = max(self.head, page.head)

    def take_pins(self, pins: PinList) -> None:
        """Take the list of pinned messages."""
        self.timeline.take_pins(pins)

    def query(
        self, *, around: int | None, before: int | None, after: int | None, since: int | None
    ) -> dict[str, int] | None:
        """Return the fields of the query for what is asked; None if it is here.

        Raise ValueError if more than one thing is asked.
        """
        given = {"around": around, "before": before, "after": after, "since": since}
        named = [name for name, value in given.items() if value is not None]
        if len(named) > 1:
            raise ValueError("give one of `around`, `before`, `after` and `since`")
        seq = next((value for value in given.values() if value is not None), None)
        if seq is None:
            return {"limit": FIRST}
        self.timeline.look_at(seq if named != ["since"] else None)
        if named == ["around"]:
            return None if self._has_around(seq) else {"before": seq + FETCH // 2, "limit": FETCH}
        if named == ["before"] and self.timeline.begins is not None and seq <= self.timeline.begins:
            return None
        return {named[0]: seq, "limit": FETCH}

    def _has_around(self, seq: int) -> bool:
        known = self.timeline.known.around(seq)
        return (
            known is not None
            and known[0] <= max(seq - 20, self.timeline.begins or 1)
            and (known[1] >= min(seq + 20, self.head))
        )

    def at_end(self) -> None:
        """Keep the last messages from now on, rather than others."""
        self.timeline.look_at(None)

    def nearest(self, seq: int) -> int | None:
        """Return the message with this seq, or else the next one behind it, or the last one."""
        seqs = self.timeline.seqs
        return next((one for one in seqs if one >= seq), seqs[-1] if seqs else None)

    def left_after(self, seq: int, me: str) -> int | None:
        """Return how many messages of others are behind a seq; None if not all of them are here."""
        spans = list(self.timeline.known)
        if not spans or spans[-1][0] > seq + 1 or spans[-1][1] < self.head:
            return None
        messages = self.timeline.messages
        later = (messages[one] for one in self.timeline.seqs if one > seq)
        return sum(one.sender != me and not one.deleted for one in later)

    def all(self) -> tuple[Said, ...]:
        """Return all messages, which count as told then."""
        self._told.clear()
        self.timeline.changed.clear()
        self._version = self.timeline.version
        self._told_around = self.spans, self.head, self.begins
        return self._sayable(self.timeline.seqs)

    def changes(self) -> Changed | None:
        """Return what has changed since it was last told; None if nothing has, or before `all`."""
        if self._version in (_NEVER, self.timeline.version):
            return None
        self._version = self.timeline.version
        changed = sorted(self.timeline.changed)
        self.timeline.changed.clear()
        shown = self._sayable(changed)
        put = {one.seq for one in shown}
        gone = tuple(seq for seq in changed if seq not in put and seq in self._told)
        self._told.difference_update(gone)
        around = self.spans, self.head, self.begins
        if not (shown or gone) and around == self._told_around:
            return None
        self._told_around = around
        return Changed(self.conversation, shown, gone, *around)

    def doubt(self) -> None:
        """Say all messages again, as it may have changed who is ignored, or who is called how."""
        self.timeline.changed.update(self.timeline.seqs)
        self.timeline.version += 1

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """The ranges of which nothing is missing."""
        return tuple(self.timeline.known)

    @property
    def begins(self) -> int:
        """The seq at which the log begins; 0 if it is not known."""
        return self.timeline.begins or 0

    def _sayable(self, seqs: list[int]) -> tuple[Said, ...]:
        messages = self.timeline.messages
        shown = [self._present(messages[seq]) for seq in seqs if seq in messages]
        found = tuple(self._say(one, self.timeline) for one in shown if one is not None)
        self._told.update(one.seq for one in found)
        return found
