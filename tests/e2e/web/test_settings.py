"""What a person sets on the page, the cards of others, and other devices, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from browsers import Site, Visitor
from playwright.sync_api import Page, expect
from web_stage import PASSWORD

_BACKGROUND = "getComputedStyle(document.body).backgroundColor"
_HEARD = """() => {
    window.heard = 0;
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (at) { window.heard += 1; return start.call(this, at); };
    const { locks } = navigator, request = locks.request.bind(locks);
    locks.request = (name, options, take) => request(name, options, lock => {
        setTimeout(() => window.taken = name);
        return take(lock);
    });
}"""
"""Count the notes that are played, and note which ring was taken last, by this tab or another."""


@pytest.fixture(name="pair", scope="module")
def _pair(home: Site) -> Iterator[tuple[Visitor, Page]]:
    """A person with two tabs, for several tests: a page takes a while to load."""
    ada = home.visitor(color_scheme="light")
    home.visitors.remove(ada)
    ada.enter("ada")
    tab = ada.open()
    tab.goto(ada.url)
    yield ada, tab
    ada.context.close()
    assert not ada.troubles


def choose(visitor: Visitor, what: str) -> None:
    """Choose something from the menu of the own name."""
    visitor.page.locator(".side .me").click()
    visitor.page.get_by_role("menuitem", name=what).click()


def test_settings_hold_in_other_tabs_and_are_reached_by_keys(pair: tuple[Visitor, Page]) -> None:
    ada, tab = pair
    ada.page.locator(".side .me").press("Enter")
    ada.page.get_by_role("menuitem", name="Settings").press("Enter")
    tab.locator(".side .me").click()
    tab.get_by_role("menuitem", name="Settings").click()
    words = ada.page.get_by_role("textbox", name="Another word")
    words.fill("pizza")
    words.press("Enter")
    expect(tab.get_by_role("button", name="Remove pizza")).to_be_visible()
    expect(words).to_be_focused()
    ada.page.get_by_role("button", name="Add quiet hours").press("Enter")
    ada.page.get_by_role("button", name="Sat").press("Enter")
    expect(tab.get_by_role("button", name="Sat")).to_have_attribute("aria-pressed", "false")
    tab.get_by_role("button", name="Remove these quiet hours").click()
    expect(ada.page.get_by_text("Anything may call you at any time.")).to_be_visible()
    ada.page.get_by_label("Tell others what I have read").press("Space")
    expect(tab.get_by_label("Tell others what I have read")).not_to_be_checked()
    ada.page.get_by_role("button", name="What calls you").click()
    ada.page.get_by_role("menuitemradio", name="Nothing (muted)").click()
    muted = tab.get_by_role("navigation").get_by_role(
        "button", name=re.compile(r"^#lobby , Nothing \(muted\)")
    )
    expect(muted).to_be_visible()
    muted.click(button="right")
    expect(tab.get_by_role("menuitemradio", name="Nothing (muted)")).to_have_attribute("aria-checked", "true")
    tab.keyboard.press("Escape")
    ada.page.keyboard.press("Escape")


@pytest.mark.long
def test_what_rings_is_heard_once_in_all_tabs_and_never_if_it_is_muted(
    town: Site, pair: tuple[Visitor, Page]
) -> None:
    (ada, tab), terminal = pair, town.chat("tim")
    for page in (ada.page, tab):
        page.evaluate(_HEARD)
    choose(ada, "Settings")
    ada.page.get_by_label("Play a soft sound").check()
    both = [ada.page, tab]

    def heard(after: str) -> int:
        """Return how many notes were played when both tabs have had a ring."""
        for page in both:
            page.wait_for_function("after => window.taken?.startsWith(after)", arg=f"chat-ring {after} ")
        return sum(page.evaluate("window.heard") for page in both)

    notes = ada.page.evaluate("window.heard")
    terminal.send("@ada", "are you there?")
    assert heard("@tim") == 2 * notes
    ada.page.get_by_role("navigation").get_by_role("button", name="@tim").click(button="right")
    ada.page.get_by_role("menuitemradio", name="Nothing (muted)").click()
    expect(ada.page.locator(".place.silent[data-name='@tim']")).to_be_visible()
    terminal.send("@ada", "and now?")
    town.chat("theo").send("@ada", "or you?")
    assert heard("@theo") == 3 * notes


def test_looks_are_kept_in_the_browser_and_followed_by_its_tabs(pair: tuple[Visitor, Page]) -> None:
    ada, tab = pair
    light = tab.evaluate(_BACKGROUND)
    choose(ada, "Settings")
    ada.page.get_by_label("Colours").select_option("dark")
    tab.wait_for_function(f"light => {_BACKGROUND} !== light", arg=light)
    assert ada.page.evaluate(_BACKGROUND) == tab.evaluate(_BACKGROUND) != light
    ada.page.get_by_label("Enter").select_option("break")
    ada.box.press_sequentially("row one")
    ada.box.press("Enter")
    ada.box.press_sequentially("row two")
    expect(ada.box).to_have_value("row one\nrow two")
    ada.box.press("Control+Enter")
    expect(ada.message("row one")).to_contain_text("row two")


def test_a_card_tells_who_somebody_is_and_what_to_do(town: Site) -> None:
    dirk, erna = town.visitor().enter("dirk"), town.visitor().enter("erna")
    dirk.say("look at me")
    message = erna.message("look at me")
    message.locator(".face").click()
    card = erna.page.get_by_role("dialog", name="About dirk")
    expect(card).to_contain_text("here")
    card.get_by_role("button", name="Mention").click()
    expect(erna.box).to_have_value("@dirk ")
    choose(dirk, "Show me as away")
    dirk.page.get_by_role("textbox", name="Reason").fill("at lunch")
    dirk.page.get_by_role("dialog").get_by_role("button", name="Show").click()
    expect(dirk.page.locator(".side .me")).to_have_text("dirk · away")
    erna.box.press("Control+ArrowUp")
    erna.page.keyboard.press("a")
    expect(card).to_contain_text("away: at lunch")
    card.get_by_role("button", name="Write to them").press("Enter")
    expect(erna.page.get_by_role("heading", name="@dirk")).to_be_visible()
    choose(dirk, "I am back")
    expect(dirk.page.locator(".side .me")).to_have_text("dirk")


def test_a_code_signs_another_browser_in_and_its_session_is_ended(town: Site) -> None:
    fay = town.visitor().enter("fay")
    choose(fay, "Link a device")
    fay.page.get_by_label("Another browser").check()
    fay.page.get_by_label("Password").fill(PASSWORD)
    fay.page.get_by_role("button", name="Show a code").click()
    code = fay.page.locator(".link-code .big").inner_text()
    phone = town.visitor(viewport={"width": 390, "height": 844}, locale="de-DE")
    phone.page.goto(phone.url)
    phone.page.get_by_role("button", name="Code von einem anderen Gerät verwenden").click()
    phone.page.get_by_label("Code").fill("AAAA AAAA")
    phone.page.get_by_role("button", name="Anmelden", exact=True).click()
    expect(phone.page.get_by_role("alert")).not_to_be_empty()
    phone.troubles.clear()  # Chromium notes the refusal
    phone.page.get_by_label("Code").fill(code)
    phone.page.get_by_role("button", name="Anmelden", exact=True).click()
    expect(phone.page.locator(".side .me")).to_have_text("fay")
    expect(fay.page.get_by_text("The code was used.")).to_be_visible()
    choose(phone, "Einstellungen")
    phone.page.get_by_label("Sprache").select_option("en")
    expect(phone.page.get_by_role("button", name="Sign out")).to_be_attached()
    choose(fay, "My sessions")
    expect(fay.page.locator(".session")).to_have_count(2)
    expect(fay.page.locator(".session").first).to_contain_text("this one")
    fay.page.get_by_role("button", name="End it").click()
    fay.page.get_by_role("dialog").get_by_role("button", name="End it").click()
    expect(phone.page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    expect(fay.page.locator(".session")).to_have_count(1)
