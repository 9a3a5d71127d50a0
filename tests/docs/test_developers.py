"""The command lines for those who change the program: their targets, files and options exist, and are taken.

Most of them take minutes or hours, so the lines are not run to their end.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shlex

import pytest
from docs.fenced import DOCUMENTS, ROOT, Block, blocks

from benchmarks.__main__ import _parse
from benchmarks.growth.__main__ import _parse as _parse_growth
from benchmarks.peers import PEERS

APT = blocks("benchmarks/README.md", "sh apt")
MAKE = [block for document in DOCUMENTS for block in blocks(document, "sh make")]
EXAMPLES = MAKE + APT


def lines(block: Block) -> list[list[str]]:
    """Return the words of each line of shell."""
    return [words for line in block.body.splitlines() if (words := shlex.split(line, comments=True))]


@pytest.mark.parametrize("words", [words for block in MAKE for words in lines(block)], ids=shlex.join)
def test_a_line_is_taken(words: list[str]) -> None:
    match words:
        case ["make", target, *variables]:
            assert re.search(rf"^{target}:.*## ", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
            for name, _, value in (word.partition("=") for word in variables):
                check_setting(name, value)
        case [".venv/bin/python" | "python", "-m", "benchmarks", *arguments]:
            _parse([word for word in arguments if not word.endswith(".json") and word != "--render"])
        case ["python", "-m", "benchmarks.growth", *arguments]:
            _parse_growth([word for word in arguments if not word.endswith(".json") and word != "--render"])
        case [".venv/bin/python" | "python", "-m", "pytest", *arguments]:
            check_selection(arguments)
        case ["python", "-m", module]:
            assert importlib.util.find_spec(module)
        case [script]:
            assert os.access(ROOT / script, os.X_OK)
        case _:
            raise AssertionError(f"nobody knows how to check {words}")


def check_setting(name: str, value: str) -> None:
    """Check the value of a variable of make."""
    match name:
        case "PYTEST_ARGS":
            check_selection(shlex.split(value))
        case "BENCH_ARGS":
            _parse(shlex.split(value))
        case "CHAT_TORTURE":
            assert int(value) > 0
        case _:
            raise AssertionError(f"nobody knows the variable {name}")


def check_selection(arguments: list[str]) -> None:
    """Check that there are tests of these paths and of the word behind -k."""
    paths = [word for word in arguments if word.startswith("tests")] or ["tests"]
    sources = [path for place in paths for path in (ROOT / place).rglob("test_*.py")]
    assert sources
    if "-k" in arguments:
        word = arguments[arguments.index("-k") + 1]
        assert any(word in path.name or f"def test_{word}" in path.read_text("utf-8") for path in sources)


@pytest.mark.parametrize("words", [words for block in APT for words in lines(block)], ids=shlex.join)
def test_the_packages_to_install_are_the_measured_servers(words: list[str]) -> None:
    assert words[:2] == ["apt-get", "install"]
    for package in words[2:]:
        assert any(package.startswith(peer.split()[0].rstrip("-")) for peer in PEERS), package


def test_a_wrong_line_is_refused() -> None:
    with pytest.raises(AssertionError):
        test_a_line_is_taken(["make", "no-such-target"])
    with pytest.raises(SystemExit):
        check_setting("BENCH_ARGS", "--no-such-option")
