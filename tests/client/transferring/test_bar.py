from __future__ import annotations

import io

from file_broker import Bytes, Device, FileBroker, content

from client.transferring.bar import Bars


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def moved(*, shown: bool, name: str = "plan.pdf") -> str:
    """Return what is written while a file goes up."""
    device, stream = Device(FileBroker()), Terminal()
    bars = Bars(stream, shown=shown)
    device.session.upload(Bytes(content(2_000_000), name))
    device.session.upload(Bytes(b"", "empty"))
    for _ in range(200):
        device.tick()
        device.serve()
        device.arrive()
        device.now += 0.3
        bars.take(device.events)
        device.events.clear()
    bars.close()
    return stream.getvalue()


def test_a_bar_shows_how_far_a_file_is_and_ends_its_row_at_the_end() -> None:
    drawn = moved(shown=True)
    assert "plan.pdf  [" in drawn
    assert "100%" in drawn
    assert "empty" not in drawn
    assert drawn.rstrip("\x1b[?25h").endswith("\n")


def test_there_is_no_bar_where_none_is_wanted() -> None:
    assert moved(shown=False) == ""


def test_a_name_controls_nothing() -> None:
    assert "\x1b[31m" not in moved(shown=True, name="a\u202e\u2028" + "x" * 200)
    assert "\u202e" not in moved(shown=True, name="a\u202e\u2028" + "x" * 200)
