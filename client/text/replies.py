"""Replies as lines of text, by the type of the reply."""

from __future__ import annotations

from collections.abc import Iterator

from client.core.person.queries import DirectQuery, RecentQuery
from client.core.read_receipts import ReadReceiptsQuery
from client.text.entries import dated_text, spoken
from client.text.identity import render_identity
from client.text.moderation import done_text, render_moderation
from client.text.times import local_time
from messages.base import Request
from messages.events import AnyEntry, Message
from messages.identity import KeyList, LinkCode, Profile, ResetKeys, Revoke, SetPassword, Uninvite
from messages.replies import (
    AnyReply,
    Challenged,
    Clock,
    Counted,
    Done,
    Error,
    Found,
    OwnProfile,
    Page,
    PinList,
    Played,
    RoomList,
    RoomState,
    UserEntry,
    UserList,
)
from messages.requests import Away, Debug, History, Leave, ReadReceipts
from messages.text import counted, neutralise

_OTHERS = "… and others"

UNINDEXED = "The latest messages may not all be searched yet."
"""The sentence of a search if the broker has not indexed all messages."""


def render_reply(request: Request, reply: AnyReply) -> Iterator[str]:
    """Yield the lines of a reply, neutralised."""
    if isinstance(reply, Page):
        yield from _page(request, reply)
    elif isinstance(reply, Found):
        yield from _found(reply)
    elif isinstance(reply, PinList):
        yield from _pins(reply)
    else:
        yield from map(neutralise, _render(request, reply))


def dated(entry: AnyEntry) -> str:
    """Return an entry with its conversation, date and time, seq and sender."""
    return f"{local_time(entry.at):%Y-%m-%d %H:%M} {dated_text(entry)}"


def _page(request: Request, page: Page) -> Iterator[str]:
    since = isinstance(request, History) and request.since is not None
    if isinstance(request, RecentQuery):
        yield from _recent(page)
        return
    yield from map(dated, page.messages)
    if not page.messages:
        yield neutralise(f"{page.conversation} has no messages{' since then' if since else ''}.")
    elif since and page.more:
        yield "… and others; ask again with a later time."


def _recent(page: Page) -> Iterator[str]:
    messages = [entry for entry in page.messages if isinstance(entry, Message)]
    if messages:
        count = f"last {len(messages)} messages" if len(messages) > 1 else "last message"
        yield neutralise(f"The {count} of {page.conversation} until now:")
    for message in messages:
        sender = neutralise(message.sender)
        yield f"  {local_time(message.at):%Y-%m-%d %H:%M} {sender}{spoken(message)}"


def _pins(pins: PinList) -> Iterator[str]:
    yield from map(dated, pins.messages)
    if not pins.messages:
        yield neutralise(f"{pins.conversation} has no pinned messages.")
    if pins.more:
        yield _OTHERS


def _found(found: Found) -> Iterator[str]:
    yield from map(dated, reversed(found.messages))
    if not found.messages:
        yield "Nothing was found so far." if found.incomplete else "Nothing was found."
    if found.unindexed:
        yield UNINDEXED
    if found.next is not None:
        yield "/search looks further back." if found.incomplete else "/search shows older hits."


def _render(request: Request, reply: AnyReply) -> Iterator[str]:
    match reply:
        case Error() if isinstance(request, RecentQuery):  # the person did not ask for it
            pass
        case Error():
            yield f"Refused: {reply.text}."
        case UserList():
            yield from _users(reply)
        case RoomList():
            yield from _rooms(reply)
        case RoomState():
            size = f"{counted(reply.members, 'member')}, {counted(reply.head, 'message')}"
            yield f"{reply.room}: {size}, {f'topic: {reply.topic}' if reply.topic else 'no topic'}"
        case _:
            yield from _render_short(request, reply)


def _render_short(request: Request, reply: AnyReply) -> Iterator[str]:
    match reply:
        case Counted():
            where = f" in {reply.room}" if reply.room else ""
            yield f"{counted(reply.participants, 'user')} online{where}"
        case Clock():
            yield f"The broker's time is {local_time(reply.at):%Y-%m-%d %H:%M:%S %z}"
        case OwnProfile() if isinstance(request, ReadReceiptsQuery):
            yield _read_receipts_text(reply.read_receipts)
        case OwnProfile():
            away = f", away: {reply.away}" if reply.away is not None else ""
            devices = f", {reply.sessions} sessions" if reply.sessions > 1 else ""
            rooms = " ".join([*reply.rooms, *([_OTHERS] if reply.more else [])])
            yield f"You are {reply.name} from {reply.address}, in {rooms}{devices}{away}"
            yield _read_receipts_text(reply.read_receipts)
        case Played():
            opponent = reply.opponent or "the broker"
            yield f"You show {reply.hand}, {opponent} {reply.opponent_hand}: {reply.outcome}."
        case Challenged():
            yield f"{reply.opponent} was challenged and has {reply.seconds} s to answer."
        case Profile() if isinstance(request, DirectQuery):
            here = "" if reply.online else f" {reply.name} is not online, and gets it later."
            yield f"What you type now goes to {reply.name} only.{here}"
        case LinkCode() | KeyList() | Profile():
            yield from render_identity(reply)
        case Done():
            yield from _done(request)
        case _:
            yield from render_moderation(reply, lambda at: f"{local_time(at):%Y-%m-%d %H:%M}")


def _done(request: Request) -> Iterator[str]:
    match request:
        case Leave():
            yield f"You left {request.room}."
        case Revoke():
            yield "The key is revoked for good, and its sessions have ended."
        case ResetKeys():
            yield f"The name {request.name} is free: the next key that logs in under it owns it."
        case Uninvite():
            yield "The invite is revoked."
        case SetPassword():
            yield "Your password is cleared." if request.password is None else "Your password is set."
        case Away():
            yield "You are back." if request.text is None else "You are shown as away."
        case ReadReceipts():
            yield _read_receipts_text(request.on)
        case Debug():
            yield "The broker has printed its connections."
        case _ if text := done_text(request):
            yield text


def _rooms(reply: RoomList) -> Iterator[str]:
    if not reply.rooms:
        return
    width = max([len("room"), *(len(entry.room) for entry in reply.rooms)])
    yield f"  {'room':{width}}  members  topic (* you are in it)"
    for room in reply.rooms:
        mark = "*" if room.joined else " "
        yield f"{mark} {room.room:{width}}  {room.members:7}  {room.topic}".rstrip()
    if reply.more:
        yield _OTHERS


def _users(reply: UserList) -> Iterator[str]:
    where = f" in {reply.room}" if reply.room else ""
    more = "more than " if reply.more else ""
    yield f"{more}{counted(len(reply.users), 'user')} online{where}:"
    for user in reply.users:
        yield f"  {user.name}{_absence(user)}"
    if reply.more:
        yield f"  {_OTHERS}"


def _read_receipts_text(on: bool) -> str:
    return f"Others are {'' if on else 'not '}told what you have read."


def _absence(user: UserEntry) -> str:
    parts = []
    if user.away is not None:
        parts.append(f"away: {user.away}" if user.away else "away")
    if user.idle >= 60:
        parts.append(f"idle {user.idle // 60} min")
    return f" ({', '.join(parts)})" if parts else ""
