"""A core's memory as plain data, for a comparison before and after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from broker.core.core import Core
from broker.core.facts.moderation import Pins
from broker.core.facts.notices import ChosenLevels
from broker.core.memory.model import Conversation, Direct, Peer, Room, Session, User
from broker.core.names.lookalikes import skeleton


def photograph(core: Core, without: Collection[Peer] = ()) -> dict[str, object]:
    """Return all that a failed commit must leave as it was, `without` connections made since.

    When somebody was last heard is not of it.
    """
    state = core.state
    assert not state.journal
    assert not state.unstored
    assert not state.present
    assert state.changes.mark() == 0
    names = [*(user.name for user in state.users.values()), *(room.name for room in state.rooms())]
    assert state.lookalikes._counts == Counter(map(skeleton, names))
    return {
        "peers": {peer.routing_id: peer.lagging for peer in core.peers if peer not in without},
        "next user": state.next_user,
        "users": {key: _user(user) for key, user in state.users.items()},
        "users by id": {number: user.key for number, user in state.users_by_id.items()},
        "sessions": {token: _session(session) for token, session in state.sessions.items()},
        "conversations": {key: _conversation(found) for key, found in state.conversations.items()},
        "resolved": {(u.id, name): found.id for (u, name), found in _lasting(core).items()},
        "uncounted": {conversation.id for conversation in state.uncounted},
        "challenges": {
            (one.id, other.id): (found.challenger.id, found.opponent.id, found.id, found.hand, found.deadline)
            for (one, other), found in state.challenges.items()
        },
        "games": dict(state.games),
        "pins": dict(state.facts.of(Pins)),
        "levels": dict(state.facts.of(ChosenLevels)),
    }


def _lasting(core: Core) -> dict[tuple[User, str], Conversation]:
    """Return remembered names of conversations that do not exist. There must be none."""
    state = core.state
    return {k: found for k, found in state.resolved.items() if state.conversations.get(found.id) is not found}


def _user(user: User) -> tuple[object, ...]:
    return (
        user.id,
        user.name,
        user.key,
        user.away,
        user.discreet,
        user.absent,
        set(user.sessions),
        set(user.conversations),
    )


def _session(session: Session) -> tuple[object, ...]:
    peer = session.peer
    if peer:
        assert peer.session is session
    return (
        session.user.id,
        session.since,
        session.identity,
        session.lost_at,
        session.unannounced,
        session.user.opened,
        session.number,
        session.address,
        session.ended,
        peer.routing_id if peer else None,
    )


def _conversation(found: Conversation) -> dict[str, object]:
    assert set(found.peers) == set(found.connected)
    return {
        "kind": type(found),
        "head": found.head,
        "amended": found.amended,
        "mentioning": found.mentioning,
        "members": {user.id: member for user, member in found.members.items()},
        "last sent": {user.id: seq for user, seq in found.last_sent.items()},
        "typed": {user.id: at for user, at in found.typed.items()},
        "counted": {user.id: told for user, told in found.counted.items()},
        "absent": {user.id for user in found.absent},
        "returned": {user.id: seq for user, seq in found.returned.items()},
        "connected": {peer.routing_id for peer in found.connected},
        "room": (found.name, found.topic) if isinstance(found, Room) else None,
        "pair": tuple(user.id for user in found.pair) if isinstance(found, Direct) else None,
    }
