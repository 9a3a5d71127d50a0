"""Requests: what a client asks for. Each gets exactly one reply, whose `re` is the request's `id`."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from messages.amendments import Delete, Edit, Pin, Pins, React
from messages.base import Request as Request  # noqa: PLC0414 - programs take it from here
from messages.fields import (
    Address,
    At,
    ConversationName,
    Limit,
    RoomName,
    Seq,
    ShortText,
    Text,
    UserId,
    UserName,
    check,
    check_id,
)
from messages.files import FileRequest, UploadIds, check_uploads
from messages.game import Hand
from messages.identity import (
    Keys,
    Link,
    ResetKeys,
    Revoke,
    SetPassword,
    Token,
    Uninvite,
    Whois,
    check_token,
)
from messages.members import Count as Count  # noqa: PLC0414
from messages.members import Members
from messages.members import Who as Who  # noqa: PLC0414
from messages.moderation import (
    Audit,
    Ban,
    Bans,
    Ignore,
    Ignored,
    InviteUser,
    Kick,
    Mute,
    RoomRules,
    SetRole,
    Unban,
    Unignore,
    Unmute,
)
from messages.names import parse_address, parse_conversation, parse_room, parse_user
from messages.notices import Keywords, Notify, QuietHours
from messages.sessions import EndSession, Login, Logout, Ping, Sessions
from messages.text import check_new_short_text, check_new_text, check_short_text
from messages.typing import Typing, TypingNotices


class Send(Request, frozen=True, gc=False, tag="send"):
    """Send `text` to a room or to one user. If it is sent again with the same `id`, it is stored once."""

    to: ConversationName
    text: Text
    reply_to: Annotated[Seq | None, Meta(description="the message that this one answers")] = None
    to_id: Annotated[
        UserId,
        Meta(description="whom a direct message is for; if the name is another user's now, it is refused"),
    ] = 0
    files: UploadIds = ()

    def __post_init__(self) -> None:
        try:  # names no field, to be quick: most requests are valid
            check_id(self.id)
            parse_conversation(self.to)
            check_new_text(self.text)
            if self.files:
                check_uploads(self.files)
        except ValueError:
            check_id(self.id)
            check("to", parse_conversation, self.to)
            check("text", check_new_text, self.text)
            check_uploads(self.files)


class Confirm(Request, frozen=True, gc=False, tag="confirm"):
    """Confirm that all messages of the conversation up to `seq` have arrived, and up to `read` were read."""

    conversation: ConversationName
    seq: Seq
    read: Annotated[Seq | None, Meta(description="not above `seq`")] = None

    def __post_init__(self) -> None:
        check_id(self.id)
        check("conversation", parse_conversation, self.conversation)
        if self.read is not None and self.read > self.seq:
            raise ValueError("`read`: what was read has arrived, so it is not above `seq`")


class ReadReceipts(Request, frozen=True, gc=False, tag="read-receipts"):
    """Turn this user's read receipts on or off. They are on at first."""

    on: bool


class Join(Request, frozen=True, gc=False, tag="join"):
    """Enter a room; it is opened if it does not exist."""

    room: RoomName

    def __post_init__(self) -> None:
        check_id(self.id)
        check("room", parse_room, self.room)


class Leave(Request, frozen=True, gc=False, tag="leave"):
    """Leave a room."""

    room: RoomName

    def __post_init__(self) -> None:
        check_id(self.id)
        check("room", parse_room, self.room)


class Rooms(Request, frozen=True, gc=False, tag="rooms"):
    """List the rooms."""


class Topic(Request, frozen=True, gc=False, tag="topic"):
    """Set a room's topic; without one, ask for it. An empty topic removes it."""

    room: RoomName
    topic: ShortText | None = None

    def __post_init__(self) -> None:
        check_id(self.id)
        check("room", parse_room, self.room)
        if self.topic is not None:
            check("topic", check_new_short_text, self.topic)


