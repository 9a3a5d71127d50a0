"""The bell and the title of the window."""

from __future__ import annotations

from driven import message, ready

from client.core.person.attention import Attention
from client.core.person.notices import Level, LocalTime
from client.screen.attracting import PAUSE_SECONDS, Attracting
from client.views.highlight import Means, Ringer


def test_a_direct_message_rings_once_and_is_counted_in_the_title() -> None:
    attention = Attention(ready().session, Level.MENTION, lambda _zone: LocalTime(0, 0))
    written: list[str] = []
    one = Attracting(attention, Ringer(Means.BELL, {"TERM": "xterm"}), written.append)
    one.update()
    attention.take(message(1, "@bob"), 0.0)
    one.update()
    one.update()
    assert written == ["\x1b[22;2t\x1b]2;(1) chat\a", "\a"]
    attention.seen(1.0)
    one.update()
    one.restore()
    assert written[2:] == ["\x1b]2;chat\a\x1b[23;2t"]


def test_a_flood_of_messages_rings_once_in_a_while() -> None:
    attention = Attention(ready().session, Level.MENTION, lambda _zone: LocalTime(0, 0))
    written: list[str] = []
    one = Attracting(attention, Ringer(Means.BELL, {}), written.append)
    for number in range(100):
        attention.take(message(number + 1, "@bob"), number * PAUSE_SECONDS / 50)
        one.update(number * PAUSE_SECONDS / 50)
    assert written == ["\a", "\a"]
    one.update(2 * PAUSE_SECONDS)
    assert written == ["\a"] * 3, "those of the pause ring after it"


def test_a_window_without_a_title_is_left_alone() -> None:
    attention = Attention(ready().session, Level.MENTION, lambda _zone: LocalTime(0, 0))
    written: list[str] = []
    attention.take(message(1, "@bob"), 0.0)
    Attracting(attention, Ringer(Means.NONE, {"TERM": "vt100"}), written.append).update()
    assert written == []
