"""The page in a real browser, with a real gateway and broker: what people do."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

from browsers import Site
from playwright.sync_api import expect
from web_stage import PASSWORD

from messages.events import Message

_SCROLL_UP = """() => {
    const log = document.querySelector("[role=log]");
    log.scrollTop = 20;
    const edge = log.getBoundingClientRect().top, all = [...log.querySelectorAll("[data-seq]")];
    const seen = all.find(one => one.getBoundingClientRect().top > edge);
    return [Number(all[0].dataset.seq), Number(seen.dataset.seq), seen.getBoundingClientRect().top];
}"""
"""Scroll to what is first here; return it, the first message that is seen, and where that stands."""

_SCROLL_DOWN = """() => {
    const log = document.querySelector("[role=log]");
    log.scrollTop = log.scrollHeight - log.clientHeight - 20;
    const edge = log.getBoundingClientRect().top, all = [...log.querySelectorAll("[data-seq]")];
    const seen = all.find(one => one.getBoundingClientRect().top > edge);
    return [Number(all.at(-1).dataset.seq), Number(seen.dataset.seq), seen.getBoundingClientRect().top];
}"""
"""The same for what is last here."""

_LINES = 1_200
_NEWER = "newest => [...document.querySelectorAll('[role=log] [data-seq]')].at(-1).dataset.seq > newest"
_OLDER = "oldest => Number(document.querySelector('[role=log] [data-seq]').dataset.seq) < oldest"
_TOP = "seq => document.querySelector(`[data-seq='${seq}']`).getBoundingClientRect().top"


def test_a_person_signs_up_and_talks_with_a_terminal(town: Site) -> None:
    terminal = town.chat("terry")
    amy = town.visitor().sign_up("amy")
    expect(amy.box).to_be_visible()
    terminal.typing("#lobby")
    expect(amy.page.get_by_text("terry is typing…")).to_be_visible()
    terminal.send("#lobby", "hello from the *terminal*, @amy")
    expect(amy.message("hello from the terminal")).to_have_class(re.compile("pings"))
    amy.say("hello from the **browser**")
    expect(amy.message("hello from the browser").get_by_role("img")).to_have_attribute(
        "aria-label", re.compile("delivered|sent")
    )
    heard = next(event for event in terminal.events(timeout=10) if _is_from(event, "amy"))
    assert heard.text == "hello from the **browser**"
    amy.page.get_by_role("button", name="Sign out").click()
    amy.page.get_by_role("dialog").get_by_role("button", name="Sign out").click()
    amy.page.get_by_label("Name").fill("amy")
    amy.page.get_by_label("Password").fill(PASSWORD)
    amy.page.get_by_role("button", name="Sign in").click()
    expect(amy.message("hello from the browser")).to_be_visible()


def _is_from(event: object, name: str) -> bool:
    return isinstance(event, Message) and event.sender == name


def test_two_people_edit_delete_react_reply_and_pin(town: Site) -> None:
    bert, cora = town.visitor().enter("bert"), town.visitor().enter("cora")
    for person in (bert, cora):  # in the lobby of all tests there may be too many for anybody to pin
        person.say("/join #plans")
        expect(person.page.get_by_role("heading", name="#plans")).to_be_visible()
    bert.say("teh plan")
    bert.message("teh plan").wait_for()
    bert.box.press("ArrowUp")
    expect(bert.box).to_have_value("teh plan")
    bert.box.fill("the plan")
    bert.box.press("Enter")
    expect(cora.message("the plan")).to_contain_text("edited")

    cora.message("the plan").hover()
    cora.message("the plan").get_by_role("button", name="React").click()
    cora.page.get_by_role("button", name="tada").click()
    expect(bert.message("the plan").get_by_role("button", name="🎉: cora")).to_be_visible()
    cora.message("the plan").get_by_role("button", name="🎉: cora").click()
    expect(bert.message("the plan").get_by_role("button", name="🎉: cora")).to_have_count(0)

    cora.message("the plan").hover()
    cora.message("the plan").get_by_role("button", name="Reply").click()
    cora.say("looks good")
    expect(bert.message("looks good")).to_contain_text("the plan")
    bert.choose("looks good", "Open the thread")
    expect(bert.page.get_by_role("region", name="Thread")).to_contain_text("the plan")

    bert.choose("looks good", "Pin")
    cora.page.get_by_role("button", name="Pinned").click()
    expect(cora.page.get_by_role("region", name="Pinned")).to_contain_text("looks good")

    bert.say("a secret")
    cora.message("a secret").wait_for()
    bert.choose("a secret", "Delete")
    bert.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(cora.log).to_contain_text("This message was deleted.")
    expect(cora.message("a secret")).to_have_count(0)


def test_conversations_are_sorted_by_what_waits_and_drafts_stay(town: Site) -> None:
    dora, terminal = town.visitor().enter("dora"), town.chat("dan")
    dora.say("/join #zebra")
    expect(dora.page.get_by_role("heading", name="#zebra")).to_be_visible()
    dora.box.fill("not yet sent")
    dora.go("#lobby")
    expect(dora.box).to_have_value("")
    terminal.send("@dora", "just for you")
    first = dora.page.get_by_role("navigation").get_by_role("button").first
    expect(first).to_have_accessible_name(re.compile("@dan.*1 unread message"))
    expect(dora.page).to_have_title(re.compile(r"^\(1\)"))
    first.click()
    expect(dora.message("just for you")).to_be_visible()
    expect(dora.page).to_have_title(re.compile(r"^@dan"))
    dora.page.reload()
    dora.go("#zebra")
    expect(dora.box).to_have_value("not yet sent")


def test_history_comes_while_scrolling_and_nothing_jumps(town: Site) -> None:
    _tell_lines(town, _LINES)
    frank = town.visitor().enter("frank")
    last = frank.message(f"line {_LINES - 1} of")
    last.wait_for()
    up, down = (_SCROLL_UP, _OLDER, "line 0 of"), (_SCROLL_DOWN, _NEWER, f"line {_LINES - 1} of")
    for script, moves, end in (up, down):
        for _ in range(_LINES // 50):
            edge, seen, top = frank.page.evaluate(script)
            if frank.message(end).count():
                break
            frank.page.wait_for_function(moves, arg=edge)
            assert abs(frank.page.evaluate(_TOP, seen) - top) <= 1
            assert frank.page.locator("article").count() <= 500
        frank.message(end).wait_for()
    frank.page.evaluate("() => { document.querySelector('[role=log]').scrollTop -= 5_000; }")
    frank.page.get_by_role("button", name="To the newest").click()
    expect(last).to_be_in_viewport()


def _tell_lines(town: Site, count: int) -> None:
    """Say so many things without a pause, more than the gateway keeps for a tab."""
    eve = town.chat("eve")
    for number in range(count):
        with suppress(TimeoutError):  # it is sent later
            eve.send("#lobby", f"line {number} of the history", timeout=None if number == count - 1 else 0.0)


def test_files_go_both_ways(town: Site, tmp_path: Path) -> None:
    heidi, ivan = town.visitor().enter("heidi"), town.visitor().enter("ivan")
    file = tmp_path / "notes.txt"
    file.write_bytes(b"what was said" * 100_000)
    with heidi.page.expect_file_chooser() as chosen:
        heidi.page.get_by_role("button", name="Attach file").click()
    chosen.value.set_files(file)
    heidi.say("the notes")
    with ivan.page.expect_download() as download:
        ivan.page.get_by_role("link", name="notes.txt").click()
    assert Path(download.value.path()).read_bytes() == file.read_bytes()


def test_a_phone_shows_the_list_and_then_one_conversation(town: Site) -> None:
    judy = town.visitor(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True).sign_up(
        "judy"
    )
    expect(judy.box).to_be_hidden()
    judy.go("#lobby")
    expect(judy.box).to_be_visible()
    judy.box.fill("from a phone")
    judy.page.get_by_role("button", name="Send").click()
    expect(judy.message("from a phone")).to_be_visible()
    judy.page.get_by_role("button", name="Back to the conversations").click()
    expect(judy.box).to_be_hidden()
    assert judy.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_guest_comes_and_a_wrong_password_is_said(town: Site) -> None:
    guest = town.visitor()
    guest.page.goto(town.url)
    guest.page.get_by_role("button", name="Look around as a guest").click()
    guest.page.get_by_label("Name").fill("kim")
    guest.page.get_by_role("button", name="Come in as a guest").click()
    guest.say("just looking")
    expect(guest.message("just looking")).to_contain_text("guest")


def test_the_page_is_used_by_keys_alone(town: Site) -> None:
    max_ = town.visitor().enter("max")
    page = max_.page
    max_.say("first words")
    max_.say("last words")
    max_.message("last words").wait_for()
    max_.box.press("Shift+Enter")
    expect(max_.box).to_have_value("\n")
    max_.box.fill("")
    max_.box.press("Control+ArrowUp")
    expect(max_.message("last words")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(max_.message("first words")).to_be_focused()
    page.keyboard.press("r")
    expect(page.get_by_text("Reply to max")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("Reply to max")).to_be_hidden()
    page.keyboard.press("Control+k")
    page.keyboard.type("#keys")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="#keys", exact=True)).to_be_visible()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.get_by_role("heading", name="#lobby", exact=True)).to_be_visible()
    max_.box.press("/")
    page.keyboard.type("topi")
    page.keyboard.press("Tab")
    expect(max_.box).to_have_value("/topic ")
