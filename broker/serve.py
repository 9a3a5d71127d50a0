"""The process of `chat-broker`: open the log, listen, serve until a signal, and end."""

from __future__ import annotations

import gc
import logging
import os
import resource
import secrets
import socket
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from broker.core.access.invites import invite_secret
from broker.core.access.tickets import ticket_secret
from broker.core.rates import PEERS_PER_FILE_LIMIT
from broker.core.settings import Settings
from broker.core.store import Store, StoreBroken, StoreError
from broker.listening import CannotListenError, listen, serve_metrics
from broker.monitoring import logs
from broker.monitoring.figures import measures
from broker.monitoring.notify import has_watchdog, notify
from broker.options.options import Options
from broker.options.values import data_directory
from broker.reloading import Reloader
from broker.security.keys import KEY_FILE, KeyFileError, KeyPair, fingerprint, load_or_make, make_keys
from broker.server import Broker
from broker.signals import heed_signals, ignore_signals
from broker.store.memory import MemoryStore
from broker.web import WebGateway
from messages.endpoints import Endpoint, chat_address
from messages.exits import Exit

if TYPE_CHECKING:
    from broker.monitoring.metrics import MetricsServer

_Note = Callable[[int, str], None]  # writes a sentence to the log

_ANY_HOST = ("0.0.0.0", "[::]", "*")  # noqa: S104 - a look-up, no bind

_COLLECTED_AFTER = 20_000  # new objects

_OTHER_FILES = 32  # ZeroMQ's own, the database, the log, requests for metrics


LEAST_FILES = 64
"""Open files that the broker needs: about 30 of its own, and some for connections."""


class CannotStartError(Exception):
    """The broker cannot start. The text is a sentence that says what to do."""


class BrokerFailedError(Exception):
    """The broker had to end. The text is a sentence with the reason."""


def serve(options: Options, reread: Callable[[], Options]) -> None:
    """Run a broker with the command's options until a signal. SIGHUP has it `reread` them.

    Raise CannotStartError if it cannot start, BrokerFailedError if it fails later.
    """
    ignore_signals()
    _open_log(options)
    _raise_file_limit()
    _refuse_low_file_limit()
    log_writer, code = logs.LogWriter(), Exit.FAILED
    try:
        _serve(options, reread, log_writer)
        code = Exit.DONE
    except CannotStartError:
        code = Exit.CANNOT_START
        raise
    except StoreBroken as error:
        log_writer.note(logging.ERROR, f"the broker ends: {error}")
        raise BrokerFailedError(str(error)) from None
    finally:
        if not log_writer.close():
            os._exit(code)  # nobody reads the log, and Python would wait until it is written


def _serve(options: Options, reread: Callable[[], Options], log_writer: logs.LogWriter) -> None:
    note = log_writer.note
    store, keys = _store_and_keys(options, note)
    broker = _make_broker(options, store, keys, log_writer)
    try:
        listening = _listen(broker, options, keys, note)
        metrics = _serve_metrics(broker, options, log_writer)
        web = WebGateway(broker, options, keys, note) if options.web and keys else None
    except CannotListenError as error:
        broker.close()
        raise CannotStartError(str(error)) from None
    reloader = Reloader(options, reread, broker.core, partial(_settings, keys=keys), note)
    if web:
        reloader.also, broker.around.web = web.reload, web.state
    broker.router.on_wake = reloader.run
    broker.around.reload = reloader.reload
    broker.around.measure = partial(measures, broker.meter, lambda: log_writer.lost)
    heed_signals(broker, reloader)
    _announce(listening, keys, options, note)
    broker.meter.listening = True
    if has_watchdog():
        broker.meter.on_alive = partial(notify, "WATCHDOG=1")
    notify("READY=1")
    _collect_less()
    if web:
        encrypted = (_for_others(url) for url, endpoint in listening if options.encrypts(endpoint))
        web.terminals = next(encrypted, "")
        web.open(None if options.memory else data_directory(options.data))
    try:
        broker.run()
    finally:
        if web:
            web.close()
        if metrics:
            metrics.close()
    note(logs.NOTICE, "the broker has stopped")


def _open_log(options: Options) -> None:
    level, file = options.log_level, options.log_file
    try:
        logs.configure(level, file, as_json=options.log_json, syslog=options.syslog)
    except (OSError, ValueError) as error:
        raise CannotStartError(logs.open_failure(error)) from None


def _store_and_keys(options: Options, note: _Note) -> tuple[Store, KeyPair | None]:
    """Open the store and load the keys. If there are no usable keys, close the store."""
    store = _store(options, note)
    try:
        return store, _keys(options)
    except CannotStartError:
        store.close()
        raise


def _make_broker(options: Options, store: Store, keys: KeyPair | None, log_writer: logs.LogWriter) -> Broker:
    """Make the broker. If its store cannot be loaded, close the store and raise CannotStartError."""
    settings, most = _settings(options, keys), _most_connections()
    try:
        return Broker(settings, store=store, log=log_writer.write, most_connections=most)
    except (StoreError, StoreBroken) as error:
        store.close()
        raise CannotStartError(str(error)) from None


