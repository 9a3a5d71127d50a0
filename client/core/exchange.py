"""One user's requests, replies and messages, apart from connection and login."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress

import msgspec

from client.core.events import (
    ClientEvent,
    Missing,
    Removed,
    Replied,
    SendAccepted,
    SendDelivered,
    SendFailed,
    Sent,
    Skipped,
)
from client.core.ignored import Ignored
from client.core.options import Listening
from client.core.people import People
from client.core.receiving.inbox import Listing
from client.core.receiving.mailbox import Mailbox
from client.core.receiving.timeline import Timelines
from client.core.sending.amendments import own_amendment, own_message
from client.core.sending.pending import PendingRequests
from client.core.sending.sentlog import SentLog
from client.core.sending.trouble import Trouble
from messages.base import Request
from messages.errors import ErrorCode
from messages.events import (
    Amendment,
    AnyEntry,
    AnyEvent,
    Lagged,
    Message,
    Position,
    Positions,
    Receipt,
    System,
    SystemKind,
)
from messages.names import canonical_key, parse_address
from messages.replies import Accepted, AnyReply, Done, Error, Found, OwnProfile, Page, RoomState, Welcome
from messages.requests import Join, Leave, Search, Send


class Exchange:
    """Requests until they are answered, sent messages and their receipts, conversations, people.

    `events` are the events to show, in order.
    """

    def __init__(
        self,
        name: str,
        new_id: Callable[[], str],
        encode: Callable[[Request], bytes],
        listening: Listening,
    ) -> None:
        self.name = name
        self.events: deque[ClientEvent] = deque()
        self.pending = PendingRequests(encode)
        self.sent_log = SentLog()
        self.people = People()
        self.ignored = Ignored()
        self.mailbox = Mailbox(new_id, listening)
        self.timelines = Timelines()
        self.next_search: Search | None = None  # the request for older hits of the last search
        self.has_searched = False  # whether there was a search, with hits or without
        self._new_id = new_id
        self._names = {name}
        """The names of this user in this login; in history their messages can have each."""
        self._rejoins, self._listing = set[str](), Listing()
        self._trouble = Trouble(self.pending, self.sent_log, self.events)

    def send(self, to: str, text: str, reply_to: int | None = None) -> Sent:
        """Send a text; raise ValueError with a sentence if it cannot be sent."""
        request = Send(self._new_id(), to, text, reply_to)
        self.pending.add(request)
        return self.sent_log.add(request)

    def ask(self, kind: type[Request], **fields: object) -> str:
        """Make a request of another kind and return its id; raise ValueError if a field is wrong."""
        request = kind(self._new_id(), **fields)
        self.pending.add(request)
        return request.id

    def drop(self, ids: set[str], code: ErrorCode, why: str) -> None:
        """Give up requests that must not be sent any more."""
        for request in self.pending.drop(ids):
            error = Error(request.id, code, why, retryable=False)
            if self.sent_log.awaits(request.id):
                self.events.append(SendFailed(self.sent_log.refused(request.id, error)))
            else:
                self.events.append(Replied(request, error))

    def become(self, name: str) -> None:
        """Switch to another user."""
        self.name, self._names = name, {name}

    # Documents received

    def welcome(self, welcome: Welcome, *, anew: bool, forgotten: bool) -> int:
        """Take the conversations of a welcome. Return how many accepted messages are beyond its log's end.

        `anew`: the log is another one. `forgotten`: the broker no longer knows this session; if it does, a
        room missing from the welcome was left on another device.
        """
        self._listing = Listing()
        gone = self.sent_log.beyond({one.conversation: one.head for one in welcome.conversations})
        if anew:
            self.sent_log.clear()
            self.timelines.clear()
        rooms = [name for name in self.mailbox.conversations if name.startswith("#")] if forgotten else []
        self._open(welcome.conversations, anew=anew)
        self._enter_again(rooms, welcome.conversations)
        self._take_name(welcome.name)
        return gone

    def receive(self, document: AnyReply | AnyEvent, now: float) -> None:
        """Take one document that is not about the login."""
        match document:
            case Message() | Amendment():
                self.people.saw(document.sender)
                self._check_conversation(document.conversation, document.seq)
                self._show(self.mailbox.arrive(document))
            case Accepted():
                self._accepted(document)
            case Receipt():
                self._receipt(document)
            case Error():
                self._refused(document, now)
            case Page():
                filled = self.mailbox.fill(document, self._is_unaccepted, self._names)
                self.timelines.take_page(document)
                if filled is None:
                    self._replied(document)
                else:
                    self._show(filled)
            case Done() if self.mailbox.done(document.re):
                pass
            case System() | Lagged() | Positions():
                self._take_event(document)
            case _ if isinstance(document, AnyReply):
                self._replied(document)
            case _:
                self.events.append(document)

    # Answers

    def _accepted(self, reply: Accepted) -> None:
        if not self.sent_log.awaits(reply.re):
            self._replied(reply)
            return
        self._trouble.accepted()
        self.pending.answered(reply.re)
        self._check_conversation(reply.conversation, reply.seq)
        sent = self.sent_log.accepted(reply)
        self.events.append(SendAccepted(sent, reply))
        if sent.delivered:
            self.events.append(SendDelivered([sent]))
        self.timelines.take(own_message(sent, reply, self.name))
        self._show(self.mailbox.sent(reply.conversation, reply.seq))

    def _show(self, entries: Iterable[AnyEntry | Missing | Skipped]) -> None:
        """Hand entries to the view, in order."""
        for entry in entries:
            self.events.append(entry)
            if isinstance(entry, Message | Amendment):
                self.timelines.take(entry)

    def _is_unaccepted(self, message: Message) -> bool:
        return self.sent_log.awaits(message.id) and message.sender in self._names

    def _receipt(self, receipt: Receipt) -> None:
        self.events.append(receipt)
        news = self.sent_log.receipt(receipt)
        if news is not None:
            self.events.append(news)

    def _replied(self, reply: AnyReply) -> None:
        if isinstance(reply, OwnProfile):
            self._take_name(reply.name)  # even if it answers a request sent twice
        if self.sent_log.awaits(reply.re):
            return  # only `accepted` and an error can answer it
        request = self.pending.answered(reply.re or "")
        if request is None:
            return
        match request, reply:
            case _, RoomState():
                self.mailbox.learn([Position(reply.room, reply.head, reply.delivered, reply.read)])
            case Leave(), Done() | Error(code=ErrorCode.NOT_IN_ROOM):
                self.mailbox.close(request.room)
            case Search(), Found():
                self.has_searched = True
                older = reply.next is not None
                self.next_search = msgspec.structs.replace(request, page=reply.next) if older else None
        if request.id in self._rejoins:
            self._rejoins.remove(request.id)
            if not isinstance(reply, Error):
                return  # the person did not ask for it
        self.events.append(Replied(request, reply))
        if isinstance(reply, Accepted) and (own := own_amendment(request, reply, self.name)):
            self._show(self.mailbox.amended(own))

    def _refused(self, error: Error, now: float) -> None:
        wrong_guess = error.code is ErrorCode.TOO_MANY_ATTEMPTS  # by the person
        if error.code is ErrorCode.TOO_MANY_REQUESTS or (error.retry_after and not wrong_guess):
            self.mailbox.refused(error, now)
            self._trouble.slow_down(error, now)
        elif (shown := self.mailbox.refused(error, now)) is not None:
            self._show(shown)
        elif error.re and self.sent_log.awaits(error.re):
            self._trouble.send_refused(error.re, error, now)
        else:
            self._replied(error)

    # Conversations and names

    def _open(self, positions: Iterable[Position], *, anew: bool) -> None:
        for conversation in self.mailbox.open(positions, anew=anew):
            self._forget(conversation)

    def _enter_again(self, rooms: Iterable[str], positions: Iterable[Position]) -> None:
        """Join the rooms that the broker has forgotten, before any message goes to them."""
        remembered = {position.conversation for position in positions}
        for room in [room for room in rooms if room not in remembered]:
            request = Join(self._new_id(), room)
            self._rejoins.add(request.id)
            self.pending.add_first(request)

    def list_rooms(self, page: Welcome | Lagged | Positions) -> None:
        """Take a page of positions. After the last, forget the rooms that this user is not in any more."""
        first = not isinstance(page, Positions)
        listed = self._listing.take(page.conversations, first=first, more=page.more)
        if listed is None:
            return
        listed |= self.pending.rooms  # the answer will tell of these
        for room in self.mailbox.conversations:
            if room.startswith("#") and canonical_key(room) not in listed:
                self.mailbox.close(room)
                self.events.append(Removed(room, while_away=True))

    def _check_conversation(self, conversation: str, seq: int) -> None:
        """Forget the state of a conversation if `seq` shows that it is another one with the same name."""
        if self.mailbox.is_other(conversation, seq):
            self._forget(conversation)

    def _forget(self, conversation: str) -> None:
        self.sent_log.forget(conversation)
        self.timelines.forget(conversation)

    def _take_event(self, event: System | Lagged | Positions) -> None:
        self.events.append(event)
        match event:
            case System():
                self._noticed(event)
            case Lagged():
                self._open(event.conversations, anew=False)
                self.list_rooms(event)
            case Positions():
                for conversation in self.mailbox.learn(event.conversations):
                    self._forget(conversation)
                self.list_rooms(event)

    def _unsent_to(self, conversation: str) -> set[str]:
        return self.pending.unsent_to(conversation)

    def _noticed(self, event: System) -> None:
        self.people.saw(event.user)
        match event:
            case System(kind=SystemKind.JOINED, room=None):
                self.mailbox.doubt(f"@{event.user}")
            case System(kind=SystemKind.NEW_KEY, user=user):
                why = f"{user} has another key now; send it again if it is the same person"
                self.drop(self._unsent_to(f"@{user}"), ErrorCode.NO_SUCH_USER, why)
            case System(kind=SystemKind.KICKED | SystemKind.BANNED, room=str() as room, user=self.name):
                self.mailbox.close(room)
                self.events.append(Removed(room))
            case System(kind=SystemKind.RENAMED, name=str() as name):
                self._renamed(event.user, name)

    def _renamed(self, old: str, new: str) -> None:
        if old == self.name:
            self._take_name(new)
        self.people.rename(old, new)
        self.mailbox.rename(f"@{old}", f"@{new}")
        self.sent_log.rename(old, new)
        self.timelines.rename(old, new)

    def _take_name(self, name: str) -> None:
        """Take the name that the broker gave, if it is valid for another login."""
        with suppress(ValueError):
            parse_address(name)
            self.name = name
            self._names.add(name)
