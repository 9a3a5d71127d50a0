"""What is offered while a person types."""

from __future__ import annotations

import re
import threading

import pytest
from eventually import eventually
from screen_stage import Seat, seats

from client.commands.registry import ScreenCommand
from client.screen.composer.guide import SessionGuide
from client.screen.composer.meaning import Aim, Target
from client.screen.composer.offering import offered_height, offered_rows
from client.screen.composer.popup import Guide, Offer, Popup, Told, height_of, popup_rows
from client.screen.tones import CHOSEN, text_of
from client.shorthand.shortcodes import load


@pytest.fixture(scope="module")
def alice() -> Seat:
    alice, bob = seats("alice", "bob")
    for one in (alice, bob):
        one.keys("/join #dev\r")
    load()
    return alice


def offered(seat: Seat, text: str, columns: int = 60) -> list[str]:
    seat.host.field.load_draft(None)
    seat.keys(text)
    height = offered_height(seat.host.field, 20, 24)
    return [text_of(row) for row in offered_rows(seat.host.field, columns, height)]


def test_commands_are_offered_with_their_usage_and_help(alice: Seat) -> None:
    assert offered(alice, "/ki") == [" /kick [#ROOM] NAME [REASON]  remove a user from a room, or…"]
    assert offered(alice, "/")[0].startswith(" /audit"), "other names of the same come later"
    assert re.search(r"…  \d+ more$", offered(alice, "/")[-1])
    assert offered(alice, "/kick") == []
    assert offered(alice, "see /ki") == offered(alice, "//ki") == []


def test_arguments_are_offered_below_the_usage_while_they_are_typed(alice: Seat) -> None:
    usage = " /kick [#ROOM] NAME [REASON]  remove a user from a room, or…"
    assert offered(alice, "/kick bo") == [usage, " bob "]
    assert offered(alice, "/kick bob too loud") == [usage]
    assert offered(alice, "/back ") == []
    assert offered(alice, "/upload /et") == [" /upload PATH [TEXT]  send a file here, with a text or with…"]


def test_names_rooms_and_emoji_are_offered_in_a_text(alice: Seat) -> None:
    assert offered(alice, "ask @b") == [" @bob "]
    assert offered(alice, "@") == [" @bob "], "nothing has to be typed behind the mark"
    assert offered(alice, "see #d") == [" #dev "]
    assert offered(alice, ":t") == offered(alice, "at 12:30") == offered(alice, "ok :-)") == []
    assert offered(alice, "nice :tad") == [" :tada:  🎉"]
    assert offered(alice, "bo") == [], "words are offered if Tab asks for them"


def test_tab_walks_through_what_is_offered(alice: Seat) -> None:
    offered(alice, ":thumb")
    alice.keys("\t")
    assert alice.host.field.text == "👍"
    rows = [text_of(row).split() for row in offered_rows(alice.host.field, 60, 8)]
    assert rows[:2] == [[":thumbsup:", "👍"], [":thumbsdown:", "👎"]]
    alice.keys("\t")
    assert (alice.host.field.text, alice.host.field.offer.chosen) == ("👎", 1)
    alice.host.field.up()
    assert alice.host.field.text == "👍"
    alice.keys("\r")
    assert alice.log[-1].endswith("│ 👍")


def test_escape_closes_it_until_the_word_ends_and_it_can_be_turned_off(alice: Seat) -> None:
    field = alice.host.field
    offered(alice, "/kick bo")
    assert field.escape()
    alice.keys("b")
    assert not field.offer.candidates
    assert field.offer.usage is None
    alice.keys(" @b")
    assert field.offer.candidates == ["@bob "]
    assert field.offer.usage is None, "this command's usage was closed"
    assert offered(alice, "/ban ") != []
    field.popup.on = False
    assert offered(alice, "/kick bo") == []
    alice.keys("\t")
    assert field.text == "/kick bob "
    field.popup.on = True


def test_nothing_is_offered_for_secrets_answers_and_texts_that_are_no_commands(alice: Seat) -> None:
    offered(alice, "")
    alice.host.question(["Who: "], lambda _: None)
    alice.keys("@b")
    assert alice.host.field.offer == Offer()
    alice.host.escape()
    alice.host.field.aim(Target(Aim.EDIT, "#dev", 1), "/ki")
    assert not alice.host.field.offer.candidates
    alice.keys(" @b")
    assert alice.host.field.offer.candidates == ["@bob "]
    alice.host.field.load_draft(None)


def test_what_is_offered_asks_the_broker_nothing(alice: Seat) -> None:
    offered(alice, "/join ")
    alice.settle()
    before = alice.session.unanswered_ids
    for _ in range(3):
        assert alice.host.field.offer.candidates == ["#dev", "#lobby"]
    offered(alice, "/join #nothing")
    assert alice.session.unanswered_ids == before


def test_commands_of_the_screen_say_their_own_words(alice: Seat) -> None:
    own = {"/set": ScreenCommand(lambda _: None, lambda before: ("theme", "popup") if not before else ())}
    guide = SessionGuide(alice.session, own)
    assert guide.candidates("/set po", 7) == ["popup"]
    told = guide.usage("/set po")
    assert told is not None
    assert told.shown == "/set [SETTING [VALUE]]"


def test_emoji_are_loaded_aside(alice: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[bool] = []
    gate = threading.Event()
    monkeypatch.setattr("client.screen.composer.guide.is_loaded", lambda: bool(loaded))
    monkeypatch.setattr("client.screen.composer.guide.load", lambda: loaded.append(gate.wait(10)))
    guide = SessionGuide(alice.session, {})
    assert guide.candidates(":tad", 4) == []
    gate.set()
    eventually(lambda: loaded == [True], "they are loaded")
    assert guide.candidates(":tad", 4) == ["🎉"]


def test_the_candidates_around_the_chosen_one_are_shown() -> None:
    popup = Popup(Guide())
    offer = Offer(Told("/x Y", "help"), [f"{number}" for number in range(20)], 12)
    assert height_of(offer, 5) == 5
    rows = popup_rows(popup, offer, 30, 5)
    assert [text_of(row).split()[0] for row in rows] == ["/x", "9", "10", "11", "12"]
    assert rows[-1][0][1] == CHOSEN
    assert popup_rows(popup, offer, 30, 1) == rows[:1]
    assert popup_rows(popup, Offer(), 30, 5) == []
