"""What one tab follows, and what is sent to it: conversations, logs, members, notices."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from functools import partial

from client.core.events import (
    Changed,
    ClientEvent,
    Ended,
    LoggedIn,
    LoggedOut,
    Lost,
    Missing,
    Replaced,
    Replied,
    SendAccepted,
    SendDelivered,
    SendFailed,
    Sent,
    Skipped,
    TypingChanged,
)
from client.core.files.transfer import TransferEnded, TransferMoved
from client.core.person.attention import Ring
from client.text.entries import excerpt
from client.text.render import render
from client.web.following import drop_spare, renamed
from client.web.person import Person
from client.web.protocol import tells
from client.web.protocol.tells import AnyTell, Beat, Go, Log, Notice, State
from client.web.tabs.host import TabHost, command_helps
from client.web.tabs.listing import Listing
from client.web.tabs.log import FIRST
from client.web.tabs.log import Log as TabLog
from client.web.tabs.members import Following
from client.web.tabs.own import Own
from client.web.tabs.rooms import follow_room
from client.web.tabs.saying import said, state_of
from messages.events import (
    Amendment,
    Ignoring,
    IsTyping,
    Message,
    Moved,
    Position,
    Receipt,
    System,
    SystemKind,
)
from messages.moderation import IgnoreList
from messages.names import LOBBY
from messages.text import neutralise, reveal

MOST_LOGS = 20
"""Conversations that a tab follows: those that it opened last."""

SILENT_SECONDS = 120.0
"""A tab from which nothing came for so long is gone."""

_MOST_EXCERPT = 200
_QUIET = (
    Receipt
    | TypingChanged
    | IsTyping
    | Position
    | Moved
    | SendAccepted
    | SendDelivered
    | SendFailed
    | LoggedOut
    | LoggedIn
    | Lost
    | Ended
    | Skipped
    | Changed
    | Missing
    | TransferEnded
    | TransferMoved
)
"""Events that are shown by what they change."""


class Tab:
    """A tab of a person's browser. `put` sends it a document, `close` closes it after what was put."""

    def __init__(
        self, person: Person, put: Callable[[AnyTell], None], close: Callable[[], None], assets: str
    ) -> None:
        self.person = person
        self.put = put
        self.host = TabHost(person, put, person.sign_out)
        self.here = LOBBY
        """The conversation that it opened last."""
        self.logs: OrderedDict[str, TabLog] = OrderedDict()
        self.members = Following(person, put)
        self.own = Own(person, put)
        self._close = close
        self._assets = assets
        self.listing = Listing(person)
        self._state: State | None = None
        self.heard_at = time.monotonic()
        """When something came from the page."""

    def begin(self) -> None:
        """Tell who the person is, and what there is."""
        self._welcome()
        self.flush()

    def _welcome(self) -> None:
        session, welcome = self.person.session, self.person.session.welcome
        if welcome is None:
            return
        self.put(
            tells.Welcome(
                *(tells.PAGE_PROTOCOL, self._assets, session.name),
                title=neutralise(welcome.title),
                motd=neutralise(welcome.motd, keep="\n"),
                guest=welcome.guest,
                user_id=welcome.user_id,
                abilities=welcome.abilities,
                text=welcome.limits.text if welcome.limits else 4_000,
                max_file=welcome.max_file,
                edit_for=welcome.edit_for,
                commands=command_helps(),
            )
        )
        self.listing.clear()

    # What changes

    def flush(self, doubtful: str = "") -> None:
        """Send what has changed. Without an event a `doubtful` conversation may have, or `ALL` of them."""
        self.listing.doubt(doubtful)
        self._tell_state()
        if (conversations := self.listing.changes()) is not None:
            self.put(conversations)
        for conversation, log in self.logs.items():
            log.head = max(log.head, self.person.conversations.of(conversation).head)
            if (changed := log.changes()) is not None:
                self.put(changed)
        self.members.tell(time.monotonic())

    def _tell_state(self) -> None:
        state = State("connected" if self.person.ready else "trying")
        if state != self._state:
            self._state = state
            self.put(state)

    # Logs

    def open_log(self, conversation: str) -> TabLog:
        """Return the log of a conversation, which the tab follows from now on."""
        person = self.person
        log = self.logs.pop(conversation, None)
        if log is None:
            log = TabLog(
                conversation,
                person.session.shown,
                lambda message, timeline: said(message, timeline, person.name, person.attention.concern_of),
            )
        self.logs[conversation] = log
        log.opened_at = time.monotonic()
        if len(self.logs) > MOST_LOGS:
            self.logs.popitem(last=False)
        drop_spare(person.tabs)
        return log

    def spare(self) -> list[tuple[float, Callable[[], None]]]:
        """Return what it keeps beside the log that it looks at: when each was opened, and what drops it."""
        others = ((name, log) for name, log in self.logs.items() if name != self.here)
        return [(log.opened_at, partial(self._forget, [name])) for name, log in others]

    def show_log(self, log: TabLog, ref: str) -> None:
        """Send all of a log."""
        name = log.conversation
        self.put(
            Log(
                *(ref, name, log.all(), log.spans, log.head, log.begins, log.unread),
                tuple(state_of(one) for one in self.person.sent_to(name)),
            )
        )

    # Events

    def follow(self, event: ClientEvent) -> None:
        """Take any event of the session."""
        self.listing.follow(event)
        entered = self.host.go_on(event)
        self.own.follow(event)
        self._follow(event)
        if isinstance(event, System) and event.room in self.logs:
            follow_room(self.person, event, self.put)
        if entered is not None and entered != self.here:
            self.here = entered
            self.put(Go(entered))

    def take(self, event: ClientEvent) -> None:
        """Take an event that answers nobody in particular."""
        if isinstance(event, Message | Amendment | Missing):
            if (log := self.logs.get(event.conversation)) is not None:
                log.take(event)
        elif not isinstance(event, _QUIET):
            self._tell(event)

    def _follow(self, event: ClientEvent) -> None:
        """Follow conversations that get another name, or other messages."""
        match event:
            case SendAccepted(sent, reply):
                own = self.person.session.timeline(reply.conversation).messages.get(reply.seq)
                if own is not None and (log := self.logs.get(sent.conversation)) is not None:
                    log.take(own)
            case LoggedIn():
                self._welcome()
                if event.new_log:
                    self._forget([*self.logs])
            case Replaced(user):
                self._forget([f"@{user}"])
            case Ignoring() | Replied(reply=IgnoreList()):
                for log in self.logs.values():
                    log.doubt()
            case TypingChanged():
                self.put(tells.Typing(event.conversation, event.users))
        if (names := renamed(event)) is not None:
            self._rename(*names)

    def _rename(self, old: str, new: str) -> None:
        for log in self.logs.values():
            log.timeline.rename(old[1:], new[1:])
        if old in self.logs:
            self.logs[new] = self.logs.pop(old)
            self.logs[new].conversation = new
        self.here = new if self.here == old else self.here
        if self.listing.rename(old, new):
            self.put(tells.Renamed(old, new))

    def _forget(self, conversations: list[str]) -> None:
        """Let the page open these again, as their messages are others now."""
        for name in conversations:
            if name in self.logs:
                del self.logs[name]
                self.put(Log("", name, (), ()))

    def _tell(self, event: ClientEvent) -> None:
        """Show an event as notices, in the conversation that it belongs to."""
        if isinstance(event, System) and self._is_silent(event):
            return
        where = (
            event.room if isinstance(event, System) and event.room and event.room in self.listing else None
        )
        for line in render(event, self.person.name, self.here):
            text = neutralise(line.text.replace("\t", "    "), keep="\n")
            self.put(Notice(text, where or "", at=int(time.time() * 1_000)))

    def _is_silent(self, event: System) -> bool:
        """Whether somebody comes or goes who has said nothing in the log lately. The members show it."""
        if event.kind not in (SystemKind.JOINED, SystemKind.LEFT) or event.user == self.person.name:
            return False
        log = self.logs.get(event.room or self.here)
        if log is None:
            return True
        messages = log.timeline.messages
        return all(messages[seq].sender != event.user for seq in log.timeline.seqs[-FIRST:])

    def told_of(self, sent: Sent) -> None:
        """Send the state of an own message."""
        self.put(state_of(sent))

    def ring(self, ring: Ring) -> None:
        """Call the person."""
        message = ring.message
        text = neutralise(excerpt(message))[:_MOST_EXCERPT]
        place = message.conversation
        self.put(tells.Ring(place, message.seq, reveal(message.sender), text, ring.messages, ring.missed))

    def tick(self, now: float) -> None:
        """Look whether the list of members is old."""
        self.members.tell(now)

    def beat(self, now: float) -> None:
        """Show that the gateway is there, and close if the page is not."""
        if now - self.heard_at > SILENT_SECONDS:
            self._close()
        else:
            self.put(Beat())

    def end(self, text: str, *, sign_in: bool) -> None:
        """Tell why the session has ended, and close."""
        self.put(State("ended", text, sign_in))
        self._close()
