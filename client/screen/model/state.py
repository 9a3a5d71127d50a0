"""What the full screen shows, as the session's events tell it: logs, conversations, members, topics."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress

from client.core.events import (
    Changed,
    ClientEvent,
    LoggedIn,
    LoggedOut,
    Renamed,
    Replaced,
    Replied,
    SendAccepted,
    SendDelivered,
    SendFailed,
    Sent,
    Skipped,
    TypingChanged,
)
from client.core.person.attention import ACTIVE_SECONDS, Attention
from client.core.person.notices import Concern, Level
from client.core.person.queries import MembersQuery, PinSignsQuery, ProfileQuery, TopicQuery
from client.core.person.receipt_news import ReceiptNews
from client.core.receiving.fetches import Fetch
from client.core.session import Session, SessionState
from client.screen.log.layout import Layout
from client.screen.log.transcript import first_unread
from client.screen.model.jumping import NOT_NOW, Jumps
from client.screen.model.logs import Logs
from client.screen.model.members import MemberRows
from client.screen.settings.current import Settings
from client.screen.settings.table import RECEIPTS, TIMES
from client.screen.settings.times import Times
from client.text.lines import Line
from client.text.render import render, state_text
from client.text.times import local_now, time_in
from client.views.conversations import Waiting
from client.views.topics import Topics
from messages.events import Amendment, IsTyping, Message, Position, Receipt, System, SystemKind
from messages.identity import LinkCode
from messages.limits import MAX_UNREAD
from messages.replies import Error, RoomState

_QUIET = Receipt | TypingChanged | IsTyping | Position | SendAccepted | LoggedOut | Skipped | Changed
"""Events that are shown by what they change."""

_PERSONAL = {SystemKind.ROLE, SystemKind.MUTED, SystemKind.UNMUTED, SystemKind.KICKED, SystemKind.BANNED}
_MOST_TIMED = 200
"""Messages of one receipt of which it is kept when it came."""


class ScreenState(Logs):
    """Everything that the panes show. `here` is the conversation in the middle."""

    def __init__(self, session: Session, bell: Level, settings: Settings | None = None) -> None:
        super().__init__(session)
        self.settings = settings or Settings()
        self.members = MemberRows()
        self.topics = Topics()
        self.receipt_news = ReceiptNews()
        self.attention = Attention(session, bell, time_in)
        self.numbers = False
        self.shows_members = True
        """Whether the members of the room in the middle are to be seen."""
        self._reading: dict[str, int] = {}
        """The seqs behind which the unread markers stand, by conversation."""
        self._refused: set[tuple[str, int | None, int | None]] = set()
        """Pages of history that the broker has refused."""
        self._seen_at = time.monotonic()
        self.jumps = Jumps(session, lambda before: self.fetch(before, None), self.tell)
        self.shows: Callable[[ClientEvent], bool] = lambda _event: False
        """Takes each event, and returns whether it shows it, so that it is no notice in the log."""

    # Logs

    def update(self) -> Layout:
        """Return the log in the middle as it is now."""
        layout, here = self.layout, self.here
        transcript = layout.transcript
        layout.numbers = self.numbers
        layout.times = Times(self.settings.of(TIMES))
        transcript.receipts = self.settings.of(RECEIPTS)
        layout.finds_mentions = self._session.finds_mentions
        transcript.me = self._session.name
        transcript.head = max(transcript.head, self.conversations.of(here).head)
        transcript.refused = {before for place, before, _ in self._refused if place == here and before}
        timeline = self._session.timeline(here)
        transcript.update(timeline, [one for one in self._session.unaccepted if one.request.to == here])
        read = self._reading.get(here)
        transcript.unread_from = (
            None if read is None else first_unread(timeline.seqs, timeline.messages, read, transcript.me)
        )
        self.jumps.advance(here, layout)
        if not self.jumps.waits:
            self.hint = "" if self.hint == NOT_NOW else self.hint
            self._session.look_at(here, layout.top.key[0] if layout.top else None)
        return layout

    def fetch(self, before: int | None, after: int | None) -> bool:
        """Get messages of the conversation in the middle. Return False if the broker has refused them."""
        if self.here not in self._session.conversations or (self.here, before, after) in self._refused:
            return False
        self._session.fetch(self.here, before=before, after=after)
        return True

    def go_to(self, seq: int, *, named: bool = False) -> None:
        """Show a message of the conversation in the middle, and get it first if it is not here."""
        self.jumps.go(self.here, self.update(), seq, named=named)

    def go_to_unread(self) -> None:
        """Show the first unread message of the conversation in the middle."""
        waiting = self.conversations.of(self.here)
        if waiting.unread:
            self._reading.setdefault(self.here, waiting.read)
        read = self._reading.get(self.here)
        if read is None:
            self.tell("Nothing is unread here.")
        else:
            self.go_to(self.update().transcript.unread_from or read + 1)

    def go_to_end(self) -> None:
        """Show the last message, and follow new ones."""
        self.jumps.stop()
        self.layout.to_end()
        self._session.look_at(self.here, None)
        self.on_change()

    def open(self, conversation: str) -> None:
        """Show a conversation. If something is unread there, the marker stands before it."""
        self._reading.pop(self.here, None)
        self.jumps.stop()
        before = self.layout
        before.drop_rows()
        self.here = conversation
        self.layout.resize(before.columns, before.height)
        self.topics.doubt(conversation)
        waiting = self.conversations.of(conversation)
        if waiting.unread:
            self._reading[conversation] = waiting.read
        self.look()

    def look(self) -> None:
        """Ask for what the panes show of the conversation in the middle."""
        if self.jumps.waits:
            self.update()
        self.topics.look_at(self.here, self._session)
        if self.shows_members and self.here in self._session.conversations:
            self.look_at_members()

    def look_at_members(self) -> None:
        """Ask for the members of the room in the middle, if they are not known."""
        if self._session.state is not SessionState.READY:
            return
        if (wanted := self.members.wanted(self.here, time.monotonic())) is not None:
            with suppress(ValueError):  # a broker can give a name that is none
                room, after = wanted
                self._session.ask(MembersQuery, room=room, after=after, watch=room == self.here)

    # The person

    def seen(self) -> None:
        """Record that the person is present: they have read what was shown in the middle."""
        self._seen_at = time.monotonic()
        self.hint = ""
        self.attention.seen(self._seen_at)
        layout, here = self.layout, self.here
        waiting = self.conversations.of(here)
        self._session.read(here, layout.last_shown)  # what they have said moves only `waiting.read`
        if layout.last_shown <= waiting.read:
            return
        self.conversations.read(here, layout.last_shown, self._left(layout, waiting))

    def _left(self, layout: Layout, waiting: Waiting) -> int:
        """Return how many messages are left behind the last one that was shown."""
        timeline, shown = layout.transcript.timeline, layout.last_shown
        unread = (one for one in timeline.messages.values() if one.seq > waiting.read)
        others = [one.seq for one in unread if one.sender != self._session.name and not one.deleted]
        later = sum(seq > shown for seq in others)
        span = timeline.known.around(shown)
        if span is not None and span[1] >= waiting.head:
            return later
        if waiting.unread >= MAX_UNREAD:
            return waiting.unread
        return max(waiting.unread - len(others) + later, later)  # some of those left are not here

    def said(self, conversation: str) -> None:
        """Record that the person has said something there: the marker has done its work."""
        self._reading.pop(conversation, None)
        self.layout_of(conversation).to_end()

    # Events

    def take(self, event: ClientEvent) -> None:
        """Take an event of the session."""
        now = time.monotonic()
        self.conversations.me = self._session.name
        concern = self.attention.take(event, now)
        news = self.receipt_news.take(event, now)
        self.conversations.take(event, concern)
        self.members.take(event)
        self.topics.take(event)
        shown = self.shows(event)
        match event:
            case Message() | Amendment():
                self._entry(event, concern, now)
            case SendAccepted(sent, _):
                self.layout_of(sent.conversation).transcript.note_sent(sent)
            case SendDelivered():
                self._delivered(event, news)
            case LoggedIn():
                self._logged_in(event)
            case Replied(Fetch() as asked, Error()):
                self._refused.add((asked.conversation, asked.before, asked.after))
            case (
                Replied(MembersQuery() | TopicQuery() | ProfileQuery() | PinSignsQuery())
                | Replied(reply=LinkCode())
            ):
                pass  # panes and sheets show them
            case SendFailed(sent):
                self.lines(list(render(event, self._session.name, self.here)), sent.request.to)
            case _ if not (shown or isinstance(event, _QUIET)):
                self._told(event)

    def _entry(self, event: Message | Amendment, concern: Concern | None, now: float) -> None:
        place = event.conversation
        waiting = self.conversations.of(place)
        waiting.head = max(waiting.head, event.seq)
        if isinstance(event, Message) and event.sender != self._session.name:
            if concern is not None:
                self.layout_of(place).transcript.note_concern(event.seq, concern)
            away = now - self._seen_at > ACTIVE_SECONDS or not self.layout.stays_at_end
            if place == self.here and away:
                self._reading.setdefault(place, event.seq - 1)

    def _delivered(self, event: SendDelivered, news: Sent | None) -> None:
        for one in event.sent[-_MOST_TIMED:]:
            self.layout_of(one.conversation).transcript.note_receipts(one, local_now())
        if news is not None:
            self.lines([Line(state_text(news, self.here), data=False)])

    def _logged_in(self, event: LoggedIn) -> None:
        self._refused.clear()
        if event.new_log or not event.again:
            self.jumps.stop()
            self._reading.clear()
            for name, layout in self._layouts.items():
                layout.transcript.forget(self.conversations.of(name).head)
                layout.to_end()
            if self.conversations.of(self.here).unread:
                self._reading[self.here] = self.conversations.of(self.here).read
        self._told(event)

    def _told(self, event: ClientEvent) -> None:
        """Show an event as lines, in the log that it belongs to."""
        match event:
            case System(kind=SystemKind.RENAMED, user=old, name=str() as new) | Renamed(old, new):
                self._renamed(f"@{old}", f"@{new}")
            case Replaced(user) if f"@{user}" != self.here:
                self._layouts.pop(f"@{user}", None)
        if isinstance(event, System) and self._is_silent(event):
            return
        at = "" if isinstance(event, Replied) else Times(self.settings.of(TIMES)).text(local_now())
        me, where = self._session.name, self._where(event)
        self.lines(list(render(event, me, self.here)), where, at)
        personal = isinstance(event, System) and event.kind in _PERSONAL and event.user == me
        if personal and where not in ("", self.here):  # they look elsewhere
            self.lines(list(render(event, me, self.here)), "", at)

    def _is_silent(self, event: System) -> bool:
        """Whether somebody comes or goes who has said nothing in the log lately. The members show it."""
        if event.kind not in (SystemKind.JOINED, SystemKind.LEFT) or event.user == self._session.name:
            return False
        messages = self._session.timeline(self._where(event) or self.here).messages
        return not any(one.sender == event.user for one in messages.values())

    def _where(self, event: ClientEvent) -> str:
        room = event.room if isinstance(event, System) else None
        if isinstance(event, Replied) and isinstance(event.reply, RoomState):
            room = event.reply.room
        return room if room in self._session.conversations and room is not None else ""

    def _renamed(self, old: str, new: str) -> None:
        if old in self._layouts:
            self._layouts[new] = self._layouts.pop(old)
        if old in self._reading:
            self._reading[new] = self._reading.pop(old)
        if self.here == old:
            self.here = new
