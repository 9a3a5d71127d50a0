"""Files through the gateway: in parts, resumed, sent, fetched by others, and what bombs meet."""

from __future__ import annotations

import socket
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import pytest
from eventually import DEADLINE, eventually
from web_stage import Browser, Page, Town, town

CONTENT = bytes(range(256)) * 3_000
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
WAV = b"RIFF\x24\x00\x01\x00WAVEfmt " + bytes(range(256)) * 1_000


def upload(browser: Browser, name: str, content: bytes, media_type: str = "") -> str:
    state = browser.ask("POST", "/files", {"name": name, "size": len(content), "media_type": media_type}).said
    for offset in range(0, len(content), 500_000):
        state = browser.ask(
            "PUT", f"/files/{state['id']}?offset={offset}", content[offset : offset + 500_000]
        ).said
    assert state.get("complete"), state
    return str(state["id"])


def person(open_town: Town, name: str) -> tuple[Browser, Page]:
    browser = open_town.browser().sign_up(name)
    page = browser.page()
    page.ask("open", conversation="#lobby")
    return browser, page


def test_a_file_goes_from_one_browser_to_another(open_town: Town) -> None:
    browser, page = person(open_town, "fred")
    seq = page.say(
        "see this",
        files=[upload(browser, "päper.bin", CONTENT), upload(browser, "b.png", PNG, "image/png")],
    )
    said = page.message("see this")
    assert [(one["name"], one["size"]) for one in said["files"]] == [
        ("päper.bin", len(CONTENT)),
        ("b.png", len(PNG)),
    ]
    other = open_town.browser().guest("guest40")
    got = other.ask("GET", f"/files/of/%23lobby/{seq}/1?inline")
    assert got.data == CONTENT
    assert got.headers["content-type"] == "application/octet-stream"
    assert got.headers["content-disposition"] == (
        "attachment; filename=\"p_per.bin\"; filename*=UTF-8''p%C3%A4per.bin"
    )
    assert "sandbox" in got.headers["content-security-policy"]
    image = other.ask("GET", f"/files/of/%23lobby/{seq}/2?inline")
    assert (image.headers["content-type"], image.headers["content-disposition"][:6]) == (
        "image/png",
        "inline",
    )
    assert other.ask("GET", f"/files/of/%23lobby/{seq}/2").headers["content-disposition"][:10] == "attachment"
    assert other.ask("GET", f"/files/of/%23lobby/{seq}/3").status == 404


def test_what_runs_in_a_browser_is_never_shown_inline(open_town: Town) -> None:
    browser, page = person(open_town, "frida")
    disguised = (
        (b"<svg/>", "image/svg+xml"),
        (b"<!doctype html>", "text/html"),
        (b"<svg onload=alert(1)>", "image/png"),
        (b"<script>1</script>", "audio/mpeg"),
        (b"%PDF-1.7", "image/gif"),
    )
    files = [upload(browser, f"x{number}", *one) for number, one in enumerate(disguised)]
    seq = page.say("five files", files=files)
    for number in range(1, 6):
        got = browser.ask("GET", f"/files/of/%23lobby/{seq}/{number}?inline")
        assert (got.headers["content-type"], got.headers["content-disposition"][:10]) == (
            "application/octet-stream",
            "attachment",
        )
        assert (got.headers["x-content-type-options"], got.headers["cache-control"]) == (
            "nosniff",
            "no-store",
        )


