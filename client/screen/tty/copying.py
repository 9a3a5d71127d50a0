"""Copies a text to where the person can paste it: by OSC 52, and by a program of the desktop or of tmux."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import threading
from base64 import b64encode
from collections.abc import Callable, Mapping
from contextlib import suppress

from messages.text import counted

MOST_BYTES = 74_994
"""Terminals take at most 100,000 characters of OSC 52, which encode this many bytes."""

_PROGRAM_SECONDS = 5.0
_TMUX = (("tmux", "load-buffer", "-w", "-"), "TMUX")
_DESKTOP = (
    (("wl-copy",), "WAYLAND_DISPLAY"),
    (("xclip", "-selection", "clipboard"), "DISPLAY"),
    (("xsel", "--clipboard", "--input"), "DISPLAY"),
    (("pbcopy",), ""),
)
"""Programs that take the text from their input, and the variable without which they cannot work."""


class Copying:
    """Copies texts. `write` writes to the terminal, `tell` tells the person what failed later."""

    def __init__(
        self, environ: Mapping[str, str], write: Callable[[str], None], tell: Callable[[str], None]
    ) -> None:
        self._environ = environ
        self._write = write
        self._tell = tell

    def copy(self, text: str) -> str:
        """Copy a text, and return a sentence about it. This takes no time; a program works on."""
        data = text.encode()
        programs = [found for found in (self._find(_TMUX), self._find(*_DESKTOP)) if found]
        fits = len(data) <= MOST_BYTES
        if not fits and not programs:
            return f"The text is too long to copy: it has {len(data):,} bytes of at most {MOST_BYTES:,}."
        if fits:
            self._write(clipboard_sequence(data, self._environ))
        for program in programs:
            self._run(program, data)
        characters = counted(len(text), "character", "is", "are")
        if not programs:
            return f"{characters} copied, if the terminal allows it."
        return f"{characters} copied, with {' and '.join(program[0] for program in programs)}."

    def _find(self, *programs: tuple[tuple[str, ...], str]) -> tuple[str, ...] | None:
        """Return the command of the first program that is here and can work."""
        path = self._environ.get("PATH", "")
        able = (command for command, variable in programs if not variable or self._environ.get(variable))
        return next((command for command in able if shutil.which(command[0], path=path)), None)

    def _run(self, command: tuple[str, ...], data: bytes) -> None:
        """Run a program beside the loop. If it fails, the person is told."""
        loop = asyncio.get_running_loop()

        def run() -> None:
            if not (why := self._fail(command, data)):
                return
            with suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(self._tell, f"{command[0]} could not copy the text: {why}.")

        threading.Thread(target=run, daemon=True).start()

    def _fail(self, command: tuple[str, ...], data: bytes) -> str:
        """Run a program, and return why it failed, or nothing. It gets no terminal to write on."""
        path = shutil.which(command[0], path=self._environ.get("PATH", "")) or command[0]
        try:
            done = subprocess.run(
                [path, *command[1:]],
                input=data,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=dict(self._environ),
                start_new_session=True,
                timeout=_PROGRAM_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return "it did not end"
        except OSError as error:
            return error.strerror or str(error)
        return f"it ended with code {done.returncode}" if done.returncode else ""


def clipboard_sequence(data: bytes, environ: Mapping[str, str]) -> str:
    """Return what puts bytes on the terminal's clipboard, through tmux or screen if there is one."""
    sequence = f"\x1b]52;c;{b64encode(data).decode()}\a"
    if environ.get("TMUX"):
        doubled = sequence.replace("\x1b", "\x1b\x1b")
        return f"\x1bPtmux;{doubled}\x1b\\{sequence}"  # by its settings, tmux takes one of them, or none
    return _in_parts(sequence) if environ.get("STY") else sequence


def _in_parts(sequence: str) -> str:
    """Return a sequence for screen, which passes on 768 bytes at once."""
    return "".join(f"\x1bP{sequence[at : at + 700]}\x1b\\" for at in range(0, len(sequence), 700))
