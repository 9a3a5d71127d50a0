"""What slash commands and typed lines can do on the full screen, without a word about how it is drawn."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from client.core.events import ClientEvent, Ended, LoggedIn, Replied
from client.core.person.queries import LinkPictureQuery
from client.core.session import Session, SessionState
from client.editor.inputs import Clear, EndOfInput, Input, Interrupt, Suspend, TypedLine
from client.exits import ClientExit, session_ended
from client.screen.dialogs.entering import CODE_PROMPT, NAME_PROMPT, EnteringHost
from client.screen.hosts.drafting import Given, MakeField
from client.screen.keys import ScreenKey
from client.screen.model.draft_keeper import DraftKeeper
from client.screen.model.state import ScreenState
from client.views.complaints import sentence
from client.views.reader import Source
from client.views.shutdown import Shutdown, Timeouts, Unsent
from client.views.typed import TypedLines
from messages.errors import ErrorCode
from messages.events import Goodbye
from messages.exits import Exit
from messages.identity import Link, LinkCode
from messages.replies import Error

_NO_PLACE = "You are in no room now. What you type is not sent until you have chosen one."


class ScreenHost(EnteringHost):
    """A `CommandHost`. `end` is set when the program is to end. `suspend` stops it until it is continued."""

    def __init__(
        self,
        session: Session,
        state: ScreenState,
        make_field: MakeField,
        timeouts: Timeouts,
        keep: Callable[[TypedLine], None],
        downloads: Path = Path(),
        keeper: DraftKeeper | None = None,
    ) -> None:
        super().__init__(Given(session, state, make_field, downloads, keeper))
        self.is_private: Callable[[], bool] = lambda: True
        self.suspend: Callable[[], None] = lambda: None
        self.redraw: Callable[[], None] = lambda: None
        self.typed = TypedLines(self, self.composer, self, Source(-1, keep=keep), present=True)
        self._timeouts = timeouts
        self._shutdown: Shutdown | None = None
        self._place_ended = False

    # The host of commands, and where typed lines are shown

    def question(self, prompts: Sequence[str], then: Callable[..., None], *, secret: bool = False) -> None:
        """Ask the person. Raise ValueError if others could read a secret on the connection."""
        if secret and not self.is_private():
            raise ValueError(ErrorCode.NO_KEY.sentence)
        self.sheets.end_question()
        if self._aside is not None:  # another question is given up, and its answer is none to this one
            self.field.load_draft(None)
        self.typed.ask(prompts, then, secret=secret)
        self.prompt()

    def escape(self) -> bool:
        """Close a sheet, leave what is begun, or cancel a question. Return whether there was any."""
        questions, sheet = self.typed.questions, self.sheets.top
        if sheet is not None and not sheet.belongs_to_question:
            return self.sheets.escape()
        if self.field.escape():
            return True
        if questions.prompt in (None, NAME_PROMPT):
            return False
        if questions.prompt == CODE_PROMPT:
            self.ask_name(typed=self.known_name)
            return True
        questions.cancel()
        self.prompt()
        return True

    def quit(self) -> None:
        """Wait until the broker has accepted everything, log out and end."""
        if self.refusal is not None:
            self.end = self.refusal
        elif self._shutdown is None:
            self.typed.closed = True
            self._shutdown = Shutdown(self._timeouts.finish)
            self._put_down()
            self.typed.questions.cancel()
            self.prompt()
            self.field.leave()
        self.check_end()

    # Typed lines

    def interrupt(self, *, again: bool) -> None:
        """Leave at once if the person repeats it. Cancel a question or stop the files first."""
        unsent = Unsent(self.session, self.composer)
        questions = self.typed.questions
        if not self._shutdown and questions.prompt and not self.must_answer:
            questions.cancel()
            self.prompt()
        elif again or self._shutdown or questions.prompt:
            self.end = ClientExit(Exit.INTERRUPTED, str(unsent))
        elif self.files.stop():
            self.notice("The files on their way are stopped. Press Ctrl-C again to leave.")
        else:
            waits = f" Now {unsent.so_far}." if unsent else ""
            self.notice(f"Press Ctrl-C again to leave, or Ctrl-D.{waits}")

    def wrong_answer(self) -> None:
        """Ask for the name again, if it is still missing."""
        if not self.session.name or self.session.state is SessionState.STRANGER:
            self.ask_name()

    @property
    def prompt_text(self) -> str:
        """What stands before the text being typed."""
        if question := self.typed.questions.prompt:
            return question
        if self.field.target:
            return self.field.target.prompt
        waits = " (waiting)" if self.composer.awaited else self.files.mark
        return f"{self.composer.place or 'no room'}{waits}> "

    def take_inputs(self, inputs: Iterable[Input]) -> None:
        """Take what the composer has returned."""
        for one in inputs:
            match one:
                case TypedLine():
                    self._enter(one)
                case EndOfInput():
                    self.quit()
                case Interrupt(again):
                    self.interrupt(again=again)
                case Suspend():
                    self.suspend()
                case Clear():
                    self.redraw()
        self.run_waiting()

    def run_waiting(self) -> None:
        """Run the lines whose turn has come, but never as answers to a question that a key has opened."""
        if self.typed.questions.prompt is None or self.composer.refuses(None):
            self.typed.run()
        self._follow_place()

    # Places

    def go(self, conversation: str) -> None:
        """Show a conversation that is known, and talk there from now on."""
        try:
            self.composer.go(conversation)
        except ValueError as error:
            self.notice(sentence(error))
        self._follow_place()

    def _follow_place(self) -> None:
        """Show the conversation that text goes to, with the draft that was begun there."""
        place = self.composer.place
        ended, self._place_ended = self._place_ended, place is None
        if place is None and not ended and self._shutdown is None:
            self.notice(_NO_PLACE)
        if place is None or place == self.state.here:
            return
        if self._aside is None:
            self._change_draft(place, ended=ended)
        self.state.open(place)
        self.keep_drafts()
        self.state.on_change()

    # Events

    def take_events(self, seconds: float = math.inf) -> bool:
        """Take the session's events for so long. Return whether there may be more."""
        end = time.monotonic() + seconds
        while (more := time.monotonic() < end) and (event := self.session.next_event()) is not None:
            self.composer.take(event)
            self._note_drafts(event)
            self.state.take(event)
            self.session.handed_over(event)
            self.files.take(event)
            self._react(event)
        self.run_waiting()
        self.state.look()
        self.state.on_change()
        return not more

    def _react(self, event: ClientEvent) -> None:
        match event:
            case LoggedIn():
                if not self._welcomed and (key := self.key_table.name_of(ScreenKey.HELP)):
                    self.notice(f"{key} shows the keys and commands.")
                self._welcomed, self._told_kept = True, False
                self.prompt()
            case Ended(Goodbye()):
                self.end = self._with_unsent(session_ended(event))
            case Ended(Error() as error):
                self.refused_login(error)
            case Replied(Link() as asked, LinkCode() as code):
                from client.screen.dialogs.linking import show_link  # noqa: PLC0415 - when needed

                show_link(self, code, alone=isinstance(asked, LinkPictureQuery))

    def _with_unsent(self, end: ClientExit) -> ClientExit:
        unsent = Unsent(self.session, self.composer)
        return ClientExit(end.code, f"{end.text}; {unsent}") if unsent else end

    # Leaving

    def hurry(self) -> None:
        """Leave in order at a signal, and at once at a second one."""
        if self._shutdown:
            self._shutdown.hurry()
        self.quit()

    def check_end(self) -> None:
        """End the program if it is leaving, and nothing is waited for any more."""
        if self._shutdown is None or self.end is not None:
            return
        unsent = Unsent(self.session, self.composer)
        self._shutdown.note(len(unsent), sum(one.progress for one in self.session.transfers))
        late = self._shutdown.is_late
        if not late and (unsent or self.session.state is SessionState.LOGGING_OUT):
            if self._shutdown.is_stuck and not self._shutdown.told:
                self._shutdown.told = True
                what = unsent.so_far if unsent else "it has not logged you out yet"
                self.notice(f"Waiting for the broker: {what}. Ctrl-C leaves at once.")
        elif self.session.state is SessionState.READY and not late:
            self.session.logout()
        else:
            code = Exit.NOT_CONFIRMED if unsent else Exit.DONE
            self.end = ClientExit(code, str(unsent))
