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
from client.transport.diagnosis import why_not_connected
from client.transport.link import new_session
from client.trust import Trust

_log = logging.getLogger("chat-web")

_OF_GATEWAYS = ("sign-up", "guest", "account", "ticket")
_NO_ROLE = (
    "this key lets nobody in; run chat-broker invite --role gateway, and give the address that it prints "
    "with --connect once"
)


class Desk:
    """Logs in as the gateway itself, with the invite that gives the role if there is one."""

    def __init__(self, name: str, invite: str, on_end: Callable[[ClientExit], None]) -> None:
        credentials = Credentials(invite=invite or None, bot=True)
        self.session = new_session(name, credentials=credentials, listening=NOT_LISTENING, unannounced=True)
        self._on_end = on_end
        self._welcomed = asyncio.Event()
        self._end: ClientExit | None = None
        self._connection: AsyncConnection | None = None
        self._lost_role = self._told_impostor = False

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
        return (
            not self._lost_role
            and self.session.welcome is not None
            and ability in self.session.welcome.abilities
        )

    @property
    def lets_in(self) -> bool:
        """Whether the broker takes this key for a gateway, as far as is known."""
        return any(map(self.can, _OF_GATEWAYS))

    def lose_role(self) -> None:
        """Note that the broker has refused to let somebody in, as this is no gateway."""
        if not self._lost_role:
            self._lost_role = True
            _log.warning(_NO_ROLE)

    def look(self) -> None:
        """Log it, once, if a broker answers that does not have the known key."""
        link = self._connection.link if self._connection is not None else None
        if link is None or self.ready or not link.is_impostor:
            self._told_impostor = False
        elif not self._told_impostor:
            self._told_impostor = True
            _log.error(why_not_connected(link))

    async def open(self, url: str, trust: Trust, seconds: float) -> None:
        """Log in; raise ClientExit if that fails, or takes longer."""
        self._connection = await AsyncConnection.open(self.session, url, self._changed, trust=trust)
        try:
            await asyncio.wait_for(self._welcomed.wait(), seconds)
        except TimeoutError:
            raise not_welcomed(self._connection.link, self.session.login_error) from None
        if self._end is not None:
            raise self._end

    def _changed(self) -> None:
        while (event := self.session.next_event()) is not None:
            if isinstance(event, Ended):
                self._end = session_ended(event)
                if self._welcomed.is_set():
                    self._on_end(self._end)
            if isinstance(event, LoggedIn):
                self._lost_role = False
                if not self.lets_in:
                    self.lose_role()
            if isinstance(event, Ended | LoggedIn):
                self._welcomed.set()
            self.session.handed_over(event)

    async def close(self) -> None:
        """Leave."""
        if self._connection is not None:
            await self._connection.close()
