"""Commands on pins."""

from __future__ import annotations

from broker.commands.amending.making import Amendment, again, amend_message, unchanged
from broker.commands.amending.making import message as find_message
from broker.core.context import Context
from broker.core.delivery.entries import in_words, message, size
from broker.core.delivery.pages import first_page
from broker.core.entries import EntryKind, Form
from broker.core.memory.model import Conversation, Room
from broker.core.memory.pinning import pin_message, pins, unpin_message, unpinned_by
from broker.core.moderation.ranks import SMALL_ROOM, level, own_level, require, require_member
from broker.core.registry import Registry, Work
from messages.amendments import Pin, Pins
from messages.errors import ErrorCode, RequestRefused
from messages.limits import MAX_PINS
from messages.moderation import Role
from messages.replies import Accepted, PinList

registry = Registry()

MOST_AT_ONCE = 20
"""If more messages are pinned, the list is made between batches: 100 take a millisecond or two."""


@registry.command(
    Pin,
    "pin a message, or unpin it",
    conversation="conversation",
    member=True,
    voice=True,
    once=True,
    logged=False,
)
def pin(context: Context, request: Pin) -> Accepted:
    """Pin a message, or unpin it."""
    wanted = Amendment(EntryKind.PINNED, Form(on=request.on))
    if (reply := again(context, request, wanted)) is not None:
        return reply
    conversation, facts = context.conversation, context.state.facts
    old = find_message(context, request.seq)
    if isinstance(conversation, Room) and len(conversation.members) > SMALL_ROOM:
        require(context, Role.MODERATOR, conversation)
    pinned = pins(facts, conversation)
    entry = pinned.get(request.seq, 0)
    if bool(entry) is request.on:
        since = entry or old.form.deleted or unpinned_by(facts, conversation, request.seq)
        return unchanged(context, request, wanted, since or request.seq)
    if not request.on:
        _require_not_below(context, entry)
        unpin_message(facts, conversation, request.seq, conversation.head + 1)
        return amend_message(context, request, wanted, None)
    if old.form.deleted:
        raise RequestRefused(ErrorCode.MESSAGE_DELETED)
    if len(pinned) >= MAX_PINS:
        text = f"{MAX_PINS} messages are pinned here, which is the limit; unpin one first"
        raise RequestRefused(ErrorCode.LIMIT_REACHED, text)
    pin_message(facts, conversation, request.seq, conversation.head + 1)
    return amend_message(context, request, wanted, None)


def _require_not_below(context: Context, entry: int) -> None:
    """Raise RequestRefused if the user who made an entry that pins has a higher role in the room."""
    conversation, made = context.conversation, context.present(context.conversation, entry)
    user = context.state.users_by_id.get(made.user) if made else None
    if user is None or not isinstance(conversation, Room):
        return
    if level(context, user, conversation) > own_level(context, conversation):
        text = f"{user.name} pinned this message and has a higher role here; ask them"
        raise RequestRefused(ErrorCode.NOT_PERMITTED, text)


@registry.command(
    Pins,
    "list the pinned messages",
    conversation="conversation",
    member=True,
    committed=True,
    activity=False,
    logged=False,
)
def list_pins(context: Context, request: Pins) -> PinList | Work[PinList]:
    """Return the pinned messages, the latest pin first, as many as fit. Nobody waits if they are many."""
    conversation = context.conversation
    if len(pins(context.state.facts, conversation)) <= MOST_AT_ONCE:
        return _list(context, request, conversation)

    def reply(later: Context) -> PinList:
        if isinstance(conversation, Room):
            require_member(later, conversation)  # the user may have left it meanwhile
        return _list(later, request, conversation)

    return Work(iter(()), reply)


def _list(context: Context, request: Pins, conversation: Conversation) -> PinList:
    shown = conversation.seen_by(context.user)
    by_entry = sorted(pins(context.state.facts, conversation).items(), key=lambda one: -one[1])
    stored = [one for seq, _ in by_entry if (one := context.present(conversation, seq)) is not None]
    kept = first_page((message(context, one, shown) for one in stored), size)
    if not context.peer.amendments:
        kept = [in_words(one) for one in kept]
    return PinList(request.id, shown, kept, len(kept) < len(stored))
