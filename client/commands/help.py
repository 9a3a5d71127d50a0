"""The help for slash commands: all of them in groups, one group, or one command."""

from __future__ import annotations

from collections.abc import Iterator

from client.commands.registry import SlashCommand, SlashCommands

GROUPS = {
    "Talking": "/msg /message /msgall /query /r /me /say /rps",
    "Messages": "/reply /edit s/old/new/ /delete /react +:emoji: /pin /pins /thread /numbers",
    "Files": "/upload /get",
    "Rooms": "/join /leave /list /topic /names /members /invite",
    "History": "/history /last /search /receipts /readreceipts",
    "People": "/who /count /whois /ignore /unignore",
    "You": "/whoami /nick /login /away /back /link /keys /revoke /password /sessions /typing",
    "Notices": "/notify /highlight /quiet",
    "Full screen": "/goto /set",
    "Moderation": "/kick /ban /unban /bans /mute /unmute /op /deop /private /lock",
    "Operators": "/audit /resetkeys /uninvite /debug",
    "General": "/time /clear /help /quit",
}
"""The groups, and their commands by their first names."""

_HINTS = (
    "/help COMMAND and /help GROUP, such as /help rooms, show less. To say a line that begins with /, begin "
    "it with //. To say the word help or quit, type a space before it."
)


def grouped(commands: SlashCommands) -> dict[str, list[SlashCommand]]:
    """Return the commands of each group, in order."""
    return {heading: [commands.table[name] for name in names.split()] for heading, names in GROUPS.items()}


def help_lines(commands: SlashCommands, topic: str) -> Iterator[str]:
    """Yield the help for a command or a group, or for all; raise ValueError if there is no such topic."""
    groups = grouped(commands)
    if not topic:
        yield from _table(groups)
        yield _HINTS
        return
    word = topic if topic.startswith("/") or topic.lower() in commands.table else f"/{topic}"
    command = commands.table.get(word.lower())
    if command is not None:
        aliases = f" (also {' '.join(command.names[1:])})" if command.names[1:] else ""
        yield f"{command.usage}: {command.help}{aliases}"
    named = {heading: listed for heading, listed in groups.items() if heading.lower() == topic.lower()}
    if named:
        yield from _table(named)
    elif command is None:
        raise ValueError(f"there is no command {word}; /help lists them")


def _table(groups: dict[str, list[SlashCommand]]) -> Iterator[str]:
    width = max(len(command.usage) for listed in groups.values() for command in listed)
    for heading, listed in groups.items():
        yield f"{heading}:"
        for command in listed:
            yield f"  {command.usage:{width}}  {command.help}"
