"""What this broker can do, as a client is told when it logs in."""

from __future__ import annotations

from collections.abc import Iterator

from broker.core.access.granted_roles import granted
from broker.core.access.keys import key_owner
from broker.core.context import Context
from broker.core.facts.kinds import GrantedRole
from broker.core.settings import AccessPolicy, NamePolicy, Settings

ABILITIES = (
    "edit",
    "delete",
    "react",
    "pin",
    "reply",
    "thread",
    "mention",
    "bot",
    "notify",
    "members",
    "sessions",
    "typing",
)
"""What every broker of this version can do."""


_WITH_FILES = (*ABILITIES, "files")


def abilities_of(context: Context) -> tuple[str, ...]:
    """Return what this broker can do for the peer of the request."""
    usual = _WITH_FILES if context.settings.max_file else ABILITIES
    grant = granted(context.state, key_owner(context.state, context.peer.identity), "gateway")
    return usual if grant is None else (*usual, *_of_gateway(context.settings, grant))


def _of_gateway(settings: Settings, grant: GrantedRole) -> Iterator[str]:
    """Yield what a gateway can do for people."""
    if settings.access is not AccessPolicy.KNOWN and settings.names is NamePolicy.UNIQUE:
        yield "sign-up"
    if grant.guests:
        yield "guest"
    if grant.accounts:
        yield "account"
    if settings.ticket_secret and settings.ticket_days:
        yield "ticket"
