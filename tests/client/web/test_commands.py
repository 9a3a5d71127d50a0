"""Slash commands from a page: the same as in the terminal, with notices and questions."""

from __future__ import annotations

import pytest
from web_stage import PASSWORD, Town

from client.views.sending import FilingHost
from client.web.tabs.host import TabHost


def test_a_command_enters_a_room_and_says_what_it_found(open_town: Town) -> None:
    dora = open_town.browser().sign_up("doris").page()
    dora.put("command", conversation="#lobby", line="/join #games")
    assert dora.event("go")["conversation"] == "#games"
    told = dora.command("/who", "#games")
    assert (told["kind"], told["conversation"]) == ("result", "#games")
    assert "doris" in told["text"]
    dora.command("/topic chess tonight", "#games")
    topics = dora.take(
        lambda said: any(one.get("topic") == "chess tonight" for one in said.get("conversations", ())),
        "a topic",
    )
    assert topics["type"] == "conversations"


def test_a_direct_conversation_that_is_entered_shows_itself(open_town: Town) -> None:
    open_town.guest("anna13")
    anna = open_town.guest("anna14")
    anna.put("command", conversation="#lobby", line="/query anna13")
    assert anna.event("go")["conversation"] == "@anna13"
    assert "What you type" not in anna.command("/time", "#lobby")["text"]


def test_a_wrong_command_is_refused_with_a_sentence(open_town: Town) -> None:
    anna = open_town.guest("anna10")
    told = anna.command("/jion #x")
    assert (told["kind"], "/join" in told["text"]) == ("refusal", True)
    told = anna.command("/query nobody-at-all")
    assert (told["kind"], "no user has this name" in told["text"]) == ("refusal", True)
    refused = anna.ask("command", conversation="#lobby", line="/login bert")
    assert (refused["type"], refused["text"]) == ("refused", "Sign out, and sign in under the other name.")


def test_me_and_escaped_slashes_are_texts(open_town: Town) -> None:
    anna = open_town.guest("anna11")
    anna.put("command", conversation="#lobby", line="/me yawns")
    assert anna.message("yawns")["action"] is True
    anna.put("command", conversation="#lobby", line="//shrug")
    assert "action" not in anna.message("/shrug")


def test_what_cannot_be_undone_is_asked_first(open_town: Town) -> None:
    anna = open_town.guest("anna12")
    seq = anna.say("to be deleted")
    anna.put("command", conversation="#lobby", line=f"/delete {seq}")
    asked = anna.event("question")
    assert asked["confirm"].startswith(f"Delete message {seq}")
    assert anna.ask("answer", question=asked["question"])["type"] == "done"
    assert anna.ask("answer", question=asked["question"], answers=[])["type"] == "refused"
    anna.put("command", conversation="#lobby", line=f"/delete {seq}")
    assert anna.ask("answer", question=anna.event("question")["question"], answers=[])["type"] == "done"
    anna.take(lambda said: any(one.get("deleted") for one in said.get("messages", ())), "a deletion")


def test_a_person_with_a_password_changes_it_and_links_a_device(open_town: Town) -> None:
    browser = open_town.browser().sign_up("dorit")
    dora = browser.page()
    ref = dora.put("command", conversation="#lobby", line="/password")
    asked = dora.event("question")
    assert (asked["secret"], len(asked["prompts"])) == (True, 3)
    dora.ask("answer", question=asked["question"], answers=[PASSWORD, "battery staple", "battery staple"])
    dora.take(lambda said: said["type"] == "notice" and said.get("kind") == "result", f"an answer to {ref}")
    dora.put("command", conversation="#lobby", line="/link")
    dora.ask("answer", question=dora.event("question")["question"], answers=["battery staple"])
    assert "--link" in dora.event("notice")["text"]
    assert browser.ask("GET", "/session").said["name"] == "dorit"
    other = open_town.browser()
    assert other.sign_in("dorit", password="battery staple").status == 200
    assert other.sign_in("dorit", password=PASSWORD).said["field"] == "password"


def test_an_answer_too_many_is_no_command(open_town: Town) -> None:
    dora = open_town.browser().sign_up("doralice").page()
    dora.put("command", conversation="#lobby", line="/message")
    asked = dora.event("question")
    for answers in (["doralice", "hello", "/upload /etc/hostname"], ["doralice"], []):
        told = dora.ask("answer", question=asked["question"], answers=answers)
        assert (told["type"], told["text"]) == ("refused", "The question has another number of answers.")
    assert dora.ask("answer", question=asked["question"], answers=["doralice", "hello"])["type"] == "done"


@pytest.mark.parametrize("line", ["/upload /etc/hostname", "/get 1", "/set", "/debug"])
def test_no_command_reaches_the_gateways_own_machine(open_town: Town, line: str) -> None:
    anna = open_town.guest(f"anna{line[1:4]}")
    assert anna.ask("command", conversation="#lobby", line=line)["type"] == "refused"
    assert not issubclass(TabHost, FilingHost), "a way past the list of commands ends there"


def test_what_no_gateway_can_do_is_not_offered_and_refused_with_a_reason(open_town: Town) -> None:
    page = open_town.browser().sign_up("olga").page()
    offered = {one["name"] for one in page.event("welcome")["commands"]}
    assert {"/kick", "/ban", "/mute", "/join"} <= offered
    page.put("command", conversation="#lobby", line="/join #olgas")
    page.event("go", conversation="#olgas")
    for name, line in (("/op", "/op olga"), ("/private", "/private on"), ("/unban", "/unban nobody")):
        assert name not in offered
        assert "gateway" in page.command(line, "#olgas")["text"]
