"""Limits that commands declare, on numbers of things and on how often an action is allowed.

Each raises RequestRefused, with nothing changed but a bucket, if its limit is reached.
"""

from __future__ import annotations

from broker.core.access.gateway_tickets import find_ticket, session_to_resume
from broker.core.access.granted_roles import granted
from broker.core.access.guests import guests, is_guest
from broker.core.access.keys import key_owner
from broker.core.context import Context
from broker.core.facts.kinds import GrantedRole
from broker.core.facts.moderation import OpenedRoom, Rank
from broker.core.limits.addresses import source as source_key
from broker.core.limits.buckets import AddressBuckets, RareAction
from broker.core.memory.model import Room, Session, User
from broker.core.outbox import LogEvent
from broker.core.rates import ADDRESS_SHARE, too_many
from broker.core.settings import NamePolicy
from messages.errors import ErrorCode, RequestRefused
from messages.moderation import Role
from messages.names import parse_room, parse_user
from messages.requests import Join, Topic
from messages.sessions import Login

NO_ENTRY = "you cannot join or open a room with this name; choose another name"
"""Why a room is not opened, and the same words for one that is hidden, so that nobody learns of it."""

HOUR = 3600.0
"""Seconds."""

GUESTS_SHARE = 10
"""At one address there may be this part of all guests."""

CROWD_SECONDS = 60.0
"""When a login may be tried again, if the broker has as many connections as it can hold."""


def cap_login(context: Context, request: Login) -> None:
    """Refuse a login if a limit is reached. Resuming a session counts only for the sessions of an address."""
    peer, limiter, now = context.peer, context.limiter, context.now.elapsed
    if peer.session:
        return
    resumed = session_to_resume(context, request)
    source = _source_of_login(context, request, resumed)
    _cap_address(context, request, source, resumed)
    if resumed is not None:
        return
    shown = find_ticket(context, request.ticket) if request.on_behalf else None
    user = context.state.users.get(parse_user(request.name.partition("~")[0]).key)
    if shown is not None:
        user = shown[0]
    if source is not None and not source.cheap:
        if user is not None and (shown is not None or peer.identity in user.keys):
            _wait(
                limiter.buckets_of(user).take(RareAction.LOGIN, limiter.caps.logins, now),
                "you log in too often",
            )
        else:
            wait = source.take(RareAction.LOGIN, limiter.caps.logins, now)
            _wait(wait, "too many logins come from your address")
    _cap_peers(context)
    if request.by_code:
        return  # the code gives the user, not the name
    if user is None or context.settings.names is NamePolicy.SHARED:
        cap_number(len(context.state.users), limiter.caps.users, "users here")
    else:
        if user.buckets is not None:
            _wait(user.buckets.barred_until - now, "you were disconnected for sending too much")
        cap_sessions(context, user)


def cap_sessions(context: Context, user: User) -> None:
    """Refuse another session of a user who has as many connected ones as they may."""
    connected = sum(1 for session in user.sessions.values() if session.peer)
    cap_number(connected, context.limiter.caps.sessions_per_user, "sessions of yours", "; end one first")


def _cap_address(
    context: Context, request: Login, source: AddressBuckets | None, resumed: Session | None
) -> None:
    """Refuse another session from an address. A session that is `resumed` counts once.

    The addresses of a gateway's people are its own, and it may be granted another number for them.
    """
    peers, most = context.state.peers, context.limiter.caps.sessions_per_address
    if source is None or source.cheap:
        return
    grant = _grant_behind(context, request, resumed)
    if grant is not None and grant.per_address:
        most = grant.per_address
    if len(peers) <= most:
        return
    sessions = sum(
        1 for other in peers if other.source is source and other.session and other.session is not resumed
    )
    cap_number(sessions, most, "sessions from your address", wait=CROWD_SECONDS)


def _grant_behind(context: Context, request: Login, resumed: Session | None) -> GrantedRole | None:
    """Return the grant of the gateway that logs in for somebody else, if it does."""
    if not (request.on_behalf or (resumed is not None and resumed.vouched)):
        return None
    return granted(context.state, key_owner(context.state, context.peer.identity), "gateway")


def _source_of_login(context: Context, request: Login, resumed: Session | None) -> AddressBuckets | None:
    """Return the source for which a login counts. A gateway gives its users' addresses."""
    address = request.address or (resumed.origin if resumed is not None else None)
    if address and _grant_behind(context, request, resumed) is not None:
        return context.limiter.source_of(address, gateway=context.peer.identity)
    return context.peer.source


