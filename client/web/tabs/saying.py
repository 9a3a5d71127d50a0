"""Messages in the form in which a page shows them: neutralised, with their markup and what they answer."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from msgspec.structs import replace

from client.core.events import Sent
from client.core.person.notices import Concern
from client.core.receiving.timeline import Timeline
from client.text.entries import excerpt
from client.text.files import said_by_hand
from client.text.links import linked_runs
from client.text.markup import parse
from client.text.styles import Run, Style
from client.web.protocol import tells
from client.web.protocol.shown import Piece, Quoted, Said, StyleName
from messages.events import Message
from messages.text import neutralise

_TAB = "    "
_ME = "/me "
_STYLES: tuple[tuple[int, StyleName], ...] = (
    (int(Style.BOLD), "bold"),
    (int(Style.ITALIC), "italic"),
    (int(Style.STRIKE), "strike"),
    (int(Style.CODE), "code"),
    (int(Style.LINK), "link"),
    (int(Style.QUOTE), "quote"),
    (int(Style.BULLET), "bullet"),
    (int(Style.MARK), "mark"),
)


@lru_cache(maxsize=512)  # what many people see is the same
def pieces(text: str) -> tuple[Piece, ...]:
    """Return a text that somebody wrote as pieces."""
    runs = parse(neutralise(text.replace("\t", _TAB), keep="\n"))
    return tuple(_piece(run, link) for run, link in linked_runs(runs))


def _piece(run: Run, link: str) -> Piece:
    flags = int(run.style)  # arithmetic with IntFlag is slow
    return Piece(run.text, tuple(name for style, name in _STYLES if flags & style) if flags else (), link)


def said(
    message: Message, timeline: Timeline, me: str, concern_of: Callable[[Message], Concern | None]
) -> Said:
    """Return a message for the person `me`. What it answers is looked up in the timeline."""
    own, action = message.sender == me, message.text.startswith(_ME)
    shown = message.text[len(_ME) :] if action else message.text
    concern = None if own else concern_of(message)
    return Said(
        *(message.seq, message.sender, message.at),
        pieces(shown) if said_by_hand(message) else (),
        message.text if own and not message.files else "",
        message.sender_id,
        own=own,
        action=action,
        reply=_quoted(message.reply_to, timeline) if message.reply_to else None,
        edited=message.edited,
        deleted=message.deleted,
        reactions=message.reactions,
        pinned=message.seq in timeline.pinned,
        concern="" if concern is None else concern.value,
        bot=message.bot,
        guest=message.guest,
        files=tuple(replace(file, name=neutralise(file.name)) for file in message.files),
    )


def _quoted(seq: int, timeline: Timeline) -> Quoted:
    answered = timeline.messages.get(seq)
    if answered is None:
        return Quoted(seq)
    return Quoted(seq, answered.sender, neutralise(excerpt(answered)))


def state_of(sent: Sent) -> tells.Sent:
    """Return the state of an own message."""
    request, error = sent.request, sent.error
    accepted = "read" if sent.read else "delivered" if sent.delivered else "accepted"
    waits = error is None and not sent.accepted
    return tells.Sent(
        request.id,
        sent.conversation or request.to,
        "failed" if error is not None else "sending" if waits else accepted,  # type: ignore[arg-type]
        sent.seq,
        "" if sent.accepted else request.text,
        request.reply_to or 0,
        sent.recipients,
        sent.delivered,
        sent.read,
        tuple(sorted(sent.delivered_to)),
        tuple(sorted(sent.read_by)),
        "" if error is None else error.text,
        "" if error is None else str(error.code),
    )
