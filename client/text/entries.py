"""Amendments as lines of text, and the marks of messages that were amended. Peers' texts are neutralised."""

from __future__ import annotations

from client.text.files import file_mark, said_by_hand
from messages.events import AnyAmendment, AnyEntry, Deleted, Edited, Message, Pinned, Reacted
from messages.text import neutralise, reveal

_EXCERPT = 40


def indented(text: str) -> str:
    """Return a message's text, neutralised, with its second and further lines indented."""
    return neutralise(text, keep="\n\t").replace("\n", "\n      ")


def body(message: Message) -> str:
    """Return a message's text as it is now, with marks for what was done to it."""
    if message.deleted:
        return "(deleted)"
    parts = [indented(message.text)] if said_by_hand(message) else []
    if message.edited:
        parts.append("(edited)")
    if reactions := ", ".join(f"{one.reaction} {one.count}" for one in message.reactions):
        parts.append(f"[{neutralise(reactions)}]")
    return " ".join(parts)


def spoken(message: Message) -> str:
    """Return what follows the sender's name: marks, a colon and the text. Files may have no text."""
    text, marks = body(message), answer_mark(message) + file_mark(message)
    return f"{marks}: {text}" if text else marks


def answer_mark(message: Message) -> str:
    """Return which message this one answers, as a mark behind the sender's name."""
    return f" (answers {message.reply_to})" if message.reply_to else ""


def excerpt(message: Message | None) -> str:
    """Return the beginning of a message's text in one line, to say which one is meant; empty if unknown."""
    if message is None or not message.text:
        return ""
    text = message.text.replace("\n", " ")
    return text if len(text) <= _EXCERPT else f"{text[:_EXCERPT]}…"


def amendment_text(entry: AnyAmendment, here: str, about: str = "") -> str:
    """Return what was done to a message. `about` is the beginning of its text."""
    where = "" if entry.conversation == here else f"{entry.conversation} "
    which = f"{entry.of} ({about})" if about else f"{entry.of}"
    match entry:
        case Edited():
            done = f"edited {entry.of}: {entry.text}" if entry.text else f"edited {entry.of}"
        case Deleted():
            done = f"deleted {entry.of}"
        case Reacted():
            done = f"{entry.reaction} {'to' if entry.on else 'taken back from'} {which}"
        case Pinned():
            done = f"{'pinned' if entry.on else 'unpinned'} {which}"
    return f"* {reveal(f'{where}{entry.sender}')}: {indented(done)}"


def dated_text(entry: AnyEntry) -> str:
    """Return an entry of history with its conversation, seq and sender."""
    where = reveal(f"{entry.conversation} {entry.seq} {entry.sender}")
    if isinstance(entry, Message):
        return f"{where}{spoken(entry)}"
    return f"{where}: {amendment_text(entry, entry.conversation).partition(': ')[2]}"
