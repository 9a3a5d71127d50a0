from __future__ import annotations

import io

import pytest
from driven import message, page, ready

from client.core.events import LoggedIn, Replied
from client.line.display import Display
from client.line.screen import Screen
from messages.events import Position, Positions
from messages.replies import Welcome
from messages.requests import History


class Shown:
    """A display, and what it has written."""

    def __init__(self) -> None:
        self.out, self.err = io.StringIO(), io.StringIO()
        self.display = Display(ready().session, Screen(self.out, self.err), "tcp://127.0.0.1:9009")


@pytest.fixture
def shown() -> Shown:
    return Shown()


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
