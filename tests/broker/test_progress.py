"""Long verbs show on a terminal how far they are."""

from __future__ import annotations

import io
from contextlib import closing
from pathlib import Path

import pytest
from stored import fill

from broker.progress import ProgressBar, bar
from broker.store.sqlite import SqliteStore
from broker.store.verbs.copies import back_up, compact, restore, verify
from broker.store.verbs.dump import export, load


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("broker.progress._WAIT", 0.0)
    monkeypatch.setattr("broker.progress._BETWEEN", 0.0)


@pytest.mark.parametrize(
    ("done", "total", "columns", "shown"),
    [
        (0, 8, 80, f"checking [{'.' * 40}]   0%"),
        (2, 8, 80, f"checking [{'#' * 10}{'.' * 30}]  25%"),
        (8, 8, 80, f"checking [{'#' * 40}] 100%"),
        (9, 8, 80, f"checking [{'#' * 40}] 100%"),
        (4, 8, 27, "checking [#####.....]  50%"),
        (4, 8, 5, "chec"),
        (4, 0, 80, "checking…"),
    ],
)
def test_a_bar_shows_the_part_that_is_done(done: int, total: int, columns: int, shown: str) -> None:
    assert bar("checking", done, total, columns) == shown
    assert len(shown) < columns


@pytest.mark.usefixtures("hasty")
def test_a_bar_is_shown_on_a_terminal_and_removed_at_the_end() -> None:
    terminal = Terminal()
    shown = ProgressBar(terminal)
    shown.show("copying", 1, 2)
    shown.clear()
    assert terminal.getvalue().startswith("\r\x1b[Kcopying [")
    assert terminal.getvalue().endswith(" 50%\r\x1b[K")


@pytest.mark.usefixtures("hasty")
def test_in_a_pipe_there_is_no_bar() -> None:
    pipe = io.StringIO()
    shown = ProgressBar(pipe)
    shown.show("copying", 1, 2)
    shown.clear()
    assert pipe.getvalue() == ""


def test_a_short_task_shows_no_bar() -> None:
    terminal = Terminal()
    shown = ProgressBar(terminal)
    shown.show("copying", 1, 2)
    shown.clear()
    assert terminal.getvalue() == ""


def test_every_long_verb_says_how_far_it_is(tmp_path: Path) -> None:
    data, lines = tmp_path / "data", list[bytes]()
    with closing(SqliteStore(data, "epoch")) as store:
        fill(store)
    told: list[tuple[str, int, int]] = []

    def taken() -> dict[str, tuple[int, int]]:
        """Return the last figures of each task since the last call."""
        found = {task: (done, total) for task, done, total in told}
        told.clear()
        return found

    def progress(*figures: tuple[str, int, int]) -> None:
        told.append(figures)  # type: ignore[arg-type]

    verify(data / "chat.db", progress)
    assert taken() == {"checking": (54, 54)}
    back_up(data, tmp_path / "backup", None, progress)
    assert taken().keys() == {"copying", "checking"}
    restore(tmp_path / "backup", tmp_path / "new", "restored", progress=progress)
    copied, checked = taken().values()
    assert copied[0] == copied[1] > 10
    assert checked == (54, 54)
    compact(data, "lost", progress)
    assert taken().keys() == {"checking", "rewriting"}
    export(data / "chat.db", lines.append, progress)
    assert taken().keys() == {"copying", "writing"}
    load(lines, tmp_path / "imported", "imported", progress)
    assert taken() == {"checking": (54, 54)}
