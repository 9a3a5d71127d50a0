"""What a person types: where it goes, what it waits for, and what is refused with a command before it."""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

from client.core.events import ClientEvent, Ended, LoggedIn, Removed, Renamed, Replaced, Replied
from client.core.person.barriers import FIRST_WORDS, Barrier, Change
from client.core.person.last_messages import LastMessages
from client.core.person.last_writer import LastWriter
from client.core.person.queries import DirectQuery
from client.core.session import Session
from messages.base import Request
from messages.events import Message, System, SystemKind
from messages.identity import Profile
from messages.names import LOBBY, canonical_key, parse_user
from messages.replies import AnyReply, Error, RoomState
from messages.requests import Join, Leave, Nick

__all__ = ["Change", "Composer"]

_Line = TypeVar("_Line")


class Composer(Generic[_Line]):
    """The lines of one person in the order in which they were typed, and the place where plain text goes.

    A barrier is a command that changes the person's name or place. Lines typed behind it wait until the
    broker has answered it. If it is refused, they are refused too. A place is a room or a direct
    conversation. It ends if the person leaves it, is removed from it, is refused another one or logs in as
    somebody else, or if the other user takes another name or has another key. Then there is none until the
    person chooses one. A text that was begun before its place ended, or behind a refused barrier, is never
    sent.

    If the person is `present`, they see each refusal, and what they begin after it is new. If not, as in a
    pipe, all lines behind a refused barrier are refused, until one changes what that barrier did not.
    """

    def __init__(self, session: Session, *, present: bool) -> None:
        self.place: str | None = LOBBY
        """The conversation that plain text goes to; None if the person has to choose one."""
        self._session = session
        self._present = present
        self._barrier: Barrier | None = Barrier("", Change.NAME)
        self._refused: set[Change] = set()
        self._lines: deque[_Line] = deque()
        self._moment = self._broken_at = 0
        self._last_break = self._place_ended = ""
        self._ended = False
        self._writer = LastWriter()
        self.last = LastMessages()
        """The messages that commands mean if they name none."""
        self._visited: set[str] = set()
        self._entered: tuple[str, int | None] | None = None
        self.begun = 0
        """The mark of the line that is run."""

    # Places

    def go(self, conversation: str) -> None:
        """Choose a conversation that the client knows as the place, as with a key.

        What was typed before stays for the place that it was typed for. So raise ValueError with a sentence
        if some of it still waits for an answer. A room or user that was asked for is not entered any more.
        """
        if self._lines:
            raise ValueError(f"what you typed waits for the answer to {self.awaited or 'the login'}")
        if self._barrier is not None and self._barrier.change is Change.PLACE:
            self._barrier = None
        self._enter(conversation, None)

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
        return self._place_ended if self.place is None and not self._refused else self._last_break

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
        return self._moment

    def is_stale(self, mark: int) -> bool:
        """Whether a place has ended, or a barrier was refused, since a text was begun."""
        return mark < self._broken_at

    # Direct conversations

    def answer_to(self) -> str:
        """Return the user whom an answer to the last direct message is for, as the line is run.

        Raise ValueError if there is none, or if it was another one when the line was begun.
        """
        return self._writer.at(self.begun)

    def leave_direct(self) -> bool:
        """Leave the direct conversation that is the place; return False if it is none."""
        if self.place is None or not self.place.startswith("@"):
            return False
        self._end_place(f"you left the conversation with {self.place[1:]}")
        return True

    def take_entered(self) -> tuple[str, int | None] | None:
        """Return the place that was entered for the first time since the last call, and a room's last seq."""
        entered, self._entered = self._entered, None
        return entered

    def _hear_of_others(self, event: ClientEvent) -> None:
        if self.last.take(event, self._session.name, self._moment + 1):
            self._moment += 1
        match event:
            case Message(conversation=place, sender=sender) if place.startswith("@"):
                if sender not in (self._session.name, self._writer.name):
                    self._moment += 1
                    self._writer.wrote(sender, self._moment)
            case System(kind=SystemKind.RENAMED, user=old, name=str() as new) | Renamed(old, new):
                self._writer.renamed(old, new)
                if self._is_place(f"@{old}"):
                    self._end_place(f"{old} is called {new} now; /query {new} goes on")
            case Replaced(user):
                self._replaced(user, f"is another user now; /query {user} goes on with them")
            case System(kind=SystemKind.NEW_KEY, user=user):
                self._replaced(user, f"has another key now; /query {user} goes on if it is the same person")

    def _replaced(self, user: str, why: str) -> None:
        self._writer.replaced(user)
        if self._is_place(f"@{user}"):
            self._end_place(f"{user} {why}")

    def _has_place(self, event: LoggedIn) -> bool:
        """Whether the place is what it was before the connection was lost, as far as can be known."""
        place = self.place
        if place is None or not place.startswith("@"):
            return True
        if event.new_log:
            return False
        known = place in self._session.conversations
        return not known or any(position.conversation == place for position in event.welcome.conversations)

    # Barriers

    def ask(self, kind: type[Request], **fields: object) -> None:
        """Make a request that changes the name or the place.

        Raise ValueError if a field is wrong, or if nobody is logged in to make it.
        """
        if self._ended:
            raise ValueError("you are not logged in; /login NAME does it")
        word, change = FIRST_WORDS[kind]
        request_id = self._session.ask(kind, **fields)
        self._barrier = Barrier(f"{word} {next(iter(fields.values()))}", change, request_id)

    def log_in(self, name: str, *, typed: bool) -> None:
        """Log in as somebody else; raise ValueError if the name is not valid.

        A `typed` login waits until everything before it is answered. Another one follows a refused login.
        """
        parse_user(name)
        if typed:
            self._barrier = Barrier(f"/login {name}", Change.NAME, name=name)
        else:
            self._session.login(name)
            self._barrier = self._barrier or Barrier("", Change.NAME)

    def refused(self, change: Change, cause: str) -> None:
        """Record that a barrier was refused, by the broker or before it was sent."""
        self._refused.add(change)
        self._break(cause)

    def take(self, event: ClientEvent) -> bool:
        """Take an event of the session. Return whether it answers a typed barrier with a refusal."""
        if isinstance(event, LoggedIn | Ended):
            self._ended = isinstance(event, Ended)
            self.last.take(event, self._session.name, self._moment)
        match event:
            case LoggedIn() | Ended() if self._logs_in:
                return self._logged_in(event)
            case LoggedIn() if not self._has_place(event):
                self._end_place(f"{str(self.place)[1:]} has another name now, or is another user")
            case Ended():
                self._end_place("the session has ended")
            case Replied(request, reply) if self._barrier and request.id == self._barrier.request_id:
                return self._answered(self._barrier, request, reply)
            case Replied(Join(room=room), Error()) if self._is_place(room):
                self._end_place(f"{room} did not let you in again")
            case Removed(room) if self._is_place(room):
                self._end_place(f"you {event.how} {room}")
            case _:
                self._hear_of_others(event)
        return False

    @property
    def _logs_in(self) -> bool:
        """Whether the barrier is a login that has begun."""
        return self._barrier is not None and self._barrier.request_id is None and self._barrier.name is None

    def _logged_in(self, event: LoggedIn | Ended) -> bool:
        typed, self._barrier = self.awaited, None
        self._writer, self._visited = LastWriter(), set() if typed else {LOBBY}
        if isinstance(event, Ended):
            self.refused(Change.NAME, f"{typed or 'the login'} was refused")
        else:
            self._refused.clear()
        if typed:
            ended = isinstance(event, Ended)
            self._end_place(self._last_break if ended else f"no room was chosen since {typed}")
        return isinstance(event, Ended) and bool(typed)

    def _answered(self, barrier: Barrier, request: Request, reply: AnyReply) -> bool:
        self._barrier = None
        if isinstance(reply, Error):
            self.refused(barrier.change, f"{barrier.typed} was refused")
            if isinstance(request, Join | DirectQuery):
                self._end_place(self._last_break)
            return True
        match request, reply:
            case Join(), RoomState():
                self._enter(reply.room, reply.head)
            case DirectQuery(), Profile():
                self._enter(f"@{reply.name}", None)
            case Leave(), _ if self._is_place(request.room):
                self._end_place(f"you left {self.place}")
            case Nick(), _:
                self._refused.discard(Change.NAME)
        return False

    def _is_place(self, room: str) -> bool:
        return self.place is not None and canonical_key(room) == canonical_key(self.place)

    def _end_place(self, cause: str) -> None:
        self.place = None
        self._place_ended = cause
        self._break(cause)

    def _break(self, cause: str) -> None:
        self._last_break = cause
        self._broken_at = self._moment = self._moment + 1

    def _enter(self, place: str, head: int | None) -> None:
        self.place = place
        self._refused.discard(Change.PLACE)
        if canonical_key(place) not in self._visited:
            self._visited.add(canonical_key(place))
            self._entered = place, head
