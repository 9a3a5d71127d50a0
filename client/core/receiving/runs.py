"""Runs taken apart, so that everything else sees each message, and each reply, alone."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from itertools import count

import msgspec

from messages.events import AnyEvent, Message
from messages.replies import Accepted, AnyReply
from messages.runs import Messages, RunMessage


def apart(document: AnyReply | AnyEvent) -> Iterable[AnyReply | AnyEvent]:
    """Return the messages of a run, or a reply for each request that it is for, in order.

    Any other document is returned as it is.
    """
    match document:
        case Messages():
            return map(partial(_message, document), document.messages, count(document.seq))
        case Accepted(also=(_, *_) as also):
            return map(partial(_reply, document), (document.re, *also), count(document.seq))
        case _:
            return (document,)


def _message(run: Messages, one: RunMessage, seq: int) -> Message:
    return Message(
        *(run.conversation, seq, one.id, run.sender, one.text, run.at, one.reply_to),
        mentions=one.mentions,
        everyone=one.everyone,
        bot=run.bot,
        guest=run.guest,
        sender_id=run.sender_id,
    )


def _reply(reply: Accepted, request: str, seq: int) -> Accepted:
    return msgspec.structs.replace(reply, re=request, seq=seq, also=())
