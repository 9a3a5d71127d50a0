from __future__ import annotations

import io

import pytest
from driven import accepted, message, page, ready, refusal

import client.line.display
from client.core.events import LoggedIn, Lost, Replied
from client.line.display import Display
from client.line.screen import Screen
from messages.errors import ErrorCode
from messages.events import Goodbye, GoodbyeReason, Position, Positions
from messages.replies import AnyReply, Welcome
from messages.requests import History, Send


class Shown:
    """A display, and what it has written."""

    def __init__(self) -> None:
        self.out, self.err = io.StringIO(), io.StringIO()
        self.display = Display(ready().session, Screen(self.out, self.err))


@pytest.fixture
def shown() -> Shown:
    return Shown()


class Written:
    """A terminal of which a test knows what was written to it."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> None:
        self.text += text


class OnTerminal:
    """A display on a terminal, and the session whose events it shows."""

    def __init__(self) -> None:
        self.driven = ready()
        self._written = Written()
        screen = Screen(io.StringIO(), io.StringIO(), terminal=self._written)  # type: ignore[arg-type]
        self.display = Display(self.driven.session, screen)

    def hear(self, *documents: AnyReply) -> None:
        self.driven.hear(*documents)
        for event in self.driven.shown():
            self.display.show(event)

    def lines(self) -> list[str]:
        """Return the lines without the time before them, and without those that name a day."""
        lines = self._written.text.splitlines()
        return [line[6:] for line in lines if not line.startswith("--")]


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
