"""The line editor of line mode, where there can be one."""

from __future__ import annotations

import os
import sys
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import TYPE_CHECKING

from client.commands.completion import complete, foresee
from client.core.session import Session
from client.editor.history_file import HistoryFile
from client.views.highlight import has_title

if TYPE_CHECKING:
    from client.editor.terminal import Terminal


def line_editor(
    fd: int, session: Session, kept: HistoryFile | None
) -> AbstractContextManager[Terminal | None]:
    """Return a terminal that reads from `fd` with a line editor if it can have one, else None."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return nullcontext()
    from client.editor.opening import open_terminal  # noqa: PLC0415 - pipes and scripts need no editor

    offers = partial(complete, session), kept.load() if kept else (), partial(foresee, session)
    return open_terminal(fd, os.environ, *offers, has_title=has_title(os.environ))
