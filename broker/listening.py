"""Listening on an endpoint or for metrics: all addresses of a name, and sentences for what can go wrong."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import zmq

from broker.locks import lock_ipc
from broker.monitoring.meter import Meter
from messages.endpoints import Endpoint
from messages.keys import KeyPair

if TYPE_CHECKING:
    from broker.monitoring.metrics import MetricsServer

_NOT_HERE = (errno.EADDRNOTAVAIL, errno.ENODEV, errno.EAFNOSUPPORT)


class CannotListenError(Exception):
    """The broker cannot listen. The text is a sentence that says what to do."""


class Binds(Protocol):
    """What can listen: a broker."""

    def bind(self, url: str, keys: KeyPair | None = None) -> str:
        """Listen on an endpoint, and return it as ZeroMQ resolved it. Raise zmq.ZMQError."""
        ...


def listen(broker: Binds, endpoint: Endpoint, keys: KeyPair | None) -> list[str]:
    """Listen on all addresses of an endpoint, and return these as ZeroMQ resolved them.

    A name can have addresses that this machine does not have. One that it has is enough. Raise
    CannotListenError.
    """
    if endpoint.transport == "ipc":
        _lock(endpoint.url.removeprefix("ipc://"))
    found: list[str] = []
    missing: zmq.ZMQError | None = None
    port = endpoint.url.rpartition(":")[2]
    for host in addresses(endpoint):
        try:
            found.append(broker.bind(f"tcp://{host}:{port}" if host else endpoint.url, keys))
        except zmq.ZMQError as error:
            if error.errno not in _NOT_HERE:
                raise CannotListenError(_failure(endpoint, error)) from None
            missing = error
        else:
            port = found[0].rpartition(":")[2]  # if it was 0, the first address has got one for all
    if missing and not found:
        raise CannotListenError(_failure(endpoint, missing))
    return found


def serve_metrics(
    address: tuple[str, int], meter: Meter, directory: Path | None, lost_lines: Callable[[], int]
) -> MetricsServer:
    """Serve metrics of a broker with this data directory, or with none. Raise CannotListenError."""
    try:
        from broker.monitoring.metrics import MetricsServer  # noqa: PLC0415 - it needs an extra
        from broker.monitoring.places import surveys  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if error.name != "prometheus_client":
            raise
        text = "--metrics needs prometheus_client; install chat-broker[metrics], or leave the option out"
        raise CannotListenError(text) from None
    host, port = address
    try:
        return MetricsServer(meter, host, port, surveys=surveys(directory), lost_lines=lost_lines)
    except OSError as error:
        raise CannotListenError(f"cannot serve metrics on {host}:{port}: {error.strerror or error}") from None


def addresses(endpoint: Endpoint) -> list[str]:
    """Return the hosts to bind for an endpoint; an empty one stands for the endpoint as it is.

    ZeroMQ would bind only one address of a name. If a name means this machine only, so do its addresses.
    """
    if endpoint.transport != "tcp" or endpoint.host in ("*", *(name for _, name in socket.if_nameindex())):
        return [""]
    with suppress(ValueError):
        ip_address(endpoint.host.strip("[]"))
        return [""]
    try:
        found = socket.getaddrinfo(endpoint.host, None, type=socket.SOCK_STREAM)
    except OSError:
        return [""]
    hosts = dict.fromkeys(str(address[0]) for *_, address in found)
    here = [host for host in hosts if not endpoint.local or ip_address(host.partition("%")[0]).is_loopback]
    return [f"[{host}]" if ":" in host else host for host in here]


def _lock(path: str) -> None:
    if Path(path).exists() and not Path(path).is_socket():  # ZeroMQ would remove it
        raise CannotListenError(f"{path} exists and is not a socket; choose another path")
    try:
        lock_ipc(path)
    except BlockingIOError:
        raise CannotListenError(
            f"ipc://{path} is in use by another broker; stop it or choose another path"
        ) from None
    except OSError as error:
        raise CannotListenError(f"cannot listen on ipc://{path}: {error.strerror}") from None


def _failure(endpoint: Endpoint, error: zmq.ZMQError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"{endpoint.url} is in use; stop the program that uses it or choose another with --bind"
    if error.errno in _NOT_HERE:
        return f"{endpoint.url} is not an address of this machine; choose another with --bind"
    return f"cannot listen on {endpoint.url}: {error.strerror}"
