"""Commands on identity: link codes, keys, profiles and passwords."""

from __future__ import annotations

from broker.commands.caps import cap_change
from broker.commands.entry.current import require_current
from broker.commands.entry.throttle import count_hash
from broker.core.access import keys
from broker.core.access.ended_tickets import end_all_tickets
from broker.core.access.gateway_tickets import issue_ticket
from broker.core.access.granted_roles import has_role
from broker.core.access.guests import is_guest, proof_of
from broker.core.access.passwords import hash_password
from broker.core.context import Context
from broker.core.delivery.presence import end_sessions
from broker.core.facts.kinds import BoundKey, PasswordHash
from broker.core.limits.attempts import LINK_SECONDS, link_code
from broker.core.memory.model import User
from broker.core.moderation import bans
from broker.core.moderation.audit import record
from broker.core.moderation.ranks import Level, Proof, level
from broker.core.registry import Registry
from messages.errors import ErrorCode, RequestRefused
from messages.events import GoodbyeReason
from messages.fingerprints import begins
from messages.identity import (
    KeyEntry,
    KeyList,
    Keys,
    Link,
    LinkCode,
    Profile,
    Revoke,
    SetPassword,
    Whois,
)
from messages.keys import fingerprint
from messages.names import parse_address
from messages.replies import Done

registry = Registry()


@registry.command(
    Link, "get a code to link another device to you", proof=Proof.KEY_OR_PASSWORD, cap=cap_change
)
def link(context: Context, request: Link) -> LinkCode:
    """Make a link code. It replaces an earlier one of this user for the same kind of device."""
    require_current(context, request.current)
    state, user = context.state, context.user
    code = link_code(context.randomness.token())
    codes = state.attempts.browser_codes if request.browser else state.attempts.codes
    state.changes.put(codes, user.id, (code, context.now.elapsed + LINK_SECONDS))
    return LinkCode(request.id, code, LINK_SECONDS, request.browser)


@registry.command(Keys, "list your keys")
def list_keys(context: Context, request: Keys) -> KeyList:
    """Return the user's keys, the oldest first."""
    return KeyList(request.id, [_entry(context, bound) for bound in _bound(context, context.user)])


@registry.command(Revoke, "revoke one of your keys for good, and end its sessions", proof=Proof.KEY)
def revoke(context: Context, request: Revoke) -> Done:
    """Revoke one of the user's keys, but not the last one. A browser that it let in needs a new sign-in."""
    user = context.user
    meant = [identity for identity in user.keys if begins(fingerprint(identity), request.key)]
    if not meant:
        raise RequestRefused(ErrorCode.NO_SUCH_KEY)
    if len(meant) > 1:
        raise RequestRefused(ErrorCode.NO_SUCH_KEY, "several of your keys start with this; give more of it")
    if len(user.keys) == 1:
        raise RequestRefused(ErrorCode.LAST_KEY)
    record(context, "revoke", fingerprint(meant[0]))
    end_all_tickets(context.state, user)
    end_sessions(context, keys.revoke_key(context, user, meant[0]), GoodbyeReason.REVOKED, "key revoked")
    return Done(request.id)


@registry.command(Whois, "show a user's profile", activity=False)
def whois(context: Context, request: Whois) -> Profile:
    """Return a user's profile. Operators of the broker also see bans and addresses."""
    user = context.state.users.get(parse_address(request.name).key)
    if user is None:
        raise RequestRefused(ErrorCode.NO_SUCH_USER)
    bound, by_operator = _bound(context, user), level(context, context.user, None) is Level.BROKER_OPERATOR
    return Profile(
        request.id,
        user.name,
        [fingerprint(one.identity) for one in bound],
        user.online,
        context.now.at if user.online else user.seen,
        min((one.since for one in bound), default=None),
        int(context.now.elapsed - user.active) if user.online else None,
        user.away,
        _roles(context, user),
        by_operator and bans.is_banned(context, user),
        sorted({one.peer.location for one in user.sessions.values() if one.peer}) if by_operator else [],
        bot=user.bot,
        user_id=user.id,
        guest=is_guest(context.state, user),
    )


def _roles(context: Context, user: User) -> list[str]:
    """Return a user's roles in the whole chat."""
    operator = level(context, user, None) is Level.BROKER_OPERATOR
    gateway = has_role(context.state, user, "gateway")
    return [role for role, held in (("operator", operator), ("gateway", gateway)) if held]


@registry.command(
    SetPassword, "set or clear your password, for gateways", proof=Proof.KEY_PASSWORD_OR_HERE, cap=cap_change
)
def set_password(context: Context, request: SetPassword) -> Done:
    """Store the hash of a password, or delete it. A gateway's session goes on with the new one."""
    state, user, vouched = context.state, context.user, context.peer.vouched
    require_current(context, request.current)
    if vouched and request.password is None:
        text = "you have nothing but this password; set another one, or link a key first"
        raise RequestRefused(ErrorCode.NOT_PERMITTED, text)
    known = state.facts.get(PasswordHash, str(user.id))
    if request.password is not None:
        count_hash(context, user, "to be set")
        encoded = hash_password(request.password, context.randomness.token())
        owns = known is not None and known.owns
        state.facts.keep(PasswordHash(user.id, encoded, owns))
        record(context, "set-password")
    elif known is not None:
        state.facts.drop(known)
        record(context, "clear-password")
    keys.drop_codes(state, user)
    if not vouched:
        return Done(request.id)
    state.changes.set(context.session, "proof", proof_of(state, user))
    return Done(request.id, issue_ticket(context, context.session) if context.session.family else None)


def _bound(context: Context, user: User) -> list[BoundKey]:
    facts = context.state.facts.of(BoundKey)
    return [facts[identity] for identity in user.keys]


def _entry(context: Context, bound: BoundKey) -> KeyEntry:
    sessions = context.user.sessions.values()
    here = any(session.peer and session.identity == bound.identity for session in sessions)
    return KeyEntry(
        fingerprint(bound.identity),
        bound.since,
        context.now.at if here else bound.seen,
        bound.identity == context.session.identity,
    )
