"""Line mode: sends typed or piped lines, and writes events line by line."""

from __future__ import annotations

import os
import select
import time
from collections.abc import Callable, Sequence

from client.commands import COMMANDS
from client.commands.registry import Run, Say, SlashCommand, Unknown, UsageError
from client.core.events import ClientEvent, Ended, LoggedIn, Replied, SendFailed
from client.core.session import Session, SessionState
from client.editor.inputs import Clear, EndOfInput, Interrupt, TypedLine
from client.exits import ClientExit, not_welcomed, refuse_impostor, session_ended, unconfirmed
from client.line.complaints import Complaints, sentence
from client.line.display import Display
from client.line.progress import GATHER_SECONDS
from client.line.questions import Questions
from client.line.reader import LineReader
from client.line.screen import Screen
from client.line.shutdown import Shutdown, Timeouts, asked_to_leave
from client.text.render import Line
from client.transport.connection import Connection
from messages.errors import ErrorCode
from messages.events import Goodbye, System, SystemKind
from messages.exits import Exit
from messages.fields import for_people
from messages.names import LOBBY, parse_user
from messages.replies import Done, Error, RoomState
from messages.requests import Join, Leave

_MOST_UNANSWERED = 1_000
"""Input is not read while this many requests have no reply."""

_NAME_PROMPT = "Name: "


