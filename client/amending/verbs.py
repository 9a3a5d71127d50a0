"""What the verbs about messages that were sent earlier do."""

from __future__ import annotations

import sys
from typing import BinaryIO

from client.exits import ClientExit
from client.verb_session import VerbSession
from client.views.plain import plain
from messages.amendments import Delete, Edit, Pins, React
from messages.base import Request
from messages.exits import Exit
from messages.limits import MAX_TEXT
from messages.replies import Accepted, PinList
from messages.text import decode_utf8

_MOST_BYTES = 64 * MAX_TEXT
"""An input with colours has more bytes than its text."""


def edit(verb: VerbSession, conversation: str, seq: int, text: str | None, *, strips: bool) -> Exit:
    """Replace the text of a message; None means the standard input."""
    new = text if text is not None else read_text(sys.stdin.buffer, strips=strips)
    return _amend(verb, Edit, conversation, seq=seq, text=new)


def delete(verb: VerbSession, conversation: str, seq: int) -> Exit:
    """Delete the text of a message."""
    return _amend(verb, Delete, conversation, seq=seq)


def react(verb: VerbSession, conversation: str, seq: int, reaction: str, *, on: bool) -> Exit:
    """React to a message, or take the reaction back."""
    return _amend(verb, React, conversation, seq=seq, reaction=reaction, on=on)


def pins(verb: VerbSession, conversation: str) -> Exit:
    """Write the pinned messages, the latest pin first."""
    reply = verb.ask_inside(Pins, conversation)
    if isinstance(reply, PinList):
        for message in reply.messages:
            verb.show_dated(message)
        if reply.more:
            verb.screen.notice("There are more pins than these.")
    return Exit.DONE


def read_text(source: BinaryIO, *, strips: bool) -> str:
    """Read one text up to its end, without the line breaks at its end. Raise ClientExit if it is none."""
    try:
        data = source.read(_MOST_BYTES + 1)
        if len(data) > _MOST_BYTES:
            raise ClientExit(
                Exit.FAILED, f"the input is too long: a text has at most {MAX_TEXT:,} characters"
            )
        lines = decode_utf8(data).split("\n")
    except ValueError as error:
        raise ClientExit(Exit.FAILED, str(error)) from None
    except OSError as error:
        raise ClientExit(Exit.FAILED, f"{error.strerror}: the input was not read to its end") from None
    return "\n".join(plain(line) if strips else line for line in lines).rstrip("\n")


def _amend(verb: VerbSession, kind: type[Request], conversation: str, **fields: object) -> Exit:
    reply = verb.ask_inside(kind, conversation, Exit.NOT_CONFIRMED, **fields)
    if verb.screen.as_json and isinstance(reply, Accepted):
        verb.screen.write_json(reply)
    return Exit.DONE
