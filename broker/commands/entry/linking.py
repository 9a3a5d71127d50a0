"""Logging in with the code that another device shows: with a key, or in a browser through a gateway."""

from __future__ import annotations

from broker.commands.caps import cap_number, cap_sessions
from broker.commands.entry.throttle import refuse_throttled
from broker.core.access import keys
from broker.core.access.granted_roles import granted
from broker.core.context import Context
from broker.core.limits.addresses import source
from broker.core.memory.model import User
from broker.core.moderation.audit import record
from broker.core.moderation.bans import refuse_banned
from messages.errors import ErrorCode, RequestRefused
from messages.events import System, SystemKind
from messages.keys import fingerprint


def link_device(context: Context, code: str) -> User:
    """Bind the peer's key to the user of a link code, and return that user."""
    state, now, identity = context.state, context.now, context.peer.identity
    attempts, address = state.attempts, source(context.peer.address, context.peer.uid)
    if identity is None:
        raise RequestRefused(ErrorCode.NO_KEY)
    refuse_throttled(attempts.links.wait(address, now.elapsed))
    user = state.users_by_id.get(attempts.user_of(code, now.elapsed) or 0)
    if user is None:
        attempts.links.count(address, now.elapsed)
        raise RequestRefused(ErrorCode.LINK_INVALID)
    keys.check_name(context, user if keys.key_owner(state, identity) else None)
    refuse_banned(context, user, user.key)
    cap_sessions(context, user)
    if identity not in user.keys:
        cap_number(keys.keys_of(state, user), keys.MOST_KEYS, "keys that are or were yours")
        keys.bind_key(context, user, identity)
        record(context, "link", fingerprint(identity), by=user.name)
        text = (
            f"a device with the key {fingerprint(identity)} is linked to you; if it is not yours, /revoke it"
        )
        context.outbox.send(user.peers, System(SystemKind.NEW_KEY, user.name, text, user_id=user.id))
    state.changes.drop(attempts.codes, user.id)
    return user


def link_browser(context: Context, code: str, address: str | None) -> User:
    """Return the user whose code a gateway shows. It gets a session, and no key.

    Only gateways that may change accounts take codes. Such a code binds no key, so a gateway that learns one
    gets no more than by a password.
    """
    state, now = context.state, context.now
    gateway = keys.key_owner(state, context.peer.identity)
    grant = granted(state, gateway, "gateway")
    if gateway is None or grant is None or not grant.accounts:
        raise RequestRefused(ErrorCode.NOT_PERMITTED, "this gateway takes no codes; sign in with a password")
    attempts = state.attempts
    where = f"{source(address or context.peer.address)} by {context.peer.identity}"
    refuse_throttled(attempts.links.wait(where, now.elapsed))
    user = state.users_by_id.get(attempts.user_of(code, now.elapsed, browser=True) or 0)
    if user is None:
        attempts.links.count(where, now.elapsed)
        text = "this code is wrong, used or expired; show a new one for a browser with /link web"
        raise RequestRefused(ErrorCode.LINK_INVALID, text)
    refuse_banned(context, user, user.key)
    cap_sessions(context, user)
    record(context, "link", gateway.name, by=user.name)
    told = f"a browser at {address or 'an unknown address'} has signed in as you with a code, through"
    text = f"{told} {gateway.name}; if it is not yours, end its session: see /sessions"
    context.outbox.send(user.peers, System(SystemKind.NEW_KEY, user.name, text, user_id=user.id))
    state.changes.drop(attempts.browser_codes, user.id)
    return user
