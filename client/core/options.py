"""The options of a session: its credentials, and the messages that it takes in."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from messages.errors import ErrorCode
from messages.replies import Done, Error, Welcome
from messages.sessions import Login
from messages.version import PROTOCOL


@dataclass(frozen=True, slots=True)
class Credentials:
    """The credentials of a login beside the name.

    `link` is a code shown on another device, valid for the first login. `invite` is part of each login that
    opens a new session, since a broker asks for it only if it does not know the user. A `bot` is
    shown as one.

    With `on_behalf` a gateway logs in for somebody else, who is at the IP `address`: with their `password`
    or a `ticket` of an earlier welcome, with `sign_up` and the password as a new user, or as a `guest`. With
    `remember` the welcome has a ticket, with which the session logs in from then on; the password is dropped.
    A session is of one person then: another one needs another session.
    """

    link: str | None = None
    invite: str | None = None
    bot: bool = False
    on_behalf: bool = False
    address: str | None = None
    password: str | None = field(default=None, repr=False)
    ticket: str | None = field(default=None, repr=False)
    sign_up: bool = False
    guest: bool = False
    remember: bool = False

    def login(self, id: str, name: str, token: str | None, *, unannounced: bool) -> Login:
        """Return the login of a user; `token` is that of the session to resume, if there is one."""
        shown = name if token else name.partition("~")[0]  # a newcomer cannot ask for ~2
        known = id, PROTOCOL, shown, token or None, unannounced, self.link
        invite = None if token and not self.on_behalf else self.invite
        if not self.on_behalf:
            return Login(*known, invite, amendments=True, bot=self.bot, crowds=True, runs=True)
        return Login(
            *(*known, invite, True, self.password, self.address),
            amendments=True,
            bot=self.bot,
            sign_up=self.sign_up,
            guest=self.guest,
            ticket=self.ticket,
            remember=self.remember,
            crowds=True,
            runs=True,
        )

    def after(self, welcome: Welcome) -> Credentials:
        """Return the credentials for later logins: what was for one login is dropped, and so are secrets."""
        ticket = welcome.ticket or self.ticket
        return replace(self, link=None, password=None, sign_up=False, ticket=ticket)

    def renewed(self, done: Done) -> Credentials:
        """Return the credentials after a request was carried out: another password brings a ticket."""
        return replace(self, ticket=done.ticket) if done.ticket else self

    def after_refusal(self, error: Error) -> Credentials | None:
        """Return the credentials to try at once after a refused login; None if the person has to be asked.

        Without their ticket a guest comes as a new one.
        """
        if error.code is ErrorCode.TICKET_INVALID and (self.guest or self.password):
            return replace(self, ticket=None)
        return None


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
