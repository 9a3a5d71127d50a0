"""How `make docs` reads the documents: a hook of mkdocs.

What stands behind a fence's language is for the tests that run the example. A page is rendered without it.
"""

from __future__ import annotations

import re
from typing import Any


def on_page_markdown(markdown: str, **_page: Any) -> str:
    """Return a page's text with nothing but the language at its fences."""
    return re.sub(r"^(```\w+) .*$", r"\1", markdown, flags=re.MULTILINE)
