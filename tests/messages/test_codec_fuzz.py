"""A hundred thousand hostile inputs, or ten million where CHAT_TORTURE is set, the same in each run."""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from random import Random

import msgspec
import pytest
from minimal_requests import MINIMAL
from torture.figures import figure

from messages.codec import decode_frame, decode_request, encode, request_id, split_frame
from messages.errors import ErrorCode, ProtocolError
from messages.fields import check_id
from messages.replies import Error
from messages.text import neutralise

INPUTS = figure(5_000, 2_500_000)  # of each of the four kinds

REQUESTS = [
    *(msgspec.json.encode({"type": kind, "id": "0", **fields}) for kind, fields in MINIMAL.items()),
    b'{"type":"login","id":"1","protocol":1,"name":"\xc3\x81lice~2","session":"secret"}',
    b'{"type":"send","id":"9f-4","to":"#lobby","text":"hello \\ud83d\\udc4b \xe4\xbd\xa0\xe5\xa5\xbd\\n"}',
    b'{"type":"confirm","id":"5","conversation":"@bob","seq":7,"read":5}',
    b'{"type":"topic","id":"9","room":"#zmq","topic":null}',
    b'{"type":"who","id":"11","room":"#zmq"}',
    b'{"type":"away","id":"15","text":"lunch"}',
    b'{"type":"play","id":"16","hand":"rock","opponent":"bob~2"}',
    b'{"type":"history","id":"17","conversation":"#lobby","before":9007199254740991,"limit":100}',
    b'{"type":"search","id":"18","words":"zmq lunch*","sender":"bob","since":1790000000000}',
    b'{"type":"password","id":"24","password":"correct horse"}',
    b'{"type":"room-rules","id":"25","room":"#tea","private":true}',
    b'{"type":"kick","id":"28","name":"bob","reason":"noise"}',
    b'{"type":"ban","id":"29","address":"10.0.0.0/8","seconds":60}',
    b'{"type":"mute","id":"32","room":"#tea","name":"bob","seconds":60}',
    b'{"type":"audit","id":"37","before":7}',
]
BROKER_DOCUMENTS = [
    b'{"type":"pong","re":"1"}',
    b'{"type":"error","re":null,"code":"invalid","text":"x","retryable":false}',
    b'{"type":"accepted","re":"9f","conversation":"#lobby","seq":7,"at":1790000000000,"durability":"disk","recipients":2}',
    b'{"type":"user-list","re":"1","users":[{"name":"bob","idle":5}],"room":"#zmq"}',
    b'{"type":"message","conversation":"@bob","seq":7,"id":"9f","sender":"bob","text":"hi","at":1790000000000}',
    b'{"type":"game","kind":"played","opponent":"bob","hand":"rock","opponent_hand":"paper","outcome":"lost"}',
    b'{"type":"found","re":"1","messages":[],"next":"p1","unindexed":3,"incomplete":true}',
    b'{"type":"receipt","conversation":"@bob","delivered":7,"user":"bob","read":5}',
    b'{"type":"positions","conversations":[{"conversation":"@bob","head":7,"delivered":5,"read":4,"unread":2}]}',
    b'{"type":"lagged","conversations":[{"conversation":"#lobby","head":7,"delivered":5}]}',
]
SEEDS = REQUESTS + BROKER_DOCUMENTS
FRAGMENTS = [
    *(bytes([code]) for code in b'\n\r\t\0{}[]":,\\-+.eEtfn0\x7f\x80\xc0\xed\xff'),
    *(b"null", b"true", b"NaN", b"1e999", b"1" + b"0" * 30, b"9" * 400, b"-0", b'""', b'"type":', b'"id":'),
    *(b"\\ud800", b"\\u0000", b"\\x", b"\xf4\x90\x80\x80", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"[" * 2_000),
]


def random_bytes(random: Random) -> bytes:
    return random.randbytes(random.randrange(120))


def mutated(random: Random) -> bytes:
    """A valid document in which up to four spots were replaced, filled in or taken out."""
    line = bytearray(random.choice(SEEDS))
    for _ in range(random.randint(1, 4)):
        start = random.randint(0, len(line))
        line[start : start + random.choice((0, 0, 1, 1, 8))] = random.choice(FRAGMENTS)
    return bytes(line)


def truncated(random: Random) -> bytes:
    """A frame of one to three valid documents, cut off somewhere."""
    frame = b"\n".join(random.choices(SEEDS, k=random.randint(1, 3)))
    return frame[: random.randrange(len(frame))]


def spliced(random: Random) -> bytes:
    """The beginning of one document and the end of another, perhaps many times over."""
    one, other = random.choices(SEEDS, k=2)
    joint = one[: random.randint(0, len(one))] + other[random.randint(0, len(other)) :]
    return random.choice((b"", b"\n")).join([joint] * random.choice((1, 1, 1, 2, 65)))


def outcome(decode: Callable[[bytes], object], data: bytes) -> ErrorCode | None:
    """Return the code of the error that a decoder raised, having made sure that a client can be told it."""
    try:
        decode(data)
    except ProtocolError as error:
        refused = error
    else:
        return None
    reply = Error(refused.re, refused.code, refused.text, refused.code.retryable)
    assert list(decode_frame(encode(reply))) == [reply]
    assert reply.text == neutralise(reply.text)
    return refused.code


def decode_whole_frame(frame: bytes) -> list[object]:
    return list(decode_frame(frame))


def inputs(make: Callable[[Random], bytes]) -> Iterator[bytes]:
    random = Random(make.__name__)
    return (make(random) for _ in range(INPUTS))


@pytest.mark.parametrize("make", [random_bytes, mutated, truncated, spliced])
def test_whatever_the_bytes_the_decoders_raise_nothing_but_an_error_that_can_be_answered(
    make: Callable[[Random], bytes],
) -> None:
    for data in inputs(make):
        for decode in (split_frame, decode_request, decode_whole_frame):
            outcome(decode, data)
        assert request_id(data) is None or check_id(request_id(data) or "") is None


def test_the_inputs_get_past_the_first_check_and_reach_every_kind_of_refusal() -> None:
    few = 10_000
    codes = Counter(
        outcome(decode_request, data) for make in (mutated, spliced) for data in islice(inputs(make), few)
    )
    for code in (None, ErrorCode.MALFORMED, ErrorCode.INVALID, ErrorCode.UNKNOWN_TYPE):
        assert codes[code] > few / 50, codes
    assert ErrorCode.TOO_MANY_DOCUMENTS in {
        outcome(split_frame, data) for data in islice(inputs(spliced), few)
    }


def test_the_inputs_are_made_from_valid_documents() -> None:
    assert len([decode_request(line) for line in REQUESTS]) == len(REQUESTS)
    assert len(decode_whole_frame(b"\n".join(BROKER_DOCUMENTS))) == len(BROKER_DOCUMENTS)
