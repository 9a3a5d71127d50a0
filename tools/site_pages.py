"""The hook of mkdocs with which `make docs` reads the documents.

The words after a fence's language are for the tests that run the example. A page is rendered without them.
"""

from __future__ import annotations

import re
from typing import Any


def on_page_markdown(markdown: str, **_page: Any) -> str:
    """Return a page's text with only the language at its fences."""
    return re.sub(r"^(```\w+) .*$", r"\1", markdown, flags=re.MULTILINE)
