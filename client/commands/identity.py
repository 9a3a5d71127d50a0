"""The slash commands about identity: linking devices, keys, invites, passwords and profiles."""

from __future__ import annotations

from client.commands.registry import CommandHost, SlashCommands, UsageError, ask_surely
from client.core.person.queries import LinkPictureQuery
from messages.endpoints import address_to_connect
from messages.identity import Keys, Link, ResetKeys, Revoke, SetPassword, Uninvite, Whois


def register(commands: SlashCommands) -> None:
    """Put these commands into the table."""
    for names, usage, line, handler in (
        ("/whois", "/whois NAME", "show who a user is, and their keys", whois),
        (
            "/link",
            "/link [qr|web]",
            "show a code with which another device logs in as you, or a browser",
            link,
        ),
        ("/keys", "/keys", "list your keys", keys),
        (
            "/revoke",
            "/revoke FINGERPRINT",
            "revoke a key of yours for good; its first 8 characters are enough",
            revoke,
        ),
        ("/resetkeys", "/resetkeys NAME", "free the name of a user who has lost their keys", reset_keys),
        ("/uninvite", "/uninvite INVITE", "revoke an invite", uninvite),
        ("/password", "/password [clear]", "set your password for gateways, or clear it", password),
    ):
        commands.command(names, usage, line, secret=handler is password)(handler)


def whois(host: CommandHost, argument: str) -> None:
    """Ask for a user's profile."""
    if len(argument.split()) != 1:
        raise UsageError
    host.session.ask(Whois, name=argument.removeprefix("@"))


def link(host: CommandHost, argument: str) -> None:
    """Ask for a code for another device, or for a browser."""
    match argument.lower():
        case "":
            host.session.ask(Link)
        case "qr":
            host.session.ask(LinkPictureQuery)
        case "web":
            host.session.ask(Link, browser=True)
        case _:
            raise UsageError


def keys(host: CommandHost, _argument: str) -> None:
    """List the user's keys."""
    host.session.ask(Keys)


def revoke(host: CommandHost, argument: str) -> None:
    """Revoke a key of the user."""
    if len(argument.split()) != 1:
        raise UsageError
    question = f"Revoke your key {argument} for good? Its sessions end, and it cannot log in again."
    ask_surely(host, question, Revoke, key=argument)


def reset_keys(host: CommandHost, argument: str) -> None:
    """Free a user's name for another key."""
    if len(argument.split()) != 1:
        raise UsageError
    name = argument.removeprefix("@")
    question = f"Free the name {name}? The sessions of {name} end; their keys, password and roles are gone."
    ask_surely(host, question, ResetKeys, name=name)


def uninvite(host: CommandHost, argument: str) -> None:
    """Revoke an invite, given as a chat:// address, as its token or as the token's first characters."""
    if len(argument.split()) != 1:
        raise UsageError
    token = address_to_connect(argument).invite if "://" in argument else argument
    if not token:
        raise ValueError("the address contains no invite; use one that `chat-broker invite` has printed")
    ask_surely(host, "Revoke this invite for good?", Uninvite, invite=token)


def password(host: CommandHost, argument: str) -> None:
    """Ask for a password and set it, or clear the present one."""
    if argument.lower() == "clear":
        host.session.ask(SetPassword)
    elif argument:
        raise UsageError
    else:
        prompts = ["Password (not shown): ", "Repeat it: "]
        host.question(prompts, lambda first, again: _set(host, first, again), secret=True)


def _set(host: CommandHost, typed: str, again: str) -> None:
    if again != typed:
        raise ValueError("the passwords differ; type /password to try again")
    host.session.ask(SetPassword, password=typed)
