"""Entries of the log as documents: for clients that know amendments, and in words for those that do not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import msgspec

from broker.core.context import Context
from broker.core.delivery.mentioning import is_for, is_for_all, names
from broker.core.delivery.pages import bytes_of
from broker.core.entries import PLAIN, EntryKind, Form, Reacting
from broker.core.memory.audiences import by_amendments
from broker.core.memory.model import Conversation, Direct, User
from broker.core.store import StoredMessage
from messages.events import AnyEntry, Deleted, Edited, Message, Pinned, Reacted, Reaction
from messages.files import File
from messages.limits import MAX_REACTION_NAMES, MAX_ROOM, MAX_TEXT
from messages.runs import Messages, RunMessage

REACTIONS_PER_TOKEN = 10_000
"""Reactions of users, to messages that are read, that cost as much as a request: half a millisecond."""

_MOST_NAME_BYTES = 1 + 4 * MAX_ROOM  # of a conversation; letters have up to 4 bytes
_AMENDED_BYTES = 224  # the most that numbers, flags and the keys of lists add

_FILE_BYTES = 256  # the most that a file adds besides its name


def message(context: Context, stored: StoredMessage, shown: str) -> Message:
    """Return a message as it is now. `shown` is the conversation's name as the reader sees it.

    Many reactions to it cost the reader some tokens.
    """
    form = stored.form
    if form is PLAIN and not stored.of:
        return Message(
            shown, stored.seq, stored.id, stored.sender, stored.text, stored.at, sender_id=stored.user
        )
    reactions = tuple(
        Reaction(one.reaction, one.count, [user.name for user in named(context, one)])
        for one in form.reactions
    )
    if given := sum(one.count for one in reactions):
        context.limiter.charge(context.peer, given / REACTIONS_PER_TOKEN, context.now.elapsed)
    return Message(
        *(shown, stored.seq, stored.id, stored.sender, stored.text, stored.at, stored.of, form.edited),
        deleted=bool(form.deleted),
        reactions=reactions,
        mentions=names(form),
        everyone=form.mentions is not None and is_for(context.user, stored),
        bot=form.bot,
        guest=form.guest,
        files=_files(form),
        sender_id=stored.user,
    )


def new_messages(stored: Sequence[StoredMessage], shown: str) -> list[Message]:
    """Return messages that nothing amends yet, as all who are online get them."""
    return [
        Message(shown, one.seq, one.id, one.sender, one.text, one.at, one.of, sender_id=one.user)
        if one.form is PLAIN  # the usual case, without another call
        else _new_message(one, shown)
        for one in stored
    ]


def run_of(stored: Sequence[StoredMessage], shown: str) -> Messages:
    """Return what `new_messages` does as one event. The messages follow one another in a conversation."""
    first = stored[0]
    return Messages(
        conversation=shown,
        seq=first.seq,
        sender=first.sender,
        at=first.at,
        messages=[
            RunMessage(one.id, one.text, one.of)
            if one.form is PLAIN
            else RunMessage(one.id, one.text, one.of, names(one.form), is_for_all(one.form))
            for one in stored
        ],
        bot=first.form.bot,
        guest=first.form.guest,
        sender_id=first.user,
    )


def _new_message(stored: StoredMessage, shown: str) -> Message:
    form = stored.form
    return Message(
        *(shown, stored.seq, stored.id, stored.sender, stored.text, stored.at, stored.of),
        mentions=names(form),
        everyone=is_for_all(form),
        bot=form.bot,
        guest=form.guest,
        files=_files(form),
        sender_id=stored.user,
    )


def _files(form: Form) -> tuple[File, ...]:
    return tuple(File(one.name, one.size, one.hash, one.media_type) for one in form.files)


def amendment(context: Context, stored: StoredMessage, shown: str, message: StoredMessage | None) -> AnyEntry:
    """Return an amendment of a message. An `edited` has the message's text and mentions."""
    form, who = stored.form, stored.user
    base = (shown, stored.seq, stored.of, stored.id, stored.sender, stored.at)
    match stored.kind:
        case EntryKind.EDITED:
            if message is None:
                return Edited(*base, "", sender_id=who)
            mentioned = names(message.form), is_for_all(message.form)
            return Edited(*base, message.text, *mentioned, sender_id=who)
        case EntryKind.DELETED:
            return Deleted(*base, sender_id=who)
        case EntryKind.REACTED:
            tenth = context.state.users_by_id.get(form.tenth)
            name = tenth.name if tenth else ""
            return Reacted(*base, form.reaction, form.on, name, sender_id=who)
        case _:
            return Pinned(*base, form.on, sender_id=who)


