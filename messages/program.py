"""A program's command: its streams are UTF-8, and it ends with a sentence if it cannot write its output."""

from __future__ import annotations

import errno
import io
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from traceback import walk_tb
from typing import IO, Any

import click

from messages.exits import Exit
from messages.sentences import tell
from messages.text import neutralise

_OF_WRITING = {errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EFBIG, errno.EBADF, errno.EPIPE}


LEAST_FILES = 32
"""With fewer open files ZeroMQ would abort."""


class Program(click.Command):
    """A command that a person starts. All of its text is UTF-8, whatever the locale is.

    Its errors show control characters of the given values as escapes.
    """

    def make_context(self, *arguments: Any, **extra: Any) -> click.Context:
        """Parse the command line. Raise click.ClickException if it is wrong."""
        with _escaped():
            return super().make_context(*arguments, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command. Raise click.ClickException if it fails."""
        with _escaped():
            return super().invoke(ctx)

    def main(self, *arguments: Any, **options: Any) -> Any:
        """Run it, and exit the process. If the output cannot be written, say so and exit with 1."""
        _open_closed_streams()
        _use_utf8()
        try:
            return super().main(*arguments, **options)
        except OSError as error:
            if not (_is_of_writing(error) and _comes_from_echo(error)):
                raise
            with suppress(OSError):
                tell(f"{self.name}: {os_error_text(error)}")
            drop_unwritten()
            sys.exit(Exit.FAILED)


@contextmanager
def _escaped() -> Iterator[None]:
    try:
        yield
    except click.ClickException as error:
        error.message = neutralise(error.message)  # type: ignore[misc,unused-ignore]  # what click shows
        raise


def lack_of_files() -> str:
    """Return a sentence for people if this process may open too few files for ZeroMQ, else nothing."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if limit >= LEAST_FILES:
        return ""
    return f"this process may open only {limit} files; allow at least {LEAST_FILES} (ulimit -n)"


def os_error_text(error: OSError) -> str:
    """Return a clause for people. It names the standard output if that cannot be written."""
    text = error.strerror or str(error)
    return f"cannot write to standard output: {text}" if _is_of_writing(error) else text


def _is_of_writing(error: OSError) -> bool:
    return error.filename is None and error.errno in _OF_WRITING


def _comes_from_echo(error: OSError) -> bool:
    """Whether an error was raised while click wrote something."""
    modules = (frame.f_globals.get("__name__") for frame, _line in walk_tb(error.__traceback__))
    return click.utils.__name__ in modules


def _open_closed_streams() -> None:
    """Let each standard stream that is closed lead nowhere. Else Python has None in its place.

    Opened in this order they get the descriptors 0 to 2, so no socket or database gets one of these.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open("/dev/null", mode))  # noqa: SIM115, PTH123 - until the end


def _use_utf8() -> None:
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            written = stream is not sys.stdin
            stream.reconfigure(encoding="utf-8", errors="backslashreplace" if written else "surrogateescape")


def drop_unwritten() -> None:
    """Close each standard stream that cannot be written, else Python would fail at it when it ends."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            buffer: IO[bytes] = stream.buffer
            getattr(buffer, "raw", buffer).close()  # what is written then goes nowhere
