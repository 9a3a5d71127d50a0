"""The client's session: logging in, sending, receiving, confirming, coming back after a lost connection.

A shell reports the connection (`connected`, `disconnected`), documents (`receive`) and the time (`tick`,
`set_second`). It takes the lines to send with `take_lines` and the events to show with `next_event`. Times
are monotonic seconds. Everything that affects the state is in this file and in `states`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator

from client.core.events import Ended, LoggedIn, LoggedOut, Lost
from client.core.heartbeat import Heartbeat
from client.core.options import LISTENING, NO_CREDENTIALS, Credentials, Listening
from client.core.sending.rate_limit import RETRY_SECONDS, is_retryable, pause_of
from client.core.states import MOVES, SessionState
from client.core.transfers.exchange import FileExchange
from client.core.view import SessionView
from messages.base import Request
from messages.errors import ErrorCode
from messages.events import AnyEvent, Goodbye, GoodbyeReason, Intervals
from messages.replies import AnyReply, Done, Error, Reply, Welcome
from messages.sessions import Login, Logout, Ping
from messages.version import PROTOCOL

__all__ = ["RETRY_SECONDS", "WELCOME_SECONDS", "Session", "SessionState"]

WELCOME_SECONDS = 10.0
"""Seconds for connecting, logging in or logging out; after that a new connection is made."""

_MOST_PAUSE = 6
"""The pause between failed connections doubles, up to this many times the first one."""


class Session(SessionView):
    """One user's session with a broker, over as many connections as it takes.

    `new_id` returns ids for requests, `encode` the bytes of a request's line. If `unannounced`, others get
    no notice that this user comes and goes. `chance` returns numbers from 0 to 1, by which pauses vary.
    """

    def __init__(
        self,
        name: str,
        new_id: Callable[[], str],
        encode: Callable[[Request], bytes],
        *,
        credentials: Credentials = NO_CREDENTIALS,
        listening: Listening = LISTENING,
        unannounced: bool = False,
        chance: Callable[[], float] = lambda: 0.5,
    ) -> None:
        self.state = SessionState.OFFLINE
        self.login_error: Error | None = None
        """Why the broker does not let this client in now; the session tries again."""
        self.wants_connection = False
        """Set when the connection seems dead and the shell should make a new one."""
        self.title = ""
        self._new_id = new_id
        self._wants_login, self._retried_name = True, False
        self._next_name: str | None = None
        self._token: str | None = None
        self.credentials = credentials
        self._endpoint = ""
        self._epoch: str | None = None
        self._login_id = ""
        self._logout_id = ""
        self._login_at = 0.0
        self._since: float | None = None
        self._chance = chance
        self._unannounced = unannounced
        self._given_up = 0
        self._pause = 0.0
        self._heartbeat = Heartbeat()
        self._heartbeat.vary(chance())
        self._lines: deque[bytes] = deque()
        self._encode = encode
        self._stale: set[str] = set()
        self._now = 0.0
        super().__init__(FileExchange(name, new_id, encode, listening, bot=credentials.bot))

    # Logging in and out

    def login(self, name: str) -> None:
        """Log in under another name, now or when there is a connection."""
        Login("check", PROTOCOL, name)
        if name != self.name:
            self._stale |= self._exchange.abandon()
        self.logout()
        self._next_name = name  # from the login on: until then answers to the first user can come
        self._wants_login, self._retried_name = True, False
        self._login_at = 0.0
        if self.state is SessionState.LOGGING_IN:
            self._give_up_connection("another name was chosen")

    def logout(self) -> None:
        """Confirm the messages handed over and end the session; the broker forgets its token."""
        self._wants_login = False
        if self.state is SessionState.READY:
            self._lines.extend(self._exchange.pending.due(self._now))
            self._ask(*self._exchange.mailbox.confirms())
            self._move(SessionState.LOGGING_OUT)
            self._logout_id = self._new_id()
            self._ask(Logout(self._logout_id))

    # What the shell reports

    def set_second(self, second: float) -> None:
        """Set a moment (monotonic seconds) at which a second of the clock begins."""
        self._heartbeat.second = second

    def connected(self, now: float, endpoint: str) -> None:
        """Record a connection with the broker at an endpoint."""
        if self.state is SessionState.OFFLINE:
            self.wants_connection = False
            self._given_up = 0
            self._heartbeat.heard_at = now
            self._login_at = 0.0
            self._endpoint = endpoint
            self._move(SessionState.STRANGER)

    def disconnected(self, why: str) -> None:
        """Record that the connection is lost."""
        if self.state is SessionState.OFFLINE:
            return
        if self.state is SessionState.READY:
            self._events.append(Lost(why))
        elif self.state is SessionState.LOGGING_OUT:
            self._logged_out()
        self._move(SessionState.OFFLINE)
        self._lines.clear()
        self._exchange.connection_lost()

    def receive(self, document: AnyReply | AnyEvent, now: float) -> None:
        """Take one document from the broker."""
        self._heartbeat.heard_at = now
        match document:
            case Welcome():
                self._welcome(document)
            case Error():
                self._error(document, now)
            case Goodbye():
                self._goodbye(document)
            case Intervals():
                self._set_intervals(document)
            case Reply(re=re) if self.state is SessionState.LOGGING_OUT and re == self._logout_id:
                self._logged_out()
                self._move(SessionState.STRANGER)
            case _:
                if isinstance(document, Done):
                    self.credentials = self.credentials.renewed(document)
                self._exchange.receive(document, now)

    def tick(self, now: float) -> None:
        """Log in, send, fetch, confirm or ping if due; give up the connection if the broker is silent."""
        self._now = now
        if self._since is None:
            self._since = now
            self._pause = self._next_pause() if self.state is SessionState.OFFLINE else WELCOME_SECONDS
        late = now - self._since > self._pause
        if self.state is SessionState.READY:
            self._tick_ready(now)
        elif self.state is SessionState.STRANGER:
            if self._wants_login and now >= self._login_at:
                self._log_in()
                self._since = now
        elif self.state is SessionState.OFFLINE and late:
            self._given_up = min(self._given_up + 1, _MOST_PAUSE)
            self._since, self._pause, self.wants_connection = now, self._next_pause(), True
        elif late:
            self._give_up_connection("the broker did not answer")

    def _next_pause(self) -> float:
        """Return the seconds to wait for a connection: more each time, so that ZeroMQ's pauses can grow."""
        jitter = 1 + (self._chance() - 0.5) / 5
        return WELCOME_SECONDS * jitter * min(1 << self._given_up, _MOST_PAUSE)

    def _tick_ready(self, now: float) -> None:
        if self._heartbeat.is_silent(now):
            self._give_up_connection("the broker is silent")
            return
        if now >= self._exchange.pending.paused_until:
            self._lines.extend(self._exchange.pending.due(now))
            self._ask(*self._exchange.due(now))
        if not self._lines and self._heartbeat.ping_in(now) <= 0:
            self._ask(Ping(self._new_id()))
            self._heartbeat.vary(self._chance())

    def next_tick(self, now: float) -> float:
        """Return in how many seconds to call `tick` again, if nothing happens before."""
        if self.state is SessionState.READY:
            due = min(self._heartbeat.ping_in(now), self._exchange.due_in(now))
            if self._exchange.pending:
                due = min(due, RETRY_SECONDS)
            return max(due, 0.0)
        return RETRY_SECONDS / 2

    def take_lines(self, now: float) -> Iterator[bytes]:
        """Yield the lines to send now, in order: one for each request, without a line end."""
        while self._lines:
            self._heartbeat.spoke_at = now
            yield self._lines.popleft()

    def _ask(self, *requests: Request) -> None:
        self._lines.extend(map(self._encode, requests))

    def _log_in(self) -> None:
        if self._next_name not in (None, self.name):
            self._token = self._epoch = None
            self._exchange.become(self._next_name)
        self._exchange.drop(self._stale, ErrorCode.NOT_LOGGED_IN, "you are another user now")
        self._next_name, self._stale = None, set()
        self._login_id = self._new_id()
        login = self.credentials.login(self._login_id, self.name, self._token, unannounced=self._unannounced)
        self._ask(login)
        self._move(SessionState.LOGGING_IN)

    def _welcome(self, welcome: Welcome) -> None:
        if self.state is not SessionState.LOGGING_IN or welcome.re != self._login_id:
            return
        again = self._epoch is not None
        new_log = again and welcome.epoch != self._epoch
        forgotten = again and not welcome.resumed
        gone = self._exchange.welcome(welcome, anew=new_log or not again, forgotten=forgotten)
        self._epoch, self._token = welcome.epoch, welcome.session
        self.credentials = self.credentials.after(welcome)
        self.title, self._retried_name, self.login_error = welcome.title, False, None
        self._exchange.pending.rate_limit.set(welcome.rate, welcome.burst)
        self._set_intervals(welcome)
        self._move(SessionState.READY)
        self._events.append(LoggedIn(welcome, again, new_log, gone if new_log else 0, self._endpoint))
        self._exchange.listing.take(welcome)
        if not self._wants_login:
            self.logout()

    def _set_intervals(self, document: Welcome | Intervals) -> None:
        self._heartbeat.set_heartbeat(document.heartbeat)
        self._exchange.mailbox.pace.set_interval(document.confirm_interval, self._chance())

    def _login_refused(self, error: Error, now: float) -> None:
        self._move(SessionState.STRANGER)
        if (other := self.credentials.after_refusal(error)) is not None:
            self.credentials, self._login_at = other, 0.0
            return
        if is_retryable(error) and not (error.code is ErrorCode.NAME_TAKEN and self._retried_name):
            # If the name is taken, the broker checks whether its holder is still connected: try once more.
            self._retried_name = error.code is ErrorCode.NAME_TAKEN
            self._login_at = now + (pause_of(error) if error.retry_after else RETRY_SECONDS)
            self.login_error = error
            return
        self._wants_login = self._retried_name = False
        self._events.append(Ended(error))

    def _logout_refused(self, error: Error) -> None:
        if error.code is ErrorCode.NOT_LOGGED_IN:
            self._logged_out()
            self._move(SessionState.STRANGER)
        else:
            self._give_up_connection("the broker did not log this client out")

    def _logged_out(self) -> None:
        self._token = self._epoch = None
        self._events.append(LoggedOut())

    def _give_up_connection(self, why: str) -> None:
        self.disconnected(why)
        self.wants_connection = True

    def _error(self, error: Error, now: float) -> None:
        if error.re == self._login_id and self.state is SessionState.LOGGING_IN:
            self._login_refused(error, now)
        elif error.re == self._logout_id and self.state is SessionState.LOGGING_OUT:
            self._logout_refused(error)
        elif error.code is ErrorCode.NOT_LOGGED_IN:
            self._start_over()
        else:
            self._exchange.receive(error, now)

    def _goodbye(self, event: Goodbye) -> None:
        self._exchange.events.append(event)
        if event.reason.final:
            self._wants_login = False
            self._events.append(Ended(event))
        if event.reason is not GoodbyeReason.SHUTTING_DOWN:
            self._start_over()

    def _start_over(self) -> None:
        """Log in again on the same connection."""
        if self.state is SessionState.READY:
            self._move(SessionState.STRANGER)
            self._login_at = 0.0
            self._lines.clear()
            self._exchange.connection_lost()

    def _move(self, state: SessionState) -> None:
        if state not in MOVES[self.state]:
            raise RuntimeError(f"{self.state} cannot become {state}")
        self.state = state
        self._since = None
