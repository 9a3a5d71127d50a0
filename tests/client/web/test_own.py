"""What a person sets on a page: kept at the broker, and told to their other tabs and devices at once."""

from __future__ import annotations

import msgspec
import pytest
from web_stage import PASSWORD, Document, Page, Town

from client.web.protocol.own import LinkDevice

SPANS = [{"days": ["mon", "sun"], "start": "22:00", "end": "07:00"}]


def of(page: Page, name: str, **fields: object) -> Document:
    """Return what the page is told of a conversation with these fields."""
    said = page.take(
        lambda said: any(
            one["name"] == name and fields.items() <= one.items() for one in said.get("conversations", ())
        ),
        f"{name} with {fields}",
    )
    return dict(said)


def test_what_is_set_in_one_tab_comes_to_the_others_and_to_other_devices(crowded_town: Town) -> None:
    browser = crowded_town.browser().sign_up("olga")
    one, two = browser.page(), browser.page()
    other = crowded_town.browser()
    assert other.sign_in("olga", password=PASSWORD).status == 200
    three = other.page()
    for page in (one, two, three):
        found = page.ask("settings")
        assert (found.get("keywords"), found.get("spans"), found.get("read", True)) == (None, None, True)
    assert one.ask("set-keywords", words=["pizza", "Tea"])["type"] == "done"
    for page in (one, two, three):
        assert page.event("settings")["keywords"] == ["pizza", "Tea"]
    assert one.ask("set-quiet-hours", spans=SPANS, zone="Europe/Berlin")["type"] == "done"
    for page in (one, two, three):
        told = page.event("settings")
        assert (told["spans"], told["zone"]) == (SPANS, "Europe/Berlin")
    assert one.ask("set-told", what="typing", on=False)["type"] == "done"
    assert three.event("settings")["typing"] is False
    assert one.ask("set-told", what="read", on=False)["type"] == "done"
    assert two.take(lambda said: said.get("read") is False, "read receipts are off")["type"] == "settings"
    again = crowded_town.browser()
    again.sign_in("olga", password=PASSWORD)
    kept = again.page().ask("settings")
    assert (kept["keywords"], kept["zone"], kept["read"], kept["typing"]) == (
        *(["pizza", "Tea"], "Europe/Berlin", False, False),
    )


def test_the_level_of_a_conversation_is_in_the_list_of_every_device(crowded_town: Town) -> None:
    browser, other = crowded_town.browser().sign_up("olaf"), crowded_town.browser()
    other.sign_in("olaf", password=PASSWORD)
    one, two, three = browser.page(), browser.page(), other.page()
    three.event("conversations")
    assert one.ask("set-level", conversation="#lobby", level="none")["type"] == "done"
    for page in (one, two, three):
        of(page, "#lobby", level="none")
    writer = crowded_town.guest("gudrun")
    writer.say("psst @olaf")
    of(one, "#lobby", unread=1, level="none")  # it is counted, and ranks behind what waits
    assert one.ask("set-level", conversation="#lobby", level="default")["type"] == "done"


def test_what_calls_a_person_on_a_browser_is_of_this_browser(crowded_town: Town) -> None:
    page = crowded_town.browser().sign_up("odo").page()
    page.ask("open", conversation="#lobby")
    assert page.ask("set-bell", level="off")["type"] == "done"
    assert page.ask("settings")["bell"] == "off"
    writer = crowded_town.guest("gerold")
    writer.say("hello @odo")
    page.message("hello @odo")
    assert page.ask("set-bell", level="all")["type"] == "done"
    writer.say("anybody here")
    assert page.event("ring")["excerpt"] == "anybody here"  # and none for what came before


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("set-keywords", {"words": ["two words"]}),
        ("set-quiet-hours", {"spans": SPANS, "zone": ""}),
        ("set-level", {"conversation": "#nowhere", "level": "all"}),
        ("change-password", {"current": PASSWORD, "password": "short"}),
        ("who", {"name": "@"}),
        ("who", {"name": "nobody-has-this"}),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(
    crowded_town: Town, kind: str, fields: dict[str, object]
) -> None:
    refused = crowded_town.guest(f"ursel{abs(hash((kind, str(fields)))) % 10_000}").ask(kind, **fields)
    assert refused["type"] == "refused"
    assert refused["text"][0].isupper()
    assert refused["text"].endswith(".")


def test_a_person_says_why_they_are_away_and_all_tabs_know(crowded_town: Town) -> None:
    browser = crowded_town.browser().sign_up("ottilie")
    one, two = browser.page(), browser.page()
    assert one.ask("set-away", reason="at lunch")["type"] == "done"
    for page in (one, two):
        assert page.event("settings")["away"] == "at lunch"
    assert browser.page().ask("settings")["away"] == "at lunch"
    shown = crowded_town.guest("gisela").ask("who", name="ottilie")
    assert (shown["name"], shown["away"], shown["online"]) == ("ottilie", "at lunch", True)
    assert one.ask("set-away")["type"] == "done"
    assert "away" not in two.event("settings")


def test_a_card_says_who_somebody_is_and_whether_they_are_ignored(crowded_town: Town) -> None:
    crowded_town.browser().sign_up("oskar").page().event("welcome")
    page = crowded_town.browser().sign_up("orla").page()
    page.ask("open", conversation="#lobby")
    shown = page.ask("who", name="@OSKAR")
    assert (shown["name"], shown["online"], shown.get("ignored"), shown.get("guest")) == (
        *("oskar", True, None, None),
    )
    assert shown["user_id"] > 0
    assert "addresses" not in shown
    page.command("/ignore oskar")
    assert page.ask("who", name="oskar")["ignored"] is True
    guest = crowded_town.guest("gregor")
    assert guest.ask("who", name="gregor")["guest"] is True


def test_whom_a_person_ignores_leaves_their_log_at_once(crowded_town: Town) -> None:
    page, writer = crowded_town.browser().sign_up("ophelia").page(), crowded_town.guest("gunnar")
    page.ask("open", conversation="#lobby")
    seq = writer.say("read my advertisement")
    page.message("read my advertisement")
    page.command("/ignore gunnar")
    page.take(lambda said: said["type"] == "changed" and seq in said.get("gone", ()), "it goes")


def test_a_password_is_changed_with_the_present_one(crowded_town: Town) -> None:
    browser = crowded_town.browser().sign_up("otto")
    page = browser.page()
    refused = page.ask("change-password", current="a wild guess", password="battery staple")
    assert refused["type"] == "refused"
    other = crowded_town.browser().sign_up("ove").page()
    assert other.ask("change-password", current=PASSWORD, password="battery staple")["type"] == "done"
    assert crowded_town.browser().sign_in("ove", password="battery staple").status == 200


@pytest.mark.parametrize("page", ["javascript:x", "https://x/\r\ny", "http://" + "\U0001f600" * 200])
def test_only_an_address_becomes_a_code_to_scan(page: str) -> None:
    """Others would keep the gateway busy: a code of 290 emoji takes half a second."""
    asked = {"type": "link-device", "ref": "a", "current": "correct horse", "page": page}
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(asked, LinkDevice)
    assert msgspec.convert({**asked, "page": "https://chat.example.org/a/"}, LinkDevice).page
