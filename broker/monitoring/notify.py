"""Reports the broker's state to systemd as sd_notify(3) does: a datagram to the socket of NOTIFY_SOCKET."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress


def notify(state: str) -> bool:
    """Send a state like `READY=1` if the environment names a socket. Return whether it was sent.

    It never blocks and never raises.
    """
    address = os.environ.get("NOTIFY_SOCKET", "")
    if address[:1] not in ("/", "@"):
        return False
    if address[0] == "@":  # an abstract socket
        address = f"\0{address[1:]}"
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
        sender.setblocking(False)
        sender.sendto(state.encode(), address)
        return True
    return False


@contextmanager
def notify_reloading() -> Iterator[None]:
    """Tell systemd that the broker reloads during the block, and that it is ready afterwards."""
    notify(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")
    try:
        yield
    finally:
        notify("READY=1")


def has_watchdog() -> bool:
    """Return whether systemd ends this process if it sends no `WATCHDOG=1` for a while."""
    return bool(os.environ.get("WATCHDOG_USEC")) and os.environ.get("WATCHDOG_PID", str(os.getpid())) == str(
        os.getpid()
    )
