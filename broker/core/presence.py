"""Users coming and going: who is told, and with which words."""

from __future__ import annotations

import msgspec

from broker.core.context import Context, Names
from broker.core.model import Challenge, Peer, Session, User
from broker.core.outbox import Fact
from broker.core.rulings import Banned, Ignoring, Invitation, Muted, Rank
from messages.events import Farewell, Game, GameKind, Goodbye, Notice, System

_FAREWELLS = {
    Farewell.SHUTTING_DOWN: "the broker is shutting down",
    Farewell.REPLACED: "this session was taken up from another connection",
    Farewell.TIMED_OUT: "nothing was heard from you for too long",
    Farewell.MISBEHAVED: "you sent too much that is not the chat's protocol",
    Farewell.KICKED: "you were put out of the chat",
    Farewell.BANNED: "you were banned from the chat",
}


def announce_arrival(context: Context, user: User, but: Peer) -> None:
    """Tell everyone that a user has come."""
    text = f"{user.name} joined the chat"
    context.outbox.tell(context.state.lobby.peers, System(Notice.JOINED, user.name, text), but)


def depart(context: Context, session: Session, reason: str, *, resumable: bool) -> None:
    """Take a session's connection away, and tell everyone if it was the user's last one."""
    user, state = session.user, context.state
    address = session.peer.address if session.peer else ""
    seen = last_heard(context, session.peer) if session.peer else context.now.at
    if resumable:
        state.unbind(session, context.now.elapsed)
    else:
        state.close_session(session)
    context.outbox.note(Fact.LEAVE, name=user.name, address=address, reason=reason)
    if user.online:
        return
    state.saw(user, seen)
    for challenge in [c for c in state.challenges.values() if user in (c.challenger, c.opponent)]:
        end_challenge(context, challenge)
    text = f"{user.name} left the chat ({reason})"
    context.outbox.tell(state.lobby.peers, System(Notice.LEFT, user.name, text, reason=reason))
    forget_if_gone(context, user)


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
    for one in [one for one in facts.of(Ignoring).values() if user.id in (one.user, one.other)]:
        context.state.drop(one)
    context.state.forget_user(user)


def forget_everyone(context: Context) -> None:
    """Forget those of whom no session lives, where names are shared: an earlier broker knew them."""
    for user in list(context.state.users.values()):
        forget_if_gone(context, user)


def say_goodbye(context: Context, peer: Peer, reason: Farewell, text: str = "") -> None:
    """Tell a peer that the broker ends its session."""
    context.outbox.tell((peer,), Goodbye(reason, text or _FAREWELLS[reason]))


def end_challenge(context: Context, challenge: Challenge) -> None:
    """Drop a challenge that was not answered, and tell both."""
    one, other = challenge.challenger, challenge.opponent
    context.state.changes.drop(context.state.challenges, (one, other))
    context.outbox.tell(one.peers, Game(GameKind.EXPIRED, other.name))
    context.outbox.tell(other.peers, Game(GameKind.EXPIRED, one.name))
