"""The slash commands about direct conversations, and about receipts."""

from __future__ import annotations

from client.commands.registry import CommandHost, SlashCommands, UsageError, split_first
from client.core.composer import Change
from client.core.person.queries import DirectQuery
from messages.names import canonical_key


def register_direct(commands: SlashCommands) -> None:
    """Put the commands about direct conversations into the table."""
    commands.command(
        "/query", "/query NAME [TEXT]", "talk to one user only, as after /join @NAME", change=Change.PLACE
    )(query)
    commands.command(
        "/r", "/r [TEXT]", "answer the last direct message; without TEXT, talk to its sender only"
    )(answer)


def register_receipts(commands: SlashCommands) -> None:
    """Put the command about receipts into the table."""
    commands.command(
        "/receipts",
        "/receipts [on|off]",
        "show the receipts of your last messages, or each one as it comes",
    )(receipts)


def query(host: CommandHost, argument: str) -> None:
    """Make the direct conversation with a user the current one, and send a text there if there is one."""
    name, text = split_first(argument)
    if not name:
        raise UsageError
    open_direct(host, name)
    if text:
        host.say(f"@{name.removeprefix('@')}", text)


def open_direct(host: CommandHost, name: str) -> None:
    """Ask for the user, and be in the direct conversation with them from the answer on."""
    name = name.removeprefix("@")
    if canonical_key(name) == canonical_key(host.session.name):
        raise ValueError("this is you; choose somebody else")
    host.composer.ask(DirectQuery, name=name)


def answer(host: CommandHost, argument: str) -> None:
    """Send a text to the sender of the last direct message, or talk to them from now on."""
    name = host.composer.answer_to()
    if argument:
        host.say(f"@{name}", argument)
    else:
        open_direct(host, name)


def receipts(host: CommandHost, argument: str) -> None:
    """Show the receipts of the last messages sent, or say which receipts the person is told of."""
    if argument.lower() in ("on", "off"):
        host.receipt_news.all = argument.lower() == "on"
        told = "each receipt" if host.receipt_news.all else "receipts only if something is unusual"
        host.show(f"You are told of {told}.")
        return
    if argument:
        raise UsageError
    sent = host.session.recent_sent(10)
    if not sent:
        host.show("You have sent nothing since this client started.")
    host.show_receipts(sent)
