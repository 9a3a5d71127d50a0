"""The process of `chat-client`: session, connection and screen put together, signals, exit codes."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import NoReturn

from client import verbs
from client.core.files.ports import Source as FileToSend
from client.core.options import NOT_LISTENING, Credentials, Listening
from client.core.person.notices import Level
from client.core.session import Session
from client.editor.history_file import usual_history_file
from client.exits import ClientExit, end_with, refusable, tell_end, unconfirmed, with_unsent
from client.line.editing import line_editor
from client.line.mode import LineMode
from client.line.screen import Screen
from client.screen.available import NO_USE, choose, prepare
from client.screen.tty.curtain import Mode, drawn_curtain, widths_of
from client.transferring import verbs as file_verbs
from client.transport.connection import Connection
from client.transport.link import new_session
from client.trust import BrokerChangedError, Trust, find_trust
from client.verb_session import VerbSession
from client.views.highlight import Means, Ringer, shows_markup, styles
from client.views.reader import Source
from client.views.shutdown import LEAVING_SIGNALS, Timeouts, leaving_signals
from messages.endpoints import Endpoint
from messages.exits import Exit
from messages.names import LOBBY, parse_user
from messages.options import NO_FILE, SettingsFile
from messages.program import lack_of_files
from messages.text import neutralise

_STDIN = 0


def _asked_name() -> str:
    """Ask the person at the terminal for a name."""
    try:
        return parse_user(input("Name: ").strip()).shown
    except (EOFError, ValueError) as error:
        why = str(error) if isinstance(error, ValueError) else "no name is given"
        raise ClientExit(Exit.USAGE, f"{why}; give one with --name NAME") from None


def _leave(_number: int, _frame: object) -> NoReturn:
    raise ClientExit(Exit.DONE)


@dataclass(frozen=True, slots=True)
class Start:
    """The command's options, and a method for each verb. Each method ends the process."""

    endpoint: Endpoint
    identity: Path | None
    name: str | None
    timeout: float
    finish: float
    as_json: bool
    quiet: bool
    verbose: bool
    link: str | None = None
    bell: str = "mention"
    notices: str = "bell"
    strip: bool = True
    keep_typed: bool = True
    bot: bool = False
    numbers: bool = False
    tell_typing: bool = True
    downloads: Path = Path()
    screen: bool | None = None
    mouse: bool = False
    config: SettingsFile = NO_FILE

    def chat(self) -> NoReturn:
        """Run the full screen if it is possible and not refused, else line mode."""
        shown, told = choose(self.screen, os.environ, plain=self.as_json or self.quiet or self.verbose)
        if shown:
            told = self._show()
        if told:
            tell_end(told)
        listening = Listening(brief=sys.stdout.isatty() and not self.as_json)
        silent = not sys.stdin.isatty()
        session = new_session(
            self.name or "", credentials=self._credentials, listening=listening, unannounced=silent
        )

        def run() -> Exit:
            kept = usual_history_file(os.environ) if self.keep_typed else None
            with line_editor(_STDIN, session, kept) as terminal, leaving_signals() as signals_fd:
                screen = Screen(
                    *(sys.stdout, sys.stderr),
                    terminal=terminal,
                    as_json=self.as_json,
                    quiet=self.quiet,
                    styles=styles(os.environ),
                    ringer=Ringer(Means(self.notices), os.environ),
                    markup=shows_markup(os.environ),
                )
                timeouts, bell = Timeouts(self.timeout, self.finish), Level(self.bell)
                connect = partial(self._connect, screen, told=sys.stdin.isatty())
                source = Source(_STDIN, strips=self.strip)
                if kept and terminal:
                    source = replace(source, keep=kept.add)
                    if kept.trouble:
                        screen.notice(kept.trouble)
                session.allow_typing(on=self.tell_typing)
                needed = (session, connect, screen, source, timeouts, signals_fd)
                mode = LineMode(*needed, bell=bell, downloads=self.downloads)
                mode.show_numbers(on=self.numbers)
                return mode.run()

        end_with(run)

    def _show(self) -> str:
        """Run the full screen, and end; return why not if Textual is one that it cannot use."""
        prepare(os.environ)
        gc.disable()  # until the first paint: what is imported stays

        def run() -> Exit:
            with drawn_curtain(
                f"{LOBBY}> " if self.name else "Name: ", widths_of(self.config.others)
            ) as mode:
                end = shown(mode)
            raise end

        def shown(mode: Mode | None) -> ClientExit:
            from client.screen.model.draft_file import usual_draft_file  # noqa: PLC0415 - only for this
            from client.screen.run import make_screen, run_screen  # noqa: PLC0415 - Textual takes long

            notices: list[str] = []
            trust, refusal = refusable(partial(self._find_trust, notices.append))
            heard = Listening(brief=True, changes=True)
            session = new_session(self.name or "", credentials=self._credentials, listening=heard)
            session.allow_typing(on=self.tell_typing)
            broker = trust.broker_key if trust else self.endpoint.url
            screen = make_screen(
                session,
                self.endpoint.url,
                trust,
                refusal,
                timeouts=Timeouts(self.timeout, self.finish),
                ringer=Ringer(Means(self.notices), os.environ),
                bell=Level(self.bell),
                kept=usual_history_file(os.environ) if self.keep_typed else None,
                drafts=usual_draft_file(os.environ, broker) if self.keep_typed else None,
                downloads=self.downloads,
                notices=notices,
                config=self.config,
                mouse=self.mouse,
            )
            screen.host.show_numbers(on=self.numbers)
            screen.mode_before = mode
            return run_screen(screen, mouse=self.mouse)

        with suppress(ImportError):
            end_with(run)
        gc.enable()
        return NO_USE

    def send(self, to: str, text: str | None, reply_to: int | None = None) -> NoReturn:
        """Send a text, or each line of the standard input."""
        source = Source(_STDIN, strips=self.strip)
        self.run(lambda verb: verbs.send(verb, to, text, source, self.finish, reply_to), reads=False)

    def send_files(
        self, to: str, text: str, paths: Sequence[str], name: str, reply_to: int | None
    ) -> NoReturn:
        """Send a message with files."""
        sources: list[FileToSend | None] = []
        self.run(
            lambda verb: file_verbs.send_files(verb, to, text, sources, name, self.finish, reply_to),
            reads=False,
            check=lambda: sources.extend(file_verbs.open_sources(paths, name)),
        )

    def get(self, conversation: str, seq: int, number: int | None, output: str | None) -> NoReturn:
        """Get the files of a message."""
        self.run(
            lambda verb: file_verbs.get(verb, conversation, seq, number, output, self.finish),
            check=partial(file_verbs.check_output, output),
        )

    def tail(self, conversation: str, count: int | None) -> NoReturn:
        """Write messages as they come."""
        self.run(lambda verb: verbs.tail(verb, conversation, count), only=conversation)

    def history(
        self, conversation: str, limit: int | None, since: int | None, thread: int | None
    ) -> NoReturn:
        """Write the last messages, those since a time, or a thread."""
        self.run(lambda verb: verbs.history(verb, conversation, limit, since, thread))

    def search(self, query: dict[str, object], limit: int) -> NoReturn:
        """Write the messages found."""
        self.run(lambda verb: verbs.search(verb, query, limit))

    def who(self, room: str | None) -> NoReturn:
        """Write who is online."""
        self.run(lambda verb: verbs.who(verb, room))

    def members(self, room: str) -> NoReturn:
        """Write the members of a room."""
        self.run(lambda verb: verbs.members(verb, room))

    def link_device(self) -> NoReturn:
        """Show a code for another device."""
        self.run(verbs.link)

    def run(
        self,
        work: Callable[[VerbSession], Exit],
        *,
        only: str | None = None,
        reads: bool = True,
        check: Callable[[], None] = lambda: None,
    ) -> NoReturn:
        """Run a verb in a session that takes in `only` one conversation, or an unannounced one for none.

        If the verb only `reads`, it ends when nobody reads its output any more. `check` comes first, before
        there is a connection.
        """

        def run() -> Exit:
            check()
            name = self.name or _asked_name()
            listening = NOT_LISTENING if only is None else Listening(only=only)
            session = new_session(
                name, credentials=self._credentials, listening=listening, unannounced=only is None
            )
            streams, markup = (sys.stdout, sys.stderr), shows_markup(os.environ)
            screen = Screen(*streams, as_json=self.as_json, quiet=self.quiet, markup=markup)
            connection = self._connect(screen, session)
            verb = VerbSession(session, connection, screen, screen.pipe if reads else -1)
            verb.numbers = self.numbers
            for number in LEAVING_SIGNALS:
                signal.signal(number, _leave)
            try:
                verb.begin(self.timeout)
                code = work(verb)
                connection.log_out(self.timeout)
                return code
            except BaseException as end:
                connection.log_out()
                connection.close(linger=0)
                raise with_unsent(end, unconfirmed(len(session.unaccepted))) from None
            finally:
                connection.close()

        end_with(run)

    @property
    def _credentials(self) -> Credentials:
        link = self.link or self.endpoint.link or None
        return Credentials(link=link, invite=self.endpoint.invite or None, bot=self.bot)

    def _connect(self, screen: Screen, session: Session, *, told: bool = False) -> Connection:
        """Begin to connect. If it is `told`, the person sees where to."""

        def trace(direction: str, frame: bytes) -> None:
            for line in frame.decode(errors="replace").split("\n"):
                screen.notice(f"{direction} {neutralise(line)}")

        trust = self._find_trust(screen.notice)
        if told and screen.terminal:
            screen.terminal.ask(f"Connecting to {neutralise(self.endpoint.url)}… ")
        elif told and screen.is_told:
            screen.notice(f"Connecting to {neutralise(self.endpoint.url)}…")
        return Connection(session, self.endpoint.url, trace=trace if self.verbose else None, trust=trust)

    def _find_trust(self, notice: Callable[[str], None]) -> Trust | None:
        """Return whom to trust at the endpoint; None without encryption. Tell what the person should know."""
        if lack := lack_of_files():
            raise ClientExit(Exit.CANNOT_START, lack)
        try:
            trust = find_trust(self.endpoint, self.identity)
        except BrokerChangedError as error:
            raise ClientExit(Exit.REFUSED, str(error)) from None
        if trust and trust.news:
            notice(trust.news)
        if trust is None and not self.endpoint.local:
            notice(
                f"The connection to {self.endpoint.url} is not encrypted: others can read and change it, "
                "and another broker may answer; ask the operator for a chat:// address."
            )
        return trust
