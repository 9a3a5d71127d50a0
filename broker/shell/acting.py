"""The verbs that change something: ban, unban, op, uninvite, say and reload."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import click

from broker.core.access.invites import SHOWN, beginning, invite_secret, make_invite
from broker.core.settings import ReloadedOptions
from broker.directory import invite_list
from broker.invite import broker_keys
from broker.shell.errors import RefusedError
from broker.shell.shell import Shell
from messages.admin import Reload, Reloaded, Said, Say
from messages.identity import Uninvite
from messages.limits import MAX_SANCTION_SECONDS
from messages.moderation import Ban, Role, SetRole, Unban, check_network
from messages.text import counted


def ban(shell: Shell, target: str, *, room: str | None, seconds: int | None, reason: str) -> None:
    """Ban a user, a key or an address from the chat or a room."""
    if seconds is not None and seconds > MAX_SANCTION_SECONDS:
        days = MAX_SANCTION_SECONDS // 86_400
        raise click.UsageError(f"A ban that ends lasts at most {days}d; leave out --for to ban for ever.")
    with shell.channel() as channel:
        channel.ask(Ban, **{_field(target): target}, room=room, seconds=seconds, reason=reason)
    shell.say(f"{target} is banned from {room or 'the chat'}", target=target, room=room, seconds=seconds)


def unban(shell: Shell, target: str, *, room: str | None) -> None:
    """End a ban."""
    with shell.channel() as channel:
        channel.ask(Unban, **{_field(target): target}, room=room)
    shell.say(f"{target} is no longer banned from {room or 'the chat'}", target=target, room=room)


def _field(target: str) -> str:
    """Return the field of a ban for a target: a fingerprint, an address or network, or a name."""
    if target.startswith("SHA256:"):
        return "key"
    with suppress(ValueError):
        check_network(target)
        return "address"
    return "name"


def set_role(shell: Shell, name: str, *, role: str, room: str | None) -> None:
    """Give a user a role in the chat or a room, or take it away."""
    with shell.channel() as channel:
        channel.ask(SetRole, name, Role(role), room)
    shell.say(f"{name} is {role} of {room or 'the chat'}", name=name, role=role, room=room)


def uninvite(shell: Shell, invite: str, *, key: Path | None) -> None:
    """Revoke an invite, given by its first 8 characters, as a whole, or as the address that contains it."""
    token = parse_qs(urlsplit(invite).query).get("invite", [invite])[0]
    if len(token) == SHOWN:
        token = _whole(shell, token, key)
    with shell.channel() as channel:
        channel.ask(Uninvite, token)
    shell.say(f"the invite {token[:SHOWN]} is revoked", invite=token[:SHOWN])


def _whole(shell: Shell, shown: str, key: Path | None) -> str:
    """Return the token of a listed invite, or its beginning if it is not listed: a used one may do."""
    found = [one for one in invite_list.issued(shell.directory) if beginning(one.nonce) == shown]
    if not found:
        return shown
    if len(found) > 1:
        raise RefusedError(f"several invites begin with {shown}; give the whole invite")
    (one,) = found
    secret = invite_secret(broker_keys(key, shell.directory).secret.encode())
    token = secret, bytes.fromhex(one.nonce), one.expires, one.uses, one.role
    return make_invite(*token, guests=one.guests, per_address=one.per_address, accounts=one.accounts)


def say(shell: Shell, text: str, *, room: str | None) -> None:
    """Tell everyone online, or the members of a room, something."""
    with shell.channel() as channel:
        reply = channel.ask(Say, text, room)
    assert isinstance(reply, Said)  # noqa: S101 - the channel has no other reply to this
    shell.say(f"sent to {counted(reply.connections, 'connection')}", connections=reply.connections)


def reload(shell: Shell) -> None:
    """Have the broker reopen its log and take over the options that can change while it runs."""
    with shell.channel() as channel:
        reply = channel.ask(Reload)
    assert isinstance(reply, Reloaded)  # noqa: S101 - the channel has no other reply to this
    done = ReloadedOptions(reply.changed, reply.restart)
    shell.say(done.sentence, **done._asdict())
