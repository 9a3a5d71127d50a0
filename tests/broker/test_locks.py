import os
import stat
from pathlib import Path

import pytest

from broker.locks import lock_ipc


def test_a_path_is_locked_until_the_descriptor_is_closed(tmp_path: Path) -> None:
    path = str(tmp_path / "chat")
    descriptor = lock_ipc(path)
    with pytest.raises(BlockingIOError):
        lock_ipc(path)
    os.close(descriptor)
    os.close(lock_ipc(path))


def test_each_path_has_a_lock_of_its_own(tmp_path: Path) -> None:
    for descriptor in [lock_ipc(str(tmp_path / name)) for name in ("one", "other")]:
        os.close(descriptor)


def test_a_lock_that_is_not_had_leaves_no_descriptor_open(tmp_path: Path) -> None:
    path = str(tmp_path / "chat")
    descriptor = lock_ipc(path)
    before = len(list(Path("/dev/fd").iterdir()))
    with pytest.raises(BlockingIOError):
        lock_ipc(path)
    assert len(list(Path("/dev/fd").iterdir())) == before
    os.close(descriptor)


def test_the_lock_file_is_for_its_owner_and_not_inherited(tmp_path: Path) -> None:
    descriptor = lock_ipc(str(tmp_path / "chat"))
    assert stat.S_IMODE((tmp_path / "chat.lock").stat().st_mode) == 0o600
    assert not os.get_inheritable(descriptor)
    os.close(descriptor)


def test_a_link_in_the_place_of_the_lock_file_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "chat.lock").symlink_to(tmp_path / "precious")
    with pytest.raises(OSError):
        lock_ipc(str(tmp_path / "chat"))
    assert not (tmp_path / "precious").exists()


def test_a_directory_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        lock_ipc(str(tmp_path / "nowhere" / "chat"))


def test_an_abstract_address_needs_no_lock() -> None:
    assert lock_ipc("@chat") == -1


def test_the_wildcard_needs_no_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert lock_ipc("*") == lock_ipc("*") == -1
    assert list(tmp_path.iterdir()) == []
