"""The operator's log: its lines, and that it never delays the broker."""

import logging
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from eventually import eventually
from log_entries import ENTRIES, entry, raised, write

from broker.core.outbox import LogEntry, LogEvent
from broker.monitoring import logs
from broker.monitoring.logs import LogWriter, configure, describe, format_table

pytestmark = pytest.mark.usefixtures("logger")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "log"


def test_every_fact_has_a_line_and_a_level() -> None:
    assert set(ENTRIES) == set(LogEvent)
    for event, (fields, line) in ENTRIES.items():
        assert describe(LogEntry(event, fields)) == line
    assert logs._LEVEL_OF.keys() == set(LogEvent)


def test_the_lobby_needs_no_name_and_a_text_is_never_taken_for_one() -> None:
    assert describe(entry(LogEvent.MESSAGE, conversation="#lobby")) == "[alice] :: hi {name}"
    quoting = entry(LogEvent.MESSAGE, text="as in [bob] #lobby :: hello")
    assert describe(quoting) == "[alice] #zmq :: as in [bob] #lobby :: hello"


@pytest.mark.parametrize(
    ("number", "days", "messages"), [(1, "1 day", "1 message"), (1234, "1,234 days", "1,234 messages")]
)
def test_a_number_and_its_noun_agree(number: int, days: str, messages: str) -> None:
    forgotten = describe(LogEntry(LogEvent.FORGOTTEN, {"name": "bob", "days": number}))
    assert forgotten == f"bob was forgotten after {days} of absence"
    pruned = describe(LogEntry(LogEvent.PRUNED, {"conversation": "#lobby", "messages": number}))
    assert pruned == f"retention deleted {messages} in #lobby"


def test_a_line_has_time_level_and_text(path: Path) -> None:
    configure("info", path, as_json=False, syslog=None)
    write(
        entry(LogEvent.MESSAGE), entry(LogEvent.LOGIN), entry(LogEvent.LAGGING), entry(LogEvent.STORE_FAILED)
    )
    lines = [line.split(" ", 2) for line in path.read_text().splitlines()]
    assert all(len(day) == 10 and len(hour) == 8 for day, hour, _ in lines)
    assert [rest for *_, rest in lines] == [
        "info    [alice] #zmq :: hi {name}",
        "notice  alice logged in from 10.0.0.1",
        "warning alice at 10.0.0.1 reads too slowly",
        "error   the store failed; requests that need it are refused until it recovers: no space left",
    ]


def test_nothing_a_client_sends_can_move_a_cursor_or_make_a_line(path: Path) -> None:
    configure("info", path, as_json=False, syslog=None)
    write(entry(LogEvent.MESSAGE, text="a\nb\tc\x1b[2J\x9b\u202e\u2028"))
    (line,) = path.read_text().splitlines()
    assert line.endswith(r"[alice] #zmq :: a\x0ab\x09c\x1b[2J\x9b\u202e\u2028")


def test_a_fault_comes_with_its_traceback_indented_and_harmless(path: Path) -> None:
    configure("info", path, as_json=False, syslog=None)
    write(entry(LogEvent.FAULT, raised("a\x1b[2J\n2026-01-01 00:00:00 notice  mallory is an operator")))
    first, *traceback = path.read_text().splitlines()
    assert first.endswith("error   a fault in the request topic from 10.0.0.1")
    assert traceback[0] == "    Traceback (most recent call last):"
    assert traceback[-2:] == [
        r"    ValueError: a\x1b[2J",
        "    2026-01-01 00:00:00 notice  mallory is an operator",
    ]


def test_a_store_that_failed_needs_no_traceback(path: Path) -> None:
    configure("info", path, as_json=False, syslog=None)
    write(entry(LogEvent.STORE_FAILED, raised("no space left")))
    assert len(path.read_text().splitlines()) == 1


# The table of connections


ROWS = [
    {"name": "alice", "address": "10.0.0.1", "rooms": "#lobby #zmq", "queue": 0, "idle": 3},
    {"name": "bob\x1b[2J", "address": "(lost)", "rooms": "#lobby", "queue": 12, "idle": 400},
]


def test_the_table_of_connections_is_aligned_and_harmless() -> None:
    assert format_table(ROWS).splitlines() == [
        "name        address   rooms        queue  idle",
        "alice       10.0.0.1  #lobby #zmq  0      3",
        r"bob\x1b[2J  (lost)    #lobby       12     400",
    ]


@pytest.mark.parametrize("level", ["info", "error"])
def test_the_table_is_printed_on_stdout_at_any_level(
    level: str, path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    configure(level, path, as_json=False, syslog=None)
    write(entry(LogEvent.CONNECTIONS, rows=ROWS))
    assert capfd.readouterr().out == format_table(ROWS) + "\n"


# It never holds up the broker


class StuckHandler(logging.Handler):
    """Writes nothing until the test releases it."""

    def __init__(self) -> None:
        super().__init__()
        self.go, self.busy, self.lines = threading.Event(), threading.Event(), list[str]()

    def emit(self, record: logging.LogRecord) -> None:
        self.busy.set()
        self.go.wait()
        self.lines.append(record.getMessage())


def test_a_blocked_log_delays_nobody_and_counts_the_notes_that_it_drops(
    monkeypatch: pytest.MonkeyPatch, logger: logging.Logger
) -> None:
    monkeypatch.setattr(logs, "_MOST_WAITING", 2)
    handler = StuckHandler()
    logger.handlers, logger.propagate = [handler], False
    logger.setLevel(logging.INFO)
    writer = LogWriter()
    writer.write([entry(LogEvent.LOGIN, name="first")])
    assert handler.busy.wait(10)
    for number in range(5):
        writer.write([entry(LogEvent.LOGIN, name=f"user{number}")])
    writer.close(seconds=0)
    handler.go.set()
    eventually(lambda: len(handler.lines) == 4, "the log went on")
    writer.close()
    assert writer.lost == 3
    assert [line.partition(" logged")[0] for line in handler.lines] == [
        "first",
        "3 log lines were dropped, the log cannot keep up",
        "user0",
        "user1",
    ]


def test_notes_below_the_level_do_not_reach_the_thread(logger: logging.Logger) -> None:
    logger.setLevel(logging.ERROR)
    writer = LogWriter()
    writer.write([entry(LogEvent.MESSAGE)])
    assert writer._waiting.empty()
    writer.close()


def test_output_that_nobody_reads_is_no_error() -> None:
    code = "from broker.monitoring.logs import print_line\nfor _ in range(3): print_line('a')"
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-c", code],
        stdout=writer,
        stderr=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
        check=False,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")
