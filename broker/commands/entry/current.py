"""The password that a user has now, which a gateway has to show for what changes their account."""

from __future__ import annotations

from broker.commands.entry.throttle import count_hash, refuse_throttled
from broker.core.access.passwords import is_password
from broker.core.context import Context
from broker.core.facts.kinds import PasswordHash
from messages.errors import ErrorCode, RequestRefused


def require_current(context: Context, current: str | None) -> None:
    """Raise RequestRefused unless it is the user's password. Without a gateway a key is enough."""
    if not context.peer.vouched:
        return
    user, attempts, elapsed = context.user, context.state.attempts, context.now.elapsed
    known = context.state.facts.get(PasswordHash, str(user.id))
    refuse_throttled(attempts.passwords.wait(user.id, elapsed))
    right = False
    if known is not None and current is not None:
        count_hash(context, user, "to be set")
        right = is_password(known.encoded, current)
        if not right:
            attempts.passwords.failed(user.id, elapsed)
    if not right:
        text = "this needs the password that you have now; give it, or correct it"
        raise RequestRefused(ErrorCode.WRONG_PASSWORD, text)
    attempts.passwords.succeeded(user.id)
