"""What the page and the gateway say to each other over their WebSocket: JSON documents with a `type`.

The page asks, and each question has a `ref` that the page has chosen. The gateway answers it once, with the
document that its description names, or with `refused`. All else comes without being asked. Fields with their
default value are left out. Times are Unix times in milliseconds.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from messages.events import Reaction
from messages.files import File
from messages.limits import MAX_FILES, MAX_ID, MAX_SEQ
from messages.members import MemberEntry
from messages.moderation import Role
from messages.notices import NoticeLevel
from messages.sessions import SessionEntry

PAGE_PROTOCOL = 1
"""Raised if an older page cannot go on with a newer gateway."""

MOST_TEXT = 16_000
"""Characters of a line or a text that the page sends, long before the broker's own limits are checked."""

Ref = Annotated[
    str,
    Meta(
        description="chosen by the page, unique in its life",
        min_length=1,
        max_length=MAX_ID,
        pattern="^[!-~]+$",
    ),
]
Seq = Annotated[int, Meta(ge=0, le=MAX_SEQ)]
Place = Annotated[str, Meta(description="a conversation: `#room` or `@user`", max_length=200)]
Line = Annotated[str, Meta(max_length=MOST_TEXT)]


class Ask(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="type"):
    """What the page sends."""

    ref: Ref


class Open(Ask, frozen=True, tag="open"):
    """Look at a conversation: answered by `log`. From then on `changed` tells what changes there.

    `at` is a message to look at instead of the end. A tab follows the last 20 conversations that it opened.
    """

    conversation: Place
    at: Seq | None = None


class FetchMessages(Ask, frozen=True, tag="fetch"):
    """Get messages around, before or after one, or from a time on: answered by `fetched`.

    What it brought comes before that in `changed`. Give one of the four.
    """

    conversation: Place
    around: Seq | None = None
    before: Seq | None = None
    after: Seq | None = None
    since: Seq | None = None


class SendText(Ask, frozen=True, tag="send"):
    """Send a text: answered by `sent`, which comes again as its state changes.

    If the page does not know what became of it, it sends it again with the same `ref`, and it is stored
    once. `files` are the `id` of complete uploads.
    """

    to: Place
    text: Line
    reply_to: Seq | None = None
    files: Annotated[tuple[str, ...], Meta(max_length=MAX_FILES)] = ()


class EditText(Ask, frozen=True, tag="edit"):
    """Replace the text of an own message: answered by `done`."""

    conversation: Place
    seq: Seq
    text: Line


class DeleteMessage(Ask, frozen=True, tag="delete"):
    """Delete a message: answered by `done`. The page has asked the person whether they are sure."""

    conversation: Place
    seq: Seq


class ReactTo(Ask, frozen=True, tag="react"):
    """Add a reaction to a message, or take it back: answered by `done`."""

    conversation: Place
    seq: Seq
    reaction: Annotated[str, Meta(max_length=100)]
    on: bool = True


class PinMessage(Ask, frozen=True, tag="pin"):
    """Pin or unpin a message: answered by `done`."""

    conversation: Place
    seq: Seq
    on: bool = True


class ReadUpto(Ask, frozen=True, tag="read"):
    """The person has seen the messages up to `upto`, on a visible page: not answered."""

    conversation: Place
    upto: Seq


class Present(Ask, frozen=True, tag="present"):
    """The person is here, as a key or the mouse shows: not answered. Once in 20 seconds is enough."""


class TypingText(Ask, frozen=True, tag="typing"):
    """The text in the box has changed: not answered. With `on` false it was emptied."""

    conversation: Place
    on: bool = True


class SearchWords(Ask, frozen=True, tag="search"):
    """Find messages: answered by `found`. `page` is the `next` of an earlier `found`, for older ones.

    `words` are what `/search` takes: also `from:NAME`, `since:DATE`, `until:DATE`.
    """

    words: Annotated[str, Meta(max_length=1_000)]
    conversation: Place | None = None
    page: str | None = None


class ThreadOf(Ask, frozen=True, tag="thread"):
    """A message and all that answers it: answered by `found`, the first message first."""

    conversation: Place
    seq: Seq


class PinsOf(Ask, frozen=True, tag="pins"):
    """The pinned messages of a conversation: answered by `found`, the latest pin first."""

    conversation: Place


class MembersOf(Ask, frozen=True, tag="members"):
    """Follow the members of a room: answered by `members`, which comes again if they change.

    A tab follows one list at a time. Without a conversation it follows none, and the answer is `done`.
    """

    conversation: Place | None = None


class Command(Ask, frozen=True, tag="command"):
    """Run a slash command in a conversation, as the terminal does: answered by `done`.

    What it says comes as `notice`, what it asks as `question`. If it enters another conversation, `go` comes.
    """

    conversation: Place
    line: Line


