"""Replies: the one answer to each request. `re` is the request's id."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from messages.base import Reply as Reply  # noqa: PLC0414 - programs take it from here
from messages.errors import ErrorCode
from messages.events import AnyEntry, Message, Position
from messages.fields import At, ConfirmInterval, Count, Everyone, Heartbeat, Mentions, Seconds, Seq, UserId
from messages.files import Content, UploadState
from messages.game import Hand, Outcome
from messages.identity import KeyList, LinkCode, Profile
from messages.limits import CONFIRM_INTERVAL
from messages.members import MemberList
from messages.moderation import AuditLog, BanList, IgnoreList, Role, Rules
from messages.notices import ConversationLevel, KeywordList, QuietList
from messages.sessions import SessionList


class Durability(StrEnum):
    """How firmly an accepted message is kept."""

    MEMORY = "memory"
    DISK = "disk"


class Limits(Struct, frozen=True, gc=False):
    """The limits of this broker. Texts and names are measured in characters, frames in bytes."""

    text: Annotated[Count, Meta(description="of a message")]
    short_text: Annotated[Count, Meta(description="of a topic, an away text or a reason")]
    name: Annotated[Count, Meta(description="of a user")]
    room: Annotated[Count, Meta(description="of a room's name after its `#`")]
    frame: Annotated[Count, Meta(description="bytes of a client's frame")]
    documents: Annotated[Count, Meta(description="documents of a client's frame")]
    page: Annotated[Count, Meta(description="entries that one request can ask for")]
    reactions: Annotated[Count, Meta(description="different ones of a user to a message")]
    pins: Annotated[Count, Meta(description="pinned messages of a conversation")]
    ignored: Annotated[Count, Meta(description="users whom a user ignores")]
    rooms: Annotated[Count, Meta(description="rooms that a user is in, or has opened")]
    sessions: Annotated[Count, Meta(description="connected sessions of a user")]
    typing: Annotated[Count, Meta(description="members of a conversation in which `typing` is passed on")]


class Welcome(Reply, frozen=True, gc=False, tag="welcome"):
    """The login succeeded."""

    name: Annotated[str, Meta(description="the name as others see it, perhaps with ~2")]
    session: Annotated[str, Meta(description="secret token that takes this session up again")]
    epoch: Annotated[str, Meta(description="the name of one life of the broker's log")]
    resumed: bool
    heartbeat: Heartbeat
    conversations: list[Position]
    title: str = ""
    motd: str = ""
    insecure: Annotated[
        bool, Meta(description="the broker also serves unencrypted connections that others can read")
    ] = False
    away: Annotated[str | None, Meta(description="the text with which you are shown as away")] = None
    rate: Annotated[Count, Meta(description="requests a second that the broker takes; 0: any number")] = 0
    burst: Annotated[Count, Meta(description="requests that the broker takes at once before that")] = 0
    confirm_interval: ConfirmInterval = CONFIRM_INTERVAL
    more: Annotated[bool, Meta(description="other conversations follow in `positions`")] = False
    edit_for: Annotated[
        Seconds | None,
        Meta(description="for how long you may edit or delete your messages; absent: always"),
    ] = None
    abilities: Annotated[
        tuple[str, ...], Meta(description="what this broker can do, beside what every broker can")
    ] = ()
    user_id: UserId = 0
    version: Annotated[str, Meta(description="of the broker; absent: an earlier one")] = ""
    limits: Annotated[Limits | None, Meta(description="absent: those of the document")] = None
    typing: Annotated[bool, Meta(description="whether this user sends and gets `is-typing`")] = True
    max_file: Annotated[
        Count, Meta(description="the most bytes of a file that you may send; 0: you may send none")
    ] = 0
    ticket: Annotated[
        str | None, Meta(description="if it was asked for: shown by this gateway in place of the password")
    ] = None
    guest: Annotated[bool, Meta(description="you are a guest, and are forgotten when you are gone")] = False
    online: Annotated[
        Count, Meta(description="with `crowds`: the users who are online in a crowd; absent: it is none")
    ] = 0


class Accepted(Reply, frozen=True, gc=False, tag="accepted"):
    """The message or amendment is stored under `seq`; those of the requests `also` follow it."""

    conversation: str
    seq: Seq
    at: At
    durability: Durability
    recipients: Annotated[Count, Meta(description="other users who are expected to get the message")]
    recipient_offline: Annotated[
        bool, Meta(description="the recipient is not connected, and gets it later")
    ] = False
    mentions: Mentions = ()
    everyone: Everyone = False
    tenth: Annotated[str, Meta(description="as in `reacted`, after a reaction was taken back")] = ""
    also: Annotated[
        tuple[str, ...],
        Meta(description="the reply to these requests too: their messages have the next numbers, in order"),
    ] = ()


class Page(Reply, frozen=True, gc=False, tag="page"):
    """Entries in order of seq. `more`: there are others in the direction that was asked for."""

    conversation: str
    messages: Annotated[
        list[AnyEntry], Meta(description="messages as they are now, and amendments, each with its own number")
    ]
    more: bool
    head: Annotated[Seq, Meta(description="the last entry that the messages' present form includes")] = 0


class PinList(Reply, frozen=True, gc=False, tag="pin-list"):
    """The pinned messages of a conversation, the latest pin first."""

    conversation: str
    messages: list[Message]
    more: Annotated[bool, Meta(description="there are others that did not fit")] = False


class Found(Reply, frozen=True, gc=False, tag="found"):
    """The messages that were found, the latest first."""

    messages: list[Message]
    next: Annotated[
        str | None,
        Meta(description="for the request's `page`, if there may be older ones; it says nothing else"),
    ] = None
    unindexed: Annotated[Count, Meta(description="1 if some of the latest messages cannot be found yet")] = 0
    incomplete: Annotated[
        bool, Meta(description="the search took too long and ended early; go on with `next`")
    ] = False


class Done(Reply, frozen=True, gc=False, tag="done"):
    """The request was carried out. There is nothing more to say."""

    ticket: Annotated[
        str | None, Meta(description="after `password` through a gateway: in place of the earlier ticket")
    ] = None


class Pong(Reply, frozen=True, gc=False, tag="pong"):
    """The answer to a ping."""


class RoomEntry(Struct, frozen=True, gc=False):
    """One room of a list."""

    room: str
    topic: str
    members: Count
    joined: bool


class RoomList(Reply, frozen=True, gc=False, tag="room-list"):
    """The rooms."""

    rooms: list[RoomEntry]
    more: Annotated[bool, Meta(description="there are others that did not fit")] = False


class RoomState(Reply, frozen=True, gc=False, tag="room-state"):
    """A room with its rules, and the asking user's cursors and role in it."""

    room: str
    topic: str
    members: Count
    head: Seq
    delivered: Seq
    read: Seq = 0
    role: Annotated[
        Role, Meta(description="what you may do in it: `member`, `moderator` or `operator`; absent: `member`")
    ] = Role.MEMBER
    private: Annotated[bool, Meta(description="only invited users may join it or know of it")] = False
    topic_locked: Annotated[bool, Meta(description="only moderators set the topic")] = False


