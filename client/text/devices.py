"""Replies about a room's members and the user's own sessions as lines of text."""

from __future__ import annotations

from collections.abc import Iterator

from client.text.entries import name_mark
from client.text.times import local_time
from messages.base import Request
from messages.members import MemberEntry, MemberList
from messages.moderation import Role
from messages.sessions import EndSession, SessionEntry, SessionList, SessionProof
from messages.typing import TypingNotices


def render_devices(reply: MemberList | SessionList) -> Iterator[str]:
    """Yield the lines of a reply; they are not neutralised here."""
    if isinstance(reply, SessionList):
        yield from map(_session, reply.sessions)
        return
    yield from map(_member, reply.members)
    if not reply.members:
        yield f"{reply.room} has no other members."
    elif reply.more:
        yield f"… and others: /members {reply.room} {reply.members[-1].user_id}"


def devices_done_text(request: Request) -> str:
    """Return the sentence for a request that was carried out; empty if it is about something else."""
    match request:
        case TypingNotices():
            return typing_text(request.on)
        case EndSession():
            return "The session is ended, and its device does not come back by itself."
        case _:
            return ""


def typing_text(on: bool) -> str:
    """Return the setting in words."""
    return f"You and the others are {'' if on else 'not '}told who types."


def _member(entry: MemberEntry) -> str:
    parts = ["online" if entry.online else "offline"]
    if entry.away is not None:
        parts.append(f"away: {entry.away}" if entry.away else "away")
    if entry.role is not Role.MEMBER:
        parts.append(entry.role.value)
    return f"{entry.name}{name_mark(entry)}: {', '.join(parts)}"


def _session(entry: SessionEntry) -> str:
    proof = {SessionProof.KEY: f"key {entry.fingerprint}", SessionProof.GATEWAY: "through a gateway"}
    parts = [proof.get(entry.proof, "without a key"), f"since {_date(entry.since)}"]
    if entry.address:
        parts.insert(0, f"from {entry.address}")
    if entry.current:
        parts.append("this session")
    elif not entry.connected:
        parts.append(f"not connected since {_date(entry.seen)}")
    return f"{entry.session}: {', '.join(parts)}"


def _date(at: int) -> str:
    return f"{local_time(at):%Y-%m-%d %H:%M}"
