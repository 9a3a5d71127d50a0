import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client.editor.inputs import LINE_LIMIT
from client.views.plain import plain
from client.views.reader import LineReader


class Pipe:
    """A reader, and the end to write to."""

    def __init__(self):
        self._fd, self._writer = os.pipe()
        os.set_blocking(self._fd, False)
        self.reader = LineReader(self._fd)

    def gives(self, data):
        os.write(self._writer, data)
        return self.reader.read()

    def end(self):
        os.close(self._writer)

    def close(self):
        os.close(self._fd)


@pytest.fixture
def pipe():
    pipe = Pipe()
    yield pipe
    pipe.close()


def test_lines_come_when_they_are_complete(pipe):
    assert pipe.gives(b"one\ntwo\nthr") == ["one", "two"]
    assert pipe.gives(b"ee") == []
    assert pipe.gives(b"\n\n") == ["three", ""]
    pipe.end()


def test_the_last_line_needs_no_end(pipe):
    assert pipe.gives(b"one\ntwo") == ["one"]
    pipe.end()
    assert not pipe.reader.ended
    assert pipe.reader.read() == ["two"]
    assert pipe.reader.ended
    assert pipe.reader.read() is None


def test_behind_a_complete_line_the_end_is_the_end(pipe):
    assert pipe.gives(b"one\n") == ["one"]
    pipe.end()
    assert pipe.reader.read() is None
    assert pipe.reader.read() is None


def test_nothing_to_read_is_no_line_and_no_end(pipe):
    assert pipe.reader.read() == []
    pipe.end()


def test_carriage_returns_before_newlines_are_no_text(pipe):
    assert pipe.gives(b"one\r\ntwo\r") == ["one"]
    assert pipe.gives(b"\nth\rree\r\r\n") == ["two", "th\rree\r"]
    assert pipe.gives(b"last\r") == []
    pipe.end()
    assert pipe.reader.read() == ["last"]


def test_characters_may_come_in_pieces(pipe):
    assert pipe.gives("日".encode()[:2]) == []
    assert pipe.gives("日".encode()[2:] + b"\n") == ["日"]
    pipe.end()


def test_a_byte_order_mark_before_the_first_line_is_left_out(pipe):
    assert pipe.gives(b"\xef\xbb") == []
    assert pipe.gives(b"\xbf/count\n\xef\xbb\xbfx\n") == ["/count", "\ufeffx"]
    pipe.end()


def test_a_byte_that_is_not_utf8_ends_the_input_before_its_line(pipe):
    assert pipe.gives(b"one\nsome ") == ["one"]
    assert pipe.gives("ü".encode() + b"\xff more\nthree\n") == []
    assert pipe.reader.take_wrong() == "line 2, byte 8 is 0xff, which is not UTF-8"
    assert pipe.reader.take_wrong() == ""
    assert pipe.reader.ended
    assert pipe.reader.read() is None
    pipe.end()


def test_a_character_that_is_cut_off_at_the_end_is_not_utf8(pipe):
    assert pipe.gives(b"one\ntwo\xe6\x97") == ["one"]
    pipe.end()
    assert pipe.reader.read() == []
    assert pipe.reader.take_wrong() == "line 2, byte 4 is 0xe6, which is not UTF-8"


def test_on_a_terminal_only_what_was_typed_with_the_wrong_byte_is_lost():
    far, near = os.openpty()
    reader = LineReader(near)
    os.write(far, b"o\xffne\n")
    assert reader.read() == []
    assert reader.take_wrong() == "line 1, byte 2 is 0xff, which is not UTF-8"
    os.write(far, b"two\n")
    assert reader.read() == ["two"]
    os.close(far)
    os.close(near)


def test_a_line_that_is_too_long_is_cut_one_character_behind_the_limit(pipe):
    assert pipe.gives(b"x" * LINE_LIMIT + b"\r\n" + b"y" * 40_000 + b"\nz\n") == [
        "x" * LINE_LIMIT,
        "y" * (LINE_LIMIT + 1),
        "z",
    ]
    assert pipe.gives(b"x" * 30_000) == []
    assert pipe.gives(b"x" * 30_000 + b"\nnext\n") == ["x" * (LINE_LIMIT + 1), "next"]
    pipe.end()


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n\r"))), st.data())
def test_how_lines_are_cut_into_pieces_does_not_matter(lines, data):
    pipe = Pipe()
    rest = "".join(f"{line}\n" for line in lines).encode()
    read = []
    while rest:
        size = data.draw(st.integers(1, len(rest)))
        read += pipe.gives(rest[:size])
        rest = rest[size:]
    pipe.end()
    assert read == [line.removeprefix("\ufeff") if number == 0 else line for number, line in enumerate(lines)]
    assert pipe.reader.read() is None
    pipe.close()


def test_of_a_long_progress_bar_the_last_state_is_kept(pipe):
    assert pipe.gives(b"".join(b"%5d of 9999\r" % done for done in range(2_000))) == []
    assert pipe.gives(b"".join(b"%5d of 9999\r" % done for done in range(2_000, 4_000))) == []
    (line,) = pipe.gives(b"done\x1b[K\n")
    assert len(line) < LINE_LIMIT
    assert plain(line) == "done"
