import io
import os
import select
import signal
import subprocess
import sys
import termios
from contextlib import suppress

import pytest
from eventually import DEADLINE, eventually
from terminal_stage import ROWS, TerminalStage

from client.editor.editor import Clear, Editor, EndOfInput, Interrupt, TypedLine
from client.editor.terminal import Terminal, reflows, supported

LOCAL = 3

PROGRAM = """
import select, sys
from client.editor.editor import Editor, EndOfInput
from client.editor.terminal import Terminal

with Terminal(0, sys.stdout, Editor(lambda text, cursor: [])) as terminal:
    terminal.ask("> ")
    while True:
        select.select([0], [], [])
        inputs = terminal.read()
        if EndOfInput() in inputs:
            break
        for line in inputs:
            terminal.write(f"said {line.text}")
"""


@pytest.fixture
def stage():
    stage = TerminalStage()
    yield stage
    stage.close()


def test_typed_text_survives_what_is_written(stage):
    with stage.terminal as terminal:
        terminal.ask("> ")
        stage.press("hello")
        stage.shows("> hello")
        for number in range(10):
            terminal.write(f"line {number}")
            stage.press(str(number))
        terminal.write("one\ntwo\n")
        stage.shows("line 7", "line 8", "line 9", "one", "two", "> hello0123456789")
        assert stage.screen.cursor.x == len("> hello0123456789")
        assert stage.press("!\r") == [TypedLine("hello0123456789!")]
        stage.shows("two", ">")


def test_the_cursor_stays_where_it_was_typed_at(stage):
    with stage.terminal as terminal:
        terminal.ask("> ")
        stage.press("日本語 e\u0301!\x1b[D\x1b[D\x1b[D")
        terminal.write("above")
        stage.shows("above", "> 日本語 é!")
        assert stage.screen.cursor.x == 8


def test_each_call_writes_once():
    class Output(io.StringIO):
        def __init__(self):
            super().__init__()
            self.writes = []

        def write(self, text):
            self.writes.append(text)
            return len(text)

    far, near = os.openpty()
    output = Output()
    with Terminal(near, output, Editor(lambda text, cursor: [])) as terminal:
        output.writes.clear()
        terminal.write("one\ntwo")
        terminal.ask("? ")
        terminal.clear()
        assert output.writes == [
            "\r\x1b[Kone\ntwo\n\r\x1b[K",
            "\r\x1b[K? ",
            "\x1b[H\x1b[2J\r\x1b[K? ",
        ]
    os.close(far)
    os.close(near)


def test_a_long_line_scrolls_in_its_row(stage):
    with stage.terminal as terminal:
        terminal.ask("> ")
        stage.press("0123456789" * 4)
        stage.shows("> 345678901234567890123456789")
        stage.press("\x01")
        stage.shows("> 012345678901234567890123456")
        assert stage.screen.cursor.x == 2


def test_keys_that_end_or_interrupt_are_told(stage):
    with stage.terminal:
        assert stage.press("\x0c") == [Clear()]
        assert stage.press("\x03") == [Interrupt(again=False)]
        assert stage.press("\x13\x11\x16\x0f\x1c") == []
        assert stage.press("\x04") == [EndOfInput()]


def test_a_lone_escape_holds_nothing_up(stage):
    with stage.terminal as terminal:
        assert stage.press("\x1b") == []
        assert terminal.read() == []
        assert stage.press("x\r") == [TypedLine("x")]


def test_characters_may_come_in_pieces(stage):
    with stage.terminal:
        for byte in "日".encode():
            os.write(stage.far, bytes([byte]))
            eventually(lambda: select.select([stage.near], [], [], 0)[0], "a byte comes")
            stage.terminal.read()
        assert stage.press("\r") == [TypedLine("日")]


def test_clear_leaves_the_line(stage):
    with stage.terminal as terminal:
        terminal.ask("> ")
        terminal.write("old")
        stage.press("abc")
        stage.shows("old", "> abc")
        terminal.clear()
        terminal.write("new")
        stage.shows("new", "> abc")
        assert stage.lines() == ["new", "> abc"]


def test_pastes_are_bracketed_while_entered(stage):
    with stage.terminal:
        assert stage.press("\x1b[200~a\rb\x1b[201~") == []
        stage.shows("a⏎b")
        assert b"\x1b[?2004h" in stage.written
        assert b"\x1b[?2004l" not in stage.written
    stage.output.write("bye")
    stage.output.flush()
    stage.shows("bye")
    assert b"\x1b[?2004l" in stage.written


