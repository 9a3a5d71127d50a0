"""The verb `status`: how the broker is, for people and monitors."""

from __future__ import annotations

import sys
import time
from typing import Any

import msgspec

from broker.directory.backup_mark import last_backup
from broker.exits import fail
from broker.shell.errors import NoBrokerError
from broker.shell.output import shown_time, write_json, write_line
from broker.shell.shell import Shell
from broker.store.database import DATABASE
from messages.admin import Status
from messages.exits import Exit
from messages.text import counted, neutralise


def status(shell: Shell, *, backup_within: int | None) -> None:
    """Show how the broker is. Exit with 1 if it does not run, or not everything is well."""
    try:
        with shell.channel() as channel:
            found: dict[str, Any] = msgspec.to_builtins(channel.ask(Status))
    except NoBrokerError as error:
        if shell.as_json:
            write_json([{"problem": str(error)}])
            sys.exit(Exit.FAILED)
        fail(str(error), Exit.FAILED)
    found = {"problem": "", **found, "web": found.get("web", ""), "database": _size(shell)}
    found["last_backup"] = last_backup(shell.directory)
    for field in ("type", "re"):
        del found[field]
    if not found["problem"] and backup_within is not None:
        found["problem"] = _backup_problem(found["last_backup"], backup_within)
    if shell.as_json:
        write_json([found])
    else:
        _write(shell, found)
    sys.exit(Exit.FAILED if found["problem"] else Exit.DONE)


def _size(shell: Shell) -> int:
    """Return the bytes of the database and of its log."""
    files = (shell.directory / f"{DATABASE}{ending}" for ending in ("", "-wal"))
    return sum(file.stat().st_size for file in files if file.exists())


def _backup_problem(at: int | None, seconds: int) -> str:
    if at is None:
        return "no backup of this data directory is known; make one with chat-broker backup"
    if time.time() - at / 1000 > seconds:
        return f"the last backup is of {shown_time(at)}; make one with chat-broker backup"
    return ""


def _write(shell: Shell, found: dict[str, Any]) -> None:
    lines = {
        "status": found["problem"] or "well",
        "version": found["version"],
        "up since": shown_time(found["started"]),
        "connections": f"{counted(found['connections'], 'connection')}, {found['lagging']:,} too slow",
        "users": f"{counted(found['users'], 'user')}, {found['online']:,} online",
        "rooms": counted(found["rooms"], "room"),
        "store": f"{shell.directory / DATABASE}, {found['database'] / 1e6:,.1f} MB",
        "search": f"{counted(found['unindexed'], 'message')} to index",
        "files": f"{found['file_bytes'] / 1e6:,.1f} of {found['files_total'] / 1e6:,.0f} MB",
        **({"browsers": found["web"]} if found["web"] else {}),
        "last backup": shown_time(found["last_backup"] or 0),
        "log": found["log"],
    }
    for head, text in lines.items():
        write_line(neutralise(f"{head:<12} {text}"))
