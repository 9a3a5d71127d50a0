"""The slash commands, with the words of older console chats as aliases."""

from __future__ import annotations

from datetime import datetime

from client.commands import amendments, devices, direct, files, identity, notices, on_screen
from client.commands.registry import CommandHost, SlashCommands, UsageError, split_first
from client.core.composer import Change
from client.core.person.queries import ReadReceiptsQuery
from client.query import parse_query
from client.when import parse_when
from messages.game import Hand
from messages.limits import MAX_PAGE
from messages.names import LOBBY
from messages.requests import (
    Away,
    Count,
    Debug,
    History,
    Join,
    Leave,
    Nick,
    Play,
    ReadReceipts,
    Rooms,
    Search,
    Time,
    Topic,
    Who,
    Whoami,
)

COMMANDS = SlashCommands()
"""Every slash command."""

_SEARCH_FIELDS = [name for name in Search.__struct_fields__ if name != "id"]


def _room(text: str) -> str:
    return text if text.startswith("#") else f"#{text}"


def _room_or_here(host: CommandHost, argument: str) -> str:
    if not argument and host.here.startswith("@"):
        raise ValueError(f"{host.here} is not a room; name one")
    return _room(argument or host.here)


def _conversation(text: str) -> str:
    return text if text.startswith(("#", "@")) else f"@{text}"


@COMMANDS.command("/msg", "/msg NAME TEXT", "send a text to a user, or to a #room")
def msg(host: CommandHost, argument: str) -> None:
    """Send to a user or room other than the current conversation."""
    to, text = split_first(argument)
    if not text:
        raise UsageError
    host.say(_conversation(to), text)


@COMMANDS.command("/message /1", "/message [NAME TEXT]", "the same; the client asks for what you leave out")
def message(host: CommandHost, argument: str) -> None:
    """Send to one user, asking for recipient and text."""
    if argument:
        msg(host, argument)
    else:
        host.question(
            ["Recipient: ", "Text: "], lambda recipient, text: msg(host, f"{recipient.strip()} {text}")
        )


@COMMANDS.command("/msgall", "/msgall TEXT", "send a text to everyone, in the lobby")
def msgall(host: CommandHost, argument: str) -> None:
    """Send to the lobby."""
    if not argument:
        raise UsageError
    host.say(LOBBY, argument)


@COMMANDS.command("/me", "/me TEXT", "say what you do: * alice yawns")
@COMMANDS.command("/say", "/say TEXT", "say TEXT here, also if it begins like a command")
def say(_host: CommandHost, _argument: str) -> None:
    """Show the usage: with a text, the line was interpreted as a text already."""
    raise UsageError


direct.register_direct(COMMANDS)


@COMMANDS.command(
    "/join",
    "/join ROOM",
    "enter a room and talk there; this opens the room if it does not exist",
    change=Change.PLACE,
)
def join(host: CommandHost, argument: str) -> None:
    """Join a room and make it the current one. If the join is refused, so are texts typed after it."""
    if len(argument.split()) != 1:
        raise UsageError
    if argument.startswith("@"):
        direct.open_direct(host, argument)
    else:
        host.composer.ask(Join, room=_room(argument))


@COMMANDS.command("/leave /part", "/leave [ROOM]", "leave a room", change=Change.PLACE)
def leave(host: CommandHost, argument: str) -> None:
    """Leave the current room or direct conversation, or another room."""
    if argument or not host.composer.leave_direct():
        host.composer.ask(Leave, room=_room_or_here(host, argument))


@COMMANDS.command("/list /rooms", "/list", "list the rooms")
def rooms(host: CommandHost, _argument: str) -> None:
    """List the rooms."""
    host.session.ask(Rooms)


@COMMANDS.command("/topic", "/topic [#ROOM] [TEXT]", "show a room's topic, or set it")
def topic(host: CommandHost, argument: str) -> None:
    """Show or set the topic of the current room, or of another."""
    named = argument.startswith("#")
    room, argument = split_first(argument) if named else (_room_or_here(host, ""), argument)
    host.session.ask(Topic, room=room, topic=argument or None)


@COMMANDS.command("/names", "/names [ROOM]", "list who is online in a room")
def names(host: CommandHost, argument: str) -> None:
    """List who is in the current room, or in another."""
    host.session.ask(Who, room=_room_or_here(host, argument))


@COMMANDS.command("/who /userlist", "/who [ROOM]", "list who is online")
def who(host: CommandHost, argument: str) -> None:
    """List everyone online."""
    host.session.ask(Who, room=_room(argument) if argument else None)


@COMMANDS.command("/count cmd!participants_count", "/count [ROOM]", "count who is online")
def count(host: CommandHost, argument: str) -> None:
    """Count everyone online."""
    host.session.ask(Count, room=_room(argument) if argument else None)


@COMMANDS.command("/time cmd!current_time", "/time", "show the broker's time")
def time(host: CommandHost, _argument: str) -> None:
    """Ask for the broker's time."""
    host.session.ask(Time)