class LineMode:
    """A view of one session in lines. It is a `CommandHost` for the slash commands.

    `signals_fd` delivers a byte with the number of each signal.
    """

    def __init__(
        self,
        session: Session,
        connect: Callable[[Session], Connection],
        screen: Screen,
        input_fd: int,
        timeouts: Timeouts,
        signals_fd: int = -1,
    ) -> None:
        self.session = session
        self._display = Display(session, screen)
        self._connect = connect
        self._connection: Connection | None = None
        self._screen = screen
        self._fd = input_fd
        self._interactive = os.isatty(input_fd)
        self._reader = LineReader(input_fd)
        self._timeouts = timeouts
        self._signals_fd = signals_fd
        self._signal_fds = [signals_fd] if signals_fd >= 0 else []
        self._questions = Questions()
        self._input_open = True
        self._shutdown: Shutdown | None = None
        self._welcomed = False
        self._welcome_by: float | None = None
        self._failed = False
        self._complaints = Complaints(screen.notice, endless=self._interactive)
        self._exit: Exit | None = None

    # The host of commands

    @property
    def here(self) -> str:
        """The conversation that plain text goes to."""
        return self._display.here

    def say(self, to: str, text: str) -> None:
        """Send a message. If there is no connection, say that it is kept."""
        self._display.sending(self.session.send(to, text))
        if self.session.state is SessionState.OFFLINE and self._welcomed:
            self._screen.notice("Kept; it will be sent when the broker is back.")

    def show(self, text: str) -> None:
        """Show a result."""
        self._screen.write([Line(text, data=True)], None)

    def question(self, prompts: Sequence[str], then: Callable[..., None], *, secret: bool = False) -> None:
        """Show the prompts one after the other. Raise UsageError if there is no terminal.

        Raise ValueError if others could read a secret on the connection, as the broker takes none there.
        """
        if not self._interactive:
            raise UsageError
        if secret and self._connection and not self._connection.link.is_private:
            raise ValueError(ErrorCode.NO_KEY.sentence)
        self._questions.ask(prompts, then, secret=secret)
        self._prompt()

    def log_in(self, name: str) -> None:
        """Log in as another user, or again after a refusal."""
        parse_user(name)
        self.session.logout()
        self.session.login(name)
        self._display.here = LOBBY

    def go(self, conversation: str) -> None:
        """Send plain text to another conversation from now on."""
        self._display.here = conversation
        self._prompt()

    def clear(self) -> None:
        """Clear the screen."""
        self._screen.clear()

    def quit(self) -> None:
        """Wait until the broker has accepted everything, log out and end."""
        self._input_open = False
        self._display.leaving = True
        self._shutdown = Shutdown(self._timeouts.finish, self.session.unanswered)

    # The loop

    def run(self) -> Exit:
        """Serve until the input ends or the person leaves. Return the exit code, or raise ClientExit."""
        try:
            if self.session.name:
                self._open()
            else:
                self.question([_NAME_PROMPT], self._named)
            while self._exit is None:
                self._turn()
            return self._exit
        finally:
            self._reader.echo(True)
            if self._connection:
                self._connection.close()

    def _open(self) -> None:
        """Begin to connect, and start the timeout for the welcome."""
        if self._connection is None:
            self._connection = self._connect(self.session)
        self._welcome_by = time.monotonic() + self._timeouts.connect

    def _turn(self) -> None:
        listening = list(self._signal_fds)
        early = self._welcome_by is not None and not self._interactive  # a pipe can wait
        if self._input_open and not early and self.session.unanswered < _MOST_UNANSWERED:
            listening.append(self._fd)
        ready = self._wait(listening)
        shown = self._display.take_shown() if self._fd in ready else {}
        self._take_events()
        if self._signals_fd in ready and asked_to_leave(self._signals_fd):
            self.quit()
        if self._fd in ready:
            self._take_input()
            self._mark_read(shown)
        self._display.write_progress()
        self._check_connection()
        self._check_end()

    def _check_connection(self) -> None:
        if self._connection is None:
            return
        refuse_impostor(self._connection.link)
        if self._welcome_by is not None and time.monotonic() > self._welcome_by:
            raise not_welcomed(self._connection.link, self.session.login_error)

    def _wait(self, listening: list[int]) -> set[int]:
        if self._connection is None:  # without a name yet, there is only the terminal
            return set(select.select(listening, [], [])[0])
        soon = self._display.gathers or self._shutdown is not None or self._welcome_by is not None
        return self._connection.turn(GATHER_SECONDS if soon else 60.0, listening)

    def _check_end(self) -> None:
        if self._shutdown is None:
            return
        late = self._shutdown.is_late(self.session.unanswered)
        waiting = self.session.unanswered or (self._welcome_by is not None and not self._interactive)
        if waiting and not late:
            return
        if self.session.state is SessionState.READY and not late:
            self.session.logout()
        elif self.session.state is not SessionState.LOGGING_OUT or late:
            self._end()

    def _end(self) -> None:
        self._complaints.end()
        unsure = self.session.unaccepted
        if unsure:
            raise ClientExit(Exit.NOT_CONFIRMED, unconfirmed(len(unsure)))
        self._exit = Exit.NOT_CONFIRMED if self._failed and not self._interactive else Exit.DONE

    # Input

    def _take_input(self) -> None:
        terminal = self._screen.terminal
        if terminal is None:
            for line in self._reader.read() or ():
                self._typed(line, pasted=False)
            if self._reader.ended:
                self.quit()
            return
        for typed in terminal.read():
            match typed:
                case TypedLine():
                    self._typed(typed.text, pasted=typed.pasted)
                case EndOfInput():
                    self.quit()
                case Interrupt(again):
                    self._interrupted(again=again)
                case Clear():
                    terminal.clear()

    def _interrupted(self, *, again: bool) -> None:
        if self._questions.prompt not in (None, _NAME_PROMPT):
            self._questions.cancel()
            self._prompt()
        elif again:
            raise ClientExit(Exit.INTERRUPTED)
        else:
            self._screen.notice("Press Ctrl-C again to leave, or Ctrl-D.")

    def _mark_read(self, shown: dict[str, int]) -> None:
        """Mark the messages on the screen at a key press as read, because then a person is present."""
        gone = self._screen.terminal.gone if self._screen.terminal else self._reader.ended
        if self._interactive and self._screen.is_watched and not gone:
            for conversation, seq in shown.items():
                self.session.read(conversation, seq)

    def _typed(self, line: str, *, pasted: bool) -> None:
        if self._questions.prompt:
            self._answer(line)
            return
        try:
            match COMMANDS.interpret(line, pasted=pasted):
                case Say(text):
                    self.say(self.here, text)
                case Run(command, argument):
                    self._run(command, argument)
                case Unknown() as unknown:
                    self._complain(unknown.sentence)
        except ValueError as error:
            self._complain(f"Not sent: {for_people(error)}.")

    def _run(self, command: SlashCommand, argument: str) -> None:
        try:
            command.handler(self, argument)
        except UsageError:
            self._complain(f"Usage: {command.usage}")
        except ValueError as error:
            self._complain(sentence(error))

    def _complain(self, text: str) -> None:
        self._failed = True
        self._complaints.add(text)

    def _answer(self, line: str) -> None:
        try:
            self._questions.answer(line)
        except (ValueError, UsageError) as error:
            wrong = f"Not valid: {for_people(error)}." if isinstance(error, ValueError) else ""
            self._screen.notice(wrong or "An answer is missing.")
            if self._connection is None or self.session.state is SessionState.STRANGER:
                self._questions.ask([_NAME_PROMPT], self._named)
        self._prompt()

    def _prompt(self) -> None:
        asked, secret = self._questions.prompt, self._questions.is_secret
        if self._screen.terminal:
            self._screen.terminal.ask(asked or f"{self.here}> ", secret=secret)
            return
        self._reader.echo(not secret)
        if asked:
            self._screen.prompt(asked)

    def _named(self, name: str) -> None:
        self.session.login(name)
        self._open()

    # Events

    def _take_events(self) -> None:
        while (event := self.session.next_event()) is not None:
            if self._interactive or not isinstance(event, Ended):  # else the last sentence says it
                self._display.show(event)
            self.session.handed_over(event)
            self._react(event)

    def _react(self, event: ClientEvent) -> None:
        match event:
            case LoggedIn():
                self._welcomed, self._welcome_by = True, None
                self._prompt()
            case Ended(reason):
                if not self._interactive or isinstance(reason, Goodbye):
                    raise session_ended(event)
                self._welcome_by = None
                self.question([_NAME_PROMPT], self._named)
            case SendFailed():
                self._failed = True
            case System(kind=SystemKind.KICKED | SystemKind.BANNED, room=room) if (
                room == self.here and event.user == self.session.name
            ):
                self.go(LOBBY)
            case Replied(Join(), RoomState() as room):
                self.go(room.room)
            case Replied(Leave(room=room), Done()) if room == self.here:
                self.go(LOBBY)
            case Replied(Join(room=room), Error()) if room == self.here and self._interactive:
                self.go(LOBBY)
