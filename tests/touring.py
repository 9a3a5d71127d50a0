"""A walk through the states of the page, the same in each language and on each screen."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

from browsers import Site, Visitor
from playwright.sync_api import Locator

from messages.requests import Join

Look = Callable[[str], None]
"""Is called in each state, with its name."""

DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
"""A PNG of one pixel."""


def tour_entrance(town: Site, visitor: Visitor, look: Look) -> None:
    """Visit the forms at the entrance, and a refusal."""
    page = visitor.page
    page.goto(town.url)
    page.locator("form").wait_for()
    look("signing in")
    for at, state in ((0, "signing up"), (1, "a guest")):
        page.locator(".others button").nth(at).click()
        look(state)
    page.locator("input").first.fill("?")
    page.locator(".primary").click()
    page.get_by_role("alert").wait_for()
    look("a refusal")


class Tour:
    """A person's way through a room in which somebody has left one of everything."""

    def __init__(self, town: Site, visitor: Visitor, name: str, home: Path) -> None:
        self._visitor, self._page, self._field = visitor, visitor.page, visitor.page.locator("textarea")
        room, teller = f"#{name}", town.chat(f"teller-{name}")
        visitor.enter(name)
        visitor.page.locator(".place").first.click()
        self._say(f"/join {room}")
        visitor.page.locator(".head").get_by_text(room).wait_for()
        teller.ask(Join, room=room)
        (home / "dot.png").write_bytes(DOT)
        (home / "notes.txt").write_text("notes")
        teller.send(room, f"*a* **b** `c` ~~d~~ https://example.org @{name}\n> e\n- f\n```\ng\n```")
        teller.send(room, "two files", files=[home / "dot.png", home / "notes.txt"])
        teller.typing(room)
        for own in ("first words", "/me waves", "/help rooms", "/nonsense", "last words"):
            self._say(own)
        self._message("last words").wait_for()
        visitor.page.locator(".picture").wait_for()

    def _say(self, text: str) -> None:
        self._field.fill(text)
        self._field.press("Control+Enter")  # Enter alone breaks the line on a phone

    def _message(self, text: str) -> Locator:
        return self._page.locator("article[data-seq]").filter(has_text=text).first

    def _press(self, text: str, key: str) -> None:
        """Choose a message and press a key on it."""
        self._message(text).focus()
        self._page.keyboard.press(key)

    def change(self) -> None:
        """Answer, edit, pin, react to and delete."""
        page = self._page
        self._press("first words", "r")
        self._say("an answer")
        self._message("an answer").locator(".quote").wait_for()
        self._press("an answer", "e")
        self._say("another answer")
        self._message("another answer").locator(".mark-edited").wait_for()
        self._press("another answer", "p")
        self._message("another answer").locator(".note").wait_for()
        self._press("two files", "+")
        page.locator(".picker .grid button").first.click()
        page.locator(".chip").wait_for()
        self._press("last words", "d")
        page.locator("dialog .danger").click()
        page.locator(".gone").wait_for()

    def look_at_messages(self, look: Look) -> None:
        """Open what belongs to a message."""
        page = self._page
        look("the log")
        self._press("first words", "+")
        page.locator(".picker").wait_for()
        look("the picker")
        page.keyboard.press("Escape")
        message = self._message("first words")
        message.hover()
        message.locator(".tools button").last.click()
        page.get_by_role("menu").wait_for()
        look("a menu")
        page.keyboard.press("Escape")
        for key, state in (("e", "an edit"), ("r", "a reply")):
            self._press("first words", key)
            look(state)
            page.keyboard.press("Escape")
        self._press("first words", "d")
        page.get_by_role("dialog").wait_for()
        look("a question")
        page.keyboard.press("Escape")
        self._field.fill("")
        self._field.press("/")
        page.get_by_role("listbox").wait_for()
        look("choices")
        self._field.fill("")

    def look_beside(self, look: Look) -> None:
        """Open the panels and the dialogs."""
        page = self._page
        for at, state in enumerate(("the search", "pins", "members")):
            page.locator(".head [aria-pressed]").nth(at).click()
            if at == 0:
                page.keyboard.type("words")
                page.keyboard.press("Enter")
            page.locator(".panel .hit, .panel .person").first.wait_for()
            look(state)
            self._leave()
        self._press("another answer", "t")
        page.locator(".panel .hit").first.wait_for()
        look("a thread")
        self._leave()
        page.keyboard.press("Control+k")
        page.get_by_role("dialog").wait_for()
        look("going elsewhere")
        page.keyboard.press("Escape")

    def look_at_list(self, look: Look) -> None:
        """Open what belongs to the list of conversations."""
        page = self._page
        if page.locator(".back").is_visible():
            page.locator(".back").click()
            look("the list")
        page.locator(".side header button").first.click()
        page.locator(".panel .room").first.wait_for()
        look("rooms")
        self._leave()
        for at, state, inside in (
            (2, "settings", ".set"),
            (3, "sessions", ".session"),
            (4, "a link", "form"),
        ):
            page.locator(".side .me").click()
            page.get_by_role("menu").wait_for()
            look("the own menu")
            page.get_by_role("menuitem").nth(at).click()
            page.locator(f".panel {inside}").first.wait_for()
            look(state)
            self._leave()

    def _leave(self) -> None:
        self._page.locator(".panel header button").click()
