"""Files that are removed or replaced while the store has them open."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from stored import batch, fill, read_everything

from broker.core.store import StoreError
from broker.store.files import lock
from broker.store.files.lock import InUseError, lock_directory
from broker.store.sqlite import SqliteStore

NAMES = ("chat.db", "chat.db-wal", "chat.db-shm", "lock")


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def store(directory: Path) -> Iterator[SqliteStore]:
    """A store with 54 messages."""
    store = SqliteStore(directory, "first")
    fill(store)
    yield store
    store.close()


@pytest.mark.parametrize("name", NAMES)
def test_a_removed_file_is_noticed_and_nothing_is_stored_until_it_is_back(
    store: SqliteStore, directory: Path, name: str
) -> None:
    before = read_everything(store)
    store.check_files()
    (directory / name).rename(directory / "elsewhere")
    for action in (store.check_files, store.probe, lambda: store.commit(batch(19))):
        with pytest.raises(StoreError, match=f"/{name} is gone .* put the file back, or stop") as caught:
            action()
        assert caught.value.reason == "its data directory was removed or replaced"
    assert read_everything(store) == before
    (directory / "elsewhere").rename(directory / name)
    store.check_files()
    store.commit(batch(19))
    assert store.load().heads["#lobby"] == 24


def test_it_is_noticed_too_after_a_long_time_in_which_the_directory_did_not_change(
    store: SqliteStore, directory: Path
) -> None:
    os.utime(directory, (1, 1))
    store.commit(batch(19))
    assert store._database.files._unchanged is not None
    (directory / "lock").rename(directory / "elsewhere")
    with pytest.raises(StoreError, match="/lock is gone"):
        store.commit(batch(25))


def test_it_is_noticed_too_if_the_directory_changed_just_before_and_shows_the_same_time(
    store: SqliteStore, directory: Path
) -> None:
    soon = time.time_ns() + 60_000_000_000
    os.utime(directory, ns=(soon, soon))
    store.commit(batch(19))
    (directory / "lock").rename(directory / "elsewhere")
    os.utime(directory, ns=(soon, soon))
    with pytest.raises(StoreError, match="/lock is gone"):
        store.commit(batch(25))


def test_a_replaced_database_is_noticed_and_left_alone(
    store: SqliteStore, directory: Path, tmp_path: Path
) -> None:
    other = SqliteStore(tmp_path / "other", "second")
    fill(other, 1)
    other.close()
    before = (tmp_path / "other" / "chat.db").read_bytes()
    (tmp_path / "other" / "chat.db").replace(directory / "chat.db")
    with pytest.raises(StoreError, match=r"chat.db was replaced by another file .* restart the broker"):
        store.commit(batch(19))
    store.close()
    assert (directory / "chat.db").read_bytes() == before


def test_a_directory_behind_another_link_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "one")
    (tmp_path / "one").mkdir()
    store = SqliteStore(tmp_path / "link", "first")
    SqliteStore(tmp_path / "two", "second").close()
    (tmp_path / "link").unlink()
    (tmp_path / "link").symlink_to(tmp_path / "two")
    with pytest.raises(StoreError, match=r"gone|replaced"):
        store.check_files()
    store.close()


def test_processes_that_end_meanwhile_are_passed_over(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = Path("/proc/999999999")
    monkeypatch.setattr(lock, "_processes_with_locks", lambda: iter([gone, Path("/proc/self")]))
    os.close(lock_directory(directory))


@pytest.mark.parametrize("hidden", [False, True])
def test_only_processes_with_locks_are_looked_at_unless_linux_hides_which_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hidden: bool
) -> None:
    looked_at: set[str] = set()
    monkeypatch.setattr(lock, "_open_files", lambda process: looked_at.add(process.name) or [])
    if hidden:
        monkeypatch.setattr(lock, "_LOCKS", tmp_path / "none")
    held = lock_directory(tmp_path / "one")
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        os.close(lock_directory(tmp_path / "two"))
        other.communicate(b"\n", timeout=60)
    os.close(held)
    assert str(os.getpid()) in looked_at
    assert (str(other.pid) in looked_at) is hidden


HOLDER = (
    "import sys; from broker.store.files.lock import *; lock_directory(Path(sys.argv[1])); print(); input()"
)


def test_the_place_of_a_removed_directory_is_refused_as_long_as_a_process_uses_that(directory: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(directory)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        holder.stdout.readline()
        shutil.rmtree(directory)
        refusal = f"process id {holder.pid} still uses a removed directory {directory}; end it, or choose"
        with pytest.raises(InUseError, match=refusal):
            lock_directory(directory)
        assert not directory.exists()
        holder.communicate(b"\n", timeout=60)
    SqliteStore(directory, "second").close()
