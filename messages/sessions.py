"""Requests for logging in and out, signs of life, and a user's own sessions."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from ipaddress import ip_address
from typing import Annotated

from msgspec import Meta, Struct

from messages.base import Reply, Request
from messages.fields import IP_ADDRESS, Address, At, Count, check, check_id
from messages.identity import Password, Token, check_password, check_token
from messages.limits import MAX_SEQ, MAX_TOKEN
from messages.names import parse_address, parse_user

IpAddress = Annotated[
    str,
    Meta(
        description="an IP address",
        extra_json_schema={"maxLength": MAX_TOKEN, "pattern": f"^{IP_ADDRESS}$"},
    ),
]


def check_address(value: str) -> None:
    """Raise ValueError unless `value` is an IP address: only those can be limited and banned."""
    check_token(value)
    try:
        ip_address(value)
    except ValueError:
        raise ValueError("write an IP address, or leave it out") from None


_CHECKS: dict[str, Callable[[str], object]] = {
    "link": check_token,
    "invite": check_token,
    "address": check_address,
    "password": check_password,
    "ticket": check_token,
}


class Login(Request, frozen=True, gc=False, tag="login"):
    """Log in as `name`. With the `session` token of an earlier welcome, resume that session."""

    protocol: Annotated[int, Meta(ge=0, le=MAX_SEQ, description="the wire protocol that the client speaks")]
    name: Annotated[Address, Meta(description="a name; with `session` the one of the welcome")]
    session: str | None = None
    unannounced: Annotated[
        bool,
        Meta(description="true for a program that comes for one task: the others are not told of it"),
    ] = False
    link: Annotated[
        Token | None,
        Meta(
            description="the code of a `link-code`: log in as its user, with `on_behalf` of one for browsers"
        ),
    ] = None
    invite: Annotated[Token | None, Meta(description="an invite, if one is needed")] = None
    on_behalf: Annotated[bool, Meta(description="a gateway logs in for somebody else")] = False
    password: Annotated[Password | None, Meta(description="that user's password, with `on_behalf`")] = None
    address: Annotated[IpAddress | None, Meta(description="that user's IP address, with `on_behalf`")] = None

    amendments: Annotated[
        bool,
        Meta(
            description="the client knows `edited`, `deleted`, `reacted` and `pinned`; else it gets messages "
            "in their place, which say it in words"
        ),
    ] = False
    bot: Annotated[
        bool, Meta(description="true for a program that answers by itself: others see that it is a bot")
    ] = False
    sign_up: Annotated[
        bool, Meta(description="with `on_behalf` and `password`: make this user, if the name is free")
    ] = False
    guest: Annotated[
        bool, Meta(description="with `on_behalf`: a guest without password, for as long as they stay")
    ] = False
    ticket: Annotated[
        Token | None,
        Meta(description="with `on_behalf`: the ticket of an earlier welcome, in place of the password"),
    ] = None
    remember: Annotated[bool, Meta(description="with `on_behalf`: the welcome shall have a ticket")] = False
    crowds: Annotated[
        bool,
        Meta(
            description="the client knows crowds: there it gets `joined` and `left` of those near it only, "
            "and the number of all in `online`"
        ),
    ] = False
    runs: Annotated[
        bool, Meta(description="the client knows `messages`, and `also` in `accepted`; else it gets neither")
    ] = False

    @property
    def by_code(self) -> bool:
        """Whether `link` says whose login it is. Through a gateway it does if nothing else is shown."""
        other = self.password is not None or self.guest or self.ticket is not None
        return self.link is not None and not (self.on_behalf and other)

    def __post_init__(self) -> None:
        check_id(self.id)
        check("name", parse_address if self.session else parse_user, self.name)
        for field, parse in _CHECKS.items():
            value = getattr(self, field)
            if value is not None:
                check(field, parse, value)


class Logout(Request, frozen=True, gc=False, tag="logout"):
    """End the session."""


class Ping(Request, frozen=True, gc=False, tag="ping"):
    """Show that the client is alive, as any other request does."""


class SessionProof(StrEnum):
    """How a session has shown who its user is."""

    KEY = "key"
    GATEWAY = "gateway"
    NAME = "name"


class Sessions(Request, frozen=True, gc=False, tag="sessions"):
    """List this user's sessions."""


class EndSession(Request, frozen=True, gc=False, tag="end-session"):
    """End one of this user's sessions for good, as on a device that was lost."""

    session: Annotated[int, Meta(ge=1, le=MAX_SEQ, description="its number in `sessions`")]


class SessionEntry(Struct, frozen=True, gc=False, omit_defaults=True):
    """One session of a list."""

    session: Annotated[Count, Meta(description="its number, which no other session of the user gets")]
    since: At
    seen: Annotated[At, Meta(description="when the broker last heard from it; about now, if it is connected")]
    proof: Annotated[
        SessionProof,
        Meta(description="what it logged in with: a `key`, over a `gateway`, or the `name` alone"),
    ]
    connected: bool = False
    current: Annotated[bool, Meta(description="it is the session of this connection")] = False
    address: Annotated[str, Meta(description="where it is connected from, or last was")] = ""
    fingerprint: Annotated[str, Meta(description="of its key")] = ""
    unannounced: Annotated[bool, Meta(description="others are not told that it comes and goes")] = False


class SessionList(Reply, frozen=True, gc=False, tag="session-list"):
    """A user's sessions, the oldest first."""

    sessions: list[SessionEntry]
