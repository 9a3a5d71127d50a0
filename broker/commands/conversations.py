"""Commands on messages: sending, confirming, history and search."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import msgspec

from broker.commands.acceptance import accepted, accepted_earlier
from broker.core.access.released_names import new_key_of
from broker.core.context import Context
from broker.core.delivery.devices import tell_position
from broker.core.delivery.entries import message, new_messages, page_of, size
from broker.core.delivery.mentioning import names, told
from broker.core.delivery.pages import bytes_of, first_page
from broker.core.delivery.receipts import send_receipts
from broker.core.entries import digest
from broker.core.memory.model import Conversation, Direct, User
from broker.core.moderation.mentioning import forms_of
from broker.core.outbox import LogEvent
from broker.core.registry import Registry, Work
from broker.core.store import Part, Query, StoredMessage
from messages.errors import ErrorCode, RequestRefused
from messages.events import Message
from messages.limits import MAX_SEQ, PAGE_BYTES
from messages.names import parse_address, parse_conversation
from messages.replies import Accepted, Done, Found, Page
from messages.requests import Confirm, History, Search, Send

registry = Registry()

THREAD_TOKENS = 10
"""The price of a thread, which can take ten milliseconds."""

_MOST_BYTES = 512  # of a hit besides its texts: the conversation's name, `reply_to` and `edited`


def send_all(context: Context, requests: Sequence[Send]) -> list[Accepted] | None:
    """Number and deliver new messages to one conversation. Return None if it is not stored yet."""
    conversation, user = context.conversation, context.user
    if conversation.id not in context.state.conversations:
        return None
    return _append(context, conversation, user, requests)


@registry.command(
    Send,
    "send a message to a room or a user",
    conversation="to",
    member=True,
    voice=True,
    once=True,
    together=send_all,
    logged=False,
)
def send(context: Context, request: Send) -> Accepted:
    """Number the message and deliver it, or answer with its seq if it was accepted before."""
    conversation, user, earlier = context.conversation, context.user, context.already_accepted
    if earlier is not None:
        if not _is_same(earlier, request):
            raise RequestRefused(ErrorCode.ID_REUSED)
        return told(accepted_earlier(context, conversation, user, earlier), earlier)
    if isinstance(conversation, Direct) and conversation.id not in context.state.conversations:
        context.after_reply += new_key_of(context, conversation.other(user), user)
    return _append(context, conversation, user, [request])[0]


def _is_same(earlier: StoredMessage, request: Send) -> bool:
    """Return whether a message that was sent with an id was sent with this body, whatever became of it."""
    if not earlier.is_message or earlier.of != (request.reply_to or 0):
        return False
    first = earlier.form.digest
    return digest(request.text) == first if first else request.text == earlier.text


def _check_answers(context: Context, conversation: Conversation, requests: Sequence[Send]) -> None:
    """Raise RequestRefused if one of the messages answers one that is not stored."""
    for request in requests:
        if request.reply_to is not None:
            _require_message(context, conversation, request.reply_to, "there is no such message to answer")


def _require_message(context: Context, conversation: Conversation, seq: int, text: str = "") -> None:
    """Raise RequestRefused unless an entry is a message. `text` says so instead of the usual sentence."""
    entry = context.present(conversation, seq)
    if entry is None or not entry.is_message:
        raise RequestRefused(ErrorCode.NO_SUCH_MESSAGE, text)


def _check_recipient(conversation: Conversation, user: User, requests: Sequence[Send]) -> None:
    """Raise RequestRefused if a direct message is for the user who had this name before."""
    if isinstance(conversation, Direct):
        other = conversation.other(user).id
        for request in requests:
            if request.to_id not in (0, other):
                raise RequestRefused(ErrorCode.OTHER_USER)


def _append(
    context: Context, conversation: Conversation, user: User, requests: Sequence[Send]
) -> list[Accepted]:
    """Number the messages and deliver them."""
    _check_answers(context, conversation, requests)
    _check_recipient(conversation, user, requests)
    to = parse_conversation(requests[0].to).key if isinstance(conversation, Direct) else ""
    forms = forms_of(context, conversation, requests)
    stored = context.state.append(conversation, user, requests, to, context.now.at, forms)
    _deliver(context, conversation, user, stored)
    if context.settings.log_messages:
        shown = conversation.seen_by(user)
        for one in stored:
            context.outbox.log(LogEvent.MESSAGE, name=user.name, conversation=shown, text=one.text)
    replies = accepted(context, conversation, user, stored)
    return [told(reply, one) for reply, one in zip(replies, stored, strict=True)] if forms else replies


def _deliver(
    context: Context, conversation: Conversation, sender: User, stored: Sequence[StoredMessage]
) -> None:
    """Send to all connections of the members except the sender's."""
    if not isinstance(conversation, Direct):
        documents = new_messages(stored, conversation.seen_by(sender))
        context.outbox.send_all(conversation.peers, documents, context.peer)
        return
    for user in conversation.pair:
        but = context.peer if user is sender else None
        documents = new_messages(stored, conversation.seen_by(user))
        context.outbox.send_all(user.peers, documents, but)


@registry.command(
    Confirm,
    "confirm that messages have arrived",
    conversation="conversation",
    member=True,
    light=True,
    activity=False,
    logged=False,
)
def confirm(context: Context, request: Confirm) -> Done:
    """Move the user's cursors forward; they never go back."""
    conversation, user = context.conversation, context.user
    if request.seq > conversation.head:
        raise RequestRefused(ErrorCode.SEQ_UNKNOWN)
    old = conversation.members.get(user)
    if old is not None:
        delivered, read = max(old.delivered, request.seq), max(old.read, request.read or 0)
        if (delivered, read) != (old.delivered, old.read):
            silent = user.discreet and delivered == old.delivered  # no receipt may show it later either
            context.state.move_cursors(
                conversation, user, delivered, read, old.at if silent else context.now.at
            )
            send_receipts(context, conversation, user, old)
            tell_position(context, conversation)
    return Done(request.id)


@registry.command(
    History,
    "fetch messages of a conversation",
    conversation="conversation",
    member=True,
    committed=True,
    activity=False,
    logged=False,
)
def history(context: Context, request: History) -> Page:
    """Return a page of stored entries. If it would be too long, it is shorter and `more` is set."""
    conversation, limit, after = context.conversation, request.limit, request.after
    shown = conversation.seen_by(context.user)
    if request.since is not None:
        after = max(context.store.seq_since(conversation.id, request.since) - 1, 0)
    if request.thread is not None:
        context.limiter.charge(context.peer, THREAD_TOKENS - 1, context.now.elapsed)
        _require_message(context, conversation, request.thread)
        found = context.store.thread(conversation.id, request.thread, after or 0, limit + 1)
    elif after is not None:
        found = context.store.page(conversation.id, after, MAX_SEQ, limit + 1)
    else:
        before = MAX_SEQ if request.before is None else request.before
        found = context.store.last_page(conversation.id, before, limit + 1)
        entries = page_of(context, conversation, found[: -limit - 1 : -1], shown)
        kept = first_page(entries, size)[::-1]
        return Page(request.id, shown, kept, len(kept) < len(found), conversation.head)
    kept = first_page(page_of(context, conversation, found[:limit], shown), size)
    return Page(request.id, shown, kept, len(kept) < len(found), conversation.head)


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
