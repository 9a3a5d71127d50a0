from __future__ import annotations

import pytest

from client.core.events import Sent
from client.text.receipts import receipts_text
from messages.requests import Send

SEND = Send("1", "#dev", "hello")
MANY = {f"user{number:02}" for number in range(12)}


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        (Sent(SEND), "#dev: sending: hello"),
        (Sent(SEND, "#dev", 7, 3), "#dev 7: accepted: hello"),
        (Sent(SEND, "#dev", 7, 3, {"carol", "bob"}), "#dev 7: delivered to 2 of 3; got by bob, carol: hello"),
        (Sent(SEND, "#dev", 7, 300, counted=12), "#dev 7: delivered to 12 of 300: hello"),
        (Sent(SEND, "@bob", 7, 1, {"bob"}, read_by={"bob"}), "@bob 7: read: hello"),
        (Sent(SEND, "@b\x1b", 7, 1), "@b\\x1b 7: accepted: hello"),
    ],
)
def test_a_message_is_shown_with_all_that_is_known(sent: Sent, text: str) -> None:
    assert receipts_text(sent) == text


def test_of_many_names_the_first_are_shown() -> None:
    text = receipts_text(Sent(SEND, "#dev", 7, 20, MANY))
    assert "user09 and 2 others: hello" in text
