"""Commands on messages that were sent earlier: edit, delete, react, pin and the list of pins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from broker.commands.acceptance import accepted, accepted_earlier
from broker.core.context import Context
from broker.core.delivery.entries import deliver, in_words, message, size
from broker.core.delivery.pages import first_page
from broker.core.entries import PLAIN, EntryKind, Form, Reacting, digest
from broker.core.memory.amending import amend, new_amendment
from broker.core.memory.model import Direct, Room
from broker.core.memory.pinning import pins, set_pins
from broker.core.moderation.audit import record
from broker.core.moderation.ranks import Level, own_level, require
from broker.core.registry import Registry
from broker.core.store import StoredMessage
from messages.amendments import Delete, Edit, Pin, Pins, React
from messages.errors import ErrorCode, RequestRefused
from messages.limits import MAX_OWN_REACTIONS, MAX_PINS, MAX_REACTIONS
from messages.moderation import Role
from messages.names import parse_conversation
from messages.replies import Accepted, PinList

registry = Registry()

SMALL_ROOM = 20
"""In rooms of up to this many members, every member may pin."""


class Amendment(NamedTuple):
    """What a request wants to do: the kind of the entry, its form, and the text that it sets, if any."""

    kind: EntryKind
    form: Form
    text: str = ""


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
    if (again := _again(context, request, wanted)) is not None:
        return again
    old = _message(context, request.seq)
    if old.user != context.user.id:
        raise RequestRefused(ErrorCode.NOT_YOURS)
    if old.form.deleted:
        raise RequestRefused(ErrorCode.MESSAGE_DELETED)
    _refuse_late(context, old)
    form = msgspec.structs.replace(old.form, edited=context.now.at, digest=_first_body(old))
    return _amend(context, request, wanted, msgspec.structs.replace(old, text=request.text, form=form))


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
    if (again := _again(context, request, wanted)) is not None:
        return again
    conversation, old = context.conversation, _message(context, request.seq)
    moderates = isinstance(conversation, Room) and own_level(context, conversation) >= Level.MODERATOR
    own = old.user == context.user.id
    if not (own or moderates):
        raise RequestRefused(ErrorCode.NOT_YOURS)
    if old.form.deleted:
        return _as_it_is(context, request, old.form.deleted)
    if not moderates:
        _refuse_late(context, old)
    pinned = pins(context.state.facts, conversation)
    if pinned.pop(request.seq, None) is not None:
        set_pins(context.state.facts, conversation, pinned)
    if not own and isinstance(conversation, Room):
        record(context, "delete", old.sender, conversation.name, f"message {old.seq}")
    context.state.files.detach(conversation.id, [old.seq])
    form = Form(digest=_first_body(old), deleted=conversation.head + 1)
    return _amend(context, request, wanted, msgspec.structs.replace(old, text="", form=form))


class _NotTogetherError(Exception):
    """One of several reactions is refused, so each is to be handled alone, with nothing changed before."""


def react_all(context: Context, requests: Sequence[React]) -> list[Accepted]:
    """Number and deliver new reactions to messages of one conversation."""
    try:
        found = [_react(context, request) for request in requests]
    except RequestRefused as refusal:
        raise _NotTogetherError from refusal
    entries = [one for one in found if isinstance(one, StoredMessage)]
    if not entries:
        return [one for one in found if isinstance(one, Accepted)]
    deliver(context, context.conversation, entries)
    replies = iter(accepted(context, context.conversation, context.user, entries))
    return [one if isinstance(one, Accepted) else next(replies) for one in found]


@registry.command(
    React,
    "react to a message",
    conversation="conversation",
    member=True,
    voice=True,
    once=True,
    together=react_all,
    logged=False,
)
def react(context: Context, request: React) -> Accepted:
    """Add the user's reaction to a message, or take it back."""
    if (again := _again(context, request, _reaction(request))) is not None:
        return again
    entry = _react(context, request)
    if isinstance(entry, Accepted):
        return entry
    deliver(context, context.conversation, [entry])
    return accepted(context, context.conversation, context.user, [entry])[0]


def _reaction(request: React) -> Amendment:
    return Amendment(EntryKind.REACTED, Form(reaction=request.reaction, on=request.on))


