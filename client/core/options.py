"""The options of a session: its credentials, and the messages that it takes in."""

from __future__ import annotations

from dataclasses import dataclass

from messages.sessions import Login
from messages.version import PROTOCOL


@dataclass(frozen=True, slots=True)
class Credentials:
    """The credentials of a login beside the name.

    `link` is a code shown on another device, valid for the first login. `invite` is part of each login that
    opens a new session, since a broker asks for it only if it does not know the user. A `bot` is
    shown as one.
    """

    link: str | None = None
    invite: str | None = None
    bot: bool = False

    def login(self, id: str, name: str, token: str | None, *, unannounced: bool) -> Login:
        """Return the login of a user; `token` is that of the session to resume, if there is one."""
        if token:
            known = id, PROTOCOL, name, token, unannounced, self.link
            return Login(*known, amendments=True, bot=self.bot)
        plain = name.partition("~")[0]  # a newcomer cannot ask for ~2
        new = id, PROTOCOL, plain, None, unannounced, self.link, self.invite
        return Login(*new, amendments=True, bot=self.bot)


@dataclass(frozen=True, slots=True)
class Listening:
    """Which messages a session takes in.

    If `on` is false, the session only sends: it fetches and confirms nothing. If `only` is given, it takes in
    that conversation alone. If `brief`, it leaves out the user's own messages from before a login, and all
    but the last of very many messages. `changes` asks for `Changed` events.
    """

    on: bool = True
    only: str | None = None
    brief: bool = False
    changes: bool = False


NO_CREDENTIALS = Credentials()
"""A login with the name alone."""
LISTENING = Listening()
"""Everything is taken in."""
NOT_LISTENING = Listening(on=False)
"""The session only sends."""
