"""The lines that a person or a pipe types: read, interpreted, and run when their turn has come."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from client.commands import COMMANDS
from client.commands.registry import BareWord, CommandHost, Run, Say, SlashCommand, Unknown, UsageError
from client.commands.short import BARE_WORDS
from client.core.composer import Change, Composer
from client.core.sending.long_texts import TextTooLong
from client.editor.inputs import Clear, EndOfInput, Input, Interrupt, TypedLine
from client.views.complaints import Complaints, sentence
from client.views.long_texts import LONG_TEXT_ADVICE, offer_parts
from client.views.output import Output
from client.views.plain import plain
from client.views.questions import Questions
from client.views.reader import LineReader, Source
from client.views.waiting import Entered, Waiting, entered_now, excerpt
from messages.fields import for_people

MOST_WAITING = 1_000
"""A pipe is not read while this many lines wait for an answer."""

_NOR_THE_REST = ", nor is anything after it; convert the input with iconv -t UTF-8"
_NEVER = -1  # a mark that no text has


class TypedHost(CommandHost, Protocol):
    """What typed lines need of a view."""

    def interrupt(self, *, again: bool) -> None:
        """Take a Ctrl-C on an empty line; `again` if the key before it was one too."""
        ...

    def wrong_answer(self) -> None:
        """A question was not answered in a valid way."""
        ...

    def prompt(self) -> None:
        """Show the prompt of what is typed now."""
        ...


class TypedLines:
    """Reads lines, keeps their order with the composer, and runs them. `failed` if one was refused."""

    def __init__(
        self,
        host: TypedHost,
        composer: Composer[Entered],
        screen: Output,
        source: Source,
        *,
        present: bool,
    ) -> None:
        self.reader = LineReader(source.fd)
        self._strips = source.strips and not present
        self._keep = source.keep
        self.questions = Questions()
        self.complaints = Complaints(screen.complain, endless=present)
        self.failed = False
        self.closed = False
        """Nothing more is taken."""
        self.waiting = Waiting(host.session, composer, screen, host.prompt)
        self._present = present
        self._host = host
        self._composer = composer
        self._screen = screen
        self._hints = set(BARE_WORDS) if present else set()
        """Words that are not said but answered with a hint; `?` alone is a hint only as the first text."""
        self._asked_at = composer.mark

    def ask(self, prompts: Sequence[str], then: Callable[..., None], *, secret: bool = False) -> None:
        """Ask the person questions: what was begun before is no answer."""
        self._asked_at = self._composer.mark
        self.questions.ask(prompts, then, secret=secret)

    # Taking lines

    def read(self) -> None:
        """Take the lines that can be read now, and run those whose turn has come."""
        terminal = self._screen.terminal
        if terminal is not None:
            for typed in terminal.read(self._composer.mark):
                self._take(typed)
        else:
            for line in self.reader.read() or ():
                shown = plain(line) if self._strips else line
                self.enter(TypedLine(shown, pasted=shown != line, mark=self._composer.mark))
            if wrong := self.reader.take_wrong():
                self._complain(f"Not sent: {wrong}{'' if self._present else _NOR_THE_REST}.")
            if self.reader.ended:
                self._host.quit()
        self.run()

    def _take(self, typed: Input) -> None:
        match typed:
            case TypedLine():
                self.enter(typed)
            case EndOfInput():
                self._host.quit()
            case Interrupt(again):
                self._host.interrupt(again=again)
            case Clear():
                self._host.clear()

    def enter(self, line: TypedLine) -> None:
        """Take a line: an answer, or a line behind all others."""
        if self.closed:
            return
        if self.questions.prompt:
            if line.mark < self._asked_at:
                self._put_back(line, "Not taken as the answer, as it was begun before the question.", _NEVER)
            else:
                self._answer(line.text)
            return
        meaning = self._interpret(line)
        if not isinstance(meaning, Unknown) and not (isinstance(meaning, Run) and meaning.command.secret):
            self._keep(line)  # a mistyped command can have a password in it
        if isinstance(meaning, Say) and self._composer.is_stale(line.mark):
            self._refuse(line, is_text=True)
        elif isinstance(meaning, Run) and not meaning.command.waits:
            self._run(line)
        elif meaning is not None:
            self._composer.enter(entered_now(line))

    def answer(self, text: str) -> None:
        """Take an answer that cannot be anything else; raise ValueError if nothing is asked."""
        if not self.questions.prompt:
            raise ValueError("nothing is asked")
        self._answer(text)

    def command(self, line: TypedLine) -> None:
        """Run a command that the person gave by a key, in its turn."""
        self._composer.enter(entered_now(line))
        self.run()

    def _interpret(self, line: TypedLine) -> Say | Run | Unknown | BareWord | None:
        """Parse a line. Bare words and short forms are commands only if a person types them."""
        return COMMANDS.interpret(line.text, pasted=line.pasted, hints=self._hints, shorthand=self._present)

    def run(self) -> None:
        """Run the lines whose turn has come."""
        while (entered := self._composer.next_line()) is not None:
            if self.questions.prompt and not self._composer.refuses(None):
                self._answer(entered.line.text)
            else:
                self._run(entered.line)

    def _answer(self, text: str) -> None:
        try:
            self.questions.answer(text)
        except (ValueError, UsageError) as error:
            wrong = f"Not valid: {for_people(error)}." if isinstance(error, ValueError) else ""
            self._screen.notice(wrong or "An answer is missing.")
            self._host.wrong_answer()
        self._host.prompt()

    # Running lines

    def _run(self, line: TypedLine) -> None:
        meaning = self._interpret(line)
        change = meaning.command.change if isinstance(meaning, Run) else None
        waits = not isinstance(meaning, Run) or meaning.command.waits
        place = self._composer.place
        if (waits and self._composer.refuses(change)) or (isinstance(meaning, Say) and place is None):
            self._refuse(line, is_text=isinstance(meaning, Say))
            return
        try:
            match meaning:
                case Say(text) if place is not None:
                    self._host.say(place, text)
                    self._hints.discard("?")
                case Run(command, argument):
                    self._begin(line, change)
                    self._carry_out(command, argument, line)
                case Unknown() | BareWord():
                    self._complain(meaning.sentence)
        except UsageError:
            usage = meaning.command.usage if isinstance(meaning, Run) else ""
            self._not_run(line, change, f"Usage: {usage}")
        except TextTooLong as error:
            self._too_long(line, error)
        except ValueError as error:
            told = sentence(error) if isinstance(meaning, Run) else f"Not sent: {for_people(error)}."
            self._not_run(line, change, told)

    def _carry_out(self, command: SlashCommand, argument: str, line: TypedLine) -> None:
        """Run a command, and follow what it asks the broker if a person waits for the answer."""
        session = self._host.session
        before = session.unanswered_ids if self._present else set()
        self._composer.begun = line.mark
        command.handler(self._host, argument)
        if command.change is not None:
            self._host.prompt()
        elif self._present and not self._composer.awaits:
            texts = {sent.request.id for sent in session.unaccepted}
            asked = frozenset(session.unanswered_ids - before - texts)
            self.waiting.ask(line, asked)

    def _too_long(self, line: TypedLine, error: TextTooLong) -> None:
        """Offer a person to split a text. What is typed behind it is not to be taken as the answer."""
        mark = self._composer.mark
        why = for_people(error)
        try:
            if self._present and error.is_whole and not self._composer.waiting:
                offer_parts(self._host, error, lambda notice: self._put_back(line, notice, mark))
                return
        except ValueError as reason:  # no part can be sent either
            why = for_people(reason)
        advice = f" {LONG_TEXT_ADVICE}" if self._present and not error.is_whole else ""
        if not self._put_back(line, f"Not sent: {why}.{advice}", mark):
            self._complain(f"Not sent: {why}.{advice}")

    def _begin(self, line: TypedLine, change: Change | None) -> None:
        if change is not None:
            self.waiting.expect(line)

    def _not_run(self, line: TypedLine, change: Change | None, sentence: str) -> None:
        self._complain(sentence)
        if change is not None:
            self._composer.refused(change, f"{excerpt(line)} was refused")
            self._host.prompt()

    def _complain(self, sentence: str) -> None:
        self.failed = True
        self.complaints.add(sentence)

    def _refuse(self, line: TypedLine, *, is_text: bool) -> None:
        """Refuse a line; leave a text on the terminal's line, if that is empty."""
        cause = self._composer.cause
        advice = "Enter sends it now" if self._composer.place else "/join ROOM chooses a room"
        notice = f"Not sent: {cause}. {advice}, Ctrl-U clears the line."
        self.failed = True
        stays = is_text and not self.questions.prompt
        if not (stays and self._put_back(line, notice, self._composer.mark)):
            self.complaints.add(f"Not sent: {cause}: {excerpt(line)}")

    def _put_back(self, line: TypedLine, notice: str, mark: int) -> bool:
        terminal = self._screen.terminal
        if terminal is None or not terminal.put_back(replace(line, mark=mark)):
            return False
        self._screen.notice(notice)
        return True
