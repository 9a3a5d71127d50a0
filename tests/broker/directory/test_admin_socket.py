"""The path of the admin channel, short or long."""

import socket
import stat
from pathlib import Path

import pytest

from broker.directory import admin_socket
from broker.directory.admin_socket import socket_path


def listening_at(path: str) -> socket.socket:
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    return server


def test_a_short_path_is_used_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert socket_path(Path("/tmp")) == "/tmp/admin"
    monkeypatch.chdir("/tmp")
    assert socket_path(Path()) == "/tmp/admin"  # the process may change its directory later


@pytest.mark.parametrize("length", [50, 90, 95, 100, 107, 240])
def test_the_socket_is_in_the_directory_however_long_its_path_is(tmp_path: Path, length: int) -> None:
    directory = tmp_path / ("d" * length)
    directory.mkdir()
    with listening_at(socket_path(directory)):
        found = (directory / "admin").lstat()
        assert stat.S_ISSOCK(found.st_mode)
        with socket.socket(socket.AF_UNIX) as client, pytest.raises(ConnectionRefusedError):
            client.connect(socket_path(directory))  # it is bound, and does not listen


def test_without_proc_a_long_path_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admin_socket, "_DESCRIPTORS", tmp_path / "nothing")
    directory = tmp_path / ("d" * 200)
    directory.mkdir()
    open_before = len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(OSError, match="too long"):
        socket_path(directory)
    assert len(list(Path("/proc/self/fd").iterdir())) == open_before
