"""What a person types: where it goes, what it waits for, and what is refused with a command before it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

from client.core.events import ClientEvent, Ended, LoggedIn, Removed, Replied
from client.core.session import Session
from messages.base import Request
from messages.names import LOBBY, canonical_key, parse_user
from messages.replies import AnyReply, Error, RoomState
from messages.requests import Join, Leave, Nick

_Line = TypeVar("_Line")


class Change(Enum):
    """What a barrier changes for everything typed behind it."""

    NAME = "name"
    PLACE = "place"


@dataclass(slots=True)
class _Barrier:
    """A command whose answer everything typed behind it waits for. `typed` is empty for a first login."""

    typed: str
    change: Change
    request_id: str | None = None
    name: str | None = None
    """The name of a login that has not begun, because earlier requests are not answered yet."""


_FIRST_WORDS: dict[type[Request], tuple[str, Change]] = {
    Join: ("/join", Change.PLACE),
    Leave: ("/leave", Change.PLACE),
    Nick: ("/nick", Change.NAME),
}


class Composer(Generic[_Line]):
    """The lines of one person in the order in which they were typed, and the place where plain text goes.

    A barrier is a command that changes the person's name or place. Lines typed behind it wait until the
    broker has answered it. If it is refused, they are refused too. A place ends if the person leaves it, is
    removed from it, is refused another one or logs in as somebody else. Then there is none until the person
    joins a room. A text that was begun before its place ended, or behind a refused barrier, is never sent.

    If the person is `present`, they see each refusal, and what they begin after it is new. If not, as in a
    pipe, all lines behind a refused barrier are refused, until one changes what that barrier did not.
    """

    def __init__(self, session: Session, *, present: bool) -> None:
        self.place: str | None = LOBBY
        """The conversation that plain text goes to; None if the person has to choose one."""
        self._session = session
        self._present = present
        self._barrier: _Barrier | None = _Barrier("", Change.NAME)
        self._refused: set[Change] = set()
        self._lines: deque[_Line] = deque()
        self._breaks = 0
        self._last_break = self._place_ended = ""
        self._ended = False

    # Lines

    def enter(self, line: _Line) -> None:
        """Add a line behind all others."""
        self._lines.append(line)

    def next_line(self) -> _Line | None:
        """Return the next line if its turn has come, else None."""
        barrier = self._barrier
        if barrier is not None:
            if barrier.name is not None and not self._session.unanswered:
                name, barrier.name = barrier.name, None
                self._session.login(name)
            return None
        if self._lines:
            return self._lines.popleft()
        if self._present:
            self._refused.clear()
        return None

    def refuses(self, change: Change | None) -> bool:
        """Whether a line is refused because a barrier before it was; `change` is what the line changes.

        If that line is a barrier itself, it counts as refused then.
        """
        if not self._refused or change is Change.NAME:
            return False
        if change is Change.PLACE:
            if Change.NAME not in self._refused:
                return False
            self.refused(change, self._last_break)
            self._end_place(self._last_break)
        return True

    @property
    def cause(self) -> str:
        """Why lines are refused, or why there is no place: a clause for people."""
        ended = self.place is None and not self._refused
        return self._place_ended if ended else self._last_break

    @property
    def awaits(self) -> bool:
        """Whether an answer must come before the next line's turn."""
        return self._barrier is not None

    @property
    def awaited(self) -> str:
        """The typed command whose answer is awaited; empty for a first login, and if there is none."""
        return self._barrier.typed if self._barrier else ""

    @property
    def waiting(self) -> list[_Line]:
        """The lines whose turn has not come."""
        return list(self._lines)

    # Drafts

    @property
    def mark(self) -> int:
        """A mark for a text that is begun now."""
        return self._breaks

    def is_stale(self, mark: int) -> bool:
        """Whether a place has ended, or a barrier was refused, since a text was begun."""
        return mark != self._breaks

    # Barriers

    def ask(self, kind: type[Request], **fields: object) -> None:
        """Make a request that changes the name or the place.

        Raise ValueError if a field is wrong, or if nobody is logged in to make it.
        """
        if self._ended:
            raise ValueError("you are not logged in; /login NAME does it")
        word, change = _FIRST_WORDS[kind]
        request_id = self._session.ask(kind, **fields)
        self._barrier = _Barrier(f"{word} {next(iter(fields.values()))}", change, request_id)

    def log_in(self, name: str, *, typed: bool) -> None:
        """Log in as somebody else; raise ValueError if the name is not valid.

        A `typed` login waits until everything before it is answered. Another one follows a refused login.
        """
        parse_user(name)
        if typed:
            self._barrier = _Barrier(f"/login {name}", Change.NAME, name=name)
        else:
            self._session.login(name)
            self._barrier = self._barrier or _Barrier("", Change.NAME)

    def refused(self, change: Change, cause: str) -> None:
        """Record that a barrier was refused, by the broker or before it was sent."""
        self._refused.add(change)
        self._last_break = cause
        self._breaks += 1

    def take(self, event: ClientEvent) -> bool:
        """Take an event of the session. Return whether it answers a typed barrier with a refusal."""
        if isinstance(event, LoggedIn | Ended):
            self._ended = isinstance(event, Ended)
        match event:
            case LoggedIn() | Ended() if self._logs_in:
                return self._logged_in(event)
            case Ended():
                self._end_place("the session has ended")
            case Replied(request, reply) if self._barrier and request.id == self._barrier.request_id:
                return self._answered(self._barrier, request, reply)
            case Replied(Join(room=room), Error()) if self._is_place(room):
                self._end_place(f"{room} did not let you in again")
            case Removed(room, while_away) if self._is_place(room):
                self._end_place(f"you {'are no longer in' if while_away else 'were removed from'} {room}")
        return False

    @property
    def _logs_in(self) -> bool:
        """Whether the barrier is a login that has begun."""
        return self._barrier is not None and self._barrier.request_id is None and self._barrier.name is None

    def _logged_in(self, event: LoggedIn | Ended) -> bool:
        typed, self._barrier = self.awaited, None
        if isinstance(event, Ended):
            self.refused(Change.NAME, f"{typed or 'the login'} was refused")
        else:
            self._refused.clear()
        if typed:
            ended = isinstance(event, Ended)
            self._end_place(self._last_break if ended else f"no room was chosen since {typed}")
        return isinstance(event, Ended) and bool(typed)

    def _answered(self, barrier: _Barrier, request: Request, reply: AnyReply) -> bool:
        self._barrier = None
        if isinstance(reply, Error):
            self.refused(barrier.change, f"{barrier.typed} was refused")
            if isinstance(request, Join):
                self._end_place(self._last_break)
            return True
        match request, reply:
            case Join(), RoomState():
                self.place = reply.room
                self._refused.discard(Change.PLACE)
            case Leave(), _ if self._is_place(request.room):
                self._end_place(f"you left {self.place}")
            case Nick(), _:
                self._refused.discard(Change.NAME)
        return False

    def _is_place(self, room: str) -> bool:
        return self.place is not None and canonical_key(room) == canonical_key(self.place)

    def _end_place(self, cause: str) -> None:
        self.place = None
        self._last_break = self._place_ended = cause
        self._breaks += 1