def test_a_part_of_a_file_can_be_had_to_seek_and_to_resume(open_town: Town) -> None:
    browser, page = person(open_town, "fiona")
    where = f"/files/of/%23lobby/{page.say('sound', files=[upload(browser, 'a.wav', WAV, 'audio/wav')])}/1"
    whole = browser.ask("GET", f"{where}?inline")
    assert (whole.status, whole.data, whole.headers["accept-ranges"]) == (200, WAV, "bytes")
    assert whole.headers["content-type"] == "audio/wav"
    tag = whole.headers["etag"]
    for headers, status, data in (
        ({"Range": "bytes=0-"}, 206, WAV),
        ({"Range": "bytes=200000-200009"}, 206, WAV[200_000:200_010]),
        ({"Range": "bytes=70000-", "If_Range": tag}, 206, WAV[70_000:]),
        ({"Range": "bytes=70000-", "If_Range": '"other"'}, 200, WAV),
    ):
        got = browser.ask("GET", f"{where}?inline", **headers)
        assert (got.status, got.data) == (status, data)
    got = browser.ask("GET", where, Range="bytes=-5")
    assert got.headers["content-range"] == f"bytes {len(WAV) - 5}-{len(WAV) - 1}/{len(WAV)}"
    behind = browser.ask("GET", where, Range=f"bytes={len(WAV)}-")
    assert (behind.status, behind.headers["content-range"]) == (416, f"bytes */{len(WAV)}")
    head = browser.ask("HEAD", where)
    assert (head.status, head.headers["content-length"], head.data) == (200, str(len(WAV)), b"")


def test_who_may_not_read_a_file_hears_what_is_said_of_none(open_town: Town) -> None:
    browser, page = person(open_town, "fabian")
    page.ask("command", conversation="#lobby", line="/join #closed")
    page.ask("open", conversation="#closed")
    seq = page.say("secret", "#closed", files=[upload(browser, "a", b"secret")])
    assert browser.ask("GET", f"/files/of/%23closed/{seq}/1").data == b"secret"
    other, theirs = person(open_town, "felix")
    refused = other.ask("GET", f"/files/of/%23closed/{seq}/1")
    assert (refused.status, refused.said["text"]) == (404, "There is no such file, or you may not read it.")
    for path in (
        "%23closed/1/2",
        "%23lobby/999999/1",
        "%23lobby/0/1",
        "%23lobby/1/0",
        "%23lobby/1/99999",
        "%23lobby/1/99999999999999999",
        f"%23lobby/{'9' * 5_000}/1",
        f"%23lobby/1/{'9' * 5_000}",
        "%23lobby/-1/1",
        "%23lobby/%D9%A3/1",
        "%23none/1/1",
        "%00%0d%0a/1/1",
        "@nobody/1/1",
    ):
        got = other.ask("GET", f"/files/of/{path}")
        assert (got.status, got.said) == (404, refused.said), path
    theirs.ask("open", conversation="#lobby")
    assert "#closed" not in str(theirs.ask("sessions")) + str(theirs.inbox)  # asking has not let them in
    assert open_town.browser().ask("GET", f"/files/of/%23closed/{seq}/1").status == 401


def test_the_file_of_a_deleted_message_is_gone_and_says_so(open_town: Town) -> None:
    browser, page = person(open_town, "florian")
    seq = page.say("regret", files=[upload(browser, "a", b"oops")])
    assert page.ask("delete", conversation="#lobby", seq=seq)["type"] == "done"
    got = browser.ask("GET", f"/files/of/%23lobby/{seq}/1")
    assert (got.status, got.said["text"]) == (410, "This message was deleted, and its files with it.")


def test_names_are_safe_on_the_disk_of_who_saves_them(open_town: Town) -> None:
    browser, page = person(open_town, "faye")
    names = {
        "../../etc/passwd": ("passwd", "passwd"),
        'a"; filename="b.exe': ("a_; filename=_b.exe", "a_%3B%20filename%3D_b.exe"),
        "cute\u202egnp.exe": ("cutegnp.exe", "cutegnp.exe"),
        "100%.txt": ("100_.txt", "100%25.txt"),
        "日本\r\nX-Evil: 1": ("____X-Evil_ 1", "%E6%97%A5%E6%9C%AC__X-Evil_%201"),
        "ä" * 255: ("_" * 100, "%C3%A4" * 100),
    }
    files = [upload(browser, name, name.encode()) for name in names]
    seq = page.say("names", files=files)
    for number, (name, (plain, quoted)) in enumerate(names.items(), 1):
        got = browser.ask("GET", f"/files/of/%23lobby/{seq}/{number}")
        told = got.headers["content-disposition"]
        assert got.data == name.encode()
        assert told.startswith('attachment; filename="')
        assert (plain in told, quoted in told) == (True, True), told
        assert "x-evil" not in got.headers


