"""Commands that read the log of conversations: pages of history, threads and searches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import msgspec

from broker.core.context import Context
from broker.core.delivery.entries import message, page_of, size
from broker.core.delivery.mentioning import names
from broker.core.delivery.pages import bytes_of, first_page
from broker.core.memory.model import Conversation, Direct, Room
from broker.core.moderation.ranks import require_member
from broker.core.registry import Registry, Work
from broker.core.store import Part, Query, StoredMessage
from messages.errors import ErrorCode, RequestRefused
from messages.events import Message
from messages.limits import MAX_SEQ, PAGE_BYTES
from messages.names import parse_address
from messages.replies import Found, Page
from messages.requests import History, Search

registry = Registry()

_MOST_BYTES = 512  # of a hit besides its texts: the conversation's name, `reply_to` and `edited`


@registry.command(
    History,
    "fetch messages of a conversation",
    conversation="conversation",
    member=True,
    committed=True,
    activity=False,
    logged=False,
)
def history(context: Context, request: History) -> Page | Work[Page]:
    """Return a page of stored entries. If it would be too long, it is shorter and `more` is set."""
    conversation, limit, after = context.conversation, request.limit, request.after
    shown = conversation.seen_by(context.user)
    if request.since is not None:
        after = max(context.store.seq_since(conversation.id, request.since) - 1, 0)
    if request.thread is not None:
        return _thread(context, request, request.thread)
    if after is not None:
        found = context.store.page(conversation.id, after, MAX_SEQ, limit + 1)
    else:
        before = MAX_SEQ if request.before is None else request.before
        found = context.store.last_page(conversation.id, before, limit + 1)
        entries = page_of(context, conversation, found[: -limit - 1 : -1], shown)
        kept = first_page(entries, size)[::-1]
        return Page(request.id, shown, kept, len(kept) < len(found), conversation.head)
    return _page(context, conversation, request, found)


def _page(
    context: Context, conversation: Conversation, request: History, found: Sequence[StoredMessage]
) -> Page:
    """Return a page of the first entries of those found, of which one may be too many."""
    shown = conversation.seen_by(context.user)
    kept = first_page(page_of(context, conversation, found[: request.limit], shown), size)
    return Page(request.id, shown, kept, len(kept) < len(found), conversation.head)


def _thread(context: Context, request: History, root: int) -> Work[Page]:
    """Find a thread, which can take ten milliseconds, while nobody waits for it."""
    conversation = context.conversation
    require_message(context, conversation, root)

    def reply(later: Context) -> Page:
        if isinstance(conversation, Room):
            require_member(later, conversation)  # the user may have left it meanwhile
        found = later.store.thread(conversation.id, root, request.after or 0, request.limit + 1)
        return _page(later, conversation, request, found)

    return Work(iter(()), reply)


@registry.command(
    Search,
    "search for messages by words",
    conversation="conversation",
    member=True,
    committed=True,
)
def search(context: Context, request: Search) -> Work[Found]:
    """Find the matching messages of all the user's conversations, or of one."""
    state, user = context.state, context.user
    where = [context.named] if context.named else user.conversations.values()
    named = {one.id for one in where if context.named or not isinstance(one, Direct)}
    sender = state.users.get(parse_address(request.sender).key) if request.sender is not None else None
    if request.sender is not None and sender is None:
        raise RequestRefused(ErrorCode.NO_SUCH_USER, "no user has this name now; search without from:")
    query = Query(
        words=tuple(request.words.split()),
        conversations=frozenset(named & state.conversations.keys()),
        user=sender.id if sender else None,
        since=request.since or 0,
        until=MAX_SEQ if request.until is None else request.until,
        older_than=_position(context, request.page),
        limit=request.limit,
        party=None if context.named else user.id,
    )
    found = _Found(context.store.search(query), request.limit)
    return Work(found.steps(), partial(_found, request.id, found))


def _position(context: Context, cursor: str | None) -> int | None:
    try:
        return None if cursor is None else context.cursors.read(context.user.id, cursor)
    except ValueError:
        text = "`page` is not the `next` of a reply since the broker started; search again without it"
        raise RequestRefused(ErrorCode.INVALID, text) from None


class _Found:
    """What a search has found so far. `next` is where it goes on, or None if it has looked at all messages.

    It is `incomplete` until it has looked at all messages or a page is full.
    """

    def __init__(self, parts: Iterator[Part], limit: int) -> None:
        self._parts = parts
        self._limit = limit
        self.messages: list[StoredMessage] = []
        self.next: int | None = None
        self.incomplete = True

    def steps(self) -> Iterator[bool]:
        """Take the steps of the search, and yield after each whether it may end there."""
        taken = 0
        for part in self._parts:
            for position, hit in part.hits:
                taken += bytes_of(hit.text, hit.id, hit.sender, *names(hit.form)) + _MOST_BYTES
                if self.messages and taken > PAGE_BYTES:
                    self.incomplete = False
                    return
                self.messages.append(hit)
                self.next = position
                if len(self.messages) == self._limit:
                    self.incomplete = False
                    return
            self.next = part.position or self.next
            yield part.position is not None
        self.next, self.incomplete = None, False


def _hit(context: Context, stored: StoredMessage, shown: str) -> Message:
    """Return a message that was found, without its reactions: a page of hits is short."""
    found = message(context, stored, shown)
    return msgspec.structs.replace(found, reactions=()) if found.reactions else found


def _found(id: str, found: _Found, context: Context) -> Found:
    """Return the reply to a search. The user may have left some of the conversations meanwhile.

    The messages that are not indexed can be others', so their number is not told.
    """
    user = context.user
    messages = [
        _hit(context, stored, conversation.seen_by(user))
        for stored in found.messages
        if (conversation := user.conversations.get(stored.conversation)) is not None
    ]
    older = None if found.next is None else context.cursors.write(user.id, found.next)
    behind = int(context.store.unindexed > 0)
    return Found(id, messages, older, behind, found.incomplete)


def require_message(context: Context, conversation: Conversation, seq: int, text: str = "") -> None:
    """Raise RequestRefused unless an entry is a message. `text` says so instead of the usual sentence."""
    entry = context.present(conversation, seq)
    if entry is None or not entry.is_message:
        raise RequestRefused(ErrorCode.NO_SUCH_MESSAGE, text)
