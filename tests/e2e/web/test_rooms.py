"""Rooms, moderation, threads, links and emoji on the page in a real browser."""

from __future__ import annotations

import re
from urllib.parse import quote

from browsers import Site, Visitor
from playwright.sync_api import Locator, expect

from messages.moderation import RoomRules
from messages.requests import Join


def _button(visitor: Visitor, name: str) -> Locator:
    return visitor.page.get_by_role("dialog").get_by_role("button", name=name, exact=True)


def _is_in(visitor: Visitor, conversation: str) -> None:
    expect(visitor.page.get_by_role("heading", name=conversation, exact=True).first).to_be_visible()


def test_a_room_is_made_found_and_moderated(town: Site) -> None:
    adele, ben = town.visitor().enter("adele"), town.visitor().enter("ben")
    adele.page.get_by_role("button", name="All rooms").click()
    adele.page.get_by_role("button", name="New room").click()
    adele.page.get_by_role("dialog").get_by_label("Name").fill("garden")
    adele.page.get_by_role("dialog").get_by_label("Topic").fill("Tomatoes and beans")
    _button(adele, "Create").click()
    _is_in(adele, "#garden")
    expect(adele.page.get_by_role("button", name="Tomatoes and beans", exact=True)).to_be_visible()

    ben.page.keyboard.press("Control+k")
    ben.page.keyboard.type("tomat")
    expect(ben.page.get_by_role("option", selected=True)).to_contain_text("#garden")
    ben.page.keyboard.press("Enter")
    _is_in(ben, "#garden")
    ben.say("I AM LOUD")

    adele.page.get_by_role("button", name="Members", exact=True).click()
    adele.page.get_by_role("button", name="More about ben").click()
    adele.page.get_by_role("menuitem", name="Mute ben").click()
    adele.page.get_by_role("dialog").get_by_label("Reason").fill("quiet, please")
    _button(adele, "Mute").click()
    ben.log.get_by_text("quiet, please").wait_for()
    ben.say("what?")
    expect(ben.log.get_by_text("Not sent:")).to_contain_text("quiet, please")

    adele.choose("I AM LOUD", "Ban ben")
    _button(adele, "Ban").click()
    expect(ben.page.get_by_role("status").get_by_text("banned you")).to_be_visible()
    _is_in(ben, "#lobby")
    adele.page.get_by_role("button", name="Tomatoes and beans", exact=True).click()
    expect(adele.page.get_by_role("region", name="Banned")).to_contain_text("/unban #garden ben")


def test_a_thread_goes_on_while_it_is_open_and_several_messages_are_chosen(town: Site) -> None:
    cleo, terminal = town.visitor().enter("cleo"), town.chat("terence")
    first = terminal.send("#lobby", "where do we meet?").seq
    cleo.choose("where do we meet?", "Open the thread")
    thread = cleo.page.get_by_role("region", name="Thread")
    expect(thread).to_contain_text("where do we meet?")
    thread.get_by_role("textbox", name="Reply in the thread").fill("at the station")
    cleo.page.keyboard.press("Enter")
    expect(thread).to_contain_text("at the station")
    terminal.send("#lobby", "see you there", reply_to=first)
    expect(thread).to_contain_text("see you there")
    expect(cleo.message("at the station")).to_contain_text("terence")

    cleo.say("one of mine")
    cleo.message("one of mine").focus()
    cleo.page.keyboard.press("Space")
    chosen = cleo.page.get_by_role("toolbar", name="Selected messages")
    cleo.message("see you there").click()
    expect(chosen).to_contain_text("2 selected")
    expect(chosen.get_by_role("button", name="Delete")).to_have_count(0)  # one is not hers
    cleo.message("see you there").click()
    cleo.message("at the station").click()
    chosen.get_by_role("button", name="Delete").click()
    _button(cleo, "Delete").click()
    expect(cleo.log.get_by_text("This message was deleted.")).to_have_count(2)


def test_an_address_leads_to_a_message_after_signing_in_and_joining(town: Site) -> None:
    terminal = town.chat("timo")
    for room in ("#roses", "#hidden"):
        terminal.ask(Join, room=room)
    seq = terminal.send("#roses", "the red one").seq
    terminal.ask(RoomRules, room="#hidden", private=True)
    della = town.visitor()
    della.url = f"{town.url}#c={quote('#roses')}&m={seq}"
    della.sign_up("della")
    _button(della, "Join").click()
    expect(della.message("the red one")).to_have_class(re.compile("jumped"))
    della.go("#lobby")
    della.page.go_back()
    _is_in(della, "#roses")
    della.page.go_forward()
    _is_in(della, "#lobby")
    for room in ("#hidden", "#nowhere"):  # nobody learns which of them exists
        della.page.evaluate("room => { location.hash = `c=${encodeURIComponent(room)}`; }", room)
        said = della.page.get_by_role("status").get_by_text("There is no such room")
        expect(said).to_have_count(1 if room == "#hidden" else 2)
    assert della.page.url.endswith("#c=%23lobby")


def test_an_emoji_is_found_by_name_with_keys(town: Site) -> None:
    erik = town.visitor(locale="de-DE")
    erik.enter("erik")
    page, box = erik.page, erik.page.get_by_role("textbox", name="Nachricht", exact=True)
    page.get_by_role("button", name="Emoji", exact=True).click()
    page.get_by_role("region", name="Flaggen").wait_for()
    page.keyboard.type("fuchs")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(box).to_have_value("🦊")
    expect(box).to_be_focused()
    page.keyboard.type(" :rocke")
    page.keyboard.press("Tab")
    expect(box).to_have_value("🦊 🚀 ")
    page.get_by_role("button", name="Emoji", exact=True).click()
    page.get_by_role("region", name="Oft verwendet").get_by_role("button").first.press("ArrowRight")
    expect(page.get_by_role("region", name="Oft verwendet").get_by_role("button").nth(1)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
