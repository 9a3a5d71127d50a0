"""The command of the admin channel that makes a user with a password and no key."""

from __future__ import annotations

from broker.commands.caps import cap_number
from broker.core.access.guests import is_guest
from broker.core.access.new_names import check_new_name
from broker.core.access.passwords import hash_password
from broker.core.access.released_names import claim_name
from broker.core.context import Context
from broker.core.facts.kinds import PasswordHash
from broker.core.memory.model import User
from broker.core.moderation.audit import record
from broker.core.registry import Registry
from broker.core.settings import SHARED_NAMES, NamePolicy
from messages.admin import AddUser
from messages.errors import ErrorCode, RequestRefused
from messages.moderation import Role
from messages.names import parse_user
from messages.replies import Done

registry = Registry()


@registry.command(AddUser, "make a user with a password", admin=True, role=Role.OPERATOR, logged=False)
def add_user(context: Context, request: AddUser) -> Done:
    """Make a user, or give a password to one who has proved the name with nothing. It is theirs then."""
    state, name = context.state, parse_user(request.name)
    if context.settings.names is NamePolicy.SHARED:
        raise RequestRefused(ErrorCode.NOT_PERMITTED, SHARED_NAMES)
    known = state.users.get(name.key)
    if known is None:
        check_new_name(context, name)
        cap_number(len(state.users), context.limiter.caps.users, "users here")
    else:
        _refuse_owned(context, known)
    encoded = hash_password(request.password, context.randomness.token())
    user = known or state.add_user(name)
    state.facts.keep(PasswordHash(user.id, encoded, owns=True))
    state.set_seen(user, context.now.at)
    claim_name(context, user)
    record(context, "add-user", user.name)
    return Done(request.id)


def _refuse_owned(context: Context, user: User) -> None:
    """Raise RequestRefused if a name is somebody's: then an operator has to free it first."""
    facts = context.state.facts
    if user.keys:
        text = f"{user.name} is bound to a key; free the name with /resetkeys first, or choose another"
        raise RequestRefused(ErrorCode.NAME_NOT_YOURS, text)
    if facts.get(PasswordHash, str(user.id)) is not None:
        text = f"{user.name} has a password already; free the name with /resetkeys first, or choose another"
        raise RequestRefused(ErrorCode.NAME_NOT_YOURS, text)
    if user.sessions or is_guest(context.state, user):
        raise RequestRefused(ErrorCode.NAME_TAKEN)