def test_an_upload_goes_on_where_it_stopped(open_town: Town) -> None:
    browser, page = person(open_town, "frank")
    begun = browser.ask("POST", "/files", {"name": "a", "size": 10}).said["id"]
    assert browser.ask("PUT", f"/files/{begun}?offset=0", b"01234").said["offset"] == 5
    for offset in ("0", "4", "6", "10", "9007199254740992"):
        assert browser.ask("PUT", f"/files/{begun}?offset={offset}", b"01234").status == 409
    for offset in ("-1", "x", "9" * 5_000, "٣", "1e3", ""):
        assert browser.ask("PUT", f"/files/{begun}?offset={quote(offset)}", b"01234").status == 400
    assert browser.ask("PUT", f"/files/{begun}?offset=5", b"567890").status == 413
    refused = page.ask("send", to="#lobby", text="", files=[begun])
    assert refused["type"] == "refused"
    assert browser.ask("GET", f"/files/{begun}").said["offset"] == 5
    assert browser.ask("PUT", f"/files/{begun}?offset=5", b"56789").said["complete"] is True
    seq = page.say("", files=[begun])
    assert browser.ask("GET", f"/files/of/%23lobby/{seq}/1").data == b"0123456789"
    gone = browser.ask("GET", f"/files/{begun}")
    assert (gone.status, gone.said["code"]) == (404, "no-upload")
    refused = page.ask("send", to="#lobby", text="", files=[begun])
    assert (refused["type"], refused["code"]) == ("refused", "no-upload")


def test_what_has_come_of_a_part_is_kept_if_the_connection_breaks(open_town: Town) -> None:
    browser, _page = person(open_town, "fanny")
    begun = browser.ask("POST", "/files", {"name": "a", "size": 1_000}).said["id"]
    with socket.create_connection(browser.host.split(":")) as raw:  # type: ignore[arg-type]
        raw.sendall(_part(browser, begun, "Content-Length: 1000") + b"x" * 300)
        eventually(
            lambda: browser.ask("GET", f"/files/{begun}").said.get("offset") == 300, "300 bytes have come"
        )
        rest = browser.ask("PUT", f"/files/{begun}?offset=300", b"y" * 700)  # while the other still hangs
    assert rest.said["complete"] is True


def test_a_part_without_a_length_or_compressed_is_refused_and_the_connection_closed(open_town: Town) -> None:
    browser, _page = person(open_town, "fritz")
    begun = browser.ask("POST", "/files", {"name": "a", "size": 1_000_000}).said["id"]
    for header, status in (
        ("Transfer-Encoding: chunked", b"411"),
        ("Content-Length: 5\r\nContent-Encoding: gzip", b"415"),
        ("Content-Length: 99999999999", b"413"),
    ):
        with socket.create_connection(browser.host.split(":")) as raw:  # type: ignore[arg-type]
            raw.settimeout(DEADLINE)
            raw.sendall(_part(browser, begun, header))
            answer = b"".join(iter(lambda: raw.recv(65_536), b""))
        assert answer.split()[1] == status
    assert browser.ask("GET", f"/files/{begun}").said == {"id": begun}


def _part(browser: Browser, upload: str, header: str) -> bytes:
    lines = (
        f"PUT /files/{upload}?offset=0 HTTP/1.1",
        f"Host: {browser.host}",
        f"Origin: http://{browser.host}",
        f"Cookie: {browser.cookie}",
        f"X-Forwarded-For: {browser.address}",
        header,
    )
    return "\r\n".join((*lines, "", "")).encode()


