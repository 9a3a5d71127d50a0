"""The access log: text and JSON, a file that is moved away, and a disk that is full."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from eventually import eventually

from client.web.operating.log import AccessLog


def test_lines_are_text_or_json_and_go_to_the_file_that_was_opened_last(tmp_path: Path) -> None:
    log, first, second = AccessLog(), tmp_path / "first", tmp_path / "second"
    log.open(first, as_json=False)
    log.write("GET /\x1b[2J 200", {"status": 200})
    log.open(second, as_json=True)
    log.write("GET / 404", {"status": 404})
    with pytest.raises(OSError, match="No such file"):
        log.open(tmp_path / "missing" / "log", as_json=False)
    log.write("GET / 200", {"status": 200})
    log.close()
    assert first.read_text().endswith(" info    GET /\\x1b[2J 200\n")
    lines = [json.loads(line) for line in second.read_text().splitlines()]
    assert [(line["event"], line["text"], line["status"]) for line in lines] == [
        ("request", "GET / 404", 404),
        ("request", "GET / 200", 200),
    ]
    assert log.lost == 0


def test_lines_that_cannot_be_written_are_counted_and_told_once(caplog: pytest.LogCaptureFixture) -> None:
    log = AccessLog()
    log.open(Path("/dev/full"), as_json=False)
    for _ in range(3):
        log.write("GET / 200", {})
    eventually(lambda: log.lost == 3, "three lines are lost")
    log.close()
    assert log.lost == 3
    told = [one for one in caplog.records if one.levelno == logging.ERROR]
    assert [one.getMessage() for one in told] == ["the access log loses lines: No space left on device"]