class UserEntry(Struct, frozen=True, gc=False, omit_defaults=True):
    """One user of a list."""

    name: str
    idle: Seconds
    away: str | None = None
    bot: bool = False
    user_id: UserId = 0
    guest: bool = False


class UserList(Reply, frozen=True, gc=False, tag="user-list"):
    """The users who are online."""

    users: list[UserEntry]
    room: str | None = None
    more: Annotated[bool, Meta(description="there are others that did not fit")] = False


class OwnProfile(Reply, frozen=True, gc=False, tag="own-profile"):
    """What the broker knows about the asking user."""

    name: str
    address: str
    since: At
    sessions: Count
    rooms: list[str]
    away: str | None = None
    read_receipts: Annotated[bool, Meta(description="whether this user sends read receipts")] = True
    more: Annotated[bool, Meta(description="there are other rooms that did not fit")] = False
    user_id: UserId = 0
    typing: Annotated[bool, Meta(description="whether this user sends and gets `is-typing`")] = True


class Counted(Reply, frozen=True, gc=False, tag="counted"):
    """How many users are online."""

    participants: Count
    room: str | None = None


class Clock(Reply, frozen=True, gc=False, tag="clock"):
    """The broker's time."""

    at: At


class Played(Reply, frozen=True, gc=False, tag="played"):
    """A game is over. Without `opponent` it was against the broker."""

    hand: Hand
    opponent_hand: Hand
    outcome: Outcome
    opponent: str | None = None


class Challenged(Reply, frozen=True, gc=False, tag="challenged"):
    """The opponent was told and has `seconds` to answer."""

    opponent: str
    seconds: Seconds


class Error(Struct, frozen=True, gc=False, omit_defaults=True, tag="error", tag_field="type"):
    """The request was not carried out. `re` is null if no id could be read."""

    re: str | None
    code: ErrorCode
    text: str
    retryable: bool
    retry_after: Annotated[Count, Meta(description="milliseconds to wait before asking again")] = 0
    offset: Annotated[
        Seq | None, Meta(description="where the upload goes on, if a `chunk` had another offset")
    ] = None


AnyReply = (
    Welcome
    | Accepted
    | Page
    | PinList
    | Found
    | Done
    | Pong
    | RoomList
    | RoomState
    | UserList
    | MemberList
    | OwnProfile
    | Counted
    | Clock
    | Played
    | Challenged
    | LinkCode
    | KeyList
    | Profile
    | Rules
    | BanList
    | AuditLog
    | IgnoreList
    | ConversationLevel
    | KeywordList
    | QuietList
    | SessionList
    | UploadState
    | Content
    | Error
)
"""Every reply."""