@COMMANDS.command("/whoami", "/whoami", "show your name, address and rooms")
def whoami(host: CommandHost, _argument: str) -> None:
    """Ask for the user's own profile."""
    host.session.ask(Whoami)


@COMMANDS.command("/nick", "/nick NAME", "take another name", change=Change.NAME)
def nick(host: CommandHost, argument: str) -> None:
    """Change the user's name."""
    if not argument:
        raise UsageError
    host.composer.ask(Nick, name=argument)


@COMMANDS.command("/login", "/login NAME", "log in under another name", change=Change.NAME, secret=True)
def login(host: CommandHost, argument: str) -> None:
    """Log in as another user."""
    if not argument:
        raise UsageError
    host.composer.log_in(argument, typed=True)


@COMMANDS.command("/away", "/away [TEXT]", "mark yourself as away")
def away(host: CommandHost, argument: str) -> None:
    """Mark the user as away."""
    host.session.ask(Away, text=argument or "away")


@COMMANDS.command("/back", "/back", "mark yourself as back")
def back(host: CommandHost, _argument: str) -> None:
    """End being away."""
    host.session.ask(Away)


@COMMANDS.command(
    "/rps cmd!start_game", "/rps HAND [NAME]", "show rock, paper or scissors to the broker or a user"
)
def rps(host: CommandHost, argument: str) -> None:
    """Play against the broker, challenge a user, or answer a challenge."""
    hand, opponent = split_first(argument)
    if hand.lower() not in list(Hand):
        raise UsageError
    host.session.ask(Play, hand=Hand(hand.lower()), opponent=opponent.removeprefix("@") or None)


@COMMANDS.command(
    "/history", "/history [CONVERSATION] [N|since TIME]", "show the last messages, or the first since a time"
)
def history(host: CommandHost, argument: str) -> None:
    """Show messages of the current conversation, or of another."""
    words = argument.split()
    named = words and not words[0].isdecimal() and words[0].lower() != "since"
    conversation = _conversation(words.pop(0)) if named else host.here
    match words:
        case []:
            host.session.ask(History, conversation=conversation, limit=20)
        case [number] if number.isdecimal() and int(number):
            host.session.ask(History, conversation=conversation, limit=min(int(number), MAX_PAGE))
        case [since, _, *_] if since.lower() == "since":
            at = parse_when(" ".join(words[1:]), datetime.now())
            host.session.ask(History, conversation=conversation, since=at, limit=MAX_PAGE)
        case _:
            raise UsageError


@COMMANDS.command(
    "/last /lastlog", "/last [N|WORDS]", "show the last messages here, or find those with WORDS"
)
def last(host: CommandHost, argument: str) -> None:
    """Show messages of the current conversation, the last ones or those that are found."""
    if not argument or argument.isdecimal():
        history(host, argument)
    else:
        host.session.ask(Search, **{"conversation": host.here, **parse_query(argument, datetime.now())})


@COMMANDS.command(
    "/search",
    "/search [WORDS]",
    "find WORDS, from:NAME in:#room before:TIME after:TIME; or show older hits",
)
def search(host: CommandHost, argument: str) -> None:
    """Find messages, or show older hits of the last search."""
    if argument.lower() not in ("", "more"):
        host.session.ask(Search, **parse_query(argument, datetime.now()))
    elif (older := host.session.next_search) is not None:
        host.session.ask(Search, **{name: getattr(older, name) for name in _SEARCH_FIELDS})
    elif host.session.has_searched:
        host.show("There are no older hits. Type /search WORDS for a new search.")
    else:
        host.show("There was no search yet. Type /search WORDS to begin one.")


@COMMANDS.command(
    "/readreceipts",
    "/readreceipts [on|off]",
    "say whether others are told what you have read, or show the setting",
)
def read_receipts(host: CommandHost, argument: str) -> None:
    """Turn read receipts on or off, or show the setting."""
    if not argument:
        host.session.ask(ReadReceiptsQuery)
    elif argument.lower() in ("on", "off"):
        host.session.ask(ReadReceipts, on=argument.lower() == "on")
    else:
        raise UsageError


amendments.register(COMMANDS)
devices.register(COMMANDS)
direct.register_receipts(COMMANDS)
files.register(COMMANDS)
identity.register(COMMANDS)
notices.register(COMMANDS)
on_screen.register(COMMANDS)


@COMMANDS.command("/debug", "/debug", "print the broker's connections on the broker's own terminal")
def debug(host: CommandHost, _argument: str) -> None:
    """Ask for the broker's table of connections."""
    host.session.ask(Debug)


@COMMANDS.command("/clear", "/clear", "clear the screen", waits=False)
def clear(host: CommandHost, _argument: str) -> None:
    """Clear the screen."""
    host.clear()


@COMMANDS.command("/help /2", "/help [COMMAND|GROUP]", "list the commands", waits=False)
def show_help(host: CommandHost, argument: str) -> None:
    """List all commands, or show one or a group."""
    host.show_help(argument)


@COMMANDS.command("/quit /exit /logout /3 cmd!client_exit", "/quit", "log out and leave", waits=False)
def leave_chat(host: CommandHost, _argument: str) -> None:
    """Leave."""
    host.quit()
