"""The client's copy of one conversation's log: in order, each message once, gaps filled or reported."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from client.core.events import Missing, Skipped
from messages.events import AnyEntry
from messages.names import parse_conversation

_MOST_HELD = 1_000

MOST_MISSED = 500
"""If more messages than this were missed before a login, a brief inbox shows the last `LAST_MISSED`."""
LAST_MISSED = 200


class Inbox:
    """Puts messages in order. `have` is the last seq up to which nothing is missing.

    A message after a gap is held until history fills the gap, or shows that it is lost. The user's own
    messages come as None: they have a seq in the log, but are not shown again. A brief inbox leaves out
    some of the messages missed up to the seq `missed_to`; in other inboxes that is 0.
    """

    def __init__(self, conversation: str, have: int = 0, missed_to: int = 0) -> None:
        self.conversation = conversation
        self.missed_to = missed_to
        self.have = have
        self.head = have
        self.confirmed = have
        self.read = 0
        """The seq up to which the broker knows that the person has read."""
        self.seen = 0
        """The seq up to which the person has read."""
        self.fetching = False
        self.doubtful = False
        """The other user may be another one with the same name."""
        self.found: set[int] = set()
        """The user's own messages that history returned before `accepted` came."""
        self._held: dict[int, AnyEntry | None] = {}
        self._waiting: deque[tuple[int, str]] = deque()

    @property
    def behind(self) -> bool:
        """Whether the log has messages that this client has not."""
        return self.head > self.have

    @property
    def too_far_behind(self) -> bool:
        """Whether more was missed than is shown."""
        return self.missed_to - self.have > MOST_MISSED

    @property
    def confirmable(self) -> int:
        """The last seq up to which everything was handed over to the view."""
        return self._waiting[0][0] - 1 if self._waiting else self.have

    def awaits(self, message: AnyEntry) -> bool:
        """Whether a message was not handed over yet. It may have an earlier name of the conversation."""
        return (message.seq, message.conversation) in self._waiting

    def handed_over(self, seq: int) -> None:
        """Record that the view took messages up to `seq`."""
        while self._waiting and self._waiting[0][0] <= seq:
            self._waiting.popleft()

    def see(self, upto: int) -> None:
        """Record that the person has read the messages handed over, up to the seq `upto`."""
        self.seen = max(self.seen, min(upto, self.confirmable))

    @property
    def unconfirmed(self) -> bool:
        """Whether the broker does not know yet which messages have arrived or were read."""
        return self.confirmable > self.confirmed or self.seen > self.read

    def pass_over(self, seq: int) -> None:
        """Record a message that is not shown, and all before it."""
        self.learn_head(seq)
        self.have = max(self.have, seq)

    def learn_head(self, head: int) -> None:
        """Record that the log goes up to `head`."""
        self.head = max(self.head, head)

    def arrive(self, seq: int, message: AnyEntry | None) -> list[AnyEntry]:
        """Take a live message; return the messages that can be shown now, in order."""
        self.learn_head(seq)
        if seq <= self.have or seq in self._held:
            self.found.discard(seq)
            return []
        if message and seq > self.have + 1 and len(self._held) >= _MOST_HELD:
            return []
        self._held[seq] = message
        return self._release()

    def fill(self, page: Iterable[tuple[int, AnyEntry | None]], *, last: bool) -> list[AnyEntry | Missing]:
        """Take a page of history after `have`; `last` if the log has no more.

        Return what can be shown now, in order, with a `Missing` in place of lost messages.
        """
        shown: list[AnyEntry | Missing] = []
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

    def skip(self, first: AnyEntry) -> list[AnyEntry | Missing | Skipped]:
        """Skip to the last missed messages if there are too many; `first` is the first one in history."""
        shown: list[AnyEntry | Missing | Skipped] = [*self._go_to(first.seq)]
        if self.too_far_behind:
            skipped_to = self.missed_to - LAST_MISSED
            shown.append(Skipped(self.conversation, skipped_to - self.have, first.at))
            self.have = skipped_to
            self._held = {seq: held for seq, held in self._held.items() if seq > skipped_to}
            shown += self._release()
        return shown

    def _go_to(self, seq: int) -> list[AnyEntry | Missing]:
        """Advance to just before `seq`, with the messages held up to there; the others are lost."""
        shown: list[AnyEntry | Missing] = []
        while self.have + 1 < seq:
            next_held = min((held for held in self._held if held < seq), default=seq)
            shown.append(Missing(self.conversation, self.have + 1, next_held - 1))
            self.have = next_held - 1
            shown += self._release()
        return shown

    def _release(self) -> list[AnyEntry]:
        shown = []
        while self.have + 1 in self._held:
            self.have += 1
            message = self._held.pop(self.have)
            if message is not None:
                here = self.conversation == message.conversation  # then share one string
                self._waiting.append((self.have, self.conversation if here else message.conversation))
                shown.append(message)
        return shown


class Worklist:
    """The inboxes with work to do, so that no turn looks through all of them.

    `note` is called after each change of an inbox. Both tables keep the order in which inboxes were noted.
    """

    def __init__(self) -> None:
        self.unconfirmed: dict[Inbox, None] = {}
        """Inboxes with messages to confirm."""
        self.behind: dict[Inbox, None] = {}
        """Inboxes with messages to fetch, for which no fetch is under way."""

    def note(self, inbox: Inbox) -> None:
        """Record the work to do for an inbox."""
        _put(self.unconfirmed, inbox, wanted=inbox.unconfirmed)
        _put(self.behind, inbox, wanted=inbox.behind and not inbox.fetching)

    def forget(self, inbox: Inbox) -> None:
        """Remove an inbox."""
        self.unconfirmed.pop(inbox, None)
        self.behind.pop(inbox, None)

    def clear(self) -> None:
        """Remove all inboxes."""
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
