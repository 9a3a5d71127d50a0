"""Replies about roles, bans and the audit log as lines of text."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from client.when import duration_text
from messages.base import Request
from messages.moderation import (
    AuditEntry,
    AuditLog,
    Ban,
    BanEntry,
    BanList,
    IgnoreList,
    InviteUser,
    Kick,
    Mute,
    Rules,
    SetRole,
    Unban,
    Unmute,
)
from messages.replies import AnyReply


def render_moderation(reply: AnyReply, date: Callable[[int], str]) -> Iterator[str]:
    """Yield the lines of a reply; `date` writes Unix ms for people."""
    match reply:
        case Rules():
            who = "private" if reply.private else "open to all"
            setters = "Only moderators" if reply.topic_locked else "Members"
            yield f"{reply.room} is {who}. {setters} may set its topic."
        case BanList():
            where = reply.room or "the chat"
            yield f"Banned from {where}:" if reply.bans else f"Nobody is banned from {where}."
            yield from (f"  {_ban(entry, date)}" for entry in reply.bans)
            if reply.more:
                yield "  … and others"
        case AuditLog():
            yield from (_audit_entry(entry, date) for entry in reversed(reply.entries))
            if not reply.entries:
                yield "The audit log is empty."
            elif reply.more:
                yield f"/audit {reply.entries[-1].number} shows earlier entries."
        case IgnoreList():
            yield f"You ignore {', '.join(reply.names)}." if reply.names else "You ignore nobody."


def done_text(request: Request) -> str:
    """Return the sentence for a request of moderation that was done; empty for other requests."""
    text = ""
    match request:
        case Kick():
            text = f"{request.name} was kicked."
        case Ban():
            duration = f"for {duration_text(request.seconds)}" if request.seconds else "for ever"
            whom = request.name or request.key or request.address
            text = f"{whom} is banned from {request.room or 'the chat'} {duration}."
        case Unban():
            text = f"{request.name or request.key or request.address} is no longer banned."
        case Mute():
            text = f"{request.name} is muted in {request.room}."
        case Unmute():
            text = f"{request.name} may speak in {request.room}."
        case InviteUser():
            text = f"{request.name} is invited into {request.room}."
        case SetRole():
            text = f"{request.name} is now {request.role} of {request.room or 'the chat'}."
    return text


def _ban(entry: BanEntry, date: Callable[[int], str]) -> str:
    until = f"until {date(entry.until)}" if entry.until else "for ever"
    return f"{entry.name or entry.key or entry.address} {until}, by {entry.by}{_why(entry.reason)}"


def _audit_entry(entry: AuditEntry, date: Callable[[int], str]) -> str:
    until = f" until {date(entry.until)}" if entry.until else ""
    where = f" in {entry.room}" if entry.room else ""
    words = f"{entry.action} {entry.target}".rstrip()
    return f"{entry.number} {date(entry.at)} {entry.by}: {words}{where}{until}{_why(entry.reason)}"


def _why(reason: str) -> str:
    return f": {reason}" if reason else ""