def test_leaving_restores_the_terminal_and_the_signals_also_after_an_exception(stage):
    before = stage.mode()
    handlers = [signal.getsignal(number) for number in (signal.SIGTSTP, signal.SIGCONT, signal.SIGWINCH)]
    with suppress(KeyError), stage.terminal:
        assert not stage.mode()[LOCAL] & (termios.ECHO | termios.ICANON | termios.ISIG | termios.IEXTEN)
        assert stage.mode()[1] == before[1]
        raise KeyError
    assert stage.mode() == before
    after = [signal.getsignal(number) for number in (signal.SIGTSTP, signal.SIGCONT, signal.SIGWINCH)]
    assert after == handlers


def test_entering_that_fails_restores_the_terminal(stage):
    before = stage.mode()
    stage.output.close()
    with pytest.raises(ValueError), stage.terminal:
        pass
    assert stage.mode() == before


def test_it_can_be_used_before_and_after_for_writing_only(stage):
    stage.terminal.ask("> ")
    stage.terminal.write("before")
    with stage.terminal:
        stage.press("typed")
        stage.shows("before", "> typed")
    stage.terminal.write("after")
    stage.shows("before", "after")


def test_a_new_size_is_drawn_for(stage):
    with stage.terminal as terminal:
        terminal.ask("> ")
        stage.press("0123456789" * 2)
        stage.shows("> " + "0123456789" * 2)
        stage.resize(10)
        stage.shows("> 56789")
        stage.resize(40)
        stage.shows("> " + "0123456789" * 2)


@pytest.mark.parametrize("keys", ["", "\x01", "\x1b[D" * 12])
def test_no_row_of_a_line_that_a_narrower_terminal_broke_is_left(keys):
    """pyte does not break rows again. So the broken rows are drawn as other terminals have them then."""
    stage = TerminalStage(reflows=True)
    with stage.terminal as terminal:
        terminal.ask("> ")
        stage.press("0123456789" * 2 + "abcd" + keys)
        stage.shows("> " + "0123456789" * 2 + "abcd")
        column = stage.screen.cursor.x
        stage.screen.resize(ROWS, 10)
        stage.draw("\x1b[2J\x1b[2;1Habove\r\n> 01234567890123456789abcd")
        stage.draw(f"\x1b[{3 + (column - 1) // 10};{(column - 1) % 10 + 2}H")
        stage.resize(10)
        stage.shows("", "above", stage.row(10))
    stage.close()


def test_which_terminals_break_rows_again_is_told_from_the_environment():
    assert reflows({"TERM": "xterm-256color"})
    assert reflows({"TERM": "screen", "TMUX": "/tmp/tmux,1,0", "XTERM_VERSION": "XTerm(390)"})
    assert not reflows({"TERM": "xterm-256color", "XTERM_VERSION": "XTerm(390)"})
    assert not any(reflows({"TERM": term}) for term in ("linux", "rxvt-unicode", "screen.xterm-256color"))


def test_without_a_known_size_it_is_a_usual_one(stage):
    with stage.terminal as terminal:
        stage.resize(0)
        stage.screen.resize(ROWS, 100)
        stage.press("x" * 90)
        terminal.write("above")
        stage.shows("above", "x" * 51)


def test_a_signal_while_something_is_written_is_served_behind_it():
    class Output(io.StringIO):
        def write(self, text):
            if text.endswith("above\n\r\x1b[K> "):
                signal.raise_signal(signal.SIGWINCH)
            return super().write(text)

    far, near = os.openpty()
    output = Output()
    with Terminal(near, output, Editor(lambda text, cursor: [])) as terminal:
        terminal.ask("> ")
        output.seek(0)
        output.truncate()
        terminal.write("above")
        assert output.getvalue() == "\r\x1b[Kabove\n\r\x1b[K> \x1b[?2004h\r\x1b[K> "
    os.close(far)
    os.close(near)


def test_a_terminal_that_is_gone_is_the_end_of_input(stage):
    with stage.terminal as terminal:
        stage.hang_up()
        assert terminal.read() == [EndOfInput()]
        signal.raise_signal(signal.SIGWINCH)
        assert terminal.read() == [EndOfInput()]


def test_a_terminal_that_is_gone_can_still_be_written_about(stage):
    output = io.StringIO()
    with Terminal(stage.near, output, stage.editor) as terminal:
        stage.hang_up()
        terminal.write("above")
    assert "above" in output.getvalue()


