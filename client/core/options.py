"""What a session is opened with: what lets a user in, and what the user wants to hear."""

from __future__ import annotations

from dataclasses import dataclass

from messages.sessions import Login
from messages.version import PROTOCOL


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a login shows beside the name.

    `link` is the code of another device, good for the first login. `invite` is shown at each login that
    opens a new session, since a broker asks only users whom it does not know for it.
    """

    link: str | None = None
    invite: str | None = None

    def login(self, id: str, name: str, token: str | None, *, unannounced: bool) -> Login:
        """Return the login of a user; `token` is that of the session to take up again, if there is one."""
        if token:
            return Login(id, PROTOCOL, name, token, unannounced=unannounced, link=self.link)
        plain = name.partition("~")[0]  # a newcomer cannot ask for ~2
        return Login(id, PROTOCOL, plain, unannounced=unannounced, link=self.link, invite=self.invite)


@dataclass(frozen=True, slots=True)
class Listening:
    """Which messages a session takes in.

    Without `on` the session fetches nothing that was missed and confirms nothing: it only sends. With `only`
    it takes in that conversation alone. With `brief` it leaves out what the user said themselves before a
    login, and all but the last of a great many messages.
    """

    on: bool = True
    only: str | None = None
    brief: bool = False


NO_CREDENTIALS = Credentials()
"""Only the name is shown."""
LISTENING = Listening()
"""Everything is taken in."""
NOT_LISTENING = Listening(on=False)
"""The session only sends."""
