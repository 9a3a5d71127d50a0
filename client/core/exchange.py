"""One user's requests, replies and messages, apart from connection and login."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from client.core.events import Missing, Replied, SendAccepted, SendDelivered, Sent, Skipped
from client.core.ignored import Ignored
from client.core.options import Listening
from client.core.pings import MENTION
from client.core.places import PlaceEvent, Places
from client.core.sending.amendments import own_amendment, own_message
from client.core.sending.trouble import Trouble
from messages.amendments import Pins
from messages.base import Request
from messages.errors import ErrorCode
from messages.events import Amendment, AnyEntry, AnyEvent, Message, Position, Receipt
from messages.identity import Profile
from messages.members import MemberList
from messages.replies import (
    Accepted,
    AnyReply,
    Done,
    Error,
    OwnProfile,
    Page,
    PinList,
    RoomState,
    UserList,
    Welcome,
)
from messages.requests import History, Leave, Send
from messages.typing import TypingNotices


class Exchange(Places):
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
        super().__init__(name, new_id, encode, listening)
        self._bot = bot
        self.welcomed: Welcome | None = None
        """The last welcome, with what the broker can do and its limits."""
        self.ignored = Ignored()
        self._trouble = Trouble(self.pending, self.sent_log, self.events)

    def send(self, to: str, text: str, reply_to: int | None = None) -> Sent:
        """Send a text; raise ValueError with a sentence if it cannot be sent."""
        request = self._message(to, text, reply_to)
        self.pending.add(request)
        return self.sent_log.add(request)

    def _message(self, to: str, text: str, reply_to: int | None) -> Send:
        """Return the request to send a text to whoever has this name, as far as that is known."""
        return Send(self._new_id(), to, text, reply_to, self.users.id_of(to[1:]) if to.startswith("@") else 0)

    def ask(self, kind: type[Request], **fields: object) -> str:
        """Make a request of another kind and return its id; raise ValueError if a field is wrong."""
        request = kind(self._new_id(), **fields)
        self.pending.add(request)
        return request.id

    @property
    def finds_mentions(self) -> bool:
        """Whether the broker finds the names that a text mentions."""
        return self.welcomed is not None and MENTION in self.welcomed.abilities

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
        self.welcomed, self.user_id, self.online = welcome, welcome.user_id, welcome.online
        self.typing.clear()
        self.typing.set(on="typing" in welcome.abilities and welcome.typing)
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
                self._saw(document)
                self.events.extend(self.typing.stopped(document.conversation, document.sender))
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
            case _ if isinstance(document, PlaceEvent):
                self._take_event(document, now)
            case _ if isinstance(document, AnyReply):
                self._replied(document)
            case _:
                self.events.append(document)

    def due(self, now: float) -> Iterator[Request]:
        """Yield what is to be asked for now besides the pending requests, and note who types no more."""
        self.events.extend(self.typing.expire(now))
        yield from self.typing.take_requests()
        yield from self.mailbox.due(now)

    @property
    def due_at(self) -> float:
        """When to call `due` again; infinity if nothing is to come."""
        return min(self.mailbox.due_at, self.typing.due_at)

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
            guest = self.welcomed is not None and self.welcomed.guest
            self.timelines.take(own_message(sent, reply, self.name, self.user_id, bot=self._bot, guest=guest))
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
        self._learn_from(request, reply)
        if request.id in self._rejoins:
            self._rejoins.remove(request.id)
            if not isinstance(reply, Error):
                return  # the person did not ask for it
        self.events.append(Replied(request, reply))
        if isinstance(reply, Accepted) and (own := own_amendment(request, reply, self.name, self.user_id)):
            self._show(self.mailbox.amended(own))

    def _learn_from(self, request: Request, reply: AnyReply) -> None:
        match request, reply:
            case TypingNotices(), Done():
                self.typing.set(on=request.on)
            case _, UserList(users=entries) | MemberList(members=entries):
                for entry in entries:
                    self._saw_user(entry.name, entry.user_id)
            case _, Profile():
                self._saw_user(reply.name, reply.user_id)
            case _, RoomState():
                self.mailbox.learn([Position(reply.room, reply.head, reply.delivered, reply.read)])
            case Leave(), Done() | Error(code=ErrorCode.NOT_IN_ROOM):
                self.mailbox.close(request.room)
            case History(), Page():
                self.timelines.take_page(reply, request)
            case Pins(), PinList():
                self.timelines.take_pins(reply)

    def _refused(self, error: Error, now: float) -> None:
        wrong_guess = error.code is ErrorCode.TOO_MANY_ATTEMPTS  # by the person
        if error.code is ErrorCode.TOO_MANY_REQUESTS or (error.retry_after and not wrong_guess):
            self.mailbox.refused(error, now)
            self._trouble.slow_down(error, now)
        elif (shown := self.mailbox.refused(error, now)) is not None:
            self._show(shown)
        elif error.re and self.sent_log.awaits(error.re):
            if error.code is ErrorCode.OTHER_USER:
                self.replaced(self.sent_log.recipient(error.re))
            self._trouble.send_refused(error.re, error, now)
        else:
            self._replied(error)