def _react(context: Context, request: React) -> StoredMessage | Accepted:
    """Return the numbered entry of a reaction, or the reply if all is so already."""
    old, user = _message(context, request.seq), context.user.id
    given = {one.reaction: one for one in old.form.reactions}
    held = given.get(request.reaction, Reacting(request.reaction, ()))
    entry = held.seq_of(user)
    if bool(entry) is request.on or (old.form.deleted and not request.on):
        return _as_it_is(context, request, entry or request.seq)
    if old.form.deleted:
        raise RequestRefused(ErrorCode.MESSAGE_DELETED)
    if request.on:
        _cap_reactions(given, request.reaction, user)
        by = (*held.by, (user, context.conversation.head + 1))
    else:
        by = tuple(one for one in held.by if one[0] != user)
    given[request.reaction] = Reacting(request.reaction, by)
    reactions = tuple(one for one in given.values() if one.by)
    form = msgspec.structs.replace(old.form, reactions=reactions)
    return _append(context, request, _reaction(request), msgspec.structs.replace(old, form=form))


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
    if (again := _again(context, request, wanted)) is not None:
        return again
    conversation, facts = context.conversation, context.state.facts
    old = _message(context, request.seq)
    if isinstance(conversation, Room) and len(conversation.members) > SMALL_ROOM:
        require(context, Role.MODERATOR, conversation)
    pinned = pins(facts, conversation)
    entry = pinned.get(request.seq, 0)
    if bool(entry) is request.on:
        return _as_it_is(context, request, entry or request.seq)
    if old.form.deleted:
        raise RequestRefused(ErrorCode.MESSAGE_DELETED)
    if request.on:
        if len(pinned) >= MAX_PINS:
            text = f"{MAX_PINS} messages are pinned here, which is the limit; unpin one first"
            raise RequestRefused(ErrorCode.LIMIT_REACHED, text)
        pinned[request.seq] = conversation.head + 1
    else:
        del pinned[request.seq]
    set_pins(facts, conversation, pinned)
    return _amend(context, request, wanted, None)


@registry.command(
    Pins,
    "list the pinned messages",
    conversation="conversation",
    member=True,
    committed=True,
    activity=False,
    logged=False,
)
def list_pins(context: Context, request: Pins) -> PinList:
    """Return the pinned messages, the latest pin first, as many as fit."""
    conversation = context.conversation
    shown = conversation.seen_by(context.user)
    by_entry = sorted(pins(context.state.facts, conversation).items(), key=lambda one: -one[1])
    stored = (context.present(conversation, seq) for seq, _ in by_entry)
    found = [message(context, one, shown) for one in stored if one is not None]
    kept = first_page(found, size)
    if not context.peer.amendments:
        kept = [in_words(one) for one in kept]
    return PinList(request.id, shown, kept, len(kept) < len(found))


def _message(context: Context, seq: int) -> StoredMessage:
    """Return a message of the conversation as it is now. Raise RequestRefused if there is none."""
    found = context.present(context.conversation, seq)
    if found is None or not found.is_message:
        raise RequestRefused(ErrorCode.NO_SUCH_MESSAGE)
    return found


def _refuse_late(context: Context, old: StoredMessage) -> None:
    seconds = context.settings.edit_for
    if seconds is not None and context.now.at - old.at > seconds * 1000:
        raise RequestRefused(ErrorCode.TOO_LATE)


def _first_body(old: StoredMessage) -> str:
    """Return the hash of the text and files with which a message was sent."""
    return old.form.digest or digest(old.text, (file.id for file in old.form.files))


def _cap_reactions(given: dict[str, Reacting], reaction: str, user: int) -> None:
    """Raise RequestRefused if one more reaction of a user would be too many."""
    if sum(bool(one.seq_of(user)) for one in given.values()) >= MAX_OWN_REACTIONS:
        text = f"you have {MAX_OWN_REACTIONS} reactions to this message, the limit; take one back first"
        raise RequestRefused(ErrorCode.LIMIT_REACHED, text)
    if reaction not in given and len(given) >= MAX_REACTIONS:
        text = f"this message has {MAX_REACTIONS} different reactions, which is the limit; choose one of them"
        raise RequestRefused(ErrorCode.LIMIT_REACHED, text)


def _again(context: Context, request: Edit | Delete | React | Pin, wanted: Amendment) -> Accepted | None:
    """Return the reply to a request that was accepted before, or None if it is new."""
    earlier = context.already_accepted
    if earlier is None:
        return None
    if (earlier.of, earlier.kind, earlier.form) != (request.seq, wanted.kind, wanted.form):
        raise RequestRefused(ErrorCode.ID_REUSED)
    return accepted_earlier(context, context.conversation, context.user, earlier)


def _as_it_is(context: Context, request: Edit | Delete | React | Pin, seq: int) -> Accepted:
    """Return the reply to a request for what is so already, since the entry `seq`."""
    conversation, user = context.conversation, context.user
    entry = context.present(conversation, seq) or _message(context, request.seq)
    reply = accepted(context, conversation, user, [entry])[0]
    return msgspec.structs.replace(reply, re=request.id)


def _amend(
    context: Context, request: Edit | Delete | React | Pin, wanted: Amendment, now: StoredMessage | None
) -> Accepted:
    """Number an amendment and deliver it. `now` is the message as it makes it, if it changes the message."""
    entry = _append(context, request, wanted, now)
    deliver(context, context.conversation, [entry], wanted.text)
    return accepted(context, context.conversation, context.user, [entry])[0]


def _append(
    context: Context, request: Edit | Delete | React | Pin, wanted: Amendment, now: StoredMessage | None
) -> StoredMessage:
    """Number an amendment, and return it."""
    conversation, user, at = context.conversation, context.user, context.now.at
    to = parse_conversation(request.conversation).key if isinstance(conversation, Direct) else ""
    entry = new_amendment(conversation, user, request.id, request.seq, wanted.kind, wanted.form, to, at)
    return amend(context.state, conversation, user, entry, now)
