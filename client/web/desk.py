"""The gateway's own session: it shows that the broker is there and takes it for a gateway."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from client.core.events import Ended, LoggedIn
from client.core.options import NOT_LISTENING, Credentials
from client.core.session import SessionState
from client.exits import ClientExit, not_welcomed, session_ended
from client.transport.aio import AsyncConnection
from client.transport.link import new_session
from client.trust import Trust

_log = logging.getLogger(__name__)

_OF_GATEWAYS = ("sign-up", "guest", "account", "ticket")
_NO_ROLE = (
    "chat-web: this key lets nobody in yet; run chat-broker invite --role gateway, and give the address that "
    "it prints with --connect once"
)


class Desk:
    """Logs in as the gateway itself, with the invite that gives the role if there is one."""

    def __init__(self, name: str, invite: str, on_end: Callable[[ClientExit], None]) -> None:
        self.session = new_session(
            name, credentials=Credentials(invite=invite or None), listening=NOT_LISTENING, unannounced=True
        )
        self._on_end = on_end
        self._welcomed = asyncio.Event()
        self._end: ClientExit | None = None
        self._connection: AsyncConnection | None = None

    @property
    def ready(self) -> bool:
        """Whether the broker is there."""
        return self.session.state is SessionState.READY

    @property
    def title(self) -> str:
        """What the chat is called."""
        return self.session.title

    def can(self, ability: str) -> bool:
        """Whether the broker says that this gateway can do something for people."""
        return self.session.welcome is not None and ability in self.session.welcome.abilities

    async def open(self, url: str, trust: Trust, seconds: float) -> None:
        """Log in; raise ClientExit if that fails, or takes longer."""
        self._connection = await AsyncConnection.open(self.session, url, self._changed, trust=trust)
        try:
            await asyncio.wait_for(self._welcomed.wait(), seconds)
        except TimeoutError:
            raise not_welcomed(self._connection.link, self.session.login_error) from None
        if self._end is not None:
            raise self._end
        if not any(map(self.can, _OF_GATEWAYS)):
            _log.warning(_NO_ROLE)

    def _changed(self) -> None:
        while (event := self.session.next_event()) is not None:
            if isinstance(event, Ended):
                self._end = session_ended(event)
                if self._welcomed.is_set():
                    self._on_end(self._end)
            if isinstance(event, Ended | LoggedIn):
                self._welcomed.set()
            self.session.handed_over(event)

    async def close(self) -> None:
        """Leave."""
        if self._connection is not None:
            await self._connection.close()
