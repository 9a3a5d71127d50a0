"""The options of the verbs that move files, and the command `get`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NoReturn, Protocol, TypeVar

import click

from client.option_types import CONVERSATION, TEXT
from messages.limits import MAX_FILES, MAX_SEQ

_Function = TypeVar("_Function", bound=Callable[..., Any])


class _Start(Protocol):
    """What gets files: `client.start.Start`."""

    def get(self, conversation: str, seq: int, number: int | None, output: str | None) -> NoReturn: ...


class _Starts(Protocol):
    def __call__(self, ctx: click.Context, *, as_json: bool = False) -> _Start: ...


def file_options(command: _Function) -> _Function:
    """Add the options of `send` for files."""
    with_name = click.option(
        "--file-name",
        type=TEXT,
        default="",
        metavar="NAME",
        help="Show this name of the file to others; of the standard input it is stdin otherwise.",
    )(command)
    return click.option(
        "--file",
        "files",
        type=TEXT,
        multiple=True,
        metavar="PATH",
        help=f"Send this file, or the standard input if PATH is -. Up to {MAX_FILES} times.",
    )(with_name)


def check_files(ctx: click.Context, text: Sequence[str], files: Sequence[str], name: str) -> None:
    """Raise a UsageError if these cannot be one message."""
    if text == ("-",):
        raise click.UsageError("TEXT - sends lines; leave it out, or give a text, if there is a --file.", ctx)
    if files.count("-") > 1:
        raise click.UsageError("The standard input can be one --file only.", ctx)
    if len(files) > MAX_FILES:
        raise click.UsageError(f"A message has at most {MAX_FILES} files.", ctx)
    if name and len(files) != 1:
        raise click.UsageError("--file-name goes with exactly one --file.", ctx)


def add_get(main: click.Group, start: _Starts, json_option: Callable[[Any], Any]) -> None:
    """Add the command `get`."""

    @main.command()
    @click.argument("conversation", type=CONVERSATION)
    @click.argument("number", type=click.IntRange(1, MAX_SEQ), metavar="N")
    @click.option(
        "--file", "file", type=click.IntRange(1, MAX_FILES), metavar="K", help="Only file K of the message."
    )
    @click.option(
        "-o",
        "--output",
        type=TEXT,
        metavar="PATH",
        help="Write the file to PATH, which must not exist, or to the standard output if PATH is -.",
    )
    @json_option
    @click.pass_context
    def get(
        ctx: click.Context, conversation: str, number: int, file: int | None, output: str | None, json: bool
    ) -> None:
        """Get the files of message N of #room or @user into the current directory.

        A file gets the name that its sender gave it, made safe. If that name is taken, it gets a number, as
        in plan (2).pdf. Nothing is overwritten. The path is written to the standard output.

        A file has its name only when it is whole and its hash is right. Before, it is NAME.….part. If you
        repeat an interrupted command, it goes on where it stopped.
        """
        start(ctx, as_json=json).get(conversation, number, file, output)
