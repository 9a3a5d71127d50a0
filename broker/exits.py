"""How `chat-broker` and its verbs end early: with one sentence on stderr, and a code."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from messages.exits import Exit
from messages.sentences import tell


def fail(sentence: str, code: Exit = Exit.FAILED) -> NoReturn:
    """Exit with one sentence on stderr."""
    tell(f"chat-broker: {sentence}")
    sys.exit(code)


@contextmanager
def exits() -> Iterator[None]:
    """Exit with one sentence instead of an exception of a file or of the store."""
    from broker.core.store import StoreBroken, StoreError  # noqa: PLC0415 - --help needs no database

    try:
        yield
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}" if error.filename else str(error.strerror or error))
    except (StoreError, StoreBroken, ValueError) as error:
        fail(str(error))