def cap_sign_up(context: Context) -> None:
    """Refuse somebody who signs up if too many did at their address, or through their gateway."""
    limiter, now, peer = context.limiter, context.now.elapsed, context.peer
    gateway = key_owner(context.state, peer.identity)
    if peer.source is None or gateway is None:
        return
    most, text = limiter.caps.sign_ups, "too many users have signed up"
    _wait(peer.source.take(RareAction.SIGN_UP, most, now, HOUR), f"{text} at your address")
    through = limiter.buckets_of(gateway).take(RareAction.SIGN_UP, most * ADDRESS_SHARE, now, HOUR)
    _wait(through, f"{text} through this gateway")


def cap_guests(context: Context) -> None:
    """Refuse another guest if there are too many in all, or at an address of their gateway.

    Those just gone count too.
    """
    here, most = guests(context.state), context.limiter.caps.guests
    cap_number(len(here), most, "guests here", "; come back later, or sign up", CROWD_SECONDS)
    place, gateway = source_key(context.peer.location), context.peer.identity
    there = sum(
        any(one.identity == gateway and source_key(one.address) == place for one in guest.sessions.values())
        for guest in here
    )
    share = max(most // GUESTS_SHARE, 1)
    cap_number(there, share, "guests from your address", "; come back later, or sign up", CROWD_SECONDS)


def _cap_peers(context: Context) -> None:
    limiter, count = context.limiter, len(context.state.peers)
    crowded = 0 < limiter.caps.peers < count
    if crowded:  # strangers have a limit of their own, and hold up no user
        count = sum(1 for peer in context.state.peers if peer.session)
        crowded = limiter.caps.peers <= count
    if crowded and not limiter.alarmed:
        context.outbox.log(LogEvent.CONNECTION_LIMIT, peers=count)
    limiter.alarmed = crowded
    if crowded:
        text = "the broker has as many connections as it can hold; come back later"
        raise RequestRefused(ErrorCode.LIMIT_REACHED, text, retry_after=int(CROWD_SECONDS * 1000))


def cap_join(context: Context, request: Join) -> None:
    """Refuse to join a room if the user joined too often, or a limit on rooms is reached."""
    user, state, caps = context.user, context.state, context.limiter.caps
    room = state.room(parse_room(request.room))
    if room is not None and user in room.members:
        return
    mine = sum(1 for conversation in user.conversations.values() if isinstance(conversation, Room))
    cap_number(mine, caps.rooms_per_user, "rooms you are in", "; leave one first")
    if room is None:
        if is_guest(state, user):
            raise RequestRefused(ErrorCode.NO_SUCH_ROOM, NO_ENTRY)
        cap_number(_rooms_opened(context), caps.rooms_per_user, "rooms that you have opened")
        cap_number(state.room_count, caps.rooms, "rooms here")
        _limit_rare(context, RareAction.OPEN, caps.openings, "you have opened too many rooms")
    _limit_rare(context, RareAction.JOIN, caps.joins, "you have joined too many rooms")


def _rooms_opened(context: Context) -> int:
    """Return how many rooms the user has opened. They stay, whoever leaves them and whoever runs them later.

    Earlier versions did not record it. Of a room without a record, the operators count as its openers.
    """
    facts, mine = context.state.facts, context.user.id
    recorded = facts.of(OpenedRoom)
    earlier = (rank for rank in facts.of_user(Rank, mine) if rank.room not in recorded)
    return len(facts.of_user(OpenedRoom, mine)) + sum(rank.role == Role.OPERATOR for rank in earlier)


def cap_topic(context: Context, request: Topic) -> None:
    """Refuse to set a topic if the user did so too often."""
    if request.topic is not None:
        _limit_rare(context, RareAction.TOPIC, context.limiter.caps.topics, "you have set too many topics")


def cap_change(context: Context, _request: object) -> None:
    """Refuse a stored change if the user made too many."""
    _limit_rare(context, RareAction.CHANGE, context.limiter.caps.changes, "you have changed too much at once")


def _limit_rare(context: Context, what: RareAction, a_minute: int, text: str) -> None:
    """Refuse a rare action that a user, or all users at their address together, have done too often.

    A user who has reached the limit takes nothing from the others at the address.
    """
    source, now = context.peer.source, context.now.elapsed
    if source is not None and not source.cheap:
        _wait(context.limiter.buckets_of(context.user).take(what, a_minute, now), text)
        wait = source.take(what, a_minute * ADDRESS_SHARE, now)
        _wait(wait, "too many such requests come from your address")


def _wait(seconds: float, text: str) -> None:
    if seconds > 0:
        raise too_many(seconds, text)


def cap_number(count: int, most: int, what: str, advice: str = "", wait: float = 0.0) -> None:
    """Raise RequestRefused if `count` has reached `most`; `wait` is in seconds."""
    if count >= most:
        text = f"the limit for {what} is {most:,}{advice}"
        raise RequestRefused(ErrorCode.LIMIT_REACHED, text, retry_after=int(wait * 1000))
