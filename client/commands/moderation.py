"""The slash commands for moderation, and for ignoring users.

As the ROOM, `*` means the whole chat.
"""

from __future__ import annotations

from ipaddress import ip_network

from client.commands.registry import CommandHost, UsageError, ask_surely, split_first
from client.commands.table import COMMANDS
from client.when import duration_text, parse_duration
from messages.limits import MAX_SANCTION_SECONDS
from messages.moderation import (
    Audit,
    Ban,
    Bans,
    Ignore,
    Ignored,
    InviteUser,
    Kick,
    Mute,
    Role,
    RoomRules,
    SetRole,
    Unban,
    Unignore,
    Unmute,
)
from messages.names import LOBBY


def _scope(host: CommandHost, argument: str) -> tuple[str | None, str]:
    """Return the room, which is the current one if the argument names none, and the rest of the argument."""
    first, rest = split_first(argument)
    if first == "*":
        return None, rest
    if first.startswith("#"):
        return first, rest
    if not host.here.startswith("#"):
        raise ValueError("name a room first, or * for the whole chat")
    return host.here, argument.strip()


def _sanction_scope(host: CommandHost, argument: str) -> tuple[str | None, str]:
    """Return the same, but the whole chat instead of the lobby, from which nobody can be removed."""
    room, rest = _scope(host, argument)
    return (None if room == LOBBY else room), rest


def _room(host: CommandHost, argument: str) -> tuple[str, str]:
    room, rest = _scope(host, argument)
    if room is None:
        raise UsageError
    return room, rest


def _name(argument: str) -> str:
    if len(argument.split()) != 1:
        raise UsageError
    return argument.strip().removeprefix("@")


def _target(text: str) -> dict[str, str]:
    """Return the target of a ban as fields: a key, an address or a name."""
    if not text:
        raise UsageError
    if text.startswith("SHA256:"):
        return {"key": text}
    try:
        ip_network(text, strict=False)
    except ValueError:
        return {"name": text.removeprefix("@")}
    return {"address": text}


def _duration_and_reason(text: str) -> tuple[int | None, str]:
    """Return the duration in seconds that a text begins with, None if there is none, and the reason after it.

    Raise ValueError if the text begins with a malformed duration. If it passed as a reason, a slip would make
    the sanction permanent.
    """
    first, rest = split_first(text)
    if not first[:1].isdigit():
        return None, text
    seconds = parse_duration(first)
    if seconds is None or not 1 <= seconds <= MAX_SANCTION_SECONDS:
        raise ValueError(
            "write the duration as 10m, 1h30m or 7d, at most 3650d; a reason cannot begin with a digit"
        )
    return seconds, rest


@COMMANDS.command("/kick", "/kick [#ROOM] NAME [REASON]", "remove a user from a room, or from the chat")
def kick(host: CommandHost, argument: str) -> None:
    """Kick a user."""
    room, rest = _sanction_scope(host, argument)
    name, reason = split_first(rest)
    host.session.ask(Kick, name=_name(name), room=room, reason=reason)


@COMMANDS.command("/ban", "/ban [#ROOM] TARGET [10m|2h|7d] [REASON]", "keep out a name, a key or an address")
def ban(host: CommandHost, argument: str) -> None:
    """Ban a name, a key or an address, for a time or for ever."""
    room, rest = _sanction_scope(host, argument)
    target, rest = split_first(rest)
    seconds, reason = _duration_and_reason(rest)
    whom = _target(target)
    question = ban_question(next(iter(whom.values())), room, seconds, reason)
    ask_surely(host, question, Ban, **whom, room=room, seconds=seconds, reason=reason)


def ban_question(whom: str, room: str | None, seconds: int | None, reason: str) -> str:
    """Return the question before a ban."""
    time = f"for {duration_text(seconds)}" if seconds else "for ever"
    return f"Ban {whom} from {room or 'the whole chat'} {time}{f' ({reason})' if reason else ''}?"


