"""Requests about messages that were sent earlier: they change, delete, mark or pin one, and list the pins."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta
from msgspec.structs import force_setattr

from messages.base import Request
from messages.fields import ConversationName, Seq, Text, check, check_id
from messages.limits import MAX_REACTION
from messages.names import parse_conversation
from messages.reactions import check_reaction
from messages.text import check_new_text

MessageSeq = Annotated[Seq, Meta(description="the message")]
ReactionText = Annotated[
    str,
    Meta(
        description=f"one emoji, or a word of 1 to {MAX_REACTION} characters",
        extra_json_schema={
            "minLength": 1,
            "maxLength": MAX_REACTION,
            "pattern": r"^[^\s\x00-\x1f\x7f-\x9f,\[\]\"]+$",
        },
    ),
]


class _OfMessage(Request, frozen=True, gc=False):
    """A request about one message, or about the messages of a conversation."""

    conversation: ConversationName

    def __post_init__(self) -> None:
        check_id(self.id)
        check("conversation", parse_conversation, self.conversation)


class Edit(_OfMessage, frozen=True, gc=False, tag="edit"):
    """Replace the text of one of this user's messages. The earlier text is not kept."""

    seq: MessageSeq
    text: Text

    def __post_init__(self) -> None:
        super().__post_init__()
        check("text", check_new_text, self.text)


class Delete(_OfMessage, frozen=True, gc=False, tag="delete"):
    """Delete the text of a message. Its number, sender and time stay."""

    seq: MessageSeq


class React(_OfMessage, frozen=True, gc=False, tag="react"):
    """Add this user's reaction to a message, or take it back."""

    seq: MessageSeq
    reaction: ReactionText
    on: Annotated[bool, Meta(description="false takes the reaction back")] = True

    def __post_init__(self) -> None:
        try:  # names no field, to be quick: most requests are valid
            check_id(self.id)
            parse_conversation(self.conversation)
            spelt = check_reaction(self.reaction)
        except ValueError:
            super().__post_init__()
            spelt = check("reaction", check_reaction, self.reaction)
        if spelt != self.reaction:
            force_setattr(self, "reaction", spelt)


class Pin(_OfMessage, frozen=True, gc=False, tag="pin"):
    """Pin a message, or unpin it."""

    seq: MessageSeq
    on: Annotated[bool, Meta(description="false unpins the message")] = True


class Pins(_OfMessage, frozen=True, gc=False, tag="pins"):
    """List the pinned messages of a conversation."""
