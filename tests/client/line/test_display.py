from __future__ import annotations

import io
from collections.abc import Mapping

import pytest
from driven import AT, accepted, message, page, ready, refusal

import client.line.display
from client.core.composer import Composer
from client.core.events import LoggedIn, Lost, Replied
from client.core.person.attention import ACTIVE_SECONDS, HOLD_SECONDS
from client.core.person.notices import Level
from client.core.person.receipt_news import LATE_SECONDS
from client.line.display import Display
from client.line.screen import Screen
from client.text.times import local_time
from client.views.highlight import styles
from messages.errors import ErrorCode
from messages.events import AnyEvent, Goodbye, GoodbyeReason, Message, Position, Positions, Receipt
from messages.replies import AnyReply, Welcome
from messages.requests import History, Send


class Shown:
    """A display, and what it has written."""

    def __init__(self) -> None:
        self.out, self.err = io.StringIO(), io.StringIO()
        session = ready().session
        composer: Composer[str] = Composer(session, present=False)
        self.display = Display(session, Screen(self.out, self.err), composer, present=False)


@pytest.fixture
def shown() -> Shown:
    return Shown()


class Written:
    """A terminal of which a test knows what was written to it."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str, style: str = "", _paint: object = None) -> None:
        self.text += style + text

    def set_title(self, title: str) -> None:
        self.text += f"<{title}>"

    def ring(self, sequence: str) -> None:
        self.text += "<ring>" if sequence == "\a" else f"<{sequence!r}>"


class OnTerminal:
    """A display on a terminal, and the session whose events it shows."""

    def __init__(self, environ: Mapping[str, str] | None = None, bell: Level = Level.MENTION) -> None:
        self.driven = ready()
        self._written = Written()
        screen = Screen(
            io.StringIO(),
            io.StringIO(),
            terminal=self._written,  # type: ignore[arg-type]
            styles=styles(environ or {}),
        )
        composer: Composer[str] = Composer(self.driven.session, present=True)
        self.display = Display(self.driven.session, screen, composer, present=True, bell=bell)

    def hear(self, *documents: AnyReply | AnyEvent) -> None:
        self.driven.hear(*documents)
        for event in self.driven.shown():
            self.display.show(event)

    def lines(self) -> list[str]:
        """Return the lines without the time before them, and without those that name a day."""
        lines = self._written.text.splitlines()
        return [line[6:] for line in lines if not line.startswith("--")]

    def written(self) -> str:
        """Return what was written since the last call."""
        text, self._written.text = self._written.text, ""
        return text


@pytest.fixture
def on_terminal() -> OnTerminal:
    return OnTerminal()


class TestWhatAPersonMayHaveSeen:
    def test_the_last_message_of_each_conversation_once(self, shown: Shown) -> None:
        for event in (message(1), message(2), message(1, "@bob")):
            shown.display.show(event)
        assert shown.display.take_shown() == {"#lobby": 2, "@bob": 1}
        assert shown.display.take_shown() == {}

    def test_what_was_asked_for_by_history_too(self, shown: Shown) -> None:
        shown.display.show(Replied(History("1", "#lobby"), page("1", 7, 9)))
        shown.display.show(Replied(History("2", "#lobby"), page("2", 3)))
        shown.display.show(Replied(History("3", "#dev"), page("3", conversation="#dev")))
        assert shown.display.take_shown() == {"#lobby": 9}


@pytest.mark.parametrize(("again", "told"), [(False, True), (True, False)])
def test_what_is_unread_elsewhere_is_told_at_the_first_login_only(
    shown: Shown, *, again: bool, told: bool
) -> None:
    welcome = Welcome("1", "alice", "token", "epoch", False, 15_000, [])
    shown.display.show(LoggedIn(welcome, again=again, new_log=False))
    shown.display.show(Positions([Position("#dev", 3, 3, unread=3)]))
    assert ("Also unread: #dev 3." in shown.err.getvalue()) is told


class TestWhatOneSays:
    """On a terminal, where what was typed has left the input line."""

    @pytest.fixture(autouse=True)
    def _monkeypatch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch

    def say(self, shown: OnTerminal, seconds: float, to: str = "#lobby") -> str:
        """Say something that is to be shown after so many seconds, and return the request's id."""
        self.monkeypatch.setattr(client.line.display, "SHOW_SENDING_SECONDS", seconds)
        shown.display.sending(shown.driven.session.send(to, "hello"))
        (send,) = shown.driven.asked(Send)
        return send.id

    def test_it_is_one_line_if_it_is_accepted_soon(self, on_terminal: OnTerminal) -> None:
        send = self.say(on_terminal, 3_600.0)
        on_terminal.display.write_progress()
        assert on_terminal.display.gathers
        on_terminal.hear(accepted(send, 3))
        on_terminal.display.write_progress()
        assert on_terminal.lines() == ["alice: hello [3: accepted]"]
        assert not on_terminal.display.gathers

    def test_it_is_shown_without_a_number_if_it_is_not(self, on_terminal: OnTerminal) -> None:
        send = self.say(on_terminal, 0.0)
        on_terminal.display.write_progress()
        assert on_terminal.lines() == ["alice: hello [sending]"]
        assert not on_terminal.display.gathers
        on_terminal.hear(accepted(send, 3))
        assert on_terminal.lines() == ["alice: hello [sending]", "[3: accepted] hello"]

    def test_it_names_who_it_is_for(self, on_terminal: OnTerminal) -> None:
        self.say(on_terminal, 0.0, "@bob")
        on_terminal.display.write_progress()
        assert on_terminal.lines() == ["alice (direct to bob): hello [sending]"]

    def test_it_is_not_shown_as_being_sent_when_it_was_refused(self, on_terminal: OnTerminal) -> None:
        send = self.say(on_terminal, 0.0)
        on_terminal.hear(refusal(send, ErrorCode.NOT_IN_ROOM))
        on_terminal.display.write_progress()
        (line,) = on_terminal.lines()
        assert line.startswith("[not sent: ")

    def test_in_a_pipe_nothing_of_it_is_written_until_it_is_accepted(self, shown: Shown) -> None:
        self.monkeypatch.setattr(client.line.display, "SHOW_SENDING_SECONDS", 0.0)
        shown.display.sending(ready().session.send("#lobby", "hello"))
        shown.display.write_progress()
        assert shown.out.getvalue() + shown.err.getvalue() == ""


