"""The client's session: logging in, sending, receiving, confirming, coming back after a lost connection.

A shell tells it of the connection (`connected`, `disconnected`), of documents (`receive`) and of time
(`tick`); it takes what is to be sent with `take_requests` and what is to be shown with `next_event`.
Times are monotonic seconds. All that affects the state stands in this file.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from enum import Enum

from client.core.events import (
    ClientEvent,
    LoggedIn,
    LoggedOut,
    LoginRefused,
    Lost,
    Replied,
    SendAccepted,
    SendDelivered,
    SendFailed,
    Sent,
)
from client.core.mailbox import Mailbox
from client.core.outgoing import Outgoing
from client.core.people import People
from client.core.pulse import Pulse
from client.core.sentlog import SentLog
from messages.errors import ErrorCode
from messages.events import (
    AnyEvent,
    Farewell,
    Game,
    Goodbye,
    Lagged,
    Message,
    Notice,
    Position,
    Receipt,
    System,
)
from messages.names import parse_address
from messages.replies import Accepted, AnyReply, Done, Error, Page, RoomState, Welcome, You
from messages.requests import Join, Leave, Login, Logout, Ping, Request, Send
from messages.version import PROTOCOL

WELCOME_SECONDS = 10.0
"""How long connecting, logging in and logging out may each take before the connection is made anew."""

RETRY_SECONDS = 0.5
"""Pause before something retryable is asked again."""


class State(Enum):
    """Where the session is. `_MOVES` has the legal moves."""

    OFFLINE = "offline"
    STRANGER = "stranger"
    LOGGING_IN = "logging in"
    READY = "ready"
    LOGGING_OUT = "logging out"


_MOVES = {
    State.OFFLINE: {State.STRANGER},
    State.STRANGER: {State.LOGGING_IN, State.OFFLINE},
    State.LOGGING_IN: {State.READY, State.STRANGER, State.OFFLINE},
    State.READY: {State.LOGGING_OUT, State.STRANGER, State.OFFLINE},
    State.LOGGING_OUT: {State.STRANGER, State.OFFLINE},
}


class Session:
    """One user's session with a broker, over as many connections as it takes.

    `new_id` gives ids for requests. Without `listen` nothing missed is fetched and nothing confirmed:
    for those who only send.
    """

    def __init__(self, name: str, new_id: Callable[[], str], *, listen: bool = True) -> None:
        self.name = name
        self.state = State.OFFLINE
        self.wants_connection = False
        """Set when the connection seems dead and the shell should make a new one."""
        self.title = ""
        self._new_id = new_id
        self._wants_login = True
        self._retried_name = False
        self._token: str | None = None
        self._epoch: str | None = None
        self._login_id = ""
        self._logout_id = ""
        self._login_at = 0.0
        self._since: float | None = None
        self._pulse = Pulse()
        self._requests: deque[Request] = deque()
        self._events: deque[ClientEvent] = deque()
        self._outgoing = Outgoing()
        self._stale: set[str] = set()
        self._rejoins: set[str] = set()
        self._now = 0.0
        self._sent_log = SentLog()
        self._people = People()
        self._mailbox = Mailbox(new_id, listen=listen)

    # What the user asks

    def send(self, to: str, text: str) -> Sent:
        """Say something to `#room` or `@user`; raise ValueError with a sentence if it cannot be sent."""
        request = Send(self._new_id(), to, text)
        self._outgoing.add(request)
        return self._sent_log.add(request)

    def ask(self, kind: type[Request], **fields: object) -> str:
        """Make a request of another kind and return its id; raise ValueError if a field is wrong."""
        request = kind(self._new_id(), **fields)
        self._outgoing.add(request)
        return request.id

    def login(self, name: str) -> None:
        """Log in under another name, now or when there is a connection."""
        Login("check", PROTOCOL, name)
        refused = self.state is State.STRANGER and not self._wants_login and self._epoch is None
        if name != self.name and not refused:
            self._stale |= self._outgoing.ids
        self.logout()
        if name != self.name:
            self._forget_session()
        self.name, self._wants_login, self._retried_name = name, True, False
        self._login_at = 0.0
        if self.state is State.LOGGING_IN:
            self._give_up_connection("another name was chosen")

    def logout(self) -> None:
        """Confirm what was handed over and end the session; the broker forgets its token."""
        self._wants_login = False
        if self.state is State.READY:
            self._requests.extend(self._outgoing.due(self._now))
            self._requests.extend(self._mailbox.confirms())
            self._move(State.LOGGING_OUT)
            self._logout_id = self._new_id()
            self._requests.append(Logout(self._logout_id))

    @property
    def unanswered(self) -> int:
        """How many requests have no reply yet."""
        return len(self._outgoing)

    @property
    def unaccepted(self) -> list[Sent]:
        """One's own messages that the broker has neither accepted nor refused."""
        return self._sent_log.unaccepted

    @property
    def conversations(self) -> list[str]:
        """The conversations this client knows."""
        return self._mailbox.conversations

    @property
    def people(self) -> list[str]:
        """The names of others that have been seen, the last one at the end."""
        return self._people.others(self.name)

    @property
    def all_confirmed(self) -> bool:
        """Whether the broker was told of everything that was handed over."""
        return self._mailbox.all_confirmed

    def recent_sent(self, most: int) -> list[Sent]:
        """Return one's own last messages, accepted or not, oldest first."""
        return self._sent_log.recent(most)

    # What the shell reports

    def connected(self, now: float) -> None:
        """Take note of a connection."""
        if self.state is State.OFFLINE:
            self.wants_connection = False
            self._pulse.heard_at = now
            self._login_at = 0.0
            self._move(State.STRANGER)

    def disconnected(self, why: str) -> None:
        """Take note that the connection is gone."""
        if self.state is State.OFFLINE:
            return
        if self.state is State.READY:
            self._events.append(Lost(why))
        elif self.state is State.LOGGING_OUT:
            self._logged_out()
        self._move(State.OFFLINE)
        self._requests.clear()
        self._outgoing.connection_lost()

    def receive(self, document: AnyReply | AnyEvent, now: float) -> None:
        """Take one document from the broker."""
        self._pulse.heard_at = now
        match document:
            case Message():
                self._people.saw(document.sender)
                self._check_conversation(document.conversation, document.seq)
                self._events.extend(self._mailbox.arrive(document))
            case Accepted():
                self._accepted(document)
            case Receipt():
                self._receipt(document)
            case Welcome():
                self._welcome(document)
            case Error():
                self._error(document, now)
            case Page():
                filled = self._mailbox.fill(document, self._is_unaccepted)
                if filled is None:
                    self._replied(document)
                else:
                    self._events.extend(filled)
            case System() | Lagged() | Goodbye() | Game():
                self._told(document)
            case Done() if self._mailbox.done(document.re):
                pass
            case _:
                self._replied(document)

    def tick(self, now: float) -> None:
        """Do what is due: log in, send, fetch, confirm, ping; notice a broker that is silent."""
        self._now = now
        if self._since is None:
            self._since = now
        late = now - self._since > WELCOME_SECONDS
        if self.state is State.READY:
            self._tick_ready(now)
        elif self.state is State.STRANGER:
            if self._wants_login and now >= self._login_at:
                self._log_in()
                self._since = now
        elif self.state is State.OFFLINE and late:
            self._since, self.wants_connection = now, True
        elif late:
            self._give_up_connection("the broker did not answer")

    def _tick_ready(self, now: float) -> None:
        if self._pulse.is_silent(now):
            self._give_up_connection("the broker is silent")
            return
        self._requests.extend(self._outgoing.due(now))
        self._requests.extend(self._mailbox.due(now))
        if not self._requests and self._pulse.ping_in(now) <= 0:
            self._requests.append(Ping(self._new_id()))

    def next_tick(self, now: float) -> float:
        """Return in how many seconds `tick` should be called again, if nothing happens before."""
        if self.state is State.READY:
            due = min(self._pulse.ping_in(now), self._mailbox.due_at - now)
            if self._outgoing:
                due = min(due, RETRY_SECONDS)
            return max(due, 0.0)
        return RETRY_SECONDS / 2

    def take_requests(self, now: float) -> Iterator[Request]:
        """Yield what is to be sent now, in order."""
        while self._requests:
            self._pulse.spoke_at = now
            yield self._requests.popleft()

    def next_event(self) -> ClientEvent | None:
        """Return what is to be shown next."""
        return self._events.popleft() if self._events else None

    def handed_over(self, event: ClientEvent) -> None:
        """Take note that an event was shown; only then a message is confirmed."""
        if isinstance(event, Message):
            self._mailbox.handed_over(event)

    # Logging in

    def _log_in(self) -> None:
        self._drop_stale()
        self._login_id = self._new_id()
        name = self.name if self._token else self.name.partition("~")[0]  # a newcomer cannot ask for ~2
        self._requests.append(Login(self._login_id, PROTOCOL, name, self._token or None))
        self._move(State.LOGGING_IN)

    def _drop_stale(self) -> None:
        """Give up what was asked as another user: it must not be sent under this name."""
        stale, self._stale = self._stale, set()
        for request in self._outgoing.drop(stale):
            error = Error(request.id, ErrorCode.NOT_LOGGED_IN, "you are another user now", retryable=False)
            if self._sent_log.awaits(request.id):
                self._events.append(SendFailed(self._sent_log.refused(request.id, error)))
            else:
                self._events.append(Replied(request, error))

    def _welcome(self, welcome: Welcome) -> None:
        if self.state is not State.LOGGING_IN or welcome.re != self._login_id:
            return
        again = self._epoch is not None
        new_log = again and welcome.epoch != self._epoch
        anew = new_log or not again
        if anew:
            self._sent_log.clear()
        forgotten = again and not welcome.resumed  # else a room that is not told of was left elsewhere
        rooms = [name for name in self._mailbox.conversations if name.startswith("#")] if forgotten else []
        self._open(welcome.conversations, anew=anew)
        self._enter_again(rooms, welcome.conversations)
        self._epoch, self._token = welcome.epoch, welcome.session
        self._bear(welcome.name)
        self.title, self._retried_name = welcome.title, False
        self._pulse.set_heartbeat(welcome.heartbeat)
        self._move(State.READY)
        self._events.append(LoggedIn(welcome, again, new_log))
        if not self._wants_login:
            self.logout()

    def _enter_again(self, rooms: Iterable[str], positions: Iterable[Position]) -> None:
        """Join rooms that the broker has forgotten, before anything is said in them."""
        remembered = {position.conversation for position in positions}
        for room in rooms:
            if room not in remembered:
                request = Join(self._new_id(), room)
                self._rejoins.add(request.id)
                self._outgoing.add_first(request)

    def _open(self, positions: Iterable[Position], *, anew: bool) -> None:
        for conversation in self._mailbox.open(positions, anew=anew):
            self._sent_log.forget(conversation)

    def _login_refused(self, error: Error, now: float) -> None:
        self._move(State.STRANGER)
        if error.retryable and not (error.code is ErrorCode.NAME_TAKEN and self._retried_name):
            # If the name is taken, the broker has looked whether its holder is still there: try once more.
            self._retried_name = error.code is ErrorCode.NAME_TAKEN
            self._login_at = now + RETRY_SECONDS
            return
        self._wants_login = self._retried_name = False
        self._events.append(LoginRefused(error))

    def _logout_refused(self, error: Error) -> None:
        if error.code is ErrorCode.NOT_LOGGED_IN:
            self._logged_out()
            self._move(State.STRANGER)
        else:
            self._give_up_connection("the broker did not log this client out")

    def _logged_out(self) -> None:
        self._forget_session()
        self._events.append(LoggedOut())

    def _forget_session(self) -> None:
        self._token = self._epoch = None

    def _give_up_connection(self, why: str) -> None:
        self.disconnected(why)
        self.wants_connection = True

    # Answers and events

    def _accepted(self, reply: Accepted) -> None:
        if not self._sent_log.awaits(reply.re):
            self._replied(reply)
            return
        self._outgoing.answered(reply.re)
        self._check_conversation(reply.conversation, reply.seq)
        sent = self._sent_log.accepted(reply)
        self._events.append(SendAccepted(sent, reply))
        if sent.delivered:
            self._events.append(SendDelivered([sent]))
        self._events.extend(self._mailbox.sent(reply.conversation, reply.seq))

    def _is_unaccepted(self, message: Message) -> bool:
        return self._sent_log.awaits(message.id) and message.sender == self.name

    def _check_conversation(self, conversation: str, seq: int) -> None:
        """Forget what is known of a conversation if `seq` shows that it is another one of the same name."""
        if self._mailbox.is_other(conversation, seq):
            self._sent_log.forget(conversation)

    def _receipt(self, receipt: Receipt) -> None:
        self._events.append(receipt)
        reached = self._sent_log.receipt(receipt)
        if reached:
            self._events.append(SendDelivered(reached))

    def _replied(self, reply: AnyReply) -> None:
        if reply.re == self._logout_id and self.state is State.LOGGING_OUT:
            self._logged_out()
            self._move(State.STRANGER)
            return
        if isinstance(reply, You):
            self._bear(reply.name)  # even if it answers a request that was sent twice
        if self._sent_log.awaits(reply.re):
            return  # only `accepted` and an error can answer it
        request = self._outgoing.answered(reply.re or "")
        if request is None:
            return
        match request, reply:
            case _, RoomState():
                self._mailbox.learn([Position(reply.room, reply.head, reply.delivered)])
            case Leave(), Done() | Error(code=ErrorCode.NOT_IN_ROOM):
                self._mailbox.close(request.room)
        if request.id in self._rejoins:
            self._rejoins.remove(request.id)
            if not isinstance(reply, Error):
                return  # nobody asked for it
        self._events.append(Replied(request, reply))

    def _error(self, error: Error, now: float) -> None:
        if error.re == self._login_id and self.state is State.LOGGING_IN:
            self._login_refused(error, now)
        elif error.re == self._logout_id and self.state is State.LOGGING_OUT:
            self._logout_refused(error)
        elif error.code is ErrorCode.NOT_LOGGED_IN:
            self._start_over()
        elif (shown := self._mailbox.refused(error, now)) is not None:
            self._events.extend(shown)
        elif error.re and self._sent_log.awaits(error.re):
            self._send_refused(error.re, error, now)
        else:
            self._replied(error)

    def _send_refused(self, request_id: str, error: Error, now: float) -> None:
        if error.retryable:
            self._outgoing.pause(request_id, now + RETRY_SECONDS)
        else:
            self._outgoing.answered(request_id)
            self._events.append(SendFailed(self._sent_log.refused(request_id, error)))

    def _told(self, event: System | Lagged | Goodbye | Game) -> None:
        self._events.append(event)
        match event:
            case System():
                self._noticed(event)
            case Lagged():
                self._open(event.conversations, anew=False)
            case Goodbye(reason=Farewell.TIMED_OUT):
                self._start_over()
            case Goodbye(reason=Farewell.REPLACED | Farewell.MISBEHAVED):
                self._wants_login = False
                self._start_over()

    def _noticed(self, event: System) -> None:
        self._people.saw(event.user)
        match event:
            case System(kind=Notice.JOINED, room=None):
                self._mailbox.doubt(f"@{event.user}")
            case System(kind=Notice.RENAMED, name=str() as name):
                self._renamed(event.user, name)

    def _renamed(self, old: str, new: str) -> None:
        if old == self.name:
            self._bear(new)
        self._people.rename(old, new)
        self._mailbox.rename(f"@{old}", f"@{new}")
        self._sent_log.rename(old, new)

    def _bear(self, name: str) -> None:
        """Take a name that the broker gave, if one can log in with it again."""
        with suppress(ValueError):
            parse_address(name)
            self.name = name

    def _start_over(self) -> None:
        """Be a stranger to the broker again, on the same connection."""
        if self.state is State.READY:
            self._move(State.STRANGER)
            self._login_at = 0.0
            self._requests.clear()
            self._outgoing.connection_lost()

    def _move(self, state: State) -> None:
        if state not in _MOVES[self.state]:
            raise RuntimeError(f"{self.state} cannot become {state}")
        self.state = state
        self._since = None
