"""Browsers at a gateway: Debian's Chromium, a context for each person, and what went wrong in their pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from eventually import DEADLINE
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright
from web_stage import PASSWORD, Town, town

from client.chat import Chat

CHROMIUM = "/usr/bin/chromium"
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


class Visitor:
    """A person with a browser. `troubles` are errors of scripts and of the policy; there must be none."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.context, self.url = context, url
        context.set_default_timeout(DEADLINE * 1_000)
        self.troubles: list[str] = []
        self.page = self.open()

    def open(self) -> Page:
        """Open another tab, without going anywhere."""
        page = self.context.new_page()
        page.on("console", lambda said: self.troubles.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        return page

    def sign_up(self, name: str) -> Visitor:
        """Make an account and come in."""
        self.page.goto(self.url)
        self.page.get_by_role("button", name="Create an account").click()
        self.page.get_by_label("Name").fill(name)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Create an account").click()
        self.page.get_by_role("button", name="Sign out").wait_for()
        return self

    def enter(self, name: str) -> Visitor:
        """Make an account without the form, and come in."""
        form = {"name": name, "password": PASSWORD, "sign_up": True}
        answer = self.context.request.post(
            f"{self.url}session", data=form, headers={"Origin": self.url.rstrip("/")}
        )
        assert answer.ok, answer.text()
        self.page.goto(self.url)
        self.page.locator("textarea").wait_for(state="attached")
        return self

    def forgive(self, text: str) -> None:
        """Forget the troubles with this text: the test has caused them."""
        self.troubles[:] = [one for one in self.troubles if text not in one]

    @property
    def box(self) -> Locator:
        """Where they write."""
        return self.page.get_by_role("textbox", name="Message", exact=True)

    @property
    def log(self) -> Locator:
        """The messages of the conversation."""
        return self.page.get_by_role("log")

    def go(self, conversation: str) -> None:
        """Enter a conversation of the list."""
        self.page.get_by_role("navigation").get_by_role("button", name=conversation).click()

    def say(self, text: str) -> None:
        """Write a message and send it."""
        self.box.fill(text)
        self.box.press("Enter")

    def message(self, text: str) -> Locator:
        """Return the message with a text, when the broker has accepted it."""
        return self.log.locator("article[data-seq]").filter(has_text=text)

    def choose(self, text: str, what: str) -> None:
        """Choose something from the menu of a message."""
        message = self.message(text)
        message.hover()
        message.get_by_role("button", name="More").click()
        self.page.get_by_role("menuitem", name=what).click()


class Site:
    """A broker, its gateway, a door for terminals, and a browser."""

    def __init__(self, made: Town, browser: Browser, home: Path, way: Callable[[str], str]) -> None:
        self.town, self.browser = made, browser
        self.door = f"ipc://{home}/door"
        made.open("--bind", self.door, way=way)
        self._addresses = count(1)
        self.visitors: list[Visitor] = []
        self.chats: list[Chat] = []

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"{self.town.url}/"

    def visitor(self, **options: Any) -> Visitor:
        """Open a browser of their own for somebody."""
        address = {"X-Forwarded-For": f"198.51.100.{next(self._addresses)}"}  # each has a limit of sign-ups
        given: dict[str, Any] = {
            "locale": "en-GB",
            "viewport": {"width": 1280, "height": 800},
            "extra_http_headers": address,
            "service_workers": "block",
        }
        given |= options
        self.visitors.append(Visitor(self.browser.new_context(**given), self.url))
        return self.visitors[-1]

    def chat(self, name: str) -> Chat:
        """Log a program in, as a terminal would."""
        self.chats.append(Chat(self.door, name=name, timeout=DEADLINE))
        return self.chats[-1]

    def leave(self) -> None:
        """Close what one test opened."""
        for visitor in self.visitors:
            visitor.context.close()
        for chat in self.chats:
            chat.close(timeout=0.0)
        self.visitors.clear()
        self.chats.clear()


@contextmanager
def site(home: Path, way: Callable[[str], str] = str) -> Iterator[Site]:
    """Give a site, and end all of it. `way` makes of the broker's address the one that the gateway uses."""
    expect.set_options(timeout=DEADLINE * 1_000)
    with sync_playwright() as playwright, town(home) as made:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            yield Site(made, browser, home, way)
        finally:
            browser.close()
