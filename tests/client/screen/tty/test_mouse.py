"""What a terminal tells about its mouse."""

from __future__ import annotations

from client.screen.terminal import Keys
from client.screen.tty.mouse import Pointed, is_report, pointed


def test_presses_and_the_wheel_have_places_and_other_reports_mean_nothing() -> None:
    assert pointed("\x1b[<0;3;1M") == Pointed(2, 0)
    assert pointed("\x1b[<64;1;9M") == Pointed(0, 8, -1)
    assert pointed("\x1b[<81;300;9M") == Pointed(299, 8, 1), "with Control"
    for other in ("\x1b[<0;3;1m", "\x1b[<2;3;1M", "\x1b[<35;3;1M", "\x1b[<66;3;1M", "\x1b[<;M", "\x1b[<0;3M"):
        assert pointed(other) is None
        assert is_report(other)


def test_reports_among_keys_are_no_keys() -> None:
    keys = Keys()
    presses, answers = keys.feed("a\x1b[<0;3;1Mb\x1b[<0;3")
    assert [str(press) for press in presses] == ["Typed(text='a')", "Typed(text='b')"]
    assert answers == ["\x1b[<0;3;1M"]
    assert keys.feed(";1m") == ([], ["\x1b[<0;3;1m"])
