"""Opening a terminal with a line editor, where it can have one."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from client.editor.editor import Complete, Editor, Foresee
from client.editor.inputs import TypedLine
from client.editor.terminal import Terminal, reflows, supported


@contextmanager
def open_terminal(
    fd: int,
    environ: Mapping[str, str],
    complete: Complete,
    history: Iterable[TypedLine],
    foresee: Foresee,
    *,
    has_title: bool,
) -> Iterator[Terminal | None]:
    """Yield the terminal of this process, from which `fd` reads; None if it can have no editor."""
    if not supported(fd, environ):
        yield None
        return
    editor = Editor(complete, history, foresee)
    with Terminal(fd, sys.stdout, editor, reflows=reflows(environ), has_title=has_title) as terminal:
        yield terminal
