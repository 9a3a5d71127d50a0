"""The slash commands about messages that were sent earlier: edit, delete, answer, react, pin.

A message is named by its number, or as the last one of `@NAME`. If none is named, it is the last one that the
person was shown when they began to type the line.
"""

from __future__ import annotations

from client.commands.registry import CommandHost, SlashCommands, UsageError, split_first
from client.shorthand.lines import CORRECTION, REACTION
from client.shorthand.shortcodes import with_emoji
from messages.amendments import Delete, Edit, Pin, Pins, React
from messages.limits import MAX_PAGE
from messages.names import canonical_key
from messages.requests import History

_MOST_NUMBERS = 10


def register(commands: SlashCommands) -> None:
    """Put the commands into the table."""
    for name, usage, line, handler in (
        ("/reply", "/reply [N|@NAME] TEXT", "answer message N, the last one of NAME, or the last one", reply),
        ("/edit", "/edit [N] TEXT", "change your message N, or your last one", edit),
        (CORRECTION, "s/old/new/ or s/old/new/g", "correct your last message, once or everywhere", correct),
        ("/delete", "/delete [N|@NAME]", "delete your message N, or your last one", delete),
        ("/react", "/react [N|@NAME] EMOJI [off]", "react to a message, or take the reaction back", react),
        (
            REACTION,
            "+:emoji: or -:emoji:",
            "react to the last message of others, or take that back",
            react_in_short,
        ),
        ("/pin", "/pin [N|@NAME] [off]", "pin a message, or unpin it", pin),
        ("/pins", "/pins", "show the pinned messages of the conversation", pins),
        ("/thread", "/thread [N|@NAME]", "show a message and all that answers it", thread),
        (
            "/numbers",
            "/numbers [on|off]",
            "show the last messages with their numbers, or each number",
            numbers,
        ),
    ):
        commands.command(name, usage, line)(handler)


def reply(host: CommandHost, argument: str) -> None:
    """Answer a message."""
    seq, text = _named(host, argument)
    if not text:
        raise UsageError
    host.say(host.here, text, _last_of_others(host) if seq is None else seq)


def edit(host: CommandHost, argument: str) -> None:
    """Replace the text of a message, the last one sent here if none is named."""
    seq, text = _numbered(argument)
    if not text:
        raise UsageError
    host.session.ask(Edit, conversation=host.here, seq=_last_own(host) if seq is None else seq, text=text)


def correct(host: CommandHost, argument: str) -> None:
    """Replace a part of the last message sent here."""
    from client.shorthand.correction import parse_correction  # noqa: PLC0415 - a start does without it

    correction = parse_correction(argument)
    if correction is None:
        raise UsageError
    seq = _last_own(host)
    message = host.session.timeline(host.here).messages.get(seq)
    if message is None:
        raise ValueError(f"this client has your message {seq} no more; /edit {seq} TEXT changes it")
    host.session.ask(Edit, conversation=host.here, seq=seq, text=correction.of(message.text))


def delete(host: CommandHost, argument: str) -> None:
    """Delete a message, the last one sent here if none is named."""
    seq, rest = _named(host, argument)
    if rest:
        raise UsageError
    here, which = host.here, _last_own(host) if seq is None else seq
    host.confirm_delete(which, lambda: host.session.ask(Delete, conversation=here, seq=which))


def react(host: CommandHost, argument: str) -> None:
    """React to a message, or take a reaction back."""
    seq, rest = _named(host, argument)
    reaction, off = split_first(rest)
    if not reaction or off.lower() not in ("", "off"):
        raise UsageError
    _react(host, _last_of_others(host) if seq is None else seq, reaction, on=not off)


def react_in_short(host: CommandHost, argument: str) -> None:
    """React to the last message of others, or take the reaction back: `+:ok:`, `-:ok:`."""
    _react(host, _last_of_others(host), argument[1:].strip(), on=argument.startswith("+"))


def pin(host: CommandHost, argument: str) -> None:
    """Pin a message, or unpin it."""
    seq, off = _named(host, argument)
    if off.lower() not in ("", "off"):
        raise UsageError
    host.session.ask(Pin, conversation=host.here, seq=_last(host) if seq is None else seq, on=not off)


def pins(host: CommandHost, argument: str) -> None:
    """List the pinned messages."""
    if argument:
        raise UsageError
    host.session.ask(Pins, conversation=host.here)


def thread(host: CommandHost, argument: str) -> None:
    """Show a message and its answers."""
    seq, rest = _named(host, argument)
    if rest:
        raise UsageError
    wanted = _last(host) if seq is None else seq
    host.session.ask(History, conversation=host.here, thread=wanted, limit=MAX_PAGE)


def numbers(host: CommandHost, argument: str) -> None:
    """Show the last messages with their numbers, or turn the numbers of all messages on or off."""
    if argument.lower() in ("on", "off"):
        host.show_numbers(on=argument.lower() == "on")
        return
    if argument:
        raise UsageError
    known = host.session.timeline(host.here).messages
    last = [known[seq] for seq in host.composer.last.numbers(host.here, _MOST_NUMBERS) if seq in known]
    if not last:
        raise ValueError("no message was shown here yet; /history shows earlier ones with their numbers")
    host.show_messages(last)


def _react(host: CommandHost, seq: int, reaction: str, *, on: bool) -> None:
    host.session.ask(React, conversation=host.here, seq=seq, reaction=with_emoji(reaction), on=on)


def _named(host: CommandHost, argument: str) -> tuple[int | None, str]:
    """Return the number of the message that the beginning of an argument names, and the rest."""
    first, rest = split_first(argument)
    if first.startswith("@") and len(first) > 1:
        return host.composer.last.others(host.here, host.composer.begun, first[1:].rstrip(":,")), rest
    return _numbered(argument)


def _numbered(argument: str) -> tuple[int | None, str]:
    """Return the number of a message at the beginning of an argument, and the rest."""
    first, rest = split_first(argument)
    if first.isascii() and first.isdigit() and len(first) < 16:
        return int(first), rest
    return None, argument.strip()


def _last_of_others(host: CommandHost) -> int:
    return host.composer.last.others(host.here, host.composer.begun)


def _last(host: CommandHost) -> int:
    return host.composer.last.any(host.here, host.composer.begun)


def _last_own(host: CommandHost) -> int:
    """Return the number of the last message that this user sent here. Raise ValueError if there is none."""
    here = canonical_key(host.here)
    if any(canonical_key(sent.request.to) == here for sent in host.session.unaccepted):
        raise ValueError("your last message here is not accepted yet; try again when it is")
    try:
        return host.composer.last.own(host.here)
    except ValueError:
        if (seq := host.earlier_own()) is None:
            raise
        return seq
