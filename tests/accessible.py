"""What axe-core finds wrong with a page as it is now."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

_RUN = "rules => axe.run({ resultTypes: ['violations'], ...(rules && { runOnly: rules }) })"


def flaws(page: Page, *rules: str) -> list[str]:
    """Return a line for each element that breaks a rule of axe-core; only these rules if some are given."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)  # by the debugger, so that the page's policy does not forbid it
    found: list[dict[str, Any]] = page.evaluate(_RUN, [*rules] or None)["violations"]
    return [f"{one['id']}: {node['html']}: {_reason(node)}" for one in found for node in one["nodes"]]


def _reason(node: dict[str, Any]) -> str:
    return "; ".join(check["message"] for check in (*node["any"], *node["all"], *node["none"]))
