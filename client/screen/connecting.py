"""The connection of the full screen, in the loop that also draws: it is opened after the first paint."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from client.core.session import Session, SessionState
from client.exits import ClientExit, refuse_impostor
from messages.exits import Exit

if TYPE_CHECKING:
    from client.transport.aio import AsyncConnection
    from client.trust import Trust

TOLD_SECONDS = 1.0
"""If there is no connection after this time, the person is told why."""

_GOES_ON = ". The client goes on trying; Ctrl-D leaves."


class Connecting:
    """Opens the connection of a session, and tells once why it does not come about."""

    def __init__(
        self,
        session: Session,
        url: str,
        trust: Trust | None,
        tell: Callable[[str], None],
    ) -> None:
        self._session = session
        self._url = url
        self._trust = trust
        self._tell = tell
        self._begun = 0.0
        self._asked = False
        self._connection: AsyncConnection | None = None
        self.not_admitted = tell
        """Is told why, if the broker does not admit the user's key."""

    async def open(self, changed: Callable[[], None]) -> ClientExit | None:
        """Begin to connect. Return the end of the program if that is not possible."""
        from client.transport.aio import AsyncConnection, TooManyConnections  # noqa: PLC0415 - after painting

        self._begun = time.monotonic()
        try:
            self._connection = await AsyncConnection.open(
                self._session, self._url, changed, trust=self._trust
            )
        except (ValueError, TooManyConnections) as error:
            return ClientExit(Exit.CANNOT_CONNECT, str(error))
        return None

    @property
    def is_open(self) -> bool:
        """Whether `open` was called and has succeeded."""
        return self._connection is not None

    @property
    def is_private(self) -> bool:
        """Whether nobody else can read the connection."""
        return self._connection is None or self._connection.link.is_private

    def wake(self) -> None:
        """Send what the session has to send."""
        if self._connection is not None:
            self._connection.wake()

    def check(self) -> ClientExit | None:
        """Return the end of the program if another broker answers; raise what went wrong in the loop."""
        if self._connection is None:
            return None
        if self._connection.error is not None:
            raise self._connection.error
        try:
            refuse_impostor(self._connection.link)
        except ClientExit as end:
            return end
        away = self._session.state is SessionState.OFFLINE
        if away and not self._asked and time.monotonic() - self._begun > TOLD_SECONDS:
            self._asked = True
            why = asyncio.get_running_loop().run_in_executor(None, self._why)
            why.add_done_callback(self._found)
        self._asked = self._asked or not away
        return None

    def _why(self) -> str:
        from client.transport.diagnosis import why_not_connected  # noqa: PLC0415 - rarely needed

        return why_not_connected(self._connection.link) if self._connection else ""

    def _found(self, why: asyncio.Future[str]) -> None:
        if not why.cancelled() and self._session.state is SessionState.OFFLINE:
            text = why.result().removesuffix(".") + _GOES_ON
            (self.not_admitted if self._is_refused else self._tell)(text)

    @property
    def _is_refused(self) -> bool:
        from client.transport.dealer import Failure  # noqa: PLC0415 - after painting

        connection = self._connection
        return connection is not None and connection.link.failure is Failure.NOT_ADMITTED

    async def close(self) -> None:
        """Send what is due, and close."""
        if self._connection is not None:
            await self._connection.close()
