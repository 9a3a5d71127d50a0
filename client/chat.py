"""The blocking API for programs: connect, send and wait for the receipt, iterate over events."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, TypeVar

import zmq

from client import chat_files
from client.chat_files import FileError, FileToSend
from client.chat_steps import ChatClosed, ChatSteps, Explain, Steps, Wait
from client.core.events import ClientEvent, Sent
from client.core.files.upload import Upload
from client.core.receiving.timeline import Timeline
from client.transport.connection import Connection
from messages.amendments import Delete, Edit, Pin, React
from messages.base import Request
from messages.endpoints import DEFAULT_ENDPOINT
from messages.events import Message
from messages.members import MemberEntry
from messages.notices import NoticeLevel, QuietSpan
from messages.replies import AnyReply, Welcome
from messages.sessions import EndSession, SessionEntry
from messages.typing import Typing

__all__ = ["Chat", "ChatClosed", "FileError"]

_Result = TypeVar("_Result")


class Chat:
    """A session with a broker, for bots and scripts. One thread uses it; it is a context manager.

        with Chat(name="echo") as chat:
            for message in chat.messages():
                chat.send(message.conversation, message.text)

    If the connection is lost, it is made again; then the messages sent meanwhile go out, and missed ones are
    fetched. All of this happens while a method waits. If the program calls none for three heartbeats (45 s
    by default), the broker takes it as gone; the session resumes at the next call.
    """

    def __init__(
        self,
        endpoint: str = DEFAULT_ENDPOINT,
        *,
        name: str,
        timeout: float = 5.0,
        listen: bool = True,
        context: zmq.Context[zmq.Socket[bytes]] | None = None,
        identity: Path | None = None,
        bot: bool = False,
    ) -> None:
        """Connect and log in within `timeout` seconds.

        Raise ChatClosed if nothing answers, ChatError if the login is refused, ValueError if the endpoint
        or the name is not valid. When the session has ended for good, every method raises ChatClosed, or the
        ChatError of the refused login. The first time, give an encrypting broker as
        `chat://HOST:PORT?key=KEY`; its key is kept, and another key is refused with ChatClosed. `identity`
        is the file of this program's key, by default the person's. `listen=False` is for a program that only
        sends: no messages are kept for it, and none count as delivered to it. With `bot=True` others see that
        a program answers here, and @all in its messages mentions nobody.
        """
        self._steps = ChatSteps(endpoint, name, listen=listen, identity=identity, bot=bot)
        self._connection = Connection(self._steps.session, self._steps.url, context, trust=self._steps.trust)
        try:
            self._run(self._steps.log_in(self._connection.link, timeout))
        except BaseException:
            self._connection.close()
            raise

    @property
    def name(self) -> str:
        """The name as others see it, perhaps with ~2."""
        return self._steps.session.name

    def send(
        self,
        to: str,
        text: str = "",
        *,
        files: Sequence[FileToSend] = (),
        reply_to: int | None = None,
        timeout: float | None = None,
    ) -> Sent:
        """Send a text to `#room` or `@user`, perhaps as an answer, and wait until the broker has accepted it.

        Return it with its conversation and seq. Raise ChatError if it is refused, ValueError if it cannot be
        sent. Raise TimeoutError if it is not accepted in `timeout` seconds; it is still sent later.

        `files` are paths, open binary files that can seek, or what `upload` has returned. They are uploaded
        first. Without a text, their names are the text.
        """
        if files:
            return self._run(chat_files.send(self._steps, to, text, files, reply_to, timeout))
        return self._run(self._steps.send(to, text, reply_to, timeout))

    def upload(self, file: FileToSend, *, timeout: float | None = None) -> Upload:
        """Upload a file, and wait until it is complete; then a message can have it.

        Raise ChatError if it cannot be read or the broker refuses it, TimeoutError if it is not complete in
        `timeout` seconds. A file that was uploaded in part before, on any device, goes on where it stopped.
        """
        return self._run(chat_files.upload(self._steps, file, timeout))

    def download(
        self,
        conversation: str,
        seq: int,
        index: int = 1,
        *,
        to: Path | str | BinaryIO,
        timeout: float | None = None,
    ) -> Path | None:
        """Get a file of a message, the first if there are several, and wait until it is complete.

        `to` is a directory, a path that does not exist yet, or an open binary file. In a directory the file
        gets its own name, made safe; nothing is overwritten. Return its path, None for an open file. The
        content is whole and its hash is right; in an open file only if no exception is raised.

        Raise ChatError if the broker refuses it, the disk cannot take it or it is damaged, TimeoutError if it
        is not complete in `timeout` seconds. The next call goes on where it stopped, except in an open file.
        """
        return self._run(chat_files.download(self._steps, (conversation, seq, index), to, timeout))

    def wait_delivered(self, sent: Sent, *, users: int | None = None, timeout: float | None = None) -> bool:
        """Wait until `users` others (all, if None) have confirmed a message; return False at the timeout."""
        return self._run(self._steps.wait_delivered(sent, users, timeout))

    def read(self, message: Message) -> None:
        """Say that a person has read a message and all before it in its conversation.

        This goes to the broker while a later method waits. Nothing counts as read unless the program says so.
        """
        self._steps.read(message)

    def ask(self, kind: type[Request], *, timeout: float | None = 10.0, **fields: object) -> AnyReply:
        """Make any other request (see `messages.requests`) and return its reply.

        Raise ChatError if it is refused, TimeoutError if there is no reply in `timeout` seconds.
        """
        return self._run(self._steps.ask(kind, fields, timeout))

    def edit(self, conversation: str, seq: int, text: str, *, timeout: float | None = 10.0) -> int:
        """Replace the text of a message of this user. Return the seq of the amendment, as the next ones do.

        Raise ChatError if it is refused, TimeoutError if there is no reply in `timeout` seconds.
        """
        return self._amend(Edit, timeout, conversation=conversation, seq=seq, text=text)

    def delete(self, conversation: str, seq: int, *, timeout: float | None = 10.0) -> int:
        """Delete the text of a message."""
        return self._amend(Delete, timeout, conversation=conversation, seq=seq)

    def react(
        self, conversation: str, seq: int, reaction: str, *, on: bool = True, timeout: float | None = 10.0
    ) -> int:
        """Add a reaction to a message, or take it back."""
        return self._amend(React, timeout, conversation=conversation, seq=seq, reaction=reaction, on=on)

    def pin(self, conversation: str, seq: int, *, on: bool = True, timeout: float | None = 10.0) -> int:
        """Pin a message, or unpin it."""
        return self._amend(Pin, timeout, conversation=conversation, seq=seq, on=on)

    def pins(self, conversation: str, *, timeout: float | None = 10.0) -> list[Message]:
        """Return the pinned messages of a conversation, the latest pin first."""
        return self._run(self._steps.pins(conversation, timeout))

    def notify(
        self, conversation: str, level: NoticeLevel | None = None, *, timeout: float | None = 10.0
    ) -> NoticeLevel:
        """Choose which messages of a conversation ring on this user's clients, and return it, as it is now.

        Without a value, nothing changes. So do the next two.
        """
        return self._run(self._steps.notify(conversation, level, timeout))

    def keywords(self, words: list[str] | None = None, *, timeout: float | None = 10.0) -> list[str]:
        """Choose the words that ring like this user's name, and return them."""
        return self._run(self._steps.keywords(words, timeout))

    def quiet_hours(
        self, spans: list[QuietSpan] | None = None, zone: str | None = None, *, timeout: float | None = 10.0
    ) -> tuple[list[QuietSpan], str | None]:
        """Choose when nothing rings on this user's clients, and return the spans and their time zone."""
        return self._run(self._steps.quiet_hours(spans, zone, timeout))

    def members(self, room: str, *, timeout: float | None = 10.0) -> list[MemberEntry]:
        """Return all members of a room, also those who are not online, in the order of their numbers."""
        return self._run(self._steps.members(room, timeout))

    def sessions(self, *, timeout: float | None = 10.0) -> list[SessionEntry]:
        """Return this user's sessions, the oldest first."""
        return self._run(self._steps.sessions(timeout))

    def end_session(self, session: int, *, timeout: float | None = 10.0) -> None:
        """End one of this user's sessions for good, by its number in `sessions`."""
        self.ask(EndSession, timeout=timeout, session=session)

    def typing(self, conversation: str, *, on: bool = True, timeout: float | None = 10.0) -> None:
        """Tell the other members who are online that this user types, as often as the broker passes it on."""
        self.ask(Typing, timeout=timeout, conversation=conversation, on=on)

    @property
    def welcome(self) -> Welcome | None:
        """What the broker said at the last login: its version, limits and abilities."""
        return self._steps.session.welcome

    def timeline(self, conversation: str) -> Timeline:
        """Return the messages of a conversation as they are now, as far as this session has seen them."""
        return self._steps.session.timeline(conversation)

    def _amend(self, kind: type[Request], timeout: float | None, **fields: object) -> int:
        return self._run(self._steps.amend(kind, fields, timeout))

    def events(self, *, timeout: float | None = None) -> Iterator[ClientEvent]:
        """Yield every event, until there is none for `timeout` seconds.

        These are the broker's events and the local ones of `client.core.events`.
        """
        while (event := self._run(self._steps.next_event(timeout))) is not None:
            yield event

    def messages(self, *, timeout: float | None = None) -> Iterator[Message]:
        """Yield the messages of others in all conversations, until there is none for `timeout` seconds."""
        for event in self.events(timeout=timeout):
            if isinstance(event, Message):
                yield event

    def close(self, *, timeout: float = 5.0) -> None:
        """Wait until everything sent is accepted, log out and close. A second call does nothing."""
        try:
            self._run(self._steps.log_out(timeout))
        finally:
            self._connection.close()

    def __enter__(self) -> Chat:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close(timeout=5.0 if kind is None else 0.5)

    def _run(self, steps: Steps[_Result]) -> _Result:
        """Run the steps, and return their result."""
        try:
            step = next(steps)
            while True:
                try:
                    answer = step.sentence() if isinstance(step, Explain) else self._wait(step)
                except BaseException as error:
                    step = steps.throw(error)
                else:
                    step = steps.send(answer)
        except StopIteration as end:
            result: _Result = end.value
            return result

    def _wait(self, wait: Wait) -> bool:
        deadline = time.monotonic() + wait.timeout if wait.timeout is not None else float("inf")
        while not wait.done():
            if self._steps.ended:
                raise self._steps.ended
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            self._connection.turn(left)
            self._steps.take(self._connection.link)
        return True
