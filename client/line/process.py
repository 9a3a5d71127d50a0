"""What line mode needs of its process: a terminal with a line editor, and the signals that it gets."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from client.commands.completion import complete, foresee
from client.core.session import Session
from client.editor.history_file import HistoryFile
from client.line.highlight import has_title
from client.line.shutdown import LEAVING_SIGNALS

if TYPE_CHECKING:
    from client.editor.terminal import Terminal

STDIN = 0


@contextmanager
def line_editor(session: Session, kept: HistoryFile | None) -> Iterator[Terminal | None]:
    """Yield a terminal with a line editor if it can have one, else None."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        yield None
        return
    from client.editor.editor import Editor  # noqa: PLC0415 - pipes and scripts need no editor
    from client.editor.terminal import Terminal, reflows, supported  # noqa: PLC0415

    if not supported(STDIN, os.environ):
        yield None
        return

    editor = Editor(partial(complete, session), kept.load() if kept else (), partial(foresee, session))
    with Terminal(
        STDIN, sys.stdout, editor, reflows=reflows(os.environ), has_title=has_title(os.environ)
    ) as terminal:
        yield terminal


@contextmanager
def leaving_signals() -> Iterator[int]:
    """Yield a descriptor for the loop to read; each signal writes a byte to it."""
    read_fd, write_fd = os.pipe()
    os.set_blocking(write_fd, False)
    for number in LEAVING_SIGNALS:
        signal.signal(number, lambda *_: None)
    signal.set_wakeup_fd(write_fd, warn_on_full_buffer=False)
    try:
        yield read_fd
    finally:
        signal.set_wakeup_fd(-1)
        os.close(read_fd)
        os.close(write_fd)
