"""The client's session: logging in, sending, receiving, confirming, coming back after a lost connection.

A shell tells it of the connection (`connected`, `disconnected`), of documents (`receive`) and of time
(`tick`); it takes what is to be sent with `take_requests` and what is to be shown with `next_event`.
Times are monotonic seconds. All that affects the state stands in this file.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
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
from messages.replies import Accepted, AnyReply, Error, Page, RoomState, Welcome, You
from messages.requests import Leave, Login, Logout, Nick, Ping, Request, Send
from messages.version import PROTOCOL

WELCOME_SECONDS = 10.0
"""How long a login may stay unanswered before the connection is made anew."""

RETRY_SECONDS = 0.5
"""Pause before something retryable is asked again."""

MISSED_HEARTBEATS = 3
"""A broker silent for this many intervals is gone."""

_MOST_PEOPLE = 1_000


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
        self._heartbeat = 15.0
        self._login_id = ""
        self._logout_id = ""
        self._login_at = 0.0
        self._heard_at = self._spoke_at = 0.0
        self._requests: deque[Request] = deque()
        self._events: deque[ClientEvent] = deque()
        self._outgoing = Outgoing()
        self._sent: dict[str, Sent] = {}
        self._sent_log = SentLog()
        self._people: dict[str, None] = {}
        self._mailbox = Mailbox(new_id, listen=listen)

    # What the user asks

    def send(self, to: str, text: str) -> Sent:
        """Say something to `#room` or `@user`; raise ValueError with a sentence if it cannot be sent."""
        request = Send(self._new_id(), to, text)
        sent = self._sent[request.id] = Sent(request)
        self._outgoing.add(request)
        return sent

    def ask(self, kind: type[Request], **fields: object) -> str:
        """Make a request of another kind and return its id; raise ValueError if a field is wrong."""
        request = kind(self._new_id(), **fields)
        self._outgoing.add(request)
        return request.id

    def login(self, name: str) -> None:
        """Log in under another name, now or when there is a connection."""
        Login("check", PROTOCOL, name)
        self.name, self._token, self._wants_login = name, None, True
        self._login_at = 0.0

    def logout(self) -> None:
        """End the session; the broker forgets its token."""
        self._wants_login = False
        if self.state is State.READY:
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
        return list(self._sent.values())

    @property
    def conversations(self) -> list[str]:
        """The conversations this client knows."""
        return self._mailbox.conversations

    @property
    def people(self) -> list[str]:
        """The names of others that have been seen, the last ones."""
        return [name for name in self._people if name != self.name]

    @property
    def all_confirmed(self) -> bool:
        """Whether the broker was told of everything that was handed over."""
        return self._mailbox.confirm_at is None

    def recent_sent(self, most: int) -> list[Sent]:
        """Return one's own last messages, accepted or not, oldest first."""
        return (self._sent_log.recent(most) + list(self._sent.values()))[-most:]

    # What the shell reports

    def connected(self, now: float) -> None:
        """Take note of a connection."""
        if self.state is State.OFFLINE:
            self.wants_connection = False
            self._heard_at = now
            self._login_at = 0.0
            self._move(State.STRANGER)

    def disconnected(self, why: str) -> None:
        """Take note that the connection is gone."""
        if self.state is State.OFFLINE:
            return
        if self.state is State.READY:
            self._events.append(Lost(why))
        elif self.state is State.LOGGING_OUT:
            self._events.append(LoggedOut())
        self._move(State.OFFLINE)
        self._requests.clear()
        self._outgoing.connection_lost()

    def receive(self, document: AnyReply | AnyEvent, now: float) -> None:
        """Take one document from the broker."""
        self._heard_at = now
        match document:
            case Message():
                self._saw(document.sender)
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
                filled = self._mailbox.fill(document)
                if filled is None:
                    self._replied(document)
                else:
                    self._events.extend(filled)
            case System() | Lagged() | Goodbye():
                self._told(document)
            case Game():
                self._events.append(document)
            case _:
                self._replied(document)

    def tick(self, now: float) -> None:
        """Do what is due: log in, send, fetch, confirm, ping; notice a broker that is silent."""
        if self.state is State.STRANGER and self._wants_login and now >= self._login_at:
            self._log_in(now)
        elif self.state is State.LOGGING_IN and now - self._login_at > WELCOME_SECONDS:
            self._give_up_connection("the broker did not answer the login")
        elif self.state is State.READY:
            if now - self._heard_at > MISSED_HEARTBEATS * self._heartbeat:
                self._give_up_connection("the broker is silent")
                return
            self._requests.extend(self._outgoing.due(now))
            self._requests.extend(self._mailbox.due(now))
            if not self._requests and self._ping_in(now) <= 0:
                self._requests.append(Ping(self._new_id()))

    def next_tick(self, now: float) -> float:
        """Return in how many seconds `tick` should be called again, if nothing happens before."""
        if self.state is State.READY:
            due = self._ping_in(now)
            confirm_at = self._mailbox.confirm_at
            if confirm_at is not None:
                due = min(due, confirm_at - now)
            if self._outgoing:
                due = min(due, RETRY_SECONDS)
            return max(due, 0.0)
        return RETRY_SECONDS / 2

    def _ping_in(self, now: float) -> float:
        """Return in how many seconds to ping: both sides should be heard once an interval."""
        quiet_since = max(min(self._spoke_at, self._heard_at), self._spoke_at - self._heartbeat / 2)
        return quiet_since + self._heartbeat - now

    def take_requests(self, now: float) -> Iterator[Request]:
        """Yield what is to be sent now, in order."""
        while self._requests:
            self._spoke_at = now
            yield self._requests.popleft()

    def next_event(self) -> ClientEvent | None:
        """Return what is to be shown next."""
        return self._events.popleft() if self._events else None

    def handed_over(self, event: ClientEvent) -> None:
        """Take note that an event was shown; only then a message is confirmed."""
        if isinstance(event, Message):
            self._mailbox.handed_over(event)

    # Logging in

    def _log_in(self, now: float) -> None:
        self._login_id, self._login_at = self._new_id(), now
        self._requests.append(Login(self._login_id, PROTOCOL, self.name, self._token))
        self._move(State.LOGGING_IN)

    def _welcome(self, welcome: Welcome) -> None:
        if self.state is not State.LOGGING_IN or welcome.re != self._login_id:
            return
        again = self._epoch is not None
        new_log = again and welcome.epoch != self._epoch
        if new_log:
            self._sent_log.clear()
        self._mailbox.open(welcome.conversations, anew=new_log or not again)
        self._epoch, self._token, self.name = welcome.epoch, welcome.session, welcome.name
        self._heartbeat, self.title = welcome.heartbeat / 1000, welcome.title
        self._retried_name = False
        self._move(State.READY)
        self._events.append(LoggedIn(welcome, again, new_log))

    def _login_refused(self, error: Error, now: float) -> None:
        self._move(State.STRANGER)
        if error.retryable and not (error.code is ErrorCode.NAME_TAKEN and self._retried_name):
            # If the name is taken, the broker has looked whether its holder is still there: try once more.
            self._retried_name = error.code is ErrorCode.NAME_TAKEN
            self._login_at = now + RETRY_SECONDS
            return
        self._wants_login = self._retried_name = False
        self._events.append(LoginRefused(error))

    def _give_up_connection(self, why: str) -> None:
        self.disconnected(why)
        self.wants_connection = True

    # Answers and events

    def _accepted(self, reply: Accepted) -> None:
        if self._outgoing.answered(reply.re) is None:
            return
        sent = self._sent.pop(reply.re)
        sent.conversation, sent.seq, sent.recipients = reply.conversation, reply.seq, reply.recipients
        self._sent_log.accepted(sent)
        self._events.append(SendAccepted(sent, reply))
        self._events.extend(self._mailbox.sent(reply.conversation, reply.seq))

    def _receipt(self, receipt: Receipt) -> None:
        self._events.append(receipt)
        reached = self._sent_log.receipt(receipt)
        if reached:
            self._events.append(SendDelivered(reached))

    def _replied(self, reply: AnyReply) -> None:
        if reply.re == self._logout_id and self.state is State.LOGGING_OUT:
            self._token = self._epoch = None
            self._move(State.STRANGER)
            self._events.append(LoggedOut())
            return
        request = self._outgoing.answered(reply.re or "")
        if request is None:
            return
        match request, reply:
            case Nick(), You():
                self.name = reply.name
            case _, RoomState():
                self._mailbox.learn([Position(reply.room, reply.head, reply.delivered)])
            case Leave(), Error():
                pass
            case Leave(), _:
                self._mailbox.close(request.room)
        self._events.append(Replied(request, reply))

    def _error(self, error: Error, now: float) -> None:
        if error.re == self._login_id and self.state is State.LOGGING_IN:
            self._login_refused(error, now)
        elif error.code is ErrorCode.NOT_LOGGED_IN:
            self._start_over()
        elif self._mailbox.fetch_failed(error.re or ""):
            pass
        elif error.retryable and error.re in self._sent:
            self._outgoing.pause(error.re, now + RETRY_SECONDS)
        elif error.re in self._sent and self._outgoing.answered(error.re):
            sent = self._sent.pop(error.re)
            sent.error = error
            self._events.append(SendFailed(sent))
        else:
            self._replied(error)

    def _told(self, event: System | Lagged | Goodbye) -> None:
        self._events.append(event)
        if isinstance(event, System):
            self._saw(event.user)
        match event:
            case Lagged():
                self._mailbox.learn(event.conversations)
            case System(kind=Notice.RENAMED, name=str() as name):
                self._mailbox.rename(f"@{event.user}", f"@{name}")
                self._sent_log.rename(f"@{event.user}", f"@{name}")
            case Goodbye(reason=Farewell.TIMED_OUT):
                self._start_over()
            case Goodbye(reason=Farewell.REPLACED | Farewell.MISBEHAVED):
                self._wants_login = False
                self._start_over()

    def _saw(self, name: str) -> None:
        self._people.pop(name, None)
        self._people[name] = None
        if len(self._people) > _MOST_PEOPLE:
            del self._people[next(iter(self._people))]

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
