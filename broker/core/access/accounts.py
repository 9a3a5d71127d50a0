"""Users who have only a password: what their gateway may do for their account."""

from __future__ import annotations

from broker.core.access.granted_roles import granted
from broker.core.access.keys import key_owner
from broker.core.context import Context
from broker.core.facts.kinds import PasswordHash


def keeps_account(context: Context) -> bool:
    """Return whether the gateway of a peer may change the account of the peer's user.

    It has to be granted. Nobody else can do it for who has a password and no key; who has a key needs nobody.
    """
    state, user = context.state, context.user
    grant = granted(state, key_owner(state, context.peer.identity), "gateway")
    password = state.facts.get(PasswordHash, str(user.id))
    return grant is not None and grant.accounts and not user.keys and password is not None and password.owns
