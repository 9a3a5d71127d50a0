"""Logging in through a gateway, with a password."""

from __future__ import annotations

from broker.commands.entry.throttle import count_hash, refuse_throttled
from broker.core.access import keys
from broker.core.access.granted_roles import has_role
from broker.core.access.passwords import is_password
from broker.core.context import Context
from broker.core.facts.kinds import PasswordHash
from broker.core.limits.addresses import source
from broker.core.memory.model import User
from broker.core.moderation.bans import refuse_banned
from messages.errors import ErrorCode, RequestRefused
from messages.names import Name
from messages.sessions import Login


def user_of_gateway(context: Context, request: Login, name: Name) -> User:
    """Return the user for whom a gateway logs in with their password."""
    state, attempts, elapsed = context.state, context.state.attempts, context.now.elapsed
    _require_gateway(context)
    where = source(*(request.address or context.peer.address, None if request.address else context.peer.uid))
    user = state.users.get(name.key)
    known = state.facts.get(PasswordHash, str(user.id)) if user else None
    if known is not None:
        pause = attempts.passwords.wait(known.user, elapsed)
    else:
        pause = attempts.names.wait(name.key, elapsed)
    refuse_throttled(max(pause, attempts.addresses.wait(where, elapsed)))
    if known is not None and user is not None:
        count_hash(context, user, "to log in")
    if known is None or user is None or not is_password(known.encoded, request.password or ""):
        attempts.addresses.failed(where, elapsed)
        if known is not None:
            attempts.passwords.failed(known.user, elapsed)
        else:
            attempts.names.failed(name.key, elapsed)
        raise RequestRefused(ErrorCode.WRONG_PASSWORD)
    attempts.passwords.succeeded(user.id)
    vouch(context, request)
    refuse_banned(context, user, user.key)
    return user


def _require_gateway(context: Context) -> None:
    if not has_role(context.state, keys.key_owner(context.state, context.peer.identity), "gateway"):
        raise RequestRefused(ErrorCode.NOT_A_GATEWAY)


def vouch(context: Context, request: Login) -> None:
    """Mark the peer as vouched for by a gateway, with the address that the gateway gives.

    Raise RequestRefused if the peer's key does not have the role of a gateway.
    """
    _require_gateway(context)
    context.state.changes.set(context.peer, "vouched", True)
    context.state.changes.set(context.peer, "origin", request.address)
    context.limiter.assign_buckets(context.peer)


def forget_vouching(context: Context) -> None:
    """Clear the mark of a gateway from a peer that is not logged in."""
    context.state.changes.set(context.peer, "vouched", False)
    context.state.changes.set(context.peer, "origin", None)
    context.limiter.assign_buckets(context.peer)
