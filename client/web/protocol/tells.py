"""What the gateway sends to a page."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from client.web.protocol.base import Tell
from client.web.protocol.own import AnyOwnTell
from client.web.protocol.rooms import RoomTell
from client.web.protocol.shown import CommandHelp, Conversation, Hit, Said
from messages.members import MemberEntry
from messages.moderation import Role
from messages.sessions import SessionEntry

PAGE_PROTOCOL = 1
"""Raised if an older page cannot go on with a newer gateway."""


class Found(Tell, frozen=True, tag="found"):
    """Messages that were found, or are pinned, or answer one another. They may be of several conversations.

    `next` gets older ones, if there may be any. `about` says what is left out.
    """

    ref: str
    hits: tuple[Hit, ...]
    next: str = ""
    more: bool = False
    about: str = ""


class Welcome(Tell, frozen=True, tag="welcome"):
    """The first document of each WebSocket, and again after each login: who the person is, and the limits.

    If `assets` are not those that the page came from, the page loads itself anew when it can.
    """

    protocol: int
    assets: str
    name: str
    title: str = ""
    motd: str = ""
    guest: bool = False
    user_id: int = 0
    abilities: tuple[str, ...] = ()
    text: Annotated[int, Meta(description="characters of a message")] = 4_000
    max_file: Annotated[int, Meta(description="bytes of a file; 0: files cannot be sent")] = 0
    edit_for: Annotated[int | None, Meta(description="seconds in which messages can be edited")] = None
    commands: Annotated[tuple[CommandHelp, ...], Meta(description="all that `command` takes")] = ()


class Conversations(Tell, frozen=True, tag="conversations"):
    """Conversations that changed. If `all`, these are all of them, else the others stay as they were.

    The page sorts them by `rank`, then rooms before users, then by name.
    """

    conversations: tuple[Conversation, ...]
    all: bool = False
    gone: tuple[str, ...] = ()


class Renamed(Tell, frozen=True, tag="renamed"):
    """A direct conversation has another name now, with all that belongs to it."""

    old: str
    new: str


class Log(Tell, frozen=True, tag="log"):
    """The messages of a conversation that are here; whatever the page had of it is forgotten.

    If nobody has asked for it, its `ref` is empty: the gateway follows the conversation no more, or its
    messages are others now. `spans` are the ranges of seqs of which nothing is missing. Between two of them
    is a gap, which `fetch` fills. Nothing exists before `begins`; it is 0 if it is not known. Not every seq
    is a message. `unread` is the seq behind which the marker of what is unread stands; absent: no marker.
    """

    ref: str
    conversation: str
    messages: tuple[Said, ...]
    spans: tuple[tuple[int, int], ...]
    head: int = 0
    begins: int = 0
    unread: int | None = None
    sent: Annotated[tuple[Sent, ...], Meta(description="own messages of which more is known")] = ()


class Changed(Tell, frozen=True, tag="changed"):
    """Messages of a conversation that came or changed, and seqs that are not here any more."""

    conversation: str
    messages: tuple[Said, ...] = ()
    gone: tuple[int, ...] = ()
    spans: tuple[tuple[int, int], ...] = ()
    head: int = 0
    begins: int = 0


class Fetched(Tell, frozen=True, tag="fetched"):
    """A `fetch` is answered. `seq` is the message to show: that asked for, or the next one behind it."""

    ref: str
    conversation: str
    seq: int | None = None


class Sent(Tell, frozen=True, tag="sent"):
    """The state of an own message: `sending`, `accepted`, `delivered`, `read` or `failed`.

    `ref` is that of the page that sent it. While it has no `seq`, the page shows its `text` at the end.
    """

    ref: str
    conversation: str
    state: Literal["sending", "accepted", "delivered", "read", "failed"]
    seq: int = 0
    text: Annotated[str, Meta(description="while it is not accepted")] = ""
    reply_to: int = 0
    recipients: int = 0
    delivered: int = 0
    readers: int = 0
    delivered_to: tuple[str, ...] = ()
    read_by: tuple[str, ...] = ()
    error: str = ""
    code: Annotated[str, Meta(description="the broker's, if it failed")] = ""


class MembersList(Tell, frozen=True, tag="members"):
    """The members of a room, in the order to show. If there are `more`, they are not listed."""

    conversation: str
    members: tuple[MemberEntry, ...]
    ref: str = ""
    role: Annotated[Role, Meta(description="what the person may do here")] = Role.MEMBER
    more: bool = False
    online: Annotated[int, Meta(description="users who are online, of the lobby of a crowd; else 0")] = 0


class Typing(Tell, frozen=True, tag="typing"):
    """Who types in a conversation now."""

    conversation: str
    users: tuple[str, ...] = ()


class Notice(Tell, frozen=True, tag="notice"):
    """A sentence for the person, or a result. Without a conversation it belongs where they look."""

    text: str
    conversation: str = ""
    kind: Literal["notice", "result", "refusal"] = "notice"
    at: int = 0
    ref: Annotated[str, Meta(description="the `command` that it answers")] = ""


class Question(Tell, frozen=True, tag="question"):
    """A command asks the person: `answer` it. To `confirm` has no prompts: `[]` means yes, none means no."""

    question: int
    prompts: tuple[str, ...] = ()
    confirm: str = ""
    secret: bool = False


class Go(Tell, frozen=True, tag="go"):
    """The person has entered a conversation by a command: look there. With `at`, at that message."""

    conversation: str
    at: int | None = None


class SessionList(Tell, frozen=True, tag="session-list"):
    """The person's sessions."""

    ref: str
    sessions: tuple[SessionEntry, ...]


class State(Tell, frozen=True, tag="state"):
    """How it stands with the broker. After `ended` the gateway closes; the page asks to sign in again.

    If `sign_in` is false, the page shows the sentence and nothing else can be done now.
    """

    state: Literal["connected", "trying", "ended"]
    text: str = ""
    sign_in: bool = True


class Ring(Tell, frozen=True, tag="ring"):
    """Tell the person of a message for which they are to be called, unless they look at it now."""

    conversation: str
    seq: int
    sender: str
    excerpt: str
    count: Annotated[int, Meta(description="how many there are")] = 1
    missed: Annotated[bool, Meta(description="from before the login")] = False


class Beat(Tell, frozen=True, tag="beat"):
    """Comes every 45 seconds, and is answered by `alive`. If nothing comes for 90 seconds, connect again."""


class Done(Tell, frozen=True, tag="done"):
    """What was asked is done."""

    ref: str


class Refused(Tell, frozen=True, tag="refused"):
    """What was asked is not done, and a sentence for the person says why."""

    ref: str
    text: str
    code: Annotated[str, Meta(description="`no-upload`: an upload is not here any more; begin it again")] = ""


AnyTell = (
    Welcome
    | State
    | Conversations
    | Renamed
    | Log
    | Changed
    | Fetched
    | Sent
    | Found
    | MembersList
    | Typing
    | Notice
    | Question
    | Go
    | SessionList
    | Ring
    | Beat
    | Done
    | Refused
    | AnyOwnTell
    | RoomTell
)
"""All that a gateway sends."""
