"""Going to a message of the log: if it is not here, it is fetched first; then it stands out."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass

from client.core.receiving.fetches import FETCH
from client.core.session import Session, SessionState
from client.screen.log.layout import Layout, Top
from client.screen.log.transcript import SENDING, Key, Transcript

_AROUND = 40
"""So many entries on both sides of a message come with it. A page that is fetched has more."""

NOT_NOW = "It is not here yet, and is shown when the connection is back."


@dataclass(slots=True)
class _Wanted:
    place: str
    seq: int
    named: bool
    asked: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Reached:
    """A message to which the person has gone. It stands out until the next key."""

    layout: Layout
    key: Key


class Jumps:
    """Goes to messages of the conversation in the middle, to one at a time.

    `fetch` gets the messages before a seq, and returns False if that is no use. `tell` shows a sentence.
    """

    def __init__(self, session: Session, fetch: Callable[[int], bool], tell: Callable[[str], None]) -> None:
        self.reached: Reached | None = None
        self._session = session
        self._fetch = fetch
        self._tell = tell
        self._wanted: _Wanted | None = None

    @property
    def waits(self) -> bool:
        """Whether a message is on its way."""
        return self._wanted is not None

    def go(self, place: str, layout: Layout, seq: int, *, named: bool = False) -> None:
        """Show a message. If the person has `named` it by its number, say so if it is not there."""
        transcript = layout.transcript
        head = max(transcript.head, transcript.last)
        if named and seq > head:
            last = f"the last number is {head:,}" if head else "nothing was said here"
            self._tell(f"There is no message {seq:,} yet; {last}.")
            return
        layout.hold()
        self._session.look_at(place, seq)
        self._wanted = _Wanted(place, seq, named)
        self.advance(place, layout)
        if self._wanted is not None and self._session.state is not SessionState.READY:
            self._tell(NOT_NOW)

    def advance(self, place: str, layout: Layout) -> None:
        """Show the message that is wanted, if it has come; the one after it, if it is stored no more."""
        wanted = self._wanted
        if wanted is None:
            return
        if wanted.place != place:
            self.stop()
        elif self._has_come(wanted, layout.transcript):
            self._arrive(wanted, layout)
        elif not self._session.fetches:  # one page at a time, however fast the person goes on
            if wanted.asked or not self._fetch(wanted.seq + FETCH // 2):
                self.stop()
                self._tell(f"Message {wanted.seq:,} cannot be shown: the broker does not give it.")
            wanted.asked = True

    def stop(self) -> None:
        """Wait for no message any more."""
        self._wanted = None

    def go_back(self, place: str, layout: Layout, top: Top | None) -> None:
        """Show what was shown with this first row; the end without one."""
        self.stop()
        self.reached = layout.chosen = None
        if top is None or top.key[0] >= SENDING:
            layout.to_end()
        elif layout.transcript.timeline.known.around(top.key[0]):
            layout.top = top
        else:
            self.go(place, layout, top.key[0])

    def fade(self, reached: Reached | None) -> None:
        """Let a message stand out no more, unless the person has gone to another one since."""
        if reached is not None and reached is self.reached:
            self.reached = reached.layout.chosen = None
            reached.layout.release()

    def _has_come(self, wanted: _Wanted, transcript: Transcript) -> bool:
        """Whether a message is here, with what is around it, so that nothing is put between them later."""
        timeline, seq = transcript.timeline, wanted.seq
        begins = timeline.begins or 1
        known = timeline.known.around(seq)
        if known is None or seq < begins:
            return seq < begins
        if self._session.state is not SessionState.READY or (wanted.asked and not self._session.fetches):
            return True  # no more of it comes
        return known[0] <= max(seq - _AROUND, begins) and known[1] >= min(seq + _AROUND, transcript.head)

    def _arrive(self, wanted: _Wanted, layout: Layout) -> None:
        self._wanted = None
        keys, seq = layout.transcript.keys, wanted.seq
        later = (key for key in keys[bisect_left(keys, (seq, 0)) :] if key[0] < SENDING and not key[1])
        last = layout.transcript.last
        key = next(later, (last, 0) if last else None)
        if key is None:
            return
        layout.go_to(key)
        layout.hold()
        layout.chosen = key
        self.reached = Reached(layout, key)
        if wanted.named and seq != key[0]:
            gone = (layout.transcript.timeline.begins or 0) > seq
            why = "is stored no more" if gone else "is no message, or is not shown"
            self._tell(f"{seq:,} {why}; this is {key[0]:,}.")
