"""Screen readers and looks: axe-core finds nothing in any state of the page, and nobody loses their place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from accessible import flaws
from browsers import PHONE, Site
from torture.figures import figure
from touring import Tour, tour_entrance

GERMAN: dict[str, Any] = {"locale": "de-DE"}
DARK: dict[str, Any] = {"color_scheme": "dark"}
VISITS: dict[str, dict[str, Any]] = {
    "wide": {},
    "german-dark-phone": GERMAN | DARK | PHONE,
    "german-wide": GERMAN,
    "dark-wide": DARK,
    "contrast-wide": {"contrast": "more"},
    "dark-contrast": DARK | {"contrast": "more"} | PHONE,
    "forced-colors": {"forced_colors": "active"},
    "still-narrow": {"reduced_motion": "reduce", "viewport": {"width": 320, "height": 640}},
}
LOOKS: list[dict[str, Any]] = [
    DARK,
    {"color_scheme": "light", "contrast": "more"},
    DARK | {"contrast": "more"},
    {"color_scheme": "light", "contrast": "no-preference", "forced_colors": "active"},
]


@pytest.mark.parametrize("visit", figure([*VISITS][1:2], [*VISITS], [*VISITS][:2]))
@pytest.mark.long
def test_axe_finds_nothing_in_any_state(town: Site, tmp_path: Path, visit: str) -> None:
    visitor = town.visitor(**VISITS[visit])
    found: list[str] = []

    def check(state: str) -> None:
        found.extend(f"{state}: {flaw}" for flaw in flaws(visitor.page))

    tour_entrance(town, visitor, check)
    tour = Tour(town, visitor, f"of-{visit}", tmp_path)
    tour.change()
    tour.look_at_messages(check)
    tour.look_beside(check)
    tour.look_at_list(check)
    for look in LOOKS:
        visitor.page.emulate_media(**look)
        found.extend(f"{look}: {flaw}" for flaw in flaws(visitor.page, "color-contrast"))
    visitor.forgive("403")  # the refusal
    assert not found
