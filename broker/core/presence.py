"""Users coming and going: who is told, and with which words."""

from __future__ import annotations

from collections.abc import Collection, Container

import msgspec

from broker.core.context import Context, Names
from broker.core.ignoring import forget_ignoring
from broker.core.keys import saw_key
from broker.core.model import Challenge, Peer, Session, User
from broker.core.outbox import Told
from broker.core.rulings import Banned, Invitation, Muted, Rank
from messages.events import Game, GameKind, Goodbye, GoodbyeReason, System, SystemKind

_FAREWELLS = {
    GoodbyeReason.SHUTTING_DOWN: "the broker is shutting down",
    GoodbyeReason.REPLACED: "this session was taken up from another connection",
    GoodbyeReason.TIMED_OUT: "nothing was heard from you for too long",
    GoodbyeReason.REVOKED: "the key of this device was revoked",
    GoodbyeReason.PROTOCOL_ERROR: "you sent too much that is not the chat's protocol",
    GoodbyeReason.FLOODING: "you sent too much; come back later, and go slower",
    GoodbyeReason.KICKED: "you were put out of the chat",
    GoodbyeReason.BANNED: "you were banned from the chat",
}


def announce_arrival(context: Context, user: User, but: Peer) -> None:
    """Tell everyone that a user has come."""
    text = f"{user.name} joined the chat"
    context.outbox.tell(context.state.lobby.peers, System(SystemKind.JOINED, user.name, text), but)


def depart(context: Context, sessions: Collection[Session], reason: str, *, resumable: bool) -> None:
    """Take sessions' connections away, and tell those who are left of the users whose last ones they were."""
    announced = {session.user for session in sessions if session.user.announced}
    seen: dict[User, int] = {}
    for session in sessions:
        at = _take_away(context, session, reason, resumable=resumable)
        seen[session.user] = max(at, seen.get(session.user, 0))
    _end_challenges(context, {user for user in seen if not user.online})
    for user, at in seen.items():
        if user in announced and not user.announced:
            text = f"{user.name} left the chat ({reason})"
            told = System(SystemKind.LEFT, user.name, text, reason=reason)
            context.outbox.tell(context.state.lobby.peers, told)
        if not user.online:
            context.state.saw(user, at)
            forget_if_gone(context, user)


def _take_away(context: Context, session: Session, reason: str, *, resumable: bool) -> int:
    """Take a session's connection away, and return when its user was last heard (Unix ms)."""
    seen = last_heard(context, session.peer) if session.peer else context.now.at
    saw_key(context.state, session, seen)
    address = session.peer.place if session.peer else ""
    if resumable:
        context.state.unbind(session, context.now.elapsed)
    else:
        context.state.close_session(session)
    context.outbox.note(Told.LEAVE, name=session.user.name, address=address, reason=reason)
    return seen


def _end_challenges(context: Context, gone: Container[User]) -> None:
    for challenge in list(context.state.challenges.values()):
        if challenge.challenger in gone or challenge.opponent in gone:
            end_challenge(context, challenge)


def end_sessions(
    context: Context, sessions: Collection[Session], farewell: GoodbyeReason, reason: str, text: str = ""
) -> None:
    """End sessions for good, and tell those who are connected why; the one who asks behind the reply."""
    connected = [(session, session.peer) for session in sessions if session.peer]
    for session in sessions:
        if session.peer is None:
            context.state.close_session(session)
    for session, peer in connected:
        if peer is context.peer:
            context.following.append(Goodbye(farewell, text or _FAREWELLS[farewell]))
        else:
            say_goodbye(context, peer, farewell, text)
        depart(context, [session], reason, resumable=False)


def put_out(context: Context, peer: Peer, farewell: GoodbyeReason, reason: str) -> None:
    """End a peer's session for good, and tell it why; who has none is told too."""
    say_goodbye(context, peer, farewell)
    if peer.session:
        depart(context, [peer.session], reason, resumable=False)


def last_heard(context: Context, peer: Peer) -> int:
    """Return when a peer was last heard (Unix ms): what was sent to it since may not have reached it."""
    return context.now.at - round((context.now.elapsed - peer.heard) * 1000)


def forget_if_gone(context: Context, user: User) -> None:
    """Where names are shared, a user is known only as long as a session of theirs lives."""
    if context.rules.names is Names.SHARED and not user.sessions and not context.state.read_only:
        forget_user(context, user)


def forget_user(context: Context, user: User) -> None:
    """Forget a user, and what is kept of them; a ban holds for whoever bears their name next."""
    facts = context.state.facts
    for ban in [ban for ban in facts.of(Banned).values() if ban.what == "user" and ban.value == str(user.id)]:
        context.state.drop(ban)
        context.state.keep(msgspec.structs.replace(ban, what="name", value=user.key))
    theirs: list[Rank | Invitation | Muted] = [*facts.of(Rank).values(), *facts.of(Invitation).values()]
    for fact in [*theirs, *facts.of(Muted).values()]:
        if fact.user == user.id:
            context.state.drop(fact)
    forget_ignoring(context, user)
    context.state.forget_user(user)


def forget_everyone(context: Context) -> None:
    """Forget those of whom no session lives, where names are shared: an earlier broker knew them."""
    for user in list(context.state.users.values()):
        forget_if_gone(context, user)


def say_goodbye(context: Context, peer: Peer, reason: GoodbyeReason, text: str = "") -> None:
    """Tell a peer that the broker ends its session."""
    context.outbox.tell((peer,), Goodbye(reason, text or _FAREWELLS[reason]))


def say_goodbye_to_all(context: Context) -> None:
    """Tell every session that the broker ends, and remember when its user was last heard."""
    state = context.state
    for user in state.online():
        here = [(session, session.peer) for session in user.sessions.values() if session.peer]
        for session, peer in here:
            saw_key(state, session, last_heard(context, peer))
        state.saw(user, max(last_heard(context, peer) for _, peer in here))
        for _, peer in here:
            say_goodbye(context, peer, GoodbyeReason.SHUTTING_DOWN)


def end_challenge(context: Context, challenge: Challenge) -> None:
    """Drop a challenge that was not answered, and tell both. Asked for again it is a new one."""
    one, other = challenge.challenger, challenge.opponent
    context.state.changes.drop(context.state.games, (one.id, challenge.id))
    context.state.changes.drop(context.state.challenges, (one, other))
    context.outbox.tell(one.peers, Game(GameKind.EXPIRED, other.name))
    context.outbox.tell(other.peers, Game(GameKind.EXPIRED, one.name))
