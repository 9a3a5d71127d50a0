"""The tickets of a gateway's users: issuing them, and finding whose they are."""

from __future__ import annotations

from broker.core.access.ended_tickets import has_ended
from broker.core.access.granted_roles import granted
from broker.core.access.guests import proof_of
from broker.core.access.keys import key_owner
from broker.core.access.tickets import Seal, Ticket, claimed, is_signed, make_ticket, new_family
from broker.core.context import Context
from broker.core.memory.model import Session, User
from messages.sessions import Login

_DAY = 86_400_000  # in milliseconds


def find_ticket(context: Context, token: str | None) -> tuple[User, Ticket] | None:
    """Return the user of a ticket that holds for the peer's gateway now, and the ticket."""
    state, settings = context.state, context.settings
    ticket = claimed(token) if token else None
    user = state.users_by_id.get(ticket.user) if ticket else None
    seal = _seal(context, proof_of(state, user)) if user else None
    if token is None or ticket is None or user is None or seal is None:
        return None
    signed = is_signed(settings.ticket_secret, token, seal)
    timely = _is_timely(context, ticket)
    return (user, ticket) if signed and timely and not has_ended(state, ticket) else None


def _is_timely(context: Context, ticket: Ticket) -> bool:
    """Return whether a ticket is young enough. If the clock was ahead, one would last too long."""
    now = context.now.at
    early = context.may_expire and ticket.issued > now + _DAY
    return not early and now < ticket.issued + context.settings.ticket_days * _DAY


def session_to_resume(context: Context, request: Login) -> Session | None:
    """Return the session that a login takes up: that of its token, or that of its ticket.

    A gateway that was restarted has no tokens any more, and the broker may not have noticed that it was.
    """
    earlier = context.state.sessions.get(request.session or "")
    if earlier is not None:
        return earlier if earlier.identity == context.peer.identity else None
    found = find_ticket(context, request.ticket) if request.on_behalf else None
    if found is None:
        return None
    user, ticket = found
    return next((one for one in user.sessions.values() if one.family == ticket.family), None)


def issue_ticket(context: Context, session: Session) -> str | None:
    """Return a new ticket for a session that a gateway opened, or None if there are none.

    If the user has another password since the session was opened, a ticket would outlive the earlier one.
    """
    changes, settings = context.state.changes, context.settings
    seal = _seal(context, session.proof)
    wanted = bool(settings.ticket_secret) and settings.ticket_days > 0 and seal is not None
    if not wanted or seal is None or proof_of(context.state, session.user) != session.proof:
        return None
    if not session.family:
        changes.set(session, "family", new_family(context.randomness.token()))
    ticket = Ticket(session.family, session.user.id, context.now.at)
    return make_ticket(settings.ticket_secret, ticket, seal)


def _seal(context: Context, proof: str) -> Seal | None:
    """Return the seal of tickets for a user with this proof; None if the peer is no gateway."""
    identity = context.peer.identity
    grant = granted(context.state, key_owner(context.state, identity), "gateway")
    if not (identity and grant and proof):
        return None
    return Seal(context.state.epoch, identity, grant.since, proof)
