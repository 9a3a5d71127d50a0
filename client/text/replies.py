"""Replies as lines of text, by the type of the reply."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from client.core.person.queries import (
    DirectQuery,
    ReadReceiptsQuery,
    RecentQuery,
    TypingQuery,
    recent_messages,
)
from client.text.devices import devices_done_text, render_devices, typing_text
from client.text.entries import dated_lines, name_mark, recent_lines
from client.text.identity import render_identity
from client.text.lines import Line
from client.text.moderation import done_text, render_moderation
from client.text.notices import render_notices
from client.text.times import local_time
from messages.base import Request
from messages.errors import ErrorCode
from messages.events import AnyEntry
from messages.identity import KeyList, LinkCode, Profile, ResetKeys, Revoke, SetPassword, Uninvite
from messages.members import MemberList
from messages.notices import ConversationLevel, KeywordList, QuietList
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
from messages.sessions import SessionList
from messages.text import counted, neutralise

_OLD_BROKER = "this broker is too old for this; its operator can upgrade it"
_OTHERS = "… and others"

UNINDEXED = "The latest messages may not all be searched yet."
"""The sentence of a search if the broker has not indexed all messages."""


def reply_lines(request: Request, reply: AnyReply) -> Iterator[Line]:
    """Yield the lines of a reply, neutralised."""
    if isinstance(reply, Page):
        yield from _page(request, reply)
    elif isinstance(reply, Found):
        yield from _found(reply)
    elif isinstance(reply, PinList):
        yield from _pins(reply)
    else:
        for text in _render(request, reply):
            yield _line(neutralise(text))


def dated(entry: AnyEntry) -> Iterator[Line]:
    """Yield an entry with its conversation, date and time, seq and sender, and its reactions."""
    return dated_lines(entry, _date(entry))


def refusal_text(error: Error) -> str:
    """Return why a request was refused. A request that the broker does not know is newer than the broker."""
    return _OLD_BROKER if error.code is ErrorCode.UNKNOWN_TYPE else error.text


def _line(text: str) -> Line:
    return Line(text, data=True)


def _date(entry: AnyEntry) -> str:
    return f"{local_time(entry.at):%Y-%m-%d %H:%M}"


def _all_dated(entries: Iterable[AnyEntry]) -> Iterator[Line]:
    for entry in entries:
        yield from dated(entry)


def _page(request: Request, page: Page) -> Iterator[Line]:
    since = isinstance(request, History) and request.since is not None
    if isinstance(request, RecentQuery):
        yield from _recent(page)
        return
    yield from _all_dated(page.messages)
    if not page.messages:
        yield _line(neutralise(f"{page.conversation} has no messages{' since then' if since else ''}."))
    elif since and page.more:
        yield _line("… and others; ask again with a later time.")


def _recent(page: Page) -> Iterator[Line]:
    messages = recent_messages(page)
    if messages:
        count = f"last {len(messages)} messages" if len(messages) > 1 else "last message"
        yield _line(neutralise(f"The {count} of {page.conversation} until now:"))
    for message in messages:
        yield from recent_lines(message, _date(message))


def _pins(pins: PinList) -> Iterator[Line]:
    yield from _all_dated(pins.messages)
    if not pins.messages:
        yield _line(neutralise(f"{pins.conversation} has no pinned messages."))
    if pins.more:
        yield _line(_OTHERS)


def _found(found: Found) -> Iterator[Line]:
    yield from _all_dated(reversed(found.messages))
    if not found.messages:
        yield _line("Nothing was found so far." if found.incomplete else "Nothing was found.")
    if found.unindexed:
        yield _line(UNINDEXED)
    if found.next is not None:
        yield _line("/search looks further back." if found.incomplete else "/search shows older hits.")


def _render(request: Request, reply: AnyReply) -> Iterator[str]:
    match reply:
        case Error() if isinstance(request, RecentQuery):  # the person did not ask for it
            pass
        case Error():
            yield f"Refused: {refusal_text(reply)}."
        case UserList():
            yield from _users(reply)
        case RoomList():
            yield from _rooms(reply)
        case MemberList() | SessionList():
            yield from render_devices(reply)
        case RoomState():
            size = f"{counted(reply.members, 'member')}, {counted(reply.head, 'message')}"
            yield f"{reply.room}: {size}, {f'topic: {reply.topic}' if reply.topic else 'no topic'}"
        case ConversationLevel() | KeywordList() | QuietList():
            yield from render_notices(reply)
        case _:
            yield from _render_short(request, reply)


def _render_short(request: Request, reply: AnyReply) -> Iterator[str]:
    match reply:
        case Counted():
            where = f" in {reply.room}" if reply.room else ""
            yield f"{counted(reply.participants, 'user')} online{where}"
        case Clock():
            yield f"The broker's time is {local_time(reply.at):%Y-%m-%d %H:%M:%S %z}"
        case OwnProfile() if isinstance(request, ReadReceiptsQuery | TypingQuery):
            setting = isinstance(request, ReadReceiptsQuery)
            yield _read_receipts_text(reply.read_receipts) if setting else typing_text(reply.typing)
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
        case _ if text := devices_done_text(request) or done_text(request):
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
        yield f"  {user.name}{name_mark(user)}{_absence(user)}"
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
