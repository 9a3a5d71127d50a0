"""The fenced blocks of the documents. A block's kind is its language and the words behind it, as `sh make`.

Each module here lists in `EXAMPLES` the blocks that its tests run. test_examples.py finds those that none
runs.
"""

from __future__ import annotations

import re
import textwrap
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
DOCUMENTS = (
    *("README.md", "CONTRIBUTING.md", "examples/README.md", "benchmarks/README.md"),
    *(str(path.relative_to(ROOT)) for path in sorted((ROOT / "docs").rglob("*.md"))),
)
FENCE = re.compile(r"^( *)```([^\n]*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """A fenced block: where it is, what it is, and its text."""

    document: str
    line: int
    kind: str
    body: str

    def __str__(self) -> str:
        return f"{self.document}:{self.line} {self.kind}"


def blocks(document: str, *kinds: str, section: str = "") -> list[Block]:
    """Return the blocks of a document, or of one section, whose kind matches one of the patterns, if any."""
    text = (ROOT / document).read_text("utf-8")
    begin, end = _bounds(text, section) if section else (0, len(text))
    found = [
        Block(document, text.count("\n", 0, match.start()) + 1, match[2], textwrap.dedent(match[3]))
        for match in FENCE.finditer(text)
        if begin <= match.start() < end
    ]
    return [block for block in found if not kinds or any(fnmatch(block.kind, kind) for kind in kinds)]


def block(document: str, kind: str) -> Block:
    """Return the only block of this kind."""
    (found,) = blocks(document, kind)
    return found


def _bounds(text: str, section: str) -> tuple[int, int]:
    """Return where a section of the second level begins and ends, its subsections included."""
    begin = text.index(f"\n## {section}\n")
    end = text.find("\n## ", begin + 1)
    return begin, len(text) if end == -1 else end
