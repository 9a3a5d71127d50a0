"""Commands on notices: which messages ring on a user's clients, and when none does.

Each sets something, or says what is set if the request has no value.
"""

from __future__ import annotations

from broker.commands.caps import cap_change, cap_number
from broker.core.context import Context
from broker.core.delivery import noticing
from broker.core.delivery.devices import tell_others
from broker.core.registry import Registry
from messages.events import KeywordsChanged, LevelChanged, QuietHoursChanged
from messages.limits import MAX_LEVELS
from messages.names import canonical_key
from messages.notices import (
    ConversationLevel,
    KeywordList,
    Keywords,
    NoticeLevel,
    Notify,
    QuietHours,
    QuietList,
)

registry = Registry()


def _cap_level(context: Context, request: Notify) -> None:
    if request.level is not None:
        cap_change(context, request)


def _cap_keywords(context: Context, request: Keywords) -> None:
    if request.words is not None:
        cap_change(context, request)


def _cap_quiet_hours(context: Context, request: QuietHours) -> None:
    if request.spans is not None:
        cap_change(context, request)


@registry.command(
    Notify,
    "choose which messages of a conversation ring",
    conversation="conversation",
    member=True,
    cap=_cap_level,
)
def notify(context: Context, request: Notify) -> ConversationLevel:
    """Set or return the level of a conversation. It stays if the user leaves a room, and holds again then."""
    user, conversation = context.user, context.conversation
    present = noticing.levels(context, user).get(conversation.id, NoticeLevel.DEFAULT)
    level, shown = request.level or present, conversation.seen_by(user)
    if level is not present:
        if present is NoticeLevel.DEFAULT and len(noticing.levels(context, user)) >= MAX_LEVELS:
            noticing.drop_levels_elsewhere(context, user)
            there = len(noticing.levels(context, user))
            cap_number(there, MAX_LEVELS, "conversations with a level", "; set one to default first")
        noticing.set_level(context, user, conversation, level)
        tell_others(context, LevelChanged(shown, level))
    return ConversationLevel(request.id, shown, level)


@registry.command(Keywords, "choose the words that ring like your name", cap=_cap_keywords)
def keywords(context: Context, request: Keywords) -> KeywordList:
    """Set or return the keywords. Of words that differ only in case, the first is kept."""
    present = noticing.keywords(context, context.user)
    if request.words is None:
        return KeywordList(request.id, present)
    words: dict[str, str] = {}
    for word in request.words:
        words.setdefault(canonical_key(word), word)
    chosen = list(words.values())
    if chosen != present:
        noticing.set_keywords(context, context.user, tuple(chosen))
        tell_others(context, KeywordsChanged(chosen))
    return KeywordList(request.id, chosen)


@registry.command(QuietHours, "choose when nothing rings", cap=_cap_quiet_hours)
def quiet_hours(context: Context, request: QuietHours) -> QuietList:
    """Set or return the quiet hours."""
    present = noticing.quiet_hours(context, context.user)
    if request.spans is None:
        return QuietList(request.id, *present)
    chosen = (request.spans, request.zone if request.spans else None)
    if chosen != present:
        noticing.set_quiet_hours(context, context.user, tuple(request.spans), request.zone or "")
        tell_others(context, QuietHoursChanged(*chosen))
    return QuietList(request.id, *chosen)
