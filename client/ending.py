"""The end of the process of `chat-client`: its exit code, and one sentence at most."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

from client.exits import ClientExit, is_reader_gone
from client.keys import KeyFileError
from messages.exits import Exit
from messages.program import drop_unwritten, os_error_text
from messages.sentences import tell


def end_with(run: Callable[[], Exit]) -> NoReturn:
    """Run, and end the process with the exit code and one sentence at most."""
    _open_missing_streams()
    try:
        code = run()
    except ClientExit as end:
        code = end.code
        if end.text:
            tell_end(end.text)
    except KeyFileError as error:
        code = Exit.FAILED
        tell_end(str(error))
    except KeyboardInterrupt:
        code = Exit.INTERRUPTED
    except OSError as error:
        code = Exit.DONE if is_reader_gone(error) else Exit.FAILED
        if code is Exit.FAILED:
            tell_end(os_error_text(error))
    drop_unwritten()
    sys.exit(code)


def tell_end(text: str) -> None:
    """Write a sentence to stderr, unless its terminal is gone."""
    with suppress(OSError):
        tell(f"chat-client: {text}")


def _open_missing_streams() -> None:
    """Open the null device for each standard stream that is closed."""
    for fd, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        if getattr(sys, name) is None:
            null = os.open(os.devnull, os.O_RDWR)
            if null != fd:
                os.dup2(null, fd)
            setattr(sys, name, open(fd, mode, encoding="utf-8", closefd=False))  # noqa: SIM115
