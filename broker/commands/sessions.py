"""Logging in and out, and signs of life."""

from __future__ import annotations

from broker.core.bans import leave_where_banned, refuse_banned
from broker.core.context import Context, Names
from broker.core.ignoring import ignored_names
from broker.core.model import Session, User
from broker.core.outbox import Fact
from broker.core.pages import pages_of_positions
from broker.core.presence import announce_arrival, depart, say_goodbye
from broker.core.receipts import cursors, news
from broker.core.registry import Registry
from messages.errors import ErrorCode, RequestRefused
from messages.events import Farewell, Ignoring, Notice, Positions, System
from messages.names import Name, parse_address, parse_user
from messages.replies import Done, Pong, Welcome
from messages.requests import Login, Logout, Ping
from messages.version import PROTOCOL

registry = Registry()

_KNOCK_SECONDS = 1.0  # a user is told of others who want the name no more often


@registry.command(Login, "log in under a name", login=False, noted=False)
def login(context: Context, request: Login) -> Welcome:
    """Open a session, or take up the one whose token the client knows."""
    if context.peer.session:
        raise RequestRefused(ErrorCode.ALREADY_LOGGED_IN)
    if request.protocol != PROTOCOL:
        raise RequestRefused(ErrorCode.PROTOCOL_UNSUPPORTED)
    earlier = context.state.sessions.get(request.session or "")
    resumed = earlier is not None and earlier.identity == context.peer.identity
    _refuse_banned(context, request, earlier.user if earlier is not None and resumed else None)
    if earlier is not None and resumed:
        session, was_online = earlier, earlier.user.online
        leave_where_banned(context, earlier.user)
        _take_up(context, session)
        context.following += cursors(context, session.user)
    else:
        user = _user_for(context, request.name)
        leave_where_banned(context, user)
        was_online = user.online
        session = context.state.open_session(user, context.peer, context.chance.token(), context.now.at)
        context.following += news(user, context.now.at if was_online else user.seen)
    session.user.active = context.now.elapsed
    name, address = session.user.name, context.peer.address
    context.outbox.note(Fact.RESUME if resumed else Fact.LOGIN, name=name, address=address)
    if not was_online:
        context.state.saw(session.user, context.now.at)
        announce_arrival(context, session.user, context.peer)
    return _welcome(context, request.id, session, resumed=resumed)


def _refuse_banned(context: Context, request: Login, resuming: User | None) -> None:
    name = resuming.key if resuming else parse_user(request.name.partition("~")[0]).key
    refuse_banned(context, resuming or context.state.users.get(name), name)


def _welcome(context: Context, re: str, session: Session, *, resumed: bool) -> Welcome:
    """Return the welcome with as many positions as it can hold; the others come behind it."""
    first, *further = list(pages_of_positions(context, session.user)) or [[]]
    ignored = ignored_names(context, session.user)
    context.following[:0] = [*map(Positions, further), *([Ignoring(ignored)] if ignored else [])]
    return Welcome(
        re,
        session.user.name,
        session.token,
        context.state.epoch,
        resumed,
        context.rules.heartbeat,
        first,
        context.rules.title,
        context.rules.motd,
    )


def _take_up(context: Context, session: Session) -> None:
    if session.peer:
        say_goodbye(context, session.peer, Farewell.REPLACED)
        context.state.unbind(session, context.now.elapsed)
    context.state.bind(session, context.peer)


def _user_for(context: Context, asked: str) -> User:
    """Return the user who logs in under the name asked for, a new one if nobody bears it."""
    state, name = context.state, parse_user(asked.partition("~")[0])
    if context.rules.names is Names.SHARED:
        return state.add_user(free_address(context, name))
    user = state.users.get(name.key)
    if user is None:
        return state.add_user(name)
    if not user.online:
        for lost in list(user.sessions.values()):
            state.close_session(lost)
        return user
    if context.peer.identity is not None and all(
        session.identity == context.peer.identity for session in user.sessions.values()
    ):
        return user
    # Telling the holder also finds out whether their connection still exists; hence the error is retryable.
    if context.now.elapsed - user.knocked >= _KNOCK_SECONDS:
        user.knocked = context.now.elapsed
        text = f"somebody at {context.peer.address} asked for your name"
        context.outbox.tell(user.peers, System(Notice.KNOCK, user.name, text))
    raise RequestRefused(ErrorCode.NAME_TAKEN)


def free_address(context: Context, name: Name, bearer: User | None = None) -> Name:
    """Return the name itself, or with the lowest number behind it that nobody has but `bearer`."""
    users, number = context.state.users, 1
    address = name
    while users.get(address.key, bearer) is not bearer:
        number += 1
        address = parse_address(f"{name.shown}~{number}")
    return address


@registry.command(Logout, "log out", noted=False)
def logout(context: Context, request: Logout) -> Done:
    """End the session; its token is worth nothing from now on."""
    depart(context, context.session, "logged out", resumable=False)
    return Done(request.id)


@registry.command(Ping, "say that you are there", activity=False, noted=False)
def ping(_context: Context, request: Ping) -> Pong:
    """Answer; that the peer was heard is noted for every document."""
    return Pong(request.id)
