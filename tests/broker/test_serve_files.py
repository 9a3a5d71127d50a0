"""How many files a broker may have open."""

import logging
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from broker_process import BrokerProcess
from eventually import DEADLINE

from broker import serve
from broker.monitoring import logs


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


@pytest.mark.parametrize("limit", [10, 16, 20, 24, serve.LEAST_FILES - 1])
def test_too_few_files_for_a_broker_are_refused_in_one_sentence(
    start: Callable[..., BrokerProcess], limit: int, tmp_path: Path
) -> None:
    limited = ("sh", "-c", f'ulimit -n {limit}; exec "$@"', "sh")
    broker = start("--data", str(tmp_path / "data"), "--bind", "tcp://0.0.0.0:0", prefix=limited)
    assert broker.end() == 3
    (sentence,) = broker.err
    assert f"this process may open only {limit} files; allow at least {serve.LEAST_FILES}" in sentence
    assert not (tmp_path / "data").exists()


def test_the_least_number_of_files_is_enough(start: Callable[..., BrokerProcess], tmp_path: Path) -> None:
    limited = ("sh", "-c", f'ulimit -n {serve.LEAST_FILES}; exec "$@"', "sh")
    arguments = ("--data", str(tmp_path / "data"), "--bind", "tcp://0.0.0.0:0", "--metrics", ":0")
    broker = start(*arguments, prefix=limited)
    broker.listen()
    assert broker.stop() == 0


@pytest.mark.parametrize("limit", [8, 12, 31])
def test_too_few_files_for_a_verb_of_the_shell_are_refused_in_one_sentence(
    limit: int, tmp_path: Path
) -> None:
    limited = ["sh", "-c", f'ulimit -n {limit}; exec "$@"', "sh"]
    status = [sys.executable, "-m", "broker", "status", "--data", str(tmp_path)]
    ended = subprocess.run([*limited, *status], check=False, capture_output=True, text=True, timeout=DEADLINE)
    sentence = f"chat-broker: this process may open only {limit} files; allow at least 32 (ulimit -n)\n"
    assert (ended.returncode, ended.stderr) == (3, sentence)


@pytest.mark.parametrize("limit", [8, 12, 31])
def test_too_few_files_for_a_client_are_refused_in_one_sentence(limit: int) -> None:
    limited = ["sh", "-c", f'ulimit -n {limit}; exec "$@"', "sh"]
    client = [sys.executable, "-m", "client", "--name", "ann", "--connect", "tcp://127.0.0.1:1", "who"]
    ended = subprocess.run([*limited, *client], check=False, capture_output=True, text=True, timeout=DEADLINE)
    sentence = f"chat-client: this process may open only {limit} files; allow at least 32 (ulimit -n)\n"
    assert (ended.returncode, ended.stderr) == (3, sentence)
