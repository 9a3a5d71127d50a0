"""Stands in for chat-broker and chat-client: records what happens to it, and does what FAKE_… asks for.

FAKE_RECORDS is a directory; FAKE_BROKER and FAKE_CLIENT say how to behave: `stay` until told to end,
`reload` (a SIGHUP ends it not), `mute` (it never listens), `fail` or `quit`.
"""

import os
import signal
import sys
import time
from pathlib import Path

KIND = Path(sys.argv[0]).name.removeprefix("chat-")
RECORD = Path(os.environ["FAKE_RECORDS"], f"{KIND}-{os.getpid()}")
BEHAVIOUR = os.environ.get(f"FAKE_{KIND.upper()}", "stay")


def note(line: str) -> None:
    with RECORD.open("a") as lines:
        lines.write(f"{line}\n")


def on_signal(number: int, frame: object) -> None:
    name = signal.Signals(number).name
    note(name)
    os.write(1, f"{name}\n".encode())  # print cannot be entered again by another signal
    if name == "SIGTERM" or (name == "SIGHUP" and BEHAVIOUR != "reload"):
        os._exit(0)


for each in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
    signal.signal(each, on_signal)
RECORD.with_name(f"environment-{os.getpid()}").write_text(
    "\n".join(f"{key}={value}" for key, value in os.environ.items() if key.startswith("CHAT_"))
)
if BEHAVIOUR in ("fail", "quit"):
    note(" ".join(sys.argv[1:]))
if BEHAVIOUR == "fail":
    print(f"chat-{KIND}: tcp://127.0.0.1:9009 is in use, choose another endpoint", file=sys.stderr)
    sys.exit(3)
if BEHAVIOUR == "quit":
    sys.exit(7)
if KIND == "broker" and BEHAVIOUR != "mute":
    print("Listening for connections on tcp://0.0.0.0:4242...", flush=True)
note(" ".join(sys.argv[1:]))
while True:
    time.sleep(60)
