"""Files on the page in a real browser: attached in every way, kept over a reload, shown in their rooms."""

from __future__ import annotations

import base64
import re
import struct
import zlib

from browsers import Site, Visitor
from eventually import eventually
from playwright.sync_api import Locator, Route, expect

_DROP = """async ([files, kind]) => {
    const data = new DataTransfer();
    for (const [name, type, text] of files) {
        const bytes = Uint8Array.from(atob(text), one => one.charCodeAt(0));
        data.items.add(new File([bytes], name, {type, lastModified: 1}));
    }
    const at = kind === "paste" ? document.querySelector("textarea") : document.querySelector("main .log");
    const all = {bubbles: true, cancelable: true, clipboardData: data, dataTransfer: data};
    at.dispatchEvent(kind === "paste" ? new ClipboardEvent(kind, all) : new DragEvent(kind, all));
}"""

_FOLDER = """async () => {
    const { filesOf } = (await import(document.querySelector("script").src)).modules["write/drop.js"];
    const entry = () => ({isDirectory: true});
    return filesOf({items: [{kind: "file", webkitGetAsEntry: entry, getAsFile: entry}]}).length;
}"""

_INLINE = re.compile(r"\?inline$")

_PART = re.compile(r"offset=")
_LATER_PART = re.compile(r"offset=[1-9]")

_SEEK = """async one => {
    one.muted = true;
    await one.play();
    one.currentTime = 15;
    await new Promise(done => one.addEventListener("seeked", done, {once: true}));
    one.pause();
    return [Math.round(one.duration), one.currentTime >= 15];
}"""

_KEPT = """async () => {
    const all = await indexedDB.databases();
    if (!all.some(one => one.name === "chat-files")) return -1;
    return new Promise(done => {
        const opening = indexedDB.open("chat-files");
        opening.onsuccess = () => {
            const base = opening.result;
            const count = base.transaction("files").objectStore("files").count();
            count.onsuccess = () => { base.close(); done(count.result); };
        };
    });
}"""
"""How many files the browser has kept."""


