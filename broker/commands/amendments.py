"""Commands that change the texts of messages that were sent earlier: edit and delete."""

from __future__ import annotations

import msgspec

from broker.commands.amending.making import Amendment, again, amend_message, as_it_is, message
from broker.core.context import Context
from broker.core.delivery.mentioning import told
from broker.core.entries import PLAIN, EntryKind, Form, digest
from broker.core.memory.model import Room
from broker.core.memory.pinning import unpin_message
from broker.core.moderation.audit import record
from broker.core.moderation.mentioning import still_mentioned
from broker.core.moderation.ranks import Level, own_level, require_above
from broker.core.registry import Registry
from broker.core.store import StoredMessage
from messages.amendments import Delete, Edit
from messages.errors import ErrorCode, RequestRefused
from messages.replies import Accepted

registry = Registry()


@registry.command(
    Edit,
    "change the text of your message",
    conversation="conversation",
    member=True,
    voice=True,
    once=True,
    logged=False,
)
def edit(context: Context, request: Edit) -> Accepted:
    """Replace the text of a message of this user's."""
    wanted = Amendment(EntryKind.EDITED, Form(digest=digest(request.text)), request.text)
    if (reply := again(context, request, wanted)) is not None:
        return told(reply, context.present(context.conversation, request.seq))
    old = message(context, request.seq)
    if old.user != context.user.id:
        raise RequestRefused(ErrorCode.NOT_YOURS)
    if old.form.deleted:
        raise RequestRefused(ErrorCode.MESSAGE_DELETED)
    _refuse_late(context, old)
    mentions = still_mentioned(context, old, request.text)
    form = msgspec.structs.replace(
        old.form, edited=context.now.at, digest=_first_body(old), mentions=mentions
    )
    now = msgspec.structs.replace(old, text=request.text, form=form)
    return told(amend_message(context, request, wanted, now), now)


@registry.command(
    Delete,
    "delete a message",
    conversation="conversation",
    member=True,
    once=True,
    logged=False,
)
def delete(context: Context, request: Delete) -> Accepted:
    """Delete the text of a message of this user's, or of anybody's if the user is a moderator of the room."""
    wanted = Amendment(EntryKind.DELETED, PLAIN)
    if (reply := again(context, request, wanted)) is not None:
        return reply
    conversation, old = context.conversation, message(context, request.seq)
    moderates = isinstance(conversation, Room) and own_level(context, conversation) >= Level.MODERATOR
    own = old.user == context.user.id
    if not (own or moderates):
        raise RequestRefused(ErrorCode.NOT_YOURS)
    author = context.state.users_by_id.get(old.user)
    if not own and author is not None and isinstance(conversation, Room):
        require_above(context, author, conversation)
    if old.form.deleted:
        return as_it_is(context, request, old.form.deleted)
    if not moderates:
        _refuse_late(context, old)
    unpin_message(context.state.facts, conversation, request.seq)
    if not own and isinstance(conversation, Room):
        record(context, "delete", old.sender, conversation.name, f"message {old.seq}")
    context.state.files.detach(conversation.id, [old.seq])
    form = Form(
        digest=_first_body(old), deleted=conversation.head + 1, bot=old.form.bot, guest=old.form.guest
    )
    return amend_message(context, request, wanted, msgspec.structs.replace(old, text="", form=form))


def _refuse_late(context: Context, old: StoredMessage) -> None:
    seconds = context.settings.edit_for
    if seconds is not None and context.now.at - old.at > seconds * 1000:
        raise RequestRefused(ErrorCode.TOO_LATE)


def _first_body(old: StoredMessage) -> str:
    """Return the hash of the text and files with which a message was sent."""
    return old.form.digest or digest(old.text, (file.id for file in old.form.files))
