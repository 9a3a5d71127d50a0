"""Content beside the database: full disks, failed syncs, restarts, and the order of what is done."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from eventually import DEADLINE

from broker.core.contents import Outcome, Result
from broker.store.contents import disk
from broker.store.contents.disk import DiskContents
from broker.store.contents.places import FILES, Places

DATA = bytes(range(256)) * 40
HASH = sha256(DATA).hexdigest()
SIZE = len(DATA)


class Stage:
    """Contents, and what comes of calls, one at a time."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._told = threading.Event()
        self._ticket = 0
        self.open()

    def open(self) -> None:
        self.contents = DiskContents(self._directory)
        self.contents.on_outcome = self._told.set

    def ask(self, call: str, *arguments: Any) -> Outcome:
        self._ticket += 1
        getattr(self.contents, call)(self._ticket, *arguments)
        (outcome,) = self.wait()
        assert outcome.ticket == self._ticket
        return outcome

    def wait(self) -> list[Outcome]:
        assert self._told.wait(DEADLINE)
        self._told.clear()
        return self.contents.outcomes()

    def files(self) -> list[Path]:
        """Return all files, after what was called is done."""
        self.contents.close()
        places = Places(self._directory / FILES)
        found = [*places.contents(), *places.uploads()]
        self.open()
        return found


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(tmp_path)
    yield stage
    stage.contents.close()


def fail_at(monkeypatch: pytest.MonkeyPatch, calls: int, written: int) -> None:
    """Let the disk be full at a call to write, which writes only a part first."""
    left = [calls]

    def pwrite(descriptor: int, data: bytes, offset: int) -> int:
        left[0] -= 1
        if left[0] == 0:
            return real(descriptor, data[:written], offset)
        if left[0] == -1:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(descriptor, data, offset)

    real = os.pwrite
    monkeypatch.setattr(disk.os, "pwrite", pwrite)


def test_where_the_disk_is_full_an_upload_stays_as_it_was_and_goes_on_later(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.contents.begin(0, "one", SIZE, HASH)
    fail_at(monkeypatch, 2, 7)
    assert stage.ask("write", "one", 0, DATA[:1_000]).offset == 1_000
    failed = stage.ask("write", "one", 1_000, DATA[1_000:])
    assert (failed.result, failed.offset, failed.reason) == (Result.FAILED, 1_000, "its disk is full")
    assert [file.stat().st_size for file in stage.files()] == [1_000]
    assert stage.ask("begin", "one", SIZE, HASH) == Outcome(3, Result.GOING_ON, 1_000)
    assert stage.ask("write", "one", 1_000, DATA[1_000:]).result is Result.COMPLETE
    assert stage.ask("read", HASH, 0, SIZE).data == DATA


def test_an_upload_leaves_room_for_messages(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.contents.begin(0, "up", SIZE, HASH)
    with monkeypatch.context() as patched:
        patched.setattr(disk, "RESERVE", 1 << 60)
        failed = stage.ask("write", "up", 0, DATA)
        assert (failed.result, failed.offset, failed.reason) == (Result.FAILED, 0, "its disk is full")
    assert stage.ask("write", "up", 0, DATA).result is Result.COMPLETE


def test_a_content_is_synced_before_it_gets_its_name_and_its_directory_afterwards(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[tuple[str, bool]] = []
    named = Places(tmp_path / FILES).content(HASH)
    monkeypatch.setattr(disk, "sync", lambda path: synced.append((path.name, named.exists())))
    stage.contents.begin(0, "up", SIZE, HASH)
    assert stage.ask("write", "up", 0, DATA).result is Result.COMPLETE
    assert synced == [("up", False), (HASH[:2], True)]


def test_an_upload_whose_sync_fails_begins_anew(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(path: Path) -> None:
        raise OSError(errno.EIO, "Input/output error")

    stage.contents.begin(0, "one", SIZE, HASH)
    with monkeypatch.context() as patched:
        patched.setattr(disk, "sync", fail)
        failed = stage.ask("write", "one", 0, DATA)
        assert (failed.result, failed.offset, failed.reason) == (Result.FAILED, 0, "its disk fails")
    assert stage.ask("write", "one", SIZE, b"").result is Result.ELSEWHERE
    assert stage.ask("read", HASH, 0, 1).result is Result.MISSING
    assert stage.ask("write", "one", 0, DATA).result is Result.COMPLETE
    assert stage.ask("write", "one", SIZE, b"").result is Result.COMPLETE


def test_after_a_restart_an_upload_is_hashed_in_slices(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.contents.begin(0, "one", SIZE, HASH)
    assert stage.ask("write", "one", 0, DATA[:9_999]).offset == 9_999
    stage.files()
    monkeypatch.setattr(disk, "SLICE", 1_000)
    assert stage.contents.keep_only({}, ["one"]) == []
    assert stage.ask("begin", "one", SIZE, HASH).offset == 9_999
    assert stage.ask("write", "one", 9_999, DATA[9_999:]).result is Result.COMPLETE


def test_an_upload_of_an_earlier_run_is_hashed_once_however_often_it_is_asked_for(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.contents.begin(0, "one", SIZE, HASH)
    assert stage.ask("write", "one", 0, DATA[:9_000]).offset == 9_000
    stage.files()
    hashed: list[int] = []
    add = disk._Upload.add
    monkeypatch.setattr(disk, "SLICE", 1_000)
    monkeypatch.setattr(disk._Upload, "add", lambda one, data: (hashed.append(len(data)), add(one, data)))
    all_asked = threading.Event()
    stage.contents._first.do(all_asked.wait, DEADLINE)
    for ticket in range(101, 105):
        stage.contents.begin(ticket, "one", SIZE, HASH)
    all_asked.set()
    outcomes = list[Outcome]()
    while len(outcomes) < 4:
        outcomes += stage.wait()
    assert [(one.ticket, one.offset) for one in outcomes] == [(ticket, 9_000) for ticket in range(101, 105)]
    assert sum(hashed) == 9_000


def test_what_follows_an_end_or_a_removal_is_done_after_it(stage: Stage) -> None:
    for _ in range(3):
        stage.contents.begin(0, "one", SIZE, HASH)
        stage.contents.write(0, "one", 0, DATA)
        stage.contents.end("one")
        stage.contents.remove(HASH)
    stage.contents.begin(0, "two", SIZE, HASH)
    stage.contents.write(0, "two", 0, DATA[:5])
    stage.contents.end("two")
    assert stage.files() == []
    assert stage.ask("write", "two", 5, DATA[5:]).result is Result.ELSEWHERE


def test_content_that_was_cut_is_missing(stage: Stage, tmp_path: Path) -> None:
    stage.contents.begin(0, "one", SIZE, HASH)
    assert stage.ask("write", "one", 0, DATA).result is Result.COMPLETE
    os.truncate(Places(tmp_path / FILES).content(HASH), 100)
    assert stage.ask("read", HASH, 50, 100).result is Result.MISSING
    assert stage.contents.keep_only({HASH: SIZE}, []) == [HASH]
    assert stage.contents.keep_only({HASH: 100}, []) == []


def test_a_directory_among_them_is_nobodys_and_stays(stage: Stage, tmp_path: Path) -> None:
    assert stage.ask("begin", "one", SIZE, HASH).offset == 0
    strays = [tmp_path / FILES / "uploads" / "stray", tmp_path / FILES / "ab" / "stray"]
    for stray in strays:
        stray.mkdir(parents=True)
    assert stage.contents.keep_only({}, []) == []
    assert all(stray.is_dir() for stray in strays)
