"""The verb `check-config`: what would keep a broker from starting with a settings file."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import click

from broker.exits import fail
from broker.options.checks import checked_options
from broker.options.options import Options
from broker.options.values import data_directory
from broker.security.keys import KEY_FILE, KeyFileError, load
from broker.shell.output import write_json
from broker.shell.shell import Shell
from messages.exits import Exit
from messages.sentences import tell


def check_config(shell: Shell, file: Path) -> None:
    """Check a settings file. Exit with 2 if it is wrong, with 3 if the broker could not start with it."""
    program = click.get_current_context().find_root().command
    try:
        with program.make_context("chat-broker", ["--config", str(file)]) as context:
            options = checked_options(context.params)
    except click.ClickException as error:
        _report(shell, file, [error.format_message()], Exit.USAGE)
    _report(shell, file, list(_problems(options)), Exit.CANNOT_START)


def _report(shell: Shell, file: Path, problems: list[str], code: Exit) -> None:
    """Write the outcome, and exit if there is a problem."""
    if shell.as_json:
        write_json([{"file": str(file), "problems": problems}])
    elif not problems:
        shell.say(f"{file} is right")
    else:
        for problem in problems[:-1]:
            tell(f"chat-broker: {problem}")
        fail(problems[-1], code)
    if problems:
        sys.exit(code)


def _problems(options: Options) -> Iterator[str]:
    """Yield in sentences what is missing on this machine, as far as it can be seen without a start."""
    if options.metrics and find_spec("prometheus_client") is None:
        yield "metrics needs prometheus_client; install chat-broker[metrics], or leave the option out"
    files = [options.log_file] if options.log_file else []
    if options.key and not os.access(options.key, os.F_OK):
        files.append(options.key)
    files += [Path(one.url.removeprefix("ipc://")) for one in options.bind if one.transport == "ipc"]
    for path in files:
        if not os.access(path.absolute().parent, os.W_OK | os.X_OK):
            yield f"{path} cannot be made; make its directory, writable for the user who runs the broker"
    if options.data and not _can_be_made(options.data):
        yield f"{options.data} cannot be used; make it, writable for the user who runs the broker"
    if options.memory and not options.key:
        return
    key = options.key or data_directory(options.data) / KEY_FILE
    if os.access(key, os.F_OK):
        try:
            load(key)
        except KeyFileError as error:
            yield str(error)


def _can_be_made(directory: Path) -> bool:
    """Tell whether the broker can write to a directory, or make it with those above it."""
    path = directory.absolute()
    existing = next(place for place in (path, *path.parents) if os.access(place, os.F_OK))
    return existing.is_dir() and os.access(existing, os.W_OK | os.X_OK)
