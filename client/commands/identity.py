"""The slash commands about who is who: linking devices, keys, invites, passwords, and who somebody is."""

from __future__ import annotations

from client.commands.registry import CommandHost, SlashCommands, UsageError
from messages.endpoints import parse_endpoint
from messages.identity import Keys, Link, ResetKeys, Revoke, SetPassword, Uninvite, Whois


def register(commands: SlashCommands) -> None:
    """Put these commands into the table."""
    for names, usage, line, handler in (
        ("/whois", "/whois NAME", "tell who somebody is, and by which keys", whois),
        ("/link", "/link", "show a code that lets another device in as you", link),
        ("/keys", "/keys", "list the keys that are yours", keys),
        ("/revoke", "/revoke FINGERPRINT", "end a key of yours for good; its first 8 characters do", revoke),
        ("/resetkeys", "/resetkeys NAME", "free the name of a user who has lost their keys", reset_keys),
        ("/uninvite", "/uninvite INVITE", "have an invite let nobody in any more", uninvite),
        ("/password", "/password [clear]", "set your password for gateways, or clear it", password),
    ):
        commands.command(names, usage, line)(handler)


def whois(host: CommandHost, argument: str) -> None:
    """Ask who somebody is."""
    if len(argument.split()) != 1:
        raise UsageError
    host.session.ask(Whois, name=argument.removeprefix("@"))


def link(host: CommandHost, _argument: str) -> None:
    """Ask for a code for another device."""
    host.session.ask(Link)


def keys(host: CommandHost, _argument: str) -> None:
    """List one's keys."""
    host.session.ask(Keys)


def revoke(host: CommandHost, argument: str) -> None:
    """Revoke one of one's keys."""
    if len(argument.split()) != 1:
        raise UsageError
    host.session.ask(Revoke, key=argument)


def reset_keys(host: CommandHost, argument: str) -> None:
    """Free a user's name for another key."""
    if len(argument.split()) != 1:
        raise UsageError
    host.session.ask(ResetKeys, name=argument.removeprefix("@"))


def uninvite(host: CommandHost, argument: str) -> None:
    """Revoke an invite: a chat:// address, what stands in it behind invite=, or how that begins."""
    if len(argument.split()) != 1:
        raise UsageError
    token = parse_endpoint(argument).invite if "://" in argument else argument
    if not token:
        raise ValueError("this address has no invite in it; give one that `chat-broker invite` has printed")
    host.session.ask(Uninvite, invite=token)


def password(host: CommandHost, argument: str) -> None:
    """Ask for a password and set it, or clear the one there is."""
    if argument.lower() == "clear":
        host.session.ask(SetPassword)
    elif argument:
        raise UsageError
    else:
        prompts = ["Password, which is not shown: ", "The same again: "]
        host.question(prompts, lambda first, again: _set(host, first, again), secret=True)


def _set(host: CommandHost, typed: str, again: str) -> None:
    if again != typed:
        raise ValueError("the second is not the first; begin again with /password")
    host.session.ask(SetPassword, password=typed)
