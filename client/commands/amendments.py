"""The slash commands about messages that were sent earlier: edit, delete, answer, react, pin."""

from __future__ import annotations

from client.commands.registry import CommandHost, SlashCommands, UsageError, split_first
from messages.amendments import Delete, Edit, Pin, Pins, React
from messages.limits import MAX_PAGE
from messages.requests import History


def register(commands: SlashCommands) -> None:
    """Put the commands into the table."""
    for name, usage, line, handler in (
        ("/reply", "/reply N TEXT", "answer message N of the conversation", reply),
        ("/edit", "/edit [N] TEXT", "change your message N, or your last one", edit),
        ("/delete", "/delete [N]", "delete your message N, or your last one", delete),
        ("/react", "/react N EMOJI [off]", "react to message N, or take the reaction back", react),
        ("/pin", "/pin N [off]", "pin message N, or unpin it", pin),
        ("/pins", "/pins", "show the pinned messages of the conversation", pins),
        ("/thread", "/thread N", "show message N and all that answers it", thread),
    ):
        commands.command(name, usage, line)(handler)


def reply(host: CommandHost, argument: str) -> None:
    """Answer a message."""
    seq, text = _seq(argument)
    if seq is None or not text:
        raise UsageError
    host.say(host.here, text, seq)


def edit(host: CommandHost, argument: str) -> None:
    """Replace the text of a message, the last one sent here if none is named."""
    seq, text = _seq(argument)
    if not text:
        raise UsageError
    host.session.ask(Edit, conversation=host.here, seq=_last_sent(host) if seq is None else seq, text=text)


def delete(host: CommandHost, argument: str) -> None:
    """Delete a message, the last one sent here if none is named."""
    seq, rest = _seq(argument)
    if rest:
        raise UsageError
    host.session.ask(Delete, conversation=host.here, seq=_last_sent(host) if seq is None else seq)


def react(host: CommandHost, argument: str) -> None:
    """React to a message, or take a reaction back."""
    seq, rest = _seq(argument)
    reaction, off = split_first(rest)
    if seq is None or not reaction or off.lower() not in ("", "off"):
        raise UsageError
    host.session.ask(React, conversation=host.here, seq=seq, reaction=reaction, on=not off)


def pin(host: CommandHost, argument: str) -> None:
    """Pin a message, or unpin it."""
    seq, off = _seq(argument)
    if seq is None or off.lower() not in ("", "off"):
        raise UsageError
    host.session.ask(Pin, conversation=host.here, seq=seq, on=not off)


def pins(host: CommandHost, argument: str) -> None:
    """List the pinned messages."""
    if argument:
        raise UsageError
    host.session.ask(Pins, conversation=host.here)


def thread(host: CommandHost, argument: str) -> None:
    """Show a message and its answers."""
    seq, rest = _seq(argument)
    if seq is None or rest:
        raise UsageError
    host.session.ask(History, conversation=host.here, thread=seq, limit=MAX_PAGE)


def _seq(argument: str) -> tuple[int | None, str]:
    """Return the number of a message at the beginning of an argument, and the rest."""
    first, rest = split_first(argument)
    if first.isascii() and first.isdigit() and len(first) < 16:
        return int(first), rest
    return None, argument.strip()


def _last_sent(host: CommandHost) -> int:
    """Return the number of the last message that this client sent here. Raise ValueError if there is none."""
    here = host.here
    mine = [sent.seq for sent in host.session.recent_sent(100) if sent.accepted and sent.conversation == here]
    if not mine:
        raise ValueError("you have sent nothing here since this client started; give the number of a message")
    return mine[-1]
