"""Commands on users: who is online, the own profile and name, away texts, and the time."""

from __future__ import annotations

from broker.commands.caps import cap_change
from broker.commands.sessions import free_name
from broker.core.access.new_names import check_new_name
from broker.core.access.released_names import claim_name, release_name
from broker.core.context import Context
from broker.core.delivery.devices import tell_others
from broker.core.delivery.pages import bytes_of, first_page
from broker.core.delivery.typing import types
from broker.core.facts.kinds import Guest
from broker.core.memory.model import User
from broker.core.moderation.bans import refuse_banned
from broker.core.moderation.ranks import Proof, find_room
from broker.core.registry import Registry
from broker.core.settings import NamePolicy
from messages.errors import ErrorCode, RequestRefused
from messages.events import AwaySet, ReadReceiptsSet, System, SystemKind
from messages.names import parse_user
from messages.replies import Clock, Counted, Done, OwnProfile, UserEntry, UserList
from messages.requests import Away, Count, Nick, ReadReceipts, Time, Who, Whoami

registry = Registry()


@registry.command(Who, "list who is online, in the chat or a room", activity=False)
def who(context: Context, request: Who) -> UserList:
    """Return users by name, with how long they have been idle."""
    now = context.now.elapsed
    guests = context.state.facts.of(Guest)
    entries = [
        UserEntry(u.name, int(now - u.active), u.away, u.bot, u.id, str(u.id) in guests)
        for u in _online(context, request.room)
    ]
    shown = first_page(entries, _user_bytes)
    return UserList(request.id, shown, request.room, more=len(shown) < len(entries))


def _user_bytes(entry: UserEntry) -> int:
    return bytes_of(entry.name, entry.away or "")


@registry.command(Count, "count who is online, in the chat or a room", activity=False)
def count(context: Context, request: Count) -> Counted:
    """Return the number of users, not of sessions."""
    if request.room is None:
        return Counted(request.id, context.state.online_count)
    return Counted(request.id, len(_online(context, request.room)), request.room)


def _online(context: Context, room_name: str | None) -> list[User]:
    users = context.state.online()
    if room_name is None:
        return users
    room = find_room(context, room_name)
    return [user for user in users if user in room.members]


@registry.command(Whoami, "show your own profile")
def whoami(context: Context, request: Whoami) -> OwnProfile:
    """Return the profile of the session's user."""
    return _you(context, request.id)


def _you(context: Context, re: str) -> OwnProfile:
    user, session = context.user, context.session
    rooms = sorted(c.seen_by(user) for c in user.conversations.values() if c.id.startswith("#"))
    shown = first_page(rooms, bytes_of)
    return OwnProfile(
        re,
        user.name,
        context.peer.location,
        session.since,
        sum(not session.ended for session in user.sessions.values()),
        shown,
        user.away,
        read_receipts=not user.discreet,
        more=len(shown) < len(rooms),
        user_id=user.id,
        typing=types(context, user),
    )


@registry.command(Nick, "change your name", proof=Proof.PRESENCE, cap=cap_change)
def nick(context: Context, request: Nick) -> OwnProfile:
    """Rename the user and tell all users."""
    user, name = context.user, parse_user(request.name)
    owner = context.state.users.get(name.key)
    if owner is not None and owner is not user:
        if context.settings.names is NamePolicy.UNIQUE:
            raise RequestRefused(ErrorCode.NAME_TAKEN)
        name = free_name(context, name, user)
    refuse_banned(context, user, name.key)
    old = user.name
    if name.shown != old:
        check_new_name(context, name, instead_of=old)
        release_name(context, user)
        context.state.rename_user(user, name)
        text = f"{old} is now called {name.shown}"
        event = System(SystemKind.RENAMED, old, text, name=name.shown, user_id=user.id)
        context.outbox.send(context.state.lobby.peers, event, context.peer)
        claim_name(context, user)
    return _you(context, request.id)


@registry.command(Away, "set or clear your away text")
def away(context: Context, request: Away) -> Done:
    """Set the away text, or clear it if none is given."""
    if context.user.away != request.text:
        context.state.set_away(context.user, request.text)
        tell_others(context, AwaySet(request.text))
    return Done(request.id)


@registry.command(ReadReceipts, "turn your read receipts on or off")
def read_receipts(context: Context, request: ReadReceipts) -> Done:
    """Set whether senders get the user's read cursors."""
    if context.user.discreet is request.on:
        context.state.set_discreet(context.user, not request.on)
        tell_others(context, ReadReceiptsSet(request.on))
    return Done(request.id)


@registry.command(Time, "show the broker's time", activity=False)
def time(context: Context, request: Time) -> Clock:
    """Return Unix time in milliseconds."""
    return Clock(request.id, context.now.at)