def test_an_error_in_reading_is_the_end_of_input(stage):
    with Terminal(stage.far, io.StringIO(), stage.editor) as terminal:
        stage.output.close()
        os.close(stage.near)
        stage.near = -1
        assert terminal.read() == [EndOfInput()]


def test_a_signal_that_is_ignored_stays_ignored(stage):
    before = signal.signal(signal.SIGTSTP, signal.SIG_IGN)
    try:
        with stage.terminal:
            assert signal.getsignal(signal.SIGTSTP) is signal.SIG_IGN
        assert signal.getsignal(signal.SIGTSTP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGTSTP, before)


def test_ctrl_z_stops_the_program_with_the_terminal_as_it_was(stage):
    before = stage.mode()
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdin=stage.near, stdout=stage.near, process_group=0
    )
    try:
        stage.shows(">")
        os.write(stage.far, b"abc")
        stage.shows("> abc")
        os.write(stage.far, b"\x1a")
        _, status = eventually(
            lambda: (found := os.waitpid(program.pid, os.WUNTRACED | os.WNOHANG))[0] and found, "it stops"
        )
        assert os.WIFSTOPPED(status)
        assert stage.mode() == before
        os.write(stage.near, b"$ fg\r\n")
        stage.shows("$ fg")
        program.send_signal(signal.SIGCONT)
        stage.shows("$ fg", "> abc")
        os.write(stage.far, b"d\r")
        stage.shows("$ fg", "said abcd", ">")
        os.write(stage.far, b"\x04")
        assert program.wait(DEADLINE) == 0
    finally:
        program.kill()
        program.wait()
    assert stage.mode() == before


@pytest.mark.parametrize(
    ("environ", "expected"),
    [({"TERM": "xterm"}, True), ({"TERM": "dumb"}, False), ({"TERM": ""}, False), ({}, False)],
)
def test_an_editor_needs_a_terminal_that_can_move_its_cursor(stage, environ, expected):
    assert supported(stage.near, environ) is expected


def test_an_editor_needs_a_terminal():
    read_fd, write_fd = os.pipe()
    assert not supported(read_fd, {"TERM": "xterm"})
    os.close(read_fd)
    os.close(write_fd)


class TestTitle:
    """A terminal whose window has a title."""

    @pytest.fixture
    def titled(self, stage):
        stage.terminal = Terminal(stage.near, stage.output, stage.editor, has_title=True)
        return stage

    def test_it_is_kept_by_the_terminal_and_restored_at_the_end(self, titled):
        with titled.terminal as terminal:
            terminal.ask("> ")
            titled.shows(">")
            assert b"\x1b]2;" not in titled.written
            terminal.set_title("(1) chat")
            terminal.set_title("(2) chat")
            terminal.write("above")
            titled.shows("above", ">")
            assert titled.written.count(b"\x1b[22;2t") == 1
            assert titled.screen.title == "(2) chat"
        titled.shows("above")
        assert (titled.written + titled.rest()).count(b"\x1b[23;2t") == 1

    def test_it_is_restored_when_nothing_waits(self, titled):
        with titled.terminal as terminal:
            terminal.set_title("(1) chat")
            terminal.set_title("")
            terminal.write("above")
            titled.shows("above")
            assert titled.written.index(b"\x1b[22;2t") < titled.written.index(b"\x1b[23;2t")

    def test_a_terminal_without_one_is_left_alone(self, stage):
        with stage.terminal as terminal:
            terminal.set_title("(1) chat")
            terminal.write("above")
            stage.shows("above")
        assert b"\x1b]2;" not in stage.written


def test_each_row_of_a_highlighted_text_has_its_style(stage):
    with stage.terminal as terminal:
        terminal.ask("> ")
        terminal.write("one two three four five six seven", "\x1b[1;33m")
        stage.shows("one two three four five six", "      seven", ">")
    assert stage.written.count(b"\x1b[1;33m") == stage.written.count(b"\x1b[0m") == 2
    assert stage.screen.buffer[0][0].bold


def test_rows_are_painted_only_if_the_terminal_is_wide(stage):
    def paint(rows):
        return rows.replace("b", "\x1b[1mb\x1b[0m")

    with stage.terminal as terminal:
        terminal.write("a b narrow\n", paint=paint)
        stage.shows("a b narrow")
        assert b"\x1b[1mb" not in stage.written
        termios.tcsetwinsize(stage.near, (ROWS, 40))
        terminal.write("a b wide\n", paint=paint)
        stage.shows("a b wide")
        assert b"\x1b[1mb\x1b[0m wide" in stage.written