class TestWhatIsMeantForThePerson:
    """alice is at the terminal."""

    direct = Message("@bob", 1, "d1", "bob", "psst", AT)
    mention = Message("#lobby", 1, "m1", "bob", "ALICE: look", AT)
    other = Message("#lobby", 2, "m2", "bob", "malice", AT)

    def test_it_is_highlighted_rings_and_is_counted_in_the_title_until_a_key_is_pressed(self) -> None:
        shown = OnTerminal()
        shown.hear(self.direct, self.mention, self.other)
        text = shown.written()
        assert "\x1b[1;35m" in text
        assert "\x1b[1;33m" in text
        assert text.count("\x1b[1;") == 2
        shown.display.attract()
        assert shown.written() == "<(2) chat><ring>"
        shown.display.attract()
        assert shown.written() == "<(2) chat>"
        shown.display.seen()
        assert shown.written() == "<>"

    def test_without_colours_it_is_bold(self) -> None:
        shown = OnTerminal({"NO_COLOR": "1"})
        shown.hear(self.direct)
        assert "\x1b[1mbob" in shown.written().replace(f"{local_time(AT):%H:%M} ", "")

    @pytest.mark.parametrize(("level", "rings"), [("off", 0), ("direct", 1), ("mention", 2), ("all", 3)])
    def test_a_person_chooses_what_rings(self, level: str, rings: int) -> None:
        shown = OnTerminal(bell=Level(level))
        for each in (self.direct, self.mention, self.other):
            shown.hear(each)
            shown.display.attract()
        assert shown.written().count("<ring>") == rings

    def test_it_rings_later_if_the_person_may_be_elsewhere(self, monkeypatch: pytest.MonkeyPatch) -> None:
        shown, now = OnTerminal(), client.line.display.time.monotonic()
        shown.display.seen()
        for seconds, rings in ((ACTIVE_SECONDS + 9, 0), (ACTIVE_SECONDS + 9 + HOLD_SECONDS, 1)):
            monkeypatch.setattr(client.line.display.time, "monotonic", lambda late=now + seconds: late)
            shown.hear(*([] if rings else [self.direct]))
            assert shown.display.idle_seconds <= HOLD_SECONDS
            shown.display.attract()
            assert shown.written().count("<ring>") == rings

    def test_in_a_pipe_there_is_none_of_it(self, shown: Shown) -> None:
        shown.display.show(self.direct)
        shown.display.attract()
        shown.display.seen()
        text = shown.out.getvalue() + shown.err.getvalue()
        assert text.endswith(f"{local_time(AT):%H:%M} bob (direct): psst\n")
        assert "\x1b" not in text
        assert "\a" not in text