def png(width: int, height: int) -> bytes:
    """Return an image in one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress((b"\0" + b"\x38\x56\x9b" * width) * height)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def wav(seconds: int) -> bytes:
    """Return silence."""
    data = bytes(8_000 * seconds)
    head = struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF",
        36 + len(data),
        b"WAVE",
        b"fmt ",
        16,
        1,
        1,
        8_000,
        8_000,
        1,
        8,
        b"data",
        len(data),
    )
    return head + b"\x80" * len(data)


def put(visitor: Visitor, kind: str, *files: tuple[str, str, bytes]) -> None:
    """Drop or paste files."""
    given = [[name, kind, base64.b64encode(data).decode()] for name, kind, data in files]
    visitor.page.evaluate(_DROP, [given, kind])


def waiting(visitor: Visitor) -> Locator:
    """Return the files that wait for the next message."""
    return visitor.page.locator(".going .file")


def test_files_are_dropped_pasted_sent_in_their_order_and_shown_in_their_rooms(town: Site) -> None:
    anna, bruno = town.visitor().enter("anna"), town.visitor().enter("bruno")
    put(anna, "drop", ("a.png", "image/png", png(300, 200)), ("notes.txt", "text/plain", b"notes"))
    put(anna, "drop", ("notes.txt", "text/plain", b"notes"))
    expect(anna.page.get_by_text("notes.txt is attached already.")).to_be_visible()
    put(anna, "paste", ("image.png", "image/png", png(4, 4)))
    put(anna, "drop", ("x.svg", "image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'/>"))
    put(anna, "drop", ("not wanted.bin", "", b"x"))
    put(anna, "drop", ("talk.wav", "audio/wav", wav(20)), ("fake.wav", "audio/wav", b"<svg onload=alert(1)>"))
    expect(waiting(anna)).to_have_count(7)
    expect(waiting(anna).nth(0).locator("img.thumb")).to_have_count(1)
    anna.page.get_by_role("button", name="Remove not wanted.bin").click()

    anna.page.route(_PART, lambda route: route.fulfill(status=507, json={"text": "There is no room."}))
    put(anna, "drop", ("fails.bin", "", b"y"))
    expect(waiting(anna).get_by_role("alert")).to_have_text("There is no room.")
    anna.say("not without it")
    expect(anna.box).to_have_value("not without it")
    anna.page.unroute(_PART)
    waiting(anna).get_by_role("button", name="Try again").click()
    expect(waiting(anna).get_by_role("alert")).to_have_count(0)
    anna.troubles[:] = [one for one in anna.troubles if "507" not in one]
    assert anna.page.evaluate(_FOLDER) == 0
    expect(anna.page.get_by_text("Folders cannot be sent.")).to_be_visible()

    held, free = list[Route](), list[bool]()
    bruno.page.route(_INLINE, lambda route: route.continue_() if free else held.append(route))
    with bruno.page.expect_request(_INLINE):
        anna.say("see these")
    got = bruno.message("see these")
    room = got.bounding_box()
    names = got.get_by_role("link").all_inner_texts()
    assert [*names[:2], *names[3:]] == ["a.png", "notes.txt", "x.svg", "talk.wav", "fake.wav", "fails.bin"]
    assert names[2].startswith("Image 20")
    shown = got.get_by_role("img", name="Image a.png")
    expect(shown).to_be_hidden()
    free.append(True)
    for route in held:
        route.continue_()
    expect(shown).to_be_visible()
    after = got.bounding_box()
    assert (room and room["height"]) == (after and after["height"])  # nothing has moved
    assert got.locator("img").count() == 2

    shown.click()
    expect(bruno.page.get_by_role("dialog").get_by_role("img", name="Image a.png")).to_be_visible()
    bruno.page.keyboard.press("ArrowRight")
    expect(bruno.page.get_by_role("dialog")).to_have_accessible_name(f"Image {names[2]}")
    bruno.page.keyboard.press("Escape")
    expect(bruno.page.get_by_role("dialog")).to_have_count(0)

    assert got.locator("audio[aria-label='talk.wav']").evaluate(_SEEK) == [20, True]
    got.locator("audio[aria-label='fake.wav']").evaluate("one => one.play().catch(() => 0)")
    expect(got.locator("audio[aria-label='fake.wav']")).to_have_count(0)

    bruno.page.get_by_role("button", name="Search").click()
    bruno.page.get_by_role("region", name="Search").get_by_role("searchbox").fill("see")
    bruno.page.keyboard.press("Enter")
    expect(
        bruno.page.get_by_role("region", name="Search").get_by_role("link", name="notes.txt")
    ).to_be_visible()


def test_files_outlive_a_lost_connection_a_reload_and_the_gateway(town: Site) -> None:
    clara = town.visitor().enter("clara")
    stopped: list[str] = []

    def stop(route: Route) -> None:
        stopped.append(route.request.url)
        route.abort()

    clara.page.route(_LATER_PART, stop)
    content = bytes(range(256)) * 800
    put(clara, "drop", ("big.bin", "", content), ("other.bin", "", content))
    eventually(lambda: clara.page.evaluate(_KEPT) == 2, "the browser keeps two files")
    clara.page.get_by_role("button", name="Remove other.bin").click()
    eventually(lambda: clara.page.evaluate(_KEPT) == 1, "the browser keeps one file")
    clara.say("with its file")
    clara.page.get_by_role("button", name="Put back").wait_for()
    put(clara, "drop", ("kept.bin", "", b"kept"))
    eventually(lambda: clara.page.evaluate(_KEPT) == 2, "the browser keeps two files")
    clara.page.reload()
    clara.log.get_by_text("with its file").wait_for()
    clara.page.unroute(_LATER_PART)
    expect(clara.message("with its file").get_by_role("link", name="big.bin")).to_have_count(1)
    expect(clara.log.get_by_text("with its file")).to_have_count(1)
    with clara.page.expect_download() as saved:
        clara.log.get_by_role("link", name="big.bin").click()
    assert saved.value.path().read_bytes() == content
    assert stopped
    eventually(lambda: clara.page.evaluate(_KEPT) == 1, "the browser keeps one file")

    expect(waiting(clara)).to_contain_text("kept.bin")
    expect(waiting(clara).locator("progress")).to_be_hidden()
    town.town.kill(town.town.gateway)
    expect(clara.page.get_by_text("The connection is lost.")).to_be_visible()
    clara.say("over the death of the gateway")
    town.town.open_gateway()
    expect(clara.message("over the death").get_by_role("link", name="kept.bin")).to_have_count(1)
    put(clara, "drop", ("left.bin", "", b"left"))
    eventually(lambda: clara.page.evaluate(_KEPT) == 1, "the browser keeps one file")
    clara.page.get_by_role("button", name="Sign out").click()
    clara.page.get_by_role("dialog").get_by_role("button", name="Sign out").click()
    clara.page.get_by_label("Password").wait_for()
    eventually(lambda: clara.page.evaluate(_KEPT) == 0, "the browser keeps no file")
    clara.troubles[:] = [
        one for one in clara.troubles if not re.search("ERR_(FAILED|CONNECTION)|404|401", one)
    ]
