"""What the documents say about how much the tests do, and what `make torture` runs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests"
FIGURES = re.compile(r"([\d,]+) / ([\d,]+)")


def rows() -> list[tuple[Path, str]]:
    """Return the test and the figures of each row of a table that compares small figures with large ones."""
    found = []
    for document in ("durability.md", "security.md"):
        text = (ROOT / "docs" / document).read_text("utf-8").partition("| small / large |\n")[2]
        for row in text.partition("\n\n")[0].splitlines():
            name, figures = re.search(r"`(?:\S+/)?(test_\w+\.py)`", row), row.strip("| ").rpartition(" | ")[2]
            if name and FIGURES.search(figures):
                (path,) = (path for path in TESTS.rglob(name[1]) if "figure(" in path.read_text("utf-8"))
                found.append((path, figures))
    return found


@pytest.mark.parametrize(("path", "figures"), rows(), ids=lambda value: getattr(value, "stem", ""))
def test_the_figures_of_a_test_are_those_that_are_documented(path: Path, figures: str) -> None:
    for pair in FIGURES.findall(figures):
        small, large = (f"{int(number.replace(',', '')):_}" for number in pair)
        assert re.search(rf"figure\({small}, {large}[,)]", path.read_text("utf-8"))


def test_both_tables_are_read() -> None:
    folders = {path.relative_to(TESTS).parts[0] for path, _ in rows()}
    assert folders == {"torture", "security", "messages", "broker"}


def test_every_test_with_a_large_figure_is_run_by_make_torture() -> None:
    here = (f"VENV={sys.prefix}", f"--assume-old={sys.prefix}/.ready", "--no-print-directory")
    command = ["make", "torture", *here, "PYTEST_ARGS=--collect-only -qq"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    collected = {line.partition(":")[0] for line in ended.stdout.splitlines()}
    with_figures = {
        str(path.relative_to(ROOT))
        for path in TESTS.rglob("test_*.py")
        if re.search(r"\bfigure\(|seconds_of_leaking\(", path.read_text("utf-8")) and path != Path(__file__)
    }
    assert with_figures <= collected
