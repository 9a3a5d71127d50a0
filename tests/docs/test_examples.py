"""Each example in the documents is run by a test as what it is."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from docs.fenced import DOCUMENTS, FENCE, Block, blocks

MODULES = sorted(path.stem for path in Path(__file__).parent.glob("test_*.py"))


def run_by_tests() -> set[Block]:
    """Return the blocks that the modules here run."""
    modules = [importlib.import_module(f"docs.{name}") for name in MODULES]
    return {block for module in modules for block in getattr(module, "EXAMPLES", ())}


def test_each_example_is_run_by_a_test() -> None:
    found = {block for document in DOCUMENTS for block in blocks(document)}
    assert len(found) > 80
    assert not [str(block) for block in sorted(found - run_by_tests())]


@pytest.mark.parametrize("text", ["```sh\nmake run\n```\n", "   ```\n   make run\n   ```\n"])
def test_an_example_of_no_or_an_unknown_kind_is_found_too(text: str) -> None:
    assert FENCE.search(text)
    assert not {block.kind for block in run_by_tests()} & {"", "sh"}
