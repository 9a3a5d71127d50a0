"""Rooms and moderation from a page."""

from __future__ import annotations

import pytest
from eventually import DEADLINE
from web_stage import Document, Page, Town

from client.chat import Chat
from messages.moderation import Role, RoomRules, SetRole


def _joined(page: Page, room: str) -> Page:
    page.put("command", conversation="#lobby", line=f"/join {room}")
    page.event("go", conversation=room)
    return page


def test_a_page_lists_rooms_and_says_what_the_person_may_do_there(open_town: Town) -> None:
    rosa = _joined(open_town.browser().sign_up("rosa").page(), "#roses")
    assert rosa.ask("topic", conversation="#roses", topic="red \u202eones")["type"] == "done"
    about = rosa.ask("room", conversation="#roses")
    assert (about["type"], about["role"], about["members"]) == ("room", "operator", 1)
    assert "\u202e" not in about["topic"]
    guest = open_town.guest("gerd")
    listed = guest.ask("rooms")
    rooms = {one["room"]: one for one in listed["rooms"]}
    assert (rooms["#roses"]["members"], rooms["#roses"]["joined"]) == (1, False)
    assert "red" in rooms["#roses"]["topic"]
    assert "\u202e" not in rooms["#roses"]["topic"]
    assert guest.ask("room", conversation="#roses")["type"] == "refused"


def test_the_founder_of_a_room_mutes_bans_and_lists_bans(open_town: Town) -> None:
    rike = _joined(open_town.browser().sign_up("rike").page(), "#rikes")
    oskar = _joined(open_town.guest("oskar"), "#rikes")
    muted = {"conversation": "#rikes", "name": "oskar", "what": "mute", "seconds": 600, "reason": "too loud"}
    assert rike.ask("sanction", **muted)["type"] == "done"
    ref = oskar.put("send", to="#rikes", text="hello?")
    refused = oskar.take(lambda said: said.get("ref") == ref and said.get("state") == "failed", "a refusal")
    assert "too loud" in refused["error"]
    assert rike.ask("sanction", **{**muted, "what": "ban"})["type"] == "done"
    assert oskar.take(lambda said: "#rikes" in said.get("gone", ()), "the room is gone")
    (ban,) = rike.ask("bans", conversation="#rikes")["bans"]
    assert (ban["name"], ban["reason"], ban["by"]) == ("oskar", "too loud", "rike")
    assert oskar.ask("bans", conversation="#rikes")["type"] == "refused"


@pytest.mark.parametrize("what", ["kick", "ban", "mute"])
def test_nobody_moderates_without_a_role(open_town: Town, what: str) -> None:
    page = open_town.guest(f"nobody{what}")
    told = page.ask("sanction", conversation="#lobby", name="rike", what=what)
    assert told["type"] == "refused"
    assert "operator" in told["text"] or "moderator" in told["text"]


def test_what_somebody_says_is_hidden_at_once_and_shown_again(open_town: Town) -> None:
    anna, noisy = open_town.guest("anna20"), open_town.guest("noisy")
    anna.ask("open", conversation="#lobby")
    seq = noisy.say("hear me")
    anna.message("hear me")
    anna.command("/ignore noisy")
    anna.take(lambda said: seq in said.get("gone", ()), "the message is gone")
    later = noisy.say("you cannot hear me")
    assert later not in _seqs(anna.ask("open", conversation="#lobby"))
    anna.command("/unignore noisy")
    assert {seq, later} <= set(_seqs(anna.ask("open", conversation="#lobby")))


def test_a_page_is_told_of_a_new_role_and_of_new_rules(open_town: Town) -> None:
    page = _joined(open_town.browser().sign_up("robin").page(), "#nest")
    page.ask("open", conversation="#nest")
    assert page.ask("room", conversation="#nest")["role"] == "operator"
    with Chat(open_town.door, name="roles", timeout=DEADLINE) as founder:
        founder.ask(RoomRules, room="#nest", topic_locked=True)
        assert page.event("room", topic_locked=True)["conversation"] == "#nest"
        founder.ask(SetRole, name="robin", role=Role.MEMBER, room="#nest")
    assert "role" not in page.event("room", topic_locked=True)


def _seqs(log: Document) -> list[int]:
    return [one["seq"] for one in log["messages"]]
