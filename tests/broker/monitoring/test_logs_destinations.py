"""Where the operator's log goes: stderr, files, syslog, as text or JSON, and from which level on."""

import errno
import io
import json
import os
import socket
import termios
from contextlib import suppress
from pathlib import Path

import pytest
from log_entries import ENTRIES, entry, raised, write
from pty_output import written_to

from broker.core.outbox import LogEvent
from broker.monitoring import log_handlers, logs
from broker.monitoring.logs import configure

pytestmark = pytest.mark.usefixtures("logger")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "log"


@pytest.mark.parametrize(
    ("level", "facts"),
    [
        ("debug", set(LogEvent)),
        ("info", set(LogEvent)),
        ("notice", set(LogEvent) - {LogEvent.MESSAGE, LogEvent.COMMAND, LogEvent.REFUSED}),
        (
            "warning",
            {
                LogEvent.LAGGING,
                LogEvent.FLOODING,
                LogEvent.CONNECTION_LIMIT,
                LogEvent.FAULT,
                LogEvent.STORE_FAILED,
                LogEvent.DROPPED,
                LogEvent.CONNECTIONS_SCARCE,
                LogEvent.AUTHENTICATOR_DOWN,
                LogEvent.CLOCK_DOUBTED,
                LogEvent.FILES_LOST,
            },
        ),
        (
            "error",
            {
                LogEvent.CONNECTION_LIMIT,
                LogEvent.FAULT,
                LogEvent.STORE_FAILED,
                LogEvent.CONNECTIONS_SCARCE,
                LogEvent.AUTHENTICATOR_DOWN,
                LogEvent.FILES_LOST,
            },
        ),
    ],
)
def test_a_level_leaves_out_lower_ones(path: Path, level: str, facts: set[LogEvent]) -> None:
    configure(level, path, as_json=True, syslog=None)
    write(*map(entry, LogEvent))
    assert {json.loads(line)["event"] for line in path.read_text().splitlines()} == facts


def test_without_a_file_the_log_is_on_stderr(capfd: pytest.CaptureFixture[str]) -> None:
    configure("info", None, as_json=False, syslog=None)
    write(entry(LogEvent.LOGIN))
    assert capfd.readouterr().err.endswith("notice  alice logged in from 10.0.0.1\n")


def test_a_log_file_is_added_to_and_rotates(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_handlers, "FILE_BYTES", 1_000)
    path.write_text("before\n")
    configure("info", path, as_json=False, syslog=None)
    write(*[entry(LogEvent.MESSAGE, text="a" * 100)] * 60)
    files = sorted(path.parent.iterdir())
    assert [file.name for file in files] == ["log", *(f"log.{number}" for number in range(1, 6))]
    assert max(file.stat().st_size for file in files) <= 1_000


