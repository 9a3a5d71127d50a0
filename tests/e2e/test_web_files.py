"""Files on the page in a real browser: attached in every way, kept over a reload, shown in their rooms."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Iterator

import pytest
from browsers import Site, Visitor, site
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

_KEPT = """wanted => new Promise(done => {
    const opening = indexedDB.open("chat-files");
    opening.onsuccess = () => {
        const base = opening.result;
        if (!base.objectStoreNames.length) { done(false); return; }
        const count = base.transaction("files").objectStore("files").count();
        count.onsuccess = () => { base.close(); done(count.result === wanted); };
    };
})"""
"""Whether the browser has kept so many files."""


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


@pytest.fixture(name="home", scope="module")
def _home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(tmp_path_factory.mktemp("web")) as built:
        yield built


@pytest.fixture(name="town")
def _town(home: Site) -> Iterator[Site]:
    yield home
    troubles = [trouble for visitor in home.visitors for trouble in visitor.troubles]
    home.leave()
    assert not troubles


def put(visitor: Visitor, kind: str, *files: tuple[str, str, bytes]) -> None:
    """Drop or paste files."""
    given = [[name, kind, base64.b64encode(data).decode()] for name, kind, data in files]
    visitor.page.evaluate(_DROP, [given, kind])


def waiting(visitor: Visitor) -> Locator:
    """Return the files that wait for the next message."""
    return visitor.page.locator(".going .file")


def test_files_are_dropped_and_pasted_and_sent_in_their_order(town: Site) -> None:
    anna, bert = town.visitor().enter("anna"), town.visitor().enter("bert")
    put(anna, "drop", ("a.png", "image/png", png(300, 200)), ("notes.txt", "text/plain", b"notes"))
    put(anna, "drop", ("notes.txt", "text/plain", b"notes"))
    expect(anna.page.get_by_text("notes.txt is attached already.")).to_be_visible()
    put(anna, "paste", ("image.png", "image/png", png(4, 4)))
    put(anna, "drop", ("x.svg", "image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'/>"))
    put(anna, "drop", ("not wanted.bin", "", b"x"))
    expect(waiting(anna)).to_have_count(5)
    expect(waiting(anna).nth(0).locator("img.thumb")).to_have_count(1)
    anna.page.get_by_role("button", name="Remove not wanted.bin").click()
    held: list[Route] = []
    bert.page.route("**/*?inline", held.append)
    with bert.page.expect_request("**/*?inline"):
        anna.say("see these")
    room = bert.message("see these").bounding_box()
    names = bert.message("see these").get_by_role("link").all_inner_texts()
    assert [names[0], names[1], names[3]] == ["a.png", "notes.txt", "x.svg"]
    assert names[2].startswith("Image 20")
    shown = bert.message("see these").get_by_role("img", name="Image a.png")
    expect(shown).to_be_hidden()
    bert.page.unroute("**/*?inline")
    for route in held:
        route.continue_()
    expect(shown).to_be_visible()
    after = bert.message("see these").bounding_box()
    assert room
    assert after
    assert room["height"] == after["height"]  # nothing has moved
    assert bert.message("see these").locator("img, svg image").count() == 2
    shown.click()
    large = bert.page.get_by_role("dialog", name="Image a.png")
    expect(large.get_by_role("img", name="Image a.png")).to_be_visible()
    large.press("ArrowRight")
    expect(bert.page.get_by_role("dialog")).to_have_accessible_name(names[2].join(("Image ", "")))
    bert.page.keyboard.press("Escape")
    expect(bert.page.get_by_role("dialog")).to_have_count(0)


def test_a_message_whose_upload_is_cut_off_is_sent_once_with_its_file_after_a_reload(town: Site) -> None:
    cora = town.visitor().enter("cora")
    stopped: list[str] = []

    def stop(route: Route) -> None:
        if route.request.method == "PUT" and "offset=0" not in route.request.url:
            stopped.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    cora.page.route("**/files/**", stop)
    content = bytes(range(256)) * 800
    put(cora, "drop", ("big.bin", "", content))
    put(cora, "drop", ("later.bin", "", content + b"!"))
    expect(waiting(cora)).to_have_count(2)
    cora.page.wait_for_function(_KEPT, arg=2)
    cora.page.get_by_role("button", name="Remove later.bin").click()
    cora.page.wait_for_function(_KEPT, arg=1)
    cora.say("with its file")
    cora.page.get_by_role("button", name="Put back").wait_for()
    cora.page.unroute("**/files/**")
    cora.page.reload()
    expect(cora.message("with its file").get_by_role("link", name="big.bin")).to_have_count(1)
    expect(cora.log.get_by_text("with its file")).to_have_count(1)
    with cora.page.expect_download() as saved:
        cora.log.get_by_role("link", name="big.bin").click()
    assert saved.value.path().read_bytes() == content
    cora.troubles[:] = [one for one in cora.troubles if "ERR_FAILED" not in one]
    assert stopped
    cora.page.wait_for_function(_KEPT, arg=0)


def test_an_upload_outlives_the_gateway(town: Site) -> None:
    dina = town.visitor().enter("dina")
    put(dina, "drop", ("kept.bin", "", b"kept"))
    expect(waiting(dina).locator("progress")).to_be_hidden()
    town.town.kill(town.town.gateway)
    expect(dina.page.get_by_text("The connection is lost.")).to_be_visible()
    dina.say("over the death of the gateway")
    town.town.open_gateway()
    expect(dina.message("over the death").get_by_role("link", name="kept.bin")).to_have_count(1)
    dina.troubles.clear()


def test_sound_is_played_where_it_stands_and_can_be_sought(town: Site) -> None:
    emil = town.visitor().enter("emil")
    put(emil, "drop", ("talk.wav", "audio/wav", wav(20)), ("fake.wav", "audio/wav", b"<svg onload=alert(1)>"))
    emil.say("listen")
    player = emil.message("listen").locator("audio[aria-label='talk.wav']")
    sought = """async one => {
        one.muted = true;
        await one.play();
        one.currentTime = 15;
        await new Promise(done => one.addEventListener("seeked", done, {once: true}));
        one.pause();
        return [Math.round(one.duration), one.currentTime >= 15];
    }"""
    assert player.evaluate(sought) == [20, True]
    expect(emil.message("listen").get_by_role("link", name="talk.wav")).to_be_visible()
    emil.message("listen").locator("audio[aria-label='fake.wav']").evaluate(
        "one => one.play().catch(() => 0)"
    )
    expect(emil.message("listen").locator("audio[aria-label='fake.wav']")).to_have_count(0)
