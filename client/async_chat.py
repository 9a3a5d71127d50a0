"""`Chat` for asyncio: the same methods, awaited; many can share one loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, TypeVar, cast

import zmq

from client import chat_files
from client.chat_files import FileToSend
from client.chat_steps import ChatClosed, ChatSteps, Explain, Steps, Wait
from client.core.events import ClientEvent, Sent
from client.core.files.upload import Upload
from client.core.receiving.timeline import Timeline
from client.transport.aio import AsyncConnection, TooManyConnections
from messages.amendments import Delete, Edit, Pin, React
from messages.base import Request
from messages.endpoints import DEFAULT_ENDPOINT
from messages.events import Message
from messages.members import MemberEntry
from messages.notices import NoticeLevel, QuietSpan
from messages.replies import AnyReply, Welcome
from messages.sessions import EndSession, SessionEntry
from messages.typing import Typing

_Result = TypeVar("_Result")


class AsyncChat:
    """A session with a broker, for programs that use asyncio. It is an asynchronous context manager.

        async with AsyncChat(name="echo") as chat:
            async for message in chat.messages():
                await chat.send(message.conversation, message.text)

    The methods, their arguments and their exceptions are those of `Chat`. The loop serves the connection,
    also while no method is awaited, so the session stays alive as long as the loop runs. Events are kept
    until the program takes them. Several tasks can use one AsyncChat; an event goes to one of them.
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
        """Take the arguments of `Chat`, and raise as it does; `open` connects and logs in."""
        self._steps = ChatSteps(endpoint, name, listen=listen, identity=identity, bot=bot)
        self._timeout = timeout
        self._context = context
        self._is_open = False
        self._connection: AsyncConnection | None = None
        self._waiters: set[asyncio.Future[None]] = set()

    async def open(self) -> None:
        """Connect and log in; `async with` does this. After a failure it can be called again.

        Raise ChatClosed if nothing answers or the process has too many connections, ChatError if the login is
        refused, ValueError if ZeroMQ cannot connect to this endpoint, RuntimeError if this chat is open.
        """
        if self._steps.ended:
            raise self._steps.ended
        if self._is_open:
            raise RuntimeError("this chat is open already")
        self._is_open = True
        try:
            await self._connect()
        except BaseException:
            self._is_open = False
            raise

    async def _connect(self) -> None:
        steps = self._steps
        try:
            connection = self._connection = await AsyncConnection.open(
                steps.session, steps.url, self._changed, context=self._context, trust=steps.trust
            )
        except TooManyConnections as error:
            raise ChatClosed(str(error)) from None
        try:
            await self._run(steps.log_in(connection.link, self._timeout))
        except BaseException:
            self._connection = None
            steps.session.disconnected("the login failed")
            await connection.close()
            raise

    @property
    def name(self) -> str:
        """The name as others see it, perhaps with ~2."""
        return self._steps.session.name

    async def send(
        self,
        to: str,
        text: str = "",
        *,
        files: Sequence[FileToSend] = (),
        reply_to: int | None = None,
        timeout: float | None = None,
    ) -> Sent:
        """Send a text to `#room` or `@user`, and wait until the broker has accepted it: see `Chat.send`."""
        if files:
            return await self._run(chat_files.send(self._steps, to, text, files, reply_to, timeout))
        return await self._run(self._steps.send(to, text, reply_to, timeout))

    async def upload(self, file: FileToSend, *, timeout: float | None = None) -> Upload:
        """Upload a file, and wait until it is complete: see `Chat.upload`."""
        return await self._run(chat_files.upload(self._steps, file, timeout))

    async def download(
        self,
        conversation: str,
        seq: int,
        index: int = 1,
        *,
        to: Path | str | BinaryIO,
        timeout: float | None = None,
    ) -> Path | None:
        """Get a file of a message, and wait until it is complete: see `Chat.download`."""
        return await self._run(chat_files.download(self._steps, (conversation, seq, index), to, timeout))

    async def wait_delivered(
        self, sent: Sent, *, users: int | None = None, timeout: float | None = None
    ) -> bool:
        """Wait until `users` others (all, if None) have confirmed a message; return False at the timeout."""
        return await self._run(self._steps.wait_delivered(sent, users, timeout))

    def read(self, message: Message) -> None:
        """Say that a person has read a message and all before it in its conversation."""
        connection = self._opened
        self._steps.read(message)
        connection.wake()

    async def ask(self, kind: type[Request], *, timeout: float | None = 10.0, **fields: object) -> AnyReply:
        """Make any other request (see `messages.requests`) and return its reply: see `Chat.ask`."""
        return await self._run(self._steps.ask(kind, fields, timeout))

    async def edit(self, conversation: str, seq: int, text: str, *, timeout: float | None = 10.0) -> int:
        """Replace the text of a message of this user. Return the seq of the amendment: see `Chat.edit`."""
        return await self._amend(Edit, timeout, conversation=conversation, seq=seq, text=text)

    async def delete(self, conversation: str, seq: int, *, timeout: float | None = 10.0) -> int:
        """Delete the text of a message."""
        return await self._amend(Delete, timeout, conversation=conversation, seq=seq)

    async def react(
        self, conversation: str, seq: int, reaction: str, *, on: bool = True, timeout: float | None = 10.0
    ) -> int:
        """Add a reaction to a message, or take it back."""
        return await self._amend(React, timeout, conversation=conversation, seq=seq, reaction=reaction, on=on)

    async def pin(self, conversation: str, seq: int, *, on: bool = True, timeout: float | None = 10.0) -> int:
        """Pin a message, or unpin it."""
        return await self._amend(Pin, timeout, conversation=conversation, seq=seq, on=on)

    async def pins(self, conversation: str, *, timeout: float | None = 10.0) -> list[Message]:
        """Return the pinned messages of a conversation, the latest pin first."""
        return await self._run(self._steps.pins(conversation, timeout))

    async def notify(
        self, conversation: str, level: NoticeLevel | None = None, *, timeout: float | None = 10.0
    ) -> NoticeLevel:
        """Choose which messages of a conversation ring on this user's clients: see `Chat.notify`."""
        return await self._run(self._steps.notify(conversation, level, timeout))

    async def keywords(self, words: list[str] | None = None, *, timeout: float | None = 10.0) -> list[str]:
        """Choose the words that ring like this user's name, and return them."""
        return await self._run(self._steps.keywords(words, timeout))

    async def quiet_hours(
        self, spans: list[QuietSpan] | None = None, zone: str | None = None, *, timeout: float | None = 10.0
    ) -> tuple[list[QuietSpan], str | None]:
        """Choose when nothing rings on this user's clients, and return the spans and their time zone."""
        return await self._run(self._steps.quiet_hours(spans, zone, timeout))

    async def members(self, room: str, *, timeout: float | None = 10.0) -> list[MemberEntry]:
        """Return all members of a room: see `Chat.members`."""
        return await self._run(self._steps.members(room, timeout))

    async def sessions(self, *, timeout: float | None = 10.0) -> list[SessionEntry]:
        """Return this user's sessions, the oldest first."""
        return await self._run(self._steps.sessions(timeout))

    async def end_session(self, session: int, *, timeout: float | None = 10.0) -> None:
        """End one of this user's sessions for good, by its number in `sessions`."""
        await self.ask(EndSession, timeout=timeout, session=session)

    async def typing(self, conversation: str, *, on: bool = True, timeout: float | None = 10.0) -> None:
        """Tell the other members who are online that this user types: see `Chat.typing`."""
        await self.ask(Typing, timeout=timeout, conversation=conversation, on=on)

    @property
    def welcome(self) -> Welcome | None:
        """What the broker said at the last login: its version, limits and abilities."""
        return self._steps.session.welcome

    def timeline(self, conversation: str) -> Timeline:
        """Return the messages of a conversation as they are now, as far as this session has seen them."""
        return self._steps.session.timeline(conversation)

    async def _amend(self, kind: type[Request], timeout: float | None, **fields: object) -> int:
        return await self._run(self._steps.amend(kind, fields, timeout))

    async def events(self, *, timeout: float | None = None) -> AsyncIterator[ClientEvent]:
        """Yield every event, until there is none for `timeout` seconds."""
        while (event := await self._run(self._steps.next_event(timeout))) is not None:
            self._opened.wake()  # to confirm the event, even if the program now works on something else
            yield event

    async def messages(self, *, timeout: float | None = None) -> AsyncIterator[Message]:
        """Yield the messages of others in all conversations, until there is none for `timeout` seconds."""
        async for event in self.events(timeout=timeout):
            if isinstance(event, Message):
                yield event

    async def close(self, *, timeout: float = 5.0) -> None:
        """Wait until everything sent is accepted, log out and close. A second call does nothing."""
        if self._connection is None:
            return
        try:
            await self._run(self._steps.log_out(timeout))
        finally:
            self._wake()  # who waits for events learns that there are no more
            await self._connection.close()

    async def __aenter__(self) -> AsyncChat:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close(timeout=5.0 if kind is None else 0.5)

    @property
    def _opened(self) -> AsyncConnection:
        """The connection; raise ChatClosed if there is none."""
        if self._connection is None:
            raise ChatClosed("this chat is not open yet; use `async with` or `open`")
        return self._connection

    def _changed(self) -> None:
        """Take the session's events, and let all waiters check their conditions."""
        try:
            if self._connection is not None:
                self._steps.take(self._connection.link)
        finally:
            self._wake()

    def _wake(self) -> None:
        for waiter in (one for one in self._waiters if not one.done()):
            waiter.set_result(None)

    async def _run(self, steps: Steps[_Result]) -> _Result:
        """Run the steps, and return their result."""
        connection = self._opened
        try:
            step = next(steps)
            while True:
                answer: bool | str
                try:
                    if isinstance(step, Explain):
                        answer = await asyncio.get_running_loop().run_in_executor(None, step.sentence)
                    else:
                        answer = await self._wait(step, connection)
                except BaseException as error:
                    step = steps.throw(error)
                else:
                    step = steps.send(answer)
        except StopIteration as end:
            return cast(_Result, end.value)

    async def _wait(self, wait: Wait, connection: AsyncConnection) -> bool:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + wait.timeout if wait.timeout is not None else None
        if not wait.done():
            connection.wake()
        while not wait.done():
            if self._steps.ended:
                raise self._steps.ended
            if connection.error:
                raise connection.error
            left = deadline - loop.time() if deadline is not None else None
            if left is not None and left <= 0:
                return False
            waiter: asyncio.Future[None] = loop.create_future()
            self._waiters.add(waiter)
            try:
                await asyncio.wait([waiter], timeout=left)
            finally:
                self._waiters.discard(waiter)
        return True
