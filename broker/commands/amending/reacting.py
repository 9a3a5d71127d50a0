"""Commands on reactions."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from broker.commands.acceptance import accepted
from broker.commands.amending.making import Amendment, again, append, message, unchanged, unchanged_again
from broker.core.context import Context
from broker.core.delivery.entries import deliver, named
from broker.core.entries import EntryKind, Form, Reacting
from broker.core.registry import Registry
from broker.core.store import StoredMessage
from messages.amendments import React
from messages.errors import ErrorCode, RequestRefused
from messages.limits import MAX_OWN_REACTIONS, MAX_REACTED, MAX_REACTION_NAMES, MAX_REACTIONS
from messages.replies import Accepted

registry = Registry()


class _NotTogetherError(Exception):
    """One of several reactions is refused, so each is to be handled alone, with nothing changed before."""


def react_all(context: Context, requests: Sequence[React]) -> list[Accepted]:
    """Number and deliver new reactions to messages of one conversation."""
    try:
        found = [_again(context, request) or _react(context, request) for request in requests]
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
    if (reply := again(context, request, _reaction(request))) is not None:
        return reply
    entry = _react(context, request)
    if isinstance(entry, Accepted):
        return entry
    deliver(context, context.conversation, [entry])
    return accepted(context, context.conversation, context.user, [entry])[0]


def _again(context: Context, request: React) -> Accepted | None:
    """Return the reply to a request that is in no log, but came before."""
    return unchanged_again(context, request, _reaction(request))


def _reaction(request: React) -> Amendment:
    return Amendment(EntryKind.REACTED, Form(reaction=request.reaction, on=request.on))


def _react(context: Context, request: React) -> StoredMessage | Accepted:
    """Return the numbered entry of a reaction, or the reply if all is so already."""
    wanted = _reaction(request)
    old, user, seq = message(context, request.seq), context.user.id, context.conversation.head + 1
    given = {one.reaction: one for one in old.form.reactions}
    held = given.get(request.reaction) or Reacting.of(request.reaction)
    entry = held.seq_of(user)
    if bool(entry) is request.on or (old.form.deleted and not request.on):
        since = entry or old.form.deleted or old.form.seq_taken_back(request.reaction, user)
        return unchanged(context, request, wanted, since or request.seq)
    if old.form.deleted:
        raise RequestRefused(ErrorCode.MESSAGE_DELETED)
    if request.on:
        _cap_reactions(given, request.reaction, user)
        given[request.reaction] = held.given(user, seq)
    else:
        given[request.reaction] = held.taken_back(user)
        wanted = _with_tenth(context, wanted, held, given[request.reaction])
    reactions = tuple(one for one in given.values() if one.count)
    taken_back = old.form.with_taken_back(request.reaction, user, 0 if request.on else seq)
    form = msgspec.structs.replace(old.form, reactions=reactions, taken_back=taken_back)
    return append(context, request, wanted, msgspec.structs.replace(old, form=form))


def _with_tenth(context: Context, wanted: Amendment, before: Reacting, after: Reacting) -> Amendment:
    """Add to an amendment that takes a reaction back who is named tenth now, if that is somebody else."""
    if before.count <= MAX_REACTION_NAMES:
        return wanted
    first = named(context, after)
    if len(first) < MAX_REACTION_NAMES or first[-1] in named(context, before):
        return wanted
    form = msgspec.structs.replace(wanted.form, tenth=first[-1].id)
    return Amendment(wanted.kind, form)


def _cap_reactions(given: dict[str, Reacting], reaction: str, user: int) -> None:
    """Raise RequestRefused if one more reaction of a user would be too many."""
    if sum(bool(one.seq_of(user)) for one in given.values()) >= MAX_OWN_REACTIONS:
        text = f"you have {MAX_OWN_REACTIONS} reactions to this message, the limit; take one back first"
        raise RequestRefused(ErrorCode.LIMIT_REACHED, text)
    if reaction not in given and len(given) >= MAX_REACTIONS:
        text = f"this message has {MAX_REACTIONS} different reactions, which is the limit; choose one of them"
        raise RequestRefused(ErrorCode.LIMIT_REACHED, text)
    if sum(one.count for one in given.values()) >= MAX_REACTED:
        text = f"this message has {MAX_REACTED:,} reactions, which is the limit; write an answer instead"
        raise RequestRefused(ErrorCode.LIMIT_REACHED, text)
