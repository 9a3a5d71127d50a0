"""Messages of one conversation as the log shows them: a thread, the pinned ones, those since a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from client.screen.log.layout import Layout
from client.screen.log.transcript import Transcript
from client.screen.sheets.walking import Walk
from client.screen.tones import Row
from messages.events import Amendment, Message
from messages.limits import MAX_SEQ
from messages.replies import Page


class Uses(NamedTuple):
    """What a list is good for: going to a message, answering one, and getting more of them."""

    go: Callable[[int], None]
    answer: Callable[[int], None]
    more: Callable[[int], None]
    """Gets those behind a seq."""
    is_lost: Callable[[], bool]
    """Whether the person has gone elsewhere, so that the list does not belong to the log."""


class Listing(Walk):
    """A list of messages, which is kept as they are now by whoever opened it: see `put` and `amend`.

    `answers` is the message that `r` answers; the chosen one without it. `last` chooses the last one first.
    """

    hint = "Enter: go there, r: answer, Esc: close"

    def __init__(self, title: str, me: str, uses: Uses, *, answers: int = 0, last: bool = True) -> None:
        super().__init__()
        self.title = title
        self.more = False
        """Whether there are others behind the last one."""
        self._uses = uses
        self._answers = answers
        self._transcript = Transcript(me)
        self._transcript.timeline.known.add(1, MAX_SEQ)
        self._layout = Layout(self._transcript)
        self._last = last
        self._goes_on = False

    @property
    def seqs(self) -> list[int]:
        """The messages."""
        return self._transcript.timeline.seqs

    # What is in it

    def put(self, messages: Iterable[Message], head: int = 0, *, anew: bool = False) -> None:
        """Take messages as they are with all amendments up to `head`; if `anew`, instead of all others."""
        timeline = self._transcript.timeline
        if anew:
            timeline.seqs, timeline.messages = [], {}
        count = len(timeline.seqs)
        for message in messages:
            timeline.take_page(Page("", message.conversation, [message], more=False, head=head))
            timeline.messages[message.seq] = message
        self._transcript.update(timeline, ())
        if self._goes_on and len(timeline.seqs) > count:
            self._goes_on = False
            self.step(1)

    def amend(self, entry: Amendment) -> None:
        """Take an amendment of a message that nobody else keeps."""
        self._transcript.timeline.take(entry)  # type: ignore[arg-type]

    def pin(self, seqs: Iterable[int]) -> None:
        """Mark these messages as pinned, and no others."""
        self._transcript.timeline.pinned = set(seqs)

    def rename(self, old: str, new: str) -> None:
        """Take a user's new name."""
        self._transcript.timeline.rename(old, new)

    # What is shown

    def height(self, columns: int, most: int) -> int:
        """Return the rows of the messages, at most half of the log's."""
        if self._uses.is_lost() or not self.seqs:
            self.close()
            return 0
        if self._layout.chosen is None or self._layout.chosen[0] not in self.seqs:
            self._layout.chosen = (self.seqs[-1 if self._last else 0], 0)
        return len(self._rows(columns, self.most_rows(most)))

    def body(self, columns: int, height: int) -> list[Row]:
        """Return the messages around the chosen one."""
        self._page = max(height // 2, 1)
        return self._rows(columns, height)

    def _rows(self, columns: int, height: int) -> list[Row]:
        rows = self._layout.view(columns, height)
        if self._layout.chosen:
            self._layout.reveal(self._layout.chosen)
            rows = self._layout.view(columns, height)
        return rows

    # Keys

    def step(self, by: int) -> None:
        """Choose another message. Behind the last one, get more."""
        seqs, chosen = self.seqs, self._layout.chosen
        if not seqs:
            return
        at = seqs.index(chosen[0]) if chosen and chosen[0] in seqs else len(seqs) - 1
        wanted = min(max(at + by, 0), len(seqs) - 1)
        if wanted == at and by > 0 and self.more:
            self._goes_on = True
            self._uses.more(seqs[-1])
        self._layout.chosen = (seqs[wanted], 0)

    def enter(self) -> None:
        """Go to the chosen message."""
        if self._layout.chosen:
            self.close()
            self._uses.go(self._layout.chosen[0])

    def letter(self, letter: str) -> None:
        """Answer."""
        if letter == "r" and self._layout.chosen:
            self.close()
            self._uses.answer(self._answers or self._layout.chosen[0])
