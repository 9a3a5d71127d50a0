"""A browser signs in with a code of another device, and shows codes for others."""

from __future__ import annotations

import pytest
from web_stage import PASSWORD, Town

from client.web.checking import read_cookie
from messages.endpoints import address_to_connect


def test_a_code_lets_another_browser_in_which_stays_signed_in(crowded_town: Town) -> None:
    page = crowded_town.browser().sign_up("lena").page()
    shown = page.ask("link-device", current=PASSWORD, browser=True)
    assert (shown["type"], shown["seconds"], shown.get("address")) == ("device-code", 600, None)
    assert crowded_town.browser().ask("GET", "/session").said["codes"] is True
    phone = crowded_town.browser()
    typed = f" {shown['code'][:4]}-{shown['code'][4:]} ".lower()
    answer = phone.ask("POST", "/session", {"code": typed, "remember": True})
    assert answer.said["name"] == "lena"
    kept = read_cookie(phone.cookie.partition("=")[2])
    assert kept is not None
    assert (kept.name, bool(kept.ticket)) == ("lena", True)
    assert "web" in page.event("device-linked")["text"]
    assert phone.page().event("welcome")["name"] == "lena"
    again = crowded_town.browser().ask("POST", "/session", {"code": shown["code"]})
    assert (again.status, again.said["field"], again.said["code"]) == (403, "code", "link-invalid")


@pytest.mark.parametrize("typed", ["", "short", "WAY-TOO-LONG-FOR-A-CODE", "ÄÖÜßäöü1", "../../.."])
def test_what_cannot_be_a_code_is_refused_before_it_counts(crowded_town: Town, typed: str) -> None:
    answer = crowded_town.browser().ask("POST", "/session", {"code": typed})
    assert (answer.status, answer.said["field"]) == (403, "code")
    assert answer.said["text"].startswith("A code has 8 letters and digits")


def test_wrong_codes_have_to_wait_at_the_broker(crowded_town: Town) -> None:
    browser = crowded_town.browser()
    said = [browser.ask("POST", "/session", {"code": "AAAAAAAA"}).said["code"] for _ in range(6)]
    assert said == ["link-invalid"] * 5 + ["too-many-attempts"]


def test_a_page_shows_a_code_for_a_terminal_with_the_address_as_a_picture(crowded_town: Town) -> None:
    page = crowded_town.browser().sign_up("lenz").page()
    assert page.ask("link-device", current="a wild guess")["type"] == "refused"
    refused = page.ask("link-device", current=PASSWORD)  # guesses have to wait
    assert "wait" in refused["text"]
    other = crowded_town.browser().sign_up("leo").page()
    shown = other.ask("link-device", current=PASSWORD)
    endpoint = address_to_connect(shown["address"])
    told = address_to_connect(crowded_town.address)
    assert (endpoint.url, endpoint.key, endpoint.link) == (told.url, told.key, shown["code"])
    size = len(shown["modules"])
    assert size >= 21
    assert all(len(row) == size and set(row) == {"0", "1"} for row in shown["modules"])
    answer = crowded_town.browser().ask("POST", "/session", {"code": shown["code"]})
    assert answer.said["code"] == "link-invalid"  # it is for a key


def test_a_guest_shows_no_code(crowded_town: Town) -> None:
    refused = crowded_town.guest("gil").ask("link-device", current=PASSWORD, browser=True)
    assert (refused["type"], "gateway" in refused["text"]) == ("refused", True)
