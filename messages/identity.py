"""Who is who: requests about keys, passwords, invites and people, and their replies."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct, field

from messages.base import Reply, Request
from messages.fields import Address, At, Seconds, check, check_id
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
        description="a fingerprint, or the first 8 characters or more of it, with SHA256: or without",
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
        raise ValueError("a password has characters of Unicode, and this has half of one") from None


def check_token(value: str) -> None:
    """Raise ValueError unless `value` can be an invite, a link's code or an address."""
    if not (len(value) <= MAX_TOKEN and value.isascii() and value.isprintable()):
        raise ValueError(f"it has at most {MAX_TOKEN} visible ASCII characters")


class Link(Request, frozen=True, gc=False, tag="link"):
    """Ask for a code with which another device can log in as this user, by a key of its own."""


class Keys(Request, frozen=True, gc=False, tag="keys"):
    """List the keys that are this user's."""


class Revoke(Request, frozen=True, gc=False, tag="revoke"):
    """Have a key of this user's be nobody's: its sessions end, and it never logs in again."""

    key: KeyPrefix

    def __post_init__(self) -> None:
        check_id(self.id)
        check("key", check_prefix, self.key)


class Whois(Request, frozen=True, gc=False, tag="whois"):
    """Tell who somebody is: their keys' fingerprints, and whether they are here."""

    name: Address

    def __post_init__(self) -> None:
        check_id(self.id)
        check("name", parse_address, self.name)


class SetPassword(Request, frozen=True, gc=False, tag="password"):
    """Set this user's password, for gateways that know no keys; without one, clear it."""

    password: Password | None = None

    def __post_init__(self) -> None:
        check_id(self.id)
        if self.password is not None:
            check("password", check_password, self.password)


class ResetKeys(Request, frozen=True, gc=False, tag="reset-keys"):
    """Free the name of a user who has lost their keys: the next key to log in under it is theirs."""

    name: Address

    def __post_init__(self) -> None:
        check_id(self.id)
        check("name", parse_address, self.name)


class Uninvite(Request, frozen=True, gc=False, tag="uninvite"):
    """Have an invite let nobody in any more; of one that was used the first 8 characters do."""

    invite: Token

    def __post_init__(self) -> None:
        check_id(self.id)
        check("invite", check_token, self.invite)


class LinkCode(Reply, frozen=True, gc=False, tag="link-code"):
    """A code that another device gives in its login, once, within `seconds`."""

    code: str
    seconds: Seconds


class KeyEntry(Struct, frozen=True, gc=False, omit_defaults=True):
    """One key of a list."""

    fingerprint: str
    since: At
    seen: At
    current: Annotated[bool, Meta(description="it is the key of this connection")] = False


class KeyList(Reply, frozen=True, gc=False, tag="key-list"):
    """The keys that are a user's, the oldest first."""

    keys: list[KeyEntry]


class Profile(Reply, frozen=True, gc=False, tag="profile"):
    """What everybody may know of a user."""

    name: str
    fingerprints: Annotated[
        list[str], Meta(description="of the keys that are theirs; none if they have no key")
    ]
    online: bool
    seen: Annotated[At, Meta(description="when they were last here; now, if they are online")]
    since: Annotated[At | None, Meta(description="when the oldest of the keys was bound")] = None
    idle: Annotated[Seconds | None, Meta(description="of those who are online")] = None
    away: str | None = None
    roles: Annotated[list[str], Meta(description="in the whole chat: operator, gateway")] = field(
        default_factory=list
    )
    banned: Annotated[bool, Meta(description="from the chat; told to operators of the broker only")] = False
    addresses: Annotated[
        list[str], Meta(description="of their connected sessions; told to operators of the broker only")
    ] = field(default_factory=list)
