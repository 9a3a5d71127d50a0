import msgspec
import pytest

from messages.codec import decode_frame, encode
from messages.events import (
    AnyEvent,
    Event,
    Game,
    Goodbye,
    GoodbyeReason,
    Intervals,
    Lagged,
    Message,
    Position,
    Receipt,
    System,
    SystemKind,
)
from messages.game import GameKind


@pytest.mark.parametrize("kind", AnyEvent.__args__)
class TestEveryEvent:
    def test_answers_no_request(self, kind: type[msgspec.Struct]) -> None:
        assert "re" not in kind.__struct_fields__

    def test_is_known_as_an_event(self, kind: type[msgspec.Struct]) -> None:
        assert issubclass(kind, Event)

    def test_has_a_docstring_to_be_published(self, kind: type[msgspec.Struct]) -> None:
        assert kind.__doc__


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (
            Message("#lobby", 7, "9f", "alice", "hello", 1_790_000_000_000),
            b'{"type":"message","conversation":"#lobby","seq":7,"id":"9f","sender":"alice","text":"hello",'
            b'"at":1790000000000}',
        ),
        (
            Receipt("#lobby", 7, user="bob"),
            b'{"type":"receipt","conversation":"#lobby","delivered":7,"user":"bob"}',
        ),
        (
            Receipt("#lobby", 7, count=99),
            b'{"type":"receipt","conversation":"#lobby","delivered":7,"count":99}',
        ),
        (
            System(SystemKind.JOINED, "bob", "bob joined the chat"),
            b'{"type":"system","kind":"joined","user":"bob","text":"bob joined the chat"}',
        ),
        (
            Game(GameKind.CHALLENGED, "bob", seconds=60),
            b'{"type":"game","kind":"challenged","opponent":"bob","seconds":60}',
        ),
        (
            Lagged([Position("#lobby", 7, 5)]),
            b'{"type":"lagged","conversations":[{"conversation":"#lobby","head":7,"delivered":5}]}',
        ),
        (Intervals(20_000, 1_000), b'{"type":"intervals","heartbeat":20000,"confirm_interval":1000}'),
        (
            Goodbye(GoodbyeReason.TIMED_OUT, "no sign of life"),
            b'{"type":"goodbye","reason":"timed-out","text":"no sign of life"}',
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Event) else "",
)
def test_an_event_says_on_the_wire_what_it_knows_and_no_more(event: Event, line: bytes) -> None:
    assert encode(event) == line
    assert list(decode_frame(line)) == [event]


@pytest.mark.parametrize("seq", ["-1", "9007199254740992", "1e3", '"7"', "null"])
def test_a_message_without_a_proper_seq_is_left_out(seq: str) -> None:
    line = f'{{"type":"message","conversation":"#l","seq":{seq},"id":"1","sender":"a","text":"x","at":1}}'
    assert list(decode_frame(line.encode())) == []
