"""If another program keeps the broker's log from shrinking, the broker says so before the disk is full."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from stored import fill, said

from broker.store.sqlite import SqliteStore


def test_a_log_that_cannot_shrink_is_reported_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("broker.store.database.LONG_LOG", 1_000_000)
    reports: list[str] = []
    with closing(SqliteStore(tmp_path, "epoch", reports.append)) as store:
        fill(store)
        reports.clear()
        seq = 19

        def grow(megabytes: int) -> None:
            nonlocal seq
            for _ in range(megabytes):
                store.commit([said(number, size=300) for number in range(seq, seq + 250)])
                seq += 250
                while store.upkeep():
                    pass

        with closing(sqlite3.connect(tmp_path / "chat.db", isolation_level=None)) as other:
            grow(6)
            assert reports == []
            other.execute("BEGIN")
            other.execute("SELECT count(*) FROM messages").fetchone()
            grow(8)
            (report,) = reports
            assert report.startswith(f"the log of {tmp_path}/chat.db has ")
            assert report.endswith("cannot shrink, as another program reads the database; end that program")
        grow(8)
        assert len(reports) == 1
        assert not store._database.held_up
