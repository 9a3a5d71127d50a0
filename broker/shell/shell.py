"""What all verbs of the shell have: the data directory, `--json`, and the exit codes."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from broker.exits import exits, fail
from broker.options.values import data_directory, data_option
from broker.shell.errors import NoBrokerError, RefusedError
from broker.shell.output import write_json, write_line
from messages.exits import Exit
from messages.program import lack_of_files
from messages.text import neutralise

if TYPE_CHECKING:
    from broker.core.memory.state import State
    from broker.shell.channel import Channel

_DURATION = re.compile(r"([1-9]\d{0,8})([smhdw])")
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}


@dataclass(frozen=True, slots=True)
class Shell:
    """The data directory of a verb, and whether it writes JSON."""

    directory: Path
    as_json: bool

    def channel(self) -> Channel:
        """Connect to the running broker. Raise NoBrokerError if there is none."""
        from broker.shell.channel import Channel  # noqa: PLC0415 - ZeroMQ takes long

        return Channel(self.directory)

    def state(self) -> State:
        """Return what the broker has stored, as of its last commit. Raise StoreError or StoreBroken."""
        from broker.core.memory.restore import restore  # noqa: PLC0415 - --help needs no database
        from broker.store.verbs.looking import load  # noqa: PLC0415

        return restore(load(self.directory))

    def say(self, sentence: str, **fields: object) -> None:
        """Write what was done: a sentence, or its fields as JSON."""
        if self.as_json:
            write_json([fields])
        else:
            write_line(neutralise(sentence))


_json = click.option("--json", "as_json", is_flag=True, help="Write JSON, one object a line.")


def verb(name: str, **settings: Any) -> Callable[[Callable[..., None]], click.Command]:
    """Make a verb from a function that gets a Shell and the values of its options.

    `settings` are click's context settings.
    """

    def make(work: Callable[..., None]) -> click.Command:
        @wraps(work)
        def run(data: Path | None, as_json: bool, **arguments: Any) -> None:
            given = data or click.get_current_context().find_root().params["data"]
            if lack := lack_of_files():
                fail(lack, Exit.CANNOT_START)
            with _exits():
                work(Shell(data_directory(given), as_json), **arguments)

        return click.command(name, context_settings=settings)(data_option(_json(run)))

    return make


@contextmanager
def _exits() -> Iterator[None]:
    """Exit with one sentence and a code instead of an exception."""
    with exits():
        try:
            yield
        except NoBrokerError as error:
            fail(str(error), Exit.CANNOT_CONNECT)
        except RefusedError as error:
            fail(str(error), Exit.REFUSED)


def confirm(question: str, *, yes: bool) -> None:
    """Ask a person at a terminal. Without a terminal, `--yes` must be given. Exit if the answer is no."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise click.UsageError("Without a terminal, confirm this with --yes.")
    try:
        sure = click.confirm(neutralise(question), err=True)
    except click.Abort:
        sys.exit(Exit.INTERRUPTED)
    if not sure:
        fail("nothing was changed", Exit.FAILED)


class Duration(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """A duration like 30m, 2h, 7d or 3w, in seconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the seconds."""
        if isinstance(value, int):
            return value
        found = _DURATION.fullmatch(str(value).lower())
        if found is None:
            self.fail(f"{value} is not a duration; write it like 30m, 2h, 7d or 3w", param, ctx)
        return int(found[1]) * _SECONDS[found[2]]
