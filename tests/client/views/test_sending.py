"""What a person is told who sends without a connection."""

from __future__ import annotations

from driven import Driven

from client.core.sending.sentlog import Sent
from client.views.sending import SendingHost


class Teller(SendingHost):
    def __init__(self) -> None:
        self.driven = Driven("alice")
        self.session = self.driven.session
        self.driven.log_in()
        self._welcomed = True
        self.told: list[str] = []

    def show_sent(self, sent: Sent) -> None:
        """Show nothing."""

    def notice(self, text: str) -> None:
        self.told.append(text)


def test_that_messages_are_kept_is_said_once_however_many_there_are() -> None:
    teller = Teller()
    teller.say("#lobby", "here")
    assert teller.told == []
    teller.session.disconnected("cut")
    for number in range(1_000):
        teller.say("#lobby", f"line {number}")
    assert teller.told == ["Kept; it will be sent when the broker is back."]
