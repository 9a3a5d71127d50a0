"""The process of `chat-broker`: log, listen, serve until a signal, leave."""

from __future__ import annotations

import errno
import os
import resource
import secrets
import signal
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import zmq

from broker import logs
from broker.core.context import Names, Rules
from broker.core.store import Store, StoreBroken, StoreError
from broker.locks import lock_ipc
from broker.places import data_directory
from broker.server import Broker
from broker.store.memory import MemoryStore
from messages.endpoints import Endpoint

_STOPPING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class CannotStartError(Exception):
    """The broker cannot start; the text says what to do."""


class BrokerFailedError(Exception):
    """The broker had to end; the text says why."""


def serve(options: Mapping[str, Any]) -> None:
    """Run a broker with the command's options until a signal.

    Raise CannotStartError if it cannot start, BrokerFailedError if it cannot go on.
    """
    level = options["log_level"]
    try:
        logs.configure(level, options["log_file"], as_json=options["log_json"], syslog=options["syslog"])
    except ValueError as error:
        raise CannotStartError(f"cannot open the log: {error}") from None
    except OSError as error:
        raise CannotStartError(f"cannot open the log: {error.filename}: {error.strerror}") from None
    _raise_file_limit()
    store = _store(options)
    rules = Rules(
        names=Names(options["names"]),
        title=options["title"],
        motd=options["motd"],
        own_uid=os.getuid(),
        heartbeat=round(options["heartbeat"] * 1000),
        note_messages=logs.LEVELS[level] <= logs.LEVELS["info"],
        forget_days=options["forget_after"],
        retain_days=options["retain"].get(None, 0),
        retain_in={room: days for room, days in options["retain"].items() if room},
    )
    note_log = logs.NoteLog()
    try:
        broker = Broker(rules, store=store, log=note_log.write)
    except (StoreError, StoreBroken) as error:
        store.close()
        raise CannotStartError(str(error)) from None
    try:
        listening = [_listen(broker, endpoint) for endpoint in options["bind"]]
    except CannotStartError:
        broker.close()
        raise
    _stop_on_signals(broker)
    _announce(listening)
    try:
        broker.run()
    except StoreBroken as error:
        logs.logger.error("the broker ends: %s", error)
        raise BrokerFailedError(str(error)) from None
    finally:
        note_log.close()
    logs.logger.log(logs.NOTICE, "the broker has stopped")


def _store(options: Mapping[str, Any]) -> Store:
    epoch = secrets.token_hex(8)
    if options["memory"]:
        return MemoryStore(epoch, options["keep"])
    from broker.store.sqlite import SqliteStore  # noqa: PLC0415 - a broker in memory needs no database

    try:
        return SqliteStore(data_directory(options["data"]), epoch, report=_report)
    except (StoreError, StoreBroken, ValueError) as error:
        raise CannotStartError(str(error)) from None
    except OSError as error:
        raise CannotStartError(f"{error.filename}: {error.strerror}; choose another with --data") from None


def _report(text: str) -> None:
    logs.logger.log(logs.NOTICE, "%s", text)


def _listen(broker: Broker, endpoint: Endpoint) -> str:
    if endpoint.transport == "ipc":
        path = Path(endpoint.url.removeprefix("ipc://"))
        if path.exists() and not path.is_socket():  # ZeroMQ would remove it
            raise CannotStartError(f"{path} exists and is not a socket; choose another path")
        try:
            lock_ipc(endpoint.url.removeprefix("ipc://"))
        except BlockingIOError:
            raise CannotStartError(
                f"{endpoint.url} is in use by another broker; stop it or choose another path"
            ) from None
        except OSError as error:
            raise CannotStartError(f"cannot listen on {endpoint.url}: {error.strerror}") from None
    try:
        return broker.bind(endpoint.url)
    except zmq.ZMQError as error:
        raise CannotStartError(_why_not(endpoint, error)) from None


def _why_not(endpoint: Endpoint, error: zmq.ZMQError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"{endpoint.url} is in use; stop what listens there or choose another port with --bind"
    if error.errno in (errno.EADDRNOTAVAIL, errno.ENODEV):
        return f"{endpoint.url} is no address of this machine; choose one with --bind"
    return f"cannot listen on {endpoint.url}: {error.strerror}"


def _announce(endpoints: Iterable[str]) -> None:
    for endpoint in endpoints:
        logs.print_line(f"Listening for connections on {endpoint}...")
        logs.logger.log(logs.NOTICE, "listening on %s", endpoint)


def _stop_on_signals(broker: Broker) -> None:
    """Stop on signals, but for those ignored from the start, as under nohup."""

    def stop(*_: object) -> None:
        signal.set_wakeup_fd(-1)  # the loop is awake, and closes its pipe before this process ends
        broker.stop()

    for number in _STOPPING_SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, stop)
    signal.set_wakeup_fd(broker.router.wake_fd, warn_on_full_buffer=False)


def _raise_file_limit() -> None:
    """Allow as many connections as the system lets this process have."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
