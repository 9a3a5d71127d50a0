"""Pages: lists cut to fit into a frame. Sizes are upper bounds, as the encoding is not known here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from broker.core.context import Context
from broker.core.delivery.ignoring import ignored_ids
from broker.core.delivery.mentioning import charge_reader, count_mentioned
from broker.core.delivery.noticing import levels
from broker.core.memory.model import Conversation, Direct, User
from broker.core.store import StoredMessage
from messages.events import Position
from messages.limits import MAX_SEQ, MAX_UNREAD, PAGE_BYTES
from messages.notices import NoticeLevel
from messages.replies import Durability

_Item = TypeVar("_Item")

_MOST_LOOKED_AT = 5_000  # entries, until one of them is a message: some 10 ms
_COUNTED_PER_TOKEN = 5_000  # entries that the store counts, for as much as a request: half a millisecond
_MOST_COUNTED = 10_000  # entries that the store looks at to count some
_OVERHEAD = 192  # the most bytes of an encoded item, besides its texts


def bytes_of(*texts: str) -> int:
    """Return the most bytes that an item with these texts takes. Escapes at most double a text."""
    return 2 * sum(len(text.encode()) for text in texts) + _OVERHEAD


def pages(items: Sequence[_Item], size: Callable[[_Item], int]) -> Iterator[list[_Item]]:
    """Yield all items in order, in lists of at most PAGE_BYTES and at least one item."""
    start, total = 0, 0
    for index, item in enumerate(items):
        total += size(item)
        if index > start and total > PAGE_BYTES:
            yield list(items[start:index])
            start, total = index, size(item)
    if items:
        yield list(items[start:])


def first_page(items: Iterable[_Item], size: Callable[[_Item], int]) -> list[_Item]:
    """Return as many of the first items as fit. Of the others, one at most is made."""
    kept: list[_Item] = []
    total = 0
    for item in items:
        total += size(item)
        if kept and total > PAGE_BYTES:
            break
        kept.append(item)
    return kept


def pages_of_positions(context: Context, user: User) -> list[tuple[list[Position], bool]]:
    """Return a user's positions in all conversations in pages, those with unconfirmed messages first.

    There is at least one page, and beside each is whether others follow: from all of them a client learns
    which conversations it has no longer.
    """
    conversations = sorted(user.conversations.values(), key=lambda c: c.members[user].delivered == c.head)
    positions = [position_of(context, conversation, user) for conversation in conversations]
    found = list(pages(positions, lambda position: bytes_of(position.conversation))) or [[]]
    return [(page, number < len(found)) for number, page in enumerate(found, 1)]


def position_of(context: Context, conversation: Conversation, user: User) -> Position:
    """Return a user's position in a conversation of theirs."""
    member = conversation.members[user]
    return Position(
        conversation.seen_by(user),
        conversation.head,
        member.delivered,
        member.read,
        *_waiting(context, conversation, user, member.read),
        levels(context, user).get(conversation.id, NoticeLevel.DEFAULT),
        conversation.other(user).id if isinstance(conversation, Direct) else 0,
        _last_at(context, conversation),
    )


def _last_at(context: Context, conversation: Conversation) -> int:
    """Return when the last message of a conversation was sent. The store is asked for it once."""
    before, limit = MAX_SEQ, 1
    if conversation.head < conversation.first:
        return 0
    while conversation.last_at is None:
        found = context.store.last_page(conversation.id, before, limit)
        sent = [one.at for one in found if one.is_message]
        if sent or len(found) < limit:
            conversation.last_at = sent[-1] if sent else 0
        elif limit > _MOST_LOOKED_AT:
            conversation.last_at = found[0].at
        before, limit = found[0].seq if found else 0, 2 * limit
    return conversation.last_at


def _waiting(context: Context, conversation: Conversation, user: User, read: int) -> tuple[int, int]:
    """Return how many messages of others after seq `read` there are, and how many of them mention a user.

    What the store was asked for is kept until it may be wrong, as users can ask for it again and again.
    """
    if read >= conversation.head:
        return 0, 0
    only_others = max(conversation.last_sent.get(user, 0), conversation.amended) <= read
    drops = context.store.durability is Durability.MEMORY
    valid = (conversation.head, conversation.first, read, ignored_ids(context, user))
    kept = conversation.waiting.get(user)
    if kept is not None and kept[0] == valid and not drops:
        return kept[1]
    if only_others and not drops:
        unread = min(conversation.head - max(read, conversation.first - 1), MAX_UNREAD)
    else:
        unread = _count_unread(context, conversation, user, read)
    mentioned = count_mentioned(context, conversation, user, read) if unread else 0
    found = unread, min(mentioned, unread)
    if not only_others or conversation.mentioning > read:
        context.state.changes.put(conversation.waiting, user, (valid, found))
    return found


def _count_unread(context: Context, conversation: Conversation, user: User, read: int) -> int:
    """Return how many stored messages after seq `read` are from others, at most MAX_UNREAD.

    The store counts them only if some are the user's own or amended, or if it drops messages by itself. If
    they are many, a user who asks pays for it.
    """
    looked_at = min(conversation.head - read, _MOST_COUNTED)
    charge_reader(context, user, looked_at / _COUNTED_PER_TOKEN)
    stored = context.store.count_others(conversation.id, read, user.id, MAX_UNREAD)
    return min(stored + _changed(context, conversation, user, read), MAX_UNREAD)


def _changed(context: Context, conversation: Conversation, user: User, read: int) -> int:
    """Return how many more unread messages there are in this batch than in the store."""
    unstored, present = context.state.unstored, context.state.present

    def counts(one: StoredMessage) -> bool:
        return one.conversation == conversation.id and one.seq > read and one.user != user.id

    entries = context.state.entries_unstored()
    coming = (present.get((one.conversation, one.seq), one) for one in entries if counts(one))
    stored = (one for one in present.values() if counts(one) and one.id not in unstored.get(one.user, ()))
    return sum(bool(one.text) for one in coming) - sum(not one.text for one in stored)
