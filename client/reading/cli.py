"""The arguments and options of the verbs that only read: messages, and who is there."""

from __future__ import annotations

from datetime import datetime

import click

from client.amending.cli import MakeStart, json_option
from client.option_types import CONVERSATION, ROOM, TEXT, TIME
from client.when import FORMS
from messages.fields import for_people

numbers_option = click.option(
    "--numbers", is_flag=True, help="Write the number of each message, for /reply and other commands."
)


def add_reading(main: click.Group, start: MakeStart) -> None:
    """Add the verbs to the command."""
    for make in (_tail, _history, _search, _who, _members):
        main.add_command(make(start))


def _tail(start: MakeStart) -> click.Command:
    @click.command()
    @click.argument("conversation", type=CONVERSATION)
    @click.option("--count", type=click.IntRange(1), metavar="N", help="End after N messages.")
    @numbers_option
    @json_option
    @click.pass_context
    def tail(ctx: click.Context, conversation: str, count: int | None, numbers: bool, json: bool) -> None:
        """Write the messages of #room or @user as they come, first those missed since last time."""
        start(ctx, as_json=json, numbers=numbers).tail(conversation, count)

    return tail


def _history(start: MakeStart) -> click.Command:
    @click.command()
    @click.argument("conversation", type=CONVERSATION)
    @click.option(
        "--limit",
        type=click.IntRange(1),
        metavar="N",
        help="How many messages; 50, or all with --since or --thread.",
    )
    @click.option("--since", type=TIME, metavar="TIME", help=f"Only messages from TIME on. TIME: {FORMS}.")
    @click.option(
        "--thread",
        type=click.IntRange(1),
        metavar="N",
        help="Only message N and all that answers it, from the first on.",
    )
    @numbers_option
    @json_option
    @click.pass_context
    def history(
        ctx: click.Context,
        conversation: str,
        limit: int | None,
        since: int | None,
        thread: int | None,
        numbers: bool,
        json: bool,
    ) -> None:
        """Write the last messages of #room or @user, or those since a time.

        The client joins a room if reading it requires membership.
        """
        if thread is not None and since is not None:
            raise click.UsageError("Give --thread or --since, not both.", ctx)
        start(ctx, as_json=json, numbers=numbers).history(conversation, limit, since, thread)

    return history


def _search(start: MakeStart) -> click.Command:
    @click.command()
    @click.argument("words", type=TEXT, nargs=-1, required=True)
    @click.option(
        "--limit",
        type=click.IntRange(1),
        default=50,
        show_default=True,
        metavar="N",
        help="How many messages.",
    )
    @json_option
    @click.pass_context
    def search(ctx: click.Context, words: tuple[str, ...], limit: int, json: bool) -> None:
        """Write the latest messages that have all the WORDS.

        word* finds all words that begin with word. WORDS can contain from:NAME, in:#room or in:@user,
        before:TIME and after:TIME. A TIME is like 2026-11-20, 12:30, 2h, 7d or yesterday. The exit code is 1
        if there are no such messages.
        """
        from client.query import join_words, parse_query  # noqa: PLC0415 - the other verbs do not need it

        try:
            query = parse_query(join_words(words), datetime.now())
        except ValueError as error:
            raise click.UsageError(f"{for_people(error)}.", ctx) from None
        start(ctx, as_json=json).search(query, limit)

    return search


def _who(start: MakeStart) -> click.Command:
    @click.command()
    @click.argument("room", type=ROOM, required=False)
    @json_option
    @click.pass_context
    def who(ctx: click.Context, room: str | None, json: bool) -> None:
        """List who is online, in the chat or in a room."""
        start(ctx, as_json=json).who(room)

    return who


def _members(start: MakeStart) -> click.Command:
    @click.command()
    @click.argument("room", type=ROOM)
    @json_option
    @click.pass_context
    def members(ctx: click.Context, room: str, json: bool) -> None:
        """List the members of a room that you are in, also those who are not online."""
        start(ctx, as_json=json).members(room)

    return members
