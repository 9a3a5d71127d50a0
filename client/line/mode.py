"""Line mode: sends typed or piped lines, and writes events line by line."""

from __future__ import annotations

import os
import select
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from client.commands.registry import UsageError
from client.core.events import ClientEvent, Ended, LoggedIn, is_refusal
from client.core.person.notices import Level
from client.core.session import Session, SessionState
from client.exits import ClientExit, refuse_impostor, session_ended, with_unsent
from client.line.arrival import Arrival
from client.line.display import GATHER_SECONDS
from client.line.host import LineHost
from client.line.screen import Screen
from client.transport.connection import Connection
from client.views.reader import Source
from client.views.shutdown import Shutdown, Timeouts, Unsent, asked_to_leave, is_silent
from client.views.typed import MOST_WAITING, TypedLines
from messages.errors import ErrorCode
from messages.events import Goodbye
from messages.exits import Exit

_MOST_UNANSWERED = 1_000
"""Input is not read while this many requests have no reply."""

_NAME_PROMPT = "Name: "
_NO_PLACE = "You are in no room now. What you type is not sent until you have chosen one with /join ROOM."


class LineMode(LineHost):
    """A view of one session in lines. It is a `CommandHost` for the slash commands.

    `signals_fd` delivers a byte with the number of each signal.
    """

    def __init__(
        self,
        session: Session,
        connect: Callable[[Session], Connection],
        screen: Screen,
        source: Source,
        timeouts: Timeouts,
        signals_fd: int = -1,
        *,
        bell: Level = Level.MENTION,
        downloads: Path = Path(),
    ) -> None:
        self._interactive = os.isatty(source.fd)
        super().__init__(session, screen, present=self._interactive, bell=bell, downloads=downloads)
        self._fd = source.fd
        self._connect = connect
        self._connection: Connection | None = None
        self._typed = TypedLines(self, self.composer, screen, source, present=self._interactive)
        self._timeouts = timeouts
        self._signals_fd = signals_fd
        self._shutdown: Shutdown | None = None
        self._arrival = Arrival(session, timeouts.connect, screen.notice if screen.is_told else None)
        self._exit: Exit | None = None

    # The host of commands

    def question(self, prompts: Sequence[str], then: Callable[..., None], *, secret: bool = False) -> None:
        """Show the prompts one after the other. Raise UsageError if there is no terminal.

        Raise ValueError if others could read a secret on the connection, as the broker takes none there.
        """
        if not self._interactive:
            raise UsageError
        if secret and self._connection and not self._connection.link.is_private:
            raise ValueError(ErrorCode.NO_KEY.sentence)
        self._typed.ask(prompts, then, secret=secret)
        self.prompt()

    def quit(self) -> None:
        """Wait until the broker has accepted everything, log out and end."""
        if self._shutdown is None:
            self._typed.closed = True
            self._display.leaving = True
            self._shutdown = Shutdown(self._timeouts.finish)
            if self._screen.terminal:
                self._screen.terminal.leave()

    def interrupt(self, *, again: bool) -> None:
        """Leave at once, if the person is leaving already or repeats it. Raise ClientExit then.

        Cancel a question first, if it is not that for the name.
        """
        unsent = Unsent(self.session, self.composer)
        if not self._shutdown and self._typed.questions.prompt not in (None, _NAME_PROMPT):
            self._typed.questions.cancel()
            self.prompt()
            return
        if not (again or self._shutdown) and self.files.stop():
            self._screen.notice("The files on their way are stopped. Press Ctrl-C again to leave.")
            return
        if again or self._shutdown or (self._typed.questions.prompt and not unsent):
            raise KeyboardInterrupt
        waits = f" Now {unsent.so_far}." if unsent else ""
        self._screen.notice(f"Press Ctrl-C again to leave, or Ctrl-D.{waits}")

    def wrong_answer(self) -> None:
        """Ask for the name again, if it is still missing."""
        if self._connection is None or self.session.state is SessionState.STRANGER:
            self._typed.ask([_NAME_PROMPT], self._named)

    def prompt(self) -> None:
        """Show the question or the place to which plain text goes."""
        questions, place = self._typed.questions, self.composer.place or "no room"
        if self._screen.terminal:
            waits = " (waiting)" if self.composer.awaited else self.files.mark
            if self._shutdown is None:
                self._screen.terminal.ask(questions.prompt or f"{place}{waits}> ", secret=questions.is_secret)
            return
        self._typed.reader.echo(not questions.is_secret)
        if questions.prompt:
            self._screen.prompt(questions.prompt)

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
        except BaseException as end:
            if self._connection:
                self._connection.log_out()
                self._connection.close(linger=0)
            unsent = str(Unsent(self.session, self.composer))
            raise with_unsent(end, unsent, refused=self._is_failed) from None
        finally:
            self._typed.reader.echo(True)
            if self._connection:
                self._connection.close()

    def _open(self) -> None:
        """Begin to connect, and start the timeout for the welcome."""
        if self._connection is None:
            self._connection = self._connect(self.session)
        self._arrival.begin()

    def _turn(self) -> None:
        listening = [self._signals_fd] if self._signals_fd >= 0 else []
        if self._takes_input:
            listening.append(self._fd)
        ready = self._wait(listening)
        shown = self._display.take_shown() if self._fd in ready else {}
        self._take_events()
        if self._signals_fd in ready and asked_to_leave(self._signals_fd):
            self._signalled()
        if self._fd in ready:
            self._typed.read()
            self._mark_read(shown)
            self._tell_typing()
        self._typed.run()
        self._typed.waiting.show()
        self._display.write_progress()
        self._check_connection()
        self._check_end()

    @property
    def _takes_input(self) -> bool:
        if self._screen.terminal:
            return not self._screen.terminal.gone
        early = self._arrival and not self._interactive  # a pipe can wait
        full = self.session.unanswered >= _MOST_UNANSWERED or len(self.composer.waiting) >= MOST_WAITING
        return not (self._typed.closed or early or full)

    def _check_connection(self) -> None:
        if self._connection is None:
            return
        refuse_impostor(self._connection.link)
        if late := self._arrival.too_late(self._connection.link):
            raise self._with_unsent(late)

    def _wait(self, listening: list[int]) -> set[int]:
        if self._connection is None:  # without a name yet, there is only the terminal
            return set(select.select(listening, [], [])[0])
        news = self._display.gathers or self._typed.waiting.has_news
        soon = news or self._shutdown is not None or self._arrival
        output = -1 if soon or Unsent(self.session, self.composer) else self._screen.pipe
        try:
            return self._connection.turn(
                GATHER_SECONDS if soon else self._display.idle_seconds, listening, output
            )
        except BrokenPipeError:  # nobody reads, and nothing is to be sent
            self.quit()
            return set()

    # Leaving

    def _signalled(self) -> None:
        hung_up = self._interactive and not os.isatty(self._fd)  # a closed terminal sends several signals
        if self._shutdown and not hung_up:
            self._shutdown.hurry()
        self.quit()

    def _check_end(self) -> None:
        if self._shutdown is None:
            return
        unsent = Unsent(self.session, self.composer)
        self._shutdown.note(len(unsent), sum(one.progress for one in self.session.transfers))
        late = self._shutdown.is_late
        waiting = unsent or (self._arrival and not self._interactive)
        if not late and (waiting or self.session.state is SessionState.LOGGING_OUT):
            self._tell(self._shutdown, unsent)
        elif self.session.state is SessionState.READY and not late:
            self.session.logout()
        else:
            self._typed.complaints.end()
            if unsent:
                raise ClientExit(Exit.DONE)
            self._exit = Exit.NOT_CONFIRMED if self._is_failed else Exit.DONE

    def _tell(self, shutdown: Shutdown, unsent: Unsent) -> None:
        """Tell the person once what is waited for, if it does not come at once."""
        away = self.session.state is SessionState.OFFLINE and unsent
        stuck = shutdown.is_stuck and (self._interactive or is_silent(self.session))  # a pipe can be slowed
        if self._connection and not shutdown.told and (away or stuck):
            shutdown.told = True
            what = unsent.so_far if unsent else "it has not logged you out yet"
            self._screen.notice(f"Waiting for the broker: {what}. Ctrl-C leaves at once.")

    @property
    def _is_failed(self) -> bool:
        """Whether something was refused, and nobody may have seen it."""
        return self._typed.failed and not self._interactive

    def _mark_read(self, shown: dict[str, int]) -> None:
        """Mark the messages on the screen at a key press as read, because then a person is present."""
        gone = self._screen.terminal.gone if self._screen.terminal else self._typed.reader.ended
        if self._interactive and self._screen.is_watched and not gone:
            self._display.seen()
            for conversation, seq in shown.items():
                self.session.read(conversation, seq)

    def _tell_typing(self) -> None:
        """Tell the others that the person types to them, and not to a question or a pipe."""
        terminal, place = self._screen.terminal, self.composer.place
        if terminal and place and not self._typed.questions.prompt:
            self.session.typed(place, terminal.draft, time.monotonic())

    def _named(self, name: str) -> None:
        self.composer.log_in(name, typed=False)
        self._open()

    # Events

    def _take_events(self) -> None:
        while (event := self.session.next_event()) is not None:
            place, asked = self.composer.place, bool(self.composer.awaited)
            refused = self.composer.take(event)
            if self._interactive or refused or not isinstance(event, Ended):  # else the last sentence says it
                self._display.show(event)
            self.session.handed_over(event)
            if refused or is_refusal(event):
                self._typed.failed = True
            if (place, asked) != (self.composer.place, bool(self.composer.awaited)):
                self._moved(event)
            self._react(event, refused=refused)
            if self.files.take(event):
                self.prompt()
        self._show_recent()
        self._display.attract()

    def _moved(self, event: ClientEvent) -> None:
        leaves = isinstance(event, Ended) and isinstance(event.reason, Goodbye)
        if self.composer.place is None and self._interactive and not leaves:
            self._screen.notice(_NO_PLACE)
        self.prompt()

    def _react(self, event: ClientEvent, *, refused: bool) -> None:
        match event:
            case LoggedIn():
                self._welcomed, self._told_kept = True, False
                self._arrival.end()
                self.prompt()
            case Ended(Goodbye()):
                raise self._with_unsent(session_ended(event))
            case Ended() if self._interactive:
                self._arrival.end()
                self.question([_NAME_PROMPT], self._named)
            case Ended() if not refused:
                raise self._with_unsent(session_ended(event))

    def _with_unsent(self, end: ClientExit) -> ClientExit:
        unsent = Unsent(self.session, self.composer)
        return ClientExit(end.code, f"{end.text}; {unsent}") if unsent else end
