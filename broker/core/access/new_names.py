"""The rules for new names: plain writing in one script, and not similar to a name in use."""

from __future__ import annotations

from broker.core.context import Context
from broker.core.names.lookalikes import scripts_mixed
from broker.core.names.writing import check_writing
from broker.core.settings import NamePolicy
from messages.errors import ErrorCode, RequestRefused
from messages.names import Kind, Name


def check_new_name(context: Context, name: Name, instead_of: str | None = None) -> None:
    """Raise RequestRefused if a new name has odd letters or marks, mixes scripts or looks like a name in use.

    `instead_of` is the name that it replaces. If names are shared, users' names may look alike.
    """
    plain = name.shown.partition("~")[0]
    try:
        check_writing(plain)
    except ValueError as error:
        raise RequestRefused(ErrorCode.INVALID, str(error)) from None
    if scripts := scripts_mixed(plain):
        text = f"{name.shown} is written in {', '.join(scripts)}; choose a name in one script"
        raise RequestRefused(ErrorCode.INVALID, text)
    is_room = name.kind is Kind.ROOM
    shown = f"#{name.shown}" if is_room else name.shown
    guarded = is_room or context.settings.names is NamePolicy.UNIQUE
    if guarded and context.state.lookalikes.has(shown, instead_of):
        raise RequestRefused(ErrorCode.NAME_TOO_SIMILAR, f"{shown} looks like a name in use; choose another")
