"""Events: what the broker sends without being asked."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from messages.fields import At, ConfirmInterval, Count, Heartbeat, Seconds, Seq
from messages.files import File
from messages.game import Hand, Outcome


class SystemKind(StrEnum):
    """What a `system` event is about."""

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
    NOTICE = "notice"


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
        """Whether a client must not log in again by itself."""
        return self not in (GoodbyeReason.SHUTTING_DOWN, GoodbyeReason.TIMED_OUT)


class GameKind(StrEnum):
    """What a `game` event is about."""

    CHALLENGED = "challenged"
    PLAYED = "played"
    EXPIRED = "expired"


class Event(Struct, frozen=True, gc=False, omit_defaults=True, tag_field="type"):
    """An event. All events have a tag and nothing else in common."""


class Reaction(Struct, frozen=True, gc=False):
    """One reaction to a message: how many users have it, and the first ten of them that have a name here."""

    reaction: str
    count: Count
    users: list[str]


class Message(Event, frozen=True, gc=False, tag="message"):
    """One message. `conversation` is the name that the reader sees. In a page it is as it is now."""

    conversation: str
    seq: Seq
    id: str
    sender: str
    text: Annotated[str, Meta(description="empty if the message was deleted")]
    at: At
    reply_to: Annotated[Seq, Meta(description="the message that this one answers; absent: none")] = 0
    edited: Annotated[At, Meta(description="when its text was last changed; absent: never")] = 0
    deleted: bool = False
    reactions: tuple[Reaction, ...] = ()
    files: tuple[File, ...] = ()


class Amendment(Event, frozen=True, gc=False):
    """An entry of the log that changes the message `of`. It has a number of its own, as messages have."""

    conversation: str
    seq: Seq
    of: Annotated[Seq, Meta(description="the message")]
    id: str
    sender: str
    at: At


class Edited(Amendment, frozen=True, gc=False, tag="edited"):
    """The text of a message was replaced. In a page `text` is what the message has now."""

    text: Annotated[str, Meta(description="empty if the message was deleted since, or is no longer stored")]


class Deleted(Amendment, frozen=True, gc=False, tag="deleted"):
    """The text of a message was deleted, and its reactions and its pin with it."""


class Reacted(Amendment, frozen=True, gc=False, tag="reacted"):
    """A user has added a reaction to a message, or has taken it back."""

    reaction: str
    on: bool


class Pinned(Amendment, frozen=True, gc=False, tag="pinned"):
    """A message was pinned or unpinned."""

    on: bool


AnyAmendment = Edited | Deleted | Reacted | Pinned
AnyEntry = Message | AnyAmendment
"""Every entry of a conversation's log."""


class Receipt(Event, frozen=True, gc=False, tag="receipt"):
    """The messages after `after`, up to `delivered`, have reached `user`; in a large room, `count` users.

    The user has read them up to `read`. In a large room, `readers` users have read the last one.
    """

    conversation: str
    delivered: Seq
    user: str | None = None
    count: Count | None = None
    after: Annotated[Seq, Meta(description="messages up to here were not for `user`")] = 0
    read: Annotated[Seq, Meta(description="0 also if the user sends no read receipts")] = 0
    readers: Count = 0


class System(Event, frozen=True, gc=False, tag="system"):
    """Something happened: `user` joined, left or was renamed, for example. `text` says it for people."""

    kind: SystemKind
    user: str
    text: str
    room: Annotated[str | None, Meta(description="the room; absent if it is about the whole chat")] = None
    reason: str | None = None
    name: Annotated[str | None, Meta(description="the new name of a renamed user")] = None
    topic: str | None = None
    by: Annotated[str | None, Meta(description="the user who did it")] = None
    until: Annotated[At | None, Meta(description="when it ends; absent: never")] = None


class Game(Event, frozen=True, gc=False, tag="game"):
    """Rock, paper, scissors with another user. Hands and outcome are set if it was played."""

    kind: GameKind
    opponent: str
    seconds: Annotated[Seconds | None, Meta(description="time left to answer")] = None
    hand: Hand | None = None
    opponent_hand: Hand | None = None
    outcome: Outcome | None = None


class Position(Struct, frozen=True, gc=False, omit_defaults=True):
    """A user's cursors in a conversation, and its `head`, the last seq."""

    conversation: str
    head: Seq
    delivered: Seq
    read: Seq = 0
    unread: Annotated[Count, Meta(description="messages of others after `read`; 1,000 if there are more")] = 0


class Positions(Event, frozen=True, gc=False, tag="positions"):
    """Conversations that did not fit into the `welcome`."""

    conversations: list[Position]
    more: Annotated[bool, Meta(description="others follow in `positions`")] = False


class Lagged(Event, frozen=True, gc=False, tag="lagged"):
    """The client read too slowly, so events were dropped. Messages up to the heads are in `history`."""

    conversations: list[Position]
    more: Annotated[bool, Meta(description="others follow in `lagged`")] = False


class Ignoring(Event, frozen=True, gc=False, tag="ignoring"):
    """The users whom the user ignores from now on. A client does not show their messages."""

    names: list[str]


class Intervals(Event, frozen=True, gc=False, tag="intervals"):
    """The intervals that hold from now on, sent if a quarter more are connected, or half as many."""

    heartbeat: Heartbeat
    confirm_interval: ConfirmInterval


class Goodbye(Event, frozen=True, gc=False, tag="goodbye"):
    """The broker ends the session."""

    reason: GoodbyeReason
    text: str


AnyEvent = AnyEntry | Receipt | System | Game | Positions | Lagged | Ignoring | Intervals | Goodbye
"""Every event."""
