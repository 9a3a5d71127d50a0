"""Requests without a reply yet, kept in order and sent again until they are answered."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass

from client.core.sending.rate_limit import RateLimit
from messages.amendments import Pins
from messages.base import Request
from messages.identity import Keys, Whois
from messages.members import Members
from messages.moderation import Audit, Bans, Ignored
from messages.names import canonical_key
from messages.notices import Keywords, Notify, QuietHours
from messages.requests import Count, History, Join, Leave, Nick, Rooms, Search, Send, Time, Who, Whoami
from messages.sessions import Sessions

QUESTIONS = (
    Audit,
    Bans,
    Count,
    History,
    Ignored,
    Keys,
    Members,
    Pins,
    Rooms,
    Search,
    Sessions,
    Time,
    Who,
    Whoami,
    Whois,
)
"""Requests that change nothing, so they can be given up."""

SETTINGS: dict[type[Request], str] = {Keywords: "words", Notify: "level", QuietHours: "spans"}
"""Requests that change nothing either, if they have no value in this field."""

WINDOW = 256
"""Requests on their way at once."""

ANSWER_SECONDS = 10.0
"""Seconds after which a request that was not answered is sent again."""

_FENCES = (Leave, Nick)
"""Requests before which everything is answered, and after which nothing is sent before their answer.

Otherwise a message that is sent again could come from another name, or to a room that was left.
"""


@dataclass(slots=True)
class _Waiting:
    request: Request
    line: bytes = b""
    """The request as it is sent, encoded when it is due for the first time."""
    sent_at: float | None = None
    fence: bool = False


class PendingRequests:
    """All requests not answered yet, in the order in which they were made."""

    def __init__(self, encode: Callable[[Request], bytes]) -> None:
        self._encode = encode
        self._waiting: dict[str, _Waiting] = {}
        self.paused_until = 0.0
        """Nothing is sent before this time, because the broker refused a request for now."""
        self.rate_limit = RateLimit()

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, request: Request) -> None:
        """Keep a request until it is answered."""
        self._waiting[request.id] = _Waiting(request, fence=isinstance(request, _FENCES))

    def add_first(self, request: Request) -> None:
        """Keep a request that is to be sent before all others."""
        self._waiting = {request.id: _Waiting(request), **self._waiting}

    @property
    def sent_at(self) -> float | None:
        """When the first of the requests that are on their way was sent; None if none is."""
        return next((w.sent_at for w in self._waiting.values() if w.sent_at is not None), None)

    @property
    def rooms(self) -> set[str]:
        """The canonical names of the rooms that are to be joined or left."""
        requests = (waiting.request for waiting in self._waiting.values())
        return {canonical_key(request.room) for request in requests if isinstance(request, Join | Leave)}

    @property
    def ids(self) -> set[str]:
        """The ids of all requests."""
        return set(self._waiting)

    def count(self, kinds: tuple[type[Request], ...]) -> int:
        """Return how many of the requests are of some kinds."""
        return sum(isinstance(one.request, kinds) for one in self._waiting.values())

    def unsent_to(self, conversation: str) -> set[str]:
        """Return the ids of the messages to a conversation that are not on their way."""
        return {
            key
            for key, one in self._waiting.items()
            if one.sent_at is None
            and isinstance(one.request, Send)
            and canonical_key(one.request.to) == canonical_key(conversation)
        }

    def drop(self, ids: set[str]) -> list[Request]:
        """Give up requests, and return those that were not answered."""
        return [self._waiting.pop(waiting).request for waiting in list(self._waiting) if waiting in ids]

    def give_up(self, ids: Container[str]) -> bool:
        """Give up the questions among these requests; return whether there were any."""
        questions = {key for key, one in self._waiting.items() if _is_question(one.request)}
        return bool(self.drop({key for key in questions if key in ids}))

    def answered(self, request_id: str) -> Request | None:
        """Forget a request that was answered, and return it if it was waiting."""
        waiting = self._waiting.pop(request_id, None)
        return waiting.request if waiting else None

    def pause(self, request_id: str, until: float) -> None:
        """Send a request, and those after it, again later, because the broker could not take it."""
        self._waiting[request_id].sent_at = None
        self.paused_until = until

    def slow_down(self, request_id: str, until: float) -> None:
        """Send nothing until a time; then send the refused request again, if it is one of these."""
        self.paused_until = max(self.paused_until, until)
        self.rate_limit.stop(self.paused_until)
        if request_id in self._waiting:
            self._waiting[request_id].sent_at = None

    def connection_lost(self) -> None:
        """Mark all requests to be sent again on the next connection."""
        for waiting in self._waiting.values():
            waiting.sent_at = None

    def due(self, now: float) -> Iterator[bytes]:
        """Yield the lines to send now, no faster than the broker accepts them; they count as sent."""
        if now < self.paused_until:
            return
        room = WINDOW
        for waiting in self._waiting.values():
            if room == 0 or (waiting.fence and room < WINDOW):
                return
            room -= 1
            if waiting.sent_at is None or now - waiting.sent_at >= ANSWER_SECONDS:
                waiting.line = waiting.line or self._encode(waiting.request)
                if not self.rate_limit.take(len(waiting.line), now):
                    return
                waiting.sent_at = now
                yield waiting.line
            if waiting.fence:
                return


def _is_question(request: Request) -> bool:
    if isinstance(request, QUESTIONS):
        return True
    value = SETTINGS.get(type(request))
    return value is not None and getattr(request, value) is None