class Answer(Ask, frozen=True, tag="answer"):
    """Answer a `question` with as many texts as it has prompts: answered by `done`. None: it is cancelled."""

    question: int
    answers: Annotated[tuple[Annotated[str, Meta(max_length=1_000)], ...], Meta(max_length=8)] | None = None


class OwnSessions(Ask, frozen=True, tag="sessions"):
    """List the person's sessions everywhere: answered by `session-list`."""


class EndOwnSession(Ask, frozen=True, tag="end-session"):
    """End one of the person's sessions: answered by `done`."""

    session: Seq


class SignOut(Ask, frozen=True, tag="sign-out"):
    """End the session of this browser: all its tabs get `state` with `ended`."""


AnyAsk = (
    Open
    | FetchMessages
    | SendText
    | EditText
    | DeleteMessage
    | ReactTo
    | PinMessage
    | ReadUpto
    | Present
    | TypingText
    | SearchWords
    | ThreadOf
    | PinsOf
    | MembersOf
    | Command
    | Answer
    | OwnSessions
    | EndOwnSession
    | SignOut
)
"""All that a page sends."""


# What the gateway sends


class Tell(Struct, frozen=True, omit_defaults=True, tag_field="type"):
    """What the gateway sends."""


StyleName = Literal["bold", "italic", "strike", "code", "link", "quote", "bullet", "mark"]


class Piece(Struct, frozen=True, omit_defaults=True):
    """A run of a text with one look. `mark` are the characters of the markup: shown faintly, or not at all.

    The pieces together are the whole text, with what could deceive made visible. Lines end with a line feed.
    """

    text: str
    styles: tuple[StyleName, ...] = ()
    link: Annotated[str, Meta(description="the address that it leads to, http or https")] = ""


class Quoted(Struct, frozen=True, omit_defaults=True):
    """The message that another one answers. Without a sender it is not known here; `fetch` gets it."""

    seq: int
    sender: str = ""
    excerpt: str = ""


class Said(Struct, frozen=True, omit_defaults=True):
    """One message as it is now."""

    seq: int
    sender: str
    at: int
    pieces: Annotated[tuple[Piece, ...], Meta(description="what is shown")] = ()
    text: Annotated[str, Meta(description="what was written, to edit it; only of own messages")] = ""
    sender_id: int = 0
    own: bool = False
    action: Annotated[bool, Meta(description="/me: the sender's name is the beginning of the sentence")] = (
        False
    )
    reply: Quoted | None = None
    edited: Annotated[int, Meta(description="when its text was last changed")] = 0
    deleted: bool = False
    reactions: tuple[Reaction, ...] = ()
    pinned: bool = False
    concern: Annotated[
        Literal["", "direct", "mention", "keyword"], Meta(description="why it is meant for the person")
    ] = ""
    bot: bool = False
    guest: bool = False
    files: tuple[File, ...] = ()


class Found(Tell, frozen=True, tag="found"):
    """Messages that were found, or are pinned, or answer one another. They may be of several conversations.

    `next` gets older ones, if there may be any. `about` says what is left out.
    """

    ref: str
    hits: tuple[Hit, ...]
    next: str = ""
    more: bool = False
    about: str = ""


class Hit(Struct, frozen=True, omit_defaults=True):
    """A message and where it stands."""

    conversation: str
    message: Said


class Conversation(Struct, frozen=True, omit_defaults=True):
    """What is known of a conversation. `rank` is 0 if something waits for the person, 1 if unread, else 2."""

    name: str
    rank: int = 2
    unread: Annotated[int, Meta(description="at most 1,000: then there may be more")] = 0
    mentions: int = 0
    head: int = 0
    read: int = 0
    level: NoticeLevel = NoticeLevel.DEFAULT
    topic: Annotated[str, Meta(description="a room's topic, or why a user is not here; if it is known")] = ""
    typing: tuple[str, ...] = ()


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


class CommandHelp(Struct, frozen=True, omit_defaults=True):
    """One slash command."""

    name: str
    usage: str
    help: str


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

    `spans` are the ranges of seqs of which nothing is missing. Between two of them is a gap, which `fetch`
    fills. Nothing exists before `begins`; it is 0 if it is not known. Not every seq is a message. `unread`
    is the seq behind which the marker of what is unread stands; absent: no marker.
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


class MembersList(Tell, frozen=True, tag="members"):
    """The members of a room, in the order to show. If there are `more`, they are not listed."""

    conversation: str
    members: tuple[MemberEntry, ...]
    ref: str = ""
    role: Annotated[Role, Meta(description="what the person may do here")] = Role.MEMBER
    more: bool = False


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


class Done(Tell, frozen=True, tag="done"):
    """What was asked is done."""

    ref: str


class Refused(Tell, frozen=True, tag="refused"):
    """What was asked is not done, and a sentence for the person says why."""

    ref: str
    text: str


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
    | Done
    | Refused
)
"""All that a gateway sends."""
