"""Reloading: the gateway reopens its access log and takes a new certificate, and nobody notices."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Callable
from dataclasses import fields, replace

from client.web.operating.log import AccessLog
from client.web.operating.options import RELOADABLE, Options
from client.web.operating.tls import CertificateError, check_certificate, load

_log = logging.getLogger("chat-web")


class Reloader:
    """Takes over what can change. `context` returns the TLS context in use, if there is one."""

    def __init__(
        self,
        options: Options,
        reread: Callable[[], Options],
        access_log: AccessLog,
        context: Callable[[], ssl.SSLContext | None],
    ) -> None:
        """`reread` returns the options as they are given now, or raises ValueError with a sentence."""
        self._options, self._reread = options, reread
        self._access_log, self._context = access_log, context

    def reload(self) -> None:
        """Reload, and log what was done. If something is wrong, nothing changes but a log that was moved."""
        try:
            _log.info("reloaded: %s", self._reload())
        except (ValueError, CertificateError) as error:
            _log.error("nothing is reloaded: %s", str(error).rstrip("."))
            self._reopen(self._options)

    def _reload(self) -> str:
        wanted, before = self._reread(), self._options
        context = self._context()
        if context is not None and wanted.certificate and wanted.key:
            check_certificate(wanted.certificate, wanted.key)
            load(context, wanted.certificate, wanted.key)
        changed = [
            one.name for one in fields(Options) if getattr(wanted, one.name) != getattr(before, one.name)
        ]
        taken = {name: getattr(wanted, name) for name in changed if name in RELOADABLE}
        self._options = replace(before, **taken)
        self._reopen(self._options)
        done = "the access log and the certificate" if context is not None else "the access log"
        rest = [name.replace("_", "-") for name in changed if name not in RELOADABLE]
        return f"{done}; restart for changes of {', '.join(rest)}" if rest else done

    def _reopen(self, options: Options) -> None:
        try:
            self._access_log.open(options.access_log, as_json=options.log_json)
        except OSError as error:
            _log.error("cannot open the access log %s: %s", options.access_log, error.strerror)
