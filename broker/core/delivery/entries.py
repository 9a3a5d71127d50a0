"""Entries of the log as documents: for clients that know amendments, and in words for those that do not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from broker.core.context import Context
from broker.core.delivery.pages import bytes_of
from broker.core.entries import PLAIN, EntryKind
from broker.core.memory.model import Conversation, Direct, divide
from broker.core.store import StoredMessage
from messages.events import AnyEntry, Deleted, Edited, Message, Pinned, Reacted, Reaction
from messages.files import File
from messages.limits import MAX_REACTION_NAMES, MAX_ROOM

REACTIONS_PER_TOKEN = 1_000
"""Reactions of users, to messages that are read, that cost as much as a request: half a millisecond."""

_MOST_NAME_BYTES = 1 + 4 * MAX_ROOM  # of a conversation; letters have up to 4 bytes
_AMENDED_BYTES = 128  # the most that `reply_to`, `edited`, `deleted` and the key `reactions` add

_FILE_BYTES = 256  # the most that a file adds besides its name


def message(context: Context, stored: StoredMessage, shown: str) -> Message:
    """Return a message as it is now. `shown` is the conversation's name as the reader sees it.

    Many reactions to it cost the reader some tokens.
    """
    form = stored.form
    if form is PLAIN and not stored.of:
        return Message(shown, stored.seq, stored.id, stored.sender, stored.text, stored.at)
    if given := sum(len(one.by) for one in form.reactions):
        context.limiter.charge(context.peer, given / REACTIONS_PER_TOKEN, context.now.elapsed)
    return Message(
        *(shown, stored.seq, stored.id, stored.sender, stored.text, stored.at, stored.of, form.edited),
        deleted=bool(form.deleted),
        reactions=tuple(
            Reaction(one.reaction, len(one.by), _names(context, one.by)) for one in form.reactions
        ),
        files=tuple(File(one.name, one.size, one.hash, one.media_type) for one in form.files),
    )


def amendment(stored: StoredMessage, shown: str, text: str) -> AnyEntry:
    """Return an amendment. `text` is the text of the message that it changes."""
    form, base = stored.form, (shown, stored.seq, stored.of, stored.id, stored.sender, stored.at)
    match stored.kind:
        case EntryKind.EDITED:
            return Edited(*base, text)
        case EntryKind.DELETED:
            return Deleted(*base)
        case EntryKind.REACTED:
            return Reacted(*base, form.reaction, form.on)
        case _:
            return Pinned(*base, form.on)


def in_words(entry: AnyEntry) -> Message:
    """Return an entry as a message, for a client that does not know amendments."""
    match entry:
        case Message():
            text = "(deleted)" if entry.deleted else entry.text
            return Message(entry.conversation, entry.seq, entry.id, entry.sender, text, entry.at)
        case Edited():
            text = f"(edited message {entry.of}) {entry.text}".rstrip()
        case Deleted():
            text = f"(deleted message {entry.of})"
        case Reacted():
            text = f"({entry.reaction} {'to' if entry.on else 'taken back from'} message {entry.of})"
        case Pinned():
            text = f"({'pinned' if entry.on else 'unpinned'} message {entry.of})"
    return Message(entry.conversation, entry.seq, entry.id, entry.sender, text, entry.at)


def page_of(
    context: Context, conversation: Conversation, stored: Sequence[StoredMessage], shown: str
) -> list[AnyEntry]:
    """Return stored entries as documents for the peer of the request, messages as they are now."""
    texts = {one.seq: one.text for one in stored if one.is_message}
    entries: list[AnyEntry] = []
    for one in stored:
        if one.is_message:
            entries.append(message(context, one, shown))
            continue
        if one.kind == EntryKind.EDITED and one.of not in texts:
            changed = context.present(conversation, one.of)
            texts[one.of] = changed.text if changed else ""
        entries.append(amendment(one, shown, texts.get(one.of, "")))
    return entries if context.peer.amendments else [in_words(entry) for entry in entries]


def size(entry: AnyEntry) -> int:
    """Return the most bytes that an entry of a page takes."""
    texts = [entry.id, entry.sender]
    if isinstance(entry, Message | Edited):
        texts.append(entry.text)
    more = 0
    if isinstance(entry, Message):
        more = sum(bytes_of(one.reaction, *one.users) + 8 * len(one.users) for one in entry.reactions)
        more += bytes_of(*(one.name for one in entry.files)) + _FILE_BYTES * len(entry.files)
    return bytes_of(*texts) + _MOST_NAME_BYTES + _AMENDED_BYTES + more


def deliver(
    context: Context, conversation: Conversation, stored: Sequence[StoredMessage], text: str = ""
) -> None:
    """Send amendments of one kind to all connections of the members except the sender's."""
    if not stored:
        return
    if isinstance(conversation, Direct):
        readers = [(user, divide(user.peers)) for user in conversation.pair]
    else:
        readers = [(context.user, conversation.peers_by_ability)]
    for reader, (knowing, others) in readers:
        shown = conversation.seen_by(reader)
        entries = [amendment(one, shown, text) for one in stored]
        context.outbox.send_all(knowing, entries, context.peer)
        if others:
            context.outbox.send_all(others, [in_words(entry) for entry in entries], context.peer)


def _names(context: Context, by: Iterable[tuple[int, int]]) -> list[str]:
    users = (context.state.users_by_id.get(user) for user, _ in by)
    return list(islice((user.name for user in users if user is not None), MAX_REACTION_NAMES))
