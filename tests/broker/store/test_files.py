"""Files that get their name only when they are complete."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from broker.store.files import new_part, publish


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


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    with new_part(tmp_path / "backup") as part:
        assert part.stat().st_mode & 0o777 == 0o600


def test_where_no_file_can_be_made_the_error_names_the_one_that_was_wanted(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    target = tmp_path / "file" / "backup"
    with pytest.raises(NotADirectoryError) as raised, new_part(target):
        raise AssertionError("it goes on")
    assert raised.value.filename == str(target)
