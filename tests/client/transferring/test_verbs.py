from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest
from eventually import DEADLINE
from file_broker import Bytes, content
from house import House

from client.exits import ClientExit
from client.files.source import FileSource
from client.line.screen import Screen
from client.transferring.verbs import check_output, get, open_sources, send_files
from client.transport.connection import Connection
from client.transport.link import new_session
from client.verb_session import VerbSession
from messages.exits import Exit
from messages.requests import Join

SIZE = 4_000_000
WHOLE = content(SIZE)


class Verbs:
    """A verb's session at a real broker, in a directory of its own."""

    def __init__(self, house: House, directory: Path, *, as_json: bool = False) -> None:
        self.out, self.err = io.StringIO(), io.StringIO()
        session = new_session("alice")
        session.login("alice")
        self.connection = Connection(session, house.url)
        self.verb = VerbSession(session, self.connection, Screen(self.out, self.err, as_json=as_json))
        self.verb.begin(DEADLINE)
        self.directory = directory

    def send(self, *paths: str, text: str = "") -> None:
        assert send_files(self.verb, "#lobby", text, open_sources(paths, ""), "", DEADLINE) is Exit.DONE

    def get(
        self, seq: int, number: int | None = None, output: str | None = None, room: str = "#lobby"
    ) -> str:
        """Get files and return what is written."""
        self.out.truncate(0)
        self.out.seek(0)
        assert get(self.verb, room, seq, number, output, DEADLINE) is Exit.DONE
        return self.out.getvalue()


@pytest.fixture
def verbs(tcp_house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Verbs]:
    tcp_house.open(max_file=10_000_000)
    monkeypatch.chdir(tmp_path)
    Path("film.mkv").write_bytes(WHOLE)
    Path("empty").touch()
    verbs = Verbs(tcp_house, tmp_path)
    with closing(verbs.connection):
        yield verbs


def refused(code: Exit, why: str) -> pytest.RaisesExc[ClientExit]:
    return pytest.RaisesExc(ClientExit, match=why, check=lambda end: end.code is code)


def test_files_go_to_the_broker_and_come_back_whole_under_free_names(verbs: Verbs) -> None:
    verbs.send("film.mkv", "empty", text="both")
    assert verbs.get(1) == "film (2).mkv\nempty (2)\n"
    assert verbs.get(1, 2) == "empty (3)\n"
    assert verbs.get(1, 1, "out") == "out\n"
    for name in ("film (2).mkv", "out"):
        assert Path(name).read_bytes() == WHOLE
    assert Path("empty (3)").read_bytes() == b""
    with refused(Exit.FAILED, "several files; choose one with --file K"):
        verbs.get(1, output="other")
    with refused(Exit.FAILED, "message 1 has only 2 files"):
        verbs.get(1, 3)
    with refused(Exit.FAILED, "no such message"):
        verbs.get(9)
    assert not list(Path().glob("*.part"))


def test_a_hostile_name_leads_nowhere_but_into_the_current_directory(verbs: Verbs, tmp_path: Path) -> None:
    home = tmp_path / "deep" / "down"
    home.mkdir(parents=True)
    os.chdir(home)
    names = [
        "../../escaped",
        "/etc/passwd",
        "-rf",
        ".bashrc",
        "con",
        "gpj.\u202eexe",
        "e\u0301",
        "x" * 255,
        "..",
    ]
    sources = [Bytes(b"hello", name) for name in names]
    sent = verbs.verb.session.send("#lobby", "", None, sources)
    assert verbs.verb.serve(lambda _events: sent.accepted, DEADLINE)
    written = verbs.get(1).splitlines()
    assert written == ["escaped", "passwd", "rf", "bashrc", "_con", "gpj.exe", "é", "x" * 200, "file"]
    assert sorted(path.name for path in home.iterdir()) == sorted(written)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["deep", "empty", "film.mkv"]


def test_a_room_is_joined_if_getting_a_file_requires_membership(verbs: Verbs, tcp_house: House) -> None:
    with tcp_house.chat("bob") as bob:
        bob.ask(Join, room="#dev")
        bob.send("#dev", files=["film.mkv"])
    assert verbs.get(1, room="#dev") == "film (2).mkv\n"
    with refused(Exit.FAILED, "no such room"):
        verbs.get(1, room="#nowhere")


def test_what_cannot_be_sent_is_one_sentence(verbs: Verbs) -> None:
    Path("large").touch()
    os.truncate("large", 10_000_001)
    with refused(Exit.NOT_CONFIRMED, "not sent: large has 10 MB, but a file in this chat has at most 10 MB"):
        verbs.send("large")
    with refused(Exit.FAILED, "nowhere: there is no such file; check its name"):
        verbs.send("nowhere")
    with refused(Exit.USAGE, "film.mkv: this file exists already; choose another name"):
        check_output("film.mkv")


def test_the_standard_input_is_sent_up_to_the_limit(verbs: Verbs, monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    keep = os.dup(0)
    try:
        os.dup2(reading, 0)
        os.write(writing, b"hello")
        os.close(writing)
        verbs.send("-")
        assert verbs.get(1) == "stdin\n"
        assert Path("stdin").read_bytes() == b"hello"
        endless = os.open("/dev/zero", os.O_RDONLY)
        os.dup2(endless, 0)
        os.close(endless)
        with refused(Exit.NOT_CONFIRMED, "stdin, and perhaps more, has 10 MB, but a file in this chat has"):
            verbs.send("-")
    finally:
        os.dup2(keep, 0)
        os.close(keep)
        os.close(reading)


_KILLED = """
import os, sys
from {module} import {owner}
calls, plain = [], {owner}.{method}
def method(*arguments):
    calls.append(1)
    if len(calls) > 20:
        os.kill(os.getpid(), 9)
    return plain(*arguments)
{owner}.{method} = method
from client.cli import main
main()
"""


def killed(url: str, home: Path, module: str, owner: str, method: str, *arguments: str) -> None:
    """Run chat-client until a method is called for the 21st time, and kill it then."""
    script = _KILLED.format(module=module, owner=owner, method=method)
    ended = subprocess.run(
        [sys.executable, "-c", script, "--connect", url, "--name", "carol", *arguments],
        env={**os.environ, "HOME": str(home), "PYTHONPATH": str(Path(__file__).parents[3])},
        capture_output=True,
        timeout=DEADLINE,
        check=False,
    )
    assert ended.returncode == -9, ended


def test_a_killed_upload_and_a_killed_download_go_on_where_they_stopped(
    verbs: Verbs, tcp_house: House, tmp_path: Path
) -> None:
    upload = "client.core.files.upload", "Upload", "_request", "send", "#lobby", "--file", "film.mkv"
    killed(tcp_house.url, tmp_path, *upload)
    with tcp_house.chat("carol") as carol:  # another device of the same user
        taken: list[int] = []
        source = FileSource("film.mkv")
        read = source.read
        source.read = lambda offset, length: taken.append(offset) or read(offset, length)  # type: ignore[method-assign, func-returns-value]
        going = carol._steps.session.upload(source)
        sent = carol.send("#lobby", files=[going])
    hashed = -(-SIZE // (1 << 20))
    assert taken[hashed] > 0
    assert sent.accepted
    killed(tcp_house.url, tmp_path, "client.files.sink", "PartSink", "write", "get", "#lobby", "1")
    (part,) = tmp_path.glob("*.part")
    assert part.stat().st_size == 20 * 131_072
    assert verbs.get(1) == "film (2).mkv\n"
    assert sha256(Path("film (2).mkv").read_bytes()).digest() == sha256(WHOLE).digest()
    assert not list(tmp_path.glob("*.part"))
