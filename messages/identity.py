"""Requests about keys, passwords, invites and users, and their replies."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct, field

from messages.base import Reply, Request
from messages.fields import Address, At, Seconds, UserId, check, check_id
from messages.fingerprints import check_prefix
from messages.limits import MAX_PASSWORD, MAX_TOKEN, MIN_PASSWORD
from messages.names import parse_address

Password = Annotated[
    str,
    Meta(
        description="any characters",
        extra_json_schema={"minLength": MIN_PASSWORD, "maxLength": MAX_PASSWORD},
    ),
]
Token = Annotated[str, Meta(extra_json_schema={"maxLength": MAX_TOKEN, "pattern": "^[ -~]*$"})]
KeyPrefix = Annotated[
    str,
    Meta(
        description="a fingerprint, or its first 8 characters or more, with or without SHA256:",
        extra_json_schema={"pattern": "^(SHA256:)?[A-Za-z0-9+/]{8,43}$"},
    ),
]


def check_password(value: str) -> None:
    """Raise ValueError unless `value` can be a password."""
    if not MIN_PASSWORD <= len(value) <= MAX_PASSWORD:
        raise ValueError(f"a password has {MIN_PASSWORD} to {MAX_PASSWORD} characters")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError("a password is Unicode text, and this has half a character") from None


def check_token(value: str) -> None:
    """Raise ValueError unless `value` can be an invite, a link's code or an address."""
    if not (len(value) <= MAX_TOKEN and value.isascii() and value.isprintable()):
        raise ValueError(f"it has at most {MAX_TOKEN} visible ASCII characters")


CurrentPassword = Annotated[
    Password | None, Meta(description="through a gateway: the password that the user has now")
]


class Link(Request, frozen=True, gc=False, tag="link"):
    """Ask for a code with which another device can log in as this user, with a key of its own.

    With `browser` it is a code for a gateway, which gets no key.
    """

    current: CurrentPassword = None
    browser: Annotated[
        bool, Meta(description="the code is for a login with `on_behalf`, and for no other")
    ] = False

    def __post_init__(self) -> None:
        check_id(self.id)
        if self.current is not None:
            check("current", check_password, self.current)


class Keys(Request, frozen=True, gc=False, tag="keys"):
    """List this user's keys."""


class Revoke(Request, frozen=True, gc=False, tag="revoke"):
    """Revoke a key of this user: its sessions end, and it cannot log in again."""

    key: KeyPrefix

    def __post_init__(self) -> None:
        check_id(self.id)
        check("key", check_prefix, self.key)


class Whois(Request, frozen=True, gc=False, tag="whois"):
    """Show a user: the fingerprints of their keys, and whether they are online."""

    name: Address

    def __post_init__(self) -> None:
        check_id(self.id)
        check("name", parse_address, self.name)


class SetPassword(Request, frozen=True, gc=False, tag="password"):
    """Set this user's password, which serves for gateways; without one, clear it."""

    password: Password | None = None
    current: CurrentPassword = None

    def __post_init__(self) -> None:
        check_id(self.id)
        for name, value in (("password", self.password), ("current", self.current)):
            if value is not None:
                check(name, check_password, value)


class ResetKeys(Request, frozen=True, gc=False, tag="reset-keys"):
    """Free the name of a user who has lost their keys: the next key that logs in under it gets it."""

    name: Address

    def __post_init__(self) -> None:
        check_id(self.id)
        check("name", parse_address, self.name)


class Uninvite(Request, frozen=True, gc=False, tag="uninvite"):
    """Revoke an invite. If it was used, its first 8 characters are enough."""

    invite: Token

    def __post_init__(self) -> None:
        check_id(self.id)
        check("invite", check_token, self.invite)


class LinkCode(Reply, frozen=True, gc=False, tag="link-code"):
    """A code for one login of another device, within `seconds`."""

    code: str
    seconds: Seconds
    browser: Annotated[bool, Meta(description="it is for a login with `on_behalf`")] = False


class KeyEntry(Struct, frozen=True, gc=False, omit_defaults=True):
    """One key of a list."""

    fingerprint: str
    since: At
    seen: At
    current: Annotated[bool, Meta(description="it is the key of this connection")] = False


class KeyList(Reply, frozen=True, gc=False, tag="key-list"):
    """A user's keys, the oldest first."""

    keys: list[KeyEntry]


class Profile(Reply, frozen=True, gc=False, tag="profile"):
    """What everybody may know about a user."""

    name: str
    fingerprints: Annotated[list[str], Meta(description="of their keys; none if they have no key")]
    online: bool
    seen: Annotated[At, Meta(description="when they were last online; now, if they are")]
    since: Annotated[At | None, Meta(description="when the oldest of the keys was bound")] = None
    idle: Annotated[Seconds | None, Meta(description="if they are online")] = None
    away: str | None = None
    roles: Annotated[list[str], Meta(description="in the whole chat: operator, gateway")] = field(
        default_factory=list
    )
    banned: Annotated[bool, Meta(description="from the chat; for operators of the broker only")] = False
    addresses: Annotated[
        list[str], Meta(description="of their connected sessions; for operators of the broker only")
    ] = field(default_factory=list)
    bot: Annotated[bool, Meta(description="they are online, and only as a bot")] = False
    user_id: UserId = 0
    guest: Annotated[bool, Meta(description="they are a guest: the name is theirs while they are here")] = (
        False
    )
