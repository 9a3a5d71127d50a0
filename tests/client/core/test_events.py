from __future__ import annotations

import pytest
from driven import refusal

from client.core.events import Sent
from messages.errors import ErrorCode
from messages.requests import Send

SEND = Send("1", "#lobby", "hello")


@pytest.mark.parametrize(
    ("sent", "state"),
    [
        (Sent(SEND), "sending"),
        (Sent(SEND, "#lobby", 7, 2), "accepted"),
        (Sent(SEND, "#lobby", 7, 0), "accepted"),
        (Sent(SEND, "#lobby", 7, 3, {"bob"}), "delivered to 1 of 3"),
        (Sent(SEND, "#lobby", 7, 3, {"bob", "carol", "dave"}), "delivered to 3 of 3"),
        (Sent(SEND, "#lobby", 7, 300, counted=120), "delivered to 120 of 300"),
        (Sent(SEND, "#lobby", 7, 3, {"bob"}, counted=2), "delivered to 2 of 3"),
        (Sent(SEND, "#lobby", 7, 3, {"bob", "carol"}, counted=1), "delivered to 2 of 3"),
        (Sent(SEND, "#lobby", 7, 0, {"bob"}), "delivered to 1 of 1"),
        (
            Sent(SEND, error=refusal("1", ErrorCode.NOT_IN_ROOM)),
            "not sent: you are not in this room; join it first",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_state_of_a_message_is_said_in_plain_words(sent: Sent, state: str) -> None:
    assert sent.state == state


def test_each_message_is_itself_even_if_another_looks_the_same() -> None:
    assert Sent(SEND) != Sent(SEND)
    assert not Sent(SEND).accepted
