from __future__ import annotations

import pytest
from driven import message, ready

from client.commands.completion import complete


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("/whoi", ["/whois "]),
        ("/WHOA", ["/whoami "]),
        ("say /whoi", []),
        ("#", ["#dev", "#lobby"]),
        ("look at #D", ["#dev"]),
        ("bo", ["bob: "]),
        ("ask Bo", ["bob "]),
        ("nobody", []),
    ],
)
def test_a_word_becomes_a_command_a_conversation_or_a_name(text: str, candidates: list[str]) -> None:
    driven = ready(("#lobby", 0, 0), ("#dev", 0, 0))
    driven.hear(message(1, sender="bob"))
    assert complete(driven.session, text, len(text)) == candidates


def test_only_what_stands_before_the_cursor_counts() -> None:
    assert complete(ready(("#lobby", 0, 0)).session, "#lo and more", 3) == ["#lobby"]
