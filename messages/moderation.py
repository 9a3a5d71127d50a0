"""Requests about roles, rooms' rules, bans, mutes and ignored users, and their replies."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum
from ipaddress import IPv6Network, ip_network
from typing import Annotated

from msgspec import Meta, Struct

from messages.base import Reply, Request
from messages.fields import IP_ADDRESS, Address, At, Count, Limit, RoomName, Seq, ShortText, check, check_id
from messages.limits import MAX_SANCTION_SECONDS
from messages.names import parse_address, parse_room
from messages.text import check_new_short_text

_FINGERPRINT = re.compile("SHA256:[A-Za-z0-9+/]{43}")
_IPV6_NETWORK = 64


class Role(StrEnum):
    """A user's role in a room. Without a room, an operator is one of the whole broker."""

    MEMBER = "member"
    MODERATOR = "moderator"
    OPERATOR = "operator"


Network = Annotated[
    str,
    Meta(
        description="a network like 10.0.0.0/8, or an IP address; one of IPv6 means its /64",
        extra_json_schema={"pattern": rf"^{IP_ADDRESS}(/[0-9.]+)?$"},
    ),
]
Fingerprint = Annotated[
    str,
    Meta(description="a key's fingerprint", extra_json_schema={"pattern": f"^{_FINGERPRINT.pattern}$"}),
]
Duration = Annotated[
    int, Meta(ge=1, le=MAX_SANCTION_SECONDS, description="seconds until it ends; absent: for ever")
]
Until = Annotated[At, Meta(description="when it ends, Unix time in milliseconds; 0: never")]


def check_network(text: str) -> str:
    """Return an IP address or network in its canonical form, `10.1.2.3/8` as `10.0.0.0/8`.

    An address of IPv6 becomes its /64, since one person can use all of that.
    Raise ValueError with a sentence if it is neither.
    """
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        raise ValueError("write an IP address, or a network like 10.0.0.0/8") from None
    if not isinstance(network, IPv6Network) or network.prefixlen < network.max_prefixlen:
        return str(network)
    mapped = network.network_address.ipv4_mapped
    return str(ip_network(mapped) if mapped else network.supernet(new_prefix=_IPV6_NETWORK))


def check_fingerprint(text: str) -> str:
    """Return a whole fingerprint as it is. Raise ValueError with a sentence if it is none."""
    if not _FINGERPRINT.fullmatch(text):
        raise ValueError("give the whole fingerprint, SHA256: and 43 characters")
    return text


class _InRoom(Request, frozen=True, gc=False):
    """A request that checks those of the common fields that it has."""

    def __post_init__(self) -> None:
        check_id(self.id)
        for field, parse in _CHECKS.items():
            value = getattr(self, field, None)
            if value is not None:
                check(field, parse, value)


_CHECKS: dict[str, Callable[[str], object]] = {
    "room": parse_room,
    "name": parse_address,
    "key": check_fingerprint,
    "address": check_network,
    "reason": check_new_short_text,
}


class RoomRules(_InRoom, frozen=True, gc=False, tag="room-rules"):
    """Set rules of a room. Absent ones stay as they are."""

    room: RoomName
    private: Annotated[bool | None, Meta(description="only invited users may join it or know of it")] = None
    topic_locked: Annotated[bool | None, Meta(description="only moderators set the topic")] = None


class InviteUser(_InRoom, frozen=True, gc=False, tag="invite-user"):
    """Invite a user into a room."""

    room: RoomName
    name: Address


class SetRole(_InRoom, frozen=True, gc=False, tag="set-role"):
    """Give a user a role in a room, or make them an operator of the broker; `member` takes it away."""

    name: Address
    role: Role
    room: RoomName | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.room is None and self.role is Role.MODERATOR:
            raise ValueError("`role`: a moderator needs a room; name it")


class Kick(_InRoom, frozen=True, gc=False, tag="kick"):
    """Remove a user from a room, or from the chat."""

    name: Address
    room: RoomName | None = None
    reason: ShortText = ""


class _Target(_InRoom, frozen=True, gc=False):
    """The target of a ban: exactly one of a name, a key and an address."""

    name: Address | None = None
    key: Fingerprint | None = None
    address: Network | None = None
    room: RoomName | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if [self.name, self.key, self.address].count(None) != 2:
            raise ValueError("`name`, `key` and `address`: give one of them")


class Ban(_Target, frozen=True, gc=False, tag="ban"):
    """Ban a name, a key or an address from a room, or from the chat, for a time or for ever."""

    seconds: Duration | None = None
    reason: ShortText = ""


class Unban(_Target, frozen=True, gc=False, tag="unban"):
    """End a ban."""


class Bans(_InRoom, frozen=True, gc=False, tag="bans"):
    """List the bans of a room, or of the chat."""

    room: RoomName | None = None


class Mute(_InRoom, frozen=True, gc=False, tag="mute"):
    """Keep a user from speaking in a room, for a time or for ever."""

    room: RoomName
    name: Address
    seconds: Duration | None = None
    reason: ShortText = ""


class Unmute(_InRoom, frozen=True, gc=False, tag="unmute"):
    """Let a user speak again in a room."""

    room: RoomName
    name: Address


class Ignore(_InRoom, frozen=True, gc=False, tag="ignore"):
    """Ignore a user: the clients of this session's user do not show their messages."""

    name: Address


class Unignore(_InRoom, frozen=True, gc=False, tag="unignore"):
    """Stop ignoring a user."""

    name: Address


class Ignored(Request, frozen=True, gc=False, tag="ignored"):
    """List the users whom this session's user ignores."""


class Audit(Request, frozen=True, gc=False, tag="audit"):
    """Read the audit log: who did what to whom, the latest entry first."""

    before: Annotated[Seq | None, Meta(description="only entries with lower numbers")] = None
    limit: Limit = 50


class Rules(Reply, frozen=True, gc=False, tag="rules"):
    """A room's rules."""

    room: str
    private: bool = False
    topic_locked: bool = False


class BanEntry(Struct, frozen=True, gc=False, omit_defaults=True):
    """One ban of a list: it has a `name`, a `key` or an `address`."""

    by: str
    at: At
    name: str | None = None
    key: str | None = None
    address: str | None = None
    until: Until = 0
    reason: str = ""


class BanList(Reply, frozen=True, gc=False, tag="ban-list"):
    """The bans of a room, or of the chat."""

    bans: list[BanEntry]
    room: str | None = None
    more: Annotated[bool, Meta(description="there are others that did not fit")] = False


class AuditEntry(Struct, frozen=True, gc=False, omit_defaults=True):
    """`by` did `action` to `target` in `room`; without a room, in the whole chat."""

    number: Count
    at: At
    by: str
    action: str
    target: str = ""
    room: str | None = None
    until: Until = 0
    reason: str = ""


class AuditLog(Reply, frozen=True, gc=False, tag="audit-log"):
    """Entries of the audit log, the latest first."""

    entries: list[AuditEntry]
    more: Annotated[bool, Meta(description="there are earlier entries")] = False


class IgnoreList(Reply, frozen=True, gc=False, tag="ignore-list"):
    """The users whom the asking user ignores."""

    names: list[str]
