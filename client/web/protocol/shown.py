"""What the documents to a page are made of: messages, conversations, commands."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from messages.events import Reaction
from messages.files import File
from messages.notices import NoticeLevel

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


class CommandHelp(Struct, frozen=True, omit_defaults=True):
    """One slash command."""

    name: str
    usage: str
    help: str
