"""Logging in through a gateway: with a password or a ticket, as a new user, or as a guest."""

from __future__ import annotations

from typing import NamedTuple

from broker.commands.entry.linking import link_browser
from broker.commands.entry.signing_up import sign_up, welcome_guest
from broker.commands.entry.throttle import count_hash, refuse_throttled
from broker.core.access import keys
from broker.core.access.gateway_tickets import find_ticket
from broker.core.access.granted_roles import has_role
from broker.core.access.guests import is_guest, proof_of
from broker.core.access.passwords import is_password
from broker.core.context import Context
from broker.core.facts.kinds import PasswordHash
from broker.core.limits.addresses import source
from broker.core.memory.model import Session, User
from broker.core.moderation.bans import refuse_banned
from messages.errors import ErrorCode, RequestRefused
from messages.names import Name
from messages.sessions import Login


class Arrival(NamedTuple):
    """The user for whom a gateway logs in, and the family of the ticket that it has shown for them."""

    user: User
    family: str = ""


def arrive(context: Context, request: Login, name: Name) -> Arrival:
    """Return the user for whom a gateway logs in. A ticket or a code counts more than name and password."""
    _require_gateway(context)
    if request.ticket is not None:
        found = find_ticket(context, request.ticket)
        if found is None:
            raise RequestRefused(ErrorCode.TICKET_INVALID)
        arrival = Arrival(found[0], found[1].family)
        vouch(context, request.address)
    elif request.link is not None and request.by_code:
        arrival = Arrival(link_browser(context, request.link, request.address))
        vouch(context, request.address)
    elif request.guest:
        vouch(context, request.address)
        arrival = Arrival(welcome_guest(context, name))
    else:
        arrival = Arrival(_with_password(context, request, name))
    refuse_banned(context, arrival.user, arrival.user.key)
    return arrival


def mark_session(context: Context, session: Session, arrival: Arrival) -> None:
    """Record in a session what its user has shown."""
    changes, state = context.state.changes, context.state
    changes.set(session, "proof", proof_of(state, arrival.user))
    changes.set(session, "family", arrival.family)
    changes.set(session, "guest", is_guest(state, arrival.user))


def _with_password(context: Context, request: Login, name: Name) -> User:
    """Return the user with this name and password, who may be a new one if they want to sign up."""
    state, attempts, elapsed = context.state, context.state.attempts, context.now.elapsed
    if request.password is None:  # nobody has guessed anything
        raise RequestRefused(ErrorCode.WRONG_PASSWORD)
    # What another gateway says of an address holds nobody up.
    where = f"{source(request.address or context.peer.address)} by {context.peer.identity}"
    user = state.users.get(name.key)
    known = state.facts.get(PasswordHash, str(user.id)) if user else None
    if known is not None:
        pause = attempts.passwords.wait(known.user, elapsed)
    else:
        pause = attempts.names.wait(name.key, elapsed)
    refuse_throttled(max(pause, attempts.addresses.wait(where, elapsed)))
    if known is None and request.sign_up:
        vouch(context, request.address)
        return sign_up(context, request, name, where)
    if known is not None and user is not None:
        count_hash(context, user, "to log in", where)
    if known is None or user is None or not is_password(known.encoded, request.password):
        attempts.addresses.failed(where, elapsed)
        if known is not None:
            attempts.passwords.failed(known.user, elapsed)
        else:
            attempts.names.failed(name.key, elapsed)
        raise RequestRefused(ErrorCode.WRONG_PASSWORD)
    attempts.passwords.succeeded(user.id)
    vouch(context, request.address)
    return user


def _require_gateway(context: Context) -> None:
    if not has_role(context.state, keys.key_owner(context.state, context.peer.identity), "gateway"):
        raise RequestRefused(ErrorCode.NOT_A_GATEWAY)


def vouch(context: Context, address: str | None) -> None:
    """Mark the peer as vouched for by a gateway, with the address of its user, if the gateway gives one.

    Raise RequestRefused if the peer's key does not have the role of a gateway.
    """
    _require_gateway(context)
    context.state.changes.set(context.peer, "vouched", True)
    context.state.changes.set(context.peer, "origin", address)
    context.limiter.assign_buckets(context.peer)


def forget_vouching(context: Context) -> None:
    """Clear the mark of a gateway from a peer that is not logged in."""
    context.state.changes.set(context.peer, "vouched", False)
    context.state.changes.set(context.peer, "origin", None)
    context.limiter.assign_buckets(context.peer)
