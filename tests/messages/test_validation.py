"""What a wrong request is answered is said in the product's words, whatever the decoder calls it."""

from typing import Any

import msgspec
import pytest
from minimal_requests import MINIMAL

from messages.codec import decode_request
from messages.errors import ErrorCode, ProtocolError
from messages.requests import AnyRequest

WRONG: tuple[Any, ...] = (
    None, True, -1, 0, 1.5, 10**30, "", "\0", "x", "x" * 70_000, "1.5", [], [1], {}, {"a": 1},
)  # fmt: skip
DECODERS_WORDS = ("Expected", "Object", "Invalid", "JSON is", "Input data", "$", "`int`", "`str`", "`array`")
FIELDS = [
    (kind.__struct_config__.tag, field)
    for kind in AnyRequest.__args__
    for field in ("type", *kind.__struct_fields__)
]


def refusal(line: bytes) -> ProtocolError | None:
    try:
        decode_request(line)
    except ProtocolError as error:
        return error
    return None


@pytest.mark.parametrize(("kind", "field"), FIELDS)
def test_no_field_of_any_request_is_refused_in_the_words_of_the_decoder(kind: str, field: str) -> None:
    refused = 0
    for value in WRONG:
        document = {"type": kind, "id": "1", **MINIMAL[kind], field: value}
        error = refusal(msgspec.json.encode(document))
        if error is None:
            continue
        refused += 1
        assert not [word for word in DECODERS_WORDS if word in error.text], error.text
        assert error.code is ErrorCode.UNKNOWN_TYPE or f"`{field}`" in error.text
    assert refused


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (b"", "this is not JSON in UTF-8; send one JSON object a line"),
        (b"hello", "this is not JSON in UTF-8 at byte 0; send one JSON object a line"),
        (b'{"type":"ping",}', "this is not JSON in UTF-8 at byte 15; send one JSON object a line"),
        (b'{"type":"ping","id":"\xff"}', "this is not JSON in UTF-8; send one JSON object a line"),
        (b"[1]", "a document is a JSON object; write it in { }"),
        (b"7", "a document is a JSON object; write it in { }"),
        (b"null", "a document is a JSON object; write it in { }"),
        (b"{}", "`type` is missing; write a text in quotes"),
        (b'{"type":7}', "`type`: write a text in quotes"),
        (b'{"type":"sing\x7f"}', "no request has the type 'sing\\x7f'; check its spelling"),
        (b'{"type":"ping"}', "`id` is missing; write a text in quotes"),
        (b'{"type":"play","id":"1","hand":"well"}', "`hand`: write rock, paper or scissors"),
        (b'{"type":"read-receipts","id":"1","on":"yes"}', "`on`: write true or false"),
        (
            b'{"type":"history","id":"1","conversation":"#a","limit":101}',
            "`limit`: write a whole number from 1 to 100",
        ),
    ],
)
def test_the_sentence_says_what_to_write(line: bytes, sentence: str) -> None:
    error = refusal(line)
    assert error is not None
    assert error.text == sentence
