"""The verbs of `chat-broker`. They manage a broker's data, and most of them work while it runs."""

from __future__ import annotations

import os
import secrets
import signal
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial, wraps
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from broker.directory import invite_list
from broker.directory.backup_mark import mark_backup
from broker.exits import exits, fail
from broker.invite import broker_keys, invite, key_option
from broker.options.values import data_directory, data_option
from broker.progress import ProgressBar
from broker.signals import ended_by_signals
from messages.program import drop_unwritten
from messages.sentences import in_rows, tell
from messages.text import counted, neutralise

if TYPE_CHECKING:
    from broker.store.progress import Progress
    from broker.store.verbs.contents import Findings

_FILE = click.Path(dir_okay=False, path_type=Path)
_FILE_OR_STREAM = click.Path(dir_okay=False, allow_dash=True, path_type=Path)


def _verb(work: Callable[..., str], *, answers: bool = False) -> click.Command:
    """Make a verb from a function that gets the data directory and returns a sentence.

    The sentence is a notice on stderr, or if the verb `answers` a question, the answer on stdout.
    """

    @wraps(work)
    def run(data: Path | None, **arguments: Any) -> None:
        given = data or click.get_current_context().find_root().params["data"]
        shown = click.get_current_context().obj = ProgressBar(sys.stderr)
        with _exits(), ended_by_signals():
            try:
                said = work(data_directory(given), **arguments)
            finally:
                shown.clear()
        if answers:
            click.echo(in_rows(neutralise(said), sys.stdout))
        else:
            tell(said)

    return click.command(work.__name__.removesuffix("_"))(data_option(run))


_answer = partial(_verb, answers=True)


def _progress() -> Progress:
    """Return what shows a person how far the present verb is."""
    shown: ProgressBar = click.get_current_context().obj
    return shown.show


@contextmanager
def _exits() -> Iterator[None]:
    """Exit with one sentence instead of an exception."""
    with exits():
        try:
            yield
        except FileExistsError as error:
            fail(f"{error.filename or error} exists already; choose another name or remove it")


@contextmanager
def _named(target: str) -> Iterator[None]:
    """Name the target in errors of writing. If its reader has gone, exit without a message."""
    try:
        yield
    except BrokenPipeError:
        drop_unwritten()
        sys.exit(128 + signal.SIGPIPE)
    except OSError as error:
        drop_unwritten()
        raise OSError(error.errno, error.strerror, error.filename or target) from None


def _with_files(found: Iterable[Findings]) -> str:
    """Return a clause about the number of files, if there are any."""
    return "".join(f" with {counted(one.files, 'file')}" for one in found if one.files)


def _but(found: Iterable[Findings]) -> str:
    """Return a clause about what is wrong with files, if anything is."""
    return "".join(f"; but {one.sentence()}" for one in found if one.wrong)


@_verb
@click.argument("file", type=_FILE)
@click.option("--without-key", is_flag=True, help="Leave the broker's secret key out.")
@key_option
def backup(directory: Path, file: Path, without_key: bool, key: Path | None) -> str:
    """Copy the broker's data, its key and its list of invites to FILE, also while the broker runs.

    Files that people sent go into the directory FILE.files. The copy is checked before it gets its name. An
    existing file is not replaced.
    """
    from broker.core.access.invites import LIST_FILE  # noqa: PLC0415
    from broker.restoring import held_key  # noqa: PLC0415
    from broker.security.keys import KEY_FILE, text_of  # noqa: PLC0415
    from broker.security.keys import fingerprint as fingerprint_of  # noqa: PLC0415
    from broker.store.verbs.copies import back_up  # noqa: PLC0415

    keys = None if without_key else held_key(directory, key)
    texts = {LIST_FILE: invites} if (invites := invite_list.text_of(invite_list.issued(directory))) else {}
    if keys is not None:
        texts[KEY_FILE] = text_of(keys)
    found: list[Findings] = []
    count = back_up(directory, file, texts, _progress(), found.append)
    with suppress(OSError):  # the data may be on a file system that is read-only
        mark_backup(directory)
    holds = f"{file} holds {counted(count, 'message')}{_with_files(found)}"
    if keys is not None:
        holds += f" and the broker's secret key {fingerprint_of(keys.public)}"
    elif without_key:
        holds += " without the broker's key"
    return f"{holds}, and is whole{_but(found)}"


