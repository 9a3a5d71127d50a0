"""The facts of moderation. Rooms are ids, times are Unix ms; an `until` of 0 means for ever."""

from __future__ import annotations

from typing import ClassVar

from broker.core.facts.base import Fact


class Rank(Fact, frozen=True):
    """A user is moderator or operator of a room. Operators of the broker have a `GrantedRole`.

    The `founder` has opened the room, and has been its operator since then.
    """

    KIND: ClassVar[str] = "rank"
    BY_USER: ClassVar[bool] = True

    user: int
    role: str
    room: str
    founder: bool = False

    @property
    def key(self) -> str:
        """The user and the room."""
        return membership_key(self.user, self.room)


class OpenedRoom(Fact, frozen=True):
    """A user has opened a room. It counts for them, whoever is in it and whoever runs it later."""

    KIND: ClassVar[str] = "opened-room"
    BY_USER: ClassVar[bool] = True

    user: int
    room: str

    @property
    def key(self) -> str:
        """The room."""
        return self.room


class RoomSettings(Fact, frozen=True):
    """A room's rules. If they are private and the room does not exist, its name is reserved."""

    KIND: ClassVar[str] = "room-rules"

    room: str
    private: bool = False
    topic_locked: bool = False

    @property
    def key(self) -> str:
        """The room."""
        return self.room


class Pins(Fact, frozen=True):
    """The pinned messages of a conversation: the seq of each, and of the entry that pinned it, in order.

    `unpinned` has the same about the messages that were unpinned last.
    """

    KIND: ClassVar[str] = "pins"

    conversation: str
    pinned: tuple[tuple[int, int], ...]
    unpinned: tuple[tuple[int, int], ...] = ()

    @property
    def key(self) -> str:
        """The conversation."""
        return self.conversation


class Invitation(Fact, frozen=True):
    """A user may join a private room. It is dropped when they join."""

    KIND: ClassVar[str] = "invitation"

    user: int
    room: str

    @property
    def key(self) -> str:
        """The user and the room."""
        return membership_key(self.user, self.room)


class MissedNotice(Fact, frozen=True):
    """A user was away when something happened to them. They are told at their next login, then it is dropped.

    `kind` is that of the `system` event, `room` is empty for the whole chat. `by` is the id of the user who
    did it; 0 is the operator. `role` is the user's new role.
    """

    KIND: ClassVar[str] = "missed-notice"
    BY_USER: ClassVar[bool] = True

    user: int
    room: str
    kind: str
    at: int
    by: int = 0
    until: int = 0
    reason: str = ""
    role: str = ""

    @property
    def key(self) -> str:
        """The user, the room and the kind: only the last of a kind is told."""
        return f"{membership_key(self.user, self.room)}:{self.kind}"


class Sanction(Fact, frozen=True):
    """A sanction: until when it holds, who imposed it, and the reason."""

    by: str
    at: int
    until: int
    reason: str

    def holds(self, at: int) -> bool:
        """Return whether it holds at a time (Unix ms)."""
        return self.until == 0 or at < self.until


class Banned(Sanction, frozen=True):
    """A ban from the chat or, if `room` is set, from a room.

    `what` is `user`, `name`, `key` or `address`; `value` is the user's id, the name's canonical key,
    the key's fingerprint or the canonical network. `shown` is the display text of the target.
    """

    KIND: ClassVar[str] = "ban"

    what: str
    value: str
    shown: str
    room: str = ""

    @property
    def key(self) -> str:
        """The target, and the room, which is empty for the whole chat."""
        return ban_key(self.what, self.value, self.room)


class Muted(Sanction, frozen=True):
    """A user may not write to a room."""

    KIND: ClassVar[str] = "mute"

    user: int
    room: str

    @property
    def key(self) -> str:
        """The user and the room."""
        return membership_key(self.user, self.room)


class Ignoring(Fact, frozen=True):
    """The ids of the users whom a user ignores, each once. The list is never empty."""

    KIND: ClassVar[str] = "ignore"

    user: int
    others: tuple[int, ...]

    @property
    def key(self) -> str:
        """The user."""
        return str(self.user)


class AuditRecord(Fact, frozen=True):
    """An entry of the audit log. Names are as they were at that time; `room` is the display name."""

    KIND: ClassVar[str] = "audit"

    number: int
    at: int
    by: str
    action: str
    target: str
    room: str
    until: int
    reason: str

    @property
    def key(self) -> str:
        """The number with leading zeros, so that keys sort in its order."""
        return f"{self.number:016}"


def membership_key(user: int, room: str) -> str:
    """Return the key of what a user has in a room: a Rank, an Invitation or a Muted."""
    return f"{user}{room}"  # a room's id begins with `#`


def ban_key(what: str, value: str, room: str) -> str:
    """Return the key of a Banned."""
    return f"{what} {value} {room}"


MODERATION_FACTS: tuple[type[Fact], ...] = (
    Rank,
    OpenedRoom,
    RoomSettings,
    Pins,
    Invitation,
    Banned,
    Muted,
    Ignoring,
    MissedNotice,
    AuditRecord,
)
"""Every kind of fact in this module."""
