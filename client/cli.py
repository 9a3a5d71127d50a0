"""The command `chat-client`: its options and verbs, and how it ends."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from client.amending.cli import add_verbs, json_option
from client.option_types import CODE, CONVERSATION, ENDPOINT, NAME, TEXT, Seconds
from client.reading.cli import add_reading, numbers_option
from client.transferring.options import add_get, check_files, file_options
from messages.directories import base_directory
from messages.endpoints import DEFAULT_ENDPOINT, DEFAULT_PORT
from messages.exits import Exit
from messages.options import config_option
from messages.sentences import tell
from messages.settings import Readers, refuse_unknown_variables
from messages.text import neutralise
from messages.verb_group import VerbGroup
from messages.version import __version__

if TYPE_CHECKING:
    from client.start import Start


_SETTINGS = ("bell", "notices")
"""The options that /set knows too."""

_NAME_OF_LINKED = "linked"  # the broker ignores this name, and its welcome has the right one

_no_strip_option = click.option(
    "--no-strip",
    is_flag=True,
    help="Refuse lines of a pipe that have colours or other control sequences, instead of removing these.",
)


def _usual_file() -> Path | None:
    """Return the settings file that is read by default; None if there is no home directory."""
    with suppress(ValueError):
        return base_directory(os.environ, "XDG_CONFIG_HOME", ".config") / "chat-client" / "config.toml"
    return None


def _screen_keys() -> Readers:
    from client.screen.settings.table import readers  # noqa: PLC0415 - few files have them

    return readers()


@click.group(
    "chat-client",
    cls=VerbGroup,
    invoke_without_command=True,
    context_settings={"auto_envvar_prefix": "CHAT_CLIENT", "help_option_names": ["-h", "--help"]},
)
@click.option(
    "--connect",
    type=ENDPOINT,
    default=DEFAULT_ENDPOINT,
    show_default=True,
    metavar="ENDPOINT",
    help="The broker: chat://HOST:PORT?key=KEY, tcp://HOST:PORT, HOST:PORT or ipc://PATH. "
    f"Without a PORT it is {DEFAULT_PORT}.",
)
@click.option(
    "--identity",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The file of your key; it is made if it does not exist. By default identity.key in the XDG "
    "configuration directory.",
)
@click.option(
    "-n", "--name", type=NAME, metavar="NAME", help="Your name; on a terminal the client asks for it."
)
@click.option(
    "--timeout",
    type=Seconds(),
    default=5.0,
    show_default=True,
    metavar="SECONDS",
    help="Seconds to wait for a connection.",
)
@click.option(
    "--finish",
    type=Seconds(),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="At the end, seconds to wait for the next acceptance before giving up.",
)
@click.option(
    "--link",
    type=CODE,
    metavar="CODE",
    help="Log in as the user to whom /link showed this code on another device.",
)
@click.option(
    "--bell",
    type=click.Choice(["off", "direct", "mention", "all"]),
    default="mention",
    show_default=True,
    help="Ring for no message, for direct ones, also for those that mention you or have a keyword of yours, "
    "or for all, where you chose no level with /notify.",
)
@click.option(
    "--downloads",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    metavar="DIRECTORY",
    help="Where /get puts files; by default the current directory.",
)
@click.option(
    "--notices",
    type=click.Choice(["bell", "osc9", "osc777", "none"]),
    default="bell",
    show_default=True,
    help="How to ring: with the terminal's bell, with a notification of the desktop by OSC 9 or OSC 777 if "
    "the terminal has them, or not at all.",
)
@click.option(
    "--screen/--line",
    "screen",
    default=None,
    help="Chat in panes on the full screen, or line by line. By default there are panes if the extra tui is "
    "installed, on a terminal that can move its cursor.",
)
@click.option(
    "--mouse/--no-mouse",
    default=False,
    help="On the full screen, scroll with the wheel and choose with clicks; with Shift it selects text.",
)
@click.option(
    "--bot",
    is_flag=True,
    help="Log in as a bot: others see that a program writes, and its @all rings nowhere.",
)
@click.option("--no-typing", is_flag=True, help="Do not tell others that you type, whatever /typing says.")
@click.option(
    "--no-input-history",
    is_flag=True,
    help="Do not keep what you type on a terminal for the next start, nor drafts.",
)
@_no_strip_option
@numbers_option
@json_option
@click.option("-q", "--quiet", is_flag=True, help="Write no notices, but what was refused.")
@click.option(
    "-v",
    "--verbose",
    count=True,
    help="Write every document sent or received to stderr, with passwords and other secrets.",
)
@config_option(
    "chat-client",
    Path.read_bytes,
    help="The settings file; by default config.toml in the XDG configuration directory. Its keys are these "
    "options, and the settings that /set shows on the full screen.",
    usual=_usual_file,
    others=_screen_keys,
)
@click.version_option(__version__, prog_name="chat-client")
@click.pass_context
def main(ctx: click.Context, /, **options: Any) -> None:
    """Chat on a terminal, in a pipe or from a script.

    Without a verb, the client sends what you type or pipe in to #lobby, and writes what others say. /help
    lists the commands. Every option can also be set as CHAT_CLIENT_OPTION in the environment, or in the
    settings file. The command line overrides the environment, and the environment overrides the file.
    """
    refuse_unknown_variables(ctx, os.environ)
    ctx.obj = options
    if ctx.invoked_subcommand is None:
        _start(ctx).chat()


def _start(
    ctx: click.Context, *, as_json: bool = False, no_strip: bool = False, numbers: bool = False
) -> Start:
    from client.start import Start  # noqa: PLC0415 - --help and --version need no ZeroMQ

    options = ctx.find_root().obj
    if options["name"] is None and (options["link"] or options["connect"].link):
        options["name"] = _NAME_OF_LINKED
    if options["name"] is None and not os.isatty(0):
        raise click.UsageError("Give your name with --name NAME or CHAT_CLIENT_NAME.", ctx)
    return Start(
        endpoint=options["connect"],
        identity=options["identity"],
        name=options["name"],
        timeout=options["timeout"],
        finish=options["finish"],
        as_json=as_json or options["json"],
        quiet=options["quiet"],
        verbose=options["verbose"] > 0,
        link=options["link"],
        bell=options["bell"],
        notices=options["notices"],
        downloads=options["downloads"],
        screen=options["screen"],
        mouse=options["mouse"],
        keep_typed=not options["no_input_history"],
        bot=options["bot"],
        tell_typing=not options["no_typing"],
        strip=not (no_strip or options["no_strip"]),
        numbers=numbers or options["numbers"],
        config=options["config"]._replace(sources={name: _source(ctx, name) for name in _SETTINGS}),
    )


def _source(ctx: click.Context, option: str) -> str:
    source = ctx.find_root().get_parameter_source(option)
    return source.name if source else ""


add_verbs(main, _start)
add_get(main, _start, json_option)
add_reading(main, _start)


@main.command()
@click.argument("to", type=CONVERSATION)
@click.argument("text", type=TEXT, nargs=-1, metavar="TEXT...|-")
@file_options
@click.option("--reply-to", type=click.IntRange(1), metavar="N", help="Answer message N of the conversation.")
@_no_strip_option
@json_option
@click.pass_context
def send(
    ctx: click.Context,
    to: str,
    text: tuple[str, ...],
    files: tuple[str, ...],
    file_name: str,
    reply_to: int | None,
    no_strip: bool,
    json: bool,
) -> None:
    """Send TEXT to #room or @user. If TEXT is -, send each line of the standard input.

    With --file, the message has files; TEXT can be left out then. An upload that was interrupted goes on
    where it stopped if you repeat the command.

    Lines of the input are sent as a terminal would show them in the end: without colours, and with the last
    state of a progress bar.

    The command ends when the broker has accepted everything. The exit code is 0, or 6 if the broker has not
    confirmed everything.
    """
    if files or file_name:
        check_files(ctx, text, files, file_name)
        _start(ctx, as_json=json).send_files(to, " ".join(text), files, file_name, reply_to)
    if not " ".join(text).strip():
        raise click.UsageError("TEXT is empty; give a text, or - to send each line of the input.", ctx)
    said = None if text == ("-",) else " ".join(text)
    _start(ctx, as_json=json, no_strip=no_strip).send(to, said, reply_to)


@main.command()
@click.pass_context
def keygen(ctx: click.Context) -> None:
    """Show the fingerprint of your key; a key is made if there is none."""
    from client.keys import KeyFileError, identity_file, load_or_make  # noqa: PLC0415
    from messages.keys import fingerprint  # noqa: PLC0415

    try:
        file = identity_file(ctx.find_root().params["identity"])
        click.echo(f"Your key is {fingerprint(load_or_make(file).public)}, kept in {neutralise(str(file))}")
    except KeyFileError as error:
        tell(f"chat-client: {error}")
        sys.exit(Exit.FAILED)


@main.command()
@json_option
@click.pass_context
def link(ctx: click.Context, json: bool) -> None:
    """Show a code with which another device logs in as you.

    There, run chat-client --connect HOST:PORT --link CODE.
    """
    _start(ctx, as_json=json).link_device()
