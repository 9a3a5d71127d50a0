"""Logging in with an invite."""

from __future__ import annotations

from broker.core.access import keys
from broker.core.access.granted_roles import granted
from broker.core.access.invites import Invite, read_invite
from broker.core.access.released_names import claim_name
from broker.core.context import Context
from broker.core.facts.kinds import GrantedRole, InviteUse, PasswordHash
from broker.core.memory.model import User
from broker.core.moderation.audit import record
from broker.core.moderation.ranks import runs_the_broker
from broker.core.settings import AccessPolicy, NamePolicy
from messages.errors import ErrorCode, RequestRefused


def find_invite(context: Context, user: User | None, token: str | None) -> Invite | None:
    """Return the invite that this login uses, or None if it needs none.

    Raise RequestRefused if the peer is not admitted, or if its invite is not valid. A user with a bound key,
    and the user who runs the broker, need no invite. An invite with a role still gives them the role.
    """
    access, identity = context.settings.access, context.peer.identity
    known = (user is not None and identity in user.keys) or runs_the_broker(context, context.peer)
    if not known and access is AccessPolicy.KNOWN:
        text = "only known keys may log in; connect encrypted with one, or link this device from another"
        raise RequestRefused(ErrorCode.NOT_ADMITTED, text)
    if not known and access is AccessPolicy.INVITED and token is None:
        raise RequestRefused(ErrorCode.NOT_ADMITTED)
    invite = _usable(context, token) if token is not None else None
    if known and (invite is None or not invite.role or _has_as_granted(context, user, invite)):
        return None
    if token is None:
        return None
    if invite is None:
        raise RequestRefused(ErrorCode.INVITE_INVALID)
    if invite.role and (identity is None or context.settings.names is NamePolicy.SHARED):
        raise RequestRefused(
            ErrorCode.INVITE_INVALID,
            "this invite gives a role to a key, and you have none; connect to the endpoint of the invite",
        )
    return invite if invite.role or access is AccessPolicy.INVITED else None


def invite_for_newcomer(context: Context, token: str | None) -> Invite | None:
    """Return the invite with which somebody signs up through a gateway, or None if they need none.

    Raise RequestRefused if they are not admitted, or if the invite is not valid.
    """
    access = context.settings.access
    if access is AccessPolicy.KNOWN:
        text = "only known keys may log in to this chat; nobody signs up"
        raise RequestRefused(ErrorCode.NOT_ADMITTED, text)
    if token is None:
        if access is AccessPolicy.INVITED:
            raise RequestRefused(ErrorCode.NOT_ADMITTED)
        return None
    invite = _usable(context, token)
    if invite is None:
        raise RequestRefused(ErrorCode.INVITE_INVALID)
    if invite.role:
        text = "this invite gives a role to a key, and you have none; log in without a gateway"
        raise RequestRefused(ErrorCode.INVITE_INVALID, text)
    return invite if access is AccessPolicy.INVITED else None


def _has_as_granted(context: Context, user: User | None, invite: Invite) -> bool:
    """Return whether a user has the role of an invite already, with the same grant."""
    held = granted(context.state, user, invite.role)
    return held is not None and _grant(held) == _grant(invite)


def _grant(one: GrantedRole | Invite) -> tuple[bool, int, bool]:
    return one.guests, one.per_address, one.accounts


def _usable(context: Context, token: str) -> Invite | None:
    """Return the invite of a token if it can still be used."""
    invite = read_invite(context.settings.invite_secret, token)
    if invite is None or invite.expires <= context.now.at:
        return None
    use = context.state.facts.get(InviteUse, invite.nonce)
    return invite if use is None or use.used < invite.uses else None


def admit(context: Context, user: User, invite: Invite | None) -> None:
    """Bind the peer's key to the user, count the use of an invite, and announce a new key for the name.

    If the user had no key, anybody may have set their password. It goes.
    """
    identity, state = context.peer.identity, context.state
    if identity is not None and identity not in user.keys and context.settings.names is NamePolicy.UNIQUE:
        earlier = None if user.keys else state.facts.get(PasswordHash, str(user.id))
        if earlier is not None:
            state.facts.drop(earlier)
        keys.bind_key(context, user, identity)
    claim_name(context, user)
    if invite is not None:
        use_invite(context, user, invite)


def use_invite(context: Context, user: User, invite: Invite) -> None:
    """Count the use of an invite, and give its role to the user."""
    state = context.state
    uses = state.facts.of(InviteUse)
    if context.may_expire:
        for past in [use for use in uses.values() if use.expires <= context.now.at]:
            state.facts.drop(past)
    used = uses[invite.nonce].used if invite.nonce in uses else 0
    state.facts.keep(InviteUse(invite.nonce, used + 1, invite.expires))
    record(context, "use-invite", invite.beginning, by=user.name)
    if invite.role:
        held = granted(state, user, invite.role)
        since = held.since if held else context.now.at
        state.facts.keep(GrantedRole(user.id, invite.role, since, *_grant(invite)))
        record(context, f"set-role {invite.role}", user.name, reason="by an invite", by=user.name)
