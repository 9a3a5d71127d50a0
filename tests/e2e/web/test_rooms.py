"""Rooms, moderation, threads, links and emoji on the page in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from browsers import Site, Visitor, site
from playwright.sync_api import Locator, expect

from messages.moderation import RoomRules
from messages.requests import Join


def _button(visitor: Visitor, name: str) -> Locator:
    return visitor.page.get_by_role("dialog").get_by_role("button", name=name, exact=True)


def _is_in(visitor: Visitor, conversation: str) -> None:
    expect(visitor.page.get_by_role("heading", name=conversation, exact=True).first).to_be_visible()


def test_a_room_is_made_found_and_moderated(town: Site) -> None:
    alice, bob = town.visitor().enter("alice"), town.visitor().enter("bob")
    alice.page.get_by_role("button", name="All rooms").click()
    alice.page.get_by_role("button", name="New room").click()
    alice.page.get_by_role("dialog").get_by_label("Name").fill("garden")
    alice.page.get_by_role("dialog").get_by_label("Topic").fill("Tomatoes and beans")
    _button(alice, "Create").click()
    _is_in(alice, "#garden")
    expect(alice.page.get_by_role("button", name="Tomatoes and beans")).to_be_visible()

    bob.page.keyboard.press("Control+k")
    bob.page.keyboard.type("tomat")
    expect(bob.page.get_by_role("option", selected=True)).to_contain_text("#garden")
    bob.page.keyboard.press("Enter")
    _is_in(bob, "#garden")
    bob.say("I AM LOUD")

    alice.page.get_by_role("button", name="Members", exact=True).click()
    alice.page.get_by_role("button", name="More about bob").click()
    alice.page.get_by_role("menuitem", name="Mute bob").click()
    alice.page.get_by_role("dialog").get_by_label("Reason").fill("quiet, please")
    _button(alice, "Mute").click()
    bob.log.get_by_text("quiet, please").wait_for()
    bob.say("what?")
    expect(bob.log.get_by_text("Not sent:")).to_contain_text("quiet, please")

    alice.choose("I AM LOUD", "Ban bob")
    _button(alice, "Ban").click()
    expect(bob.page.get_by_role("status").get_by_text("banned you")).to_be_visible()
    _is_in(bob, "#lobby")
    alice.page.get_by_role("button", name="Tomatoes and beans").click()
    expect(alice.page.get_by_role("region", name="Banned")).to_contain_text("/unban #garden bob")


def test_a_thread_goes_on_while_it_is_open_and_several_messages_are_chosen(town: Site) -> None:
    carol, terminal = town.visitor().enter("carol"), town.chat("terry")
    first = terminal.send("#lobby", "where do we meet?").seq
    carol.choose("where do we meet?", "Open the thread")
    thread = carol.page.get_by_role("region", name="Thread")
    expect(thread).to_contain_text("where do we meet?")
    thread.get_by_role("textbox", name="Reply in the thread").fill("at the station")
    carol.page.keyboard.press("Enter")
    expect(thread).to_contain_text("at the station")
    terminal.send("#lobby", "see you there", reply_to=first)
    expect(thread).to_contain_text("see you there")
    expect(carol.message("at the station")).to_contain_text("terry")

    carol.say("one of mine")
    carol.message("one of mine").focus()
    carol.page.keyboard.press("Space")
    chosen = carol.page.get_by_role("toolbar", name="Selected messages")
    carol.message("see you there").click()
    expect(chosen).to_contain_text("2 selected")
    expect(chosen.get_by_role("button", name="Delete")).to_have_count(0)  # one is not hers
    carol.message("see you there").click()
    carol.message("at the station").click()
    chosen.get_by_role("button", name="Delete").click()
    _button(carol, "Delete").click()
    expect(carol.log.get_by_text("This message was deleted.")).to_have_count(2)


def test_an_address_leads_to_a_message_after_signing_in_and_joining(town: Site) -> None:
    terminal = town.chat("tom")
    for room in ("#roses", "#hidden"):
        terminal.ask(Join, room=room)
    seq = terminal.send("#roses", "the red one").seq
    terminal.ask(RoomRules, room="#hidden", private=True)
    dora = town.visitor()
    dora.url = f"{town.url}#c={quote('#roses')}&m={seq}"
    dora.sign_up("dora")
    _button(dora, "Join").click()
    expect(dora.message("the red one")).to_have_class(re.compile("jumped"))
    dora.go("#lobby")
    dora.page.go_back()
    _is_in(dora, "#roses")
    dora.page.go_forward()
    _is_in(dora, "#lobby")
    for room in ("#hidden", "#nowhere"):  # nobody learns which of them exists
        dora.page.evaluate("room => { location.hash = `c=${encodeURIComponent(room)}`; }", room)
        said = dora.page.get_by_role("status").get_by_text("There is no such room")
        expect(said).to_have_count(1 if room == "#hidden" else 2)
    assert dora.page.url.endswith("#c=%23lobby")


def test_an_emoji_is_found_by_name_with_keys(town: Site) -> None:
    erik = town.visitor(locale="de-DE")
    erik.enter("erik", leave="Abmelden")
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
