"""The gateway for browsers that `--web` starts: a child with a key and a grant of its own, kept running."""

from __future__ import annotations

import logging
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path

from broker.core.access.granted_roles import granted
from broker.core.access.keys import key_owner
from broker.core.settings import AccessPolicy
from broker.invite import write_invite
from broker.listening import CannotListenError, listen
from broker.monitoring.logs import NOTICE, print_line
from broker.options.options import Options
from broker.security.keys import KeyFileError, load_or_make
from broker.server import Broker
from messages.endpoints import chat_address, parse_endpoint
from messages.exits import Exit
from messages.keys import KeyPair

KEY_FILE = "web.key"
STOP_SECONDS = 3.0
"""The gateway has so long to end when the broker ends."""

_PAUSES = (1.0, 1.0, 2.0, 5.0, 10.0)
"""Seconds before it is started again; the last one for all further times."""

_WELL_SECONDS = 60.0
"""If it has run for so long, the next pause is the first one again."""

_PRIORITY = re.compile(r"<(\d)>")
_LEVELS = {"3": logging.ERROR, "5": NOTICE}
"""The gateway writes a priority before what it logs. All else, like the sentence at its end, is a warning."""

_ENVIRONMENT = re.compile(
    r"PATH|HOME|LANG|LANGUAGE|LC_\w+|TZ|TMPDIR|PYTHON\w+|MALLOC_\w+|GLIBC_TUNABLES|CHAT_WEB_\w+"
)
"""What it gets of the broker's environment. Settings of others may be secrets."""

_SERVES = "The chat is at "
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
        self, broker: Broker, options: Options, keys: KeyPair, note: Callable[[int, str], None]
    ) -> None:
        """Open an encrypted port for it, on loopback. Raise CannotListenError."""
        if options.web is None or any(find_spec(one) is None for one in ("starlette", "uvicorn", "wsproto")):
            raise CannotListenError(_NO_EXTRA)
        self._options, self._keys, self._note = options, keys, note
        self._host, self._port = options.web
        secured = any(name in os.environ for name in ("CHAT_WEB_CERT", "CHAT_WEB_PROXIES"))
        if not (_is_loopback(self._host) or secured or options.insecure):
            raise CannotListenError(_IN_CLEAR)
        self._broker = broker
        self._was_granted = False
        self._endpoint = parse_endpoint(listen(broker, parse_endpoint(_ANY_PORT), keys)[0])
        self._scratch: tempfile.TemporaryDirectory[str] | None = None
        self._stopping = threading.Event()
        self._process: subprocess.Popen[str] | None = None
        self._url = ""
        """Where it serves, if it does now."""
        self.terminals = ""
        """The endpoint that terminals use, if there is an encrypted one besides."""
        self._thread = threading.Thread(target=self._keep_running, name="web", daemon=True)

    def open(self, directory: Path | None) -> None:
        """Start it. Its key is kept in the broker's data directory, if there is one."""
        if directory is None:
            self._scratch = tempfile.TemporaryDirectory(prefix="chat-web-")
            directory = Path(self._scratch.name)
        self._key_file = directory / KEY_FILE
        self._thread.start()

    def reload(self) -> None:
        """Have it reload too: its certificate, and its access log."""
        if self._process is not None:
            self._process.send_signal(signal.SIGHUP)  # if it has ended, this does nothing

    def state(self) -> str:
        """Return a sentence about it."""
        if self._url:
            return f"chat-web serves {self._url}"
        return f"chat-web for {self._host}:{self._port} does not serve; the log says more"

    def close(self) -> None:
        """Stop it."""
        self._stopping.set()
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
        self._thread.join(STOP_SECONDS)
        if self._thread.is_alive() and self._process is not None:
            self._process.kill()
            self._thread.join()
        if self._scratch is not None:
            self._scratch.cleanup()

    def _keep_running(self) -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})  # inherited, until the gateway heeds it
        tried = 0
        while True:
            begun = time.monotonic()
            code = self._run()
            if self._stopping.is_set() or code == Exit.USAGE:
                return
            tried = 0 if time.monotonic() - begun > _WELL_SECONDS else tried
            pause = _PAUSES[min(tried, len(_PAUSES) - 1)]
            tried += 1
            self._note(logging.WARNING, f"the gateway for browsers ended with code {code}; it starts again")
            if self._stopping.wait(pause):
                return

    def _run(self) -> int:
        """Run it until it ends, and return its exit code."""
        try:
            address = self._address()
        except KeyFileError as error:
            self._note(logging.ERROR, f"the gateway for browsers cannot start: {error}")
            return Exit.FAILED
        passed = {name: value for name, value in os.environ.items() if _ENVIRONMENT.fullmatch(name)}
        self._process = process = subprocess.Popen(
            self._command(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            env=passed | {"CHAT_WEB_CONNECT": address},  # not an argument, which all users can see
            start_new_session=True,  # Ctrl-C is for the broker, which then stops it
        )
        if self._stopping.is_set():
            process.terminate()
        reader = threading.Thread(target=self._read_out, args=(process,), name="web output", daemon=True)
        reader.start()
        for line in process.stderr or ():
            level, text = _PRIORITY.match(line), line.rstrip("\n")
            self._note(
                _LEVELS.get(level[1], logging.WARNING) if level else logging.WARNING,
                f"gateway for browsers: {text[level.end() :] if level else text.removeprefix('chat-web: ')}",
            )
        reader.join()
        self._url = ""
        return process.wait()

    def _read_out(self, process: subprocess.Popen[str]) -> None:
        """Print what it prints, as there is where it serves, and perhaps its access log."""
        for line in process.stdout or ():
            if line.startswith(_SERVES):
                self._url = line.removeprefix(_SERVES).strip()
            print_line(line.rstrip("\n"))

    def _command(self) -> list[str]:
        host = f"[{self._host}]" if ":" in self._host else self._host
        return [
            *(sys.executable, "-P", "-m", "client.web"),  # nothing from the present directory
            *("--listen", f"{host}:{self._port}", "--identity", str(self._key_file)),
            *("--sign-up", _SIGN_UP[self._options.access], "--parent", str(os.getpid())),
            *(["--terminals", self.terminals] if self.terminals else []),
            *(["--guests"] if self._options.web_guests else []),
            *(["--insecure"] if self._options.insecure else []),
            *(["--log-json"] if self._options.log_json else []),
        ]

    def _address(self) -> str:
        """Return the broker's address for it, with an invite if its key does not have the role yet.

        If it had the role while this broker ran, an operator has taken it away. Raise KeyFileError.
        """
        key, guests = load_or_make(self._key_file).public, self._options.web_guests
        state = self._broker.core.state
        grant = granted(state, key_owner(state, key), "gateway")
        if self._was_granted or (grant is not None and (grant.guests, grant.accounts) == (guests, True)):
            self._was_granted = True
            return chat_address(self._endpoint.url, self._keys.public)
        options = {"role": "gateway", "guests": guests, "accounts": True}
        return write_invite(self._keys, self._endpoint, uses=1, hours=1, **options)  # type: ignore[arg-type]


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
