import os
import resource
from contextlib import closing
from pathlib import Path

import pytest
from stored import fill

from broker.directory.backup_mark import mark_backup
from broker.monitoring.places import look_at_data, look_at_log, look_at_process, surveys
from broker.store.sqlite import SqliteStore


def test_the_files_of_a_data_directory_are_measured(tmp_path: Path) -> None:
    with closing(SqliteStore(tmp_path, "epoch")) as store:
        fill(store, 1)
        found = look_at_data(tmp_path)
        assert found["chat_broker_database_bytes"] == (tmp_path / "chat.db").stat().st_size
        assert found["chat_broker_write_ahead_log_bytes"] == (tmp_path / "chat.db-wal").stat().st_size > 0
    assert 0 < found["chat_broker_disk_free_bytes"] < found["chat_broker_disk_size_bytes"]
    assert found["chat_broker_last_backup_timestamp_seconds"] == 0
    mark_backup(tmp_path)
    os.utime(tmp_path / "backed-up", (0, 1_790_000_000.5))
    found = look_at_data(tmp_path)
    assert found["chat_broker_last_backup_timestamp_seconds"] == 1_790_000_000.5
    assert found["chat_broker_write_ahead_log_bytes"] == 0, "the log is gone after the end"


def test_a_removed_data_directory_has_no_numbers(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        look_at_data(tmp_path / "removed")


def test_old_files_of_the_log_count_too(tmp_path: Path) -> None:
    log = tmp_path / "chat.log"
    for name, size in (("chat.log", 3), ("chat.log.1", 20), ("chat.log.5", 100), ("chat.log.old", 7_000)):
        (tmp_path / name).write_bytes(b"x" * size)
    found = look_at_log(lambda: log)
    assert found["chat_broker_log_bytes"] == 123
    assert found["chat_broker_disk_free_bytes"] > 0
    assert look_at_log(lambda: None) == {}


def test_open_files_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    def count() -> float:
        found = look_at_process()
        assert found["process_max_fds"] == resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        return found["process_open_fds"]

    before = count()
    opened = [os.open(os.devnull, os.O_RDONLY) for _ in range(10)]
    assert count() == before + 10
    stat = os.stat

    def of_an_older_kernel(path: str) -> os.stat_result:
        return os.stat_result([0 if place == 6 else value for place, value in enumerate(stat(path))])

    monkeypatch.setattr("broker.monitoring.places.os.stat", of_an_older_kernel)
    listed = count()
    for descriptor in opened:
        os.close(descriptor)
    assert listed - count() == 10


def test_a_broker_in_memory_has_no_data_to_look_at(tmp_path: Path) -> None:
    assert [survey.place for survey in surveys(None)] == ["process", "log"]
    assert [survey.place for survey in surveys(tmp_path)] == ["process", "log", "data"]
