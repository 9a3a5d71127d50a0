"""The verb `user add`: it makes a user in the running broker, or in the database if none runs."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path

import click

from broker.core.settings import SHARED_NAMES, NamePolicy, Settings
from broker.shell.channel import make_request
from broker.shell.errors import NoBrokerError, RefusedError
from broker.shell.shell import Shell
from messages.admin import AddUser
from messages.base import Request
from messages.limits import MAX_PASSWORD
from messages.replies import Error


def add(shell: Shell, name: str) -> None:
    """Make a user with the password on stdin and no key."""
    password = _password()
    try:
        channel = shell.channel()
    except NoBrokerError:
        if not _may_be_alone(shell.directory):
            raise
        _add_directly(shell.directory, make_request("1", AddUser, name, password))
    else:
        with channel:
            channel.ask(AddUser, name, password)
    shell.say(f"{name} can log in with this password, through a gateway", name=name)


def _password() -> str:
    """Return the first line of stdin, without its end."""
    line = sys.stdin.readline(MAX_PASSWORD + 2)
    return line.removesuffix("\n").removesuffix("\r")


def _may_be_alone(directory: Path) -> bool:
    """Return whether this user may write to a data directory, or make it."""
    while not directory.exists():
        directory = directory.parent
    return os.access(directory, os.W_OK)


def _add_directly(directory: Path, request: Request) -> None:
    """Have a core without connections carry out the request. Raise RefusedError if it refuses it.

    The store locks the directory, so no broker runs meanwhile. A core with shared names would forget all.
    """
    if click.get_current_context().find_root().params["names"] == NamePolicy.SHARED:
        raise RefusedError(SHARED_NAMES)
    from broker.commands import ADMIN_COMMANDS  # noqa: PLC0415 - only if no broker runs
    from broker.core.core import Core  # noqa: PLC0415
    from broker.core.memory.model import Peer  # noqa: PLC0415
    from broker.server import SystemRandomness  # noqa: PLC0415
    from broker.store.sqlite import SqliteStore  # noqa: PLC0415
    from broker.transport.router import now  # noqa: PLC0415

    store = SqliteStore(directory, secrets.token_hex(8))
    try:
        began = now()
        core = Core(store, Settings(own_uid=os.getuid()), SystemRandomness(), ADMIN_COMMANDS, began)
        peer = Peer(b"\0shell", "this shell", began.elapsed, uid=os.getuid(), admin=True)
        core.connect(peer)
        core.begin(began)
        core.handle(peer, request)
        deliveries, _ = core.commit()
    finally:
        store.close()
    (reply,) = [document for _, documents, _ in deliveries for document in documents]
    if isinstance(reply, Error):
        raise RefusedError(reply.text)
