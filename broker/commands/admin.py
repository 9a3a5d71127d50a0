"""Commands that only the admin channel takes: the verbs of an operator at a shell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from broker.core.context import Context
from broker.core.delivery.pages import bytes_of, first_page
from broker.core.delivery.presence import end_sessions, forget_user
from broker.core.facts.moderation import AuditRecord
from broker.core.memory.amending import replace
from broker.core.memory.model import Peer, User
from broker.core.moderation import ranks
from broker.core.moderation.audit import audit_entry, record
from broker.core.observing import Census, is_throttled, latest
from broker.core.registry import Registry, Work
from broker.core.settings import CannotReloadError
from broker.core.store import NOBODY, REMOVED_SENDER, StoredMessage
from messages.admin import (
    BrokerStatus,
    Forget,
    Forgotten,
    Online,
    OnlineList,
    Reload,
    Reloaded,
    Said,
    Say,
    SessionEntry,
    Status,
)
from messages.errors import ErrorCode, RequestRefused
from messages.events import GoodbyeReason, System, SystemKind
from messages.moderation import Role
from messages.observing import MOST_ENTRIES, Observation, Observe, PeerEntry
from messages.version import __version__

registry = Registry()

REMOVED_AT_ONCE = 100
"""Messages that one request removes, in some milliseconds."""

REMOVED_TEXT = "(removed)"
"""The text of a removed message."""


@registry.command(Status, "show how the broker is", admin=True, role=Role.OPERATOR)
def status(context: Context, request: Status) -> BrokerStatus:
    """Return what a monitor needs."""
    state, store = context.state, context.store
    return BrokerStatus(
        request.id,
        __version__,
        context.started,
        connections=sum(not peer.admin for peer in state.peers),
        online=sum(user.online for user in state.users.values()),
        users=len(state.users),
        rooms=state.room_count,
        lagging=sum(peer.lagging for peer in state.peers),
        durability=store.durability,
        unindexed=store.unindexed,
        file_bytes=state.files.total,
        files_total=context.settings.files_total if context.settings.max_file else 0,
        log=context.settings.log_place,
        problem=context.around.problem(),
        web=context.around.web(),
    )


@registry.command(Online, "list the connected sessions", admin=True, role=Role.OPERATOR)
def online(context: Context, request: Online) -> OnlineList:
    """Return the sessions of some users by their ids, as many as fit. All sessions of a user are together."""
    users = [user for user in context.state.users.values() if user.online and user.id > request.after]
    found = [(user, _sessions(context, user)) for user in sorted(users, key=lambda user: user.id)]
    shown = first_page(found, lambda one: sum(bytes_of(s.name, s.address, s.away or "") for s in one[1]))
    sessions = [session for _, mine in shown for session in mine]
    return OnlineList(request.id, sessions, shown[-1][0].id if len(shown) < len(found) else None)


def _sessions(context: Context, user: User) -> list[SessionEntry]:
    unconfirmed = sum(c.head - c.members[user].delivered for c in user.conversations.values())
    idle = int(context.now.elapsed - user.active)
    return [
        SessionEntry(user.name, session.peer.location, session.since, idle, unconfirmed, user.away)
        for session in user.sessions.values()
        if session.peer
    ]


@registry.command(Observe, "show what an operator's screen needs", admin=True, role=Role.OPERATOR)
def observe(context: Context, request: Observe) -> Work[Observation]:
    """Look at all connections and at the audit log in steps, so that nobody has to wait."""
    census = Census(context, request.order, request.find, request.most)
    records: list[AuditRecord] = []

    def steps() -> Iterator[bool]:
        yield from census.steps()
        new = [one for one in context.state.facts.of(AuditRecord).values() if one.number > request.after]
        yield from latest(new, MOST_ENTRIES, lambda one: one.number, records)

    return Work(steps(), lambda later: _observation(later, request, census, records))


def _observation(
    context: Context, request: Observe, census: Census, records: Sequence[AuditRecord]
) -> Observation:
    peers = [_peer(context, peer) for peer in census.first if peer in context.state.peers]
    return Observation(
        request.id,
        __version__,
        context.now.at,
        context.started,
        context.store.durability,
        context.settings.log_place,
        context.around.measure(),
        census.connections,
        census.lagging,
        census.throttled,
        census.barred,
        census.matching,
        first_page(peers, lambda one: bytes_of(one.name or "", one.address)),
        [audit_entry(one) for one in records],
        context.around.problem(),
    )


def _peer(context: Context, peer: Peer) -> PeerEntry:
    session, now = peer.session, context.now.elapsed
    return PeerEntry(
        peer.number,
        peer.location,
        peer.requests,
        max(int(now - (session.user.active if session else peer.heard)), 0),
        session.user.name if session else None,
        session.since if session else 0,
        peer.lagged if peer.lagging else 0,
        is_throttled(peer, now),
        peer.barred,
        peer.vouched,
    )


@registry.command(Say, "tell everyone online something", admin=True, role=Role.OPERATOR, room="room")
def say(context: Context, request: Say) -> Said:
    """Send a notice to all users who are online, or to the members of a room."""
    room = context.room if request.room is not None else None
    peers = (room or context.state.lobby).peers
    text = f"{context.by} says: {request.text}"
    shown = room.name if room else None
    context.outbox.send(peers, System(SystemKind.NOTICE, context.by, text, room=shown))
    record(context, "say", room=shown or "", reason=request.text)
    return Said(request.id, len(peers))


@registry.command(Reload, "reload the options", admin=True, role=Role.OPERATOR, committed=True)
def reload(context: Context, request: Reload) -> Reloaded:
    """Reopen the log and take over the options that can change. The audit log may not be writable now."""
    try:
        done = context.around.reload()
    except CannotReloadError as error:
        raise RequestRefused(ErrorCode.INVALID, f"nothing is reloaded: {error}") from None
    return Reloaded(request.id, done.changed, done.restart)


@registry.command(Forget, "remove a user", admin=True, role=Role.OPERATOR, committed=True)
def forget(context: Context, request: Forget) -> Forgotten:
    """Remove some of a user's messages if asked to, and the user when none is left."""
    user = ranks.find_user(context, request.name)
    messages = context.store.sent_by(user.id, REMOVED_AT_ONCE) if request.messages else []
    for message in messages:
        _take_back_reaction(context, message)
        current = context.state.present.get((message.conversation, message.seq), message)
        replace(context.state, _without_author(context, current))
        context.state.files.detach(message.conversation, [message.seq])
    done = len(messages) < REMOVED_AT_ONCE
    if done:
        name = REMOVED_SENDER if request.messages else user.name
        text = f"{context.by} removed you and what was stored about you"
        end_sessions(context, list(user.sessions.values()), GoodbyeReason.KICKED, "removed", text)
        if user.id in context.state.users_by_id:  # else names are shared, and this ended the last session
            forget_user(context, user, erased=request.messages)
        record(context, "forget", name)
    return Forgotten(request.id, len(messages), done)


def _without_author(context: Context, message: StoredMessage) -> StoredMessage:
    """Return an entry with nothing that leads to its sender. Its id is random, as ids are unique."""
    return msgspec.structs.replace(
        message,
        id=f"removed-{context.randomness.token()}",
        user=NOBODY,
        sender=REMOVED_SENDER,
        text=REMOVED_TEXT if message.text else "",
        form=msgspec.structs.replace(message.form, digest="", mentions=None, files=()),
    )


def _take_back_reaction(context: Context, entry: StoredMessage) -> None:
    """If an entry is a reaction, take its user's name from the message. It still counts."""
    conversation = context.state.conversations.get(entry.conversation)
    old = context.present(conversation, entry.of) if conversation and entry.form.reaction else None
    if old is None:
        return
    reactions = tuple(one.without_name(entry.user, NOBODY) for one in old.form.reactions)
    taken_back = tuple(one for one in old.form.taken_back if one[1] != entry.user)
    if (reactions, taken_back) != (old.form.reactions, old.form.taken_back):
        form = msgspec.structs.replace(old.form, reactions=reactions, taken_back=taken_back)
        replace(context.state, msgspec.structs.replace(old, form=form))
