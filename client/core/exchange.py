"""One user's requests, replies and messages, apart from connection and login."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress

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
from client.core.pings import MENTION
from client.core.receiving.listing import Listing
from client.core.receiving.mailbox import Mailbox
from client.core.receiving.timeline import Timelines
from client.core.sending.amendments import own_amendment, own_message
from client.core.sending.pending import PendingRequests
from client.core.sending.sentlog import SentLog
from client.core.sending.trouble import Trouble
from messages.amendments import Pins
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
from messages.names import parse_address
from messages.replies import (
    Accepted,
    AnyReply,
    Done,
    Error,
    OwnProfile,
    Page,
    PinList,
    RoomState,
    Welcome,
)
from messages.requests import History, Join, Leave, Send


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
        *,
        bot: bool = False,
    ) -> None:
        self.name, self._bot = name, bot
        self.finds_mentions = False  # whether the broker does
        self.events: deque[ClientEvent] = deque()
        self.pending = PendingRequests(encode)
        self.sent_log = SentLog()
        self.people = People()
        self.ignored = Ignored()
        self.mailbox = Mailbox(new_id, listening)
        self.timelines = Timelines(self.events if listening.changes else None)
        self._new_id = new_id
        self._names = {name}  # all of this login: in history the user's messages can have each
        self._rejoins = set[str]()
        self.listing = Listing(self.mailbox, self.pending, self.events)
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
        self.listing.begin()
        self.finds_mentions = MENTION in welcome.abilities
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
                if filled is None:
                    self._replied(document)
                else:
                    self.timelines.take_page(document)
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
        self.events.append(SendAccepted(sent := self.sent_log.accepted(reply), reply))
        if sent.delivered:
            self.events.append(SendDelivered([sent]))
        if (shown := self.mailbox.sent(reply.conversation, reply.seq)) is not None:
            self.timelines.take(own_message(sent.request, reply, self.name, bot=self._bot))
            self._show(shown)

    def _show(self, entries: Iterable[AnyEntry | Missing | Skipped]) -> None:
        """Hand entries to the view, in order."""
        for entry in entries:
            self.events.append(entry)
            if not isinstance(entry, Skipped):
                self.timelines.take(entry)

    def _is_unaccepted(self, message: Message) -> bool:
        return self.sent_log.awaits(message.id) and message.sender in self._names

    def _receipt(self, receipt: Receipt) -> None:
        self.events.append(receipt)
        if (news := self.sent_log.receipt(receipt)) is not None:
            self.events.append(news)

    def _replied(self, reply: AnyReply) -> None:
        if isinstance(reply, OwnProfile):
            self._take_name(reply.name)  # even if it answers a request sent twice
        if self.sent_log.awaits(reply.re):
            return  # only `accepted` and an error can answer it
        if (request := self.pending.answered(reply.re or "")) is None:
            return
        self._learn(request, reply)
        if request.id in self._rejoins:
            self._rejoins.remove(request.id)
            if not isinstance(reply, Error):
                return  # the person did not ask for it
        self.events.append(Replied(request, reply))
        if isinstance(reply, Accepted) and (own := own_amendment(request, reply, self.name)):
            self._show(self.mailbox.amended(own))

    def _learn(self, request: Request, reply: AnyReply) -> None:
        match request, reply:
            case _, RoomState():
                self.mailbox.learn([Position(reply.room, reply.head, reply.delivered, reply.read)])
            case Leave(), Done() | Error(code=ErrorCode.NOT_IN_ROOM):
                self.mailbox.close(request.room)
            case History(), Page():
                self.timelines.take_page(reply, request)
            case Pins(), PinList():
                self.timelines.take_pins(reply)

    def _refused(self, error: Error, now: float) -> None:
        too_much = error.code is ErrorCode.TOO_MANY_REQUESTS
        if too_much or (
            error.retry_after and error.code is not ErrorCode.TOO_MANY_ATTEMPTS
        ):  # a wrong guess by the person
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
                self.listing.take(event)
            case Positions():
                for conversation in self.mailbox.learn(event.conversations):
                    self._forget(conversation)
                self.listing.take(event)

    def _noticed(self, event: System) -> None:
        self.people.saw(event.user)
        match event:
            case System(kind=SystemKind.JOINED, room=None):
                self.mailbox.doubt(f"@{event.user}")
            case System(kind=SystemKind.NEW_KEY, user=user):
                why = f"{user} has another key now; send it again if it is the same person"
                self.drop(self.pending.unsent_to(f"@{user}"), ErrorCode.NO_SUCH_USER, why)
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
