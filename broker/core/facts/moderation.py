"""The facts of moderation. Rooms are given by their ids, times in Unix ms; an `until` of 0 never comes."""

from __future__ import annotations

from typing import ClassVar

from broker.core.facts.base import Fact


class Rank(Fact, frozen=True):
    """A user is moderator or operator of a room. Operators of the broker have a `GrantedRole`."""

    KIND: ClassVar[str] = "rank"

    user: int
    role: str
    room: str

    @property
    def key(self) -> str:
        """The user and the room, whose id begins with `#`."""
        return f"{self.user}{self.room}"


class RoomSettings(Fact, frozen=True):
    """A room's rules. Of a room that does not exist: its name is reserved, if it is private."""

    KIND: ClassVar[str] = "room-rules"

    room: str
    private: bool = False
    topic_locked: bool = False

    @property
    def key(self) -> str:
        """The room."""
        return self.room


class Invitation(Fact, frozen=True):
    """A user may join a private room; it ends when they do."""

    KIND: ClassVar[str] = "invitation"

    user: int
    room: str

    @property
    def key(self) -> str:
        """The user and the room."""
        return f"{self.user}{self.room}"


class Sanction(Fact, frozen=True):
    """What holds until a time, and who ordered it for which reason."""

    by: str
    at: int
    until: int
    reason: str

    def holds(self, at: int) -> bool:
        """Tell whether it is not over at that time."""
        return self.until == 0 or at < self.until


class Banned(Sanction, frozen=True):
    """Somebody may not log in, or not join a room.

    `what` is `user`, `name`, `key` or `address`; `value` is the user's id, the name's canonical key,
    the key's fingerprint or the canonical network. `shown` is what people read.
    """

    KIND: ClassVar[str] = "ban"

    what: str
    value: str
    shown: str
    room: str = ""

    @property
    def key(self) -> str:
        """Whom it concerns, and the room, which is empty for the whole chat."""
        return ban_key(self.what, self.value, self.room)


class Muted(Sanction, frozen=True):
    """A user may not speak in a room."""

    KIND: ClassVar[str] = "mute"

    user: int
    room: str

    @property
    def key(self) -> str:
        """The user and the room."""
        return f"{self.user}{self.room}"


class Ignoring(Fact, frozen=True):
    """A user does not want to see what some others say, each given once. Nobody has an empty list."""

    KIND: ClassVar[str] = "ignore"

    user: int
    others: tuple[int, ...]

    @property
    def key(self) -> str:
        """The user."""
        return str(self.user)


class AuditRecord(Fact, frozen=True, rename={"action": "deed", "target": "whom"}):
    """What somebody with a role did. Names are as they were then; `room` is as people see it.

    Stored under the names of the first format: `deed` and `whom`.
    """

    KIND: ClassVar[str] = "deed"

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
        """The number, so written that keys are in its order."""
        return f"{self.number:016}"


def ban_key(what: str, value: str, room: str) -> str:
    """Return the key under which a ban is kept."""
    return f"{what} {value} {room}"


MODERATION_FACTS: tuple[type[Fact], ...] = (
    Rank,
    RoomSettings,
    Invitation,
    Banned,
    Muted,
    Ignoring,
    AuditRecord,
)
"""Every kind of fact in this module."""
