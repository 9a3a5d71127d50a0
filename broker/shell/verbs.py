"""The verbs of `chat-broker` for operators at a shell, as click knows them. Their work is imported later."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from broker.invite import key_option
from broker.shell.shell import Duration, Shell, verb

_room = click.option("--room", metavar="ROOM", help="In this room, not in the whole chat.")


@verb("users")
def users(shell: Shell) -> None:
    """List all users, also while no broker runs."""
    from broker.shell import listing  # noqa: PLC0415

    listing.users(shell)


@verb("user")
@click.argument("words", nargs=-1, required=True, metavar="[add] NAME")
@click.option("--password-stdin", is_flag=True, help="With add: the first line of stdin is the password.")
@click.option(
    "--export",
    "file",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    metavar="FILE",
    help="Write all that the user has said, and what is stored about them, as JSON Lines; - is stdout.",
)
@click.option("--forget", is_flag=True, help="Remove the user, their keys and direct conversations.")
@click.option("--with-messages", is_flag=True, help="With --forget: remove what they have said, too.")
@click.option("--yes", is_flag=True, help="With --forget: do not ask.")
def user(shell: Shell, **given: Any) -> None:
    """Show a user, export what the broker has of them, remove them, or add one with a password and no key.

    Showing, exporting and adding works also while no broker runs.
    """
    from broker.shell import user as work  # noqa: PLC0415

    (*verbs, name), file, messages = given["words"], given["file"], given["with_messages"]
    if verbs not in ([], ["add"]):
        raise click.UsageError("Give one name, or add and one name.")
    if verbs:
        _add_user(shell, name, **given)
        return
    if given["password_stdin"]:
        raise click.UsageError("--password-stdin belongs to user add NAME.")
    if messages and not given["forget"]:
        raise click.UsageError("--with-messages belongs to --forget.")
    if file is not None and given["forget"]:
        raise click.UsageError("Give --export or --forget, not both.")
    if file is not None:
        work.export(shell, name, file)
    elif given["forget"]:
        work.forget(shell, name, messages=messages, yes=given["yes"])
    else:
        work.show(shell, name)


def _add_user(shell: Shell, name: str, **given: Any) -> None:
    from broker.shell import adding  # noqa: PLC0415

    if not given["password_stdin"]:
        raise click.UsageError("Give the password on stdin, with --password-stdin.")
    if given["file"] is not None or given["forget"] or given["with_messages"]:
        raise click.UsageError("With add, give no --export, --forget or --with-messages.")
    adding.add(shell, name)


@verb("online")
def online(shell: Shell) -> None:
    """List who is connected, and from where."""
    from broker.shell import listing  # noqa: PLC0415

    listing.online(shell)


@verb("rooms")
def rooms(shell: Shell) -> None:
    """List all rooms, private ones too, also while no broker runs."""
    from broker.shell import listing  # noqa: PLC0415

    listing.rooms(shell)


@verb("ban")
@click.argument("target", metavar="NAME|ADDRESS|FINGERPRINT")
@_room
@click.option("--for", "seconds", type=Duration(), metavar="DURATION", help="How long, as in 2h or 7d.")
@click.option("--reason", default="", metavar="TEXT", help="Why. Those who are present see it.")
def ban(shell: Shell, target: str, **given: Any) -> None:
    """Ban a user, an address, a network or a key."""
    from broker.shell import acting  # noqa: PLC0415

    acting.ban(shell, target, **given)


@verb("unban")
@click.argument("target", metavar="NAME|ADDRESS|FINGERPRINT")
@_room
def unban(shell: Shell, target: str, room: str | None) -> None:
    """End a ban."""
    from broker.shell import acting  # noqa: PLC0415

    acting.unban(shell, target, room=room)


@verb("bans")
def bans(shell: Shell) -> None:
    """List all bans from the chat and from rooms, also while no broker runs."""
    from broker.shell import listing  # noqa: PLC0415

    listing.bans(shell)


@verb("op")
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice(["operator", "moderator", "member"]),
    default="operator",
    show_default=True,
    help="The user's new role; member takes a role away.",
)
@_room
def op(shell: Shell, name: str, role: str, room: str | None) -> None:
    """Make a user an operator of the broker, or give them a role in a room."""
    from broker.shell import acting  # noqa: PLC0415

    acting.set_role(shell, name, role=role, room=room)


@verb("invites")
def invites(shell: Shell) -> None:
    """List the invites that have not expired, also while no broker runs."""
    from broker.shell import listing  # noqa: PLC0415

    listing.invites(shell)


# An invite may begin with -, as -AlpAL3h.
@verb("uninvite", ignore_unknown_options=True, help_option_names=["--help"])
@click.argument("invite")
@key_option
def uninvite(shell: Shell, invite: str, key: Path | None) -> None:
    """Revoke an invite. INVITE is its 8 characters in the list, or all of it."""
    from broker.shell import acting  # noqa: PLC0415

    acting.uninvite(shell, invite, key=key)


@verb("say")
@click.argument("words", nargs=-1, required=True, metavar="TEXT")
@_room
def say(shell: Shell, words: tuple[str, ...], room: str | None) -> None:
    """Tell everyone online something. It is not stored."""
    from broker.shell import acting  # noqa: PLC0415

    acting.say(shell, " ".join(words), room=room)


@verb("reload")
def reload(shell: Shell) -> None:
    """Reopen the broker's log and read its options again, as SIGHUP does."""
    from broker.shell import acting  # noqa: PLC0415

    acting.reload(shell)


@verb("status")
@click.option(
    "--backup-within",
    type=Duration(),
    metavar="DURATION",
    help="A backup older than this is a problem, as in 2d.",
)
def status(shell: Shell, backup_within: int | None) -> None:
    """Show how the broker is. The exit code is 0 if it is well, else 1."""
    from broker.shell.status import status as show  # noqa: PLC0415

    show(shell, backup_within=backup_within)


@verb("check-config")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def check_config(shell: Shell, file: Path) -> None:
    """Check a settings file as a broker would read it with --config, without starting one."""
    from broker.shell import checking  # noqa: PLC0415

    checking.check_config(shell, file)


SHELL_VERBS = (
    users,
    user,
    online,
    rooms,
    ban,
    unban,
    bans,
    op,
    invites,
    uninvite,
    say,
    reload,
    status,
    check_config,
)
"""All verbs of this package."""