class Nick(Request, frozen=True, gc=False, tag="nick"):
    """Change this user's name."""

    name: UserName

    def __post_init__(self) -> None:
        check_id(self.id)
        check("name", parse_user, self.name)


class Whoami(Request, frozen=True, gc=False, tag="whoami"):
    """Show what the broker knows about this session's user."""


class Time(Request, frozen=True, gc=False, tag="time"):
    """Ask for the broker's time."""


class Away(Request, frozen=True, gc=False, tag="away"):
    """Show this user as away, with a text; without one, as back."""

    text: ShortText | None = None

    def __post_init__(self) -> None:
        check_id(self.id)
        if self.text is not None:
            check("text", check_new_short_text, self.text)


class Play(Request, frozen=True, gc=False, tag="play"):
    """Play rock, paper, scissors against the broker, or challenge a user or answer their challenge."""

    hand: Hand
    opponent: Address | None = None

    def __post_init__(self) -> None:
        check_id(self.id)
        if self.opponent is not None:
            check("opponent", parse_address, self.opponent)


class History(Request, frozen=True, gc=False, tag="history"):
    """Fetch the first entries after a seq or since a time, or the last ones before a seq or of all.

    With `thread`: that message, what answers it, and what answers the answers, from the first on.
    """

    conversation: ConversationName
    after: Seq | None = None
    before: Seq | None = None
    since: At | None = None
    limit: Limit = 50
    thread: Annotated[Seq | None, Meta(description="only this message and its answers")] = None

    def __post_init__(self) -> None:
        check_id(self.id)
        check("conversation", parse_conversation, self.conversation)
        if self.thread is not None and (self.before is not None or self.since is not None):
            raise ValueError("`thread`: give it alone, or with `after`")
        if [self.after, self.before, self.since].count(None) < 2:
            raise ValueError("`after`, `before` and `since`: give one of them")


class Search(Request, frozen=True, gc=False, tag="search"):
    """Find messages with all of some words, the latest first, in all conversations of this user or in one."""

    words: Annotated[
        ShortText, Meta(description="all of them must occur; `wo*` is any word that starts with `wo`")
    ]
    conversation: ConversationName | None = None
    sender: Address | None = None
    since: Annotated[At | None, Meta(description="nothing earlier")] = None
    until: Annotated[At | None, Meta(description="nothing at or after this time")] = None
    page: Annotated[Token | None, Meta(description="`next` of the previous reply, for older messages")] = None
    limit: Limit = 50

    def __post_init__(self) -> None:
        check_id(self.id)
        check("words", check_short_text, self.words)
        if self.conversation is not None:
            check("conversation", parse_conversation, self.conversation)
        if self.sender is not None:
            check("sender", parse_address, self.sender)
        check("page", check_token, self.page or "")
        if not self.words.strip() and self.sender is None:
            raise ValueError("`words`: give a word to look for, or a sender")
        if any(word.endswith("*") and len(word) < 3 for word in self.words.split()):
            raise ValueError("`words`: give two letters at least before a *")


class Debug(Request, frozen=True, gc=False, tag="debug"):
    """Make the broker print its connections on its own terminal or log."""


AnyRequest = (
    Login
    | Logout
    | Ping
    | Sessions
    | EndSession
    | Send
    | Edit
    | Delete
    | React
    | Pin
    | Pins
    | Confirm
    | ReadReceipts
    | Typing
    | TypingNotices
    | Join
    | Leave
    | Rooms
    | Topic
    | Nick
    | Who
    | Members
    | Whoami
    | Count
    | Time
    | Away
    | Play
    | History
    | Search
    | FileRequest
    | Debug
    | Link
    | Keys
    | Revoke
    | Whois
    | ResetKeys
    | Uninvite
    | SetPassword
    | RoomRules
    | InviteUser
    | SetRole
    | Kick
    | Ban
    | Unban
    | Bans
    | Mute
    | Unmute
    | Ignore
    | Unignore
    | Ignored
    | Notify
    | Keywords
    | QuietHours
    | Audit
)
"""Every request."""
