"""What signals do: they stop and reload a running broker, and end a long verb, which then leaves nothing."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from broker.monitoring.notify import notify

if TYPE_CHECKING:
    from broker.reloading import Reloader
    from broker.server import Broker

_STOPPING = (signal.SIGINT, signal.SIGTERM)
_UNUSED = (signal.SIGUSR1, signal.SIGUSR2)


def ignore_signals() -> None:
    """Ignore signals that would end the process and have no use, or not before the broker serves."""
    for number in (*_UNUSED, *(() if _has_terminal() else (signal.SIGHUP,))):
        signal.signal(number, signal.SIG_IGN)


def heed_signals(broker: Broker, reloader: Reloader) -> None:
    """Stop on signals, except on those that were ignored at the start. Reload on SIGHUP.

    If its terminal is closed, a process gets SIGHUP too. Then stop, unless it was ignored, as under nohup.
    """
    stops_with_terminal = signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN and _has_terminal()

    def stop(*_: object) -> None:
        signal.set_wakeup_fd(-1)  # the loop is awake, and will close the pipe
        broker.stop()
        notify("STOPPING=1")

    def stop_without_terminal(*_: object) -> None:
        if not _has_terminal():
            stop()

    def hang_up(*_: object) -> None:
        reloader.request()
        if stops_with_terminal:
            stop_without_terminal()
            signal.alarm(1)  # the signal can come before the terminal has gone

    signal.signal(signal.SIGHUP, hang_up)
    signal.signal(signal.SIGALRM, stop_without_terminal)
    for number in _STOPPING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, stop)
    signal.set_wakeup_fd(broker.router.wake_fd, warn_on_full_buffer=False)


def _has_terminal() -> bool:
    """Return whether this process has a terminal that is still there."""
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY | os.O_CLOEXEC))
    except OSError:
        return False
    return True


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Let SIGINT and SIGTERM end the block as an exception does, with the exit code 130 or 143.

    SQLite turns an exception during a statement into an error of its own. So the block ends with the exit
    code also if another exception leaves it after a signal.
    """
    caught: list[int] = []

    def end(number: int, _frame: FrameType | None) -> None:
        caught.append(number)
        sys.exit(128 + number)

    before = {number: signal.signal(number, end) for number in _STOPPING}
    try:
        yield
    except BaseException:
        if caught:
            sys.exit(128 + caught[0])
        raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
