import pytest
from hypothesis import given
from hypothesis import strategies as st

from client.editor.inputs import LINE_LIMIT
from client.editor.keyboard import _BINDINGS, Action, KeyDecoder, Pasted, Typed

BEGIN, END = "\x1b[200~", "\x1b[201~"


def merged(presses):
    """Presses with neighbouring typed texts made one, as they come in more of them if they come in pieces."""
    result = []
    for press in presses:
        if isinstance(press, Typed) and result and isinstance(result[-1], Typed):
            result.append(Typed(result.pop().text + press.text))
        else:
            result.append(press)
    return result


def test_printable_characters_are_typed():
    assert KeyDecoder().feed("h\xe9日👍") == [Typed("h\xe9日👍")]


@pytest.mark.parametrize(("action", "sent"), [(a, s) for a, them in _BINDINGS.items() for s in them])
def test_each_key_does_its_action_also_in_pieces(action, sent):
    assert KeyDecoder().feed(f"a{sent}b") == [Typed("a"), action, Typed("b")]
    decoder = KeyDecoder()
    assert [press for char in sent for press in decoder.feed(char)] == [action]


def test_every_action_has_a_key():
    assert set(_BINDINGS) == set(Action)


@pytest.mark.parametrize(
    "unknown",
    [
        *("\x00", "\x1c", "\x80", "\x9b", "\ud800"),
        *("\x1b[24~", "\x1b[1;2A", "\x1b[<0;3;4M", "\x1b[?1;2c", "\x1b[[A", "\x1bOP", "\x1bO5P"),
        *("\x1bx", "\x1bé", "\x1b日", "\x1b]11;rgb:0/0/0\x07", "\x1b]11;?\x1b\\", "\x1bP1+r54\x1b\\"),
        *("\x1b[201~", "\x1b]"),
    ],
)
def test_what_is_unknown_is_swallowed(unknown):
    assert KeyDecoder().feed(f"a{unknown}") == [Typed("a")]
    assert merged(KeyDecoder().feed(f"a{unknown}b")) == [Typed("ab")]


@pytest.mark.parametrize("broken", ["\x1b[1;", "\x1b[", "\x1b[[", "\x1bO", "\x1b\x1b[", "\x1b[1 "])
def test_a_broken_sequence_takes_no_key_with_it(broken):
    assert KeyDecoder().feed(f"{broken}\rb") == [Action.ENTER, Typed("b")]


def test_a_sequence_without_an_end_does_not_hold_for_ever():
    decoder = KeyDecoder()
    assert decoder.feed("\x1b[" + "1" * 64) == []
    assert decoder.feed("1" * 64 + "\r") == [Action.ENTER]


def test_escape_and_an_unbound_key_later_are_two_keys():
    decoder = KeyDecoder()
    assert decoder.feed("\x1b") == []
    assert decoder.feed("x") == [Typed("x")]
    assert decoder.feed("\x1b") == []
    assert decoder.feed("\x03") == [Action.INTERRUPT]


def test_escape_and_a_bound_key_later_are_alt_unless_escape_was_taken():
    decoder = KeyDecoder()
    assert not decoder.take_escape()
    decoder.feed("\x1b")
    assert decoder.feed("b") == [Action.WORD_LEFT]
    decoder.feed("\x1b")
    assert decoder.take_escape()
    assert decoder.feed("b") == [Typed("b")]
    decoder.feed("\x1b")
    assert decoder.take_escape()
    assert decoder.feed("[D") == [Action.LEFT]


def test_a_paste_is_one_press_of_harmless_text():
    pasted = "one\r\ntwo\rthree\nfour\t\x1b[31m\x03\x7f\x9b!\n\n"
    expected = Pasted("one\ntwo\nthree\nfour\t[31m!")
    assert KeyDecoder().feed(f"a{BEGIN}{pasted}{END}b") == [Typed("a"), expected, Typed("b")]


def test_a_paste_is_bounded_and_still_ends():
    decoder = KeyDecoder()
    assert decoder.feed(BEGIN) == []
    for _ in range(3):
        assert decoder.feed("x" * LINE_LIMIT) == []
    assert decoder.feed(END) == [Pasted("x" * LINE_LIMIT)]


def test_escape_inside_a_paste_is_not_the_key():
    decoder = KeyDecoder()
    decoder.feed(f"{BEGIN}a\x1b")
    assert not decoder.take_escape()
    assert decoder.feed(f"{END[1:]}b") == [Pasted("a"), Typed("b")]


SENT = [*(sequence for them in _BINDINGS.values() for sequence in them), "a", "日", "\x1b[24~", "\x1b[<1;2M"]


@given(st.lists(st.sampled_from([*SENT, f"{BEGIN}a\nb{END}", BEGIN + END])), st.data())
def test_how_characters_are_cut_into_pieces_does_not_matter(sent, data):
    text = "".join(sent)
    decoder = KeyDecoder()
    presses = []
    while text:
        size = data.draw(st.integers(1, len(text)))
        presses += decoder.feed(text[:size])
        text = text[size:]
    assert merged(presses) == merged(KeyDecoder().feed("".join(sent)))
