"""Tickets that end before their time: with a session that is ended, or by a ban."""

from __future__ import annotations

import msgspec

from broker.core.access.tickets import Ticket
from broker.core.facts.kinds import EndedTickets
from broker.core.memory.model import Session, User
from broker.core.memory.state import State

MOST_FAMILIES = 32
"""Families of one user that are remembered. If there are more, all tickets that are as old as the oldest end
with it."""


def end_ticket(state: State, session: Session, at: int) -> None:
    """End the tickets of a session for good, as of now (`at`, Unix ms)."""
    if not session.family:
        return
    known = _of(state, session.user)
    families = [*(one for one in known.families if one[0] != session.family), (session.family, at)]
    before = max([known.before, *(ended for _, ended in families[:-MOST_FAMILIES])])
    kept = tuple(families[-MOST_FAMILIES:])
    state.facts.keep(msgspec.structs.replace(known, before=before, families=kept))


def end_all_tickets(state: State, user: User) -> None:
    """End all tickets that a user has now, whatever the clock said when they were given: see `proof_of`."""
    state.facts.keep(EndedTickets(user.id, rounds=_of(state, user).rounds + 1))


def has_ended(state: State, ticket: Ticket) -> bool:
    """Return whether a ticket ended before its time."""
    known = state.facts.get(EndedTickets, str(ticket.user))
    if known is None:
        return False
    return ticket.issued <= known.before or ticket.family in dict(known.families)


def _of(state: State, user: User) -> EndedTickets:
    return state.facts.get(EndedTickets, str(user.id)) or EndedTickets(user.id)
