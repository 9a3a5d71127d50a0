"""The rules for new names: one script, and not similar to a name in use."""

from __future__ import annotations

from broker.core.context import Context
from broker.core.names.lookalikes import scripts_mixed
from broker.core.settings import NamePolicy
from messages.errors import ErrorCode, RequestRefused
from messages.names import Kind, Name


def check_new_name(context: Context, name: Name, instead_of: str | None = None) -> None:
    """Raise RequestRefused if a new name mixes scripts or looks like a name in use.

    `instead_of` is the name that it replaces. If names are shared, users' names may look alike.
    """
    if scripts := scripts_mixed(name.shown.partition("~")[0]):
        text = f"{name.shown} is written in {', '.join(scripts)}; choose a name in one script"
        raise RequestRefused(ErrorCode.INVALID, text)
    is_room = name.kind is Kind.ROOM
    shown = f"#{name.shown}" if is_room else name.shown
    guarded = is_room or context.settings.names is NamePolicy.UNIQUE
    if guarded and context.state.lookalikes.has(shown, instead_of):
        raise RequestRefused(ErrorCode.NAME_TOO_SIMILAR, f"{shown} looks like a name in use; choose another")