def test_a_log_file_that_cannot_be_rotated_grows_and_loses_no_line(
    path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(log_handlers, "FILE_BYTES", 1_000)
    configure("info", path, as_json=False, syslog=None)
    with monkeypatch.context() as readonly_folder:
        readonly_folder.setattr("os.rename", refuse)
        write(*[entry(LogEvent.MESSAGE, text="a" * 100)] * 60)
    assert path.read_text().count("a" * 100) == 60
    (sentence,) = capfd.readouterr().err.splitlines()
    assert sentence.startswith(f"chat-broker: cannot rotate the log {path}, so it grows: Permission denied; ")
    assert sentence.endswith("; allow the broker to write to its folder")
    monkeypatch.setattr(log_handlers, "REPORT_SECONDS", 0.0)
    write(entry(LogEvent.LOGIN))
    assert path.read_text().count("\n") == 1
    assert path.with_name("log.1").read_text().count("a" * 100) == 60


def test_a_log_file_has_names_of_any_language(path: Path) -> None:
    configure("info", path, as_json=False, syslog=None)
    write(entry(LogEvent.LOGIN, name="世界"))
    assert "世界 logged in" in path.read_text(encoding="utf-8")


def test_json_has_one_object_a_line_with_the_events_own_fields(path: Path) -> None:
    configure("info", path, as_json=True, syslog=None)
    write(entry(LogEvent.LOGIN, name="Älice\n"), entry(LogEvent.FAULT, raised("broken")))
    logs.logger.warning("%d apples", 2)
    login, fault, plain = map(json.loads, path.read_text(encoding="ascii").splitlines())
    assert login.pop("at") > 1_700_000_000_000
    assert login == {
        "level": "notice",
        "event": "login",
        "text": "Älice\n logged in from 10.0.0.1",
        "name": "Älice\n",
        "address": "10.0.0.1",
    }
    assert fault["request"] == "topic"
    assert fault["traceback"].endswith("ValueError: broken")
    assert (plain["event"], plain["text"], plain["level"]) == ("broker", "2 apples", "warning")


@pytest.mark.parametrize("as_json", [False, True])
def test_syslog_gets_the_line_with_its_severity(short_path: Path, as_json: bool) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.settimeout(10)
        receiver.bind(str(short_path / "syslog"))
        configure("info", None, as_json=as_json, syslog=str(short_path / "syslog"))
        severities = {LogEvent.MESSAGE: 6, LogEvent.LOGIN: 5, LogEvent.LAGGING: 4, LogEvent.STORE_FAILED: 3}
        for fact, severity in severities.items():
            write(entry(fact))
            line = receiver.recv(10_000).decode().rstrip("\0")
            assert line.startswith(f"<{8 + severity}>chat-broker: ")
            assert str(ENTRIES[fact][0].get("name", "no space left")) in line


def test_syslog_can_be_another_machine() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.settimeout(10)
        receiver.bind(("127.0.0.1", 0))
        configure("info", None, as_json=False, syslog=f"127.0.0.1:{receiver.getsockname()[1]}")
        write(entry(LogEvent.LOGIN))
        assert receiver.recv(10_000).startswith(b"<13>chat-broker: ")


def test_syslog_and_a_file_get_the_same(short_path: Path, path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.settimeout(10)
        receiver.bind(str(short_path / "syslog"))
        configure("info", path, as_json=False, syslog=str(short_path / "syslog"))
        write(entry(LogEvent.LOGIN))
        assert path.read_text().rstrip("\n") in receiver.recv(10_000).decode()


def test_syslog_can_be_another_machine_with_ipv6() -> None:
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as receiver:
        receiver.settimeout(10)
        receiver.bind(("::1", 0))
        configure("info", None, as_json=False, syslog=f"[::1]:{receiver.getsockname()[1]}")
        write(entry(LogEvent.LOGIN))
        assert receiver.recv(10_000).startswith(b"<13>chat-broker: ")


@pytest.mark.parametrize(
    ("syslog", "reason"),
    [
        ("/nowhere/log", "/nowhere/log: not a syslog socket; give its path or HOST:PORT"),
        ("/etc/passwd", "/etc/passwd: not a syslog socket; give its path or HOST:PORT"),
        ("localhost", "localhost: not a syslog socket; give its path or HOST:PORT"),
        ("nosuch.invalid:514", "nosuch.invalid:514: there is no such host; correct --syslog"),
        ("localhost:65536", "localhost:65536: a port is a number from 0 to 65535"),
        ("::1:514", "::1:514: write HOST:PORT, with an IPv6 address in [ ], or a socket's path"),
    ],
)
def test_a_syslog_that_cannot_be_is_an_error(syslog: str, reason: str) -> None:
    before = list(logs.logger.handlers)
    with pytest.raises((OSError, ValueError)) as caught:
        configure("info", None, as_json=False, syslog=syslog)
    assert logs.open_failure(caught.value) == f"cannot open the log: {reason}"
    assert logs.logger.handlers == before


def test_a_log_that_cannot_be_written_is_reported_in_one_line_a_minute(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    configure("info", Path("/dev/full"), as_json=False, syslog=None)
    write(*[entry(LogEvent.LOGIN)] * 5)
    sentence = "chat-broker: cannot write the log, and lines are lost: No space left on device\n"
    assert capfd.readouterr().err == sentence
    monkeypatch.setattr(log_handlers, "REPORT_SECONDS", 0.0)
    write(entry(LogEvent.LOGIN), entry(LogEvent.LOGIN))
    assert capfd.readouterr().err == sentence * 2
    for handler in logs.logger.handlers:
        with suppress(OSError):
            handler.close()


def test_a_log_on_a_full_disk_can_be_moved_and_what_was_lost_stays_counted(path: Path) -> None:
    writer = logs.LogWriter()
    configure("info", Path("/dev/full"), as_json=False, syslog=None)
    write(*[entry(LogEvent.LOGIN)] * 5)
    assert writer.lost == 5
    logs.reopen("info", path, as_json=False, syslog=None)
    assert logs.present_file() == path
    write(entry(LogEvent.LOGIN))
    assert len(path.read_text().splitlines()) == 1
    assert writer.lost == 5
    logs.reopen("info", None, as_json=False, syslog=None)
    assert logs.present_file() is None
    writer.close()


def test_a_syslog_that_disappears_is_reported_in_one_line(
    short_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = short_path / "syslog"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(str(path))
        configure("info", None, as_json=False, syslog=str(path))
    path.unlink()
    write(*[entry(LogEvent.LOGIN)] * 5)
    sentence = "chat-broker: cannot write the log, and lines are lost: No such file or directory\n"
    assert capfd.readouterr().err == sentence


def test_a_stderr_that_cannot_be_written_harms_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = io.StringIO()
    monkeypatch.setattr("sys.stderr", closed)
    configure("info", None, as_json=False, syslog=None)
    closed.close()
    logs.logger.warning("nobody can read this")


@pytest.mark.parametrize("as_json", [False, True])
def test_on_a_terminal_a_long_entry_goes_on_indented_and_json_stays_whole(
    monkeypatch: pytest.MonkeyPatch, as_json: bool
) -> None:
    far, near = os.openpty()
    termios.tcsetwinsize(near, (10, 60))
    with os.fdopen(near, "w", encoding="utf-8") as terminal:
        monkeypatch.setattr("sys.stderr", terminal)
        configure("info", None, as_json=as_json, syslog=None)
        write(entry(LogEvent.MESSAGE, text="x" * 60 + " 2026-11-29 11:40:58 info    [bob] :: I quit"))
    first, *others = written_to(far).decode().splitlines()
    if as_json:
        assert json.loads(first)["text"].endswith("I quit")
        assert not others
        return
    assert first.startswith("20")
    assert others
    assert all(row.startswith(" " * 6) and len(row) <= 60 for row in others)
