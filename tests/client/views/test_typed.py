"""What becomes of the lines that a person or a pipe types. Their order is tested with the composer."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Sequence

import pytest
from driven import Driven
from fake_host import FakeHost

from client.core.composer import Composer
from client.core.sending.long_texts import LINE_LIMIT
from client.editor.inputs import TypedLine
from client.line.screen import Screen
from client.views.reader import Source
from client.views.typed import TypedLines
from client.views.waiting import Entered
from messages.events import System, SystemKind
from messages.limits import MAX_TEXT


class Line:
    """A terminal whose line being typed is known."""

    def __init__(self) -> None:
        self.draft = ""
        self.written: list[str] = []

    def put_back(self, line: TypedLine) -> bool:
        if self.draft:
            return False
        self.draft = line.text
        return True

    def write(self, text: str, _style: str = "", _paint: object = None) -> None:
        self.written.append(text.rstrip("\n"))


class Typist(FakeHost):
    """A person at a terminal, or a pipe, logged in as alice; what they say is in `said`."""

    def __init__(self, *, present: bool, source: Source = Source(-1)) -> None:  # noqa: B008  (it is frozen)
        super().__init__()
        self.driven = Driven()
        self.line, self.err = Line(), io.StringIO()
        self.entered: Composer[Entered] = Composer(self.driven.session, present=present)
        self.composer = self.entered  # type: ignore[assignment]
        self.driven.welcome(self.driven.connect().id)
        screen = Screen(io.StringIO(), self.err, terminal=self.line if present else None)  # type: ignore[arg-type]
        self.typed = TypedLines(self, self.entered, screen, source, present=present)
        self.take()

    def say(self, to: str, text: str) -> None:
        self.session.send(to, text)
        super().say(to, text)

    def take(self) -> None:
        for event in self.driven.told():
            self.entered.take(event)

    def enter(self, text: str, *, pasted: bool = False) -> None:
        self.line.draft = ""
        self.typed.enter(TypedLine(text, pasted, self.entered.mark))
        self.typed.run()

    @property
    def said(self) -> list[tuple[str, ...]]:
        return [(to, text) for word, to, text in self.done if word == "say"]

    @property
    def told(self) -> list[str]:
        return self.line.written + self.err.getvalue().splitlines()

    def question(self, prompts: Sequence[str], then: Callable[..., None], *, secret: bool = False) -> None:
        self.typed.ask(prompts, then, secret=secret)

    def interrupt(self, *, again: bool) -> None:
        self.typed.questions.cancel()

    def wrong_answer(self) -> None:
        pass

    def prompt(self) -> None:
        pass


@pytest.fixture
def person() -> Typist:
    return Typist(present=True)


@pytest.fixture
def pipe() -> Typist:
    return Typist(present=False)


class TestBareWords:
    def test_help_and_quit_are_answered_with_the_command_and_not_said(self, person: Typist) -> None:
        person.enter("help")
        person.enter("Quit")
        assert person.said == []
        assert person.told == [
            "/help lists the commands. To say help, type a space before it.",
            "/quit leaves the chat. To say Quit, type a space before it.",
        ]

    def test_behind_a_blank_or_say_they_are_said(self, person: Typist) -> None:
        person.enter(" help")
        person.enter("/say quit")
        assert person.said == [("#lobby", " help"), ("#lobby", "quit")]

    def test_a_question_mark_is_a_question_for_help_only_as_the_first_text(self, person: Typist) -> None:
        person.enter("?")
        assert person.said == []
        person.enter("hello")
        person.enter("?")
        assert person.said == [("#lobby", "hello"), ("#lobby", "?")]

    def test_a_pipe_says_them(self, pipe: Typist) -> None:
        pipe.enter("help")
        assert pipe.said == [("#lobby", "help")]


WORDS = "word " * 1_000  # 5,000 characters


class TestLongTexts:
    def test_the_person_is_told_by_how_much_and_asked(self, person: Typist) -> None:
        person.enter("x" * 4_200)
        assert person.shown == ["This text has 4,200 characters, 200 more than a message may have."]
        assert person.typed.questions.prompt == "Send it as 2 messages to #lobby, y or n? "
        assert person.said == []

    def test_after_a_yes_it_is_said_in_parts_between_words(self, person: Typist) -> None:
        person.enter(WORDS)
        person.enter("y")
        first, second = (text for _to, text in person.said)
        assert f"{first} {second}" == WORDS.strip()
        assert max(len(first), len(second)) <= MAX_TEXT

    def test_after_a_no_it_is_back_on_the_line(self, person: Typist) -> None:
        person.enter(WORDS)
        person.enter("n")
        assert person.said == []
        assert person.line.draft == WORDS
        assert person.told == ["Not sent. Ctrl-U clears the line."]

    def test_a_direct_message_is_offered_too(self, person: Typist) -> None:
        person.enter(f"/msg bob {WORDS}")
        assert person.typed.questions.prompt == "Send it as 2 messages to @bob, y or n? "
        person.enter("yes")
        assert [to for to, _text in person.said] == ["@bob", "@bob"]

    def test_if_the_place_ends_before_the_answer_nothing_is_said(self, person: Typist) -> None:
        person.enter("/join dev")
        person.entered.place = "#dev"
        person.entered._barrier = None
        person.enter(WORDS)
        person.driven.hear(System(SystemKind.KICKED, "alice", "out", room="#dev"))
        person.take()
        person.typed.enter(TypedLine("y", mark=person.entered.mark))
        assert person.said == []
        assert person.line.draft == WORDS
        assert person.told[-1] == "Not sent: you were removed from #dev. Ctrl-U clears the line."

    def test_what_waits_behind_it_is_no_answer(self, person: Typist) -> None:
        person.entered.enter(Entered(TypedLine(WORDS, mark=person.entered.mark), 0.0))
        person.entered.enter(Entered(TypedLine("yes", mark=person.entered.mark), 0.0))
        person.typed.run()
        assert person.typed.questions.prompt is None
        assert person.line.draft == WORDS
        assert person.said == [("#lobby", "yes")]

    def test_a_line_that_may_be_cut_is_not_offered(self, person: Typist) -> None:
        person.enter("x" * LINE_LIMIT, pasted=True)
        assert person.typed.questions.prompt is None
        (told,) = person.told
        assert told.startswith(
            "Not sent: this text has 20,000 characters or more; a message may have 4,000. Put"
        )

    def test_a_text_with_letters_that_no_message_may_have_is_not_offered(self, person: Typist) -> None:
        person.enter("a" + "\u0301" * 20 + WORDS)
        assert person.told == ["Not sent: a letter has at most 12 marks."]

    def test_a_pipe_is_refused_with_the_length(self, pipe: Typist) -> None:
        pipe.enter("x" * 4_001)
        assert pipe.told == ["Not sent: this text has 4,001 characters, 1 more than a message may have."]
        assert pipe.typed.failed


class TestColours:
    def read(self, written: bytes, *, strips: bool = True) -> Typist:
        reading, writing = os.pipe()
        os.write(writing, written)
        os.close(writing)
        pipe = Typist(present=False, source=Source(reading, strips=strips))
        pipe.typed.read()
        os.close(reading)
        return pipe

    def test_a_pipe_is_taken_as_a_terminal_shows_it(self) -> None:
        pipe = self.read(b"\x1b[31merror\x1b[0m\n 10%\r100%\nplain\r\n")
        assert pipe.said == [("#lobby", "error"), ("#lobby", "100%"), ("#lobby", "plain")]

    def test_what_looks_like_a_command_without_its_colours_is_a_text(self) -> None:
        assert self.read(b"\x1b[1m/quit\x1b[m\n").said == [("#lobby", "/quit")]

    def test_a_pipe_that_is_not_stripped_is_refused(self) -> None:
        pipe = self.read(b"\x1b[31merror\n", strips=False)
        assert pipe.said == []
        assert pipe.told == [
            "Not sent: a text is Unicode without control characters other than newline and tab."
        ]


class TestKeptLines:
    @pytest.fixture
    def kept(self) -> list[str]:
        return []

    @pytest.fixture
    def typist(self, kept: list[str]) -> Typist:
        return Typist(present=True, source=Source(-1, keep=lambda line: kept.append(line.text)))

    def test_texts_and_commands_are_kept_for_the_next_start(self, typist: Typist, kept: list[str]) -> None:
        for line in ("hello", "/who", "help", "//slash"):
            typist.enter(line)
        assert kept == ["hello", "/who", "help", "//slash"]

    @pytest.mark.parametrize(
        "line", ["/login bob", "/PASSWORD secret", "/pasword secret", "/identify secret"]
    )
    def test_what_can_have_a_password_in_it_is_not(self, typist: Typist, kept: list[str], line: str) -> None:
        typist.enter(line)
        assert kept == []

    def test_answers_are_not(self, typist: Typist, kept: list[str]) -> None:
        typist.question(["Password: "], lambda _answer: None, secret=True)
        typist.enter("secret")
        assert kept == []
