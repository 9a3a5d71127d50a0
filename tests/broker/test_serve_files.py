"""How many files a broker may have open."""

import logging
import resource

import pytest

from broker import logs, serve


def test_a_sandbox_that_forbids_more_open_files_costs_one_line_in_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, logger: logging.Logger
) -> None:
    def forbidden(_which: int, _limits: tuple[int, int]) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(resource, "getrlimit", lambda _which: (256, 1_024))
    monkeypatch.setattr(resource, "setrlimit", forbidden)
    logger.propagate = True
    with caplog.at_level(logs.NOTICE, logger.name):
        serve._raise_file_limit()
    assert [record.getMessage() for record in caplog.records] == [
        "the limit of open files stays at 256: [Errno 1] Operation not permitted"
    ]
