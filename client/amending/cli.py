"""The arguments and options of the verbs about messages that were sent earlier."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import click

from client.option_types import CONVERSATION, TEXT
from client.shorthand.shortcodes import with_emoji
from messages.fields import for_people

if TYPE_CHECKING:
    from client.start import Start

MakeStart = Callable[..., "Start"]
"""Returns what starts a verb, from the context and the options that all verbs have."""

json_option = click.option("--json", is_flag=True, help="Write one JSON document a line.")
_conversation = click.argument("conversation", type=CONVERSATION)
_number = click.argument("number", type=click.IntRange(1), metavar="N")


def add_verbs(main: click.Group, start: MakeStart) -> None:
    """Add the verbs to the command."""
    for make in (_edit, _delete, _react, _pins):
        main.add_command(make(start))


def _edit(start: MakeStart) -> click.Command:
    @click.command()
    @_conversation
    @_number
    @click.argument("text", type=TEXT, nargs=-1, required=True, metavar="TEXT...|-")
    @click.option(
        "--no-strip", is_flag=True, help="Refuse an input that has colours, instead of removing these."
    )
    @json_option
    @click.pass_context
    def edit(
        ctx: click.Context, conversation: str, number: int, text: tuple[str, ...], no_strip: bool, json: bool
    ) -> None:
        """Replace the text of your message N in #room or @user.

        If TEXT is -, all of the standard input is the new text. N is the number that history --numbers
        shows. The exit code is 1 if the broker refuses, for example because the message is not yours.
        """
        from client.amending import verbs  # noqa: PLC0415 - --help needs no ZeroMQ

        if not " ".join(text).strip():
            raise click.UsageError("TEXT is empty; give a text, or - to read the standard input.", ctx)
        new = None if text == ("-",) else " ".join(text)
        begun = start(ctx, as_json=json, no_strip=no_strip)
        begun.run(
            partial(verbs.edit, conversation=conversation, seq=number, text=new, strips=begun.strip),
            reads=False,
        )

    return edit


def _delete(start: MakeStart) -> click.Command:
    @click.command()
    @_conversation
    @_number
    @json_option
    @click.pass_context
    def delete(ctx: click.Context, conversation: str, number: int, json: bool) -> None:
        """Delete the text of message N in #room or @user.

        Moderators of a room can delete the messages of others too.
        """
        from client.amending import verbs  # noqa: PLC0415

        work = partial(verbs.delete, conversation=conversation, seq=number)
        start(ctx, as_json=json).run(work, reads=False)

    return delete


def _react(start: MakeStart) -> click.Command:
    @click.command()
    @_conversation
    @_number
    @click.argument("reaction", type=TEXT)
    @click.option("--off", is_flag=True, help="Take the reaction back.")
    @json_option
    @click.pass_context
    def react(
        ctx: click.Context, conversation: str, number: int, reaction: str, off: bool, json: bool
    ) -> None:
        """React to message N in #room or @user.

        REACTION is one emoji, its shortcode such as :tada:, or 1 to 16 characters without spaces.
        """
        from client.amending import verbs  # noqa: PLC0415

        try:
            emoji = with_emoji(reaction)
        except ValueError as error:
            raise click.UsageError(f"{for_people(error)}.", ctx) from None
        work = partial(verbs.react, conversation=conversation, seq=number, reaction=emoji, on=not off)
        start(ctx, as_json=json).run(work, reads=False)

    return react


def _pins(start: MakeStart) -> click.Command:
    @click.command()
    @_conversation
    @json_option
    @click.pass_context
    def pins(ctx: click.Context, conversation: str, json: bool) -> None:
        """Write the pinned messages of #room or @user, the latest pin first."""
        from client.amending import verbs  # noqa: PLC0415

        start(ctx, as_json=json).run(partial(verbs.pins, conversation=conversation))

    return pins
