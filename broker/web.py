"""The gateway for browsers that `--web` starts: a child with a key and a grant of its own, kept running."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path

from broker.core.settings import AccessPolicy
from broker.invite import write_invite
from broker.listening import Binds, CannotListenError, listen
from broker.options.options import Options
from messages.endpoints import parse_endpoint
from messages.exits import Exit
from messages.keys import KeyPair

KEY_FILE = "web.key"
STOP_SECONDS = 3.0
"""The gateway has so long to end when the broker ends."""

_PAUSES = (1.0, 1.0, 2.0, 5.0, 10.0)
"""Seconds before it is started again; the last one for all further times."""

_ANY_PORT = "tcp://127.0.0.1:0"
_SIGN_UP = {AccessPolicy.OPEN: "open", AccessPolicy.INVITED: "invited", AccessPolicy.KNOWN: "off"}
_NO_EXTRA = "--web needs more libraries; install chat-broker[web], or leave the option out"
_IN_CLEAR = (
    "--web would serve http that others can read; listen on 127.0.0.1 behind a proxy, set CHAT_WEB_CERT and "
    "CHAT_WEB_KEY, or CHAT_WEB_PROXIES, or give --insecure"
)


class WebGateway:
    """While it is open, a gateway serves browsers. If it ends by itself, it is started again."""

    def __init__(
        self, broker: Binds, options: Options, keys: KeyPair, note: Callable[[int, str], None]
    ) -> None:
        """Open an encrypted port for it, on loopback. Raise CannotListenError."""
        if options.web is None or any(find_spec(one) is None for one in ("starlette", "uvicorn", "wsproto")):
            raise CannotListenError(_NO_EXTRA)
        self._options, self._keys, self._note = options, keys, note
        self._host, self._port = options.web
        secured = any(name in os.environ for name in ("CHAT_WEB_CERT", "CHAT_WEB_PROXIES"))
        if not (_is_loopback(self._host) or secured or options.insecure):
            raise CannotListenError(_IN_CLEAR)
        self._endpoint = parse_endpoint(listen(broker, parse_endpoint(_ANY_PORT), keys)[0])
        self._scratch = tempfile.TemporaryDirectory(prefix="chat-web-")
        self._stopping = threading.Event()
        self.terminals = ""
        """The endpoint that terminals use, if there is an encrypted one besides."""
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep_running, name="web", daemon=True)

    def open(self, directory: Path | None) -> None:
        """Start it. Its key is kept in the broker's data directory, if there is one."""
        self._key_file = (directory or Path(self._scratch.name)) / KEY_FILE
        self._thread.start()

    def close(self) -> None:
        """Stop it."""
        self._stopping.set()
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
        self._thread.join(STOP_SECONDS)
        if self._thread.is_alive() and self._process is not None:
            self._process.kill()
            self._thread.join()
        self._scratch.cleanup()

    def _keep_running(self) -> None:
        for tried in range(sys.maxsize):
            code = self._run()
            if self._stopping.is_set() or code == Exit.USAGE:
                return
            pause = _PAUSES[min(tried, len(_PAUSES) - 1)]
            self._note(logging.WARNING, f"the gateway for browsers ended with code {code}; it starts again")
            if self._stopping.wait(pause):
                return

    def _run(self) -> int:
        """Run it until it ends, and return its exit code."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        command = [
            *(sys.executable, "-P", "-m", "client.web"),  # nothing from the present directory
            *("--listen", f"{host}:{self._port}", "--identity", str(self._key_file)),
            *("--sign-up", _SIGN_UP[self._options.access], "--parent", str(os.getpid())),
            *(["--terminals", self.terminals] if self.terminals else []),
            *(["--guests"] if self._options.web_guests else []),
            *(["--insecure"] if self._options.insecure else []),
        ]
        grant = {"role": "gateway", "guests": self._options.web_guests, "accounts": True}
        address = write_invite(self._keys, self._endpoint, uses=1, hours=1, **grant)  # type: ignore[arg-type]
        self._process = process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "CHAT_WEB_CONNECT": address},  # not an argument, which all users can see
            start_new_session=True,  # Ctrl-C is for the broker, which then stops it
        )
        if self._stopping.is_set():
            process.terminate()
        return process.wait()


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
