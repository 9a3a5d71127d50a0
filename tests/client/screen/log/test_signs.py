"""The signs that the help names."""

from __future__ import annotations

from screen_stage import seats

from client.core.events import Sent
from client.screen.log.signs import SIGNS
from client.screen.log.transcript import receipt_mark
from client.screen.model.members import _SIGNS
from client.screen.tones import text_of
from messages.requests import Send


def test_every_sign_has_its_meaning_in_the_help() -> None:
    named = {sign for sign, _ in SIGNS}
    states = [Sent(Send("1", "#lobby", "hi"))]
    assert receipt_mark(states[0]) in named
    assert {"·", "✓", "✓✓", "!", "~", "^", "┃", "┆"} <= named
    assert {sign for sign in _SIGNS.values() if sign.strip()} <= named


def test_f1_shows_them() -> None:
    alice, *_ = seats("alice")
    alice.host.show_help()
    sheet = alice.host.sheets.top
    assert sheet is not None
    assert alice.host.sheets.height(200, 300) > 0
    shown = [text_of(row).strip() for row in alice.host.sheets.rows(200, 300)]
    assert all(any(row.startswith(sign) and text in row for row in shown) for sign, text in SIGNS)
