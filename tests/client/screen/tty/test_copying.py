"""How a text is copied."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from pathlib import Path

import pytest
from eventually import eventually, eventually_in_loop

from client.screen.tty.copying import MOST_BYTES, Copying, clipboard_sequence

ENCODED = b64encode("caf\u00e9".encode()).decode()


class Desk:
    """A place with fake programs, where `written` and `told` are noted."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.written: list[str] = []
        self.told: list[str] = []

    def add(self, name: str, script: str = "") -> None:
        path = self.directory / name
        path.write_text(f'#!/bin/sh\necho said; echo said >&2\n/bin/cat >{path}.part\n{script}\n'
                        f'echo "$@" >{path}.args; /bin/mv {path}.part {path}.got\n')  # fmt: skip
        path.chmod(0o755)

    def copy(self, text: str, **environ: str) -> str:
        """Copy, and wait until the person is told of a failure if `told` is wanted."""

        async def work() -> str:
            copying = Copying(environ | {"PATH": str(self.directory)}, self.written.append, self.told.append)
            said = copying.copy(text)
            if environ.get("FAILS"):
                await eventually_in_loop(lambda: bool(self.told), "the failure is told")
            return said

        return asyncio.run(work())

    def got(self, name: str) -> str:
        path = self.directory / f"{name}.got"
        return eventually(lambda: path.read_text() if path.exists() else None, f"{name} got the text")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_without_a_program_the_terminal_is_asked(desk: Desk) -> None:
    assert desk.copy("caf\u00e9", WAYLAND_DISPLAY="w", DISPLAY=":0") == (
        "4 characters are copied, if the terminal allows it."
    )
    assert desk.written == [f"\x1b]52;c;{ENCODED}\a"]


def test_a_program_of_the_desktop_gets_the_text_if_it_can_work(desk: Desk) -> None:
    for name in ("wl-copy", "xclip"):
        desk.add(name)
    assert desk.copy("caf\u00e9", DISPLAY=":0") == "4 characters are copied, with xclip."
    assert desk.got("xclip") == "caf\u00e9"
    assert (desk.directory / "xclip.args").read_text() == "-selection clipboard\n"
    assert desk.copy("x", DISPLAY=":0", WAYLAND_DISPLAY="w") == "1 character is copied, with wl-copy."
    assert desk.got("wl-copy") == "x"
    assert len(desk.written) == 2
    assert not desk.told


def test_in_tmux_its_buffer_gets_the_text_and_the_sequence_is_wrapped(desk: Desk) -> None:
    desk.add("tmux")
    desk.add("pbcopy")
    assert desk.copy("caf\u00e9", TMUX="t") == "4 characters are copied, with tmux and pbcopy."
    assert desk.got("tmux") == desk.got("pbcopy") == "caf\u00e9"
    plain = f"\x1b]52;c;{ENCODED}\a"
    assert desk.written == [f"\x1bPtmux;\x1b{plain}\x1b\\{plain}"]


def test_screen_gets_the_sequence_in_parts_that_it_passes_on() -> None:
    sequence = clipboard_sequence(b"x" * 2_000, {"STY": "s"})
    parts = sequence.split("\x1b\\")[:-1]
    assert all(part.startswith("\x1bP") and len(part) < 768 for part in parts)
    assert "".join(part[2:] for part in parts) == clipboard_sequence(b"x" * 2_000, {})


def test_a_long_text_is_for_programs_only(desk: Desk) -> None:
    long = "x" * (MOST_BYTES + 1)
    assert "too long" in desk.copy(long)
    assert desk.copy("x" * MOST_BYTES).startswith("74,994 characters")
    desk.written.clear()
    desk.add("pbcopy")
    assert desk.copy(long).endswith("copied, with pbcopy.")
    assert desk.got("pbcopy") == long
    assert desk.written == []


def test_the_person_is_told_if_a_program_fails(desk: Desk) -> None:
    desk.add("xsel", "exit 3")
    assert desk.copy("x", DISPLAY=":0", FAILS="1") == "1 character is copied, with xsel."
    assert desk.told == ["xsel could not copy the text: it ended with code 3."]
