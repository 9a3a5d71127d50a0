"""What programs write to stderr: one sentence, in which no given value can control the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from messages.text import neutralise


def tell(sentence: str) -> None:
    """Write a sentence to stderr."""
    click.echo(neutralise(sentence), err=True)


class SafeErrors(click.Command):
    """A command whose errors show control characters of the given values as escapes."""

    def make_context(self, *arguments: Any, **extra: Any) -> click.Context:
        """Parse the command line. Raise click.ClickException if it is wrong."""
        with _escaped():
            return super().make_context(*arguments, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command. Raise click.ClickException if it fails."""
        with _escaped():
            return super().invoke(ctx)


@contextmanager
def _escaped() -> Iterator[None]:
    try:
        yield
    except click.ClickException as error:
        error.message = neutralise(error.message)
        raise
