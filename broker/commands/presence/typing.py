"""Commands on who types."""

from __future__ import annotations

from broker.commands.caps import cap_change
from broker.core.context import Context
from broker.core.delivery.devices import tell_others
from broker.core.delivery.typing import pass_on, set_types
from broker.core.registry import Registry
from messages.events import TypingNoticesSet
from messages.replies import Done
from messages.typing import Typing, TypingNotices

registry = Registry()


@registry.command(
    Typing,
    "tell the others that you type",
    conversation="conversation",
    member=True,
    voice=True,
    light=True,
    logged=False,
)
def typing(context: Context, request: Typing) -> Done:
    """Pass it on; what comes too often, or would go to too many, is not passed on."""
    pass_on(context, context.conversation, context.user, on=request.on)
    return Done(request.id)


@registry.command(TypingNotices, "turn news of who types on or off", cap=cap_change)
def typing_notices(context: Context, request: TypingNotices) -> Done:
    """Set whether the user sends and gets it, and tell their other sessions."""
    if set_types(context, context.user, on=request.on):
        tell_others(context, TypingNoticesSet(request.on))
    return Done(request.id)
