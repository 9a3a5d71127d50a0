"""What a new name must be besides allowed: of one script, and like nobody else's."""

from __future__ import annotations

from broker.core.context import Context
from broker.core.names.lookalikes import scripts_mixed
from broker.core.settings import NamePolicy
from messages.errors import ErrorCode, RequestRefused
from messages.names import Kind, Name


def check_new_name(context: Context, name: Name, instead_of: str | None = None) -> None:
    """Raise RequestRefused if a name that nobody bears yet would deceive those who read it.

    `instead_of` is the name that its bearer has until now. Where names are shared, users' may look alike.
    """
    if scripts := scripts_mixed(name.shown.partition("~")[0]):
        text = f"{name.shown} is written in {', '.join(scripts)}; choose a name in one script"
        raise RequestRefused(ErrorCode.INVALID, text)
    is_room = name.kind is Kind.ROOM
    shown = f"#{name.shown}" if is_room else name.shown
    guarded = is_room or context.settings.names is NamePolicy.UNIQUE
    if guarded and context.state.lookalikes.has(shown, instead_of):
        raise RequestRefused(ErrorCode.NAME_TOO_SIMILAR, f"{shown} looks like a name in use; choose another")
