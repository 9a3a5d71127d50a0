"""Files to which root adds something belong to the owner of the data directory, if root has made them."""

import os
from pathlib import Path

import pytest

from broker.ownership import open_to_add

OWNER = 65_534 if os.geteuid() == 0 else os.geteuid()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """An empty data directory of another user, if root runs the tests."""
    (tmp_path / "data").mkdir()
    os.chown(tmp_path / "data", OWNER, -1)
    return tmp_path / "data"


def add(path: Path, text: bytes) -> None:
    descriptor = open_to_add(path)
    os.write(descriptor, text)
    os.close(descriptor)


def test_a_new_file_belongs_to_the_owner_of_the_directory(data: Path) -> None:
    for text in (b"one\n", b"two\n"):
        add(data / "list", text)
    found = (data / "list").stat()
    assert (found.st_uid, found.st_mode & 0o777) == (OWNER, 0o600)
    assert (data / "list").read_bytes() == b"one\ntwo\n"


def test_a_file_that_has_another_name_elsewhere_is_not_given_away(data: Path, tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("")
    os.link(tmp_path / "precious", data / "list")
    add(data / "list", b"one\n")
    assert (tmp_path / "precious").stat().st_uid == os.geteuid()


def test_a_link_and_a_pipe_that_nobody_reads_are_refused(data: Path, tmp_path: Path) -> None:
    (data / "link").symlink_to(tmp_path / "nowhere")
    os.mkfifo(data / "pipe")
    for name in ("link", "pipe"):
        with pytest.raises(OSError, match=name):
            open_to_add(data / name)
    assert not (tmp_path / "nowhere").exists()
