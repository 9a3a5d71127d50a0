"""New users of a gateway: those who sign up with a password, and guests."""

from __future__ import annotations

from broker.commands.caps import cap_guests, cap_sign_up
from broker.commands.entry.invites import invite_for_newcomer, use_invite
from broker.commands.entry.throttle import count_hash, refuse_hash
from broker.core.access.granted_roles import granted
from broker.core.access.guests import is_guest
from broker.core.access.keys import key_owner
from broker.core.access.new_names import check_new_name
from broker.core.access.passwords import hash_password
from broker.core.access.released_names import claim_name
from broker.core.context import Context
from broker.core.facts.kinds import Guest, PasswordHash, ReleasedName
from broker.core.memory.model import User
from broker.core.moderation.audit import record
from broker.core.moderation.bans import refuse_banned
from broker.core.settings import SHARED_NAMES, NamePolicy
from messages.errors import ErrorCode, RequestRefused
from messages.names import Name
from messages.sessions import Login


def sign_up(context: Context, request: Login, name: Name, where: str) -> User:
    """Make a user with the password of a request, or give a freed name to them.

    The hash comes last, as it is expensive.
    """
    state = context.state
    if context.settings.names is NamePolicy.SHARED:
        raise RequestRefused(ErrorCode.NOT_PERMITTED, SHARED_NAMES)
    known = state.users.get(name.key)
    if known is None:
        check_new_name(context, name)
    else:
        _refuse_used(context, known)
    refuse_banned(context, known, name.key)
    invite = invite_for_newcomer(context, request.invite)
    password = request.password or ""
    refuse_hash(context, where, "to sign up")  # who has to wait for others takes nothing from the address
    cap_sign_up(context)
    count_hash(context, where, "to sign up")
    encoded = hash_password(password, context.randomness.token())
    user = known or state.add_user(name)
    state.facts.keep(PasswordHash(user.id, encoded, owns=True))
    claim_name(context, user)
    owner = key_owner(state, context.peer.identity)
    record(context, "sign-up", user.name, by=owner.name if owner else "")
    if invite is not None:
        use_invite(context, user, invite)
    return user


def _refuse_used(context: Context, user: User) -> None:
    """Raise RequestRefused unless a known name was freed and nobody has claimed it since."""
    if user.keys:
        text = f"{user.name} is bound to a key; choose another name, or set a password with that key"
        raise RequestRefused(ErrorCode.NAME_NOT_YOURS, text)
    freed = context.state.facts.get(ReleasedName, user.key) is not None
    if user.sessions or not freed or is_guest(context.state, user):
        raise RequestRefused(ErrorCode.NAME_TAKEN)


def welcome_guest(context: Context, name: Name) -> User:
    """Make a guest. They get no name that anybody has, or that somebody gave up who had proved it."""
    state = context.state
    grant = granted(state, key_owner(state, context.peer.identity), "gateway")
    if grant is None or not grant.guests:
        raise RequestRefused(ErrorCode.NO_GUESTS)
    if name.key in state.users or state.facts.get(ReleasedName, name.key) is not None:
        raise RequestRefused(ErrorCode.NAME_TAKEN)
    check_new_name(context, name)
    refuse_banned(context, None, name.key)
    cap_guests(context)
    user = state.add_user(name)
    state.facts.keep(Guest(user.id, context.randomness.token()))
    return user
