"""Phones, large letters and long lists: what is needed is in sight, and the page stays light."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from browsers import PHONE, Site, Visitor
from playwright.sync_api import Page, WebSocketRoute, expect

from messages.requests import Join

SIZES = {
    "small phone": (320, 568),
    "phone": (390, 844),
    "phone with its keyboard": (390, 450),
    "phone on its side": (844, 390),
    "phone on its side with its keyboard": (844, 200),
    "twice as large": (640, 400),
    "four times as large": (320, 256),
}
_OUTSIDE = """() => [...document.querySelectorAll("main *, .side *")].filter(one => {
    const { left, right, width, height } = one.getBoundingClientRect();
    return width > 1 && height > 1 && (left < -1 || right > innerWidth + 1) && one.checkVisibility();
}).map(one => one.outerHTML.slice(0, 200))"""


def _assert_all_is_in_sight(visitor: Visitor) -> None:
    for part in (visitor.box, visitor.page.get_by_role("button", name="Send")):
        expect(part).to_be_in_viewport(ratio=1)
    expect(visitor.message("the last one")).to_be_in_viewport()
    assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert visitor.page.evaluate(_OUTSIDE) == []


def test_the_box_and_the_last_message_are_in_sight_on_each_screen(town: Site) -> None:
    nora = town.visitor(**PHONE).enter("nora")
    nora.go("#lobby")
    for number in range(12):
        nora.box.fill(f"line {number} with some more words than fit into one row of a phone")
        nora.page.get_by_role("button", name="Send").click()
    nora.box.fill("the last one")
    nora.page.get_by_role("button", name="Send").click()
    nora.message("the last one").wait_for()
    for size in SIZES.values():
        nora.page.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))  # type: ignore[arg-type]
        _assert_all_is_in_sight(nora)
    nora.page.set_viewport_size({"width": 390, "height": 844})
    nora.page.get_by_role("button", name="Back to the conversations").click()
    nora.page.set_viewport_size({"width": 844, "height": 390})
    expect(nora.page.get_by_role("heading", name="#lobby")).to_be_visible()


class _Stage:
    """A page whose gateway is this test."""

    def __init__(self, visitor: Visitor) -> None:
        self.page: Page = visitor.page
        self._socket: WebSocketRoute | None = None
        self.page.route("**/session", lambda route: route.fulfill(json={"name": "lena", "title": "Chat"}))
        self.page.route_web_socket("**/socket", self._open)
        self.page.goto(visitor.url)
        visitor.box.wait_for()

    def _open(self, socket: WebSocketRoute) -> None:
        self._socket = socket
        socket.on_message(self._answer)
        self.tell("welcome", protocol=1, assets="", name="lena", abilities=[])
        self.tell("state", state="connected")
        rooms = [{"name": f"#room-{number}", "rank": 2} for number in range(500)]
        self.tell("conversations", conversations=rooms, all=True)

    def tell(self, kind: str, **fields: Any) -> None:
        assert self._socket
        self._socket.send(json.dumps({"type": kind, **fields}))

    def _answer(self, text: str | bytes) -> None:
        asked = json.loads(text)
        place, ref = asked.get("conversation"), asked["ref"]
        if asked["type"] == "open":
            self.tell("log", ref=ref, conversation=place, messages=[], spans=[], head=0)
        elif asked["type"] == "members" and place:
            names = [f"member-{number}" for number in range(500)]
            members = [{"name": name, "online": True} for name in names]
            self.tell("members", ref=ref, conversation=place, members=members, more=True)


@pytest.fixture(name="stage")
def _stage(town: Site) -> _Stage:
    return _Stage(town.visitor())


_COUNT = """() => {
    window.made = 0;
    new MutationObserver(all => { for (const one of all) made += one.addedNodes.length; })
        .observe(document.querySelector("nav"), { childList: true, subtree: true });
    const last = document.querySelector("nav li:last-child .place");
    last.focus();
    return last.dataset.name;
}"""


def test_a_long_list_is_not_made_anew_for_each_message(stage: _Stage) -> None:
    page = stage.page
    expect(page.get_by_role("navigation").get_by_role("listitem")).to_have_count(500)
    page.get_by_role("button", name="Members").click()
    expect(page.get_by_text("500+ members")).to_be_visible()
    assert page.evaluate("document.querySelectorAll('*').length") < 8_000
    focused = page.evaluate(_COUNT)
    stage.tell("conversations", conversations=[{"name": "#room-250", "rank": 0, "unread": 1, "mentions": 1}])
    expect(page.get_by_role("navigation").get_by_role("button").first).to_have_accessible_name(
        "#room-250 , 1 unread message, 1 mentions you"
    )
    stage.tell("conversations", conversations=[{"name": "#room-250", "rank": 2}])
    expect(page.get_by_role("navigation").get_by_role("button").first).to_have_accessible_name("#room-0")
    names = "[...document.querySelectorAll('nav .place')].map(one => one.dataset.name)"
    assert page.evaluate(names) == [f"#room-{number}" for number in range(500)]
    assert page.evaluate("made") <= 8
    assert page.evaluate("document.activeElement.dataset.name") == focused


@pytest.mark.parametrize("unread", [40, 130])
def test_a_conversation_opens_at_the_first_unread_message_however_many_there_are(
    town: Site, unread: int
) -> None:
    talker, room = town.chat(f"tom{unread}"), f"#much{unread}"
    talker.ask(Join, room=room)
    talker.send(room, "before")
    mona = town.visitor(**PHONE).enter(f"mona{unread}")
    mona.go("#lobby")
    mona.box.fill(f"/join {room}")
    mona.page.get_by_role("button", name="Send").click()
    expect(mona.page.get_by_role("heading", name=room)).to_be_visible()
    mona.page.get_by_role("button", name="Back to the conversations").click()
    mona.page.reload()  # so that no message of the room is here yet
    mona.page.get_by_role("button", name="Sign out").wait_for()
    for number in range(unread):
        talker.send(room, f"news {number:03}.\nSecond line.\nThird line.")
    mona.page.get_by_role("button", name=re.compile(f"{room}.*{unread} unread")).click()
    expect(mona.log.get_by_text("New", exact=True)).to_be_in_viewport()
    expect(mona.message("news 000.")).to_be_in_viewport()
    mona.page.get_by_role("button", name="To the newest").click()
    expect(mona.message(f"news {unread - 1:03}.")).to_be_in_viewport()
