"""Makes the packed house for the upgrade drill: a broker's data directory and its people's keys.

`python tools/make_upgrade_fixture.py PROGRAMS TARGET` runs the chat-broker and the chat-client in the
directory PROGRAMS as people use them: on CURVE, with invites. tests/broker/store/README.md says which program
made the file that the tests use.
"""

from __future__ import annotations

import gzip
import io
import os
import signal
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

_PORT = 19009
_YEARS = "87600"  # hours: the invite that is left must outlast this file


class House:
    """Homes of people, and the broker's data directory."""

    def __init__(self, programs: Path, directory: Path) -> None:
        self.programs, self.directory = programs, directory
        self.ipc, self.tcp = f"ipc://{directory}/socket", f"tcp://127.0.0.1:{_PORT}"

    def _environment(self, name: str) -> dict[str, str]:
        home = self.directory / name
        home.mkdir(exist_ok=True)
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("CHAT_", "XDG_"))}
        return kept | {"HOME": str(home), "XDG_CONFIG_HOME": str(home)}

    def _broker(self, *arguments: str) -> list[str]:
        return [str(self.programs / "chat-broker"), "--data", str(self.directory / "data"), *arguments]

    @contextmanager
    def broker(self) -> Iterator[None]:
        """Run the broker, and stop it as systemd does."""
        command = self._broker("--bind", self.tcp, "--curve", "--bind", self.ipc, "--access", "invited")
        process = subprocess.Popen(
            command, env=self._environment("server"), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert process.stdout
        for _ in (self.tcp, self.ipc):
            process.stdout.readline()
        try:
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            if process.wait() != 0:
                raise SystemExit("the broker failed")

    def invite(self, *options: str) -> str:
        """Return a new invite's address."""
        command = self._broker("invite", "--endpoint", self.tcp, "--hours", _YEARS, *options)
        return subprocess.run(
            command, env=self._environment("server"), check=True, stdout=subprocess.PIPE, text=True
        ).stdout.strip()

    def does(self, name: str, *lines: str, at: str = "") -> None:
        """Type lines as somebody, whose client has the key of the endpoint or gets it at the address `at`."""
        client = [str(self.programs / "chat-client"), "--quiet", "--connect", at or self.tcp, "--name", name]
        typed = "".join(f"{line}\n" for line in lines)
        subprocess.run(
            client, input=typed, env=self._environment(name), text=True, check=True, stdout=subprocess.DEVNULL
        )


def fill(house: House) -> None:
    """Let people come with invites, talk, open rooms, and be banned."""
    house.does("alice", at=house.invite("--role", "operator"))
    shared = house.invite("--uses", "4")
    for name in ("bob", "carol", "erin"):
        house.does(name, f"{name} has come", at=shared)
    house.does("alice", "/join #tea", "/topic Größe 日本 🫖", *(f"cup {number}" for number in range(1, 41)))
    house.does("bob", "/join #tea", "no milk, please", "/msg alice is it green?")
    house.does("alice", "/join #den", "/private #den on", "/invite #den bob", "the plan is secret")
    house.does("carol", "/join #tea", "buy cheap tea")
    house.does("alice", "/ban * carol spam", "/ban * 203.0.113.0/24 flooding", "/ignore erin")
    house.does("alice", "/msg bob it is white", "/msg bob and it waits for you")
    (house.directory / "invite").write_text(shared, "utf-8")


def pack(directory: Path, target: Path) -> None:
    """Write the files that are needed to a tar archive, always in the same order."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for path in sorted(directory.rglob("*")):
            if path.is_file():
                entry = tarfile.TarInfo(str(path.relative_to(directory)))
                entry.size, entry.mode = path.stat().st_size, 0o600
                archive.addfile(entry, io.BytesIO(path.read_bytes()))
    with gzip.GzipFile(target, "wb", 9, mtime=0) as file:
        file.write(packed.getvalue())


def main() -> None:
    """Make the house."""
    programs, target = map(Path, sys.argv[1:])
    with TemporaryDirectory(dir="/tmp") as directory:  # a short path, for the socket
        house = House(programs.resolve(), Path(directory))
        with house.broker():
            fill(house)
        pack(house.directory, target)


if __name__ == "__main__":
    main()