class TestReceipts:
    """On a terminal, of one message that was accepted."""

    @pytest.fixture
    def said(self, on_terminal: OnTerminal) -> OnTerminal:
        on_terminal.display.sending(on_terminal.driven.session.send("#lobby", "hello"))
        (send,) = on_terminal.driven.asked(Send)
        on_terminal.hear(accepted(send.id, 1, recipients=2))
        assert on_terminal.lines() == ["alice: hello [1: accepted]"]
        on_terminal.written()
        return on_terminal

    def test_one_that_comes_as_usual_is_not_told(self, said: OnTerminal) -> None:
        said.hear(Receipt("#lobby", 1, "bob"))
        said.display.write_progress()
        assert said.lines() == []

    def test_each_is_told_to_one_who_wants_that(self, said: OnTerminal) -> None:
        said.display.receipt_news.all = True
        said.hear(Receipt("#lobby", 1, "bob"), Receipt("#lobby", 1, "carol"))
        said.display.write_progress()
        assert said.lines() == ["[1: delivered to 2 of 2]"]

    def test_one_that_does_not_come_is_missed_and_told_when_it_does(
        self, said: OnTerminal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        now = client.line.display.time.monotonic() + LATE_SECONDS + 1
        monkeypatch.setattr(client.line.display.time, "monotonic", lambda: now)
        for _ in range(2):
            said.display.write_progress()
        assert said.lines() == ["[1: not delivered yet]"]
        said.hear(Receipt("#lobby", 1, "bob"), Receipt("#lobby", 1, "carol"))
        said.display.write_progress()
        assert said.lines()[1:] == ["[1: delivered to 2 of 2]"]


def test_what_a_person_types_is_part_of_the_log_that_a_pipe_writes() -> None:
    """As in `chat-client | tee log`."""
    out, err, driven = io.StringIO(), io.StringIO(), ready()
    composer: Composer[str] = Composer(driven.session, present=True)
    display = Display(driven.session, Screen(out, err), composer, present=True)
    display.sending(driven.session.send("#lobby", "hello"))
    (send,) = driven.asked(Send)
    driven.hear(accepted(send.id, 1))
    for event in driven.shown():
        display.show(event)
    assert out.getvalue().endswith(f"{local_time(AT):%H:%M} alice: hello\n")


class TestABrokerThatEnds:
    """It says goodbye, and then the connection is lost."""

    goodbye = Goodbye(GoodbyeReason.SHUTTING_DOWN, "the broker is shutting down")

    def test_one_line_is_enough(self, shown: Shown) -> None:
        shown.display.show(self.goodbye)
        shown.display.show(Lost("the connection was lost"))
        assert shown.err.getvalue().count("\n") == 1
        assert "The broker is shutting down. The client tries to reconnect" in shown.err.getvalue()

    def test_the_next_loss_is_told_again(self, shown: Shown) -> None:
        welcome = Welcome("1", "alice", "token", "epoch", False, 15_000, [])
        shown.display.show(self.goodbye)
        shown.display.show(LoggedIn(welcome, again=True, new_log=False))
        shown.display.show(Lost("cut"))
        assert "Lost the broker (cut)" in shown.err.getvalue()

    def test_a_loss_behind_another_goodbye_is_told(self, shown: Shown) -> None:
        shown.display.show(Goodbye(GoodbyeReason.TIMED_OUT, "nothing was heard"))
        shown.display.show(Lost("cut"))
        assert "Lost the broker (cut)" in shown.err.getvalue()


def test_messages_have_their_numbers_after_a_person_wants_them(on_terminal: OnTerminal) -> None:
    on_terminal.hear(message(1))
    on_terminal.display.numbers = True
    on_terminal.hear(message(2))
    assert on_terminal.lines() == ["bob: text 1", "2 bob: text 2"]