@COMMANDS.command("/unban", "/unban [#ROOM] TARGET", "end a ban")
def unban(host: CommandHost, argument: str) -> None:
    """End a ban."""
    room, target = _sanction_scope(host, argument)
    host.session.ask(Unban, **_target(target), room=room)


@COMMANDS.command("/bans", "/bans [#ROOM]", "list who is banned")
def bans(host: CommandHost, argument: str) -> None:
    """List the bans from the room, or from the chat."""
    room, rest = _sanction_scope(host, argument)
    if rest:
        raise UsageError
    host.session.ask(Bans, room=room)


@COMMANDS.command("/mute", "/mute [#ROOM] NAME [10m|2h|7d] [REASON]", "keep a user from speaking in a room")
def mute(host: CommandHost, argument: str) -> None:
    """Mute a user, for a time or for ever."""
    room, rest = _room(host, argument)
    name, rest = split_first(rest)
    seconds, reason = _duration_and_reason(rest)
    host.session.ask(Mute, room=room, name=_name(name), seconds=seconds, reason=reason)


@COMMANDS.command("/unmute", "/unmute [#ROOM] NAME", "let a user speak again")
def unmute(host: CommandHost, argument: str) -> None:
    """Unmute a user."""
    room, name = _room(host, argument)
    host.session.ask(Unmute, room=room, name=_name(name))


@COMMANDS.command("/op", "/op [#ROOM] NAME [moderator]", "make a user operator, or moderator, of a room")
def op(host: CommandHost, argument: str) -> None:
    """Give a role."""
    room, rest = _scope(host, argument)
    name, role = split_first(rest)
    if role.lower() not in ("", Role.OPERATOR, Role.MODERATOR):
        raise UsageError
    host.session.ask(SetRole, name=_name(name), role=Role(role.lower() or Role.OPERATOR), room=room)


@COMMANDS.command("/deop", "/deop [#ROOM] NAME", "take a user's role away")
def deop(host: CommandHost, argument: str) -> None:
    """Take a role."""
    room, name = _scope(host, argument)
    host.session.ask(SetRole, name=_name(name), role=Role.MEMBER, room=room)


@COMMANDS.command("/invite", "/invite [#ROOM] NAME", "invite a user into a room")
def invite(host: CommandHost, argument: str) -> None:
    """Invite a user."""
    room, name = _room(host, argument)
    host.session.ask(InviteUser, room=room, name=_name(name))


@COMMANDS.command("/private", "/private [#ROOM] on|off", "make a room private, or public")
def private(host: CommandHost, argument: str) -> None:
    """Make a room private or public."""
    room, switch = _room(host, argument)
    host.session.ask(RoomRules, room=room, private=_is_on(switch))


@COMMANDS.command("/lock", "/lock [#ROOM] on|off", "let only moderators, or all members, set the topic")
def lock(host: CommandHost, argument: str) -> None:
    """Lock or unlock a room's topic."""
    room, switch = _room(host, argument)
    host.session.ask(RoomRules, room=room, topic_locked=_is_on(switch))


def _is_on(switch: str) -> bool:
    if switch.lower() not in ("on", "off"):
        raise UsageError
    return switch.lower() == "on"


@COMMANDS.command("/audit", "/audit [BEFORE]", "read the audit log")
def audit(host: CommandHost, argument: str) -> None:
    """Show the latest entries of the audit log, or those before a number."""
    if argument and not argument.isdecimal():
        raise UsageError
    host.session.ask(Audit, before=int(argument) if argument else None, limit=20)


@COMMANDS.command(
    "/ignore", "/ignore [NAME]", "hide what a user says; without an argument it lists the hidden users"
)
def ignore(host: CommandHost, argument: str) -> None:
    """Ignore a user, or list the ignored users."""
    if argument:
        host.session.ask(Ignore, name=_name(argument))
    else:
        host.session.ask(Ignored)


@COMMANDS.command("/unignore", "/unignore NAME", "show what a user says again")
def unignore(host: CommandHost, argument: str) -> None:
    """Stop ignoring a user."""
    host.session.ask(Unignore, name=_name(argument))