def in_words(entry: AnyEntry) -> Message:
    """Return an entry as a message, for a client that does not know amendments."""
    match entry:
        case Message():
            text = "(deleted)" if entry.deleted else entry.text
            plain = Message(
                *(entry.conversation, entry.seq, entry.id, entry.sender, text, entry.at),
                sender_id=entry.sender_id,
            )
            return msgspec.structs.replace(
                plain, mentions=entry.mentions, everyone=entry.everyone, bot=entry.bot, guest=entry.guest
            )
        case Edited():
            text = _cut(f"(edited message {entry.of}) {entry.text}".rstrip())
        case Deleted():
            text = f"(deleted message {entry.of})"
        case Reacted():
            text = f"({entry.reaction} {'to' if entry.on else 'taken back from'} message {entry.of})"
        case Pinned():
            text = f"({'pinned' if entry.on else 'unpinned'} message {entry.of})"
    base = (entry.conversation, entry.seq, entry.id, entry.sender, text, entry.at)
    return Message(*base, sender_id=entry.sender_id)


def _cut(text: str) -> str:
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"


def page_of(
    context: Context, conversation: Conversation, stored: Sequence[StoredMessage], shown: str
) -> Iterator[AnyEntry]:
    """Yield stored entries as documents for the peer of the request, messages as they are now."""
    messages = {one.seq: one for one in stored if one.is_message}
    for one in stored:
        if one.is_message:
            entry: AnyEntry = message(context, one, shown)
        else:
            changed = messages.get(one.of)
            if one.kind == EntryKind.EDITED and changed is None:
                changed = context.present(conversation, one.of)
            entry = amendment(context, one, shown, changed)
        yield entry if context.peer.amendments else in_words(entry)


def size(entry: AnyEntry) -> int:
    """Return the most bytes that an entry of a page takes."""
    texts = [entry.id, entry.sender]
    if isinstance(entry, Message | Edited):
        texts += [entry.text, *entry.mentions]
    more = 4 * len(entry.mentions) if isinstance(entry, Message | Edited) else 0
    if isinstance(entry, Message):
        more += sum(bytes_of(one.reaction, *one.users) + 8 * len(one.users) for one in entry.reactions)
        more += bytes_of(*(one.name for one in entry.files)) + _FILE_BYTES * len(entry.files)
    return bytes_of(*texts) + _MOST_NAME_BYTES + _AMENDED_BYTES + more


def deliver(
    context: Context,
    conversation: Conversation,
    stored: Sequence[StoredMessage],
    now: StoredMessage | None = None,
) -> None:
    """Send amendments of one kind to all connections of the members except the sender's.

    `now` is the message as an edit has made it.
    """
    if not stored:
        return
    if isinstance(conversation, Direct):
        readers = [(user, by_amendments(user)) for user in conversation.pair]
    else:
        readers = [(context.user, by_amendments(conversation))]
    for reader, (knowing, others) in readers:
        shown = conversation.seen_by(reader)
        entries = [amendment(context, one, shown, now) for one in stored]
        context.outbox.send_all(knowing, entries, context.peer)
        if others:
            context.outbox.send_all(others, [in_words(entry) for entry in entries], context.peer)


def named(context: Context, reaction: Reacting) -> list[User]:
    """Return the users who are named beside a reaction: the first ones who have it and are not forgotten."""
    users = context.state.users_by_id
    first = reaction.first(MAX_REACTION_NAMES)
    if users.keys() >= set(first):
        return [users[user] for user in first]
    known = (users[user] for user, _ in reaction.pairs if user in users)
    return list(islice(known, MAX_REACTION_NAMES))
