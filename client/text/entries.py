"""Messages and amendments as lines. Peers' texts are neutralised.

What the program says of a message stands where no text of a peer comes: between the sender and the colon, or
in a row of its own at the left edge, as the further rows of a text are indented.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol
from unicodedata import bidirectional

from client.text.files import file_mark, said_by_hand
from client.text.lines import INDENT, Line, line_of
from messages.events import AnyAmendment, AnyEntry, Deleted, Edited, Message, Pinned, Reacted
from messages.text import neutralise, reveal

_EXCERPT = 40
_RIGHT_TO_LEFT = frozenset(("R", "AL", "AN"))
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"


def indented(text: str) -> str:
    """Return a message's text, neutralised, with its second and further lines indented."""
    return neutralise(text, keep="\n\t").replace("\n", INDENT)


def message_lines(message: Message, me: str, here: str, *, numbers: bool = False) -> Iterator[Line]:
    """Yield `sender: text` for a reader in the conversation `here`, and its reactions in a line of their own.

    Lines of the text after the first are indented.
    """
    conversation = reveal(message.conversation)
    direct = ""
    if conversation.startswith("@") and message.conversation != here:
        direct = f"direct to {conversation[1:]}" if message.sender == me else "direct"
    place = "" if message.conversation == here else f"{conversation} "
    where = ("" if direct else place) + (f"{message.seq} " if numbers and message.seq else "")
    yield _message_line(message, where, direct)
    yield from reaction_lines(message, place)


class Marked(Protocol):
    """What is shown with the name of a user."""

    @property
    def bot(self) -> bool:
        """The user is a bot."""

    @property
    def guest(self) -> bool:
        """The user is a guest."""


def name_mark(one: Marked) -> str:
    """Return a mark behind the name of a bot or a guest. No name has a space or a bracket."""
    return " [bot]" * one.bot + " [guest]" * one.guest


def dated_lines(entry: AnyEntry, date: str) -> Iterator[Line]:
    """Yield an entry of history with its conversation, seq and sender, and its reactions."""
    where = reveal(f"{entry.conversation} {entry.seq} ")
    if isinstance(entry, Message):
        yield _said(entry, f"{date} {where}", indented(entry.text))
        yield from reaction_lines(entry, reveal(f"{entry.conversation} "))
    else:
        told = amendment_text(entry, entry.conversation).partition(": ")[2]
        yield _amendment_line(f"{date} {where}{reveal(entry.sender)}: {told}", entry)


def recent_lines(message: Message, date: str) -> Iterator[Line]:
    """Yield a message as one of the last ones of a place that was just entered, and its reactions."""
    yield _said(message, f"  {date} ", indented(message.text))
    for line in reaction_lines(message, ""):
        yield Line(f"  {line.text}", data=True)


def reaction_lines(message: Message, place: str) -> Iterator[Line]:
    """Yield the reactions to a message as a line such as `[7: 👍 2]`, if it has any."""
    if message.reactions:
        shown = ", ".join(f"{isolated(one.reaction)} {one.count}" for one in message.reactions)
        yield Line(f"[{place}{message.seq}: {shown}]", data=True)


def isolated(reaction: str) -> str:
    """Return a reaction, neutralised. One in a script that runs to the left reorders nothing around it."""
    shown = neutralise(reaction)
    if shown.isascii() or not any(bidirectional(char) in _RIGHT_TO_LEFT for char in shown):
        return shown
    return f"{_ISOLATE}{shown}{_END_ISOLATE}"


def _message_line(message: Message, where: str, direct: str) -> Line:
    text = indented(message.text)
    if text.startswith("/me ") and not message.deleted:
        marks = f"{name_mark(message)}{_marks(message, direct)}{file_mark(message)}"
        before = f"{marks[1:]} " if marks else ""  # behind the sender it could be a part of the text
        return line_of(f"{where}{before}* {reveal(message.sender)} ", text[4:])
    return _said(message, where, text, direct)


def _said(message: Message, head: str, text: str, direct: str = "") -> Line:
    head += f"{reveal(message.sender)}{name_mark(message)}{_marks(message, direct)}{file_mark(message)}"
    said = not message.deleted and said_by_hand(message)
    return line_of(f"{head}: ", text) if said else Line(head, data=True)


def _marks(message: Message, direct: str) -> str:
    """Return what is to be known of a message, in brackets behind the sender: no text comes there."""
    marks = [direct] if direct else []
    if message.reply_to:
        marks.append(f"answers {message.reply_to}")
    if message.deleted or message.edited:
        marks.append("deleted" if message.deleted else "edited")
    return f" ({', '.join(marks)})" if marks else ""


def excerpt(message: Message | None) -> str:
    """Return the beginning of a message's text in one line, to say which one is meant; empty if unknown."""
    if message is None or not message.text:
        return ""
    text = message.text.replace("\n", " ")
    return text if len(text) <= _EXCERPT else f"{text[:_EXCERPT]}…"


def amendment_line(entry: AnyAmendment, here: str, about: Message | None) -> Line:
    """Return what was done to the message `about`, which may not be known."""
    return _amendment_line(amendment_text(entry, here, excerpt(about)), entry)


def _amendment_line(told: str, entry: AnyAmendment) -> Line:
    text = indented(entry.text) if isinstance(entry, Edited) else ""
    return line_of(told.removesuffix(text), text) if text else Line(told, data=True)


def amendment_text(entry: AnyAmendment, here: str, about: str = "") -> str:
    """Return what was done to a message. `about` is the beginning of its text."""
    where = "" if entry.conversation == here else f"{entry.conversation} "
    which = indented(f"{entry.of} ({about})" if about else f"{entry.of}")
    match entry:
        case Edited():
            done = f"edited {entry.of}" + (f": {indented(entry.text)}" if entry.text else "")
        case Deleted():
            done = f"deleted {entry.of}"
        case Reacted():
            done = f"{isolated(entry.reaction)} {'to' if entry.on else 'taken back from'} {which}"
        case Pinned():
            done = f"{'pinned' if entry.on else 'unpinned'} {which}"
    return f"* {reveal(f'{where}{entry.sender}')}: {done}"
