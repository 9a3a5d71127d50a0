"""The log of one conversation as this client has it: in order, each message once, holes named or filled."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from client.core.events import Missing, Skipped
from messages.events import Message
from messages.names import parse_conversation

_MOST_HELD = 1_000

MOST_MISSED = 500
"""Of more than this, said before a login, a brief inbox tells the last `LAST_MISSED` only."""
LAST_MISSED = 200


class Inbox:
    """Puts messages in order. `have` is the last seq up to which nothing is missing.

    A message behind a hole is held until the hole is filled by history, or known to be lost. One's own
    messages come as None: they take their place in the log, but are not shown again. A brief inbox spares
    the view some of what was missed up to the seq `missed_to`; for others that is 0.
    """

    def __init__(self, conversation: str, have: int = 0, missed_to: int = 0) -> None:
        self.conversation = conversation
        self.missed_to = missed_to
        self.have = have
        self.head = have
        self.confirmed = have
        self.read = 0
        """How far the broker was told that the person has read."""
        self.seen = 0
        """How far the person has read what was handed over."""
        self.fetching = False
        self.doubtful = False
        """The user at the other end may be another one of the same name."""
        self.found: set[int] = set()
        """One's own messages that history told of before they were told as accepted."""
        self._held: dict[int, Message | None] = {}
        self._waiting: deque[tuple[int, str]] = deque()

    @property
    def behind(self) -> bool:
        """Whether the log goes further than this client has it."""
        return self.head > self.have

    @property
    def too_far_behind(self) -> bool:
        """Whether more was missed than is going to be shown."""
        return self.missed_to - self.have > MOST_MISSED

    @property
    def confirmable(self) -> int:
        """The last seq up to which everything was handed to the view."""
        return self._waiting[0][0] - 1 if self._waiting else self.have

    def awaits(self, message: Message) -> bool:
        """Whether a message, which may bear an earlier name of the conversation, was not handed over yet."""
        return (message.seq, message.conversation) in self._waiting

    def handed_over(self, seq: int) -> None:
        """Take note that the view took messages up to `seq`."""
        while self._waiting and self._waiting[0][0] <= seq:
            self._waiting.popleft()

    def see(self, upto: int) -> None:
        """Take note that the person has read what was handed over, up to `upto`."""
        self.seen = max(self.seen, min(upto, self.confirmable))

    @property
    def unconfirmed(self) -> bool:
        """Whether the broker does not know yet what has arrived or was read."""
        return self.confirmable > self.confirmed or self.seen > self.read

    def pass_over(self, seq: int) -> None:
        """Take note of a message that nobody is going to be shown, and of all before it."""
        self.learn_head(seq)
        self.have = max(self.have, seq)

    def learn_head(self, head: int) -> None:
        """Take note that the log goes up to `head`."""
        self.head = max(self.head, head)

    def arrive(self, seq: int, message: Message | None) -> list[Message]:
        """Take a live message; return what can be shown now, in order."""
        self.learn_head(seq)
        if seq <= self.have or seq in self._held:
            self.found.discard(seq)
            return []
        if message and seq > self.have + 1 and len(self._held) >= _MOST_HELD:
            return []
        self._held[seq] = message
        return self._release()

    def fill(self, page: Iterable[tuple[int, Message | None]], *, last: bool) -> list[Message | Missing]:
        """Take a page of history after `have`; `last` says that the log had no more.

        Return what can be shown now in order, with what is lost named in its place.
        """
        shown: list[Message | Missing] = []
        for seq, message in page:
            shown += self._go_to(seq)
            if seq > self.have:
                if message is None:
                    self.found.add(seq)
                self._held.setdefault(seq, message)
                shown += self._release()
        if last:
            shown += self._go_to(self.head + 1)
        return shown

    def skip(self, first: Message) -> list[Message | Missing | Skipped]:
        """Go on to the last of what was missed, if it is too much; `first` is the first that history has."""
        shown: list[Message | Missing | Skipped] = [*self._go_to(first.seq)]
        if self.too_far_behind:
            skipped_to = self.missed_to - LAST_MISSED
            shown.append(Skipped(self.conversation, skipped_to - self.have, first.at))
            self.have = skipped_to
            self._held = {seq: held for seq, held in self._held.items() if seq > skipped_to}
            shown += self._release()
        return shown

    def _go_to(self, seq: int) -> list[Message | Missing]:
        """Go on to just before `seq`, with what is held on the way; the rest of the way is lost."""
        shown: list[Message | Missing] = []
        while self.have + 1 < seq:
            next_held = min((held for held in self._held if held < seq), default=seq)
            shown.append(Missing(self.conversation, self.have + 1, next_held - 1))
            self.have = next_held - 1
            shown += self._release()
        return shown

    def _release(self) -> list[Message]:
        shown = []
        while self.have + 1 in self._held:
            self.have += 1
            message = self._held.pop(self.have)
            if message is not None:
                here = self.conversation == message.conversation  # then one string will do
                self._waiting.append((self.have, self.conversation if here else message.conversation))
                shown.append(message)
        return shown


class Worklist:
    """The inboxes that something is to be done for, so that no turn looks through all of them.

    `note` is called after each change of an inbox. Both tables keep the order in which inboxes came.
    """

    def __init__(self) -> None:
        self.unconfirmed: dict[Inbox, None] = {}
        """Those of which the broker does not know yet what has arrived or was read."""
        self.behind: dict[Inbox, None] = {}
        """Those whose missing messages are to be fetched, and are not being fetched."""

    def note(self, inbox: Inbox) -> None:
        """Take note of what is to be done for an inbox now."""
        _put(self.unconfirmed, inbox, wanted=inbox.unconfirmed)
        _put(self.behind, inbox, wanted=inbox.behind and not inbox.fetching)

    def forget(self, inbox: Inbox) -> None:
        """Do nothing more for an inbox."""
        self.unconfirmed.pop(inbox, None)
        self.behind.pop(inbox, None)

    def clear(self) -> None:
        """Do nothing more for any."""
        self.unconfirmed.clear()
        self.behind.clear()


def _put(table: dict[Inbox, None], inbox: Inbox, *, wanted: bool) -> None:
    if wanted:
        table[inbox] = None
    else:
        table.pop(inbox, None)


def can_be_asked_for(conversation: str) -> bool:
    """Whether this version can name the conversation in its requests; a later one may have other kinds."""
    try:
        parse_conversation(conversation)
    except ValueError:
        return False
    return True
