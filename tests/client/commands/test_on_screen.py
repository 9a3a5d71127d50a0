"""The slash commands that only the full screen has."""

from __future__ import annotations

import pytest
from driven import ready
from fake_host import FakeHost

from client.commands.completion import complete
from client.commands.registry import ScreenCommand


def test_the_screen_says_what_its_command_does() -> None:
    host, ran = FakeHost(), list[str]()
    host.on_screen["/set"] = ScreenCommand(ran.append)
    host.type("/set theme  light")
    assert ran == ["theme  light"]


def test_line_mode_says_what_to_do_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "/home/ann/x")
    with pytest.raises(ValueError) as refused:
        FakeHost().type("/set theme light")
    where = "in line mode, edit /home/ann/x/chat-client/config.toml"
    assert str(refused.value) == f"/set is a command of the full screen; {where}"


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("/set ", ["after []"]),
        ("/SET a", ["after []"]),
        ("/set  theme a", ["after [theme ]"]),
        ("/set x", []),
        ("/set", ["/set "]),
    ],
)
def test_the_screen_completes_what_follows_its_command(text: str, candidates: list[str]) -> None:
    own = {"/set": ScreenCommand(print, lambda before: [f"after [{before}]"])}
    assert complete(ready().session, text, len(text), on_screen=own) == candidates
