"""Exit codes of all commands; README and the manual pages list them."""

from enum import IntEnum


class Exit(IntEnum):
    """The exit code of a process."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    CANNOT_START = 3
    CANNOT_CONNECT = 4
    REFUSED = 5
    NOT_CONFIRMED = 6
    INTERRUPTED = 130
