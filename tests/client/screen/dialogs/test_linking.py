"""The code for another device, as text and as a picture."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from screen_stage import Seat, seats

from client.core.events import Replied
from client.core.person.queries import LinkPictureQuery
from client.editor.keyboard import Typed
from client.screen.dialogs.linking import show_link
from client.screen.tones import text_of
from client.trust import Trust
from messages.endpoints import address_to_connect
from messages.identity import Link, LinkCode
from messages.keys import KeyPair

KEY = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"
CODE = LinkCode("1", "K7QXN2FP", 600)


def with_code(*, alone: bool = False) -> Seat:
    (alice,) = seats("alice")
    alice.host.trust = Trust("tcp://chat.example.org:9009", KEY, KeyPair("", ""), Path("/known"), 1)
    show_link(alice.host, CODE, alone=alone)
    return alice


def rows(seat: Seat, columns: int, height: int) -> list[str]:
    shown = seat.host.sheets.rows(columns, seat.host.sheets.height(columns, height))
    return [text_of(row) for row in shown]


def is_picture(row: str) -> bool:
    return set(row) <= set("█▀▄ ") and "█" in row


def test_the_code_comes_with_a_command_and_a_picture() -> None:
    alice = with_code()
    shown = rows(alice, 100, 40)
    assert sum(map(is_picture, shown)) == 23
    text = "".join(row.strip() for row in shown if not is_picture(row))
    assert "The code is K7QXN2FP. It is good once, until " in text
    address = text.replace(" ", "").partition("--connect'")[2].partition("'")[0]
    endpoint = address_to_connect(address)
    assert (endpoint.url, endpoint.key, endpoint.link) == ("tcp://chat.example.org:9009", KEY, "K7QXN2FP")


@pytest.mark.parametrize(
    ("columns", "height", "lack"), [(40, 40, "5 columns wider"), (80, 20, "4 rows higher")]
)
def test_in_a_small_window_the_code_comes_without_the_picture(columns: int, height: int, lack: str) -> None:
    shown = rows(with_code(), columns, height)
    assert not any(map(is_picture, shown))
    assert f"There is a QR code too, if the window is {lack}." in " ".join(shown)
    assert "K7QXN2FP" in shown[1]


def test_the_picture_alone_can_be_asked_for_where_both_have_no_room() -> None:
    assert "/link qr shows a QR code in the place of this text." in rows(with_code(), 80, 25)
    alone = rows(with_code(alone=True), 80, 25)
    assert [is_picture(row) for row in alone] == [False] + [True] * 23


def test_without_the_library_there_is_the_code_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "segno", None)
    shown = rows(with_code(), 100, 40)
    assert not any(map(is_picture, shown))
    assert "QR" not in "".join(shown)


def test_the_command_is_copied_by_a_key() -> None:
    alice = with_code()
    copied: list[str] = []
    alice.host.copy = lambda text: copied.append(text) or "Copied."  # type: ignore[func-returns-value]
    alice.host.sheets.take(Typed("c"))
    assert copied[0].startswith("chat-client --connect 'chat://")
    assert any("Copied." in row for row in alice.log)
    assert alice.host.sheets.top is not None


def test_a_code_for_a_browser_comes_without_an_address_and_is_copied_alone() -> None:
    (alice,) = seats("alice")
    alice.host.trust = Trust("tcp://chat.example.org:9009", KEY, KeyPair("", ""), Path("/known"), 1)
    show_link(alice.host, LinkCode("1", "K7QXN2FP", 600, browser=True), alone=False)
    shown = rows(alice, 100, 40)
    assert not any(map(is_picture, shown))
    text = " ".join(shown)
    assert "K7QXN2FP" in text
    assert "Use a code from another device" in text
    assert "chat.example.org" not in text
    assert "c: copy the code" in alice.host.sheets.top.hint


@pytest.mark.parametrize(("line", "kind"), [("/link", Link), ("/link qr", LinkPictureQuery)])
def test_the_answer_opens_the_sheet_and_the_code_is_not_in_the_log(
    line: str, kind: type[Link], monkeypatch: pytest.MonkeyPatch
) -> None:
    (alice,) = seats("alice")
    asked: list[type] = []
    monkeypatch.setattr(alice.session, "ask", lambda kind, **_: asked.append(kind) or "7")
    alice.keys(f"{line}\r")
    assert asked[-1] is kind
    alice.session._events.append(Replied(kind("7"), CODE))
    alice.host.take_events()
    assert rows(alice, 70, 14)[0].startswith("── Link a device ")
    assert not any("K7QXN2FP" in row for row in alice.log)


def test_a_code_that_a_broker_makes_up_is_not_shown_and_cannot_be_copied() -> None:
    (alice,) = seats("alice")
    for code in ("a\n\x1b[201~rm", "é", "x" * 300):
        show_link(alice.host, LinkCode("1", code, 600), alone=False)
        assert alice.host.sheets.top is None
    show_link(alice.host, LinkCode("1", "K7QXN2FP", 2**53 - 1), alone=True)
    assert rows(alice, 90, 20)
