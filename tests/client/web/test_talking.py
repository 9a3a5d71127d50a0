"""People talk through the gateway: messages, what is done with them, and what is known of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from web_stage import Town, plain

from client.web.protocol.asks import AnyAsk
from client.web.routes.app import Gateway


def test_a_person_signs_up_talks_and_sees_history(open_town: Town) -> None:
    page = open_town.browser().sign_up("dora").page()
    assert page.event("welcome")["name"] == "dora"
    assert [one["name"] for one in page.event("conversations", all=True)["conversations"]] == ["#lobby"]
    page.ask("open", conversation="#lobby")
    seq = page.say("hello *all*")
    said = page.message("hello *all*")
    assert (said["seq"], said["sender"], said["own"], said["text"]) == (seq, "dora", True, "hello *all*")
    assert {"text": "all", "styles": ["italic"]} in said["pieces"]
    other = open_town.guest("visitor")
    again = other.ask("open", conversation="#lobby")
    assert "hello *all*" in [plain(one) for one in again["messages"]]
    assert again["spans"][-1][1] == again["head"] >= seq


def test_what_others_do_with_a_message_is_seen_at_once(open_town: Town) -> None:
    anna, bert = open_town.guest("anna1"), open_town.guest("bert1")
    seq = anna.say("first")
    bert.message("first")
    assert bert.ask("react", conversation="#lobby", seq=seq, reaction="👍")["type"] == "done"
    reacted = anna.take(
        lambda said: any(one.get("reactions") for one in said.get("messages", ())), "a reaction"
    )
    assert reacted["messages"][-1]["reactions"] == [{"reaction": "👍", "count": 1, "users": ["bert1"]}]
    assert anna.ask("edit", conversation="#lobby", seq=seq, text="second")["type"] == "done"
    assert bert.message("second")["edited"]
    answer = bert.say("why?", reply_to=seq)
    assert anna.message("why?")["reply"] == {"seq": seq, "sender": "anna1", "excerpt": "second"}
    thread = anna.ask("thread", conversation="#lobby", seq=seq)
    assert [one["message"]["seq"] for one in thread["hits"]] == [seq, answer]
    assert anna.ask("delete", conversation="#lobby", seq=seq)["type"] == "done"
    gone = bert.take(lambda said: any(one.get("deleted") for one in said.get("messages", ())), "a deletion")
    assert [one["seq"] for one in gone["messages"]] == [seq]
    refused = bert.ask("edit", conversation="#lobby", seq=seq, text="mine")
    assert refused["type"] == "refused"
    assert refused["text"].endswith(".")


def test_pins_are_marked_in_the_log_and_listed(open_town: Town) -> None:
    page = open_town.browser().sign_up("paula").page()
    page.put("command", conversation="#lobby", line="/join #pinned")
    page.event("go")
    page.ask("open", conversation="#pinned")
    seq = page.say("keep this", "#pinned")
    assert page.ask("pin", conversation="#pinned", seq=seq)["type"] == "done"
    page.take(lambda said: any(one.get("pinned") for one in said.get("messages", ())), "a pin")
    assert [one["message"]["seq"] for one in page.ask("pins", conversation="#pinned")["hits"]] == [seq]
    page.ask("open", conversation="#pinned")
    assert page.ask("pin", conversation="#pinned", seq=seq, on=False)["type"] == "done"
    page.take(
        lambda said: [one.get("pinned", False) for one in said.get("messages", ())] == [False], "no pin"
    )


def test_a_sender_sees_who_has_a_message_and_who_has_read_it(open_town: Town) -> None:
    anna, bert = open_town.browser().sign_up("anna2").page(), open_town.guest("bert2")
    for page in (anna, bert):  # the lobby of all tests may be too large to name them
        page.ask("command", conversation="#lobby", line="/join #reading")
        page.event("go", conversation="#reading")
        page.ask("open", conversation="#reading")
    seq = anna.say("read me", "#reading")
    bert.message("read me")
    delivered = anna.take(lambda said: "bert2" in said.get("delivered_to", ()), "a receipt")
    assert (delivered["seq"], delivered["state"]) == (seq, "delivered")
    unread = bert.take(
        lambda said: said["type"] == "conversations" and said["conversations"][0].get("unread"), "it"
    )
    assert unread["conversations"][0]["rank"] == 1
    bert.put("read", conversation="#reading", upto=seq)
    read = anna.take(lambda said: "bert2" in said.get("read_by", ()), "a receipt")
    assert (read["seq"], read["state"]) == (seq, "read")
    bert.take(
        lambda said: said["type"] == "conversations" and "rank" not in said["conversations"][0],
        "nothing waits",
    )


def test_a_message_sent_again_with_its_ref_is_stored_once(open_town: Town) -> None:
    anna = open_town.guest("anna3")
    first = anna.say("only once", ref="0192-abcdef")
    assert anna.say("only once", ref="0192-abcdef") == first
    found = anna.ask("open", conversation="#lobby")["messages"]
    assert [plain(one) for one in found].count("only once") == 1


def test_tabs_of_one_browser_share_a_session_and_stay_alike(open_town: Town) -> None:
    browser = open_town.browser().guest("anna4")
    one, two = browser.page(), browser.page()
    for page in (one, two):
        page.ask("open", conversation="#lobby")
    ref = one.put("send", to="#lobby", text="from the first tab")
    assert two.event("sent", ref=ref)["conversation"] == "#lobby"
    two.message("from the first tab")
    sessions = one.ask("sessions")["sessions"]
    assert [each["current"] for each in sessions] == [True]


def test_typing_is_seen_by_others_until_the_message_comes(open_town: Town) -> None:
    anna, bert = open_town.browser().sign_up("anna5").page(), open_town.guest("bert5")
    for page in (anna, bert):  # the lobby of all these tests has too many members to be told of it
        page.put("command", conversation="#lobby", line="/join #typists")
        page.event("go", conversation="#typists")
        page.ask("open", conversation="#typists")
    anna.put("typing", conversation="#typists")
    assert bert.take(lambda said: "anna5" in said.get("users", ()), "typing")["conversation"] == "#typists"
    anna.say("here it is", "#typists")
    bert.take(lambda said: said["type"] == "typing" and "anna5" not in said.get("users", ()), "no typing")


def test_a_room_has_members_and_a_search_finds_what_was_said(open_town: Town) -> None:
    anna = open_town.guest("anna6")
    listed = anna.ask("members", conversation="#lobby")["members"]
    guests, bots = ({one["name"] for one in listed if one.get(kind)} for kind in ("guest", "bot"))
    assert "anna6" in guests
    assert bots == {"web"}
    seq = anna.say("a heffalump passed")
    hits = anna.ask("search", words="heffalump from:anna6")["hits"]
    assert [(one["conversation"], one["message"]["seq"]) for one in hits] == [("#lobby", seq)]
    assert anna.ask("search", words="from:")["type"] == "refused"


def test_history_is_fetched_around_a_message_without_a_gap(open_town: Town) -> None:
    anna = open_town.guest("anna7")
    seqs = [anna.say(f"line {number}") for number in range(150)]
    bert = open_town.guest("bert7")
    log = bert.ask("open", conversation="#lobby")
    assert log["spans"][0][0] > seqs[0]
    ref = bert.put("fetch", conversation="#lobby", around=seqs[10])
    changed = bert.event("changed")
    assert seqs[10] in [one["seq"] for one in changed["messages"]]
    assert bert.event("fetched", ref=ref)["seq"] == seqs[10]
    assert any(first <= seqs[10] <= last for first, last in changed["spans"])
    answer = bert.ask("fetch", conversation="#lobby", around=1, before=2)
    assert answer["type"] == "refused"
    jumped = bert.ask("open", conversation="#lobby", at=seqs[10])
    assert seqs[10] in [one["seq"] for one in jumped["messages"]]


def test_an_empty_command_does_nothing_and_the_tab_stays(open_town: Town) -> None:
    page = open_town.guest("blanka")
    assert page.ask("command", conversation="#lobby", line=" ")["type"] == "done"


def test_a_fault_that_ends_a_tab_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    class Socket:
        async def iter_text(self) -> AsyncIterator[str]:
            yield '{"type":"alive","ref":"1"}'

    class Faulty:
        def take(self, _asked: object) -> None:
            raise LookupError("a fault")

    gateway: Any = SimpleNamespace(_decoder=msgspec.json.Decoder(AnyAsk))
    asyncio.run(Gateway._read(gateway, Socket(), Faulty()))  # type: ignore[arg-type]
    assert "LookupError: a fault" in caplog.text
