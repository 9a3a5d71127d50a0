"""Who gets in: with a key, an invite, the code of another device, or by a gateway's word."""

from __future__ import annotations

import math

from broker.commands.caps import cap_number
from broker.core.access import keys
from broker.core.access.granted_roles import has_role
from broker.core.access.invites import Invite, read_invite
from broker.core.access.passwords import is_password
from broker.core.access.released_names import claim_name
from broker.core.context import Context
from broker.core.facts.kinds import GrantedRole, InviteUse, PasswordHash
from broker.core.limits.addresses import source
from broker.core.memory.model import User
from broker.core.moderation.audit import record
from broker.core.moderation.bans import refuse_banned
from broker.core.moderation.ranks import runs_the_broker
from broker.core.settings import AccessPolicy, NamePolicy
from messages.errors import ErrorCode, RequestRefused
from messages.events import System, SystemKind
from messages.keys import fingerprint
from messages.names import Name
from messages.sessions import Login


def invited(context: Context, user: User | None, token: str | None) -> Invite | None:
    """Return the invite that this login makes use of, None if it needs none.

    Raise RequestRefused if who asks is not admitted, or if what they have for an invite is none that holds.
    Who is known by their key, or runs the broker, needs no invite; it still gives the role that it is for.
    """
    access, identity = context.settings.access, context.peer.identity
    known = (user is not None and identity in user.keys) or runs_the_broker(context, context.peer)
    if not known and access is AccessPolicy.KNOWN:
        text = "only known keys come in here; connect encrypted with one, or link this device from another"
        raise RequestRefused(ErrorCode.NOT_ADMITTED, text)
    if not known and access is AccessPolicy.INVITED and token is None:
        raise RequestRefused(ErrorCode.NOT_ADMITTED)
    invite = _holding(context, token) if token is not None else None
    if known and (invite is None or not invite.role or has_role(context.state, user, invite.role)):
        return None
    if token is None:
        return None
    if invite is None:
        raise RequestRefused(ErrorCode.INVITE_INVALID)
    if invite.role and (identity is None or context.settings.names is NamePolicy.SHARED):
        raise RequestRefused(
            ErrorCode.INVITE_INVALID,
            "this invite gives a role to a key, and there is none here; connect as the invite says",
        )
    return invite if invite.role or access is AccessPolicy.INVITED else None


def _holding(context: Context, token: str) -> Invite | None:
    """Return what a token says if it can still be used."""
    invite = read_invite(context.settings.invite_secret, token)
    if invite is None or invite.expires <= context.now.at:
        return None
    use = context.state.facts.get(InviteUse, invite.nonce)
    return invite if use is None or use.used < invite.uses else None


def let_in(context: Context, user: User, invite: Invite | None) -> None:
    """Bind the peer's key to the user, count an invite as used, and tell if the name was somebody else's."""
    identity, state = context.peer.identity, context.state
    if identity is not None and identity not in user.keys and context.settings.names is NamePolicy.UNIQUE:
        keys.bind_key(context, user, identity)
    claim_name(context, user)
    if invite is None:
        return
    uses = state.facts.of(InviteUse)
    for past in [use for use in uses.values() if use.expires <= context.now.at]:
        state.drop(past)
    used = uses[invite.nonce].used if invite.nonce in uses else 0
    state.keep(InviteUse(invite.nonce, used + 1, invite.expires))
    record(context, "use-invite", invite.beginning, by=user.name)
    if invite.role:
        state.keep(GrantedRole(user.id, invite.role, context.now.at))
        record(context, f"set-role {invite.role}", user.name, reason="by an invite", by=user.name)


def linked(context: Context, code: str) -> User:
    """Return the user who has shown this code on another device; the peer's key is theirs from now on."""
    state, now, identity = context.state, context.now, context.peer.identity
    attempts, address = state.attempts, source(context.peer.address, context.peer.uid)
    if identity is None:
        raise RequestRefused(ErrorCode.NO_KEY)
    refuse_hasty(attempts.links.wait(address, now.elapsed))
    user = state.users_by_id.get(attempts.user_of(code, now.elapsed) or 0)
    if user is None:
        attempts.links.count(address, now.elapsed)
        raise RequestRefused(ErrorCode.LINK_INVALID)
    keys.check_name(context, user if keys.bearer(state, identity) else None)
    refuse_banned(context, user, user.key)
    if identity not in user.keys:
        cap_number(keys.keys_of(state, user), keys.MOST_KEYS, "keys that are or were yours")
        keys.bind_key(context, user, identity)
        record(context, "link", fingerprint(identity), by=user.name)
        text = f"a device with the key {fingerprint(identity)} is you now; if that is not yours, /revoke it"
        context.outbox.tell(user.peers, System(SystemKind.NEW_KEY, user.name, text))
    state.changes.drop(attempts.codes, user.id)
    return user


def vouched_for(context: Context, request: Login, name: Name) -> User:
    """Return the user for whom a gateway logs in with their password."""
    state, attempts, elapsed = context.state, context.state.attempts, context.now.elapsed
    _require_gateway(context)
    where = request.address or context.peer.address, None if request.address else context.peer.uid
    tried = [f"name {name.key}", f"address {source(*where)}"]
    refuse_hasty(max(attempts.passwords.wait(key, elapsed) for key in tried))
    user = state.users.get(name.key)
    known = state.facts.get(PasswordHash, str(user.id)) if user else None
    if known is not None and user is not None:
        spend_hash(context, user, "to log in")
    if known is None or user is None or not is_password(known.encoded, request.password or ""):
        for key in tried:
            attempts.passwords.wrong(key, elapsed)
        raise RequestRefused(ErrorCode.WRONG_PASSWORD)
    attempts.passwords.right(tried[0])
    vouch(context, request)
    refuse_banned(context, user, user.key)
    return user


def _require_gateway(context: Context) -> None:
    if not has_role(context.state, keys.bearer(context.state, context.peer.identity), "gateway"):
        raise RequestRefused(ErrorCode.NOT_A_GATEWAY)


def vouch(context: Context, request: Login) -> None:
    """Take note that the peer is a gateway's, for somebody who is where it says.

    Raise RequestRefused if it is no gateway's, or is one no more.
    """
    _require_gateway(context)
    context.state.changes.set(context.peer, "vouched", True)
    context.state.changes.set(context.peer, "origin", request.address)
    context.limiter.place(context.peer)


def forget_vouching(context: Context) -> None:
    """Take the peer, on which nobody is logged in, for itself again."""
    context.state.changes.set(context.peer, "vouched", False)
    context.state.changes.set(context.peer, "origin", None)
    context.limiter.place(context.peer)


def spend_hash(context: Context, user: User, purpose: str) -> None:
    """Raise RequestRefused if too many passwords were hashed, of one or for a purpose; else count it."""
    attempts, elapsed = context.state.attempts, context.now.elapsed
    windows = (attempts.hashes_of_one, str(user.id)), (attempts.hashes, purpose)
    refuse_hasty(max(window.wait(key, elapsed) for window, key in windows))
    for window, key in windows:
        window.count(key, elapsed)


def refuse_hasty(seconds: float) -> None:
    """Raise RequestRefused if somebody has to wait."""
    if seconds > 0:
        text = f"too many tries; wait {math.ceil(seconds)} s, then try again"
        raise RequestRefused(ErrorCode.TOO_MANY_ATTEMPTS, text, retry_after=math.ceil(seconds * 1000))
