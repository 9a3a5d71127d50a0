"""Restoring the broker's memory from the store."""

from __future__ import annotations

from broker.core.facts.kinds import BoundKey
from broker.core.memory.model import Direct, Member, Room, User
from broker.core.memory.state import State
from broker.core.store import Snapshot
from messages.names import canonical_key


def restore(snapshot: Snapshot) -> State:
    """Return the state of a snapshot."""
    state = State(snapshot.epoch, snapshot.next_user, snapshot.latest, snapshot.facts)
    for stored in snapshot.users:
        key = canonical_key(stored.name)
        user = User(stored.id, stored.name, key, stored.away, stored.seen, stored.discreet)
        state.users[user.key] = state.users_by_id[user.id] = user
        state.lookalikes.add(user.name)
    for room in snapshot.rooms:
        state.conversations[room.id] = Room(id=room.id, name=room.name, topic=room.topic)
        state.room_count += 1
        state.lookalikes.add(room.name)
    for bound in state.facts.of(BoundKey).values():
        if bound.user in state.users_by_id:
            state.users_by_id[bound.user].keys[bound.identity] = None
    for member in snapshot.members:
        conversation = state.conversations.get(member.conversation)
        if conversation is None:
            one, other = (state.users_by_id[int(part[1:])] for part in member.conversation.split("|"))
            conversation = Direct(id=member.conversation, pair=(one, other))
            state.conversations[conversation.id] = conversation
        user = state.users_by_id[member.user]
        conversation.members[user] = Member(member.delivered, member.read, member.joined, member.at)
        user.conversations[conversation.id] = conversation
    for conversation_id, head in snapshot.heads.items():
        conversation = state.conversations[conversation_id]
        conversation.head, conversation.first = head, snapshot.firsts.get(conversation_id, 1)
        conversation.amended = snapshot.amended.get(conversation_id, 0)
        conversation.mentioning = snapshot.mentioning.get(conversation_id, 0)
    for (conversation_id, user_id), seq in snapshot.last_sent.items():
        state.conversations[conversation_id].last_sent[state.users_by_id[user_id]] = seq
    state.open_lobby()
    return state
