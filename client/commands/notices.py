"""The slash commands about notices: what rings, which words are highlighted, and when it is quiet."""

from __future__ import annotations

from client.commands.registry import CommandHost, SlashCommands, UsageError
from messages.notices import Keywords, NoticeLevel, Notify, QuietHours

_LEVELS = {
    **{level.value: level for level in NoticeLevel},
    "mention": NoticeLevel.MENTIONS,
    "off": NoticeLevel.NONE,
}

_QUOTES = "\"'“”„«»"


def register(commands: SlashCommands) -> None:
    """Put the commands into the table."""
    for name, usage, line, handler in (
        (
            "/notify",
            "/notify [CONVERSATION] [all|mentions|none]",
            "choose which messages of a conversation ring; default takes it back",
            notify,
        ),
        (
            "/highlight",
            "/highlight [WORDS|off]",
            "let messages with these words ring, or show them",
            highlight,
        ),
        (
            "/quiet",
            "/quiet [off|DAYS TIMES [ZONE]]",
            "let nothing ring at times such as mon-fri 22:00-07:00, or show them",
            quiet,
        ),
    ):
        commands.command(name, usage, line)(handler)


def notify(host: CommandHost, argument: str) -> None:
    """Choose or show the level of the current conversation, or of another."""
    words = argument.split()
    level = _LEVELS.get(words[-1].lower()) if words else None
    if level is not None:
        words.pop()
    if len(words) > 1:
        raise UsageError
    named = words[0] if words else host.here
    if level is None and not named.startswith(("#", "@")):
        raise ValueError(f"{named} is not a level; write all, mentions, none or default, or a #room or @user")
    conversation = named if named.startswith(("#", "@")) else f"@{named}"
    host.session.ask(Notify, conversation=conversation, level=level)


def highlight(host: CommandHost, argument: str) -> None:
    """Choose all keywords anew, remove them, or show them."""
    words = argument.replace(",", " ").split()
    if any(word[0] in _QUOTES or word[-1] in _QUOTES for word in words):
        raise ValueError("each keyword is one word; write them without quotation marks")
    if words and argument.strip().lower() == "off":
        host.session.ask(Keywords, words=[])
    else:
        host.session.ask(Keywords, words=words or None)


def quiet(host: CommandHost, argument: str) -> None:
    """Choose all quiet hours anew, end them, or show them."""
    if argument.lower() == "off":
        host.session.ask(QuietHours, spans=[])
    elif argument:
        from client.commands.quiet import parse_quiet  # noqa: PLC0415 - few need the list of time zones

        spans, zone = parse_quiet(argument)
        host.session.ask(QuietHours, spans=spans, zone=zone)
    else:
        host.session.ask(QuietHours)
