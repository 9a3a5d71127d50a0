from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from client.editor.history_file import MOST_BYTES, HistoryFile, usual_history_file
from client.editor.inputs import LINE_LIMIT, TypedLine
from client.editor.typed_history import MOST_LINES

ONE, TWO = TypedLine("one"), TypedLine("two\nlines", pasted=True)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "chat-client" / "input-history"


def test_what_was_typed_is_there_at_the_next_start(path: Path) -> None:
    file = HistoryFile(path)
    assert file.load() == []
    for line in (ONE, TWO, TypedLine("ü\t👨\u200d👩\u200d👧")):
        file.add(line)
    assert HistoryFile(path).load() == [ONE, TWO, TypedLine("ü\t👨\u200d👩\u200d👧")]


def test_only_its_owner_can_read_it(path: Path) -> None:
    HistoryFile(path).load()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    path.chmod(0o644)
    HistoryFile(path).add(ONE)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_blank_lines_and_repeated_ones_are_not_kept(path: Path) -> None:
    first = HistoryFile(path)
    first.load()
    for text in ("a", "a", " ", "b"):
        first.add(TypedLine(text))
    second = HistoryFile(path)
    second.load()
    second.add(TypedLine("b"))
    assert HistoryFile(path).load() == [TypedLine("a"), TypedLine("b")]


def test_two_clients_can_use_it_at_the_same_time(path: Path) -> None:
    first, second = HistoryFile(path), HistoryFile(path)
    first.load()
    second.load()
    first.add(ONE)
    second.add(TWO)
    first.add(TypedLine("three"))
    assert HistoryFile(path).load() == [ONE, TWO, TypedLine("three")]


def test_only_the_newest_lines_are_kept(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_text("".join(f'"{number}"\n' for number in range(3 * MOST_LINES)), "ascii")
    loaded = HistoryFile(path).load()
    assert [line.text for line in loaded] == [str(number) for number in range(2 * MOST_LINES, 3 * MOST_LINES)]
    assert len(path.read_text("ascii").splitlines()) == MOST_LINES


def test_a_file_of_too_many_bytes_is_shortened(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(f'"{"x" * LINE_LIMIT}"\n' * (2 * MOST_BYTES // LINE_LIMIT), "ascii")
    assert len(HistoryFile(path).load()) == MOST_BYTES // (LINE_LIMIT + 3)
    assert path.stat().st_size <= MOST_BYTES


@pytest.mark.parametrize(
    "damaged", ["nonsense", "{}", "1", '{"pasted": 1}', '"\\u001b[2J"', "[" * 9_999, "\xff"]
)
def test_what_is_damaged_or_could_move_the_cursor_is_left_out(path: Path, damaged: str) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(f'"one"\n{damaged}\n', "latin-1")
    assert HistoryFile(path).load() == [ONE]


def test_a_link_a_pipe_or_a_directory_that_cannot_be_made_is_not_used(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.symlink_to("/dev/null")
    fifo = path.with_name("fifo")
    os.mkfifo(fifo)
    for each in (path, fifo, Path("/dev/null/chat-client/input-history")):
        file = HistoryFile(each)
        assert file.load() == []
        assert file.trouble.startswith(f"What you type is not kept for the next start: {each}: ")
        file.add(ONE)


def test_it_is_in_the_users_state_directory() -> None:
    for environ, path in (
        ({"XDG_STATE_HOME": "/state", "HOME": "/home/ann"}, "/state/chat-client/input-history"),
        (
            {"XDG_STATE_HOME": "relative", "HOME": str(Path.home())},
            f"{Path.home()}/.local/state/chat-client/input-history",
        ),
    ):
        file = usual_history_file(environ)
        assert file
        assert file._path == Path(path)
    assert usual_history_file({"HOME": ""}) is None