def test_a_file_may_be_empty_or_just_as_large_as_the_chat_takes(open_town: Town) -> None:
    browser, page = person(open_town, "flora")
    most = page.event("welcome")["max_file"]
    assert browser.ask("POST", "/files", {"name": "a", "size": most}).status == 201
    over = browser.ask("POST", "/files", {"name": "a", "size": most + 1})
    assert over.status == 400
    assert "a file in this chat has at most" in over.said["text"]
    for size in (-1, 10**30, 1.5, "1"):
        assert browser.ask("POST", "/files", {"name": "a", "size": size}).status == 400
    begun = browser.ask("POST", "/files", {"name": "empty", "size": 0}).said
    assert begun["complete"] is True
    seq = page.say("nothing", files=[begun["id"]])
    got = browser.ask("GET", f"/files/of/%23lobby/{seq}/1?inline")
    assert (got.status, got.data) == (200, b"")
    assert browser.ask("GET", f"/files/of/%23lobby/{seq}/1", Range="bytes=0-").status == 416


def test_the_same_file_twice_in_a_message_arrives_twice(open_town: Town) -> None:
    browser, page = person(open_town, "ferdi")
    seq = page.say("twins", files=[upload(browser, "a.txt", b"same"), upload(browser, "a.txt", b"same")])
    assert [one["name"] for one in page.message("twins")["files"]] == ["a.txt", "a (2).txt"]
    assert browser.ask("GET", f"/files/of/%23lobby/{seq}/2").data == b"same"


def test_uploads_are_bounded(open_town: Town) -> None:
    browser, _page = person(open_town, "freya")
    assert browser.ask("POST", "/files", {"name": "a", "size": 10**12}).status == 400
    begun = [browser.ask("POST", "/files", {"name": "a", "size": 30_000}).said.get("id") for _ in range(21)]
    assert begun[-1] is None
    assert browser.ask("DELETE", f"/files/{begun[0]}").status == 204
    assert browser.ask("GET", f"/files/{begun[0]}").status == 404
    stranger = open_town.browser().guest("guest41")
    assert stranger.ask("GET", f"/files/{begun[1]}").status == 404
    refused = stranger.ask("POST", "/files", {"name": "a", "size": 1})
    assert refused.said["text"] == "Guests send no files; sign up first, or send a text."


def files_of(process: int) -> list[str]:
    """Return what a process has open; what it closes meanwhile is left out."""
    found = []
    for one in Path(f"/proc/{process}/fd").iterdir():
        with suppress(FileNotFoundError):
            found.append(str(one.readlink()))
    return found


def test_a_killed_gateway_leaves_no_files_and_doubles_no_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "spool").mkdir()
    with town(tmp_path) as made:
        made.open_broker()
        monkeypatch.setenv("TMPDIR", str(tmp_path / "spool"))
        made.open_gateway(connect=made.invite("--role", "gateway", "--guests", "--accounts"))
        browser = made.browser().sign_up("fox")
        begun = browser.ask("POST", "/files", {"name": "a", "size": 1_000}).said["id"]
        assert browser.ask("PUT", f"/files/{begun}?offset=0", b"x" * 500).status == 200
        assert made.gateway
        open_files = files_of(made.gateway.process.pid)
        assert any(one.startswith(str(tmp_path / "spool")) for one in open_files), open_files
        sent = upload(browser, "b", b"whole")
        page = browser.page()
        page.ask("open", conversation="#lobby")
        seq = page.say("once", files=[sent], ref="0192-once")
        made.kill(made.gateway)
        assert list((tmp_path / "spool").iterdir()) == []
        made.open_gateway()
        page = browser.page()
        page.event("welcome")
        ref = page.put(
            "send", to="#lobby", text="once", files=[upload(browser, "b", b"whole")], ref="0192-once"
        )
        again = page.take(lambda said: said.get("ref") == ref and said["state"] != "sending", "its state")
        assert (again["state"], again["code"]) == (
            "failed",
            "id-reused",
        )  # the page knows then that it is sent
        log = page.ask("open", conversation="#lobby")
        assert [one["seq"] for one in log["messages"]] == [seq]
        gone = browser.ask("PUT", f"/files/{begun}?offset=500", b"x" * 500)
        assert (gone.status, gone.said["code"]) == (404, "no-upload")
