"""Requests about who types: this user does, and whether they send and get such news at all."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from messages.base import Request
from messages.fields import ConversationName, check, check_id
from messages.names import parse_conversation


class Typing(Request, frozen=True, gc=False, tag="typing"):
    """Tell the other members who are online that this user types. Nothing is stored."""

    conversation: ConversationName
    on: Annotated[bool, Meta(description="false: the user has stopped without sending anything")] = True

    def __post_init__(self) -> None:
        check_id(self.id)
        check("conversation", parse_conversation, self.conversation)


class TypingNotices(Request, frozen=True, gc=False, tag="typing-notices"):
    """Turn `is-typing` on or off: without it this user neither sends nor gets any. It is on at first."""

    on: bool
