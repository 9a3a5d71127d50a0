"""The slash commands about the members of a room, the user's own sessions, and who types."""

from __future__ import annotations

from client.commands.registry import CommandHost, SlashCommands, UsageError, ask_surely
from client.core.person.queries import TypingQuery
from messages.members import Members
from messages.sessions import EndSession, Sessions
from messages.typing import TypingNotices


def register(commands: SlashCommands) -> None:
    """Put these commands into the table."""
    for name, usage, line, handler in (
        ("/members", "/members [ROOM] [N]", "list a room's members, or those after number N", members),
        ("/sessions", "/sessions [end N]", "list your sessions, or end one of them", sessions),
        ("/typing", "/typing [on|off]", "say whether you and others are told who types", typing),
    ):
        commands.command(name, usage, line)(handler)


def members(host: CommandHost, argument: str) -> None:
    """List the members of the current room, or of another, page by page."""
    words = argument.split()
    after = int(words.pop()) if words and words[-1].isdecimal() else 0
    if len(words) > 1:
        raise UsageError
    room = words[0] if words else host.here
    if room.startswith("@"):
        raise ValueError("a direct conversation has two members; name a room")
    host.session.ask(Members, room=room if room.startswith("#") else f"#{room}", after=after)


def sessions(host: CommandHost, argument: str) -> None:
    """List the user's sessions, or end one."""
    match argument.lower().split():
        case []:
            host.session.ask(Sessions)
        case ["end", number] if number.isdecimal() and int(number):
            question = f"End your session {number}? Its device does not come back by itself."
            ask_surely(host, question, EndSession, session=int(number))
        case _:
            raise UsageError


def typing(host: CommandHost, argument: str) -> None:
    """Turn news of who types on or off, or show the setting."""
    if not argument:
        host.session.ask(TypingQuery)
    elif argument.lower() in ("on", "off"):
        host.session.ask(TypingNotices, on=argument.lower() == "on")
    else:
        raise UsageError
