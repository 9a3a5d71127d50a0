"""Events: what the broker says unasked."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from messages.fields import At, ConfirmInterval, Count, Heartbeat, Seconds, Seq
from messages.game import Hand, Outcome


class SystemKind(StrEnum):
    """What a `system` event tells."""

    JOINED = "joined"
    LEFT = "left"
    RENAMED = "renamed"
    TOPIC = "topic"
    NAME_REQUESTED = "name-requested"
    NEW_KEY = "new-key"
    INVITED = "invited"
    RULES = "rules"
    ROLE = "role"
    KICKED = "kicked"
    BANNED = "banned"
    UNBANNED = "unbanned"
    MUTED = "muted"
    UNMUTED = "unmuted"


class GoodbyeReason(StrEnum):
    """Why the broker ends a session."""

    SHUTTING_DOWN = "shutting-down"
    REPLACED = "replaced"
    TIMED_OUT = "timed-out"
    PROTOCOL_ERROR = "protocol-error"
    REVOKED = "revoked"
    KICKED = "kicked"
    BANNED = "banned"
    FLOODING = "flooding"

    @property
    def final(self) -> bool:
        """Whether a client stays out until a person wants otherwise."""
        return self not in (GoodbyeReason.SHUTTING_DOWN, GoodbyeReason.TIMED_OUT)


class GameKind(StrEnum):
    """What a `game` event tells."""

    CHALLENGED = "challenged"
    PLAYED = "played"
    EXPIRED = "expired"


class Event(Struct, frozen=True, gc=False, omit_defaults=True, tag_field="type"):
    """What all events have in common: nothing but their tag."""


class Message(Event, frozen=True, gc=False, tag="message"):
    """One message of a conversation, as its reader names it."""

    conversation: str
    seq: Seq
    id: str
    sender: str
    text: str
    at: At


class Receipt(Event, frozen=True, gc=False, tag="receipt"):
    """Messages behind `after`, up to `delivered`, have reached `user`; in a large room, `count` users.

    Up to `read` the user has read them; in a large room `readers` have read the one at `delivered`.
    """

    conversation: str
    delivered: Seq
    user: str | None = None
    count: Count | None = None
    after: Annotated[Seq, Meta(description="what was said up to here was not for `user`")] = 0
    read: Annotated[Seq, Meta(description="0 also if the user does not tell")] = 0
    readers: Count = 0


class System(Event, frozen=True, gc=False, tag="system"):
    """Something happened: `user` joined, left, was renamed. `text` says it for people."""

    kind: SystemKind
    user: str
    text: str
    room: Annotated[str | None, Meta(description="where; absent when it concerns the whole chat")] = None
    reason: str | None = None
    name: Annotated[str | None, Meta(description="the new name, of a renamed user")] = None
    topic: str | None = None
    by: Annotated[str | None, Meta(description="who did it to `user`")] = None
    until: Annotated[At | None, Meta(description="when it ends; absent: never")] = None


class Game(Event, frozen=True, gc=False, tag="game"):
    """Rock, paper, scissors with another user. Hands and outcome are there once it was played."""

    kind: GameKind
    opponent: str
    seconds: Annotated[Seconds | None, Meta(description="time left to answer")] = None
    hand: Hand | None = None
    opponent_hand: Hand | None = None
    outcome: Outcome | None = None


class Position(Struct, frozen=True, gc=False, omit_defaults=True):
    """Where a user is in a conversation: its `head` (last seq) and how far they have confirmed and read."""

    conversation: str
    head: Seq
    delivered: Seq
    read: Seq = 0
    unread: Annotated[
        Count, Meta(description="messages of others behind `read`; 1,000 if there are more")
    ] = 0


class Positions(Event, frozen=True, gc=False, tag="positions"):
    """Further conversations of a `welcome` that could not hold them all."""

    conversations: list[Position]


class Lagged(Event, frozen=True, gc=False, tag="lagged"):
    """The client read too slowly and events were dropped. Messages up to the heads are in `history`."""

    conversations: list[Position]


class Ignoring(Event, frozen=True, gc=False, tag="ignoring"):
    """Whom the user ignores from now on: a client does not show what they say."""

    names: list[str]


class Intervals(Event, frozen=True, gc=False, tag="intervals"):
    """A quarter more are here, or half as many: this holds now, in the place of what the `welcome` said."""

    heartbeat: Heartbeat
    confirm_interval: ConfirmInterval


class Goodbye(Event, frozen=True, gc=False, tag="goodbye"):
    """The broker ends the session."""

    reason: GoodbyeReason
    text: str


AnyEvent = Message | Receipt | System | Game | Positions | Lagged | Ignoring | Intervals | Goodbye
"""Every event there is."""
