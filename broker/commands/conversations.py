"""Commands on messages: sending them and confirming them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from broker.commands.acceptance import accepted, accepted_earlier
from broker.commands.files.sending import attachments, named_uploads
from broker.commands.history import require_message
from broker.core.access.released_names import new_key_of
from broker.core.context import Context
from broker.core.delivery.devices import tell_position
from broker.core.delivery.entries import new_messages, run_of
from broker.core.delivery.mentioning import told
from broker.core.delivery.receipts import send_receipts
from broker.core.entries import PLAIN, digest
from broker.core.facts.files import Uploading
from broker.core.memory.audiences import by_runs
from broker.core.memory.model import Conversation, Direct, Peer, User
from broker.core.moderation.mentioning import forms_of
from broker.core.outbox import LogEvent
from broker.core.registry import Registry
from broker.core.store import StoredMessage
from messages.errors import ErrorCode, RequestRefused
from messages.names import parse_conversation
from messages.replies import Accepted, Done
from messages.requests import Confirm, Send

registry = Registry()


def send_all(context: Context, requests: Sequence[Send]) -> list[Accepted] | None:
    """Number and deliver new messages to one conversation. Return None if it is not stored yet."""
    conversation, user = context.conversation, context.user
    if conversation.id not in context.state.conversations:
        return None
    for request in requests:
        if request.files:
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
    uploads = named_uploads(context, request.files) if request.files else []
    if isinstance(conversation, Direct) and conversation.id not in context.state.conversations:
        context.after_reply += new_key_of(context, conversation.other(user), user)
    return _append(context, conversation, user, [request], uploads)[0]


def _is_same(earlier: StoredMessage, request: Send) -> bool:
    """Return whether a message that was sent with an id was sent with this body, whatever became of it."""
    if not earlier.is_message or earlier.of != (request.reply_to or 0):
        return False
    if first := earlier.form.digest:
        return digest(request.text, request.files) == first
    return request.text == earlier.text and request.files == tuple(file.id for file in earlier.form.files)


def _check_references(context: Context, conversation: Conversation, user: User, request: Send) -> None:
    """Raise RequestRefused if a message answers one that is not stored.

    Raise it too if a direct message is for the user who had this name before.
    """
    if request.reply_to is not None:
        require_message(context, conversation, request.reply_to, "there is no such message to answer")
    if isinstance(conversation, Direct) and request.to_id not in (0, conversation.other(user).id):
        raise RequestRefused(ErrorCode.OTHER_USER)


def _append(
    context: Context,
    conversation: Conversation,
    user: User,
    requests: Sequence[Send],
    uploads: Sequence[Uploading] = (),
) -> list[Accepted]:
    """Number the messages and deliver them. A single one may get `uploads` as its files."""
    for request in requests:
        if request.reply_to is not None or request.to_id:
            _check_references(context, conversation, user, request)
    to = parse_conversation(requests[0].to).key if isinstance(conversation, Direct) else ""
    forms = forms_of(context, conversation, requests)
    if uploads:
        forms = [msgspec.structs.replace(forms[0] if forms else PLAIN, files=attachments(uploads))]
    stored = context.state.append(conversation, user, requests, to, context.now.at, forms)
    if uploads:
        context.state.files.attach(conversation.id, stored[0].seq, user.id, uploads)
    _deliver(context, conversation, user, stored)
    if context.settings.log_messages:
        shown = conversation.seen_by(user)
        for one in stored:
            context.outbox.log(LogEvent.MESSAGE, name=user.name, conversation=shown, text=one.text)
    if not forms or not any(form.mentions for form in forms):
        return accepted(context, conversation, user, stored, as_one=context.peer.runs)
    replies = accepted(context, conversation, user, stored)
    return [told(reply, one) for reply, one in zip(replies, stored, strict=True)]


def _deliver(
    context: Context, conversation: Conversation, sender: User, stored: Sequence[StoredMessage]
) -> None:
    """Send to all connections of the members except the sender's."""
    if not isinstance(conversation, Direct):
        if len(stored) > 1:
            _send_run(context, conversation, stored, conversation.seen_by(sender), context.peer)
        else:
            documents = new_messages(stored, conversation.seen_by(sender))
            context.outbox.send_all(conversation.peers, documents, context.peer)
        return
    for user in conversation.pair:
        if user is sender and len(user.sessions) == 1:  # the usual case: there is nobody else to tell
            continue
        but = context.peer if user is sender else None
        if len(stored) > 1:
            _send_run(context, user, stored, conversation.seen_by(user), but)
        else:
            context.outbox.send_all(user.peers, new_messages(stored, conversation.seen_by(user)), but)


def _send_run(
    context: Context, to: Conversation | User, stored: Sequence[StoredMessage], shown: str, but: Peer | None
) -> None:
    """Send several messages, as one event to the connections that know runs."""
    knowing, others = by_runs(to)
    if knowing:
        context.outbox.send(knowing, run_of(stored, shown), but if but and but.runs else None)
    if others:
        context.outbox.send_all(others, new_messages(stored, shown), None if but and but.runs else but)


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
