"""Hostile texts on the page: they stay texts, inside their messages, wherever the page shows them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from browsers import Site, Visitor
from payloads import BIDI, MARKUP, payloads
from playwright.sync_api import expect

from client.chat import Chat
from messages.errors import ChatError
from messages.requests import Away, Join, Topic

_FIRST = "document.querySelector('[role=log] [data-seq]').dataset.seq"
_WATCH = """
window.harm = [];
addEventListener("securitypolicyviolation", ({ violatedDirective }) => harm.push(violatedDirective));
window.Notification = class {
    static permission = "granted";
    constructor(title, { body }) { (window.rung ??= []).push(title, body); }
    close() {}
};
"""

_SEEN = """() => {
    const wrong = [...harm], log = document.querySelector("[role=log]"), edge = log.getBoundingClientRect();
    if ("hacked" in window) wrong.push("a script ran");
    const plain = "ARTICLE DIV P SPAN BDI TIME BUTTON svg path A SMALL CODE Q STRONG UL LI".split(" ");
    for (const one of document.querySelectorAll("#root [role=log] *, #root .hit *, #root .person *")) {
        if (!plain.includes(one.tagName) && one.className !== "picture") wrong.push(`<${one.tagName}>`);
        for (const { name } of one.attributes) if (/^(on|style)/.test(name)) wrong.push(`a ${name}`);
    }
    for (const { protocol } of document.links) if (!/^https?:$/.test(protocol)) wrong.push(`a ${protocol}`);
    const within = (inner, outer) => inner.left >= outer.left - 1 && inner.right <= outer.right + 1;
    for (const article of log.querySelectorAll("article")) {
        const box = article.getBoundingClientRect(), text = article.textContent.slice(0, 80);
        if (!within(box, edge)) wrong.push(`wider than the log: ${text}`);
        for (const part of article.querySelectorAll(".body *")) {
            const own = part.getBoundingClientRect(), low = own.bottom > box.bottom + 1;
            if (!within(own, box) || own.top < box.top - 1 || low) wrong.push(`out: ${text}`);
        }
    }
    const { scrollWidth } = document.documentElement;
    if (scrollWidth > innerWidth || log.scrollWidth > log.clientWidth) wrong.push("the page is too wide");
    return wrong;
}"""
"""Return all that is not as it should be on the page now."""


@pytest.fixture(name="reader")
def _reader(town: Site) -> Iterator[Visitor]:
    """Somebody who looks at what hostile people write, and whom it must not harm."""
    reader = town.visitor()
    dialogs: list[str] = []
    tabs: list[Any] = []
    reader.context.add_init_script(_WATCH)
    reader.page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    reader.enter("rhea")
    reader.context.on("page", lambda tab: tabs.append(tab))  # noqa: PLW0108 - it marks what it gets
    yield reader
    assert not dialogs
    assert not tabs
    assert not reader.page.evaluate(_SEEN)


def _send(chat: Chat, room: str, texts: list[str]) -> None:
    """Send texts; those that no client takes are hostile enough already."""
    for text in texts:
        with suppress(ChatError, ValueError):
            chat.send(room, text)


def test_a_thousand_hostile_messages_are_shown_as_texts(town: Site, reader: Visitor) -> None:
    mallory, room = town.chat("mallory"), "#__proto__"
    mallory.ask(Join, room=room)
    hostile = payloads(MARKUP + BIDI, 1_000)
    _send(mallory, room, [*MARKUP, *("\n".join(hostile[at : at + 6]) for at in range(0, 1_000, 6))])
    mallory.send(room, "that was all")
    reader.say(f"/join {room}")
    expect(reader.log).to_contain_text("that was all")
    expect(reader.page).to_have_title(f"{room} · Chat")
    for _ in range(12):
        assert not reader.page.evaluate(_SEEN)
        if reader.page.get_by_text(f"This is where {room} begins.").count():
            break
        first = reader.page.evaluate("document.querySelector('[data-seq]').dataset.seq")
        reader.page.evaluate("document.querySelector('[role=log]').scrollTop = 0")
        reader.page.wait_for_function(
            "seq => document.querySelector('[data-seq]').dataset.seq !== seq", arg=first
        )
    expect(reader.page.get_by_text(f"This is where {room} begins.")).to_have_count(1)


SHORT = [text for text in MARKUP if text.isprintable() and len(text) < 120]
NAMES = ["constructor", "hasOwnProperty", "W" * 32, "מלורי", "ไทยผู้ใช้"]
REACTIONS = ["<b/onx=a>", "<svg/onload=a>", "=cmd|'/C'!A0", "__proto__", "ﷺﷺﷺﷺ", "e" + "\u0301" * 12]


def test_hostile_names_and_short_texts_are_shown_as_texts(
    town: Site, reader: Visitor, tmp_path: Path
) -> None:
    room = "#constructor"
    crowd = [town.chat(name) for name in NAMES]
    for number, chat in enumerate(crowd):
        chat.ask(Join, room=room)
        chat.ask(Away, text=SHORT[number])
        chat.send(room, SHORT[number])
        chat.typing(room)
    names = [text.replace("/", "\\") for text in SHORT[:9]]
    for name in names:
        (tmp_path / name).write_bytes(b"<script>window.hacked=1</script>")
    crowd[0].send(room, "files", files=[tmp_path / name for name in names])
    crowd[1].send(room, "@rhea <script>window.hacked=1</script>")
    for reaction in REACTIONS:
        crowd[0].react(room, 1, reaction)
    crowd[0].pin(room, 1)
    for topic in SHORT[:3]:
        crowd[0].ask(Topic, room=room, topic=topic)
    reader.say(f"/join {room}")
    expect(reader.log.get_by_role("link", name=names[0], exact=True)).to_have_attribute("download", names[0])
    expect(reader.page.get_by_role("button", name=SHORT[2], exact=True)).to_be_visible()
    expect(reader.log.locator(".chip")).to_have_count(len(REACTIONS))
    for panel, seen in (("Members", ".person"), ("Pinned", ".hit")):
        reader.page.get_by_role("button", name=panel).click()
        reader.page.locator(f".panel {seen}").first.wait_for()
        assert not reader.page.evaluate(_SEEN)
    reader.message(SHORT[0]).first.focus()
    reader.page.keyboard.press("r")
    expect(reader.page.get_by_text(f"Reply to {NAMES[0]}")).to_be_visible()
    reader.say(SHORT[0])
    reader.log.locator(".quote").wait_for()
    reader.page.keyboard.press("Control+Shift+f")
    reader.page.keyboard.type("window")
    reader.page.keyboard.press("Enter")
    reader.page.locator(".panel .hit").first.wait_for()
    reader.page.evaluate("document.hasFocus = () => false")
    crowd[1].send("@rhea", SHORT[0])
    reader.page.wait_for_function("text => window.rung?.includes(text)", arg=SHORT[0])
    expect(reader.page).to_have_title(f"(1) {room} · Chat")
    reader.say("<b>/nonsense")
    reader.say("/<b>nonsense")
    reader.say(f"/whois {SHORT[0]}")
    expect(reader.log).to_contain_text("<b>nonsense")
