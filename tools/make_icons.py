"""Make the icons of the installed page from `icon.svg`; run `python -m tools.make_icons` if that has changed.

Chromium draws them. A maskable icon reaches its edges, with the sign in the middle. Apple's devices take it.
"""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import sync_playwright

_STATIC = Path(__file__).parents[1] / "client" / "web" / "static"
_ICONS = {"icon-192.png": (192, False), "icon-512.png": (512, False), "icon-maskable-512.png": (512, True)}
_STYLE = "<style>body { margin: 0 } svg { display: block }</style>"
_MARGIN = "-6 -6 76 76"  # of the maskable icon, around the 64 units of the sign


def main() -> None:
    """Draw all icons."""
    drawn = (_STATIC / "icon.svg").read_text()
    colour = re.search(r'<rect [^>]*fill="([^"]+)"', drawn)
    assert colour, "the icon has no ground"
    ground = f'<rect x="-6" y="-6" width="76" height="76" fill="{colour[1]}"/>'
    filled = drawn.replace('viewBox="0 0 64 64"', f'viewBox="{_MARGIN}"').replace(
        "<rect", f"{ground}<rect", 1
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for name, (size, maskable) in _ICONS.items():
            page = browser.new_page(viewport={"width": size, "height": size})
            page.set_content(f"{_STYLE}{filled if maskable else drawn}")
            page.screenshot(path=_STATIC / name, omit_background=True)
        browser.close()


if __name__ == "__main__":
    main()
