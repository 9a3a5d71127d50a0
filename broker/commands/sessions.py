"""Commands on sessions: login, logout and ping."""

from __future__ import annotations

from typing import NamedTuple

from broker.commands.caps import cap_login
from broker.commands.entry import gateways, invites, linking
from broker.commands.entry.abilities import abilities_of
from broker.commands.entry.limits import limits_of
from broker.core.access.ended_tickets import end_ticket
from broker.core.access.gateway_tickets import issue_ticket, session_to_resume
from broker.core.access.keys import check_name, record_key_use, refuse_revoked
from broker.core.access.new_names import check_new_name
from broker.core.access.released_names import new_keys_since
from broker.core.context import Context
from broker.core.delivery.crowds import is_crowd
from broker.core.delivery.ignoring import ignored_names
from broker.core.delivery.noticing import settings_besides_positions
from broker.core.delivery.pages import pages_of_positions
from broker.core.delivery.presence import (
    announce_arrival,
    depart,
    forget_if_gone,
    last_heard,
    say_goodbye,
)
from broker.core.delivery.receipts import current_receipts, receipts_since
from broker.core.delivery.recipients import note_login
from broker.core.delivery.typing import types
from broker.core.intervals import intervals
from broker.core.memory.model import Session, User
from broker.core.moderation.bans import leave_where_banned, refuse_banned
from broker.core.moderation.missed import take_missed
from broker.core.outbox import LogEvent
from broker.core.registry import Registry
from broker.core.settings import NamePolicy
from messages.errors import ErrorCode, RequestRefused
from messages.events import GoodbyeReason, Ignoring, Positions, System, SystemKind
from messages.names import Name, parse_address, parse_user
from messages.replies import Done, Pong, Welcome
from messages.sessions import Login, Logout, Ping
from messages.version import PROTOCOL, __version__

registry = Registry()

_NAME_REQUESTED_SECONDS = 1.0  # the shortest interval between events about others who want the name


@registry.command(Login, "log in under a name", login=False, cap=cap_login, logged=False)
def login(context: Context, request: Login) -> Welcome:
    """Open a session, or resume the one whose token or ticket the client gives."""
    if context.peer.session:
        raise RequestRefused(ErrorCode.ALREADY_LOGGED_IN)
    if request.protocol != PROTOCOL:
        raise RequestRefused(ErrorCode.PROTOCOL_UNSUPPORTED)
    refuse_revoked(context)
    gateways.forget_vouching(context)
    refuse_banned(context, None, parse_user(request.name.partition("~")[0]).key)
    earlier = session_to_resume(context, request)
    if earlier is not None:
        session, before = earlier, _resume(context, request, earlier)
    else:
        session, before = _open(context, request)
    user, resumed = session.user, session is earlier
    context.state.changes.set(context.peer, "amendments", request.amendments)
    context.state.know_crowds(context.peer, request.crowds)
    context.state.changes.set(context.peer, "runs", request.runs)
    context.state.changes.set(session, "bot", request.bot)
    if (marked := request.bot or session.guest) is not session.marked:
        context.state.changes.set(session, "marked", marked)
    context.after_reply += [*new_keys_since(context, user, before.since), *before.put_out]
    if not session.unannounced:  # nobody reads what a script gets
        context.after_reply += take_missed(context, user)
    user.active = context.now.elapsed
    note_login(context, session)
    record_key_use(context.state, session, context.now.at)
    if not before.online:
        context.state.set_seen(user, context.now.at)
    context.outbox.log(
        LogEvent.RESUME if resumed else LogEvent.LOGIN, name=user.name, address=context.peer.location
    )
    if user.announced and not before.announced:
        announce_arrival(context, user, context.peer, first=not before.since)
    ticket = issue_ticket(context, session) if request.remember and session.vouched else None
    return _welcome(context, request.id, session, ticket, resumed=resumed)


class _Before(NamedTuple):
    """A user before a login: whether they were online and announced, and until when events reached them.

    `put_out` says from which rooms the login has removed them.
    """

    online: bool
    announced: bool
    since: int
    put_out: list[System]


def _before(context: Context, user: User, session: Session | None = None) -> _Before:
    """Leave the rooms from which a user is banned, and return what was before their login."""
    put_out = leave_where_banned(context, user)
    return _Before(user.online, user.announced, _last_reached(context, user, session), put_out)


def _resume(context: Context, request: Login, session: Session) -> _Before:
    """Bind a session to the peer instead of the one that it has, or had."""
    _refuse_ended(context, session)
    user = session.user
    if session.vouched:
        gateways.vouch(context, request.address or session.origin)
    refuse_banned(context, user, user.key)
    before = _before(context, user, session)
    if session.peer:
        say_goodbye(context, session.peer, GoodbyeReason.REPLACED)
        context.state.unbind(session, context.now.elapsed)
    context.state.bind(session, context.peer)
    context.after_reply += current_receipts(context, user)
    return before


def _open(context: Context, request: Login) -> tuple[Session, _Before]:
    """Open a session of the user with the requested name."""
    arrival = _arrival(context, request)
    user = arrival.user
    before = _before(context, user)
    quiet = request.unannounced and (user.seen > 0 or user.key not in context.state.former)
    _end_lost_sessions(context, user)
    token = context.randomness.token()
    session = context.state.open_session(user, context.peer, token, context.now.at, unannounced=quiet)
    if request.on_behalf:
        gateways.mark_session(context, session, arrival)
    context.after_reply += receipts_since(user, before.since)
    return session, before


