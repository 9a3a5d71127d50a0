"""How fast files are uploaded and fetched, and how long others wait meanwhile: `python -m benchmarks.files`.

It starts a broker with a data directory on this disk. One client uploads a file over loopback tcp, sends it,
fetches it and compares the content. Then four processes upload at full speed, while another user's messages
are timed. Before that they are timed alone, as other programs make them wait too.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from statistics import median, quantiles
from typing import Any, TypeVar

import zmq

from messages.base import Request
from messages.codec import decode_frame, encode
from messages.events import Message
from messages.files import Chunk, Content, Fetch, Upload, UploadState
from messages.limits import MAX_CHUNK, MAX_CHUNKS, MAX_FETCH
from messages.replies import Accepted, Error
from messages.requests import Send
from messages.sessions import Login
from messages.version import PROTOCOL

_UPLOADERS = 4
_SECONDS_ALONE = 5.0
_INTERVAL = 0.005  # seconds between two messages that are timed
_BLOCK = os.urandom(MAX_CHUNK * 32)

_Kind = TypeVar("_Kind")


class Client:
    """One user on a connection. Errors end the program."""

    def __init__(self, url: str, name: str) -> None:
        self.name = name
        self._socket: zmq.Socket[bytes] = zmq.Context.instance().socket(zmq.DEALER)
        self._socket.setsockopt(zmq.LINGER, 0)
        self._socket.connect(url)
        self._documents = self._read()
        self.send(Login("login", PROTOCOL, name, amendments=True))
        self.ask(Send("hello", "#lobby", "hello"), Accepted)

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    def send(self, request: Request) -> None:
        """Send a request."""
        self._socket.send(encode(request))

    def ask(self, request: Request, kind: type[_Kind]) -> _Kind:
        """Send a request, and return its reply of a kind."""
        self.send(request)
        return self.next(kind)

    def next(self, kind: type[_Kind]) -> _Kind:
        """Return the next document of a kind."""
        for document in self._documents:
            if isinstance(document, Error):
                sys.exit(f"{self.name}: {document.text}")
            if isinstance(document, kind):
                return document
        raise AssertionError("the documents never end")

    def _read(self) -> Iterator[Any]:
        while True:
            yield from decode_frame(self._socket.recv())

    def upload(self, size: int) -> UploadState:
        """Upload a file of so many bytes, with a window of chunks in flight."""
        hashed = sha256()
        for begin in range(0, size, len(_BLOCK)):
            hashed.update(_BLOCK[: size - begin])
        state = self.ask(Upload("upload", f"{self.name}.bin", size, hashed.hexdigest()), UploadState)
        waiting = 0
        for offset in range(0, size, MAX_CHUNK):
            place = offset % len(_BLOCK)
            data = _BLOCK[place : place + min(MAX_CHUNK, size - offset)]
            self.send(Chunk(str(offset), state.upload, offset, data))
            waiting += 1
            if waiting == MAX_CHUNKS:
                self.next(UploadState)
                waiting -= 1
        for _ in range(waiting):
            state = self.next(UploadState)
        return state

    def fetch(self, seq: int, size: int) -> None:
        """Fetch a file, with a window of fetches in flight."""
        offsets = iter(range(0, size, MAX_FETCH))
        received, waiting = 0, 0
        while received < size:
            for offset in offsets:
                self.send(Fetch(str(offset), "#lobby", seq, 1, offset, MAX_FETCH))
                waiting += 1
                if waiting == MAX_CHUNKS:
                    break
            content = self.next(Content)
            waiting -= 1
            place = content.offset % len(_BLOCK)
            if content.data != _BLOCK[place : place + len(content.data)]:
                sys.exit("the content differs")
            received += len(content.data)


def main() -> None:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=1_000, help="the size of the file")
    parser.add_argument("--directory", type=Path, help="where to make the data directory")
    parser.add_argument("--upload", nargs=3, metavar=("URL", "NAME", "BYTES"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.upload:
        url, name, size = options.upload
        Client(url, name).upload(int(size))
        return
    with tempfile.TemporaryDirectory(prefix="chat-files-", dir=options.directory) as data:
        limits = ("--max-file", "4000", "--files-per-user", "4000")
        arguments = ("--bind", "tcp://127.0.0.1:0", "--data", data, "--log-level", "warning", *limits)
        command = (sys.executable, "-m", "broker", *arguments)
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as broker:
            try:
                assert broker.stdout is not None
                url = broker.stdout.readline().split()[-1].removesuffix("...")
                _measure(url, broker.pid, options.megabytes * 1_000_000)
            finally:
                broker.terminate()


def _measure(url: str, pid: int, size: int) -> None:
    alice = Client(url, "alice")
    begun = time.perf_counter()
    upload = alice.upload(size).upload
    uploaded = time.perf_counter()
    seq = alice.ask(Send("send", "#lobby", "here", files=(upload,)), Accepted).seq
    fetching = time.perf_counter()
    alice.fetch(seq, size)
    fetched = time.perf_counter()
    up, down = (size / 1e6 / seconds for seconds in (uploaded - begun, fetched - fetching))
    print(f"upload {up:.0f} MB/s, fetch {down:.0f} MB/s")
    for what, uploads in (("alone", 0), (f"beside {_UPLOADERS} uploads", _UPLOADERS)):
        waits = [1_000 * wait for wait in _waits(url, size // (2 * _UPLOADERS), uploads)]
        worst = quantiles(waits, n=100)[98]
        print(f"{len(waits)} messages {what}: half within {median(waits):.1f} ms, ", end="")
        print(f"99% within {worst:.1f} ms, all within {max(waits):.1f} ms")
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    print(f"the broker's memory was {int(peak.split()[1]) / 1024:.0f} MB at most")


def _waits(url: str, size: int, uploads: int) -> Iterator[float]:
    """Yield how long messages between two users take while others upload, or for some seconds."""
    sender, reader = Client(url, f"sender-{uploads}"), Client(url, f"reader-{uploads}")
    command = (sys.executable, "-m", "benchmarks.files", "--upload", url)
    uploaders = [subprocess.Popen((*command, f"user-{n}", str(size))) for n in range(uploads)]
    number, until = 0, time.perf_counter() + _SECONDS_ALONE
    while time.perf_counter() < until if not uploads else any(one.poll() is None for one in uploaders):
        number += 1
        begun = time.perf_counter()
        sender.send(Send(f"m{number}", "#lobby", "hello"))
        while reader.next(Message).id != f"m{number}":
            pass
        yield time.perf_counter() - begun
        time.sleep(_INTERVAL)


if __name__ == "__main__":
    main()