def _settings(options: Options, keys: KeyPair | None) -> Settings:
    return Settings(
        names=options.names,
        access=options.access,
        title=options.title,
        motd=options.motd,
        log_place=str(options.log_file or options.syslog or "stderr"),
        own_uid=os.getuid(),
        heartbeat=round(options.heartbeat * 1000),
        log_messages=logs.LEVELS[options.log_level] <= logs.LEVELS["info"],
        forget_days=options.forget_after,
        trust_clock=options.trust_clock,
        edit_for=None if options.edit_for is None else round(options.edit_for * 3_600),
        max_file=options.max_file * 1_000_000,
        files_per_user=options.files_per_user * 1_000_000,
        files_total=options.files_total * 1_000_000,
        retain_days=options.retain.get(None, 0),
        caps=options.caps(int(_most_connections() * PEERS_PER_FILE_LIMIT)),
        retain_in={room: days for room, days in options.retain.items() if room},
        invite_secret=invite_secret(keys.secret.encode()) if keys else b"",
        ticket_secret=ticket_secret(keys.secret.encode()) if keys else b"",
        ticket_days=options.ticket_days,
        insecure=any(options.is_insecure(endpoint) for endpoint in options.bind),
    )


def _most_connections() -> int:
    """Return how many connections this process can have beside the files that it has open or will open."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return max(limit - sum(1 for _ in Path("/dev/fd").iterdir()) - _OTHER_FILES, 1)


def _store(options: Options, note: _Note) -> Store:
    epoch = secrets.token_hex(8)
    if options.memory:
        return MemoryStore(epoch, options.keep)
    from broker.store.sqlite import SqliteStore  # noqa: PLC0415 - a broker in memory needs no database

    try:
        return SqliteStore(
            data_directory(options.data), epoch, partial(note, logs.NOTICE), partial(note, logging.ERROR)
        )
    except (StoreError, StoreBroken, ValueError) as error:
        raise CannotStartError(str(error)) from None
    except OSError as error:
        raise CannotStartError(f"{error.filename}: {error.strerror}; choose another with --data") from None


def _keys(options: Options) -> KeyPair | None:
    """Return the broker's keys, or None if nothing is encrypted."""
    if not (options.web or any(options.encrypts(endpoint) for endpoint in options.bind)):
        return None
    if options.memory and not options.key:
        return make_keys()
    try:
        return load_or_make(options.key or data_directory(options.data) / KEY_FILE)
    except KeyFileError as error:
        raise CannotStartError(str(error)) from None


def _listen(
    broker: Broker, options: Options, keys: KeyPair | None, note: _Note
) -> list[tuple[str, Endpoint]]:
    """Listen on all endpoints and the admin channel, and return the urls. Raise CannotListenError."""
    listening = [
        (url, endpoint)
        for endpoint in options.bind
        for url in listen(broker, endpoint, keys if options.encrypts(endpoint) else None)
    ]
    _open_admin_channel(broker, options, note)
    return listening


def _open_admin_channel(broker: Broker, options: Options, note: _Note) -> None:
    """Open the admin channel if there is a data directory. If that fails, the broker serves without it."""
    if options.memory or options.no_admin:
        return
    try:
        broker.bind_admin(data_directory(options.data))
    except OSError as error:
        note(logging.WARNING, f"the admin channel is not open: {error.filename}: {error.strerror}")


def _serve_metrics(broker: Broker, options: Options, log_writer: logs.LogWriter) -> MetricsServer | None:
    """Serve metrics if the options ask for it. Raise CannotListenError."""
    if not options.metrics:
        return None
    directory = None if options.memory else data_directory(options.data)
    metrics = serve_metrics(options.metrics, broker.meter, directory, lambda: log_writer.lost)
    log_writer.note(logs.NOTICE, f"metrics on {metrics.url}")
    return metrics


def _announce(
    listening: Iterable[tuple[str, Endpoint]], keys: KeyPair | None, options: Options, note: _Note
) -> None:
    """Print where and how clients connect. The launcher reads these lines."""
    if keys:
        logs.print_line(f"The broker's key is {fingerprint(keys.public)}")
    for url, endpoint in listening:
        if keys and options.encrypts(endpoint):
            logs.print_line(f"Clients connect to {chat_address(_for_others(url), keys.public)}")
        if options.is_insecure(endpoint):
            logs.print_line(f"Nothing on {url} is encrypted: others on the network can read and change it")
            note(logging.WARNING, f"nothing on {url} is encrypted")
        logs.print_line(f"Listening for connections on {url}...")
        note(logs.NOTICE, f"listening on {url}")


def _for_others(url: str) -> str:
    """Return a tcp url with this machine's name in place of a wildcard."""
    host, _, port = url.removeprefix("tcp://").rpartition(":")
    return f"tcp://{socket.gethostname() if host in _ANY_HOST else host}:{port}"


def _collect_less() -> None:
    """Let Python search for unused cycles less often: batches make no cycles, and there are many objects.

    This saves 7 to 13% of the processor time of a delivery. See docs/performance.md.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_COLLECTED_AFTER, 50, 100)


def _raise_file_limit() -> None:
    """Raise the limit of open files, and so of connections, as far as the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == hard:
        return
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    except (ValueError, OSError) as error:  # a sandbox may forbid it
        logs.logger.log(logs.NOTICE, "the limit of open files stays at %d: %s", soft, error)


def _refuse_low_file_limit() -> None:
    """Raise CannotStartError if ZeroMQ would abort, or nobody could connect, for want of open files."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if limit < LEAST_FILES:
        raise CannotStartError(
            f"this process may open only {limit} files; allow at least {LEAST_FILES}, and one more for each"
            " connection (ulimit -n, or LimitNOFILE= in the unit)"
        )
