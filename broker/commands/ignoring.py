"""Commands on ignored users."""

from __future__ import annotations

from broker.commands.caps import cap_change, cap_number
from broker.core.context import Context
from broker.core.delivery.ignoring import ignored_names, set_ignored
from broker.core.moderation import ranks
from broker.core.registry import Registry
from messages import events
from messages.errors import ErrorCode, RequestRefused
from messages.limits import MAX_IGNORED
from messages.moderation import Ignore, Ignored, IgnoreList, Unignore

registry = Registry()


@registry.command(Ignore, "hide a user's messages in your clients", cap=cap_change)
def ignore(context: Context, request: Ignore) -> IgnoreList:
    """Add a user to the list, and send it to all devices of the requesting user."""
    other = ranks.find_user(context, request.name)
    if other is context.user:
        raise RequestRefused(ErrorCode.TO_YOURSELF)
    there = len(ignored_names(context, context.user))
    cap_number(there, MAX_IGNORED, "users whom you ignore", "; unignore one of them first")
    set_ignored(context, context.user, other, ignored=True)
    return _tell(context, request.id)


@registry.command(Unignore, "show a user's messages in your clients again", cap=cap_change)
def unignore(context: Context, request: Unignore) -> IgnoreList:
    """Remove a user from the list, and send it to all devices of the requesting user."""
    other = ranks.find_user(context, request.name)
    set_ignored(context, context.user, other, ignored=False)
    return _tell(context, request.id)


@registry.command(Ignored, "list the users you ignore")
def ignored(context: Context, request: Ignored) -> IgnoreList:
    """Return the names of the ignored users."""
    return IgnoreList(request.id, ignored_names(context, context.user))


def _tell(context: Context, re: str) -> IgnoreList:
    names = ignored_names(context, context.user)
    context.outbox.send(context.user.peers, events.Ignoring(names), context.peer)
    return IgnoreList(re, names)