def _refuse_ended(context: Context, session: Session) -> None:
    """Refuse, once, to resume a session that its user has ended on another device.

    Its client may have missed the goodbye, and must not come back by itself.
    """
    if session.ended:
        context.state.close_session(session)
        forget_if_gone(context, session.user)
        text = "this session was ended on another device of yours; log in again if you want to"
        raise RequestRefused(ErrorCode.NOT_PERMITTED, text)


def _end_lost_sessions(context: Context, user: User) -> None:
    """Make room for a session: the oldest lost ones end, so that a user has no more than they may connect."""
    lost = sorted((one for one in user.sessions.values() if one.peer is None), key=lambda one: one.lost_at)
    too_many = len(user.sessions) + 1 - context.limiter.caps.sessions_per_user
    for session in lost[: max(too_many, 0)]:
        context.state.close_session(session)


def _last_reached(context: Context, user: User, session: Session | None = None) -> int:
    """Return until when events have reached a user, or one of their sessions (Unix ms)."""
    if session and session.peer:
        return last_heard(context, session.peer)
    return context.now.at if user.online else user.seen


def _welcome(context: Context, re: str, session: Session, ticket: str | None, *, resumed: bool) -> Welcome:
    """Return the welcome with as many positions as fit. The others are sent after it."""
    (first, more), *further = pages_of_positions(context, session.user)
    ignored = ignored_names(context, session.user)
    context.after_reply[:0] = [
        *(Positions(*page) for page in further),
        *([Ignoring(ignored)] if ignored else []),
        *settings_besides_positions(context, session.user, context.peer),
    ]
    asked = intervals(context, vouched=context.peer.vouched)
    context.state.changes.set(context.peer, "heartbeat", asked.heartbeat)
    return Welcome(
        re,
        session.user.name,
        session.token,
        context.state.epoch,
        resumed,
        asked.heartbeat,
        first,
        context.settings.title,
        context.settings.motd,
        context.settings.insecure,
        session.user.away,
        *context.limiter.allowance(context.peer),
        asked.confirm_interval,
        more,
        context.settings.edit_for,
        abilities_of(context),
        session.user.id,
        __version__,
        limits_of(context),
        types(context, session.user),
        0 if session.guest else context.settings.max_file,
        ticket,
        session.guest,
        context.state.online_count if context.peer.crowds and is_crowd(context, context.state.lobby) else 0,
    )


def _arrival(context: Context, request: Login) -> gateways.Arrival:
    """Return the user for the requested name, a new one if the name is free."""
    name = parse_user(request.name.partition("~")[0])
    if request.on_behalf:
        return gateways.arrive(context, request, name)
    return gateways.Arrival(_user_for(context, request, name))


def _user_for(context: Context, request: Login, name: Name) -> User:
    """Return the user who logs in without a gateway, a new one if the name is free."""
    state = context.state
    if request.link is not None:
        return linking.link_device(context, request.link)
    if context.settings.names is NamePolicy.SHARED:
        check_new_name(context, name)
        invite = invites.find_invite(context, None, request.invite)
        user = state.add_user(free_name(context, name))
        invites.admit(context, user, invite)
        return user
    known = state.users.get(name.key)
    check_name(context, known)
    if known is None:
        check_new_name(context, name)
    else:
        refuse_banned(context, known, known.key)
    invite = invites.find_invite(context, known, request.invite)
    user = _claim_user(context, known) if known else state.add_user(name)
    invites.admit(context, user, invite)
    return user


def _claim_user(context: Context, user: User) -> User:
    """Return a known user. Raise RequestRefused if they are online and the peer does not have their key."""
    if context.peer.identity in user.keys:
        return user
    if not user.online:
        for lost in list(user.sessions.values()):
            context.state.close_session(lost)
        return user
    # Telling the holder also finds out whether their connection still exists; hence the error is retryable.
    if context.now.elapsed - user.name_requested >= _NAME_REQUESTED_SECONDS:
        user.name_requested = context.now.elapsed
        text = f"a user at {context.peer.address} asked for your name"
        context.outbox.send(user.peers, System(SystemKind.NAME_REQUESTED, user.name, text, user_id=user.id))
    raise RequestRefused(ErrorCode.NAME_TAKEN)


def free_name(context: Context, name: Name, owner: User | None = None) -> Name:
    """Return the name, with the lowest free number added if a user other than `owner` has it."""
    users, number = context.state.users, 1
    address = name
    while users.get(address.key, owner) is not owner:
        number += 1
        address = parse_address(f"{name.shown}~{number}")
    return address


@registry.command(Logout, "log out", logged=False)
def logout(context: Context, request: Logout) -> Done:
    """End the session. Its token becomes invalid."""
    end_ticket(context.state, context.session, context.now.at)
    depart(context, [context.session], "logged out", resumable=False)
    return Done(request.id)


@registry.command(Ping, "send a sign of life", light=True, activity=False, logged=False)
def ping(_context: Context, request: Ping) -> Pong:
    """Answer. Every document counts as a sign of life."""
    return Pong(request.id)
