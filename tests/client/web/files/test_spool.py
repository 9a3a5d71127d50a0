"""The room for uploads: a share for each, one largest file at least, and nothing left behind."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

import pytest

from client.web.files.problems import NoRoomError
from client.web.files.spool import Spool, SpoolFile


def test_nobody_takes_more_than_their_share_of_the_room() -> None:
    spool = Spool(800)
    spool.take("a", 60, 10)
    with pytest.raises(NoRoomError, match="your files"):
        spool.take("a", 41, 10)
    spool.take("b", 100, 10)
    spool.give_back("a", 60)
    spool.take("a", 100, 10)


def test_a_largest_file_always_fits_into_a_share_but_not_into_more_than_there_is() -> None:
    spool = Spool(800)
    spool.take("a", 500, 500)
    with pytest.raises(NoRoomError, match="your files"):
        spool.take("a", 1, 500)
    with pytest.raises(NoRoomError, match="the gateway has no room"):
        spool.take("b", 500, 500)
    spool.give_back("a", 500)
    spool.take("b", 500, 500)


def test_a_file_of_the_spool_has_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    file = SpoolFile()
    assert file.read(0, 10) == b""
    file.write(b"hello", 0)
    file.write(b"world", 5)
    assert file.read(3, 100) == b"loworld"
    assert list(tmp_path.iterdir()) == []
    file.close()
    file.close()


def test_a_disk_that_takes_only_a_part_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.pwrite
    monkeypatch.setattr(os, "pwrite", lambda fd, data, at: write(fd, data[:2], at))
    file = SpoolFile()
    file.write(b"hello", 0)
    assert file.read(0, 9) == b"hello"
    file.close()


def test_a_full_disk_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object, **_options: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    file = SpoolFile()
    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(NoRoomError, match="no room for more files now"):
        file.write(b"x", 0)
    file.close()
    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    with pytest.raises(NoRoomError, match="no room for more files now"):
        SpoolFile().write(b"x", 0)
