"""Files that get their name only when they are complete."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from broker.store.files.naming import has_abandoned_part, new_part, publish

ROOT = Path(__file__).parents[4]
KILLED = """
import os, pathlib, signal, sys
from broker.store.files.naming import new_part
with new_part(pathlib.Path(sys.argv[1])) as part:
    part.with_name(part.name + "-journal").touch()
    os.kill(os.getpid(), signal.SIGKILL)
"""
"""A program that is killed while it writes."""


def test_a_file_that_is_given_up_leaves_nothing_whatever_ends_it(tmp_path: Path) -> None:
    def write() -> None:
        with new_part(tmp_path / "backup") as part:
            part.with_name(f"{part.name}-wal").touch()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write()
    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_the_moment_the_file_is_made_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    close = os.close

    def interrupted(descriptor: int) -> None:
        close(descriptor)
        raise KeyboardInterrupt

    monkeypatch.setattr("os.close", interrupted)
    with pytest.raises(KeyboardInterrupt), new_part(tmp_path / "backup"):
        raise AssertionError("it goes on")
    monkeypatch.undo()
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_was_published_stays(tmp_path: Path) -> None:
    with new_part(tmp_path / "backup") as part:
        part.write_text("all of it")
        publish(part, tmp_path / "backup")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("backup", "all of it")]


def leave_part(target: Path) -> None:
    """Leave what a program leaves that is killed while it writes."""
    killed = subprocess.run([sys.executable, "-c", KILLED, str(target)], cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL


def test_what_a_killed_program_has_left_is_removed_by_the_next_one(tmp_path: Path) -> None:
    leave_part(tmp_path / "monday")
    (tmp_path / "movie.part").touch()
    assert len(list(tmp_path.iterdir())) == 3
    with new_part(tmp_path / "tuesday") as part:
        assert set(tmp_path.iterdir()) == {part, tmp_path / "movie.part"}


def test_what_another_program_writes_now_is_not_removed(tmp_path: Path) -> None:
    with new_part(tmp_path / "one") as one, new_part(tmp_path / "two") as two:
        assert set(tmp_path.iterdir()) == {one, two}


def test_a_file_is_abandoned_if_its_program_was_killed(tmp_path: Path) -> None:
    with new_part(tmp_path / "chat.db"):
        assert not has_abandoned_part(tmp_path / "chat.db")
    leave_part(tmp_path / "chat.db")
    assert has_abandoned_part(tmp_path / "chat.db")
    assert not has_abandoned_part(tmp_path / "chat")


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    with new_part(tmp_path / "backup") as part:
        assert part.stat().st_mode & 0o777 == 0o600


def test_where_no_file_can_be_made_the_error_names_the_one_that_was_wanted(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    target = tmp_path / "file" / "backup"
    with pytest.raises(NotADirectoryError) as raised, new_part(target):
        raise AssertionError("it goes on")
    assert raised.value.filename == str(target)
