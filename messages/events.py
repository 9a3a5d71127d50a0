"""Events: what the broker sends without being asked."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from messages.base import Event as Event  # noqa: PLC0414 - programs take it from here
from messages.fields import At, ConfirmInterval, Count, Everyone, Heartbeat, Mentions, Seconds, Seq, UserId
from messages.files import File
from messages.game import GameKind, Hand, Outcome
from messages.notices import NoticeLevel, QuietSpan
from messages.runs import Messages


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


class Reaction(Struct, frozen=True, gc=False):
    """One reaction to a message: how many users have it, and the first ten of them that have a name here."""

    reaction: str
    count: Count
    users: list[str]


class BySender(Event, frozen=True, gc=False, kw_only=True):
    """An event that a user has caused. `sender` is their name then, `sender_id` tells who they are."""

    sender_id: UserId = 0


class Message(BySender, frozen=True, gc=False, tag="message"):
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
    mentions: Mentions = ()
    everyone: Everyone = False
    bot: Annotated[bool, Meta(description="its sender had logged in as a bot")] = False
    files: tuple[File, ...] = ()
    guest: Annotated[bool, Meta(description="its sender was a guest: the name proves nothing")] = False


class Amendment(BySender, frozen=True, gc=False):
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
    mentions: Mentions = ()
    everyone: Everyone = False


class Deleted(Amendment, frozen=True, gc=False, tag="deleted"):
    """The text of a message was deleted, and its reactions and its pin with it."""


class Reacted(Amendment, frozen=True, gc=False, tag="reacted"):
    """A user has added a reaction to a message, or has taken it back."""

    reaction: str
    on: bool
    tenth: Annotated[str, Meta(description="who is named tenth now, after one of ten took it back")] = ""


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
    user_id: UserId = 0
    by_id: UserId = 0


class Online(Event, frozen=True, gc=False, tag="online"):
    """How many users are online, in a crowd in place of `joined` and `left` of those who are not near."""

    count: Count
    crowd: Annotated[bool, Meta(description="absent: you are told of everyone again")] = False


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
    mentioned: Annotated[Count, Meta(description="those of them that mention the user; at most 1,000")] = 0
    level: Annotated[NoticeLevel, Meta(description="which of its messages ring")] = NoticeLevel.DEFAULT
    user_id: Annotated[UserId, Meta(description="the other user of a direct conversation")] = 0
    at: Annotated[At, Meta(description="when its last message was sent; absent: none is stored")] = 0


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


class LevelChanged(Event, frozen=True, gc=False, tag="level-changed"):
    """Which messages of a conversation ring on the user's clients from now on."""

    conversation: str
    level: NoticeLevel


class KeywordsChanged(Event, frozen=True, gc=False, tag="keywords-changed"):
    """The user's keywords from now on."""

    words: list[str]


class QuietHoursChanged(Event, frozen=True, gc=False, tag="quiet-hours-changed"):
    """The user's quiet hours from now on. Without `zone` there are none."""

    spans: list[QuietSpan]
    zone: str | None = None


class Moved(Event, Position, frozen=True, gc=False, tag="position"):
    """What another session of this user has confirmed, read or joined: their position now."""


class AwaySet(Event, frozen=True, gc=False, tag="away-set"):
    """Another session of this user has set the away text; without one, the user is back."""

    text: str | None = None


class ReadReceiptsSet(Event, frozen=True, gc=False, tag="read-receipts-set"):
    """Another session of this user has turned their read receipts on or off."""

    on: bool


class TypingNoticesSet(Event, frozen=True, gc=False, tag="typing-notices-set"):
    """Another session of this user has turned `is-typing` on or off."""

    on: bool


class IsTyping(Event, frozen=True, gc=False, tag="is-typing"):
    """Another user types. It ends with their next message, or after six seconds without another one."""

    conversation: str
    user: str
    user_id: UserId
    on: Annotated[bool, Meta(description="false: they have stopped without sending anything")]


class Intervals(Event, frozen=True, gc=False, tag="intervals"):
    """The intervals that hold from now on, sent if a quarter more are connected, or half as many."""

    heartbeat: Heartbeat
    confirm_interval: ConfirmInterval


class Goodbye(Event, frozen=True, gc=False, tag="goodbye"):
    """The broker ends the session."""

    reason: GoodbyeReason
    text: str


_OwnSetting = (
    LevelChanged | KeywordsChanged | QuietHoursChanged | AwaySet | ReadReceiptsSet | TypingNoticesSet
)
AnyEvent = (
    AnyEntry
    | Messages
    | Receipt
    | System
    | Online
    | Game
    | Positions
    | Lagged
    | Ignoring
    | Moved
    | _OwnSetting
    | IsTyping
    | Intervals
    | Goodbye
)
"""Every event."""
