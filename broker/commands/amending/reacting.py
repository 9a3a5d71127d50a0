"""Commands on reactions. Those of one frame are numbered, stored and delivered together."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from broker.commands.acceptance import accepted, with_tenth
from broker.commands.amending.making import Amendment, again, message, recipient, unchanged, unchanged_again
from broker.core.context import Context
from broker.core.delivery.entries import deliver, named
from broker.core.entries import EntryKind, Form, Reacting
from broker.core.memory.amending import amend_all
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
    reactions = _Reactions(context)
    try:
        found = [unchanged_again(context, one, _amendment(one)) or reactions.add(one) for one in requests]
    except RequestRefused as refusal:
        raise _NotTogetherError from refusal
    reactions.write()
    entries = [one for one in found if isinstance(one, StoredMessage)]
    if not entries:
        return [one for one in found if isinstance(one, Accepted)]
    deliver(context, context.conversation, entries)
    made = accepted(context, context.conversation, context.user, entries)
    replies = (with_tenth(context, *one) for one in zip(made, entries, strict=True))
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
    if (reply := again(context, request, _amendment(request))) is not None:
        return reply
    reactions = _Reactions(context)
    entry = reactions.add(request)
    reactions.write()
    if isinstance(entry, Accepted):
        return entry
    deliver(context, context.conversation, [entry])
    return with_tenth(context, accepted(context, context.conversation, context.user, [entry])[0], entry)


def _amendment(request: React) -> Amendment:
    return Amendment(EntryKind.REACTED, Form(reaction=request.reaction, on=request.on))


class _Reactions:
    """Reactions of one user to messages of one conversation, until they are written together."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._entries: list[StoredMessage] = []
        self._messages: dict[int, StoredMessage] = {}
        self._to: str | None = None

    def add(self, request: React) -> StoredMessage | Accepted:
        """Return the numbered entry of a reaction, or the reply if all is so already."""
        context, on, reaction = self._context, request.on, request.reaction
        old = self._messages.get(request.seq) or message(context, request.seq)
        form, user = old.form, context.user
        given = {one.reaction: one for one in form.reactions}
        held = given.get(reaction) or Reacting.of(reaction)
        entry = held.seq_of(user.id)
        if bool(entry) is on or (form.deleted and not on):
            self.write()  # the entry may be among these
            since = entry or form.deleted or form.seq_taken_back(reaction, user.id) or request.seq
            return unchanged(context, request, _amendment(request), since)
        if form.deleted:
            raise RequestRefused(ErrorCode.MESSAGE_DELETED)
        seq, tenth = context.conversation.head + len(self._entries) + 1, 0
        if on:
            _cap_reactions(given, reaction, user.id)
            given[reaction] = held.given(user.id, seq)
        elif held.count > 1:
            given[reaction] = held.taken_back(user.id)
            tenth = _tenth(context, held, given[reaction])
        else:
            del given[reaction]
        taken_back = form.with_taken_back(reaction, user.id, 0 if on else seq)
        form = msgspec.structs.replace(form, reactions=tuple(given.values()), taken_back=taken_back)
        self._messages[request.seq] = msgspec.structs.replace(old, form=form)
        return self._number(request, seq, tenth)

    def _number(self, request: React, seq: int, tenth: int) -> StoredMessage:
        context = self._context
        if self._to is None:
            self._to = recipient(context, request)
        user, form = context.user, Form(reaction=request.reaction, on=request.on, tenth=tenth)
        entry = StoredMessage(
            *(context.conversation.id, seq, request.id, user.id, user.name, ""),
            *(context.now.at, self._to, request.seq, EntryKind.REACTED, form),
        )
        self._entries.append(entry)
        return entry

    def write(self) -> None:
        """Write what was added since the last time."""
        if self._entries:
            context, messages = self._context, self._messages.values()
            amend_all(context.state, context.conversation, context.user, self._entries, messages)
            self._entries, self._messages = [], {}


def _tenth(context: Context, before: Reacting, after: Reacting) -> int:
    """Return who is named tenth after a reaction was taken back, if that is somebody else now, or 0."""
    if before.count <= MAX_REACTION_NAMES:
        return 0
    first = named(context, after)
    if len(first) < MAX_REACTION_NAMES or first[-1] in named(context, before):
        return 0
    return first[-1].id


def _cap_reactions(given: dict[str, Reacting], reaction: str, user: int) -> None:
    """Raise RequestRefused if one more reaction of a user would be too many."""
    if len(given) >= MAX_OWN_REACTIONS and (
        sum(bool(one.seq_of(user)) for one in given.values()) >= MAX_OWN_REACTIONS
    ):
        text = f"you have {MAX_OWN_REACTIONS} reactions to this message, the limit; take one back first"
        raise RequestRefused(ErrorCode.LIMIT_REACHED, text)
    if reaction not in given and len(given) >= MAX_REACTIONS:
        text = f"this message has {MAX_REACTIONS} different reactions, which is the limit; choose one of them"
        raise RequestRefused(ErrorCode.LIMIT_REACHED, text)
    if sum([one.count for one in given.values()]) >= MAX_REACTED:
        text = f"this message has {MAX_REACTED:,} reactions, which is the limit; write an answer instead"
        raise RequestRefused(ErrorCode.LIMIT_REACHED, text)
