"""A run: messages of one frame to one conversation, which clients that ask for `runs` get as one event."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from messages.base import Event
from messages.fields import At, Everyone, Mentions, Seq, UserId


class RunMessage(Struct, frozen=True, gc=False, omit_defaults=True):
    """What one message of a run has for itself."""

    id: str
    text: str
    reply_to: Annotated[Seq, Meta(description="the message that this one answers; absent: none")] = 0
    mentions: Mentions = ()
    everyone: Everyone = False


class Messages(Event, frozen=True, gc=False, kw_only=True, tag="messages"):
    """Messages of one sender that follow one another. The first has `seq`, each other one the next number."""

    conversation: str
    seq: Seq
    sender: str
    at: At
    messages: Annotated[list[RunMessage], Meta(description="in order, at least two")]
    bot: Annotated[bool, Meta(description="their sender had logged in as a bot")] = False
    guest: Annotated[bool, Meta(description="their sender was a guest: the name proves nothing")] = False
    sender_id: UserId = 0
