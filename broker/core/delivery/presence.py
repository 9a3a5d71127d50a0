"""Presence: users who log in and leave, and the events about it."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from broker.core.access.guests import is_guest
from broker.core.access.keys import forget_keys, record_key_use
from broker.core.context import Context
from broker.core.delivery.challenges import end_challenges
from broker.core.delivery.crowds import tell_of_user
from broker.core.delivery.ignoring import forget_ignoring
from broker.core.delivery.noticing import forget_notices
from broker.core.delivery.recipients import mark_absent
from broker.core.facts.kinds import TypingOff, Unannounced
from broker.core.facts.moderation import Banned, Invitation, MissedNotice, Muted, OpenedRoom, Rank
from broker.core.memory import forgetting
from broker.core.memory.model import Peer, Session, User
from broker.core.memory.unchanged import forget_requests
from broker.core.outbox import LogEvent
from broker.core.settings import NamePolicy
from messages.events import Goodbye, GoodbyeReason, System, SystemKind

_FAREWELLS = {
    GoodbyeReason.SHUTTING_DOWN: "the broker is shutting down",
    GoodbyeReason.REPLACED: "this session was resumed from another connection",
    GoodbyeReason.TIMED_OUT: "nothing was heard from you for too long",
    GoodbyeReason.REVOKED: "the key of this device was revoked",
    GoodbyeReason.PROTOCOL_ERROR: "you sent too much that is not the chat's protocol",
    GoodbyeReason.FLOODING: "you sent too much; come back later, and go slower",
    GoodbyeReason.KICKED: "you were removed from the chat",
    GoodbyeReason.BANNED: "you were banned from the chat",
}


def announce_arrival(context: Context, user: User, but: Peer, *, first: bool) -> None:
    """Tell the others that a user has joined the chat.

    If a user comes for the `first` time whom some may take for an earlier one of that name, all are told.
    """
    text = f"{user.name} joined the chat"
    event = System(SystemKind.JOINED, user.name, text, user_id=user.id)
    if first and user.key in context.state.former:
        context.outbox.send(context.state.lobby.peers, event, but)
    else:
        tell_of_user(context, user, event, but)


def depart(context: Context, sessions: Collection[Session], reason: str, *, resumable: bool) -> None:
    """Separate sessions from their connections, and announce the users who thereby went offline.

    Those that are not `resumable` are closed.
    """
    announced = {session.user for session in sessions if session.user.announced}
    seen: dict[User, int] = {}
    for session in sessions:
        at = _disconnect(context, session, reason, resumable=resumable)
        seen[session.user] = max(at, seen.get(session.user, 0))
    end_challenges(context, {user for user in seen if not user.online})
    for user, at in seen.items():
        if user in announced and not user.announced:
            text = f"{user.name} left the chat ({reason})"
            event = System(SystemKind.LEFT, user.name, text, reason=reason, user_id=user.id)
            tell_of_user(context, user, event)
        if not user.online:
            context.state.set_seen(user, at)
            forget_if_gone(context, user)


def _disconnect(context: Context, session: Session, reason: str, *, resumable: bool) -> int:
    """Separate a session from its connection, and return when its user was last heard (Unix ms)."""
    seen = last_heard(context, session.peer) if session.peer else context.now.at
    record_key_use(context.state, session, seen)
    address = session.peer.location if session.peer else ""
    if resumable:
        context.state.unbind(session, context.now.elapsed)
    else:
        context.state.close_session(session)
    context.outbox.log(LogEvent.LEAVE, name=session.user.name, address=address, reason=reason)
    return seen


def end_sessions(
    context: Context,
    sessions: Collection[Session],
    farewell: GoodbyeReason,
    reason: str,
    text: str = "",
    *,
    refuse: bool = False,
) -> None:
    """End sessions for good, and tell connected ones why; the peer of the request is told after the reply.

    If `refuse`, a client that has not heard of it is told when it wants to resume its session.
    """
    connected = [(session, session.peer) for session in sessions if session.peer]
    for session in sessions:
        if refuse:
            context.state.changes.set(session, "ended", True)
        elif session.peer is None:
            context.state.close_session(session)
    for session, peer in connected:
        if peer is context.peer:
            context.after_reply.append(Goodbye(farewell, text or _FAREWELLS[farewell]))
        else:
            say_goodbye(context, peer, farewell, text)
        depart(context, [session], reason, resumable=refuse)


def disconnect(context: Context, peer: Peer, farewell: GoodbyeReason, reason: str) -> None:
    """End a peer's session for good. The peer is told why, even if it has no session."""
    say_goodbye(context, peer, farewell)
    if peer.session:
        depart(context, [peer.session], reason, resumable=False)


def last_heard(context: Context, peer: Peer) -> int:
    """Return when a peer was last heard (Unix ms). Later deliveries may not have reached it."""
    return context.now.at - round((context.now.elapsed - peer.heard) * 1000)


def forget_if_gone(context: Context, user: User) -> None:
    """Forget a user who has no session left if they are a guest, or if names are shared."""
    if user.sessions or context.state.read_only:
        return
    if context.settings.names is NamePolicy.SHARED or is_guest(context.state, user):
        forget_user(context, user)


def forget_user(context: Context, user: User, *, erased: bool = False) -> None:
    """Forget a user and their facts. A ban of the user becomes a ban of the name.

    If they are `erased`, nothing shows later that their names had another owner.
    """
    facts = context.state.facts
    for ban in [ban for ban in facts.of(Banned).values() if ban.what == "user" and ban.value == str(user.id)]:
        context.state.facts.drop(ban)
        context.state.facts.keep(msgspec.structs.replace(ban, what="name", value=user.key))
    theirs: list[Rank | Invitation | OpenedRoom] = [*facts.of(Rank).values(), *facts.of(Invitation).values()]
    theirs += facts.of(OpenedRoom).values()
    for fact in [*theirs, *facts.of(Muted).values(), *facts.of(MissedNotice).values()]:
        if fact.user == user.id:
            facts.drop(fact)
    forget_ignoring(context, user)
    for setting in (facts.get(Unannounced, str(user.id)), facts.get(TypingOff, str(user.id))):
        if setting is not None:
            facts.drop(setting)
    for upload in context.state.files.uploads_of(user.id):
        context.state.files.drop(upload)
    forget_notices(context, user)
    forget_requests(facts, user)
    forget_keys(context, user, erased=erased)
    forgetting.forget_user(context.state, user)


def prepare_users(context: Context) -> None:
    """Look at the users of an earlier run of the broker: forget them if names are shared.

    Guests may come back with their tickets: `timers` forgets those who do not.
    """
    for user in list(context.state.users.values()):
        if not is_guest(context.state, user):
            forget_if_gone(context, user)
    mark_absent(context)


def say_goodbye(context: Context, peer: Peer, reason: GoodbyeReason, text: str = "") -> None:
    """Tell a peer that the broker ends its session."""
    context.outbox.send((peer,), Goodbye(reason, text or _FAREWELLS[reason]))


def say_goodbye_to_all(context: Context) -> None:
    """Tell every session that the broker stops, and store when its user was last heard."""
    state = context.state
    for user in state.online():
        connected = [(session, session.peer) for session in user.sessions.values() if session.peer]
        for session, peer in connected:
            record_key_use(state, session, last_heard(context, peer))
        state.set_seen(user, max(last_heard(context, peer) for _, peer in connected))
        for _, peer in connected:
            say_goodbye(context, peer, GoodbyeReason.SHUTTING_DOWN)
