"""Files through the gateway: in parts, resumed, sent, and fetched by others."""

from __future__ import annotations

from web_stage import Browser, Page, Town

CONTENT = bytes(range(256)) * 3_000


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
        files=[upload(browser, "päper.bin", CONTENT), upload(browser, "b.png", b"png", "image/png")],
    )
    said = page.message("see this")
    assert [(one["name"], one["size"]) for one in said["files"]] == [
        ("päper.bin", len(CONTENT)),
        ("b.png", 3),
    ]
    other = open_town.browser().guest("guest40")
    got = other.ask("GET", f"/files/of/%23lobby/{seq}/1?inline")
    assert got.data == CONTENT
    assert got.headers["content-type"] == "application/octet-stream"
    assert got.headers["content-disposition"] == "attachment; filename*=UTF-8''p%C3%A4per.bin"
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
    files = [
        upload(browser, f"x{number}", b"<svg/>", kind)
        for number, kind in enumerate(("image/svg+xml", "text/html"))
    ]
    seq = page.say("two files", files=files)
    for number in (1, 2):
        got = browser.ask("GET", f"/files/of/%23lobby/{seq}/{number}?inline")
        assert (got.headers["content-type"], got.headers["content-disposition"][:10]) == (
            "application/octet-stream",
            "attachment",
        )


def test_an_upload_goes_on_where_it_stopped(open_town: Town) -> None:
    browser, page = person(open_town, "frank")
    begun = browser.ask("POST", "/files", {"name": "a", "size": 10}).said["id"]
    assert browser.ask("PUT", f"/files/{begun}?offset=0", b"01234").said["offset"] == 5
    assert browser.ask("PUT", f"/files/{begun}?offset=0", b"01234").status == 409
    assert browser.ask("PUT", f"/files/{begun}?offset=5", b"567890").status == 409
    refused = page.ask("send", to="#lobby", text="", files=[begun])
    assert refused["type"] == "refused"
    assert browser.ask("GET", f"/files/{begun}").said["offset"] == 5
    assert browser.ask("PUT", f"/files/{begun}?offset=5", b"56789").said["complete"] is True
    seq = page.say("", files=[begun])
    assert browser.ask("GET", f"/files/of/%23lobby/{seq}/1").data == b"0123456789"
    assert browser.ask("GET", f"/files/{begun}").status == 400


def test_uploads_are_bounded(open_town: Town) -> None:
    browser, _page = person(open_town, "freya")
    assert browser.ask("POST", "/files", {"name": "a", "size": 10**12}).status == 400
    assert browser.ask("POST", "/files", {"name": "a/../b\n", "size": 1}).status == 400
    begun = [
        browser.ask("POST", "/files", {"name": "a", "size": 3_000_000}).said.get("id") for _ in range(21)
    ]
    assert begun[-1] is None
    assert browser.ask("PUT", f"/files/{begun[0]}?offset=0", b"x" * 1_100_000).status == 400
    assert browser.ask("DELETE", f"/files/{begun[0]}").status == 204
    assert browser.ask("GET", f"/files/{begun[0]}").status == 400
    stranger = open_town.browser().guest("guest41")
    assert stranger.ask("GET", f"/files/{begun[1]}").status == 400
