"""A machine on which a test follows the chapters for operators: its files, its address, systemd and podman.

Its root is a directory, and its address one of loopback. So the commands, units and files of the documents
run as they are written, but for these two. `python3 -m venv` and `pip install` give the programs under test.
systemd is played as far as the units need it: their directories, ExecStart and its READY=1, ExecReload, and
SIGTERM. podman is played from the instructions of the Containerfile.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import socket
from itertools import count
from pathlib import Path

from docs.fenced import ROOT
from eventually import DEADLINE
from programs import SCRIPTS, House, Program

_NUMBERS = count(1)
_PATH = re.compile(r"(?:(?<![\w./~-])|(?<=ipc://))/(?=(?:opt/chat|etc|var|run|root|home/alice)\b)")
_ADDRESS = re.compile(r"0\.0\.0\.0|127\.0\.0\.1|chat\.example\.org")
_CONTAINERFILE = (ROOT / "packaging" / "Containerfile").read_text("utf-8")
_PYTHON = """#!/bin/sh
set -e
test "$1 $2" = "-m venv"
mkdir -p "$3/bin"
ln -sf {scripts}/chat-broker {scripts}/chat-client "$3/bin"
printf '#!/bin/sh\\ntest "$*" = "install .[metrics]"\\n' >"$3/bin/pip"
chmod +x "$3/bin/pip"
"""


class Machine:
    """A machine with its programs. A unit's or a container's program is among `running` by its name."""

    def __init__(self, house: House, root: Path) -> None:
        number = next(_NUMBERS)
        self.house, self.root = house, root
        self.address = f"127.{1 + os.getpid() % 250}.{os.getpid() // 250 % 250}.{1 + number % 250}"
        self.running: dict[str, Program] = {}
        self._containers: dict[str, tuple[dict[str, str], list[str], dict[str, str]]] = {}
        for place in ("opt", "etc/systemd/system", "etc/logrotate.d", "var/lib", "var/backups", "var/log"):
            (root / place).mkdir(parents=True)
        for place in ("run", "root", "home/alice", "stubs", "var/tmp"):
            (root / place).mkdir(parents=True)
        self.stub("python3", _PYTHON.format(scripts=SCRIPTS))
        self.stub("loginctl", '#!/bin/sh\ntest "$*" = enable-linger\n')

    def stub(self, name: str, text: str) -> None:
        """Put a program before those of the system."""
        path = self.root / "stubs" / name
        path.write_text(text, "utf-8")
        path.chmod(0o755)

    def here(self, text: str) -> str:
        """Return a text with this machine's paths and address in place of those in the documents."""
        text = _PATH.sub(f"{self.root}/", text)
        text = _ADDRESS.sub(self.address, text).replace('":9100"', f'"{self.address}:9100"')
        return text.replace("%h/", f"{self.house.home}/")

    def settings(self, text: str) -> str:
        """Return a settings file with this machine's address, which other machines can reach."""
        settled = self.here(text)
        if not re.search(r"^bind = ", settled, re.MULTILINE):
            settled += f'bind = "tcp://{self.address}:9009"\n'
        return settled + "curve = true\n" * ("0.0.0.0" in text)

    def write(self, path: str, text: str) -> Path:
        """Write a file, by its path in the documents."""
        place = Path(self.here(path)).expanduser() if path[0] != "~" else self.house.home / path[2:]
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")
        return place

    def do(self, body: str) -> list[str]:
        """Do all lines of a block, and return what they write."""
        out: list[str] = []
        for line in body.splitlines():
            match shlex.split(line, comments=True):
                case []:
                    continue
                case ["systemctl", *words]:
                    self.systemctl([word for word in words if word != "--user"])
                case ["podman", verb, *words]:
                    out += getattr(self, f"_podman_{verb}")([self.here(word) for word in words])
                case _:
                    out += self.run(line)
        return out

    def run(self, line: str) -> list[str]:
        """Run a line of shell to its end, and return what it writes."""
        place = f"export PATH={self.root}/stubs:{SCRIPTS}:$PATH; cd {ROOT}"
        program = self.house.shell(f"set -e; {place}\n{self.here(line)}")
        program.end_input()
        assert program.wait() == 0, (line, program.out, program.err)
        return [*program.out, *program.err]

    def systemctl(self, words: list[str]) -> None:
        """Do what systemctl does with one service."""
        *verbs, name = words
        unit = self._unit(name)
        match verbs:
            case ["start"] | ["enable", "--now"]:
                self._start(name, unit)
            case ["stop"]:
                self._stop(name)
            case ["restart"]:
                if name in self.running:
                    self._stop(name)
                self._start(name, unit)
            case ["reload"]:
                self.run(self._reload(name, unit))
            case _:
                raise AssertionError(f"nobody knows systemctl {shlex.join(words)}")

    def _unit(self, name: str) -> dict[str, str]:
        """Return the settings of a service: the last of each."""
        places = (self.root / "etc/systemd/system", self.house.home / ".config/systemd/user")
        (path,) = (place / f"{name}.service" for place in places if (place / f"{name}.service").exists())
        return dict(re.findall(r"^(\w+)=(.*)$", path.read_text("utf-8"), re.MULTILINE))

    def _start(self, name: str, unit: dict[str, str]) -> None:
        for setting, place in (("State", "var/lib"), ("Runtime", "run"), ("Logs", "var/log")):
            if directory := unit.get(f"{setting}Directory"):
                mode = int(unit[f"{setting}DirectoryMode"], 8)
                (self.root / place / directory).mkdir(mode, exist_ok=True)
        command = shlex.split(self.here(unit["ExecStart"]))
        if "--config" in command:
            file = Path(command[command.index("--config") + 1])
            file.write_text(self.settings(file.read_text("utf-8")), "utf-8")
        address = self.root / "notify"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notified:
            notified.bind(str(address))
            notified.settimeout(DEADLINE)
            program = self.house.program("/usr/bin/env", f"NOTIFY_SOCKET={address}", *command)
            self.running[name] = program
            assert notified.recv(100) == b"READY=1", program.err
        address.unlink()
        self.stub("systemctl", f'#!/bin/sh\ntest "$*" = "reload {name}"\n{self._reload(name, unit)}\n')

    def _reload(self, name: str, unit: dict[str, str]) -> str:
        pid = self.running[name].process.pid
        return self.here(unit["ExecReload"].replace("$MAINPID", str(pid)))

    def _stop(self, name: str) -> None:
        self.running[name].process.send_signal(signal.SIGTERM)
        assert self.running[name].wait() == 0, self.running[name].err

    def _podman_build(self, words: list[str]) -> list[str]:
        file = words[words.index("-f") + 1]
        assert (ROOT / file).read_text("utf-8") == _CONTAINERFILE
        assert words[-1] == "."
        return []

    def _podman_run(self, words: list[str]) -> list[str]:
        flags: dict[str, list[str]] = {}
        while words[0].startswith("-"):
            flag = words.pop(0)
            assert flag in {"-d", "--rm", "--read-only", "--cap-drop=all", "--name", "-p", "-v", "-e"}, flag
            flags.setdefault(flag, []).append(words.pop(0) if flag in {"--name", "-p", "-v", "-e"} else "")
        assert words.pop(0) == "chat-broker"
        joined = re.sub(r"\\\n\s*", "", _CONTAINERFILE)
        (instruction,) = re.findall(r"^ENV (.+)$", joined, re.MULTILINE)
        given = dict(word.split("=", 1) for word in [*shlex.split(instruction), *flags.get("-e", ())])
        variables = {name: value for name, value in given.items() if name.startswith("CHAT_BROKER_")}
        assert "0.0.0.0" in variables["CHAT_BROKER_BIND"]
        volumes = {place: volume for volume, place in (word.split(":") for word in flags["-v"])}
        for volume in volumes.values():
            (self.root / "volumes" / volume).mkdir(parents=True, exist_ok=True)
        variables = {name: self.here(value) for name, value in variables.items()} | {"CHAT_BROKER_CURVE": "1"}
        container = variables, words, volumes
        if "--rm" in flags:
            program = self._in_container(container, ["chat-broker", *words])
            assert program.wait() == 0, program.err
            return [*program.out, *program.err]
        (name,) = flags["--name"]
        self._containers[name] = container
        return self._podman_start([name])

    def _podman_start(self, words: list[str]) -> list[str]:
        (name,) = words
        container = self._containers[name]
        self.running[name] = self._in_container(container, ["chat-broker", *container[1]])
        self.running[name].says("Listening for connections on")
        return []

    def _podman_exec(self, words: list[str]) -> list[str]:
        program = self._in_container(self._containers[words[0]], words[1:])
        assert program.wait() == 0, program.err
        return [*program.out, *program.err]

    def _podman_stop(self, words: list[str]) -> list[str]:
        self._stop(words[0])
        return []

    def _podman_logs(self, words: list[str]) -> list[str]:
        return [*self.running[words[0]].out, *self.running[words[0]].err]

    def _podman_cp(self, words: list[str]) -> list[str]:
        name, _, path = words[0].partition(":")
        assert words[1] == "."
        shutil.copy(self._outside(self._containers[name][2], path), self.root / "root")
        return []

    def _outside(self, volumes: dict[str, str], path: str) -> str:
        """Return where something of a container is on the machine, if it is in a volume."""
        for place, volume in volumes.items():
            path = re.sub(rf"^{place}(?=/|$)", f"{self.root}/volumes/{volume}", path)
        return path

    def _in_container(
        self, container: tuple[dict[str, str], list[str], dict[str, str]], words: list[str]
    ) -> Program:
        variables, _, volumes = container
        settings = [f"{name}={self._outside(volumes, value)}" for name, value in variables.items()]
        command = [str(SCRIPTS / words[0]), *(self._outside(volumes, word) for word in words[1:])]
        return self.house.program("/usr/bin/env", *settings, *command)
