"""Somebody who has only keys, or hears the page instead of seeing it."""

from __future__ import annotations

import re
from pathlib import Path

from browsers import Site, Visitor
from playwright.sync_api import Page, expect
from web_stage import PASSWORD

MOST_TABS = 80
_FOCUSED = """() => {
    const one = document.activeElement;
    const { ariaLabel, textContent, name, type } = one;
    return one === document.body ? "" : ariaLabel || textContent || name || type || one.tagName;
}"""
_LISTEN = """() => {
    window.heard = [];
    const log = document.querySelector("[role=log]");
    new MutationObserver(() => heard.push(log.ariaLive)).observe(log, { attributeFilter: ["aria-live"] });
}"""


class Keys:
    """The keyboard. After each step something must have the focus."""

    def __init__(self, page: Page) -> None:
        self._page = page

    @property
    def at(self) -> str:
        """The name or the text of what has the focus."""
        return str(self._page.evaluate(_FOCUSED))

    def press(self, *keys: str) -> None:
        for key in keys:
            self._page.keyboard.press(key)
            assert self.at, f"nothing has the focus after {key}"

    def type(self, text: str, *then: str) -> None:
        self._page.keyboard.type(text)
        self.press(*then)

    def to(self, name: str, *then: str) -> None:
        """Press Tab until something with this name has the focus, and then other keys."""
        for _ in range(MOST_TABS):
            if self.at == name:
                self.press(*then)
                return
            self._page.keyboard.press("Tab")
        raise AssertionError(f"no Tab leads to {name}")


def test_everything_can_be_done_with_keys_alone(town: Site, tmp_path: Path) -> None:
    visitor = town.visitor()
    page, keys = visitor.page, Keys(visitor.page)
    page.goto(town.url)
    page.locator("form").wait_for()
    keys.to("Create an account", "Enter")
    keys.type("kay", "Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(visitor.box).to_be_focused()
    keys.press("Control+k")
    keys.type("#with-keys")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="#with-keys")).to_be_visible()
    expect(visitor.box).to_be_focused()
    _write_and_change(visitor, keys)
    _find_and_attach(visitor, keys, tmp_path)
    keys.to("Sign out", "Enter")
    keys.to("Sign out")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Name")).to_be_focused()


def _write_and_change(visitor: Visitor, keys: Keys) -> None:
    keys.type("first words", "Enter")
    visitor.message("first words").wait_for()
    keys.press("Control+ArrowUp", "+")
    keys.type("tada", "Enter")
    expect(visitor.message("first words").get_by_role("button", name="🎉: kay")).to_be_visible()
    expect(visitor.message("first words")).to_be_focused()
    keys.press("r")
    keys.type("an answer", "Enter")
    visitor.message("an answer").wait_for()
    keys.press("ArrowUp")
    keys.type(" to it", "Enter")
    visitor.message("an answer to it").wait_for()
    keys.press("Control+ArrowUp", "d", "Tab", "Enter")
    expect(visitor.log).to_contain_text("This message was deleted.")
    assert keys.at
    visitor.log.focus()
    keys.type("said from the log", "Enter")
    visitor.message("said from the log").wait_for()


def _find_and_attach(visitor: Visitor, keys: Keys, home: Path) -> None:
    keys.press("Control+Shift+f")
    keys.type("first", "Enter")
    found = visitor.page.get_by_role("region", name="Search").get_by_role("button", name="kay")
    found.wait_for()
    for _ in range(MOST_TABS):
        if found.evaluate("one => one === document.activeElement"):
            break
        keys.press("Tab")
    keys.press("Enter")
    expect(visitor.message("first words").first).to_be_focused()
    (home / "notes.txt").write_text("notes")
    keys.press("Escape")
    with visitor.page.expect_file_chooser() as chooser:
        keys.press("Shift+Tab", "Enter")
    chooser.value.set_files(home / "notes.txt")
    expect(visitor.box).to_be_focused()
    keys.type("a file", "Enter")
    expect(visitor.log.get_by_role("link", name="notes.txt")).to_be_visible()


def test_a_screen_reader_hears_messages_and_no_history(town: Site, tmp_path: Path) -> None:
    teller = town.chat("teller")
    hearer = town.visitor().enter("hearer")
    for number in range(120):
        teller.send("@hearer", f"told {number}")
    (tmp_path / "notes.txt").write_text("notes")
    page = hearer.page
    page.get_by_role("button", name=re.compile("@teller.*120 unread")).wait_for()
    page.evaluate(_LISTEN)
    hearer.go("@teller")
    hearer.log.evaluate("log => { log.scrollTop = 0; }")
    page.wait_for_function("() => document.querySelectorAll('article').length > 100")
    assert "polite" not in page.evaluate("heard")
    page.get_by_role("button", name="To the newest").click()
    teller.send("@hearer", "now", files=[tmp_path / "notes.txt"])
    page.wait_for_function("() => heard.includes('polite')")
    expect(hearer.message("now")).to_match_aria_snapshot(
        """
        - article:
          - text: teller now
          - link "notes.txt"
          - text: /\\d B/
          - time: /\\d+:\\d+/
          - button "React"
          - button "Reply"
          - button "More"
        """
    )
    expect(page.get_by_role("textbox", name="Message", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Attach file")).to_be_visible()
    expect(page.get_by_role("log", name="Messages in @teller")).to_have_attribute("aria-live", "off")
    assert page.get_by_role("article").count() == page.get_by_role("button", name="React").count()


def test_somebody_who_wants_no_motion_sees_none(town: Site) -> None:
    visitor = town.visitor(reduced_motion="reduce").enter("calm")
    visitor.say("motionless")
    visitor.message("motionless").wait_for()
    visitor.page.goto(f"{town.url}#c=%23lobby&m=1")
    moving = "document.getAnimations().filter(one => one.playState === 'running').length"
    assert visitor.page.evaluate(moving) == 0