@_answer
@click.argument("file", type=_FILE, required=False)
def verify(directory: Path, file: Path | None) -> str:
    """Check every message and file of a backup FILE, or of the broker's data, also while the broker runs."""
    from broker.core.store import StoreBroken  # noqa: PLC0415
    from broker.store.database import DATABASE  # noqa: PLC0415
    from broker.store.verbs.copies import verify as verify_database  # noqa: PLC0415
    from broker.store.verbs.copies import verify_files  # noqa: PLC0415

    path = file or directory / DATABASE
    holds = f"{path} holds {counted(verify_database(path, _progress()), 'message')}"
    found = verify_files(path, _progress())
    holds += _with_files([found])
    if found.wrong:
        raise StoreBroken(f"{holds}{_but([found])}; copy the content from a backup, or delete these messages")
    return f"{holds}, and is whole"


@_verb
@click.argument("file", type=_FILE)
@click.option("--keep-key", is_flag=True, help="Keep the broker's present key, if there is one.")
@key_option
def restore(directory: Path, file: Path, keep_key: bool, key: Path | None) -> str:
    """Replace the broker's data and its key with the backup FILE. The broker must not run.

    The previous data is moved to another directory. Clients will learn that the log is another one.
    """
    from broker.restoring import FileChoice, owner_of  # noqa: PLC0415
    from broker.store.verbs.copies import restore as put_back  # noqa: PLC0415

    choice = FileChoice(directory, key, keep=keep_key)
    found: list[Findings] = []
    epoch = secrets.token_hex(8)
    count, replaced = put_back(file, directory, epoch, choice.choose, _progress(), found.append)
    aside = f"; the previous data is in {replaced}" if replaced else ""
    holds = f"{directory} holds {counted(count, 'message')}{_with_files(found)} now"
    holds += f", and belongs to {owner_of(directory)}"
    return f"{holds}; {choice.outcome}{aside}{_but(found)}"


@_verb
def compact(directory: Path) -> str:
    """Free the disk space of deleted messages. The broker must not run."""
    from broker.store.verbs.copies import compact as write_anew  # noqa: PLC0415

    before, after = write_anew(directory, secrets.token_hex(8), _progress())
    return f"{directory} took {before / 1e6:,.1f} MB and takes {after / 1e6:,.1f} MB now"


@_verb
@click.argument("file", type=_FILE_OR_STREAM, default="-")
def export(directory: Path, file: Path) -> str:
    """Write the broker's data as JSON Lines to FILE or standard output, also while the broker runs."""
    from broker.store.database import DATABASE  # noqa: PLC0415
    from broker.store.files.naming import new_file  # noqa: PLC0415
    from broker.store.verbs.dump import export as write_lines  # noqa: PLC0415

    database = directory / DATABASE
    found: list[Findings] = []
    if str(file) == "-":
        with _named("standard output"):
            count = write_lines(database, sys.stdout.buffer.write, _progress(), found.append)
            sys.stdout.flush()
    else:
        with _named(str(file)), new_file(file) as lines:
            count = write_lines(database, lines.write, _progress(), found.append)
    return f"{counted(count, 'message')}{_with_files(found)} written{_but(found)}"


def _counted(lines: IO[bytes]) -> Iterator[bytes]:
    """Yield all lines, and show how much of their file is read."""
    show, done = _progress(), 0
    total = 0
    with suppress(OSError):  # a stream without a file
        found = os.fstat(lines.fileno())
        total = found.st_size if stat.S_ISREG(found.st_mode) else 0
    for line in lines:
        done += len(line)
        show("reading", done, total)
        yield line


@_verb
@click.argument("file", type=_FILE_OR_STREAM, default="-")
def import_(directory: Path, file: Path) -> str:
    """Make the database of a data directory from an export in FILE or standard input."""
    from broker.store.verbs.dump import load  # noqa: PLC0415

    with click.open_file(str(file), "rb") as lines:
        missing: list[int] = []
        epoch = secrets.token_hex(8)
        count = load(_counted(lines), directory, epoch, _progress(), missing.append)
    lost = f"; the content of {counted(missing[0], 'file')} is not in the export" if sum(missing) else ""
    return f"{directory} holds {counted(count, 'message')} now{lost}"


@_answer
@key_option
def fingerprint(directory: Path, key: Path | None) -> str:
    """Print the fingerprint of the broker's key. The broker makes the key at its first start."""
    from broker.security.keys import fingerprint as fingerprint_of  # noqa: PLC0415

    return f"The broker's key is {fingerprint_of(broker_keys(key, directory).public)}"


VERBS = (backup, verify, restore, compact, export, import_, fingerprint, invite)
"""All verbs."""
