from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from client.core.files.ports import FileTrouble
from client.files.source import FileSource, OpenSource


def test_a_file_is_read_in_ranges_and_others_see_its_name_and_type(tmp_path: Path) -> None:
    path = tmp_path / "me.png"
    path.write_bytes(b"0123456789")
    source = FileSource(path)
    assert (source.name, source.size, source.media_type) == ("me.png", 10, "image/png")
    assert (source.read(3, 4), source.read(0, 10), source.read(10, 0)) == (b"3456", b"0123456789", b"")
    source.close()
    assert source.read(9, 1) == b"9"
    source.close()
    assert FileSource(path, name="x\x1b.tar.gz").name == "x_.tar.gz"
    assert FileSource(path, name="x.tar.gz").media_type == ""


def test_what_is_no_file_that_can_be_read_is_said_in_one_sentence(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    (tmp_path / "locked").write_text("x")
    for path, why in (
        (tmp_path / "nowhere", "there is no such file; check its name"),
        (tmp_path, "this is a directory; name a file"),
        (fifo, "this is no file with an end; read it into a file first"),
        (Path("/dev/zero"), "this is no file with an end; read it into a file first"),
        (tmp_path / "locked" / "x", "there is no such file; check its name"),
        (tmp_path / ("x" * 300), "this name is too long; choose another one"),
    ):
        with pytest.raises(FileTrouble) as told:
            FileSource(path)
        assert str(told.value) == f"{path}: {why}"


@pytest.mark.parametrize("change", ["append", "cut", "replace"])
def test_a_file_that_changes_while_it_is_read_is_noticed(tmp_path: Path, change: str) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"0123456789")
    os.utime(path, ns=(5, 5))
    source = FileSource(path)
    assert source.read(0, 2) == b"01"
    if change == "append":
        with path.open("ab") as log:
            log.write(b"more")
    elif change == "cut":
        os.truncate(path, 4)
    else:
        path.rename(tmp_path / "old")
        path.write_bytes(b"0123456789")
        source.close()
    with pytest.raises(FileTrouble, match="log: this file was changed while it was read; send it again"):
        source.read(3, 2)
    source.close()


def test_an_open_file_is_sent_from_where_it_stands(tmp_path: Path) -> None:
    file = io.BytesIO(b"0123456789")
    file.seek(4)
    source = OpenSource(file, "x.txt")
    assert (source.name, source.size, source.read(1, 2)) == ("x.txt", 6, b"56")
    file.truncate(6)
    with pytest.raises(FileTrouble, match="changed"):
        source.read(1, 2)
    file.close()
    with pytest.raises(FileTrouble, match="this file was closed before it was sent"):
        source.read(0, 1)
    reading, writing = os.pipe()
    with (
        os.fdopen(reading, "rb") as pipe,
        os.fdopen(writing, "wb"),
        pytest.raises(FileTrouble, match="cannot seek"),
    ):
        OpenSource(pipe)
